"""A clock that is put back or on: nobody waits for it to catch up, and nothing goes twice."""

from datetime import timedelta

import pytest

from bot.delivery.channel import TryLater
from tests import builders
from tests.post import SENT, Post, seconds

JUMPS = [seconds(-2), timedelta(hours=-1), timedelta(days=-400), seconds(20), timedelta(days=400)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("is_alone", [True, False], ids=["alone", "among others"])
async def test_what_is_written_after_a_jump_goes_at_once(post: Post, jump: timedelta, *, is_alone: bool) -> None:
    post.restart(is_alone=is_alone)
    chats = [await post.chat(f"telegram:{number}") for number in range(3)]
    before = [await post.write(chat, builders.notice()) for chat in chats]
    await post.passes(seconds(3))

    await post.clock.advance(jump)
    after = [await post.write(chat, builders.alert()) for chat in chats]
    await post.passes(seconds(3))

    assert [(await post.now(delivery)).state for delivery in (*before, *after)] == [SENT] * 6
    assert len(post.channel.shown) == 6
    assert not any(shown.text.startswith("[repeat?]") for shown in post.channel.shown)


@pytest.mark.parametrize("by", [seconds(90), timedelta(hours=1), timedelta(days=400)], ids=str)
async def test_a_clock_put_back_while_nobody_ran_lets_a_lane_rest_no_longer_than_was_asked(
    post: Post, by: timedelta
) -> None:
    chats = [await post.chat(f"telegram:{number}") for number in range(3)]
    for chat in chats:
        await post.write(chat, builders.alert())
    post.channel.answers(*[TryLater(seconds(120))] * 3)  # of three chats in a row: it is the token that is refused
    await post.passes(seconds(1))

    await post.clock.advance(-by)
    post.restart()
    late = await post.write(await post.chat("telegram:4"), builders.notice())
    await post.passes(seconds(100))
    assert post.channel.shown == []
    await post.passes(seconds(25))
    assert (await post.now(late)).state is SENT


async def test_a_clock_put_back_while_nobody_ran_holds_a_chat_no_longer_than_was_asked(post: Post) -> None:
    flooded = await post.chat()
    await post.write(flooded, builders.notice())
    post.channel.answers(TryLater(seconds(120)))
    await post.passes(seconds(1))

    await post.clock.advance(timedelta(hours=-5))
    post.restart()
    late = await post.write(flooded, builders.alert())
    await post.passes(seconds(110))
    assert post.channel.shown == []
    await post.passes(seconds(15))
    assert (await post.now(late)).state is SENT


async def test_a_service_that_asked_to_wait_is_left_alone_as_long_after_the_clock_was_put_back(post: Post) -> None:
    first, other = await post.chat("telegram:1"), await post.chat("telegram:2")
    await post.write(first, builders.alert())
    post.channel.answers(TryLater(seconds(30)))
    await post.sender.drain()
    await post.clock.advance(timedelta(hours=-1))
    await post.write(other, builders.alert())

    await post.passes(seconds(29))
    assert post.channel.shown == []
    await post.passes(seconds(3))
    assert [shown.chat for shown in post.channel.shown] == ["telegram:2"]
