"""Reading what is due: politely, many sources side by side, and none waits for a slow one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.arrivals import Arrivals, Polled
from digests.courtesy import Courtesy
from digests.errors import SourceError
from digests.model import Entry, Reading, Source, SourceId
from digests.sources.base import Reader
from digests.sources.pace import BETWEEN_REQUESTS, host_of
from digests.sources.page import Pages, is_teaser, with_page
from digests.store.articles import Articles
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.hosts import Hosts
from digests.store.sources import Due, Sources

log = logging.getLogger(__name__)

# Sources that failed last time have a gate of their own: however many hang, those that are well go on.
_TOGETHER = 48
_ILL_TOGETHER = 16
# No more than these are taken up at once, in a gate or before it, however many are due: a round stays short, its memory
# small, and what was claimed from other processes is read before the claim is over.
_AT_HAND, _ILL_AT_HAND = 400, 80
# A host that will not be asked for so long: its sources are put off, and not looked at every second.
_PUT_OFF = timedelta(minutes=1)
# So long a source is its reader's alone; when that process dies, another reads it then.
_CLAIMED = timedelta(minutes=2)
# An outlet's backlog after an outage is not worth a page each; nor is a page worth a long wait for its turn.
_MOST_PAGES = 30
_PAGES_DEADLINE = timedelta(seconds=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What reading takes from outside besides its readers.

    Attributes:
        pages: Reads entries' own pages; None reads none.
        sleep: Waits for a host's next turn; None never waits, and leaves for the next round what has no turn.
        patience: After so long a round ends; what is still being read then is kept when it comes.
    """

    pages: Pages | None = None
    sleep: Callable[[timedelta], Awaitable[None]] | None = None
    patience: timedelta = timedelta(seconds=1)


class Intake:
    """Reads sources and hands on what they give. What is due stands in the database alone."""

    def __init__(
        self,
        database: Database,
        readers: Mapping[str, Reader],
        arrivals: Arrivals,
        world: World,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._readers = readers
        self._arrivals = arrivals
        self._world = world
        self._courtesy = Courtesy(database, now=now, sleep=world.sleep)
        self._now = now
        self._well, self._ill = asyncio.Semaphore(_TOGETHER), asyncio.Semaphore(_ILL_TOGETHER)
        self._under_way: dict[SourceId, asyncio.Task[Polled]] = {}
        self._ailing: set[SourceId] = set()

    async def close(self) -> None:
        """End what is being read; nothing of it was kept, so it is read again."""
        tasks = tuple(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._arrivals.close()

    async def poll(self, kinds: Sequence[str] = ()) -> Polled:
        """Read the sources that are due, or with `kinds` all enabled ones of these, and keep what is new.

        Without `kinds` a round takes up some hundreds of them, the longest due first, and ends after a second: what a
        slow server gives later is counted in a later round.
        """
        due = await self._chosen(kinds) if kinds else await self._due()
        mine: set[asyncio.Task[Polled]] = set()
        while due:
            turn, due = await self._take_turns(due, is_all=bool(kinds))
            mine |= {self._begin(source) for source in turn}
            if not due or not kinds or self._world.sleep is None:
                break
            await self._world.sleep(BETWEEN_REQUESTS)
        return await self._finish(mine) if kinds else await self._finish(self._under_way.values(), self._world.patience)

    async def _chosen(self, kinds: Sequence[str]) -> Sequence[Source]:
        """Return all enabled sources of these kinds that may be asked, once they are not being read any more."""
        async with self._database.read() as tx:
            chosen = [source for source in await Sources(tx).all() if source.enabled and source.kind in kinds]
            held = await self._learn(tx) if chosen else {}
        await self._put_off({source.id: held[host] for source in chosen if (host := host_of(source.address)) in held})
        free = [source for source in chosen if host_of(source.address) not in held]
        if busy := {self._under_way[source.id] for source in free if source.id in self._under_way}:
            await asyncio.wait(busy)
        return free

    async def _due(self) -> Sequence[Source]:
        """Return the sources to take up now: due, not being read, one at a host that may be asked, not too many."""
        async with self._database.read() as tx:
            due = await Sources(tx).due(self._now())
            held = await self._learn(tx) if due else {}
            ready, waiting = self._ready(due, held)
            sources = await Sources(tx).many(ready)
        await self._put_off(waiting)
        return tuple(sources[source] for source in ready if source in sources)

    def _ready(
        self, due: Sequence[Due], held: Mapping[str, datetime]
    ) -> tuple[Sequence[SourceId], Mapping[SourceId, datetime]]:
        """Return which of those due to take up, and which wait for their host, and until when."""
        room = {True: _ILL_AT_HAND - len(self._ailing), False: _AT_HAND - len(self._under_way) + len(self._ailing)}
        ready: dict[SourceId, None] = {}
        waiting: dict[SourceId, datetime] = {}
        asked: set[str] = set()
        for source, address, is_ill in due:
            host = host_of(address)
            if host in held:
                waiting[source] = held[host]
            elif host not in asked and source not in self._under_way and room[is_ill] > 0:
                room[is_ill] -= 1
                ready[source] = None
                asked |= {host} if host else set()
        return tuple(ready), waiting

    async def _learn(self, tx: AsyncConnection) -> Mapping[str, datetime]:
        """Return the hosts that asked us to wait, and until when; see too whether anybody is alerted."""
        now = self._now()
        held = {host: at for host, at in (await Hosts(tx).held(now)).items() if at - now > BETWEEN_REQUESTS}
        self._arrivals.is_anybody_alerted = await Chats(tx, self._database.vault).is_anybody_alerted()
        if self._world.pages is not None:
            self._world.pages.learn_held(held)
        return held

    async def _put_off(self, waiting: Mapping[SourceId, datetime]) -> None:
        """Look at sources no sooner than their hosts may be asked, where that is not soon."""
        now = self._now()
        if far := {source: at for source, at in waiting.items() if at - now > _PUT_OFF}:
            async with self._database.write() as tx:
                await Sources(tx).put_off(far)

    async def _take_turns(self, due: Sequence[Source], *, is_all: bool) -> tuple[Sequence[Source], Sequence[Source]]:
        """Return whose turn it is, at most one at a host and none that another process reads, and who has to wait."""
        first: dict[str, Source] = {}
        turn: set[SourceId] = set()
        for source in due:
            if host := host_of(source.address):
                first.setdefault(host, source)
            else:
                turn.add(source.id)
        if due:
            async with self._database.write() as tx:
                now = self._now()
                turn |= {first[host].id for host in await Hosts(tx).claim(first, now, now + BETWEEN_REQUESTS)}
                if not is_all:
                    turn &= await Sources(tx).claim(turn, now, now + _CLAIMED)
        return [source for source in due if source.id in turn], [source for source in due if source.id not in turn]

    def _begin(self, source: Source) -> asyncio.Task[Polled]:
        task = asyncio.create_task(self._read(source), name="read")
        self._arrivals.reading += 1
        task.add_done_callback(self._ended)
        self._under_way[source.id] = task
        self._ailing |= {source.id} if source.failures else set()
        return task

    def _ended(self, _task: asyncio.Task[Polled]) -> None:
        self._arrivals.reading -= 1

    async def _finish(self, tasks: Iterable[asyncio.Task[Polled]], patience: timedelta | None = None) -> Polled:
        """Wait for reads; return what those that ended brought. Those that go on are left to a later round."""
        waited = set(tasks)
        if not waited:
            return Polled()
        done, _ = await asyncio.wait(waited, timeout=patience.total_seconds() if patience else None)
        self._under_way = {source: task for source, task in self._under_way.items() if task not in done}
        self._ailing &= self._under_way.keys()
        # The database could not even note a failure: that is raised, once all the others have been read.
        return sum((task.result() for task in done), Polled())

    async def _read(self, source: Source) -> Polled:
        try:
            return await self._read_whole(source, self._ill if source.failures else self._well)
        except SourceError as error:
            fault = error
        except Exception as error:
            # One source's trouble stops no other's; it is tried again when a failed one would be.
            log.exception("source.bug", extra={"source": source.id})
            fault = SourceError(source.address, f"a fault of Haberdar's own ({type(error).__name__}); see the log")
        return await self._arrivals.note_failure(source, fault)

    async def _read_whole(self, source: Source, gate: asyncio.Semaphore) -> Polled:
        """Read and keep, again while the source says that there is more: a full folder comes in parts."""
        polled = Polled()
        while True:
            async with gate:
                reading = await self._readers[source.kind].read(source, now=self._now())
                reading = await self._with_pages(source, reading)
                kept = await self._arrivals.keep(source, reading) if reading.entries else None
            # What holds nothing weighs nothing: while it waits to be kept, others are read.
            polled += kept or await self._arrivals.keep(source, reading)
            host = host_of(source.address)
            if not reading.more or (host and not await self._courtesy.take(host)):
                return polled  # where there is more, the source is due again at once
            source = replace(source, validators=reading.validators)

    # Entries' own pages ---------------------------------------------------------------------------------------------

    async def _with_pages(self, source: Source, reading: Reading) -> Reading:
        """Return a reading whose new entries have the text of their own page, where they were mere teasers.

        They are kept with it, so they are matched and told once, with the whole text. A first contact is not worth it:
        nobody is told of that.
        """
        is_wanted = source.kind == "feed" and source.fetch_pages and source.last_success_at is not None
        teasers = [entry for entry in reading.entries if is_teaser(entry)] if is_wanted and self._world.pages else []
        if not teasers:
            return reading
        async with self._database.read() as tx:
            new = await Articles(tx).unknown(source.id, teasers)
        whole: dict[str, Entry] = {}
        try:
            async with asyncio.timeout(_PAGES_DEADLINE.total_seconds()):
                for entry in reversed(new[-_MOST_PAGES:]):
                    whole[entry.identity] = await self._whole(source, entry)
        except (TimeoutError, SourceError):
            log.info("pages.cut", extra={"source": source.id, "left": len(new) - len(whole)})
        return replace(reading, entries=tuple(whole.get(entry.identity, entry) for entry in reading.entries))

    async def _whole(self, source: Source, entry: Entry) -> Entry:
        host = host_of(entry.url)
        if self._world.pages is None or not await self._courtesy.take(host):
            return entry
        try:
            page = await self._world.pages.read(entry.url, now=self._now(), user_agent=source.user_agent)
            return with_page(entry, page)
        except SourceError as error:
            log.info("page.failed", extra={"source": source.id})
            await self._courtesy.hold(error)
            if error.costly:  # a source can name thirty such pages at every read
                raise
            return entry
