"""Bench `load`: how long from an outlet's publication to the written delivery, with so many feeds and names.

Feeds, worker and matcher are real, only the clock is not: it goes on by a tick after each round of the river, so the
wait is what polling makes it. A round's steps are those of the service: each is begun anew at its tick, and the slowest
is stated, of the first contact with all feeds too. Memory is that of all our processes together: what each held at most
(`rss_mb`), and what all hold in the end with what they share counted once (`pss_mb`).
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter

import aiohttp
from sqlalchemy import func, select

from digests.engine import Engine, feed_source
from digests.look import a_name
from digests.model import DeliveryKind, Stage
from digests.sources.base import READERS, open_tools
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.outbox import Outbox
from digests.store.secrets import load_vault
from digests.store.sources import Sources
from digests.store.tables import articles
from tests.bench.invented import names
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import Answer, Asked, feed_server, item, rss
from tests.fakes.names import Names

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_LEFT = select(func.count()).select_from(articles).where(articles.c.stage == Stage.STORED.value)
_TICK = timedelta(seconds=2)
_SLOW_TICK = timedelta(seconds=30)
_ASKED_EVERY_S = 0.1
_SETTLED = timedelta(minutes=6)
_WATCHED_FOR = timedelta(minutes=8)
_EVERY = 10  # each tenth feed publishes an article that names somebody
_BACKLOG = 100  # as the service places of it in one step
_TIDIED = timedelta(minutes=10)


def main(argv: Sequence[str]) -> None:
    """Read all feeds, let some publish, and print one line of JSON."""
    parser = argparse.ArgumentParser(prog="load")
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--names", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=3, help="What each feed holds when it is first read.")
    parser.add_argument("--hours", type=int, default=0, help="Go on for so long, and say how memory grew.")
    options = parser.parse_args(argv)
    watched = names(options.names, Random(5))
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=_serve, args=(theirs, watched[: options.feeds], options.entries), daemon=True)
    server.start()
    try:
        figures = asyncio.run(_measure(ours.recv(), server.pid or 0, options, watched))
    finally:
        server.kill()
        server.join()
    sys.stdout.write(json.dumps(figures) + "\n")


async def _measure(port: int, server: int, options: argparse.Namespace, watched: Sequence[str]) -> dict[str, float]:
    clock = FakeClock(NOW)
    with tempfile.TemporaryDirectory() as folder:
        # The schema is brought up to date once in a database's life; what that takes is not held by a service.
        made = multiprocessing.get_context("spawn").Process(target=_make, args=(folder,))
        made.start()
        await asyncio.to_thread(made.join)
        vault = load_vault(Path(folder), None)
        database = await Database.open(_url(folder), vault=vault)
        async with open_tools(allow_networks=f"127.0.0.1/32:{port}", resolver=Names()) as tools:
            engine = Engine(database, {kind: make(tools) for kind, make in READERS.items()}, now=clock.now)
            await _set_up(engine, [f"http://f{n}.example:{port}/{n}" for n in range(options.feeds)], watched)
            await engine.warm()  # the worker reads the names once in a service's life
            asked: list[float] = []
            asking = asyncio.create_task(_asks(engine, asked))
            figures = {f"first_{step}_s": took for step, took in (await _flows(engine, clock, _SETTLED)).items()}
            figures["first_command_p95_s"] = _p95(asked)
            asked.clear()
            async with aiohttp.ClientSession() as session:
                await session.get(f"http://127.0.0.1:{port}/publish")
            published = clock.now()
            figures |= {f"{step}_s": took for step, took in (await _flows(engine, clock, _WATCHED_FOR)).items()}
            figures["command_p95_s"] = _p95(asked)
            async with database.read() as tx:
                ledger = await Outbox(tx, vault).ledger(published)
                figures["left"] = await tx.scalar(_LEFT) or 0
            waits = [(d.created_at - published).total_seconds() for d in ledger if d.of is DeliveryKind.ALERT]
            ours = _ours(server)
            for pid in ours:
                sys.stderr.write(f"{_role(pid)}: {_mb(pid, 'VmRSS'):.0f} MB now, {_mb(pid, 'VmHWM'):.0f} at most\n")
            figures |= {
                "alerts": len(waits),
                "p50_s": round(quantiles(waits, n=20)[9]),
                "p95_s": round(quantiles(waits, n=20)[18]),
                "rss_mb": round(sum(_mb(pid, "VmHWM") for pid in ours)),
                "pss_mb": round(sum(_mb(pid, "Pss", of="smaps_rollup") for pid in ours)),
            }
            asking.cancel()
            figures |= await _lives(engine, clock, port, server, options.hours)
            await engine.close()
        await database.close()
    return figures


def _url(folder: str) -> str:
    return f"sqlite:///{folder}/bench.db"


def _make(folder: str) -> None:
    async def make() -> None:
        await (await Database.open(_url(folder), vault=load_vault(Path(folder), None))).close()

    asyncio.run(make())


async def _asks(engine: Engine, waits: list[float]) -> None:
    """Be a person who asks for something to be written down, again and again; note how long each answer takes."""
    while True:
        begun = perf_counter()
        async with engine.desk("telegram:1", changes=True) as desk:
            await desk.set_zone("Europe/Kyiv")
        waits.append(perf_counter() - begun)
        await asyncio.sleep(_ASKED_EVERY_S)


async def _lives(engine: Engine, clock: FakeClock, port: int, server: int, hours: int) -> dict[str, float]:
    """Publish every hour, and return our memory after the first and after the last."""
    figures: dict[str, float] = {}
    for hour in range(hours):
        async with aiohttp.ClientSession() as session:
            await session.get(f"http://127.0.0.1:{port}/publish")
        await _flows(engine, clock, timedelta(hours=1), tick=_SLOW_TICK)
        held = {_role(pid): round(_mb(pid, "VmRSS")) for pid in _ours(server)}
        sys.stderr.write(f"hour {hour + 1}: {held} MB\n")
        if hour in (0, hours - 1):
            mb = round(sum(_mb(pid, "VmRSS") for pid in _ours(server)))
            figures["rss_start_mb" if hour == 0 else "rss_end_mb"] = mb
    return figures


async def _set_up(engine: Engine, addresses: Sequence[str], watched: Sequence[str]) -> None:
    async with engine.desk("telegram:1", changes=True) as desk:
        chat = await desk.open_chat(None, language="en", is_group=False, is_owner=True)
        desk.chat = replace(chat, quiet=None)
        await desk.set_zone("Europe/Kyiv")
    async with engine.database.write() as tx:
        own = await Lists(tx).own_list(chat.id)
        for label in watched:
            await Lists(tx).add_name(a_name(label, list_id=own.id), now=NOW - timedelta(days=1))
        for address in addresses:
            await Sources(tx).add(replace(feed_source(address), title=address, fetch_pages=False))
    sys.stderr.write(f"{len(watched)} names, {len(addresses)} feeds\n")


async def _flows(engine: Engine, clock: FakeClock, span: timedelta, *, tick: timedelta = _TICK) -> dict[str, float]:
    """Let the river flow for a span of the clock; return the seconds of the slowest of each of its steps."""
    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "poll": engine.poll,
        "place": lambda: engine.place(backlog=_BACKLOG),
        "write": engine.telling.write_due,
        "tidy": engine.tidy,
    }
    end, slowest = clock.now() + span, dict.fromkeys(steps, 0.0)
    tidied = clock.now()
    while clock.now() < end:
        for name, step in steps.items():
            if name == "tidy" and clock.now() - tidied < _TIDIED:
                continue
            begun = perf_counter()
            await step()
            slowest[name] = max(slowest[name], perf_counter() - begun)
        if clock.now() - tidied >= _TIDIED:
            tidied = clock.now()
        await clock.advance(tick)
    sys.stderr.write(f"{span} passed, the slowest steps took {slowest}\n")
    return {name: round(took, 2) for name, took in slowest.items() if took}


def _p95(waits: Sequence[float]) -> float:
    return round(quantiles(waits, n=20)[18], 2)


def _children() -> set[int]:
    """Return our processes, those that a thread of ours started too."""
    return {
        int(pid) for thread in Path("/proc/self/task").iterdir() for pid in (thread / "children").read_text().split()
    }


def _ours(server: int) -> list[int]:
    found = {os.getpid(), *_children()} - {server}
    return sorted(pid for pid in found if _role(pid) != "resource_tracker")


def _role(pid: int) -> str:
    said = Path(f"/proc/{pid}/cmdline").read_text()
    return next(
        (name for name in ("digests.matching", "digests.sources.worker", "resource_tracker") if name in said), "main"
    )


def _mb(pid: int, what: str, *, of: str = "status") -> float:
    stated = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/{of}").read_text().splitlines() if ":" in line)
    return int(stated[what].split()[0]) / 1000


def _serve(pipe: Connection, named: Sequence[str], entries: int) -> None:
    asyncio.run(_serve_all(pipe, named, entries))


async def _serve_all(pipe: Connection, named: Sequence[str], entries: int) -> None:
    """Answer /FEED with a few entries; after /publish each tenth feed has one more, which names somebody."""
    more = 0

    def answer(asked: Asked) -> Answer:
        nonlocal more
        if asked.path == "/publish":
            more += 1
            return Answer()
        feed = int(asked.path.removeprefix("/"))
        count = entries + (more if feed % _EVERY == 0 else 0)
        if asked.headers.get("if-none-match") == f'"{count}"':
            return Answer(status=304, headers={"Content-Length": "0"})
        items = [
            item(f"{feed}-{n}", title=f"Report {n} of outlet {feed}", text=_text(feed, n, named, names=n >= entries))
            for n in range(count)
        ]
        return Answer(body=rss(*reversed(items)), headers={"ETag": f'"{count}"'})

    async with feed_server() as server:
        server.answers_all(answer)
        pipe.send(server.port)
        await asyncio.Event().wait()


def _text(feed: int, number: int, named: Sequence[str], *, names: bool) -> str:
    random = Random(feed * 100 + number)
    words = ("harbour", "council", "market", "river", "winter", "school", "bridge", "doctor", "letter", "station")
    scene = " ".join(random.choices(words, k=30))
    who = escape(named[feed % len(named)]) if names else "Nobody"
    return f"{who} was detained near the {scene}, a lawyer said on Monday. Case {feed * 7919 + number} goes on."


if __name__ == "__main__":
    main(sys.argv[1:])
