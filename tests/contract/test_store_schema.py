from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Inspector, inspect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from digests.store import migrations
from digests.store.db import Database
from digests.store.secrets import Vault
from digests.store.tables import metadata
from tests.postgres import Server


def test_the_steps_named_are_those_there_are() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    files = sorted(path.name[:4] for path in folder.glob("0*.py"))
    assert tuple(files) == migrations.STEPS


async def test_a_stepped_database_is_the_one_the_program_thinks_of(database: Database) -> None:
    async with database.write() as tx:
        assert await tx.run_sync(_differences) == []


async def test_a_fresh_and_a_stepped_database_are_alike(bare_and_stepped: tuple[AsyncEngine, AsyncEngine]) -> None:
    bare, stepped = bare_and_stepped
    async with bare.begin() as tx:
        await tx.run_sync(metadata.create_all)
        made = await tx.run_sync(_described)
    async with stepped.connect() as tx:
        assert await tx.run_sync(_described) == made
    assert sorted(made) == sorted(metadata.tables)


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def bare_and_stepped(
    request: pytest.FixtureRequest, tmp_path: Path, vault: Vault
) -> AsyncIterator[tuple[AsyncEngine, AsyncEngine]]:
    """Two engines of one kind: on a database with nothing in it, and on one that was stepped up."""
    if request.param == "sqlite":
        urls = [f"sqlite+aiosqlite:///{tmp_path / name}" for name in ("bare.db", "stepped.db")]
    else:
        server: Server = request.getfixturevalue("postgres")
        urls = [await server.make(), await server.make()]
    await (await Database.open(urls[1], vault=vault)).close()
    engines = [create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:")) for url in urls]
    yield engines[0], engines[1]
    for engine in engines:
        await engine.dispose()
    if request.param == "postgresql":
        for url in urls:
            await server.drop(url)


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={"compare_type": True, "include_object": lambda _o, name, *_: not name.startswith("articles_search")},
    )
    found: list[object] = compare_metadata(context, metadata)
    return [each for each in found if "articles_search" not in repr(each)]


def _described(connection: Connection) -> dict[str, object]:
    look = inspect(connection)
    ours = [name for name in look.get_table_names() if name in metadata.tables]
    return {name: _table(look, name) for name in sorted(ours)}


def _table(look: Inspector, name: str) -> tuple[object, ...]:
    indexes = {f"{each['name']} {each['column_names']}" for each in look.get_indexes(name)}
    return (
        [(column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(name)],
        look.get_pk_constraint(name)["constrained_columns"],
        sorted(f"{each['constrained_columns']} {each['options']}" for each in look.get_foreign_keys(name)),
        sorted(str(each["column_names"]) for each in look.get_unique_constraints(name)),
        # Each engine has its own way to search: it stands in the steps alone.
        sorted(each for each in indexes if not each.startswith("ix_articles_search")),
    )
