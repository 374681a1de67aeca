"""The whole program in a small town: real fronts, store and channels, against fake services on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr

from bot.app import App, open_app
from bot.settings import Settings
from digests.store.articles import Articles
from tests.fakes.clock import JumpingClock
from tests.fakes.feeds import FeedServer, feed_server
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram

T = TypeVar("T")

OWNER = 77
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(slots=True, kw_only=True)
class Town:
    """One Haberdar and the world around it."""

    folder: Path
    settings: Settings
    clock: JumpingClock
    telegram: FakeTelegram
    slack: FakeSlack
    feeds: FeedServer
    app: App
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def seeds(self) -> Path:
        """The drop folder."""
        return self.settings.seeds_dir

    def drops(self, name: str, text: str) -> None:
        """Put an article into the drop folder at once whole, as a careful person does."""
        there = self.seeds / name
        there.parent.mkdir(parents=True, exist_ok=True)
        half = self.folder / "half-written"
        half.write_text(text, encoding="utf-8")
        half.rename(there)

    async def says(self, chat_id: int, text: str, *, user_id: int | None = None) -> str:
        """Let a person write to the bot in Telegram; return the text of the first message that comes after."""
        before = len(self.telegram.messages_to(chat_id))
        await self.telegram.types(chat_id, text, user_id=user_id)
        return await self.hears(chat_id, before)

    async def presses(self, chat_id: int, button: str) -> str:
        """Press the button that says so, under the newest message that has it; return the message that comes after."""
        before = len(self.telegram.messages_to(chat_id))
        shown = await self.telegram.until(lambda: [m for m in self.telegram.messages_to(chat_id) if button in m.labels])
        await self.telegram.presses(shown[-1], button)
        return await self.hears(chat_id, before)

    async def hears(self, chat_id: int, before: int) -> str:
        """Return the text of the message to a Telegram chat that follows its first `before` ones."""
        shown = await self.telegram.until(lambda: self.telegram.messages_to(chat_id)[before:])
        return shown[0].text

    async def asks_slack(self, channel: str, user: str, words: str) -> str:
        """Let a person type `/haberdar ...` in a channel; return the first message that comes after."""
        before = len(self.slack.messages_to(channel))
        await self.slack.types_command(channel, user, "/haberdar", words)
        shown = await self.until(lambda: self.slack.messages_to(channel)[before:])
        return shown[0].shown

    async def opens(self, chat_id: int) -> None:
        """Open a private chat with an invitation that the owner made."""
        invitation = await self.says(OWNER, "/invite")
        code = next(word for word in invitation.split() if "inv_" in word).partition("inv_")[2]
        await self.says(chat_id, f"/start inv_{code}")

    async def until(self, predicate: Callable[[], T]) -> T:
        """Return the predicate's first true answer."""
        return await self.telegram.until(predicate)

    async def has_placed(self, articles: int) -> None:
        """Return when so many articles are stored, and all of them are placed."""
        async with asyncio.timeout(20):
            while True:
                async with self.app.engine.database.read() as tx:
                    store = Articles(tx)
                    stored = await store.count(_LONG_AGO, self.clock.now())
                    if stored >= articles and not await store.stored(1):
                        return
                await asyncio.sleep(0.05)

    def texts(self, chat_id: int) -> list[str]:
        """Return what was written to a Telegram chat."""
        return [shown.text for shown in self.telegram.messages_to(chat_id)]


@asynccontextmanager
async def running_town(folder: Path, *, now: datetime) -> AsyncIterator[Town]:
    """Build the town in a folder and run the service in it, with its clock at `now`."""
    seeds = folder / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(FakeTelegram())
        slack = await stack.enter_async_context(FakeSlack())
        feeds = await stack.enter_async_context(feed_server())
        clock = JumpingClock(now)
        settings = Settings(
            data_dir=folder / "data",
            seeds_dir=seeds,
            names_file=_CHECKOUT / "config/names.toml",
            telegram_token=SecretStr(telegram.token),
            telegram_api=telegram.api,
            slack_bot_token=SecretStr(slack.bot_token),
            slack_app_token=SecretStr(slack.app_token),
            slack_api=slack.api,
            owners=(f"telegram:{OWNER}", "slack:T1/U1"),
            allow_networks=feeds.networks,
            poll_seconds=1,
        )
        app = await stack.enter_async_context(open_app(settings, clock, None))
        stop = asyncio.Event()
        serving = asyncio.create_task(app.serve(stop))
        town = Town(folder=folder, settings=settings, clock=clock, telegram=telegram, slack=slack, feeds=feeds, app=app)
        telegram.opens(OWNER)
        try:
            await town.says(OWNER, "/start")
            yield town
        finally:
            stop.set()
            await asyncio.wait_for(serving, 10)
