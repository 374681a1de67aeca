"""His surname and hers: a man's wife or mother is quoted beside him, and differs from him by an ending.

"Вишинська" is never a case of "Вишинський", but "Боздалієва" is his genitive as well as her name: which it is, the
words beside it tell, or nothing does. What each ending says stands in `data/couples.tsv`.
"""

import re
from functools import cache, lru_cache
from typing import Literal

from digests.names.candidate import how_found
from digests.names.parts import is_given_name
from digests.names.sound import lower
from digests.names.spellings import Word
from digests.names.tokens import Page, bare
from digests.tables import load_rows

Whose = Literal["his", "hers", "either", ""]
"""What an ending says: "either" for a case of his that sounds like hers, "" for one that says nothing."""

_SHORTEST = 2  # letters before the ending: Ева, Ины and their like are no surnames of a couple
_MARKED = frozenset({"cs", "sk"})  # where every woman's surname is: Novák, Nováková
_HER_NOMINATIVE = frozenset("аa")
_BESIDE = 40  # characters in which the words beside a surname are looked for
_WORD_AFTER = re.compile(r"[ \u00a0]([^\W\d_]+)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[ \u00a0]$")
_SHE_DID = re.compile("(?:ла|лась|лася|ła|la)$")
_THEY_DID = re.compile("(?:ли|лись|лися|но|то|ють|уть|ять|ать|ают|уют|яют|ли|łi|li|ły|no|to|ją)$")


@lru_cache(maxsize=16_384)
def whose(form: str, language: str, *, declined: bool = True) -> Whose:
    """Return whose a printed surname is by its ending; one that is not `declined` is no case of his.

    >>> whose("Вишинської", "uk"), whose("Bozdaliev", "en"), whose("Боздалієва", "uk"), whose("Боздалиева", "bg")
    ('hers', 'his', 'either', 'hers')
    >>> whose("Боздалієва", "uk", declined=False), whose("Вітролом", "uk")
    ('hers', '')
    """
    low = lower(bare(form)).partition("'")[0]
    own, others = _endings(language), _endings("*")
    for length in range(min(_longest(), len(low) - _SHORTEST), 1, -1):
        found = own.get(low[-length:]) or others.get(low[-length:])
        if found:
            return "hers" if found == "either" and not declined and low[-1] in _HER_NOMINATIVE else found
    return "his" if language in _MARKED else ""


def contradict(one: Whose, other: Whose) -> bool:
    """Whether two forms of a surname cannot be one person's."""
    return {one, other} == {"his", "hers"}


@lru_cache(maxsize=4_096)
def is_other_sex(printed: str, language: str, listed: Word) -> bool:
    """Whether a printed surname is his where hers is listed, or hers where his is.

    >>> [is_other_sex(form, "uk", Word("Боздалієв", "")) for form in ("Боздалієва", "Боздалієвій")]
    [False, True]
    """
    return contradict(whose(listed.text, listed.language, declined=False), whose(printed, language))


def is_perhaps_hers(page: Page, i: int) -> bool:
    """Whether word `i`, a case of his surname that sounds like hers, stands where she would: before or behind a verb.

    "Боздалієва сказала" is she, "Боздалієва затримали" he; the first word of a sentence is more often she.
    """
    token = page.tokens[i]
    before = _WORD_BEFORE.search(page.text[max(0, token.start - _BESIDE) : token.start])
    after = _WORD_AFTER.match(page.text[token.end : token.end + _BESIDE])
    if any(match and _SHE_DID.search(match[1]) for match in (before, after)):
        return True
    return page.begins_sentence(i) and not (after and _THEY_DID.search(after[1]))


def is_womans(page: Page, i: int) -> bool:
    """Whether word `i` is a woman's surname behind her given name: Ельвіра Боздалієва, not Олександра Боздалієва."""
    given = page.form(i - 1) if i else ""
    if given[-1:].lower() not in _HER_GIVEN_ENDS or whose(page.form(i), page.language) not in ("hers", "either"):
        return False
    return page.touches(i - 1) and is_given_name(given) and not is_given_name(given[:-1])


def cases_clash(given: tuple[str, Word], surname: tuple[str, Word], language: str) -> bool:
    """Whether a given name and a surname, each as printed and as listed, stand in cases that are not one person's.

    A man's surname on a consonant is declined with his given name, a woman's never: "Мирослава Гринчишин" is no case of
    Мирослав, nor "Олександра Боздала" a woman.
    """
    if language not in _DECLINING or given[0][-1:].lower() not in _HER_GIVEN_ENDS:
        return False
    if whose(surname[0], language) in ("hers", "either"):
        return False
    cut_given, cut_surname = (how_found(form, language, word) == "_case" for form, word in (given, surname))
    if cut_given and not cut_surname:
        return given[1].text[-1:].lower() not in _VOWELS and surname[0][-1:].lower() not in _SOFT_OR_VOWEL
    in_nominative = not cut_given and given[1].text[-1:].lower() in _HER_GIVEN_ENDS
    return cut_surname and in_nominative and surname[1].text[-1:].lower() not in _SOFT_OR_VOWEL


_DECLINING = frozenset({"uk", "ru", "be", "pl"})
_HER_GIVEN_ENDS = frozenset("aая")
_VOWELS = frozenset("aeiouyąęáéíóúýěůаеиоуіїєяюы")
_SOFT_OR_VOWEL = _VOWELS | frozenset("йьэёj'’")


@cache
def _endings(language: str) -> dict[str, Whose]:
    found: dict[str, Whose] = {}
    for languages, says, endings in load_rows("names/data/couples.tsv"):
        if language in languages.split():
            found.update(dict.fromkeys(endings.split(), _WHOSE[says]))
    return found


_WHOSE: dict[str, Whose] = {"his": "his", "hers": "hers", "either": "either"}


@cache
def _longest() -> int:
    return max(len(ending) for *_, endings in load_rows("names/data/couples.tsv") for ending in endings.split())
