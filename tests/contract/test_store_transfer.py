"""Moving everything to another database, of either kind."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Float, Integer, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.store.db import Database
from digests.store.leases import LEASE, Leases
from digests.store.secrets import Vault
from digests.store.sources import Sources
from digests.store.tables import Instant, inbox, metadata, sources
from digests.store.transfer import copy_everything
from tests import builders

_LONG_AGO = datetime(2020, 2, 29, tzinfo=UTC)


@pytest.fixture
def source_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "from.db")
    return f"sqlite:///{tmp_path / 'from.db'}"


async def test_every_row_comes_over_and_is_read_the_same(source_url: str, database: Database, vault: Vault) -> None:
    source = await Database.open(source_url, vault=vault)
    async with source.write() as tx:
        await Sources(tx).add(builders.source(title="Степове радіо"))
    heard: list[tuple[str, int]] = []

    copied = await copy_everything(source, database, lambda table, rows: heard.append((table, rows)))

    async with source.read() as here, database.read() as there:
        assert await Sources(there).all() == await Sources(here).all()
    assert copied >= 1
    assert ("sources", 1) in heard
    await source.close()


async def test_a_database_that_holds_something_is_refused_and_stays_as_it_is(
    source_url: str, database: Database, vault: Vault
) -> None:
    source = await Database.open(source_url, vault=vault)
    async with database.write() as tx:
        await Sources(tx).add(builders.source())

    with pytest.raises(StoreError, match="holds sources already; name an empty one"):
        await copy_everything(source, database, lambda _table, _rows: None)

    async with database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(sources)) == 1
    await source.close()


async def test_a_postgresql_on_which_a_service_works_is_not_copied_from(
    source_url: str, database: Database, vault: Vault
) -> None:
    target = await Database.open(source_url, vault=vault)
    async with database.write() as tx:
        now = await Leases(tx).clock(builders.NOW)
        await Leases(tx).take("poll", "a run", now, LEASE)
    if database.kind == "postgresql":
        with pytest.raises(StoreError, match="a Haberdar works on the database to copy from; stop it first"):
            await copy_everything(database, target, lambda _table, _rows: None)
        async with database.write() as tx:
            await Leases(tx).release("poll", "a run")
    assert await copy_everything(database, target, lambda _table, _rows: None) > 0
    await target.close()


async def test_numbers_go_on_behind_those_that_were_copied(source_url: str, database: Database, vault: Vault) -> None:
    source = await Database.open(source_url, vault=vault)
    row = {"front": "telegram", "chat_hash": "h", "request": "sealed", "received_at": builders.NOW, "attempts": 0}
    async with source.write() as tx:
        await tx.execute(insert(inbox).values(row=7, update="a", **row))

    await copy_everything(source, database, lambda _table, _rows: None)
    async with database.write() as tx:
        await tx.execute(insert(inbox).values(update="b", **row))

    async with database.read() as tx:
        assert (await tx.scalars(select(inbox.c.row).order_by(inbox.c.row))).all() == [7, 8]
    await source.close()


async def test_every_table_there_and_back_is_the_same_and_one_that_is_not_is_refused(
    sqlite_template: Path, tmp_path: Path, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / name for name in ("from.db", "back.db")]
    for file in files:
        shutil.copy(sqlite_template, file)
    first, last = [await Database.open(f"sqlite:///{file}", vault=vault) for file in files]
    async with first.write() as tx:
        await _fill(tx)

    copied = await copy_everything(first, database, lambda _table, _rows: None)
    assert await copy_everything(database, last, lambda _table, _rows: None) == copied
    assert copied >= 2 * len(metadata.sorted_tables)
    async with first.read() as here, last.read() as there:
        for table in metadata.sorted_tables:
            mine, theirs = [{str(row) for row in (await tx.execute(select(table))).all()} for tx in (here, there)]
            assert mine == theirs, table.name

    monkeypatch.setattr("digests.store.transfer._Sum.__eq__", lambda *_: False)
    async with last.write() as tx:
        for table in reversed(metadata.sorted_tables):
            await tx.execute(table.delete())
    with pytest.raises(StoreError, match="did not come over whole"):
        await copy_everything(first, last, lambda _table, _rows: None)
    async with last.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(inbox)) == 0
    await first.close()
    await last.close()


async def _fill(tx: AsyncConnection) -> None:
    """Put two rows into every table there is: what is added to the schema is copied without a word here."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        rows[table.name] = [{column.name: _value(column, nth, rows) for column in table.columns} for nth in (0, 1)]
        if table.name == "marks":
            rows[table.name] = [{"key": f"of a test {nth}", "value": "ü"} for nth in (0, 1)]
        await tx.execute(insert(table), rows[table.name])


def _value(column: Column[Any], nth: int, rows: dict[str, list[dict[str, Any]]]) -> Any:
    target = next(iter(column.foreign_keys), None)
    if target is not None and target.column.table.name in rows:
        return rows[target.column.table.name][nth][target.column.name]
    if nth and column.nullable:
        return None
    match column.type:
        case Instant():
            return _LONG_AGO + nth * timedelta(microseconds=1)  # a lease of then is over by any clock
        case Boolean():
            return bool(nth)
        case JSON():
            return {"ü": [nth, None, "№ 1"]}
        case Float():
            return nth + 1 / 3
        case Integer():
            return nth + 7
    return f"ї {column.name} {nth}"[: getattr(column.type, "length", None) or 99]
