"""The only place that builds things and joins them."""

import asyncio
import logging
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.commands.inbox import Clerk
from bot.commands.registry import Context
from bot.commands.talk import menu
from bot.console.send import ConsoleChannel
from bot.delivery.channel import Channel
from bot.delivery.commits import Commits
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.render.envelope import Envelope, Message
from bot.request import Reply, Request
from bot.roles import ALL_ROLES, Role
from bot.service import Front, Service
from bot.settings import SettingError, Settings, secret
from digests.apart import collect_as_usual
from digests.courtesy import Courtesy
from digests.engine import BOOK, Engine
from digests.errors import BookError, StoreError
from digests.intake import World
from digests.model import Chat, LaneId, WatchedName
from digests.names.book import parse_book
from digests.sources.base import READERS, Tools, open_tools
from digests.sources.find import Finder
from digests.sources.opml import Outline, parse_opml
from digests.sources.page import PageReader
from digests.store.chats import Chats
from digests.store.content import ENGINE_TYPES
from digests.store.content import load as load_content
from digests.store.copy import backup_sqlite
from digests.store.db import Database
from digests.store.outbox import Outbox
from digests.store.secrets import KEY_FILE, Vault, load_vault
from digests.telling.teller import BURST
from digests.wording import Model, Wordsmith

if TYPE_CHECKING:
    from rich.console import Console

    from bot.telegram.receive import TelegramFront

_UNBOUNDED = 1_000_000
_STARTING_TOGETHER = timedelta(milliseconds=500)

WITHOUT_SERVICES: Mapping[str, None] = {"telegram_token": None, "slack_bot_token": None, "slack_app_token": None}
"""What the settings are updated with to show everything on the screen."""


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """All that was built, joined; the command line calls it."""

    engine: Engine
    clerk: Clerk
    senders: tuple[Sender, ...]
    fronts: tuple[Front, ...]
    seeds: Path
    clock: Clock
    owner: str

    @property
    def has_service(self) -> bool:
        """Tell whether a chat service is set up; else everything goes to the screen."""
        return bool(self.fronts)

    async def pass_once(self, progress: Callable[[str], None]) -> tuple[tuple[str, str], ...]:
        """Poll, place, write and deliver once; return what could not be read, as (source, why).

        `progress` hears what is being done, and "" when the screen itself is written to.
        """
        progress("Reading the sources ...")
        # The worker's start takes as long as the reading: side by side, a pass is a second shorter.
        polled, _ = await asyncio.gather(self.engine.poll(tuple(READERS)), self.engine.warm())
        progress(f"Finding names in {polled.articles} articles ...")
        await self.engine.place()
        progress("Writing what is due ...")
        # A pass tells all it knows: the next one may be hours away.
        await self.engine.write_due(settles=timedelta())
        await self.engine.word()
        progress("Delivering ..." if self.has_service else "")
        await self._deliver()
        if not self.has_service:
            # On one screen two chats follow each other: first all alerts, then the digest.
            await self.engine.write_screen()
            await self._deliver()
        return polled.faults

    async def refusals(self) -> tuple[str, ...]:
        """Return the chat services that do not accept our token, as the last try found."""
        async with self.engine.database.read() as tx:
            outbox = Outbox(tx, self.engine.database.vault)
            lanes = [LaneId(front.name) for front in self.fronts]
            return tuple([lane for lane in lanes if (await outbox.lane_state(lane))[1] is not None])

    async def _deliver(self) -> None:
        for sender in self.senders:
            await sender.drain()
            await sender.leave()

    async def serve(self, stop: asyncio.Event, roles: Collection[Role] = ALL_ROLES) -> None:
        """Run the service, or some of its roles, until `stop` is set; end within ten seconds of it."""
        owner = None if self.engine.database.kind == "sqlite" else self.owner
        service = Service(
            self.engine, self.clerk, self.senders, self.fronts, self.seeds, self.clock, roles=roles, owner=owner
        )
        await service.run(stop)


@asynccontextmanager
async def open_engine(settings: Settings, clock: Clock, *, read_only: bool = False) -> AsyncIterator[Engine]:
    """Open the engine without sources: for looking, or for one short change beside a running service."""
    database = await _open_database(settings, read_only=read_only)
    engine = Engine(database, {}, now=clock.now)
    collect_as_usual()
    try:
        yield engine
    finally:
        await engine.close()
        await database.close()


def _tools(settings: Settings) -> AbstractAsyncContextManager[Tools]:
    return open_tools(
        allow_networks=settings.allow_networks, proxy=settings.proxy_sources, channel_host=settings.channel_host
    )


@asynccontextmanager
async def open_finder(settings: Settings, clock: Clock, database: Database | None) -> AsyncIterator[Finder]:
    """Open what finds sources by their addresses, with tools of its own: what people try disturbs no reading.

    With a database it keeps the turns of hosts that stand there.
    """
    async with _tools(settings) as tools:
        readers = {kind: make(tools) for kind, make in READERS.items()}
        catalogue = read_catalogue(settings.feeds_file)
        turns = Courtesy(database, now=clock.now, sleep=clock.sleep) if database is not None else None
        yield Finder(tools, readers, catalogue=catalogue, now=clock.now, pause=clock.sleep, turns=turns)


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock, console: "Console | None") -> AsyncIterator[App]:
    """Open everything the settings name; with a console and no chat service, two chats on the screen."""
    async with AsyncExitStack() as stack:
        tools = await stack.enter_async_context(_tools(settings))
        database = await _open_database(settings, read_only=False)
        stack.push_async_callback(database.close)
        engine = Engine(
            database,
            {kind: make(tools) for kind, make in READERS.items()},
            now=clock.now,
            poll_floor=timedelta(seconds=settings.poll_seconds),
            # On the screen one reads down the page: there every alert is shown.
            burst=BURST if settings.has_service() else _UNBOUNDED,
            wordsmith=await _wordsmith(settings, database.vault, stack),
            world=World(pages=PageReader(tools.fetcher, tools.parser), sleep=clock.sleep),
            owners=settings.owners,
        )
        stack.push_async_callback(engine.close)
        await _take_over(settings, engine, clock)
        app = await _join(settings, clock, console, engine, stack)
        collect_as_usual()
        yield app


async def _wordsmith(settings: Settings, vault: Vault, stack: AsyncExitStack) -> Wordsmith | None:
    if settings.model_url is None:
        return None
    log.warning("wording.on", extra={"why": "sentences about watched people leave this machine for the model"})
    model = Model(url=settings.model_url, name=settings.model_name, key=secret(settings.model_key))
    return await stack.enter_async_context(Wordsmith(model, fence=vault.make_code))


@asynccontextmanager
async def rehearsal(settings: Settings, *, dry_run: bool) -> AsyncIterator[Settings]:
    """Give the settings of a pass; a dry run works on a copy of the database, on the screen, and leaves nothing."""
    if not dry_run:
        yield settings
        return
    file = settings.database_file()
    if file is None:
        raise SettingError("--dry-run works on the SQLite database; with PostgreSQL try `haberdar preview CHAT`")
    with tempfile.TemporaryDirectory(prefix="haberdar-") as folder:
        copy = Path(folder)
        if file.exists():
            backup_sqlite(settings.database(), copy / "haberdar.db")
        if (settings.data_dir / KEY_FILE).exists():
            shutil.copy(settings.data_dir / KEY_FILE, copy)
        yield settings.model_copy(update={"data_dir": copy, "database_url": None, **WITHOUT_SERVICES})


def read_book(file: Path) -> tuple[WatchedName, ...]:
    """Return the shipped book of names; `BookError` says what to mend."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BookError(str(file), f"cannot be read ({error.strerror}); name the book in HABERDAR_NAMES_FILE") from None
    except UnicodeDecodeError:
        raise BookError(str(file), "is not UTF-8 text; save it so") from None
    return parse_book(text, where=str(file), list_id=BOOK)


def read_catalogue(file: Path) -> tuple[Outline, ...]:
    """Return the outlets to choose from; none where the file is not there."""
    try:
        return parse_opml(file.read_bytes(), where=str(file))
    except FileNotFoundError:
        return ()


async def show_message(console: "Console", chat: Chat, message: Message, *, now: datetime) -> None:
    """Print a message to a chat as the screen shows it, with its names also where the chat is neutral."""
    channel, open_chat = ConsoleChannel(console), replace(chat, neutral=False)
    for part in channel.render(message, Envelope(chat=open_chat, now=now)):
        await channel.send(open_chat, part)


async def show_written(console: "Console", engine: Engine, since: datetime, *, now: datetime) -> int:
    """Print what was written to chats of services since then, oldest first; return how many messages that is."""
    async with engine.database.read() as tx:
        vault = engine.database.vault
        ledger = await Outbox(tx, vault).ledger(since)
        waiting = sorted((d for d in ledger if d.lane != ConsoleChannel.service), key=lambda d: d.created_at)
        addressed = [(await Chats(tx, vault).get(delivery.chat), delivery) for delivery in waiting]
    for chat, delivery in addressed:
        message = load_content(delivery.content, {"reply": Reply, **ENGINE_TYPES})
        if chat is not None and isinstance(message, Message):
            await show_message(console, chat, message, now=now)
    return len(addressed)


async def _open_database(settings: Settings, *, read_only: bool) -> Database:
    file = settings.database_file()
    if read_only and file is not None and not file.is_file():
        # Said before the key is looked for: who only looks makes nothing.
        raise StoreError(f"{file}: there is no database yet; `haberdar once` or `haberdar serve` makes it")
    if not read_only:
        _make_folder(settings.data_dir)
    vault = load_vault(settings.data_dir, secret(settings.secret_key))
    return await Database.open(settings.database(), vault=vault, read_only=read_only)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made ({error.strerror}); name another in HABERDAR_DATA_DIR") from None


async def _take_over(settings: Settings, engine: Engine, clock: Clock) -> None:
    """Take over the book and the drop folder; of several processes that start at once, all but one find them there."""
    book, tries = read_book(settings.names_file), 1 if engine.database.kind == "sqlite" else 3
    while tries:
        tries -= 1
        try:
            await engine.put_book(book)
            await engine.put_folder(settings.seeds_dir)
        except StoreError:
            if not tries:
                raise
            await clock.sleep(_STARTING_TOGETHER)
        else:
            return


async def _join(
    settings: Settings, clock: Clock, console: "Console | None", engine: Engine, stack: AsyncExitStack
) -> App:
    """Build the fronts and senders that the settings name, and join them to the engine."""
    names = _BotName()
    finder = await stack.enter_async_context(open_finder(settings, clock, engine.database))
    context = Context(owners=settings.owners, access=settings.access, bot_name=names.get, finder=finder)
    # Who works on SQLite holds the data folder's lock: an earlier holder of a lane is dead, and not waited for.
    is_alone = engine.database.kind == "sqlite"
    clerk = Clerk(engine, context, is_alone=is_alone)
    channels: list[Channel] = []
    fronts: list[Front] = []
    if settings.telegram_token is not None:
        front, channel = await _telegram(settings, clock, clerk, stack)
        names.front = front
        fronts.append(front)
        channels.append(channel)
    if settings.slack_bot_token is not None:
        slack_front, slack_channel = await _slack(settings, clock, clerk, stack)
        fronts.append(slack_front)
        channels.append(slack_channel)
    if not fronts and console is not None:
        await engine.open_screen()
        channels.append(ConsoleChannel(console))
    owner = f"{socket.gethostname()}-{os.getpid()}-{clock.now():%Y%m%dT%H%M%S%f}"
    commits = Commits(engine.database)
    lanes = {channel.lane for channel in channels}
    senders = tuple(
        Sender(
            database=engine.database,
            channel=channel,
            clock=clock,
            pace=_pace(channel),
            owner=owner,
            is_alone=is_alone,
            commits=commits,
            owners=tuple(key for key in settings.owners if key.partition(":")[0] in lanes),
        )
        for channel in channels
    )
    return App(
        engine=engine,
        clerk=clerk,
        senders=senders,
        fronts=tuple(fronts),
        seeds=settings.seeds_dir,
        clock=clock,
        owner=owner,
    )


class _BotName:
    """The bot's name at Telegram, known once its front has spoken."""

    front: "TelegramFront | None" = None

    def get(self) -> str:
        return self.front.bot_name if self.front is not None else ""


async def _telegram(
    settings: Settings, clock: Clock, clerk: Clerk, stack: AsyncExitStack
) -> "tuple[TelegramFront, Channel]":
    from bot.telegram.client import make_bot
    from bot.telegram.receive import TelegramFront
    from bot.telegram.send import TelegramChannel

    bot = make_bot(secret(settings.telegram_token) or "", settings.telegram_api, settings.proxy_telegram)
    stack.push_async_callback(bot.shutdown)
    front = TelegramFront(bot, clerk.keep, clock, menu=menu())
    return front, TelegramChannel(bot, LaneId("telegram"))


async def _slack(settings: Settings, clock: Clock, clerk: Clerk, stack: AsyncExitStack) -> tuple[Front, Channel]:
    from bot.slack.client import close_client, make_client
    from bot.slack.receive import SlackFront
    from bot.slack.send import SlackChannel

    app_token = secret(settings.slack_app_token)
    if app_token is None:
        raise SettingError("HABERDAR_SLACK_APP_TOKEN is missing; Slack needs it beside HABERDAR_SLACK_BOT_TOKEN")
    client = make_client(secret(settings.slack_bot_token) or "", settings.slack_api)
    stack.push_async_callback(close_client, client)

    async def keep(request: Request) -> bool:
        return await clerk.keep(SlackFront.name, request)

    return SlackFront(client, app_token, keep, clock), SlackChannel(client, LaneId("slack"))


def _pace(channel: Channel) -> Pace:
    """Return how fast a service may be sent to; the screen may be as fast as it likes."""
    match channel.service:
        case "console":
            return Pace(per_second=10_000, reserved=0, per_chat=timedelta(), per_group=None)
        case "slack":
            return Pace(per_group=None)
        case _:
            return Pace()
