"""The capitalised words of a text, with what stands between and around them.

Only capitalised words can be names, in scripts that have capitals; words of other scripts all count. Offsets are code
points of the text as it is.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Set
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from digests.names.endings import stems
from digests.names.parts import is_given_name
from digests.names.sound import lower
from digests.tables import load_rows

_MARKS = "\u0300-\u036f"
_QUOTES = "'’‘ʼ`"
_UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff"  # soft hyphens, zero-width spaces and joiners inside a word
_OPENING = " \t\u00a0«»“”„\"'‘’([{—–-*•"
_SENTENCE_END = frozenset(".!?…:;\n\u2029")
_LOOK_BACK = 12  # characters before a word, in which a sentence's end is looked for
_LAST_POINT = 0x20000  # scripts beyond are rarer ideographs
_LAST_OF_TABLE = 0xFFFF  # `re` finds letters up to here by one table, each range beyond by itself
LONGEST = 100  # letters of a name's word; what is longer is not remembered anywhere either
_LINE = 80  # characters around a word in which a headline's capitals are looked for
_INITIAL = 2  # letters, before a full stop: Т., Дж.
_GAP = 24  # characters; two words further apart are not one name


class Token(NamedTuple):
    """One capitalised word: `text[start:end]`, whole, with inner apostrophes."""

    text: str
    start: int
    end: int


_REST = rf"\w*+(?:[{_MARKS}]\w*+|[{_QUOTES}{_UNSEEN}](?=\w)\w*+)*+"  # of a word, behind its first letter
_WORD = re.compile(rf"[^\W\d_]{_REST}")


@cache
def _capitalised() -> re.Pattern[str]:
    """A word that begins with a capital, or with a letter of a script that has none.

    The first letter is looked for as such, by one table; what a capital inside a word and a rare script need more is
    asked only where one stands.
    """
    ranges: list[list[int]] = []
    for point in range(_LAST_POINT):
        if unicodedata.category(chr(point)) in ("Lu", "Lt", "Lo"):
            if ranges and ranges[-1][1] == point - 1:
                ranges[-1][1] = point
            else:
                ranges.append([point, point])
    first = "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)
    usual = "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges if high <= _LAST_OF_TABLE)
    begins = rf"[{usual}\U00010000-\U0001ffff](?<=[{first}])(?<![\w{_MARKS}].)"
    return re.compile(rf"{begins}{_REST}(?:(?<=s)[{_QUOTES}](?=\s))?", re.DOTALL)


_STRESS = str.maketrans(dict.fromkeys("\u0301\u0300\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def find_tokens(text: str) -> list[Token]:
    """Return the capitalised words of a text, in order; what is longer than any name's word is none.

    >>> [token.text for token in find_tokens("Адвокат Еміль Курбедінов’s i O'Neill, QHA-2")]
    ['Адвокат', 'Еміль', 'Курбедінов’s', "O'Neill", 'QHA']
    """
    found = [Token(match[0], *match.span()) for match in _capitalised().finditer(text)]
    if any(token.end - token.start == 1 for token in found):
        found = _close_up(text, found)
    return found if len(text) <= LONGEST else [token for token in found if len(token.text) <= LONGEST]


def _close_up(text: str, tokens: list[Token]) -> list[Token]:
    """The words with each letter-spaced one written together; its offsets are those of the spaced letters."""
    found: list[Token] = []
    for token in tokens:
        spaced = _SPACED.match(text, token.start) if token.end - token.start == 1 else None
        if not found or token.start >= found[-1].end:
            found.append(Token(spaced[0].replace(spaced[0][1], ""), *spaced.span()) if spaced else token)
    return found


_SPACED = re.compile(r"[^\W\d_]([ \u00a0])[^\W\d_](?!\w)(?:\1[^\W\d_](?!\w)){2,}")


def bare(word: str) -> str:
    """Return the word without stress marks and invisible characters, as it is looked up."""
    return word if word.isascii() else unicodedata.normalize("NFC", word.translate(_STRESS))


class Page:
    """A text's words for one round of matching: what they are next to, and where sentences begin.

    A text that has no capital at all (`is_lower`) is taken with all its words.
    """

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self.tokens = find_tokens(text)
        self.is_lower = not self.tokens
        if self.is_lower:
            self.tokens = [Token(match[0], *match.span()) for match in _WORD.finditer(text)]
        self._ties: dict[int, _Tie] = {}
        self._forms: dict[int, str] = {}
        self._begins: dict[int, bool] = {}
        self._sentences: list[int] = []  # the words that they begin with, of those that begin with a capital, ...
        self._sentences_to = 0  # ... before this one

    def gap(self, i: int) -> str:
        """What stands between word `i` and the next; a line feed when it is far or at either end."""
        if not 0 <= i < len(self.tokens) - 1:
            return "\n"
        start, end = self.tokens[i].end, self.tokens[i + 1].start
        return self.text[start:end] if end - start <= _GAP else "\n"

    def joins(self, i: int) -> bool:
        """Whether word `i` and the next may be parts of one person's name."""
        return (self._ties.get(i) or self._tie(i)).joins

    def touches(self, i: int) -> bool:
        """Whether only a space stands between word `i` and the next."""
        return (self._ties.get(i) or self._tie(i)).touches

    def hyphened(self, i: int) -> bool:
        """Whether a hyphen or an ampersand ties word `i` to the next."""
        return (self._ties.get(i) or self._tie(i)).hyphened

    def is_nickname(self, i: int) -> bool:
        """Whether word `i` stands alone in quotation marks: Emil “Lev” Tarlamazov."""
        return self.gap(i - 1) in _OPENED and self.gap(i) in _CLOSED

    def is_softened(self, i: int) -> bool:
        """Whether an apostrophe behind word `i` is a soft sign, and no quotation ends there: Emil' Tarlamazov."""
        token = self.tokens[i]
        if self.gap(i) not in _SOFT_SIGNS:
            return False
        return not _OPEN_QUOTE.search(self.text, max(0, token.start - _LINE), token.start + 1)

    def is_and(self, i: int) -> bool:
        """Whether word `i` and the next are joined by "and" alone."""
        return (self._ties.get(i) or self._tie(i)).is_and

    def _tie(self, i: int) -> "_Tie":
        gap = self.gap(i)
        tie = self._ties[i] = _tie_of(gap, gap[:1] == "." and len(self.tokens[i].text) <= _INITIAL)
        return tie

    def tied_before(self, i: int) -> bool:
        """Whether a hyphen or an ampersand ties word `i` to what stands before it, capitalised or not."""
        start = self.tokens[i].start
        if not self.hyphened(i - 1) and not (start > 0 and self.text[start - 1] in _HYPHENS):
            return False
        before = _WORD_BEFORE.search(self.text, max(0, start - _LOOK_BACK), start - 1)
        return before is None or before[0].lower() not in _particles()  # al-Sabzwari

    def is_tied_behind(self, i: int) -> bool:
        """Whether a hyphen ties word `i` to what stands behind it, capitalised or not."""
        return self.text[self.tokens[i].end : self.tokens[i].end + 1] in _HYPHENS

    def begins_sentence(self, i: int) -> bool:
        """Whether word `i` is the first of a sentence, a paragraph or a quotation."""
        begins = self._begins.get(i)
        if begins is None:
            begins = self._begins[i] = self._is_first(i)
        return begins

    def _is_first(self, i: int) -> bool:
        start = self.tokens[i].start
        before = self.text[max(0, start - _LOOK_BACK) : start].rstrip(_OPENING)
        if not before:
            return start <= _LOOK_BACK or "\n" in self.text[max(0, start - _LOOK_BACK) : start]
        if before[-1] not in _SENTENCE_END:
            return before[-1:] == "\n"
        point = max(0, start - _LOOK_BACK) + len(before) - 1
        initial = before[-1] == "." and i > 0 and len(self.tokens[i - 1].text) == 1 and self.tokens[i - 1].end == point
        return not initial

    def sentence_of(self, i: int) -> int:
        """The number of the sentence that word `i` stands in, the first is 1."""
        for at in range(self._sentences_to, i + 1):
            if at == 0 or self._follows_an_end(at):
                self._sentences.append(at)
        self._sentences_to = max(self._sentences_to, i + 1)
        return max(1, bisect_right(self._sentences, i))

    def _follows_an_end(self, i: int) -> bool:
        before = self.text[self.tokens[i - 1].end : self.tokens[i].start]
        return "\n" in before or (self.begins_sentence(i) and bool(_ENDED.search(before)))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the text, each as it is printed."""
        return frozenset(_WORD.findall(self.text))

    def in_lower_case(self, words: Set[str]) -> set[str]:
        """Return those of some words that stand in the text in lower case."""
        return {word for word in self.words & words if word.islower()}

    @cached_property
    def inner_capitals(self) -> frozenset[str]:
        """The words that stand with a capital inside a sentence, in lower case."""
        return frozenset(self.lowered(i) for i in range(len(self.tokens)) if not self.begins_sentence(i))

    def is_common(self, i: int) -> bool:
        """Whether word `i` is an ordinary word here: listed as one, or in lower case in the same text."""
        word = self.lowered(i)
        return word in common_words(self.language) or (word in self.words and word.islower())

    def opens_sentence(self, i: int) -> bool:
        """Whether word `i` begins a sentence and is one of the ordinary words that do: Then, May."""
        return self.lowered(i) in common_words(self.language) and self.begins_sentence(i)

    def form(self, i: int) -> str:
        """Word `i` as it is printed, without stress marks."""
        form = self._forms.get(i)
        if form is None:
            form = self._forms[i] = bare(self.tokens[i].text)
        return form

    def lowered(self, i: int) -> str:
        """Word `i` in lower case, as it is compared with ordinary words."""
        return lowered(self.tokens[i].text)

    def name_end(self, i: int) -> int:
        """Where the name at word `i` ends: before an English possessive."""
        token = self.tokens[i]
        return token.end - possessive(token.text)

    def is_title(self, i: int) -> bool:
        """Whether word `i` is a noun that stands before surnames, in any case: an office, an address, a relation."""
        return _stands_before_surnames(self.lowered(i), self.language)

    def is_shouted(self, i: int) -> bool:
        """Whether word `i` stands in a line of several words that is all in capitals."""
        token = self.tokens[i]
        start = self.text.rfind("\n", 0, token.start) + 1
        end = self.text.find("\n", token.end)
        line = self.text[max(start, token.start - _LINE) : min(end if end >= 0 else len(self.text), token.end + _LINE)]
        return line.isupper() and len(_WORD.findall(line)) > 1

    def is_capitals(self, i: int) -> bool:
        """Whether word `i` is written in capitals alone."""
        text = self.tokens[i].text
        return len(text) > 1 and text.isupper()


def possessive(word: str) -> int:
    """How many letters at the end of a word are an English possessive.

    >>> possessive("Chubarov’s"), possessive("Haas'"), possessive("Haas")
    (2, 1, 0)
    """
    if not word.endswith(_ENDS_OWNING):
        return 0
    head = word.rstrip(_QUOTES)
    cut = len(word) - len(head)
    return cut + 2 if head[-1:] in "sS" and head[-2:-1] and head[-2] in _QUOTES else cut


_ENDS_OWNING = (*_QUOTES, "s", "S")


@lru_cache(maxsize=16_384)
def lowered(word: str) -> str:
    """A printed word in lower case, as it is compared with ordinary words."""
    return lower(bare(word))


_ENDED = re.compile(r"[.!?…][^\w]*$")
_WORD_BEFORE = re.compile(r"\w+$")
_HYPHENS = frozenset("-‐‑–")
_SPACES = frozenset({" ", "\u00a0", "\u202f", "\u2009", "  "})
_OPENED, _CLOSED = (frozenset(f" {mark}" for mark in '«“„"'), frozenset(f"{mark} " for mark in '»”“"'))
_SOFT_SIGNS = frozenset({"' ", "’ ", "ʼ "})
_OPEN_QUOTE = re.compile(r"(?<!\w)['‘’]")


class _Tie(NamedTuple):
    """What the gap between two words makes of them."""

    joins: bool
    touches: bool
    hyphened: bool
    is_and: bool


@lru_cache(maxsize=4_096)
def _tie_of(gap: str, after_initial: bool) -> _Tie:
    touches, hyphened = gap in _SPACES, gap in _HYPHENS
    if touches or hyphened:
        joins = True
    elif after_initial:
        joins = not gap[1:].strip(" \u00a0\u202f")
    else:
        words = re.split("[\\s‐‑–-]+", gap.strip(" \u00a0-‐‑–"))
        joins = "\n" not in gap and 0 < len(words) <= 3 and all(word.lower() in _particles() for word in words)
    return _Tie(joins, touches, hyphened or gap.strip() == "&", gap.strip() in _ands() and len(gap) > 1)


@cache
def _ands() -> frozenset[str]:
    return frozenset(word for of, words in load_rows("names/data/context.tsv") if of == "and" for word in words.split())


@cache
def _particles() -> frozenset[str]:
    return frozenset(row[0] for row in load_rows("names/data/particles.tsv"))


@cache
def titles() -> frozenset[str]:
    """Words for offices and addresses, in lower case."""
    return frozenset(lower(word) for _, words in load_rows("names/data/titles.tsv") for word in words.split())


@lru_cache(maxsize=4_096)
def _stands_before_surnames(low: str, language: str) -> bool:
    if low in _before_surnames():
        return True
    return not is_given_name(low) and any(
        stem.text in _before_surnames() and len(stem.text) >= _LEAST_STEM for stem in stems(low, language)
    )


@cache
def _before_surnames() -> frozenset[str]:
    """Titles and other nouns that govern a surname; those on a vowel also without it: судд- in суддею."""
    rows = [words for what, words in load_rows("names/data/context.tsv") if what == "of"]
    rows += [words for _, words in load_rows("names/data/roles.tsv")]
    words = titles() | {lower(word) for row in rows for word in row.split()}
    return words | {word[:-1] for word in words if word[-1] in _VOWEL_ENDS and len(word) > _LEAST_STEM}


_VOWEL_ENDS = frozenset("aeioyаеиоюяiía")
_LEAST_STEM = 4


@cache
def common_words(language: str = "") -> frozenset[str]:
    """Ordinary words of a language that open sentences, in lower case; those of all languages for ""."""
    rows = [words for of, words in load_rows("names/data/common.tsv") if language in ("", of)]
    return frozenset(lower(word) for words in rows for word in words.split())
