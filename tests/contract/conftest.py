"""Every contract test of the store runs on SQLite and on a real PostgreSQL, each on a database of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio

from digests.store.db import Database
from digests.store.secrets import Vault
from tests.postgres import Server, name_of, running_server

_T = TypeVar("_T")

KEY = "a key that is long enough"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> Iterator[str]:
    """The name of a PostgreSQL database at the latest step, to be copied."""
    url = _run_apart(postgres.make())
    _run_apart(_step_up(url))
    yield name_of(url)
    _run_apart(postgres.drop(url))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the latest step, to be copied."""
    path = tmp_path_factory.mktemp("template") / "haberdar.db"
    _run_apart(_step_up(f"sqlite:///{path}"))
    return path


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database at the latest step."""
    if request.param == "sqlite":
        path = tmp_path / "haberdar.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgres")
    url = await server.make(template=request.getfixturevalue("postgres_template"))
    yield url
    await server.drop(url)


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


def _run_apart(work: Coroutine[Any, Any, _T]) -> _T:
    """Run in a thread of its own: a test's loop may be running here."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _step_up(url: str) -> None:
    database = await Database.open(url, vault=Vault(KEY))
    await database.close()
