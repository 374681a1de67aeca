"""The story an article belongs to, and why: by words within a language, by names, numbers and ideas across them."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

from digests.model import PatternId, Placement, Reason, StoryId, make_id
from digests.stories.features import Features
from digests.stories.heroes import KnownHeroes
from digests.stories.phrases import words_of
from digests.stories.postings import Postings
from digests.stories.vectors import Sum, Weighed
from digests.stories.weights import Rarity

# What speaks for one event, by kind of key: watched names, sounds of capitalised words, ideas, numbers, days, things;
# each is how alike article and story are in it, 0 to 1. Learnt at once on streams of 97 and 40 articles in six
# languages and of 496 in English (docs/decisions/place.md).
_WORTH = {"w": 1.6, "s": 3.8, "c": 1.9, "n": 3.0, "d": 0.5, "t": 0.3}
_WORDS_WORTH = 3.0
# So much joins, by whether a watched name could speak for it, and whether the story was told in this language before:
# then words must agree as well.
_JOINS = {(True, False): 2.2, (True, True): 4.2, (False, False): 1.4, (False, True): 3.1}
# Watched names in both leads, and none of them the same: two affairs, however alike.
_OTHER_PEOPLE = 1.9
# One watched person in both leads: follow-ups of one affair share little else.
_SAME_PEOPLE = 0.3
# The same of names nobody watches: less sure, for titles and streets are capitalised too.
_OTHER_NAMES = 1.1
# The lead of one is about somebody watched, that of the other is not: those may be named in passing.
_NAMES_NOBODY = 0.3
# The leads have no idea in common: one person, two events. Where nobody watched is named it tells less.
_OTHER_EVENT = 1.7
_OTHER_IDEAS = 0.9
# Something happened to one person in both: held, charged, tried and freed is one affair, whatever else is told.
_SAME_FATE = 1.5
_CUSTODY = frozenset({"cappeal", "ccharge", "ccourt", "cdetain", "cprison", "crelease", "csearch", "csentence"})
# Who speaks for the state speaks of all that happens: an office in common is no event in common.
_OFFICES = frozenset({"combudsman", "cminister", "cgovernor"})
# Each says most of a name that the other lacks: two of one kind. From 2.0 to 3.0 the streams are told alike.
_OTHER_HEROES = 2.2
# Two districts: towns of one name, and nothing outweighs it.
_OTHER_PLACE = 4.0
# A month later the same names and words are more often another affair.
_FADE_PER_DAY = 0.01
_FADED = 0.75
# An article so like two stories that were opened within so long of each other shows them to be one.
_BOTH = 1.25
_TOGETHER = timedelta(days=3)
# A headline that is one of the story's but for two days, places or names is of a series: forecasts, matches, contests.
# Texts of a series share all their words, so nothing outweighs it either.
_OTHER_OF_SERIES = 12.0
_OTHER_MARKS = 2
_TITLES, _TITLE_CHARS, _TITLE_STEM, _MARK = 6, 200, 6, "="
_NAME_KEY = 3.0
_CANDIDATES = 10
_COMMON = 150
_STORY_WORDS = 400
_STORY_KEYS = 240

_Token = TypeVar("_Token", int, str)


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
    ideas: set[str] = field(default_factory=set)
    heroes: KnownHeroes = field(default_factory=KnownHeroes)
    regions: set[str] = field(default_factory=set)
    fates: set[PatternId] = field(default_factory=set)
    is_roundup: bool = False
    is_parted: bool = False
    titles: list[frozenset[str]] = field(default_factory=list)

    def add(self, features: Features) -> None:
        """Count an article in."""
        self.articles += 1
        self.last_at = max(self.last_at, features.at)
        self.opened_at = min(self.opened_at, features.at)
        if features.language not in self.words:
            self.words[features.language] = Sum(_STORY_WORDS)
        self.words[features.language].add(features.words)
        self.keys.add(_with_names(features))
        self.leads.update(features.sure)
        self.bodies.update(features.bodies)
        self.people.update(features.people)
        self.ideas.update(_ideas(features))
        self.heroes.add(features.heroes, features.lead)
        self.regions.update(features.regions)
        self.fates.update(_fates(features))
        # A reprint under the headline "Today in brief" makes no round-up of the story.
        self.is_roundup = features.is_roundup if self.articles == 1 else self.is_roundup
        self.titles = [*self.titles, _title(features.title)][-_TITLES:]

    def know_as(self, name: PatternId, before: PatternId) -> bool:
        """Let a watched name stand where the name stands that it was before; say whether that was anywhere."""
        for names in (self.leads, self.bodies, self.fates):
            if before in names:
                names.add(name)
        return self.keys.copy(f"w{before}", f"w{name}")

    def take_in(self, other: "StoryMemory") -> None:
        """Count another story's articles in."""
        self.articles += other.articles
        self.last_at = max(self.last_at, other.last_at)
        self.opened_at = min(self.opened_at, other.opened_at)
        for language, words in other.words.items():
            self.words.setdefault(language, Sum(_STORY_WORDS)).take_in(words)
        self.keys.take_in(other.keys)
        self.leads |= other.leads
        self.bodies |= other.bodies
        self.people |= other.people
        self.ideas |= other.ideas
        self.heroes.take_in(other.heroes)
        self.regions |= other.regions
        self.fates |= other.fates
        self.titles = [*self.titles, *other.titles][-_TITLES:]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much an article is like a story: `score` from 1.0 up joins it, `reason` says by what."""

    score: float
    reason: str


class StoryIndex:
    """The stories of a window, found again by telling words, names and numbers."""

    def __init__(self) -> None:
        self._stories: dict[StoryId, StoryMemory] = {}
        self._by_word: Postings[int, StoryId] = Postings()
        self._by_key: Postings[str, StoryId] = Postings()
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
            self._weighed = (features, words, Weighed(_with_names(features), self.key_rarity))
        return self._weighed[1], self._weighed[2]

    def candidates(self, features: Features) -> list[StoryMemory]:
        """Return the stories that share telling words or keys, the likeliest first."""
        words, keys = self.weigh(features)
        votes: dict[StoryId, float] = {}
        _vote(votes, words, self._by_word)
        _vote(votes, keys, self._by_key)
        ranked = sorted(votes.items(), key=lambda pair: (-pair[1], pair[0]))
        return [self._stories[story] for story, _ in ranked[:_CANDIDATES]]

    def add(self, features: Features, story: StoryId, *, is_parted: bool = False) -> None:
        """Put an article into a story, opening it if it is not remembered; one that was parted joins no other."""
        memory = self._stories.get(story)
        if memory is None:
            memory = self._stories[story] = StoryMemory(story, features.at, features.at)
        memory.add(features)
        memory.is_parted = memory.is_parted or is_parted
        words, keys = self.weigh(features)
        _enter(self._by_word, words, story)
        _enter(self._by_key, keys, story)
        self.learn(features)

    def know_as(self, name: PatternId, before: PatternId, story: StoryId) -> None:
        """Let a name whose pattern was changed lead to a story that it led to before."""
        memory = self._stories.get(story)
        if memory is not None and memory.know_as(name, before):
            self._by_key.add(f"w{name}", story)

    def join(self, story: StoryId, into: StoryId) -> None:
        """Let one story's articles belong to another: what leads to the one leads to the other."""
        self._stories[into].take_in(self._stories.pop(story))
        self._by_word.lead_on(story, into)
        self._by_key.lead_on(story, into)

    def learn(self, features: Features) -> None:
        """Count an article's words and keys, which makes them less telling."""
        self.word_rarity.learn(map(itemgetter(0), features.words))
        self.key_rarity.learn(map(itemgetter(0), _with_names(features)))
        self._weighed = None

    def keep(self, stories: Container[StoryId]) -> None:
        """Drop all other stories."""
        self._stories = {story: memory for story, memory in self._stories.items() if story in stories}
        self._by_word.keep(self._stories)
        self._by_key.keep(self._stories)


def place(features: Features, index: StoryIndex) -> Placement:
    """Return the story the article belongs to: the likest one that is like enough, else a new one of its own.

    A round-up recalls many events: it joins none of them, and nothing joins it.
    """
    candidates = [] if features.is_roundup else [story for story in index.candidates(features) if not story.is_roundup]
    alike = [(_likeness(features, story, index, may_rule_out=True), story) for story in candidates]
    alike = sorted((pair for pair in alike if pair[0].score >= 1.0), key=lambda pair: -pair[0].score)
    if not alike:
        story_id = StoryId(make_id("story", features.article))
        return Placement(
            article=features.article,
            story=story_id,
            is_new=True,
            reason=Reason(key="roundup" if features.is_roundup else "first"),
        )
    found, story = alike[0]
    others = (other for like, other in alike[1:] if like.score >= _BOTH and _are_one(story, other, features))
    joined = next(others, None)
    if joined is None:
        return Placement(article=features.article, story=story.id, is_new=False, reason=Reason(key=found.reason))
    older, younger = sorted((story, joined), key=lambda one: (one.opened_at, one.id))
    return Placement(
        article=features.article, story=older.id, is_new=False, reason=Reason(key=found.reason), joins=younger.id
    )


def _are_one(story: StoryMemory, other: StoryMemory, both: Features) -> bool:
    """Say whether nothing speaks against two stories' being one, now that an article is like both.

    All three are about one watched person, neither story about another besides whom the other lacks; the article has
    an idea of each, and they lie in no two districts. Two arrests on one day with one lawyer stay two, and so does what
    a person took apart.
    """
    people, others = story.leads - story.bodies, other.leads - other.bodies
    if story.is_parted or other.is_parted:
        return False
    if not (people <= others or others <= people) or (people & others).isdisjoint(both.sure):
        return False
    apart = story.regions and other.regions and story.regions.isdisjoint(other.regions)
    ideas = _ideas(both)
    is_akin = not (ideas.isdisjoint(story.ideas) or ideas.isdisjoint(other.ideas))
    return is_akin and not apart and abs(story.opened_at - other.opened_at) <= _TOGETHER


def likeness(features: Features, other: Features, index: StoryIndex) -> Likeness:
    """Return how much an article is like one other article, as if that were a story."""
    story = StoryMemory(StoryId(other.article), other.at, other.at)
    story.add(other)
    return _likeness(features, story, index)


def _likeness(features: Features, story: StoryMemory, index: StoryIndex, *, may_rule_out: bool = False) -> Likeness:
    """Return how much an article is like a story; 0 at once where even the same words could not join it, if asked."""
    words, keys = index.weigh(features)
    likes = story.keys.likes(keys, index.key_rarity)
    worth = {kind: _WORTH[kind] * like for kind, like in likes.items()}
    told = story.words.get(features.language)
    by_names = worth.get("w", 0.0) + worth.get("s", 0.0)
    names_somebody = bool("w" in likes or features.sure or story.leads)
    joins = _JOINS[names_somebody, told is not None]
    said, strange = sum(worth.values()), _strangeness(features, story)
    if may_rule_out and said + (_WORDS_WORTH if told else 0.0) - strange < joins:
        return Likeness(0.0, "names")
    by_words = _WORDS_WORTH * told.cosine(words, index.word_rarity) if told else 0.0
    spoken = said + by_words - strange
    score = max(0.0, spoken / joins) * _faded(features, story)
    if score >= 1.0 and _is_other_of_series(features, story):
        score = max(0.0, (spoken - _OTHER_OF_SERIES) / joins) * _faded(features, story)
    return Likeness(score, "words" if by_words >= by_names else "names")


def _faded(features: Features, story: StoryMemory) -> float:
    days = abs((features.at - story.last_at).total_seconds()) / 86_400
    return max(_FADED, 1.0 - _FADE_PER_DAY * days)


def _strangeness(features: Features, story: StoryMemory) -> float:
    """Return what speaks against one event: other people or another district in the leads, and no idea in common."""
    ideas = _ideas(features)
    other_event = _OTHER_EVENT if features.sure or story.leads else _OTHER_IDEAS
    same_fate = _is_of_one_fate(features, story, ideas)
    other_event *= bool(ideas) and ideas.isdisjoint(story.ideas) and not same_fate
    other_region = bool(features.regions and story.regions) and story.regions.isdisjoint(features.regions)
    stranger = _otherness(features, story) + other_event + _OTHER_PLACE * other_region
    stranger += _OTHER_HEROES * _has_other_heroes(features, story)
    return stranger - _SAME_FATE * same_fate


def _has_other_heroes(features: Features, story: StoryMemory) -> bool:
    """Say whether each tells most of a name that the other lacks; not where both are about one watched name."""
    if not story.leads.isdisjoint(features.sure):
        return False
    known = {key for key, _ in features.keys}
    return story.heroes.are_others(features.heroes, features.lead, known, story.keys.holds)


def _is_of_one_fate(features: Features, story: StoryMemory, ideas: set[str]) -> bool:
    """Say whether both are about one person to whom something happened, or here at least about courts and custody."""
    if not ideas.isdisjoint(_CUSTODY):
        return not story.fates.isdisjoint(features.sure)
    return not story.fates.isdisjoint(_fates(features))


def _is_other_of_series(features: Features, story: StoryMemory) -> bool:
    """Say whether the headline is one of the story's but for a day, a place or a name: "Weather in X on 8 May".

    Not where both are about somebody watched: there another number is a changed one, and another name a spelling.
    """
    if not story.leads.isdisjoint(features.sure):
        return False
    title = _title(features.title)
    return any(_are_of_series(title, other) for other in story.titles)


def _are_of_series(one: frozenset[str], other: frozenset[str]) -> bool:
    here, there = one - other, other - one
    are_marks = all(word.startswith(_MARK) for word in here | there)
    are_few = 0 < len(here) <= _OTHER_MARKS and 0 < len(there) <= _OTHER_MARKS
    return are_marks and are_few and len(one & other) >= len(here | there)


@lru_cache(maxsize=4_096)
def _title(title: str) -> frozenset[str]:
    """Return the beginnings of a headline's words but for the first, names and numbers marked."""
    words = words_of(title[:_TITLE_CHARS])[1:]
    marked = {word: word.capital or word.folded.isdigit() for word in words}
    return frozenset(f"{_MARK if is_mark else ''}{word.folded[:_TITLE_STEM]}" for word, is_mark in marked.items())


def _otherness(features: Features, story: StoryMemory) -> float:
    if features.sure and story.leads:
        here, there = set(features.sure), story.leads
        mine, its = _fates(features), story.fates
        if mine and its and mine.isdisjoint(there) and its.isdisjoint(here):
            return _OTHER_PEOPLE  # Two clients of one lawyer: it happened to one here, to another there.
        persons = (here - set(features.bodies), there - story.bodies)
        here, there = persons if all(persons) else (here, there)
        return _OTHER_PEOPLE if here.isdisjoint(there) else -_SAME_PEOPLE if all(persons) else 0.0
    if features.people and story.people and story.people.isdisjoint(features.people):
        return _OTHER_NAMES
    return _NAMES_NOBODY if bool(features.sure) != bool(story.leads) else 0.0


def _ideas(features: Features) -> set[str]:
    return {key for key in features.lead if key[0] == "c" and key not in _OFFICES}


def _fates(features: Features) -> set[PatternId]:
    """Return the persons whom title or lead name and to whom something happened, or did not."""
    return {claim.pattern for claim in features.claims}.intersection(features.sure)


def _with_names(features: Features) -> list[tuple[str, float]]:
    return [*features.keys, *((f"w{name}", _NAME_KEY * weight) for name, weight in features.names)]


def _vote(votes: dict[StoryId, float], vector: Weighed[_Token], postings: Postings[_Token, StoryId]) -> None:
    for token in vector.probes:
        for story in postings.get(token)[-_COMMON:]:
            votes[story] = votes.get(story, 0.0) + vector.weights[token]


def _enter(postings: Postings[_Token, StoryId], vector: Weighed[_Token], story: StoryId) -> None:
    for token in vector.probes:
        if story not in postings.get(token)[-_COMMON:]:
            postings.add(token, story)
