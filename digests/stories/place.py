"""The story an article belongs to, and why: by words within a language, by names, numbers and ideas across them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Generic, TypeVar

from digests.model import PatternId, Placement, Reason, StoryId, make_id
from digests.stories.features import Features
from digests.stories.weights import Rarity, length

# Measured on labelled streams (docs/figures): below, two events of one kind fall together; above, follow-ups open anew.
_JOIN_WORDS = 0.40
_JOIN_KEYS = 0.30
# A month later the same names and words are more often another affair.
_FADE_PER_DAY = 0.02
_FADED = 0.6
# Watched names in both leads, and none of them the same: two affairs, however alike.
_OTHER_PEOPLE = 0.6
# The same of names nobody watches: less sure, for titles and streets are capitalised too.
_OTHER_NAMES = 0.8
# The lead of one is about somebody watched, that of the other is not: those may be named in passing.
_NAMES_NOBODY = 0.85
_NAME_KEY = 3.0
_KIND_WEIGHT = {"s": 1.0, "c": 1.0, "t": 0.5, "n": 0.7, "d": 0.5, "w": 1.0}
_PROBES = 16
_CANDIDATES = 10
_COMMON = 150
_STORY_WORDS = 400
_STORY_KEYS = 240

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


class Sum(Generic[_Token]):
    """The sum of vectors, bounded to its heaviest tokens, that knows its weighted length."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weights: dict[_Token, float] = {}
        self._length: float | None = None

    def add(self, vector: Iterable[tuple[_Token, float]]) -> None:
        """Add a vector."""
        for token, weight in vector:
            self._weights[token] = self._weights.get(token, 0.0) + weight
        if len(self._weights) > 2 * self._limit:
            ranked = sorted(self._weights.items(), key=lambda pair: (-pair[1], pair[0]))
            self._weights = dict(ranked[: self._limit])
        self._length = None

    def cosine(self, vector: Weighed[_Token], rarity: Rarity[_Token]) -> float:
        """Return how alike a weighted vector is; the sum's own length is weighed anew only when the sum has changed."""
        if self._length is None:
            self._length = length(rarity.weighted(self._weights.items()))
        shared = vector.weights.keys() & self._weights.keys()
        if not shared or not self._length:
            return 0.0
        mine = self._weights
        twice = vector.times_rarity
        product = sum(sorted([mine[token] * twice[token] for token in shared]))
        return min(1.0, product / (self._length * vector.length))


@dataclass(slots=True)
class StoryMemory:
    """What is remembered of a story: the sum of its articles' features."""

    id: StoryId
    opened_at: datetime
    last_at: datetime
    articles: int = 0
    words: dict[str, Sum[int]] = field(default_factory=dict)
    keys: Sum[str] = field(default_factory=lambda: Sum(_STORY_KEYS))
    leads: set[PatternId] = field(default_factory=set)
    bodies: set[PatternId] = field(default_factory=set)
    people: set[str] = field(default_factory=set)

    def add(self, features: Features) -> None:
        """Count an article in."""
        self.articles += 1
        self.last_at = max(self.last_at, features.at)
        self.opened_at = min(self.opened_at, features.at)
        if features.language not in self.words:
            self.words[features.language] = Sum(_STORY_WORDS)
        self.words[features.language].add(features.words)
        self.keys.add(_weigh_kinds(_with_names(features)))
        self.leads.update(features.sure)
        self.bodies.update(features.bodies)
        self.people.update(features.people)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much an article is like a story: `score` from 1.0 up joins it, `reason` says by what."""

    score: float
    reason: str


class StoryIndex:
    """The stories of a window, found again by telling words, names and numbers."""

    def __init__(self) -> None:
        self._stories: dict[StoryId, StoryMemory] = {}
        self._by_word: dict[int, list[StoryId]] = {}
        self._by_key: dict[str, list[StoryId]] = {}
        self.word_rarity: Rarity[int] = Rarity()
        self.key_rarity: Rarity[str] = Rarity()
        self._weighed: tuple[Features, Weighed[int], Weighed[str]] | None = None

    def __len__(self) -> int:
        """Return how many stories are remembered."""
        return len(self._stories)

    def get(self, story: StoryId) -> StoryMemory | None:
        """Return what is remembered of a story."""
        return self._stories.get(story)

    def weigh(self, features: Features) -> tuple[Weighed[int], Weighed[str]]:
        """Return the article's words and keys weighted by how rare they are at present."""
        if self._weighed is None or self._weighed[0] is not features:
            words = Weighed(features.words, self.word_rarity)
            self._weighed = (features, words, Weighed(_weigh_kinds(_with_names(features)), self.key_rarity))
        return self._weighed[1], self._weighed[2]

    def candidates(self, features: Features) -> list[StoryMemory]:
        """Return the stories that share telling words or keys, the likeliest first."""
        words, keys = self.weigh(features)
        votes: dict[StoryId, float] = {}
        _vote(votes, words, self._by_word)
        _vote(votes, keys, self._by_key)
        ranked = sorted(votes.items(), key=lambda pair: (-pair[1], pair[0]))
        return [self._stories[story] for story, _ in ranked[:_CANDIDATES]]

    def add(self, features: Features, story: StoryId) -> None:
        """Put an article into a story, opening it if it is not remembered."""
        memory = self._stories.get(story)
        if memory is None:
            memory = self._stories[story] = StoryMemory(story, features.at, features.at)
        memory.add(features)
        words, keys = self.weigh(features)
        _enter(self._by_word, words, story)
        _enter(self._by_key, keys, story)
        self.learn(features)

    def learn(self, features: Features) -> None:
        """Count an article's words and keys, which makes them less telling."""
        self.word_rarity.learn(word for word, _ in features.words)
        self.key_rarity.learn(key for key, _ in _with_names(features))
        self._weighed = None

    def forget(self, before: datetime) -> None:
        """Drop the stories that had no article since an instant."""
        self._stories = {story: memory for story, memory in self._stories.items() if memory.last_at >= before}
        self._by_word = _kept(self._by_word, self._stories)
        self._by_key = _kept(self._by_key, self._stories)


def place(features: Features, index: StoryIndex) -> Placement:
    """Return the story the article belongs to: the likest one that is like enough, else a new one of its own."""
    best: tuple[Likeness, StoryMemory] | None = None
    for story in index.candidates(features):
        found = _likeness(features, story, index)
        if best is None or found.score > best[0].score:
            best = (found, story)
    if best is None or best[0].score < 1.0:
        story_id = StoryId(make_id("story", features.article))
        return Placement(article=features.article, story=story_id, is_new=True, reason=Reason(key="first"))
    found, story = best
    return Placement(article=features.article, story=story.id, is_new=False, reason=Reason(key=found.reason))


def likeness(features: Features, other: Features, index: StoryIndex) -> Likeness:
    """Return how much an article is like one other article, as if that were a story."""
    story = StoryMemory(StoryId(other.article), other.at, other.at)
    story.add(other)
    return _likeness(features, story, index)


def _likeness(features: Features, story: StoryMemory, index: StoryIndex) -> Likeness:
    words, keys = index.weigh(features)
    by_keys = story.keys.cosine(keys, index.key_rarity) / _JOIN_KEYS
    told = story.words.get(features.language)
    if told:
        by_words = told.cosine(words, index.word_rarity) / _JOIN_WORDS
        score, reason = 0.5 * (by_words + by_keys), "words" if by_words >= by_keys else "names"
    else:
        score, reason = by_keys, "names"
    return Likeness(score * _faded(features, story) * _peopled(features, story), reason)


def _faded(features: Features, story: StoryMemory) -> float:
    days = abs((features.at - story.last_at).total_seconds()) / 86_400
    return max(_FADED, 1.0 - _FADE_PER_DAY * days)


def _peopled(features: Features, story: StoryMemory) -> float:
    if features.sure and story.leads:
        here, there = set(features.sure), story.leads
        persons = (here - set(features.bodies), there - story.bodies)
        here, there = persons if all(persons) else (here, there)
        return _OTHER_PEOPLE if here.isdisjoint(there) else 1.0
    if features.people and story.people and story.people.isdisjoint(features.people):
        return _OTHER_NAMES
    return _NAMES_NOBODY if bool(features.sure) != bool(story.leads) else 1.0


def _with_names(features: Features) -> list[tuple[str, float]]:
    return [*features.keys, *((f"w{name}", _NAME_KEY * weight) for name, weight in features.names)]


def _weigh_kinds(keys: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(key, weight * _KIND_WEIGHT[key[0]]) for key, weight in keys]


def _vote(votes: dict[StoryId, float], vector: Weighed[_Token], postings: dict[_Token, list[StoryId]]) -> None:
    for token in vector.probes:
        for story in postings.get(token, ())[-_COMMON:]:
            votes[story] = votes.get(story, 0.0) + vector.weights[token]


def _enter(postings: dict[_Token, list[StoryId]], vector: Weighed[_Token], story: StoryId) -> None:
    for token in vector.probes:
        holders = postings.setdefault(token, [])
        if story not in holders[-_COMMON:]:
            holders.append(story)


def _kept(postings: dict[_Token, list[StoryId]], stories: dict[StoryId, StoryMemory]) -> dict[_Token, list[StoryId]]:
    kept = {token: [story for story in holders if story in stories] for token, holders in postings.items()}
    return {token: holders for token, holders in kept.items() if holders}
