"""One process's hold on a sending lane: its lease, and what the service said of the lane as a whole."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.model import LaneId
from digests.store.db import Database
from digests.store.leases import LEASE, LOOK, RENEW, Leases
from digests.store.outbox import Outbox

log = logging.getLogger(__name__)

# Before so much of the lease is left, nothing new leaves: who was stopped meanwhile may have lost the lane.
_MARGIN = timedelta(seconds=2)


class Lane:
    """A lane as this process knows it; the database knows better, and is asked every few seconds.

    Attributes:
        id: The lane.
        epoch: Under which our marks count; None while another process holds the lane.
        not_before: Nothing leaves sooner.
        is_down: Our token was not accepted when it was last tried, and it is not yet time to try it again.
    """

    def __init__(self, *, database: Database, lane: LaneId, owner: str, is_alone: bool = False) -> None:
        """Hold nothing yet. `owner` is a name that no other process and no earlier run has.

        With `is_alone` whoever held the lane until now is known to be dead, and its lease is not waited for.
        """
        self.id = lane
        self.epoch: int | None = None
        self.not_before: datetime | None = None
        self.is_down = False
        self._database = database
        self._owner = owner
        self._is_alone = self._takes_at_once = is_alone
        self._renew_at: datetime | None = None
        self._safe_until: datetime | None = None

    async def hold(self, now: datetime) -> bool:
        """Take the lane, or renew its lease in time; say whether it is ours."""
        if self.epoch is not None and self._renew_at is not None and now < self._renew_at:
            return True
        async with self._database.write(urgent=True) as tx:
            is_new = self.epoch is None
            if await self.renew(tx, now):
                await self._ask_state(Outbox(tx, self._database.vault), now, is_new=is_new)
        return self.epoch is not None

    async def renew(self, tx: AsyncConnection, now: datetime) -> bool:
        """Renew the lease in this transaction; say whether the lane is ours, under what is then `epoch`."""
        clock = await Leases(tx).clock(now)
        outbox = Outbox(tx, self._database.vault)
        epoch = await outbox.acquire(self.id, self._owner, clock, LEASE, at_once=self._takes_at_once)
        if epoch != self.epoch:
            log.info("lane.held" if epoch is not None else "lane.lost", extra={"lane": self.id, "epoch": epoch})
        self.epoch, self._renew_at, self._safe_until = epoch, now + RENEW, now + LEASE - _MARGIN
        self._takes_at_once = False  # who takes it from us later is alive
        return epoch is not None

    async def confirm(self, tx: AsyncConnection, now: datetime) -> bool:
        """Make certain that the lane is ours until this transaction ends, and renew its lease in time."""
        if self.epoch is None or self._renew_at is None or now >= self._renew_at:
            return await self.renew(tx, now)
        # Where the folder's lock is ours nobody else writes: what is marked is fenced by its epoch.
        return self._is_alone or await Leases(tx).is_held(self.id, self.epoch)

    def is_safe(self, now: datetime) -> bool:
        """Tell whether nobody can have taken the lane since it was last renewed, so that what is marked may leave.

        Where the data folder's lock is ours nobody can; else a process that was stopped for long must ask first.
        """
        return self._is_alone or (self._safe_until is not None and now < self._safe_until)

    async def release(self) -> None:
        """Give the lane up, so that the next process need not wait for the lease to end."""
        if self.epoch is None:
            return
        try:
            async with self._database.write(urgent=True) as tx:
                await Leases(tx).release(self.id, self._owner)
        except StoreError as error:
            log.warning("lane.not_released", extra={"lane": self.id, "why": str(error)})
        self.epoch = None

    def renew_at(self, now: datetime) -> datetime:
        """Return when `hold` should be called next; for a lane that is another's, when it may have become free."""
        if self.epoch is None or self._renew_at is None:
            return now + LOOK
        return self._renew_at

    def is_open(self, now: datetime) -> bool:
        """Tell whether the service lets anything leave by this lane."""
        return self.not_before is None or self.not_before <= now

    async def put_back(self, by: timedelta, now: datetime) -> None:
        """Ask for the lane anew, with what is left of its wait: the clock was put back by so much."""
        self._renew_at = self._safe_until = None
        if self.not_before is not None and self.epoch is not None:
            self.not_before -= by
            async with self._database.write(urgent=True) as tx:
                await Outbox(tx, self._database.vault).put_lane_back(self.id, self.not_before, now)

    async def _ask_state(self, outbox: Outbox, now: datetime, *, is_new: bool) -> None:
        """Learn what was kept of the lane. One that is down is tried again when its wait is over, and at a start.

        A start is how a person mends a token.
        """
        if is_new:  # later jumps of the clock are seen by the one who sends
            await outbox.mind_lane_clock(self.id, now)
        kept, down = await outbox.lane_state(self.id)
        # A wait that was heard of just now may not be written down yet.
        heard = None if self.is_down else self.not_before
        self.not_before = max((at for at in (kept, heard) if at is not None), default=None)
        if down is not None and (is_new or self.is_open(now)):
            self.not_before, down = None, None
            await outbox.set_lane(self.id, not_before=None, down=None, now=now)
        self.is_down = down is not None
