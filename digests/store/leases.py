"""Leases: what must be single among several processes is held by one of them, until it lets go or falls silent.

Each new holder gets a higher epoch. Who was stopped past its lease finds its epoch over, and changes nothing.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.store.tables import lanes
from digests.store.upsert import add_once

LEASE = timedelta(seconds=12)
"""How long a holder may be silent. With a look every two seconds another takes over within fifteen."""
RENEW = timedelta(seconds=4)
LOOK = timedelta(seconds=2)


class Held(NamedTuple):
    """A lease that was taken, or renewed: then `is_new` is false and the epoch as before."""

    epoch: int
    is_new: bool


class Leases:
    """The leases of lanes and roles, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def clock(self, ours: datetime) -> datetime:
        """Return the time by which leases run: the database's where several machines work on it, else `ours`."""
        if self._tx.dialect.name == "sqlite":
            return ours
        now: datetime = (await self._tx.execute(select(func.clock_timestamp()))).scalar_one()
        return now

    async def take(
        self, name: str, owner: str, now: datetime, lease: timedelta, *, at_once: bool = False
    ) -> Held | None:
        """Hold what has this name, or hold it longer; None while another owner's lease runs.

        `owner` names one run of one process: a restart is another owner. One that comes back late keeps its epoch if
        nobody else held the lease meanwhile. `at_once` takes it over from a holder known to be dead.
        """
        await add_once(self._tx, lanes, {"id": name, "epoch": 0})
        held = (await self._tx.execute(select(lanes).where(lanes.c.id == name).with_for_update())).one()
        is_running = held.owner is not None and held.lease_until is not None and held.lease_until > now
        if is_running and held.owner != owner and not at_once:
            return None
        is_new = held.owner != owner
        epoch = held.epoch + is_new
        await self._tx.execute(
            update(lanes).where(lanes.c.id == name).values(owner=owner, epoch=epoch, lease_until=now + lease)
        )
        return Held(epoch, is_new)

    async def release(self, name: str, owner: str) -> None:
        """Give a lease back, for the next to take at once."""
        mine = (lanes.c.id == name, lanes.c.owner == owner)
        await self._tx.execute(update(lanes).where(*mine).values(owner=None, lease_until=None))

    async def is_held(self, name: str, epoch: int) -> bool:
        """Tell whether nobody has taken a lease over since this epoch; it stays so until the transaction ends."""
        mine = (lanes.c.id == name, lanes.c.epoch == epoch, lanes.c.owner.is_not(None))
        return (await self._tx.execute(select(lanes.c.id).where(*mine).with_for_update(read=True))).first() is not None

    async def insist(self, name: str, epoch: int) -> None:
        """Let the transaction fail with `StoreError` when another has taken the lease over."""
        if not await self.is_held(name, epoch):
            raise StoreError(f"{name} is done by another process now; this one leaves it")
