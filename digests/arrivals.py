"""T1: what was read is kept, with its source's memo, several sources in one transaction."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import SourceError, StoreError
from digests.model import Reading, Source, SourceId, Stage
from digests.owners import source_notice, tell_owners
from digests.sources.pace import next_poll
from digests.sources.rhythm import after_reading, has_moved, is_flood, is_gone, trouble
from digests.store.articles import Arrived, Articles, Kept
from digests.store.db import Database
from digests.store.hosts import Hosts
from digests.store.sources import Sources

log = logging.getLogger(__name__)

# A transaction holds the one writer: with so many entries it takes a tenth of a second, and answers wait no longer.
_MOST_ENTRIES = 300
_MOST_SOURCES = 200
# What holds nothing new is in no hurry: a moment later it shares its transaction with hundreds of its kind.
_GATHERING = timedelta(milliseconds=100)
# A window of fewer rolls over in the ordinary course of things.
_WINDOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one round of polling brought: new articles, and what could not be read, as (source, why)."""

    articles: int = 0
    faults: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: "Polled") -> "Polled":
        return Polled(articles=self.articles + other.articles, faults=self.faults + other.faults)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """A reading, or why there is none, on its way into the database."""

    source: SourceId
    outcome: Reading | SourceError
    done: "asyncio.Future[Polled]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def entries(self) -> int:
        return len(self.outcome.entries) if isinstance(self.outcome, Reading) else 0


class Arrivals:
    """Keeps readings in the order they come; while one group is being committed, the next one gathers.

    Attributes:
        is_anybody_alerted: Whether any chat is told of anything at once: then every source keeps the pace of alerts.
        reading: How many sources are being read: once all of them wait here, there is nothing to gather for.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        poll_floor: timedelta,
        owners: Sequence[str] = (),
    ) -> None:
        self.is_anybody_alerted = True
        self.reading = 0
        self._database = database
        self._now = now
        self._poll_floor = poll_floor
        self._owners = owners
        self._waiting: list[_Waiting] = []
        self._working: asyncio.Task[None] | None = None
        self._gathered = asyncio.Event()

    async def close(self) -> None:
        """End what is being kept; it is undone whole, and read again."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def keep(self, source: Source, reading: Reading) -> Polled:
        """Keep a reading's new articles and its source's memo, together; what fails is noted with the source."""
        try:
            return await self._put(source.id, reading)
        except StoreError as error:
            return await self.note_failure(source, SourceError(source.address, f"could not be kept: {error}"))

    async def note_failure(self, source: Source, error: SourceError) -> Polled:
        """Keep why a source could not be read; its memo stays as it is."""
        log.warning("source.failed", extra={"source": source.id, "failures": source.failures + 1})
        return await self._put(source.id, error)

    async def _put(self, source: SourceId, outcome: Reading | SourceError) -> Polled:
        waiting = _Waiting(source, outcome)
        self._waiting.append(waiting)
        if waiting.entries or len(self._waiting) >= min(self.reading, _MOST_SOURCES):
            self._gathered.set()
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="arrivals")
        return await waiting.done

    async def _work(self) -> None:
        while self._waiting:
            await self._gather()
            group = self._next_group()
            try:
                await self._keep_apart(group)
            finally:
                for waiting in group:  # cancelled: nobody is to wait for ever
                    waiting.done.cancel()

    async def _gather(self) -> None:
        """Wait a moment for more, unless news waits, or all there can be, or enough for a transaction."""
        if not any(waiting.entries for waiting in self._waiting) and len(self._waiting) < _MOST_SOURCES:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHERING.total_seconds()):
                    await self._gathered.wait()
        self._gathered.clear()

    def _next_group(self) -> list[_Waiting]:
        group, entries = [self._waiting.pop(0)], 0
        entries = group[0].entries
        while self._waiting and len(group) < _MOST_SOURCES and entries + self._waiting[0].entries <= _MOST_ENTRIES:
            group.append(self._waiting.pop(0))
            entries += group[-1].entries
        return group

    async def _keep_apart(self, group: Sequence[_Waiting]) -> None:
        """Keep a group, or if that fails each of it alone: one bad source stops no other."""
        try:
            polled = await self._keep_group(group)
        except Exception as error:  # noqa: BLE001 it is handed to who waits, who logs it
            if len(group) > 1:
                log.info("keep.apart", extra={"sources": len(group), "error": type(error).__name__})
                for waiting in group:
                    await self._keep_apart([waiting])
                return
            _settle(group[0].done, error)
            return
        for waiting, each in zip(group, polled, strict=True):
            _settle(waiting.done, each)

    async def _keep_group(self, group: Sequence[_Waiting]) -> list[Polled]:
        """T1: new articles and the sources' memos, together."""
        async with self._database.write() as tx:
            now, sources = self._now(), Sources(tx)
            # As they are now: a person may have changed one, or taken it off, while it was read.
            standing = await sources.many([waiting.source for waiting in group])
            arrived = [
                _arrived(source, waiting.outcome, now)
                for waiting in group
                if (source := standing.get(waiting.source)) and isinstance(waiting.outcome, Reading)
            ]
            new = [each for each in arrived if each.reading.entries and not each.reading.unchanged]
            kept = dict(zip((each.source.id for each in new), await Articles(tx).keep_all(new, now=now), strict=True))
            after = [
                self._after(source, waiting.outcome, kept.get(source.id), now)
                for waiting in group
                if (source := standing.get(waiting.source))
            ]
            told = [await self._told(tx, await self._moved(sources, each, now), now) for each in after]
            await sources.update(told, before=standing)
            await self._hold(tx, [each.outcome for each in group if isinstance(each.outcome, SourceError)], now)
        return [_polled(standing.get(each.source), each.outcome, kept.get(each.source)) for each in group]

    def _after(self, source: Source, outcome: Reading | SourceError, kept: Kept | None, now: datetime) -> Source:
        """Return a source as it is after a read."""
        if isinstance(outcome, SourceError):
            return self._after_failure(source, outcome, now)
        new = len(kept.articles) if kept else 0
        ran_over = kept is not None and kept.is_all_new and new >= _WINDOW and source.rhythm.last_new_at is not None
        rhythm = after_reading(
            source.rhythm, now, new=new, ran_over=ran_over and source.kind != "folder", moved_to=outcome.moved_to
        )
        after = replace(
            source,
            title=source.title or outcome.title,
            language=source.language or outcome.language,
            validators=outcome.validators,
            failures=0,
            last_error=_faults_in_words(outcome.faults),
            last_success_at=now,
            rhythm=rhythm,
        )
        return replace(after, next_poll_at=self._next_poll(after, outcome, None, now))

    def _after_failure(self, source: Source, error: SourceError, now: datetime) -> Source:
        rhythm = replace(source.rhythm, since=source.rhythm.since or now)
        failed = replace(source, failures=source.failures + 1, last_error=error.why, rhythm=rhythm)
        failed = replace(failed, enabled=source.enabled and not is_gone(failed, error, now))
        return replace(failed, next_poll_at=self._next_poll(failed, None, error, now))

    def _next_poll(self, source: Source, reading: Reading | None, error: SourceError | None, now: datetime) -> datetime:
        at_once = self.is_anybody_alerted
        return next_poll(source, reading, error, now=now, at_once=at_once, floor=self._poll_floor)

    async def _moved(self, sources: Sources, source: Source, now: datetime) -> Source:
        """Return a source at its new address once it has moved for good; not onto another source's."""
        target = source.rhythm.moved_to
        if target is None or not has_moved(source.rhythm, now) or await sources.is_known(source.kind, target):
            return source
        log.info("source.moved", extra={"source": source.id})
        rhythm = replace(source.rhythm, former=source.address, moved_to=None, moved_since=None)
        return replace(source, address=target, rhythm=rhythm)

    async def _told(self, tx: AsyncConnection, source: Source, now: datetime) -> Source:
        """Tell the owners what ails a source, once; return it with that noted."""
        ails = trouble(source, now)
        if ails is None or ails == source.rhythm.told:
            return source
        notice = source_notice(source, ails)
        await tell_owners(tx, self._database.vault, self._owners, notice, once=f"{source.id} {ails} {now}", now=now)
        return replace(source, rhythm=replace(source.rhythm, told=ails))

    async def _hold(self, tx: AsyncConnection, errors: Sequence[SourceError], now: datetime) -> None:
        until = {e.host: now + e.retry_after for e in errors if e.host and e.retry_after}
        await Hosts(tx).hold(until)


def _arrived(source: Source, reading: Reading, now: datetime) -> Arrived:
    # A feed's backlog is no news; a file was put into the folder by a person who wants it told.
    silent = source.kind != "folder" and source.last_success_at is None
    is_last = source.kind != "folder" and is_flood(source, now) and not silent
    return Arrived(source, reading, silent, Stage.LAST if is_last else Stage.STORED)


def _settle(done: "asyncio.Future[Polled]", outcome: Polled | Exception) -> None:
    if done.done():
        return  # whoever waited for it was cancelled
    if isinstance(outcome, Polled):
        done.set_result(outcome)
    else:
        done.set_exception(outcome)


def _polled(source: Source | None, outcome: Reading | SourceError, kept: Kept | None) -> Polled:
    if source is None:
        return Polled()
    if isinstance(outcome, SourceError):
        return Polled(faults=((source.title or source.address, outcome.why),))
    faults = tuple((source.title, f"{which}: {why}") for which, why in outcome.faults)
    return Polled(articles=len(kept.articles) if kept else 0, faults=faults)


def _faults_in_words(faults: tuple[tuple[str, str], ...]) -> str | None:
    if not faults:
        return None
    which, why = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{which}: {why}{more}"
