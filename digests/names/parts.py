"""Which part of a name a word is, by its letters: a given name, a surname, a father's name, or what tells his son."""

import re
from functools import cache

from digests.names.endings import stems
from digests.names.fold import fold_word
from digests.names.sound import lower
from digests.tables import load_rows

_SURNAME = re.compile(
    r"(?:[oe][vw]a?|[eiy][nv]a?|enko|[sc]ki?y?[aij]?|sk[aiy][aij]?|chuk|yan|o[gğ]lu|[оеиіїє]ва?|[иі]на?|енко|с?[ць]?к[иаі][йя]?|чук|ян|оглу)$"
)
_VOWEL_ENDS = frozenset("aeioyаеиійоюяь")
_SHORTEST = 4  # letters of a given name that may lose one


def is_surname_shaped(word: str) -> bool:
    """Whether a word ends as many surnames of our languages do."""
    return bool(_SURNAME.search(word.lower()))


def is_patronymic(word: str) -> bool:
    """Whether a word is a father's name of the East Slavic kind, in any case."""
    return bool(_PATRONYMIC.search(word.lower()))


_PATRONYMIC = re.compile(
    "(?:[оеєё]вич(?:а|у|ем|ам|е|ові|еві)?|[оеєиі]вн(?:а|ы|и|і|е|у|ой|ою|ей)|[oe]v[iy]ch|owicz(?:a|owi|em)?|[oei]vna|ıçı)$"
)


@cache
def _given_names() -> frozenset[str]:
    return frozenset(fold_word(name) for (row,) in load_rows("names/data/given.tsv") for name in row.split())


def is_given_name(word: str, language: str | None = None) -> bool:
    """Whether a word is a given name that the table knows; in a text of a language, also with an ending.

    >>> is_given_name("Мустафу"), is_given_name("Мустафу", "uk")
    (False, True)
    """
    if language is None:
        return fold_word(word) in _given_names()
    return any(fold_word(stem.text) in _given_stems() for stem in stems(word, language))


@cache
def _given_stems() -> frozenset[str]:
    """The table's given names, and those on a vowel without it: Мустаф- in Мустафу."""
    return _given_names() | {name[:-1] for name in _given_names() if name[-1] in _VOWEL_ENDS and len(name) > _SHORTEST}


def is_generation(word: str) -> bool:
    """Whether a word behind a name tells a son from his father, in any language.

    >>> is_generation("Jr."), is_generation("молодший"), is_generation("Marwick")
    (True, True, False)
    """
    return lower(word.strip(".,")) in _generations()


@cache
def _generations() -> frozenset[str]:
    rows = load_rows("names/data/family.tsv")
    return frozenset(word for _, what, words in rows if what in ("younger", "older") for word in words.split())
