"""Moving everything to another database, of either kind."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from digests.errors import StoreError
from digests.store.db import Database
from digests.store.secrets import Vault
from digests.store.sources import Sources
from digests.store.tables import inbox, sources
from digests.store.transfer import copy_everything
from tests import builders


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
