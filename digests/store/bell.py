"""Wakes between processes: PostgreSQL's NOTIFY. One that is lost costs no more than a tick, so none is kept."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from digests.errors import StoreError
from digests.store.db import Database

log = logging.getLogger(__name__)

_CHANNEL = "haberdar"
_AGAIN = timedelta(seconds=2)
ALL = ""
"""What is heard when the line was down: anything may have been rung meanwhile."""


class Bell:
    """One process's line to the others. `ring` never waits and never fails; `run` keeps the line."""

    def __init__(
        self, database: Database, heard: Callable[[str], None], sleep: Callable[[timedelta], Awaitable[None]]
    ) -> None:
        """Call `heard` with each name that any process rings, this one too."""
        self._database = database
        self._heard = heard
        self._sleep = sleep
        self._rung: set[str] = set()
        self._stirred = asyncio.Event()

    def ring(self, name: str) -> None:
        """Let every process hear a name, soon."""
        self._rung.add(name)
        self._stirred.set()

    async def run(self) -> None:
        """Listen and ring until cancelled; a line that is lost is opened again."""
        while True:
            try:
                async with self._database.line() as line:
                    await self._keep(line)
            except StoreError as error:
                log.warning("bell.silent", extra={"why": str(error)})
            await self._sleep(_AGAIN)

    async def _keep(self, line: Any) -> None:
        """Hear and ring until the line is lost."""
        line.add_termination_listener(lambda *_: self._stirred.set())
        await line.add_listener(_CHANNEL, lambda _line, _process, _channel, name: self._heard(name))
        self._heard(ALL)
        while not line.is_closed():
            await self._stirred.wait()
            self._stirred.clear()
            while self._rung and not line.is_closed():
                await line.execute("SELECT pg_notify($1, $2)", _CHANNEL, self._rung.pop())
