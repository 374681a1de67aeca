"""Words of a text, and the words of our tables found among them, in six languages."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat, starmap
from operator import add
from typing import NamedTuple
from zlib import crc32

from digests.names.fold import fold
from digests.tables import load_rows

_COLUMNS = ("en", "uk", "ru", "tr", "crh", "pl")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ‘`´-][^\W_]+)*")
# A hostile word of a megabyte is cut: no word of ours is longer.
_LONGEST = 60
# Words are cut to so many letters where endings are long; in Russian this won 4 to 7 points of F1.
_STEM = 6
_FEWEST_LETTERS = 3
# Before another word a shorter one is a word by itself: "не" in "не_повернувся", which "неволі" only begins with.
_SHORT = 2
# So many different words are remembered with what they may begin, for each language and set of tables.
_REMEMBERED = 20_000


class Word(NamedTuple):
    """A word of a text and where it stands.

    Attributes:
        folded: As the names room folds it.
        lower: In lower case as printed.
        capital: It begins with a capital letter.
        whole, stem: Hashes of the folded word, and of its beginning; a stem of 0 is too short to tell anything.
    """

    folded: str
    lower: str
    capital: bool
    whole: int
    stem: int
    start: int
    end: int


class Hit(NamedTuple):
    """A phrase of a table found in words `first` to `last`, both inclusive."""

    key: str
    first: int
    last: int


class _Part(NamedTuple):
    text: str
    whole: bool
    exact: str

    def fits(self, word: str) -> bool:
        return word == self.text if self.whole else word.startswith(self.text)

    def stands(self, word: Word) -> bool:
        return word.lower.startswith(self.exact) and self.fits(word.folded)


class _Phrase(NamedTuple):
    key: str
    parts: tuple[_Part, ...]
    bars: bool


def words_of(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """Return the words of `text[start:end]` in order, with offsets into `text`."""
    stop = len(text) if end is None else end
    spans = [match.span() for match in _WORD.finditer(text, start, stop)]
    # Hundreds of thousands of words a minute: made as the tuples they are, past the constructor's argument names.
    known = map(_known, map(text.__getitem__, starmap(slice, spans)))
    return list(map(tuple.__new__, repeat(Word), map(add, known, spans)))


@lru_cache(maxsize=40_000)
def _known(raw: str) -> tuple[str, str, bool, int, int]:
    short = raw[:_LONGEST]
    folded = fold(short)
    tells = len(folded) >= _FEWEST_LETTERS or folded.isdigit()
    stem = crc32(folded[:_STEM].encode()) if tells else 0
    return folded, short.lower(), raw[0].isupper(), crc32(folded.encode()), stem


def fold_word(raw: str) -> str:
    """Return one word folded as the names room folds it."""
    return _known(raw)[0]


def find_phrases(table: str, words: Sequence[Word], language: str | None) -> tuple[Hit, ...]:
    """Return what the table `stories/data/TABLE.tsv` says of the words, by place; barred phrases are left out.

    A language that the table lacks is looked up in all of its columns.
    """
    return find_in_tables((table,), words, language)[0]


def find_in_tables(tables: tuple[str, ...], words: Sequence[Word], language: str | None) -> tuple[tuple[Hit, ...], ...]:
    """Return what each of several tables says of the words, which are gone through once."""
    column = language if language in _COLUMNS else ""
    starting = _openings(tables, column)
    hits: list[list[Hit]] = [[] for _ in tables]
    barred: list[list[Hit]] = [[] for _ in tables]
    for at, word in enumerate(words):
        for table, phrase in starting[word[0]]:
            if _follows(phrase, words, at):
                hit = Hit(phrase.key, at, at + len(phrase.parts) - 1)
                (barred if phrase.bars else hits)[table].append(hit)
    return tuple(_unbarred(found, bars) for found, bars in zip(hits, barred, strict=True))


def _unbarred(hits: Sequence[Hit], barred: Sequence[Hit]) -> tuple[Hit, ...]:
    kept = [hit for hit in hits if not any(_crosses(hit, bar) for bar in barred)] if barred else hits
    return tuple(dict.fromkeys(kept))


def _follows(phrase: _Phrase, words: Sequence[Word], at: int) -> bool:
    parts = phrase.parts
    if at + len(parts) > len(words):
        return False
    return all(part.stands(words[at + n]) for n, part in enumerate(parts) if n or part.exact)


def _crosses(hit: Hit, bar: Hit) -> bool:
    return hit.key == bar.key and hit.first <= bar.last and bar.first <= hit.last


class _Openings(dict[str, tuple[tuple[int, _Phrase], ...]]):
    """The phrases that a word may begin, each with the place of its table: looked up once a word."""

    def __init__(self, index: dict[str, tuple[tuple[int, _Phrase], ...]]) -> None:
        super().__init__()
        self._index = index

    def __missing__(self, word: str) -> tuple[tuple[int, _Phrase], ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        likely = [entry for length in range(1, len(word) + 1) for entry in self._index.get(word[:length], ())]
        self[word] = found = tuple(entry for entry in likely if entry[1].parts[0].fits(word))
        return found


@lru_cache(maxsize=64)
def _openings(tables: tuple[str, ...], column: str) -> _Openings:
    return _Openings(_index(tables, column))


@lru_cache(maxsize=64)
def _index(tables: tuple[str, ...], column: str) -> dict[str, tuple[tuple[int, _Phrase], ...]]:
    """Return the phrases of several tables by the text of their first word, each with the place of its table."""
    index: dict[str, list[tuple[int, _Phrase]]] = {}
    for table, name in enumerate(tables):
        for phrase in _phrases(load_rows(f"stories/data/{name}.tsv"), column):
            index.setdefault(phrase.parts[0].text, []).append((table, phrase))
    return {text: tuple(entries) for text, entries in index.items()}


def _phrases(rows: Iterable[tuple[str, ...]], column: str) -> Iterator[_Phrase]:
    for key, *cells in rows:
        for language, cell in zip(_COLUMNS, cells, strict=True):
            if column in ("", language):
                yield from (_read_phrase(key, text) for text in cell.split() if text != "-")


def _read_phrase(key: str, text: str) -> _Phrase:
    *before, last = text.lstrip("!").split("_")
    parts = (*(_read_part(part, may_be_short=False) for part in before), _read_part(last))
    return _Phrase(key, parts, text.startswith("!"))


def _read_part(part: str, *, may_be_short: bool = True) -> _Part:
    plain = part.rstrip("$").lstrip("=")
    whole = part.endswith("$") or (len(plain) <= _SHORT and not may_be_short)
    return _Part(fold_word(plain), whole, plain.lower() if part.startswith("=") else "")
