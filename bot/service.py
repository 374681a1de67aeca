"""The running service: its steps, fronts and ticks in one event loop, begun and ended in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from bot.clock import Clock
from bot.commands.inbox import Clerk
from bot.delivery.sender import Sender
from bot.hold import Hold
from bot.roles import ALL_ROLES, Role
from digests.engine import Engine
from digests.errors import HaberdarError, StoreError
from digests.schedule.ticks import add_ticks, make_scheduler, mind_clock
from digests.sources.folder import watch
from digests.store.bell import ALL, Bell

log = logging.getLogger(__name__)

# The safety net: what a lost wake would have done is done this much later at the latest. A folder's events are lost on
# some file systems.
_TICKS: Mapping[str, timedelta] = {
    "poll": timedelta(seconds=1),
    "folder": timedelta(seconds=30),
    "place": timedelta(seconds=10),
    "write": timedelta(seconds=1),
    "word": timedelta(seconds=5),
    "answer": timedelta(seconds=5),
    "tidy": timedelta(minutes=10),
    "deliver": timedelta(seconds=1),
}
_RESCAN = _TICKS["folder"]
_SHUTDOWN_S = 4.0
# A database that did not answer is asked again so soon: the drop folder's own tick would come half a minute later.
_AGAIN_S = 3.0
_DELIVER = "deliver"
# Articles of first contacts placed in one step, about half a second of work: then alerts are written, and it goes on.
_BACKLOG = 100
# Of these, one process at a time does the work: two placers would open two stories of one event.
_SINGLE = {"poll": "poll", "folder": "poll", "place": "place", "tidy": "tidy"}


class Front(Protocol):
    """Where people's requests come in.

    Attributes:
        is_single: The service lets one process receive at a time.
    """

    name: str
    is_single: bool

    async def run(self, stop: asyncio.Event) -> object:
        """Take requests until `stop` is set, or until a person must mend something (a refused token)."""
        ...


class Step:
    """One kind of work: done when woken, never twice at the same time; when it did something it wakes the next.

    A wake during the work makes it run once more; a wake means no more than "look again".
    """

    def __init__(
        self, name: str, work: Callable[[], Awaitable[int]], *wakes: Callable[[], None], again_s: float = _AGAIN_S
    ) -> None:
        """Do `work` at each wake, and `again_s` seconds after the database failed it."""
        self.name = name
        self._again_s = again_s
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
                asyncio.get_running_loop().call_later(self._again_s, self.wake)
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
    """One `serve`: build it, then `run` it.

    Where other processes work on the same database, what must be single is done under a lease, and wakes go to all.
    """

    def __init__(
        self,
        engine: Engine,
        clerk: Clerk,
        senders: Sequence[Sender],
        fronts: Sequence[Front],
        seeds: Path,
        clock: Clock,
        *,
        roles: Collection[Role] = ALL_ROLES,
        owner: str | None = None,
    ) -> None:
        """Join what this process does; `owner` is its name among others, None where it is alone."""
        self._engine = engine
        self._senders = senders if Role.DELIVER in roles else ()
        self._fronts = fronts if Role.FRONT in roles else ()
        self._seeds = seeds
        self._clock = clock
        self._owner = owner
        self._holds: dict[str, Hold] = {}
        self._placed_under: int | None = None
        self._bell = Bell(engine.database, self._heard, clock.sleep) if owner is not None else None
        self._steps: dict[str, Step] = {}
        if Role.POLL in roles:
            self._add("poll", _articles(engine), "place")
            self._add("folder", _articles(engine, "folder"), "place")
        if Role.PLACE in roles:
            self._add("place", self._place, "write", "place")
            engine.fence = self._holds["place"].fence if owner is not None else engine.fence
        if Role.WRITE in roles:
            self._add("write", engine.write_due, _DELIVER, *(["word"] if engine.has_words else []))
            if engine.has_words:
                self._add("word", engine.word, _DELIVER)
            self._add("tidy", engine.tidy)
        if Role.FRONT in roles:
            self._add("answer", clerk.work_off, _DELIVER, "place")
            clerk.on_kept = self._steps["answer"].wake

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; end everything in order, in at most ten seconds.

        Raises:
            HaberdarError: No front is left (every token was refused, say); what waits is kept for the next start.
        """
        scheduler = make_scheduler()
        ticks = {name: step.tick for name, step in self._steps.items()} | {_DELIVER: self._tick_senders}
        add_ticks(scheduler, {name: (tick, _TICKS[name]) for name, tick in ticks.items()})
        sending = [asyncio.create_task(sender.run(), name="send") for sender in self._senders]
        works = self._works() | {"clock": mind_clock(scheduler, self._clock.now, self._clock.sleep)}
        working = [asyncio.create_task(work, name=name) for name, work in works.items()]
        fronts = [asyncio.create_task(self._front(front, stop), name=front.name) for front in self._fronts]
        self._heard(ALL)
        scheduler.start()
        log.info("service.started", extra={"fronts": len(fronts), "steps": sorted(self._steps)})
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

    def _add(self, name: str, work: Callable[[], Awaitable[int]], *wakes: str) -> None:
        if self._owner is not None and name in _SINGLE:
            role = _SINGLE[name]
            hold = self._holds.setdefault(role, Hold(role, self._engine.database, self._owner, self._clock))
            work = _if_ours(hold, work)
        self._steps[name] = Step(name, work, *(partial(self._wake, each) for each in wakes))

    def _works(self) -> dict[str, Coroutine[Any, Any, None]]:
        """Return what goes on until it is cancelled."""
        works = {name: step.run() for name, step in self._steps.items()}
        works |= {f"hold {name}": hold.run() for name, hold in self._holds.items()}
        works |= {f"turn {name}": self._at_our_turn(hold) for name, hold in self._holds.items()}
        if "folder" in self._steps:
            works["watch"] = self._watch()
        if self._bell is not None:
            works["bell"] = self._bell.run()
        return works

    def _wake(self, name: str) -> None:
        """Wake a step here, and everywhere else."""
        self._heard(name)
        if self._bell is not None:
            self._bell.ring(name)

    def _heard(self, name: str) -> None:
        for step in self._steps.values():
            if name in (step.name, ALL):
                step.wake()
        if name in (_DELIVER, ALL):
            for sender in self._senders:
                sender.wake()

    async def _tick_senders(self) -> None:
        self._heard(_DELIVER)

    async def _at_our_turn(self, hold: Hold) -> None:
        """Look for work whenever a lease has become ours: its last holder may have left some."""
        while True:
            await hold.taken.wait()
            for name, role in _SINGLE.items():
                if role == hold.name:
                    self._heard(name)
            await hold.lost.wait()

    async def _place(self) -> int:
        hold = self._holds.get("place")
        if hold is not None and hold.epoch != self._placed_under:
            # Another placed meanwhile: what our worker remembers of the stream is old.
            await self._engine.matcher.forget_unstored()
            self._placed_under = hold.epoch
        await self._engine.warm()
        return await self._engine.place(backlog=_BACKLOG)

    async def _front(self, front: Front, stop: asyncio.Event) -> str:
        """Run a front; return why it ended by itself, in one line for a person; "" when it was told to."""
        try:
            is_shared = self._owner is not None and front.is_single
            state = await (self._take_turns(front, stop) if is_shared else front.run(stop))
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

    async def _take_turns(self, front: Front, stop: asyncio.Event) -> object:
        """Run a front while its lease is ours, until `stop` is set or it ends by itself."""
        hold = Hold(f"front:{front.name}", self._engine.database, self._owner or "", self._clock)
        holding = asyncio.create_task(hold.run())
        try:
            while True:
                await _first(stop.wait(), hold.taken.wait())
                if stop.is_set():
                    return None
                over = asyncio.Event()
                running = asyncio.ensure_future(front.run(over))
                await _first(stop.wait(), hold.lost.wait(), running)
                is_by_itself = running.done()
                over.set()
                state = await running
                if stop.is_set() or is_by_itself:
                    return state
        finally:
            await _end([holding])

    async def _watch(self) -> None:
        """Look into the folder at once when something in it changed."""
        while True:
            try:
                async for _ in watch(self._seeds):
                    self._heard("folder")
            except (HaberdarError, OSError) as error:
                # The rescans go on; a folder that is not there yet is looked for again.
                log.warning("folder.unwatched", extra={"error": type(error).__name__})
            await self._clock.sleep(_RESCAN)


def _articles(engine: Engine, *kinds: str) -> Callable[[], Awaitable[int]]:
    async def poll() -> int:
        return (await engine.poll(kinds)).articles

    return poll


def _if_ours(hold: Hold, work: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    async def work_at_our_turn() -> int:
        return await work() if hold.is_ours else 0

    return work_at_our_turn


async def _until_over(stop: asyncio.Event, fronts: Sequence[asyncio.Task[str]]) -> bool:
    """Return when `stop` is set, or every front has ended by itself; say whether it was `stop`."""
    await _first(stop.wait(), *((_all_ended(fronts),) if fronts else ()))
    return stop.is_set()


async def _first(*works: Awaitable[Any]) -> None:
    """Return when one of them has ended; a task goes on, a bare coroutine ends with us."""
    own = [asyncio.ensure_future(work) for work in works if not isinstance(work, asyncio.Future)]
    try:
        given = [work for work in works if isinstance(work, asyncio.Future)]
        await asyncio.wait([*own, *given], return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end(own)


async def _all_ended(fronts: Sequence[asyncio.Task[str]]) -> None:
    await asyncio.wait(fronts)


async def _end(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _finish(fronts: Sequence[asyncio.Task[str]]) -> None:
    """Let what is being taken in be kept, but not for ever: what is cut off was not confirmed, and comes again."""
    if fronts:
        _, late = await asyncio.wait(fronts, timeout=_SHUTDOWN_S)
        await _end(tuple(late))
