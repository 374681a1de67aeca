"""Who reads what when several processes do, and when one is killed between fetching and keeping."""

import asyncio
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from digests.courtesy import Courtesy
from digests.engine import Engine, feed_source
from digests.errors import SourceError
from digests.intake import World
from digests.model import Reading, Source
from digests.sources.base import READERS, Reader, open_tools
from digests.sources.find import Finder
from digests.store.articles import Articles
from digests.store.db import Database
from digests.store.secrets import Vault
from digests.store.sources import Sources
from tests.builders import KEY
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import Answer, Asked, FeedServer, feed_server, item, rss
from tests.fakes.names import Names

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
CHECKOUT = Path(__file__).resolve().parents[2]
TWO = rss(item("a"), item("b"))


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as started:
        yield started


@asynccontextmanager
async def _poller(url: str, networks: str, clock: FakeClock, *, patience: timedelta = MINUTE) -> AsyncIterator[Engine]:
    """Give one process's engine, which waits so long for slow servers in a round."""
    async with AsyncExitStack() as stack:
        tools = await stack.enter_async_context(open_tools(allow_networks=networks, resolver=Names()))
        database = await Database.open(url, vault=Vault(KEY))
        stack.push_async_callback(database.close)
        world = World(patience=patience)
        engine = Engine(database, {"feed": READERS["feed"](tools)}, now=clock.now, world=world)
        stack.push_async_callback(engine.close)
        yield engine


async def _adds(engine: Engine, *addresses: str) -> None:
    async with engine.database.write() as tx:
        for address in addresses:
            await Sources(tx).add(feed_source(address))


async def _kept(engine: Engine) -> int:
    async with engine.database.read() as tx:
        return len(await Articles(tx).stored(1000))


# Several processes --------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


async def test_each_source_is_read_by_one_of_several_processes_however_they_meet(
    postgres_url: str, server: FeedServer
) -> None:
    clock = FakeClock()
    server.answers_all(lambda asked: Answer(body=rss(item(f"{asked.host}{asked.path}"))))
    async with AsyncExitStack() as stack:
        pollers = [await stack.enter_async_context(_poller(postgres_url, server.networks, clock)) for _ in range(3)]
        await _adds(pollers[0], *(server.url(f"/{n}", f"f{n % 8}.example") for n in range(24)))
        for _ in range(4):
            await asyncio.gather(*(poller.poll() for poller in pollers))
            await clock.advance(SECOND)
        assert Counter(f"{asked.host}{asked.path}" for asked in server.asked).most_common(1)[0][1] == 1
        assert (len(server.asked), await _kept(pollers[0])) == (24, 24)


async def test_what_one_process_still_reads_no_other_asks_for_until_that_one_is_long_dead(
    postgres_url: str, server: FeedServer
) -> None:
    clock = FakeClock()
    server.answers(Answer(hangs=True, raw=b""))
    async with _poller(postgres_url, server.networks, clock) as other:
        async with _poller(postgres_url, server.networks, clock, patience=SECOND) as first:
            await _adds(first, server.url())
            await first.poll()
            await clock.advance(MINUTE)
            await other.poll()
            assert len(server.asked) == 1
        server.answers(Answer(body=TWO))
        await clock.advance(2 * MINUTE)
        assert ((await other.poll()).articles, len(server.asked)) == (2, 2)


# A process that is killed -------------------------------------------------------------------------------------------


@dataclass
class Spoken:
    """A reader that says on standard output when a reading has come in."""

    reader: Reader

    async def read(self, source: Source, *, now: object) -> Reading:
        """Read, and say so."""
        reading = await self.reader.read(source, now=now)  # type: ignore[arg-type]
        _say("read")
        return reading


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def child_main(url: str, networks: str) -> None:
    """Be the process that is killed: read once, say when it was read and when it was kept, and wait."""
    asyncio.run(_live(url, networks))


async def _live(url: str, networks: str) -> None:
    async with open_tools(allow_networks=networks, resolver=Names()) as tools:
        database = await Database.open(url, vault=Vault(KEY))
        engine = Engine(database, {"feed": Spoken(READERS["feed"](tools))}, now=FakeClock().now)
        await engine.poll(("feed",))
        _say("kept")
        await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("moment", "came_before", "asks_anew"),
    [
        pytest.param("read", 0, True, id="between fetching and keeping"),
        pytest.param("kept", 2, False, id="after it was kept"),
    ],
)
async def test_a_process_killed_at_any_moment_loses_no_entry_and_no_validator_lies(
    url: str, server: FeedServer, moment: str, came_before: int, asks_anew: bool
) -> None:
    clock = FakeClock()
    async with _poller(url, server.networks, clock) as engine:
        await _adds(engine, server.url())
    async with _obstacle(url) if moment == "read" else _nothing_in_the_way() as nobody_keeps_any_more:

        def answer(asked: Asked) -> Answer:
            nobody_keeps_any_more()
            return _with_etag(asked)

        server.answers(answer)
        program = f"from {__name__} import child_main; child_main({url!r}, {server.networks!r})"
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout is not None
        try:
            async with asyncio.timeout(60):
                while (await child.stdout.readline()).decode().strip() != moment:
                    assert not child.stdout.at_eof(), "the child ended by itself"
        finally:
            child.kill()
            await child.communicate()
    server.answers(_with_etag)
    async with _poller(url, server.networks, clock) as again:
        assert await _kept(again) == came_before
        await clock.advance(6 * MINUTE)
        await again.poll(("feed",))
        assert await _kept(again) == 2
        assert ("if-none-match" not in server.asked[-1].headers) is asks_anew


@asynccontextmanager
async def _obstacle(url: str) -> AsyncIterator[Callable[[], object]]:
    """Give what keeps all others from writing articles, once it is called at the latest, until the end."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other_writer:
            yield partial(other_writer.execute, "BEGIN IMMEDIATE")
        return
    other = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE articles IN EXCLUSIVE MODE")
            yield lambda: None
    finally:
        await other.close()


@asynccontextmanager
async def _nothing_in_the_way() -> AsyncIterator[Callable[[], object]]:
    yield lambda: None


def _with_etag(asked: Asked) -> Answer:
    headers = {"ETag": '"two"'}
    return (
        Answer(status=304, headers=headers) if "if-none-match" in asked.headers else Answer(body=TWO, headers=headers)
    )


# What people try ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _finder(engine: Engine, server: FeedServer, clock: FakeClock) -> AsyncIterator[Finder]:
    async with open_tools(
        allow_networks=server.networks, channel_host=server.url("", "t.me"), resolver=Names()
    ) as tools:
        turns = Courtesy(engine.database, now=clock.now, sleep=clock.advance)
        readers = {kind: make(tools) for kind, make in READERS.items()}
        yield Finder(tools, readers, now=clock.now, pause=clock.advance, turns=turns)


async def test_what_a_person_tries_keeps_the_turns_of_its_host(sqlite_url: str, server: FeedServer) -> None:
    clock = FakeClock()
    server.now = clock.now
    server.answers(Answer(body=TWO))
    server.answers(Answer(body=TWO), "/polled")
    async with _poller(sqlite_url, server.networks, clock) as engine, _finder(engine, server, clock) as finder:
        await _adds(engine, server.url("/polled", "steppe.example"))
        await engine.poll()
        offer = await finder.find(server.url("/feed", "steppe.example"))
        assert len(offer.entries) == 2
        first, second = server.asked
        assert second.at - first.at >= SECOND


async def test_a_host_that_asked_us_to_wait_is_not_tried_and_what_it_asks_when_tried_holds_for_all(
    sqlite_url: str, server: FeedServer
) -> None:
    clock = FakeClock()
    server.answers(Answer(status=429, headers={"Retry-After": "600"}))
    server.answers(Answer(body=TWO), "/polled")
    server.answers(Answer(status=302, headers={"Location": server.url("/polled", "steppe.example")}), "/there")
    async with _poller(sqlite_url, server.networks, clock) as engine, _finder(engine, server, clock) as finder:
        await _adds(engine, server.url("/polled", "steppe.example"))
        with pytest.raises(SourceError, match="less often"):
            await finder.find(server.url("/feed", "steppe.example"))
        for address in (server.url("/polled", "steppe.example"), server.url("/there", "liman.example")):
            with pytest.raises(SourceError, match="asked us to wait"):
                await finder.find(address)
        await engine.poll()
        assert [asked.path for asked in server.asked] == ["/feed", "/there"]
        await clock.advance(11 * MINUTE)
        assert (await engine.poll()).articles == 2
