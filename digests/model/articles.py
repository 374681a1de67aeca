"""Sources, their articles, and the stories and news that articles make."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digests.model.ids import ArticleId, NewsId, PatternId, SourceId, StoryId
from digests.model.names import Mention, Reason


class Stance(StrEnum):
    """The kind of outlet, shown beside every quotation; no judgement of its truth."""

    INDEPENDENT = "independent"
    STATE = "state"
    OCCUPATION = "occupation"
    NGO = "ngo"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """What a text says happened to a person; nouns, so that no grammar of ours guesses a sex."""

    DETENTION = "detention"
    SEARCH = "search"
    CHARGE = "charge"
    SENTENCE = "sentence"
    TRANSFER = "transfer"
    HOSPITAL = "hospital"
    HUNGER_STRIKE = "hunger_strike"
    MISSING = "missing"
    FOUND = "found"
    RELEASE = "release"
    DEATH = "death"


class Stage(StrEnum):
    """How far an article has come: T1 stores it, T2 places it; `LAST` are stored and placed after all others."""

    STORED = "stored"
    LAST = "last"
    PLACED = "placed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a source behaves: what its health and the time of its next read follow from.

    Attributes:
        since: When it was first asked.
        last_new_at: When it last gave something new.
        rate: Articles a day, each weighing less by the week, as of `last_new_at`.
        interval: Its own longest wait between reads, since its window ran over; None keeps the common one.
        missed_at: When nothing of its window was known any more, so that articles may have been missed.
        moved_to: Where a permanent redirect leads, as long as every read meets the same.
        moved_since: When that was first met.
        former: Its address before it moved there.
        told: The trouble its owners were told of ("gone", "dead", "silent" or "flood"); None when it is well again.
    """

    since: datetime | None = None
    last_new_at: datetime | None = None
    rate: float = 0.0
    interval: timedelta | None = None
    missed_at: datetime | None = None
    moved_to: str | None = None
    moved_since: datetime | None = None
    former: str | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where articles come from.

    Attributes:
        kind: The key of its reader in `sources.base.READERS`: "folder", "feed" or "channel".
        address: A folder's path, a feed's or a channel's address; unique within its kind.
        validators: What the server gave for the next conditional request (etag, last_modified, hash), byte for byte.
        failures: Reads that failed since the last good one.
        last_error: Why the last read failed, in plain words; None after a good one.
        last_success_at: None until the first good read, which is silent for feeds.
        fetch_pages: Whether the page of an entry that is a mere teaser is read too.
        user_agent: Who we say we are when we read it; "" says what we say to all.
        rhythm: How it behaved so far.
    """

    id: SourceId
    kind: str
    address: str
    title: str
    language: str | None = None
    outlet: str = ""
    stance: Stance = Stance.UNKNOWN
    enabled: bool = True
    fetch_pages: bool = True
    user_agent: str = ""
    validators: tuple[tuple[str, str], ...] = ()
    failures: int = 0
    last_error: str | None = None
    last_success_at: datetime | None = None
    next_poll_at: datetime | None = None
    rhythm: Rhythm = Rhythm()


class Changed(StrEnum):
    """What a new edition of an article changed."""

    TITLE = "title"
    TEXT = "text"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One text as published, never edited.

    Attributes:
        identity: What stays the same when its source shows it again (a guid, an address, a path).
        edition: 0 for the first text at an identity, 1 for the next; unique with source and identity.
        url: Where a reader finds it; a `file:` address for the drop folder.
        title: One line. It is not part of `text`.
        text: NFC, paragraphs parted by one empty line.
        published_at: What the source states, None when it states none.
        fetched_at: Our clock when we first saw it.
        revises: The earlier edition at the same identity.
        changed: What it says otherwise than the edition it revises; None where there is none to compare.
        authors: Who wrote it, as stated.
        copy_of: The article whose text this repeats.
        silent: Read at the first contact with its source: stored, matched and placed, but nothing is told of it.
    """

    id: ArticleId
    source: SourceId
    identity: str
    edition: int = 0
    url: str
    outlet: str
    title: str
    text: str
    language: str | None
    published_at: datetime | None
    fetched_at: datetime
    revises: ArticleId | None = None
    copy_of: ArticleId | None = None
    stance: Stance = Stance.UNKNOWN
    stage: Stage = Stage.STORED
    stuck: Reason | None = None
    silent: bool = False
    changed: Changed | None = None
    authors: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        """The time stories are ordered by: as published, else as first seen."""
        return self.published_at or self.fetched_at


def full_text(article: Article) -> str:
    """Return title and text as one text, the title its first paragraph; mentions point into this.

    A title that the text opens with already is not repeated, so offsets then are those of the text.
    """
    if not article.title or article.text.startswith(article.title):
        return article.text
    return f"{article.title}\n\n{article.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A group of articles on one event; it may be merged or split at any time, and is never told itself."""

    id: StoryId
    title: str
    opened_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWord:
    """A status that an article's text claims of someone.

    Attributes:
        denied: The text negates it ("was not detained").
        hearsay: The text reports it as unconfirmed.
    """

    status: Status
    denied: bool = False
    hearsay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What an article adds to its story; append-only, and what is told.

    Attributes:
        names: The patterns it concerns, in order of appearance; only they are told of it.
        status: Statuses the article's sentences on these names claim, strongest first.
        adds: "first" (opens a story), "status", "denial", "number", "name", "confirmation" (another
            outlet claims plainly what was denied, or known from hearsay only), "fact".
    """

    id: NewsId
    story: StoryId
    article: ArticleId
    names: tuple[PatternId, ...]
    status: tuple[StatusWord, ...]
    adds: Reason
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text as a reader found it in its source, cleaned but not yet an article.

    Attributes:
        identity: Stable over reads of the source: a guid, an address without tracking, a path in the folder.
        text: NFC, paragraphs parted by one empty line; may be a teaser.
        teaser: What the source itself gave, where `text` is that of the entry's own page; by it an edit is seen.
        published_at: As stated; None when nothing plausible is stated (1995 to tomorrow).
        language: As stated by the source or guessed from the text.
        outlet: Where the text itself says so; "" takes the source's.
        stance: The kind of outlet, where the text itself says so; None takes the source's.
        authors: Who wrote it, as stated.
    """

    identity: str
    url: str
    title: str
    text: str
    published_at: datetime | None = None
    language: str | None = None
    outlet: str = ""
    stance: Stance | None = None
    authors: tuple[str, ...] = ()
    teaser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One read of one source.

    Attributes:
        entries: Oldest first; empty when `unchanged`.
        validators: For the next conditional request; kept in the transaction that keeps the articles.
        title: What the source calls itself, "" when it does not.
        wait: The least time to the next read that the source asked for (ttl, max-age, Retry-After).
        faults: Members that could not be read (a broken file), as (which one, why): shown beside the source.
        moved_to: A permanent redirect's target.
        more: There was more than one read takes: the source is due again at once.
    """

    entries: tuple[Entry, ...] = ()
    unchanged: bool = False
    validators: tuple[tuple[str, str], ...] = ()
    title: str = ""
    language: str | None = None
    wait: timedelta | None = None
    faults: tuple[tuple[str, str], ...] = ()
    moved_to: str | None = None
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the names room says of one article.

    Attributes:
        mentions: By offset; at most one of a pattern at one place.
        left_out: Patterns with something alike in the text that was not near enough to be a mention.
        learnt: What the stream teaches about surnames, as (key, how many more); committed with the article.
    """

    article: ArticleId
    mentions: tuple[Mention, ...] = ()
    left_out: tuple[PatternId, ...] = ()
    learnt: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The story an article belongs to, and why.

    Attributes:
        copy_of: Set when it repeats an earlier text.
        joins: Another story that the article shows to be this one: what belonged to that belongs to `story` now.
    """

    article: ArticleId
    story: StoryId
    is_new: bool
    reason: Reason
    copy_of: ArticleId | None = None
    joins: StoryId | None = None
