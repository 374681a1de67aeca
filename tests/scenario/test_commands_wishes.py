"""What people type to be told of a name at night, not at all, or of its silence."""

from datetime import time, timedelta

import pytest

from bot.request import Reply
from digests.model import Digest, Quiet
from digests.telling.wishes import Wishes
from tests.river import BOZDALIEV, EVENTS, LENA, River

SPELT = "Арслан Боздалієв"


async def test_an_urgent_name_is_found_in_any_spelling_and_undone_by_a_button(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    answer = await river.asks(f"urgent {SPELT} on")
    assert (_keys(answer), await _wanted(river, "urgent")) == (["urgent.on"], True)
    assert _keys(await river.asks("urgent")) == ["urgent.name", "tap.off", "urgent.ask"]
    await _press(river, answer)
    assert await _wanted(river, "urgent") is False
    assert _keys(await river.asks("urgent")) == ["urgent.none", "urgent.ask"]


async def test_a_muted_name_is_told_again_when_the_mute_has_ended(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.asks("when off")
    assert _keys(await river.asks(f"mute {BOZDALIEV} 2d")) == ["mute.name"]
    assert _keys(await river.asks("mute")) == ["mute.name", "tap.off", "mute.ask"]
    river.publishes(EVENTS[0])
    await river.flows()
    shown = await river.asks("digest")
    assert isinstance(shown, Digest)
    assert (shown.items, shown.only_muted) == ((), True)
    await river.passes(days=2)
    assert await river.told() == []
    assert _keys(await river.asks("mute")) == ["mute.none", "mute.ask"]
    river.publishes("Arslan Bozdaliev was released on Wednesday, the court in Rostov said.")
    await river.flows()
    assert len(await river.told()) == 1


async def test_a_mute_is_taken_back(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.asks(f"mute {BOZDALIEV}")
    assert await _wanted(river, "muted_until") == river.clock.now() + timedelta(days=7)
    assert _keys(await river.asks("unmute")) == ["mute.name", "tap.off", "mute.ask"]
    await _press(river, await river.asks(f"unmute {BOZDALIEV}"))
    await river.asks(f"unmute {BOZDALIEV}")
    assert await _wanted(river, "muted_until") is None


async def test_a_silence_is_set_shown_and_ended(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    assert _keys(await river.asks("silence")) == ["silence.none", "silence.ask"]
    await river.asks(f"silence {SPELT} 14 днів")
    assert await _wanted(river, "silence") == timedelta(days=14)
    answer = await river.asks("silence")
    assert isinstance(answer, Reply)
    assert dict(answer.lines[0].fields) == {"name": BOZDALIEV, "n": "14"}
    await river.asks(f"silence {BOZDALIEV} off")
    assert await _wanted(river, "silence") is None


@pytest.mark.parametrize(
    ("typed", "field", "days"),
    [
        (f"silence {BOZDALIEV} 30", "silence", 30),
        (f"silence {SPELT} 7", "silence", 7),
        (f"mute {BOZDALIEV} 3", "muted_until", 3),
    ],
)
async def test_a_number_without_its_unit_counts_days(river: River, typed: str, field: str, days: int) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.asks(typed)
    span = timedelta(days=days)
    assert await _wanted(river, field) == (span if field == "silence" else river.clock.now() + span)


async def test_a_number_that_belongs_to_a_name_is_no_span(river: River) -> None:
    await river.opens(LENA, "Radio Bozdali 24")
    answer = await river.asks("silence Radio Bozdali 24")
    assert isinstance(answer, Reply)
    assert dict(answer.lines[0].fields) == {"name": "Radio Bozdali 24", "n": "30"}


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        pytest.param(f"mute {BOZDALIEV} 0d", "0d", id="a mute of no time"),
        pytest.param(f"mute {BOZDALIEV} 400 days", "400 days", id="a mute of more than a year"),
        pytest.param("mute 7d", "7d", id="a mute of nobody"),
        pytest.param("silence 30", "30", id="a silence of nobody"),
        pytest.param(f"silence {BOZDALIEV} 500", "500", id="a silence of more than a year"),
        pytest.param(f"silence {BOZDALIEV} 0d", "0d", id="a silence of no time"),
        pytest.param(f"silence {BOZDALIEV} 1h", "1h", id="a silence of less than a day"),
    ],
)
async def test_a_span_that_cannot_be_meant_is_said_back_and_changes_nothing(
    river: River, typed: str, asked: str
) -> None:
    await river.opens(LENA, BOZDALIEV)
    answer = await river.asks(typed)
    assert isinstance(answer, Reply)
    assert dict(answer.lines[0].fields)["asked"] == asked
    assert (await _wanted(river, "muted_until"), await _wanted(river, "silence")) == (None, None)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("urgent Nobody Known", "unwatch.unknown"),
        ("mute Nobody Known 7d", "unwatch.unknown"),
        ("mute 7d", "mute.unknown"),
        (f"mute {BOZDALIEV} 400 days", "mute.unknown"),
        (f"silence {BOZDALIEV} 2h", "silence.unknown"),
        ("silence 30d", "silence.unknown"),
        ("quiet 25:00-07:00", "quiet.unknown"),
        ("retract", "owner.only"),
    ],
)
async def test_what_cannot_be_read_changes_nothing_and_says_how(river: River, typed: str, key: str) -> None:
    await river.opens(LENA, BOZDALIEV)
    assert _keys(await river.asks(typed)) == [key]


async def test_what_an_owner_cannot_withdraw_is_said(river: River) -> None:
    await river.opens("telegram:1", BOZDALIEV)
    assert _keys(await river.asks("retract", chat="telegram:1")) == ["retract.ask"]
    unknown = await river.asks("retract 0123456789abcdef", chat="telegram:1")
    assert isinstance(unknown, Reply)
    assert (unknown.lines[0].key, dict(unknown.lines[0].fields)["asked"]) == ("retract.unknown", "0123456789abcdef")


async def test_night_hours_are_shown_set_and_undone(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    assert _keys(await river.asks("quiet")) == ["text", "quiet.ask"]
    answer = await river.asks("quiet 23-8")
    assert (await river.chat()).quiet == Quiet(time(23), time(8))
    await _press(river, answer)
    assert (await river.chat()).quiet is None


async def test_night_hours_that_are_ended_at_night_tell_what_they_held(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.asks("when off")
    await river.asks("quiet 10:00-20:00")  # it is 14:32 in Kyiv
    river.publishes(EVENTS[0])
    await river.flows()
    assert await river.told() == []
    await river.asks("quiet off")
    await river.passes(seconds=1)
    assert len(await river.told()) == 1


async def _press(river: River, answer: object) -> None:
    """Press the first button of an answer."""
    assert isinstance(answer, Reply)
    button = answer.buttons[0][0]
    await river.asks(f"{button.command} {button.rest}")


def _keys(answer: object) -> list[str]:
    assert isinstance(answer, Reply)
    return [line.key for line in answer.lines]


async def _wanted(river: River, field: str) -> object:
    chat = await river.chat()
    async with river.database.read() as tx:
        _, wish = await Wishes(tx, chat.id, river.clock.now()).of(BOZDALIEV)
    return getattr(wish, field)
