"""Ways to read letters as sound, one a row of `data/schemes.tsv`, each a table of letters from `data/sounds.tsv`.

A reader is built once. Letters that always sound the same are translated at one stroke; an expression finds the places
where letters are read together, or by what stands around them.
"""

import re
from functools import cache
from typing import NamedTuple

from digests.tables import load_rows

_CYRILLIC, _UNKNOWN_CYRILLIC = "cyrl", ("cyrl", "cyrl-h")
_PRIVATE = 0xE000  # where a sound stands until all letters are read: as itself it would be read once more
# What a row asks of the letters before: none, or some of them, or either.
_BEFORE = re.compile(r"(?:\^|\(\?:\^\|(?:\(\?<=[^)]*\))\)|\(\?<=[^)]*\))*")
_FIRST = re.compile(r"\[([^]]*)\]|(.)")


class Scheme(NamedTuple):
    """One way to read, and when it is tried: for a language of its own, or a word that hints at it."""

    name: str
    base: str
    languages: frozenset[str]
    hints: re.Pattern[str] | None


@cache
def schemes_for(language: str, cyrillic: bool) -> tuple[tuple[str, re.Pattern[str] | None], ...]:
    """Return the schemes of a script that words of a language are read by: always, or where the hint is found."""
    fitting: list[tuple[str, re.Pattern[str] | None]] = []
    for scheme in schemes(cyrillic):
        own = "*" in scheme.languages or language in scheme.languages or scheme.name == _CYRILLIC
        if own or (not language and scheme.name in _UNKNOWN_CYRILLIC):
            fitting.append((scheme.name, None))
        elif scheme.hints:
            fitting.append((scheme.name, scheme.hints))
    return tuple(fitting)


@cache
def schemes(cyrillic: bool) -> tuple[Scheme, ...]:
    """Return all schemes of one script."""
    return tuple(scheme for scheme in _schemes() if scheme.name.startswith(_CYRILLIC) == cyrillic)


def read(name: str, word: str) -> str:
    """Return how a scheme reads a word in lower case; what it does not know has no sound.

    >>> read("cyrl-uk", "його"), read("latn-pl", "szczyt")
    ('joho', 'Sit')
    """
    reader = _reader(name)
    return reader.together.sub(reader.sound, word).translate(reader.alone)


class _Letters(dict[int, str]):
    """Letters that sound the same wherever they stand, and sounds on their way; any other letter is silent."""

    def __missing__(self, _: int) -> str:
        return ""


class _Reader:
    def __init__(self, rows: dict[str, list[tuple[str, str, str]]]) -> None:
        self.alone = _Letters({_PRIVATE + point: chr(point) for point in range(128)})
        self._sounds: list[str] = []
        branches = []
        for letter, found in rows.items():
            placed = []
            for before, rest, sound in found:
                if not before and not rest:
                    self.alone[ord(letter)] = sound
                    break  # a row for the letter by itself: none that follows is ever reached
                placed.append(f"{_behind_first(before)}{rest}()")
                self._sounds.append("".join(chr(_PRIVATE + ord(each)) for each in sound))
            if placed:
                branches.append(f"{letter}(?:{'|'.join(placed)})")
        self.together = re.compile("|".join(branches) or "(?!)", re.DOTALL)

    def sound(self, match: re.Match[str]) -> str:
        """The sound of the row that an empty group at its end tells."""
        return self._sounds[(match.lastindex or 1) - 1]


@cache
def _reader(name: str) -> _Reader:
    """A scheme's rows and then its bases', by the first letter that they read."""
    bases = {scheme.name: scheme.base for scheme in _schemes()}
    rows: dict[str, list[tuple[str, str, str]]] = {}
    while name != "-":
        for of, letters, *sound in load_rows("names/data/sounds.tsv"):
            if of == name:
                first, before, rest = _parted(letters)
                for letter in first:
                    rows.setdefault(letter, []).append((before, rest, "".join(sound)))
        name = bases.get(name, "-")
    return _Reader(rows)


def _parted(letters: str) -> tuple[str, str, str]:
    """The letters that a row may begin with, what it asks to stand before them, and what to follow."""
    before = _BEFORE.match(letters)
    at = before.end() if before else 0
    first = _FIRST.match(letters, at)
    if first is None:
        raise ValueError(f"names/data/sounds.tsv: {letters!r} reads no letter")
    return first[1] or first[2], letters[:at], letters[first.end() :]


def _behind_first(before: str) -> str:
    """The same demand, made when the first letter is already read: so the search looks at letters alone first.

    >>> _behind_first("^"), _behind_first("(?:^|(?<=[ае]))")
    ('(?<=^.)', '(?:(?<=^.)|(?<=[ае].))')
    """
    looking_back = re.sub(r"^(\(\?:)?\^", r"\1(?<=^)", before)
    return re.sub(r"\(\?<=([^)]*)\)", r"(?<=\1.)", looking_back)


@cache
def _schemes() -> tuple[Scheme, ...]:
    return tuple(
        Scheme(name, base, frozenset(languages.split()), None if hints == "-" else re.compile(hints))
        for name, base, languages, hints in load_rows("names/data/schemes.tsv")
    )
