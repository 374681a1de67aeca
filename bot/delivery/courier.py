"""One try of one delivery: read, dress, mark it `sending`, send one part, settle what became of it (T4).

The mark is committed before the send and the result after it. Whoever dies in between leaves a delivery in doubt, which
the next holder of the lane repeats once, marked as a possible repeat.
"""

import logging
import traceback
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.delivery.channel import Channel, Outcome, TryLater, Unsure
from bot.delivery.commits import Commits
from bot.delivery.dress import Errand, dress
from bot.delivery.lane import Lane
from bot.delivery.pace import LONGEST_REST, Pace
from bot.delivery.policy import LONG_WAIT, Next, after_try
from bot.delivery.whole import whole
from bot.render.envelope import Message
from bot.request import Reply
from digests.errors import StoreError
from digests.model import Alert, Amendment, Chat, Delivery, DeliveryKind, DeliveryState, Notice, Part
from digests.store.chats import Chats
from digests.store.content import ENGINE_TYPES, load
from digests.store.db import Database
from digests.store.outbox import Outbox
from digests.telling.owners import tell_owners

log = logging.getLogger(__name__)

MESSAGE_TYPES = {"reply": Reply, **ENGINE_TYPES}
"""What a delivery's content may be, for `digests.store.content.load`."""

# An amendment of what is itself still on its way waits for it.
_BEHIND = timedelta(seconds=30)
# A database that does not answer is asked again, first soon, then every half a minute.
_STORE_WAIT, _LONGEST_STORE_WAIT = timedelta(milliseconds=500), timedelta(seconds=30)


class Courier:
    """Carries deliveries of one lane, several at a time, each on its own."""

    def __init__(
        self,
        *,
        database: Database,
        channel: Channel,
        clock: Clock,
        pace: Pace,
        lane: Lane,
        commits: Commits,
        owners: Collection[str] = (),
    ) -> None:
        """Carry for the process that holds `lane`; `owners` are told what needs a person."""
        self._database = database
        self._channel = channel
        self._clock = clock
        self._pace = pace
        self._lane = lane
        self._commits = commits
        self._owners = owners

    async def carry(self, delivery: Delivery, chat: Chat) -> None:
        """Try a delivery once and settle it. Whatever is wrong with it, no error leaves: the others go on."""
        errand, now = None, self._clock.now()
        try:
            errand = await self._prepare(delivery, chat)
            tried = None if errand is None else await whole(self._start(delivery, errand.parts))
            if errand is None or tried is None:
                return
            delivery = tried
            await self._clock.sleep(self._pace.departs(self._clock.now()))
            if not self._lane.is_safe(self._clock.now()):
                # We were stopped for long, or the database was: another may hold the lane and send this by now.
                await self._settle(delivery, chat, _untried(delivery, now))
                return
            follows = await self._try(delivery, errand, chat)
        except StoreError as error:
            log.warning("delivery.not_started", extra={"delivery": delivery.id, "why": str(error)})
            self._pace.rest(now + _STORE_WAIT)
            if errand is not None and self._lane.epoch is not None:
                # The mark may stand, though its commit was not answered; nothing was sent, so it is taken back.
                marked = _marked(delivery, self._lane.epoch, errand.parts)
                await self._settle(marked, chat, _untried(delivery, now))
            return
        except Exception as error:  # noqa: BLE001 - logged, but without its text: that may hold a name or an address
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("delivery.bug", extra={"delivery": delivery.id, "error": type(error).__name__, "where": where})
            follows = _parked(delivery, "bug", now)
        await self._settle(delivery, chat, follows, errand)

    async def put_off(self, delivery: Delivery, wait: timedelta, last: str | None) -> None:
        """Leave a delivery ready for later, and say why; nothing was tried."""
        later, epoch = self._clock.now() + wait, self._lane.epoch
        if epoch is not None:
            vault = self._database.vault
            await self._commits.write(lambda tx: Outbox(tx, vault).put_off(delivery.id, epoch, later, last))

    async def _prepare(self, delivery: Delivery, chat: Chat) -> Errand | None:
        """Return what to send; None when this delivery is not to be sent now, which is then written down."""
        message = _message(delivery)
        if message is None:
            await self._settle(delivery, chat, _parked(delivery, "unreadable", self._clock.now()))
            return None
        reply_to, edits, is_behind = await self._ties(delivery, message, chat)
        if is_behind:
            await self.put_off(delivery, _BEHIND, delivery.last)
            return None
        now, render = self._clock.now(), self._channel.render
        return dress(delivery, message, render, chat=chat, now=now, reply_to=reply_to, edits=edits)

    async def _ties(self, delivery: Delivery, message: Message, chat: Chat) -> tuple[str | None, str | None, bool]:
        """Return the receipt it answers, the one it may replace, and whether it must wait for what it amends."""
        amends = message.of if isinstance(message, Amendment) else None
        tied = amends or delivery.reply_to or (message.reply_to if isinstance(message, Alert) else None)
        if tied is None:
            return None, None, False
        async with self._database.read() as tx:
            outbox = Outbox(tx, self._database.vault)
            earlier, receipts = await outbox.get(tied), await outbox.receipts(tied)
        if earlier is None or earlier.chat != chat.id:
            return None, None, False
        is_behind = amends is not None and earlier.state in (DeliveryState.READY, DeliveryState.SENDING)
        # A digest tells more than what is amended, so it is answered; only an alert's one message is replaced.
        may_edit = amends is not None and earlier.of is DeliveryKind.ALERT and len(receipts) == 1
        first = receipts[0] if receipts else None
        return first, first if may_edit else None, is_behind

    async def _start(self, delivery: Delivery, parts: tuple[Part, ...]) -> Delivery | None:
        """Commit that a try begins; return the delivery as it then stands, None when it or the lane is not ours."""
        return await self._commits.write(lambda tx: self._mark(tx, delivery, parts))

    async def _mark(self, tx: AsyncConnection, delivery: Delivery, parts: tuple[Part, ...]) -> Delivery | None:
        now = self._clock.now()
        # Confirmed in the same transaction: where the mark stands, nobody else can have taken the lane.
        if not await self._lane.confirm(tx, now) or self._lane.epoch is None:
            return None
        marked = _marked(delivery, self._lane.epoch, parts)
        outbox = Outbox(tx, self._database.vault)
        return marked if await outbox.start(delivery.id, marked.epoch, marked.attempts, parts, now) else None

    async def _try(self, tried: Delivery, errand: Errand, chat: Chat) -> Next:
        """Send or edit one part; return what follows, having told pace and lane what the service said."""
        if errand.edits is None:
            outcome = await self._channel.send(chat, errand.part.text)
        else:
            outcome = _without_doubt(await self._channel.edit(chat, errand.edits, errand.part.text))
        now = self._clock.now()
        follows = after_try(tried, outcome, now=now)
        lane_rests = self._pace.heard(chat, outcome, now)
        if lane_rests is not None:
            follows = replace(follows, lane_not_before=lane_rests)
        if self._pace.is_out_of_reach and follows.chat_not_before is None:
            # It is not this delivery's fault: when the service is there again, it must not wait for an hour.
            follows = replace(follows, not_before=min(follows.not_before, now + LONGEST_REST))
        if follows.lane_not_before is not None:
            self._lane.not_before, self._lane.is_down = follows.lane_not_before, follows.lane_down is not None
        if follows.chat_not_before is not None:
            self._pace.hold(chat.id, follows.chat_not_before)
        return follows

    async def _settle(self, delivery: Delivery, chat: Chat, follows: Next, errand: Errand | None = None) -> None:
        """Write down what follows, however long the database takes: what is not written down is sent again."""
        wait = _STORE_WAIT
        while True:
            try:
                is_ours = await whole(self._commits.write(lambda tx: self._write(tx, delivery, chat, follows, errand)))
            except StoreError as error:
                log.warning("delivery.not_settled", extra={"delivery": delivery.id, "why": str(error)})
                await self._clock.sleep(wait)
                wait = min(wait * 2, _LONGEST_STORE_WAIT)
            else:
                event = f"delivery.{follows.state}" if is_ours else "delivery.overtaken"
                log.info(event, extra={"delivery": delivery.id, "chat": chat.id, "last": follows.last})
                return

    async def _write(
        self, tx: AsyncConnection, delivery: Delivery, chat: Chat, follows: Next, errand: Errand | None
    ) -> bool:
        """Settle with what it means for chat and lane; False when another took the delivery over."""
        now = self._clock.now()
        receipts = {errand.part.index: follows.receipt} if errand and follows.receipt is not None else {}
        outbox, chats = Outbox(tx, self._database.vault), Chats(tx, self._database.vault)
        if delivery.state is not DeliveryState.SENDING:
            delivery = await self._mark(tx, delivery, delivery.parts) or delivery
        is_ours = await outbox.settle(
            delivery.id,
            delivery.epoch,
            state=follows.state,
            doubt=follows.doubt,
            not_before=follows.not_before,
            last=follows.last,
            receipts=receipts,
            now=now,
        )
        if not is_ours:
            return False
        if follows.chat_moved is not None and not await chats.move(chat.id, follows.chat_moved):
            # That address is another open chat's already: this one is a group that is no more.
            await chats.suspend(chat.id, "moved", now)
        if follows.chat_suspended is not None and await chats.suspend(chat.id, follows.chat_suspended, now):
            others = [owner for owner in self._owners if owner != chat.key]
            lost = Notice(key="notice.chat_lost")
            await tell_owners(tx, self._database.vault, others, lost, once=delivery.id, now=now)
        if follows.lane_not_before is not None:
            await outbox.set_lane(self._lane.id, not_before=follows.lane_not_before, down=follows.lane_down, now=now)
        if follows.lane_down is not None:
            down = Notice(key="notice.lane_down", fields=(("service", chat.service.title()),))
            once = f"{self._lane.id} {self._lane.epoch}"
            await tell_owners(tx, self._database.vault, self._owners, down, once=once, without=chat.service, now=now)
        if follows.chat_not_before is not None and follows.chat_not_before - now >= LONG_WAIT:
            await self._tell_of_flood(tx, delivery, chat, follows, now)
        return True

    async def _tell_of_flood(
        self, tx: AsyncConnection, delivery: Delivery, chat: Chat, follows: Next, now: datetime
    ) -> None:
        """Tell the owners that a chat, or all of a service, hears nothing for long: nobody there can see why."""
        is_all = follows.lane_not_before is not None
        until = max(at for at in (follows.chat_not_before, follows.lane_not_before) if at is not None)
        fields = (("service", chat.service.title()), ("until_at", until.isoformat()))
        await tell_owners(
            tx,
            self._database.vault,
            [owner for owner in self._owners if owner != chat.key],
            Notice(key="notice.lane_flood" if is_all else "notice.chat_flood", fields=fields),
            once=f"{delivery.id} {delivery.attempts}",
            without=chat.service if is_all else "nowhere",
            now=now,
        )


def _message(delivery: Delivery) -> Message | None:
    """Return what the delivery tells; None when another version of the program wrote it and it cannot be read."""
    try:
        return cast(Message, load(delivery.content, MESSAGE_TYPES))
    except StoreError as error:
        log.error("delivery.unreadable", extra={"delivery": delivery.id, "why": str(error)})
        return None


def _parked(delivery: Delivery, why: str, now: datetime) -> Next:
    # A bug in the middle of a try leaves open whether it arrived; a person who sends it again should say so.
    doubt = delivery.doubt + (delivery.state is DeliveryState.SENDING)
    return Next(state=DeliveryState.PARKED, doubt=doubt, not_before=now, last=why)


def _marked(delivery: Delivery, epoch: int, parts: tuple[Part, ...]) -> Delivery:
    """Return a delivery as it stands during its next try."""
    return replace(delivery, state=DeliveryState.SENDING, epoch=epoch, attempts=delivery.attempts + 1, parts=parts)


def _untried(delivery: Delivery, now: datetime) -> Next:
    """Leave a delivery as it was, though it was marked: nothing left us."""
    return Next(state=DeliveryState.READY, doubt=delivery.doubt, not_before=now, last=delivery.last)


def _without_doubt(outcome: Outcome) -> Outcome:
    """Return an edit's outcome: one that may have been done is done again, for done twice it is done once."""
    return TryLater() if isinstance(outcome, Unsure) else outcome
