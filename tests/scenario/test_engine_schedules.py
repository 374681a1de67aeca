"""A schedule that is ended and comes again: what came between is told once, unless it was ended long ago."""

from datetime import timedelta

import pytest

from bot.request import Reply
from digests.model import Digest
from tests.river import EVENTS, LENA, PEOPLE, River

DAY = timedelta(days=1)
MORNING = timedelta(hours=17, minutes=28)  # from the river's start to 08:00 in Kyiv


async def _is_ended(river: River) -> str:
    """Tell a first digest, publish, end the schedule and publish again; return what its Undo asks."""
    await river.opens(LENA, *PEOPLE, alerts=False)
    river.publishes(EVENTS[0])
    await river.flows()
    await river.passes(seconds=MORNING.total_seconds())
    river.publishes(EVENTS[1])
    await river.flows()
    reply = await river.asks("when off")
    assert isinstance(reply, Reply)
    river.publishes(EVENTS[2])
    await river.flows()
    ((undo,),) = reply.buttons
    return f"{undo.command} {undo.rest}"


async def _digests(river: River) -> list[list[str]]:
    digests = [message for message in await river.told() if isinstance(message, Digest)]
    return [sorted(item.sentences[0].text for item in digest.items) for digest in digests]


@pytest.mark.parametrize("days", [0, 3, 20])
async def test_undo_of_an_ended_schedule_loses_nothing_and_tells_nothing_twice(either: River, days: int) -> None:
    undo = await _is_ended(either)
    await either.passes(seconds=(days * DAY).total_seconds())
    assert len(await _digests(either)) == 1

    await either.asks(undo)
    await either.passes(seconds=DAY.total_seconds())
    await either.passes(seconds=DAY.total_seconds())
    assert await _digests(either) == [[EVENTS[0]], sorted(EVENTS[1:3]), []]


@pytest.mark.parametrize("undone", ["when daily 08:00 |", "when daily 08:00"])
async def test_undo_pressed_twice_is_undo(river: River, undone: str) -> None:
    undo = await _is_ended(river)
    await river.asks(undo)
    await river.asks(undone)
    await river.passes(seconds=DAY.total_seconds())
    assert await _digests(river) == [[EVENTS[0]], sorted(EVENTS[1:3])]


@pytest.mark.parametrize(("days", "told"), [(0, EVENTS[1:3]), (6, EVENTS[1:3]), (8, ())], ids=str)
async def test_a_schedule_typed_anew_goes_on_where_it_ended_unless_that_is_long_ago(
    river: River, days: int, told: tuple[str, ...]
) -> None:
    await _is_ended(river)
    await river.passes(seconds=(days * DAY).total_seconds())
    await river.asks("when daily 9")
    await river.passes(seconds=2 * DAY.total_seconds())
    assert (await _digests(river))[1:] == [sorted(told)]


async def test_the_undo_of_a_first_recap_ends_it_and_the_next_undo_brings_its_span_back(river: River) -> None:
    await river.opens(LENA, *PEOPLE, alerts=False)
    reply = await river.asks("when recap mon 9")
    assert isinstance(reply, Reply)
    river.publishes(EVENTS[0])
    await river.flows()
    ended = await river.asks(f"when {reply.buttons[0][0].rest}")
    assert isinstance(ended, Reply)
    await river.asks(f"when {ended.buttons[0][0].rest}")
    await river.passes(days=7)
    recaps = [m for m in await river.told() if isinstance(m, Digest) and m.slot.startswith("recap")]
    assert [[item.sentences[0].text for item in recap.items] for recap in recaps] == [[EVENTS[0]]]
