"""When a surname means a family, or one of two of the same name: the Bozdalievs, Bozdaliev Jr.

What a language puts behind a surname of several, and how it tells a son from his father, stands in `data/family.tsv`.
"""

import re
from functools import cache, lru_cache
from typing import Literal

from digests.names.candidate import ending_of, how_found
from digests.names.fold import fold_word
from digests.names.parts import is_generation
from digests.names.sound import lower
from digests.names.spell import script_of
from digests.names.spellings import Word
from digests.names.tokens import Page, bare
from digests.tables import load_rows

Mark = Literal["younger", "older", ""]
"""Which of two of the same name is meant, by the word behind it."""

_VOWELS = frozenset("aeiouyąęáéíóúýěůаеиоуіїєяюыэёйьў'’")
_BEHIND = re.compile(r"([-‐‑–]|,? )([^\W\d_]+)(\.?)(?:,? (\w+))?")
_BEFORE = re.compile(r"([^\W\d_]+) $")
_REACH = 40  # characters in which the words beside a name are looked for
_NOMINATIVE = 2  # letters of an ending that a listed name has: Grzębicki
_POSSESSIVE = re.compile("(?:ův|[oe]v[aeiouyéíýěů][a-zí]{0,3})$")  # Bidenův mladší syn: his younger son
_WITH_POSSESSIVES = frozenset({"cs", "sk", "sl"})
_SHORT = 3  # letters of an abbreviation, which may stand behind a comma: Jr.


@lru_cache(maxsize=4_096)
def is_plural(printed: str, language: str, listed: Word) -> bool:
    """Whether a printed surname is of several who have the listed one.

    >>> [is_plural(form, "uk", Word("Боздалієв", "uk")) for form in ("Боздалієви", "Боздалієвих", "Боздалієвим")]
    [True, True, False]
    >>> is_plural("Приступи", "uk", Word("Приступа", "uk")), is_plural("Bozdalievler'in", "tr", Word("Bozdaliev", "en"))
    (False, True)
    """
    low, name = lower(bare(printed)).removesuffix("'s").rstrip("'"), lower(bare(listed.text))
    if fold_word(low) == fold_word(name):
        return False
    if low.endswith(_endings(language, "plural")) and not name.endswith(_endings(language, "plural")):
        return True
    behind = _endings(language, "ending") + (_endings(language, "noun") if name[-1:] not in _VOWELS else ())
    if any(low.endswith(ending) and _is_all_behind(low, ending, language, listed) for ending in behind):
        return True
    inside = _endings(language, "inside")
    return bool(inside) and _is_case(low, language, listed) and ending_of(low, language, listed).startswith(inside)


def means_several(page: Page, i: int, listed: Word) -> bool:
    """Whether word `i`, a form of a listed surname, means more than one of its bearers."""
    form = page.form(i)
    if is_plural(form, page.language, listed):
        return True
    articles = _words(page.language, "behind")
    if not articles or form[-1:] != "s" or listed.text[-1:] == "s":
        return False
    start = page.tokens[i].start
    before = _BEFORE.search(page.text[max(0, start - _REACH) : start])
    return before is not None and before[1].lower() in articles


def mark_behind(page: Page, i: int) -> Mark:
    """Return which of two of the same name is meant at the surname that word `i` is.

    "Боздалієв-молодший" is the son, "Боздалієв молодший за брата" is the man himself, younger than his brother.
    """
    behind = _BEHIND.match(page.text[page.name_end(i) : page.name_end(i) + _REACH])
    if behind is None:
        return ""
    tie, word, stop, following = behind.groups()
    which = _mark(word, page.language)
    apart = tie[0] in ", "
    if not which or (tie[0] == "," and len(word) > _SHORT):
        return ""
    if apart and not stop and (following or "").lower() in _words(page.language, "than"):
        return ""
    return "" if apart and page.language in _WITH_POSSESSIVES and _POSSESSIVE.search(page.form(i)) else which


@lru_cache(maxsize=1_024)
def has_mark(name: str) -> bool:
    """Whether a listed name says itself which of two it is: Lloyd Marwick Jr."""
    return any(is_generation(word) for word in re.split("[ ‐‑–-]", name)[1:])


def _mark(word: str, language: str) -> Mark:
    low = lower(word)
    if low in _words(language, "younger"):
        return "younger"
    return "older" if low in _words(language, "older") else ""


def _is_all_behind(low: str, ending: str, language: str, listed: Word) -> bool:
    """Whether a printed word is the listed one with this ending: Bozdalijewów, but not Обами of Обама."""
    base, name = low.removesuffix(ending), lower(bare(listed.text))
    if script_of(low) == script_of(name) and name.startswith(base) and len(name) - len(base) <= _NOMINATIVE:
        return True
    return _is_case(low, language, listed) and ending_of(low, language, listed) == ending


def _is_case(printed: str, language: str, listed: Word) -> bool:
    return how_found(printed, language, listed) == "_case"


@cache
def _endings(language: str, what: str) -> tuple[str, ...]:
    return tuple(_words(language, what))


@cache
def _words(language: str, what: str) -> frozenset[str]:
    rows = load_rows("names/data/family.tsv")
    listed = (words for of, kind, words in rows if kind == what and {language, "*"} & set(of.split()))
    return frozenset(word for words in listed for word in words.split())
