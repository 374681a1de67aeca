"""What scenarios begin with: the river on each engine, one sending lane, and a folder that was read once."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from digests.store.db import Database
from tests.counter import Counter, open_counter
from tests.fakes.clock import FakeClock
from tests.fakes.slack import FakeSlack
from tests.forked import ForkedWorker
from tests.office import Office, open_office
from tests.post import VAULT, Post
from tests.postgres import Stock
from tests.river import River, running_river
from tests.shell import ARTICLE, Shell, run_alone


@pytest.fixture(autouse=True)
def forked_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Matching workers begin at once; how a real one begins is for tests/unit/test_matching.py."""
    monkeypatch.setattr("digests.matching._begin", ForkedWorker)


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


@pytest_asyncio.fixture
async def counter(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Counter]:
    """Where people ask, with nothing read yet."""
    async with open_counter(tmp_path / "drop", sqlite_url) as counter:
        yield counter


@pytest_asyncio.fixture
async def post(sqlite_url: str) -> AsyncIterator[Post]:
    """One lane on SQLite, with a clock that stands still."""
    database = await Database.open(sqlite_url, vault=VAULT)
    yield Post(database, FakeClock())
    await database.close()


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    """A workspace in which the front listens."""
    async with open_office(FakeSlack(ack_within=0.3)) as office:
        yield office


@pytest.fixture(scope="session")
def read_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `once` has read three articles."""
    folder = tmp_path_factory.mktemp("read")
    for outlet, text in (
        ("harbour-post", ARTICLE),
        (
            "coast-daily",
            "A second text\n\nНа своїй сторінці про це написав Рефат Чубаров. Допис прочитали багато людей.",
        ),
        ("liman-news", "A third text\n\nThe weather stays mild."),
    ):
        (folder / "seeds" / outlet).mkdir(parents=True)
        (folder / "seeds" / outlet / "1.txt").write_text(text, encoding="utf-8")
    assert run_alone(folder, "once").status == 0
    return folder


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """The command line in an empty folder."""
    return Shell(folder=tmp_path, patch=monkeypatch, capsys=capsys)


@pytest.fixture
def read_shell(read_folder: Path, shell: Shell) -> Shell:
    """The command line in a folder of its own in which `once` has read three articles."""
    shutil.copytree(read_folder / "var", shell.folder / "var")
    return shell


@pytest.fixture
async def postgres_url(postgres_stock: Stock) -> AsyncIterator[str]:
    """Lend an empty database of PostgreSQL."""
    url = await postgres_stock.lend()
    yield url
    await postgres_stock.take_back(url)
