"""What is written to people: sentences, items, digests, alerts, notices and amendments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digests.model.articles import Stance, StatusWord
from digests.model.ids import ArticleId, ChatId, DeliveryId, DigestId, NameId, NewsId, PatternId, StoryId
from digests.model.names import Band, Reason


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
        of: Whose the status is, where it was claimed of some of several names only.
        outlets: How many independent outlets told it until now.
        receipt: What the chat service calls that message, for a reply to it.
    """

    news: NewsId
    status: tuple[StatusWord, ...]
    told_at: datetime
    outlet: str
    url: str
    stance: Stance
    of: tuple[str, ...] = ()
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
    """A source that was not read in a digest's span, since when, and why in plain words; "" where nothing ails it."""

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
