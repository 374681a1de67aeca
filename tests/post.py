"""One sending lane on a real database, through a chat service that answers as told, by a clock moved by hand."""

import asyncio
from datetime import datetime, timedelta

from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.request import Reply
from digests.model import (
    Alert,
    Amendment,
    Chat,
    Delivery,
    DeliveryId,
    DeliveryKind,
    DeliveryState,
    Digest,
    LaneId,
    Notice,
    make_id,
)
from digests.store.chats import Chats
from digests.store.content import dump
from digests.store.db import Database
from digests.store.outbox import Outbox
from digests.store.secrets import Vault
from tests import builders
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock
from tests.river import River

VAULT = Vault(builders.KEY)
READY, SENDING, SENT, PARKED = (
    DeliveryState.READY,
    DeliveryState.SENDING,
    DeliveryState.SENT,
    DeliveryState.PARKED,
)


KINDS: dict[type, tuple[str, DeliveryKind]] = {
    Alert: ("alert", DeliveryKind.ALERT),
    Digest: ("digest", DeliveryKind.DIGEST),
    Notice: ("notice", DeliveryKind.NOTICE),
    Amendment: ("amendment", DeliveryKind.AMENDMENT),
    Reply: ("reply", DeliveryKind.ANSWER),
}


def seconds(count: float) -> timedelta:
    """Return so many seconds."""
    return timedelta(seconds=count)


def two_items(first: str = "One.", second: str = "Two.") -> Digest:
    """Return a digest of two items, which the fake channel sends as two parts."""
    sentences = (builders.sentence(first), builders.sentence(second))
    return builders.digest(*(builders.item(sentences=(sentence,)) for sentence in sentences))


class Post:
    """One lane with its database, channel and sender; `restart` is what a kill and a new start would do."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock
        self.channel = FakeChannel()
        self.runs = 0
        self.sender = self.restart()

    def restart(self, *, is_alone: bool = True) -> Sender:
        self.runs += 1
        self.sender = Sender(
            database=self.database,
            channel=self.channel,
            clock=self.clock,
            pace=Pace(),
            owner=f"run {self.runs}",
            is_alone=is_alone,
        )
        return self.sender

    async def chat(self, key: str = "telegram:1001", **given: object) -> Chat:
        async with self.database.write() as tx:
            return await Chats(tx, VAULT).open(builders.chat(key=key, **given), self.clock.now())

    async def write(self, to: Chat, message: Alert | Digest | Notice | Amendment | Reply, **given: object) -> Delivery:
        kind, of = KINDS[type(message)]
        now = self.clock.now()
        async with self.database.write() as tx:
            known = len(await Outbox(tx, VAULT).ledger(now - timedelta(days=1_000)))
            delivery = builders.delivery(
                id=DeliveryId(make_id(to.id, str(known))),
                chat=to.id,
                of=of,
                content=dump(kind, message),
                created_at=now,
                not_before=now,
                **given,
            )
            assert await Outbox(tx, VAULT).add(delivery)
        return delivery

    async def now(self, delivery: Delivery) -> Delivery:
        async with self.database.read() as tx:
            found = await Outbox(tx, VAULT).get(delivery.id)
        assert found is not None
        return found

    async def passes(self, span: timedelta) -> None:
        """Let time pass while the sender works; what may leave only later stays."""
        task = asyncio.create_task(self.sender.drain())
        end = self.clock.now() + span
        while True:
            await self._until_it_waits(task)
            now = self.clock.now()
            again = task.result() if task.done() else self.clock.next_waking()
            if again is None or again > end or now >= end:
                break
            await self.clock.advance(min(max(again - now, seconds(0.1)), end - now))
            if task.done():
                task = asyncio.create_task(self.sender.drain())
        task.cancel()
        await asyncio.wait({task})
        await self.clock.advance(end - self.clock.now())

    async def _until_it_waits(self, task: asyncio.Task[datetime | None]) -> None:
        """Return when only the clock can bring the sender on; the database answers in a thread of its own."""
        for _ in range(1_000):
            await asyncio.wait({task}, timeout=0.002)
            if task.done() or self._is_asleep():
                await self.clock.settle()  # who was just woken may still count as asleep
                if task.done() or self._is_asleep():
                    return

    def _is_asleep(self) -> bool:
        asleep = [woken for _, _, woken in self.clock._sleepers if not woken.done()]
        return len(asleep) > len(self.sender._flights)


def post_of(river: River) -> Post:
    """Return the lane that carries a river's messages to a fake chat service."""
    post = Post(river.database, river.clock)
    post.channel.lane = LaneId("telegram")
    post.restart()
    return post


async def die_while_sending(post: Post) -> None:
    """Kill the sender after the mark and before the answer."""
    post.channel.gate.clear()
    task = asyncio.create_task(post.sender.drain())
    while not post.channel.in_flight:
        await asyncio.wait({task}, timeout=0.01)
        await post.clock.advance(seconds(0.1))
    await die(post, task)
    post.channel.gate.set()


async def die(post: Post, task: asyncio.Task[datetime | None]) -> None:
    """End the sender and what it has in the air, as a kill does, whatever was being written."""
    for flight in list(post.sender._flights):
        flight.cancel()
    task.cancel()
    await asyncio.wait({task})
