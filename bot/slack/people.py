"""What Slack knows of a person: whether they run the workspace, their language, and where the bot speaks with them."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.delivery.channel import Down, TryLater
from bot.slack.errors import FAILURES, code_of, outcome_of

log = logging.getLogger(__name__)

# Slack wants each update confirmed within 3 s: an answer that takes longer than this is not waited for.
_PATIENCE_SECONDS = 1.0
_KEPT = timedelta(seconds=60)
_LONGEST_REST = timedelta(hours=1)
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """What the workspace says of someone; a stranger's word counts nothing here.

    Attributes:
        is_admin: They are an admin or owner of this workspace.
        language: A two-letter code, None if Slack does not say.
        name: As others in the workspace see it; "" if Slack does not say.
    """

    is_admin: bool = False
    language: str | None = None
    name: str = ""


class People:
    """Asks Slack about people and remembers its answers for a minute. Without an answer nobody is an admin."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[datetime, Person]] = {}
        self._direct: dict[str, str] = {}
        self._rests_until: datetime | None = None

    async def about(self, user: str, team: str) -> Person:
        """Return what the workspace `team` says of a user."""
        now = self._clock.now()
        at, person = self._known.get(user, (None, Person()))
        if at is not None and now - at < _KEPT:
            return person
        if self._rests_until is not None and now < self._rests_until <= now + _LONGEST_REST:
            return Person()
        person, is_final = await self._ask(user, team)
        if is_final:
            _remember(self._known, user, (now, person))
        return person

    async def direct(self, user: str) -> str | None:
        """Return the channel in which the bot speaks with a user alone, None if Slack does not open it."""
        if user in self._direct:
            return self._direct[user]
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await self._client.conversations_open(users=user)
        except FAILURES as error:
            log.warning("slack.no_direct_channel", extra={"code": code_of(error)})
            return None
        channel = _inner(answer.get("channel"), "id")
        if channel is not None:
            _remember(self._direct, user, channel)
        return channel

    async def _ask(self, user: str, team: str) -> tuple[Person, bool]:
        """Return a person, and whether asking again soon would say the same."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await self._client.users_info(user=user, include_locale=True)
        except FAILURES as error:
            log.warning("slack.person_unknown", extra={"code": code_of(error)})
            outcome = outcome_of(error)
            if isinstance(outcome, TryLater) and outcome.after is not None:
                self._rests_until = self._clock.now() + outcome.after  # asked to be left alone: nobody is asked about
            return Person(), isinstance(outcome, Down)
        return _read_person(answer.get("user"), team), True


def _read_person(user: object, team: str) -> Person:
    is_ours = _inner(user, "team_id") == team
    runs_it = isinstance(user, Mapping) and any(user.get(key) is True for key in ("is_admin", "is_owner"))
    language = (_inner(user, "locale") or "").replace("_", "-").partition("-")[0].lower()
    profile = user.get("profile") if isinstance(user, Mapping) else None
    name = _inner(profile, "display_name") or _inner(profile, "real_name") or _inner(user, "name")
    return Person(is_ours and runs_it, language or None, name or "")


def _inner(value: object, key: str) -> str | None:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) and found else None


def _remember(known: dict[str, Any], user: str, what: object) -> None:
    """Put it last; the oldest goes when there are too many."""
    known.pop(user, None)
    known[user] = what
    if len(known) > _MOST:
        del known[next(iter(known))]
