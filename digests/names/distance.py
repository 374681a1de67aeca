"""How far apart two readings with the same skeleton sound: 0 is the same, more than `LIMIT` is no likeness.

Consonants are compared one by one, the vowels between them as groups; the sum is divided by how much there is to
compare, so that a slip weighs little in a long name and much in a short one.
"""

import re
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from digests.names.sound import skeleton

LIMIT = 0.24  # Bernie and Барние are 0.12 apart, Polacy and Pelosi more than this

_SAME_CLASS = 0.30  # s for sh, k for g: their classes are in `sound.skeleton`
_NEAR_VOWEL = 0.15
_NEAR = frozenset(pair[::turn] for pair in ("ao", "ae", "ei", "ou", "iu", "au") for turn in (1, -1))
_OTHER_VOWEL = 0.30
_VOWEL_AND_J = 0.15
_DROPPED = {"j": 0.15, "h": 0.35}
_DROPPED_VOWEL = 0.25
_FIRST_VOWEL = 0.06  # Orlando is not Ireland; o and a, or e and i, are heard for each other at a start
_ALIKE_FIRST = frozenset({"oa", "ao", "ei", "ie"})
_FIRST_SOUND = 0.08  # a vowel against a consonant at the start
_OTHER_ENDING = 1.0  # a syllable more before the -v of a family: Akmolov, Akmolayev
_OTHER_ENDINGS = frozenset({("o", "ae"), ("o", "aje"), ("o", "eje"), ("e", "ae"), ("e", "aje")})
_LEAST_WEIGHT = 2.0
_VOWEL_WEIGHT = 0.5
_CONSONANT = re.compile("[pbfvtdszSZCcJkgmnlr]")
_NO_CONSONANTS = str.maketrans(dict.fromkeys("aeioujh"))


class Sounds(NamedTuple):
    """A reading taken apart for comparison.

    Attributes:
        key: Its skeleton; only readings of one key are compared.
        consonants: Without h and j.
        groups: What stands before, between and after them: vowels, h and j; one more than consonants.
        weight: A consonant counts 1, a vowel a half.
    """

    key: str
    consonants: str
    groups: tuple[str, ...]
    weight: float


@lru_cache(maxsize=4_096)
def take_apart(reading: str) -> Sounds:
    """Return a reading's consonants and the vowel groups between them.

    >>> take_apart("bajden")
    Sounds(key='ptn', consonants='bdn', groups=('', 'aj', 'e', ''), weight=4.0)
    """
    key = skeleton(reading)
    if reading[:1] == "=":
        return Sounds(key, "", (reading,), float(len(reading)))
    consonants = reading.translate(_NO_CONSONANTS)
    vowels = len(reading) - len(consonants) - reading.count("h") - reading.count("j")
    groups = tuple(map(intern, _CONSONANT.split(reading)))
    return Sounds(intern(key), intern(consonants), groups, len(consonants) + _VOWEL_WEIGHT * vowels)


def distance(one: Sounds, other: Sounds, limit: float = LIMIT) -> float:
    """Return how far apart two readings of the same key sound; `limit` or less, else infinity.

    >>> distance(take_apart("bidn"), take_apart("biden"))
    0.07142857142857142
    """
    _, consonants, groups, weight = one
    _, other_consonants, other_groups, other_weight = other
    if groups == other_groups and consonants == other_consonants:
        return 0.0
    room = limit * max(_LEAST_WEIGHT, min(weight, other_weight))
    total = 0.0 if groups[0] == other_groups[0] else _start(groups[0], other_groups[0], room / limit)
    if consonants != other_consonants:
        for a, b in zip(consonants, other_consonants, strict=False):
            if a != b:
                total += _SAME_CLASS
    if total > room:
        return _FAR
    for a, b in zip(groups, other_groups, strict=False):
        if a != b:
            total += _between(a, b)
            if total > room:
                return _FAR
    if consonants[-1:] == "v" and _endings_apart(groups[-2], other_groups[-2]):
        total += _OTHER_ENDING
    return total * limit / room if total <= room else _FAR


def _endings_apart(one: str, other: str) -> bool:
    """Say whether one surname ends in -ov or -ev and the other in -ayev: Akmolov is no Akmolayev.

    >>> _endings_apart("o", "aje"), _endings_apart("ae", "e"), _endings_apart("ie", "ije"), _endings_apart("ae", "aje")
    (True, True, False, False)
    """
    short, long = sorted((one, other), key=len)
    return (short, long) in _OTHER_ENDINGS


_FAR = float("inf")


def _start(one: str, other: str, weight: float) -> float:
    if one[:1] == other[:1]:
        return 0.0
    if not one or not other:
        return _FIRST_SOUND * weight
    pair = one[0] + other[0]
    if one[0] in "aeiou" and other[0] in "aeiou" and pair not in _ALIKE_FIRST:
        return _FIRST_VOWEL * weight
    return 0.0


@lru_cache(maxsize=16_384)
def _between(one: str, other: str) -> float:
    """A small edit distance between two groups of vowels, h and j."""
    row = [0.0]
    for letter in other:
        row.append(row[-1] + _drop(letter))
    for letter in one:
        above, row = row, [row[0] + _drop(letter)]
        for j, against in enumerate(other):
            row.append(min(above[j + 1] + _drop(letter), row[j] + _drop(against), above[j] + _swap(letter, against)))
    return row[-1]


def _drop(letter: str) -> float:
    return _DROPPED.get(letter, _DROPPED_VOWEL)


def _swap(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one + other in _NEAR:
        return _NEAR_VOWEL
    if "h" in one + other:
        return _DROPPED["h"] + _DROPPED_VOWEL
    return _VOWEL_AND_J if "j" in one + other else _OTHER_VOWEL
