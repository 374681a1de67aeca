"""Bench `ingest`: CPU to read feeds and keep their entries, beside naive aiohttp with feedparser on the same server.

The server is a process of its own, so its work counts for neither; our worker process counts for us. Storing is on.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time

import aiohttp
import feedparser

from digests.engine import Engine, feed_source
from digests.sources.base import READERS, open_tools
from digests.store.db import Database
from digests.store.secrets import load_vault
from digests.store.sources import Sources
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import Answer, Asked, feed_server, item, rss
from tests.fakes.names import Names

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_TOGETHER = 20
_TEXT = (
    "Суд у місті переніс засідання на понеділок, повідомила адвокатка. Вона прийшла до зали о десятій годині ранку. "
    "Потім вона вийшла до журналістів і сказала, що чекатиме на рішення разом із родиною свого підзахисного. "
)


def main(argv: Sequence[str]) -> None:
    """Measure a cold, an unchanged and a 5 % changed round over the feeds; print one line of JSON."""
    parser = argparse.ArgumentParser(prog="ingest")
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=30)
    options = parser.parse_args(argv)
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, options.entries), daemon=True)
    server.start()
    try:
        figures = asyncio.run(_measure(ours.recv(), options.feeds))
    finally:
        server.kill()
        server.join()
    sys.stdout.write(json.dumps(figures) + "\n")


async def _measure(port: int, feeds: int) -> dict[str, float]:
    """Each feed has a host of its own, as outlets do: a name that leads to the one server."""
    addresses = [f"http://f{n}.example:{port}/{n}" for n in range(feeds)]
    ours = await _ours(addresses, port)
    await _ask(port, "/restored")
    return ours | await _peer(addresses)


async def _ours(addresses: Sequence[str], port: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    others = _children()
    with tempfile.TemporaryDirectory() as folder:
        vault = load_vault(Path(folder), None)
        database = await Database.open(f"sqlite+aiosqlite:///{folder}/bench.db", vault=vault)
        clock = FakeClock(NOW)
        async with open_tools(allow_networks=f"127.0.0.1/32:{port}", resolver=Names()) as tools:
            engine = Engine(database, {"feed": READERS["feed"](tools)}, now=clock.now)
            async with database.write() as tx:
                for address in addresses:
                    await Sources(tx).add(replace(feed_source(address), title=address))
            # The worker starts once in a service's life: not counted.
            await tools.parser.parse_feed(rss(), address="", url="", charset=None, now=NOW)
            (worker,) = _children() - others
            for key in ("cold_cpu_s", "not_modified_cpu_s", "changed_cpu_s"):
                if key == "changed_cpu_s":
                    await _ask(port, "/changed")
                await clock.advance(timedelta(minutes=5))
                begun = _cpu(worker)
                polled = await engine.poll(("feed",))
                figures[key] = round(_cpu(worker) - begun, 2)
                sys.stderr.write(f"{key} {figures[key]}, {polled.articles} new, {len(polled.faults)} failed\n")
            await engine.close()
        await database.close()
    figures["rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
    return figures


async def _peer(addresses: Sequence[str]) -> dict[str, float]:
    """Return what naive aiohttp and feedparser take, in memory and without storing."""
    figures = {}
    etags: dict[str, str] = {}
    connector = aiohttp.TCPConnector(limit=_TOGETHER, resolver=Names())
    async with aiohttp.ClientSession(connector=connector) as session:

        async def read(address: str) -> None:
            headers = {"If-None-Match": etags[address]} if address in etags else {}
            async with session.get(address, headers=headers) as response:
                etags[address] = response.headers.get("ETag", "")
                if response.status == 200:
                    feedparser.parse(await response.read())

        for key in ("peer_cold_cpu_s", "peer_not_modified_cpu_s"):
            begun = process_time()
            await asyncio.gather(*map(read, addresses))
            figures[key] = round(process_time() - begun, 2)
    return figures


async def _ask(port: int, path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}"):
        pass


def _children() -> set[int]:
    me = os.getpid()
    return {int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()}


def _cpu(worker: int) -> float:
    """Return the seconds of processor time that this process and the worker have taken."""
    fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
    return process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _serve(pipe: Connection, entries: int) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve_all(pipe, entries))


async def _serve_all(pipe: Connection, entries: int) -> None:
    """Answer /FEED with so many entries, and 304 to its ETag; after /changed every twentieth feed has one more."""
    more = 0

    def answer(asked: Asked) -> Answer:
        nonlocal more
        if asked.path in ("/changed", "/restored"):
            more = int(asked.path == "/changed")
            return Answer()
        feed = asked.path.removeprefix("/")
        count = entries + (more if int(feed) % 20 == 0 else 0)
        etag = f'"{count}"'
        if asked.headers.get("if-none-match") == etag:
            return Answer(status=304, headers={"ETag": etag, "Content-Length": "0"})
        items = (
            item(f"{feed}-{n}", title=f"Суд {feed}: засідання {n}", text=f"{n}. {_TEXT}") for n in range(count, 0, -1)
        )
        return Answer(body=rss(*items), headers={"ETag": etag})

    async with feed_server() as server:
        server.answers_all(answer)
        pipe.send(server.port)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
