"""What the chats of one round share: the lists they follow, the window of a span, and what of it each may hear."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import (
    Chat,
    ChatState,
    Coverage,
    Digest,
    ListId,
    NewsId,
    PatternId,
    Quiet,
    Slot,
    Subscription,
    SubscriptionKind,
    Telling,
)
from digests.schedule.due import due_slots, is_quiet, next_due
from digests.schedule.when import parse_when
from digests.store.many import Listed, Many
from digests.store.window import Window, news_of, read_window
from digests.telling.teller import Teller

# A span that begins earlier is read for its chat alone.
_LONGEST = timedelta(days=8)
# So many compositions, and lists of names, are kept in mind for the chats that come after.
_REMEMBERED = 2_000

Due = tuple[Subscription, Chat]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One subscription with its due slots and the names of its chat."""

    subscription: Subscription
    chat: Chat
    due: tuple[Slot, ...]
    following: datetime
    watched: "Watched"

    @property
    def slot(self) -> Slot:
        """The slot that is told; the earlier ones are merged into it."""
        return self.due[-1]

    @property
    def is_recap(self) -> bool:
        """Whether it tells its span whole."""
        return self.subscription.kind is SubscriptionKind.RECAP

    def key(self) -> tuple[object, ...]:
        """Return what makes two chats hear the same, but for what each was told before."""
        return (self.slot.key, self.slot.at, self.subscription.since, self.is_recap, self.watched.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The names of a chat, its own first; `number` is the same where two chats watch the same."""

    number: int
    names: tuple[Listed, ...]

    def added(self) -> dict[PatternId, datetime]:
        """Return since when each name is told of."""
        since: dict[PatternId, datetime] = {}
        for each in self.names:
            since[each.pattern] = min(each.added_at, since.get(each.pattern, each.added_at))
        return since


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What may be told to a chat that was told nothing yet; `number` is its own within the round."""

    number: int
    tellings: tuple[Telling, ...]
    news: tuple[NewsId, ...]
    coverage: Coverage
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A composed digest, as JSON with the ids of the chat it was composed for.

    Attributes:
        names: The ids of that chat's names, in the order of its lists.
        has_recalled: Lines of it say when a chat was alerted: they are another's for each chat.
    """

    digest: Digest
    text: str
    names: tuple[str, ...]
    has_recalled: bool
    news: tuple[NewsId, ...]


@dataclass(slots=True)
class Shared:
    """What the chats of one round share; it is forgotten with the round, or when a batch could not be kept."""

    lists: dict[ListId, tuple[Listed, ...]] = field(default_factory=dict)
    drafts: dict[object, Draft] = field(default_factory=dict)
    _window: tuple[datetime, Window | None] | None = None
    _bases: dict[object, Base] = field(default_factory=dict)
    _watched: dict[object, Watched] = field(default_factory=dict)
    _alike: dict[object, int] = field(default_factory=dict)
    _version: int = -1
    _numbers: int = 0

    def make_room(self, version: int) -> None:
        """Forget what is too much, and the lists when anything of them changed."""
        if version != self._version or len(self.lists) > _REMEMBERED:
            self.lists.clear()
            self._watched.clear()
            self._version = version
        if max(len(self._bases), len(self._watched), len(self.drafts)) > _REMEMBERED:
            self._bases.clear()
            self._alike.clear()
            self._watched.clear()
            self.drafts.clear()

    def watched(self, lists: Sequence[tuple[ListId, datetime | None]], since: datetime) -> Watched:
        """Return the names of these lists, told of since they were added or followed; before the span none matters."""
        there = ((each, at) for each, at in lists if each in self.lists)
        follows = tuple((each, None if at is None or at <= since else at) for each, at in there)
        key = (follows, since)
        if key not in self._watched:
            names = tuple(
                each if at is None else replace(each, added_at=max(each.added_at, at))
                for list_id, at in follows
                for each in self.lists[list_id]
            )
            alike = tuple((n.pattern, n.name.label, max(n.added_at, since)) for n in names)
            self._numbers += 1
            self._watched[key] = Watched(number=self._alike.setdefault(alike, self._numbers), names=names)
        return self._watched[key]

    async def base(self, tx: AsyncConnection, each: Planned) -> Base | None:
        """Return what may be told in the span of a slot; None where too much happened to keep it in mind."""
        key = each.key()
        known = self._bases.get(key)
        if known is not None:
            return known
        window = await self._read(tx, each)
        if window is None:
            return None
        added, since = each.watched.added(), each.subscription.since
        tellings = window.tellings(added, since)
        self._numbers += 1
        self._bases[key] = Base(
            number=self._numbers,
            tellings=tellings,
            news=news_of(tellings),
            coverage=window.coverage_since(since),
            left_out=window.left_out(added.keys(), since),
        )
        return self._bases[key]

    async def _read(self, tx: AsyncConnection, each: Planned) -> Window | None:
        until, since = each.slot.at, each.subscription.since
        if self._window is not None and self._window[0] == until:
            window = self._window[1]
            if window is None or window.since <= since:
                return window
        # A day at least: the next chat's span may begin a little earlier.
        self._window = (until, await read_window(tx, min(since, until - timedelta(days=1)), until))
        return self._window[1]


async def plan(teller: Teller, many: Many, shared: Shared, due: Sequence[Due]) -> list[Planned]:
    """Return what can be answered together, with its slots and names, those of one instant beside each other."""
    plain = [(s, chat) for s, chat in due if _is_plain(s, chat, teller.now)]
    if not plain:
        return []
    of = {chat.id for _, chat in plain}
    particular = await many.particular(of)
    shared.make_room(await teller.names_version())
    lists = await many.lists_of(of)
    await many.read_lists({each for its in lists.values() for each, _ in its}, shared.lists)
    planned = [
        Planned(
            subscription=subscription,
            chat=chat,
            due=slots,
            following=following,
            watched=shared.watched(lists[chat.id], subscription.since),
        )
        for subscription, chat in plain
        if chat.id not in particular
        for slots, following in [_times(subscription.when, chat.zone, subscription.since, teller.now)]
        if slots
    ]
    keys = {slot.key for each in planned for slot in each.due}
    answered = await many.answered({each.subscription.id for each in planned}, keys)
    fresh = (each for each in planned if not any((each.subscription.id, slot.key) in answered for slot in each.due))
    return sorted(fresh, key=lambda each: each.slot.at)


def _is_plain(subscription: Subscription, chat: Chat, now: datetime) -> bool:
    return (
        subscription.kind is not SubscriptionKind.ALERTS
        and chat.state is ChatState.ACTIVE
        and now - subscription.since < _LONGEST
        and not _is_quiet(chat.quiet, chat.zone, now)
    )


@lru_cache(maxsize=_REMEMBERED)
def _is_quiet(quiet: Quiet | None, zone: str, now: datetime) -> bool:
    return is_quiet(quiet, ZoneInfo(zone), now)


@lru_cache(maxsize=_REMEMBERED)
def _times(when: str, zone: str, since: datetime, now: datetime) -> tuple[tuple[Slot, ...], datetime]:
    schedule, there = parse_when(when), ZoneInfo(zone)
    return due_slots(schedule, there, since, now), next_due(schedule, there, now)
