"""Small facts that outlive a process: one value under a key."""

from datetime import datetime

from sqlalchemy import Integer, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.store.tables import marks
from digests.store.upsert import put


class Marks:
    """The marks, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def get(self, key: str) -> str | None:
        """Return what stands under a key, None when nothing does."""
        found: str | None = await self._tx.scalar(select(marks.c.value).where(marks.c.key == key))
        return found

    async def put(self, key: str, value: str) -> None:
        """Let this stand under a key."""
        await put(self._tx, marks, [{"key": key, "value": value}])

    async def instant(self, key: str) -> datetime | None:
        """Return the instant that stands under a key."""
        found = await self.get(key)
        return datetime.fromisoformat(found) if found is not None else None

    async def set_instant(self, key: str, at: datetime) -> None:
        """Let an instant stand under a key."""
        await self.put(key, at.isoformat())

    async def count_up(self, key: str) -> None:
        """Raise a counter by one: whoever watches it sees that something changed."""
        raised = cast(cast(marks.c.value, Integer) + 1, Text)
        await put(self._tx, marks, [{"key": key, "value": "1"}], lambda _: {"value": raised})

    async def counter(self, key: str) -> int:
        """Return a counter's value, 0 before it was first raised."""
        return int(await self.get(key) or 0)
