"""The façade: each step of the river in few lines. What is due is read from stored marks; nothing is kept in mind."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.desk import Desk
from digests.errors import SourceError, StoreError
from digests.look import Known, look_up, search_words
from digests.matching import Matcher, MatcherError, Memory, Worked
from digests.model import (
    Article,
    Chat,
    ChatId,
    ListId,
    Reading,
    Reason,
    Sentence,
    Source,
    SourceId,
    Stance,
    Subscription,
    SubscriptionId,
    SubscriptionKind,
    WatchedName,
    WatchList,
    make_id,
)
from digests.sources.base import Reader
from digests.sources.pace import next_poll
from digests.store.articles import Articles
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.inbox import Inbox
from digests.store.lists import Lists
from digests.store.marks import Marks
from digests.store.outbox import Outbox
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.tell import BURST, Teller

log = logging.getLogger(__name__)

BOOK = ListId("book")
SCREEN: Mapping[str, SubscriptionKind] = {
    "console:alerts": SubscriptionKind.ALERTS,
    "console:digest": SubscriptionKind.DIGEST,
}
"""The chats of the screen, and what each shows."""
WINDOW = timedelta(days=30)
_TOGETHER = 20  # sources read at the same time
_BATCH = 40  # articles placed in one transaction
_INBOX_KEPT = timedelta(days=7)  # a service repeats an update for a day at most
_DUE = 200  # subscriptions looked at in one round
# Several writers may commit a moment out of order: alerts look this far behind their mark; `told` keeps them single.
_OVERLAP = timedelta(minutes=10)
_PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one round of polling brought: new articles, and what could not be read, as (source, why)."""

    articles: int = 0
    faults: tuple[tuple[str, str], ...] = ()


class Engine:
    """The river, T1 to T3. Ticks may call each step at any time, late, doubled or not at all."""

    def __init__(
        self,
        database: Database,
        readers: Mapping[str, Reader],
        *,
        now: Callable[[], datetime],
        poll_floor: timedelta = timedelta(minutes=2),
        burst: int = BURST,
    ) -> None:
        # Where several processes may place: raises in the transaction of one whose turn is over.
        self.fence: Callable[[AsyncConnection], Awaitable[None]] = _nobody_else
        self.database = database
        self.matcher = Matcher(self._recall)
        self._readers = readers
        self._now = now
        self._poll_floor = poll_floor
        self._burst = burst

    def now(self) -> datetime:
        """Return the present instant, as all steps see it."""
        return self._now()

    async def close(self) -> None:
        """End the matching worker."""
        await self.matcher.close()

    # Sources --------------------------------------------------------------------------------------------------------

    async def poll(self, kinds: Sequence[str] = ()) -> Polled:
        """Read the sources that are due (with `kinds`, all enabled ones of these at once) and keep what is new."""
        async with self.database.read() as tx:
            sources = Sources(tx)
            if kinds:
                due = tuple(s for s in await sources.all() if s.enabled and s.kind in kinds)
            else:
                due = await sources.due(self._now())
        gate = asyncio.Semaphore(_TOGETHER)
        rounds = await asyncio.gather(*(self._poll_one(source, gate) for source in due), return_exceptions=True)
        for fault in rounds:
            if isinstance(fault, BaseException):
                raise fault  # the database could not even note the failure; all the others have been read by now
        polled = [each for each in rounds if isinstance(each, Polled)]
        return Polled(
            articles=sum(each.articles for each in polled),
            faults=tuple(fault for each in polled for fault in each.faults),
        )

    async def _poll_one(self, source: Source, gate: asyncio.Semaphore) -> Polled:
        async with gate:
            try:
                return await self._read_whole(source)
            except SourceError as error:
                fault = error
            except StoreError as error:
                fault = SourceError(source.address, f"could not be kept: {error}")
            except Exception as error:
                # One source's trouble stops no other's; it is tried again when a failed one would be.
                log.exception("source.bug", extra={"source": source.id})
                fault = SourceError(source.address, f"a fault of Haberdar's own ({type(error).__name__}); see the log")
            await self._note_failure(source, fault)
            return Polled(faults=((source.title, fault.why),))

    async def _read_whole(self, source: Source) -> Polled:
        """Read and keep, again while the source says that there is more: a full folder comes in parts."""
        polled = Polled()
        while True:
            reading = await self._readers[source.kind].read(source, now=self._now())
            kept = await self._keep(source, reading)
            polled = Polled(articles=polled.articles + kept.articles, faults=kept.faults)
            if not reading.more:
                return polled
            source = replace(source, validators=reading.validators)

    async def _keep(self, source: Source, reading: Reading) -> Polled:
        """T1: the new articles and the source's memo, together."""
        async with self.database.write() as tx:
            now = self._now()
            # As it is now: a person may have changed it, or taken it off, while it was read.
            standing = await Sources(tx).get(source.id)
            if standing is None:
                return Polled()
            # A feed's backlog is no news; a file was put into the folder by a person who wants it told.
            silent = source.kind != "folder" and source.last_success_at is None
            articles = await Articles(tx).keep(standing, reading, now=now, silent=silent)
            await Sources(tx).update(
                replace(
                    standing,
                    title=standing.title or reading.title,
                    language=standing.language or reading.language,
                    validators=reading.validators,
                    failures=0,
                    last_error=_faults_in_words(reading.faults),
                    last_success_at=now,
                    next_poll_at=self._next_poll(standing, reading, None, now),
                )
            )
        return Polled(
            articles=len(articles), faults=tuple((source.title, f"{which}: {why}") for which, why in reading.faults)
        )

    async def _note_failure(self, source: Source, error: SourceError) -> None:
        log.warning("source.failed", extra={"source": source.id, "failures": source.failures + 1})
        async with self.database.write() as tx:
            standing = await Sources(tx).get(source.id)
            if standing is None:
                return
            failed = replace(standing, failures=standing.failures + 1, last_error=error.why)
            at = self._next_poll(failed, None, error, self._now())
            await Sources(tx).update(replace(failed, enabled=standing.enabled and not error.gone, next_poll_at=at))

    def _next_poll(self, source: Source, reading: Reading | None, error: SourceError | None, now: datetime) -> datetime:
        # Whether anybody is alerted must not show in what is fetched when: every source keeps the alerts' pace.
        return next_poll(source, reading, error, now=now, at_once=True, floor=self._poll_floor)

    # Names and stories ----------------------------------------------------------------------------------------------

    async def place(self) -> int:
        """T2: find names in what was stored, place it and keep the news; return how many articles were placed."""
        placed = 0
        while True:
            async with self.database.read() as tx:
                articles = await Articles(tx).stored(_BATCH)
                patterns = await Stories(tx).watched_patterns() if articles else ()
            if not articles:
                return placed
            try:
                await self.matcher.watch_only(patterns)
                placed += await self._keep_placed(await self.matcher.place(articles))
            except MatcherError:
                log.exception("matching.failed", extra={"articles": len(articles)})
                placed += await self._place_alone(articles)

    async def warm(self) -> None:
        """Start the matching worker before it is needed; a failure is met again, and handled, by `place`."""
        async with self.database.read() as tx:
            patterns = await Stories(tx).watched_patterns()
        try:
            await self.matcher.watch_only(patterns)
        except MatcherError:
            log.exception("matching.not_started")

    async def _place_alone(self, articles: Sequence[Article]) -> int:
        """Place each article alone after the worker died on them; the guilty one is marked, the others go on."""
        placed = 0
        for article in articles:
            try:
                placed += await self._keep_placed(await self.matcher.place([article]))
            except MatcherError:
                log.exception("article.stuck", extra={"article": article.id})
                async with self.database.write() as tx:
                    await Articles(tx).mark_stuck(article.id, Reason(key="unmatched"))
        return placed

    async def _keep_placed(self, batch: Sequence[Worked]) -> int:
        try:
            async with self.database.write() as tx:
                await self.fence(tx)
                stories, now = Stories(tx), self._now()
                for nth, worked in enumerate(batch):
                    # Within one batch, news keeps the order in which it was placed.
                    at = now + timedelta(microseconds=nth)
                    await stories.keep_placed(
                        worked.article,
                        worked.found,
                        worked.placement,
                        replace(worked.news, at=at) if worked.news else None,
                        worked.features,
                        worked.title,
                        now=at,
                    )
        except BaseException:
            await self.matcher.forget_unstored()
            raise
        return len(batch)

    async def _recall(self) -> Memory:
        async with self.database.read() as tx:
            stories = Stories(tx)
            return Memory(
                patterns=await stories.watched_patterns(),
                surname_use=await stories.surname_use(),
                placed=tuple(await stories.recent_features(self._now() - WINDOW)),
            )

    # Digests and alerts ---------------------------------------------------------------------------------------------

    async def write_due(self) -> int:
        """T3: write the alerts and answer the slots that are due; return how many deliveries were written."""
        return await self._write_alerts() + await self._answer_slots()

    async def _write_alerts(self) -> int:
        now = self._now()
        async with self.database.read() as tx:
            mark = await Marks(tx).instant("alerts_until")
            # A clock that ran ahead and was put back must not hide what comes until then.
            since = min(mark or now - timedelta(days=1), now) - _OVERLAP
            chats = await Stories(tx).chats_to_tell(since)
        written = [await self._apart(chat, partial(self._alert, chat, since)) for chat in chats]
        # What was not written is looked for again from the same mark.
        if None not in written and (chats or mark is None or abs(now - mark) > _OVERLAP):
            async with self.database.write() as tx:
                await Marks(tx).set_instant("alerts_until", now)
        return sum(filter(None, written))

    async def _alert(self, chat_id: ChatId, since: datetime) -> int | None:
        async with self.database.write() as tx:
            chats = Chats(tx, self.database.vault)
            if not await chats.lock(chat_id):
                return None  # another process writes to it; it is looked at again
            chat = await chats.get(chat_id)
            return 0 if chat is None else await self._teller(tx).alerts(chat, since)

    async def _answer_slots(self) -> int:
        total = 0
        while True:
            now = self._now()
            async with self.database.read() as tx:
                due = await Chats(tx, self.database.vault).due(now, _DUE)
                unplaced = await Articles(tx).stored(1) if due else ()
            is_all_placed = not unplaced or unplaced[0].silent
            # "Nothing new" would not be true yet: placing wakes us again. A slot waits for it only so long.
            ready = due if is_all_placed else tuple(each for each in due if _may_be_answered(each[0], now))
            written = [
                await self._apart(chat.id, partial(self._answer_slot, subscription, is_all_placed))
                for subscription, chat in ready
            ]
            total += sum(filter(None, written))
            # What failed, or waits for articles, is still due: it is looked at again at the next wake, not now.
            if len(ready) < _DUE or None in written or not is_all_placed:
                return total

    async def _answer_slot(self, due: Subscription, is_all_placed: bool) -> int | None:
        async with self.database.write() as tx:
            chats = Chats(tx, self.database.vault)
            if not await chats.lock(due.chat):
                return None
            # As they are now: a person may have changed them, or forgotten the chat, since they were found due.
            chat = await chats.get(due.chat)
            subscription = next((s for s in await chats.subscriptions(due.chat) if s.id == due.id), None)
            if chat is None or subscription is None or subscription.next_due_at != due.next_due_at:
                return 0
            if subscription.kind is SubscriptionKind.ALERTS:
                return await self._teller(tx).night_over(subscription, chat)
            return await self._teller(tx).slots(subscription, chat, is_all_placed=is_all_placed)

    async def _apart(self, chat: ChatId, work: Callable[[], Awaitable[int | None]]) -> int | None:
        """Do one chat's work; None when it failed: it is undone and found again, and the other chats go on."""
        try:
            return await work()
        except Exception as error:
            log.exception("chat.not_written", extra={"chat": chat, "error": type(error).__name__})
            return None

    def _teller(self, tx: AsyncConnection) -> Teller:
        return Teller(tx=tx, vault=self.database.vault, now=self._now(), burst=self._burst)

    async def next_due(self) -> datetime | None:
        """Return the next instant at which a slot is due; None when there is none."""
        async with self.database.read() as tx:
            return await Chats(tx, self.database.vault).next_due_at()

    async def open_screen(self) -> None:
        """Make the two chats of the screen, where they are not yet: both follow the shipped book."""
        now = self._now()
        async with self.database.write() as tx:
            chats, lists = Chats(tx, self.database.vault), Lists(tx)
            for key, kind in SCREEN.items():
                if await chats.by_key(key) is not None:
                    continue
                chat = Chat(
                    id=chats.id_of(key), key=key, quiet=None, alerts=kind is SubscriptionKind.ALERTS, state_since=now
                )
                await chats.open(chat, now)
                await lists.follow(chat.id, BOOK, now)
                subscription = SubscriptionId(make_id("subscription", chat.id, kind))
                # The first digest is a day's, as every later one is; one "since now" would say it covers nothing.
                since = now - timedelta(days=1)
                await chats.put_subscription(
                    Subscription(id=subscription, chat=chat.id, kind=kind, when="daily 08:00", since=since)
                )

    async def write_screen(self) -> int:
        """Write the digest of the screen's chat now, whatever the hour."""
        async with self.database.write() as tx:
            chats = Chats(tx, self.database.vault)
            chat = await chats.by_key(next(key for key, kind in SCREEN.items() if kind is SubscriptionKind.DIGEST))
            if chat is None:
                return 0
            (subscription,) = await chats.subscriptions(chat.id)
            return int(await self._teller(tx).at_once(subscription, chat))

    async def written_since(self, since: datetime) -> list[object]:
        """Return the contents of all deliveries written since then, as parsed JSON, oldest first."""
        async with self.database.read() as tx:
            written = await Outbox(tx, self.database.vault).ledger(since)
        return [json.loads(delivery.content) for delivery in sorted(written, key=lambda each: each.created_at)]

    async def tidy(self) -> int:
        """Take away what has served: chats that only carried one answer, and old requests."""
        async with self.database.write() as tx:
            gone = await Chats(tx, self.database.vault).drop_closed()
            return gone + await Inbox(tx, self.database.vault).tidy(self._now() - _INBOX_KEPT)

    async def unstick(self) -> int:
        """Let stuck articles be tried again; return how many."""
        async with self.database.write() as tx:
            stuck = await Articles(tx).stuck()
            for article in stuck:
                await Articles(tx).unstick(article.id)
        return len(stuck)

    # What people ask ------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def desk(self, key: str, *, changes: bool) -> AsyncIterator[Desk]:
        """Open the desk of one chat: with `changes`, inside one transaction that commits at the end."""
        connect = self.database.write if changes else self.database.read
        async with connect() as tx:
            if changes:
                await Chats(tx, self.database.vault).wait_for(key)
            yield await Desk(tx, self.database.vault, self.matcher, key=key, now=self._now()).enter()

    async def who(self, asked: str, *, limit: int = 10) -> Known:
        """Look a name up for the person at the command line, who sees the shipped book and the archive."""
        async with self.database.read() as tx:
            return await look_up(tx, self.matcher, asked, await Lists(tx).book(), limit=limit)

    async def search(self, words: str, *, limit: int = 10) -> tuple[Sentence, ...]:
        """Return sentences of stored articles that hold all the words, newest first."""
        async with self.database.read() as tx:
            return await search_words(tx, words, limit=limit)

    async def put_book(self, names: Sequence[WatchedName]) -> None:
        """Take over the shipped book as it stands in its file; nothing is written when nothing changed."""
        async with self.database.read() as tx:
            if await Lists(tx).book() == tuple(names):
                return
        async with self.database.write() as tx:
            await Lists(tx).put_book(WatchList(id=BOOK, owner=None, title="Haberdar"), names, self._now())

    async def put_source(self, source: Source) -> bool:
        """Read this source from now on; one that is read already stays as it is, and False is returned."""
        async with self.database.read() as tx:
            if await Sources(tx).get(source.id) is not None:
                return False
        async with self.database.write() as tx:
            return await Sources(tx).add(source)


async def _nobody_else(_: AsyncConnection) -> None:
    """Let every transaction be: one process alone places."""


def _may_be_answered(subscription: Subscription, now: datetime) -> bool:
    is_night_end = subscription.kind is SubscriptionKind.ALERTS
    return is_night_end or subscription.next_due_at is None or subscription.next_due_at < now - _PATIENCE


def folder_source(folder: Path) -> Source:
    """Return the drop folder as a source; it is told of from the first file on."""
    address = str(folder.absolute())
    return Source(id=SourceId(make_id("folder", address)), kind="folder", address=address, title=folder.name)


def feed_source(url: str, *, title: str = "", stance: Stance = Stance.UNKNOWN) -> Source:
    """Return a feed as a source that was never read."""
    return Source(id=SourceId(make_id("feed", url)), kind="feed", address=url, title=title, outlet=title, stance=stance)


def _faults_in_words(faults: tuple[tuple[str, str], ...]) -> str | None:
    if not faults:
        return None
    which, why = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{which}: {why}{more}"
