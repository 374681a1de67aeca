"""Dying, hanging and taking over: whatever happens to the holder of a lane, nothing is lost or doubled unmarked."""

import asyncio
from random import Random

import pytest

from bot.delivery.channel import TryLater, Unsure
from digests.errors import StoreError
from digests.store.leases import Leases
from tests import builders
from tests.post import PARKED, READY, SENDING, SENT, Post, die, die_while_sending, seconds, two_items


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
