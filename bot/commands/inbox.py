"""The clerk who works off the inbox: in order within a chat, side by side between chats, each request once.

A command's effect, its inbox mark and its reply are one transaction; commands that only look do so before it, so that
a long look holds no writer.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from pydantic import TypeAdapter

from bot.commands.registry import Context, changes_things, dispatch, done_first, foresee, looks_first
from bot.render.envelope import Message
from bot.request import EDITED, WORDLESS, Reply, Request
from digests.desk import Desk, Foreseen
from digests.engine import Engine
from digests.model import ChatState, Digest
from digests.store.content import dump
from digests.store.inbox import Inbox, Waiting
from digests.store.leases import Leases

log = logging.getLogger(__name__)

REQUEST: TypeAdapter[Request] = TypeAdapter(Request)

# Requests of so many chats are answered side by side.
_TOGETHER = 16
# A request that failed so often is answered with an apology: a bug must not shut a chat's door for good.
_TRIES = 3
# A process that died over a request leaves it to the others after so long.
_HELD = timedelta(seconds=12)


class Clerk:
    """Answers what waits in the inbox.

    Attributes:
        on_kept: Called after each request that was kept, to have it answered at once.
    """

    def __init__(self, engine: Engine, context: Context, *, is_alone: bool = True) -> None:
        """Answer with the engine; `context` is what commands know of the settings.

        Where other processes may answer too (`is_alone` is false), a request is kept from them while we work on it.
        """
        self.engine = engine
        self.context = context
        self._is_alone = is_alone
        self.on_kept: Callable[[], None] = _nobody_waits

    async def keep(self, front: str, request: Request) -> bool:
        """T0: keep a request before it is confirmed to its service; return whether it was new."""
        async with self.engine.database.write(urgent=True) as tx:
            inbox = Inbox(tx, self.engine.database.vault)
            text = REQUEST.dump_json(request).decode()
            was_new = await inbox.keep(front, request.update, request.chat, text, request.asked_at)
        self.on_kept()
        return was_new

    async def work_off(self) -> int:
        """Answer everything that waits; return how many requests that were."""
        answered = 0
        while True:
            waiting = await self._waiting()
            if not waiting:
                return answered
            await asyncio.gather(*(self._serve(item.row, item.request, item.attempts) for item in waiting))
            answered += len(waiting)

    async def _waiting(self) -> tuple[Waiting, ...]:
        database = self.engine.database
        if self._is_alone:
            async with database.read() as tx:
                return await Inbox(tx, database.vault).waiting(_TOGETHER)
        async with database.write(urgent=True) as tx:
            now = await Leases(tx).clock(self.engine.now())
            return await Inbox(tx, database.vault).claim(_TOGETHER, now, now + _HELD)

    async def _serve(self, row: int, text: str, attempts: int) -> None:
        try:
            await self._answer(row, REQUEST.validate_json(text), has_failed=attempts >= _TRIES)
        except Exception:
            # One chat's trouble stops no other's: the request stays in the inbox and is tried again.
            log.exception("request.failed", extra={"row": row})
            async with self.engine.database.write(urgent=True) as tx:
                await Inbox(tx, self.engine.database.vault).failed(row)

    async def _answer(self, row: int, request: Request, *, has_failed: bool) -> None:
        if request.command.startswith(".") and request.command not in (EDITED, WORDLESS):
            await self._service_event(row, request)
        elif has_failed:
            await self._reply(row, request, Reply.words("error.ours"))
        elif changes_things(request):
            await self._change(row, request, await done_first(request, self.context))
        else:
            async with self.engine.desk(request.chat, changes=False) as desk:
                is_away = desk.chat is not None and desk.chat.state is ChatState.SUSPENDED
                answer = None if is_away else await dispatch(request, desk, self.context)
            await (self._change(row, request) if answer is None else self._reply(row, request, answer))

    async def _change(self, row: int, request: Request, first: object = None) -> None:
        """Do what a request asks and answer it, in one transaction; who writes to us again is told again."""
        foreseen = await self._foresee(request)
        async with self.engine.desk(request.chat, changes=True) as desk:
            if not await desk.take(row):
                return
            was_open = desk.chat is not None
            if desk.chat is not None and desk.chat.state is ChatState.SUSPENDED:
                await desk.resume()
            answer = await dispatch(request, desk, self.context, foreseen, first)
            await self._hand_over(row, request, desk, answer)
            is_forgotten = was_open and desk.chat is None
        if is_forgotten:
            await self.engine.database.scrub()

    async def _foresee(self, request: Request) -> Foreseen:
        """Read what a command must know of the archive, before it holds the writer."""
        if not looks_first(request):
            return Foreseen()
        async with self.engine.desk(request.chat, changes=False) as desk:
            return await foresee(request, desk, self.context)

    async def _reply(self, row: int, request: Request, answer: Message) -> None:
        async with self.engine.desk(request.chat, changes=True) as desk:
            if await desk.take(row):
                await self._hand_over(row, request, desk, answer)

    async def _hand_over(self, row: int, request: Request, desk: Desk, answer: Message) -> None:
        kind = "digest" if isinstance(answer, Digest) else "reply"
        await desk.answer(dump(kind, answer), update=request.update, row=row, language=request.language)

    async def _service_event(self, row: int, request: Request) -> None:
        """Take over what a chat service says of a chat: it moved, it shut us out, it let us in again."""
        async with self.engine.desk(request.chat, changes=True) as desk:
            match request.command:
                case ".moved":
                    await desk.move(request.rest)
                case ".left":
                    await desk.suspend(request.rest or "left", self.context.owners)
                case ".back":
                    await desk.come_back()
                case _:
                    log.info("service_event.ignored", extra={"row": row})
            await desk.done(row)


def _nobody_waits() -> None:
    """Do nothing: the next tick answers."""
