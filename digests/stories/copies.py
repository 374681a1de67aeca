"""The same text again: a reprint, an agency text in five papers, a repost with another headline."""

from array import array
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass

from digests.model import ArticleId
from digests.stories.features import MOST_SHINGLES, Features
from digests.stories.postings import Postings
from digests.stories.weights import Rarity, cosine

# A text of which so much stands in an older one is a copy, whatever was put around it; one that quotes 30 % is none.
_CONTAINED = 0.45
# The two must be alike as wholes too, unless nearly all of the new one stands in the older: a teaser, a first part.
_ALIKE = 0.12
_NEARLY_ALL = 0.80
# Of a text no longer than twice the new one, so much is shared.
_HALF = 0.3
# Every seventh word changed leaves few rows of four words, but nearly all words.
_SAME_WORDS = 0.70
_SOME_ROWS = 0.15
# So many of a text's least shingles find its likes; both texts keep the same ones, whatever their length.
PROBES = 64
# A row of words in so many texts is boilerplate and leads nowhere.
_COMMON = 60
_CANDIDATES = 6
# Less is a headline without text: equal ones may tell of different days.
_FEWEST_ROWS = 8
# Of one text's beginning, so much must stand in the other; what only the ends share is an outlet's boilerplate.
_SAME_HEAD = 0.15
_NO_LIMIT = 1 << 32


@dataclass(slots=True)
class _Text:
    root: ArticleId
    rows: "array[int]"
    heads: "array[int]"
    words: "array[int]"
    weights: "array[float]"


class CopyIndex:
    """The texts of a window, found again by rows of four words."""

    def __init__(self) -> None:
        self._texts: dict[ArticleId, _Text] = {}
        self._holders: Postings[int, ArticleId] = Postings()

    def __len__(self) -> int:
        """Return how many texts are remembered."""
        return len(self._texts)

    def find_original(self, features: Features, rarity: Rarity[int]) -> ArticleId | None:
        """Return the first article of which this text is a copy, or None for a text of its own."""
        if len(features.shingles) < _FEWEST_ROWS:
            return self._same(features)
        rows = set(features.shingles)
        mine: Mapping[int, float] | None = None
        best: tuple[bool, float, ArticleId] | None = None
        for candidate in self._candidates(features):
            text = self._texts[candidate]
            contained, alike = _overlap(rows, text.rows)
            by_rows = _repeats(contained, alike, begins=_begins_alike(features, rows, text), opens=_opens(rows, text))
            score = contained
            if by_rows is None:
                mine = rarity.weighted(features.words) if mine is None else mine
                score = cosine(mine, rarity.weighted(zip(text.words, text.weights, strict=True)))
            if by_rows is False or score < (_CONTAINED if by_rows else _SAME_WORDS):
                continue
            if best is None or (bool(by_rows), score) > best[:2]:
                best = (bool(by_rows), score, text.root)
        return best[2] if best else None

    def add(self, features: Features, original: ArticleId | None) -> None:
        """Remember a text; `original` is what `find_original` said of it."""
        words, weights = zip(*features.words, strict=True) if features.words else ((), ())
        self._texts[features.article] = _Text(
            root=original or features.article,
            rows=array("I", features.shingles),
            heads=array("I", features.heads),
            words=array("I", words),
            weights=array("f", weights),
        )
        for row in features.shingles[:PROBES]:
            if len(self._holders.get(row)) <= _COMMON:
                self._holders.add(row, features.article)

    def keep(self, articles: Container[ArticleId]) -> None:
        """Drop the texts of all other articles."""
        self._texts = {article: text for article, text in self._texts.items() if article in articles}
        self._holders.keep(self._texts)

    def _candidates(self, features: Features) -> list[ArticleId]:
        """Return the texts with the most rows in common, the best first."""
        shared: Counter[ArticleId] = Counter()
        for row in features.shingles[:PROBES]:
            holders = self._holders.get(row)
            if len(holders) <= _COMMON:
                shared.update(holders)
        return [article for article, _ in shared.most_common(_CANDIDATES)]

    def _same(self, features: Features) -> ArticleId | None:
        """Return an earlier very short text with precisely the same words."""
        for article in self._holders.get(features.shingles[0]) if features.shingles else ():
            text = self._texts[article]
            if tuple(text.rows) == features.shingles and set(text.words) == {word for word, _ in features.words}:
                return text.root
        return None


def _repeats(contained: float, alike: float, *, begins: bool, opens: bool) -> bool | None:
    """Say whether shared rows alone make a copy; None where only the words can tell.

    A text that stands in a much longer one is a teaser if that opens with it (`opens`), else one part of many.
    """
    is_part = not opens and alike < _HALF
    if contained >= _NEARLY_ALL:
        return None if is_part else True
    if not begins or contained < _SOME_ROWS:
        return False
    return True if contained >= _CONTAINED and alike >= _ALIKE and not is_part else None


def _opens(rows: set[int], text: _Text) -> bool:
    """Say whether the older text opens with what stands in the new one."""
    return sum(row in rows for row in text.heads) >= _SAME_HEAD * len(text.heads)


def _begins_alike(features: Features, rows: set[int], text: _Text) -> bool:
    """Say whether the beginning of one text stands in the other: two short texts may share nothing but boilerplate."""
    others = set(text.rows)
    here = sum(row in others for row in features.heads)
    return here >= _SAME_HEAD * len(features.heads) or _opens(rows, text)


def _overlap(rows: set[int], others: "array[int]") -> tuple[float, float]:
    """Return the share of the new text's rows that the other has, and of all rows of both.

    Only rows up to the lesser of both texts' greatest kept one are compared: beyond it one text was not kept whole.
    """
    limit = min(max(kept) if len(kept) >= MOST_SHINGLES else _NO_LIMIT for kept in (rows, others))
    mine = {row for row in rows if row <= limit}
    theirs = {row for row in others if row <= limit}
    shared = len(mine & theirs)
    if not shared:
        return 0.0, 0.0
    return shared / len(mine), shared / len(mine | theirs)
