"""Many chats' digests fall due at one minute: how fast and how evenly do they reach a Telegram that has its limits?

    python -m tests.bench pace [--chats 1000] [--engine sqlite|postgres]

The real service runs in a process of its own. Meanwhile people type commands in other chats. The fake Telegram refuses
what comes too fast: more than 30 messages in any second, or more than one to a chat.
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

from digests.model import Chat, ChatId, Subscription, SubscriptionId, SubscriptionKind, make_id
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.secrets import load_vault
from tests.bench.serving import percentile, serving
from tests.crash.child import Child
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_shapes import Limits

_PERMITTED = 25.0  # a second, without what is kept for answers
_TYPISTS = 20
_FIRST_TYPIST = 900_000
_NAME = "Arslan Bozdaliev"
_TEXT = f"A note from the court\n\n{_NAME} was moved to another prison in Rostov, his lawyer said on Monday."
_LEAST_AHEAD = timedelta(seconds=20)


def main(argv: Sequence[str]) -> int:
    """Measure; the last line of standard output is the figure."""
    parser = argparse.ArgumentParser(prog="tests.bench pace")
    parser.add_argument("--chats", type=int, default=1_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    args = parser.parse_args(argv)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="haberdar-pace-")))
        url = None
        if args.engine == "postgres":
            from tests.postgres import running_server

            url = asyncio.run(stack.enter_context(running_server()).make())
        figures = asyncio.run(_measure(folder, args.chats, url))
    print(json.dumps(figures))  # noqa: T201
    return 0


async def _measure(folder: Path, number: int, url: str | None) -> dict[str, float]:
    async with serving(folder, url, Limits()) as (telegram, child, database_url):
        at = (datetime.now(UTC) + _LEAST_AHEAD + timedelta(seconds=number / 200)).replace(second=0, microsecond=0)
        at += timedelta(minutes=1)
        await _open(database_url, folder, number, at)
        for nth in range(number):
            telegram.opens(1_000 + nth)
        await child.starts()
        note = folder / "seeds" / "harbour-post" / "note.txt"
        note.parent.mkdir()
        note.write_text(_TEXT, encoding="utf-8")
        typing = asyncio.create_task(_type(telegram))
        try:
            return await _watch(telegram, child, number, at, typing)
        finally:
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)


async def _watch(
    telegram: FakeTelegram, child: Child, number: int, at: datetime, typing: "asyncio.Task[list[float]]"
) -> dict[str, float]:
    deadline = at + timedelta(seconds=120 + number / 10)
    sent: list[datetime] = []
    while len(sent) < number and datetime.now(UTC) < deadline:
        assert child.is_alive, child.last_words()
        await asyncio.sleep(1)
        sent = [message.at for message in telegram.shown if message.chat_id < _FIRST_TYPIST]
        sys.stderr.write(f"{len(sent)} of {number} sent, {(datetime.now(UTC) - at).total_seconds():.0f} s after\n")
    assert len(sent) == number, f"{len(sent)} of {number} were sent\n{child.last_words()}"
    odd = [message.text for message in telegram.shown if message.chat_id < _FIRST_TYPIST and _NAME not in message.text]
    assert not odd, f"{len(odd)} say nothing of the name: {odd[0]}\n{child.last_words(400)[:4000]}"
    typing.cancel()
    waits = (await asyncio.gather(typing))[0]
    last = (max(sent) - at).total_seconds()
    return {
        "last_s": round(last, 2),
        "of_permitted": round(number / last / _PERMITTED, 3),
        "provoked_429": telegram.refused_429,
        "command_p95_s": round(percentile(waits, 95), 3),
        "commands": len(waits),
    }


async def _type(telegram: FakeTelegram) -> list[float]:
    """Let people type until cancelled; return how long each waited for an answer."""
    waits: list[float] = []
    answered = {_FIRST_TYPIST + nth: asyncio.Event() for nth in range(_TYPISTS)}

    async def person(chat: int, random: Random) -> None:
        telegram.opens(chat)
        while True:
            await asyncio.sleep(4 + 8 * random.random())
            answered[chat].clear()
            begun = asyncio.get_running_loop().time()
            await telegram.types(chat, random.choice(("/status", "/names", "/help", "/who Halyna Vitrolom")))
            await answered[chat].wait()
            waits.append(asyncio.get_running_loop().time() - begun)

    people = [asyncio.create_task(person(chat, Random(chat))) for chat in answered]
    seen = 0
    try:
        while True:
            await asyncio.sleep(0.01)
            for message in telegram.shown[seen:]:
                if message.chat_id in answered:
                    answered[message.chat_id].set()
            seen = len(telegram.shown)
    except asyncio.CancelledError:
        for one in people:
            one.cancel()
        await asyncio.gather(*people, return_exceptions=True)
    return waits


async def _open(url: str, folder: Path, number: int, at: datetime) -> None:
    """Open the chats, each with one list of names and a digest at this minute; those who type have none."""
    database = await Database.open(url, vault=load_vault(folder / "data", None))
    since = at - timedelta(days=1)
    async with database.write() as tx:
        chats, lists = Chats(tx, database.vault), Lists(tx)
        for nth in range(number + _TYPISTS):
            key = f"telegram:{1_000 + nth if nth < number else _FIRST_TYPIST + nth - number}"
            chat = Chat(id=ChatId(chats.id_of(key)), key=key, zone="UTC", quiet=None, alerts=False, state_since=since)
            await chats.open(chat, since)
            if nth >= number:
                continue
            if nth == 0:
                from digests.look import a_name

                shared = await lists.own_list(chat.id)
                await lists.add_name(a_name(_NAME, list_id=shared.id), now=since)
            else:
                await lists.follow(chat.id, shared.id, since)
            await chats.put_subscription(
                Subscription(
                    id=SubscriptionId(make_id("subscription", chat.id)),
                    chat=chat.id,
                    kind=SubscriptionKind.DIGEST,
                    when=f"daily {at:%H:%M}",
                    since=since,
                    next_due_at=at,
                )
            )
    await database.close()
