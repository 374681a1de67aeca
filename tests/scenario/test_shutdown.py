"""A real process is asked to end at odd moments: it does so within ten seconds, with status 0, and begins again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.child import Child
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_answers import flood, slow
from tests.shell import BOOK

_OWNER = 77


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One process, the services it speaks to, and one that takes connections and never says a word."""

    child: Child
    telegram: FakeTelegram
    connected: asyncio.Event

    async def asks(self) -> None:
        """Let the owner ask something, and wait until an answer is tried."""
        await self.telegram.types(_OWNER, "/start")
        await self.telegram.until(lambda: self.telegram.calls_of("sendMessage"), timeout=30)


async def _in_a_flood_wait(world: World) -> None:
    world.telegram.answers(_OWNER, flood(43_838))
    await world.asks()


async def _while_an_answer_hangs(world: World) -> None:
    world.telegram.answers(_OWNER, slow(60))
    await world.asks()


async def _in_a_long_poll(world: World) -> None:
    await world.telegram.until(lambda: len(world.telegram.calls_of("getUpdates")) > 1, timeout=30)


async def _while_a_service_says_nothing(world: World) -> None:
    await asyncio.wait_for(world.connected.wait(), 30)


async def _while_it_reads_a_full_folder(world: World) -> None:
    await _in_a_long_poll(world)
    await asyncio.sleep(1)


async def _as_soon_as_it_begins_to_make_its_database(world: World) -> None:
    data = world.child.log.parent / "data"
    while not list(data.glob("haberdar.lock")):
        await asyncio.sleep(0.01)


MOMENTS: dict[str, Callable[[World], Awaitable[None]]] = {
    "in a flood wait": _in_a_flood_wait,
    "while an answer hangs": _while_an_answer_hangs,
    "in a long poll": _in_a_long_poll,
    "while a service says nothing": _while_a_service_says_nothing,
    "while it reads a full folder": _while_it_reads_a_full_folder,
    "at the first steps of its database": _as_soon_as_it_begins_to_make_its_database,
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
async def test_it_ends_in_time_and_begins_again(tmp_path: Path, moment: Callable[[World], Awaitable[None]]) -> None:
    articles = 1_500 if moment is _while_it_reads_a_full_folder else 1
    async with _world(tmp_path, articles) as world:
        await world.child.starts()
        try:
            await moment(world)
            assert await world.child.ends() == 0, world.child.last_words()

            await world.child.starts()
            polls = len(world.telegram.calls_of("getUpdates"))
            await world.telegram.until(lambda: len(world.telegram.calls_of("getUpdates")) > polls, timeout=30)
            assert await world.child.ends() == 0, world.child.last_words()
        finally:
            await world.child.is_over()


class _Mute(asyncio.Protocol):
    """Takes a connection and says nothing."""

    def __init__(self, connected: asyncio.Event) -> None:
        self._connected = connected

    def connection_made(self, _: asyncio.BaseTransport) -> None:
        """Note that somebody waits for a word."""
        self._connected.set()


@asynccontextmanager
async def _world(folder: Path, articles: int) -> AsyncIterator[World]:
    outlet = folder / "seeds/harbour-post"
    outlet.mkdir(parents=True)
    for number in range(articles):
        (outlet / f"{number}.txt").write_text(f"News {number}\n\nArslan Bozdaliev wrote a letter. " * 20, "utf-8")
    connected = asyncio.Event()

    mute = await asyncio.get_running_loop().create_server(lambda: _Mute(connected), "127.0.0.1", 0)
    async with FakeTelegram() as telegram:
        telegram.opens(_OWNER)
        settings = {
            "HABERDAR_DATA_DIR": str(folder / "data"),
            "HABERDAR_SEEDS_DIR": str(folder / "seeds"),
            "HABERDAR_NAMES_FILE": str(BOOK),
            "HABERDAR_TELEGRAM_TOKEN": TOKEN,
            "HABERDAR_TELEGRAM_API": telegram.api,
            "HABERDAR_SLACK_API": f"http://127.0.0.1:{mute.sockets[0].getsockname()[1]}/api/",
            "HABERDAR_SLACK_BOT_TOKEN": FakeSlack.bot_token,
            "HABERDAR_SLACK_APP_TOKEN": FakeSlack.app_token,
            "HABERDAR_OWNERS": f"telegram:{_OWNER}",
            "HABERDAR_WEB_BIND": "off",
        }
        yield World(child=Child(folder, settings, is_forked=True), telegram=telegram, connected=connected)
    mute.close()
