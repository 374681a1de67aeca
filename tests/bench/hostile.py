"""Bench `hostile`: what each way a server can misbehave costs us, one after the other, beside a neighbour that is well.

Of each: processor time (ours and our worker's), how long the event loop stood still, how far our own memory rose, and
when the neighbour's news was kept. The servers are a process of their own, so their work counts for neither.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from digests.engine import Engine, feed_source
from digests.intake import World
from digests.sources.base import READERS, open_tools
from digests.sources.page import PageReader
from digests.store.db import Database
from digests.store.secrets import load_vault
from digests.store.sources import Sources
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import Answer, Asked, feed_server, item, rss
from tests.fakes.hostile import KNOWN_NAMES, behaviours, canary
from tests.fakes.names import Names

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_PATIENCE_S = 6
_ROUNDS = 3
_BEAT_S = 0.01
_LOOKED_EVERY_S = 0.1
_SHOWN = 12


def main(argv: Sequence[str]) -> None:
    """Meet every behaviour, and print one line of JSON; the costliest are named on standard error."""
    parser = argparse.ArgumentParser(prog="hostile")
    parser.add_argument("--percent", type=int, default=100, help="How large floods are.")
    parser.add_argument("--only", default="", help="Meet only behaviours with this in their names.")
    options = parser.parse_args(argv)
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=_serve, args=(theirs, options.percent), daemon=True)
    server.start()
    try:
        figures = asyncio.run(_measure(ours, options.only))
    finally:
        server.kill()
        server.join()
    sys.stdout.write(json.dumps(figures) + "\n")


async def _measure(pipe: Connection, only: str) -> dict[str, float]:
    port, names = pipe.recv()
    clock = FakeClock(NOW)
    costs: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite:///{folder}/bench.db", vault=load_vault(Path(folder), None))
        opened = {"allow_networks": f"127.0.0.1/32:{port}", "resolver": Names(KNOWN_NAMES), "patience": _PATIENCE_S}
        async with open_tools(**opened) as tools:  # type: ignore[arg-type]
            world = World(pages=PageReader(tools.fetcher, tools.parser), patience=timedelta(minutes=1))
            engine = Engine(database, {"feed": READERS["feed"](tools)}, now=clock.now, world=world)
            await _meet(engine, clock, port, "well-0")  # what the machinery takes at its first use
            for name in names:
                if only in name:
                    costs[name] = await _meet(engine, clock, port, name)
            await engine.close()
        await database.close()
    pipe.send("hits")
    figures: dict[str, float] = {"behaviours": len(costs), "forbidden": pipe.recv()}
    for what in ("cpu_s", "stall_s", "rss_mb", "neighbour_s", "whole_s"):
        worst = sorted(costs, key=lambda name: costs[name][what], reverse=True)[:_SHOWN]
        sys.stderr.write(f"{what}: {', '.join(f'{name} {costs[name][what]:.2f}' for name in worst)}\n")
        figures[what] = round(max(cost[what] for cost in costs.values()), 2)
    return figures


async def _meet(engine: Engine, clock: FakeClock, port: int, name: str) -> dict[str, float]:
    """Read a hostile source three times, and each time a neighbour that has something new."""
    sources = [feed_source(f"http://{host}.example:{port}/{host}", title=host) for host in (name, "well")]
    async with engine.database.write() as tx:
        for source in sources:
            await Sources(tx).add(source)
    beats = _Beats()
    beating = asyncio.create_task(beats.beat())
    cpu, rss_mb, slowest, met = _cpu(), _peak_mb(), 0.0, perf_counter()
    for _ in range(_ROUNDS):
        await clock.advance(timedelta(minutes=20))
        begun = perf_counter()
        reading = asyncio.create_task(engine.poll())
        while not reading.done() and not await _is_kept(engine, clock.now()):
            await asyncio.sleep(_LOOKED_EVERY_S)
        slowest = max(slowest, perf_counter() - begun)
        await reading
    beating.cancel()
    cost = {
        "cpu_s": (_cpu() - cpu) / _ROUNDS,
        "stall_s": beats.longest,
        "rss_mb": _peak_mb() - rss_mb,
        "neighbour_s": slowest,
        "whole_s": (perf_counter() - met) / _ROUNDS,
    }
    async with engine.database.write() as tx:
        for source in sources:
            await Sources(tx).remove(source.id)
    return cost


async def _is_kept(engine: Engine, since: datetime) -> bool:
    async with engine.database.read() as tx:
        return any(each.title == "well" and each.last_success_at == since for each in await Sources(tx).all())


class _Beats:
    """Sees how long the event loop stands still at most."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        last = perf_counter()
        while True:
            await asyncio.sleep(_BEAT_S)
            self.longest = max(self.longest, perf_counter() - last - _BEAT_S)
            last = perf_counter()


def _cpu() -> float:
    """Return the seconds of processor time that we took, with our workers, those that were killed too."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    total = sum(each.ru_utime + each.ru_stime for each in spent)
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            said = Path(f"/proc/{pid}/cmdline").read_text()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if "worker" in said else 0.0
    return total


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _serve(pipe: Connection, percent: int) -> None:
    asyncio.run(_serve_all(pipe, percent))


async def _serve_all(pipe: Connection, percent: int) -> None:
    count = 0

    def well(asked: Asked) -> Answer:
        nonlocal count
        count += 1
        return Answer(body=rss(item(f"well-{count}", text=f"Report {count} is long enough to stand alone. " * 30)))

    async with feed_server() as server, canary(server.port) as bird:
        met = behaviours(server, bird, percent=percent)
        for name, behaviour in met.items():
            server.answers(behaviour.answer, f"/{name}")
        server.answers_all(well)
        pipe.send((server.port, list(met)))
        while not pipe.poll():
            await asyncio.sleep(_BEAT_S)
        pipe.send(bird.hits)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
