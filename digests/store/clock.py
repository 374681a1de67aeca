"""What a clock that ran ahead left behind when it was put back: waits that would last as long as it was wrong."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, ColumnElement, delete, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import DeliveryState, SubscriptionId
from digests.store.marks import Marks
from digests.store.tables import deliveries, hosts, slots, sources, subscriptions, waits

_MICROSECOND = timedelta(microseconds=1)
# Of several processes that see the same jump one puts the waits right.
_ONCE_IN = timedelta(minutes=1)
# A clock that was so far ahead answered slots of days that are still to come; one less far ahead, one at most.
_FAR = timedelta(days=2)
# Schedules come at least once in seven days.
_LONGEST = timedelta(days=8)

_WAITS: tuple[tuple[Column[datetime], tuple[ColumnElement[bool], ...]], ...] = (
    (sources.c.next_poll_at, ()),
    (hosts.c.not_before, ()),
    (waits.c.due_at, ()),
    (deliveries.c.not_before, (deliveries.c.state == DeliveryState.READY.value,)),
    (deliveries.c.settled_at, (deliveries.c.state == DeliveryState.READY.value,)),  # from when a wait was counted
)


async def put_back(tx: AsyncConnection, now: datetime, by: timedelta) -> tuple[SubscriptionId, ...]:
    """Shorten every wait but those of lanes by as much as the clock was put back: it was counted by the clock before.

    Where it was days ahead, slots of the days to come are open again, and the subscriptions whose next due times must
    be counted anew are returned.
    """
    done_at = await Marks(tx).instant("put_back_at")
    if done_at is not None and abs(now - done_at) < _ONCE_IN:
        return ()
    await Marks(tx).set_instant("put_back_at", now)
    for column, also in _WAITS:
        sooner = type_coerce(type_coerce(column, BigInteger) - by // _MICROSECOND, column.type)
        await tx.execute(update(column.table).where(column > now, *also).values({column: sooner}))
    is_far = or_(subscriptions.c.since > now + _FAR, subscriptions.c.next_due_at > now + _LONGEST)
    far = tuple(map(SubscriptionId, (await tx.execute(select(subscriptions.c.id).where(is_far))).scalars()))
    theirs = slots.c.subscription.in_(select(subscriptions.c.id).where(is_far))
    # What was told then stays told: its slot has had its answer.
    await tx.execute(delete(slots).where(theirs, slots.c.until > now, slots.c.delivery.is_(None)))
    await tx.execute(update(subscriptions).where(subscriptions.c.since > now + _FAR).values(since=now))
    return far
