"""What an article adds to its story: only that is told, and only once."""

from array import array
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from digests.model import Article, ArticleId, News, NewsId, PatternId, Placement, Reason, Status, StatusWord, make_id
from digests.stories.features import Features
from digests.stories.keys import is_year
from digests.stories.status import Claim, strongest_first

# What speaks for a new fact in the lead, and from where on it is told. Set on labelled streams
# (docs/decisions/news.md): weights near these do as well. The sum leans to telling: news lost is worse than a repeat.
_UNLIKE_WORTH = 2.0  # of the lead's ideas, the share that the likest lead of the story lacks
_DAY_WORTH = 2.0  # it tells of a day after all that the story told of
_IDEA_WORTH = 1.0  # each idea that the story never had, and each that stood in none of its leads
_NUMBER_WORTH = 1.0
_PAUSE_WORTH = 1.0  # each half day of silence: what is written after a pause is seldom the same again
_PAUSE_HOURS = 12.0
_LONGEST_PAUSE = 3.0
_MOST_IDEAS = (3, 2)
_ENOUGH = 3.25

# In a language in which the story was told, a retelling shares half of its opening's words; one with more new words,
# and a new idea or after a long silence, tells something else. Another number among the same words is a changed number.
_OTHER_WORDS = 0.5
_MOST_LEADS = 60

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


# Rather told twice than lost, though a text that told it may have been misread.
_GRAVE = (Status.DEATH, Status.RELEASE, Status.FOUND)
# To how many, or for how long, changes from hour to hour: "two held" after "a suspect held", "five years" by another
# outlet. Greater numbers in a lead are
# square metres and tonnes; a toll of hundreds is a number that the story never had.
_COUNTED = frozenset({"cdetain", "cdeath", "cinjured", "cmissing", "cfound", "csentence"})
_MOST_COUNTED = 100
_COUNTS = ("n", "o")


# What is called untrue for the first time is the other side, of whatever kind: a village taken, a minister who resigns.
_DENIES = "cdeny"

# Why an article is in a story whose text it has but for the time: "the court ruled" after "the court will rule".
CAME_ABOUT = "came_about"


@dataclass(slots=True)
class Told:
    """What the articles of a story have said so far.

    Attributes:
        names: Watched names found in any of them.
        claims: Statuses claimed, as (name, status, denied).
        plain: Those claimed as facts, not as hearsay, with the outlets that did.
        doubted: Those that were denied, or known from hearsay only.
        read: Names with the languages in which they were read.
        keys: All keys seen, sorted; a tuple, for most stories are never asked.
        words: All words seen, by language, sorted; an array, for most stories are never asked.
        leads: Those of the keys that stood in a title or first paragraph.
        ideas: The ideas of each of these leads, of the newest ones of many.
        numbers: The numbers of each of these leads.
        happened: Those of the leads that tell of what was, not of what will be, is feared or demanded.
        negated: What a lead said with a "not".
        ahead: Articles that open with what will be, until one tells that it came about.
        last_day: The last day on which something was published, or happened before.
        has_news: Something of it was news for a watched name.
    """

    names: set[PatternId] = field(default_factory=set)
    claims: set[tuple[PatternId, Status, bool]] = field(default_factory=set)
    read: set[tuple[PatternId, str]] = field(default_factory=set)
    keys: tuple[str, ...] = ()
    words: dict[str, "array[int]"] = field(default_factory=dict)
    leads: set[str] = field(default_factory=set)
    ideas: list[frozenset[str]] = field(default_factory=list)
    numbers: dict[ArticleId, frozenset[str]] = field(default_factory=dict)
    plain: dict[tuple[PatternId, Status], set[str]] = field(default_factory=dict)
    doubted: set[tuple[PatternId, Status]] = field(default_factory=set)
    happened: set[str] = field(default_factory=set)
    negated: set[int] = field(default_factory=set)
    ahead: set[ArticleId] = field(default_factory=set)
    last_day: date | None = None
    articles: int = 0
    last_at: datetime | None = None
    has_news: bool = False

    def add(self, features: Features, *, is_news: bool, came_about: bool = False) -> None:
        """Count an article in, after its news was judged; `came_about`: it told what another had said would be."""
        if came_about:
            self.ahead.clear()
        if features.is_ahead:
            self.ahead.add(features.article)
        self.negated.update(features.negated)
        self.happened.update(key for key in features.lead if key not in features.open)
        self.articles += 1
        self.has_news = self.has_news or is_news
        self.last_at = max(self.last_at or features.at, features.at)
        self.names.update(name for name, _ in features.names)
        self.read.update((name, features.language) for name, _ in features.names)
        for claim in features.claims:
            self._add_claim(claim, features.outlet)
        days = [day for day in map(_day_of(features.at), features.lead) if day and day <= features.at.date()]
        self.last_day = max([*days, features.at.date(), self.last_day or features.at.date()])
        self.keys = tuple(sorted({*self.keys, *(key for key, _ in features.keys)}))
        seen = {word for word, _ in features.words}.union(features.opening, self.words.get(features.language, ()))
        self.words[features.language] = array("I", sorted(seen))
        self.leads.update(features.lead)
        self.ideas = [*self.ideas, frozenset(_ideas(features))][-_MOST_LEADS:]
        self.numbers[features.article] = frozenset(_numbers(features))
        if len(self.numbers) > _MOST_LEADS:
            del self.numbers[next(iter(self.numbers))]

    def know_as(self, name: PatternId, before: PatternId) -> None:
        """Let what was told of a name be told of what it was changed to."""
        if before not in self.names:
            return
        self.names.add(name)
        self.claims |= {(name, status, denied) for one, status, denied in self.claims if one == before}
        self.read |= {(name, language) for one, language in self.read if one == before}
        self.doubted |= {(name, status) for one, status in self.doubted if one == before}
        for (one, status), outlets in list(self.plain.items()):
            if one == before:
                self.plain.setdefault((name, status), set()).update(outlets)

    def take_in(self, other: "Told") -> None:
        """Count in what the articles of another story said: the two are one."""
        self.articles += other.articles
        self.has_news = self.has_news or other.has_news
        self.last_at = max(filter(None, (self.last_at, other.last_at)), default=None)
        self.last_day = max(filter(None, (self.last_day, other.last_day)), default=None)
        self.names |= other.names
        self.claims |= other.claims
        self.read |= other.read
        self.keys = tuple(sorted({*self.keys, *other.keys}))
        self.leads |= other.leads
        self.doubted |= other.doubted
        self.happened |= other.happened
        self.negated |= other.negated
        self.ahead |= other.ahead
        for language, words in other.words.items():
            self.words[language] = array("I", sorted({*words, *self.words.get(language, ())}))
        for known, outlets in other.plain.items():
            self.plain.setdefault(known, set()).update(outlets)
        self.ideas = [*self.ideas, *other.ideas][-_MOST_LEADS:]
        self.numbers = dict([*self.numbers.items(), *other.numbers.items()][-_MOST_LEADS:])

    def _add_claim(self, claim: Claim, outlet: str) -> None:
        word, known = claim.word, (claim.pattern, claim.word.status)
        self.claims.add((*known, word.denied))
        if word.denied or (word.hearsay and known not in self.plain):
            self.doubted.add(known)
        elif not word.hearsay:
            self.plain.setdefault(known, set()).add(outlet)


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

    A copy adds only a status, a name, or a number in place of another; a changed edition of a text is judged like any.
    That two stories are one is a fact by itself.
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
        found = _confirmed(features, told) or _new_fact(features, told)
        if found is not None:
            return found
    elif (number := _put_in_place(features, told.numbers.get(placement.copy_of))) is not None:
        return Reason(key="number", fields=(("number", number),))
    elif _is_turned(features, told):
        return Reason(key="fact")
    if placement.joins is not None or placement.reason.key == CAME_ABOUT:
        return Reason(key="fact")
    return Reason(key="name") if any(name not in told.names for name, _ in features.names) else None


def _put_in_place(features: Features, original: frozenset[str] | None) -> str | None:
    """Return the number in a copy's lead that stands in place of one of its original's lead: "six" for "four"."""
    here = frozenset(_numbers(features))
    if original is None or len(here) != len(original):
        return None
    return min((key[1:] for key in here - original), default=None)


def _numbers(features: Features) -> set[str]:
    return {key for key in features.lead if key[0] == "n" and not is_year(key)}


def _confirmed(features: Features, told: Told) -> Reason | None:
    """Return the first plain claim, by an outlet of its own, of what was denied or known from hearsay only."""
    for claim in features.claims:
        status, known = claim.word.status, (claim.pattern, claim.word.status)
        is_plain = not (claim.word.denied or claim.word.hearsay) and _IDEAS[status] in features.lead
        if is_plain and known in told.doubted and features.outlet not in told.plain.get(known, ()):
            return Reason(key="confirmation", fields=(("status", status.value),))
    return None


def _new_fact(features: Features, told: Told) -> Reason | None:
    ideas = _ideas(features)
    numbers = sorted(key[1:] for key in _numbers(features).difference(told.keys))
    worth = _worth(features, told, ideas) + _NUMBER_WORTH * bool(numbers)
    unseen = _unseen(features, told)
    is_late = _pause(features, told) >= _LONGEST_PAUSE
    says_else = unseen is not None and unseen >= _OTHER_WORDS and (is_late or not ideas.issubset(told.keys))
    changed = unseen is not None and unseen < _OTHER_WORDS and bool(numbers)
    counts = _counts_more(features, told, ideas)
    denies = (_DENIES in ideas - told.leads and _DENIES not in features.open) or _is_turned(features, told)
    came_about = len(told.ahead) == told.articles and not features.is_ahead
    is_told = worth < _ENOUGH and not (says_else or changed or counts or denies or came_about)
    if is_told and _is_shown_told(features, told, ideas, unseen):
        return None
    return Reason(key="number", fields=(("number", numbers[0]),)) if numbers else Reason(key="fact")


def _is_turned(features: Features, told: Told) -> bool:
    """Say whether the lead says in mostly known words that it was not so, or that it was so after all."""
    unseen = _unseen(features, told)
    if unseen is None or unseen > _OTHER_WORDS:
        return False
    said, negated = told.words[features.language], set(features.negated)
    plain = set(features.opening) - negated
    return any(word in said for word in negated - told.negated) or not plain.isdisjoint(told.negated - negated)


def _counts_more(features: Features, told: Told, ideas: set[str]) -> bool:
    """Say whether the lead counts those to whom something happened by a number that no lead of the story had.

    The third one who died makes three of them.
    """
    counted = {key[1:] for key in told.leads if key[0] in _COUNTS}
    mine = {key[1:] for key in features.lead if key[0] in _COUNTS}
    new = {number for number in mine - counted if number.isdigit() and int(number) < _MOST_COUNTED}
    return bool(new and ideas & _COUNTED & told.leads)


def _worth(features: Features, told: Told, ideas: set[str]) -> float:
    """Return how much speaks for a new fact, numbers aside."""
    known = ideas.intersection(told.keys)
    never, lately = len(ideas - known), len(known - told.leads)
    return (
        _UNLIKE_WORTH * (1.0 - _likest(ideas, told))
        + _DAY_WORTH * _tells_of_a_later_day(features, told)
        + _IDEA_WORTH * (min(never, _MOST_IDEAS[0]) + min(lately, _MOST_IDEAS[1]))
        + _PAUSE_WORTH * _pause(features, told)
    )


def _likest(ideas: set[str], told: Told) -> float:
    """Return the greatest share of the ideas that one lead of the story has; a half where there are none to tell by."""
    return max(len(ideas & lead) for lead in told.ideas) / len(ideas) if ideas else 0.5


def _ideas(features: Features) -> set[str]:
    return {key for key in features.lead if key[0] == "c"}


def _is_shown_told(features: Features, told: Told, ideas: set[str], unseen: float | None) -> bool:
    """Say whether anything but the names shows that the text repeats: an idea, a number, or half of its words."""
    numbers = {key for key in features.lead if key[0] == "n"}
    return bool(ideas & told.leads or numbers.intersection(told.keys)) or (unseen is not None and unseen < _OTHER_WORDS)


def _unseen(features: Features, told: Told) -> float | None:
    """Return the share of the opening's words that the story never had in its language; None in a new language."""
    if not features.opening or features.language not in told.words:
        return None
    seen = set(told.words[features.language])
    return sum(word not in seen for word in features.opening) / len(features.opening)


def _tells_of_a_later_day(features: Features, told: Told) -> bool:
    new = set(features.lead).difference(told.keys)
    return any(told.last_day is not None and day > told.last_day for day in map(_day_of(features.at), new) if day)


def _pause(features: Features, told: Told) -> float:
    """Return for how many half days the story was silent, up to the most that counts."""
    if told.last_at is None:
        return 0.0
    hours = (features.at - told.last_at).total_seconds() / 3_600
    return min(max(hours, 0.0) / _PAUSE_HOURS, _LONGEST_PAUSE)


def _day_of(at: datetime) -> Callable[[str], date | None]:
    """Return what reads a key as a day of the year nearest to a publication, None for a key that is no day."""

    def read(key: str) -> date | None:
        if key[0] != "d":
            return None
        month, day = int(key[1:3]), int(key[4:6])
        days = [date(at.year + step, month, day) for step in (-1, 0, 1) if day <= monthrange(at.year + step, month)[1]]
        return min(days, key=lambda one: abs((one - at.date()).days), default=None)

    return read


def _fresh_claims(features: Features, told: Told) -> list[tuple[PatternId, StatusWord]]:
    """Return the claims not made before of that name.

    A status whose idea opened a text of the story is the same news in other words where the name is read in a language
    for the first time, or the words are mostly those of the story: one sentence is read where another was missed. It is
    not where it was claimed of others: the idea is theirs. That somebody who is found was missing is no news.
    """
    fresh = []
    unseen = _unseen(features, told)
    retold = unseen is not None and unseen < _OTHER_WORDS
    found = {claim.pattern for claim in features.claims if claim.word.status is Status.FOUND}
    for claim in features.claims:
        name, word = claim.pattern, claim.word
        if (name, word.status, word.denied) in told.claims or (word.status is Status.MISSING and name in found):
            continue
        first_read = (name, features.language) not in told.read
        of_others = any(one != name and (status, denied) == (word.status, False) for one, status, denied in told.claims)
        may_be_retold = name in told.names and (first_read or retold) and not word.denied and word.status not in _GRAVE
        if may_be_retold and not of_others and _IDEAS[word.status] in told.happened:
            continue
        fresh.append((name, word))
    return list(dict.fromkeys(fresh))
