"""The outbox: deliveries on their way, each sent until it is settled (T4).

A send is committed as `sending` before it is tried and settled after. Whoever finds one of an older lease makes it
ready again with a doubt: it may have arrived.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import (
    Chat,
    ChatId,
    Delivery,
    DeliveryId,
    DeliveryKind,
    DeliveryState,
    LaneId,
    Part,
)
from digests.store.leases import Leases
from digests.store.marks import Marks
from digests.store.secrets import Vault
from digests.store.tables import chats, deliveries, lanes, parts
from digests.store.turns import RANKS, may_go, next_in_line
from digests.store.upsert import add_once, batches, put

# A second try after a doubt is marked as a possible repeat; a third would be one too many.
_MOST_DOUBT = 2
TO_BE_WORDED = "wording"
"""The `last` of a digest that waits for a model's wording, until its `not_before`."""

_READY, _SENDING, _PARKED = DeliveryState.READY.value, DeliveryState.SENDING.value, DeliveryState.PARKED.value


class Outbox:
    """The outbox and its lanes, in one transaction."""

    def __init__(self, tx: AsyncConnection, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def add(self, delivery: Delivery) -> bool:
        """Keep a delivery; return False, with nothing changed, when its id is known."""
        if not await add_once(self._tx, deliveries, self._row(delivery)):
            return False
        await self._write_parts(delivery.id, delivery.parts, has_some=False)
        return True

    async def add_all(self, new: Sequence[Delivery]) -> None:
        """Keep deliveries that have no parts yet, in this order; one whose id is known is an error."""
        if new:
            await self._tx.execute(insert(deliveries), [self._row(delivery) for delivery in new])

    async def supersede(self, delivery: DeliveryId, why: str, now: datetime, *, doubt: int = 0) -> bool:
        """Settle a delivery of which nothing has arrived, unsent, for another one or none takes its place.

        Return False, with nothing changed, where something has, or where it is not in this doubt: that is corrected by
        an amendment.
        """
        arrived = select(parts.c.delivery).where(parts.c.delivery == delivery, parts.c.receipt.is_not(None)).exists()
        waits = (deliveries.c.state.in_([_READY, _PARKED]), deliveries.c.doubt == doubt, ~arrived)
        result = await self._tx.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery, *waits)
            .values(state=DeliveryState.SENT.value, last=why, settled_at=now)
        )
        return result.rowcount == 1

    async def unreached(self, chat: Chat) -> tuple[DeliveryId, ...]:
        """Return the alerts and digests that wait for a suspended chat, or that it refused."""
        kinds = deliveries.c.of.in_([DeliveryKind.ALERT.value, DeliveryKind.DIGEST.value])
        waits = or_(deliveries.c.state == _READY, _is_refused(chat))
        rows = await self._tx.execute(
            select(deliveries.c.id).where(deliveries.c.chat == chat.id, kinds, waits).order_by(deliveries.c.row)
        )
        return tuple(map(DeliveryId, rows.scalars()))

    async def send_refused(self, chat: Chat, now: datetime) -> int:
        """Let go again what a suspended chat refused; return how much. An answer is of its moment, and stays parked."""
        no_answer = deliveries.c.of != DeliveryKind.ANSWER.value
        result = await self._tx.execute(
            update(deliveries)
            .where(deliveries.c.chat == chat.id, no_answer, _is_refused(chat))
            .values(state=_READY, not_before=now)
        )
        return result.rowcount

    # Lanes ----------------------------------------------------------------------------------------------------------

    async def acquire(
        self, lane: LaneId, owner: str, now: datetime, lease: timedelta, *, at_once: bool = False
    ) -> int | None:
        """Hold a lane, or hold it longer; return its epoch, or None while another owner's lease runs.

        A new owner gets a new epoch, and what was on its way under an older one is ready again with a doubt more, or
        parked when that makes two. `at_once` takes the lane over from a holder known to be dead (the data folder's
        lock is ours).
        """
        held = await Leases(self._tx).take(lane, owner, now, lease, at_once=at_once)
        if held is None:
            return None
        if held.is_new:
            await self._doubt_older(lane, held.epoch, now)
        return held.epoch

    async def lane_state(self, lane: LaneId) -> tuple[datetime | None, str | None]:
        """Return until when the service wants nothing of this lane, and why the lane is down; None where neither."""
        row = (await self._tx.execute(select(lanes.c.not_before, lanes.c.down).where(lanes.c.id == lane))).first()
        return (None, None) if row is None else (row.not_before, row.down)

    async def set_lane(self, lane: LaneId, *, not_before: datetime | None, down: str | None, now: datetime) -> None:
        """Keep both: they outlive a restart."""
        await add_once(self._tx, lanes, {"id": lane, "epoch": 0})
        await self._tx.execute(update(lanes).where(lanes.c.id == lane).values(not_before=not_before, down=down))
        await Marks(self._tx).set_instant(_heard(lane), now)

    async def put_lane_back(self, lane: LaneId, not_before: datetime, now: datetime) -> None:
        """Let a lane rest no longer than this, and say nothing of why."""
        await self._tx.execute(update(lanes).where(lanes.c.id == lane).values(not_before=not_before))
        await Marks(self._tx).set_instant(_heard(lane), now)

    async def mind_lane_clock(self, lane: LaneId, now: datetime) -> None:
        """Let a lane rest no longer than was asked where the clock was put back since, perhaps while nobody ran."""
        heard_at, (until, _) = await Marks(self._tx).instant(_heard(lane)), await self.lane_state(lane)
        if until is not None and heard_at is not None and heard_at > now:
            await self.put_lane_back(lane, now + (until - heard_at), now)

    # Sending --------------------------------------------------------------------------------------------------------

    async def claim(self, lane: LaneId, epoch: int, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """Return what may be sent now, at most one delivery a chat; nothing under an epoch that is over.

        Answers go first, then alerts, notices, amendments, digests, the oldest first. Within one kind a chat's
        deliveries keep their order: one that waits holds those behind it. A chat with a delivery on its way is passed
        over, and one that is paused or suspended gets only answers. Nothing is changed or locked: one process holds the
        lane, and `start` sees whether it still does.
        """
        if not await self._is_held(lane, epoch, now):
            return ()
        turns = await next_in_line(self._tx, lane, now, limit)
        query = (
            select(deliveries)
            .where(deliveries.c.row.in_(turns), deliveries.c.state == _READY)
            .order_by(deliveries.c.rank, deliveries.c.row)
        )
        return await self._deliveries((await self._tx.execute(query)).all())

    async def start(self, delivery: DeliveryId, epoch: int, attempt: int, parts: Sequence[Part], now: datetime) -> bool:
        """Mark a delivery as on its way, for the n-th time, with these parts, frozen from now on.

        Return False when it or its lane is not ours. Commit before sending: what is not marked so is not known to have
        been tried. Marking the same attempt again under the same epoch changes nothing: a commit whose answer was lost
        is made certain so.
        """
        waits = (deliveries.c.state == _READY) & (deliveries.c.attempts == attempt - 1)
        marked = (deliveries.c.state == _SENDING) & (deliveries.c.attempts == attempt) & (deliveries.c.epoch == epoch)
        result = await self._tx.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery, _of_epoch(epoch), or_(waits, marked))
            .values(state=_SENDING, epoch=epoch, attempts=attempt, started_at=now)
        )
        if result.rowcount != 1:
            return False
        await self._write_parts(delivery, [_frozen(part) for part in parts], has_some=attempt > 1)
        return True

    async def settle(
        self,
        delivery: DeliveryId,
        epoch: int,
        *,
        state: DeliveryState,
        doubt: int,
        not_before: datetime,
        last: str | None,
        receipts: Mapping[int, str],
        now: datetime,
    ) -> bool:
        """Keep what became of a try; return False, with nothing changed, when it ran under another epoch.

        `receipts` are those of the parts that have arrived, by index; earlier ones stay.
        """
        mine = (deliveries.c.id == delivery, deliveries.c.state == _SENDING, deliveries.c.epoch == epoch)
        result = await self._tx.execute(
            update(deliveries)
            .where(*mine)
            .values(state=state.value, doubt=doubt, not_before=not_before, last=last, settled_at=now)
        )
        if result.rowcount != 1:
            return False
        for index, receipt in receipts.items():
            part = (parts.c.delivery == delivery, parts.c.index == index)
            await self._tx.execute(update(parts).where(*part).values(receipt=receipt))
        return True

    async def put_off(self, delivery: DeliveryId, epoch: int, not_before: datetime, last: str | None) -> bool:
        """Let a delivery that waits go no sooner than this, untried; False when it or its lane is not ours."""
        waits = (deliveries.c.id == delivery, deliveries.c.state == _READY, _of_epoch(epoch))
        result = await self._tx.execute(update(deliveries).where(*waits).values(not_before=not_before, last=last))
        return result.rowcount == 1

    async def next_ready(self, lane: LaneId, now: datetime) -> datetime | None:
        """Return when the next delivery of a lane may go, `now` if one may already; None while nothing waits."""
        not_before, down = await self.lane_state(lane)
        if down is not None:
            return None
        at: datetime | None = await self._tx.scalar(
            select(deliveries.c.not_before)
            .join(chats, chats.c.id == deliveries.c.chat)
            .where(*may_go(lane))
            .order_by(deliveries.c.not_before, deliveries.c.row)
            .limit(1)
        )
        return None if at is None else max(at, now, not_before or now)

    async def left_alone(self, lane: LaneId, why: str, now: datetime) -> dict[ChatId, datetime]:
        """Return until when chats of a lane are to be left alone: a delivery of theirs waits for this reason.

        `why` ends its `last`. The service asked so for the chat, not for it: what is written later waits too.
        """
        is_why = or_(deliveries.c.last == why, deliveries.c.last.endswith(f".{why}"))
        waits = (deliveries.c.lane == lane, deliveries.c.state == _READY, deliveries.c.not_before > now)
        rows = await self._tx.execute(
            select(deliveries.c.chat, deliveries.c.not_before, deliveries.c.settled_at).where(*waits, is_why)
        )
        found: dict[ChatId, datetime] = {}
        for chat, until, heard_at in rows:
            # A clock that was put back meanwhile makes nobody wait for longer than was asked.
            until = until if heard_at is None or heard_at <= now else now + (until - heard_at)
            found[ChatId(chat)] = max(until, found.get(ChatId(chat), until))
        return found

    # What became of it ----------------------------------------------------------------------------------------------

    async def get(self, delivery: DeliveryId) -> Delivery | None:
        """Return a delivery with its parts."""
        rows = (await self._tx.execute(select(deliveries).where(deliveries.c.id == delivery))).all()
        found = await self._deliveries(rows)
        return found[0] if found else None

    async def under(self, chat: ChatId, receipt: str) -> Delivery | None:
        """Return the delivery of which a part arrived at a chat under this name of the service's."""
        mine = (deliveries.c.chat == chat, parts.c.receipt == receipt)
        found = select(deliveries).join(parts, parts.c.delivery == deliveries.c.id).where(*mine).limit(1)
        known = await self._deliveries((await self._tx.execute(found)).all())
        return known[0] if known else None

    async def receipts(self, delivery: DeliveryId) -> tuple[str, ...]:
        """Return what the service calls the parts of a delivery that arrived, in order."""
        rows = await self._tx.execute(
            select(parts.c.receipt)
            .where(parts.c.delivery == delivery, parts.c.receipt.is_not(None))
            .order_by(parts.c.index)
        )
        return tuple(rows.scalars())

    async def counts(self, chat: ChatId) -> tuple[int, int]:
        """Return how many deliveries of a chat wait or are on their way, and how many are parked."""
        rows = await self._tx.execute(
            select(deliveries.c.state, func.count().label("number"))
            .where(deliveries.c.chat == chat)
            .group_by(deliveries.c.state)
        )
        by_state = {row.state: row.number for row in rows}
        return by_state.get(_READY, 0) + by_state.get(_SENDING, 0), by_state.get(_PARKED, 0)

    async def parked(self) -> tuple[Delivery, ...]:
        """Return the deliveries that wait for a person, oldest first."""
        rows = await self._tx.execute(
            select(deliveries).where(deliveries.c.state == _PARKED).order_by(deliveries.c.row)
        )
        return await self._deliveries(rows.all())

    async def to_be_worded(self, limit: int) -> tuple[Delivery, ...]:
        """Return digests that wait for a model's wording, oldest first."""
        query = select(deliveries).where(*_waits_for_words()).order_by(deliveries.c.row).limit(limit)
        return await self._deliveries((await self._tx.execute(query)).all())

    async def word(self, delivery: DeliveryId, content: str, now: datetime) -> bool:
        """Let a digest go in these words; False when it went already."""
        result = await self._tx.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery, *_waits_for_words())
            .values(content=self._vault.seal(content), not_before=now, last=None)
        )
        return result.rowcount == 1

    async def retry(self, delivery: DeliveryId, now: datetime) -> bool:
        """Send a parked delivery again, as if it were new but for its parts that arrived; False when none is parked."""
        result = await self._tx.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery, deliveries.c.state == _PARKED)
            # One doubt stays: what was parked for it may have arrived, and the next try must say so.
            .values(state=_READY, not_before=now, doubt=case((deliveries.c.doubt > 1, 1), else_=deliveries.c.doubt))
        )
        return result.rowcount == 1

    async def ledger(self, since: datetime) -> tuple[Delivery, ...]:
        """Return the deliveries written after `since`, in any state, newest first."""
        rows = await self._tx.execute(
            select(deliveries).where(deliveries.c.created_at > since).order_by(deliveries.c.row.desc())
        )
        return await self._deliveries(rows.all())

    # ----------------------------------------------------------------------------------------------------------------

    def _row(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "id": delivery.id,
            "chat": delivery.chat,
            "of": delivery.of.value,
            "rank": RANKS[delivery.of],
            "lane": delivery.lane,
            "state": delivery.state.value,
            "attempts": delivery.attempts,
            "doubt": delivery.doubt,
            "created_at": delivery.created_at,
            "not_before": delivery.not_before,
            "epoch": delivery.epoch,
            "content": self._vault.seal(delivery.content),
            "reply_to": delivery.reply_to,
            "last": delivery.last,
        }

    async def _doubt_older(self, lane: LaneId, epoch: int, now: datetime) -> None:
        left = (deliveries.c.lane == lane, deliveries.c.state == _SENDING, deliveries.c.epoch < epoch)
        doubted = deliveries.c.doubt + 1
        await self._tx.execute(
            update(deliveries)
            .where(*left, doubted >= _MOST_DOUBT)
            .values(state=_PARKED, doubt=doubted, last="doubt", settled_at=now)
        )
        await self._tx.execute(update(deliveries).where(*left).values(state=_READY, doubt=doubted, last="doubt"))

    async def _is_held(self, lane: LaneId, epoch: int, now: datetime) -> bool:
        """Tell whether this epoch may send; a lease that ran out, and that nobody took, is no end of it."""
        mine = (lanes.c.id == lane, lanes.c.epoch == epoch, lanes.c.owner.is_not(None))
        row = (await self._tx.execute(select(lanes.c.down, lanes.c.not_before).where(*mine))).first()
        return row is not None and row.down is None and (row.not_before is None or row.not_before <= now)

    async def _write_parts(self, delivery: DeliveryId, given: Sequence[Part], *, has_some: bool) -> None:
        if has_some:
            await self._tx.execute(delete(parts).where(parts.c.delivery == delivery))
        rows = [
            {
                "delivery": delivery,
                "index": part.index,
                "text": self._vault.seal(part.text),
                "receipt": part.receipt,
                "frozen": part.frozen,
            }
            for part in given
        ]
        await put(self._tx, parts, rows)

    async def _deliveries(self, rows: Sequence[Any]) -> tuple[Delivery, ...]:
        written: dict[str, list[Part]] = {}
        for some in batches([row.id for row in rows]):
            found = await self._tx.execute(
                select(parts).where(parts.c.delivery.in_(some)).order_by(parts.c.delivery, parts.c.index)
            )
            for part in found.mappings():
                written.setdefault(part["delivery"], []).append(
                    Part(
                        index=part["index"],
                        text=self._vault.unseal(part["text"]),
                        receipt=part["receipt"],
                        frozen=part["frozen"],
                    )
                )
        return tuple(self._delivery(row, tuple(written.get(row.id, ()))) for row in rows)

    def _delivery(self, row: Any, its_parts: tuple[Part, ...]) -> Delivery:
        return Delivery(
            id=DeliveryId(row.id),
            chat=ChatId(row.chat),
            of=DeliveryKind(row.of),
            lane=LaneId(row.lane),
            state=DeliveryState(row.state),
            attempts=row.attempts,
            doubt=row.doubt,
            created_at=row.created_at,
            not_before=row.not_before,
            epoch=row.epoch,
            parts=its_parts,
            content=self._vault.unseal(row.content),
            reply_to=row.reply_to,
            last=row.last,
        )


def _waits_for_words() -> tuple[ColumnElement[bool], ...]:
    waits = deliveries.c.last == TO_BE_WORDED
    return (waits, deliveries.c.state == _READY, deliveries.c.attempts == 0)


def _is_refused(chat: Chat) -> ColumnElement[bool]:
    """Return the condition of what was parked because of that for which a chat was suspended.

    What was in the air while the service's own word of it came may have another reason. What was in doubt twice waits
    for a person.
    """
    since = chat.state_since
    is_its_reason = deliveries.c.last == chat.reason
    why = is_its_reason if since is None else or_(is_its_reason, deliveries.c.settled_at >= since)
    return (deliveries.c.state == _PARKED) & (deliveries.c.doubt < _MOST_DOUBT) & why


def _of_epoch(epoch: int) -> ColumnElement[bool]:
    return select(lanes.c.id).where(lanes.c.id == deliveries.c.lane, lanes.c.epoch == epoch).exists()


def _heard(lane: LaneId) -> str:
    """Return the mark that says when a lane's wait was heard of, by the clock of then."""
    return f"heard_at {lane}"


def _frozen(part: Part) -> Part:
    return replace(part, frozen=True)
