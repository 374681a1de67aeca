"""Inbox, outbox, policy and lane, driven by chance through every outcome and every moment of dying, on both engines.

The service's side of the story is kept beside: what arrived, and whether it said that it may be a repeat.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.delivery.channel import Down, Moved, OurFault, Outcome, Refused, Sent, TryLater, Unsure
from bot.delivery.commits import Commits
from bot.delivery.courier import Courier
from bot.delivery.lane import Lane
from bot.delivery.pace import Pace
from bot.render.envelope import Envelope, Message
from bot.request import Reply
from digests.model import Chat, Delivery, DeliveryId, DeliveryKind, DeliveryState, make_id
from digests.store.chats import Chats
from digests.store.content import dump
from digests.store.db import Database
from digests.store.inbox import Inbox
from digests.store.outbox import Outbox
from digests.store.secrets import Vault
from tests import builders as b
from tests.fakes.channel import LANE, FakeChannel
from tests.fakes.clock import FakeClock
from tests.postgres import Stock

KINDS = (DeliveryKind.ANSWER, DeliveryKind.ALERT, DeliveryKind.NOTICE, DeliveryKind.DIGEST)
OUTCOMES: tuple[Outcome, ...] = (
    Sent(""),
    Sent(""),
    TryLater(timedelta(seconds=3)),
    TryLater(),
    Moved("telegram:-1009"),
    Refused("blocked"),
    OurFault("markup"),
    Down("token"),
    Unsure("timeout"),
)
DEATHS = (
    "",
    "",
    "",
    "before the mark",
    "after the mark",
    "not taken",
    "taken",
    "before the result",
    "after the result",
)
UPDATES = ("1", "2", "3", "4")


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class DiedError(BaseException):
    """The process is no more: nothing of it catches this."""


class Service(FakeChannel):
    """A chat service that remembers what arrived, by delivery and part, and whether it was marked as a repeat."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[tuple[str, bool]] = []
        self.outcome: Outcome = Sent("")
        self.takes_doubtful = False
        self.dies = ""
        self.overtaken: Any = None

    def render(self, message: Message, envelope: Envelope) -> tuple[str, ...]:
        mark = "!" if envelope.possible_repeat else ""
        assert isinstance(message, Reply)
        return tuple(f"{mark}{line.key}" for line in message.lines)

    async def send(self, chat: Chat, payload: str) -> Outcome:
        if self.dies == "not taken":
            raise DiedError
        if isinstance(self.outcome, Sent) or (isinstance(self.outcome, Unsure) and self.takes_doubtful):
            self.arrived.append((payload.lstrip("!"), payload.startswith("!")))
        if self.dies == "taken":
            raise DiedError
        if self.overtaken is not None:
            await self.overtaken()
        return Sent(str(len(self.arrived))) if isinstance(self.outcome, Sent) else self.outcome


class MortalCommits(Commits):
    """Commits of a process that may die before or after each: the first is the mark, the second the result."""

    def __init__(self, database: Database, dies: str) -> None:
        super().__init__(database)
        self._deaths = {"before the mark": (1, 0), "after the mark": (1, 1), "before the result": (2, 0)}
        self._deaths["after the result"] = (2, 1)
        self._at = self._deaths.get(dies)
        self._number = 0

    async def write(self, work: Any) -> Any:
        self._number += 1
        if self._at == (self._number, 0):
            raise DiedError
        answer = await super().write(work)
        if self._at == (self._number, 1):
            raise DiedError
        return answer


class DeliveryMachine(RuleBasedStateMachine):
    """One lane and one inbox, and all that may happen to them."""

    url = ""  # set by the test; a database of its own for every example
    made: Any = None
    dropped: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.service = Service()
        self.lives = 0
        self.written: dict[DeliveryId, Delivery] = {}
        self.retried: Counter[str] = Counter()
        self.asked: set[str] = set()

    @initialize()
    def begins(self) -> None:
        self.runner.run(self._open())

    async def _open(self) -> None:
        self.database = await Database.open(await type(self).made(), vault=Vault(b.KEY))
        async with self.database.write() as tx:
            for number in (1, 2, 3):
                await Chats(tx, self.database.vault).open(b.chat(key=f"telegram:{number}"), self.clock.now())
        await self._restart()

    async def _restart(self) -> None:
        self.lives += 1
        self.lane = Lane(database=self.database, lane=LANE, owner=f"life {self.lives}", is_alone=True)
        await self.lane.hold(self.clock.now())

    @rule(kind=st.sampled_from(KINDS), chat=st.sampled_from((1, 2, 3)), parts=st.sampled_from((1, 1, 2)))
    def writes(self, kind: DeliveryKind, chat: int, parts: int) -> None:
        self.runner.run(self._write(f"{len(self.written)}", kind, chat, parts))

    async def _write(self, name: str, kind: DeliveryKind, chat: int, parts: int) -> None:
        async with self.database.write() as tx:
            delivery = b.delivery(
                id=DeliveryId(make_id("machine", name)),
                chat=b.chat(key=f"telegram:{chat}").id,
                of=kind,
                created_at=self.clock.now(),
                not_before=self.clock.now(),
                content=dump("reply", _reply(name, parts)),
            )
            assert await Outbox(tx, self.database.vault).add(delivery)
        self.written[delivery.id] = delivery

    @rule(update=st.sampled_from(UPDATES), chat=st.sampled_from((1, 2)), dies=st.booleans())
    def is_asked(self, update: str, chat: int, dies: bool) -> None:
        """Keep an update, as often as the service sends it; dying, nothing of it is kept and it comes again."""
        self.runner.run(self._keep(update, chat, dies))

    async def _keep(self, update: str, chat: int, dies: bool) -> None:
        try:
            async with self.database.write() as tx:
                inbox = Inbox(tx, self.database.vault)
                was_new = await inbox.keep("test", update, f"telegram:{chat}", f"{update} {chat}", self.clock.now())
                assert was_new == (update not in self.asked)
                if dies:
                    raise DiedError
        except DiedError:
            return
        self.asked.add(update)

    @rule(dies=st.booleans())
    def answers(self, dies: bool) -> None:
        """Answer what waits, in one transaction each with its reply; dying undoes both."""
        self.runner.run(self._answer(dies))

    async def _answer(self, dies: bool) -> int:
        async with self.database.read() as tx:
            waiting = await Inbox(tx, self.database.vault).waiting(10)
        for item in waiting:
            update, chat = item.request.split()
            try:
                async with self.database.write() as tx:
                    inbox, outbox = Inbox(tx, self.database.vault), Outbox(tx, self.database.vault)
                    assert await inbox.take(item.row)
                    reply = b.delivery(
                        id=DeliveryId(make_id("answer", update)),
                        chat=b.chat(key=f"telegram:{chat}").id,
                        of=DeliveryKind.ANSWER,
                        created_at=self.clock.now(),
                        not_before=self.clock.now(),
                        content=dump("reply", _reply(f"answer{update}", 1)),
                    )
                    assert await outbox.add(reply), "answered twice"
                    await inbox.done(item.row, self.clock.now())
                    if dies:
                        raise DiedError
            except DiedError:
                return 0
            self.written[reply.id] = reply
        return len(waiting)

    @rule(
        outcome=st.sampled_from(OUTCOMES),
        arrives=st.booleans(),
        dies=st.sampled_from(DEATHS),
        is_overtaken=st.sampled_from((False, False, False, True)),
    )
    def tries(self, outcome: Outcome, arrives: bool, dies: str, is_overtaken: bool) -> None:
        """Try what is first in line: the service answers so, or we die somewhere, or another takes the lane over."""
        self.runner.run(self._try(outcome, arrives, dies, is_overtaken))

    async def _try(self, outcome: Outcome, arrives: bool, dies: str, is_overtaken: bool) -> bool:
        now = self.clock.now()
        if not await self.lane.hold(now) or not self.lane.is_open(now):
            return False
        async with self.database.read() as tx:
            claimed = await Outbox(tx, self.database.vault).claim(LANE, self.lane.epoch or 0, now, 1)
            chats = await Chats(tx, self.database.vault).some([delivery.chat for delivery in claimed])
        if not claimed:
            return False
        self.service.outcome, self.service.takes_doubtful, self.service.dies = outcome, arrives, dies
        self.service.overtaken = self._restart if is_overtaken else None
        courier = Courier(
            database=self.database,
            channel=self.service,
            clock=self.clock,
            pace=Pace(),
            lane=self.lane,
            commits=MortalCommits(self.database, dies),
        )
        try:
            await courier.carry(claimed[0], chats[claimed[0].chat])
        except DiedError:
            await self._restart()
        return True

    @rule(seconds=st.sampled_from((1, 5, 60, 4000)))
    def passes(self, seconds: int) -> None:
        self.runner.run(self.clock.advance(timedelta(seconds=seconds)))

    @rule()
    def restarts(self) -> None:
        self.runner.run(self._restart())

    @rule()
    def comes_back(self) -> None:
        """Let every chat in again, as people who unblock the bot do."""
        self.runner.run(self._come_back())

    async def _come_back(self) -> None:
        async with self.database.write() as tx:
            chats = Chats(tx, self.database.vault)
            for chat in await chats.all():
                await chats.update(b.chat(id=chat.id, key=chat.key))

    @precondition(lambda self: self.written)
    @rule()
    def is_retried_by_a_person(self) -> None:
        self.runner.run(self._retry())

    async def _retry(self) -> None:
        async with self.database.write() as tx:
            outbox = Outbox(tx, self.database.vault)
            for parked in await outbox.parked():
                self.retried[parked.id] += parked.doubt > 0
                assert await outbox.retry(parked.id, self.clock.now())

    @invariant()
    def a_repeat_says_so_and_there_is_no_third_copy(self) -> None:
        copies: dict[str, list[bool]] = {}
        for part, is_marked in self.service.arrived:
            copies.setdefault(part, []).append(is_marked)
        for part, marks in copies.items():
            assert all(marks[1:]), f"{part} came again without the mark"
            name = make_id("machine", part.partition("-")[0])
            assert len(marks) <= 2 + self.retried[name] + self.retried[_answer_id(part)], f"{part}: {len(marks)} copies"

    def teardown(self) -> None:
        try:
            if hasattr(self, "database"):
                self.runner.run(self._ends())
        finally:
            self.runner.close()

    async def _ends(self) -> None:
        """Let all go well from here: what was written arrives, or is parked; what was asked is answered once."""
        try:
            while await self._answer(dies=False):
                pass
            await self._come_back()
            await self.clock.advance(timedelta(hours=2))
            while await self._try(Sent(""), True, "", False):
                await self.clock.advance(timedelta(seconds=1))
            async with self.database.read() as tx:
                ends = {end.id: end for end in await Outbox(tx, self.database.vault).ledger(_LONG_AGO)}
            assert sorted(ends) == sorted(self.written)
            for key, end in ends.items():
                assert end.state in (DeliveryState.SENT, DeliveryState.PARKED), f"{key}: {end.state}, {end.last}"
                if end.state is DeliveryState.SENT:
                    assert all(part.receipt for part in end.parts)
            assert {make_id("answer", update) for update in self.asked} <= set(self.written)
            self.a_repeat_says_so_and_there_is_no_third_copy()
        finally:
            await self.database.close()
            await type(self).dropped()


def _answer_id(part: str) -> str:
    return make_id("answer", part.partition("-")[0].removeprefix("answer"))


def _reply(name: str, parts: int) -> Reply:
    lines = [Reply.words(f"{name}-{number}").lines[0] for number in range(parts)]
    return Reply(lines=tuple(lines))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_whatever_happens_what_was_written_arrives_once_or_says_that_it_may_be_a_repeat(
    engine: str, request: pytest.FixtureRequest, sqlite_template: Path
) -> None:
    assert _run(engine, request, sqlite_template, examples=8 if engine == "sqlite" else 4, steps=16)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_whatever_happens_for_long(engine: str, request: pytest.FixtureRequest, sqlite_template: Path) -> None:
    assert _run(engine, request, sqlite_template, examples=400, steps=40)


def _run(engine: str, request: pytest.FixtureRequest, template: Path, *, examples: int, steps: int) -> int:
    """Drive the machine; return on how many databases it was driven, each to an end at which all rules held."""
    with tempfile.TemporaryDirectory() as folder:
        made: list[str] = []

        async def make() -> str:
            if engine == "postgresql":
                stock: Stock = request.getfixturevalue("postgres_stock")
                made.append(await stock.lend())
            else:
                path = Path(folder) / f"{len(made)}.db"
                shutil.copy(template, path)
                made.append(f"sqlite:///{path}")
            return made[-1]

        async def drop() -> None:
            if engine == "postgresql":
                stock: Stock = request.getfixturevalue("postgres_stock")
                await stock.take_back(made[-1])

        machine = type("Machine", (DeliveryMachine,), {"made": staticmethod(make), "dropped": staticmethod(drop)})
        if engine == "postgresql":
            request.getfixturevalue("postgres_stock")
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=examples < 100,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        return len(made)
