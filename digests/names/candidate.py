"""A place in a text that may be a mention, before overlaps are settled."""

from functools import lru_cache
from typing import NamedTuple

from digests.model import PatternId, Reason
from digests.names.distance import distance, take_apart
from digests.names.endings import stems
from digests.names.fold import fold_word
from digests.names.hearing import hear_listed, hear_word
from digests.names.sound import lower, readings
from digests.names.spell import script_of
from digests.names.spellings import Word
from digests.names.tokens import bare


class Candidate(NamedTuple):
    """A place that may be a mention: code points, a score from 0 to 1, and why."""

    pattern: PatternId
    start: int
    end: int
    score: float
    reason: Reason


@lru_cache(maxsize=4_096)
def how_found(form: str, language: str, word: Word, stood_for: bool = False) -> str:
    """Return how a printed word differs from the listed one: "" not at all, else "_case" or "_spelling".

    >>> how_found("Чубарова", "uk", Word("Чубаров", "uk")), how_found("Chubarov", "en", Word("Чубаров", "uk"))
    ('_case', '_spelling')
    """
    if fold_word(form) == fold_word(word.text):
        return "_spelling" if stood_for else ""
    return "_case" if _nearest(form, language, word).is_cut else "_spelling"


@lru_cache(maxsize=4_096)
def ending_of(form: str, language: str, word: Word) -> str:
    """Return the ending that a printed word has and the listed one has not; "" when it cannot be shown apart.

    >>> ending_of("Чубаровим", "uk", Word("Chubarov", "en")), ending_of("Strudze", "pl", Word("Struga", "pl"))
    ('им', '')
    """
    low, best = lower(bare(form)), (1.0, "")
    heard = hear_listed(word.text, word.language)
    for stem in stems(low, language):
        sounds = [take_apart(reading) for reading in readings(stem.text, language)]
        totals = [distance(a, b.sounds) + stem.cost + b.cost for a in sounds for b in heard if a.key == b.sounds.key]
        tail = low.removeprefix(stem.text).strip("'") if low.startswith(stem.text) else ""
        best = min(best, (min(totals, default=1.0), tail))
    return best[1]


def unlikeness(form: str, language: str, word: Word) -> float:
    """Return how unlike a printed word and the listed one sound once their endings are off; 1.0 at most.

    >>> round(unlikeness("Tuzlagorsku", "pl", Word("Тузлагорск", "ru")), 2)
    0.03
    """
    return _nearest(form, language, word).apart


def has_other_consonant(form: str, language: str, word: Word) -> bool:
    """Whether a printed word of the listed one's script has another consonant: a slip, or a neighbour's name.

    >>> has_other_consonant("Tasheva", "en", Word("Dasheva", "en"))
    True
    """
    if script_of(form) != script_of(word.text) or fold_word(form).startswith(fold_word(word.text)[:-_LAST_LETTERS]):
        return False
    return _nearest(form, language, word).other_consonant


_LAST_LETTERS = 2  # which an ending may change; the rest is the same but for accents: Hribovsek, Hribovšek


class _Nearest(NamedTuple):
    """How far two words are apart without their endings, whether the printed one lost one, or has another consonant."""

    apart: float
    is_cut: bool
    other_consonant: bool


@lru_cache(maxsize=4_096)
def _nearest(form: str, language: str, word: Word) -> "_Nearest":
    """The likeliest readings of both, compared."""
    best = (1.0, 1.0, False, False)
    for sounds, cost in hear_word(form, language):
        for listed, own in hear_listed(word.text, word.language):
            if sounds.key == listed.key:
                apart = distance(sounds, listed)
                other = sounds.consonants.replace("f", "v") != listed.consonants.replace("f", "v")  # Sosnoff is Sosnov
                best = min(best, (round(apart + cost + own, 6), apart, cost > 0, other))
    return _Nearest(*best[1:])
