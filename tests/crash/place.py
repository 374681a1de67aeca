"""The place where the child lives: its chats, outlets and database, and the fakes that may kill it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from digests.engine import feed_source
from digests.errors import StoreError
from digests.model import Delivery, DeliveryId
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.outbox import Outbox
from digests.store.secrets import load_vault
from digests.store.sources import Sources
from tests.crash.child import CHECKOUT, Child
from tests.crash.day import Article, Chat, Command
from tests.crash.strikes import DeadlySlack, DeadlyTelegram, Striker
from tests.fakes.feeds import Answer, Asked, FeedServer, feed_server, item, rss

_OWNER = "U1"


@dataclass(slots=True, kw_only=True)
class Place:
    """The child and the world around it.

    Attributes:
        database_url: None for SQLite in the child's data folder.
        asked: Every command that was typed.
        published: Every article.
    """

    folder: Path
    database_url: str | None
    telegram: DeadlyTelegram
    slack: DeadlySlack
    feeds: FeedServer
    child: Child
    striker: Striker
    asked: list[Command] = field(default_factory=list)
    published: list[Article] = field(default_factory=list)
    _typed: list[asyncio.Task[None]] = field(default_factory=list)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def types(self, command: Command) -> None:
        """Let a person type a command; whoever is dead gets it later."""
        self.asked.append(command)
        service, _, place = command.chat.key.partition(":")
        if service == "telegram":
            await self.telegram.types(int(place), f"/{command.text}", language="en")
            return
        channel = place.partition("/")[2]
        user = channel.removeprefix("D") if channel.startswith("D") else _OWNER
        self._typed.append(asyncio.create_task(self._types_in_slack(channel, user, command.text)))

    async def publishes(self, article: Article) -> None:
        """Publish an article in a feed of its own, or put it into the drop folder."""
        self.published.append(article)
        number = len(self.published)
        if article.is_feed:
            await self._adds_feed(number, article)
            return
        outlet = self.folder / "seeds" / "harbour-post"
        outlet.mkdir(exist_ok=True)
        half = self.folder / "half-written"
        half.write_text(article.text, encoding="utf-8")
        half.rename(outlet / f"{number}.txt")
        self.striker.falls("folder")

    def shown(self, chats: Sequence[Chat]) -> Mapping[Chat, Sequence[str]]:
        """Return what each chat shows, oldest first."""
        texts: dict[str, list[str]] = {}
        for message in self.telegram.shown:
            texts.setdefault(f"telegram:{message.chat_id}", []).append(message.text)
        for posted in self.slack.messages:
            texts.setdefault(f"slack:{self.slack.team}/{posted.channel}", []).append(posted.read)
        return {chat: texts.get(chat.key, []) for chat in chats}

    @property
    def polls(self) -> int:
        """How often the child asked Telegram for updates."""
        return len(self.telegram.calls_of("getUpdates"))

    async def parked(self, chats: Sequence[Chat]) -> list[tuple[Chat, Delivery]]:
        """Return what waits for a person, with the chat it is for."""
        async with self._database() as database, database.read() as tx:
            of = Chats(tx, database.vault).id_of
            by_id = {of(chat.key): chat for chat in chats}
            return [(by_id[each.chat], each) for each in await Outbox(tx, database.vault).parked()]

    async def waiting(self) -> int:
        """Return how many deliveries are on their way or ready to go."""
        async with self._database() as database, database.read() as tx:
            since = datetime.now(UTC) - timedelta(days=1)
            states = [delivery.state for delivery in await Outbox(tx, database.vault).ledger(since)]
        return sum(state in ("ready", "sending") for state in states)

    async def names(self, chats: Sequence[Chat]) -> Mapping[Chat, list[str]]:
        """Return whom each chat watches, as it is stored."""
        async with self._database() as database, database.read() as tx:
            of = Chats(tx, database.vault).id_of
            return {chat: sorted(name.label for name, _ in await Lists(tx).names_of(of(chat.key))) for chat in chats}

    async def retries(self, delivery: DeliveryId) -> None:
        """Send a parked delivery again, as a person would who looks at what is parked."""
        async with self._database() as database, database.write() as tx:
            await Outbox(tx, database.vault).retry(delivery, datetime.now(UTC))

    async def ends(self) -> None:
        """Wait for nothing any more."""
        for typed in self._typed:
            typed.cancel()
        await asyncio.gather(*self._typed, return_exceptions=True)

    async def _types_in_slack(self, channel: str, user: str, text: str) -> None:
        """Type when what was typed before is confirmed: Slack does not keep the order of what it sends again."""
        async with self._turns.setdefault(channel, asyncio.Lock()):
            envelope = await self.slack.types_command(channel, user, "/haberdar", text)
            self.striker.falls("envelope")
            await envelope.acked.wait()
            self.striker.falls("ack")

    async def _adds_feed(self, number: int, article: Article) -> None:
        """Add a feed whose backlog was read long ago, so that this article is news."""
        title, _, text = article.text.partition("\n\n")
        body = rss(item(f"{number}", title=title, text=text.replace("\n\n", " ")))

        def answer(_: Asked) -> Answer:
            self.striker.falls("feed")
            return Answer(body=body)

        path = f"/feed/{number}"
        self.feeds.answers(answer, path)
        source = feed_source(self.feeds.url(path), title=f"Steppe Radio {number}")
        read = replace(source, last_success_at=datetime.now(UTC) - timedelta(hours=1))
        async with self._database() as database, database.write() as tx:
            await Sources(tx).add(read)

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[Database]:
        data = self.folder / "data"
        url = self.database_url or f"sqlite:///{data / 'haberdar.db'}"
        try:
            database = await Database.open(url, vault=load_vault(data, None), upgrade=False)
        except StoreError as error:
            raise AssertionError(f"the child's database cannot be opened: {error}") from error
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def open_place(
    folder: Path, random: Random, chats: Sequence[Chat], database_url: str | None, *, is_forked: bool = False
) -> AsyncIterator[Place]:
    """Build the place in an empty folder; whatever of the child is still alive at the end is killed."""
    (folder / "seeds").mkdir(parents=True)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(DeadlyTelegram())
        slack = await stack.enter_async_context(DeadlySlack())
        feeds = await stack.enter_async_context(feed_server())
        settings = {
            "HABERDAR_DATA_DIR": str(folder / "data"),
            "HABERDAR_SEEDS_DIR": str(folder / "seeds"),
            "HABERDAR_NAMES_FILE": str(CHECKOUT / "config/names.toml"),
            "HABERDAR_TELEGRAM_TOKEN": telegram.token,
            "HABERDAR_TELEGRAM_API": telegram.api,
            "HABERDAR_SLACK_BOT_TOKEN": slack.bot_token,
            "HABERDAR_SLACK_APP_TOKEN": slack.app_token,
            "HABERDAR_SLACK_API": slack.api,
            "HABERDAR_OWNERS": f"slack:T1/{_OWNER}",
            "HABERDAR_ACCESS": "anyone",
            "HABERDAR_POLL_SECONDS": "1",
            "HABERDAR_ALLOW_NETWORKS": feeds.networks,
            **({"HABERDAR_DATABASE_URL": database_url} if database_url else {}),
        }
        child = Child(folder, settings, is_forked=is_forked)
        stack.push_async_callback(child.is_over)
        telegram.striker = slack.striker = striker = Striker(child.strike, random)
        _settle(telegram, slack, chats)
        place = Place(
            folder=folder,
            database_url=database_url,
            telegram=telegram,
            slack=slack,
            feeds=feeds,
            child=child,
            striker=striker,
        )
        stack.push_async_callback(place.ends)
        yield place


def _settle(telegram: DeadlyTelegram, slack: DeadlySlack, chats: Sequence[Chat]) -> None:
    for chat in chats:
        service, _, place = chat.key.partition(":")
        channel = place.partition("/")[2]
        if service == "telegram":
            telegram.opens(int(place))
        elif channel.startswith("D"):
            slack.add_user(channel.removeprefix("D"))
            slack.direct_of(channel.removeprefix("D"))
        else:
            slack.add_channel(channel)
