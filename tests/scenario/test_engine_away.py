"""A chat that cannot be reached: what was written and never reached it comes in the one catch-up, and nothing twice."""

import asyncio
from datetime import timedelta

import pytest

from bot.delivery.channel import Refused, Sent, Unsure
from digests.model import Alert, ChatState, DeliveryState, Digest
from tests.post import Post, post_of
from tests.river import BOZDALIEV, EVENTS, LENA, PEOPLE, River

EIGHT_HOURS = timedelta(hours=17, minutes=28, seconds=-3)  # from the river's start to 08:00 in Kyiv


async def _goes(post: Post) -> list[str]:
    """Send what may go within three seconds; return all that the chat was shown so far (its owner is told more)."""
    await post.passes(timedelta(seconds=3))
    return [text for text in post.channel.texts if text != "notice.chat_lost"]


async def test_an_alert_that_was_refused_comes_in_the_one_catch_up(either: River) -> None:
    await either.opens(LENA, *PEOPLE)
    post = post_of(either)
    either.publishes(EVENTS[0])
    await either.flows()
    post.channel.answers(Refused("blocked"))
    assert await _goes(post) == []
    either.publishes(EVENTS[1])
    await either.flows()
    assert len(await either.told()) == 1

    await _returns(either)
    catch_up = (await either.told())[-1]
    assert isinstance(catch_up, Digest)
    assert catch_up.held_why == "service"
    assert set(await _goes(post)) == set(EVENTS[:2])
    assert [type(message) for message in await either.told()] == [Alert, Digest]
    assert await _states(either) == {DeliveryState.SENT}


async def test_a_digest_that_was_refused_comes_in_the_catch_up_of_a_chat_without_alerts(either: River) -> None:
    await either.opens(LENA, *PEOPLE, alerts=False)
    post = post_of(either)
    either.publishes(EVENTS[0])
    await either.flows()
    await either.clock.advance(EIGHT_HOURS)
    await either.passes(seconds=5)
    post.channel.answers(Refused("kicked"))
    assert await _goes(post) == []

    await _returns(either)
    assert await _goes(post) == [EVENTS[0]]
    await either.passes(days=1)
    slots = [message.slot.partition("-")[0] for message in await either.told() if isinstance(message, Digest)]
    assert slots == ["daily", "catchup", "daily"]


async def test_whoever_writes_to_us_again_is_told_the_same(river: River) -> None:
    await river.opens(LENA, *PEOPLE)
    post = post_of(river)
    river.publishes(EVENTS[0])
    await river.flows()
    post.channel.answers(Refused("chat_not_found"))
    await _goes(post)

    await river.asks("status")
    answer, said = await _goes(post)
    assert answer.startswith("text")
    assert said == EVENTS[0]


@pytest.mark.parametrize("words", ["quiet off", "quiet 22:00-07:00", "zone Europe/Warsaw"])
async def test_what_is_set_right_after_the_return_takes_nothing_from_the_catch_up(river: River, words: str) -> None:
    await river.opens(LENA, *PEOPLE)
    for event in (".left blocked", ".back"):
        await river.types(event)
        if event == ".left blocked":
            await river.clerk.work_off()
            river.publishes(EVENTS[0])
            await river.flows()
    await river.types(words)
    await river.clerk.work_off()
    await river.passes(seconds=1)
    (digest,) = await river.told()
    assert isinstance(digest, Digest)
    assert [item.sentences[0].text for item in digest.items] == [EVENTS[0]]


async def test_what_may_have_arrived_comes_again_marked_and_not_in_the_catch_up(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    post = post_of(either)
    either.publishes(EVENTS[0])
    await either.flows()
    post.channel.answers(Unsure("timeout"), Refused("blocked"))
    await _goes(post)
    await either.clock.advance(timedelta(seconds=5))
    assert await _goes(post) == []

    await _returns(either)
    assert [text.partition(" ")[0] for text in await _goes(post)] == ["[repeat?]"]
    assert await _states(either) == {DeliveryState.SENT}


async def test_what_was_in_doubt_twice_waits_for_a_person_whoever_returns(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    post = post_of(river)
    river.publishes(EVENTS[0])
    await river.flows()
    post.channel.answers(Unsure("timeout"), Unsure("timeout"))
    await _goes(post)
    await river.clock.advance(timedelta(seconds=5))
    await _goes(post)
    await river.types(".left blocked")
    await river.clerk.work_off()

    await _returns(river)
    assert await _goes(post) == []
    assert await _states(river) == {DeliveryState.PARKED}


@pytest.mark.parametrize("why", ["blocked", "not_member"], ids=["the same reason", "another reason"])
async def test_a_digest_that_was_refused_in_its_middle_is_told_to_its_end(either: River, why: str) -> None:
    await either.opens(LENA, *PEOPLE, alerts=False)
    post = post_of(either)
    for event in EVENTS[:3]:
        either.publishes(event)
    await either.flows()
    await either.clock.advance(EIGHT_HOURS)
    await either.passes(seconds=5)
    post.channel.answers(Sent("1"), Refused(why))
    if why == "blocked":
        first = await _goes(post)
    else:
        # The service's own word comes while the second part is in the air.
        await post.passes(timedelta(milliseconds=500))
        first = post.channel.texts
        post.channel.gate.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(post.passes(timedelta(seconds=1)))
            tasks.create_task(_is_left(either, post))
    assert len(first) == 1

    await _returns(either)
    texts = await _goes(post)
    assert [text.rpartition("] ")[2] for text in texts] == [*first, *(e for e in EVENTS[:3] if e not in first)]
    assert await _states(either) == {DeliveryState.SENT}


async def test_a_correction_that_was_refused_comes_when_the_chat_returns(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    post = post_of(river)
    river.publishes(EVENTS[0], identity="one")
    await river.flows()
    assert await _goes(post) == [EVENTS[0]]
    post.channel.answers(Refused("blocked"))
    await river.clock.advance(timedelta(minutes=5))
    river.publishes("Halyna Vitrolom was moved to another prison in Rostov, her lawyer said.", identity="one")
    await river.flows()
    await _goes(post)
    (amendment,) = await river.amendments()
    assert (await river.chat()).state is ChatState.SUSPENDED

    await _returns(river)
    assert [text.rpartition("] ")[2][:10] for text in await _goes(post)] == ["was Arslan"] * 2
    assert amendment.new is None


async def _is_left(river: River, post: Post) -> None:
    """Let the service say that it shut us out as soon as something is in the air, and only then answer that."""
    while not post.channel.in_flight:
        await asyncio.sleep(0.01)
    await river.types(".left blocked")
    await river.clerk.work_off()
    await river.clock.advance(timedelta(milliseconds=100))
    post.channel.gate.set()


async def _returns(river: River) -> None:
    await river.types(".back")
    await river.clerk.work_off()
    await river.passes(seconds=1)
    assert (await river.chat()).state is ChatState.ACTIVE


async def _states(river: River) -> set[DeliveryState]:
    return {delivery.state for delivery in await river.deliveries()}


@pytest.mark.parametrize("order", ["before", "after"], ids=["back, then the slot", "the slot, then back"])
async def test_a_chat_that_returns_at_the_very_instant_of_a_slot_is_told_once(either: River, order: str) -> None:
    await either.opens(LENA, *PEOPLE, alerts=False)
    await either.types(".left blocked")
    await either.clerk.work_off()
    either.publishes(EVENTS[0])
    await either.flows()
    await either.clock.advance(EIGHT_HOURS - timedelta(seconds=-1, milliseconds=500))
    if order == "before":
        await either.types(".back")
        await either.clerk.work_off()
        await either.engine.write_due()
    else:
        await either.engine.write_due()
        await _returns(either)
    either.publishes(EVENTS[1])
    await either.flows()
    await either.passes(days=1)
    await either.passes(days=1)
    digests = [message for message in await either.told() if isinstance(message, Digest)]
    said = [s.text for digest in digests for item in digest.items for s in item.sentences]
    assert sorted(said) == sorted(EVENTS[:2])
    assert len({digest.slot for digest in digests}) == len(digests)
