"""Every way a server can misbehave, all at once, beside servers that are well: nothing inside is reached, no wait is
broken, nothing is lost or doubled, and the well ones are read on time."""

import resource
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.words import words
from digests.engine import Engine, feed_source
from digests.intake import World
from digests.sources.base import READERS, open_tools
from digests.sources.page import PageReader
from digests.store.db import Database
from digests.store.secrets import Vault
from digests.store.sources import Sources
from digests.store.tables import articles
from tests.builders import KEY
from tests.fakes.behaviour import Behaviour
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import Answer, Asked, FeedServer, feed_server, item, rss
from tests.fakes.hostile import KNOWN_NAMES, Canary, behaviours, canary
from tests.fakes.names import Names

MINUTE = timedelta(minutes=1)
_WELL = 8
# What the machinery itself takes at its first use (connections, the database's pages) is counted with it.
_MOST_MB = 100


@dataclass
class Town:
    """A Haberdar before hostile and honest servers, on a clock moved by hand."""

    engine: Engine
    clock: FakeClock
    server: FeedServer
    bird: Canary
    published: dict[str, datetime] = field(default_factory=dict)

    async def adds(self, *names: str) -> None:
        """Read the feeds of these servers from now on."""
        async with self.engine.database.write() as tx:
            for name in names:
                url = self.server.url(f"/{name}", f"{name}.example")
                await Sources(tx).add(feed_source(url, title=name))

    async def drops(self, names: Iterable[str]) -> None:
        """Read the feeds of these servers no more."""
        async with self.engine.database.write() as tx:
            for name in names:
                await Sources(tx).remove(feed_source(self.server.url(f"/{name}", f"{name}.example")).id)

    def publishes(self) -> None:
        """Let every honest server publish one article more, of those it shows the last five."""
        for n in range(_WELL):
            mine = [guid for guid in self.published if guid.startswith(f"{n}-")]
            self.published[f"{n}-{len(mine)}"] = self.clock.now()
            shown = [*mine, f"{n}-{len(mine)}"][-5:]
            # Short texts are looked for on their own pages: these are long enough to stand alone.
            body = rss(*(item(guid, text=f"{guid} tells. " * 60) for guid in reversed(shown)))
            self.server.answers(_conditional(body), f"/well-{n}")

    async def passes(self, span: timedelta, *, step: timedelta) -> None:
        """Let time pass in steps, reading what is due after each until nothing is."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            await self.clock.advance(step)
            await self.engine.poll()

    async def kept(self) -> dict[str, list[tuple[str, datetime]]]:
        """Return for each server the guids kept of it, with the time, in the order of keeping."""
        async with self.engine.database.read() as tx:
            names = {source.id: source.title for source in await Sources(tx).all()}
            columns = (articles.c.source, articles.c.identity, articles.c.fetched_at)
            rows = await tx.execute(select(*columns).order_by(articles.c.row))
            found: dict[str, list[tuple[str, datetime]]] = {}
            for row in rows:
                found.setdefault(names[row.source], []).append((row.identity, row.fetched_at))
            return found


@asynccontextmanager
async def _town(url: str) -> AsyncIterator[Town]:
    clock = FakeClock()
    async with feed_server() as server, canary(server.port) as bird:
        server.now = clock.now
        opened = {"allow_networks": server.networks, "resolver": Names(KNOWN_NAMES), "patience": 6}
        async with open_tools(**opened) as tools:  # type: ignore[arg-type]
            database = await Database.open(url, vault=Vault(KEY))
            readers = {kind: make(tools) for kind, make in READERS.items()}
            world = World(pages=PageReader(tools.fetcher, tools.parser), patience=MINUTE)
            engine = Engine(database, readers, now=clock.now, world=world)
            try:
                # Somebody is alerted at once, so every source keeps the pace of alerts.
                async with engine.desk("telegram:101", changes=True) as desk:
                    await desk.open_chat(None, language="en", is_group=False, is_owner=True)
                yield Town(engine, clock, server, bird)
            finally:
                await engine.close()
                await database.close()


@pytest.fixture(params=["sqlite_url", pytest.param("postgres_url", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


async def test_no_server_can_hurt_us_or_its_neighbours(url: str) -> None:
    async with _town(url) as town:
        hostile = behaviours(town.server, town.bird)
        assert len(hostile) >= 60
        for name, behaviour in hostile.items():
            town.server.answers(behaviour.answer, f"/{name}")
        town.publishes()
        before = _peak_mb()
        await town.adds(*hostile, *(f"well-{n}" for n in range(_WELL)))
        await town.passes(2 * MINUTE, step=2 * MINUTE)
        # Each of these takes as long as we have patience: once is enough, and the patience can be generous.
        await town.drops(name for name, behaviour in hostile.items() if _is_slow(behaviour))
        for _ in range(2):
            await town.passes(12 * MINUTE, step=2 * MINUTE)
            town.publishes()
        await town.passes(8 * MINUTE, step=2 * MINUTE)
        kept = await town.kept()
        async with town.engine.database.read() as tx:
            faults = {source.last_error for source in await Sources(tx).all() if source.last_error}

        assert town.bird.hits == 0
        assert _peak_mb() - before < _MOST_MB
        assert _broken_waits(town, hostile) == []
        assert _wrong(hostile, kept) == {}
        _all_on_time(town, kept)
        assert {fault for fault in faults if words("uk").fault(fault) == fault} == set()


def _is_slow(behaviour: Behaviour) -> bool:
    return isinstance(behaviour.answer, Answer) and bool(behaviour.answer.drip or behaviour.answer.hangs)


def _broken_waits(town: Town, hostile: dict[str, Behaviour]) -> list[str]:
    """Return the servers that were asked again before the time they had asked for."""
    times: dict[str, list[datetime]] = {}
    for asked in town.server.asked:
        times.setdefault(asked.host.removesuffix(".example"), []).append(asked.at)
    return [
        name
        for name, behaviour in hostile.items()
        for at in times.get(name, [])
        if any(at < again < at + behaviour.waits for again in times[name])
    ]


def _wrong(hostile: dict[str, Behaviour], kept: dict[str, list[tuple[str, datetime]]]) -> dict[str, list[str]]:
    """Return the servers of which something else was kept than they gave, or something twice."""
    found = {name: [guid for guid, _ in kept.get(name, [])] for name in hostile}
    return {
        name: guids
        for name, guids in found.items()
        if len(set(guids)) < len(guids) or frozenset(guids) != (hostile[name].gives or frozenset(guids))
    }


def _all_on_time(town: Town, kept: dict[str, list[tuple[str, datetime]]]) -> None:
    """Check that of honest servers everything was kept, once, within five minutes and a step of its publication."""
    for n in range(_WELL):
        guids = [guid for guid, _ in kept[f"well-{n}"]]
        assert guids == [guid for guid in town.published if guid.startswith(f"{n}-")]
        assert max(at - town.published[guid] for guid, at in kept[f"well-{n}"]) <= 7 * MINUTE


def _conditional(body: bytes) -> "_Honest":
    return _Honest(body)


@dataclass
class _Honest:
    """Answers with a body, and "not modified" to who has it."""

    body: bytes

    def __call__(self, asked: Asked) -> Answer:
        etag = f'"{len(self.body)}-{hash(self.body)}"'
        if asked.headers.get("if-none-match") == etag:
            return Answer(status=304, headers={"ETag": etag, "Content-Length": "0"})
        return Answer(body=self.body, headers={"ETag": etag})


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
