"""Who may change things in a group, asked of Telegram and remembered for a minute."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram import Bot
from telegram.error import TelegramError

from bot.clock import Clock
from bot.delivery.channel import TryLater, Unsure
from bot.telegram.errors import outcome_of

_FRESH = timedelta(seconds=60)
_STALE = timedelta(hours=1)  # still believed while Telegram does not answer
_REMEMBERED = 1_000
_TIMEOUT_SECONDS = 5.0  # the line of updates waits for this answer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    ids: frozenset[int]
    at: datetime


class Admins:
    """The admins of groups. A group that does not tell us has none; so has one that cannot be asked just now."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._known: dict[int, _Known] = {}

    async def include(self, chat_id: int, user_id: int) -> bool:
        """Return whether the user is an admin of the group."""
        known = self._known.get(chat_id)
        if known is None or self._age(known) > _FRESH:
            known = await self._ask(chat_id, known)
        return user_id in known.ids

    async def _ask(self, chat_id: int, known: _Known | None) -> _Known:
        try:
            members = await self._bot.get_chat_administrators(
                chat_id, read_timeout=_TIMEOUT_SECONDS, connect_timeout=_TIMEOUT_SECONDS
            )
        except TelegramError as error:
            log.info("telegram.admins_unknown", extra={"error": type(error).__name__})
            is_passing = isinstance(outcome_of(error), TryLater | Unsure)
            if is_passing and known is not None and self._age(known) <= _STALE:
                return known
            return _Known(frozenset(), self._clock.now())
        fresh = _Known(frozenset(member.user.id for member in members), self._clock.now())
        self._remember(chat_id, fresh)
        return fresh

    def _remember(self, chat_id: int, known: _Known) -> None:
        self._known.pop(chat_id, None)
        if len(self._known) >= _REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[chat_id] = known

    def _age(self, known: _Known) -> timedelta:
        return self._clock.now() - known.at
