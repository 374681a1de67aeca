"""Sources from end to end: asked politely, kept whole, moved, gone, silent, and told of to the owners."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from digests.engine import Engine, feed_source
from digests.errors import SourceError
from digests.intake import World
from digests.model import Alert, Article, Rhythm, Source, SourceId
from digests.sources.base import READERS, open_tools
from digests.sources.page import PageReader
from digests.store.articles import Articles
from digests.store.db import Database
from digests.store.secrets import Vault
from digests.store.sources import Sources
from tests.builders import KEY, entry
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import Answer, Asked, FeedServer, feed_server, item, rss
from tests.fakes.names import Names
from tests.river import LENA, OWNER, River, running_river

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
LEAD = "The court in the city heard the lawyer on Monday, the family said afterwards."
WHOLE = f"{LEAD} " + "Arslan Bozdaliev was brought into the room at ten. " * 20


@dataclass
class Post:
    """A Haberdar that reads one feed server, on a clock moved by hand."""

    engine: Engine
    clock: FakeClock
    server: FeedServer

    async def adds(self, path: str = "/feed", *, host: str = "steppe.example", **given: object) -> Source:
        """Read a feed from now on."""
        source = replace(feed_source(self.server.url(path, host), title=f"{host}{path}"), **given)  # type: ignore[arg-type]
        async with self.engine.database.write() as tx:
            await Sources(tx).add(source)
        return source

    async def polls(self, after: timedelta = timedelta()) -> int:
        """Let time pass, read what is due, and return how many articles came."""
        await self.clock.advance(after)
        return (await self.engine.poll()).articles

    async def lives(self, span: timedelta, *, step: timedelta = 5 * MINUTE) -> None:
        """Read what is due at every step of a span."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            await self.polls(step)

    async def source(self, source: SourceId) -> Source:
        """Return a source as it is kept."""
        async with self.engine.database.read() as tx:
            found = await Sources(tx).get(source)
        assert found is not None
        return found

    async def articles(self) -> tuple[Article, ...]:
        """Return what was kept, oldest first."""
        async with self.engine.database.read() as tx:
            return await Articles(tx).stored(1000)


@asynccontextmanager
async def _post(url: str, server: FeedServer, clock: FakeClock) -> AsyncIterator[Post]:
    async with open_tools(allow_networks=server.networks, resolver=Names()) as tools:
        database = await Database.open(url, vault=Vault(KEY))
        readers = {kind: make(tools) for kind, make in READERS.items()}
        world = World(pages=PageReader(tools.fetcher, tools.parser), sleep=_moving(clock), patience=MINUTE)
        engine = Engine(database, readers, now=clock.now, world=world)
        try:
            yield Post(engine, clock, server)
        finally:
            await engine.close()
            await database.close()


def _moving(clock: FakeClock) -> Callable[[timedelta], Awaitable[None]]:
    """Return a sleep that moves the hands itself: nobody else does while a poll runs."""
    return clock.advance


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as started:
        yield started


@pytest.fixture
async def post(sqlite_url: str, server: FeedServer) -> AsyncIterator[Post]:
    clock = FakeClock()
    server.now = clock.now
    async with _post(sqlite_url, server, clock) as opened:
        yield opened


# Many at once -------------------------------------------------------------------------------------------------------


async def test_a_first_contact_is_placed_in_bounded_steps_and_what_is_told_goes_before_it(post: Post) -> None:
    """Three hundred entries that nobody is told of wait while one comes that somebody is."""
    backlog = [item(f"old-{n}", text=f"The ferry was late for the {n}th time, said a captain.") for n in range(300)]
    post.server.answers(Answer(body=rss(*backlog)), "/new")
    post.server.answers(Answer(body=rss(item("known"))))
    await post.adds(fetch_pages=False)
    assert await post.polls() == 1
    assert await post.engine.place(backlog=50) == 1
    await post.adds("/new", host="other.example")
    post.server.answers(Answer(body=rss(item("live"), item("known"))))
    assert await post.polls(20 * MINUTE) == 301

    assert await post.engine.place(backlog=50) <= 120
    left = await post.articles()
    assert len(left) >= 180
    assert all(article.silent for article in left)
    steps = [await post.engine.place(backlog=50) for _ in range(6)]
    assert sum(steps) == len(left)
    assert max(steps) <= 120


async def test_a_round_takes_up_some_hundreds_of_thousands_of_sources_and_a_later_one_the_rest(post: Post) -> None:
    post.server.answers_all(lambda asked: Answer(body=rss(item(asked.host))))
    for n in range(900):
        await post.adds(host=f"f{n}.example")
    rounds = [await post.polls(SECOND) for _ in range(3)]
    assert sum(rounds) == 900
    assert max(rounds) <= 500


async def test_sources_that_hang_by_the_hundred_leave_room_for_those_that_are_well(post: Post) -> None:
    post.server.answers(Answer(hangs=True, raw=b""), "/ill")
    post.server.answers_all(lambda asked: Answer(body=rss(item(asked.host))))
    for n in range(600):
        await post.adds("/ill", host=f"ill{n}.example", failures=3)
    await post.adds("/well", host="well.example")
    post.engine._intake._world = World(patience=SECOND)
    rounds = 0
    while not await post.polls(SECOND) and rounds < 20:  # each round has a real second
        rounds += 1
    assert rounds < 20


async def test_a_source_and_its_pages_are_asked_for_as_who_a_person_chose(post: Post) -> None:
    post.server.answers(_page(WHOLE), "/story")
    post.server.answers(Answer(body=rss(item("old"))))
    source = await post.adds()
    async with post.engine.database.write() as tx:
        await Sources(tx).choose(source.id, user_agent="Reader of Liman")
    await post.polls()
    link = post.server.url("/story", "steppe.example")
    post.server.answers(Answer(body=rss(item("new", title="In court", text=LEAD, link=link), item("old"))))
    assert await post.polls(20 * MINUTE) == 1
    assert {asked.headers["user-agent"] for asked in post.server.asked} == {"Reader of Liman"}


# Politeness ---------------------------------------------------------------------------------------------------------


async def test_a_host_is_asked_once_a_second_however_many_of_its_feeds_are_due(post: Post) -> None:
    post.server.answers_all(lambda asked: Answer(body=rss(item(asked.path))))
    for n in range(4):
        await post.adds(f"/{n}")
    await post.adds("/other", host="other.example")
    assert await post.polls() == 2
    assert await post.polls() == 0
    assert [await post.polls(SECOND) for _ in range(3)] == [1, 1, 1]
    times = [asked.at for asked in post.server.asked if asked.host == "steppe.example"]
    assert [later - earlier for earlier, later in pairwise(times)] == [SECOND] * 3


async def test_one_pass_waits_for_each_turn_and_reads_them_all(post: Post) -> None:
    post.server.answers_all(lambda asked: Answer(body=rss(item(asked.path))))
    for n in range(4):
        await post.adds(f"/{n}")
    begun = post.clock.now()
    assert (await post.engine.poll(("feed",))).articles == 4
    assert post.clock.now() - begun == 3 * SECOND


async def test_a_wait_holds_for_every_feed_of_a_host_and_over_a_restart(
    post: Post, sqlite_url: str, server: FeedServer
) -> None:
    server.answers(Answer(status=429, headers={"Retry-After": "3600"}))
    server.answers(Answer(body=rss(item("a"))), "/other")
    await post.adds()
    assert await post.polls() == 0
    other = await post.adds("/other")
    assert await post.polls(10 * MINUTE) == 0
    assert (await post.source(other.id)).next_poll_at == post.server.asked[0].at + HOUR
    async with _post(sqlite_url, server, post.clock) as again:
        assert await again.polls(40 * MINUTE) == 0
        # Nor does a redirect from elsewhere lead there.
        server.answers(Answer(status=302, headers={"Location": server.url("/other", "steppe.example")}), "/away")
        elsewhere = await again.adds("/away", host="away.example")
        assert await again.polls() == 0
        assert (await again.source(elsewhere.id)).last_error == "its server asked us to wait"
        assert [asked.host for asked in server.asked] == ["steppe.example", "away.example"]
        # Which feed of the host takes its turn, and whether the one elsewhere is due, rests on jitter.
        server.answers(Answer(body=rss(item("a"))))
        server.answers(Answer(status=503), "/away")
        assert await again.polls(10 * MINUTE) == 1


async def test_without_anybody_alerted_at_once_a_source_is_read_every_quarter_of_an_hour(post: Post) -> None:
    post.server.answers(Answer(body=rss(item("a"))))
    await post.adds()
    await post.lives(HOUR, step=MINUTE)
    assert len(post.server.asked) in (4, 5)
    async with post.engine.desk("telegram:101", changes=True) as desk:
        await desk.open_chat(None, language="en", is_group=False, is_owner=True)
    await post.lives(20 * MINUTE, step=MINUTE)
    del post.server.asked[:]
    await post.lives(HOUR, step=MINUTE)
    assert len(post.server.asked) >= 12


# Moves and ends -----------------------------------------------------------------------------------------------------


async def test_a_permanent_move_is_believed_after_a_day_and_the_old_address_is_kept(post: Post) -> None:
    post.server.answers(Answer(status=301, headers={"Location": "/new"}))
    post.server.answers(_with_etag(rss(item("a"))), "/new")
    source = await post.adds()
    await post.lives(DAY, step=HOUR)
    assert (await post.source(source.id)).address == source.address
    await post.lives(2 * HOUR, step=HOUR)
    moved = await post.source(source.id)
    assert moved.address == post.server.url("/new", "steppe.example")
    assert moved.rhythm.former == source.address
    assert len(await post.articles()) == 1


async def test_a_source_does_not_move_onto_another_one(post: Post) -> None:
    post.server.answers(Answer(status=301, headers={"Location": "/new"}))
    post.server.answers(Answer(body=rss(item("a"))), "/new")
    source = await post.adds()
    await post.adds("/new")
    await post.lives(30 * HOUR, step=HOUR)
    assert (await post.source(source.id)).address == source.address


async def test_what_is_gone_is_asked_no_more(post: Post) -> None:
    post.server.answers(Answer(status=410))
    source = await post.adds()
    await post.lives(3 * DAY, step=6 * HOUR)
    assert len(post.server.asked) == 1
    assert not (await post.source(source.id)).enabled


async def test_what_is_not_found_is_asked_for_a_week(post: Post) -> None:
    post.server.answers(Answer(status=404))
    source = await post.adds()
    await post.lives(6 * DAY, step=HOUR)
    assert (await post.source(source.id)).enabled
    await post.lives(2 * DAY, step=HOUR)
    assert not (await post.source(source.id)).enabled


# What is kept -------------------------------------------------------------------------------------------------------


async def test_a_window_that_ran_over_is_read_oftener_and_said(post: Post) -> None:
    source = await post.adds()
    for window in range(2):
        items = [item(f"{window}-{n}", text=f"Text {window} {n}") for n in range(5)]
        post.server.answers(Answer(body=rss(*items)))
        assert await post.polls(20 * MINUTE) == 5
    rhythm = (await post.source(source.id)).rhythm
    assert rhythm.missed_at == post.clock.now()
    assert rhythm.interval == timedelta(seconds=150)


async def test_what_could_not_be_kept_leaves_no_validator_and_comes_again(post: Post) -> None:
    post.server.answers(_with_etag(rss(item("a"), item("b"))))
    source = await post.adds()
    async with post.engine.database.write() as tx:
        await tx.execute(
            text("CREATE TRIGGER full_disk BEFORE INSERT ON articles BEGIN SELECT RAISE(ABORT, 'full'); END")
        )
    assert await post.polls() == 0
    failed = await post.source(source.id)
    assert (failed.validators, failed.failures) == ((), 1)
    assert failed.last_error is not None
    assert "could not be kept" in failed.last_error
    async with post.engine.database.write() as tx:
        await tx.execute(text("DROP TRIGGER full_disk"))
    assert await post.polls(10 * MINUTE) == 2
    assert await post.polls(30 * MINUTE) == 0
    assert len(await post.articles()) == 2


async def test_a_reading_that_is_broken_off_before_it_is_kept_is_read_again_whole(
    post: Post, sqlite_url: str, server: FeedServer
) -> None:
    over, whole = asyncio.Event(), _with_etag(rss(item("a"), item("b")))
    holding: list[asyncio.Task[None]] = []

    async def hold() -> None:
        async with post.engine.database.write():
            await over.wait()

    def answer(asked: Asked) -> Answer:
        holding.append(asyncio.create_task(hold()))  # from now on nobody else can write
        return whole(asked)

    server.answers(answer)
    await post.adds()
    reading = asyncio.create_task(post.engine.poll(("feed",)))
    assert await asyncio.wait([reading], timeout=3) == (set(), {reading})
    await post.engine.close()
    over.set()
    await asyncio.gather(reading, *holding, return_exceptions=True)
    server.answers(whole)
    async with _post(sqlite_url, server, post.clock) as again:
        assert await again.polls(SECOND) == 2
        assert "if-none-match" not in server.asked[-1].headers


async def test_one_source_whose_articles_cannot_be_kept_stops_no_other(river: River) -> None:
    for name in ("bad", "well-a", "well-b"):
        await river.has_source(name, kind="feed")
        river.publishes(f"Something was said in {name}.", at=name)
    river.shelf.put("bad", entry(text="half a letter: \ud800"))
    await river.clock.advance(SECOND)
    polled = await river.engine.poll()
    assert polled.articles == 2
    assert [title for title, _ in polled.faults] == ["Bad"]
    async with river.database.read() as tx:
        failures = {source.title: source.failures for source in await Sources(tx).all()}
    assert (failures["Bad"], failures["Well A"], failures["Well B"]) == (1, 0, 0)


# Entries' own pages -------------------------------------------------------------------------------------------------


def _page(body: str) -> Answer:
    paragraphs = "".join(f"<p>{part}</p>" for part in body.split(". "))
    page = f"<html><body><nav>Menu</nav><article><h1>In court</h1>{paragraphs}</article></body></html>"
    return Answer(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


async def _with_teasers(post: Post, page: Answer, *, fetch_pages: bool = True) -> None:
    """Read a source once silently, then let it give a teaser whose page answers so."""
    post.server.answers(page, "/story")
    post.server.answers(Answer(body=rss(item("old"))))
    await post.adds(fetch_pages=fetch_pages)
    await post.polls()
    link = post.server.url("/story", "steppe.example")
    post.server.answers(Answer(body=rss(item("new", title="In court", text=LEAD, link=link), item("old"))))


async def test_a_teaser_is_kept_with_the_text_of_its_own_page(post: Post) -> None:
    await _with_teasers(post, _page(WHOLE))
    assert await post.polls(20 * MINUTE) == 1
    (kept,) = [article for article in await post.articles() if article.identity == "new"]
    assert "brought into the room" in kept.text
    assert kept.edition == 0
    feed_at, page_at = (asked.at for asked in post.server.asked[-2:])
    assert page_at - feed_at >= SECOND
    # The feed says the same as before: that is no edit, and its page is not asked for again.
    post.server.answers(Answer(body=rss(item("newer"), *_items(post))))
    del post.server.asked[:]
    assert await post.polls(20 * MINUTE) == 1
    assert [asked.path for asked in post.server.asked if asked.path == "/story"] == []


def _items(post: Post) -> list[str]:
    link = post.server.url("/story", "steppe.example")
    return [item("new", title="In court", text=LEAD, link=link), item("old")]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Answer(status=403), id="refused"),
        pytest.param(Answer(status=503, headers={"Retry-After": "600"}), id="asked to wait"),
        pytest.param(_page("We and our 512 partners store cookies. " * 30), id="a consent wall"),
        pytest.param(_page("Nothing."), id="no more than the teaser"),
        pytest.param(Answer(status=302, headers={"Location": "http://10.0.0.1/"}), id="inwards"),
        pytest.param(Answer(body=b"\x89PNG\r\n\x1a\n" + bytes(500)), id="a picture"),
    ],
)
async def test_a_page_that_cannot_be_read_leaves_the_teaser(post: Post, page: Answer) -> None:
    await _with_teasers(post, page)
    assert await post.polls(20 * MINUTE) == 1
    assert LEAD in {article.text for article in await post.articles()}


async def test_pages_are_not_read_at_first_contact_nor_where_it_is_turned_off(post: Post) -> None:
    await _with_teasers(post, _page(WHOLE), fetch_pages=False)
    await post.polls(20 * MINUTE)
    await post.adds(host="second.example")
    await post.polls(SECOND)
    assert {asked.path for asked in post.server.asked} == {"/feed"}


# What owners hear ---------------------------------------------------------------------------------------------------


@pytest.fixture
async def owned(sqlite_url: str) -> AsyncIterator[River]:
    async with running_river(sqlite_url, owners=(OWNER, "slack:T1/U2", "telegram:9")) as river:
        await river.opens(OWNER)
        yield river


async def _notices(river: River) -> list[tuple[str, str]]:
    return [(key, notice.key) for key in (OWNER, "slack:T1/U2", "telegram:9") for notice in await river.notices(key)]


async def _reads_for(river: River, span: timedelta, *, step: timedelta = HOUR) -> None:
    end = river.clock.now() + span
    while river.clock.now() < end:
        await river.clock.advance(step)
        await river.engine.poll()


async def test_owners_hear_once_that_a_source_is_dead_and_again_after_it_was_well(owned: River) -> None:
    await owned.has_source("liman", kind="feed")
    await _reads_for(owned, 2 * HOUR)
    owned.shelf.breaks("liman", SourceError("liman", "its server refuses us (403)"))
    await _reads_for(owned, 23 * HOUR)
    assert await _notices(owned) == []
    await _reads_for(owned, 3 * DAY)
    dead = [(OWNER, "notice.source_dead"), ("slack:T1/U2", "notice.source_dead")]
    assert await _notices(owned) == dead
    (notice,) = await owned.notices(OWNER)
    assert dict(notice.fields)["why"] == "its server refuses us (403)"
    owned.shelf.mends("liman")
    await _reads_for(owned, DAY)
    owned.shelf.breaks("liman", SourceError("liman", "its server hung up"))
    await _reads_for(owned, 3 * DAY)
    assert len(await owned.notices(OWNER)) == 2


async def test_owners_hear_once_that_a_source_is_gone(owned: River) -> None:
    await owned.has_source("liman", kind="feed")
    owned.shelf.breaks("liman", SourceError("liman", "its server says that it is gone for good (410)", gone=True))
    await _reads_for(owned, 2 * DAY)
    assert [key for _, key in await _notices(owned)] == ["notice.source_gone"] * 2


async def test_owners_hear_once_that_a_source_fell_silent_against_its_own_rhythm(owned: River) -> None:
    await owned.has_source("liman", kind="feed")
    for n in range(30):
        owned.publishes(f"Text number {n} of the outlet.", at="liman")
        await _reads_for(owned, 8 * HOUR, step=4 * HOUR)
    await _reads_for(owned, 3 * DAY, step=4 * HOUR)
    assert await _notices(owned) == []
    await _reads_for(owned, 4 * DAY, step=4 * HOUR)
    assert [key for _, key in await _notices(owned)] == ["notice.source_silent"] * 2
    async with owned.database.read() as tx:
        coverage = await Sources(tx).coverage(owned.clock.now() - DAY, owned.clock.now())
    assert ([silent.title for silent in coverage.silent], coverage.unread) == (["Liman"], ())


async def test_owners_hear_once_of_a_source_that_gives_without_end(owned: River) -> None:
    await owned.has_source("liman", kind="feed")
    await _reads_for(owned, HOUR)
    for hour in range(30):
        for n in range(100):
            owned.publishes(f"Text {n} of hour {hour}.", at="liman")
        await _reads_for(owned, HOUR)
    assert [key for _, key in await _notices(owned)] == ["notice.source_flood"] * 2


async def test_what_a_flood_brings_is_told_but_after_what_all_others_bring(owned: River) -> None:
    await owned.opens(LENA, "Arslan Bozdaliev", "Safiye Canbekova")
    now = owned.clock.now()
    rhythm = Rhythm(since=now - 30 * DAY, last_new_at=now, rate=5_000, told="flood")
    await owned.has_source("flood", kind="feed", last_success_at=now, rhythm=rhythm)
    await owned.has_source("liman", kind="feed", last_success_at=now)
    owned.publishes("Safiye Canbekova opened a bakery in the old harbour.", at="flood")
    await owned.clock.advance(timedelta(minutes=1))
    await owned.engine.poll(("feed",))
    owned.publishes("Police said that Arslan Bozdaliev was detained at the station at night.", at="liman")
    await owned.flows()
    told = [message.item.outlets[0].outlet for message in await owned.told(LENA) if isinstance(message, Alert)]
    assert told == ["Liman", "Flood"]


def _with_etag(body: bytes) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"1"':
            return Answer(status=304, headers={"Content-Length": "0"})
        return Answer(body=body, headers={"ETag": '"1"'})

    return answer
