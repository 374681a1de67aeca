"""Moving everything from one database to another, of the same kind or not."""

from collections.abc import Callable

from sqlalchemy import Integer, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.store.db import Database
from digests.store.tables import marks, metadata

_ROWS = 500  # written at once


async def copy_everything(source: Database, target: Database, progress: Callable[[str, int], None]) -> int:
    """Copy every row into an empty database in one transaction; return how many rows there were.

    `progress` hears the table and its rows so far. Both databases must be at the latest step and under the same key:
    sealed columns travel as they are. The service must not run on either.
    """
    copied = 0
    async with source.read() as here, target.write() as there:
        await _refuse_if_used(there)
        for table in metadata.sorted_tables:
            copied += await _copy_table(table, here, there, progress)
        if target.kind == "postgresql":
            await _raise_counters(there)
    return copied


async def _refuse_if_used(there: AsyncConnection) -> None:
    for table in metadata.sorted_tables:
        if table is not marks and await there.scalar(select(func.count()).select_from(table)):
            raise StoreError(f"the database to copy to holds {table.name} already; name an empty one")


async def _copy_table(
    table: Table, here: AsyncConnection, there: AsyncConnection, progress: Callable[[str, int], None]
) -> int:
    if table is marks:
        await there.execute(marks.delete())  # opening a database leaves its own there
    count = 0
    rows = await here.stream(select(table))
    async for batch in rows.mappings().partitions(_ROWS):
        await there.execute(insert(table), [dict(row) for row in batch])
        count += len(batch)
        progress(table.name, count)
    return count


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
