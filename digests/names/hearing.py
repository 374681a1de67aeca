"""A word as everything it may sound like: the word of a text with its ending cut, a listed word in its plain form."""

from functools import lru_cache
from typing import NamedTuple

from digests.names.distance import Sounds, take_apart
from digests.names.endings import base_stems, stems
from digests.names.fold import mend_scripts
from digests.names.sound import first_reading, is_acronym, readings
from digests.names.tokens import bare


class Heard(NamedTuple):
    """One way a word may sound, and what getting there cost."""

    sounds: Sounds
    cost: float


def hear_as(word: str, language: str) -> dict[str, float]:
    """Return the readings of a text's word, with and without its endings, and what each cost; cheapest first.

    >>> hear_as("Чубарову", "uk")
    {'Cubarovu': 0.0, 'Cubarov': 0.03}
    """
    plain = mend_scripts(bare(word))
    if is_acronym(plain):
        return {readings(plain, language)[0]: 0.0}
    found: dict[str, float] = {}
    for stem in stems(plain, language):
        for reading in readings(stem.text, language):
            found.setdefault(reading, stem.cost)
    return found


@lru_cache(maxsize=1_024)
def hear_word(word: str, language: str) -> tuple[Heard, ...]:
    """Return what a word of a text may sound like, with and without its endings, cheapest first.

    >>> {heard.sounds.key for heard in hear_word("Чубарова", "uk")}
    {'sprf'}
    """
    return tuple(Heard(take_apart(reading), cost) for reading, cost in hear_as(word, language).items())


@lru_cache(maxsize=1_024)
def hear_listed(word: str, language: str) -> tuple[Heard, ...]:
    """Return what a listed word may sound like, with and without the ending of its plain form, cheapest first."""
    found = dict.fromkeys(hear_whole(word, language), 0.0)
    plain = mend_scripts(bare(word))
    if not is_acronym(plain):
        for stem in base_stems(plain, language):
            if stem.cost > 0:
                for reading in readings(stem.text, language, guessing=False):
                    found.setdefault(reading, stem.cost)
    return tuple(Heard(take_apart(reading), cost) for reading, cost in found.items())


@lru_cache(maxsize=1_024)
def hear_whole(word: str, language: str) -> tuple[str, ...]:
    """Return the readings of a listed word as it stands, likeliest first."""
    plain = mend_scripts(bare(word))
    return readings(plain, language)[:1] if is_acronym(plain) else readings(plain, language)


def hear_first(word: str, language: str) -> str:
    """Return the likeliest reading of a listed word as it stands: the first of `hear_whole`."""
    return first_reading(mend_scripts(bare(word)), language)
