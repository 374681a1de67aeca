"""The running service: its steps, fronts and ticks in one event loop, begun and ended in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.clock import Clock
from bot.commands.inbox import Clerk
from bot.delivery.sender import Sender
from digests.engine import Engine
from digests.errors import HaberdarError, StoreError
from digests.schedule.ticks import add_ticks, make_scheduler
from digests.sources.folder import watch

log = logging.getLogger(__name__)

# The safety net: what a lost wake would have done is done this much later at the latest.
_TICKS: Mapping[str, timedelta] = {
    "poll": timedelta(seconds=5),
    "place": timedelta(seconds=10),
    "write": timedelta(seconds=2),
    "answer": timedelta(seconds=5),
    "tidy": timedelta(minutes=10),
}
# A folder is looked through this often even when no event came: events are lost on some file systems.
_RESCAN = timedelta(seconds=30)
_SHUTDOWN_S = 4.0


class Front(Protocol):
    """Where people's requests come in."""

    name: str

    async def run(self, stop: asyncio.Event) -> object:
        """Take requests until `stop` is set, or until a person must mend something (a refused token)."""
        ...


class Step:
    """One kind of work: done when woken, never twice at the same time; when it did something it wakes the next.

    A wake during the work makes it run once more; a wake means no more than "look again".
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[int]], *wakes: Callable[[], None]) -> None:
        self.name = name
        self._work = work
        self._wakes = wakes
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Ask for a run, now or after the one that is going on."""
        self._woken.set()

    async def tick(self) -> None:
        """Wake, as a scheduled job."""
        self.wake()

    async def run(self) -> None:
        """Work whenever woken, until cancelled; what a failed run did not commit is found again at the next wake."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                done = await self._work()
            except StoreError as error:
                # Its text names a file and the fault (a full disk, say), never what is stored.
                log.error("step.failed", extra={"step": self.name, "why": str(error)})
            except HaberdarError as error:
                log.error("step.failed", extra={"step": self.name, "error": type(error).__name__})
            except Exception:
                # The loop must outlive one bad run; the next wake begins at the stored marks.
                log.exception("step.failed", extra={"step": self.name})
            else:
                if done:
                    for wake in self._wakes:
                        wake()


class Service:
    """One `serve`: build it, then `run` it."""

    def __init__(
        self,
        engine: Engine,
        clerk: Clerk,
        senders: Sequence[Sender],
        fronts: Sequence[Front],
        seeds: Path,
        clock: Clock,
    ) -> None:
        self._senders = senders
        self._fronts = fronts
        self._seeds = seeds
        self._clock = clock
        self._write = Step("write", engine.write_due, self._wake_senders)
        self._place = Step("place", engine.place, self._write.wake)
        self._poll = Step("poll", _articles(engine), self._place.wake)
        self._folder = Step("folder", _articles(engine, "folder"), self._place.wake)
        self.answer = Step("answer", clerk.work_off, self._wake_senders, self._place.wake)
        self._tidy = Step("tidy", engine.tidy)
        clerk.on_kept = self.answer.wake

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; end everything in order, in at most ten seconds.

        Raises:
            HaberdarError: No front is left (every token was refused, say); what waits is kept for the next start.
        """
        steps = (self._write, self._place, self._poll, self._folder, self.answer, self._tidy)
        scheduler = make_scheduler()
        ticking = {step.name: (step.tick, _TICKS[step.name]) for step in steps if step.name in _TICKS}
        add_ticks(scheduler, {**ticking, "folder": (self._folder.tick, _RESCAN)})
        sending = [asyncio.create_task(sender.run(), name="send") for sender in self._senders]
        working = [asyncio.create_task(step.run(), name=step.name) for step in steps]
        working.append(asyncio.create_task(self._watch(), name="watch"))
        fronts = [asyncio.create_task(self._front(front, stop), name=front.name) for front in self._fronts]
        for step in steps:
            step.wake()
        scheduler.start()
        log.info("service.started", extra={"fronts": len(fronts)})
        try:
            was_asked = await _until_over(stop, fronts)
        finally:
            stop.set()
            scheduler.shutdown(wait=False)
            # Side by side: each waits for what it has begun, and none for another's.
            await asyncio.gather(_finish(fronts), _end(working), _end(sending))
            log.info("service.ended")
        if not was_asked:
            raise HaberdarError("; ".join(front.result() for front in fronts))

    def _wake_senders(self) -> None:
        for sender in self._senders:
            sender.wake()

    async def _front(self, front: Front, stop: asyncio.Event) -> str:
        """Run a front; return why it ended by itself, in one line for a person; "" when it was told to."""
        try:
            state = await front.run(stop)
        except HaberdarError as error:
            why = str(error)
        except Exception as error:
            # The other front and the alerts go on; `doctor` shows this one.
            log.exception("front.failed", extra={"front": front.name})
            why = f"{front.name} ended by a fault of Haberdar's own ({type(error).__name__}); the log says where"
        else:
            why = "" if stop.is_set() else f"{front.name} ended by itself ({state})"
        if why:
            log.error("front.ended", extra={"front": front.name, "why": why})
        return why

    async def _watch(self) -> None:
        """Look into the folder at once when something in it changed."""
        while True:
            try:
                async for _ in watch(self._seeds):
                    self._folder.wake()
            except (HaberdarError, OSError) as error:
                # The rescans go on; a folder that is not there yet is looked for again.
                log.warning("folder.unwatched", extra={"error": type(error).__name__})
            await self._clock.sleep(_RESCAN)


def _articles(engine: Engine, *kinds: str) -> Callable[[], Awaitable[int]]:
    async def poll() -> int:
        return (await engine.poll(kinds)).articles

    return poll


async def _until_over(stop: asyncio.Event, fronts: Sequence[asyncio.Task[str]]) -> bool:
    """Return when `stop` is set, or every front has ended by itself; say whether it was `stop`."""
    waits: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
    if fronts:
        waits.append(asyncio.create_task(_all_ended(fronts)))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end(waits)
    return stop.is_set()


async def _all_ended(fronts: Sequence[asyncio.Task[str]]) -> None:
    await asyncio.wait(fronts)


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _finish(fronts: Sequence[asyncio.Task[str]]) -> None:
    """Let what is being taken in be kept, but not for ever: what is cut off was not confirmed, and comes again."""
    if fronts:
        _, late = await asyncio.wait(fronts, timeout=_SHUTDOWN_S)
        await _end(tuple(late))
