"""The socket that Slack's updates come over: opened, seen to live, and closed without a loose end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.client import library_log

_LAST_CALL_SECONDS = 3.0  # for what is being kept when we stop: Slack waits as long for our word

log = logging.getLogger(__name__)


class Socket:
    """One Socket Mode client with Bolt behind it; `open_socket` makes it."""

    def __init__(self, app: AsyncApp, app_token: str, proxy: str | None) -> None:
        self._handler = AsyncSocketModeHandler(app, app_token, logger=library_log(), web_client=app.client)
        self._client: SocketModeClient = self._handler.client
        self._client.proxy = proxy
        self._client.socket_mode_request_listeners[:] = [self._take]
        self._in_hand: set[asyncio.Task[Any] | None] = set()

    async def connect(self, url: str, patience: float) -> None:
        """Open the line to an address that Slack gave for it, or raise TimeoutError.

        An address serves once, but the library tries the same one for ever, every ten seconds.
        """
        self._client.wss_uri = url
        async with asyncio.timeout(patience):
            await self._client.connect()  # type: ignore[no-untyped-call]  # the library's

    async def until_lost(self, stop: asyncio.Event, beat: float, each: Callable[[], Awaitable[None]]) -> None:
        """Return when `stop` is set, or when two beats in a row find no connection; `each` is done on every beat.

        The library mends most losses by itself. It cannot when Slack gives no new address while the old line is gone:
        then it tries the old one for ever.
        """
        missed = 0
        while missed < 2 and not await is_set(stop, beat):
            missed = 0 if await self._client.is_connected() else missed + 1
            await each()
        if missed >= 2:
            log.warning("slack.socket_lost")

    async def close(self) -> None:
        """Finish what is being kept and confirmed, then close the line and see its tasks end."""
        tasks = [task for task in self._in_hand if task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=_LAST_CALL_SECONDS)
        await self._client.close()  # type: ignore[no-untyped-call]  # the library's
        own = (self._client.message_processor, self._client.current_session_monitor, self._client.message_receiver)
        await asyncio.gather(*(task for task in own if task is not None), return_exceptions=True)

    async def _take(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.current_task()
        self._in_hand.add(task)
        try:
            await self._handler.handle(self._client, request)
        finally:
            self._in_hand.discard(task)


async def open_socket(app: AsyncApp, app_token: str, proxy: str | None, patience: float) -> Socket:
    """Return an open socket; `app` takes what comes over it. Raises what the line or Slack does."""
    opened = await app.client.apps_connections_open(app_token=app_token)
    socket = Socket(app, app_token, proxy)
    try:
        await socket.connect(str(opened["url"]), patience)
    except BaseException:
        await socket.close()
        raise
    return socket


async def is_set(stop: asyncio.Event, seconds: float) -> bool:
    """Wait for `stop`, at most so long; return whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
