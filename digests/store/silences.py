"""When the silence of a watched name is looked at next, and when it was last told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ChatId, ChatState, NameId
from digests.store.tables import chats, wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One name's silence as one chat wants it told.

    Attributes:
        asked_at: Since when the chat asks: the silence of a name that was never mentioned runs from here.
        told_at: When it was last told.
    """

    chat: ChatId
    name: NameId
    asked_at: datetime
    told_at: datetime | None = None


class Silences:
    """The silences, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def ask(self, chat: ChatId, name: NameId, now: datetime | None) -> None:
        """Look at a name's silence from now on; with None never again."""
        await self._set(chat, name, {"silence_asked_at": now, "silence_due_at": now, "silence_told_at": None})

    async def put(self, silence: Silence, *, due_at: datetime | None, told_at: datetime | None) -> None:
        """Keep when a silence is looked at next, and when it was told."""
        await self._set(silence.chat, silence.name, {"silence_due_at": due_at, "silence_told_at": told_at})

    async def chats_due(self, now: datetime) -> tuple[ChatId, ...]:
        """Return the active chats with silences to be looked at."""
        rows = await self._tx.execute(
            select(wishes.c.chat)
            .join(chats, chats.c.id == wishes.c.chat)
            .where(wishes.c.silence_due_at <= now, chats.c.state == ChatState.ACTIVE.value)
        )
        return tuple(sorted(set(rows.scalars())))

    async def due_of(self, chat: ChatId, now: datetime) -> tuple[Silence, ...]:
        """Return the silences of a chat to be looked at, in a fixed order."""
        rows = await self._tx.execute(
            select(wishes).where(wishes.c.chat == chat, wishes.c.silence_due_at <= now).order_by(wishes.c.name)
        )
        return tuple(
            Silence(chat=row.chat, name=row.name, asked_at=row.silence_asked_at or now, told_at=row.silence_told_at)
            for row in rows
        )

    async def _set(self, chat: ChatId, name: NameId, values: dict[str, datetime | None]) -> None:
        await self._tx.execute(update(wishes).where(wishes.c.chat == chat, wishes.c.name == name).values(values))
