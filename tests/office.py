"""A workspace as the front sees it: a fake Slack, an inbox, and the real Bolt between them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.request import Request
from bot.slack.receive import SlackFront, close_client, make_client
from tests.fakes.clock import FakeClock
from tests.fakes.slack import FakeSlack

BEAT = timedelta(milliseconds=50)
PATIENCE = timedelta(seconds=0.5)


class Inbox:
    """Keeps requests once by their update, as the store does; it can be told to fail, or to wait."""

    def __init__(self) -> None:
        self.kept: list[Request] = []
        self.deliveries = 0
        self.failures = 0
        self.door = asyncio.Event()
        self.door.set()

    async def keep(self, request: Request) -> None:
        self.deliveries += 1
        await self.door.wait()
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        if request.update not in {kept.update for kept in self.kept}:
            self.kept.append(request)


class Office:
    """A fake Slack, an inbox, and the front between them."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        self.inbox = Inbox()
        self.clock = FakeClock()
        self.stop = asyncio.Event()
        self.run: asyncio.Task[None]
        self.client = make_client(slack.bot_token, slack.api)
        self.front = SlackFront(
            self.client, slack.app_token, self.inbox.keep, self.clock, heartbeat=BEAT, patience=PATIENCE
        )

    async def until_kept(self, count: int = 1) -> list[Request]:
        await self.slack.until(lambda: len(self.inbox.kept) >= count and len(self.slack.line.acks) >= count)
        return self.inbox.kept


@asynccontextmanager
async def start_office(slack: FakeSlack) -> AsyncIterator[Office]:
    async with slack:
        office = Office(slack)
        office.run = asyncio.create_task(office.front.run(office.stop))
        try:
            yield office
        finally:
            office.stop.set()
            await office.run
            await close_client(office.client)


@asynccontextmanager
async def open_office(slack: FakeSlack) -> AsyncIterator[Office]:
    async with start_office(slack) as office:
        await slack.until(lambda: slack.sockets > 0)
        yield office


async def until(predicate: Callable[[], bool]) -> None:
    """Return when it holds; it is asked at every turn of the loop, at most 20 seconds."""
    async with asyncio.timeout(20):
        while not predicate():
            await asyncio.sleep(0)
