"""The pen: what every kind of telling shares, in the transaction that keeps the message, its marks and its slot."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.model import (
    Alert,
    Chat,
    Delivery,
    DeliveryId,
    DeliveryKind,
    Digest,
    HeldWhy,
    LaneId,
    NewsId,
    PatternId,
    Slot,
    SlotAnswer,
    Subscription,
    Telling,
    Watching,
    make_id,
)
from digests.schedule.due import is_quiet
from digests.store.chats import Chats
from digests.store.content import dump
from digests.store.lists import Lists
from digests.store.outbox import TO_BE_WORDED, Outbox
from digests.store.secrets import Vault
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.store.told import Told
from digests.telling.bursts import SETTLES
from digests.writing.compose import compose_digest, compose_recap

# More stories than this at once are told as one digest: twenty alerts in a row are read by nobody.
BURST = 5
# A silence that lasted longer is told in full for its last days only; what came before is counted.
IN_FULL = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Writes what one chat is told; every method runs in the transaction it is given.

    Attributes:
        burst: How many alerts one chat gets at once before they collapse into a digest.
        settles: How long the rest of a story's burst is waited for.
        wording: How long a digest waits for a model's wording; None where none is set up.
    """

    tx: AsyncConnection
    vault: Vault
    now: datetime
    burst: int = BURST
    settles: timedelta = SETTLES
    wording: timedelta | None = None

    @property
    def chats(self) -> Chats:
        """The chats, in this transaction."""
        return Chats(self.tx, self.vault)

    @property
    def told(self) -> Told:
        """What was told, in this transaction."""
        return Told(self.tx)

    async def compose(
        self,
        watching: Watching,
        added: Mapping[PatternId, datetime],
        slot: str,
        since: datetime,
        until: datetime,
        *,
        held_from: datetime | None = None,
        held_why: HeldWhy | None = None,
        recap: bool = False,
        only: Collection[NewsId] | None = None,
    ) -> Digest:
        """Return the digest of a span for one chat, with `only` of this news; nothing is written."""
        in_full = max(since, until - IN_FULL) if held_from else since
        news = await self.told.news_since(added, in_full, until)
        stories = {piece.story for piece in news if only is None or piece.id in only}
        tellings = await self.told.tellings(watching.chat.id, stories, added, until)
        if only is not None:
            tellings = tuple(_without_other_news(telling, only) for telling in tellings)
        write = compose_recap if recap else compose_digest
        digest = write(
            watching,
            tellings,
            slot=slot,
            since=in_full,
            until=until,
            coverage=await Sources(self.tx).coverage(since, until),
            left_out=await Stories(self.tx).left_out(tuple(added), since, until),
            held_from=held_from,
        )
        earlier = await self.told.untold(watching.chat.id, added, since, in_full) if in_full > since else ()
        return replace(
            digest, since=since, held_why=held_why, earlier=len(earlier), in_full_since=in_full if earlier else None
        )

    async def answer(
        self,
        subscription: Subscription,
        slot: Slot,
        answer: SlotAnswer,
        delivery: DeliveryId | None,
        following: datetime | None,
    ) -> bool:
        """Answer a slot, once; False when it is answered already."""
        return await self.chats.answer_slot(
            subscription,
            slot,
            answer,
            delivery=delivery,
            since=subscription.since,
            until=slot.at,
            next_due_at=following,
            now=self.now,
        )

    async def send(self, chat: Chat, message: Alert | Digest, of: DeliveryKind, news: Collection[NewsId]) -> Delivery:
        """Put a message into the outbox and mark its news as told; `StoreError` when its slot was told before."""
        delivery = self.delivery_of(chat, message, of)
        await self.told.tell(chat.id, sorted(news), delivery.id, of, self.now)
        if not await Outbox(self.tx, self.vault).add(delivery):
            raise StoreError(f"slot {message.slot} of this chat was told before; nothing of it is kept")
        return delivery

    def delivery_of(self, chat: Chat, message: Alert | Digest, of: DeliveryKind) -> Delivery:
        """Return the delivery of a message: its id follows from chat and slot."""
        kind = "alert" if isinstance(message, Alert) else "digest"
        not_before, last = self.leaving(message)
        return Delivery(
            id=DeliveryId(make_id(message.chat, message.slot)),
            chat=message.chat,
            of=of,
            lane=LaneId(chat.service),
            created_at=self.now,
            not_before=not_before,
            last=last,
            content=dump(kind, message),
            reply_to=message.reply_to if isinstance(message, Alert) else None,
        )

    def leaving(self, message: Alert | Digest) -> tuple[datetime, str | None]:
        """Return when a message may leave, and what for: a digest with quotations waits for its wording."""
        quotes = isinstance(message, Digest) and any(not item.only_recalled for item in message.items)
        if self.wording is None or not quotes:
            return self.now, None
        return self.now + self.wording, TO_BE_WORDED

    async def names_version(self) -> int:
        """Return a number that is raised whenever what is watched changes."""
        return await Lists(self.tx).version()

    def is_quiet(self, chat: Chat, at: datetime | None = None) -> bool:
        """Tell whether it is night for a chat."""
        return is_quiet(chat.quiet, ZoneInfo(chat.zone), at or self.now)


async def watching_of(tx: AsyncConnection, chat: Chat) -> tuple[Watching, dict[PatternId, datetime]]:
    """Return what a chat watches, and since when it watches each pattern: older news is not told of it."""
    return await Lists(tx).watching(chat)


def _without_other_news(telling: Telling, only: Collection[NewsId]) -> Telling:
    is_kept = telling.news is None or telling.told_at is not None or telling.news.id in only
    return telling if is_kept else replace(telling, news=None)
