"""Moving everything from one database to another, of the same kind or not; what came over is read back and compared."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Integer, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.store.db import Database
from digests.store.tables import lanes, marks, metadata

_ROWS = 500  # written at once


async def copy_everything(source: Database, target: Database, progress: Callable[[str, int], None]) -> int:
    """Copy every row into an empty database in one transaction; return how many rows there were.

    `progress` hears the table and its rows so far. Both databases must be at the latest step and under the same key:
    sealed columns travel as they are. The service must not run on either. `StoreError`, with nothing kept, when what is
    read back is not what was read.
    """
    copied = 0
    async with source.read() as here, target.write() as there:
        await _refuse_if_served(here)
        await _refuse_if_used(there)
        for table in metadata.sorted_tables:
            copied += await _copy_table(table, here, there, progress)
        if target.kind == "postgresql":
            await _raise_counters(there)
    return copied


async def _refuse_if_served(here: AsyncConnection) -> None:
    """Stop where a service works on a PostgreSQL: what it writes after the copy would stay behind."""
    if here.dialect.name == "sqlite":
        return  # its folder's lock says so
    now = await here.scalar(select(func.clock_timestamp()))
    is_held = (lanes.c.owner.is_not(None), lanes.c.lease_until > now)
    if await here.scalar(select(lanes.c.id).where(*is_held).limit(1)) is not None:
        raise StoreError(
            "a Haberdar works on the database to copy from; stop it first (one that was killed is let go in 12 seconds)"
        )


async def _refuse_if_used(there: AsyncConnection) -> None:
    for table in metadata.sorted_tables:
        if table is not marks and await there.scalar(select(func.count()).select_from(table)):
            raise StoreError(f"the database to copy to holds {table.name} already; name an empty one")


async def _copy_table(
    table: Table, here: AsyncConnection, there: AsyncConnection, progress: Callable[[str, int], None]
) -> int:
    if table is marks:
        await there.execute(marks.delete())  # opening a database leaves its own there
    read, kept = _Sum(), _Sum()
    rows = await here.stream(select(table))
    async for batch in rows.mappings().partitions(_ROWS):
        read.add(batch)
        await there.execute(insert(table), [dict(row) for row in batch])
        progress(table.name, read.rows)
    back = await there.stream(select(table))
    async for batch in back.mappings().partitions(_ROWS):
        kept.add(batch)
    if read != kept:
        raise StoreError(f"{table.name} did not come over whole ({kept.rows} of {read.rows} rows, or other values)")
    return read.rows


class _Sum:
    """How many rows there are, and a sum of their hashes: the two engines order texts in different ways."""

    def __init__(self) -> None:
        self.rows = self._total = 0

    def add(self, rows: Sequence[Mapping[Any, Any]]) -> None:
        for row in rows:
            written = json.dumps(dict(row), sort_keys=True, default=str).encode()
            self._total = (self._total + int.from_bytes(hashlib.sha256(written).digest())) % (1 << 256)
        self.rows += len(rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sum) and (self.rows, self._total) == (other.rows, other._total)

    __hash__ = None  # type: ignore[assignment]


async def _raise_counters(there: AsyncConnection) -> None:
    """Let PostgreSQL count on behind the numbers that were copied."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or not isinstance(column.type, Integer):
            continue
        highest = await there.scalar(select(func.max(column)))
        if highest is not None:
            await there.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, :key), :highest)"),
                {"name": table.name, "key": column.name, "highest": highest},
            )
