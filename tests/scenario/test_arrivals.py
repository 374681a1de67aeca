"""What was read is kept in few transactions, and news waits for nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from digests import arrivals
from digests.arrivals import Arrivals
from digests.model import Reading
from digests.store.db import Database
from digests.store.secrets import Vault
from digests.store.sources import Sources
from tests.builders import KEY, NOW, entry, source

UNCHANGED = Reading(unchanged=True, validators=(("etag", "1"),))
SOURCES = tuple(source(address=f"https://f{n}.example/rss", validators=UNCHANGED.validators) for n in range(150))
LATER = NOW + timedelta(minutes=5)


class Counted(Database):
    """A database that counts its transactions that write."""

    written = 0

    @asynccontextmanager
    async def write(self, *, urgent: bool = False) -> AsyncIterator[AsyncConnection]:
        """Give one transaction, and count it."""
        self.written += 1
        async with super().write(urgent=urgent) as tx:
            yield tx


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = await Counted.open(sqlite_url, vault=Vault(KEY))
    async with opened.write() as tx:
        for each in SOURCES:
            await Sources(tx).add(each)
    yield opened
    await opened.close()


@pytest.fixture
async def keeps(database: Database) -> AsyncIterator[Arrivals]:
    built = Arrivals(database, now=lambda: LATER, poll_floor=timedelta(minutes=2))
    yield built
    await built.close()


async def test_what_holds_nothing_new_shares_a_transaction(database: Database, keeps: Arrivals) -> None:
    assert isinstance(database, Counted)
    keeps.reading, before = len(SOURCES), database.written
    await asyncio.gather(*(keeps.keep(each, UNCHANGED) for each in SOURCES))
    assert database.written - before == 1
    async with database.read() as tx:
        kept = await Sources(tx).all()
    assert {each.last_success_at for each in kept} == {LATER}
    assert all(each.next_poll_at and each.next_poll_at > LATER for each in kept)


@pytest.mark.parametrize(
    ("reading", "under_way"),
    [
        pytest.param(Reading(entries=(entry(),)), 1000, id="news, while others are read"),
        pytest.param(UNCHANGED, 1, id="nothing new, and no other is read"),
    ],
)
async def test_news_waits_for_no_other_and_nobody_waits_for_none(
    keeps: Arrivals, monkeypatch: pytest.MonkeyPatch, reading: Reading, under_way: int
) -> None:
    monkeypatch.setattr(arrivals, "_GATHERING", timedelta(hours=1))
    keeps.reading = under_way
    async with asyncio.timeout(30):
        polled = await keeps.keep(SOURCES[0], reading)
    assert polled.articles == len(reading.entries)
