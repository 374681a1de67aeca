"""The façade: each step of the river in few lines. What is due is read from stored marks; nothing is kept in mind."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.arrivals import Arrivals, Polled
from digests.dated import Dates, timeline_of, upcoming_of
from digests.desk import Desk
from digests.intake import Intake, World
from digests.look import Known, look_up, search_words
from digests.matching import Change, Matcher, MatcherError, Memory, Worked
from digests.model import (
    Article,
    Chat,
    Digest,
    ListId,
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
    pattern_of,
)
from digests.names.roll import Written
from digests.rematch import Rematch, rematch
from digests.sources.base import Reader
from digests.store.archive import Archive
from digests.store.articles import Articles
from digests.store.chats import Chats
from digests.store.content import ENGINE_TYPES, dump, load
from digests.store.db import Database
from digests.store.hosts import Hosts
from digests.store.inbox import Inbox
from digests.store.lists import Lists
from digests.store.outbox import Outbox
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.stories.placer import MOST_ARTICLES
from digests.telling.bursts import SETTLES
from digests.telling.rounds import Rounds
from digests.telling.slots import write_at_once
from digests.telling.teller import BURST
from digests.watching import WatchResult, catch_up, keep_back, look_back
from digests.wording import PATIENCE, Wordsmith

log = logging.getLogger(__name__)

BOOK = ListId("book")
SCREEN: Mapping[str, SubscriptionKind] = {
    "console:alerts": SubscriptionKind.ALERTS,
    "console:digest": SubscriptionKind.DIGEST,
}
"""The chats of the screen, and what each shows."""
WINDOW = timedelta(days=30)
_BATCH = 40  # articles placed in one transaction
_DIGESTS_WORDED = 10  # in one round
_INBOX_KEPT = timedelta(days=7)  # a service repeats an update for a day at most


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
        wordsmith: Wordsmith | None = None,
        world: World | None = None,
        owners: Sequence[str] = (),
    ) -> None:
        # Where several processes may place: raises in the transaction of one whose turn is over.
        self.fence: Callable[[AsyncConnection], Awaitable[None]] = _nobody_else
        self.database = database
        self.matcher = Matcher(self._recall)
        arrivals = Arrivals(database, now=now, poll_floor=poll_floor, owners=owners)
        self._intake = Intake(database, readers, arrivals, world or World(), now=now)
        self._now = now
        self._wordsmith = wordsmith
        self.telling = Rounds(database, now=now, burst=burst, wording=PATIENCE if wordsmith else None)

    def now(self) -> datetime:
        """Return the present instant, as all steps see it."""
        return self._now()

    async def close(self) -> None:
        """End what is being read, and the matching worker."""
        await self._intake.close()
        await self.matcher.close()

    # Sources --------------------------------------------------------------------------------------------------------

    async def poll(self, kinds: Sequence[str] = ()) -> Polled:
        """T1: read the sources that are due (with `kinds`, all enabled ones of these at once) and keep what is new."""
        return await self._intake.poll(kinds)

    # Names and stories ----------------------------------------------------------------------------------------------

    async def place(self, *, backlog: int | None = None) -> int:
        """T2: find names in what was stored, place it and keep the news; return how many articles were placed.

        Args:
            backlog: Of what nobody is told (a first contact's), place about so many at most; all else goes before it.
        """
        placed = silent = 0
        while True:
            async with self.database.read() as tx:
                articles = await Articles(tx).stored(_BATCH)
            # They come in that order: where the first is silent, all that is told has been placed.
            if not articles or (articles[0].silent and backlog is not None and silent >= backlog):
                return placed
            silent += sum(article.silent for article in articles)
            try:
                await self._follow_names()
                placed += await self._keep_placed(await self.matcher.place(articles))
            except MatcherError:
                log.exception("matching.failed", extra={"articles": len(articles)})
                placed += await self._place_alone(articles)

    async def warm(self) -> None:
        """Start the matching worker before it is needed; a failure is met again, and handled, by `place`."""
        try:
            await self._follow_names()
        except MatcherError:
            log.exception("matching.not_started")

    async def _follow_names(self) -> None:
        """Let the worker look for the names that are watched now; only those that came since are read."""
        async with self.database.read() as tx:
            parted = await Stories(tx).parted()
        await self.matcher.follow(parted)
        since = await self.matcher.version()
        async with self.database.read() as tx:
            # The version first: what is committed between the two queries is then read once more, never overlooked.
            version = await Lists(tx).version()
            if version == since:
                return
            stories = Stories(tx)
            added, dropped = self.matcher.compare(await stories.watched_ids())
            change = Change(
                since=since,
                version=version,
                added=await stories.patterns(added),
                dropped=tuple(sorted(dropped)),
                taught=await Archive(tx).use_of(added),
                known_as=await Archive(tx).known_as(added, self._now() - WINDOW),
            )
        await self.matcher.change(change)

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

    async def _recall(self) -> AsyncGenerator[Memory, None]:
        """Yield all that the matching worker knows: what was placed in parts, then the names in one."""
        async with self.database.read() as tx:
            stories, since = Stories(tx), self._now() - WINDOW
            patterns = await stories.watched_patterns()
            names = Memory(
                version=await Lists(tx).version(),
                parted=await stories.parted(),
                patterns=patterns,
                surname_use=await stories.surname_use(),
                known_as=await Archive(tx).known_as({pattern.id for pattern in patterns}, since),
            )
            async for placed in stories.recent_features(since, MOST_ARTICLES):
                yield Memory(placed=placed)
        # A long list takes the worker longer than a database lets a transaction rest.
        yield names

    # Digests and alerts ---------------------------------------------------------------------------------------------

    async def write_due(self, *, settles: timedelta = SETTLES) -> int:
        """T3: write the alerts and answer the slots that are due; return how many deliveries were written."""
        return await self.telling.write_due(settles=settles)

    @property
    def has_words(self) -> bool:
        """Tell whether a model is set up to word digests."""
        return self._wordsmith is not None

    async def word(self) -> int:
        """Have digests worded that wait for it, where a model is set up; return how many may leave now.

        What is not worded when its wait is over leaves as its sources wrote it.
        """
        if self._wordsmith is None:
            return 0
        async with self.database.read() as tx:
            waiting = await Outbox(tx, self.database.vault).to_be_worded(_DIGESTS_WORDED)
            chats = [await Chats(tx, self.database.vault).get(delivery.chat) for delivery in waiting]
        for delivery, chat in zip(waiting, chats, strict=True):
            digest = load(delivery.content, ENGINE_TYPES)
            if isinstance(digest, Digest) and chat is not None:
                digest = await self._wordsmith.word(digest, language=chat.language)
            async with self.database.write() as tx:
                await Outbox(tx, self.database.vault).word(delivery.id, dump("digest", digest), self._now())
        return len(waiting)

    async def next_due(self) -> datetime | None:
        """Return the next instant at which a slot is due; None when there is none."""
        return await self.telling.next_due()

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
            return int(await write_at_once(self.telling.teller(tx), subscription, chat))

    async def written_since(self, since: datetime) -> list[object]:
        """Return the contents of all deliveries written since then, as parsed JSON, oldest first."""
        async with self.database.read() as tx:
            written = await Outbox(tx, self.database.vault).ledger(since)
        return [json.loads(delivery.content) for delivery in sorted(written, key=lambda each: each.created_at)]

    async def tidy(self) -> int:
        """Take away what has served: chats that only carried one answer, and old requests."""
        async with self.database.write() as tx:
            gone = await Chats(tx, self.database.vault).drop_closed()
            await Hosts(tx).tidy(self._now())
            gone += await Inbox(tx, self.database.vault).tidy(self._now() - _INBOX_KEPT)
        await self.database.relax()
        return gone

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
        async with self.database.write(urgent=True) if changes else self.database.read() as tx:
            if changes:
                await Chats(tx, self.database.vault).wait_for(key)
            yield await Desk(tx, self.database.vault, self.matcher, key=key, now=self._now()).enter()

    async def import_names(
        self, key: str, names: Sequence[str | Written], progress: Callable[[int, int], None]
    ) -> tuple[WatchResult, ...]:
        """Watch what a list of names holds for a chat; one result a name. `AskError` when it was never opened."""
        async with self.desk(key, changes=False) as desk:
            foreseen = await desk.keeper.foresee_watch(names, progress)
        async with self.desk(key, changes=True) as desk:
            return await desk.keeper.watch(names, foreseen)

    async def rematch(self, since: datetime, progress: Callable[[int, int], None]) -> Rematch:
        """Return what the present matcher changes in the articles that came since then; nothing is written or told."""
        async with self.database.read() as tx:
            return await rematch(tx, self.matcher, since, progress)

    async def who(self, asked: str, *, limit: int = 10) -> Known:
        """Look a name up for the person at the command line, who sees the shipped book and the archive."""
        async with self.database.read() as tx:
            return await look_up(tx, self.matcher, asked, await Lists(tx).book(), limit=limit)

    async def timeline(self, asked: str, *, zone: ZoneInfo, limit: int = 20) -> Dates:
        """Return what the stored articles date beside a name; days are those of `zone`."""
        async with self.database.read() as tx:
            return await timeline_of(tx, self.matcher, asked, await Lists(tx).book(), zone=zone, limit=limit)

    async def upcoming(self, asked: str | None, *, zone: ZoneInfo, limit: int = 20) -> tuple[Dates, ...]:
        """Return what is announced for today or later of a name, or of each name of the book of which there is any."""
        today = self._now().astimezone(zone).date()
        async with self.database.read() as tx:
            book = await Lists(tx).book()
            wanted = [asked] if asked else [name.label for name in book]
            found = [
                await upcoming_of(tx, self.matcher, each, book, zone=zone, limit=limit, today=today) for each in wanted
            ]
        return tuple(each for each in found if each.events or asked)

    async def search(self, words: str, *, limit: int = 10) -> tuple[Sentence, ...]:
        """Return sentences of stored articles that hold all the words, newest first."""
        async with self.database.read() as tx:
            return await search_words(tx, words, limit=limit)

    async def put_book(self, names: Sequence[WatchedName]) -> None:
        """Take over the shipped book as it stands in its file; nothing is written when nothing changed."""
        async with self.database.read() as tx:
            before = {name.id: pattern_of(name).id for name in await Lists(tx).book()}
            if await Lists(tx).book() == tuple(names):
                return
            new = [name for name in names if before.get(name.id) != pattern_of(name).id]
            patterns = [pattern_of(name) for name in new]
            replaced = [before[name.id] for name in new if name.id in before]
            foreseen = await look_back(tx, self.matcher, patterns, instead_of=replaced)
        async with self.database.write() as tx:
            await Lists(tx).put_book(WatchList(id=BOOK, owner=None, title="Haberdar"), names, self._now())
            foreseen = await catch_up(tx, self.matcher, patterns, foreseen)
            for name in new:
                await keep_back(tx, self.matcher, name, foreseen, instead_of=before.get(name.id))

    async def put_folder(self, folder: Path) -> None:
        """Read this drop folder from now on, and no other: one that a setting named before is read no more."""
        source = folder_source(folder)
        await self.put_source(source)
        async with self.database.read() as tx:
            known = await Sources(tx).all()
        former = [each.id for each in known if each.kind == source.kind and each.id != source.id]
        if former:
            async with self.database.write() as tx:
                for each in former:
                    await Sources(tx).remove(each)
            log.info("folder.retired", extra={"folders": len(former)})

    async def put_source(self, source: Source) -> bool:
        """Read this source from now on; one that is read already stays as it is, and False is returned."""
        async with self.database.read() as tx:
            if await Sources(tx).get(source.id) is not None:
                return False
        async with self.database.write() as tx:
            return await Sources(tx).add(source)


async def _nobody_else(_: AsyncConnection) -> None:
    """Let every transaction be: one process alone places."""


def folder_source(folder: Path) -> Source:
    """Return the drop folder as a source; it is told of from the first file on."""
    address = str(folder.absolute())
    return Source(id=SourceId(make_id("folder", address)), kind="folder", address=address, title=folder.name)


def feed_source(url: str, *, title: str = "", stance: Stance = Stance.UNKNOWN) -> Source:
    """Return a feed as a source that was never read."""
    return Source(id=SourceId(make_id("feed", url)), kind="feed", address=url, title=title, outlet=title, stance=stance)
