"""The pickers of what is told in one round: many chats watch the same names, and hear the same sentences of them."""

from collections import OrderedDict

from digests.model import Article, Mention, Stance, Telling
from digests.writing.pick import Picker

# A picker holds a whole text, twice: in so many characters they take some 16 MB, however long each of them is.
_ROOM = 4_000_000
# What a picker takes besides its text, as if it were characters.
_BESIDES = 2_000

_Key = tuple[Article, Stance, tuple[Mention, ...]]


class Pickers:
    """Remembers pickers up to so many characters of text; what was not asked for the longest goes first."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._held = 0
        self._pickers: OrderedDict[_Key, Picker] = OrderedDict()

    def of(self, telling: Telling) -> Picker:
        """Return the picker of a telling's article, the same one for the same values while it is remembered."""
        key = (telling.article, telling.stance, telling.mentions)
        known = self._pickers.get(key)
        if known is not None:
            self._pickers.move_to_end(key)
            return known
        picker = self._pickers[key] = Picker(*key)
        self._held += _weight(key)
        while self._held > self._room:
            self._held -= _weight(self._pickers.popitem(last=False)[0])
        return picker

    def forget(self) -> None:
        """Forget all of them: the round is over, and the next one tells of other articles."""
        self._pickers.clear()
        self._held = 0

    @property
    def held(self) -> int:
        """How much of the room is taken."""
        return self._held


def _weight(key: _Key) -> int:
    return _BESIDES + len(key[0].text)


PICKERS = Pickers()
"""Those of this process: what composes is called from many places, and gets the same picker in all of them."""
