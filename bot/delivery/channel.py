"""What a chat service can do, and what it may answer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.render.envelope import Envelope, Message
from digests.model import Chat, LaneId


@dataclass(frozen=True, slots=True)
class Sent:
    """The service has it, under this name."""

    receipt: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """It certainly was not taken; `after` is the service's own number, None where it gave none."""

    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat lives under another key now."""

    to: str


@dataclass(frozen=True, slots=True)
class Refused:
    """This chat does not want, or cannot get, anything from us; `locale/` says `why` under "last." and the key."""

    why: str


@dataclass(frozen=True, slots=True)
class OurFault:
    """The service could not read what we sent; `why` is a short key, never its text."""

    why: str


@dataclass(frozen=True, slots=True)
class Down:
    """Our token is not accepted: nothing can be sent by this lane until a person mends it."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have arrived: the line dropped after the request, or the answer was no answer."""

    why: str


Outcome = Sent | TryLater | Moved | Refused | OurFault | Down | Unsure


class Channel(Protocol):
    """A chat service as the sender sees it. `tests/contract/test_channels.py` holds every channel to this.

    `render` is deterministic and sends nothing. `send` returns an outcome for everything a service can do and raises
    only for bugs; it never tries twice by itself.
    """

    service: str
    lane: LaneId

    def render(self, message: Message, envelope: Envelope) -> tuple[str, ...]:
        """Return the payloads of the message's parts, one or more, each within the service's limits."""
        ...

    async def send(self, chat: Chat, payload: str) -> Outcome:
        """Send one rendered part to a chat and say what became of it."""
        ...

    async def edit(self, chat: Chat, receipt: str, payload: str) -> Outcome:
        """Put a rendered part in the place of one sent earlier; `OurFault("no_edit")` where there are no edits."""
        ...
