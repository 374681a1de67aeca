"""From a file's rename into the drop folder to the request at a fake Telegram, on an idle service.

    python -m tests.bench latency [--files 100] [--engine sqlite|postgres]

The real service runs in a process of its own. Each file names a person whom one chat watches; the next one comes when
the last one's alert has arrived.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from digests.look import a_name
from digests.model import Chat, ChatId
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.secrets import load_vault
from tests.bench.serving import percentile, serving
from tests.crash.child import Child
from tests.crash.day import Article, Inventor
from tests.fakes.telegram import FakeTelegram

_FIRST = 1_000
_PATIENCE_S = 60.0
_SETTLED_S = 3.0


def main(argv: Sequence[str]) -> int:
    """Measure; the last line of standard output is the figure."""
    parser = argparse.ArgumentParser(prog="tests.bench latency")
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    args = parser.parse_args(argv)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="haberdar-latency-")))
        url = None
        if args.engine == "postgres":
            from tests.postgres import running_server

            url = asyncio.run(stack.enter_context(running_server()).make())
        waits = asyncio.run(_measure(folder, args.files, url))
    figures = {
        "p50_s": round(percentile(waits, 50), 3),
        "p99_s": round(percentile(waits, 99), 3),
        "worst_s": round(max(waits), 3),
    }
    print(json.dumps(figures))  # noqa: T201
    return 0


async def _measure(folder: Path, number: int, url: str | None) -> list[float]:
    inventor = Inventor(Random(1))
    articles = [inventor.article(inventor.name(), is_feed=False) for _ in range(number)]
    async with serving(folder, url, None) as (telegram, child, database_url):
        await _open(database_url, folder, articles)
        for nth in range(number):
            telegram.opens(_FIRST + nth)
        await child.starts()
        await telegram.until(lambda: telegram.calls_of("getUpdates"), timeout=_PATIENCE_S)
        await asyncio.sleep(_SETTLED_S)
        waits = []
        for nth, article in enumerate(articles):
            waits.append(await _told(folder, telegram, child, nth, article))
            if nth % 10 == 9:
                sys.stderr.write(f"{nth + 1} of {number}, the last after {waits[-1]:.2f} s\n")
            await asyncio.sleep(0.3 + 0.7 * (nth % 7) / 7)
        return waits


async def _told(folder: Path, telegram: FakeTelegram, child: Child, nth: int, article: Article) -> float:
    outlet = folder / "seeds" / f"post-{nth % 5}"
    outlet.mkdir(exist_ok=True)
    half = folder / "half-written"
    half.write_text(article.text, encoding="utf-8")
    half.rename(outlet / f"{nth}.txt")
    begun = datetime.now(UTC)
    await telegram.until(lambda: telegram.messages_to(_FIRST + nth) or not child.is_alive, timeout=_PATIENCE_S)
    assert child.is_alive, child.last_words()
    (message,) = telegram.messages_to(_FIRST + nth)
    assert article.sentence in message.text
    return (message.at - begun).total_seconds()


async def _open(url: str, folder: Path, articles: Sequence[Article]) -> None:
    """Open a chat for each article, which watches the one whom it names."""
    database = await Database.open(url, vault=load_vault(folder / "data", None))
    since = datetime.now(UTC) - timedelta(days=1)
    async with database.write() as tx:
        chats, lists = Chats(tx, database.vault), Lists(tx)
        for nth, article in enumerate(articles):
            key = f"telegram:{_FIRST + nth}"
            chat = Chat(id=ChatId(chats.id_of(key)), key=key, quiet=None, state_since=since)
            await chats.open(chat, since)
            own = await lists.own_list(chat.id)
            await lists.add_name(a_name(article.name, list_id=own.id), now=since)
    await database.close()
