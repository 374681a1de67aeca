"""A storm: the child is killed again and again while a day goes on; in the end all has arrived."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from digests.model import DeliveryId
from tests.crash.day import SILENT, Article, Chat, Command, Inventor, Way, closing, names_after, opening, talk
from tests.crash.place import Place, open_place
from tests.crash.strikes import Strike, strikes
from tests.crash.tally import Tally, count

# A strike whose moment does not come falls anyway after so long. Where several processes may work on one database, a
# dead one's hold on its lane ends by its lease of 12 s alone, and nothing is sent sooner.
_PATIENCE_S, _PATIENCE_WITH_LEASE_S = 2.5, 15.0
_SENDING = ("sendMessage", "chat.postMessage")
_SECONDS_TO_START = 60.0
# Of the kills, this share falls while people open their chats and say whom to watch.
_WHILE_OPENING = 0.3
_EVERY_NTH_BY_FEED = 3
# So many minutes long chats of slots are told each minute.
_SLOTS = 12
# The person who runs the bot looks at what is parked so often.
_SECONDS_BETWEEN_LOOKS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How big a storm is, and how long it may take to be over once the last kill has fallen.

    Attributes:
        is_forked: Each life begins with its imports done, and no strike falls into them.
    """

    kills: int
    telegram: int
    slack: int
    articles: int
    commands: int
    calm_s: float
    seed: int = 1
    database_url: str | None = None
    is_forked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What came of it.

    Attributes:
        parked: Deliveries that were in doubt twice, and wait for a person.
        strays: Processes that outlived the one that started them.
        undone: Chats whose names are not what their commands made them.
        log: All that the child logged.
    """

    tally: Tally
    parked: int
    strays: list[str]
    undone: list[str]
    lives: int
    commands: int
    log: str

    def as_json(self) -> dict[str, Any]:
        """Return the keys of the bench."""
        return {
            "kills": self.lives - 1,
            "sent": self.tally.sent,
            "lost": len(self.tally.lost),
            "doubled_marked": self.tally.doubled_marked,
            "doubled_unmarked": len(self.tally.doubled_unmarked),
            "commands_lost": len(self.tally.commands_lost),
            "commands_doubled": len(self.tally.commands_doubled),
            "commands": self.commands,
            "parked": self.parked,
        }


async def storm(folder: Path, plan: Plan, say: Callable[[str], None]) -> Storm:
    """Run a storm in an empty folder and return what came of it; `say` is told how it goes."""
    random = Random(plan.seed)
    chats = chats_of(plan)
    async with open_place(folder, random, chats, plan.database_url, is_forked=plan.is_forked) as place:
        weather = Weather(place, plan, chats, random, say)
        await weather.rages()
        await weather.calms()
        tally = weather.tally()
        parked = await place.parked(chats)
        wanted, stored = names_after(place.asked), await place.names(chats)
        assert await place.child.ends() == 0, place.child.last_words()
        return Storm(
            tally=tally,
            parked=len(parked),
            strays=place.child.strays,
            undone=[
                f"{chat.key}: {stored[chat]} instead of {wanted[chat]}"
                for chat in chats
                if stored[chat] != wanted[chat]
            ],
            lives=place.child.lives,
            commands=len(place.asked),
            log=place.child.log.read_text(errors="replace"),
        )


class Weather:
    """A day, and the trouble that comes into it."""

    def __init__(
        self, place: Place, plan: Plan, chats: Sequence[Chat], random: Random, say: Callable[[str], None]
    ) -> None:
        """Invent the day; nothing happens yet."""
        self._place = place
        self._plan = plan
        self._chats = chats
        self._random = random
        self._say = say
        self._sent_again: set[DeliveryId] = set()
        self._by_hand: set[Chat] = set()
        self._looks_at = 0.0
        inventor = Inventor(random)
        names = [inventor.name() for _ in range(plan.articles)]
        self._names = {chat: _share(chat, nth, names) for nth, chat in enumerate(chats)}
        articles = [inventor.article(name, is_feed=not nth % _EVERY_NTH_BY_FEED) for nth, name in enumerate(names)]
        now = datetime.now(UTC)
        # Noon there, wherever that is: no night may hold anything.
        zone = f"UTC{12 - now.hour:+d}"
        noon = now + timedelta(hours=12 - now.hour)
        self._ahead = noon - now
        self._slots_end = now + timedelta(minutes=_SLOTS)
        slots = "daily " + ", ".join(f"{noon + timedelta(minutes=at):%H:%M}" for at in range(1, _SLOTS + 1))
        self._opening: list[Command] = list(opening(chats, self._names, zone=zone, slots=slots))
        said = list(talk(chats, plan.commands - len(self._opening), inventor))
        self._day: list[Command | Article] = _mixed(said, articles)

    async def rages(self) -> None:
        """Kill the child as often as planned, each time amid its share of the day."""
        chosen = strikes(self._plan.kills, self._random)
        begin = max(round(self._plan.kills * _WHILE_OPENING), 1) if self._plan.kills else 0
        for nth, strike in enumerate(chosen[:begin]):
            await self._life(strike, part_of(self._opening, nth, begin))
        if not begin:
            await self._releases(self._opening)
        await self._starts()
        await self._until(lambda: not self.tally().commands_lost, "the chats are open")
        for nth, strike in enumerate(chosen[begin:]):
            await self._life(strike, part_of(self._day, nth, len(chosen) - begin))

    async def calms(self) -> None:
        """Let the child live until everything has arrived and nothing is on its way."""
        await self._starts()
        if self._plan.kills < 2:
            await self._releases(self._day)
        # Who was silent is told at the end: all that is published must be placed by then, or it comes at another slot.
        awake = [chat for chat in self._chats if chat.way not in SILENT]
        await self._until(lambda: not self.tally(awake).missing, "all was told that is told at once")
        await self._releases(list(closing(self._chats, slot=self._last_slot())))
        await self._until(lambda: not self.tally().missing, "everything has arrived")
        async with asyncio.timeout(self._plan.calm_s):
            while await self._place.waiting():
                await asyncio.sleep(0.1)

    def _last_slot(self) -> str | None:
        """Return a time of day soon, where they are, if the slots that were set are over; None while they go on."""
        now = datetime.now(UTC)
        return f"{now + self._ahead + timedelta(minutes=2):%H:%M}" if now > self._slots_end else None

    def tally(self, chats: Sequence[Chat] | None = None) -> Tally:
        """Count what has arrived so far, in all chats or in some."""
        chats = self._chats if chats is None else chats
        published = {
            chat: [article for article in self._place.published if article.name in self._names[chat]] for chat in chats
        }
        asked = [command for command in self._place.asked if command.chat in published]
        return count(self._place.shown(chats), asked, published, by_hand=self._by_hand)

    async def _life(self, strike: Strike, share: Sequence[Command | Article]) -> None:
        """Let the child live until the strike falls, while its share of the day happens."""
        child, striker = self._place.child, self._place.striker
        half = len(share) // 2
        if strike.at == "start":
            await self._begins()
            striker.arm(strike)
            striker.falls("start")
            await self._releases(share)
        else:
            await self._releases(share[:half])
            await self._starts()
            striker.arm(strike)
            striker.falls("any")
            await self._releases(share[half:])
        has_lease = self._plan.database_url is not None and strike.at in _SENDING
        await child.dies(_PATIENCE_WITH_LEASE_S if has_lease else _PATIENCE_S)
        striker.disarm()
        said = self._place
        self._say(
            f"kill {child.deaths}: {strike}; {len(said.telegram.shown) + len(said.slack.messages)} messages so far"
        )

    async def _releases(self, share: Sequence[Command | Article]) -> None:
        for each in share:
            happens: Awaitable[None] = (
                self._place.types(each) if isinstance(each, Command) else self._place.publishes(each)
            )
            await happens
            await asyncio.sleep(self._random.random() * 0.05)

    async def _begins(self) -> None:
        if not self._place.child.is_alive:
            await self._place.child.starts()

    async def _starts(self) -> None:
        """Return when the child takes updates."""
        polls = self._place.polls
        if self._place.child.is_alive:
            return
        await self._begins()
        async with asyncio.timeout(_SECONDS_TO_START):
            while self._place.polls == polls:
                assert self._place.child.is_alive, self._place.child.last_words()
                await asyncio.sleep(0.01)

    async def _until(self, holds: Callable[[], bool], what: str) -> None:
        """Return when something holds, or when the patience of a calm is over: the tally then says what is missing."""
        end = asyncio.get_running_loop().time() + self._plan.calm_s
        while not holds() and asyncio.get_running_loop().time() < end:
            self._looks_alive()
            await asyncio.sleep(0.1)
            await self._mends()
        missing = self.tally().missing[:5]
        self._say(f"{what}: {'yes' if holds() else f'no, {missing}'}")

    def _looks_alive(self) -> None:
        assert self._place.child.is_alive, self._place.child.last_words()

    async def _mends(self) -> None:
        """Do a person's part: what was in doubt twice is parked, and sent again by hand where something is missing."""
        now = asyncio.get_running_loop().time()
        if now < self._looks_at:
            return
        self._looks_at = now + _SECONDS_BETWEEN_LOOKS
        if await self._place.waiting():
            return
        for chat, delivery in await self._place.parked(self._chats):
            if delivery.id not in self._sent_again and self.tally([chat]).missing:
                self._say(f"parked: {delivery.of} {delivery.id}, {delivery.last}; sent again")
                self._sent_again.add(delivery.id)
                self._by_hand.add(chat)
                await self._place.retries(delivery.id)


def chats_of(plan: Plan) -> list[Chat]:
    """Return the chats of a plan, each told in another way than its neighbours."""
    ways: tuple[Way, ...] = ("alerts", "alerts", "talk", "alerts", "asleep", "alerts", "slots", "alerts")
    found = [Chat(f"telegram:{1001 + nth}", ways[nth % len(ways)]) for nth in range(plan.telegram)]
    # One channel; the others speak with the bot alone.
    places = ["C7", *(f"DU{10 + nth}" for nth in range(1, plan.slack))][: plan.slack]
    return found + [Chat(f"slack:T1/{place}", ways[nth % len(ways)]) for nth, place in enumerate(places)]


def _share(chat: Chat, nth: int, names: list[str]) -> list[str]:
    """Return whom a chat watches: half of all, the other half for its neighbour; nobody's name where it only talks."""
    if chat.way == "talk":
        return []
    return [name for at, name in enumerate(names) if (at + nth) % 2]


def _mixed(said: list[Command], articles: list[Article]) -> list[Command | Article]:
    """Return both in one order, each evenly spread and in its own order."""
    placed: list[tuple[float, int, Command | Article]] = []
    both: tuple[Sequence[Command | Article], ...] = (said, articles)
    for which, sequence in enumerate(both):
        placed += [((nth + 0.5) / len(sequence), which, each) for nth, each in enumerate(sequence)]
    return [each for _, _, each in sorted(placed, key=lambda one: one[:2])]


def part_of(sequence: Sequence[Any], nth: int, parts: int) -> Sequence[Any]:
    """Return the n-th of so many equal parts."""
    return sequence[len(sequence) * nth // parts : len(sequence) * (nth + 1) // parts]
