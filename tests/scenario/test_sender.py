"""Deliveries on a real database: who goes first, how many at once, and how a sender ends."""

import asyncio

import pytest

from bot.delivery.pace import IN_FLIGHT
from bot.request import Reply
from tests import builders
from tests.post import SENDING, SENT, Post, seconds, two_items


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
