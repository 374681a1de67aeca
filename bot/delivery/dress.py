"""What the next try of a delivery sends: its parts, which of them is next, and what that one replaces."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.delivery.policy import is_held_by_service, is_plain, is_unedited
from bot.render.envelope import Envelope, Message
from digests.model import Amendment, Chat, Delivery, DeliveryKind, Part

Render = Callable[[Message, Envelope], tuple[str, ...]]

# A shorter delay is the ordinary pace of a chat service; a longer one is said in the message.
LONG_AGO = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One try.

    Attributes:
        parts: All parts, those that arrived first; none of them is rendered anew unless it is in doubt.
        part: The one to send now.
        edits: The receipt of the message that `part` replaces; None for a new message.
    """

    parts: tuple[Part, ...]
    part: Part
    edits: str | None = None


def dress(
    delivery: Delivery,
    message: Message,
    render: Render,
    *,
    chat: Chat,
    now: datetime,
    reply_to: str | None = None,
    edits: str | None = None,
) -> Errand:
    """Return the next try of a delivery that is not yet sent.

    While nothing of it may have arrived it is rendered anew at each try, so that it is right when it leaves. Once a
    part arrived, the others stay as they were cut; but in doubt, or as plain text, what is missing is rendered anew: as
    many parts from the end as were missing, or more. Where that cuts otherwise a sentence may come twice, never not at
    all, and is marked. `render` puts the mark of a repeat on every part, for the doubtful one need not be the first.

    Args:
        reply_to: The receipt of the message this one answers.
        edits: For an amendment, the receipt of the one message it may replace.
    """
    arrived = tuple(part for part in delivery.parts if part.receipt is not None)
    edit = _edit(delivery, message, render, _envelope(delivery, chat, now), edits)
    parts = delivery.parts
    if not arrived or delivery.doubt or is_plain(delivery):
        envelope = replace(_envelope(delivery, chat, now), possible_repeat=delivery.doubt > 0, reply_to=reply_to)
        texts = _texts(message, render, envelope, edit)
        if texts[: len(arrived)] != tuple(part.text for part in arrived):
            texts = _texts(
                message, render, replace(envelope, possible_repeat=bool(arrived) or delivery.doubt > 0), edit
            )
        parts = _missing_anew(delivery, arrived, texts)
    part = parts[len(arrived)]
    return Errand(parts=parts, part=part, edits=edits if edit is not None and part.index == 0 else None)


def _envelope(delivery: Delivery, chat: Chat, now: datetime) -> Envelope:
    is_late = now - delivery.created_at > LONG_AGO
    return Envelope(
        chat=chat,
        now=now,
        held_since=delivery.created_at if is_late else None,
        held_why=_why_late(delivery, chat) if is_late else None,
        plain=is_plain(delivery),
    )


def _why_late(delivery: Delivery, chat: Chat) -> str:
    """Return why a delivery leaves late: its chat was away since, it was tried in vain, or it waited for us."""
    was_away = chat.state_since is not None and delivery.created_at < chat.state_since
    if was_away and delivery.of is not DeliveryKind.ANSWER:
        return "away"
    return "service" if is_held_by_service(delivery) else "wait"


def _edit(delivery: Delivery, message: Message, render: Render, envelope: Envelope, edits: str | None) -> str | None:
    """Return the text that replaces an earlier message, None where none can; it repeats nothing and bears no mark."""
    if edits is None or not isinstance(message, Amendment) or is_unedited(delivery):
        return None
    texts = render(message, envelope)
    return texts[0] if len(texts) == 1 else None


def _texts(message: Message, render: Render, envelope: Envelope, edit: str | None) -> tuple[str, ...]:
    if edit is None:
        return render(message, envelope)
    is_told_too = isinstance(message, Amendment) and message.as_reply
    return (edit, *(render(message, envelope) if is_told_too else ()))


def _missing_anew(delivery: Delivery, arrived: tuple[Part, ...], texts: tuple[str, ...]) -> tuple[Part, ...]:
    """Return the parts that arrived and, behind them, the end of `texts`: no less of it than was missing."""
    missing = len(delivery.parts) - len(arrived)
    begin = min(len(arrived), max(len(texts) - missing, 0))
    anew = (Part(index=at, text=text, frozen=True) for at, text in enumerate(texts[begin:], start=len(arrived)))
    return (*arrived, *anew)
