"""What many chats are asked for at once: each question one statement, not one a chat."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import (
    Chat,
    ChatId,
    Delivery,
    DeliveryId,
    DeliveryKind,
    Kind,
    ListId,
    NameId,
    NewsId,
    PatternId,
    Slot,
    SlotAnswer,
    Subscription,
    SubscriptionId,
    WatchedName,
)
from digests.store.chats import Chats
from digests.store.lists import list_of
from digests.store.outbox import Outbox
from digests.store.secrets import Vault
from digests.store.tables import (
    judgements,
    list_follows,
    slots,
    story_mutes,
    subscriptions,
    told,
    watched_names,
    wishes,
)
from digests.store.upsert import batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A name of a list as a digest needs it: its spellings are not read."""

    pattern: PatternId
    name: WatchedName
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One slot answered: what is written of it."""

    subscription: Subscription
    slot: Slot
    answer: SlotAnswer
    delivery: DeliveryId | None
    next_due_at: datetime


Lists = dict[ListId, tuple[Listed, ...]]


class Many:
    """Many chats, in one transaction."""

    def __init__(self, tx: AsyncConnection, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def due(self, now: datetime, limit: int) -> tuple[tuple[Subscription, Chat], ...]:
        """Return the subscriptions whose slot has come, the longest due first; no other process gets them meanwhile."""
        return await Chats(self._tx, self._vault).due(now, limit, alone=True)

    async def particular(self, of: Collection[ChatId]) -> set[ChatId]:
        """Return those of these chats that want something of a name or a story, or judged a mention."""
        chats = sorted(of)
        own = {list_of(chat): chat for chat in chats}
        found: set[ChatId] = set()
        for table in (wishes, story_mutes):
            rows = await self._tx.execute(select(table.c.chat).distinct().where(table.c.chat.in_(chats)))
            found.update(rows.scalars())
        judged = await self._tx.execute(select(judgements.c.list).distinct().where(judgements.c.list.in_(sorted(own))))
        return found | {own[each] for each in judged.scalars()}

    async def lists_of(self, of: Collection[ChatId]) -> dict[ChatId, tuple[tuple[ListId, datetime | None], ...]]:
        """Return the lists of each chat, its own first, and since when it follows the others."""
        found: dict[ChatId, list[tuple[ListId, datetime | None]]] = {chat: [(list_of(chat), None)] for chat in of}
        rows = await self._tx.execute(
            select(list_follows).where(list_follows.c.chat.in_(sorted(of))).order_by(list_follows.c.list)
        )
        for row in rows:
            found[row.chat].append((row.list, row.since))
        return {chat: tuple(its) for chat, its in found.items()}

    async def read_lists(self, wanted: Collection[ListId], known: Lists) -> None:
        """Add the lists that are not known yet and have names."""
        missing = sorted(set(wanted) - known.keys())
        read: dict[ListId, list[Listed]] = {}
        for some in batches(missing):
            rows = await self._tx.execute(
                select(watched_names)
                .where(watched_names.c.list.in_(some), watched_names.c.removed_at.is_(None))
                .order_by(watched_names.c.list, watched_names.c.position, watched_names.c.id)
            )
            for row in rows:
                read.setdefault(row.list, []).append(_listed(row))
        known.update({each: tuple(names) for each, names in read.items()})

    async def answered(self, of: Collection[SubscriptionId], keys: Collection[str]) -> set[tuple[SubscriptionId, str]]:
        """Return which of these slots of these subscriptions are answered already."""
        rows = await self._tx.execute(
            select(slots.c.subscription, slots.c.slot).where(
                slots.c.subscription.in_(sorted(of)), slots.c.slot.in_(sorted(keys))
            )
        )
        return {(row.subscription, row.slot) for row in rows}

    async def keep(
        self,
        answers: Sequence[Answered],
        deliveries: Sequence[Delivery],
        news: Mapping[DeliveryId, Collection[NewsId]],
        now: datetime,
    ) -> None:
        """Keep answers with their deliveries and the news that these tell; what is there already is an error."""
        await self._tx.execute(insert(slots), [_slot_row(each, now) for each in answers])
        moved = {
            each.subscription.id: {"of": each.subscription.id, "due": each.next_due_at, "until": each.slot.at}
            for each in answers
        }
        await self._tx.execute(
            update(subscriptions)
            .where(subscriptions.c.id == bindparam("of"))
            .values(next_due_at=bindparam("due"), since=bindparam("until")),
            list(moved.values()),
        )
        await Outbox(self._tx, self._vault).add_all(deliveries)
        marks = [
            {"chat": d.chat, "news": piece, "delivery": d.id, "of": DeliveryKind.DIGEST.value, "at": now}
            for d in deliveries
            for piece in sorted(news.get(d.id, ()))
        ]
        if marks:
            await self._tx.execute(insert(told), marks)


def _listed(row: Any) -> Listed:
    name = WatchedName(id=NameId(row.id), list=ListId(row.list), kind=Kind(row.kind), label=row.label, spellings=())
    return Listed(pattern=PatternId(row.pattern), name=name, added_at=row.added_at)


def _slot_row(each: Answered, now: datetime) -> dict[str, Any]:
    return {
        "subscription": each.subscription.id,
        "slot": each.slot.key,
        "answer": each.answer.value,
        "delivery": each.delivery,
        "since": each.subscription.since,
        "until": each.slot.at,
        "answered_at": now,
    }
