"""How telling a word is: rare in the stream tells much, common tells little. Counted as the stream goes by."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from math import log, log1p, sqrt
from typing import Generic, TypeVar

_Token = TypeVar("_Token", bound=Hashable)

# A stream just begun knows no rarity: it behaves as if so many texts had gone by without the word.
_HEAD_START = 40


class Rarity(Generic[_Token]):
    """Document frequencies of tokens over the texts it was shown."""

    def __init__(self) -> None:
        self._counts: Counter[_Token] = Counter()
        self._texts = 0

    def learn(self, tokens: Iterable[_Token]) -> None:
        """Count one text's different tokens."""
        self._texts += 1
        self._counts.update(tokens)

    def forget(self, share: float = 0.5) -> None:
        """Let old texts weigh less, and drop what was seen once only: keeps the memory bounded."""
        self._texts = int(self._texts * share)
        kept = {token: int(count * share) for token, count in self._counts.items()}
        self._counts = Counter({token: count for token, count in kept.items() if count > 0})

    def __len__(self) -> int:
        """Return how many different tokens are counted."""
        return len(self._counts)

    def of(self, token: _Token) -> float:
        """Return the weight of a token, 1 for one never seen, 0 for one that stands in every text."""
        return max(0.0, 1.0 - log1p(self._counts.get(token, 0)) / log(self._texts + _HEAD_START))

    def weighted(self, vector: Iterable[tuple[_Token, float]]) -> dict[_Token, float]:
        """Return the vector with each token weighted by its rarity; tokens without any are left out."""
        scale = 1.0 / log(self._texts + _HEAD_START)
        seen = self._counts.get
        weights = {token: weight * (1.0 - log1p(seen(token, 0)) * scale) for token, weight in vector}
        return {token: weight for token, weight in weights.items() if weight > 0.0}

    def weighted_twice(self, vector: Iterable[tuple[_Token, float]]) -> tuple[dict[_Token, float], dict[_Token, float]]:
        """Return the vector weighted by rarity, and weighted so twice: a product with that weights both sides."""
        scale = 1.0 / log(self._texts + _HEAD_START)
        seen = self._counts.get
        rare = [(token, weight, 1.0 - log1p(seen(token, 0)) * scale) for token, weight in vector]
        once = {token: weight * rarity for token, weight, rarity in rare if rarity > 0.0}
        return once, {token: weight * rarity * rarity for token, weight, rarity in rare if rarity > 0.0}


def cosine(one: Mapping[_Token, float], other: Mapping[_Token, float]) -> float:
    """Return how alike two weighted vectors are, 0.0 to 1.0; 0.0 when one is empty."""
    product = dot(one, other)
    return product / (length(one) * length(other)) if product else 0.0


def dot(one: Mapping[_Token, float], other: Mapping[_Token, float]) -> float:
    """Return the sum of the products of what both vectors have."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * large[token] for token, weight in small.items() if token in large)


def length(vector: Mapping[_Token, float]) -> float:
    """Return the length of a vector."""
    return sqrt(sum(weight * weight for weight in vector.values()))
