"""Updates in: each is kept in the inbox before Telegram is asked for the next."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from telegram import BotCommand, Update
from telegram.error import BadRequest, Conflict, TelegramError

from bot.clock import Clock
from bot.delivery.channel import Down, TryLater
from bot.request import Request
from bot.telegram.address import address_of
from bot.telegram.admins import Admins
from bot.telegram.client import TelegramBot
from bot.telegram.errors import outcome_of
from bot.telegram.updates import Me, request_of
from digests.errors import HaberdarError

# Commits a request to the inbox, unique by front and update, and wakes who answers it. Raising means "not kept".
Keep = Callable[[str, Request], Awaitable[object]]
# What a telephone shows as the command menu: by language ("" for all others) the commands and their descriptions.
Menu = Mapping[str, Sequence[tuple[str, str]]]

_WANTED = ("message", "edited_message", "channel_post", "callback_query", "my_chat_member")
_LONG_POLL = timedelta(seconds=25)
_CONFLICT_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(seconds=60)
_REFUSED = "Telegram does not accept the token: copy it anew from @BotFather into HABERDAR_TELEGRAM_TOKEN"

log = logging.getLogger(__name__)
T = TypeVar("T")


class FrontState(StrEnum):
    """How receiving stands; a key of words for `status` and `doctor`."""

    STARTING = "starting"
    RECEIVING = "receiving"
    CONFLICT = "conflict"
    UNREACHABLE = "unreachable"
    NOT_KEPT = "not_kept"
    TOKEN_REFUSED = "token_refused"
    STOPPED = "stopped"


class TelegramFront:
    """Receives what people write to one bot.

    PTB's own polling asks for the next update while handlers still run, so a crash would lose commands; this one asks
    for it when all earlier ones are kept.
    """

    name = "telegram"
    is_single = True  # two that ask for updates get a 409 by turns

    def __init__(
        self,
        bot: TelegramBot,
        keep: Keep,
        clock: Clock,
        *,
        menu: Menu | None = None,
        on_state: Callable[[FrontState], None] | None = None,
    ) -> None:
        self.state = FrontState.STARTING
        self.bot_name = ""  # known when `state` is "receiving"
        self._bot = bot
        self._keep = keep
        self._clock = clock
        self._menu = menu or {}
        self._on_state = on_state
        self._admins = Admins(bot, clock)
        self._me: Me | None = None
        self._is_ready = False
        self._offset: int | None = None
        self._failures = 0
        self._toasts: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> FrontState:
        """Receive until `stop` is set.

        Raises:
            HaberdarError: The token is refused, now or later. The text is one line and holds no token.
        """
        while not stop.is_set() and self.state is not FrontState.TOKEN_REFUSED:
            try:
                await self._round(stop)
            except TelegramError as error:
                await self._wait_out(error, stop)
            except Exception as error:  # noqa: BLE001  the database's trouble must not end receiving
                log.warning("telegram.not_kept", extra={"error": type(error).__name__, "at": _place(error)})
                await self._pause(FrontState.NOT_KEPT, self._backoff(), stop)
        await self._end_toasts()
        if self.state is FrontState.TOKEN_REFUSED:
            raise HaberdarError(_REFUSED)
        self._become(FrontState.STOPPED)
        return self.state

    async def _round(self, stop: asyncio.Event) -> None:
        """Ask once for updates and keep them all; the next round's offset confirms only what was kept."""
        if not self._is_ready:
            self._is_ready = await _unless(stop, self._prepare()) or False
        if self._me is None or stop.is_set():
            return
        # The first question after trouble is answered at once: `state` must not look ill for a whole long poll.
        wait = _LONG_POLL if self.state is FrontState.RECEIVING else timedelta()
        updates = await _unless(stop, self._bot.raw_updates(self._offset, wait, _WANTED))
        if updates is None:
            return
        self._become(FrontState.RECEIVING)
        for raw in updates:
            await self._take(raw, self._me)
            self._offset = int(raw["update_id"]) + 1
        if not updates:
            # All before is confirmed now. Asking without an offset finds the next also when the numbers start anew.
            self._offset = None
        self._failures = 0

    async def _prepare(self) -> bool:
        webhook = await self._bot.get_webhook_info()
        if webhook.url:
            log.warning("telegram.webhook_removed")
            await self._bot.delete_webhook(drop_pending_updates=False)
        if self._me is None:
            user = await self._bot.get_me()
            await self._show_menu()
            self.bot_name = user.username or ""
            self._me = Me(id=user.id, name=self.bot_name)
        return True

    async def _show_menu(self) -> None:
        for language, commands in self._menu.items():
            shown = [BotCommand(name, words) for name, words in commands]
            try:
                await self._bot.set_my_commands(shown, language_code=language or None)
            except BadRequest:  # a description too long must not silence the bot
                log.warning("telegram.menu_refused", extra={"language": language})

    async def _take(self, raw: Mapping[str, Any], me: Me) -> None:
        request = self._read(raw, me)
        if request is not None:
            await self._keep(self.name, await self._with_rights(request))
        query = raw.get("callback_query")
        if isinstance(query, Mapping) and "id" in query:
            self._toast(str(query["id"]))  # also where it asks nothing: the button would turn for ever

    def _read(self, raw: Mapping[str, Any], me: Me) -> Request | None:
        try:
            return request_of(Update.de_json(dict(raw), self._bot), me, self._clock.now())
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # A shape that PTB does not know: it would come again for ever, and hold up all others.
            log.warning("telegram.unreadable", extra={"update": raw.get("update_id"), "error": type(error).__name__})
            return None

    async def _with_rights(self, request: Request) -> Request:
        asker = address_of(request.asker).chat_id
        is_open = request.is_admin or asker < 0 or request.command.startswith(".")
        if is_open:
            return request
        return replace(request, is_admin=await self._admins.include(address_of(request.chat).chat_id, asker))

    def _toast(self, query_id: str) -> None:
        """Stop the button's clock on the person's screen; gone in a moment, so nobody waits for it."""
        task = asyncio.create_task(self._answer(query_id))
        self._toasts.add(task)
        task.add_done_callback(self._toasts.discard)

    async def _answer(self, query_id: str) -> None:
        try:
            await self._bot.answer_callback_query(query_id)
        except TelegramError as error:
            log.debug("telegram.toast_failed", extra={"error": type(error).__name__})

    async def _end_toasts(self) -> None:
        for task in self._toasts:
            task.cancel()
        await asyncio.gather(*self._toasts, return_exceptions=True)

    async def _wait_out(self, error: TelegramError, stop: asyncio.Event) -> None:
        outcome = outcome_of(error)
        if isinstance(outcome, Down):
            log.error("telegram.token_refused")
            self._become(FrontState.TOKEN_REFUSED)
        elif isinstance(error, Conflict):
            # Another process polls this bot, or a webhook was set meanwhile.
            self._is_ready = False
            await self._pause(FrontState.CONFLICT, _CONFLICT_PAUSE, stop)
        else:
            asked = outcome.after if isinstance(outcome, TryLater) else None
            await self._pause(FrontState.UNREACHABLE, asked or self._backoff(), stop)

    async def _pause(self, state: FrontState, pause: timedelta, stop: asyncio.Event) -> None:
        if self.state is not state:
            log.warning("telegram.waits", extra={"state": state.value, "seconds": pause.total_seconds()})
        self._become(state)
        await _unless(stop, self._clock.sleep(pause))

    def _backoff(self) -> timedelta:
        self._failures += 1
        return min(timedelta(seconds=2 ** min(self._failures - 1, 6)), _LONGEST_PAUSE)

    def _become(self, state: FrontState) -> None:
        if self.state is state:
            return
        self.state = state
        log.info("telegram.state", extra={"state": state.value})
        if self._on_state is not None:
            self._on_state(state)


def _place(error: Exception) -> str:
    """Return where an error was raised, without its text: a database's may hold what a person wrote."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what the work returns, or None when `stop` was set before it ended; then it is cancelled."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
