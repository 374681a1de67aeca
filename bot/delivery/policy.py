"""What becomes of a try: a delivery and what the service answered, to the next state of both.

A delivery is tried part by part, one part a try; between two parts it is `ready` again. Its `last` says how the last
try went, and before that, parted by a dot, what later tries must know: `unedited` (the service did not take an edit, so
an amendment goes as a message) and `plain` (it did not take our markup, so it goes as plain text).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.channel import Down, Moved, OurFault, Outcome, Refused, Sent, TryLater, Unsure
from digests.model import Delivery, DeliveryKind, DeliveryState, make_id

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)
# A wait this short is a service's burst limit and holds for the whole token (Telegram's 429 names no scope); a longer
# one (43,838 s has been seen) is the quarrel of one chat.
SHORT_WAIT = timedelta(seconds=60)
# Whoever runs the bot is told of a wait this long: those who wait see nothing of it.
LONG_WAIT = timedelta(minutes=30)
# How long a lane rests whose token is refused: a person must mend it, and a try an hour would come too late to them.
DOWN_WAIT = timedelta(minutes=10)
ASKED = "asked"
"""The last key of the `last` of a delivery whose chat the service wants left alone until its `not_before`."""
# A chat that moves at every try is no chat that moved.
_MOST_MOVES = 3
_LAST_CHARS = 64  # the column's width


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What is written when a try is settled.

    Attributes:
        state: `ready` for another try or the next part, `sent` or `parked`.
        doubt: Tries that may have arrived without our knowing.
        not_before: The next try is never sooner.
        last: How it went, as keys; never a text of the service.
        receipt: The service's name for the part that was tried, if it took it.
        chat_suspended: Why the chat can no longer be reached; None leaves it as it is.
        chat_moved: The chat's new key; None leaves it as it is.
        chat_not_before: The service asked to leave this chat alone until then.
        lane_not_before: The service asked us to send nothing at all until then.
        lane_down: Why our token is not accepted; None when it is.
    """

    state: DeliveryState
    doubt: int
    not_before: datetime
    last: str | None = None
    receipt: str | None = None
    chat_suspended: str | None = None
    chat_moved: str | None = None
    chat_not_before: datetime | None = None
    lane_not_before: datetime | None = None
    lane_down: str | None = None


def after_try(delivery: Delivery, outcome: Outcome, *, now: datetime) -> Next:
    """Return what follows from what a service answered to the first part that has no receipt.

    `delivery` is as it stood during the try: `attempts` counts it, `parts` are those that were rendered for it.
    """
    state, doubt = DeliveryState.READY, delivery.doubt
    match outcome:
        case Sent(receipt):
            if len(_missing(delivery)) <= 1:
                return Next(state=DeliveryState.SENT, doubt=doubt, not_before=now, receipt=receipt)
            # The doubt was of this part alone: the next one was never sent.
            return Next(state=state, doubt=0, not_before=now, last=_last(delivery), receipt=receipt)
        case TryLater(after):
            return _later(delivery, after, now)
        case Moved(to):
            at = now if delivery.attempts <= _MOST_MOVES else now + _wait(delivery)
            return Next(state=state, doubt=doubt, not_before=at, last=_last(delivery, "moved"), chat_moved=to)
        case Refused(why):
            return Next(state=DeliveryState.PARKED, doubt=doubt, not_before=now, last=_key(why), chat_suspended=why)
        case OurFault(why):
            return _at_fault(delivery, why, now)
        case Down(why):
            later = now + DOWN_WAIT
            return Next(
                state=state, doubt=doubt, not_before=now, last=_last(delivery), lane_not_before=later, lane_down=why
            )
        case Unsure():
            return _unsure(delivery, now)


def is_plain(delivery: Delivery) -> bool:
    """Tell whether the service did not take our markup of this delivery."""
    return "plain" in _memory(delivery)


def is_unedited(delivery: Delivery) -> bool:
    """Tell whether the service did not take this amendment as an edit."""
    return "unedited" in _memory(delivery)


def asked_to_wait(delivery: Delivery) -> str:
    """Return the `last` of a delivery that waits because the service wants its chat left alone."""
    return _last(delivery, ASKED) or ASKED


def is_held_by_service(delivery: Delivery) -> bool:
    """Tell whether a delivery that waits was tried, or waits because the service asked for it."""
    return delivery.attempts > 0 or ASKED in (delivery.last or "").split(".")


def _later(delivery: Delivery, after: timedelta | None, now: datetime) -> Next:
    asked = None if after is None else now + max(after, timedelta())
    return Next(
        state=DeliveryState.READY,
        doubt=delivery.doubt,
        not_before=now + _wait(delivery) if asked is None else asked,
        last=_last(delivery, "later" if asked is None else ASKED),
        chat_not_before=asked,
        lane_not_before=asked if after is not None and after <= SHORT_WAIT else None,
    )


def _at_fault(delivery: Delivery, why: str, now: datetime) -> Next:
    """Try an amendment as a message, then anything as plain text, then park it."""
    memory = _memory(delivery)
    left = [step for step in ("unedited", "plain") if step not in memory]
    if delivery.of is not DeliveryKind.AMENDMENT or "plain" in memory or len(_missing(delivery)) < len(delivery.parts):
        left = [step for step in left if step == "plain"]
    if not left:
        return Next(state=DeliveryState.PARKED, doubt=delivery.doubt, not_before=now, last=_key(why))
    last = ".".join([*memory, left[0]])
    return Next(state=DeliveryState.READY, doubt=delivery.doubt, not_before=now, last=last)


def _unsure(delivery: Delivery, now: datetime) -> Next:
    """Send it once more, marked; a second time nobody can know, and a person must look."""
    last, doubt = _last(delivery, "unsure"), delivery.doubt + 1
    if doubt > 1:
        return Next(state=DeliveryState.PARKED, doubt=doubt, not_before=now, last=last)
    return Next(state=DeliveryState.READY, doubt=doubt, not_before=now + _wait(delivery), last=last)


def _wait(delivery: Delivery) -> timedelta:
    """Return 2, 4, 8 s ... 1 h, and up to a quarter more, which follows from the delivery and not from chance."""
    tries = max(delivery.attempts - _arrived(delivery), 1)
    wait = FIRST_WAIT * (1 << min(tries - 1, 16))
    share = int(make_id(delivery.id, str(tries)), 16) / 2**64
    return min(wait * (1 + share / 4), LONGEST_WAIT)


def _missing(delivery: Delivery) -> list[int]:
    return [part.index for part in delivery.parts if part.receipt is None]


def _arrived(delivery: Delivery) -> int:
    return len(delivery.parts) - len(_missing(delivery))


def _memory(delivery: Delivery) -> list[str]:
    return [step for step in (delivery.last or "").split(".") if step in ("unedited", "plain")]


def _last(delivery: Delivery, *keys: str) -> str | None:
    return ".".join([*_memory(delivery), *keys]) or None


def _key(why: str) -> str:
    return why[:_LAST_CHARS]
