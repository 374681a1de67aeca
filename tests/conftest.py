"""How long Hypothesis looks (HYPOTHESIS_PROFILE: `ci`, or `slow` for `make slow`); the databases that tests copy."""

import asyncio
import gc
import os
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from digests.apart import collect_as_usual, collect_seldom
from digests.store.db import Database
from digests.store.secrets import Vault
from tests import builders as b
from tests.postgres import Server, Stock, name_of, running_server

_T = TypeVar("_T")

# What runs lines again that other tests run: thousands of texts, days played by other ticks, the whole by its fronts.
_AGAIN = (
    "/accuracy/",
    "_fuzz.py",
    "_hostile.py",
    "/test_engine_any_order.py",
    "/test_engine_ticks.py",
    "/test_invariants.py",
    "/test_main_job.py",
    "/test_outcomes.py",
)

collect_seldom()

settings.register_profile("ci", max_examples=40, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "slow", max_examples=2_000, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_stock(postgres: Server) -> Iterator[Stock]:
    """Empty PostgreSQL databases at the latest step, to be borrowed."""
    url = _run_apart(postgres.make())
    _run_apart(_step_up(url))
    stock = Stock(postgres, name_of(url))
    yield stock
    _run_apart(stock.close())
    _run_apart(postgres.drop(url))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the latest step, to be copied."""
    path = tmp_path_factory.mktemp("template") / "haberdar.db"
    _run_apart(_step_up(f"sqlite:///{path}"))
    return path


def _run_apart(work: Coroutine[Any, Any, _T]) -> _T:
    """Run in a thread of its own: a test's loop may be running here."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _step_up(url: str) -> None:
    database = await Database.open(url, vault=Vault(b.KEY))
    await database.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the scenarios, which wait for processes and sockets: at the end they would keep one worker alone.

    What runs the same lines again covers nothing that a first case did not, and tracing costs half as much as running:
    it is not traced.
    """
    items.sort(key=lambda item: "/scenario/" not in item.nodeid)
    for item in items:
        if any(again in item.nodeid for again in _AGAIN):
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what lives as long as the run: thousands of tests."""
    gc.collect()
    gc.freeze()
    collect_as_usual()
