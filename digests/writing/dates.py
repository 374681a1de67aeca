"""The days that a text says, in six languages: "12 March", "last Friday", "учора", "üç gün önce"."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from digests.stories.phrases import Word, find_in_tables, words_of

# A year said in a news text; other numbers of four digits are counts.
_YEARS = range(1900, 2101)
# A date without its year is the one nearest to publication; texts look back more often than ahead.
_AHEAD_IS_FARTHER = 3
# Their months begin with a capital letter; "may 12 times" is no date.
_CAPITAL_MONTHS = ("en", "tr")
# Words of one date stand together: "on the 12th of March", "в п'ятницю, 12-го березня".
_GAP_CHARS = 8
_MOST_AGO = 60  # days; further back nobody counts exactly
_WRITTEN = re.compile(
    r"(?<![\w.,/-])(?:(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})|(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>\d{4}))(?![\w/-])"
)
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|[-–]?(?:го|ого|му|е|а|й|ше|те|ме|nci|inci|üncü|nde|da|de|ta|te))?")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SaidDay:
    """A day that a text says.

    Attributes:
        start, end: Where it says so, in code points.
        day: The day meant, by the calendar of the outlet's readers.
        exact: It is said by day and month; else it is counted from publication ("yesterday", "on Friday").
    """

    start: int
    end: int
    day: date
    exact: bool


def resolve_dates(text: str, *, published: date, language: str | None) -> tuple[SaidDay, ...]:
    """Return the days that a text says, by place, none within another; `published` is the day it appeared.

    A weekday is the last one before publication, the same day included, or the next one where the text says so. A date
    without its year is the one nearest to publication. A month or a year alone is no day.

    >>> [str(said.day) for said in resolve_dates("12 марта, в пятницу", published=date(2024, 3, 18), language="ru")]
    ['2024-03-12', '2024-03-15']
    """
    words = words_of(text)
    hits, numbers = find_in_tables(("dates", "numbers"), words, language)
    keys: dict[int, dict[str, int]] = {}
    for hit in hits:
        keys.setdefault(hit.first, {})[hit.key] = hit.last
    counted = {hit.first: int(hit.key) for hit in numbers if hit.first == hit.last}
    reader = _Reader(text, words, keys, counted, published, language)
    found = [*_written(text), *reader.said()]
    return tuple(_apart(found))


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    words: list[Word]
    keys: Mapping[int, Mapping[str, int]]
    counted: Mapping[int, int]
    published: date
    language: str | None

    def said(self) -> Iterator[SaidDay]:
        for at, keys in sorted(self.keys.items()):
            for key, last in sorted(keys.items()):
                if key[0] == "m" and key[1:].isdigit():
                    yield from self._of_month(at, last, int(key[1:]))
                elif key[0] == "w" and key[1:].isdigit():
                    yield self._said(at, last, self._weekday(at, int(key[1:])), exact=False)
                elif key[0] == "d" and key[1:2] in "+-" and key != "day":
                    yield self._said(at, last, self.published + timedelta(days=int(key[1:])), exact=False)
                elif key == "ago":
                    yield from self._ago(at)

    def _of_month(self, first: int, last: int, month: int) -> Iterator[SaidDay]:
        """Yield the day before a month ("12 March", "12th of March") or after it ("March 12")."""
        if self.language in _CAPITAL_MONTHS and not self.words[first].capital:
            return
        before = first - 1 if self._number(first - 1) or self.words[first - 1].lower != "of" else first - 2
        for place in (before, last + 1):
            day = self._number(place)
            if day is None or not self._near(min(place, first), max(place, last)):
                continue
            ends = max(place, last)
            year = self._year(ends + 1)
            found = _date(year, month, day) if year else self._nearest(first, month, day)
            if found is not None:
                yield self._said(min(place, first), ends + bool(year), found, exact=True)
                return

    def _weekday(self, first: int, weekday: int) -> date:
        back = (self.published.weekday() - weekday) % 7
        around = {key for place in (first - 1, first - 2) for key in self.keys.get(place, {})}
        if "next" in around or ("will" in self._around(first) and "last" not in around):
            return self.published + timedelta(days=7 - back if back else 7)
        return self.published - timedelta(days=back or (7 if "last" in around else 0))

    def _ago(self, at: int) -> Iterator[SaidDay]:
        """Yield the day that is said as so many days or weeks ago."""
        unit = self.keys.get(at - 1, {})
        count = self.counted.get(at - 2) or self._number(at - 2)
        if count is None:
            count, first = 1, at - 1
        else:
            first = at - 2
        days = count * (7 if "week" in unit else 1)
        if ("week" in unit or "day" in unit) and days <= _MOST_AGO and self._near(first, at):
            yield self._said(first, at, self.published - timedelta(days=days), exact=False)

    def _around(self, at: int) -> set[str]:
        """Return the keys of the words up to a few words away."""
        return {key for place in range(at - 6, at + 7) for key in self.keys.get(place, {})}

    def _number(self, at: int) -> int | None:
        if not 0 <= at < len(self.words):
            return None
        day = _DAY.fullmatch(self.words[at].lower)
        return int(day[1]) if day and 1 <= int(day[1]) <= 31 else None

    def _year(self, at: int) -> int | None:
        if at >= len(self.words) or not self._near(at - 1, at):
            return None
        said = self.words[at].lower[:4]
        return int(said) if said.isdecimal() and said.isascii() and int(said) in _YEARS else None

    def _near(self, first: int, last: int) -> bool:
        pairs = zip(self.words[first:last], self.words[first + 1 : last + 1], strict=True)
        return all(b.start - a.end <= _GAP_CHARS and "\n" not in self.text[a.end : b.start] for a, b in pairs)

    def _nearest(self, at: int, month: int, day: int) -> date | None:
        ahead = 1 if "will" in self._around(at) else _AHEAD_IS_FARTHER
        years = (self.published.year + shift for shift in (0, -1, 1))
        found = [each for year in years if (each := _date(year, month, day)) is not None]
        away = {each: (each - self.published).days for each in found}
        return min(found, key=lambda each: away[each] * ahead if away[each] > 0 else -away[each], default=None)

    def _said(self, first: int, last: int, day: date, *, exact: bool) -> SaidDay:
        return SaidDay(start=self.words[first].start, end=self.words[last].end, day=day, exact=exact)


def _written(text: str) -> Iterator[SaidDay]:
    for match in _WRITTEN.finditer(text):
        parts = match.groupdict()
        which = "1" if parts["y1"] else "2"
        found = _date(int(parts[f"y{which}"]), int(parts[f"m{which}"]), int(parts[f"d{which}"]))
        if found is not None:
            yield SaidDay(start=match.start(), end=match.end(), day=found, exact=True)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _apart(found: Iterable[SaidDay]) -> Iterator[SaidDay]:
    """Yield them by place; of two that overlap the longer."""
    end = 0
    for said in sorted(found, key=lambda each: (each.start, -each.end)):
        if said.start >= end:
            yield said
            end = said.end
