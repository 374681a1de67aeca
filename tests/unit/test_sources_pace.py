"""When a source is read again, and a host asked again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import SourceError
from digests.model import Reading, Rhythm, Source, SourceId
from digests.sources.pace import host_of, next_poll

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FLOOR = timedelta(minutes=2)
SOURCE = Source(id=SourceId("s1"), kind="feed", address="https://steppe.example/feed", title="Steppe Radio")
MINUTE = timedelta(minutes=1)


def _wait(
    *, reading: Reading | None = None, error: SourceError | None = None, at_once: bool = True, failures: int = 0
) -> timedelta:
    source = replace(SOURCE, failures=failures)
    given_reading = reading or (None if error else Reading())
    return next_poll(source, given_reading, error, now=NOW, at_once=at_once, floor=FLOOR) - NOW


@given(st.text(min_size=1))
def test_while_somebody_is_alerted_at_once_no_source_waits_longer_than_five_minutes(name: str) -> None:
    source = replace(SOURCE, id=SourceId(name))
    due = next_poll(source, Reading(), None, now=NOW, at_once=True, floor=FLOOR)
    assert 4.5 * MINUTE <= due - NOW <= 5 * MINUTE


@given(st.text(min_size=1))
def test_without_alerts_a_source_waits_a_quarter_of_an_hour_more_or_less(name: str) -> None:
    source = replace(SOURCE, id=SourceId(name))
    due = next_poll(source, Reading(), None, now=NOW, at_once=False, floor=FLOOR)
    assert 13.5 * MINUTE <= due - NOW <= 16.5 * MINUTE


def test_sources_do_not_come_all_at_once() -> None:
    sources = [replace(SOURCE, id=SourceId(str(number))) for number in range(100)]
    due = {next_poll(each, Reading(), None, now=NOW, at_once=True, floor=FLOOR) for each in sources}
    assert len(due) > 90


def test_the_floor_holds() -> None:
    due = next_poll(SOURCE, Reading(), None, now=NOW, at_once=True, floor=timedelta(hours=1))
    assert due == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        pytest.param(timedelta(minutes=40), timedelta(minutes=40), id="longer than ours"),
        pytest.param(timedelta(days=9), timedelta(days=1), id="at most a day"),
    ],
)
def test_a_wait_that_a_source_asks_for_is_kept(wait: timedelta, expected: timedelta) -> None:
    assert _wait(reading=Reading(wait=wait)) == expected


def test_a_shorter_wait_of_the_source_changes_nothing() -> None:
    assert _wait(reading=Reading(wait=MINUTE)) == _wait()


def test_a_reading_that_was_not_all_is_continued_at_once() -> None:
    assert _wait(reading=Reading(more=True)) == timedelta()


def test_failures_back_off_from_minutes_to_six_hours() -> None:
    waits = [_wait(error=SourceError("a", "b"), failures=count) for count in range(1, 40)]
    assert 4.5 * MINUTE <= waits[0] <= 5.5 * MINUTE
    assert waits == sorted(waits)
    assert timedelta(hours=5) < waits[-1] <= timedelta(hours=6, minutes=36)


def test_the_wait_a_failing_server_asks_for_is_kept() -> None:
    error = SourceError("a", "b", retry_after=timedelta(hours=3))
    assert _wait(error=error, failures=1) == timedelta(hours=3)


def test_what_is_gone_is_asked_no_more() -> None:
    gone = replace(SOURCE, failures=1, enabled=False)
    error = SourceError("a", "b", gone=True)
    assert next_poll(gone, None, error, now=NOW, at_once=True, floor=FLOOR) - NOW > timedelta(days=3650)


def test_a_source_whose_window_ran_over_is_read_oftener() -> None:
    hasty = replace(SOURCE, rhythm=Rhythm(interval=3 * MINUTE))
    due = next_poll(hasty, Reading(), None, now=NOW, at_once=True, floor=FLOOR)
    assert 2.7 * MINUTE <= due - NOW <= 3 * MINUTE


@pytest.mark.parametrize("address", ["/some/folder", "", "http://[broken/"])
def test_what_has_no_host_has_none(address: str) -> None:
    assert host_of(address) == ""
