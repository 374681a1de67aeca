"""One minute at which every chat's digest is due: how long until all slots are answered and all deliveries written.

    python -m tests.bench fanout [--subscriptions 100000] [--articles 1000] [--engine sqlite|postgres]

Each chat follows one of twenty lists of ten names; a day's invented articles were placed by the real engine.
Every second chat was alerted to some of it, so its digest recalls that. Each engine works in a process of its own.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import func, insert, select

from digests.engine import Engine, folder_source
from digests.model import ListId, SubscriptionKind, WatchList, make_id
from digests.sources.base import READERS, open_tools
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.marks import Marks
from digests.store.secrets import Vault
from digests.store.tables import (
    chats,
    deliveries,
    list_follows,
    lists,
    news_names,
    slots,
    subscriptions,
    told,
    watched_names,
)
from tests.bench.invented import articles, people

_KEY = "a key of nobody's chats"
_DUE = datetime(2026, 11, 24, 6, tzinfo=UTC)  # 08:00 in Kyiv
_READ = _DUE - timedelta(hours=9)
_BEGUN = _DUE - timedelta(days=1)
_LISTS, _NAMES = 20, 10
_BATCH = 5_000
_IDLE = 20
_ENGINES = ("sqlite", "postgres")


def main(argv: Sequence[str]) -> int:
    """Measure; the last line of standard output is the figures."""
    parser = argparse.ArgumentParser(prog="tests.bench fanout")
    parser.add_argument("--subscriptions", type=int, default=100_000)
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--engine", choices=_ENGINES, action="append")
    parser.add_argument("--step", choices=("prepare", "answer"), help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.step == "prepare":
        asyncio.run(_prepare(args.url, args.subscriptions, args.articles))
        return 0
    if args.step == "answer":
        print(json.dumps(asyncio.run(_answer(args.url, args.subscriptions))))  # noqa: T201
        return 0
    figures: dict[str, float] = {}
    idle: list[float] = []
    for engine in args.engine or _ENGINES:
        found = _measure(engine, args.subscriptions, args.articles)
        figures |= {f"{engine}_s": found["s"], f"{engine}_rss_mb": found["rss_mb"]}
        idle.append(found["idle_tick_ms"])
    print(json.dumps({**figures, "idle_tick_ms": max(idle)}))  # noqa: T201
    return 0


def _measure(engine: str, number: int, texts: int) -> dict[str, float]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="haberdar-fanout-"))
        url = f"sqlite:///{folder}/haberdar.db"
        if engine == "postgres":
            from tests.postgres import running_server

            url = asyncio.run(stack.enter_context(running_server()).make())
        common = ["--subscriptions", str(number), "--articles", str(texts), "--url", url]
        _step("prepare", common)
        found: dict[str, float] = json.loads(_step("answer", common))
        sys.stderr.write(f"{engine}: {found}\n")
        return found


def _step(name: str, common: Sequence[str]) -> str:
    run = [sys.executable, "-m", "tests.bench", "fanout", "--step", name, *common]
    return subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout


# The measured process ------------------------------------------------------------------------------------------------


async def _answer(url: str, number: int) -> dict[str, float]:
    now = _DUE - timedelta(seconds=1)
    sys.setswitchinterval(0.0005)  # as `serve` does
    database = await Database.open(url, vault=Vault(_KEY))
    engine = Engine(database, {}, now=lambda: now)
    async with database.write() as tx:
        await Marks(tx).set_instant("alerts_until", now)
    ticks = []
    for _ in range(_IDLE):
        began = perf_counter()
        assert await engine.write_due() == 0
        ticks.append(perf_counter() - began)
    now = _DUE
    began, worked = perf_counter(), process_time()
    written = await engine.write_due()
    seconds, worked = perf_counter() - began, process_time() - worked
    async with database.read() as tx:
        answered = await tx.scalar(select(func.count()).select_from(slots))
        kept = await tx.scalar(select(func.count()).select_from(deliveries))
    await database.close()
    assert written == answered == kept == number, f"{written} written, {answered} answered, {kept} kept of {number}"
    return {
        "s": round(seconds, 1),
        "cpu_s": round(worked, 1),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
        "idle_tick_ms": round(statistics.median(ticks) * 1000, 2),
    }


# The world before ----------------------------------------------------------------------------------------------------


async def _prepare(url: str, number: int, texts: int) -> None:
    database = await Database.open(url, vault=Vault(_KEY))
    random = Random(7)
    labels = people(_LISTS * _NAMES, random)
    with tempfile.TemporaryDirectory(prefix="haberdar-fanout-seeds-") as folder:
        seeds = Path(folder)
        for nth, (outlet, text) in enumerate(articles(texts, labels, random)):
            file = seeds / outlet / f"{nth:06d}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        await _place(database, seeds, labels)
    await _open(database, number)
    await database.close()


async def _place(database: Database, seeds: Path, labels: Sequence[str]) -> None:
    from digests.look import a_name

    async with database.write() as tx:
        for nth in range(_LISTS):
            shared = WatchList(id=ListId(make_id("shared", str(nth))), owner=None, title="")
            names = [a_name(label, list_id=shared.id) for label in labels[nth * _NAMES : (nth + 1) * _NAMES]]
            await Lists(tx).put_book(shared, names, _BEGUN - timedelta(days=1))
    async with open_tools(allow_networks="", proxy=None) as tools:
        engine = Engine(database, {kind: make(tools) for kind, make in READERS.items()}, now=lambda: _READ)
        await engine.put_source(folder_source(seeds))
        while (await engine.poll(("folder",))).articles:
            await engine.place()
        await engine.close()


async def _open(database: Database, number: int) -> None:
    """Open the chats past the commands, which would take an hour."""
    async with database.read() as tx:
        shared = list(
            (await tx.execute(select(lists.c.id).where(lists.c.owner.is_(None)).order_by(lists.c.id))).scalars()
        )
        named = (
            select(watched_names.c.list, news_names.c.news)
            .distinct()
            .join(news_names, news_names.c.pattern == watched_names.c.pattern)
            .order_by(watched_names.c.list, news_names.c.news)
        )
        news: dict[str, list[str]] = {}
        for row in await tx.execute(named):
            news.setdefault(row.list, []).append(row.news)
    sys.stderr.write(f"{sum(map(len, news.values()))} pieces of news on {len(news)} of {len(shared)} lists\n")
    for begin in range(0, number, _BATCH):
        rows = [_chat(database.vault, nth, shared) for nth in range(begin, min(begin + _BATCH, number))]
        marks = [mark for nth, row in enumerate(rows) if nth % 2 for mark in _marks(row, news.get(row["list"], []))]
        async with database.write() as tx:
            await tx.execute(insert(chats), [row["chat"] for row in rows])
            await tx.execute(insert(list_follows), [row["follow"] for row in rows])
            await tx.execute(insert(subscriptions), [row["subscription"] for row in rows])
            if marks:
                await tx.execute(insert(told), marks)


def _chat(vault: Vault, nth: int, shared: Sequence[str]) -> dict[str, Any]:
    key = f"telegram:{nth + 1}"
    known_as, followed = vault.keyed_hash(key)[:16], shared[nth % len(shared)]
    chat = {
        "id": known_as,
        "key": vault.seal(key),
        "key_hash": vault.keyed_hash(key),
        "zone": "Europe/Kyiv",
        "language": ("uk", "en", "tr")[nth % 3],
        "quiet": "22:00-07:00",
        **dict.fromkeys(("neutral", "protect", "public", "is_group"), False),
        "alerts": bool(nth % 2),
        "state": "active",
        "opened_at": _BEGUN,
    }
    subscription = {
        "id": make_id("subscription", known_as, SubscriptionKind.DIGEST),
        "chat": known_as,
        "kind": SubscriptionKind.DIGEST.value,
        "when": "daily 08:00",
        "since": _BEGUN,
        "next_due_at": _DUE,
    }
    follow = {"chat": known_as, "list": followed, "since": _BEGUN - timedelta(hours=nth % 24)}
    return {"chat": chat, "subscription": subscription, "follow": follow, "list": followed}


def _marks(row: dict[str, Any], news: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the alerts that a chat had: on all news of its list but the last."""
    chat = row["chat"]["id"]
    for nth, piece in enumerate(news[:-1]):
        at = _READ + timedelta(seconds=nth, microseconds=int(chat[:4], 16))
        yield {"chat": chat, "news": piece, "delivery": make_id(chat, piece), "of": "alert", "at": at}
