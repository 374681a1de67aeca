"""How long something lasts, and the hours of the night, as people type them."""

import re
from datetime import timedelta

from digests.errors import AskError
from digests.model import Quiet
from digests.schedule.typed import UNITS, meanings, time_of, with_halves

_OFF = "off"
_UNITS = {**UNITS, "week": timedelta(days=7)}
_SPLIT = re.compile(r"[\s-]+")
_MOST_CHARS = 60
# "7d" behind a name is a span; so is "7 days", or "2 weeks".
_MOST_WORDS = 2


def split_span(text: str, *, bare: timedelta | None = None) -> tuple[str, timedelta | None]:
    """Return what stands before a span at the end of a text, and the span; the whole text and None without one.

    A number without its unit counts `bare`; without that it is no span.

    >>> split_span("Arslan Bozdaliev 7d"), split_span("Ali 2 weeks"), split_span("Arslan Bozdaliev")
    (('Arslan Bozdaliev', datetime.timedelta(days=7)), ('Ali', datetime.timedelta(days=14)), ('Arslan Bozdaliev', None))
    """
    words = text.split()
    for taken in range(min(_MOST_WORDS, len(words)), 0, -1):
        span = parse_span(" ".join(words[-taken:]), bare=bare)
        if span is not None:
            return " ".join(words[:-taken]), span
    return text.strip(), None


def parse_span(text: str, *, bare: timedelta | None = None) -> timedelta | None:
    """Return the span of "7d", "12 h", "2 тижні", "a week"'s "week", and of "7" where it counts `bare`; else None.

    >>> parse_span("30 днів") == parse_span("30d") == timedelta(days=30)
    True
    """
    match meanings(text):
        case [number, unit] if number.isdecimal() and len(number) < 5 and unit in _UNITS:
            return int(number) * _UNITS[unit]
        case [unit] if unit in _UNITS:
            return _UNITS[unit]
        case [number] if bare is not None and number.isdecimal() and len(number) < 4:
            return int(number) * bare
    return None


def parse_quiet(text: str) -> Quiet | None:
    """Return the night hours a person typed, None for "off"; `AskError("quiet.unknown", asked=...)` for all else.

    >>> parse_quiet("22-7") == parse_quiet("from 10pm to 7 am") == parse_quiet("з 22.00 до 07:00")
    True
    """
    unknown = AskError("quiet.unknown", asked=text.strip()[:_MOST_CHARS])
    if len(text) > _MOST_CHARS:
        raise unknown
    apart = " ".join(_SPLIT.split(text.replace("–", "-").replace("—", "-")))
    words = [word for word in meanings(apart) if word not in ("span", "hour")]
    if words == [_OFF]:
        return None
    times = [time_of(word) for word in with_halves(words)]
    if len(times) != 2 or times[0] is None or times[1] is None or times[0] == times[1]:
        raise unknown
    return Quiet(times[0], times[1])
