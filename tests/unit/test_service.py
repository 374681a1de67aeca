"""The service's steps and fronts: woken, outliving trouble, and ending in time with a reason."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands.inbox import Clerk
from bot.commands.registry import Context
from bot.service import Front, Service, Step
from digests.engine import Engine
from digests.errors import HaberdarError, StoreError
from digests.store.db import Database
from digests.store.secrets import Vault
from tests.fakes.clock import FakeClock

TOKEN = "123456:a-token-nobody-may-read"


class PlayedFront:
    """A front that ends as a test says: with a state, an error, or when it is told to; or not even then."""

    is_single = True

    def __init__(self, name: str, end: object = None, *, is_deaf: bool = False) -> None:
        self.name = name
        self.was_stopped = False
        self._end = end
        self._is_deaf = is_deaf

    async def run(self, stop: asyncio.Event) -> object:
        """End as told."""
        if isinstance(self._end, Exception):
            raise self._end
        if self._end is not None:
            return self._end
        if self._is_deaf:
            await asyncio.Event().wait()
        await stop.wait()
        self.was_stopped = True
        return "stopped"


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    database = await Database.open(f"sqlite:///{tmp_path / 'haberdar.db'}", vault=Vault("a key that is long enough"))
    engine = Engine(database, {}, now=FakeClock().now)
    yield engine
    await engine.close()
    await database.close()


def _service(engine: Engine, folder: Path, fronts: Sequence[Front]) -> Service:
    return Service(engine, Clerk(engine, Context()), (), fronts, folder, FakeClock())


async def test_a_step_that_the_database_failed_is_done_again_soon_though_nothing_wakes_it() -> None:
    faults, done = [StoreError("the database is away")], asyncio.Event()

    async def work() -> int:
        if faults:
            raise faults.pop()
        return 1

    step = Step("folder", work, done.set, again_s=0.01)
    running = asyncio.create_task(step.run())
    step.wake()
    async with asyncio.timeout(5):
        assert await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_step_runs_once_more_for_a_wake_during_its_work_and_not_twice_for_two() -> None:
    begun, may_end, runs = asyncio.Event(), asyncio.Event(), 0

    async def work() -> int:
        nonlocal runs
        runs += 1
        begun.set()
        await may_end.wait()
        return 0

    step = Step("count", work)
    task = asyncio.create_task(step.run())
    step.wake()
    await begun.wait()
    step.wake()
    step.wake()
    may_end.set()
    for _ in range(10):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert runs == 2


@pytest.mark.parametrize(
    ("done", "woken"), [pytest.param(0, 0, id="nothing done"), pytest.param(3, 1, id="something done")]
)
async def test_a_step_wakes_the_next_when_it_did_something(done: int, woken: int) -> None:
    wakes: list[int] = []

    async def work() -> int:
        return done

    step = Step("work", work, lambda: wakes.append(1))
    task = asyncio.create_task(step.run())
    step.wake()
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(wakes) == woken


@pytest.mark.parametrize(
    "fault", [pytest.param(HaberdarError("the disk is full"), id="known"), pytest.param(KeyError("x"), id="a bug")]
)
async def test_a_step_outlives_a_failed_run(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    runs: list[int] = []

    async def work() -> int:
        runs.append(1)
        if len(runs) == 1:
            raise fault
        return 0

    step = Step("work", work)
    task = asyncio.create_task(step.run())
    for _ in range(2):
        step.wake()
        for _ in range(5):
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(runs) == 2
    assert [record.message for record in caplog.records] == ["step.failed"]


async def test_a_front_whose_token_is_refused_leaves_the_other_at_work(engine: Engine, tmp_path: Path) -> None:
    slack = PlayedFront("slack")
    stop = asyncio.Event()
    running = asyncio.create_task(
        _service(
            engine, tmp_path, (PlayedFront("telegram", HaberdarError("Telegram does not accept its token")), slack)
        ).run(stop)
    )
    await asyncio.sleep(0.05)
    assert not running.done()
    stop.set()
    await asyncio.wait_for(running, 10)
    assert slack.was_stopped


async def test_without_a_front_left_the_service_ends_and_names_why_of_each(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fronts = (
        PlayedFront("telegram", HaberdarError("Telegram does not accept the token: put another")),
        PlayedFront("slack", HaberdarError("Slack does not accept the bot token (invalid_auth): put another")),
    )
    with pytest.raises(HaberdarError) as raised:
        await asyncio.wait_for(_service(engine, tmp_path, fronts).run(asyncio.Event()), 10)
    assert str(raised.value) == (
        "Telegram does not accept the token: put another; "
        "Slack does not accept the bot token (invalid_auth): put another"
    )
    assert [record.message for record in caplog.records].count("front.ended") == 2


async def test_a_front_that_ends_by_a_bug_is_named_without_the_bugs_words(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(HaberdarError, match="slack ended by a fault of Haberdar's own \\(RuntimeError\\)") as raised:
        await _service(engine, tmp_path, (PlayedFront("slack", RuntimeError(TOKEN)),)).run(asyncio.Event())
    assert TOKEN not in str(raised.value)
    assert "front.failed" in caplog.text


async def test_a_front_that_does_not_end_is_cut_off_and_leaves_no_task(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.service._SHUTDOWN_S", 0.05)
    before = asyncio.all_tasks()
    stop = asyncio.Event()
    running = asyncio.create_task(
        _service(engine, tmp_path, (PlayedFront("telegram", is_deaf=True), PlayedFront("slack"))).run(stop)
    )
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert asyncio.all_tasks() == before


async def test_the_service_without_fronts_runs_until_it_is_stopped(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stop = asyncio.Event()
    running = asyncio.create_task(_service(engine, tmp_path / "not there yet", ()).run(stop))
    async with asyncio.timeout(60):
        # It has looked for the folder that is not there by then, and everything else has begun too.
        while not {"service.started", "folder.unwatched"} <= set(caplog.messages):
            assert not running.done()
            await asyncio.sleep(0.001)
        stop.set()
        await running
    assert caplog.messages[-1] == "service.ended"


@pytest.mark.parametrize("turns", [0, 1, 2, 5, 20, 100])
async def test_it_ends_in_time_whenever_it_is_stopped(engine: Engine, tmp_path: Path, turns: int) -> None:
    before = asyncio.all_tasks()
    stop = asyncio.Event()
    running = asyncio.create_task(_service(engine, tmp_path, (PlayedFront("slack"),)).run(stop))
    for _ in range(turns):
        await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert asyncio.all_tasks() == before


async def test_a_cancelled_service_ends_its_tasks_too(engine: Engine, tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    running = asyncio.create_task(_service(engine, tmp_path, (PlayedFront("slack"),)).run(asyncio.Event()))
    await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert asyncio.all_tasks() == before
