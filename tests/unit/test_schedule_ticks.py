import asyncio
import logging
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from digests.schedule.ticks import add_ticks, make_scheduler, mind_clock

SOON = timedelta(milliseconds=2)


async def test_a_tick_that_fails_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    calls, thrice = 0, asyncio.Event()

    async def tick() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            thrice.set()
        raise ValueError("one bad tick")

    scheduler = make_scheduler()
    add_ticks(scheduler, {"poll": (tick, SOON)})
    scheduler.start()
    await asyncio.wait_for(thrice.wait(), timeout=10)
    scheduler.shutdown(wait=False)

    failed = [record for record in caplog.records if record.message == "tick.failed"]
    assert len(failed) >= 3
    assert failed[0].exc_info is not None
    assert failed[0].__dict__["tick"] == "poll"


async def test_ticks_of_a_second_fall_on_whole_seconds_as_slots_do() -> None:
    scheduler = make_scheduler()

    async def tick() -> None:
        raise AssertionError("it is never run here")

    add_ticks(scheduler, {"write": (tick, timedelta(seconds=1)), "tidy": (tick, timedelta(minutes=10))})
    try:
        scheduler.start(paused=True)
        planned = {job.id: job.next_run_time for job in scheduler.get_jobs()}
    finally:
        scheduler.shutdown(wait=False)

    assert planned["write"].microsecond == 0
    assert (planned["tidy"].minute % 10, planned["tidy"].second, planned["tidy"].microsecond) == (0, 0, 0)


async def test_a_long_tick_is_never_run_beside_itself_and_nobody_is_warned(caplog: pytest.LogCaptureFixture) -> None:
    running, most, others = 0, 0, 0
    enough, release = asyncio.Event(), asyncio.Event()

    async def long() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await release.wait()
        running -= 1

    async def short() -> None:
        nonlocal others
        others += 1
        if others == 5:
            enough.set()

    scheduler = make_scheduler()
    add_ticks(scheduler, {"place": (long, SOON), "tidy": (short, SOON)})
    scheduler.start()
    with caplog.at_level(logging.INFO):
        await asyncio.wait_for(enough.wait(), timeout=10)
    release.set()
    scheduler.shutdown(wait=False)

    assert most == 1
    assert caplog.records == []


def test_late_ticks_are_not_dropped_and_missed_ones_are_joined() -> None:
    scheduler = make_scheduler()
    assert scheduler._job_defaults == {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    assert str(scheduler.timezone) == "UTC"


async def _at_once(_: timedelta) -> None:
    await asyncio.sleep(0.01)


async def test_ticks_go_on_when_the_clock_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = asyncio.Queue[None]()

    async def tick() -> None:
        ticks.put_nowait(None)

    class PutBack(datetime):
        by = timedelta()

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "PutBack":
            return cls.fromtimestamp((datetime.now(UTC) - cls.by).timestamp(), tz)

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", PutBack)
    scheduler = make_scheduler()
    add_ticks(scheduler, {"poll": (tick, timedelta(milliseconds=50))})
    scheduler.start()
    try:
        await asyncio.wait_for(ticks.get(), 10)
        PutBack.by = timedelta(hours=1)
        await asyncio.sleep(0.2)
        late = scheduler.get_jobs()[0].next_run_time - PutBack.now(UTC)
        assert late > timedelta(minutes=59)
        minding = asyncio.create_task(mind_clock(scheduler, lambda: PutBack.now(UTC), _at_once))
        while not ticks.empty():
            ticks.get_nowait()
        for _ in range(3):
            await asyncio.wait_for(ticks.get(), 10)
        minding.cancel()
    finally:
        scheduler.shutdown(wait=False)
