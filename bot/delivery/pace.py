"""When the next message may leave: evenly spaced over a lane, a second apart in a chat, with a reserve for answers.

Limits are the services' own and move (Telegram: about 30 a second a token, 1 a second a chat, 20 a minute a group), so
the lane goes a fifth slower after each refusal and finds its way back while none comes.
"""

from collections import deque
from datetime import datetime, timedelta

from bot.delivery.channel import Outcome, Sent, TryLater, Unsure
from digests.model import Chat, ChatId, DeliveryKind

_NONE = timedelta()
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
# After a refusal the lane keeps at least a fifth of its rate, and wins a twentieth back for every ten quiet seconds.
_SLOWER, _SLOWEST, _BACK, _CALM = 0.8, 0.2, 0.05, timedelta(seconds=10)
# Tries without an answer, or not taken, in a row: the service itself is ill, and each further try may burn a delivery.
# After three it is out of reach.
_ILL = 3
LONGEST_REST = timedelta(seconds=60)
# Chats whose floods began one after another: it is the token that is refused, not they.
_FLOODED_CHATS = 3
_REMEMBERED = 10_000
# Messages in the air at once: so many may be doubled when the process dies; three fill a lane of 30 a second.
IN_FLIGHT = 3
# So many late turns are made up for, a second's: a lane that loses them goes at 20 a second on a busy machine, not 25.
_MADE_UP = 25


class Pace:
    """The memory of what one lane has sent. It holds no clock: each call is told `now`, `put_back` that it ran back."""

    def __init__(
        self,
        *,
        per_second: float = 25,
        reserved: float = 5,
        per_chat: timedelta = _SECOND,
        per_group: int | None = 20,
    ) -> None:
        """Keep `per_second` messages a second, `reserved` more for answers, `per_group` a minute to a group."""
        self._nominal = self._rate = per_second
        self._reserved = reserved
        self._per_chat = per_chat
        self._per_group = per_group
        # At the service's door so many leave in such a time. Marks are committed together, so some may leave at once;
        # and what is in the air may come late, into another's second: so many fewer leave in one than are permitted.
        most = max(round(per_second + reserved) - IN_FLIGHT, 1)
        apart = _SECOND / (per_second + reserved)
        self._door = ((1, apart / 8), (IN_FLIGHT, apart * IN_FLIGHT), (most, _SECOND))
        self._departures: deque[datetime] = deque(maxlen=max(most, IN_FLIGHT))
        self._lane_at: datetime | None = None
        self._reserve_at: datetime | None = None
        self._rest_until: datetime | None = None
        self._in_trouble = 0
        self._calm_since: datetime | None = None
        self._taken: dict[ChatId, deque[datetime]] = {}
        self._held: dict[ChatId, datetime] = {}
        self._flooded: set[ChatId] = set()

    @property
    def rate(self) -> float:
        """Messages a second the lane goes at, without the reserve."""
        return self._rate

    @property
    def is_out_of_reach(self) -> bool:
        """Tell whether no good answer came for some tries: the lane is tried seldom then, and no delivery at fault."""
        return self._in_trouble >= _ILL

    def wait(self, chat: Chat, kind: DeliveryKind, now: datetime) -> timedelta:
        """Return how long a message of this kind to this chat must wait; nothing when it may go now."""
        return max(self.lane_wait(kind, now), self.chat_wait(chat, now))

    def lane_wait(self, kind: DeliveryKind, now: datetime) -> timedelta:
        """Return how long the lane lets nothing of this kind leave."""
        turn = _left(self._lane_at, now)
        if kind is DeliveryKind.ANSWER:
            turn = min(turn, _left(self._reserve_at, now))
        return max(turn, _left(self._rest_until, now))

    def chat_wait(self, chat: Chat, now: datetime) -> timedelta:
        """Return how long this chat is to be left alone."""
        waits = [_left(self._held.get(chat.id), now)]
        taken = self._taken.get(chat.id)
        if taken:
            waits.append(_left(taken[-1] + self._per_chat, now))
            if chat.is_group and self._per_group is not None and len(taken) >= self._per_group:
                waits.append(_left(taken[-self._per_group] + _MINUTE, now))
        return max(waits)

    def took(self, chat: Chat, kind: DeliveryKind, now: datetime) -> None:
        """Count a message that leaves now."""
        if kind is DeliveryKind.ANSWER and _left(self._reserve_at, now) == _NONE:
            # Also where the lane is free: what waits there keeps its turns, whoever asks something meanwhile.
            self._reserve_at = now + _SECOND / self._reserved
        else:
            step, due = _SECOND / self._rate, self._lane_at or now
            # Turns a busy loop came late to are made up for, spaced at the door; after a rest only one is.
            self._lane_at = (due if now - due <= _MADE_UP * step else now - step) + step
        taken = self._taken.setdefault(chat.id, deque(maxlen=max(self._per_group or 1, 1)))
        taken.append(now)
        if len(self._taken) > _REMEMBERED:
            self._taken = {key: when for key, when in self._taken.items() if now - when[-1] < _MINUTE}

    def departs(self, now: datetime) -> timedelta:
        """Return how long a message that is ready to leave must stand at the door, and count it as leaving then.

        Turns are given out evenly, but what takes its turn is marked first, and a slow disk bunches what was even.
        """
        at = now
        for count, span in self._door:
            if len(self._departures) >= count:
                at = max(at, self._departures[-count] + span)
        self._departures.append(at)
        return at - now

    def heard(self, chat: Chat, outcome: Outcome, now: datetime) -> datetime | None:
        """Learn from an answer; return until when the whole lane should rest, None when only what was asked must."""
        taken = self._taken.get(chat.id)
        if taken:
            # It left later than it took its turn, perhaps much later: the service counts from when it came.
            taken[-1] = now
        match outcome:
            case TryLater(after) if after is not None:
                return self._slow_down(chat, after, now)
            case TryLater() | Unsure():
                self._in_trouble += 1
                self._rest_until = now + min(2 ** min(self._in_trouble - 1, 8) * _SECOND, LONGEST_REST)
            case Sent():
                self._in_trouble = 0
                self._flooded.clear()
                self._recover(now)
        return None

    def hold(self, chat: ChatId, until: datetime) -> None:
        """Let nothing leave to a chat until then."""
        self._held[chat] = max(until, self._held.get(chat, until))
        if len(self._held) > _REMEMBERED:
            soonest = sorted(self._held, key=lambda held: self._held[held])
            for old in soonest[: len(soonest) // 2]:
                del self._held[old]

    def rest(self, until: datetime) -> None:
        """Let nothing at all leave until then."""
        self._rest_until = until if self._rest_until is None else max(until, self._rest_until)

    def put_back(self, by: timedelta) -> None:
        """Remember all as that much earlier: the clock was put back, and nobody should wait until it has caught up."""

        def sooner(at: datetime | None) -> datetime | None:
            return None if at is None else at - by

        self._lane_at, self._reserve_at = sooner(self._lane_at), sooner(self._reserve_at)
        self._rest_until, self._calm_since = sooner(self._rest_until), sooner(self._calm_since)
        self._held = {chat: until - by for chat, until in self._held.items()}
        for times in (self._departures, *self._taken.values()):
            for at in range(len(times)):
                times[at] -= by

    def _slow_down(self, chat: Chat, after: timedelta, now: datetime) -> datetime | None:
        self._rate = max(self._rate * _SLOWER, self._nominal * _SLOWEST)
        self._calm_since = now + after
        if after <= _MINUTE:
            return None
        self._flooded.add(chat.id)
        return now + after if len(self._flooded) >= _FLOODED_CHATS else None

    def _recover(self, now: datetime) -> None:
        if self._rate >= self._nominal or self._calm_since is None or now - self._calm_since < _CALM:
            return
        self._rate = min(self._rate + self._nominal * _BACK, self._nominal)
        self._calm_since = now


def _left(until: datetime | None, now: datetime) -> timedelta:
    return _NONE if until is None else max(until - now, _NONE)
