"""What an article adds to its story: only that is told, and only once."""

from dataclasses import dataclass, field
from datetime import datetime

from digests.model import Article, News, NewsId, PatternId, Placement, Reason, Status, StatusWord, make_id
from digests.stories.features import Features
from digests.stories.status import strongest_first

# A lead adds a fact from here up: a new idea counts 1, a new number a half, and each half day of silence 1 more,
# for what is written after a pause is seldom the same again. Other names of people count nothing: across languages too
# many are written in ways that do not meet.
_ENOUGH = 1.4
_NUMBER_WORTH = 0.5
_PAUSE_HOURS = 12.0
_LONGEST_PAUSE = 2.0

# A text of which so many words stood in none of the story's texts in its language is no repeat in other words: it tells
# something else of the same people. Retellings of one event share half of their words; better told twice than lost.
_OTHER_WORDS = 0.6

# The idea in `concepts.tsv` that stands for a status.
_IDEAS = {
    Status.DEATH: "cdeath",
    Status.FOUND: "cfound",
    Status.RELEASE: "crelease",
    Status.SENTENCE: "csentence",
    Status.CHARGE: "ccharge",
    Status.DETENTION: "cdetain",
    Status.SEARCH: "csearch",
    Status.TRANSFER: "cprison",
    Status.HOSPITAL: "chospital",
    Status.HUNGER_STRIKE: "chunger",
    Status.MISSING: "cmissing",
}


@dataclass(slots=True)
class Told:
    """What the articles of a story have said so far.

    Attributes:
        names: Watched names found in any of them.
        claims: Statuses claimed, as (name, status, denied).
        read: Names with the languages in which they were read.
        keys: All keys seen.
        words: All words seen, each with its language.
        leads: Those of them that stood in a title or first paragraph.
        has_news: Something of it was news for a watched name.
    """

    names: set[PatternId] = field(default_factory=set)
    claims: set[tuple[PatternId, Status, bool]] = field(default_factory=set)
    read: set[tuple[PatternId, str]] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    words: set[tuple[str, int]] = field(default_factory=set)
    leads: set[str] = field(default_factory=set)
    articles: int = 0
    last_at: datetime | None = None
    has_news: bool = False

    def add(self, features: Features, *, is_news: bool) -> None:
        """Count an article in, after its news was judged."""
        self.articles += 1
        self.has_news = self.has_news or is_news
        self.last_at = max(self.last_at or features.at, features.at)
        self.names.update(name for name, _ in features.names)
        self.read.update((name, features.language) for name, _ in features.names)
        self.claims.update((claim.pattern, claim.word.status, claim.word.denied) for claim in features.claims)
        self.keys.update(key for key, _ in features.keys)
        self.words.update((features.language, word) for word, _ in features.words)
        self.leads.update(features.lead)


def make_news(
    article: Article, features: Features, placement: Placement, adds: Reason | None, told: Told
) -> News | None:
    """Return the news of an article that adds something and names somebody watched, else None.

    Where all that is new is a name, the news concerns only the names that are new.
    """
    if adds is None or not features.names:
        return None
    names = [name for name, _ in features.names if adds.key != "name" or name not in told.names]
    return News(
        id=NewsId(make_id("news", article.id)),
        story=placement.story,
        article=article.id,
        names=tuple(names),
        status=strongest_first(claim.word for claim in features.claims if claim.pattern in names),
        adds=adds,
        at=article.fetched_at,
    )


def find_adds(features: Features, placement: Placement, told: Told, *, is_edition: bool = False) -> Reason | None:
    """Return the strongest thing that an article adds to its story, None when it repeats what was told.

    A copy adds only a status or a name that its original did not have; a changed edition of a text is judged like any.
    """
    if placement.is_new or not told.articles or (features.names and not told.has_news):
        return Reason(key="first")
    fresh = _fresh_claims(features, told)
    denied = [word for _, word in fresh if word.denied]
    claimed = [word for _, word in fresh if not word.denied]
    if denied:
        return Reason(key="denial", fields=(("status", denied[0].status.value),))
    if claimed:
        return Reason(key="status", fields=(("status", strongest_first(claimed)[0].status.value),))
    if placement.copy_of is None or is_edition:
        found = _new_fact(features, told)
        if found is not None:
            return found
    return Reason(key="name") if any(name not in told.names for name, _ in features.names) else None


def _new_fact(features: Features, told: Told) -> Reason | None:
    ideas = sorted(key for key in features.lead if key.startswith("c") and key not in told.keys)
    numbers = sorted(key[1:] for key in features.lead if key.startswith("n") and key not in told.keys)
    worth = len(ideas) + _NUMBER_WORTH * len(numbers) + _pause(features, told)
    if worth < _ENOUGH and not _tells_something_else(features, told):
        return None
    return Reason(key="number", fields=(("number", numbers[0]),)) if numbers else Reason(key="fact")


def _tells_something_else(features: Features, told: Told) -> bool:
    """Tell whether a text has little in common with all that the story said in its language."""
    if not features.words or all(language != features.language for language, _ in told.words):
        return False
    unseen = sum((features.language, word) not in told.words for word, _ in features.words)
    return unseen >= _OTHER_WORDS * len(features.words)


def _pause(features: Features, told: Told) -> float:
    if told.last_at is None:
        return 0.0
    hours = (features.at - told.last_at).total_seconds() / 3_600
    return min(max(hours, 0.0) / _PAUSE_HOURS, _LONGEST_PAUSE)


def _fresh_claims(features: Features, told: Told) -> list[tuple[PatternId, StatusWord]]:
    """Return the claims not made before of that name.

    Where a name is read in a language for the first time, a status whose idea opened a text of the story is the same
    news in other words: the tables of one language find what those of another missed.
    """
    fresh = []
    for claim in features.claims:
        name, word = claim.pattern, claim.word
        if (name, word.status, word.denied) in told.claims:
            continue
        first_read = name in told.names and (name, features.language) not in told.read
        if first_read and not word.denied and _IDEAS[word.status] in told.leads:
            continue
        fresh.append((name, word))
    return list(dict.fromkeys(fresh))
