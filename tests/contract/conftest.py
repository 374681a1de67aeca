"""Every contract test of the store runs on SQLite and on a real PostgreSQL, each on a database of its own."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from digests.store.db import Database
from digests.store.secrets import Vault
from tests.builders import KEY
from tests.postgres import Server, Stock


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database at the latest step."""
    if request.param == "sqlite":
        path = tmp_path / "haberdar.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    stock: Stock = request.getfixturevalue("postgres_stock")
    url = await stock.lend()
    yield url
    await stock.take_back(url)


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database that holds nothing at all."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'haberdar.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    url = await server.make()
    yield url
    await server.drop(url)


@pytest.fixture
def vault() -> Vault:
    """The vault of every test's database."""
    return Vault(KEY)


@pytest_asyncio.fixture
async def database(database_url: str, vault: Vault) -> AsyncIterator[Database]:
    """An open, empty database."""
    opened = await Database.open(database_url, vault=vault)
    yield opened
    await opened.close()
