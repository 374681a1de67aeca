"""The words of the program as frozen values; everything else passes these around.

Times are aware UTC, offsets are code points, ids are strings derived from content: the same input gives the same ids.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Literal, NamedTuple, NewType

SourceId = NewType("SourceId", str)
ArticleId = NewType("ArticleId", str)
ListId = NewType("ListId", str)
NameId = NewType("NameId", str)
PatternId = NewType("PatternId", str)
StoryId = NewType("StoryId", str)
NewsId = NewType("NewsId", str)
SubscriptionId = NewType("SubscriptionId", str)
ChatId = NewType("ChatId", str)
DigestId = NewType("DigestId", str)
DeliveryId = NewType("DeliveryId", str)
LaneId = NewType("LaneId", str)


def make_id(*parts: str) -> str:
    """Return 16 hexadecimal digits that are the same for the same parts, and no others.

    >>> make_id("a", "bc") == make_id("ab", "c")
    False
    """
    digest = blake2b(digest_size=8)
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


class Stance(StrEnum):
    """The kind of outlet, shown beside every quotation; no judgement of its truth."""

    INDEPENDENT = "independent"
    STATE = "state"
    OCCUPATION = "occupation"
    NGO = "ngo"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a watched name names."""

    PERSON = "person"
    BODY = "body"
    PLACE = "place"


class Band(StrEnum):
    """How sure a mention is; what is less than likely is no mention."""

    SURE = "sure"
    LIKELY = "likely"


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
    """How far an article has come: T1 stores it, T2 places it."""

    STORED = "stored"
    PLACED = "placed"


class Span(NamedTuple):
    """A stretch of a text in code points, `start` inclusive, `end` exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why we think so, as a key and its fields; `bot/locale` says it in words under `reason.KEY`."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()


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
        told: The trouble its owners were told of ("gone", "dead" or "silent"); None when it is well again.
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


class SpellingState(StrEnum):
    """What became of a spelling: one that waits for a person, or was struck by one, is never looked for."""

    KEPT = "kept"
    PROPOSED = "proposed"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One written form of a watched name.

    Attributes:
        origin: Who wrote it: "person" typed it, "book" ships it, "rule" made it, "alias" is another name in a table.
        language: The language whose spelling it is, None for any.
        script: "latin", "cyrillic" or another ISO 15924 name in lower case.
        decided_by, decided_at: Who accepted or struck a proposed one, and when; None while nobody did.
        active: A proposal that waits, or was struck, is never matched.
    """

    text: str
    language: str | None = None
    script: str = "latin"
    origin: str = "person"
    decided_by: str | None = None
    decided_at: datetime | None = None
    active: bool = True

    @property
    def state(self) -> SpellingState:
        """Whether it is looked for, waits for somebody's word, or was struck."""
        if self.active:
            return SpellingState.KEPT
        return SpellingState.PROPOSED if self.decided_at is None else SpellingState.STRUCK


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """A list of watched names; a chat has its own and may follow shared ones. The shipped book has no owner."""

    id: ListId
    owner: ChatId | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedName:
    """A person, body or place someone asked for.

    Attributes:
        label: The name as the person wrote it; it is shown so.
        near: Words that must stand in the article, at least one, if there are any.
        never: Words whose presence in the article rules the name out.
        unlike: Words that beside the name say somebody else is meant; judgements of this list taught them.
        note: What the list's owner wrote beside it; nothing is looked for by it.
    """

    id: NameId
    list: ListId
    kind: Kind
    label: str
    spellings: tuple[Spelling, ...]
    near: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What is matched: equal names of many lists share one; an edit makes another.

    Attributes:
        id: The hash of all its other fields.
        spellings: Active ones, as (text, language or ""); the first is the one the person typed.
        struck: Forms that are nobody's mention, even where an active spelling sounds the same.
        unlike: Words that beside a mention rule it out.
    """

    id: PatternId
    kind: Kind
    spellings: tuple[tuple[str, str], ...]
    near: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()


def pattern_of(name: WatchedName) -> Pattern:
    """Return the pattern that finds a watched name; equal names of other lists give the same one."""
    spellings = tuple((s.text, s.language or "") for s in name.spellings if s.active)
    struck = tuple(sorted({s.text for s in name.spellings if s.state is SpellingState.STRUCK}))
    unlike = tuple(sorted(set(name.unlike)))
    flat = [part for pair in sorted(spellings) for part in pair]
    ruled_out = [*(["struck", *struck] if struck else []), *(["unlike", *unlike] if unlike else [])]
    key = make_id(name.kind, *flat, "near", *sorted(name.near), "never", *sorted(name.never), *ruled_out)
    return Pattern(
        id=PatternId(key),
        kind=name.kind,
        spellings=spellings,
        near=tuple(sorted(name.near)),
        never=tuple(sorted(name.never)),
        struck=struck,
        unlike=unlike,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A watched name found in an article.

    Attributes:
        start: Offset of the first character in `full_text(article)`, in code points.
        end: Offset after the last character.
        score: 0.0 (unlike) to 1.0 (same letters after folding).
        band: "sure" or "likely"; what is less is no mention.
        reason: Why we think so, as a key and its fields.
        matched_with: The version of the matcher.
    """

    pattern: PatternId
    article: ArticleId
    start: int
    end: int
    score: float
    band: Band
    reason: Reason
    matched_with: str


def full_text(article: Article) -> str:
    """Return title and text as one text, the title its first paragraph; mentions point into this.

    A title that the text opens with already is not repeated, so offsets then are those of the text.
    """
    if not article.title or article.text.startswith(article.title):
        return article.text
    return f"{article.title}\n\n{article.text}"


class Verdict(StrEnum):
    """What a person says of a mention: "no" is "not this person"."""

    NO = "no"
    UNSURE = "unsure"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a chat says of one mention of a name it watches; it holds for its own list alone.

    Attributes:
        list: The own list of the chat that judged.
        pattern: What the mention was found with; the name's pattern may have changed since.
        by: Who judged, such as "telegram:123".
        learnt: The words it added to the name's `unlike`; undoing it takes them back.
    """

    list: ListId
    name: NameId
    article: ArticleId
    pattern: PatternId
    start: int
    verdict: Verdict
    by: str
    at: datetime
    learnt: tuple[str, ...] = ()
    undone_at: datetime | None = None


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


# What is written ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of an article, with where it stands.

    Attributes:
        text: As printed, in its own language and spelling.
        verbatim: False only for machine wording, which is marked as such.
        cut: The sentence was longer than we show; `text` ends where we cut.
        rests_on: Of a machine's wording the sentences that it words; outlet, link and times above are the first's.
    """

    text: str
    article: ArticleId
    url: str
    outlet: str
    stance: Stance
    language: str | None
    published_at: datetime | None
    fetched_at: datetime
    verbatim: bool = True
    cut: bool = False
    rests_on: tuple["Sentence", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletLink:
    """An outlet that tells a story, with the article to read there; `reprint` is the same text again."""

    outlet: str
    url: str
    stance: Stance
    at: datetime
    reprint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """One line on what this chat was alerted to before.

    Attributes:
        told_at: When the alert was written.
        outlets: How many independent outlets told it until now.
        receipt: What the chat service calls that message, for a reply to it.
    """

    news: NewsId
    status: tuple[StatusWord, ...]
    told_at: datetime
    outlet: str
    url: str
    stance: Stance
    outlets: int = 1
    delivery: DeliveryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A watched name as an item claims it.

    Attributes:
        label: As the chat wrote it.
        form: As the quoted article printed it.
        band, reason: Of the best mention.
        status: What the quoted sentences claim of this name, strongest first; others in the item may have none of it.
    """

    name: NameId
    pattern: PatternId
    label: str
    form: str
    band: Band
    reason: Reason
    status: tuple[StatusWord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one digest says of one story about one name (or several that the same sentences name).

    Attributes:
        names: One or more; each stands in one of `sentences`.
        status: What the sentences claim of every one of `names`, strongest first; may be empty.
        sentences: One or more, those that carry the news first; two when outlets differ.
        differ: The outlets contradict each other in status or number.
        outlets: Independent outlets, the quoted one first.
        reprints: The same text again elsewhere.
        recalled: What this chat was alerted to before.
        only_recalled: All of it was told by alerts: a digest shows the recalled line alone, without quotations.
    """

    story: StoryId
    news: tuple[NewsId, ...]
    names: tuple[Named, ...]
    status: tuple[StatusWord, ...]
    sentences: tuple[Sentence, ...]
    differ: bool = False
    outlets: tuple[OutletLink, ...] = ()
    reprints: int = 0
    recalled: tuple[Recalled, ...] = ()
    only_recalled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A source that was not read in a digest's span, since when, and why in plain words."""

    title: str
    since: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A source that can be read, but has had nothing new since then: far longer than is its habit."""

    title: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was read in a digest's span: the ground of "nothing new"."""

    articles: int
    sources_read: int
    sources: int
    unread: tuple[Unread, ...] = ()
    silent: tuple[Silent, ...] = ()


HeldWhy = Literal["quiet", "pause", "service"]
"""What kept a chat from being told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one chat is told at one slot.

    Attributes:
        items: In the order they are shown; items of one name follow each other.
        watched: How many names the chat watches.
        left_out: Texts not told because a name in them was only alike.
        held_from: The chat was silent (quiet, paused, suspended) from then on; None for an ordinary digest.
        held_why: What held it: the night hours, a pause, or the chat service.
        earlier: News before `in_full_since`, of a silence too long to be told in full: it is counted.
        only_muted: Nothing is told, yet something was new: the chat had muted it.
    """

    id: DigestId
    chat: ChatId
    slot: str
    since: datetime
    until: datetime
    items: tuple[Item, ...]
    watched: int
    coverage: Coverage
    left_out: int = 0
    held_from: datetime | None = None
    held_why: HeldWhy | None = None
    earlier: int = 0
    in_full_since: datetime | None = None
    only_muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One piece of news, told at once. `reply_to` is the earlier alert on its story, if this chat had one."""

    chat: ChatId
    slot: str
    at: datetime
    item: Item
    reply_to: DeliveryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message about Haberdar itself: words of `bot/locale` under `key`, with their fields."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()


TakenBackBy = Literal["source", "person"]
"""Who takes back what was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A correction of what was sent: the old quotation struck through and the new item beneath, or a withdrawal.

    Attributes:
        of: The delivery that is amended; the service's edit is used where it has one.
        old: What was told.
        new: What is true of it now; None withdraws it.
        as_reply: Also a new message that replies to the old, because the status changed.
        why: Who takes it back: its "source", whose text says it no more, or we, who took one "person" for another.
    """

    of: DeliveryId
    at: datetime
    old: Item
    new: Item | None
    as_reply: bool = False
    why: TakenBackBy = "source"


# Chats, times and deliveries ---------------------------------------------------------------------------------------


class ChatState(StrEnum):
    """Whether a chat is told things: paused by its own wish, suspended because it cannot be reached."""

    ACTIVE = "active"
    PAUSED = "paused"
    SUSPENDED = "suspended"


class Quiet(NamedTuple):
    """The hours of the night in the chat's zone; `start` may be after `end`."""

    start: time
    end: time


NIGHT = Quiet(time(22), time(7))
"""What a new chat gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A Telegram chat or a Slack channel.

    Attributes:
        key: Its address: "telegram:-1001", "telegram:-1001/7" (a topic), "slack:T1/C2", "console:demo".
        is_group: Only its admins change things.
        alerts: Whether alerts are sent at all.
        reason: Why it is suspended, as a key of `bot/locale`; None else.
        state_since: When `state` last changed.
    """

    id: ChatId
    key: str
    zone: str = "Europe/Kyiv"
    language: str = "en"
    quiet: Quiet | None = NIGHT
    neutral: bool = False
    protect: bool = False
    public: bool = False
    is_group: bool = False
    alerts: bool = True
    state: ChatState = ChatState.ACTIVE
    reason: str | None = None
    state_since: datetime | None = None

    @property
    def service(self) -> str:
        """The chat service it lives on: "telegram", "slack" or "console"."""
        return self.key.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one chat wants of one name."""

    chat: ChatId
    name: NameId
    urgent: bool = False
    muted_until: datetime | None = None
    silence: timedelta | None = None


class SubscriptionKind(StrEnum):
    """Alerts go at once; digests at slots; a recap tells a span whole, whatever was told."""

    ALERTS = "alerts"
    DIGEST = "digest"
    RECAP = "recap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """When a chat is told.

    Attributes:
        when: A schedule as `schedule.when.parse_when` reads it and `str` of it writes it; "at once" for alerts.
        since: Everything up to here was answered; the next slot's span begins here.
        next_due_at: The next slot's instant; None for alerts.
    """

    id: SubscriptionId
    chat: ChatId
    kind: SubscriptionKind
    when: str
    since: datetime
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One due time of one subscription: its name, unique within the subscription, and its instant."""

    key: str
    at: datetime


class SlotAnswer(StrEnum):
    """What became of a slot."""

    DIGEST = "digest"
    EMPTY = "empty"
    HELD = "held"
    MERGED = "merged"


class DeliveryKind(StrEnum):
    """What is on its way, in the order in which they go to one chat."""

    ANSWER = "answer"
    ALERT = "alert"
    NOTICE = "notice"
    AMENDMENT = "amendment"
    DIGEST = "digest"


class DeliveryState(StrEnum):
    """Where a delivery stands: T4 commits `sending` before a try and settles it after."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of a delivery.

    Attributes:
        text: The rendered payload in the service's own form (JSON or plain text).
        receipt: The service's name for it once it arrived; never asked for again.
        frozen: A send may have reached the service: it is never rendered anew.
    """

    index: int
    text: str
    receipt: str | None = None
    frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One answer, alert, digest, notice or amendment on its way to one chat.

    Attributes:
        content: The value it tells, as JSON of `store.outbox.CONTENT`; rendered when its time comes.
        attempts: Tries so far.
        doubt: Tries that may have arrived without our knowing; 1 marks the next as a possible repeat, 2 parks it.
        not_before: Never sooner than this.
        epoch: The lease under which it was claimed; a result under another is not believed.
        reply_to: The earlier delivery it answers, for a thread.
        last: What the last try said, as a key; never a text of the service.
    """

    id: DeliveryId
    chat: ChatId
    of: DeliveryKind
    lane: LaneId
    state: DeliveryState = DeliveryState.READY
    attempts: int = 0
    doubt: int = 0
    created_at: datetime
    not_before: datetime
    epoch: int = 0
    parts: tuple[Part, ...] = ()
    content: str = ""
    reply_to: DeliveryId | None = None
    last: str | None = None


# What a room hands to the next -------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One article of a story, with all that a digest for one chat needs to know of it.

    Attributes:
        mentions: Of the patterns this chat watches.
        news: What it added, if anything; an article without news (a repeat, a reprint) only counts as an outlet.
        told_at: When this chat was told that news, None if never.
        told_by: The delivery that told it.
        told_of: What kind of delivery that was: an alert is recalled in a digest, a digest is not repeated.
    """

    article: Article
    story: StoryId
    stance: Stance
    mentions: tuple[Mention, ...]
    news: News | None = None
    told_at: datetime | None = None
    told_by: DeliveryId | None = None
    told_of: DeliveryKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What one chat watches: `names` by pattern (several lists may hold the same), with its wishes.

    Attributes:
        others: Articles that are about somebody else than this name, by the chat's own judgements.
    """

    chat: Chat
    names: tuple[tuple[PatternId, WatchedName], ...]
    wishes: tuple[Wish, ...] = ()
    muted_stories: tuple[tuple[StoryId, datetime], ...] = ()
    others: tuple[tuple[ArticleId, NameId], ...] = ()
