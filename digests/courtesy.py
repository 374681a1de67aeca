"""Turns at a host: one request a second, whoever asks, in whichever process."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from digests.errors import SourceError
from digests.sources.pace import BETWEEN_REQUESTS
from digests.store.db import Database
from digests.store.hosts import Hosts

_TURNS = 5


class Courtesy:
    """Takes turns at hosts by their rows in the database.

    Args:
        sleep: Waits for the next turn; None never waits.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[timedelta], Awaitable[None]] | None,
    ) -> None:
        self._database = database
        self._now = now
        self._sleep = sleep

    async def take(self, host: str) -> bool:
        """Wait for the next turn at a host; return whether it came soon enough."""
        for _ in range(_TURNS):
            async with self._database.write() as tx:
                now = self._now()
                if await Hosts(tx).claim({host}, now, now + BETWEEN_REQUESTS):
                    return True
            if self._sleep is None:
                return False
            await self._sleep(BETWEEN_REQUESTS)
        return False

    async def held(self) -> dict[str, datetime]:
        """Return the hosts that asked us to wait, and until when."""
        now = self._now()
        async with self._database.read() as tx:
            return {host: at for host, at in (await Hosts(tx).held(now)).items() if at - now > BETWEEN_REQUESTS}

    async def hold(self, error: SourceError) -> None:
        """Keep the wait that a host asked for, if it did."""
        if error.host and error.retry_after:
            async with self._database.write() as tx:
                await Hosts(tx).hold({error.host: self._now() + error.retry_after})
