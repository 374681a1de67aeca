"""Sources: where articles come from, what is remembered of each, and what was read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, delete, exists, false, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import Coverage, Rhythm, Silent, Source, SourceId, Stance, Unread
from digests.store.tables import articles, sources
from digests.store.upsert import batches

# A source polled every half hour is no gap in a digest; one that was silent longer is looked at for failures.
_FRESH = timedelta(hours=1)


class Due(NamedTuple):
    """A source that is to be read: there may be thousands, so no more is read of each."""

    id: SourceId
    address: str
    is_ill: bool


class Sources:
    """The sources, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def add(self, source: Source) -> bool:
        """Read this source from now on; return False when its kind and address are known already.

        One that was taken off comes back with what is given now. Its articles and what was seen of it are still there.
        """
        same = or_(sources.c.id == source.id, (sources.c.kind == source.kind) & (sources.c.address == source.address))
        known = (await self._tx.execute(select(sources.c.id, sources.c.removed).where(same))).first()
        if known is None:
            await self._tx.execute(insert(sources).values(id=source.id, removed=False, **_columns(source)))
            return True
        if known.removed:
            await self._tx.execute(
                update(sources).where(sources.c.id == known.id).values(removed=False, **_columns(source))
            )
        return bool(known.removed)

    async def offer(self, source: Source) -> bool:
        """Note a source that somebody may want, without reading it; return False when it is read already."""
        asked = select(sources.c.removed, sources.c.enabled).where(sources.c.id == source.id)
        known = (await self._tx.execute(asked)).first()
        if known is None:
            await self._tx.execute(insert(sources).values(id=source.id, removed=True, **_columns(source)))
        elif known.removed:
            # As one that was never read: what it published meanwhile is no news either.
            await self._tx.execute(update(sources).where(sources.c.id == source.id).values(**_columns(source)))
        return known is None or known.removed or not known.enabled

    async def take_on(self, source: SourceId) -> Source | None:
        """Read from now on what was offered, was taken off, or was given up; None when there is no such source."""
        anew = {"removed": False, "enabled": True, "failures": 0, "last_error": None, "next_poll_at": None}
        await self._tx.execute(update(sources).where(sources.c.id == source).values(**anew))
        return await self.get(source)

    async def get(self, source: SourceId) -> Source | None:
        """Return a source; None when there is none, or it was taken off."""
        row = (await self._tx.execute(_live().where(sources.c.id == source))).mappings().first()
        return None if row is None else _source(row)

    async def many(self, ids: Sequence[SourceId]) -> dict[SourceId, Source]:
        """Return those of these sources that there are, and were not taken off, by their ids."""
        found: dict[SourceId, Source] = {}
        for some in batches(ids):
            rows = await self._tx.execute(_live().where(sources.c.id.in_(some)))
            found |= {source.id: source for source in map(_source, rows.mappings())}
        return found

    async def all(self) -> tuple[Source, ...]:
        """Return every source, enabled or not, by title."""
        rows = await self._tx.execute(_live().order_by(sources.c.title, sources.c.id))
        return tuple(_source(row) for row in rows.mappings())

    async def due(self, now: datetime) -> tuple[Due, ...]:
        """Return the enabled sources to read now, the longest due first; one that was never read is due."""
        at = sources.c.next_poll_at
        asked = select(sources.c.id, sources.c.address, sources.c.failures > 0).where(*_is_due(now))
        rows = await self._tx.execute(asked.order_by(at.is_not(None), at, sources.c.id))
        return tuple(Due(SourceId(key), address, bool(is_ill)) for key, address, is_ill in rows)

    async def claim(self, wanted: Collection[SourceId], now: datetime, until: datetime) -> frozenset[SourceId]:
        """Take those of these sources that are due, and return them; for others they are not due before `until`.

        On SQLite one process works alone: it is given them all, and after a crash they are due at once.
        """
        if self._tx.dialect.name == "sqlite":
            return frozenset(wanted)
        taken: set[SourceId] = set()
        for some in batches(sorted(wanted)):
            free = select(sources.c.id).where(sources.c.id.in_(some), *_is_due(now)).with_for_update(skip_locked=True)
            mine = update(sources).where(sources.c.id.in_(free)).values(next_poll_at=until)
            taken.update((await self._tx.execute(mine.returning(sources.c.id))).scalars())
        return frozenset(taken)

    async def update(self, given: Sequence[Source], before: Mapping[SourceId, Source] = MappingProxyType({})) -> None:
        """Keep all that is given of known sources: their memos too, so do it where their articles are kept.

        Args:
            before: What this transaction read of them: of one that differs in its times alone, only these are written.
        """
        later: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for source in given:
            if _is_only_later(source, before.get(source.id)):
                later.append({"this": source.id, "at": source.last_success_at, "due": source.next_poll_at})
            else:
                changed.append({"this": source.id, **_columns(source)})
        if later:
            await self._tx.execute(_LATER, later)
        if changed:
            await self._tx.execute(_UPDATE, changed)

    async def choose(self, source: SourceId, *, fetch_pages: bool | None = None, user_agent: str | None = None) -> None:
        """Keep what a person chose for reading this source; None leaves it as it is."""
        chosen = {"fetch_pages": fetch_pages, "user_agent": user_agent}
        if given := {name: value for name, value in chosen.items() if value is not None}:
            await self._tx.execute(update(sources).where(sources.c.id == source).values(**given))

    async def put_off(self, until: Mapping[SourceId, datetime]) -> None:
        """Read these no sooner than that."""
        if until:
            statement = update(sources).where(sources.c.id == bindparam("this")).values(next_poll_at=bindparam("at"))
            await self._tx.execute(statement, [{"this": source, "at": at} for source, at in until.items()])

    async def is_known(self, kind: str, address: str) -> bool:
        """Tell whether a source of this kind is read, or was read, at this address."""
        same = (sources.c.kind == kind) & (sources.c.address == address)
        return await self._tx.scalar(select(sources.c.id).where(same)) is not None

    async def remove(self, source: SourceId) -> None:
        """Read this source no more. Its articles stay; without any, nothing of it does."""
        has_articles = exists().where(articles.c.source == source)
        await self._tx.execute(delete(sources).where(sources.c.id == source, ~has_articles))
        await self._tx.execute(update(sources).where(sources.c.id == source).values(removed=True))

    async def coverage(self, since: datetime, until: datetime) -> Coverage:
        """Return how many articles came in (since, until], which enabled sources were not read, or fell silent."""
        at = articles.c.fetched_at
        counted = await self._tx.scalar(select(func.count()).select_from(articles).where(at > since, at <= until))
        enabled = [source for source in await self.all() if source.enabled]
        unread = [source for source in enabled if not _was_read(source, until)]
        return Coverage(
            articles=counted or 0,
            sources_read=len(enabled) - len(unread),
            sources=len(enabled),
            unread=tuple(
                Unread(
                    title=source.title or source.address,
                    since=source.last_success_at,
                    why=source.last_error or ("Haberdar did not run" if source.last_success_at else ""),
                )
                for source in unread
            ),
            silent=tuple(
                Silent(title=source.title or source.address, since=source.rhythm.last_new_at)
                for source in enabled
                if source not in unread and source.rhythm.told == "silent" and source.rhythm.last_new_at is not None
            ),
        )


_UPDATE = (
    update(sources)
    .where(sources.c.id == bindparam("this"))
    .values({column.name: bindparam(column.name) for column in sources.c if column.name not in ("id", "removed")})
)


_LATER = (
    update(sources)
    .where(sources.c.id == bindparam("this"))
    .values(last_success_at=bindparam("at"), next_poll_at=bindparam("due"))
)


def _is_only_later(source: Source, before: Source | None) -> bool:
    if before is None:
        return False
    return source == replace(before, last_success_at=source.last_success_at, next_poll_at=source.next_poll_at)


def _was_read(source: Source, until: datetime) -> bool:
    return source.last_success_at is not None and source.last_success_at >= until - _FRESH


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    at = sources.c.next_poll_at
    return (sources.c.removed == false(), sources.c.enabled == true(), or_(at.is_(None), at <= now))


def _live() -> Select[Any]:
    return select(sources).where(sources.c.removed == false())


def _columns(source: Source) -> dict[str, Any]:
    return {
        "kind": source.kind,
        "address": source.address,
        "title": source.title,
        "language": source.language,
        "outlet": source.outlet,
        "stance": source.stance.value,
        "enabled": source.enabled,
        "fetch_pages": source.fetch_pages,
        "user_agent": source.user_agent,
        "validators": [list(pair) for pair in source.validators],
        "failures": source.failures,
        "last_error": source.last_error,
        "last_success_at": source.last_success_at,
        "next_poll_at": source.next_poll_at,
        **_rhythm_columns(source.rhythm),
    }


def _rhythm_columns(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "since": rhythm.since,
        "last_new_at": rhythm.last_new_at,
        "rate": rhythm.rate,
        "interval_s": None if rhythm.interval is None else int(rhythm.interval.total_seconds()),
        "missed_at": rhythm.missed_at,
        "moved_to": rhythm.moved_to,
        "moved_since": rhythm.moved_since,
        "former": rhythm.former,
        "told": rhythm.told,
    }


def _source(row: Mapping[Any, Any]) -> Source:
    return Source(
        id=SourceId(row["id"]),
        kind=row["kind"],
        address=row["address"],
        title=row["title"],
        language=row["language"],
        outlet=row["outlet"],
        stance=Stance(row["stance"]),
        enabled=row["enabled"],
        fetch_pages=row["fetch_pages"],
        user_agent=row["user_agent"],
        validators=tuple((name, value) for name, value in row["validators"]),
        failures=row["failures"],
        last_error=row["last_error"],
        last_success_at=row["last_success_at"],
        next_poll_at=row["next_poll_at"],
        rhythm=Rhythm(
            since=row["since"],
            last_new_at=row["last_new_at"],
            rate=row["rate"],
            interval=None if row["interval_s"] is None else timedelta(seconds=row["interval_s"]),
            missed_at=row["missed_at"],
            moved_to=row["moved_to"],
            moved_since=row["moved_since"],
            former=row["former"],
            told=row["told"],
        ),
    )
