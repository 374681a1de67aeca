"""Whose turn it is to write: SQLite takes one writer at a time, and who waits goes before a thousand digests."""

import asyncio
from collections import deque
from types import TracebackType


class Turn:
    """A lock whose urgent waiters go first; among equals the one who came first.

    `async with turn.of(urgent=True):` holds it.
    """

    def __init__(self) -> None:
        self._is_held = False
        self._waiting: tuple[deque[asyncio.Future[None]], deque[asyncio.Future[None]]] = (deque(), deque())

    def of(self, *, urgent: bool) -> "_Held":
        """Return what holds the lock while it is entered."""
        return _Held(self, urgent=urgent)

    async def take(self, *, urgent: bool) -> None:
        """Wait for the turn and hold it."""
        if not self._is_held:
            self._is_held = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._waiting[0 if urgent else 1]
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self.give()  # it was handed to us in this very moment
            else:
                queue.remove(mine)
            raise

    def give(self) -> None:
        """Hand the turn to the next, if anybody waits."""
        for queue in self._waiting:
            while queue:
                following = queue.popleft()
                if not following.done():
                    following.set_result(None)
                    return
        self._is_held = False


class _Held:
    def __init__(self, turn: Turn, *, urgent: bool) -> None:
        self._turn = turn
        self._urgent = urgent

    async def __aenter__(self) -> None:
        await self._turn.take(urgent=self._urgent)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn.give()
