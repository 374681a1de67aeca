"""A clock that a test moves by hand."""

import asyncio
import contextlib
import heapq
import time
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 11, 23, 12, 32, tzinfo=UTC)


class FakeClock:
    """Time stands still until `advance`; sleepers wake in order of their time."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        """Return where the hands stand."""
        return self._now

    async def sleep_until(self, at: datetime) -> None:
        """Return when the hands have passed `at`; give way once even if they have."""
        if at <= self._now:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at, next(self._order), woken))
        await woken

    async def sleep(self, delay: timedelta) -> None:
        """Return when the hands have moved on by `delay`."""
        await self.sleep_until(self._now + delay)

    async def advance(self, delay: timedelta) -> None:
        """Move the hands by `delay`, stopping at each sleeper's time to let it run."""
        end = self._now + delay
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, at)
            if not woken.done():
                woken.set_result(None)
            await self.settle()
        self._now = end
        await self.settle()

    def next_waking(self) -> datetime:
        """Return when the next sleeper wakes; now if none sleeps."""
        return min((at for at, _, woken in self._sleepers if not woken.done()), default=self._now)

    async def settle(self) -> None:
        """Give every task that can run some turns."""
        for _ in range(20):
            await asyncio.sleep(0)


class JumpingClock:
    """A clock that runs as ours does, from a time a test chose, and can be put on: sleepers then wake early."""

    def __init__(self, now: datetime = START) -> None:
        self._began_at = now
        self._began = time.monotonic()
        self._jumped = asyncio.Event()

    def now(self) -> datetime:
        """Return where the hands stand."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._began)

    async def sleep_until(self, at: datetime) -> None:
        """Return when the hands have passed `at`, by themselves or by a jump."""
        while (left := (at - self.now()).total_seconds()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._jumped.wait(), left)
        await asyncio.sleep(0)

    async def sleep(self, delay: timedelta) -> None:
        """Return when the hands have moved on by `delay`."""
        await self.sleep_until(self.now() + delay)

    def jump_to(self, at: datetime) -> None:
        """Put the hands to `at`, forwards or backwards."""
        self._began_at += at - self.now()
        self._jumped.set()
        self._jumped = asyncio.Event()
