"""One day of one name in few words: the sentences that say most of what its articles share."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import log1p, sqrt

from digests.model import ArticleId, Sentence

_WORD = re.compile(r"[^\W_]+")
# Sentences further down, and sentences of more words, seldom tell a day: further limits were no better.
_FIRST_OF_ARTICLE = 3
_MOST_WORDS, _FEWEST_WORDS = 45, 6
# Short words carry no matter in any of our languages.
_FEWEST_LETTERS = 4
# What shares more with the sentences before it says nothing new.
_SAME = 0.5
# A short sentence of shared words is no better than a whole one; one that shares nothing still has its day.
_SMOOTH, _LEAST = 5, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One sentence that names the name.

    Attributes:
        published: The day its article appeared, by the calendar of its readers.
        days: The days that the sentence says; empty where it says none.
        place: Which sentence of its article it is, counted from 0.
    """

    sentence: Sentence
    published: date
    days: tuple[date, ...]
    place: int


def brief(found: Iterable[Saying], day: date, *, limit_words: int) -> tuple[Sentence, ...]:
    """Return sentences of at most `limit_words` words that tell the day, the weightiest first; at least one if any.

    Taken are the first sentences of each article that name the name. One weighs by the words, and pairs of words, that
    other articles say too; twice as much if it says the day itself, and again if it appeared that day.
    """
    chosen: list[Sentence] = []
    told: set[str] = set()
    room = limit_words
    for saying in weightiest(found, day):
        words = _matter(saying)
        length = len(saying.sentence.text.split())
        if (chosen and length > room) or (told and len(words & told) > _SAME * len(words)):
            continue
        chosen.append(saying.sentence)
        told |= words
        room -= length
    return tuple(chosen)


def weightiest(found: Iterable[Saying], day: date) -> list[Saying]:
    """Return the first sentences of each article, those first that say most of what the articles share on the day."""
    first = list(_first_of_each(found))
    shared: dict[str, set[ArticleId]] = {}
    for saying in first:
        for part in _parts(saying):
            shared.setdefault(part, set()).add(saying.sentence.article)

    def weight(saying: Saying) -> float:
        common = sum(sorted(log1p(len(shared[part]) - 1) for part in _parts(saying)))
        length = len(_words(saying)) + _SMOOTH
        return (common / sqrt(length) + _LEAST) * (1 + (day in saying.days)) * (1 + (saying.published == day))

    return sorted(first, key=lambda saying: (-weight(saying), saying.published, saying.place, saying.sentence.article))


def _first_of_each(found: Iterable[Saying]) -> Iterator[Saying]:
    taken: dict[ArticleId, int] = {}
    for saying in sorted(found, key=lambda each: (each.sentence.article, each.place)):
        length = len(saying.sentence.text.split())
        seen = taken.get(saying.sentence.article, 0)
        if seen < _FIRST_OF_ARTICLE and _FEWEST_WORDS <= length <= _MOST_WORDS:
            taken[saying.sentence.article] = seen + 1
            yield saying


def _words(saying: Saying) -> Sequence[str]:
    return _WORD.findall(saying.sentence.text.casefold())


def _matter(saying: Saying) -> set[str]:
    return {word for word in _words(saying) if len(word) >= _FEWEST_LETTERS}


def _parts(saying: Saying) -> set[str]:
    """Return the words that carry matter, and all pairs of words that follow each other."""
    return _matter(saying) | {" ".join(pair) for pair in pairwise(_words(saying))}
