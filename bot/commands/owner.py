"""What those who run the bot ask."""

from collections import Counter
from datetime import timedelta

from bot.commands.lines import line
from bot.commands.registry import Ask, command
from bot.request import Line, Reply
from digests.errors import AskError
from digests.model import Delivery, DeliveryKind, DeliveryState
from digests.schedule.spans import parse_span

_SINCE = timedelta(days=3)
_SHOWN = 12
_KINDS = {
    DeliveryKind.ANSWER: "delivery.answer",
    DeliveryKind.ALERT: "delivery.alert",
    DeliveryKind.NOTICE: "delivery.notice",
    DeliveryKind.AMENDMENT: "delivery.amendment",
    DeliveryKind.DIGEST: "delivery.digest",
}


@command("invite", changes=True, bare=True, owner=True)
async def invite(ask: Ask) -> Reply:
    """Return a new single-use invitation to open a chat with."""
    code = await ask.desk.invite()
    return Reply.words("invite.made", link=ask.context.deep_link(code, ask.request))


@command("retract", "ID", changes=True, owner=True)
async def retract(ask: Ask) -> Reply:
    """Withdraw what was told of the wrong person, in every chat it went to; of a digest by the number of its item."""
    if not ask.rest:
        return Reply.words("retract.ask", slash=ask.slash)
    try:
        chats = await ask.desk.retract(*_item_meant(ask.rest))
    except AskError:
        raise AskError("retract.unknown", asked=ask.rest[:60]) from None
    return Reply.words("retract.done" if chats else "retract.nowhere", n=str(chats))


@command("part", "ID", changes=True, owner=True)
async def part(ask: Ask) -> Reply:
    """Take apart what fell into one story and is two: what this told is a story of its own from now on."""
    if not ask.rest:
        return Reply.words("part.ask", slash=ask.slash)
    try:
        pieces = await ask.desk.part(*_item_meant(ask.rest))
    except AskError:
        raise AskError("part.unknown", asked=ask.rest[:60]) from None
    return Reply.words("part.done", n=str(pieces))


def _item_meant(typed: str) -> tuple[str, int]:
    """Return which message is meant and the number of its item, the first where none is typed."""
    known_as, _, place = typed.partition(" ")
    return known_as, int(place) if place.isdecimal() and len(place) < 4 else 1


@command("deliveries", "3d", owner=True)
async def deliveries(ask: Ask) -> Reply:
    """Return the ledger: how many were sent, wait or are parked, and each that is not sent, the newest first."""
    span = parse_span(ask.rest, bare=timedelta(days=1)) if ask.rest else _SINCE
    if span is None:
        return Reply.words("deliveries.ask", slash=ask.slash)
    since = ask.desk.now - span
    ledger = await ask.desk.ledger(since)
    by_state = Counter(delivery.state for delivery in ledger if not delivery.was_replaced)
    waiting = by_state[DeliveryState.READY] + by_state[DeliveryState.SENDING]
    head = line(
        "deliveries.head",
        since=ask.moment(since),
        sent=by_state[DeliveryState.SENT],
        waiting=waiting,
        parked=by_state[DeliveryState.PARKED],
    )
    replaced = sum(delivery.was_replaced for delivery in ledger)
    aside = (line("deliveries.replaced", n=replaced),) if replaced else ()
    open_ones = [delivery for delivery in ledger if delivery.state is not DeliveryState.SENT]
    more = (line("deliveries.more", n=len(open_ones) - _SHOWN),) if len(open_ones) > _SHOWN else ()
    return Reply(lines=(head, *aside, *(_entry(ask, each) for each in open_ones[:_SHOWN]), *more))


def _entry(ask: Ask, delivery: Delivery) -> Line:
    """Return a line on a delivery that is not sent; not to whom it goes: who watches whom is in no other chat."""
    return line(
        "deliveries.parked" if delivery.state is DeliveryState.PARKED else "deliveries.waiting",
        id=delivery.id,
        kind=ask.words.say(_KINDS[delivery.of]),
        at=ask.moment(delivery.created_at),
        tries=delivery.attempts,
        last=_how_it_stands(ask, delivery),
    )


def _how_it_stands(ask: Ask, delivery: Delivery) -> str:
    """Return in words how the last try went; the last key of `last` says it."""
    if delivery.state is DeliveryState.SENDING:
        return ask.words.say("last.sending")
    why = (delivery.last or "none").rpartition(".")[2]
    return ask.words.say(f"last.{why}") if f"last.{why}" in ask.words else ask.words.say("last.fault", why=why)
