"""Other names of the same body or place, which no spelling leads to: EU is ЕС, Lwów is Львів, Qırım is Crimea.

They stand in `data/aliases.tsv`; names of countries and large cities come from Unicode's CLDR, in `data/cldr.tsv`. An
alias counts only in texts of its language: ЕС is the EU in Russian, nothing in Polish.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from digests.model import Kind
from digests.names.fold import fold
from digests.tables import load_rows

CLDR_LANGUAGES = ("en", "uk", "ru", "tr", "pl", "bg", "cs", "sl", "az", "be", "tt")  # the columns of data/cldr.tsv
_LONGEST_ACRONYM = 6


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
    tried = (language, "en") if language in CLDR_LANGUAGES else (language, "")
    named = _concepts(kind).get(folded, ())
    return next((found for each in tried if (found := _of_language(named, each))), frozenset())


def _of_language(named: Iterable[tuple[str, str]], language: str) -> frozenset[str]:
    """The concepts of those (language, concept); those of all languages for ""."""
    return frozenset(concept for of, concept in named if language in ("", of))


@cache
def _names(kind: Kind) -> dict[str, tuple[Alias, ...]]:
    """The names of each concept; hand-made ones before those of CLDR."""
    names: dict[str, dict[Alias, None]] = {}
    for concept, language, text in (*_by_hand(kind), *(_by_cldr() if kind is Kind.PLACE else ())):
        acronym = 1 < len(text) <= _LONGEST_ACRONYM and text.isupper()
        names.setdefault(concept, {})[Alias(text, language, acronym)] = None
    return {concept: tuple(aliases) for concept, aliases in names.items()}


@cache
def _concepts(kind: Kind) -> dict[str, tuple[tuple[str, str], ...]]:
    """Which concepts a folded name means, each with the language in which it does."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for concept, aliases in _names(kind).items():
        for alias in aliases:
            folded = fold(alias.text)
            found[folded] = (*found.get(folded, ()), (alias.language, concept))
    return found


def _by_hand(kind: Kind) -> Iterator[tuple[str, str, str]]:
    for concept, of, language, name, *_ in load_rows("names/data/aliases.tsv"):
        if of == kind or of == "both":
            yield concept, language, name


def _by_cldr() -> Iterator[tuple[str, str, str]]:
    """Countries, and the cities that time zones are named after."""
    rows = [row for row in load_rows("names/data/aliases.tsv") if row[4] != "homonym"]
    ours = {(fold(name), language): concept for concept, _, language, name, *_ in rows}
    for code, english, *others in load_rows("names/data/cldr.tsv"):
        zone = "/" in code
        known = code.rpartition("/")[2].replace("_", " ") if zone else english
        concept = ours.get((fold(known), "en"), code)
        for language, name in zip(CLDR_LANGUAGES, (english, *others), strict=True):
            if name != "-":
                yield concept, language, name
