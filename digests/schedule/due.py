"""Which slots are due between two instants, and when the night hours begin and end.

A wall time is taken at its first passing in a repeated hour, and in a skipped hour as late as the clock was put on:
03:30 of a night in which 03:00 became 04:00 is 04:30. So every local day has each of its times exactly once.
Intervals are counted in UTC from 1970, for wall times repeat.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

from digests.model import Quiet, Slot
from digests.schedule.when import Schedule

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Wall clocks are put on or back by at most a day (Samoa, 2011): so far beyond the span a naive search must look.
_MARGIN = timedelta(hours=26)
_DAY = timedelta(days=1)


def due_slots(schedule: Schedule, zone: ZoneInfo, last: datetime, now: datetime) -> tuple[Slot, ...]:
    """Return the slots in `(last, now]`, oldest first.

    A slot is named by its local wall time, an interval's by its instant. Of slots that fall on one instant (03:00 and
    04:00 of a spring night) only the one with the earliest wall time is returned: they are one answer.
    """
    if schedule.every is not None:
        return tuple(Slot(key=f"every-{at:%Y-%m-%dT%H:%MZ}", at=at) for at in _multiples(schedule.every, last, now))
    word = "recap" if schedule.recap else "daily"
    end = _local(now, zone) + _MARGIN
    slots: dict[datetime, str] = {}
    for wall in sorted(wall for walls in _walls(schedule, zone, last) for wall in takewhile(lambda w: w <= end, walls)):
        at = _instant(wall, zone)
        if last < at <= now:
            slots.setdefault(at, f"{word}-{wall:%Y-%m-%d@%H:%M}")
    return tuple(Slot(key=slots[at], at=at) for at in sorted(slots))


def next_due(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first slot's instant after `after`."""
    if schedule.every is not None:
        return after + schedule.every - (after - _EPOCH) % schedule.every
    return min(
        next(at for wall in walls if (at := _instant(wall, zone)) > after) for walls in _walls(schedule, zone, after)
    )


def is_quiet(quiet: Quiet | None, zone: ZoneInfo, now: datetime) -> bool:
    """Tell whether `now` is in the night hours, the start included, the end not."""
    begun = _begun(quiet, zone, now)
    return begun is not None and now < begun[1]


def quiet_since(quiet: Quiet | None, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when the night hours that last now, or were the last to end, began; `now` where there are none."""
    begun = _begun(quiet, zone, now)
    return now if begun is None else begun[0]


def quiet_until(quiet: Quiet | None, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when the night hours that last now end; `now` when it is not quiet."""
    begun = _begun(quiet, zone, now)
    return now if begun is None else max(begun[1], now)


def _multiples(every: timedelta, last: datetime, now: datetime) -> Iterator[datetime]:
    at = last + every - (last - _EPOCH) % every
    while at <= now:
        yield at
        at += every


def _walls(schedule: Schedule, zone: ZoneInfo, after: datetime) -> tuple[Iterator[datetime], ...]:
    """Return for each time of the schedule its naive local times, from well before `after` on, without end."""
    start = _local(after, zone) - _MARGIN
    days = ",".join(str((day + 1) % 7) for day in schedule.days)  # cron counts from Sunday
    return tuple(CronSim(f"{at.minute} {at.hour} * * {days}", start) for at in schedule.times)


def _begun(quiet: Quiet | None, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime] | None:
    """Return start and end of the last night hours that have begun."""
    if quiet is None or quiet.start == quiet.end:
        return None
    today = _local(now, zone).date()
    nights = (_night(quiet, zone, today + days * _DAY) for days in range(-3, 2))
    return max(night for night in nights if night[0] <= now)


def _night(quiet: Quiet, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    end = day if quiet.start < quiet.end else day + _DAY
    return _at(day, quiet.start, zone), _at(end, quiet.end, zone)


def _at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return _instant(datetime.combine(day, wall), zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
