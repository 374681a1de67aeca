"""Whether outlets contradict each other: then both are quoted, and nobody weighs them."""

from collections.abc import Sequence

from digests.model import Telling
from digests.stories.keys import placed_keys
from digests.stories.phrases import words_of
from digests.writing.pick import Picked

Quoted = tuple[Telling, Picked]


def differ(quoted: Sequence[Quoted]) -> bool:
    """Say whether two of the quoted outlets contradict each other: in a status, or in the number that goes with it."""
    pairs = [(one, other) for n, one in enumerate(quoted) for other in quoted[n + 1 :]]
    return any(denies(one, other) or _counts_otherwise(one, other) for one, other in pairs)


def denies(one: Quoted, other: Quoted) -> bool:
    """Say whether one outlet claims of the name what another denies."""
    mine = {(word.status, word.denied) for word in one[1].status}
    return _are_two(one, other) and any((word.status, not word.denied) in mine for word in other[1].status)


def _are_two(one: Quoted, other: Quoted) -> bool:
    return one[0].article.outlet != other[0].article.outlet


def _counts_otherwise(one: Quoted, other: Quoted) -> bool:
    shared = {word.status for word in one[1].status} & {word.status for word in other[1].status}
    numbers = (numbers_of(one), numbers_of(other))
    return bool(shared) and _are_two(one, other) and all(numbers) and numbers[0].isdisjoint(numbers[1])


def numbers_of(quoted: Quoted) -> frozenset[str]:
    """Return the numbers in a sentence, but days of a month: two outlets may speak of two days."""
    text = quoted[1].sentence.text
    keys = placed_keys(text, words_of(text), quoted[0].article.language)
    return frozenset(key for key, _ in keys if key.startswith("n"))
