"""The worker process: articles in, mentions and places out.

Matching and placing are heavy pure work on batches; a thread would hold the event loop, so one process of our own
carries the index of names and the memory of stories. It owns nothing that is not stored: when it dies, it is started
again from the database.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, Pipe
from subprocess import DEVNULL, Popen
from typing import Any

from digests.apart import command
from digests.errors import HaberdarError, StoreError
from digests.model import Article, Found, News, Pattern, PatternId, Placement, StoryId
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse, is_of
from digests.stories.features import dump, load
from digests.stories.placer import Placer

# An ordinary article takes 2 ms; a hostile one of 1 MB about a second. What takes this long will not end.
_DEADLINE_S = 30.0
_PART = 1_000  # names told to the worker at once: it reads 4,000 a second
# A pattern, one that it was before it was changed, and a story that it was in.
KnownAs = tuple[PatternId, PatternId, StoryId]


class MatcherError(HaberdarError):
    """The worker died on this batch, or took too long; it is started again, and the batch may be tried in parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the worker knows, as stored, or a part of it: a new one is started with all parts, one after the other.

    Attributes:
        version: Of the names that are watched, as `Lists.version` counts.
        parted: How many times stories were taken apart.
        patterns: Of every watched name.
        surname_use: What the stream taught.
        placed: Features, place and news of the articles inside the window, oldest first.
        known_as: Patterns that were changed, each with one that it was before and a story that it was in.
    """

    version: int = 0
    parted: int = 0
    patterns: tuple[Pattern, ...] = ()
    surname_use: Mapping[str, int] = field(default_factory=dict)
    placed: tuple[tuple[str, Placement, News | None], ...] = ()
    known_as: tuple[KnownAs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of the watched names between two versions.

    Attributes:
        since: The version that the worker has now.
        version: The one it will have.
        added: Patterns that are new to it.
        dropped: Patterns that nobody watches any more.
        taught: What the archive taught of those added.
        known_as: Those added that were something else before, as in `Memory`.
    """

    since: int
    version: int
    added: tuple[Pattern, ...] = ()
    dropped: tuple[PatternId, ...] = ()
    taught: Mapping[str, int] = field(default_factory=dict)
    known_as: tuple[KnownAs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What the worker says of one article; `features` is their stored form."""

    article: Article
    found: Found
    placement: Placement
    news: News | None
    features: str
    title: str


class Matcher:
    """The worker as the engine sees it. One batch is worked at a time, in order.

    `recall` reads the memory from the database, the names last; it is asked at the first use and after every death.
    """

    def __init__(self, recall: Callable[[], AsyncGenerator[Memory, None]]) -> None:
        self._recall = recall
        self._lock = asyncio.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="matcher")
        self._process: Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._version = 0
        self._parted = 0
        self._watched: set[PatternId] = set()

    async def place(self, articles: Sequence[Article]) -> tuple[Worked, ...]:
        """Return what is found in each article and where it belongs, in order; the worker remembers them."""
        answer = await self._ask("place", tuple(articles))
        return tuple(answer)

    async def find(self, pattern: Pattern, articles: Sequence[Article]) -> tuple[Found, ...]:
        """Return what one pattern finds in each article; nothing is learnt or remembered."""
        answer = await self._ask("find", (pattern, tuple(articles)))
        return tuple(answer)

    async def replay(
        self, patterns: Sequence[Pattern], articles: Sequence[Article], taught: Mapping[str, int]
    ) -> tuple[Found, ...]:
        """Return what patterns find in stored articles, oldest first, each learning from those before it.

        `taught` is what earlier articles taught of these patterns; `Found.learnt` holds what is of them alone. Whether
        somebody watches them already makes no difference to the answer.
        """
        answer = await self._ask("replay", (tuple(patterns), tuple(articles), dict(taught)))
        return tuple(answer)

    async def again(self, articles: Sequence[Article]) -> tuple[Found, ...]:
        """Return what all watched names are found as in stored articles; nothing is learnt or remembered."""
        answer = await self._ask("again", tuple(articles))
        return tuple(answer)

    async def version(self) -> int:
        """Return the version of the names that the worker looks for; it is started if there is none."""
        async with self._lock:
            await self._start()
            return self._version

    async def follow(self, parted: int) -> None:
        """Let the memory of stories be read anew where one was taken apart since it was read."""
        async with self._lock:
            if self._process is not None and self._parted != parted:
                self._kill()

    def compare(self, wanted: Set[PatternId]) -> tuple[Set[PatternId], Set[PatternId]]:
        """Return which patterns the worker does not look for yet, and which it need not look for any more."""
        return wanted - self._watched, self._watched - wanted

    async def change(self, change: Change) -> None:
        """Follow a change of the names; only the difference travels, in parts, so that others may ask meanwhile.

        A worker that was started anew since has read the names as they stand: nothing is left to do.
        """
        for added in _parts(change.added):
            known_as = tuple(known for known in change.known_as if any(known[0] == pattern.id for pattern in added))
            await self._tell(change.since, added, (), change.taught, known_as)
        if await self._tell(change.since, (), change.dropped, {}):
            self._version = change.version

    async def _tell(
        self,
        since: int,
        added: tuple[Pattern, ...],
        dropped: tuple[PatternId, ...],
        taught: Mapping[str, int],
        known_as: tuple[KnownAs, ...] = (),
    ) -> bool:
        async with self._lock:
            await self._start()
            if self._version != since:
                return False
            if added or dropped:
                await self._exchange("watch", (added, dropped, dict(taught), known_as))
                self._watched.update(pattern.id for pattern in added)
                self._watched.difference_update(dropped)
            return True

    async def forget_unstored(self) -> None:
        """Drop the worker: what it learnt of a batch that could not be stored must not stay in its memory."""
        async with self._lock:
            self._kill()

    async def close(self) -> None:
        """End the worker."""
        async with self._lock:
            self._kill()
        self._thread.shutdown(wait=True)

    async def _ask(self, verb: str, load: object) -> Any:
        async with self._lock:
            await self._start()
            return await self._exchange(verb, load)

    async def _start(self) -> None:
        if self._pipe is not None and self._process is not None and self._process.poll() is None:
            return
        self._kill()
        try:
            async with aclosing(self._recall()) as parts:
                memory = await anext(parts)  # what cannot be read starts no process
                await self._launch()
                await self._load(memory)
                async for memory in parts:
                    await self._load(memory)
        except BaseException:
            self._kill()  # half a memory would open second stories and tell things twice
            raise
        self._version, self._parted = memory.version, memory.parted
        self._watched = {pattern.id for pattern in memory.patterns}

    async def _launch(self) -> None:
        ours, theirs = Pipe()
        # A Python of its own: a fork would copy the event loop's threads and locks in whatever state they are.
        starting = asyncio.get_running_loop().run_in_executor(self._thread, _begin, theirs)
        try:
            process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            self._process, self._pipe = await starting, ours  # one that nobody knew of would live on
            raise
        except OSError as error:
            ours.close()
            raise HaberdarError(
                f"the matching worker cannot be started ({error.strerror}); free some memory"
            ) from error
        finally:
            theirs.close()
        self._process, self._pipe = process, ours

    async def _load(self, memory: Memory) -> None:
        try:
            await self._exchange("load", memory)
        except MatcherError as error:
            raise StoreError(
                f"what is stored of articles cannot be loaded into the matching worker: {error}"
            ) from error

    async def _exchange(self, verb: str, load: object) -> Any:
        exchange = asyncio.get_running_loop().run_in_executor(self._thread, self._talk, verb, load)
        try:
            return await asyncio.shield(exchange)
        except asyncio.CancelledError:
            # An answer left in the pipe would be read as that of the next question: end the worker, then the talk.
            if self._process is not None:
                self._process.kill()
            with suppress(MatcherError):
                await exchange
            raise

    def _talk(self, verb: str, load: object) -> Any:
        assert self._pipe is not None
        try:
            self._pipe.send((verb, load))
            if verb != "load" and not self._pipe.poll(_DEADLINE_S):
                raise EOFError
            ok, answer = self._pipe.recv()
        except (EOFError, OSError):
            self._kill()
            raise MatcherError("the matching worker died or took too long; it is started again") from None
        if not ok:
            raise MatcherError(f"the matching worker failed: {answer}")
        return answer

    def _kill(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class _Worker:
    """What runs in the process: the index, what the stream taught, and the memory of stories."""

    def __init__(self) -> None:
        self._index = NameIndex()
        self._use = SurnameUse({})
        self._placer = Placer()
        self._trial: tuple[tuple[PatternId, ...], NameIndex] | None = None

    def load(self, memory: Memory) -> None:
        if memory.surname_use:
            self._use = SurnameUse(memory.surname_use)
        gc.disable()  # nothing of an index is garbage, and the collector would look through it again and again
        for pattern in memory.patterns:
            self._index.add(pattern)
        gc.enable()
        for features, placement, news in memory.placed:
            self._placer.remember(load(features), placement, news)
        for known in memory.known_as:
            self._placer.know_as(*known)

    def watch(
        self,
        change: tuple[tuple[Pattern, ...], tuple[PatternId, ...], Mapping[str, int], tuple[KnownAs, ...]],
    ) -> None:
        added, dropped, taught, known_as = change
        self._use.put(taught)
        for pattern in added:
            self._index.add(pattern)
        for key in dropped:
            self._index.discard(key)
        for known in known_as:
            self._placer.know_as(*known)

    def place(self, articles: tuple[Article, ...]) -> tuple[Worked, ...]:
        return tuple(self._place(article) for article in articles)

    def find(self, question: tuple[Pattern, tuple[Article, ...]]) -> tuple[Found, ...]:
        pattern, articles = question
        index = NameIndex()
        index.add(pattern)
        return tuple(find_mentions(article, index, self._use) for article in articles)

    def again(self, articles: tuple[Article, ...]) -> tuple[Found, ...]:
        return tuple(find_mentions(article, self._index, self._use) for article in articles)

    def replay(self, question: tuple[tuple[Pattern, ...], tuple[Article, ...], Mapping[str, int]]) -> tuple[Found, ...]:
        patterns, articles, taught = question
        index, own = self._trial_index(patterns), frozenset(pattern.id for pattern in patterns)
        use = self._use.apart_from(own, taught)
        answers = []
        for article in articles:
            found = find_mentions(article, index, use)
            learnt = tuple((key, more) for key, more in found.learnt if is_of(key, own))
            use.learn(learnt)
            answers.append(replace(found, learnt=learnt))
        return tuple(answers)

    def _trial_index(self, patterns: tuple[Pattern, ...]) -> NameIndex:
        """An index of these patterns alone; a long list is asked for in many parts of the archive."""
        key = tuple(pattern.id for pattern in patterns)
        if self._trial is None or self._trial[0] != key:
            index = NameIndex()
            for pattern in patterns:
                index.add(pattern)
            self._trial = key, index
        return self._trial[1]

    def _place(self, article: Article) -> Worked:
        found = find_mentions(article, self._index, self._use)
        placed = self._placer.place(article, found)
        self._use.learn(found.learnt)
        return Worked(
            article=article,
            found=found,
            placement=placed.placement,
            news=placed.news,
            features=dump(placed.features),
            title=placed.title,
        )


def _parts(added: tuple[Pattern, ...]) -> Iterator[tuple[Pattern, ...]]:
    yield from (added[at : at + _PART] for at in range(0, len(added), _PART))


def _begin(pipe: Connection) -> Popen[bytes]:
    return Popen(command("digests.matching", str(pipe.fileno())), stdin=DEVNULL, pass_fds=[pipe.fileno()])


def main() -> None:
    """Answer on the pipe whose number is the argument."""
    with Connection(int(sys.argv[1])) as pipe:
        _work(pipe)


def _work(pipe: Connection) -> None:
    """Answer questions until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent ends us
    worker = _Worker()
    verbs: dict[str, Callable[[Any], object]] = {
        "load": worker.load,
        "watch": worker.watch,
        "place": worker.place,
        "find": worker.find,
        "replay": worker.replay,
        "again": worker.again,
    }
    while True:
        try:
            verb, question = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (True, verbs[verb](question))
        except Exception as error:  # noqa: BLE001 - the process must outlive one bad batch; its text may hold names
            answer = (False, type(error).__name__)
        try:
            pipe.send(answer)
        except OSError:  # who asked has died meanwhile
            return
