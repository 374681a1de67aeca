"""Requests from Slack by Bolt in Socket Mode: each is kept in the inbox first, and only then confirmed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.delivery.channel import Down, TryLater
from bot.request import EDITED, WORDLESS, Request
from bot.slack.client import close_client, library_log, make_client
from bot.slack.errors import FAILURES, code_of, outcome_of
from bot.slack.people import People, Person
from bot.slack.socket import Socket, is_set, open_socket
from bot.slack.updates import Asked, read_update
from digests.errors import HaberdarError

__all__ = ["SlackFront", "close_client", "make_client"]

_T = TypeVar("_T")

log = logging.getLogger(__name__)

_HEARTBEAT = timedelta(seconds=30)
_PATIENCE = timedelta(seconds=8)
_LONGEST_WAIT_SECONDS = 60.0

_BOT_TOKEN = (
    "Slack does not accept the bot token ({code}): put the token xoxb-... of the installed app"
    " into HABERDAR_SLACK_BOT_TOKEN"
)
_APP_TOKEN = (
    "Slack does not accept the app token ({code}): put a token xapp-... with the scope connections:write"
    " into HABERDAR_SLACK_APP_TOKEN"
)


@dataclass(frozen=True, slots=True)
class Bot:
    """Who we are in the workspace."""

    team: str
    user: str
    id: str


class SlackFront:
    """Takes what people ask in Slack.

    Args:
        client: Made by `make_client` with the bot token; it stays open after `run`, the channel uses it as well.
        app_token: The token (xapp-...) that opens the socket.
        keep: Commits a request to the inbox, unique by its `update`. When it raises, Slack hears nothing and delivers
            the update again.
        heartbeat: How often we see whether the socket lives; two beats without a connection bring a new one.
        patience: How long a socket may take to open before another address is asked for.
    """

    name = "slack"
    is_single = False  # each socket gets its share of the events

    def __init__(
        self,
        client: AsyncWebClient,
        app_token: str,
        keep: Callable[[Request], Awaitable[object]],
        clock: Clock,
        *,
        heartbeat: timedelta = _HEARTBEAT,
        patience: timedelta = _PATIENCE,
    ) -> None:
        self._client = client
        self._app_token = app_token.strip()
        self._keep = keep
        self._clock = clock
        self._heartbeat = heartbeat.total_seconds()
        self._patience = patience.total_seconds()
        self._people = People(client, clock)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(self, stop: asyncio.Event) -> None:
        """Take requests until `stop` is set; wait out every failure of the line.

        Raises:
            HaberdarError: A token is not accepted at the start. The text is one line and holds no token.
        """
        me = await self._enter(self._who_am_i, _BOT_TOKEN, stop)
        if me is None:
            return
        app = self._make_app(me)
        fault: str | None = _APP_TOKEN
        while not stop.is_set():
            socket = await self._enter(lambda: self._open(app), fault, stop)
            if socket is None:
                return
            fault = None
            log.info("slack.listening")
            try:
                await socket.until_lost(stop, self._heartbeat, self._beat)
            finally:
                await socket.close()

    async def take(self, body: dict[str, Any], me: Bot) -> None:
        """Keep what a payload asks, if it asks anything; returns when the inbox has it."""
        asked = read_update(body, me.user)
        if asked is None:
            return
        async with self._turns.setdefault(asked.channel, asyncio.Lock()):  # in its channel's order
            await self._keep(await self._request(asked, me))

    async def _request(self, asked: Asked, me: Bot) -> Request:
        person, channel = Person(), asked.channel
        if asked.user and (not asked.command.startswith(".") or asked.command in (EDITED, WORDLESS)):
            person, channel = await asyncio.gather(self._people.about(asked.user, me.team), self._channel(asked))
        return Request(
            chat=f"slack:{me.team}/{channel}",
            asker=f"slack:{asked.team or me.team}/{asked.user or me.user}",
            is_admin=asked.is_direct or person.is_admin,
            is_group=not asked.is_direct,
            command=asked.command,
            rest=f"slack:{me.team}/{asked.rest}" if asked.command == ".moved" else asked.rest,
            language=person.language,
            update=asked.update,
            asked_at=self._clock.now(),
            message=asked.message,
            who="" if asked.is_direct else person.name,
        )

    async def _channel(self, asked: Asked) -> str:
        """Return where the answer belongs: a slash command typed in a talk of two people comes from a channel that we
        cannot write to, and where the other one shall read nothing; it is taken as typed to us."""
        if asked.typed and asked.is_direct:
            return await self._people.direct(asked.user) or asked.channel
        return asked.channel

    def _make_app(self, me: Bot) -> AsyncApp:
        """Return the Bolt app. All is done in one middleware, because Bolt confirms events before a listener runs."""

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None, team_id=me.team, bot_user_id=me.user, bot_id=me.id, bot_token=self._client.token
            )

        async def take(body: dict[str, Any]) -> BoltResponse:
            await self.take(body, me)
            return BoltResponse(status=200, body="")

        async def not_kept(error: Exception) -> None:
            log.error("slack.not_kept", extra={"error": type(error).__name__})

        app = AsyncApp(
            name="haberdar",
            client=self._nameless_client(),
            authorize=authorize,
            logger=library_log(),
            request_verification_enabled=False,  # the socket is ours, nothing is signed
            ssl_check_enabled=False,
            url_verification_enabled=False,
        )
        app.middleware(take)
        app.error(not_kept)
        return app

    def _nameless_client(self) -> AsyncWebClient:
        """Return a client without the bot token: Bolt, given one, would ask who it is at the first update of all."""
        client = AsyncWebClient(
            base_url=self._client.base_url, session=self._client.session, logger=library_log(), retry_handlers=[]
        )
        client.proxy = self._client.proxy
        return client

    async def _who_am_i(self) -> Bot:
        answer = await self._client.auth_test()
        return Bot(team=str(answer["team_id"]), user=str(answer["user_id"]), id=str(answer.get("bot_id") or ""))

    async def _open(self, app: AsyncApp) -> Socket:
        return await open_socket(app, self._app_token, self._client.proxy, self._patience)

    async def _beat(self) -> None:
        """Call Slack: sockets of workspaces where nothing else is called have been seen to go deaf
        (slackapi/bolt-python issue 1529, slackapi/python-slack-sdk issue 1701)."""
        try:
            await self._client.auth_test()
        except FAILURES as error:
            log.warning("slack.no_heartbeat", extra={"code": code_of(error)})

    async def _enter(
        self, step: Callable[[], Coroutine[Any, Any, _T]], fault: str | None, stop: asyncio.Event
    ) -> _T | None:
        """Return what a step brings, however often it must be tried; None when we stop before.

        With a `fault` to say, a refused token ends it. Once we have been in, nothing does: Slack has refused good
        tokens for minutes, and a person may mend a bad one there.
        """
        wait = 1.0
        while not stop.is_set():
            try:
                return await _unless(stop, step())
            except FAILURES as error:
                outcome = outcome_of(error)
                if fault and isinstance(outcome, Down):
                    raise HaberdarError(fault.format(code=code_of(error))) from None
                asked = outcome.after if isinstance(outcome, TryLater) else None
                pause = max(wait, asked.total_seconds()) if asked is not None else wait
                log.warning("slack.waiting", extra={"code": code_of(error), "seconds": pause})
            await is_set(stop, pause)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
        return None


async def _unless(stop: asyncio.Event, step: Coroutine[Any, Any, _T]) -> _T | None:
    """Return what a step brings; None, with the step given up, when `stop` is set before."""
    work, stopped = asyncio.ensure_future(step), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else None
    finally:
        for task in (work, stopped):
            task.cancel()
        await asyncio.gather(work, stopped, return_exceptions=True)
