"""What leads to articles or stories: most tokens lead to one only, and are kept without a list."""

from collections.abc import Container, Sequence
from typing import Generic, TypeVar

_Token = TypeVar("_Token", int, str)
_Holder = TypeVar("_Holder", bound=str)


class Postings(Generic[_Token, _Holder]):
    """The holders of each token, in the order they came."""

    def __init__(self) -> None:
        self._holders: dict[_Token, _Holder | list[_Holder]] = {}

    def __len__(self) -> int:
        """Return how many tokens lead anywhere."""
        return len(self._holders)

    def get(self, token: _Token) -> Sequence[_Holder]:
        """Return the holders of a token, oldest first."""
        held = self._holders.get(token)
        return () if held is None else held if isinstance(held, list) else (held,)

    def add(self, token: _Token, holder: _Holder) -> None:
        """Let a token lead to one more holder."""
        held = self._holders.get(token)
        if held is None:
            self._holders[token] = holder
        elif isinstance(held, list):
            held.append(holder)
        else:
            self._holders[token] = [held, holder]

    def lead_on(self, holder: _Holder, into: _Holder) -> None:
        """Let what leads to one holder lead to another, once."""
        for token, held in self._holders.items():
            if isinstance(held, list):
                if holder in held:
                    held[:] = dict.fromkeys(into if one == holder else one for one in held)
            elif held == holder:
                self._holders[token] = into

    def keep(self, kept: Container[_Holder]) -> None:
        """Drop all other holders, and the tokens that lead nowhere then."""
        left: dict[_Token, _Holder | list[_Holder]] = {}
        for token, held in self._holders.items():
            if not isinstance(held, list):
                if held in kept:
                    left[token] = held
            elif some := [one for one in held if one in kept]:
                left[token] = some if len(some) > 1 else some[0]
        self._holders = left
