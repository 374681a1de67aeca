"""Many chats answered at once hear exactly what each would hear alone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from digests.telling import fanout, rounds
from digests.telling.fanout import Answer
from tests.postgres import Server
from tests.river import BOZDALIEV, EVENTS, LENA, NAZAR, PEOPLE, River, running_river

DENIED = "Arslan Bozdaliev was not moved to another prison in Rostov, the ministry said on Monday."

# Chats of every kind, each with what it types after it was opened.
CHATS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    LENA: (PEOPLE, ()),
    NAZAR: (PEOPLE, ("zone Europe/Istanbul", "language tr")),
    "telegram:201": (PEOPLE[:2], ("alerts off",)),
    "telegram:202": (PEOPLE[:2], ("alerts off",)),
    "telegram:203": ((BOZDALIEV,), ("alerts off", "when recap mon,tue 08:00")),
    "telegram:204": (PEOPLE, ("alerts off", "when every 4h")),
    "telegram:205": (PEOPLE, ("alerts off", f"mute {BOZDALIEV} 7d")),
    "telegram:206": (PEOPLE, ("pause",)),
    "telegram:207": (PEOPLE, ("quiet 07:00-12:00",)),
    "telegram:208": (("Ivan Zatula",), ("alerts off",)),
    "telegram:209": ((), ()),
    "telegram:210": (tuple(reversed(PEOPLE)), ("alerts off",)),
}


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def urls(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """The addresses of two empty databases of one kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'one.db'}", f"sqlite:///{tmp_path / 'two.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    made = (await server.make(), await server.make())
    yield made
    for url in made:
        await server.drop(url)


async def test_chats_answered_together_hear_what_each_hears_alone(
    urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    answer = fanout.answer_together

    async def noted(*given: Any) -> Answer:
        came = await answer(*given)
        written.append(came.written)
        return came

    monkeypatch.setattr(rounds, "answer_together", noted)
    together = await _days(urls[0])
    assert sum(written) > len(CHATS)
    monkeypatch.setattr(rounds.Rounds, "_answer_together", _never)
    alone = await _days(urls[1])
    assert together.keys() == alone.keys() == CHATS.keys()
    for key, heard in alone.items():
        assert together[key] == heard, key
    assert sum(map(len, alone.values())) > 2 * len(CHATS)


async def test_a_batch_that_fails_is_answered_chat_by_chat(river: River, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in (LENA, NAZAR):
        await river.opens(key, BOZDALIEV)

    async def fails(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(rounds, "answer_together", fails)
    await river.passes(days=1)
    assert [len(await river.told(key)) for key in (LENA, NAZAR)] == [1, 1]


async def test_a_batch_is_kept_whole_or_not_at_all(river: River, monkeypatch: pytest.MonkeyPatch) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.opens(NAZAR, BOZDALIEV)
    written = await river.ledger()

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("digests.store.outbox.Outbox.add_all", dies)
    monkeypatch.setattr("digests.telling.slots.is_wanted", lambda *_: False)
    await river.passes(days=1)
    assert await river.ledger() == written


async def _days(url: str) -> dict[str, list[str]]:
    """Let three days pass over all chats; return what was written for each."""
    async with running_river(url) as river:
        for key, (names, settings) in CHATS.items():
            await river.opens(key, *names)
            for text in settings:
                await river.asks(text, chat=key)
        for text in EVENTS[:4]:
            river.publishes(text)
        await river.flows()
        await river.passes(hours=6)
        river.publishes(DENIED)
        river.publishes(EVENTS[4])
        await river.flows()
        await river.passes(minutes=15)
        for _ in range(6):
            await river.passes(hours=4)
        await river.asks("resume", chat="telegram:206")
        river.publishes(EVENTS[5])
        await river.reads()
        await river.clock.advance(timedelta(days=2, hours=7))  # an outage
        await river.engine.write_due()
        chats = {key: await river.chat(key) for key in CHATS}
        ledger = await river.ledger()
        return {key: sorted(d.content for d in ledger if d.chat == chat.id) for key, chat in chats.items()}


async def _never(*_: object) -> None:
    """Let no batch be answered together."""
