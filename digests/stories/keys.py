"""What a text shares with a text in another language: ideas, things, numbers, days and the sounds of names."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from digests.names.match import archive_keys
from digests.stories.phrases import Hit, Word, find_in_tables, fold_word
from digests.tables import load_rows

_TABLES = ("concepts", "things", "months", "weekdays", "numbers", "ordinals")
_DIGITS = re.compile("[1-9][0-9]*")
_LAST_DAY = 31
_WEEK = 7
_FIRST_YEAR, _LAST_YEAR = 1800, 2100


def placed_keys(
    text: str, words: Sequence[Word], language: str | None, at: datetime | None = None
) -> list[tuple[str, int]]:
    """Return the keys that languages share, each with the offset where it stands.

    A key is a letter and a value: "c" an idea of `concepts.tsv`, "t" a thing, "n" a number, "d" a day as month and day
    (names of days count from the publication `at`, and are left out without it), "s" the sound of a capitalised word,
    "o" which of several somebody is: the third.
    """
    concepts, things, months, weekdays, numbers, ordinals = find_in_tables(_TABLES, words, language)
    placed = [(f"c{hit.key}", words[hit.first].start) for hit in concepts]
    placed += [(f"t{hit.key}", words[hit.first].start) for hit in things]
    placed += [(f"o{hit.key}", words[hit.first].start) for hit in ordinals]
    # By their places in the tuple: names of fields cost a third of the time over all words of a text.
    numeric = [(n, word[0]) for n, word in enumerate(words) if word[0].isdigit()]
    values = {n: int(folded) for n, folded in numeric if len(folded) < _WEEK}
    dates = dict(_dates(months, values))
    placed += [(f"d{month:02}-{day:02}", words[n].start) for n, (month, day) in dates.items()]
    if at is not None:
        placed += [(f"d{_day_named(hit.key, at):%m-%d}", words[hit.first].start) for hit in weekdays]
    said = {n: value for n, value in values.items() if n not in dates}
    placed += [(f"n{value}", words[first].start) for first, value in _counts(text, words, numbers, said)]
    for n, (folded, _, capital, _, _, start, end) in enumerate(words):
        if folded[0].isdigit():
            if n not in values and n not in dates:
                placed += [(f"n{number}", start) for number in _DIGITS.findall(folded[:12])]
            continue
        if "-" in folded and (value := _hyphened(folded)):
            placed.append((f"n{value}", start))
        if capital and len(folded) > 2:
            placed += [(f"s{key}", start) for key in sounds(text[start:end])]
    return placed


@lru_cache(maxsize=50_000)
def sounds(word: str) -> tuple[str, ...]:
    """Return the keys under which a capitalised word is found in any script."""
    return archive_keys(word[:40])


def is_year(key: str) -> bool:
    """Say whether a number is likely a year, which is background more often than news."""
    return key[:1] == "n" and key[1:].isdigit() and _FIRST_YEAR <= int(key[1:]) <= _LAST_YEAR


def _dates(months: Sequence[Hit], values: dict[int, int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the place of each number that is a day of a month: "14 March", "March 14"."""
    for hit in months:
        for beside in (hit.first - 1, hit.last + 1):
            if 0 < values.get(beside, 0) <= _LAST_DAY:
                yield beside, (int(hit.key), values[beside])
                break


def _day_named(key: str, at: datetime) -> date:
    """Return the last such day up to the publication."""
    if key in ("today", "yesterday"):
        return at.date() - timedelta(days=key == "yesterday")
    return at.date() - timedelta(days=(at.weekday() - int(key)) % _WEEK)


def _counts(text: str, words: Sequence[Word], hits: Sequence[Hit], said: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Yield each number with the place of its first word; neighbours make one: "двадцять сім", "2 thousand"."""
    last = {n: n for n in said}
    for hit in hits:
        if hit.last >= last.get(hit.first, 0):
            said[hit.first], last[hit.first] = int(hit.key), hit.last
    done = -1
    for first in sorted(said):
        if first <= done:
            continue
        value, done = said[first], last[first]
        while (after := done + 1) in said and text[words[done].end : words[after].start] == " ":
            joined = _joined(value, said[after])
            if not joined:
                break
            value, done = joined, last[after]
        if value > 1:
            yield first, value


def _hyphened(word: str) -> int:
    """Return the number that one hyphened word tells, 0 for none.

    >>> _hyphened("twenty-seven"), _hyphened("tash-koy")
    (27, 0)
    """
    one, _, other = word.partition("-")
    values = _number_words()
    return _joined(values.get(one, 0), values[other]) if one in values and other in values else 0


@lru_cache(maxsize=1)
def _number_words() -> dict[str, int]:
    rows = load_rows("stories/data/numbers.tsv")
    return {fold_word(form.rstrip("$")): int(row[0]) for row in rows for form in row[1].split()}


def _joined(value: int, following: int) -> int:
    """Return the number that two neighbouring ones make, 0 where they are two numbers.

    >>> _joined(20, 7), _joined(2, 1000), _joined(140, 3), _joined(27, 5)
    (27, 2000, 143, 0)
    """
    if following in (100, 1000, 1_000_000) and value < following:
        return value * following
    step = next((step for step in (10, 100, 1000, 1_000_000) if following < step), 0)
    return value + following if step and value >= step and value % step == 0 else 0
