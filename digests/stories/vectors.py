"""Articles as weighted words and keys, and stories as the sums of theirs, compared with rare ones counting most."""

from array import array
from collections.abc import Iterable, Sequence
from math import fsum, sqrt
from operator import itemgetter
from sys import intern
from typing import Any, Generic, TypeVar

from digests.stories.weights import Rarity, length

# So many of the most telling tokens lead to the stories that may be meant.
_PROBES = 16

_Token = TypeVar("_Token", int, str)


class Weighed(Generic[_Token]):
    """An article's vector with each token weighted by its rarity, its length, and its most telling tokens."""

    def __init__(self, vector: Iterable[tuple[_Token, float]], rarity: Rarity[_Token]) -> None:
        self.weights: dict[_Token, float]
        self.times_rarity: dict[_Token, float]
        self.weights, self.times_rarity = rarity.weighted_twice(vector)
        self.length: float = length(self.weights)
        self.probes: list[_Token] = _heaviest(self.weights)
        self._kinds: dict[str, float] | None = None

    def kinds(self: "Weighed[str]") -> dict[str, float]:
        """Return the length of each kind of key."""
        if self._kinds is None:
            self._kinds = lengths(self.weights)
        return self._kinds


class Sum(Generic[_Token]):
    """The sum of vectors, bounded to its heaviest tokens, that knows its weighted length.

    Most stories stay with one article: as long as nothing is added to the first vector it is kept as it came, packed.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._first: tuple[Sequence[_Token], array[float]] = ((), array("f"))
        self._sum: dict[_Token, float] | None = None
        self._length: float | None = None
        self._lengths: dict[str, float] | None = None

    def add(self, vector: Iterable[tuple[_Token, float]]) -> None:
        """Add a vector."""
        if not self._first[0] and self._sum is None:
            self._first = _packed(vector)
            return
        weights = self._weights()
        for token, weight in vector:
            weights[token] = weights.get(token, 0.0) + weight
        if len(weights) > 2 * self._limit:
            ranked = sorted(weights.items())
            ranked.sort(key=itemgetter(1), reverse=True)
            weights = dict(ranked[: self._limit])
        self._sum, self._first = weights, ((), array("f"))
        self._length = self._lengths = None

    def take_in(self, other: "Sum[_Token]") -> None:
        """Add all that another sum holds."""
        self.add(other._weights().items())

    def copy(self, token: _Token, to: _Token) -> bool:
        """Let another token weigh what one weighs, if only that one is held; say whether it was done."""
        weights = self._weights()
        if token not in weights or to in weights:
            return False
        self.add([(to, weights[token])])
        return True

    def holds(self, tokens: Iterable[_Token]) -> bool:
        """Say whether any of the tokens has a weight."""
        mine = self._weights()
        return any(token in mine for token in tokens)

    def _weights(self) -> dict[_Token, float]:
        return self._sum if self._sum is not None else dict(zip(*self._first, strict=True))

    def cosine(self, vector: Weighed[_Token], rarity: Rarity[_Token]) -> float:
        """Return how alike a weighted vector is; the sum's own length is weighed anew only when the sum has changed."""
        mine, twice = self._weights(), vector.times_rarity
        shared = vector.weights.keys() & mine.keys()
        if not shared:
            return 0.0
        if self._length is None:
            self._length = length(rarity.weighted(mine.items()))
        # fsum: the order in which a set yields its members must change nothing.
        product = fsum([mine[token] * twice[token] for token in shared])
        return min(1.0, product / (self._length * vector.length)) if product else 0.0

    def likes(self: "Sum[str]", vector: Weighed[str], rarity: Rarity[str]) -> dict[str, float]:
        """Return how alike a weighted vector of keys is in each kind of key that both have: 0.0 to 1.0."""
        mine, twice = self._weights(), vector.times_rarity
        products: dict[str, list[float]] = {}
        for key in vector.weights.keys() & mine.keys():
            products.setdefault(key[0], []).append(mine[key] * twice[key])
        if not products:
            return {}
        if self._lengths is None:
            self._lengths = lengths(rarity.weighted(mine.items()))
        others, theirs = vector.kinds(), self._lengths
        sums = {kind: fsum(parts) for kind, parts in products.items()}
        return {kind: min(1.0, total / (theirs[kind] * others[kind])) for kind, total in sums.items() if total}


def _heaviest(weights: dict[_Token, float]) -> list[_Token]:
    """Return the tokens of most weight, of equal ones the least first; only those that may be among them are sorted."""
    least = sorted(weights.values())[-_PROBES:][:1]
    ranked = sorted(pair for pair in weights.items() if pair[1] >= least[0])
    ranked.sort(key=itemgetter(1), reverse=True)
    return [token for token, _ in ranked[:_PROBES]]


def _packed(vector: Iterable[tuple[_Token, float]]) -> tuple[Sequence[_Token], "array[float]"]:
    pairs = list(vector)
    tokens: Any = [token for token, _ in pairs]
    packed: Any = array("I", tokens) if tokens and isinstance(tokens[0], int) else tuple(map(intern, tokens))
    return packed, array("f", [weight for _, weight in pairs])


def lengths(weights: dict[str, float]) -> dict[str, float]:
    """Return the length of each kind of key in a weighted vector.

    >>> lengths({"cfire": 3.0, "cschool": 4.0, "n27": 1.0})
    {'c': 5.0, 'n': 1.0}
    """
    squares: dict[str, float] = {}
    for key, weight in weights.items():
        squares[key[0]] = squares.get(key[0], 0.0) + weight * weight
    return {kind: sqrt(square) for kind, square in squares.items()}
