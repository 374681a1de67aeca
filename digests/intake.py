"""T1: sources that are due are read, and what is new is kept in one transaction with the source's memo."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digests.errors import SourceError, StoreError
from digests.model import Reading, Source
from digests.sources.base import Reader
from digests.sources.pace import next_poll
from digests.store.articles import Articles
from digests.store.db import Database
from digests.store.sources import Sources

log = logging.getLogger(__name__)

_TOGETHER = 20  # sources read at the same time


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one round of polling brought: new articles, and what could not be read, as (source, why)."""

    articles: int = 0
    faults: tuple[tuple[str, str], ...] = ()


class Intake:
    """Reads what is due. What it knows stands in the database, so that a poll may come late, doubled or not at all."""

    def __init__(
        self, database: Database, readers: Mapping[str, Reader], *, now: Callable[[], datetime], poll_floor: timedelta
    ) -> None:
        self._database = database
        self._readers = readers
        self._now = now
        self._poll_floor = poll_floor

    async def poll(self, kinds: Sequence[str] = ()) -> Polled:
        """Read the sources that are due (with `kinds`, all enabled ones of these at once) and keep what is new."""
        async with self._database.read() as tx:
            sources = Sources(tx)
            if kinds:
                due = tuple(s for s in await sources.all() if s.enabled and s.kind in kinds)
            else:
                due = await sources.due(self._now())
        gate = asyncio.Semaphore(_TOGETHER)
        rounds = await asyncio.gather(*(self._poll_one(source, gate) for source in due), return_exceptions=True)
        for fault in rounds:
            if isinstance(fault, BaseException):
                raise fault  # the database could not even note the failure; all the others have been read by now
        polled = [each for each in rounds if isinstance(each, Polled)]
        return Polled(
            articles=sum(each.articles for each in polled),
            faults=tuple(fault for each in polled for fault in each.faults),
        )

    async def _poll_one(self, source: Source, gate: asyncio.Semaphore) -> Polled:
        async with gate:
            try:
                return await self._read_whole(source)
            except SourceError as error:
                fault = error
            except StoreError as error:
                fault = SourceError(source.address, f"could not be kept: {error}")
            except Exception as error:
                # One source's trouble stops no other's; it is tried again when a failed one would be.
                log.exception("source.bug", extra={"source": source.id})
                fault = SourceError(source.address, f"a fault of Haberdar's own ({type(error).__name__}); see the log")
            await self._note_failure(source, fault)
            return Polled(faults=((source.title, fault.why),))

    async def _read_whole(self, source: Source) -> Polled:
        """Read and keep, again while the source says that there is more: a full folder comes in parts."""
        polled = Polled()
        while True:
            reading = await self._readers[source.kind].read(source, now=self._now())
            kept = await self._keep(source, reading)
            polled = Polled(articles=polled.articles + kept.articles, faults=kept.faults)
            if not reading.more:
                return polled
            source = replace(source, validators=reading.validators)

    async def _keep(self, source: Source, reading: Reading) -> Polled:
        """T1: the new articles and the source's memo, together."""
        async with self._database.write() as tx:
            now = self._now()
            # As it is now: a person may have changed it, or taken it off, while it was read.
            standing = await Sources(tx).get(source.id)
            if standing is None:
                return Polled()
            # A feed's backlog is no news; a file was put into the folder by a person who wants it told.
            silent = source.kind != "folder" and source.last_success_at is None
            articles = await Articles(tx).keep(standing, reading, now=now, silent=silent)
            await Sources(tx).update(
                replace(
                    standing,
                    title=standing.title or reading.title,
                    language=standing.language or reading.language,
                    validators=reading.validators,
                    failures=0,
                    last_error=_faults_in_words(reading.faults),
                    last_success_at=now,
                    next_poll_at=self._next_poll(standing, reading, None, now),
                )
            )
        return Polled(
            articles=len(articles), faults=tuple((source.title, f"{which}: {why}") for which, why in reading.faults)
        )

    async def _note_failure(self, source: Source, error: SourceError) -> None:
        log.warning("source.failed", extra={"source": source.id, "failures": source.failures + 1})
        async with self._database.write() as tx:
            standing = await Sources(tx).get(source.id)
            if standing is None:
                return
            failed = replace(standing, failures=standing.failures + 1, last_error=error.why)
            at = self._next_poll(failed, None, error, self._now())
            await Sources(tx).update(replace(failed, enabled=standing.enabled and not error.gone, next_poll_at=at))

    def _next_poll(self, source: Source, reading: Reading | None, error: SourceError | None, now: datetime) -> datetime:
        # Whether anybody is alerted must not show in what is fetched when: every source keeps the alerts' pace.
        return next_poll(source, reading, error, now=now, at_once=True, floor=self._poll_floor)


def _faults_in_words(faults: tuple[tuple[str, str], ...]) -> str | None:
    if not faults:
        return None
    which, why = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{which}: {why}{more}"
