"""Articles as weighted words and keys, and stories as the sums of theirs, compared with rare ones counting most."""

from collections.abc import Iterable
from math import fsum, sqrt
from operator import itemgetter
from typing import Generic, TypeVar

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
        ranked = sorted(self.weights.items())
        ranked.sort(key=itemgetter(1), reverse=True)
        self.probes: list[_Token] = [token for token, _ in ranked[:_PROBES]]
        self._kinds: dict[str, float] | None = None

    def kinds(self: "Weighed[str]") -> dict[str, float]:
        """Return the length of each kind of key."""
        if self._kinds is None:
            self._kinds = lengths(self.weights)
        return self._kinds


class Sum(Generic[_Token]):
    """The sum of vectors, bounded to its heaviest tokens, that knows its weighted length."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weights: dict[_Token, float] = {}
        self._length: float | None = None
        self._lengths: dict[str, float] | None = None

    def add(self, vector: Iterable[tuple[_Token, float]]) -> None:
        """Add a vector."""
        for token, weight in vector:
            self._weights[token] = self._weights.get(token, 0.0) + weight
        if len(self._weights) > 2 * self._limit:
            ranked = sorted(self._weights.items(), key=lambda pair: (-pair[1], pair[0]))
            self._weights = dict(ranked[: self._limit])
        self._length = self._lengths = None

    def cosine(self, vector: Weighed[_Token], rarity: Rarity[_Token]) -> float:
        """Return how alike a weighted vector is; the sum's own length is weighed anew only when the sum has changed."""
        shared = vector.weights.keys() & self._weights.keys()
        if not shared:
            return 0.0
        if self._length is None:
            self._length = length(rarity.weighted(self._weights.items()))
        mine, twice = self._weights, vector.times_rarity
        # fsum: the order in which a set yields its members must change nothing.
        product = fsum([mine[token] * twice[token] for token in shared])
        return min(1.0, product / (self._length * vector.length)) if product else 0.0

    def likes(self: "Sum[str]", vector: Weighed[str], rarity: Rarity[str]) -> dict[str, float]:
        """Return how alike a weighted vector of keys is in each kind of key that both have: 0.0 to 1.0."""
        mine, twice = self._weights, vector.times_rarity
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


def lengths(weights: dict[str, float]) -> dict[str, float]:
    """Return the length of each kind of key in a weighted vector.

    >>> lengths({"cfire": 3.0, "cschool": 4.0, "n27": 1.0})
    {'c': 5.0, 'n': 1.0}
    """
    squares: dict[str, float] = {}
    for key, weight in weights.items():
        squares[key[0]] = squares.get(key[0], 0.0) + weight * weight
    return {kind: sqrt(square) for kind, square in squares.items()}
