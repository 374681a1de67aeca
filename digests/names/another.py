"""When what looks like a watched body or place is something else, or a part of it: Jack London, New York Times."""

import re
from functools import cache, lru_cache

from digests.model import Kind
from digests.names.aliases import is_homonym
from digests.names.fold import fold_word
from digests.names.parts import is_given_name
from digests.names.spellings import Word
from digests.names.surnames import prefix
from digests.names.tokens import Page
from digests.tables import load_rows

_MODEL = re.compile(r"[-‐‑–]\w*\d|[ \u00a0]\d{3}\b(?![ \u00a0.,]\d)")  # Fonn-737, Fonn 737
_WORD = re.compile(r"[^\W_](?:[\w\u0300-\u036f]|['’‘ʼ`](?=\w))*")
_TINY = 2  # letters: too few to tell a kind of body by


def is_part_of_other(page: Page, i: int, end: int) -> bool:
    """Whether a place's name, from word `i` to `end`, is inside another: New York Times, North Korea."""
    before, after = context_words("before"), context_words("after")
    if (page.touches(i - 1) or page.hyphened(i - 1)) and _is_among(page.lowered(i - 1), before):
        return True  # North Korea, New-Mexico
    if page.touches(i - 1) and is_given_name(page.form(i - 1), page.language):
        return True  # Jack London
    following = _WORD.match(page.text, end + 1) if page.text[end : end + 1] == " " else None
    if following is None:
        return False
    low, capital = following[0].lower(), following[0][0].isupper()
    return (capital and (_is_among(low, after) or _is_among(low, before))) or (low in after and not low.isascii())


def is_of_longer(page: Page, i: int, end: int) -> bool:
    """Whether a body's name, from word `i` to `end`, looks like a part of another's: Steppe Watch Foundation."""
    start = page.tokens[i].start
    if page.touches(i - 1) and _is_among(page.lowered(i - 1), context_words("before")):
        return True
    behind = _WORD.match(page.text, end + 1) if page.text[end : end + 1] == " " else None
    if behind is None or not behind[0][0].isupper():
        return False
    return page.text[start - 1 : start] in _OPENING_QUOTES or behind[0].lower().startswith(_body_starts())


def is_known_otherwise(printed: str, language: str, word: Word, named_here: bool) -> bool:
    """Whether a word that only sounds like a place's is known to be something else.

    A text whose language has its own name for a watched place (`named_here`) would say it: Loteva is no Łotwa in
    Slovene, where that is Latvija. Of two things with one name, other languages call each otherwise, and nobody said
    which is meant: Georgia. And given names are people's.
    """
    if (named_here and word.language != language) or is_homonym(Kind.PLACE, word.text, word.language):
        return True
    return not is_given_name(word.text, word.language) and is_given_name(printed, language)


def is_something_else(page: Page, i: int) -> bool:
    """Whether a word that only sounds like a place's is something else here: a number makes a model of a word."""
    if page.hyphened(i - 1) or _MODEL.match(page.text, page.tokens[i].end):
        return True
    return page.begins_sentence(i) and page.lowered(i) not in page.inner_capitals


def surname_starts(page: Page) -> frozenset[str]:
    """How the surnames begin that the text gives somebody: Olena Butra, and then Butry."""
    behind = (i for i in range(1, len(page.tokens)) if page.touches(i - 1))
    return frozenset(prefix(page.form(i)) for i in behind if is_given_name(page.form(i - 1), page.language))


@lru_cache(maxsize=1_024)
def is_kind_of_body(word: str) -> bool:
    """Whether a word says what kind of body something is: ministry, комітет."""
    return len(word) > _TINY and word.lower().startswith(_body_starts())


@lru_cache(maxsize=4_096)
def has_and(name: str) -> bool:
    """Whether a name's words are joined by "and": then a text may say so otherwise."""
    return "&" in name or "+" in name or any(fold_word(word) in context_words("and") for word in name.split())


@cache
def context_words(place: str) -> frozenset[str]:
    """The words of `data/context.tsv` that stand "before" or "after" a name, or "and" between its words."""
    return frozenset(word for of, words in load_rows("names/data/context.tsv") if of == place for word in words.split())


def _is_among(word: str, stems: frozenset[str]) -> bool:
    """Whether a word is listed, or declined from a listed one of four letters or more."""
    return word in stems or any(word[:length] in stems for length in range(4, len(word)))


@cache
def _body_starts() -> tuple[str, ...]:
    """How words begin that tell a body in a name: foundation, фонд."""
    return tuple(word for _, words in load_rows("names/data/kinds.tsv") for word in words.split() if len(word) > _TINY)


_OPENING_QUOTES = frozenset("«“„")
