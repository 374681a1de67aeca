"""Whatever a person does between two publications, in any zone: each event is told once, and no slot twice."""

from datetime import timedelta
from random import Random

import pytest

from digests.model import Alert, Digest, Item
from tests.river import EVENTS, LENA, PEOPLE, River

ZONES = (
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Europe/Warsaw",
    "Africa/Cairo",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Tashkent",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
WHEN = ("daily 08:00", "daily 03:30", "weekdays 8, 18", "every 4h", "mon 09:30", "recap mon 9", "recap off")
QUIET = ("off", "22:00-07:00", "13:00-15:00", "00:00-23:59")
MINUTES = (0, 1, 7, 30, 61, 180, 480, 1_000, 1_441)

# In the 31st the catch-up of a chat that had just come back was lost to a change of its quiet hours.
_FEW = (0, 1, 2, 31)
_MANY = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(60) if seed not in _FEW]


@pytest.mark.parametrize("seed", [*_FEW, *_MANY])
async def test_each_event_is_told_once_whatever_is_set_between(river: River, seed: int) -> None:
    chance = Random(seed)
    await river.clock.advance(timedelta(minutes=chance.randrange(200 * 24 * 60)))
    await river.opens(LENA, *PEOPLE)
    published: list[str] = []
    for _ in range(chance.randrange(8, 25)):
        if chance.random() < 0.3 and len(published) < len(EVENTS):
            published.append(EVENTS[len(published)])
            river.publishes(published[-1])
            await river.flows()
        else:
            await _does_something(river, chance)

    await _has_its_way(river)
    for _ in range(4 * 24):
        await river.passes(hours=1)
    told = await _told(river)
    quoted = [s.text for item in _items(told) for s in item.sentences]
    assert sorted(quoted) == sorted(published)
    slots = [message.slot for message in told]
    assert len(set(slots)) == len(slots)


async def _does_something(river: River, chance: Random) -> None:
    """Let time pass, or do one of the things a person or a service may do to a chat."""
    words = chance.choice(
        [
            "",
            "",
            "",
            f"zone {chance.choice(ZONES)}",
            f"when {chance.choice(WHEN)}",
            f"quiet {chance.choice(QUIET)}",
            f"urgent {chance.choice(PEOPLE)} on",
            "pause",
            "resume",
            ".left blocked",
            ".back",
        ]
    )
    if not words:
        await river.passes(minutes=chance.choice(MINUTES))
    else:
        await _types(river, words)


async def _types(river: River, words: str) -> None:
    """Type at once after what was before, but never in the same microsecond."""
    await river.clock.advance(timedelta(milliseconds=1))
    await river.types(words)
    await river.clerk.work_off()


async def _has_its_way(river: River) -> None:
    """Let the chat hear again: it is there, not paused, awake and wants a digest a day."""
    for words in (".back", "resume", "quiet off", "zone Europe/Kyiv", "when daily 08:00"):
        await _types(river, words)


async def _told(river: River) -> list[Alert | Digest]:
    """Return what was told, without recaps, which repeat on purpose, and what a catch-up took the place of."""
    pairs = zip(await river.deliveries(), await river.told(), strict=True)
    return [m for d, m in pairs if d.last != "caught_up" and not m.slot.startswith("recap")]


def _items(messages: list[Alert | Digest]) -> list[Item]:
    return [i for m in messages for i in ([m.item] if isinstance(m, Alert) else m.items) if not i.only_recalled]
