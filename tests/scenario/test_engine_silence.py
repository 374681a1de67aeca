"""The alarm of a silence: told once, and again only after a new mention."""

from datetime import datetime, timedelta

import pytest

from digests.model import NameId, Notice
from digests.store.silences import Silence
from digests.telling.silences import look_at
from tests import builders as b
from tests.river import BOZDALIEV, EVENTS, LENA, River

DAY = timedelta(days=1)
WEEK = 7 * DAY


@pytest.mark.parametrize(
    ("last", "told", "is_told", "next_days"),
    [
        (None, None, False, 1),
        (timedelta(days=6), None, False, 1),
        (WEEK, None, True, 1),
        (timedelta(days=90), None, True, 1),
        (timedelta(days=8), timedelta(days=1), False, 1),
        (timedelta(days=8), timedelta(days=9), True, 1),
        (-DAY, None, False, 7),
    ],
    ids=[
        "never mentioned, asked six days ago",
        "six days ago",
        "a week ago",
        "long ago",
        "told since",
        "mentioned since it was told",
        "dated tomorrow",
    ],
)
def test_a_silence_is_told_when_it_lasts_and_was_not_told(
    last: timedelta | None, told: timedelta | None, is_told: bool, next_days: int
) -> None:
    silence = Silence(
        chat=b.chat().id,
        name=NameId("n"),
        asked_at=b.NOW - timedelta(days=6),
        told_at=None if told is None else b.NOW - told,
    )
    look = look_at(WEEK, silence, None if last is None else b.NOW - last, b.NOW)
    assert (look.is_told, look.next_at) == (is_told, b.NOW + next_days * DAY)


async def test_a_silence_is_told_once_and_again_after_a_new_mention(either: River) -> None:
    await either.opens(LENA, BOZDALIEV, alerts=False)
    await either.asks("when off")
    await either.asks(f"silence {BOZDALIEV} 7d")
    either.publishes(EVENTS[0])
    await either.flows()
    begun = either.clock.now()
    for day in range(1, 21):
        await either.until(begun + day * DAY)
        assert len(await _notices(either)) == (day >= 7), f"day {day}"
    either.publishes(EVENTS[0].replace("prison in Rostov", "colony in Tver"))
    await either.flows()
    for _ in range(8):
        await either.passes(days=1)
    first, second = await _notices(either)
    assert first.key == second.key == "silence.alarm"
    assert dict(first.fields)["name"] == BOZDALIEV
    assert _last(first) < _last(second)


async def test_a_name_that_was_never_mentioned_is_told_from_when_the_chat_asked(river: River) -> None:
    await river.opens(LENA, BOZDALIEV, alerts=False)
    await river.asks(f"silence {BOZDALIEV} 2d")
    await river.passes(days=1)
    assert await _notices(river) == []
    await river.passes(days=1)
    (notice,) = await _notices(river)
    assert (notice.key, dict(notice.fields)["sources"]) == ("silence.alarm_never", "1")


@pytest.mark.parametrize("command", ["pause", f"silence {BOZDALIEV} off", f"unwatch {BOZDALIEV}"])
async def test_no_silence_is_told_to_a_chat_that_does_not_want_it(river: River, command: str) -> None:
    await river.opens(LENA, BOZDALIEV, alerts=False)
    await river.asks(f"silence {BOZDALIEV} 2d")
    await river.asks(command)
    await river.passes(days=3)
    assert await _notices(river) == []


async def test_a_silence_is_told_by_day(river: River) -> None:
    await river.opens(LENA, BOZDALIEV, alerts=False)
    await river.asks(f"silence {BOZDALIEV} 1d")
    await river.asks("quiet 10:00-18:00")  # it is 14:32 in Kyiv
    await river.passes(days=1)
    assert await _notices(river) == []
    await river.passes(hours=4)
    assert len(await _notices(river)) == 1


async def _notices(river: River) -> list[Notice]:
    return [message for message in await river.written() if isinstance(message, Notice)]


def _last(notice: Notice) -> datetime:
    return datetime.fromisoformat(dict(notice.fields)["last_at"])
