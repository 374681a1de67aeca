"""Chats, what they wish and when, and what is delivered to them."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from digests.model.articles import Article, News, Stance
from digests.model.ids import ArticleId, ChatId, DeliveryId, LaneId, NameId, PatternId, StoryId, SubscriptionId
from digests.model.names import Mention, WatchedName


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

    @property
    def was_replaced(self) -> bool:
        """Whether it was settled unsent, for a newer message or none takes its place: `last` says why."""
        return self.state is DeliveryState.SENT and self.last is not None


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
