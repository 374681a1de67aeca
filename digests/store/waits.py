"""Alerts that wait: of a burst its later part, at night all names that are not urgent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ChatId, ChatState
from digests.store.tables import chats, waits
from digests.store.upsert import put


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What waits for one chat.

    Attributes:
        since: News after it may be untold.
        seen: What came up to here is looked at again at `due_at`, later news as it comes.
    """

    since: datetime
    seen: datetime
    due_at: datetime


class Waits:
    """The waiting alerts, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def get(self, chat: ChatId) -> Wait | None:
        """Return what waits for a chat."""
        row = (await self._tx.execute(select(waits).where(waits.c.chat == chat))).first()
        return None if row is None else Wait(since=row.since, seen=row.seen, due_at=row.due_at)

    async def put(self, chat: ChatId, wait: Wait) -> None:
        """Let this wait for a chat, instead of what waited before."""
        await put(self._tx, waits, [{"chat": chat, "since": wait.since, "seen": wait.seen, "due_at": wait.due_at}])

    async def drop(self, chat: ChatId) -> None:
        """Let nothing wait for a chat any more."""
        await self._tx.execute(delete(waits).where(waits.c.chat == chat))

    async def due(self, now: datetime) -> tuple[ChatId, ...]:
        """Return the active chats with alerts whose wait is over."""
        rows = await self._tx.execute(
            select(waits.c.chat)
            .join(chats, chats.c.id == waits.c.chat)
            .where(waits.c.due_at <= now, chats.c.state == ChatState.ACTIVE.value, chats.c.alerts == true())
        )
        return tuple(sorted(rows.scalars()))
