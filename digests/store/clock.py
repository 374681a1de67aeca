"""What a clock that ran ahead left behind when it was put back: waits that would last as long as it was wrong."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, ColumnElement, delete, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import DeliveryState, SubscriptionId
from digests.store.marks import Marks
from digests.store.tables import (
    chats,
    deliveries,
    hosts,
    list_follows,
    slots,
    sources,
    story_mutes,
    subscriptions,
    waits,
    watched_names,
    wishes,
)

_MICROSECOND = timedelta(microseconds=1)
# Of several processes that see the same jump one puts the waits right.
_ONCE_IN = timedelta(minutes=1)
_IS_READY = (deliveries.c.state == DeliveryState.READY.value,)

# What waits until an instant, by the clock of then.
_WAITS: tuple[tuple[Column[datetime], tuple[ColumnElement[bool], ...]], ...] = (
    (sources.c.next_poll_at, ()),
    (hosts.c.not_before, ()),
    (waits.c.due_at, ()),
    (wishes.c.muted_until, ()),
    (wishes.c.silence_due_at, ()),
    (story_mutes.c.until, ()),
    (deliveries.c.not_before, _IS_READY),
    (deliveries.c.settled_at, _IS_READY),  # from when a wait was counted
)
# What says since when, or up to when: nothing of that can lie ahead, or what comes until then would be told to nobody.
_SINCE: tuple[Column[datetime], ...] = (
    watched_names.c.added_at,
    list_follows.c.since,
    chats.c.state_since,
    subscriptions.c.since,
    waits.c.since,
    waits.c.seen,
    wishes.c.silence_asked_at,
    wishes.c.silence_told_at,
)


async def put_back(tx: AsyncConnection, now: datetime, by: timedelta) -> tuple[SubscriptionId, ...]:
    """Shorten every wait but those of lanes by as much as the clock was put back: it was counted by the clock before.

    What was noted as of an instant that is still to come is as of now, and slots to come are open again. Return the
    subscriptions whose next due times must be counted anew.
    """
    done_at = await Marks(tx).instant("put_back_at")
    if done_at is not None and abs(now - done_at) < _ONCE_IN:
        return ()
    await Marks(tx).set_instant("put_back_at", now)
    for column, also in _WAITS:
        sooner = type_coerce(type_coerce(column, BigInteger) - by // _MICROSECOND, column.type)
        await tx.execute(update(column.table).where(column > now, *also).values({column: sooner}))
    for column in _SINCE:
        await tx.execute(update(column.table).where(column > now).values({column: now}))
    # What was told then stays told: its slot has had its answer.
    await tx.execute(delete(slots).where(slots.c.until > now, slots.c.delivery.is_(None)))
    due = await tx.execute(select(subscriptions.c.id).where(subscriptions.c.next_due_at > now))
    return tuple(map(SubscriptionId, due.scalars()))
