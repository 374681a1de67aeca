"""Everything a person reads, from the catalogues in `locale/`, with dates and plurals of its language."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_timezone_location
from babel.messages.pofile import read_po

from digests.model import Reason, Stance, StatusWord

LANGUAGES = ("en", "uk", "tr")
DEFAULT_LANGUAGE = "en"
_LOCALE_DIR = Path(__file__).parent / "locale"
_FIELD = re.compile(r"\{([a-z_]+)\}")
# The sign in the name of such a zone is the other way round.
_OFFSET = re.compile(r"Etc/GMT([+-])(\d+)")
_AS_PEOPLE_WRITE = {"+": "−", "-": "+"}
_A_WEEKDAY_SAYS_WHICH_DAY = timedelta(days=6)


class Piece(NamedTuple):
    """A stretch of a text of ours: characters, or the name of the field that stands there."""

    text: str
    field: str | None = None


class Words:
    """The words of one language. An unknown key or a missing field is a `KeyError`: the tests walk them all."""

    def __init__(self, language: str, texts: Mapping[str, tuple[str, ...]], plural: Callable[[int], int]) -> None:
        self.language = language
        self._texts = texts
        self._plural = plural
        self._locale: Any = Locale.parse(language)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def catalogue(self) -> frozenset[str]:
        """Return every key of the catalogue."""
        return frozenset(self._texts)

    def forms(self, key: str) -> tuple[str, ...]:
        """Return the text under a key as it stands there, one for each plural form."""
        return self._texts[key]

    def say(self, key: str, /, **fields: object) -> str:
        """Return the words under `key`; what a field holds is shown as it is, never read as a pattern.

        A text with plural forms takes the form of its field `n`. The field `why` says what ails a source.
        """
        if "why" in fields:
            fields["why"] = self.fault(str(fields["why"]))
        return "".join(str(fields[piece.field]) if piece.field else piece.text for piece in self.pieces(key, **fields))

    def count(self, key: str, n: int, /, **fields: object) -> str:
        """Return the words under `key` in the plural form of `n`, which also fills the field `{n}`."""
        return self.say(key, n=n, **fields)

    def pieces(self, key: str, /, **fields: object) -> tuple[Piece, ...]:
        """Return the words under `key` cut at their fields, for those who set the fields in type."""
        forms = self._texts[key]
        text = forms[self._plural(int(str(fields["n"])))] if len(forms) > 1 else forms[0]
        return _cut(text)

    def moment(self, at: datetime, zone: str, now: datetime) -> str:
        """Return day and time in the chat's zone, such as "Mon 23 Nov, 14:32", with the year unless it is this one."""
        same_year = at.astimezone(ZoneInfo(zone)).year == now.astimezone(ZoneInfo(zone)).year
        return self._date("date.moment" if same_year else "date.moment_year", at, zone)

    def day(self, at: datetime, zone: str, now: datetime) -> str:
        """Return the day in the chat's zone, such as "Fri 20 Nov"."""
        same_year = at.astimezone(ZoneInfo(zone)).year == now.astimezone(ZoneInfo(zone)).year
        return self._date("date.day" if same_year else "date.day_year", at, zone)

    def short(self, at: datetime, zone: str, now: datetime) -> str:
        """Return weekday and time when that says which day, such as "Mon 16:05"; else the whole moment."""
        near = abs(now - at) < _A_WEEKDAY_SAYS_WHICH_DAY
        return self._date("date.short", at, zone) if near else self.moment(at, zone, now)

    def clock(self, at: datetime, zone: str) -> str:
        """Return the time of day in the chat's zone, such as "14:35"."""
        return self._date("date.clock", at, zone)

    def since(self, at: datetime, zone: str, now: datetime) -> str:
        """Return the time of day when it is today's, else weekday and time, else the whole moment."""
        same_day = at.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()
        return self.clock(at, zone) if same_day else self.short(at, zone, now)

    def city(self, zone: str) -> str:
        """Return the zone's city, such as "Kyiv"; "UTC+3" for the zone without one that is called "Etc/GMT-3"."""
        own = f"city.{zone}"
        if own in self._texts:
            return self.say(own)
        if offset := _OFFSET.fullmatch(zone):
            return f"UTC{_AS_PEOPLE_WRITE[offset[1]]}{offset[2]}"
        return str(get_timezone_location(zone, locale=self._locale, return_city=True))

    def reason(self, reason: Reason, language: str | None = None) -> str:
        """Return why we think that a text in `language` names someone.

        A stored reason may be of an earlier matcher, without words here or without a field they need: it is said with
        less.
        """
        fields = dict(reason.fields)
        adjective = self.adjective(language) if language else None
        if adjective:
            fields["language"] = adjective
        for key in (f"reason.{reason.key}_whole", f"reason.{reason.key}", f"reason.{reason.key}_plain"):
            if key in self._texts and self.fields(key) <= fields.keys():
                return self.say(key, **fields)
        return self.say("reason.similar")

    def fault(self, said: str) -> str:
        """Return what ails a source in this language; it is kept in English, and stays so where we have no words.

        >>> words("tr").fault("its server refuses us (403)")
        'sunucusu bizi reddediyor (403)'
        """
        for key, pattern in _faults():
            if found := pattern.fullmatch(said):
                return self.say(key, **found.groupdict())
        return said

    def placement(self, reason: Reason) -> str:
        """Return why an article belongs to its story."""
        return self.say(f"placement.{reason.key}")

    def status(self, word: StatusWord) -> str:
        """Return the noun, such as "transfer"; "denied: transfer" where the text negates it."""
        noun = self.say(f"status.{word.status}")
        if word.denied:
            return self.say("status_denied", status=noun)
        return self.say("status_hearsay", status=noun) if word.hearsay else noun

    def status_in_text(self, word: StatusWord) -> str:
        """Return the noun as a claim of a text, such as "in the text: transfer"."""
        claim = self.status(word)
        return claim if word.denied or word.hearsay else self.say("status_in_text", status=claim)

    def stance(self, stance: Stance) -> str:
        """Return the kind of outlet, such as "independent"."""
        return self.say(f"stance.{stance}")

    def in_language(self, language: str) -> str:
        """Return the language a text is in, such as "in Ukrainian"."""
        key = f"language.{language}"
        return self.say(key) if key in self._texts else self.say("language_other", language=self._language(language))

    def adjective(self, language: str) -> str | None:
        """Return the language as it stands before "ending", such as "a Ukrainian"; None where there is no word."""
        key = f"adjective.{language}"
        return self.say(key) if key in self._texts else None

    def language_name(self, language: str) -> str:
        """Return the language's own name for itself, such as "українська"."""
        return str(Locale.parse(language).get_display_name() or language)

    def language_in(self, language: str) -> str:
        """Return this language's name for another, such as "Ukrainian"."""
        return self._language(language)

    def fields(self, key: str) -> frozenset[str]:
        """Return the names of the fields in the words under `key`."""
        return frozenset(name for form in self._texts[key] for name in _FIELD.findall(form))

    def _language(self, language: str) -> str:
        return str(self._locale.languages.get(language, language))

    def _date(self, key: str, at: datetime, zone: str) -> str:
        return str(format_datetime(at, self.say(key), tzinfo=ZoneInfo(zone), locale=self._locale))


def words(language: str | None) -> Words:
    """Return the words of a language, such as "uk" or "uk-UA"; English where we have none."""
    return _load(known_language(language) or DEFAULT_LANGUAGE)


def known_language(language: str | None) -> str | None:
    """Return the one of `LANGUAGES` that a language tag means, None when it is none of them.

    >>> known_language("uk-UA"), known_language("de")
    ('uk', None)
    """
    short = (language or "").replace("_", "-").partition("-")[0].strip().lower()
    return short if short in LANGUAGES else None


@lru_cache
def _load(language: str) -> Words:
    path = _LOCALE_DIR / language / "LC_MESSAGES" / "haberdar.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    texts: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return Words(language, texts, c2py(catalog.plural_expr))


@lru_cache
def _faults() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the keys of all faults with what finds them in English."""
    english = words("en")
    keys = sorted(key for key in english.catalogue() if key.startswith("fault."))
    return tuple((key, _finder(english.forms(key)[0])) for key in keys)


def _finder(text: str) -> re.Pattern[str]:
    pieces = (f"(?P<{piece.field}>.+)" if piece.field else re.escape(piece.text) for piece in _cut(text))
    return re.compile("".join(pieces))


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[Piece, ...]:
    pieces = []
    end = 0
    for field in _FIELD.finditer(text):
        if field.start() > end:
            pieces.append(Piece(text[end : field.start()]))
        pieces.append(Piece("", field[1]))
        end = field.end()
    if end < len(text):
        pieces.append(Piece(text[end:]))
    return tuple(pieces)
