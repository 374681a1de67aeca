"""The worker process: begun again whenever it dies, with no answer mixed up and nothing it knew lost."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from digests.errors import HaberdarError, StoreError
from digests.matching import Change, Matcher, MatcherError, Memory, Worked, _work
from digests.model import Article, ArticleId, News, Pattern, Placement
from tests.builders import article, pattern

VITROLOM = pattern("Halyna Vitrolom")
BOZDALIEV = pattern()
ARTICLE = article()
OTHER = article(
    identity="https://steppe-post.example/2",
    title="A visit refused",
    text="Lawyer Halyna Vitrolom was turned away at the gate again.",
)


class Store:
    """What the worker is started from: patterns, and what was placed and kept."""

    def __init__(self, *patterns: Pattern) -> None:
        self.patterns = patterns
        self.version = 0
        self.placed: list[tuple[str, Placement, News | None]] = []
        self.recalled = 0
        self.fault: Exception | None = None

    async def recall(self) -> AsyncGenerator[Memory, None]:
        """Give what is kept: each article by itself, then the names."""
        self.recalled += 1
        for placed in self.placed:
            yield Memory(placed=(placed,))
        if self.fault is not None:
            raise self.fault
        yield Memory(version=self.version, patterns=self.patterns)

    def keep(self, worked: Sequence[Worked]) -> None:
        """Keep what was placed, as the engine does."""
        self.placed += [(each.features, each.placement, each.news) for each in worked]


@pytest.fixture
def store() -> Store:
    return Store(BOZDALIEV)


@pytest_asyncio.fixture
async def matcher(store: Store) -> AsyncIterator[Matcher]:
    matcher = Matcher(store.recall)
    yield matcher
    await matcher.close()


async def test_articles_come_back_in_order_with_who_is_in_them(matcher: Matcher) -> None:
    first, second = await matcher.place([ARTICLE, OTHER])
    assert [first.article, second.article] == [ARTICLE, OTHER]
    assert {mention.pattern for mention in first.found.mentions} == {BOZDALIEV.id}
    assert second.found.mentions == ()
    assert first.news is not None
    assert second.news is None


async def test_a_changed_choice_of_names_takes_effect_with_the_next_article(matcher: Matcher) -> None:
    since = await matcher.version()
    await matcher.change(Change(since=since, version=1, added=(VITROLOM,), dropped=(BOZDALIEV.id,)))
    (first, second) = await matcher.place([ARTICLE, OTHER])
    assert first.found.mentions == ()
    assert {mention.pattern for mention in second.found.mentions} == {VITROLOM.id}


async def test_only_what_came_and_went_travels_to_the_worker(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await matcher.version() == 0
    told: list[object] = []
    talk = Matcher._talk

    def overheard(self: Matcher, verb: str, load: object) -> Any:
        told.append(load)
        return talk(self, verb, load)

    monkeypatch.setattr(Matcher, "_talk", overheard)
    await matcher.change(Change(since=0, version=1, added=(VITROLOM,)))
    assert told == [((VITROLOM,), (), {}, ())]
    assert await matcher.version() == 1
    assert matcher.compare({VITROLOM.id}) == (set(), {BOZDALIEV.id})


async def test_many_names_travel_in_parts(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digests.matching._PART", 2)
    many = tuple(pattern(f"Halyna Vitrolom{end}") for end in ("a", "en", "ik", "ov", "sky"))
    await matcher.change(Change(since=await matcher.version(), version=1, added=many))
    assert matcher.compare({each.id for each in many} | {BOZDALIEV.id}) == (set(), set())


async def test_a_change_is_not_told_to_a_worker_that_was_begun_anew_since(matcher: Matcher, store: Store) -> None:
    late = Change(since=await matcher.version(), version=1, added=(VITROLOM,), dropped=(BOZDALIEV.id,))
    await _kill()
    store.version = 2
    await matcher.change(late)
    assert await matcher.version() == 2
    (first,) = await matcher.place([ARTICLE])
    assert {mention.pattern for mention in first.found.mentions} == {BOZDALIEV.id}


async def test_a_worker_that_was_killed_is_begun_again_from_the_store(matcher: Matcher, store: Store) -> None:
    placed = await matcher.place([ARTICLE])
    store.keep(placed)
    await _kill()
    copy = article(identity="https://coast-daily.example/9", outlet="Coast Daily")
    (again,) = await matcher.place([copy])
    assert store.recalled == 2
    assert again.placement.story == placed[0].placement.story
    assert again.placement.copy_of == ARTICLE.id


async def test_a_worker_killed_at_work_fails_this_batch_alone(matcher: Matcher) -> None:
    await matcher.place([OTHER])
    asking = asyncio.create_task(matcher.place([article(text="Arslan Bozdaliev spoke. " * 40_000)]))
    await asyncio.sleep(0.05)
    await _kill()
    with pytest.raises(MatcherError):
        await asking
    assert len(await matcher.place([ARTICLE])) == 1


async def test_a_worker_that_takes_too_long_is_ended(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    await matcher.place([OTHER])
    monkeypatch.setattr("digests.matching._DEADLINE_S", 0.01)
    with pytest.raises(MatcherError):
        await matcher.place([article(text="Arslan Bozdaliev spoke. " * 40_000)])
    monkeypatch.undo()
    assert len(await matcher.place([ARTICLE])) == 1


async def test_a_batch_that_breaks_the_matching_fails_and_leaves_the_worker_at_work(matcher: Matcher) -> None:
    await matcher.place([OTHER])
    pid = _pid()
    with pytest.raises(MatcherError, match=r"TypeError|AttributeError"):
        await matcher.place([article(text=None)])
    assert len(await matcher.place([ARTICLE])) == 1
    assert _pid() == pid


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 8, 13])
async def test_the_answer_to_a_cancelled_question_is_given_to_nobody_else(matcher: Matcher, turns: int) -> None:
    asking = asyncio.create_task(matcher.place([OTHER, ARTICLE]))
    for _ in range(turns):
        await asyncio.sleep(0.002)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    (found,) = await matcher.find(VITROLOM, [OTHER])
    assert {mention.pattern for mention in found.mentions} == {VITROLOM.id}


async def test_questions_asked_at_the_same_time_get_their_own_answers(matcher: Matcher) -> None:
    async def ask(which: Article, name: Pattern) -> bool:
        (found,) = await matcher.find(name, [which])
        return {mention.pattern for mention in found.mentions} == {name.id}

    pairs = [(ARTICLE, BOZDALIEV), (OTHER, VITROLOM)] * 4
    assert all(await asyncio.gather(*(ask(*pair) for pair in pairs)))


async def test_a_lookup_teaches_the_worker_nothing(matcher: Matcher) -> None:
    await matcher.find(BOZDALIEV, [ARTICLE])
    (placed,) = await matcher.place([ARTICLE])
    assert placed.placement.is_new
    assert placed.placement.copy_of is None


async def test_what_could_not_be_stored_is_not_remembered(matcher: Matcher) -> None:
    await matcher.place([ARTICLE])
    await matcher.forget_unstored()
    (again,) = await matcher.place([ARTICLE])
    assert again.placement.is_new


async def test_a_store_that_fails_at_the_start_is_asked_again(matcher: Matcher, store: Store) -> None:
    store.fault = StoreError("the disk is full")
    with pytest.raises(StoreError):
        await matcher.place([ARTICLE])
    store.fault = None
    assert len(await matcher.place([ARTICLE])) == 1


async def test_a_store_that_fails_half_way_leaves_no_half_a_memory(matcher: Matcher, store: Store) -> None:
    store.keep(await matcher.place([ARTICLE, OTHER]))
    await _kill()
    store.fault = StoreError("the disk is full")
    for _ in range(2):
        with pytest.raises(StoreError):
            await matcher.place([replace(OTHER, id=ArticleId("again"))])
    store.fault = None
    (again,) = await matcher.place([replace(OTHER, id=ArticleId("again"))])
    assert again.placement.copy_of == OTHER.id
    assert {mention.pattern for mention in again.found.mentions} == set()


async def test_a_memory_that_cannot_be_loaded_is_never_half_used(matcher: Matcher, store: Store) -> None:
    (placed,) = await matcher.place([ARTICLE])
    store.placed = [("not features", placed.placement, None)]
    await _kill()
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be loaded"):
            await matcher.place([OTHER])
    store.placed = []
    assert len(await matcher.place([OTHER])) == 1


async def test_a_worker_that_cannot_be_started_is_no_fault_of_the_articles(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    with monkeypatch.context() as short:
        short.setattr("subprocess.Popen._execute_child", no_memory)
        with pytest.raises(HaberdarError, match="cannot be started") as raised:
            await matcher.place([ARTICLE])
    assert not isinstance(raised.value, MatcherError)
    assert len(await matcher.place([ARTICLE])) == 1


async def test_it_ends_at_once_and_leaves_no_process(store: Store) -> None:
    matcher = Matcher(store.recall)
    await matcher.place([ARTICLE])
    pid = _pid()
    await asyncio.wait_for(matcher.close(), 2)
    assert not Path(f"/proc/{pid}").exists()


async def test_one_that_was_never_used_ends_too(store: Store) -> None:
    matcher = Matcher(store.recall)
    await asyncio.wait_for(matcher.close(), 2)
    assert matcher._process is None


def test_the_worker_answers_in_turn_and_ends_when_nobody_is_there_to_ask(store: Store) -> None:
    ours, theirs = multiprocessing.Pipe()
    questions: list[tuple[str, object]] = [
        ("load", Memory(patterns=store.patterns, surname_use={})),
        ("place", (ARTICLE,)),
        ("watch", ((VITROLOM,), (BOZDALIEV.id,), {}, ())),
        ("find", (BOZDALIEV, (ARTICLE,))),
        ("place", (OTHER, article(identity="3"))),
        ("place", None),
    ]
    answers: list[tuple[bool, Any]] = []

    def ask() -> None:
        for question in questions:
            ours.send(question)
            answers.append(ours.recv())
        ours.close()

    asking = threading.Thread(target=ask)
    asking.start()
    before = signal.getsignal(signal.SIGINT)
    try:
        _work(theirs)
    finally:
        signal.signal(signal.SIGINT, before)
        asking.join()
    assert [worked for worked, _ in answers] == [True] * 5 + [False]
    assert [len(each.found.mentions) > 0 for each in (*answers[1][1], *answers[4][1])] == [True, True, False]
    assert answers[3][1][0].mentions
    assert answers[5][1] == "TypeError"


def _pid() -> int:
    """Return the process id of the worker that was begun last."""
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    children = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    return max(pid for pid in children if b"digests.matching" in Path(f"/proc/{pid}/cmdline").read_bytes())


async def _kill() -> None:
    """Kill the worker as the system would when memory is short, and see it gone."""
    pid = _pid()
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(5):
        while Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
            await asyncio.sleep(0.005)
