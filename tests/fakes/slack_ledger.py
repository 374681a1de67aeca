"""What the fake Slack keeps: messages, envelopes and confirmations; and what it can be told to answer."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_rules import texts

Json = dict[str, Any]


# What a call about a channel can be answered, besides being taken ----------------------------------------------------


@dataclass(frozen=True)
class Takes:
    """Take it, after so many seconds."""

    after: float = 0.0


@dataclass(frozen=True)
class Limits:
    """429, with the seconds to wait, or without a number."""

    retry_after: int | None


@dataclass(frozen=True)
class Fails:
    """A code of Slack's; like most of them with HTTP 200."""

    code: str
    status: int = 200


@dataclass(frozen=True)
class Breaks:
    """An answer that is no JSON, as from something before Slack."""

    status: int
    body: str = "<html>upstream connect error</html>"
    content_type: str = "text/html"


@dataclass(frozen=True)
class Drops:
    """Cut the line without an answer, after taking the message or before."""

    takes: bool = True


Answer = Takes | Limits | Fails | Breaks | Drops


# The ledgers ---------------------------------------------------------------------------------------------------------


@dataclass
class Posted:
    """A message as the channel shows it; `edits` holds its earlier bodies."""

    channel: str
    ts: str
    body: Json
    edits: list[Json] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The notification."""
        return str(self.body.get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, none if it is plain text."""
        return list(self.body.get("blocks") or ())

    @property
    def shown(self) -> str:
        """All that a reader sees, as Slack's own markup."""
        return "\n".join(texts(self.blocks)) if self.blocks else self.text

    @property
    def read(self) -> str:
        """The same without markup, as a person reads it: links by their label, no stars, signs as themselves."""
        text = re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", self.shown)
        text = re.sub(r"(?<!\w)([*_~])(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", text)
        text = re.sub(r"^> ", "", text, flags=re.MULTILINE)
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    @property
    def controls(self) -> list[str]:
        """What Slack would act on besides links to the web: "!channel", "@U1". Empty, or someone was called."""
        texts_ = (*texts(self.blocks), self.text)
        found = [control for text in texts_ for control in re.findall(r"<([^<>]*)>", text)]
        return [control for control in found if not re.match(r"https?://", control)]

    @property
    def buttons(self) -> list[Json]:
        """Its buttons in their order."""
        return [element for block in self.blocks if block["type"] == "actions" for element in block["elements"]]


@dataclass(frozen=True)
class Ack:
    """A confirmation: of what, how many seconds after it was sent, and with what payload."""

    envelope: "Envelope"
    after: float
    payload: object


@dataclass
class Envelope:
    """Something on its way to the app; `attempts` counts how often it was sent."""

    kind: str
    payload: Json
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    attempts: int = 0

    async def until_acked(self, timeout: float = 20.0) -> None:
        """Return when the app has confirmed it."""
        async with asyncio.timeout(timeout):
            await self.acked.wait()
