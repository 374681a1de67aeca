"""From the folder to the stories: how many articles a second one core polls, keeps, matches and places.

    python -m tests.bench throughput [--articles 2000] [--names 500]

The articles are invented, in six languages; the real reader, store and matching worker run on one core together.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter

from digests.engine import Engine, folder_source
from digests.model import Chat, ChatId
from digests.sources.base import READERS, open_tools
from digests.store.articles import Articles
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.secrets import load_vault
from tests.bench.invented import articles, people

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def main(argv: Sequence[str]) -> int:
    """Measure; the last line of standard output is the figure."""
    parser = argparse.ArgumentParser(prog="tests.bench throughput")
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--names", type=int, default=500)
    args = parser.parse_args(argv)
    if hasattr(os, "sched_setaffinity"):
        # The workers inherit it: one core for all.
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="haberdar-throughput-") as folder:
        seeds = Path(folder) / "seeds"
        random = Random(1)
        watched = people(args.names, random)
        megabytes = _write(seeds, args.articles, watched, random)
        sys.stderr.write(f"{args.articles} articles, {megabytes:.1f} MB, {args.names} names\n")
        seconds, placed, disk = asyncio.run(_run(Path(folder), seeds, watched))
    assert placed == args.articles, f"{placed} of {args.articles} articles were placed"
    own, workers = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    figures = {
        "articles_s": round(placed / seconds, 1),
        "rss_mb": round((own + workers) * 1024 / 1e6, 1),
        "disk_kb_article": round(disk / placed / 1000, 2),
        "mb_s": round(megabytes / seconds, 3),
    }
    print(json.dumps(figures))  # noqa: T201
    return 0


def _write(seeds: Path, number: int, watched: Sequence[str], random: Random) -> float:
    written = 0
    for nth, (outlet, text) in enumerate(articles(number, watched, random)):
        file = seeds / outlet / f"{nth:06d}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        written += file.write_bytes(text.encode())
    return written / 1e6


async def _run(folder: Path, seeds: Path, watched: Sequence[str]) -> tuple[float, int, int]:
    """Return the seconds it took, how many articles were placed, and the bytes of the database."""
    file = folder / "haberdar.db"
    database = await Database.open(f"sqlite:///{file}", vault=load_vault(folder, None))
    async with open_tools(allow_networks="", proxy=None) as tools:
        engine = Engine(database, {kind: make(tools) for kind, make in READERS.items()}, now=lambda: _NOW)
        await _watch(engine, watched)
        await engine.put_source(folder_source(seeds))
        await engine.place()  # the matching worker starts once in a service's life: not counted
        began = perf_counter()
        while polled := (await engine.poll(("folder",))).articles:
            await engine.place()
            sys.stderr.write(f"{polled} articles, {perf_counter() - began:.1f} s\n")
        seconds = perf_counter() - began
        async with database.read() as tx:
            placed = await Articles(tx).count(datetime(2000, 1, 1, tzinfo=UTC), _NOW) - len(await Articles(tx).stuck())
        await engine.close()
    await database.scrub()
    await database.close()
    return seconds, placed, file.stat().st_size


async def _watch(engine: Engine, watched: Sequence[str]) -> None:
    """Let one chat watch all names, as many chats' names are one index too."""
    async with engine.database.write() as tx:
        key = "telegram:1"
        chats = Chats(tx, engine.database.vault)
        await chats.open(Chat(id=ChatId(chats.id_of(key)), key=key, state_since=_NOW), _NOW)
        own = await Lists(tx).own_list(chats.id_of(key))
        from digests.look import a_name

        for label in watched:
            await Lists(tx).add_name(a_name(label, list_id=own.id), now=_NOW)
