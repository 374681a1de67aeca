from dataclasses import replace
from datetime import time, timedelta

from sqlalchemy import select

from digests.model import (
    Chat,
    ChatId,
    ChatState,
    Quiet,
    Slot,
    SlotAnswer,
    Subscription,
    SubscriptionId,
    SubscriptionKind,
)
from digests.store.chats import CLOSED, Chats
from digests.store.db import Database
from digests.store.outbox import Outbox
from digests.store.tables import chats as table
from digests.store.tables import invitations
from tests import builders as b

HOUR = timedelta(hours=1)
FULL = b.chat(
    key="telegram:-1001/7",
    zone="Asia/Istanbul",
    language="tr",
    quiet=Quiet(time(22, 30), time(7)),
    neutral=True,
    protect=True,
    public=True,
    is_group=True,
    alerts=False,
    state=ChatState.SUSPENDED,
    reason="blocked",
    state_since=b.NOW,
)


async def test_a_chat_comes_back_as_it_was_opened(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        assert await chats.open(FULL, b.NOW) == FULL
        assert await chats.get(FULL.id) == FULL
        assert await chats.by_key("telegram:-1001/7") == FULL
        assert await chats.by_key("telegram:-1001") is None
        assert await chats.get(ChatId("none")) is None
        changed = b.chat(id=FULL.id, key=FULL.key)
        await chats.update(changed)
        assert await chats.all() == (changed,)


async def test_a_chats_address_is_sealed_and_its_id_tells_nothing(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        chat = b.chat(id=chats.id_of("telegram:77"), key="telegram:77")
        await chats.open(chat, b.NOW)
        row = (await tx.execute(select(table))).one()
    assert "77" not in row.key[:3]
    assert "telegram" not in str(tuple(row))
    assert chat.id == database.vault.keyed_hash("telegram:77")[:16]


async def test_opening_an_open_chat_changes_nothing(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        await chats.open(FULL, b.NOW)
        assert await chats.open(replace(FULL, language="uk"), b.NOW) == FULL


async def test_a_closed_chat_is_opened_anew(database: Database) -> None:
    closed = b.chat(state=ChatState.SUSPENDED, reason=CLOSED)
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        await chats.open(closed, b.NOW)
        assert await chats.all() == ()
        assert await chats.open(b.chat(), b.NOW) == b.chat()
        assert await chats.all() == (b.chat(),)


async def test_a_closed_chat_goes_when_its_answer_has_gone(database: Database) -> None:
    async with database.write() as tx:
        chats, outbox = Chats(tx, database.vault), Outbox(tx, database.vault)
        await chats.open(b.chat(state=ChatState.SUSPENDED, reason=CLOSED), b.NOW)
        await chats.open(b.chat(key="telegram:2"), b.NOW)
        await outbox.add(b.delivery(id="d"))
        assert await chats.drop_closed() == 0
        epoch = await outbox.acquire(b.LANE, "me", b.NOW, HOUR)
        assert epoch is not None
        delivery = b.delivery(id="d")
        assert await outbox.start(delivery.id, epoch, 1, (), b.NOW)
        assert await chats.drop_closed() == 0
        await outbox.settle(
            delivery.id, epoch, state=delivery.state.SENT, doubt=0, not_before=b.NOW, last=None, receipts={}, now=b.NOW
        )
        assert await chats.drop_closed() == 1
        assert [chat.key for chat in await chats.all()] == ["telegram:2"]


async def test_a_chat_moves_with_all_it_has(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        await chats.open(b.chat(), b.NOW)
        await chats.put_subscription(b.subscription())
        assert await chats.move(b.chat().id, "telegram:-1002")
        moved = await chats.by_key("telegram:-1002")
        assert moved is not None
        assert (moved.id, moved.key) == (b.chat().id, "telegram:-1002")
        assert await chats.by_key(b.chat().key) is None
        assert await chats.subscriptions(moved.id) == (b.subscription(),)
        # Who is at the old address now is another chat, whatever its id would have been.
        other = await chats.open(b.chat(), b.NOW)
        assert other.id != moved.id
        assert await chats.by_key(b.chat().key) == other


async def test_a_chat_cannot_move_onto_another(database: Database) -> None:
    there = b.chat(key="telegram:-1002")
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        await chats.open(b.chat(), b.NOW)
        await chats.open(there, b.NOW)
        assert not await chats.move(b.chat().id, there.key)
        assert await chats.by_key(there.key) == there
        assert await chats.move(b.chat().id, b.chat().key)
        await chats.update(replace(there, state=ChatState.SUSPENDED, reason=CLOSED))
        assert await chats.move(b.chat().id, there.key)


async def test_a_suspension_keeps_its_first_reason(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        await chats.open(b.chat(), b.NOW)
        await chats.suspend(b.chat().id, "blocked", b.NOW)
        await chats.suspend(b.chat().id, "later", b.NOW + HOUR)
        found = await chats.get(b.chat().id)
    assert found is not None
    assert (found.state, found.reason, found.state_since) == (ChatState.SUSPENDED, "blocked", b.NOW)


async def test_an_invitation_opens_one_chat_within_a_week(database: Database) -> None:
    one, two = ChatId("one"), ChatId("two")
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        code = await chats.invite("owner", b.NOW)
        assert not await chats.spend("another", one, b.NOW)
        assert await chats.spend(f" {code} ", one, b.NOW)
        assert not await chats.spend(code, two, b.NOW)
        late = await chats.invite("owner", b.NOW)
        assert not await chats.spend(late, two, b.NOW + timedelta(days=7))
        assert await chats.spend(late, two, b.NOW + timedelta(days=7) - timedelta(seconds=1))
        kept = str((await tx.execute(select(invitations))).all())
    assert code not in kept


async def test_subscriptions_are_kept_changed_ended_and_taken_up_again(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        await chats.open(b.chat(), b.NOW)
        assert await chats.next_due_at() is None
        daily, alerts = b.subscription(), b.subscription(kind=SubscriptionKind.ALERTS, when="at once")
        for subscription in (daily, alerts):
            await chats.put_subscription(subscription)
        assert await chats.subscriptions(b.chat().id) == (alerts, daily)
        assert await chats.next_due_at() == daily.next_due_at
        later = replace(daily, when="daily 09:00", next_due_at=b.NOW + HOUR)
        await chats.put_subscription(later)
        assert await chats.subscriptions(b.chat().id) == (alerts, later)
        assert await chats.ended_since(daily.id) is None
        await chats.end_subscription(daily.id)
        assert await chats.subscriptions(b.chat().id) == (alerts,)
        assert await chats.subscribed([daily.id]) == ()
        assert await chats.due(b.NOW + 2 * HOUR, 10) == ()
        assert await chats.ended_since(daily.id) == daily.since
        await chats.put_subscription(later)
        assert await chats.subscriptions(b.chat().id) == (alerts, later)
        assert await chats.ended_since(daily.id) is None


async def test_due_are_the_subscriptions_whose_time_has_come_the_longest_due_first(database: Database) -> None:
    times = {"a": b.NOW, "b": b.NOW - HOUR, "c": b.NOW + HOUR, "d": None}
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        await chats.open(b.chat(), b.NOW)
        for key, at in times.items():
            await chats.put_subscription(b.subscription(id=SubscriptionId(key), next_due_at=at))
        assert [(s.id, c) for s, c in await chats.due(b.NOW, 10)] == [("b", b.chat()), ("a", b.chat())]
        assert [s.id for s, _ in await chats.due(b.NOW, 1)] == ["b"]


async def test_alert_subscriptions_are_those_of_active_chats_that_want_alerts(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        paused = b.chat(key="telegram:paused", state=ChatState.PAUSED)
        for chat in (b.chat(key="telegram:on"), b.chat(key="telegram:off", alerts=False), paused):
            await chats.open(chat, b.NOW)
            await chats.put_subscription(b.subscription(chat=chat.id, kind=SubscriptionKind.ALERTS, when="at once"))
            await chats.put_subscription(b.subscription(chat=chat.id))
        assert [chat.key for _, chat in await chats.alert_subscriptions()] == ["telegram:on"]


async def answered(
    database: Database, answer: SlotAnswer, *, key: str = "daily-2026-11-23@14:32"
) -> tuple[bool, Subscription, Chat]:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        chat = await chats.open(b.chat(), b.NOW)
        if not await chats.subscriptions(chat.id):
            await chats.put_subscription(b.subscription(since=b.NOW - HOUR, next_due_at=b.NOW))
        is_new = await chats.answer_slot(
            (await chats.subscriptions(chat.id))[0],
            Slot(key=key, at=b.NOW),
            answer,
            delivery=None,
            since=b.NOW - HOUR,
            until=b.NOW,
            next_due_at=b.NOW + HOUR,
            now=b.NOW,
        )
        return is_new, (await chats.subscriptions(chat.id))[0], chat


async def test_a_slot_is_answered_once(database: Database) -> None:
    is_new, subscription, _ = await answered(database, SlotAnswer.DIGEST)
    assert is_new
    assert (subscription.since, subscription.next_due_at) == (b.NOW, b.NOW + HOUR)
    is_new, again, _ = await answered(database, SlotAnswer.EMPTY)
    assert not is_new
    assert again == subscription
    is_new, _, _ = await answered(database, SlotAnswer.EMPTY, key="daily-2026-11-24@14:32")
    assert is_new


async def test_a_held_slot_leaves_its_span_open(database: Database) -> None:
    _, subscription, _ = await answered(database, SlotAnswer.HELD)
    assert (subscription.since, subscription.next_due_at) == (b.NOW - HOUR, b.NOW + HOUR)
