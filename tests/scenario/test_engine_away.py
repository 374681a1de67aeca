"""A chat that cannot be reached: what was written and never reached it comes in the one catch-up, and nothing twice."""

from datetime import timedelta

import pytest

from bot.delivery.channel import Refused, Unsure
from digests.model import Alert, ChatState, DeliveryState, Digest, LaneId
from tests.post import Post
from tests.river import BOZDALIEV, EVENTS, LENA, PEOPLE, River

EIGHT_HOURS = timedelta(hours=17, minutes=28, seconds=-3)  # from the river's start to 08:00 in Kyiv


def post_of(river: River) -> Post:
    """Return the lane that carries a river's messages to a fake chat service."""
    post = Post(river.database, river.clock)
    post.channel.lane = LaneId("telegram")
    post.restart()
    return post


async def _goes(post: Post) -> list[str]:
    """Send what may go within three seconds; return all that was shown so far."""
    await post.passes(timedelta(seconds=3))
    return post.channel.texts


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


async def test_what_may_have_arrived_is_not_told_again_by_the_catch_up(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    post = post_of(river)
    river.publishes(EVENTS[0])
    await river.flows()
    post.channel.answers(Unsure("timeout"), Refused("blocked"))
    await _goes(post)
    await river.clock.advance(timedelta(seconds=5))
    assert await _goes(post) == []

    await _returns(river)
    assert await _goes(post) == []
    assert await _states(river) == {DeliveryState.PARKED}


async def _returns(river: River) -> None:
    await river.types(".back")
    await river.clerk.work_off()
    await river.passes(seconds=1)
    assert (await river.chat()).state is ChatState.ACTIVE


async def _states(river: River) -> set[DeliveryState]:
    return {delivery.state for delivery in await river.deliveries()}
