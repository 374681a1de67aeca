"""The river of every scenario without chat services: on SQLite, and where SQL matters on PostgreSQL too."""

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
from tests.river import KEY, River, running_river

_T = TypeVar("_T")


@pytest.fixture(scope="session")
def scenario_postgres() -> Iterator[Server]:
    """A running PostgreSQL."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def scenario_template(scenario_postgres: Server) -> Iterator[str]:
    """The name of a PostgreSQL database at the latest step, to be copied."""
    url = _run_apart(scenario_postgres.make())
    _run_apart(_step_up(url))
    yield name_of(url)
    _run_apart(scenario_postgres.drop(url))


@pytest.fixture(scope="session")
def scenario_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the latest step, to be copied."""
    path = tmp_path_factory.mktemp("template") / "haberdar.db"
    _run_apart(_step_up(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, scenario_sqlite: Path) -> str:
    """The address of an empty SQLite database."""
    shutil.copy(scenario_sqlite, tmp_path / "haberdar.db")
    return f"sqlite:///{tmp_path / 'haberdar.db'}"


@pytest_asyncio.fixture
async def river(sqlite_url: str) -> AsyncIterator[River]:
    """The river on SQLite."""
    async with running_river(sqlite_url) as river:
        yield river


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[River]:
    """The river on each engine, for what rests on its SQL."""
    if request.param == "sqlite":
        async with running_river(request.getfixturevalue("sqlite_url")) as river:
            yield river
        return
    server: Server = request.getfixturevalue("scenario_postgres")
    url = await server.make(template=request.getfixturevalue("scenario_template"))
    try:
        async with running_river(url) as river:
            yield river
    finally:
        await server.drop(url)


def _run_apart(work: Coroutine[Any, Any, _T]) -> _T:
    """Run in a thread of its own: a test's loop may be running here."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _step_up(url: str) -> None:
    await (await Database.open(url, vault=Vault(KEY))).close()
