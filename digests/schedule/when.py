"""What people type for a time, read to a schedule, and written back in one form."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import pairwise

from digests.errors import AskError
from digests.schedule.typed import DAY_NAMES, LINKS, UNITS, linked_meanings, meaning_of, time_of, with_halves
from digests.schedule.zones import find_zone

__all__ = ["DAY_NAMES", "Schedule", "find_zone", "parse_when", "write_when"]

EVERY_DAY = tuple(range(7))
WEEKDAYS = EVERY_DAY[:5]
WEEKEND = EVERY_DAY[5:]

# "daily" or "mon" without a time: the hour at which a new chat gets its digest; "every evening": twelve hours later.
DEFAULT_TIME = time(8)
_DEFAULTS = {"morning": time(8), "evening": time(20)}
# Sooner than ten minutes is what alerts are for; beyond a week nobody can tell when the next one comes.
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=7)
MOST_TIMES = 24
_MOST_CHARS = 120

_DAYS = {
    "daily": EVERY_DAY,
    "day": EVERY_DAY,
    "weekdays": WEEKDAYS,
    "weekend": WEEKEND,
    **{name: (number,) for number, name in enumerate(DAY_NAMES)},
}
_NUMBER = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When digests are due: either local wall times on days of the week, or every so often.

    Attributes:
        times: Sorted, without repeats, whole minutes; empty when `every` is set.
        days: Sorted, 0 is Monday.
        every: From 10 minutes to 7 days in whole minutes, counted from 1970 UTC; None for wall times.
        recap: It tells its span whole, whatever was told before.
    """

    times: tuple[time, ...] = ()
    days: tuple[int, ...] = EVERY_DAY
    every: timedelta | None = None
    recap: bool = False

    def __str__(self) -> str:
        """Return the canonical words, as `write_when` does."""
        return write_when(self)


def parse_when(text: str) -> Schedule:
    """Return the schedule a person typed, in English, Ukrainian, Russian, Turkish or Polish.

    Raises `AskError("when.unknown", asked=...)` for what can be read in no way, or in two, and "when.bounds" for an
    interval that is too short or too long.

    >>> str(parse_when("Weekdays 8, 18.30")), str(parse_when("monday to friday at 8 in the evening"))
    ('weekdays 08:00, 18:30', 'weekdays 20:00')
    >>> str(parse_when("щопонеділка о 9")), str(parse_when("her 4 saatte bir"))
    ('mon 09:00', 'every 4h')
    """
    unknown = AskError("when.unknown", asked=text.strip()[:_MOST_CHARS])
    if len(text) > _MOST_CHARS:
        raise unknown
    typed = linked_meanings(text)
    tokens = [token for token in typed if token != "recap"]
    recap = len(typed) == len(tokens) + 1 and len(tokens) > 0
    every = _every(tokens)
    schedule = _at_times(tokens, recap=recap) if every is None else Schedule(every=every)
    is_odd = len(typed) > len(tokens) + recap
    if schedule is None or is_odd or (every is not None and recap):
        raise unknown
    if every is not None and not SHORTEST <= every <= LONGEST:
        raise AskError("when.bounds", asked=text.strip())
    return schedule


def write_when(schedule: Schedule) -> str:
    """Return the schedule in its one written form, which `parse_when` reads back to the same.

    >>> write_when(Schedule(times=(time(9, 30),), days=(0, 3), recap=True))
    'recap mon,thu 09:30'
    """
    if schedule.every is not None:
        return f"every {_write_span(schedule.every)}"
    days = {EVERY_DAY: "daily", WEEKDAYS: "weekdays"}.get(schedule.days)
    days = days or ",".join(DAY_NAMES[day] for day in schedule.days)
    times = ", ".join(f"{at:%H:%M}" for at in schedule.times)
    return f"{'recap ' if schedule.recap else ''}{days} {times}"


def _write_span(every: timedelta) -> str:
    minutes = every // timedelta(minutes=1)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60}h"


def _every(tokens: list[str]) -> timedelta | None:
    """Return the span of "every 4 hours", "hourly", "4 saatte bir" and the like, however long; None for all else."""
    words = [token for token in tokens if token not in LINKS]
    if words == ["hourly"]:
        return UNITS["hour"]
    inner = words[words[:1] == ["every"] : len(words) - (words[-1:] == ["every"])]
    if len(inner) == len(words):
        return None
    match inner:
        case [unit] if unit in UNITS and unit != "day":
            return UNITS[unit]
        case ["half", "hour"]:
            return UNITS["hour"] / 2
        case [number, unit] if unit in UNITS and _NUMBER.fullmatch(number):
            return int(number) * UNITS[unit]
    return None


def _at_times(tokens: list[str], *, recap: bool) -> Schedule | None:
    """Return wall times on days: all days stand before all times, or all after; None when that is not so."""
    if _is_span(tokens):
        return None
    days: set[int] = set()
    times: set[time] = set()
    order = ""
    halves: list[str] = []
    for token in with_halves(_plain_times(_with_ranges(tokens))):
        some, at = _days(token), time_of(token)
        if token in _DEFAULTS:
            halves.append(token)
        elif not some and at is None:
            return None
        else:
            days.update(some)
            times.update([at] if at is not None else [])
            order += "d" if some else "t"
    if halves and not times:
        times.update(_DEFAULTS[half] for half in halves)
        order, halves = order + "t", []
    # "mon 9, thu 18" would need two schedules; "weekly 9" names no day; "twice a day" must say when.
    if halves or not re.fullmatch("d+t*|t+d*", order) or len(times) > MOST_TIMES:
        return None
    if ("week" in tokens and not days) or ("twice" in tokens and len(times) != 2):
        return None
    return Schedule(times=tuple(sorted(times)) or (DEFAULT_TIME,), days=tuple(sorted(days)) or EVERY_DAY, recap=recap)


def _is_span(tokens: list[str]) -> bool:
    """Tell whether something is counted here: "4 hours", "every 4", "every hour" or "90 minutes" among other words."""
    pairs = pairwise(tokens)
    is_counted = any(word == "every" and (behind == "hour" or time_of(behind)) for word, behind in pairs)
    is_bare = len(tokens) == 2 and tokens[1] in ("hour", "day") and time_of(tokens[0]) is not None
    return (is_counted and tokens[0] != "day") or bool({"minute", "half"} & set(tokens)) or is_bare


def _with_ranges(tokens: list[str]) -> list[str]:
    """Return the tokens with "mon till fri" as "mon-fri"; a link between two times stays, and is then no schedule."""
    found: list[str] = []
    for at, token in enumerate(tokens):
        before, behind = found[-1] if found else "", tokens[at + 1] if at + 1 < len(tokens) else ""
        if found and found[-1].endswith("-"):
            found[-1] += token
        elif token not in ("till", "span"):
            found.append(token)
        elif before in DAY_NAMES and behind in DAY_NAMES:
            found[-1] += "-"
        elif time_of(before) and time_of(behind):
            found.append(token)
    return found


def _plain_times(tokens: list[str]) -> list[str]:
    """Return the tokens that name days, times and halves; "дня" behind an hour is the afternoon, and no day."""
    found: list[str] = []
    before = ""
    for token in tokens:
        if token == "day" and time_of(before) and "every" not in tokens and {"at", "hour"} & set(tokens):
            found.append("afternoon")
        elif token not in ("every", "hour", "week", "twice", "at"):
            found.append(token)
        before = token if token != "hour" else before
    return found


def _days(token: str) -> tuple[int, ...]:
    """Return the days a word or a range like "fri-mon" names, none for other words."""
    if token in _DAYS:
        return _DAYS[token]
    first, dash, last = token.partition("-")
    ends = [meaning_of(end) for end in (first, last)]
    if not dash or any(end not in DAY_NAMES for end in ends):
        return ()
    start, end = (DAY_NAMES.index(end) for end in ends)
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))
