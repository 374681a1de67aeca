"""Hosts: when each may be asked again. One row a host, so politeness holds over processes and restarts."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.store.tables import hosts
from digests.store.upsert import claim, put


class Hosts:
    """The hosts, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def held(self, now: datetime) -> dict[str, datetime]:
        """Return the hosts that are not to be asked now, and until when."""
        rows = await self._tx.execute(select(hosts).where(hosts.c.not_before > now))
        return {row.host: row.not_before for row in rows}

    async def claim(self, wanted: Collection[str], now: datetime, until: datetime) -> frozenset[str]:
        """Take a turn at each host that may be asked now, and return those; nobody else may ask them before `until`."""
        rows = [{"host": host, "not_before": until} for host in sorted(wanted)]
        return frozenset(await claim(self._tx, hosts, rows, hosts.c.not_before <= now))

    async def hold(self, until: Mapping[str, datetime]) -> None:
        """Ask these hosts no sooner than that; a longer wait that is known stays."""
        greatest = func.max if self._tx.dialect.name == "sqlite" else func.greatest
        rows = [{"host": host, "not_before": at} for host, at in sorted(until.items())]
        await put(self._tx, hosts, rows, lambda new: {"not_before": greatest(hosts.c.not_before, new.not_before)})

    async def tidy(self, now: datetime) -> None:
        """Take away the hosts that may be asked again: a row without a wait says nothing."""
        await self._tx.execute(delete(hosts).where(hosts.c.not_before <= now))
