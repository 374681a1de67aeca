"""Marks and results of several deliveries in one commit: a slow disk confirms some two hundred a second, no more."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.store.db import Database

_T = TypeVar("_T")
_Work = Callable[[AsyncConnection], Awaitable[Any]]

_MOST = 30


class Commits:
    """Writes what several tasks want written, together where they come together. Each waits for its own part.

    Nobody waits for company: while one commit is on its way to the disk, what comes meanwhile gathers for the next.
    What is written may be tried twice, when another's part of the same transaction failed: it must bear that.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[_Work, asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[AsyncConnection], Awaitable[_T]]) -> _T:
        """Return what `work` returned in a transaction that is committed by then.

        Raises what `work` raised, or `StoreError`.
        """
        done: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            await self._commit(batch)

    async def _commit(self, batch: Sequence[tuple[_Work, asyncio.Future[Any]]]) -> None:
        try:
            async with self._database.write(urgent=True) as tx:
                answers = [await work(tx) for work, _ in batch]
        except Exception as error:  # noqa: BLE001 - whoever asked for it hears of it
            if len(batch) > 1:
                # One of them is at fault: the others must not suffer for it.
                for one in batch:
                    await self._commit([one])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, done), answer in zip(batch, answers, strict=True):
            if not done.done():
                done.set_result(answer)
