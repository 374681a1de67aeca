"""One process's hold on a sending lane: its lease, and what the service said of the lane as a whole."""

import logging
from datetime import datetime, timedelta

from digests.errors import StoreError
from digests.model import LaneId
from digests.store.db import Database
from digests.store.outbox import Outbox

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
_RENEW = timedelta(seconds=10)


class Lane:
    """A lane as this process knows it; the database knows better, and is asked every ten seconds.

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
        self._is_alone = is_alone
        self._renew_at: datetime | None = None

    async def hold(self, now: datetime) -> bool:
        """Take the lane, or renew its lease in time; say whether it is ours."""
        if self.epoch is not None and self._renew_at is not None and now < self._renew_at:
            return True
        async with self._database.write() as tx:
            is_new = self.epoch is None
            outbox = Outbox(tx, self._database.vault)
            if await self.renew(outbox, now):
                await self._ask_state(outbox, now, is_new=is_new)
        return self.epoch is not None

    async def renew(self, outbox: Outbox, now: datetime) -> bool:
        """Renew the lease in the outbox's transaction; say whether the lane is ours, under what is then `epoch`."""
        epoch = await outbox.acquire(self.id, self._owner, now, LEASE, at_once=self._is_alone)
        if epoch != self.epoch:
            log.info("lane.held" if epoch is not None else "lane.lost", extra={"lane": self.id, "epoch": epoch})
        self.epoch, self._renew_at = epoch, now + _RENEW
        self._is_alone = False  # who takes it from us later is alive
        return epoch is not None

    async def release(self) -> None:
        """Give the lane up, so that the next process need not wait for the lease to end."""
        if self.epoch is None:
            return
        try:
            async with self._database.write() as tx:
                await Outbox(tx, self._database.vault).release(self.id, self._owner)
        except StoreError as error:
            log.warning("lane.not_released", extra={"lane": self.id, "why": str(error)})
        self.epoch = None

    def renew_at(self, now: datetime) -> datetime:
        """Return when `hold` should be called next; for a lane that is another's, when it may have become free."""
        if self.epoch is None or self._renew_at is None:
            return now + LEASE / 3
        return self._renew_at

    def is_open(self, now: datetime) -> bool:
        """Tell whether the service lets anything leave by this lane."""
        return self.not_before is None or self.not_before <= now

    async def _ask_state(self, outbox: Outbox, now: datetime, *, is_new: bool) -> None:
        """Learn what was kept of the lane. One that is down is tried again when its wait is over, and at a start.

        A start is how a person mends a token.
        """
        kept, down = await outbox.lane_state(self.id)
        # A wait that was heard of just now may not be written down yet.
        heard = None if self.is_down else self.not_before
        self.not_before = max((at for at in (kept, heard) if at is not None), default=None)
        if down is not None and (is_new or self.is_open(now)):
            self.not_before, down = None, None
            await outbox.set_lane(self.id, not_before=None, down=None)
        self.is_down = down is not None
