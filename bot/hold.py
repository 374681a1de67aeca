"""A process's hold on what only one may do at a time."""

import asyncio
import logging
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from digests.errors import StoreError
from digests.store.db import Database
from digests.store.leases import LEASE, LOOK, RENEW, Leases

log = logging.getLogger(__name__)


class Hold:
    """A lease on work that must be single, as this process holds it or waits for it.

    Attributes:
        epoch: Under which we work; None while another process does.
        taken: Set while the work is ours.
        lost: Set while it is not.
    """

    def __init__(self, name: str, database: Database, owner: str, clock: Clock) -> None:
        """Hold nothing yet. `owner` is a name that no other process and no earlier run has."""
        self.name = name
        self.epoch: int | None = None
        self.taken, self.lost = asyncio.Event(), asyncio.Event()
        self.lost.set()
        self._database = database
        self._owner = owner
        self._clock = clock
        self._until: datetime | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether the work is ours to do; what is done is fenced besides."""
        return self.epoch is not None and self._until is not None and self._clock.now() < self._until

    async def run(self) -> None:
        """Take the lease when it is free, and keep it, until cancelled; then give it up."""
        try:
            while True:
                try:
                    await self.look()
                except StoreError as error:
                    log.warning("hold.not_renewed", extra={"role": self.name, "why": str(error)})
                await self._clock.sleep(LOOK if self.epoch is None else RENEW)
        finally:
            await self._release()

    async def look(self) -> None:
        """Take the lease or renew it, once."""
        begun, before = self._clock.now(), self.epoch
        async with self._database.write() as tx:
            leases = Leases(tx)
            held = await leases.take(self.name, self._owner, await leases.clock(begun), LEASE)
        self.epoch, self._until = (None, None) if held is None else (held.epoch, begun + LEASE)
        (self.taken.clear if held is None else self.taken.set)()
        (self.lost.set if held is None else self.lost.clear)()
        if self.epoch != before:
            event = "hold.lost" if held is None else "hold.taken"
            log.info(event, extra={"role": self.name, "epoch": self.epoch})

    async def fence(self, tx: AsyncConnection) -> None:
        """Let the transaction fail with `StoreError` when the work is not ours any more."""
        await Leases(tx).insist(self.name, self.epoch or 0)

    async def _release(self) -> None:
        if self.epoch is None:
            return
        self.epoch = None
        try:
            async with self._database.write() as tx:
                await Leases(tx).release(self.name, self._owner)
        except StoreError as error:
            log.warning("hold.not_released", extra={"role": self.name, "why": str(error)})
