"""Deliveries on a real SQLite database, through a chat service that answers as told, by a clock moved by hand."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.channel import Down, Moved, OurFault, Refused, TryLater, Unsure
from bot.delivery.courier import MESSAGE_TYPES
from bot.delivery.pace import IN_FLIGHT, Pace
from bot.delivery.sender import Sender
from bot.request import Reply
from digests.errors import StoreError
from digests.model import (
    Alert,
    Amendment,
    Chat,
    ChatState,
    Delivery,
    DeliveryId,
    DeliveryKind,
    DeliveryState,
    Digest,
    Notice,
    make_id,
)
from digests.store.chats import Chats
from digests.store.content import dump, load
from digests.store.db import Database
from digests.store.leases import Leases
from digests.store.outbox import Outbox
from digests.store.secrets import Vault
from tests import builders
from tests.fakes.channel import LANE, FakeChannel
from tests.fakes.clock import FakeClock

VAULT = Vault("a key for tests")
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
    return timedelta(seconds=count)


def two_items(first: str = "One.", second: str = "Two.") -> Digest:
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
            known = len(await Outbox(tx, VAULT).ledger(now - timedelta(days=30)))
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


@pytest_asyncio.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    database = await Database.open(f"sqlite:///{tmp_path / 'post.db'}", vault=VAULT)
    yield Post(database, FakeClock())
    await database.close()


# Sending ------------------------------------------------------------------------------------------------------------


async def test_what_is_ready_is_sent_once_and_nothing_waits_then(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())

    assert await post.sender.drain() is None
    assert await post.sender.drain() is None

    sent = await post.now(alert)
    assert (sent.state, sent.attempts, [part.receipt for part in sent.parts]) == (SENT, 1, ["1"])
    assert post.channel.texts == ["Arslan Bozdaliev was moved to another prison on Friday, his lawyer said."]


async def test_a_digest_goes_part_by_part_a_second_apart_and_in_order(post: Post) -> None:
    digest = await post.write(await post.chat(), two_items())
    start = post.clock.now()

    await post.passes(seconds(2))

    assert post.channel.texts == ["One.", "Two."]
    assert post.clock.now() - start >= seconds(1)
    assert (await post.now(digest)).state is SENT


async def test_answers_go_before_alerts_before_digests(post: Post) -> None:
    chat = await post.chat()
    await post.write(chat, builders.digest(items=()))
    await post.write(chat, builders.alert())
    await post.write(chat, Reply.words("help.intro"))

    await post.passes(seconds(4))

    assert [shown.text[:10] for shown in post.channel.shown] == ["help.intro", "Arslan Boz", "nothing ne"]


async def test_at_most_three_are_in_the_air(post: Post) -> None:
    for number in range(8):
        await post.write(await post.chat(f"telegram:{number}"), builders.alert())
    post.channel.gate.clear()
    task = asyncio.create_task(post.sender.drain())
    while post.channel.in_flight < IN_FLIGHT:
        await asyncio.wait({task}, timeout=0.01)
        await post.clock.advance(seconds(0.1))
    for _ in range(5):
        await asyncio.wait({task}, timeout=0.01)
        await post.clock.advance(seconds(0.1))
    post.channel.gate.set()
    while not task.done():
        await asyncio.wait({task}, timeout=0.01)
        await post.clock.advance(seconds(0.1))

    assert post.channel.most_in_flight == IN_FLIGHT
    assert len(post.channel.shown) == 8


async def test_what_is_in_doubt_goes_one_at_a_time(post: Post) -> None:
    for number in range(5):
        await post.write(await post.chat(f"telegram:{number}"), builders.alert(), doubt=1)
    await post.write(await post.chat("telegram:9"), builders.alert())
    post.channel.gate.clear()
    task = asyncio.create_task(post.sender.drain())
    for _ in range(8):
        await asyncio.wait({task}, timeout=0.05)
        await post.clock.advance(seconds(0.1))
    assert post.channel.in_flight == 2, "one in doubt, and the one that is not"
    post.channel.gate.set()
    while not task.done():
        await asyncio.wait({task}, timeout=0.01)
        await post.clock.advance(seconds(0.1))

    assert len(post.channel.shown) == 6
    assert sum(shown.text.startswith("[repeat?]") for shown in post.channel.shown) == 5


async def test_a_wake_sends_what_was_written_while_the_sender_slept(post: Post) -> None:
    chat = await post.chat()
    service = asyncio.create_task(post.sender.run())
    await asyncio.wait({service}, timeout=0.05)

    await post.write(chat, builders.notice())
    post.sender.wake()
    while not post.channel.shown:
        await asyncio.wait({service}, timeout=0.01)

    service.cancel()
    await asyncio.wait({service})
    assert service.cancelled()


# Outcomes -----------------------------------------------------------------------------------------------------------


async def test_one_that_is_refused_for_now_goes_out_when_the_wait_is_over(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    post.channel.answers(TryLater(seconds(5)))

    again = await post.sender.drain()
    assert again == post.clock.now() + seconds(5)
    await post.passes(seconds(4))
    assert post.channel.shown == []

    await post.clock.advance(seconds(1))
    await post.sender.drain()
    assert len(post.channel.shown) == 1
    assert (await post.now(alert)).attempts == 2


async def test_a_flood_wait_of_one_chat_delays_no_other_and_outlives_a_restart(post: Post) -> None:
    flooded, other = await post.chat("telegram:1"), await post.chat("telegram:2")
    first = await post.write(flooded, builders.alert())
    post.channel.answers(TryLater(seconds(43_838)))
    await post.sender.drain()

    await post.write(flooded, Reply.words("help.intro"))
    await post.write(flooded, builders.notice())
    await post.write(other, builders.notice())
    await post.passes(seconds(3))
    assert [shown.chat for shown in post.channel.shown] == ["telegram:2"]

    post.restart()
    await post.passes(seconds(3))
    assert len(post.channel.shown) == 1, "what the service asked for is kept in the database"

    await post.clock.advance(seconds(43_838))
    post.restart()
    await post.passes(seconds(4))
    assert [shown.text for shown in post.channel.shown][1:] == [
        "[held 12:32 service] help.intro",
        "[held 12:32 service] Arslan Bozdaliev was moved to another prison on Friday, his lawyer said.",
        "[held 12:32 service] notice.hello",
    ]
    assert (await post.now(first)).state is SENT


async def test_a_moved_chat_is_told_at_its_new_address(post: Post) -> None:
    chat = await post.chat("telegram:-1", is_group=True)
    await post.write(chat, builders.alert())
    post.channel.answers(Moved("telegram:-1002"))

    await post.passes(seconds(3))

    assert [shown.chat for shown in post.channel.shown] == ["telegram:-1002"]
    async with post.database.read() as tx:
        assert (await Chats(tx, VAULT).get(chat.id)) == replace(chat, key="telegram:-1002")


async def test_a_chat_that_moved_to_where_another_lives_is_suspended(post: Post) -> None:
    chat = await post.chat("telegram:-1", is_group=True)
    await post.chat("telegram:-1002", is_group=True)
    alert = await post.write(chat, builders.alert())
    post.channel.answers(Moved("telegram:-1002"))

    await post.passes(seconds(3))

    async with post.database.read() as tx:
        there = await Chats(tx, VAULT).get(chat.id)
    assert there is not None
    assert (there.state, there.reason) == (ChatState.SUSPENDED, "moved")
    assert (await post.now(alert)).state is READY


async def test_a_refusal_parks_the_delivery_suspends_the_chat_and_keeps_the_rest(post: Post) -> None:
    chat = await post.chat()
    first = await post.write(chat, builders.alert())
    second = await post.write(chat, builders.notice())
    post.channel.answers(Refused("blocked"))

    assert await post.sender.drain() is None

    assert ((await post.now(first)).state, (await post.now(first)).last) == (PARKED, "blocked")
    assert (await post.now(second)).state is READY
    async with post.database.read() as tx:
        there = await Chats(tx, VAULT).get(chat.id)
    assert there is not None
    assert (there.state, there.reason) == (ChatState.SUSPENDED, "blocked")


async def test_markup_that_is_not_taken_goes_as_plain_text_and_then_to_a_person(post: Post) -> None:
    chat = await post.chat()
    good = await post.write(chat, builders.notice())
    post.channel.answers(OurFault("markup"))
    await post.passes(seconds(3))
    assert post.channel.texts == ["[plain] notice.hello"]
    assert (await post.now(good)).state is SENT

    bad = await post.write(chat, builders.notice())
    post.channel.answers(OurFault("markup"), OurFault("markup"))
    await post.passes(seconds(3))
    assert ((await post.now(bad)).state, (await post.now(bad)).last) == (PARKED, "markup")


async def test_a_refused_token_stops_the_lane_and_a_new_start_tries_it_again(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    post.channel.answers(Down("token"), Down("token"))

    again = await post.sender.drain()
    assert again is not None
    assert again - post.clock.now() == timedelta(minutes=10)
    async with post.database.read() as tx:
        assert (await Outbox(tx, VAULT).lane_state(LANE))[1] == "token"
    assert (await post.now(alert)).state is READY

    await post.passes(seconds(60))
    assert len(post.channel.asked) == 1
    await post.clock.advance(timedelta(minutes=9))
    await post.sender.drain()
    assert len(post.channel.asked) == 2, "the token is tried every ten minutes"

    post.restart()
    await post.sender.drain()
    assert (await post.now(alert)).state is SENT
    async with post.database.read() as tx:
        assert await Outbox(tx, VAULT).lane_state(LANE) == (None, None)


async def test_a_doubtful_send_is_repeated_once_marked_and_then_parked(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    post.channel.answers(Unsure("timeout"), Unsure("timeout"), arrives=True)

    await post.passes(seconds(60))

    assert [shown.text[:12] for shown in post.channel.shown] == ["Arslan Bozda", "[repeat?] Ar"]
    parked = await post.now(alert)
    assert (parked.state, parked.doubt, parked.last) == (PARKED, 2, "unsure")


async def test_only_the_part_in_doubt_is_repeated(post: Post) -> None:
    digest = await post.write(await post.chat(), two_items())
    await post.passes(seconds(0))
    post.channel.answers(Unsure("timeout"), arrives=True)
    await post.passes(seconds(10))

    assert [shown.text for shown in post.channel.shown] == ["One.", "Two.", "[repeat?] Two."]
    assert [part.receipt for part in (await post.now(digest)).parts] == ["1", "3"]


async def test_a_part_that_must_wait_stays_as_it_was_cut(post: Post) -> None:
    chat = await post.chat()
    digest = await post.write(chat, two_items())
    await post.passes(seconds(0))
    post.channel.answers(TryLater(seconds(1_000)))
    await post.passes(seconds(1_000))
    await post.passes(seconds(3))
    assert post.channel.texts == ["One.", "Two."]
    assert (await post.now(digest)).attempts == 3


# Dying --------------------------------------------------------------------------------------------------------------


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


async def test_dying_between_the_mark_and_the_answer_repeats_it_marked(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    await die_while_sending(post)
    assert (await post.now(alert)).state is SENDING

    post.restart()
    await post.sender.drain()

    assert [shown.text[:12] for shown in post.channel.shown] == ["[repeat?] Ar"]
    assert (await post.now(alert)).state is SENT


async def test_dying_twice_parks_it_for_a_person(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    for _ in range(2):
        await die_while_sending(post)
        post.restart()
    await post.sender.drain()

    assert post.channel.shown == []
    assert ((await post.now(alert)).state, (await post.now(alert)).doubt) == (PARKED, 2)


async def test_dying_between_two_parts_repeats_neither(post: Post) -> None:
    await post.write(await post.chat(), two_items())
    while len(post.channel.shown) < 1 or post.channel.in_flight:
        task = asyncio.create_task(post.sender.drain())
        await asyncio.wait({task}, timeout=0.2)
        task.cancel()
        await asyncio.wait({task})
    assert post.channel.texts == ["One."]

    post.restart()
    await post.passes(seconds(2))

    assert post.channel.texts == ["One.", "Two."]


async def test_a_lane_of_another_process_is_waited_for(post: Post) -> None:
    await post.sender.drain()
    await post.write(await post.chat(), builders.alert())
    second = post.restart(is_alone=False)

    assert await second.drain() == post.clock.now() + seconds(2)
    assert post.channel.asked == []

    await post.clock.advance(seconds(30))
    await second.drain()
    assert len(post.channel.shown) == 1


async def test_a_lane_that_was_given_up_is_free_at_once(post: Post) -> None:
    await post.sender.drain()
    await post.sender.leave()
    await post.write(await post.chat(), builders.alert())

    await post.restart(is_alone=False).drain()
    assert len(post.channel.shown) == 1


async def test_a_result_that_comes_after_the_lane_was_taken_over_is_not_believed(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    post.channel.gate.clear()
    slow = asyncio.create_task(post.sender.drain())
    while not post.channel.in_flight:
        await asyncio.wait({slow}, timeout=0.01)
    post.restart()  # its lease was thought to be over
    await post.sender._lane.hold(post.clock.now())
    post.channel.gate.set()
    await asyncio.wait({slow}, timeout=5)

    assert ((await post.now(alert)).state, (await post.now(alert)).doubt) == (READY, 1)
    await post.passes(seconds(3))
    assert [shown.text[:9] for shown in post.channel.shown] == ["Arslan Bo", "[repeat?]"]


async def test_a_shutdown_lets_what_is_in_the_air_arrive_and_gives_the_lane_up(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    post.channel.gate.clear()
    service = asyncio.create_task(post.sender.run())
    while not post.channel.in_flight:
        await asyncio.wait({service}, timeout=0.01)

    service.cancel()
    await asyncio.wait({service}, timeout=0.05)
    assert not service.done()
    post.channel.gate.set()
    await asyncio.wait({service}, timeout=5)

    assert (await post.now(alert)).state is SENT
    assert await post.restart(is_alone=False).drain() is None, "the lane was free at once"


async def test_a_shutdown_does_not_wait_for_ever(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.sender.GRACE", seconds(0.01))
    alert = await post.write(await post.chat(), builders.alert())
    post.channel.gate.clear()
    service = asyncio.create_task(post.sender.run())
    while not post.channel.in_flight:
        await asyncio.wait({service}, timeout=0.01)

    service.cancel()
    await asyncio.wait({service}, timeout=5)

    assert service.cancelled()
    assert (await post.now(alert)).state is SENDING


# What may go wrong on our side --------------------------------------------------------------------------------------


async def test_a_bug_parks_one_delivery_and_logs_no_text(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    bad = await post.write(await post.chat("telegram:1"), builders.alert())
    good = await post.write(await post.chat("telegram:2"), builders.notice())
    post.channel.answers(ValueError("Arslan Bozdaliev"))

    with caplog.at_level(logging.INFO):
        await post.passes(seconds(2))

    parked = await post.now(bad)
    assert (parked.state, parked.last, parked.doubt) == (PARKED, "bug", 1)
    assert (await post.now(good)).state is SENT
    logged = [record for record in caplog.records if record.message == "delivery.bug"]
    assert "courier.py" in logged[0].__dict__["where"]
    assert "Bozdaliev" not in str([record.__dict__ for record in caplog.records])


async def test_content_of_an_unknown_kind_is_parked_and_the_others_go_on(post: Post) -> None:
    chat = await post.chat()
    async with post.database.write() as tx:
        await Outbox(tx, VAULT).add(builders.delivery(chat=chat.id, content='{"kind": "song", "value": {}}'))
    await post.write(chat, builders.notice())

    await post.passes(seconds(3))

    async with post.database.read() as tx:
        (parked,) = await Outbox(tx, VAULT).parked()
    assert parked.last == "unreadable"
    assert post.channel.texts == ["notice.hello"]


async def test_a_chat_that_was_forgotten_meanwhile_is_told_nothing(post: Post) -> None:
    chat = await post.chat()
    await post.write(chat, builders.alert())
    await post.sender._lane.hold(post.clock.now())
    claimed = await post.sender._claim(post.clock.now())
    async with post.database.write() as tx:
        await Chats(tx, VAULT).forget(chat.id)

    await post.sender._courier.carry(*claimed[0])

    assert post.channel.asked == []


async def test_a_result_the_database_does_not_take_is_kept_until_it_does(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    settle, failures = Outbox.settle, 3

    async def failing(self: Outbox, *args: object, **given: object) -> bool:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreError("the disk is full; make room and start again")
        return await settle(self, *args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Outbox, "settle", failing)
    await post.passes(seconds(10))

    assert (await post.now(alert)).state is SENT
    assert len(post.channel.shown) == 1
    assert [record.message for record in caplog.records].count("delivery.not_settled") == 3


async def test_what_cannot_be_marked_is_not_sent_and_tried_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    start, failures = Outbox.start, 1

    async def failing(self: Outbox, *args: object, **given: object) -> bool:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreError("the disk is full; make room and start again")
        return await start(self, *args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Outbox, "start", failing)
    await post.passes(seconds(3))

    assert (await post.now(alert)).state is SENT
    assert len(post.channel.asked) == 1


async def test_a_service_whose_database_fails_goes_on_when_it_is_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.write(await post.chat(), builders.alert())
    claim, failures = Outbox.claim, 1

    async def failing(self: Outbox, *args: object) -> tuple[Delivery, ...]:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreError("another program has held the database too long; stop it")
        return await claim(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Outbox, "claim", failing)
    service = asyncio.create_task(post.sender.run())
    while not post.channel.shown:
        await asyncio.wait({service}, timeout=0.01)
        await post.clock.advance(seconds(0.5))
    service.cancel()
    await asyncio.wait({service}, timeout=5)
    assert len(post.channel.shown) == 1


# Replies and amendments ---------------------------------------------------------------------------------------------


def amendment(of: Delivery, now: datetime, *, as_reply: bool = False) -> Amendment:
    old, new = builders.item(), builders.item(sentences=(builders.sentence("He is back."),))
    return Amendment(of=of.id, at=now, old=old, new=new, as_reply=as_reply)


AMENDED = "was Arslan Bozdaliev was moved to another prison on Friday, his lawyer said. now He is back."


async def test_a_follow_up_replies_to_the_first_message_of_its_story(post: Post) -> None:
    chat = await post.chat()
    first = await post.write(chat, builders.alert())
    await post.write(chat, builders.alert(reply_to=first.id), reply_to=first.id)
    await post.passes(seconds(3))
    assert [shown.text[:9] for shown in post.channel.shown] == ["Arslan Bo", "[re 1] Ar"]


async def test_an_amendment_replaces_the_alert_it_amends(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    amending = await post.write(chat, amendment(alert, post.clock.now()))
    await post.passes(seconds(3))
    assert post.channel.texts == [AMENDED]
    assert [part.receipt for part in (await post.now(amending)).parts] == ["1"]


async def test_an_amendment_of_a_status_replaces_and_replies(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    await post.write(chat, amendment(alert, post.clock.now(), as_reply=True))
    await post.passes(seconds(4))
    assert post.channel.texts == [AMENDED, f"[re 1] {AMENDED}"]


async def test_an_amendment_that_cannot_edit_is_a_reply(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    await post.passes(seconds(2))
    post.channel.answers(OurFault("no_edit"))
    await post.write(chat, amendment(alert, post.clock.now()))
    await post.passes(seconds(4))
    assert [shown.text for shown in post.channel.shown][1:] == [f"[re 1] {AMENDED}"]


async def test_an_edit_in_doubt_is_done_again_without_a_mark(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    await post.passes(seconds(2))
    amending = await post.write(chat, amendment(alert, post.clock.now()))
    post.channel.answers(Unsure("timeout"), arrives=True)
    await post.passes(seconds(9))
    assert post.channel.texts == [AMENDED]
    assert ((await post.now(amending)).state, (await post.now(amending)).doubt) == (SENT, 0)


async def test_an_amendment_of_a_digest_answers_it_and_leaves_the_rest_of_it(post: Post) -> None:
    chat = await post.chat()
    digest = await post.write(chat, two_items())
    await post.passes(seconds(3))
    await post.write(chat, amendment(digest, post.clock.now()))
    await post.passes(seconds(3))
    assert post.channel.texts == ["One.", "Two.", f"[re 1] {AMENDED}"]


async def test_an_amendment_waits_for_what_it_amends(post: Post) -> None:
    chat = await post.chat()
    alert = (
        await post.write(chat, builders.alert(), not_before=None)
        if False
        else await post.write(chat, two_items("First.", "Second."))
    )
    await post.write(chat, amendment(alert, post.clock.now()))
    await post.passes(seconds(60))
    assert post.channel.texts == ["First.", "Second.", f"[re 1] {AMENDED}"]


async def test_a_reply_to_what_another_chat_was_told_is_no_reply(post: Post) -> None:
    first = await post.write(await post.chat("telegram:1"), builders.alert())
    await post.write(await post.chat("telegram:2"), builders.notice(), reply_to=first.id)
    await post.passes(seconds(2))
    assert post.channel.texts[1] == "notice.hello"


# Any order of dying and answering -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))])
async def test_however_it_dies_nothing_is_lost_or_doubled_unmarked(post: Post, seed: int) -> None:
    dice = Random(seed)
    written = []
    for number in range(8):
        chat = await post.chat(f"telegram:{number % 4}")
        written.append(await post.write(chat, two_items(f"{number} one.", f"{number} two.")))
    for _ in range(60):
        outcome = dice.choice([None, None, TryLater(seconds(1)), Unsure("timeout"), Unsure("timeout")])
        if outcome is not None:
            post.channel.answers(outcome, arrives=dice.random() < 0.5)
        task = asyncio.create_task(post.sender.drain())
        for _ in range(dice.randrange(1, 12)):
            await asyncio.wait({task}, timeout=dice.choice([0.0, 0.001, 0.004]))
            await post.clock.advance(seconds(dice.choice([0.1, 1, 4])))
        if dice.random() < 0.4:
            await die(post, task)
            post.restart()
        else:
            task.cancel()
            await asyncio.wait({task})
    await post.passes(seconds(300))

    for number, delivery in enumerate(written):
        after = await post.now(delivery)
        assert after.state in (SENT, PARKED)
        for part in ("one.", "two."):
            copies = [shown.text for shown in post.channel.shown if shown.text.endswith(f"{number} {part}")]
            assert len(copies) <= 2
            assert [("repeat?" in copy) for copy in copies].count(False) <= 1
            assert copies or after.state is PARKED


async def test_a_lane_lost_between_claim_and_mark_sends_nothing(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    first = post.sender
    await first._lane.hold(post.clock.now())
    ((claimed, chat),) = await first._claim(post.clock.now())
    await post.restart()._lane.hold(post.clock.now())

    await first._courier.carry(claimed, chat)
    await first._courier.put_off(claimed, seconds(9), "later")

    assert post.channel.asked == []
    assert ((await post.now(alert)).attempts, (await post.now(alert)).not_before) == (0, alert.not_before)


async def test_a_lane_that_cannot_be_given_up_ends_by_itself(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(self: Leases, *args: object) -> None:
        raise StoreError("the disk is full; make room and start again")

    await post.sender.drain()
    monkeypatch.setattr(Leases, "release", failing)
    await post.sender._lane.release()
    assert post.sender._lane.epoch is None


# Stops, lost answers and a service out of reach ---------------------------------------------------------------------


async def test_what_is_marked_does_not_leave_when_the_process_was_stopped_past_its_lease(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    sender = post.restart(is_alone=False)
    start = sender._courier._start

    async def stopped_after_the_mark(*args: object) -> object:
        marked = await start(*args)  # type: ignore[arg-type]
        await post.clock.advance(seconds(11))
        return marked

    sender._courier._start = stopped_after_the_mark  # type: ignore[method-assign, assignment]
    await sender._lane.hold(post.clock.now())
    ((claimed, chat),) = await sender._claim(post.clock.now())
    await sender._courier.carry(claimed, chat)

    assert post.channel.asked == []
    assert ((await post.now(alert)).state, (await post.now(alert)).doubt) == (READY, 0)


async def test_a_mark_whose_commit_was_not_answered_is_taken_back_and_nothing_is_stuck(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    write, is_lost = post.database.write, [True]

    @asynccontextmanager
    async def losing(*, urgent: bool = False) -> AsyncIterator[AsyncConnection]:
        async with write(urgent=urgent) as tx:
            yield tx
        async with post.database.read() as tx:
            found = await Outbox(tx, VAULT).get(alert.id)
        if found is not None and found.state is SENDING and is_lost:
            is_lost.clear()
            raise StoreError("the line to the database broke before it answered")

    await post.sender._lane.hold(post.clock.now())
    monkeypatch.setattr(post.database, "write", losing)
    await post.passes(seconds(5))

    assert is_lost == []
    assert ((await post.now(alert)).state, (await post.now(alert)).doubt) == (SENT, 0)
    assert len(post.channel.shown) == 1


async def test_when_a_service_is_in_reach_again_all_goes_within_two_minutes(post: Post) -> None:
    for number in range(4):
        await post.write(await post.chat(f"telegram:{number}"), builders.alert())
    post.channel.answers(*[TryLater()] * 100)
    await post.passes(timedelta(minutes=20))
    assert post.channel.shown == []
    assert len(post.channel.asked) < 60, "a service out of reach is tried seldom"

    post.channel._answers.clear()
    await post.passes(seconds(120))
    assert len(post.channel.shown) == 4


# What needs a person ------------------------------------------------------------------------------------------------


async def _heard_by_owners(post: Post) -> list[tuple[str, str]]:
    async with post.database.read() as tx:
        written = await Outbox(tx, VAULT).ledger(post.clock.now() - timedelta(days=1))
        found = [(await Chats(tx, VAULT).get(d.chat), load(d.content, MESSAGE_TYPES)) for d in written]
    return sorted((chat.key, said.key) for chat, said in found if chat is not None and isinstance(said, Notice))


async def test_owners_are_told_once_of_a_chat_that_is_lost_and_elsewhere_of_a_token_that_is_refused(post: Post) -> None:
    post.sender = Sender(
        database=post.database,
        channel=post.channel,
        clock=post.clock,
        pace=Pace(),
        owner="with owners",
        is_alone=True,
        owners=("telegram:77", "slack:T1/U2"),
    )
    chat = await post.chat()
    await post.write(chat, builders.alert())
    post.channel.answers(Refused("blocked"))
    await post.passes(seconds(3))
    await post.write(chat, Reply.words("help.intro"))  # an answer is tried in a suspended chat too
    post.channel.answers(Refused("blocked"))
    await post.passes(seconds(3))
    lost = [("slack:T1/U2", "notice.chat_lost"), ("telegram:77", "notice.chat_lost")]
    assert await _heard_by_owners(post) == lost

    await post.write(await post.chat("telegram:5"), builders.alert())
    post.channel.answers(Down("token"), Down("token"))
    await post.passes(timedelta(minutes=11))
    assert await _heard_by_owners(post) == sorted([*lost, ("slack:T1/U2", "notice.lane_down")])
