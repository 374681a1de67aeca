"""What may go wrong on our side: bugs, unknown content, a database that fails before, during and after a send."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.model import (
    Delivery,
)
from digests.store.chats import Chats
from digests.store.outbox import Outbox
from tests import builders
from tests.post import PARKED, SENDING, SENT, VAULT, Post, seconds


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
