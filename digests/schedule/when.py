"""What people type for a time, read to a schedule, and written back in one form."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache

from digests.errors import AskError
from digests.schedule.zones import find_zone
from digests.tables import load_rows

__all__ = ["Schedule", "find_zone", "parse_when", "write_when"]

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = tuple(range(7))
WEEKDAYS = EVERY_DAY[:5]
WEEKEND = EVERY_DAY[5:]

# "daily" or "mon" without a time: the hour at which a new chat gets its digest.
DEFAULT_TIME = time(8)
# Sooner than ten minutes is what alerts are for; beyond a week nobody can tell when the next one comes.
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=7)
MOST_TIMES = 24
_MOST_CHARS = 120

UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_DAYS = {
    "daily": EVERY_DAY,
    "day": EVERY_DAY,
    "weekdays": WEEKDAYS,
    "weekend": WEEKEND,
    **{name: (number,) for number, name in enumerate(DAY_NAMES)},
}
# "8", "08.30", "8:00", "8pm", and the Turkish "08:00'de" once its apostrophe is gone.
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm)?(?:[dt][ea])?")
_NUMBER = re.compile(r"[0-9]{1,5}")
_NUMBER_AND_WORD = re.compile(r"([0-9]+)([^\W\d_]+)")


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
    """Return the schedule a person typed, in English, Ukrainian, Russian or Turkish.

    Raises `AskError("when.unknown", asked=...)` for what can be read in no way, or in two.

    >>> str(parse_when("Weekdays 8, 18.30"))
    'weekdays 08:00, 18:30'
    >>> str(parse_when("щопонеділка о 9")), str(parse_when("her 4 saatte bir"))
    ('mon 09:00', 'every 4h')
    """
    unknown = AskError("when.unknown", asked=text.strip()[:_MOST_CHARS])
    if len(text) > _MOST_CHARS:
        raise unknown
    tokens = meanings(text)
    recap = tokens[:1] == ["recap"]
    tokens = tokens[1:] if recap else tokens
    every = _every(tokens)
    schedule = _at_times(tokens, recap=recap) if every is None else Schedule(every=every)
    if schedule is None or (every is not None and (recap or not SHORTEST <= every <= LONGEST)):
        raise unknown
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


def meanings(text: str) -> list[str]:
    """Return what each word means by `data/words.tsv`; what it does not know stays as it is, fillers go."""
    words = [word.strip(".") for word in re.split(r"[\s,;&+]+", _plain(text))]
    words = [part for word in words if word for part in _parted(word)]
    table, found = _table(), []
    while words:
        pair = " ".join(words[:2])
        taken = 2 if len(words) > 1 and pair in table else 1
        found.append(table.get(" ".join(words[:taken]), words[0]))
        words = words[taken:]
    return [meaning for meaning in found if meaning != "-"]


def _plain(text: str) -> str:
    """Return the text in lower case with one form of each hyphen, without apostrophes and Turkish dots."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    return re.sub(r"\s*-\s*", "-", text)


_PLAIN = str.maketrans("ıё–—−", "iе---", "'’ʼ`\u0307")


def _parted(word: str) -> tuple[str, ...]:
    """Return "4h" as its number and its unit; other words, "8pm" among them, whole."""
    found = _NUMBER_AND_WORD.fullmatch(word)
    if found and _table().get(found[2]) in UNITS:
        return found[1], found[2]
    return (word,)


@cache
def _table() -> dict[str, str]:
    return {_plain(word): meaning for word, meaning in load_rows("schedule/data/words.tsv")}


def _every(tokens: list[str]) -> timedelta | None:
    """Return the span of "every 4 hours", "hourly" and the like, however long; None for all else."""
    rest = [token for token in tokens if token != "every"]
    if len(rest) == len(tokens) or rest == ["day"]:
        return UNITS["hour"] if tokens == ["hourly"] else None
    match rest:
        case [unit] if unit in UNITS:
            return UNITS[unit]
        case [number, unit] if unit in UNITS and _NUMBER.fullmatch(number):
            return int(number) * UNITS[unit]
    return None


def _at_times(tokens: list[str], *, recap: bool) -> Schedule | None:
    """Return wall times on days: all days stand before all times, or all after; None when that is not so."""
    days: set[int] = set()
    times: set[time] = set()
    order = ""
    for token in _with_halves(tokens):
        some, at = _days(token), time_of(token)
        if not some and at is None:
            return None
        days.update(some)
        times.update([at] if at is not None else [])
        order += "d" if some else "t"
    # "mon 9, thu 18" would need two schedules; "weekly 9" names no day; "4 hours" may mean an hour or a span.
    if not re.fullmatch("d+t*|t+d*", order) or len(times) > MOST_TIMES:
        return None
    if ("week" in tokens and not days) or tokens[1:] == ["hour"]:
        return None
    return Schedule(times=tuple(sorted(times)) or (DEFAULT_TIME,), days=tuple(sorted(days)) or EVERY_DAY, recap=recap)


def _with_halves(tokens: list[str]) -> list[str]:
    """Return the tokens that name days and times, "8", "pm" joined to "8pm"."""
    joined: list[str] = []
    for token in tokens:
        if token in ("am", "pm") and joined:
            joined[-1] += token
        elif token not in ("every", "hour", "week"):
            joined.append(token)
    return joined


def _days(token: str) -> tuple[int, ...]:
    """Return the days a word or a range like "fri-mon" names, none for other words."""
    if token in _DAYS:
        return _DAYS[token]
    first, dash, last = token.partition("-")
    ends = [_table().get(end.strip("."), end) for end in (first, last)]
    if not dash or any(end not in DAY_NAMES for end in ends):
        return ()
    start, end = (DAY_NAMES.index(end) for end in ends)
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))


def time_of(token: str) -> time | None:
    """Return the wall time of one word, "8", "08.30" or "8pm"; None for all else, "25:00" among it."""
    found = _TIME.fullmatch(token)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
