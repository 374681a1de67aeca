"""Words without the endings that our languages put behind a name, each with what the cut costs.

Endings are cut in spelling, language by language, not in sound: an English -n is no ending, else Crimean were Crimea.
Rows of `data/endings.tsv` say what each language does; a language is added there.
"""

import re
from functools import cache
from typing import NamedTuple

from digests.names.sound import lower
from digests.tables import load_rows

ENDING_COST = 0.03  # Чубарова is Чубаров, but a name that is Чубарова itself comes first
CHANGE_COST = 0.05  # Londynie is Londyn; a consonant undone besides: Hadze is Haha
NOMINATIVE_COST = 0.02  # Джапаров(а) as it stands in a list
_CYRILLIC = re.compile("[Ѐ-ԯ]")
_SHORT = 4  # letters: words up to here may be cut down to two letters, longer ones keep three
_APOSTROPHE_TAIL = 4  # letters: an ending after an apostrophe is no longer; Лук'янова is whole
_SOFT_VOWELS = frozenset("яюєїё")  # behind an apostrophe that is a letter: Лук'яна


class Stem(NamedTuple):
    """A word without its ending, in lower case, and what the cut costs."""

    text: str
    cost: float


def stems(word: str, language: str = "") -> tuple[Stem, ...]:
    """Return the word and what is left of it without each ending it may have in that language, cheapest first.

    >>> [stem.text for stem in stems("Chubarov’s", "en")]
    ["chubarov's", 'chubarov']
    >>> stems("Чубаровим", "uk")[1]
    Stem(text='чубаров', cost=0.03)
    """
    low = lower(word)
    found = {low: 0.0}
    head, mark, tail = low.rpartition("'")
    if mark and len(head) >= 2 and len(tail) <= _APOSTROPHE_TAIL:
        found[head] = 0.0 if tail in ("s", "") else ENDING_COST
        for plural in _grammar(language, low).plural:
            if head.endswith(plural) and len(head) - len(plural) >= _least(head):
                found.setdefault(head.removesuffix(plural), ENDING_COST)  # Bozdalievler'in, the Bozdalievs'
        _undo_changes(head, head, _grammar(language, low), found)
    if not mark or len(tail) > _APOSTROPHE_TAIL or tail[:1] in _SOFT_VOWELS:
        _cut(low, _grammar(language, low), found)
    _join_families(found)
    return tuple(sorted((Stem(text, cost) for text, cost in found.items()), key=lambda stem: stem.cost))


@cache
def declines_as_unknown(language: str) -> bool:
    """Whether a word of unknown language loses all that one of this language does.

    >>> declines_as_unknown("uk"), declines_as_unknown("crh")
    (True, False)
    """
    return any(kind == "like" and language in cells.split() for _, kind, cells in load_rows("names/data/endings.tsv"))


def base_stems(word: str, language: str = "") -> tuple[Stem, ...]:
    """Return a listed name's word and what is left of it without its nominative ending.

    >>> base_stems("Джапарова", "ru")
    (Stem(text='джапарова', cost=0.0), Stem(text='джапаров', cost=0.02))
    """
    low = lower(word)
    found = {low: 0.0}
    for ending in _grammar(language, low).nominative:
        if low.endswith(ending) and len(low) - len(ending) >= _least(low):
            found.setdefault(low[: -len(ending)], NOMINATIVE_COST)
    for became, was in _grammar(language, low).listed:
        if low.endswith(became) and len(low) - len(became) >= _least(low):
            found.setdefault(low.removesuffix(became) + was, CHANGE_COST)
    mobile = _MOBILE.fullmatch(low)
    if mobile:
        found.setdefault(mobile[1] + mobile[2], NOMINATIVE_COST)  # Pawł-a is Paweł, Bidn-a is Biden
    _join_families(found)
    return tuple(Stem(text, cost) for text, cost in found.items())


_VOWELS, _CONSONANTS = "aeiouyáéíóúýěůąęаеиоуіїєюяыэ", "bcčdfghjklmnprřsštvwzžбвгґдзклмнпрстфхцчшж"
_MOBILE = re.compile(rf"(.*[{_VOWELS}][{_CONSONANTS}])(?:ie|[eěеєёо])([kclłnńrкцлнр]|lj|nj|ць|ль|нь)")


def _join_families(found: dict[str, float]) -> None:
    """Add each stem with its adjective suffix written as the first of its family."""
    suffixes = tuple(_families())
    for text, cost in list(found.items()):
        if cost > 0 and text.endswith(suffixes):
            for suffix, first in _families().items():
                if text.endswith(suffix):
                    found.setdefault(text.removesuffix(suffix) + first, cost)


@cache
def _families() -> dict[str, str]:
    rows = [cells.split() for _, kind, cells in load_rows("names/data/endings.tsv") if kind == "same"]
    return {suffix: first for first, *others in rows for suffix in others}


class _Grammar(NamedTuple):
    cases: dict[str, int]  # with their place in the list
    longest: int  # letters of a case's ending
    nominative: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    plural: tuple[str, ...]  # before an apostrophe and what follows it
    listed: tuple[tuple[str, str], ...]  # of several, as a list names them


_NO_GRAMMAR = _Grammar({}, 0, (), (), (), ())


def _least(word: str) -> int:
    return 2 if len(word) <= _SHORT else 3


def _cut(low: str, grammar: _Grammar, found: dict[str, float]) -> None:
    least = _least(low)
    ends = (low[-length:] for length in range(1, min(grammar.longest, len(low) - least) + 1))
    for ending in sorted((end for end in ends if end in grammar.cases), key=grammar.cases.__getitem__):
        base = low[: -len(ending)]
        found.setdefault(base, ENDING_COST)
        _undo_changes(base, low, grammar, found)


def _undo_changes(base: str, low: str, grammar: _Grammar, found: dict[str, float]) -> None:
    for became, was in grammar.changes:
        if base.endswith(became) and len(base) - len(became) + len(was) >= _least(low):
            found.setdefault(base[: -len(became)] + was, CHANGE_COST)


def _grammar(language: str, low: str) -> _Grammar:
    """What a language does; a word in another script than its language's is declined as that script's unknown."""
    cyrillic = bool(_CYRILLIC.search(low))
    if not language or (cyrillic != (language in _cyrillic_languages()) and language != "crh"):
        language = "cyrl" if cyrillic else (language or "latn")
    return _grammars().get(language, _NO_GRAMMAR)


@cache
def _cyrillic_languages() -> frozenset[str]:
    return frozenset(
        language
        for language, kind, listed in load_rows("names/data/endings.tsv")
        if kind == "case" and _CYRILLIC.search(listed)
    )


@cache
def _grammars() -> dict[str, _Grammar]:
    listed: dict[tuple[str, str], tuple[str, ...]] = {}
    alike: dict[str, tuple[str, ...]] = {}
    for language, kind, cells in load_rows("names/data/endings.tsv"):
        words = tuple(dict.fromkeys(cells.split()))
        if kind == "like":
            alike[language] = words
        else:
            listed[language, kind] = words
    own = {language: _collect(listed, (language,)) for language, _ in listed}
    return own | {script: _collect(listed, languages) for script, languages in alike.items()}


def _collect(listed: dict[tuple[str, str], tuple[str, ...]], languages: tuple[str, ...]) -> _Grammar:
    def of(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for language in languages for word in listed.get((language, kind), ())))

    def became(kind: str) -> tuple[tuple[str, str], ...]:
        return tuple((now, was) for now, _, was in (cell.partition(">") for cell in of(kind)))

    cases = of("case")
    places = {ending: place for place, ending in enumerate(cases)}
    longest = max(map(len, cases), default=0)
    own = became("listed") if len(languages) == 1 else ()  # Nancy is of no Polish Nank-
    return _Grammar(places, longest, of("nominative"), became("change"), of("plural"), own)
