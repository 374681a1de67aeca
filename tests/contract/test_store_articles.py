from datetime import timedelta

import pytest

from digests.errors import StoreError
from digests.model import Article, Changed, Entry, Reading, Reason, Stage, make_id
from digests.store.articles import Arrived, Articles
from digests.store.db import Database
from digests.store.sources import Sources
from tests import builders as b

LATER = b.NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
async def _source(database: Database) -> None:
    async with database.write() as tx:
        await Sources(tx).add(b.source())


async def keep(database: Database, *entries: Entry, silent: bool = False) -> tuple[Article, ...]:
    async with database.write() as tx:
        return await Articles(tx).keep(b.source(), b.reading(*entries), now=b.NOW, silent=silent)


async def test_an_article_carries_what_its_entry_and_its_source_say(database: Database) -> None:
    (kept,) = await keep(database, b.entry())
    assert kept == b.article()
    async with database.read() as tx:
        assert await Articles(tx).get(kept.id) == kept


async def test_an_entry_may_name_its_own_outlet_and_be_without_date_and_language(database: Database) -> None:
    (kept,) = await keep(database, b.entry(outlet="Elsewhere", published_at=None, language=None), silent=True)
    assert (kept.outlet, kept.published_at, kept.language, kept.silent) == ("Elsewhere", None, "en", True)


async def test_the_same_text_at_the_same_identity_is_kept_once(database: Database) -> None:
    assert len(await keep(database, b.entry(), b.entry())) == 1
    assert await keep(database, b.entry()) == ()
    assert await keep(database, b.entry(text=b.TEXT.upper().replace(" ", "  "))) == ()


async def test_another_text_at_a_known_identity_is_the_next_edition(database: Database) -> None:
    (first,) = await keep(database, b.entry())
    (second,) = await keep(database, b.entry(text="He was released."))
    (third,) = await keep(database, b.entry())
    assert [first.edition, second.edition, third.edition] == [0, 1, 2]
    assert [first.revises, second.revises, third.revises] == [None, first.id, second.id]
    assert third.id == make_id(first.source, first.identity, "2")
    assert third.text == first.text


@pytest.mark.parametrize(
    ("title", "text", "changed"),
    [
        pytest.param(b.TITLE, "He was released.", Changed.TEXT, id="text"),
        pytest.param("He was released", b.TEXT, Changed.TITLE, id="title"),
        pytest.param("He was released", "A day later.", Changed.BOTH, id="both"),
        pytest.param(b.TITLE.upper(), "He was released.", Changed.TEXT, id="a title in capitals is the same title"),
    ],
)
async def test_what_an_edition_changed_is_kept(database: Database, title: str, text: str, changed: Changed) -> None:
    (first,) = await keep(database, b.entry())
    (second,) = await keep(database, b.entry(title=title, text=text))
    async with database.read() as tx:
        stored = await Articles(tx).many([first.id, second.id])
    assert [article.changed for article in stored] == [None, changed]


async def test_who_wrote_an_article_is_kept(database: Database) -> None:
    (kept,) = await keep(database, b.entry(authors=("Safiye Canbekova", "R. Ostap")))
    async with database.read() as tx:
        assert await Articles(tx).get(kept.id) == kept
    assert kept.authors == ("Safiye Canbekova", "R. Ostap")


async def test_two_texts_at_one_identity_in_one_reading_are_two_editions(database: Database) -> None:
    first, second = await keep(database, b.entry(), b.entry(text="He was released."))
    assert second.revises == first.id


async def test_a_text_that_changes_at_every_read_ends_after_24_flips(database: Database) -> None:
    kept = [len(await keep(database, b.entry(text=f"Read {number} times"))) for number in range(30)]
    assert kept == [1] * 25 + [0] * 5


async def test_a_known_text_at_a_new_identity_of_its_source_is_no_new_article(database: Database) -> None:
    await keep(database, b.entry(identity="old"))
    assert await keep(database, b.entry(identity="new")) == ()
    assert await keep(database, b.entry(identity="new")) == ()
    (changed,) = await keep(database, b.entry(identity="new", text="He was released."))
    assert (changed.edition, changed.revises) == (1, None)


async def test_the_same_text_in_one_reading_at_two_identities_is_one_article(database: Database) -> None:
    assert len(await keep(database, b.entry(identity="one"), b.entry(identity="two"))) == 1


async def test_another_source_may_print_the_same_text(database: Database) -> None:
    other = b.source(address="https://other.example/rss")
    await keep(database, b.entry())
    async with database.write() as tx:
        await Sources(tx).add(other)
        assert len(await Articles(tx).keep(other, b.reading(b.entry()), now=b.NOW, silent=False)) == 1


async def test_an_unchanged_reading_keeps_nothing(database: Database) -> None:
    async with database.write() as tx:
        assert await Articles(tx).keep(b.source(), Reading(unchanged=True), now=b.NOW, silent=False) == ()


async def test_a_step_that_dies_leaves_nothing_and_is_done_whole_the_next_time(database: Database) -> None:
    async def die() -> None:
        async with database.write() as tx:
            assert await Articles(tx).keep(b.source(), b.reading(b.entry()), now=b.NOW, silent=False)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await die()
    async with database.read() as tx:
        assert await Articles(tx).stored(10) == ()
    assert len(await keep(database, b.entry())) == 1


async def test_an_edition_is_unique_in_the_schema(database: Database) -> None:
    from sqlalchemy import delete

    from digests.store.tables import seen

    async def again() -> None:
        async with database.write() as tx:
            await tx.execute(delete(seen))
            await Articles(tx).keep(b.source(), b.reading(b.entry()), now=b.NOW, silent=False)

    await keep(database, b.entry())
    with pytest.raises(StoreError, match="written twice"):
        await again()


async def test_stored_articles_come_oldest_first_and_silent_ones_last(database: Database) -> None:
    await keep(database, b.entry(identity="s", text="Silent"), silent=True)
    await keep(database, b.entry(identity="1", text="One"), b.entry(identity="2", text="Two"))
    async with database.read() as tx:
        assert [article.identity for article in await Articles(tx).stored(10)] == ["1", "2", "s"]
        assert [article.identity for article in await Articles(tx).stored(1)] == ["1"]


async def test_articles_of_a_source_that_gives_too_many_come_after_all_that_is_told_and_before_what_is_not(
    database: Database,
) -> None:
    await keep(database, b.entry(identity="s", text="Silent"), silent=True)
    async with database.write() as tx:
        flood = Arrived(b.source(), b.reading(b.entry(identity="f", text="Many")), False, Stage.LAST)
        ((kept,), _) = (await Articles(tx).keep_all([flood], now=b.NOW))[0]
    await keep(database, b.entry(identity="1", text="One"))
    async with database.write() as tx:
        assert [article.identity for article in await Articles(tx).stored(10)] == ["1", "f", "s"]
        assert [article.identity for article in await Articles(tx).stored(2)] == ["1", "f"]
        await Articles(tx).mark_stuck(kept.id, Reason(key="unmatched"))
        assert [article.identity for article in await Articles(tx).stored(10)] == ["1", "s"]
        assert [article.id for article in await Articles(tx).stuck()] == [kept.id]


async def test_a_stuck_article_keeps_its_stage_and_waits_for_a_person(database: Database) -> None:
    (kept,) = await keep(database, b.entry())
    reason = Reason(key="unmatched", fields=(("why", "killed"),))
    async with database.write() as tx:
        await Articles(tx).mark_stuck(kept.id, reason)
        assert await Articles(tx).stored(10) == ()
        (stuck,) = await Articles(tx).stuck()
        assert (stuck.stage, stuck.stuck) == (kept.stage, reason)
        await Articles(tx).unstick(kept.id)
        assert await Articles(tx).stuck() == ()
        assert await Articles(tx).stored(10) == (kept,)


async def test_many_come_in_the_order_asked_for(database: Database) -> None:
    one, two = await keep(database, b.entry(identity="1", text="One"), b.entry(identity="2", text="Two"))
    async with database.read() as tx:
        assert await Articles(tx).many([two.id, b.article(identity="none").id, one.id, two.id]) == (two, one)
        assert await Articles(tx).get(b.article(identity="none").id) is None
