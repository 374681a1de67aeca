"""What is said to a chat, and how it is dressed when it leaves."""

from dataclasses import dataclass
from datetime import datetime

from bot.request import Reply
from digests.model import Alert, Amendment, Chat, Digest, Notice

Message = Alert | Digest | Notice | Amendment | Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a message is dressed when it leaves.

    Attributes:
        chat: Whom it goes to, with zone, language and neutral mode.
        now: When it is rendered.
        held_since: Written then, but held; said in the message when it is long ago. None when it was not.
        held_why: "quiet", "pause", "away", "service" or "wait": a key of the words that say why.
        possible_repeat: An earlier try may have arrived: the message must say so first.
        reply_to: The receipt of the message this one answers.
        plain: The service did not accept our markup: plain text this time.
    """

    chat: Chat
    now: datetime
    held_since: datetime | None = None
    held_why: str | None = None
    possible_repeat: bool = False
    reply_to: str | None = None
    plain: bool = False
