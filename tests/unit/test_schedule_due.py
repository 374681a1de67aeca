from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.model import Quiet, Slot
from digests.schedule.due import due_slots, is_quiet, next_due, quiet_since, quiet_until
from digests.schedule.when import Schedule, parse_when

KYIV = ZoneInfo("Europe/Kyiv")
CAIRO = ZoneInfo("Africa/Cairo")
ZONES = [
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Europe/Warsaw",
    "Africa/Cairo",
    "America/St_Johns",
    "Asia/Tashkent",
    "Australia/Lord_Howe",
]
TEN_YEARS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))
MICROSECOND = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHTS = [
    # id, schedule, zone, from, until, slots
    ("an ordinary day", "8", "Europe/Kyiv", "2026-11-23T05:00", "2026-11-23T07:00", ["daily-2026-11-23@08:00 06:00"]),
    (
        "the spring night skips 03:30",
        "3:30",
        "Europe/Kyiv",
        "2027-03-27T12:00",
        "2027-03-28T12:00",
        ["daily-2027-03-28@03:30 01:30"],
    ),
    (
        "three and four o'clock are one instant in spring",
        "3:00, 4:00",
        "Europe/Kyiv",
        "2027-03-27T12:00",
        "2027-03-28T12:00",
        ["daily-2027-03-28@03:00 01:00"],
    ),
    (
        "the later wall time may be the earlier instant",
        "3:30, 4:00",
        "Europe/Kyiv",
        "2027-03-27T12:00",
        "2027-03-28T12:00",
        ["daily-2027-03-28@04:00 01:00", "daily-2027-03-28@03:30 01:30"],
    ),
    (
        "the autumn night has 03:30 twice and answers it at the first",
        "3:30",
        "Europe/Kyiv",
        "2026-10-24T12:00",
        "2026-10-25T12:00",
        ["daily-2026-10-25@03:30 00:30"],
    ),
    (
        "Cairo skips midnight and loses no day",
        "0:30",
        "Africa/Cairo",
        "2026-04-23T12:00",
        "2026-04-24T12:00",
        ["daily-2026-04-24@00:30 22:30"],
    ),
    (
        "Lord Howe moves by half an hour",
        "2:15",
        "Australia/Lord_Howe",
        "2026-10-03T00:00",
        "2026-10-04T00:00",
        ["daily-2026-10-04@02:15 15:45"],
    ),
    (
        "intervals run on through the repeated hour",
        "every 1h",
        "Europe/Kyiv",
        "2026-10-24T23:30",
        "2026-10-25T02:00",
        ["every-2026-10-25T00:00Z 00:00", "every-2026-10-25T01:00Z 01:00", "every-2026-10-25T02:00Z 02:00"],
    ),
    (
        "a recap has a name of its own",
        "recap mon 9:30",
        "Europe/Kyiv",
        "2026-11-22T00:00",
        "2026-11-30T00:00",
        ["recap-2026-11-23@09:30 07:30"],
    ),
    (
        "weekdays leave the weekend out",
        "weekdays 8",
        "Europe/Kyiv",
        "2026-11-20T07:00",
        "2026-11-23T07:00",
        ["daily-2026-11-23@08:00 06:00"],
    ),
]


@pytest.mark.parametrize(("when", "zone", "last", "now", "slots"), [n[1:] for n in NIGHTS], ids=[n[0] for n in NIGHTS])
def test_slots_of_clock_changes_fall_where_people_expect_them(
    when: str, zone: str, last: str, now: str, slots: list[str]
) -> None:
    due = due_slots(parse_when(when), ZoneInfo(zone), utc(last), utc(now))
    assert [f"{slot.key} {slot.at:%H:%M}" for slot in due] == slots


@pytest.mark.parametrize("when", ["8", "every 4h"])
def test_a_tick_exactly_on_the_instant_answers_it_and_the_next_does_not(when: str) -> None:
    schedule = parse_when(when)
    at = next_due(schedule, KYIV, utc("2026-11-23T05:00"))

    before = due_slots(schedule, KYIV, at - timedelta(minutes=1), at - MICROSECOND)
    on = due_slots(schedule, KYIV, at - MICROSECOND, at)
    after = due_slots(schedule, KYIV, at, at + timedelta(minutes=1))

    assert ([s.at for s in before], [s.at for s in on], [s.at for s in after]) == ([], [at], [])
    assert next_due(schedule, KYIV, at) > at
    assert next_due(schedule, KYIV, at - MICROSECOND) == at


def test_nothing_is_due_in_no_time_or_when_the_clock_was_put_back() -> None:
    at = utc("2026-11-23T06:00")
    for schedule in (parse_when("8"), parse_when("every 4h")):
        assert due_slots(schedule, KYIV, at, at) == ()
        assert due_slots(schedule, KYIV, at, at - timedelta(hours=2)) == ()


def all_slots(schedule: Schedule, zone: ZoneInfo, ticks: list[datetime]) -> list[Slot]:
    return [slot for last, now in pairwise(ticks) for slot in due_slots(schedule, zone, last, now)]


@pytest.mark.parametrize("years", [2, pytest.param(10, marks=pytest.mark.slow)])
@pytest.mark.parametrize("zone", ZONES)
def test_over_years_each_local_day_has_each_of_its_times_exactly_once(zone: str, years: int) -> None:
    place, walls = ZoneInfo(zone), ["00:00", "00:30", "02:15", "03:30", "08:00"]
    ticks = [TEN_YEARS[0] + step * timedelta(hours=61) for step in range(years * 144)]

    slots = all_slots(parse_when(", ".join(walls)), place, ticks)

    for wall in walls:
        found = [slot for slot in slots if slot.key.endswith(f"@{wall}")]
        days = [date.fromisoformat(slot.key[len("daily-") :].partition("@")[0]) for slot in found]
        assert days == [days[0] + timedelta(days=step) for step in range(len(days))]
        assert len(days) > years * 365 - 4
        for day, slot in zip(days, found, strict=True):
            shown = slot.at.astimezone(place)
            late = shown.replace(tzinfo=None) - datetime.combine(day, time.fromisoformat(wall))
            assert shown.date() == day
            assert timedelta() <= late <= timedelta(hours=1), "only a skipped hour makes it late"
            assert shown.fold == 0


instants = st.timedeltas(timedelta(), TEN_YEARS[1] - TEN_YEARS[0]).map(lambda span: TEN_YEARS[0] + span)
typed = st.sampled_from(
    ["8", "0:00", "0:30", "2:15, 2:45", "3:00, 3:30, 4:00", "mon,sun 3:30", "recap sun 0:15", "every 7h", "every 168h"]
)


@settings(deadline=None)
@given(typed, st.sampled_from(ZONES), st.lists(instants, max_size=12), st.booleans())
def test_whatever_the_ticks_every_slot_comes_once_and_in_order(
    when: str, zone: str, ticks: list[datetime], on_instants: bool
) -> None:
    schedule, place = parse_when(when), ZoneInfo(zone)
    start = min(ticks, default=TEN_YEARS[0])
    end = start + timedelta(days=400)
    whole = due_slots(schedule, place, start, end)
    edges = [slot.at for slot in whole[:: max(1, len(whole) // 9)]] if on_instants else []
    inside = sorted({tick for tick in [start, *ticks, *edges, end] if start <= tick <= end})

    slots = all_slots(schedule, place, inside)

    assert tuple(slots) == whole
    assert len({slot.key for slot in slots}) == len({slot.at for slot in slots}) == len(slots)


@settings(deadline=None)
@given(typed, st.sampled_from(ZONES), instants)
def test_the_next_instant_is_the_first_that_becomes_due(when: str, zone: str, after: datetime) -> None:
    schedule, place = parse_when(when), ZoneInfo(zone)
    at = next_due(schedule, place, after)
    assert at > after
    assert [slot.at for slot in due_slots(schedule, place, after, at)] == [at]


NIGHT = Quiet(time(22), time(7))
QUIET = [
    # id, quiet, zone, now (UTC), since, until; None: not quiet
    ("late in the evening", NIGHT, KYIV, "2026-11-23T20:00", "2026-11-23T20:00", "2026-11-24T05:00"),
    ("early in the morning", NIGHT, KYIV, "2026-11-24T04:59", "2026-11-23T20:00", "2026-11-24T05:00"),
    ("the end is not quiet", NIGHT, KYIV, "2026-11-24T05:00", "2026-11-23T20:00", None),
    ("at noon the last night is over", NIGHT, KYIV, "2026-11-24T12:00", "2026-11-23T20:00", None),
    ("a nap", Quiet(time(13), time(15)), KYIV, "2026-11-24T12:00", "2026-11-24T11:00", "2026-11-24T13:00"),
    ("before a nap", Quiet(time(13), time(15)), KYIV, "2026-11-24T10:59", "2026-11-23T11:00", None),
    ("the spring night is an hour shorter", NIGHT, KYIV, "2027-03-28T00:00", "2027-03-27T20:00", "2027-03-28T04:00"),
    ("the autumn night is an hour longer", NIGHT, KYIV, "2026-10-25T00:00", "2026-10-24T19:00", "2026-10-25T05:00"),
    (
        "an end in the repeated hour holds at its first passing",
        Quiet(time(22), time(3, 30)),
        KYIV,
        "2026-10-25T01:10",  # 03:10 for the second time
        "2026-10-24T19:00",
        None,
    ),
    (
        "Cairo's skipped midnight",
        Quiet(time(0, 30), time(6)),
        CAIRO,
        "2026-04-23T22:30",
        "2026-04-23T22:30",
        "2026-04-24T03:00",
    ),
]


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "since", "until"), [row[1:] for row in QUIET], ids=[row[0] for row in QUIET]
)
def test_night_hours_begin_and_end_by_the_local_clock(
    quiet: Quiet, zone: ZoneInfo, now: str, since: str, until: str | None
) -> None:
    at = utc(now)
    assert is_quiet(quiet, zone, at) is (until is not None)
    assert quiet_since(quiet, zone, at) == utc(since)
    assert quiet_until(quiet, zone, at) == (utc(until) if until else at)


@pytest.mark.parametrize("quiet", [None, Quiet(time(9), time(9))], ids=["none", "no length"])
def test_without_night_hours_it_is_never_quiet(quiet: Quiet | None) -> None:
    at = utc("2026-11-23T23:00")
    assert not is_quiet(quiet, KYIV, at)
    assert quiet_since(quiet, KYIV, at) == quiet_until(quiet, KYIV, at) == at


minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@settings(deadline=None)
@given(st.builds(Quiet, minutes, minutes), st.sampled_from(ZONES), instants)
def test_the_night_ends_when_it_says_and_not_before(quiet: Quiet, zone: str, now: datetime) -> None:
    place = ZoneInfo(zone)
    until = quiet_until(quiet, place, now)
    assert quiet_since(quiet, place, now) <= now <= until
    if is_quiet(quiet, place, now):
        assert is_quiet(quiet, place, until - MICROSECOND)
        assert not is_quiet(quiet, place, until)
        assert quiet_since(quiet, place, until) == quiet_since(quiet, place, now)
