"""How long, and from when to when at night, as people type it in our languages."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import AskError
from digests.model import Quiet
from digests.schedule.spans import parse_quiet, parse_span, split_span

DAY = timedelta(days=1)

SPANS = {
    "7d": 7 * DAY,
    "7 d": 7 * DAY,
    "7 days": 7 * DAY,
    "2 weeks": 14 * DAY,
    "week": 7 * DAY,
    "12h": timedelta(hours=12),
    "30 днів": 30 * DAY,
    "3 дні": 3 * DAY,
    "2 тижня": 14 * DAY,
    "30 дней": 30 * DAY,
    "30 gün": 30 * DAY,
    "30": None,
    "many days": None,
    "99999 days": None,
    "": None,
}

NIGHTS = {
    "22:00-07:00": (time(22), time(7)),
    "22-7": (time(22), time(7)),
    "22.30 – 7.15": (time(22, 30), time(7, 15)),
    "10pm-7am": (time(22), time(7)),
    "from 10 pm to 7 am": (time(22), time(7)),
    "з 22:00 до 07:00": (time(22), time(7)),
    "с 22 до 7": (time(22), time(7)),
    "22:00 07:00 arası": (time(22), time(7)),
    "13:00-14:00": (time(13), time(14)),
    "з 10 вечора до 7 ранку": (time(22), time(7)),
    "с 22 ч до 7 ч утра": (time(22), time(7)),
    "od 22 do 7": (time(22), time(7)),
    "gece 11 sabah 7": (time(23), time(7)),
}


@pytest.mark.parametrize(("typed", "span"), SPANS.items(), ids=SPANS.keys())
def test_a_span_is_read_in_any_of_our_languages(typed: str, span: timedelta | None) -> None:
    assert parse_span(typed) == span


@pytest.mark.parametrize(
    ("typed", "name", "span"),
    [
        ("Arslan Bozdaliev 7d", "Arslan Bozdaliev", 7 * DAY),
        ("Арслан Боздалієв 7 днів", "Арслан Боздалієв", 7 * DAY),
        ("Arslan Bozdaliev", "Arslan Bozdaliev", None),
        ("7d", "", 7 * DAY),
        ("", "", None),
    ],
    ids=["behind a name", "in two words", "a name alone", "a span alone", "nothing"],
)
def test_a_span_is_parted_from_the_name_before_it(typed: str, name: str, span: timedelta | None) -> None:
    assert split_span(typed) == (name, span)


@pytest.mark.parametrize(("typed", "night"), NIGHTS.items(), ids=NIGHTS.keys())
def test_night_hours_are_read_as_people_type_them(typed: str, night: tuple[time, time]) -> None:
    assert parse_quiet(typed) == Quiet(*night)


@pytest.mark.parametrize("typed", ["off", "OFF", "never", "вимкнути", "ні", "выкл", "kapalı", "nigdy"])
def test_night_hours_are_ended_by_a_word(typed: str) -> None:
    assert parse_quiet(typed) is None


@pytest.mark.parametrize("typed", ["", "22", "25:00-07:00", "22-22", "22-7-8", "at night", "7" * 200])
def test_what_are_no_two_times_is_asked_for_again(typed: str) -> None:
    with pytest.raises(AskError) as caught:
        parse_quiet(typed)
    assert caught.value.key == "quiet.unknown"
    assert len(str(caught.value.fields["asked"])) <= 60


@given(st.times(), st.times())
def test_two_different_times_are_read_back(start: time, end: time) -> None:
    start, end = (at.replace(second=0, microsecond=0) for at in (start, end))
    typed = f"{start:%H:%M}-{end:%H:%M}"
    if start == end:
        with pytest.raises(AskError):
            parse_quiet(typed)
    else:
        assert parse_quiet(typed) == Quiet(start, end)
