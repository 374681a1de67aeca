"""When the child is struck: the fakes kill it in the middle of what they are asked, before they take it or after."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from aiohttp import web

from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram

MARK = "Possible repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One kill: at what, before the fake has taken it or after, and how many milliseconds later at the most."""

    at: str
    taken: bool = True
    within_ms: int = 0

    def __str__(self) -> str:
        """Name it for the one who watches the run."""
        return f"{self.at}{'' if self.taken else ', not taken'}"


# Each kind stands as often as it should come. What is told must fear the sending most: there a repeat is made.
KINDS = (
    Strike(at="sendMessage", taken=True),
    Strike(at="sendMessage", taken=False),
    Strike(at="sendMessage", taken=True, within_ms=30),
    Strike(at="chat.postMessage", taken=True),
    Strike(at="chat.postMessage", taken=False),
    Strike(at="getUpdates", taken=True, within_ms=40),
    Strike(at="envelope", within_ms=60),
    Strike(at="ack", within_ms=30),
    Strike(at="feed", within_ms=300),
    Strike(at="folder", within_ms=600),
    Strike(at="start", within_ms=2_500),
    Strike(at="any", within_ms=2_500),
)


def strikes(kills: int, random: Random) -> list[Strike]:
    """Return so many strikes, every kind about equally often, in an order of chance."""
    chosen: list[Strike] = []
    while len(chosen) < kills:
        chosen += random.sample(KINDS, len(KINDS))
    return chosen[:kills]


class Striker:
    """Holds the one strike that is to fall next, and strikes when the fakes come to its moment."""

    def __init__(self, kill: Callable[[], None], random: Random) -> None:
        self._armed: Strike | None = None
        self._falling: asyncio.TimerHandle | None = None
        self._kill = kill
        self._random = random

    def arm(self, strike: Strike) -> None:
        """Let this one fall when its moment comes."""
        self._armed = strike

    def disarm(self) -> None:
        """Let nothing fall any more."""
        self._armed = None
        if self._falling is not None:
            self._falling.cancel()

    def falls(self, at: str, *, taken: bool = True) -> bool:
        """Strike if this is the moment; return whether the child died of it just now."""
        strike = self._armed
        if strike is None or (strike.at, strike.taken) != (at, taken):
            return False
        self._armed = None
        if strike.within_ms:
            after = self._random.random() * strike.within_ms / 1000
            self._falling = asyncio.get_running_loop().call_later(after, self._kill)
            return False
        self._kill()
        return True


class DeadlyTelegram(FakeTelegram):
    """A fake Telegram at whose calls the child may die."""

    striker: Striker

    async def _serve(self, request: web.Request, method: str, given: dict[str, Any], serve: Any) -> web.Response:
        # A message already in doubt is not struck before it is taken: lost twice on the way, it is parked, by design.
        in_doubt = MARK in str(given.get("text", ""))
        if not in_doubt and self.striker.falls(method, taken=False):
            return web.Response()
        answer = await super()._serve(request, method, given, serve)
        if method != "getUpdates" or self.unconfirmed:
            self.striker.falls(method)
        return answer


class DeadlySlack(FakeSlack):
    """A fake Slack at whose calls the child may die."""

    striker: Striker

    async def _answer(
        self, method: str, body: dict[str, Any], token: str | None, request: web.Request
    ) -> web.StreamResponse:
        in_doubt = MARK in str(body)
        if not in_doubt and self.striker.falls(method, taken=False):
            return web.Response()
        answer = await super()._answer(method, body, token, request)
        self.striker.falls(method)
        return answer
