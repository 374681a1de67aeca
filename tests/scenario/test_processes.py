"""Several real processes at one PostgreSQL: each does its share, and when one dies or hangs another takes its place."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from tests.crash.child import Child
from tests.crash.day import Article, Chat, Command
from tests.crash.place import Place, open_place
from tests.fakes.telegram_answers import Answer
from tests.postgres import Server

LENA = Chat("telegram:1001", "alerts")
NAMES = ("Arslan Bozdaliev", "Halyna Vitrolom", "Yunus Karasuvat", "Safiye Orakchi", "Taras Hlynskyi")
TEXTS = (
    "Arslan Bozdaliev was moved to another prison in Rostov, his lawyer said on Monday.",
    "A volleyball tournament in Kherson was opened by Halyna Vitrolom with a short speech about sport.",
    "Doctors asked the ministry for insulin because Yunus Karasuvat has had diabetes since childhood.",
    "The museum bought forty watercolours of mountain villages painted by Safiye Orakchi in exile.",
    "Customs officers at the airport returned the passport and laptop of Taras Hlynskyi after five weeks.",
)
_PATIENCE_S = 90.0
MARK = "Possible repeat"


class Town:
    """One chat, its outlets, and the processes that serve it."""

    def __init__(self, place: Place, server: Server, url: str) -> None:
        self.place = place
        self._server = server
        self._url = url
        self._children: list[Child] = []
        self._published = 0

    async def starts(self, name: str, roles: str = "", *, until: str = "service.started") -> Child:
        """Start a process and return when it works."""
        child = self.place.child.sibling(name, roles)
        await child.starts()
        self._children.append(child)
        await self.until(lambda: child.has_said(until), f"{name} says {until}")
        return child

    async def asks(self, text: str, answer: str) -> None:
        """Type, and return when the one answer has come."""
        await self.place.types(Command(LENA, text, re.compile(answer)))
        await self.until(lambda: sum(answer in said for said in self.shown) == 1, answer)

    def publishes(self) -> str:
        """Put a new article into the drop folder and return what it says; it is news for everybody."""
        text = TEXTS[self._published]
        self._published += 1
        return text

    async def is_told(self, sentence: str) -> None:
        """Publish a sentence and return when it has arrived."""
        await self.place.publishes(Article(sentence, sentence, f"Note\n\n{sentence}", is_feed=False))
        await self.until(lambda: self.times(sentence) > 0, sentence)

    async def loses_its_database(self) -> None:
        """Cut every connection, and let nobody connect for two seconds."""
        await self._server.refuse(self._url)
        await self._server.cut(self._url)
        await asyncio.sleep(2)
        await self._server.refuse(self._url, refuse=False)

    @property
    def shown(self) -> list[str]:
        return [message.text for message in self.place.telegram.shown]

    def times(self, sentence: str) -> int:
        return sum(sentence in said for said in self.shown)

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        end = asyncio.get_running_loop().time() + _PATIENCE_S
        while not holds():
            assert all(child.is_alive or child.deaths for child in self._children), self._words()
            assert asyncio.get_running_loop().time() < end, f"{what}: not in time\n{self._words()}"
            await asyncio.sleep(0.05)

    async def lets_end(self, child: Child) -> int:
        """Ask a process to end and return its status."""
        self._children.remove(child)
        return await child.ends()

    async def ends(self) -> None:
        for child in self._children:
            await child.is_over()

    def _words(self) -> str:
        return "\n".join(f"{child.log.stem}:\n{child.last_words(12)}" for child in self._children)


@pytest_asyncio.fixture
async def town(tmp_path: Path, postgres: Server) -> AsyncIterator[Town]:
    url = await postgres.make()  # empty: who starts first makes the schema
    async with open_place(tmp_path / "town", Random(1), [LENA], url, is_forked=True) as place:
        town = Town(place, postgres, url)
        try:
            yield town
        finally:
            await town.ends()
    await postgres.drop(url)


async def _opens(town: Town) -> None:
    await town.asks("start", "I watch the news")
    await town.asks("quiet off", "No silent hours")  # the hour is the real one: it may be night
    await town.asks(f"watch {', '.join(NAMES)}", "now watched")


async def test_each_role_in_a_process_of_its_own_does_the_main_job_and_outlives_the_database(town: Town) -> None:
    await asyncio.gather(*(town.starts(role, role) for role in ("poll", "place", "write", "deliver", "front")))
    await _opens(town)
    await town.is_told(town.publishes())

    await town.loses_its_database()
    await town.is_told(town.publishes())
    await town.asks(f"who {NAMES[0]}", NAMES[0])

    assert [town.times(text) for text in TEXTS[:2]] == [1, 1]
    assert [await town.lets_end(child) for child in tuple(town._children)] == [0] * 5


@pytest.mark.slow
async def test_when_the_holder_dies_or_hangs_or_ends_the_other_goes_on(town: Town) -> None:
    first = await town.starts("first", until='"hold.taken"')
    second = await town.starts("second")
    await _opens(town)
    await town.is_told(town.publishes())

    first.strike()
    await first.dies(_PATIENCE_S)
    await town.is_told(town.publishes())
    third = await town.starts("third")

    # The second hangs in the middle of a send, which has arrived: it is sent once more by the third, and says so.
    text = town.publishes()
    town.place.telegram.answers(1001, Answer(seconds=20, takes=True))
    await town.is_told(text)
    second.falls_silent()
    await town.until(lambda: town.times(text) == 2, "the third sends it again")
    assert [said.startswith(MARK) for said in town.shown if text in said] == [False, True]
    second.goes_on()
    await town.until(lambda: second.has_said("lane.lost"), "the second sees that it lost the lane")
    await town.is_told(town.publishes())

    assert await town.lets_end(third) == 0
    await town.is_told(town.publishes())
    # Who died had perhaps not yet written down what had just arrived: a repeat says so, and there is no third.
    copies = [[said.startswith(MARK) for said in town.shown if text in said] for text in TEXTS]
    assert all(marks in ([False], [False, True]) for marks in copies), copies
