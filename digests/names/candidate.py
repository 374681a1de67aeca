"""A place in a text that may be a mention, before overlaps are settled."""

from functools import lru_cache
from typing import NamedTuple

from digests.model import PatternId
from digests.names.distance import distance
from digests.names.fold import fold_word
from digests.names.hearing import hear_listed, hear_word
from digests.names.spellings import Word


class Candidate(NamedTuple):
    """A place that may be a mention: code points, a score from 0 to 1, a reason's key and its fields."""

    pattern: PatternId
    start: int
    end: int
    score: float
    key: str
    fields: tuple[tuple[str, str], ...]


@lru_cache(maxsize=16_384)
def how_found(form: str, language: str, word: Word, stood_for: bool = False) -> str:
    """Return how a printed word differs from the listed one: "" not at all, else "_case" or "_spelling".

    >>> how_found("Чубарова", "uk", Word("Чубаров", "uk")), how_found("Chubarov", "en", Word("Чубаров", "uk"))
    ('_case', '_spelling')
    """
    if fold_word(form) == fold_word(word.text):
        return "_spelling" if stood_for else ""
    return "_case" if _nearest(form, language, word)[1] else "_spelling"


def unlikeness(form: str, language: str, word: Word) -> float:
    """Return how unlike a printed word and the listed one sound once their endings are off; 1.0 at most.

    >>> round(unlikeness("Tuzlagorsku", "pl", Word("Тузлагорск", "ru")), 2)
    0.03
    """
    return _nearest(form, language, word)[0]


@lru_cache(maxsize=4_096)
def _nearest(form: str, language: str, word: Word) -> tuple[float, bool]:
    """How far the likeliest readings of both are apart, endings left out, and whether the printed word lost one."""
    best, far, cut = 1.0, 1.0, False
    for sounds, cost in hear_word(form, language):
        for listed, own in hear_listed(word.text, word.language):
            if sounds.key == listed.key:
                apart = distance(sounds, listed)
                if apart + cost + own < best:
                    best, far, cut = apart + cost + own, apart, cost > 0
    return far, cut
