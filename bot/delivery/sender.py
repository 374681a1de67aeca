"""One lane's sending: who goes next, as fast as the service allows, until nothing is left that may leave."""

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.channel import Channel
from bot.delivery.commits import Commits
from bot.delivery.courier import Courier
from bot.delivery.lane import Lane
from bot.delivery.pace import IN_FLIGHT, Pace
from bot.delivery.policy import ASKED, asked_to_wait
from bot.delivery.whole import whole
from digests.errors import StoreError
from digests.model import Chat, ChatId, Delivery
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.outbox import Outbox

log = logging.getLogger(__name__)

# How long a shutdown waits for the answers to what is in the air.
GRACE = timedelta(seconds=5)
# Claimed at once, one of each chat: more than may be waiting for the second between two messages.
_CLAIM = 30
# A delivery whose chat must be left alone for longer gives its place to others.
_PATIENCE = timedelta(seconds=5)
_STORE_WAIT = timedelta(seconds=5)
_NONE = timedelta()


class Sender:
    """Sends what one lane's outbox holds. Call `wake` after a commit that wrote a delivery."""

    def __init__(
        self,
        *,
        database: Database,
        channel: Channel,
        clock: Clock,
        pace: Pace,
        owner: str,
        is_alone: bool = False,
        commits: Commits | None = None,
        owners: Collection[str] = (),
    ) -> None:
        """Send by `channel`, holding its lane as `owner`: a name that no other process and no earlier run has.

        With `is_alone` (the data folder's lock is ours) an earlier holder is dead, and its lease is not waited for.
        Senders that share `commits` share their commits. `owners` are told what needs a person.
        """
        self._database = database
        self._clock = clock
        self._pace = pace
        self._lane = Lane(database=database, lane=channel.lane, owner=owner, is_alone=is_alone)
        self._courier = Courier(
            database=database,
            channel=channel,
            clock=clock,
            pace=pace,
            lane=self._lane,
            commits=commits or Commits(database),
            owners=owners,
        )
        self._woken = asyncio.Event()
        self._seen: datetime | None = None
        self._learnt: int | None = None  # the epoch under which the waits of chats were read
        self._claimed: list[tuple[Delivery, Chat]] = []
        self._flights: dict[asyncio.Task[None], ChatId] = {}
        self._doubtful: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look at once whether there is something to send."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; then wait a little for the answers to what is in the air, and give the lane up."""
        try:
            while True:
                await self._pause(await self._drain_if_store_lets())
        finally:
            await self.leave()

    async def leave(self) -> None:
        """Give the lane up after a `drain`, or the next process would wait out the lease."""
        await self._lane.release()

    async def drain(self) -> datetime | None:
        """Send all that may leave now; return when there will be more to do, None if nothing waits at all."""
        try:
            while True:
                turn = await whole(self._launch())
                if turn is None and not self._flights and not self._woken.is_set():
                    return await whole(self._next_look())
                await self._pause(turn)
        finally:
            await self._land()

    async def _drain_if_store_lets(self) -> datetime | None:
        try:
            return await self.drain()
        except StoreError as error:
            log.warning("sender.store_failed", extra={"lane": self._lane.id, "why": str(error)})
            self._woken.clear()
            self._claimed = []
            return self._clock.now() + _STORE_WAIT

    async def _launch(self) -> datetime | None:
        """Start what may leave now; return when the next of what is claimed may, None if a flight must end first."""
        is_news, now = self._woken.is_set(), self._clock.now()
        self._woken.clear()
        await self._mind_clock(now)
        if not await self._lane.hold(now) or not self._lane.is_open(now):
            self._claimed = []
            return None
        await self._learn_waits(now)
        if is_news or not self._claimed:
            self._claimed = await self._claim(now)
        turn = None
        for delivery, chat in tuple(self._claimed):
            if len(self._flights) >= IN_FLIGHT:
                return None
            if delivery.doubt and self._doubtful is not None and not self._doubtful.done():
                continue  # one at a time: who dies again in the middle of it parks one, not three
            wait = self._pace.wait(chat, delivery.of, now)
            if not wait:
                self._take_off(delivery, chat, now)
            elif self._pace.chat_wait(chat, now) > _PATIENCE:
                self._claimed.remove((delivery, chat))
                await self._courier.put_off(delivery, wait, asked_to_wait(delivery))
            else:
                turn = min(turn or now + wait, now + wait)
        return turn

    async def _mind_clock(self, now: datetime) -> None:
        """Let nothing wait for a clock that was put back to catch up with what it said before."""
        by, self._seen = (self._seen or now) - now, now
        if by > _NONE:
            self._pace.put_back(by)
            await self._lane.put_back(by, now)

    async def _learn_waits(self, now: datetime) -> None:
        """Leave those chats alone that the service wanted left alone when an earlier run, or another, held the lane."""
        if self._lane.epoch == self._learnt:
            return
        async with self._database.read() as tx:
            waits = await Outbox(tx, self._database.vault).left_alone(self._lane.id, ASKED, now)
        for chat, until in waits.items():
            self._pace.hold(chat, until)
        self._learnt = self._lane.epoch

    async def _claim(self, now: datetime) -> list[tuple[Delivery, Chat]]:
        """Return what is ready, the most urgent first, one a chat; a chat with something in the air waits."""
        busy = set(self._flights.values())
        async with self._database.read() as tx:
            ready = await Outbox(tx, self._database.vault).claim(self._lane.id, self._lane.epoch or 0, now, _CLAIM)
            chats = await Chats(tx, self._database.vault).some([delivery.chat for delivery in ready])
        return [(delivery, chats[delivery.chat]) for delivery in ready if delivery.chat in chats.keys() - busy]

    def _take_off(self, delivery: Delivery, chat: Chat, now: datetime) -> None:
        self._claimed.remove((delivery, chat))
        self._pace.took(chat, delivery.of, now)
        flight = asyncio.create_task(self._courier.carry(delivery, chat))
        self._flights[flight] = chat.id
        self._doubtful = flight if delivery.doubt else self._doubtful
        flight.add_done_callback(self._flights.pop)

    async def _next_look(self) -> datetime | None:
        now = self._clock.now()
        if self._lane.epoch is None:
            return self._lane.renew_at(now)
        if self._lane.is_down:
            return self._lane.not_before
        async with self._database.read() as tx:
            ready_at = await Outbox(tx, self._database.vault).next_ready(self._lane.id, now)
        if ready_at is None or self._lane.not_before is None:
            return ready_at
        return max(ready_at, self._lane.not_before)

    async def _pause(self, until: datetime | None) -> None:
        """Return when a flight ends, somebody calls `wake`, `until` has come, or the lease must be renewed."""
        times = [until] if until is not None else []
        if self._flights:
            times.append(self._lane.renew_at(self._clock.now()))
        waits: list[asyncio.Task[object]] = [asyncio.create_task(self._woken.wait())]
        if times:
            waits.append(asyncio.create_task(self._clock.sleep_until(min(times))))
        try:
            await asyncio.wait([*self._flights, *waits], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _land(self) -> None:
        """Wait for what is in the air, as long as a shutdown may take; what is there still then stays in doubt."""
        if not self._flights:
            return
        _, late = await asyncio.wait(self._flights, timeout=GRACE.total_seconds())
        for flight in late:
            flight.cancel()
        if late:
            await asyncio.wait(late)
