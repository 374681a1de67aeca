"""APScheduler jobs for the coroutines it is given. A tick carries no meaning: what is due is computed from marks."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

Tick = Callable[[], Awaitable[None]]

# Ticks are counted from a whole minute: slots fall on whole minutes, and a tick beside them came half a second late.
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
_LOOK = timedelta(seconds=5)


def make_scheduler() -> AsyncIOScheduler:
    """Return a scheduler, not started, that drops no late tick, joins missed ones and runs no tick beside itself."""
    # APScheduler warns of every tick that is skipped because the last one still runs; that is how it is meant here.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )


def add_ticks(scheduler: AsyncIOScheduler, ticks: Mapping[str, tuple[Tick, timedelta]]) -> None:
    """Add one job a kind of tick, on the whole multiples of its interval; one that fails is logged, the next comes."""
    for name, (tick, every) in ticks.items():
        seconds = every.total_seconds()
        scheduler.add_job(_run, "interval", seconds=seconds, start_date=_BEGIN, id=name, args=(name, tick))


async def mind_clock(
    scheduler: AsyncIOScheduler, now: Callable[[], datetime], sleep: Callable[[timedelta], Awaitable[None]]
) -> None:
    """Count the next ticks anew where the clock was put back, for ever: the scheduler would wait until it caught up."""
    while True:
        await sleep(_LOOK)
        for job in scheduler.get_jobs():
            if job.next_run_time - now() > job.trigger.interval:
                job.reschedule(job.trigger)


async def _run(name: str, tick: Tick) -> None:
    try:
        await tick()
    except Exception:
        log.exception("tick.failed", extra={"tick": name})
