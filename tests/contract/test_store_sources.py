from dataclasses import replace
from datetime import timedelta

import pytest

from digests.model import Coverage, Rhythm, Silent, Source, Unread
from digests.store.articles import Articles
from digests.store.db import Database
from digests.store.sources import Due, Sources
from tests import builders as b

HOUR = timedelta(hours=1)
FULL = b.source(
    language="uk",
    fetch_pages=True,
    validators=(("etag", 'W/"1"'), ("last_modified", "Mon")),
    failures=2,
    last_error="timed out",
    last_success_at=b.NOW,
    next_poll_at=b.NOW + HOUR,
    rhythm=Rhythm(
        since=b.NOW,
        last_new_at=b.NOW + HOUR,
        rate=2.5,
        interval=timedelta(minutes=3),
        missed_at=b.NOW - HOUR,
        moved_to="https://new.example/",
        moved_since=b.NOW,
        former="https://old.example/",
        told="dead",
    ),
)


async def test_an_offered_source_is_not_read_until_it_is_taken_on(database: Database) -> None:
    offered = b.source(address="https://liman.example/rss", title="Liman", next_poll_at=None)
    async with database.write() as tx:
        sources = Sources(tx)
        assert await sources.offer(offered)
        assert (await sources.get(offered.id), await sources.due(b.NOW)) == (None, ())
        assert await sources.take_on(offered.id) == offered
        assert await sources.due(b.NOW) == (Due(offered.id, offered.address, is_ill=False),)
        assert not await sources.offer(offered)
        assert await sources.take_on(b.source(address="https://nobody.example/").id) is None


async def test_a_source_that_was_taken_off_and_is_offered_again_is_read_as_for_the_first_time(
    database: Database,
) -> None:
    known = b.source(last_success_at=b.NOW, validators=(("etag", "1"),))
    async with database.write() as tx:
        sources = Sources(tx)
        await sources.add(known)
        await sources.remove(known.id)
        assert await sources.offer(b.source())
        kept = await sources.take_on(known.id)
        assert kept is not None
        assert (kept.last_success_at, kept.validators) == (None, ())


async def test_a_source_that_was_given_up_can_be_taken_on_again(database: Database) -> None:
    gone = b.source(enabled=False, failures=3, last_error="its server says that it is gone for good (410)")
    async with database.write() as tx:
        sources = Sources(tx)
        await sources.add(gone)
        assert await sources.offer(b.source())
        kept = await sources.take_on(gone.id)
        assert kept is not None
        assert (kept.enabled, kept.failures, kept.last_error) == (True, 0, None)


async def test_a_source_comes_back_as_it_was_kept(database: Database) -> None:
    async with database.write() as tx:
        assert await Sources(tx).add(FULL)
        assert await Sources(tx).get(FULL.id) == FULL
        changed = replace(FULL, failures=0, last_error=None, validators=(), enabled=False)
        await Sources(tx).update([changed])
        assert await Sources(tx).all() == (changed,)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(replace(FULL, last_success_at=b.NOW + HOUR, next_poll_at=b.NOW + 2 * HOUR), id="only read again"),
        pytest.param(replace(FULL, last_success_at=b.NOW + HOUR, failures=0, last_error=None), id="well again"),
        pytest.param(FULL, id="not at all"),
    ],
)
async def test_what_a_read_changed_of_a_source_is_kept_however_little_it_is(database: Database, after: Source) -> None:
    other = b.source(address="https://liman.example/rss", title="Liman")
    async with database.write() as tx:
        for each in (FULL, other):
            await Sources(tx).add(each)
        await Sources(tx).update([after, replace(other, failures=1)], before={FULL.id: FULL, other.id: other})
        assert await Sources(tx).get(FULL.id) == after
        assert await Sources(tx).get(other.id) == replace(other, failures=1)


async def test_a_source_is_added_once_by_its_address(database: Database) -> None:
    async with database.write() as tx:
        assert await Sources(tx).add(b.source())
        assert not await Sources(tx).add(b.source(title="Again"))
        assert not await Sources(tx).add(b.source(id="another"))
        assert [source.title for source in await Sources(tx).all()] == ["Steppe Post"]


async def test_what_a_person_chose_for_a_source_is_kept_and_the_rest_stays(database: Database) -> None:
    async with database.write() as tx:
        sources = Sources(tx)
        await sources.add(b.source())
        await sources.choose(b.source().id)
        assert await sources.get(b.source().id) == b.source()
        await sources.choose(b.source().id, fetch_pages=False)
        await sources.choose(b.source().id, user_agent="Reader")
        found = await sources.get(b.source().id)
        assert found == b.source(fetch_pages=False, user_agent="Reader")


async def test_due_are_enabled_sources_whose_time_has_come_the_longest_due_first(database: Database) -> None:
    times = {"b": b.NOW, "a": b.NOW - HOUR, "late": b.NOW + HOUR, "new": None}
    async with database.write() as tx:
        for address, at in times.items():
            await Sources(tx).add(b.source(address=address, next_poll_at=at))
        await Sources(tx).add(b.source(address="off", enabled=False))
        await Sources(tx).add(b.source(address="ill", failures=2, next_poll_at=b.NOW))
        due = await Sources(tx).due(b.NOW)
        assert [each.address for each in due] in (["new", "a", "b", "ill"], ["new", "a", "ill", "b"])
        assert [each.address for each in due if each.is_ill] == ["ill"]


async def test_a_source_taken_off_keeps_its_articles_and_comes_back(database: Database) -> None:
    async with database.write() as tx:
        sources, articles = Sources(tx), Articles(tx)
        await sources.add(b.source())
        (kept,) = await articles.keep(b.source(), b.reading(b.entry()), now=b.NOW, silent=False)
        await sources.remove(b.source().id)
        assert await sources.all() == ()
        assert await sources.due(b.NOW) == ()
        assert await sources.get(b.source().id) is None
        assert await articles.get(kept.id) == kept
        assert await sources.add(b.source(title="Back"))
        assert await articles.keep(b.source(), b.reading(b.entry()), now=b.NOW, silent=False) == ()
        assert [source.title for source in await sources.all()] == ["Back"]


async def test_a_source_without_articles_leaves_nothing(database: Database) -> None:
    async with database.write() as tx:
        await Sources(tx).add(b.source())
        await Sources(tx).remove(b.source().id)
        assert await Sources(tx).add(b.source(id="another"))


@pytest.mark.parametrize(
    ("source", "unread"),
    [
        pytest.param(b.source(last_success_at=b.NOW - HOUR), (), id="well, within the hour"),
        pytest.param(
            b.source(last_success_at=b.NOW - 3 * HOUR),
            (Unread(title="Steppe Post", since=b.NOW - 3 * HOUR, why="Haberdar did not run"),),
            id="well, but that was before an outage",
        ),
        pytest.param(b.source(last_success_at=b.NOW - HOUR, failures=3), (), id="failing since under an hour"),
        pytest.param(
            b.source(last_success_at=b.NOW - 2 * HOUR, failures=3, last_error="gone"),
            (Unread(title="Steppe Post", since=b.NOW - 2 * HOUR, why="gone"),),
            id="failing for longer",
        ),
        pytest.param(b.source(), (Unread(title="Steppe Post", since=None, why=""),), id="never read"),
        pytest.param(
            b.source(title="", failures=1),
            (Unread(title=b.source().address, since=None, why=""),),
            id="without a title",
        ),
    ],
)
async def test_coverage_names_what_was_not_read(database: Database, source: Source, unread: tuple[Unread, ...]) -> None:
    async with database.write() as tx:
        await Sources(tx).add(source)
        await Sources(tx).add(b.source(address="off", enabled=False))
        coverage = await Sources(tx).coverage(b.NOW - HOUR, b.NOW)
    assert coverage == Coverage(articles=0, sources_read=1 - len(unread), sources=1, unread=unread)


async def test_coverage_names_what_can_be_read_but_fell_silent(database: Database) -> None:
    rhythm = Rhythm(since=b.NOW - 90 * HOUR, last_new_at=b.NOW - 80 * HOUR, told="silent")
    silent = b.source(last_success_at=b.NOW, rhythm=rhythm)
    async with database.write() as tx:
        await Sources(tx).add(silent)
        await Sources(tx).add(b.source(address="https://liman.example/rss", last_success_at=b.NOW))
        coverage = await Sources(tx).coverage(b.NOW - HOUR, b.NOW)
    assert (coverage.sources_read, coverage.unread) == (2, ())
    assert coverage.silent == (Silent(title=silent.title, since=b.NOW - 80 * HOUR),)


async def test_coverage_counts_the_articles_of_its_span(database: Database) -> None:
    async with database.write() as tx:
        await Sources(tx).add(b.source())
        for minutes in (0, 1, 60, 61):
            entry = b.entry(identity=str(minutes), text=f"Text {minutes}")
            now = b.NOW + timedelta(minutes=minutes)
            await Articles(tx).keep(b.source(), b.reading(entry), now=now, silent=False)
        coverage = await Sources(tx).coverage(b.NOW, b.NOW + HOUR)
        assert coverage.articles == 2
        assert await Articles(tx).count(b.NOW, b.NOW + HOUR) == 2
