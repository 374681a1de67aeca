"""What people type for days and hours, word by word, to what each word means by `data/words.tsv`."""

import re
import unicodedata
from datetime import time, timedelta
from functools import cache

from digests.tables import load_rows

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}

# They say nothing by themselves, but tell "at 8 hours" from "8 hours", and "mon to fri" from two days.
LINKS = frozenset({"at", "till"})

# "8 in the evening" is 20:00, and so is "20 in the evening"; "13pm" is nothing. "3 in the night" is 03:00, 11 is 23:00.
_HALVES = {
    "am": {12: 0, **{hour: hour for hour in range(1, 12)}},
    "pm": {12: 12, **{hour: hour + 12 for hour in range(1, 12)}},
    "morning": {hour: hour for hour in range(1, 12)},
    "afternoon": {12: 12, **{hour: hour + 12 for hour in range(1, 7)}, **{hour: hour for hour in range(13, 19)}},
    "evening": {**{hour: hour + 12 for hour in range(4, 12)}, **{hour: hour for hour in range(16, 24)}},
    "night": {
        12: 0,
        **{hour: hour for hour in range(6)},
        **{hour: hour + 12 for hour in range(8, 12)},
        **{hour: hour for hour in range(20, 24)},
    },
}
# "8", "08.30", "8:00", "0830", "8h30", "8pm"; and with a half of the day that was typed beside it.
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]?([0-9]{2}))?(?:([ap])m?|:(morning|afternoon|evening|night))?")
# "8-й", "8й", and the Turkish "08:00'de" once its apostrophe is gone.
_ENDING = re.compile(r"(?<=[0-9])(?:[dt][ea]|-?[йїя])$")
_NUMBER_AND_WORD = re.compile(r"([0-9]+)([^\W\d_]+)")


def meanings(text: str) -> list[str]:
    """Return what each word means; what the table does not know stays as it is, links and fillers go.

    >>> meanings("Every 4h, o'clock"), meanings("7 днів")
    (['every', '4', 'hour'], ['7', 'day'])
    """
    return [meaning for meaning in linked_meanings(text) if meaning not in LINKS]


def linked_meanings(text: str) -> list[str]:
    """Return what each word means, with the links between them.

    >>> linked_meanings("Monday through Friday at 8")
    ['mon', 'till', 'fri', 'at', '8']
    """
    words = [word.strip(".:") for word in re.split(r"[\s,;&+/]+", _plain(text))]
    words = [part for word in words if word for part in _parted(word)]
    table = _table()
    found: list[str] = []
    while words:
        pair = " ".join(words[:2])
        taken = 2 if len(words) > 1 and pair in table else 1
        found += table.get(" ".join(words[:taken]), words[0]).split()
        words = words[taken:]
    return [meaning for meaning in found if meaning != "-"]


def meaning_of(word: str) -> str:
    """Return what one plain word means, the word itself where the table does not know it."""
    return _table().get(word.strip("."), word)


def with_halves(tokens: list[str]) -> list[str]:
    """Return the tokens, each half of the day joined to its hour: the one before it, else the one behind it.

    >>> with_halves(["8", "pm"]), with_halves(["morning", "8", "evening", "8"])
    (['8pm'], ['8:morning', '8:evening'])
    """
    joined: list[str] = []
    waiting = ""
    for token in tokens:
        if token in _HALVES:
            if joined and not waiting and _takes_half(joined[-1]):
                joined[-1] = _half(joined[-1], token)
            else:
                joined += [waiting] if waiting else []
                waiting = token
        elif waiting and _takes_half(token):
            joined.append(_half(token, waiting))
            waiting = ""
        else:
            joined.append(token)
    return [*joined, waiting] if waiting else joined


def time_of(token: str) -> time | None:
    """Return the wall time of one word, "8", "08.30", "8pm" or "8:evening"; None for all else, "25:00" among it."""
    found = _TIME.fullmatch(token)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    half = f"{found[3]}m" if found[3] else found[4]
    if half:
        hour = _HALVES[half].get(hour, 24)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _takes_half(token: str) -> bool:
    return token[:1].isdecimal() and token[-1:].isdecimal() and _TIME.fullmatch(token) is not None


def _half(token: str, half: str) -> str:
    return f"{token}{half}" if half in ("am", "pm") else f"{token}:{half}"


def _plain(text: str) -> str:
    """Return the text in lower case with one form of each hyphen, without apostrophes and Turkish dots."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    return re.sub(r"\s*-\s*", "-", text)


_PLAIN = str.maketrans("ıё–—−", "iе---", "'’ʼ`\u0307")


def _parted(word: str) -> tuple[str, ...]:
    """Return "4h" as its number and its unit; other words, "8pm" among them, whole, hours without their endings."""
    word = _ENDING.sub("", word)
    found = _NUMBER_AND_WORD.fullmatch(word)
    if found and _table().get(found[2]) in UNITS:
        return found[1], found[2]
    return (word,)


@cache
def _table() -> dict[str, str]:
    return {_plain(word): meaning for word, meaning in load_rows("schedule/data/words.tsv")}
