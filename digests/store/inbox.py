"""The inbox: what people sent us, kept before it is confirmed to the service (T0), and answered once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.store.secrets import Vault
from digests.store.tables import inbox
from digests.store.upsert import add_once

# A request that failed so often, apology and all, is left for a person to look at; its chat's next one is answered.
_MOST_ATTEMPTS = 6


class Waiting(NamedTuple):
    """A request that waits for its answer; `chat_hash` tells chats apart without naming them."""

    row: int
    chat_hash: str
    request: str
    attempts: int


class Inbox:
    """The inbox, in one transaction."""

    def __init__(self, tx: AsyncConnection, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def keep(self, front: str, update: str, chat_key: str, request_json: str, now: datetime) -> bool:
        """Keep an update of a front; return False when it is known already."""
        row = {
            "front": front,
            "update": update,
            "chat_hash": self._vault.keyed_hash(chat_key),
            "request": self._vault.seal(request_json),
            "received_at": now,
            "attempts": 0,
        }
        return await add_once(self._tx, inbox, row)

    async def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """Return unanswered requests, the oldest first, at most one of each chat: its next one follows its answer."""
        rows = await self._tx.execute(_waiting().order_by(inbox.c.row).limit(limit))
        return self._read(rows)

    async def claim(self, limit: int, now: datetime, until: datetime) -> tuple[Waiting, ...]:
        """Return unanswered requests that no other process works on, and keep them from the others for a while."""
        is_free = or_(inbox.c.held_until.is_(None), inbox.c.held_until <= now)
        query = _waiting().where(is_free).order_by(inbox.c.row).limit(limit).with_for_update(skip_locked=True)
        found = self._read(await self._tx.execute(query))
        held = inbox.c.row.in_([item.row for item in found])
        await self._tx.execute(update(inbox).where(held).values(held_until=until))
        return found

    async def take(self, row: int) -> bool:
        """Hold a request for this transaction alone; return False when another answers it, or has answered it."""
        waits = (inbox.c.row == row, inbox.c.done_at.is_(None))
        free = select(inbox.c.row).where(*waits).with_for_update(skip_locked=True)
        return (await self._tx.execute(free)).first() is not None

    async def done(self, row: int, now: datetime) -> None:
        """Mark a request answered; do it in the transaction of its effect and its reply."""
        await self._tx.execute(update(inbox).where(inbox.c.row == row).values(done_at=now))

    async def failed(self, row: int) -> None:
        """Count a try of a request that failed; it stays where it is."""
        counted = {"attempts": inbox.c.attempts + 1, "held_until": None}
        await self._tx.execute(update(inbox).where(inbox.c.row == row).values(counted))

    async def given_up(self) -> int:
        """Return how many requests failed too often and wait for a person."""
        stuck = (inbox.c.done_at.is_(None), inbox.c.attempts >= _MOST_ATTEMPTS)
        return await self._tx.scalar(select(func.count()).select_from(inbox).where(*stuck)) or 0

    async def tidy(self, before: datetime) -> int:
        """Erase what was answered before then; return how many. No service sends an update again after two days."""
        result = await self._tx.execute(delete(inbox).where(inbox.c.done_at < before))
        return result.rowcount

    def _read(self, rows: Iterable[Any]) -> tuple[Waiting, ...]:
        return tuple(Waiting(row.row, row.chat_hash, self._vault.unseal(row.request), row.attempts) for row in rows)


def _waiting() -> Select[Any]:
    first = (
        select(func.min(inbox.c.row))
        .where(inbox.c.done_at.is_(None), inbox.c.attempts < _MOST_ATTEMPTS)
        .group_by(inbox.c.chat_hash)
    )
    columns = (inbox.c.row, inbox.c.chat_hash, inbox.c.request, inbox.c.attempts)
    return select(*columns).where(inbox.c.row.in_(first))
