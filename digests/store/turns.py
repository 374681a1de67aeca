"""Whose turn it is in a lane: the first in line of each chat, the most urgent kind and the oldest first.

Asked as one statement, both databases may plan it badly (a join of every waiting row with every other). So the line is
read in stretches along its index until enough are found; a chat that fills a stretch is left out of the next ones.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ChatState, DeliveryKind, DeliveryState, LaneId
from digests.store.tables import chats, deliveries

RANKS = {kind: rank for rank, kind in enumerate(DeliveryKind)}
"""The order in which the kinds go to one chat."""

_READY, _SENDING = DeliveryState.READY.value, DeliveryState.SENDING.value
_ANSWER = RANKS[DeliveryKind.ANSWER]
_FIRST_STRETCH, _STRETCH = 100, 500
# A chat with so many in one stretch is a flood: its later ones of that kind have to wait for its first anyway.
_FLOOD = 20


async def next_in_line(tx: AsyncConnection, lane: LaneId, now: datetime, limit: int) -> list[int]:
    """Return the rows of the deliveries that may go now, at most one a chat, in their order.

    Of each kind only a chat's first may go. A chat with a delivery on its way is passed over; one that is paused or
    suspended gets answers alone.
    """
    busy = await tx.execute(select(deliveries.c.chat).where(deliveries.c.lane == lane, deliveries.c.state == _SENDING))
    served: set[str] = set(busy.scalars())
    heads: set[tuple[str, int]] = set()
    turns: list[int] = []
    last, floods, size = (-1, -1), set[str](), _FIRST_STRETCH
    while True:
        stretch = await _stretch(tx, lane, now, last, floods, size)
        fresh = [row for row in stretch if row.chat not in served and (row.chat, row.rank) not in heads]
        behind = await _waiting(tx, lane, now, {row.chat for row in fresh})
        for row in fresh:
            is_head = (row.chat, row.rank) not in heads and behind.get((row.chat, row.rank), row.row) >= row.row
            heads.add((row.chat, row.rank))
            if is_head and row.chat not in served and _hears(row):
                served.add(row.chat)
                turns.append(row.row)
                if len(turns) == limit:
                    return turns
        if len(stretch) < size:
            return turns
        size = _STRETCH
        floods = _floods(stretch) | (floods if stretch[-1].rank == last[0] else set())
        last = (stretch[-1].rank, stretch[-1].row)


def may_go(lane: LaneId) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions, for a select joined with its chats, of a delivery that nothing but its time holds."""
    other = deliveries.alias("other")
    of_this_chat = (other.c.chat == deliveries.c.chat) & (other.c.lane == deliveries.c.lane)
    is_sending = of_this_chat & (other.c.state == _SENDING)
    is_alike = of_this_chat & (other.c.state == _READY) & (other.c.rank == deliveries.c.rank)
    return (
        deliveries.c.lane == lane,
        deliveries.c.state == _READY,
        or_(chats.c.state == ChatState.ACTIVE.value, deliveries.c.rank == _ANSWER),
        ~select(other.c.row).where(is_sending).exists(),
        deliveries.c.row == select(func.min(other.c.row)).where(is_alike).scalar_subquery(),
    )


async def _stretch(
    tx: AsyncConnection, lane: LaneId, now: datetime, last: tuple[int, int], floods: set[str], size: int
) -> Sequence[Any]:
    """Return what is due next in the line, without more of the kind that was read last for chats that flood it."""
    place = tuple_(deliveries.c.rank, deliveries.c.row)
    # A CASE, so that no engine takes the index by time and sorts all that is due.
    is_due = case((deliveries.c.not_before <= now, 1), else_=0) == 1
    query = (
        select(deliveries.c.row, deliveries.c.rank, deliveries.c.chat, chats.c.state.label("state"))
        .join(chats, chats.c.id == deliveries.c.chat)
        .where(deliveries.c.lane == lane, deliveries.c.state == _READY, is_due, place > tuple_(*last))
        .order_by(deliveries.c.rank, deliveries.c.row)
        .limit(size)
    )
    if floods:
        query = query.where(or_(deliveries.c.rank != last[0], deliveries.c.chat.not_in(sorted(floods))))
    return (await tx.execute(query)).all()


async def _waiting(tx: AsyncConnection, lane: LaneId, now: datetime, of: set[str]) -> dict[tuple[str, int], int]:
    """Return for each of these chats and each kind the first delivery whose time has not come: it holds later ones."""
    if not of:
        return {}
    rows = await tx.execute(
        select(deliveries.c.chat, deliveries.c.rank, func.min(deliveries.c.row).label("first"))
        .where(
            deliveries.c.chat.in_(sorted(of)),
            deliveries.c.lane == lane,
            deliveries.c.state == _READY,
            deliveries.c.not_before > now,
        )
        .group_by(deliveries.c.chat, deliveries.c.rank)
    )
    return {(row.chat, row.rank): row.first for row in rows}


def _hears(row: Any) -> bool:
    return bool(row.state == ChatState.ACTIVE.value or row.rank == _ANSWER)


def _floods(stretch: Sequence[Any]) -> set[str]:
    rank = stretch[-1].rank
    count = Counter(row.chat for row in stretch if row.rank == rank)
    return {chat for chat, number in count.items() if number >= _FLOOD}
