"""How a source behaves, and when its owners should hear of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digests.errors import SourceError
from digests.model import Rhythm, Source
from digests.sources.rhythm import after_reading, articles_a_day, has_moved, is_flood, is_gone, trouble
from tests.builders import NOW, source

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NEW = "https://new.example/feed"


def _lives(days: int, *, each: timedelta = HOUR, new: int = 1) -> Source:
    """Return a source that gave `new` articles at every read for so many days until NOW."""
    rhythm, at = after_reading(Rhythm(), NOW - days * DAY, new=30, ran_over=False, moved_to=None), NOW - days * DAY
    while (at := at + each) <= NOW:
        rhythm = after_reading(rhythm, at, new=new, ran_over=False, moved_to=None)
    return source(rhythm=rhythm, last_success_at=NOW)


@pytest.mark.parametrize("days", [1, 7, 60])
def test_the_articles_of_a_day_are_counted_without_the_backlog_of_the_first_read(days: int) -> None:
    assert articles_a_day(_lives(days), NOW) == pytest.approx(24, rel=0.1)


def test_a_source_that_falls_silent_gives_fewer_a_day_by_and_by() -> None:
    known = _lives(30)
    rates = [articles_a_day(known, NOW + days * DAY) for days in range(0, 30, 3)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 1
    assert articles_a_day(source(), NOW) == 0


@pytest.mark.parametrize(
    ("each", "silent_for", "ails"),
    [
        pytest.param(HOUR, 2 * DAY, None, id="an hourly outlet over a weekend"),
        pytest.param(HOUR, 4 * DAY, "silent", id="an hourly outlet for four days"),
        pytest.param(DAY, 4 * DAY, None, id="a daily outlet for four days"),
        pytest.param(DAY, 14 * DAY, "silent", id="a daily outlet for a fortnight"),
        pytest.param(7 * DAY, 30 * DAY, None, id="a weekly outlet for a month"),
        pytest.param(7 * DAY, 120 * DAY, "silent", id="a weekly outlet for four months"),
    ],
)
def test_a_source_is_silent_against_its_own_rhythm(each: timedelta, silent_for: timedelta, ails: str | None) -> None:
    known = _lives(70, each=each)
    assert trouble(replace(known, last_success_at=NOW + silent_for), NOW + silent_for) == ails


def test_a_source_known_for_a_few_days_is_never_called_silent() -> None:
    assert trouble(_lives(3), NOW + 300 * DAY) is None
    assert trouble(source(), NOW + 300 * DAY) is None


@pytest.mark.parametrize(
    ("failures", "since_success", "ails"),
    [
        pytest.param(4, 3 * DAY, None, id="few failures over days"),
        pytest.param(5, 23 * HOUR, None, id="less than a day"),
        pytest.param(5, DAY, "dead", id="a day"),
    ],
)
def test_a_source_is_dead_after_a_day_of_failures(failures: int, since_success: timedelta, ails: str | None) -> None:
    ill = source(failures=failures, last_success_at=NOW - since_success)
    assert trouble(ill, NOW) == ails
    never = source(failures=failures, rhythm=Rhythm(since=NOW - since_success))
    assert trouble(never, NOW) == ails


def test_a_source_that_a_person_turned_off_ails_nothing() -> None:
    assert trouble(source(enabled=False), NOW) is None
    assert trouble(source(enabled=False, failures=1), NOW) == "gone"


@pytest.mark.parametrize(
    ("error", "failures", "since", "gone"),
    [
        pytest.param(SourceError("a", "b", gone=True), 1, HOUR, True, id="gone for good, at once"),
        pytest.param(SourceError("a", "b", missing=True), 19, 8 * DAY, False, id="not found, few times"),
        pytest.param(SourceError("a", "b", missing=True), 30, 6 * DAY, False, id="not found for six days"),
        pytest.param(SourceError("a", "b", missing=True), 20, 7 * DAY, True, id="not found for a week"),
        pytest.param(SourceError("a", "b"), 90, 90 * DAY, False, id="in trouble for months"),
    ],
)
def test_polling_ends_only_for_what_is_gone(error: SourceError, failures: int, since: timedelta, gone: bool) -> None:
    assert is_gone(source(failures=failures, last_success_at=NOW - since), error, NOW) is gone


def test_a_move_is_believed_once_every_read_of_a_day_met_it() -> None:
    rhythm, moved = Rhythm(), []
    for hour in range(26):
        rhythm = after_reading(rhythm, NOW + hour * HOUR, new=0, ran_over=False, moved_to=NEW)
        moved.append(has_moved(rhythm, NOW + hour * HOUR))
    assert moved == [False] * 24 + [True] * 2
    back = after_reading(rhythm, NOW + 30 * HOUR, new=0, ran_over=False, moved_to=None)
    assert not has_moved(back, NOW + 30 * HOUR)
    other = after_reading(rhythm, NOW + 30 * HOUR, new=0, ran_over=False, moved_to="https://other.example/")
    assert not has_moved(other, NOW + 30 * HOUR)


def test_a_window_that_ran_over_halves_the_interval_until_a_calm_week() -> None:
    rhythm = Rhythm()
    waits = []
    for _ in range(4):
        rhythm = after_reading(rhythm, NOW, new=30, ran_over=True, moved_to=None)
        waits.append(rhythm.interval)
    assert waits == [timedelta(seconds=150), timedelta(seconds=75), timedelta(minutes=1), timedelta(minutes=1)]
    assert rhythm.missed_at == NOW
    soon = after_reading(rhythm, NOW + 6 * DAY, new=1, ran_over=False, moved_to=None)
    assert soon.interval == timedelta(minutes=1)
    calm = after_reading(rhythm, NOW + 7 * DAY, new=1, ran_over=False, moved_to=None)
    assert (calm.interval, calm.missed_at) == (None, None)


@pytest.mark.parametrize(
    ("new", "days", "ails", "waits"),
    [
        pytest.param(60, 7, None, False, id="the busiest agency"),
        pytest.param(100, 7, "flood", True, id="more than any outlet writes"),
        pytest.param(100, 0.5, None, True, id="so for half a day: told of only when it goes on"),
    ],
)
def test_what_gives_more_than_any_outlet_is_a_flood(new: int, days: float, ails: str | None, waits: bool) -> None:
    rhythm, at = Rhythm(), NOW - days * DAY
    while at <= NOW:
        rhythm, at = after_reading(rhythm, at, new=new, ran_over=True, moved_to=None), at + HOUR
    given = source(rhythm=rhythm, last_success_at=NOW)
    assert (trouble(given, NOW), is_flood(given, NOW)) == (ails, waits)
    assert rhythm.interval == (None if waits else timedelta(minutes=1))


def test_a_busy_day_of_an_outlet_is_no_flood() -> None:
    known = _lives(30, new=10)
    burst = replace(known, rhythm=after_reading(known.rhythm, NOW, new=3_000, ran_over=True, moved_to=None))
    assert not is_flood(burst, NOW)
    assert burst.rhythm.interval is not None


def test_a_flood_that_was_told_of_is_over_when_half_of_it_is_left() -> None:
    rhythm = replace(_lives(14, new=100).rhythm, told="flood")
    told = []
    for day in range(1, 9):
        rhythm = after_reading(rhythm, NOW + day * DAY, new=1, ran_over=False, moved_to=None)
        told.append(rhythm.told)
    assert told[0] == "flood"
    assert told[-1] is None


@pytest.mark.parametrize(
    ("told", "new", "left"),
    [
        pytest.param("dead", 0, None, id="dead, and read again"),
        pytest.param("silent", 0, "silent", id="silent still"),
        pytest.param("silent", 1, None, id="silent no more"),
    ],
)
def test_what_was_told_of_is_forgotten_when_it_is_over(told: str, new: int, left: str | None) -> None:
    assert after_reading(Rhythm(told=told), NOW, new=new, ran_over=False, moved_to=None).told == left
