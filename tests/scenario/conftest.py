"""The river of every scenario without chat services: on SQLite, and where SQL matters on PostgreSQL too."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.postgres import Stock
from tests.river import River, running_river


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of an empty SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "haberdar.db")
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
    stock: Stock = request.getfixturevalue("postgres_stock")
    url = await stock.lend()
    try:
        async with running_river(url) as river:
            yield river
    finally:
        await stock.take_back(url)
