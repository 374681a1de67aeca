"""A chat service that keeps what it was shown and answers as it is told."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import assert_never

from bot.delivery.channel import Outcome, Sent, Unsure
from bot.render.envelope import Envelope, Message
from bot.request import Reply
from digests.model import Alert, Amendment, Chat, Digest, Item, LaneId, Notice

LANE = LaneId("telegram:1")


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as a chat has it: `was` is what stood there before an edit."""

    chat: str
    text: str
    receipt: str
    was: str | None = None


class FakeChannel:
    """Shows a digest as one part an item, everything else as one; says in brackets how the message was dressed.

    Attributes:
        shown: Every message that arrived, in order.
        asked: Every payload that was sent here, arrived or not, as (chat key, payload).
        gate: While it is clear, sends wait here: a slow service.
    """

    service = "fake"

    def __init__(self, lane: LaneId = LANE) -> None:
        self.lane = lane
        self.shown: list[Shown] = []
        self.asked: list[tuple[str, str]] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._answers: deque[tuple[Outcome | Exception, bool]] = deque()

    def answers(self, *outcomes: Outcome | Exception, arrives: bool = False) -> None:
        """Answer the next sends and edits so, then take everything; with `arrives` an `Unsure` one was shown."""
        self._answers.extend((outcome, arrives) for outcome in outcomes)

    @property
    def texts(self) -> list[str]:
        """What the chats have now, an edited message as it reads last."""
        now: dict[str, str] = {}
        for shown in self.shown:
            now[shown.receipt] = shown.text
        return list(now.values())

    def render(self, message: Message, envelope: Envelope) -> tuple[str, ...]:
        """Return plain text, the dress in brackets before each part."""
        dress = ""
        if envelope.possible_repeat:
            dress += "[repeat?]"
        if envelope.plain:
            dress += "[plain]"
        if envelope.reply_to:
            dress += f"[re {envelope.reply_to}]"
        if envelope.held_since:
            dress += f"[held {envelope.held_since:%H:%M} {envelope.held_why}]"
        return tuple(f"{dress} {text}".strip() for text in _parts(message))

    async def send(self, chat: Chat, payload: str) -> Outcome:
        """Take a message, or answer as told."""
        return await self._take(chat, payload, str(len(self.asked) + 1), None)

    async def edit(self, chat: Chat, receipt: str, payload: str) -> Outcome:
        """Replace a message, or answer as told."""
        was = next((shown.text for shown in reversed(self.shown) if shown.receipt == receipt), None)
        return await self._take(chat, payload, receipt, was)

    async def _take(self, chat: Chat, payload: str, receipt: str, was: str | None) -> Outcome:
        self.asked.append((chat.key, payload))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self.gate.wait()
        finally:
            self.in_flight -= 1
        outcome, arrives = self._answers.popleft() if self._answers else (Sent(receipt), False)
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Sent) or (isinstance(outcome, Unsure) and arrives):
            self.shown.append(Shown(chat.key, payload, receipt, was))
        return outcome


def _parts(message: Message) -> tuple[str, ...]:
    match message:
        case Alert():
            return (_said(message.item),)
        case Digest():
            return tuple(_said(item) for item in message.items) or ("nothing new",)
        case Notice():
            return (message.key,)
        case Amendment():
            new = f" now {_said(message.new)}" if message.new else ""
            return (f"was {_said(message.old)}{new}",)
        case Reply():
            return (" / ".join(line.key for line in message.lines),)
    assert_never(message)


def _said(item: Item) -> str:
    return item.sentences[0].text
