"""One round of T3 over all chats: what is due is found by stored marks, and kept with its marks or not at all."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ChatId, ChatState, Subscription, SubscriptionKind
from digests.store.amendments import Amendments
from digests.store.articles import Articles
from digests.store.chats import Chats
from digests.store.clock import put_back
from digests.store.db import Database
from digests.store.marks import Marks
from digests.store.silences import Silences
from digests.store.told import Told
from digests.store.upsert import batches
from digests.store.waits import Waits
from digests.telling.alerts import write_alerts
from digests.telling.bursts import SETTLES
from digests.telling.corrections import LOOKED_BACK, write_corrections
from digests.telling.fanout import Answer, answer_together
from digests.telling.held import end_night, next_look
from digests.telling.shared import Shared
from digests.telling.silences import tell_silences
from digests.telling.slots import answer_slots
from digests.telling.teller import BURST, Teller
from digests.writing.pickers import PICKERS

log = logging.getLogger(__name__)

_DUE = 500  # subscriptions looked at in one round
# Answered one by one, so many are kept by one commit; a person's command waits for no more.
_TO_A_COMMIT = 20
# Several writers may commit a moment out of order: alerts look this far behind their mark; `told` keeps them single.
_OVERLAP = timedelta(minutes=10)
# A clock that goes back by less was corrected, as clocks are every day; what waits for it waits no longer than that.
_PUT_BACK = timedelta(seconds=5)
# So long a slot waits for articles that are not placed yet.
_PATIENCE = timedelta(minutes=2)


class Rounds:
    """Writes what is due to every chat; call it at any time, late, doubled or not at all."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        burst: int = BURST,
        wording: timedelta | None = None,
    ) -> None:
        self._database = database
        self._now = now
        self._burst = burst
        self._wording = wording
        self._seen: datetime | None = None

    async def write_due(self, *, settles: timedelta = SETTLES) -> int:
        """Write the alerts and answer the slots that are due; return how many deliveries were written.

        The rest of a story's burst waits for `settles`: nothing where nobody comes later to tell it.
        """
        now = self._now()
        await self._mind_clock(now)
        async with self._database.read() as tx:
            mark = await Marks(tx).instant("alerts_until")
            # A clock that ran ahead and was put back must not hide what comes until then.
            since = min(mark or now - timedelta(days=1), now) - _OVERLAP
            revised = await Amendments(tx).chats_to_correct(now - LOOKED_BACK)
            to_alert = {*await Told(tx).chats_to_tell(since, now), *await Waits(tx).due(now), *revised}
            silent = await Silences(tx).chats_due(now)
            next_due = await Chats(tx, self._database.vault).next_due_at()
        alerted = [await self._apart(chat, partial(self._alert, chat, since, settles)) for chat in sorted(to_alert)]
        # What was not written is looked for again from the same mark.
        if None not in alerted and (to_alert or mark is None or abs(now - mark) > _OVERLAP):
            async with self._database.write() as tx:
                await Marks(tx).set_instant("alerts_until", now)
        answered = await self._answer_slots() if next_due is not None and next_due <= now else 0
        told = [await self._apart(chat, partial(self._silence, chat)) for chat in silent]
        PICKERS.forget()
        return sum(filter(None, alerted)) + answered + sum(filter(None, told))

    async def _mind_clock(self, now: datetime) -> None:
        """Put right what a clock that was put back since the last look, perhaps of an earlier run, had made wait."""
        if self._seen is None:
            async with self._database.read() as tx:
                self._seen = await Marks(tx).instant("alerts_until") or now
        by, self._seen = self._seen - now, now
        if by < _PUT_BACK:
            return
        log.warning("clock.put_back", extra={"seconds": by.total_seconds()})
        async with self._database.write() as tx:
            chats = Chats(tx, self._database.vault)
            for subscription, chat in await chats.subscribed(await put_back(tx, now, by)):
                due = next_look(chat, subscription.kind, subscription.when, now)
                if due != subscription.next_due_at:
                    await chats.put_due(subscription.id, due)

    async def _answer_slots(self) -> int:
        """Answer every slot that is due, many chats at once where that can be; return how many digests were written."""
        total, shared = 0, Shared()
        while True:
            now = self._now()
            async with self._database.read() as tx:
                unplaced = await Articles(tx).stored(1)
            is_all_placed = not unplaced or unplaced[0].silent
            together = await self._answer_together(shared) if is_all_placed else None
            if together is None:
                shared = Shared()
                async with self._database.read() as tx:
                    due = await Chats(tx, self._database.vault).due(now, _DUE)
                found = len(due)
            else:
                due, found = together.left, together.found
                total += together.written
            # "Nothing new" would not be true yet: placing wakes us again. A slot waits for it only so long.
            ready = [each for each, _ in due if is_all_placed or _may_be_answered(each, now)]
            written = await self._answer_alone(ready, is_all_placed=is_all_placed)
            total += sum(filter(None, written))
            # What failed, or waits for articles, is still due: it is looked at again at the next wake, not now.
            if found < _DUE or None in written or not is_all_placed:
                return total

    async def answer_slot(self, due: Subscription, *, is_all_placed: bool) -> int | None:
        """Answer what is due of one subscription, unless a person changed it since; None while another writes to it."""
        async with self._database.write() as tx:
            return await self._answer(tx, due, is_all_placed=is_all_placed)

    async def _answer(self, tx: AsyncConnection, due: Subscription, *, is_all_placed: bool) -> int | None:
        chats = Chats(tx, self._database.vault)
        if not await chats.lock(due.chat):
            return None
        chat = await chats.get(due.chat)
        subscription = next((s for s in await chats.subscriptions(due.chat) if s.id == due.id), None)
        if chat is None or subscription is None or subscription.next_due_at != due.next_due_at:
            return 0
        if subscription.kind is SubscriptionKind.ALERTS:
            return await end_night(self.teller(tx), subscription, chat)
        return await answer_slots(self.teller(tx), subscription, chat, is_all_placed=is_all_placed)

    async def _answer_alone(self, ready: Sequence[Subscription], *, is_all_placed: bool) -> list[int | None]:
        """Answer each by itself, some to a transaction: for a night in which nothing was held a commit is most of it.

        Where one of them fails all of its transaction is undone, and each has a transaction of its own.
        """
        written: list[int | None] = []
        for some in batches(ready, _TO_A_COMMIT):
            try:
                async with self._database.write() as tx:
                    answered = [await self._answer(tx, each, is_all_placed=is_all_placed) for each in some]
            except Exception as error:
                log.exception("chats.not_written", extra={"error": type(error).__name__})
                answered = [
                    await self._apart(each.chat, partial(self.answer_slot, each, is_all_placed=is_all_placed))
                    for each in some
                ]
            written += answered
        return written

    def teller(self, tx: AsyncConnection, settles: timedelta = SETTLES) -> Teller:
        """Return the pen of this instant, in a transaction."""
        return Teller(
            tx=tx,
            vault=self._database.vault,
            now=self._now(),
            burst=self._burst,
            settles=settles,
            wording=self._wording,
        )

    async def next_due(self) -> datetime | None:
        """Return the next instant at which a slot is due; None when there is none."""
        async with self._database.read() as tx:
            return await Chats(tx, self._database.vault).next_due_at()

    async def _alert(self, chat_id: ChatId, since: datetime, settles: timedelta) -> int | None:
        async with self._database.write() as tx:
            chats = Chats(tx, self._database.vault)
            if not await chats.lock(chat_id):
                return None  # another process writes to it; it is looked at again
            chat = await chats.get(chat_id)
            if chat is None or chat.state is not ChatState.ACTIVE:
                return 0
            teller = self.teller(tx, settles)
            # First what was told is put right, so that the news of an edition which takes it back is told once.
            corrected = await write_corrections(teller, chat, teller.now - LOOKED_BACK)
            return corrected + await write_alerts(teller, chat, since)

    async def _answer_together(self, shared: Shared) -> Answer | None:
        """Answer a batch in one transaction; None when it failed: then each of it is answered alone."""
        try:
            async with self._database.write() as tx:
                return await answer_together(self.teller(tx), shared, _DUE)
        except Exception as error:
            log.exception("chats.not_written", extra={"error": type(error).__name__})
            return None

    async def _silence(self, chat_id: ChatId) -> int:
        async with self._database.write() as tx:
            chat = await Chats(tx, self._database.vault).get(chat_id)
            return 0 if chat is None else await tell_silences(self.teller(tx), chat)

    async def _apart(self, chat: ChatId, work: Callable[[], Awaitable[int | None]]) -> int | None:
        """Do one chat's work; None when it failed: it is undone and found again, and the other chats go on."""
        try:
            return await work()
        except Exception as error:
            log.exception("chat.not_written", extra={"chat": chat, "error": type(error).__name__})
            return None


def _may_be_answered(subscription: Subscription, now: datetime) -> bool:
    is_night_end = subscription.kind is SubscriptionKind.ALERTS
    return is_night_end or subscription.next_due_at is None or subscription.next_due_at < now - _PATIENCE
