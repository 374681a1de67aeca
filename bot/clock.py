"""The only clock: everything else is given `now`."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the rim reads the time and waits."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        ...

    async def sleep_until(self, at: datetime) -> None:
        """Return when `at` has come; at once when it has passed."""
        ...

    async def sleep(self, delay: timedelta) -> None:
        """Return after `delay`."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, at: datetime) -> None:
        """Return when `at` has come; at once when it has passed."""
        await self.sleep(at - self.now())

    async def sleep(self, delay: timedelta) -> None:
        """Return after `delay`."""
        await asyncio.sleep(max(delay.total_seconds(), 0.0))
