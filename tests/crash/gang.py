"""Several processes at one PostgreSQL, of which one after another is killed, or hangs past its lease and goes on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.crash.day import names_after
from tests.crash.place import Place, open_place
from tests.crash.storm import Plan, Weather, chats_of, part_of
from tests.crash.tally import Tally

# Two that do everything, and some that do a part of it: each kind of work is done by two or three.
_ROLES = ("", "", "deliver", "front", "poll place write")
_SECONDS_TO_START = 90.0
# Every third trouble is a silence, longer than the lease of twelve seconds.
_EVERY_NTH_HANGS, _PAST_THE_LEASE_S = 3, 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fight:
    """What came of it; `undone` are chats whose names are not what their commands made them."""

    tally: Tally
    undone: list[str]
    deaths: int
    hung: int
    log: str


async def fight(folder: Path, plan: Plan, say: Callable[[str], None]) -> Fight:
    """Let the gang work and be troubled in an empty folder; the plan names a PostgreSQL, and its kills are troubles."""
    random = Random(plan.seed)
    chats = chats_of(plan)
    async with open_place(folder, random, chats, plan.database_url) as place:
        gang = _Gang(place, plan, random, say)
        try:
            await gang.rages()
            await gang.calms()
            wanted, stored = names_after(place.asked), await place.names(chats)
            ends = await asyncio.gather(*(member.ends() for member in gang.members))
            assert ends == [0] * len(gang.members), gang.words()
        finally:
            await asyncio.gather(*(member.is_over() for member in gang.members))
        return Fight(
            tally=gang.tally(),
            undone=[
                f"{chat.key}: {stored[chat]} instead of {wanted[chat]}"
                for chat in chats
                if stored[chat] != wanted[chat]
            ],
            deaths=sum(member.deaths for member in gang.members),
            hung=gang.hung,
            log="".join(member.log.read_text(errors="replace") for member in gang.members),
        )


class _Gang(Weather):
    def __init__(self, place: Place, plan: Plan, random: Random, say: Callable[[str], None]) -> None:
        super().__init__(place, plan, chats_of(plan), random, say)
        self.members = [place.child.sibling(f"member-{nth}", roles) for nth, roles in enumerate(_ROLES)]
        self.hung = 0

    async def rages(self) -> None:
        """Trouble one member after another, each time amid a share of the day."""
        await self._starts()
        await self._releases(self._opening)
        await self._until(lambda: not self.tally().commands_lost, "the chats are open")
        for nth in range(self._plan.kills):
            share = part_of(self._day, nth, self._plan.kills)
            half = len(share) // 2
            member = self._random.choice(self.members)
            await self._releases(share[:half])
            if nth % _EVERY_NTH_HANGS == 0:
                member.falls_silent()
                self.hung += 1
                await self._releases(share[half:])
                await asyncio.sleep(_PAST_THE_LEASE_S)
                member.goes_on()
            else:
                member.strike()
                await self._releases(share[half:])
                await member.dies(0)
                await member.starts()
            self._say(f"trouble {nth + 1} for {member.log.stem}: {len(self._place.telegram.shown)} messages so far")

    def words(self) -> str:
        """Return what the members said last."""
        return "\n".join(f"{member.log.stem}:\n{member.last_words(12)}" for member in self.members)

    async def _starts(self) -> None:
        for member in self.members:
            if not member.is_alive:
                await member.starts()
        async with asyncio.timeout(_SECONDS_TO_START):
            while not all(member.has_said("service.started") for member in self.members):
                self._looks_alive()
                await asyncio.sleep(0.1)

    def _looks_alive(self) -> None:
        assert all(member.is_alive for member in self.members), self.words()
