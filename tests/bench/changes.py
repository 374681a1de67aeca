"""How soon a name that comes or goes takes effect among many: stored, told to the worker, an article placed.

    python -m tests.bench changes [--watches 100000] [--imported 10000]

The names are invented; the real store and matching worker run, on the wall's clock. `added_ms` and `removed_ms` are
the worst of some tries, from the wish to the article that is placed with it; `imported_s` is a whole list's, until the
worker looks for it.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter

from digests.engine import Engine, folder_source
from digests.look import a_name
from digests.model import Chat, ChatId, ListId, WatchedName, pattern_of
from digests.sources.base import READERS, open_tools
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.secrets import load_vault
from digests.store.stories import Stories
from tests.bench.invented import names

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_TRIES = 5
_AT_ONCE = 5_000  # names stored in one transaction


def main(argv: Sequence[str]) -> int:
    """Measure; the last line of standard output is the figures."""
    parser = argparse.ArgumentParser(prog="tests.bench changes")
    parser.add_argument("--watches", type=int, default=100_000)
    parser.add_argument("--imported", type=int, default=10_000)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="haberdar-changes-") as folder:
        figures = asyncio.run(_run(Path(folder), args.watches, args.imported))
    print(json.dumps(figures))  # noqa: T201
    return 0


async def _run(folder: Path, watches: int, imported: int) -> dict[str, float]:
    database = await Database.open(f"sqlite:///{folder / 'haberdar.db'}", vault=load_vault(folder, None))
    labels = names(watches + imported, Random(1))
    async with open_tools(allow_networks="", proxy=None) as tools:
        engine = Engine(database, {kind: make(tools) for kind, make in READERS.items()}, now=lambda: _NOW)
        await engine.put_source(folder_source(folder / "seeds"))
        own = await _open_list(engine)
        bench = _Changes(engine, own, folder / "seeds" / "outlet")
        stored = await bench.store(labels[:watches])
        sys.stderr.write(f"{watches} names stored in {stored:.1f} s\n")
        began = perf_counter()
        await engine.warm()
        figures = {"names": watches, "started_s": round(perf_counter() - began, 2)}
        sys.stderr.write(f"the worker started in {figures['started_s']} s\n")
        added, removed = zip(*[await bench.come_and_go(nth) for nth in range(_TRIES)], strict=True)
        figures |= {"added_ms": round(max(added) * 1000, 1), "removed_ms": round(max(removed) * 1000, 1)}
        began = perf_counter()
        await bench.store(labels[watches:])
        await engine.warm()
        figures |= {"imported": imported, "imported_s": round(perf_counter() - began, 2)}
        await engine.close()
    await database.close()
    return figures


async def _open_list(engine: Engine) -> ListId:
    async with engine.database.write() as tx:
        key = "telegram:1"
        chats = Chats(tx, engine.database.vault)
        await chats.open(Chat(id=ChatId(chats.id_of(key)), key=key, state_since=_NOW), _NOW)
        return (await Lists(tx).own_list(chats.id_of(key))).id


class _Changes:
    def __init__(self, engine: Engine, own: ListId, outlet: Path) -> None:
        self._engine, self._own, self._outlet = engine, own, outlet
        self._outlet.mkdir(parents=True)

    async def store(self, labels: Sequence[str]) -> float:
        """Keep names in the list; return the seconds it took."""
        began = perf_counter()
        for at in range(0, len(labels), _AT_ONCE):
            wished = [a_name(label, list_id=self._own) for label in labels[at : at + _AT_ONCE]]
            async with self._engine.database.write() as tx:
                await Lists(tx).add_names(wished, now=_NOW)
        return perf_counter() - began

    async def come_and_go(self, nth: int) -> tuple[float, float]:
        """Return the seconds until an article is placed with a new name, and then one without it."""
        label = f"Arslan Tuzlagor{'aeiou'[nth]}vski"
        wished = a_name(label, list_id=self._own)
        await self._publish(f"{nth}-watched", f"{label} spoke in court number {nth} on Monday.")
        began = perf_counter()
        async with self._engine.database.write() as tx:
            await Lists(tx).add_name(wished, now=_NOW)
        await self._engine.place()
        added = perf_counter() - began
        assert await self._mentions(wished) == 1, "the name that came is not found"
        await self._publish(f"{nth}-gone", f"The neighbours of {label} wrote {nth} letters last week.")
        began = perf_counter()
        async with self._engine.database.write() as tx:
            await Lists(tx).remove_name(wished.id, _NOW)
        await self._engine.place()
        removed = perf_counter() - began
        assert await self._mentions(wished) == 1, "the name that went is still found"
        return added, removed

    async def _publish(self, name: str, text: str) -> None:
        (self._outlet / f"{name}.txt").write_text(f"{text}\n\n{text}\n", "utf-8")
        polled = await self._engine.poll(("folder",))
        assert polled.articles == 1, "the article was not read"

    async def _mentions(self, name: WatchedName) -> int:
        async with self._engine.database.read() as tx:
            found = await Stories(tx).mentions_of(pattern_of(name).id, 10)
        return len({article.id for _, article in found})
