"""INSERT that meets a row which is there already: the one statement our two databases spell in their own way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnCollection, ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

_T = TypeVar("_T")
Row = Mapping[str, Any]

# SQLite takes at most 32,766 values in one statement, PostgreSQL 32,767.
_IDS = 5_000


async def add_once(tx: AsyncConnection, table: Table, row: Row) -> bool:
    """Insert a row; return False, with nothing changed, when one of its unique values is there already."""
    result = await tx.execute(_insert(tx, table).on_conflict_do_nothing(), [dict(row)])
    return result.rowcount == 1


async def add_new(tx: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows that are not there yet."""
    if rows:
        await tx.execute(_insert(tx, table).on_conflict_do_nothing(), [dict(row) for row in rows])


async def put(
    tx: AsyncConnection,
    table: Table,
    rows: Sequence[Row],
    change: Callable[[ColumnCollection[str, Any]], Mapping[str, Any]] | None = None,
) -> None:
    """Insert rows, overwriting those with the same primary key.

    With `change` an old row is changed to what it returns instead; it is given the new row's columns.
    """
    if not rows:
        return
    statement = _insert(tx, table)
    keys = [column.name for column in table.primary_key]
    new = statement.excluded
    values = change(new) if change else {name: new[name] for name in rows[0] if name not in keys}
    await tx.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=dict(values)), [dict(row) for row in rows]
    )


async def claim(tx: AsyncConnection, table: Table, rows: Sequence[Row], is_free: ColumnElement[bool]) -> list[str]:
    """Insert rows, or overwrite those there are where `is_free` holds; return the primary keys of what was written.

    Two that claim the same row at the same time do so one after the other: only one of them is given it.
    """
    if not rows:
        return []
    statement = _insert(tx, table)
    (key,) = table.primary_key.columns
    values = {name: statement.excluded[name] for name in rows[0] if name != key.name}
    upsert = statement.on_conflict_do_update(index_elements=[key.name], set_=values, where=is_free)
    return [row[0] for row in await tx.execute(upsert.returning(key), [dict(row) for row in rows])]


def batches(ids: Sequence[_T], size: int = _IDS) -> Iterator[Sequence[_T]]:
    """Yield ids in stretches that fit into one IN."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _insert(tx: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)
