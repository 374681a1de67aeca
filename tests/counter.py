"""The counter where people ask: the commands over a real desk, store and matcher, without a chat service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.commands.registry import Context, changes_things, dispatch
from bot.render.envelope import Envelope
from bot.render.page import Page, plain_page
from bot.render.render import make_page
from bot.request import Request
from digests.engine import Engine, folder_source
from digests.model import Chat, ChatId
from digests.sources.base import READERS, open_tools
from digests.store.db import Database
from digests.store.secrets import Vault
from tests.builders import KEY, NOW
from tests.fakes.clock import FakeClock

OWNER, PERSON = "telegram:1", "telegram:2"
HOME, GROUP, SLACK = "telegram:2", "telegram:-100", "slack:T1/D1"
ARTICLES = {
    "steppe.txt": (
        "---\noutlet: Steppe Post\ndate: 2026-11-22\n---\nA visit refused\n\n"
        "Lawyer Halyna Vitrolom was turned away at the gate again. The prison did not answer her letters.\n"
    ),
    "radio.txt": (
        "---\noutlet: Radio Steppe\ndate: 2026-11-23\n---\nЕтапування\n\n"
        "Арслана Боздалієва етапували до північної колонії, повідомила адвокатка Галина Вітролом.\n"
    ),
}


class Counter:
    """Types for people and reads what they get."""

    def __init__(self, engine: Engine, clock: FakeClock, folder: Path) -> None:
        self.engine = engine
        self.clock = clock
        self.folder = folder
        self.context = Context(owners=(OWNER,), bot_name=lambda: "HaberdarBot")
        self.page = Page(glance="", blocks=())
        self._updates = 0

    async def says(self, command: str, rest: str = "", *, chat: str = HOME, **given: Any) -> str:
        """Ask as a person and return what is read, without the buttons."""
        self._updates += 1
        who: dict[str, Any] = {"asker": PERSON, "is_admin": True, "is_group": False, "language": "en", **given}
        request = Request(
            chat=chat,
            command=command,
            rest=rest,
            update=str(self._updates),
            asked_at=self.clock.now(),
            **who,
        )
        async with self.engine.desk(chat, changes=changes_things(request)) as desk:
            answer = await dispatch(request, desk, self.context)
            there = desk.chat or Chat(id=ChatId(chat), key=chat)
        self.page = make_page(answer, Envelope(chat=there, now=self.clock.now()))
        return plain_page(self.page)

    async def presses(self, words: str, *, chat: str = HOME, **given: Any) -> str:
        """Press the button that says so under the last answer."""
        data = next(press.data for row in self.page.buttons for press in row if press.words == words)
        command, _, rest = (data or "").partition(" ")
        return await self.says(command, rest, chat=chat, **given)

    def buttons(self) -> list[str]:
        """Return what the buttons under the last answer say."""
        return [press.words for row in self.page.buttons for press in row]

    async def opens(self, chat: str = HOME, **given: Any) -> str:
        """Open a chat with an invitation of the owner's."""
        await self.says("start", chat=OWNER, asker=OWNER)
        answer = await self.says("invite", chat=OWNER, asker=OWNER)
        return await self.says("start", answer.rpartition("start=")[2], chat=chat, **given)

    async def publishes(self) -> None:
        """Drop the articles into the folder, and read and place them."""
        for name, text in ARTICLES.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        await self.engine.poll(("folder",))
        await self.engine.place()


@asynccontextmanager
async def open_counter(folder: Path, url: str) -> AsyncIterator[Counter]:
    """Open a counter over the database of this address, with an empty drop folder."""
    folder.mkdir()
    clock = FakeClock(NOW)
    database = await Database.open(url, vault=Vault(KEY))
    async with open_tools() as tools:
        engine = Engine(database, {"folder": READERS["folder"](tools)}, now=clock.now)
        await engine.put_source(folder_source(folder))
        yield Counter(engine, clock, folder)
        await engine.close()
    await database.close()
