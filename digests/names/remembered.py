"""A memory by word and language with a bound: what is asked for comes up again, the rest goes in its turn.

A word goes into the young generation; when that is full it becomes the old one, and the old one is dropped.
"""

from typing import Generic, TypeVar

_V = TypeVar("_V")
_Generation = dict[str, dict[str, _V]]  # by language, then by word: half of what pairs as keys would weigh


class Remembered(Generic[_V]):
    """What words were found to be; `room` is what a generation holds, in the weight that each entry is kept with."""

    def __init__(self, room: int) -> None:
        self._full = self._room = room
        self._young: _Generation[_V] = {}
        self._old: _Generation[_V] = {}

    def language(self, language: str) -> dict[str, _V]:
        """Return what is remembered of a language's words in the young generation; look here first."""
        young = self._young.get(language)
        if young is None:
            young = self._young[language] = {}
        return young

    def older(self, word: str, language: str, unknown: _V) -> _V:
        """Return what the old generation has of a word; `unknown` where it has nothing."""
        return self._old.get(language, {}).get(word, unknown)

    def keep(self, word: str, language: str, value: _V, weight: int) -> None:
        """Remember what a word is; what is too old goes."""
        self._room -= weight
        if self._room < 0:
            self._old, self._young = self._young, {}
            self._room = self._full - weight
        self.language(language)[word] = value

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old = {}, {}
        self._room = self._full

    def __len__(self) -> int:
        return sum(len(words) for each in (self._young, self._old) for words in each.values())
