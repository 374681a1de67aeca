"""Ticks carry no meaning: whatever comes late, doubled, not at all or by a clock that jumps, all is told, and once."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from digests.model import Alert, DeliveryKind, Digest
from tests.river import BOZDALIEV, EVENTS, LENA, PEOPLE, River, running_river

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

# When the engine is looked after between two publications, in hours of each day; below 0 the clock is put back.
DAYS: dict[str, Sequence[timedelta]] = {
    "every quarter of an hour": [15 * MINUTE] * 96,
    "once a day": [24 * HOUR],
    "doubled": [0 * HOUR, 8 * HOUR, 0 * HOUR, 8 * HOUR, 0 * HOUR, 8 * HOUR],
    "a microsecond before and after the hour": [
        timedelta(hours=17, minutes=28, microseconds=-1),  # 12:32 UTC and so long is 06:00, 08:00 in Kyiv
        timedelta(microseconds=1),
        timedelta(microseconds=1),
        timedelta(hours=6, minutes=32, microseconds=-1),
    ],
    "a clock put back over the slot": [18 * HOUR, -2 * HOUR, 8 * HOUR],
    "a clock put on over the slot and back again": [30 * HOUR, -25 * HOUR, 19 * HOUR],
}


@pytest.mark.parametrize("steps", DAYS.values(), ids=DAYS.keys())
async def test_every_event_is_told_once_and_every_slot_answered_once(
    tmp_path: Path, steps: Sequence[timedelta]
) -> None:
    async with running_river(f"sqlite:///{tmp_path / 'ticks.db'}") as river:
        await river.opens(LENA, *PEOPLE, alerts=False)
        for text in EVENTS[:3]:
            river.publishes(text)
            await river.flows()
            for step in steps:
                await river.clock.advance(step)
                await river.engine.write_due()
        await river.passes(days=2)

        digests = [message for message in await river.told() if isinstance(message, Digest)]
        said = [s.text for digest in digests for item in digest.items for s in item.sentences]
        assert sorted(said) == sorted(EVENTS[:3])
        slots = [digest.slot for digest in digests]
        assert len(set(slots)) == len(slots)
        assert all(earlier.until >= later.since for earlier, later in pairwise(digests)), "nothing lies between them"
        if min(steps) >= 0 * HOUR:
            assert all(earlier.until == later.since for earlier, later in pairwise(digests))


@pytest.mark.parametrize("ahead", [timedelta(days=3), timedelta(days=400)], ids=["days", "more than a year"])
async def test_a_clock_that_was_far_ahead_for_a_look_silences_nobody_when_it_is_put_back(
    either: River, ahead: timedelta
) -> None:
    await either.opens(LENA, *PEOPLE)
    await either.clock.advance(ahead)
    await either.flows()
    await either.clock.advance(-ahead)
    await either.flows()
    either.publishes(EVENTS[0])
    await either.flows()
    assert [type(message) for message in await either.told()][-1] is Alert
    for _ in range(4):
        await either.passes(days=1)
    slots = [message.slot for message in await either.told() if isinstance(message, Digest)]
    assert len(set(slots)) == len(slots)
    # What was told ahead of its time stays told; all else comes when its day has come.
    assert {f"daily-2026-11-{day}@08:00" for day in (24, 25, 26, 27)} <= set(slots)


AHEAD = {"hours": 5 * HOUR, "a day": 24 * HOUR, "days": 72 * HOUR, "more than a year": 400 * 24 * HOUR}


@pytest.mark.parametrize("alerts", [True, False], ids=["alerts", "digests"])
@pytest.mark.parametrize("ahead", AHEAD.values(), ids=AHEAD.keys())
async def test_what_people_did_by_a_clock_that_ran_ahead_hides_nothing_that_comes_when_it_is_put_back(
    river: River, ahead: timedelta, *, alerts: bool
) -> None:
    await river.clock.advance(ahead)
    await river.opens(LENA, *PEOPLE, alerts=alerts)
    await river.passes(days=1)  # a slot is answered by that clock too
    await river.clock.advance(-ahead - 23 * HOUR)
    await river.engine.write_due()
    told = []
    for text in EVENTS[:3]:
        river.publishes(text)
        await river.flows()
        await river.passes(hours=5)
        told.append(text)
    await river.passes(days=2)
    messages = await river.told()
    alerted = [message.item for message in messages if isinstance(message, Alert)]
    items = [item for message in messages if isinstance(message, Digest) for item in message.items]
    said = [s.text for item in (*alerted, *items) if not item.only_recalled for s in item.sentences]
    assert sorted(said) == sorted(told)
    assert len(alerted) == (3 if alerts else 0)


@pytest.mark.parametrize("ahead", [AHEAD["hours"], AHEAD["days"]], ids=["hours", "days"])
async def test_a_pause_and_a_mute_begun_by_a_clock_that_ran_ahead_end_as_they_should(
    either: River, ahead: timedelta
) -> None:
    await either.opens(LENA, *PEOPLE)
    await either.clock.advance(ahead)
    await either.asks(f"mute {PEOPLE[1]} 1h")
    await either.asks("pause")
    await either.engine.write_due()
    await either.clock.advance(-ahead)
    await either.engine.write_due()
    either.publishes(EVENTS[0])
    await either.flows()
    await either.passes(hours=2)
    assert await either.told() == []
    await either.asks("resume")
    (digest,) = await either.told()
    assert isinstance(digest, Digest)
    assert [s.text for item in digest.items for s in item.sentences] == [EVENTS[0]]
    either.publishes(EVENTS[1])
    await either.flows()
    assert isinstance((await either.told())[-1], Alert)


async def test_what_waits_waits_no_longer_when_the_clock_is_put_back(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.clock.advance(HOUR)
    river.publishes(EVENTS[0])
    await river.flows()
    await river.clock.advance(-HOUR + MINUTE)
    await river.engine.write_due()
    (alert,) = [delivery for delivery in await river.deliveries() if delivery.of is DeliveryKind.ALERT]
    assert alert.not_before <= river.clock.now()
    river.publishes("A parcel with winter clothes was passed on to Arslan Bozdaliev in the prison in Rostov.")
    await river.passes(minutes=3)
    await river.flows()
    await river.passes(minutes=3)
    assert len(await river.told()) == 2


_A_TICK_A_SECOND = pytest.param(1, marks=pytest.mark.slow)


@pytest.mark.parametrize("seconds", [_A_TICK_A_SECOND, 60, 599, 601, 3_600], ids=str)
async def test_a_burst_is_told_whole_however_far_apart_the_ticks_are(river: River, seconds: int) -> None:
    await river.opens(LENA, BOZDALIEV)
    river.publishes(EVENTS[0])
    await river.flows()
    river.publishes("A parcel with winter clothes was passed on to Arslan Bozdaliev in the prison in Rostov.")
    await river.reads()
    for _ in range(3_601 // seconds + 1):
        await river.passes(seconds=seconds)
    first, update = await river.told()
    assert isinstance(first, Alert)
    assert isinstance(update, Alert)
    assert "parcel" in update.item.sentences[0].text


async def test_a_pause_of_forty_days_is_told_in_full_for_its_last_fourteen_and_counted_before(river: River) -> None:
    await river.opens(LENA, *PEOPLE)
    await river.asks("pause")
    for text, days in zip(EVENTS[:3], (20, 10, 10), strict=True):
        river.publishes(text)
        await river.flows()
        await river.passes(days=days)
    await river.asks("resume")
    (digest,) = await river.told()
    assert isinstance(digest, Digest)
    assert {item.sentences[0].text for item in digest.items} == {EVENTS[2]}
    assert (digest.earlier, digest.held_why) == (2, "pause")
    assert digest.in_full_since == digest.until - timedelta(days=14)
