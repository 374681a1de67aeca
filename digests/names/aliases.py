"""Other names of the same body or place, which no spelling leads to: EU is ЕС, Lwów is Львів, Qırım is Crimea.

They stand in `data/aliases.tsv`; names of countries and large cities come from Unicode's CLDR, which Babel carries. An
alias counts only in texts of its language: ЕС is the EU in Russian, nothing in Polish.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale
from babel.localedata import exists

from digests.model import Kind
from digests.names.fold import fold
from digests.tables import load_rows

_CLDR_LANGUAGES = ("en", "uk", "ru", "tr", "pl", "bg", "cs", "sl", "az", "be", "tt")
_LONGEST_ACRONYM = 6
_CITY_ZONE = re.compile("(?:Africa|America|Asia|Australia|Europe|Pacific)/[^/]+$")


class Alias(NamedTuple):
    """Another name, the language of the texts in which it counts, and whether it must stand in capitals."""

    text: str
    language: str
    acronym: bool


def other_names(kind: Kind, spellings: Iterable[tuple[str, str]]) -> tuple[Alias, ...]:
    """Return the other names of what these spellings (text, language) name; none where two things have the name.

    >>> [alias.text for alias in other_names(Kind.PLACE, [("Crimea", "en")]) if alias.language == "crh"][0]
    'Qırım'
    """
    found: dict[Alias, None] = {}
    for text, language in spellings:
        concepts = _meant(kind, fold(text), language)
        if len(concepts) == 1:
            (concept,) = concepts
            names = _names(kind)[concept]
            found.update(
                dict.fromkeys(alias for alias in names if (fold(alias.text), alias.language) != (fold(text), language))
            )
    return tuple(found)


@lru_cache(maxsize=1_024)
def is_homonym(kind: Kind, text: str, language: str) -> bool:
    """Whether two things are known to have a name.

    >>> is_homonym(Kind.PLACE, "Georgia", "en"), is_homonym(Kind.PLACE, "Грузия", "ru")
    (True, False)
    """
    return len(_meant(kind, fold(text), language)) > 1


def _meant(kind: Kind, folded: str, language: str) -> frozenset[str]:
    """What a name means in its language, else in English; in any only where its language is unknown to the tables.

    Irska is Ireland in Slovene; in Czech it is an ending of Irsko, and no name that the tables know.
    """
    tried = (language, "en") if language in _CLDR_LANGUAGES else (language, "")
    return next((found for each in tried if (found := _concepts(kind).get((folded, each)))), frozenset())


@cache
def _names(kind: Kind) -> dict[str, tuple[Alias, ...]]:
    """The names of each concept; hand-made ones before those of CLDR."""
    names: dict[str, dict[Alias, None]] = {}
    for concept, language, text in (*_by_hand(kind), *(_by_cldr() if kind is Kind.PLACE else ())):
        acronym = 1 < len(text) <= _LONGEST_ACRONYM and text.isupper()
        names.setdefault(concept, {})[Alias(text, language, acronym)] = None
    return {concept: tuple(aliases) for concept, aliases in names.items()}


@cache
def _concepts(kind: Kind) -> dict[tuple[str, str], frozenset[str]]:
    """Which concepts a folded name means, in a language and in any."""
    found: dict[tuple[str, str], set[str]] = {}
    for concept, aliases in _names(kind).items():
        for alias in aliases:
            found.setdefault((fold(alias.text), alias.language), set()).add(concept)
            found.setdefault((fold(alias.text), ""), set()).add(concept)
    return {name: frozenset(concepts) for name, concepts in found.items()}


def _by_hand(kind: Kind) -> Iterator[tuple[str, str, str]]:
    for concept, of, language, name, *_ in load_rows("names/data/aliases.tsv"):
        if of == kind or of == "both":
            yield concept, language, name


def _by_cldr() -> Iterator[tuple[str, str, str]]:
    """Countries, and the cities that time zones are named after."""
    rows = [row for row in load_rows("names/data/aliases.tsv") if row[4] != "homonym"]
    ours = {(fold(name), language): concept for concept, _, language, name, *_ in rows}
    for language in _CLDR_LANGUAGES:
        if not exists(language):
            continue
        locale = Locale(language)
        for code, name in locale.territories.items():
            if len(code) == 2:
                yield ours.get((fold(_english(code)), "en"), "territory-" + code), language, name
        states = {fold(name) for code, name in locale.territories.items() if len(code) == 2}
        plain = {zone: _english_city(zone) for zone in _zones()}
        cities = {zone: names["city"] for zone, names in locale.time_zones.items() if "city" in names and "/" in zone}
        for zone, name in (plain | cities).items():
            if language == "en" or zone in cities or fold(name) not in states:
                yield ours.get((fold(_english_city(zone)), "en"), "city-" + zone), language, name


@cache
def _english(code: str) -> str:
    return str(Locale("en").territories.get(code, code))


@cache
def _zones() -> tuple[str, ...]:
    """The zones that a language of another script names a city for; the others name only those they write otherwise."""
    return tuple(zone for zone, names in Locale("ru").time_zones.items() if "city" in names and _CITY_ZONE.match(zone))


def _english_city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
