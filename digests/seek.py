"""What a person asks of the archive: words, "phrases in quotation marks", and of which outlet, language and days."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from digests.store.articles import searchable

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)[\"“”»]")
_KEY = re.compile(r"(?<!\S)(outlet|lang|since|until):(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is asked of the archive.

    Attributes:
        words: Folded; each begins a word of the text.
        phrases: Folded words that follow each other; the last one is a beginning.
        outlet: How the outlet's name begins, folded.
        language: As articles have it: "uk".
        since, until: Instants, the first within, the second without.
    """

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    outlet: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def every_word(self) -> tuple[str, ...]:
        """All words, those of phrases too."""
        return (*self.words, *(word for phrase in self.phrases for word in phrase))


def read_sought(asked: str, *, zone: tzinfo = UTC) -> Sought:
    """Return what was typed; a filter whose value says nothing is read as words. Days are those of `zone`.

    >>> read_sought('court "house arrest" lang:uk since:2026-11-01').phrases
    (('house', 'arrest'),)
    """
    filters: dict[str, str] = {}
    days: dict[str, date] = {}

    def take(match: re.Match[str]) -> str:
        key, value = match[1].lower(), match[2]
        if key in ("since", "until"):
            day = _day(value)
            if day is None:
                return match[0]
            days[key] = day
        else:
            filters[key] = value
        return " "

    rest = _KEY.sub(take, asked)
    phrases = [tuple(searchable(match[1]).split()) for match in _QUOTED.finditer(rest)]
    return Sought(
        words=tuple(searchable(_QUOTED.sub(" ", rest)).split()),
        phrases=tuple(phrase for phrase in phrases if phrase),
        outlet=searchable(filters["outlet"].replace("-", " ")) or None if "outlet" in filters else None,
        language=filters["lang"].lower() if "lang" in filters else None,
        since=_begins(days["since"], zone) if "since" in days else None,
        until=_begins(days["until"] + timedelta(days=1), zone) if "until" in days else None,
    )


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if date(1900, 1, 1) < found < date(2200, 1, 1) else None


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
