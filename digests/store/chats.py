"""Chats: who is told, where and when. A chat's address is sealed and found by its keyed hash."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import (
    Chat,
    ChatId,
    ChatState,
    DeliveryId,
    DeliveryState,
    Quiet,
    Slot,
    SlotAnswer,
    Subscription,
    SubscriptionId,
    SubscriptionKind,
)
from digests.store.forget import forget_chat
from digests.store.secrets import Vault
from digests.store.tables import chats, deliveries, invitations, slots, subscriptions
from digests.store.upsert import add_once, batches, put

CLOSED = "closed"
"""The reason of a chat that was never opened, or was forgotten: it is there to carry one answer, and then it goes."""

_ENDED = "off"  # the `when` of a subscription that was ended: nobody sees it, and nothing of it is due
_NEVER = datetime.max.replace(tzinfo=UTC)

_INVITATION_LASTS = timedelta(days=7)


class Chats:
    """The chats with their invitations and subscriptions, in one transaction."""

    def __init__(self, tx: AsyncConnection, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    def id_of(self, key: str) -> ChatId:
        """Return the id a chat gets when it is opened at this address; nobody without our key can make it."""
        return ChatId(self._vault.keyed_hash(key)[:16])

    async def open(self, chat: Chat, now: datetime) -> Chat:
        """Keep a chat and return it as it is kept. One that is open already at this address is returned unchanged."""
        known = await self.by_key(chat.key)
        if known is not None and known.reason != CLOSED:
            return known
        if known is not None:
            await self._tx.execute(delete(chats).where(chats.c.id == known.id))
        taken = await self._tx.scalar(select(chats.c.id).where(chats.c.id == chat.id))
        if taken is not None:
            # That chat moved on to another address and kept its id; the one that is here now is another.
            chat = replace(chat, id=ChatId(self._vault.keyed_hash(f"{chat.key} {now.isoformat()}")[:16]))
        row = {"id": chat.id, "opened_at": now, **self._key_columns(chat.key), **_columns(chat)}
        await self._tx.execute(insert(chats).values(row))
        return chat

    async def by_key(self, key: str) -> Chat | None:
        """Return the chat at an address such as "telegram:-1001/7"."""
        return await self._one(chats.c.key_hash == self._vault.keyed_hash(key))

    async def get(self, chat: ChatId) -> Chat | None:
        """Return a chat by its id."""
        return await self._one(chats.c.id == chat)

    async def some(self, ids: Sequence[ChatId]) -> dict[ChatId, Chat]:
        """Return those of these chats that there are."""
        rows = await self._tx.execute(select(chats).where(chats.c.id.in_(ids)))
        return {ChatId(row.id): self._chat(row) for row in rows}

    async def lock(self, chat: ChatId) -> bool:
        """Let nobody else write to this chat until the transaction ends; False when somebody does so already."""
        row = select(chats.c.id).where(chats.c.id == chat).with_for_update(skip_locked=True, key_share=True)
        return (await self._tx.execute(row)).first() is not None

    async def wait_for(self, key: str) -> None:
        """Let nobody else write to the chat at an address, when those who do have ended."""
        here = chats.c.key_hash == self._vault.keyed_hash(key)
        await self._tx.execute(select(chats.c.id).where(here).with_for_update(key_share=True))

    async def all(self) -> tuple[Chat, ...]:
        """Return every chat that was opened, the oldest first."""
        is_open = or_(chats.c.reason.is_(None), chats.c.reason != CLOSED)
        rows = await self._tx.execute(select(chats).where(is_open).order_by(chats.c.opened_at, chats.c.id))
        return tuple(self._chat(row) for row in rows)

    async def update(self, chat: Chat) -> None:
        """Keep all that is given of a known chat, but for its address: `move` changes that."""
        await self._tx.execute(update(chats).where(chats.c.id == chat.id).values(**_columns(chat)))

    async def suspend(self, chat: ChatId, reason: str, now: datetime) -> bool:
        """Note that a chat cannot be reached, and why; nothing of it is erased. False when that is known already."""
        state = {"state": ChatState.SUSPENDED.value, "reason": reason, "state_since": now}
        not_yet = chats.c.state != ChatState.SUSPENDED.value
        result = await self._tx.execute(update(chats).where(chats.c.id == chat, not_yet).values(**state))
        return result.rowcount == 1

    async def move(self, chat: ChatId, new_key: str) -> bool:
        """Let a chat live at another address; return False, with nothing changed, when another open chat is there."""
        there = await self.by_key(new_key)
        if there is not None and there.id != chat:
            if there.reason != CLOSED:
                return False
            await self._tx.execute(delete(chats).where(chats.c.id == there.id))
        await self._tx.execute(update(chats).where(chats.c.id == chat).values(**self._key_columns(new_key)))
        return True

    async def forget(self, chat: ChatId) -> None:
        """Erase all that is stored of a chat, and what was stored for its sake alone. `Database.scrub` comes after."""
        known = await self.get(chat)
        if known is not None:
            await forget_chat(self._tx, chat, self._vault.keyed_hash(known.key))

    async def drop_closed(self) -> int:
        """Erase the chats that only carried an answer, when it has gone; return how many."""
        waits = deliveries.c.state.in_([DeliveryState.READY.value, DeliveryState.SENDING.value])
        has_answers = select(deliveries.c.id).where(deliveries.c.chat == chats.c.id, waits).exists()
        result = await self._tx.execute(delete(chats).where(chats.c.reason == CLOSED, ~has_answers))
        return result.rowcount

    async def is_anybody_alerted(self) -> bool:
        """Tell whether any chat is told of anything at once."""
        return bool(await self._tx.scalar(select(exists().where(chats.c.alerts == true()))))

    # Invitations ----------------------------------------------------------------------------------------------------

    async def invite(self, by: str, now: datetime) -> str:
        """Return a new invitation code; it opens one chat within 7 days. Only its hash is kept."""
        code = self._vault.make_code()
        await self._tx.execute(
            insert(invitations).values(
                code_hash=self._vault.keyed_hash(code), made_by=by, made_at=now, expires_at=now + _INVITATION_LASTS
            )
        )
        return code

    async def spend(self, code: str, chat: ChatId, now: datetime) -> bool:
        """Use up an invitation; return False when it is unknown, used or too old."""
        mine = invitations.c.code_hash == self._vault.keyed_hash(code.strip())
        result = await self._tx.execute(
            update(invitations)
            .where(mine, invitations.c.used_by.is_(None), invitations.c.expires_at > now)
            .values(used_by=chat)
        )
        return result.rowcount == 1

    # Subscriptions and their slots ----------------------------------------------------------------------------------

    async def subscriptions(self, chat: ChatId) -> tuple[Subscription, ...]:
        """Return a chat's subscriptions, in a fixed order."""
        rows = await self._tx.execute(
            select(subscriptions)
            .where(subscriptions.c.chat == chat, subscriptions.c.when != _ENDED)
            .order_by(subscriptions.c.kind, subscriptions.c.when, subscriptions.c.id)
        )
        return tuple(_subscription(row) for row in rows.mappings())

    async def subscribed(self, ids: Sequence[SubscriptionId]) -> tuple[tuple[Subscription, Chat], ...]:
        """Return those of these subscriptions that there are, with their chats."""
        some = [await self._subscribed(subscriptions.c.id.in_(part), None) for part in batches(sorted(ids))]
        return tuple(pair for part in some for pair in part)

    async def put_subscription(self, subscription: Subscription) -> None:
        """Keep a subscription, new or changed."""
        row = {
            "id": subscription.id,
            "chat": subscription.chat,
            "kind": subscription.kind.value,
            "when": subscription.when,
            "since": subscription.since,
            "next_due_at": subscription.next_due_at,
        }
        await put(self._tx, subscriptions, [row])

    async def put_due(self, subscription: SubscriptionId, at: datetime | None) -> None:
        """Keep when a subscription is due next, and nothing else of it."""
        await self._tx.execute(update(subscriptions).where(subscriptions.c.id == subscription).values(next_due_at=at))

    async def held_since(self, subscription: Subscription) -> datetime | None:
        """Return where the oldest span begins that was held and not told since; None where nothing is held."""
        held = await self.first_held(subscription)
        return None if held is None else held[1]

    async def first_held(self, subscription: Subscription) -> tuple[str, datetime] | None:
        """Return the slot whose span begins first of those that were held and not told since, and that beginning."""
        held = (slots.c.subscription == subscription.id, slots.c.answer == SlotAnswer.HELD.value)
        found = await self._tx.execute(
            select(slots.c.slot, slots.c.since)
            .where(*held, slots.c.until > subscription.since)
            .order_by(slots.c.since, slots.c.slot)
            .limit(1)
        )
        row = found.first()
        return None if row is None else (row.slot, row.since)

    async def end_subscription(self, subscription: SubscriptionId) -> None:
        """End a subscription; how far it told is kept, so that it can be taken up again."""
        this = subscriptions.c.id == subscription
        await self._tx.execute(update(subscriptions).where(this).values(when=_ENDED, next_due_at=None))

    async def ended_since(self, subscription: SubscriptionId) -> datetime | None:
        """Return how far a subscription had told when it was ended; None for one that was not."""
        this = (subscriptions.c.id == subscription, subscriptions.c.when == _ENDED)
        since: datetime | None = await self._tx.scalar(select(subscriptions.c.since).where(*this))
        return since

    async def due(self, now: datetime, limit: int, *, alone: bool = False) -> tuple[tuple[Subscription, Chat], ...]:
        """Return the subscriptions whose next slot has come, with their chats, the longest due first.

        With `alone` nobody else writes to these chats until the transaction ends; one somebody writes to is left out.
        """
        return await self._subscribed(subscriptions.c.next_due_at <= now, limit, alone=alone)

    async def alert_subscriptions(self) -> tuple[tuple[Subscription, Chat], ...]:
        """Return the subscriptions of active chats that want alerts, with their chats."""
        wanted = subscriptions.c.kind == SubscriptionKind.ALERTS.value
        active = (chats.c.alerts == true()) & (chats.c.state == ChatState.ACTIVE.value)
        return await self._subscribed(wanted & active, None)

    async def next_due_at(self) -> datetime | None:
        """Return when the next slot of any subscription comes; None when there is none."""
        found: datetime | None = await self._tx.scalar(
            select(func.min(subscriptions.c.next_due_at, type_=subscriptions.c.next_due_at.type))
        )
        return found

    async def unanswered(self, subscription: SubscriptionId, due: Sequence[Slot]) -> tuple[Slot, ...]:
        """Return those of these slots that have no answer yet, in their order."""
        answered: set[str] = set()
        for some in batches([slot.key for slot in due]):
            mine = (slots.c.subscription == subscription, slots.c.slot.in_(some))
            answered.update((await self._tx.execute(select(slots.c.slot).where(*mine))).scalars())
        return tuple(slot for slot in due if slot.key not in answered)

    async def answer_slot(
        self,
        subscription: Subscription,
        slot: Slot,
        answer: SlotAnswer,
        *,
        delivery: DeliveryId | None,
        since: datetime,
        until: datetime,
        next_due_at: datetime | None,
        now: datetime,
    ) -> bool:
        """Answer a slot, once; return False, with nothing changed, when it is answered already.

        The subscription is answered up to `until` by that, and due again at `next_due_at`. A held slot leaves its span
        open.
        """
        row = {
            "subscription": subscription.id,
            "slot": slot.key,
            "answer": answer.value,
            "delivery": delivery,
            "since": since,
            "until": until,
            "answered_at": now,
        }
        if not await add_once(self._tx, slots, row):
            return False
        this = subscriptions.c.id == subscription.id
        await self._tx.execute(update(subscriptions).where(this).values(next_due_at=next_due_at))
        if answer is not SlotAnswer.HELD:
            behind = subscriptions.c.since < until
            await self._tx.execute(update(subscriptions).where(this, behind).values(since=until))
        return True

    # ----------------------------------------------------------------------------------------------------------------

    async def _one(self, condition: Any) -> Chat | None:
        row = (await self._tx.execute(select(chats).where(condition))).first()
        return None if row is None else self._chat(row)

    async def _subscribed(
        self, condition: Any, limit: int | None, *, alone: bool = False
    ) -> tuple[tuple[Subscription, Chat], ...]:
        query = (
            select(subscriptions)
            .join(chats, chats.c.id == subscriptions.c.chat)
            .where(condition, subscriptions.c.when != _ENDED)
            # By the index alone: a second column would sort all hundred thousand of one minute for each batch.
            .order_by(subscriptions.c.next_due_at)
            .limit(limit)
        )
        query = query.with_for_update(of=chats, skip_locked=True, key_share=True) if alone else query
        due = (await self._tx.execute(query)).mappings()
        found = sorted(map(_subscription, due), key=lambda each: (each.next_due_at or _NEVER, each.id))
        owners: dict[ChatId, Chat] = {}
        for some in batches(sorted({subscription.chat for subscription in found})):
            rows = await self._tx.execute(select(chats).where(chats.c.id.in_(some)))
            owners |= {row.id: self._chat(row) for row in rows}
        return tuple((subscription, owners[subscription.chat]) for subscription in found)

    def _key_columns(self, key: str) -> dict[str, str]:
        return {"key": self._vault.seal(key), "key_hash": self._vault.keyed_hash(key)}

    def _chat(self, row: Any) -> Chat:
        return Chat(
            id=ChatId(row.id),
            key=self._vault.unseal(row.key),
            zone=row.zone,
            language=row.language,
            quiet=_quiet(row.quiet),
            neutral=row.neutral,
            protect=row.protect,
            public=row.public,
            is_group=row.is_group,
            alerts=row.alerts,
            state=ChatState(row.state),
            reason=row.reason,
            state_since=row.state_since,
        )


def _columns(chat: Chat) -> dict[str, Any]:
    return {
        "zone": chat.zone,
        "language": chat.language,
        "quiet": None if chat.quiet is None else f"{chat.quiet.start:%H:%M}-{chat.quiet.end:%H:%M}",
        "neutral": chat.neutral,
        "protect": chat.protect,
        "public": chat.public,
        "is_group": chat.is_group,
        "alerts": chat.alerts,
        "state": chat.state.value,
        "reason": chat.reason,
        "state_since": chat.state_since,
    }


def _quiet(stored: str | None) -> Quiet | None:
    if stored is None:
        return None
    start, _, end = stored.partition("-")
    return Quiet(time.fromisoformat(start), time.fromisoformat(end))


def _subscription(row: Any) -> Subscription:
    return Subscription(
        id=SubscriptionId(row["id"]),
        chat=ChatId(row["chat"]),
        kind=SubscriptionKind(row["kind"]),
        when=row["when"],
        since=row["since"],
        next_due_at=row["next_due_at"],
    )
