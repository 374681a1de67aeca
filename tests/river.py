"""The engine and its clerk without chat services: readers on a shelf, a clock moved by hand, all the rest real."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.commands.inbox import Clerk
from bot.commands.registry import Context
from bot.delivery.courier import MESSAGE_TYPES
from bot.request import Reply, Request
from digests.engine import Engine
from digests.model import (
    Alert,
    Amendment,
    Chat,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Digest,
    Entry,
    Notice,
    Part,
    Reading,
    Source,
)
from digests.sources.base import Reader
from digests.store.articles import Articles
from digests.store.chats import Chats
from digests.store.content import load
from digests.store.db import Database
from digests.store.outbox import Outbox
from digests.store.secrets import Vault
from digests.store.sources import Sources
from digests.wording import Wordsmith
from tests.builders import KEY, NOW, entry, source
from tests.fakes.clock import FakeClock

OWNER = "telegram:1"
LENA, NAZAR = "telegram:101", "telegram:102"
BOZDALIEV = "Arslan Bozdaliev"

# Six events, each of another person: six stories.
PEOPLE = (BOZDALIEV, "Halyna Vitrolom", "Yunus Karasuvat", "Safiye Orakchi", "Taras Hlynskyi", "Meryem Chobanova")
EVENTS = (
    "Arslan Bozdaliev was moved to another prison in Rostov, his lawyer said on Monday.",
    "A volleyball tournament in Kherson was opened by Halyna Vitrolom with a short speech about sport.",
    "Doctors asked the ministry for insulin because Yunus Karasuvat has had diabetes since childhood.",
    "The museum bought forty watercolours of mountain villages painted by Safiye Orakchi in exile.",
    "Customs officers at the airport returned the passport and laptop of Taras Hlynskyi after five weeks.",
    "An appeal against the fine was filed with the Supreme Court by Meryem Chobanova and two farmers.",
)

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Shelf:
    """A `Reader` whose sources a test writes: what lies there is read once, and again when it was not kept."""

    def __init__(self) -> None:
        self.reads = 0
        self._lying: dict[str, list[Entry]] = {}
        self._faults: dict[str, Exception] = {}

    def put(self, address: str, *entries: Entry) -> None:
        """Publish entries in a source, the last one newest."""
        self._lying.setdefault(address, []).extend(entries)

    def breaks(self, address: str, fault: Exception) -> None:
        """Let every read of a source end so."""
        self._faults[address] = fault

    def mends(self, address: str) -> None:
        """Let a source be read again."""
        del self._faults[address]

    async def read(self, source: Source, *, now: datetime) -> Reading:
        """Return what was published since the memo of the last kept reading."""
        self.reads += 1
        if source.address in self._faults:
            raise self._faults[source.address]
        lying = self._lying.get(source.address, [])
        seen = int(dict(source.validators).get("seen", "0"))
        return Reading(
            entries=tuple(lying[seen:]), unchanged=seen == len(lying), validators=(("seen", str(len(lying))),)
        )


class River:
    """One Haberdar whose readers, clock and chats a test plays."""

    def __init__(self, database: Database, clock: FakeClock, engine: Engine, shelf: Shelf) -> None:
        self.database = database
        self.clock = clock
        self.engine = engine
        self.shelf = shelf
        self.clerk = Clerk(engine, Context(owners=(OWNER,)))
        self._published = 0
        self._updates = 0

    # The world's side -----------------------------------------------------------------------------------------------

    async def has_source(self, address: str = "steppe-post", *, kind: str = "folder", **given: object) -> Source:
        """Add a source: a "folder" tells everything, a "feed" nothing of its first read."""
        title = address.replace("-", " ").title()
        made = source(address=address, kind=kind, title=title, outlet=title, next_poll_at=None, **given)
        async with self.database.write() as tx:
            await Sources(tx).add(made)
        return made

    def publishes(
        self, text: str, *, at: str = "steppe-post", title: str = "", identity: str = "", language: str = "en"
    ) -> None:
        """Lay a text into a source; it is read at the next poll."""
        self._published += 1
        identity = identity or f"https://{at}.example/{self._published}"
        when = self.clock.now() - timedelta(minutes=1)
        heading = title or " ".join(text.split()[:4])
        made = entry(identity=identity, text=text, title=heading, published_at=when, language=language)
        self.shelf.put(at, made)

    async def reads(self, *kinds: str) -> None:
        """Read all sources a second from now and place what came, without writing to anybody."""
        await self.clock.advance(timedelta(seconds=1))
        await self.engine.poll(kinds or ("folder", "feed"))
        await self.engine.place()

    async def flows(self) -> None:
        """Read, place and write, all within two seconds."""
        await self.reads()
        await self.clock.advance(timedelta(milliseconds=500))  # news of one batch is stamped a moment apart
        await self.engine.write_due()

    async def passes(self, **span: float) -> None:
        """Let time pass, then write what is due."""
        await self.clock.advance(timedelta(**span))
        await self.engine.write_due()

    async def until(self, at: datetime) -> None:
        """Put the clock to an instant, then write what is due."""
        await self.clock.advance(at - self.clock.now())
        await self.engine.write_due()

    # A person's side ------------------------------------------------------------------------------------------------

    async def opens(self, key: str = LENA, *names: str, zone: str = "Europe/Kyiv", **settings: object) -> Chat:
        """Open a chat that watches these names; `settings` are fields of the chat. Quiet hours are none by default."""
        async with self.engine.desk(key, changes=True) as desk:
            chat = await desk.open_chat(None, language="en", is_group=False, is_owner=True)
            desk.chat = replace(chat, **{"quiet": None, **settings})  # type: ignore[arg-type]
            await desk.set_zone(zone)  # counts its times anew as well
            await desk.watch(names)
            return desk.chat

    async def asks(self, text: str, *, chat: str = LENA, **given: object) -> Reply | Digest:
        """Type into a chat and return the answer."""
        await self.types(text, chat=chat, **given)
        await self.clerk.work_off()
        return (await self.answers(chat))[-1]

    async def types(self, text: str, *, chat: str = LENA, **given: object) -> Request:
        """Type into a chat; the request is kept and waits."""
        command, _, rest = text.partition(" ")
        self._updates += 1
        values: dict[str, object] = {"asker": chat, "is_admin": True, "is_group": False, "language": "en", **given}
        request = Request(
            chat=chat,
            command=command,
            rest=rest,
            update=str(values.pop("update", self._updates)),
            asked_at=self.clock.now(),
            **values,  # type: ignore[arg-type]
        )
        await self.clerk.keep("test", request)
        return request

    # What came of it ------------------------------------------------------------------------------------------------

    async def ledger(self) -> list[Delivery]:
        """Return every delivery ever written, in the order of writing."""
        async with self.database.read() as tx:
            written = await Outbox(tx, self.database.vault).ledger(_LONG_AGO)
        return list(reversed(written))

    async def told(self, key: str = LENA) -> list[Alert | Digest]:
        """Return the alerts and digests written for a chat, oldest first; answers are not among them."""
        return [
            message
            for delivery, message in await self._written(key)
            if delivery.of is not DeliveryKind.ANSWER and isinstance(message, Alert | Digest)
        ]

    async def deliveries(self, key: str = LENA) -> list[Delivery]:
        """Return the deliveries of what `told` returns."""
        return [
            d
            for d, message in await self._written(key)
            if isinstance(message, Alert | Digest) and d.of is not DeliveryKind.ANSWER
        ]

    async def written(self, key: str = LENA) -> list[object]:
        """Return every message written for a chat, oldest first."""
        return [message for _, message in await self._written(key)]

    async def amendments(self, key: str = LENA) -> list[Amendment]:
        """Return the corrections written for a chat, oldest first."""
        return [message for _, message in await self._written(key) if isinstance(message, Amendment)]

    async def ready_deliveries(self, key: str = LENA) -> list[Delivery]:
        """Return what waits to be sent to a chat, answers not among it."""
        chat = await self.chat(key)
        return [
            d
            for d in await self.ledger()
            if d.chat == chat.id and d.state is DeliveryState.READY and d.of is not DeliveryKind.ANSWER
        ]

    async def ready(self, key: str = LENA) -> list[object]:
        """Return the messages that wait to be sent to a chat, answers not among them."""
        return [load(d.content, MESSAGE_TYPES) for d in await self.ready_deliveries(key)]

    async def sends(self) -> None:
        """Let all that waits arrive, as a chat service would take it."""
        now = self.clock.now()
        async with self.database.write() as tx:
            outbox = Outbox(tx, self.database.vault)
            ready = [d for d in await self.ledger() if d.state is DeliveryState.READY]
            epochs = {
                lane: await outbox.acquire(lane, "test", now, timedelta(hours=1), at_once=True)
                for lane in dict.fromkeys(d.lane for d in ready)
            }
            for d in ready:
                epoch = epochs[d.lane] or 0
                assert await outbox.start(d.id, epoch, d.attempts + 1, [Part(index=0, text="sent")], now)
                await outbox.settle(
                    d.id,
                    epoch,
                    state=DeliveryState.SENT,
                    doubt=0,
                    not_before=now,
                    last=None,
                    receipts={0: d.id},
                    now=now,
                )

    async def answers(self, key: str = LENA) -> list[Reply | Digest]:
        """Return the answers written for a chat, in the order of its questions."""
        return [
            message
            for delivery, message in await self._written(key)
            if delivery.of is DeliveryKind.ANSWER and isinstance(message, Reply | Digest)
        ]

    async def notices(self, key: str) -> list[Notice]:
        """Return the notices written for a chat, oldest first."""
        return [message for _, message in await self._written(key) if isinstance(message, Notice)]

    async def waiting(self) -> int:
        """Return how many articles wait to be placed."""
        async with self.database.read() as tx:
            return len(await Articles(tx).stored(1000))

    async def chat(self, key: str = LENA) -> Chat:
        """Return a chat that is open."""
        async with self.database.read() as tx:
            found = await Chats(tx, self.database.vault).by_key(key)
        assert found is not None
        return found

    async def _written(self, key: str) -> list[tuple[Delivery, object]]:
        async with self.database.read() as tx:
            chat = await Chats(tx, self.database.vault).by_key(key)
        if chat is None:
            return []
        return [(d, load(d.content, MESSAGE_TYPES)) for d in await self.ledger() if d.chat == chat.id]


@asynccontextmanager
async def running_river(
    url: str,
    *,
    now: datetime = NOW,
    has_source: bool = True,
    owners: tuple[str, ...] = (),
    wordsmith: Wordsmith | None = None,
) -> AsyncIterator[River]:
    """Open the engine on an empty database, with a drop folder called "steppe-post"."""
    clock, shelf = FakeClock(now), Shelf()
    readers: dict[str, Reader] = {"folder": shelf, "feed": shelf}
    database = await Database.open(url, vault=Vault(KEY))
    engine = Engine(database, readers, now=clock.now, owners=owners, wordsmith=wordsmith)
    river = River(database, clock, engine, shelf)
    try:
        if has_source:
            await river.has_source()
        yield river
    finally:
        await engine.close()
        await database.close()
