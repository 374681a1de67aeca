"""Dates as feeds state them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.sources.dates import is_date_line, read_date

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "at"),
    [
        pytest.param("Thu, 01 Jan 2026 12:00:00 GMT", NEW_YEAR, id="RSS"),
        pytest.param("Thu, 01 Jan 2026 15:00:00 +0300", NEW_YEAR, id="RSS with an offset"),
        pytest.param("Thu, 1 Jan 26 15:00 MSK", NEW_YEAR, id="Moscow is three hours ahead"),
        pytest.param("2026-01-01T12:00:00Z", NEW_YEAR, id="Atom"),
        pytest.param("2026-01-01T14:00:00.123+02:00", NEW_YEAR, id="Atom with a fraction"),
        pytest.param("2026-01-01 12:00", NEW_YEAR, id="no zone is UTC"),
        pytest.param("01 Oca 2026 12:00", NEW_YEAR, id="Turkish, short"),
        pytest.param("1 Ocak 2026, 12:00", NEW_YEAR, id="Turkish"),
        pytest.param("Чт, 01 янв 2026 15:00:00 +0300", NEW_YEAR, id="Russian, short"),
        pytest.param("1 января 2026 г. 12:00", NEW_YEAR, id="Russian"),
        pytest.param("1 січня 2026 р., 12:00", NEW_YEAR, id="Ukrainian"),
        pytest.param("1 stycznia 2026, 12:00", NEW_YEAR, id="Polish"),
        pytest.param("01.01.2026 12:00", NEW_YEAR, id="figures"),
        pytest.param("January 1, 2026 12:00 PM", NEW_YEAR, id="American"),
        pytest.param("1767268800", NEW_YEAR, id="seconds since 1970"),
        pytest.param("1767268800000", NEW_YEAR, id="milliseconds since 1970"),
        pytest.param("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC), id="a day"),
        pytest.param("10/31/2026", datetime(2026, 10, 31, tzinfo=UTC), id="the month first"),
        pytest.param("0000-00-00 00:00:00", None, id="zeros"),
        pytest.param("1970-01-01T00:00:00Z", None, id="before there were feeds"),
        pytest.param("2026-11-25T12:00:01Z", None, id="after tomorrow"),
        pytest.param("2026-02-30", None, id="no such day"),
        pytest.param("32 Foo 2026", None, id="no such month"),
        pytest.param("yesterday", None, id="a word"),
        pytest.param("", None, id="nothing"),
        pytest.param("2026-11-23 14:30", NOW, id="a local time that lies ahead if it is UTC"),
        pytest.param("Mon, 23 Nov 2026 12:05:00 GMT", NOW, id="a clock that is fast"),
        pytest.param("Tue, 24 Nov 2026 12:00:00 GMT", NOW, id="tomorrow"),
        pytest.param("1 Jan 2026 12:00 +9999", None, id="no such zone"),
    ],
)
def test_a_date_is_read_as_it_was_meant(stated: str, at: datetime | None) -> None:
    assert read_date(stated, now=NOW) == at


@given(st.text(alphabet="0123456789-:/.,+ TZjanюянв", max_size=60))
def test_no_text_breaks_it_and_every_date_is_plausible(stated: str) -> None:
    at = read_date(stated, now=NOW)
    assert at is None or (at.year >= 1995 and at <= NOW and at.utcoffset() == timedelta())


@pytest.mark.parametrize(
    ("line", "is_date"),
    [
        ("20 November 2026", True),
        ("Monday, 20 November 2026, 14:30", True),
        ("20 листопада 2026 р.", True),
        ("20 ноября 2026 г., 14:30", True),
        ("20 Kasım 2026 14:30", True),
        ("20 listopada 2026", True),
        ("20.11.2026", True),
        ("2026-11-20T10:00:00Z", True),
        ("20 November 2026 the court adjourned", False),
        ("20 gün 2026", False),
        ("On 20 November", False),
        ("20.11.2026 суд", False),
        ("5.5", False),
        ("", False),
    ],
)
def test_a_line_is_a_date_when_it_is_nothing_else(line: str, is_date: bool) -> None:
    assert is_date_line(line) is is_date
