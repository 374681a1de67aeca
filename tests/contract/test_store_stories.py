from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digests.errors import StoreError
from digests.model import (
    Article,
    ArticleId,
    DeliveryId,
    DeliveryKind,
    Found,
    ListId,
    News,
    PatternId,
    Placement,
    Reason,
    Slot,
    SlotAnswer,
    Stage,
    Stance,
    StoryId,
    WatchList,
)
from digests.store.articles import Articles
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.store.told import Told
from tests import builders as b

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
START = b.NOW - 24 * HOUR
CHAT = b.chat().id
ARSLAN, ZERA = b.pattern_id(), b.pattern_id("Zera Qaraman")
STORY = b.news().story


@pytest.fixture(autouse=True)
async def _town(database: Database) -> None:
    async with database.write() as tx:
        await Sources(tx).add(b.source())
        await Chats(tx, database.vault).open(b.chat(), START)
        await Lists(tx).own_list(CHAT)
        await Lists(tx).add_name(b.watched_name(), now=START)


async def stored(database: Database, key: str, *, at: datetime = b.NOW, silent: bool = False) -> Article:
    entry = b.entry(identity=key, text=f"{b.TEXT} ({key})", published_at=at)
    async with database.write() as tx:
        (kept,) = await Articles(tx).keep(b.source(), b.reading(entry), now=at, silent=silent)
    return kept


async def remembered(stories: Stories, since: datetime) -> tuple[tuple[str, Placement, News | None], ...]:
    return tuple([one async for part in stories.recent_features(since, 100) for one in part])


async def placed(
    database: Database,
    key: str = "1",
    *,
    at: datetime = b.NOW,
    silent: bool = False,
    adds: bool = True,
    names: tuple[PatternId, ...] = (ARSLAN,),
    story: StoryId = STORY,
) -> tuple[Article, News]:
    """Store and place an article that mentions these names, with its news if it adds any."""
    article = await stored(database, key, at=at, silent=silent)
    news = b.news(article=article.id, story=story, names=names, at=at)
    found = Found(article=article.id, mentions=tuple(b.mention(of=article, pattern=name) for name in names))
    placement = b.placement(article=article.id, story=story, is_new=key == "1")
    async with database.write() as tx:
        await Stories(tx).keep_placed(
            article, found, placement, news if adds else None, f'"{key}"', f"Title {key}", now=at
        )
    return replace(article, stage=Stage.PLACED), news


async def test_placing_keeps_everything_at_once(database: Database) -> None:
    article = await stored(database, "1")
    mention = b.mention(of=article, reason=Reason(key="genitive", fields=(("of", "Bozdaliev"),)), score=0.9)
    found = Found(
        article=article.id, mentions=(mention,), left_out=(ZERA,), learnt=(("bozdaliev", 2), ("bozdaliev", 1))
    )
    placement = b.placement(article=article.id, copy_of=ArticleId("another"), reason=Reason(key="same_names"))
    news = b.news(article=article.id, names=(ARSLAN, ZERA))
    async with database.write() as tx:
        stories = Stories(tx)
        await stories.keep_placed(article, found, placement, news, "features", "Title", now=b.NOW)
        after = await Articles(tx).get(article.id)
        assert after == replace(article, stage=Stage.PLACED, copy_of=ArticleId("another"))
        assert await Articles(tx).stored(10) == ()
        assert await stories.mentions_of(ARSLAN, 5) == ((mention, after),)
        assert await stories.surname_use() == {"bozdaliev": 3}
        assert await remembered(stories, START) == (("features", placement, news),)


async def test_a_placing_that_dies_leaves_the_article_waiting(database: Database) -> None:
    article = await stored(database, "1")

    async def die() -> None:
        async with database.write() as tx:
            found = b.found(b.mention(of=article), learnt=(("x", 1),))
            news = b.news(article=article.id)
            placement = b.placement(article=article.id)
            await Stories(tx).keep_placed(article, found, placement, news, "{}", "Title", now=b.NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await die()
    async with database.read() as tx:
        assert await Articles(tx).stored(10) == (article,)
        assert await Stories(tx).surname_use() == {}
        assert await remembered(Stories(tx), START) == ()
        assert await Stories(tx).mentions_of(ARSLAN, 5) == ()


async def test_an_article_is_placed_once(database: Database) -> None:
    article, _ = await placed(database)

    async def again() -> None:
        async with database.write() as tx:
            other = b.placement(article=article.id, story=StoryId("other"))
            found = b.found(b.mention(of=article))
            await Stories(tx).keep_placed(article, found, other, None, "{}", "Title", now=b.NOW)

    with pytest.raises(StoreError, match="written twice"):
        await again()


async def test_what_the_stream_teaches_adds_up(database: Database) -> None:
    for key in ("1", "2"):
        article = await stored(database, key)
        found = Found(article=article.id, learnt=(("bozdaliev", 2), (f"only {key}", 1)))
        async with database.write() as tx:
            placement = b.placement(article=article.id)
            await Stories(tx).keep_placed(article, found, placement, None, "{}", "Title", now=b.NOW)
    async with database.read() as tx:
        assert await Stories(tx).surname_use() == {"bozdaliev": 4, "only 1": 1, "only 2": 1}


@pytest.mark.parametrize(("most", "in_one"), [(5, 1), (4, 2), (3, 2), (2, 5), (1, 1)])
async def test_of_more_than_can_be_remembered_the_newest_are_given_in_parts(
    database: Database, most: int, in_one: int
) -> None:
    every = [(await placed(database, str(n), at=b.NOW))[0].id for n in range(4)]
    async with database.read() as tx:
        parts = [part async for part in Stories(tx).recent_features(b.NOW - HOUR, most, in_one=in_one)]
    assert [placement.article for part in parts for _, placement, _ in part] == every[-most:]
    assert all(len(part) <= in_one for part in parts)


async def test_what_names_somebody_is_remembered_longer(database: Database) -> None:
    older, _ = await placed(database, "1", at=b.NOW)
    others = [(await placed(database, str(n), at=b.NOW, names=(), adds=False))[0] for n in range(2, 6)]
    async with database.read() as tx:
        (part,) = [part async for part in Stories(tx).recent_features(b.NOW - HOUR, 2)]
    assert [placement.article for _, placement, _ in part] == [older.id, *(article.id for article in others[-2:])]


async def test_memory_is_rebuilt_oldest_first_within_its_window(database: Database) -> None:
    await placed(database, "0", at=b.NOW - 40 * 24 * HOUR)
    first, news = await placed(database, "1", at=b.NOW - HOUR)
    second, _ = await placed(database, "2", at=b.NOW, adds=False)
    async with database.read() as tx:
        memory = await remembered(Stories(tx), b.NOW - 30 * 24 * HOUR)
    assert [features for features, _, _ in memory] == ['"1"', '"2"']
    assert [placement.article for _, placement, _ in memory] == [first.id, second.id]
    assert [placement.is_new for _, placement, _ in memory] == [True, False]
    assert [piece for _, _, piece in memory] == [news, None]


async def untold(
    database: Database, since: datetime = START, until: datetime = b.NOW, added: datetime = START
) -> list[str]:
    async with database.read() as tx:
        return [piece.article for piece in await Told(tx).untold(CHAT, {ARSLAN: added}, since, until)]


async def test_news_is_untold_after_since_and_up_to_until(database: Database) -> None:
    article, _ = await placed(database)
    assert await untold(database) == [article.id]
    assert await untold(database, since=b.NOW - MINUTE) == [article.id]
    assert await untold(database, since=b.NOW, until=b.NOW + HOUR) == []
    assert await untold(database, until=b.NOW - MINUTE) == []


async def test_news_from_before_a_name_was_added_is_not_told(database: Database) -> None:
    article, _ = await placed(database)
    assert await untold(database, added=b.NOW) == [article.id]
    assert await untold(database, added=b.NOW + MINUTE) == []


async def test_news_counts_from_its_commit_not_from_the_articles_own_date(database: Database) -> None:
    article = await stored(database, "1", at=b.NOW - 10 * HOUR)
    news = b.news(article=article.id, at=article.fetched_at)
    async with database.write() as tx:
        placement = b.placement(article=article.id)
        found = b.found(b.mention(of=article))
        await Stories(tx).keep_placed(article, found, placement, news, "{}", "Title", now=b.NOW)
    assert await untold(database, since=b.NOW - MINUTE) == [article.id]


async def test_silent_and_foreign_news_is_never_untold(database: Database) -> None:
    await placed(database, "1", silent=True)
    await placed(database, "2", names=(ZERA,))
    await placed(database, "3", adds=False)
    assert await untold(database) == []
    async with database.read() as tx:
        assert await Told(tx).chats_to_tell(START, b.NOW) == ()
        assert await Told(tx).news_since([ARSLAN], START, b.NOW) == ()


async def test_news_is_told_once(database: Database) -> None:
    article, news = await placed(database)
    async with database.write() as tx:
        await Told(tx).tell(CHAT, [news.id], DeliveryId("d"), DeliveryKind.ALERT, b.NOW)
    assert await untold(database) == []

    async def again() -> None:
        async with database.write() as tx:
            await Told(tx).tell(CHAT, [news.id], DeliveryId("e"), DeliveryKind.DIGEST, b.NOW)

    with pytest.raises(StoreError, match="told to this chat before"):
        await again()
    async with database.read() as tx:
        since = await Told(tx).news_since({ARSLAN: START}, START, b.NOW)
        assert [piece.article for piece in since] == [article.id]
        (telling,) = await Told(tx).tellings(CHAT, [STORY], [ARSLAN], b.NOW)
    assert (telling.told_at, telling.told_by, telling.told_of) == (b.NOW, "d", DeliveryKind.ALERT)


async def test_news_comes_oldest_first_with_its_names_in_order(database: Database) -> None:
    await placed(database, "1", at=b.NOW - HOUR, names=(ZERA, ARSLAN))
    await placed(database, "2", at=b.NOW - 2 * HOUR)
    async with database.read() as tx:
        pieces = await Told(tx).untold(CHAT, {ARSLAN: START, ZERA: START}, START, b.NOW)
    assert [piece.names for piece in pieces] == [(ARSLAN,), (ZERA, ARSLAN)]


async def test_tellings_hold_the_articles_of_a_story_that_mention_the_names(database: Database) -> None:
    first, news = await placed(database, "1", at=b.NOW - 2 * HOUR, names=(ARSLAN, ZERA))
    reprint, _ = await placed(database, "2", at=b.NOW - HOUR, adds=False)
    await placed(database, "3", names=(ZERA,))
    await placed(database, "4", story=StoryId("another"))
    later, _ = await placed(database, "5", at=b.NOW + HOUR)
    async with database.read() as tx:
        tellings = await Told(tx).tellings(CHAT, {STORY}, {ARSLAN: START}, b.NOW)
        assert [t.article for t in tellings] == [first, reprint]
        assert [t.news for t in tellings] == [news, None]
        assert [[m.pattern for m in t.mentions] for t in tellings] == [[ARSLAN], [ARSLAN]]
        assert {t.stance for t in tellings} == {Stance.INDEPENDENT}
        assert later in [t.article for t in await Told(tx).tellings(CHAT, {STORY}, {ARSLAN}, b.NOW + HOUR)]
        assert await Told(tx).tellings(CHAT, {STORY}, set(), b.NOW) == ()


async def test_a_silent_article_is_background_without_news(database: Database) -> None:
    await placed(database, "1", silent=True)
    async with database.read() as tx:
        (telling,) = await Told(tx).tellings(CHAT, [STORY], [ARSLAN], b.NOW)
    assert telling.news is None


async def test_chats_to_tell_are_active_with_alerts_and_news_they_were_not_told(database: Database) -> None:
    _, news = await placed(database)
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        assert await Told(tx).chats_to_tell(START, b.NOW) == (CHAT,)
        assert await Told(tx).chats_to_tell(b.NOW, b.NOW) == ()
        await chats.update(b.chat(alerts=False))
        assert await Told(tx).chats_to_tell(START, b.NOW) == ()
        await chats.update(b.chat())
        await chats.suspend(CHAT, "blocked", b.NOW)
        assert await Told(tx).chats_to_tell(START, b.NOW) == ()
        await chats.update(b.chat())
        await Told(tx).tell(CHAT, [news.id], DeliveryId("d"), DeliveryKind.ALERT, b.NOW)
        assert await Told(tx).chats_to_tell(START, b.NOW) == ()


async def test_a_chat_that_follows_a_list_is_to_be_told_from_then_on(database: Database) -> None:
    book = WatchList(id=ListId("book"), owner=None, title="")
    late, early = b.chat(key="slack:T1/C2"), b.chat(key="slack:T1/C3")
    async with database.write() as tx:
        await Lists(tx).put_book(book, [b.watched_name("Zera Qaraman", list=book.id)], START)
        for chat, since in ((late, b.NOW + MINUTE), (early, START)):
            await Chats(tx, database.vault).open(chat, START)
            await Lists(tx).follow(chat.id, book.id, since)
    await placed(database, names=(ZERA,))
    async with database.read() as tx:
        assert await Told(tx).chats_to_tell(START, b.NOW) == (early.id,)


async def test_a_removed_name_tells_nobody(database: Database) -> None:
    await placed(database)
    async with database.write() as tx:
        await Lists(tx).remove_name(b.watched_name().id, b.NOW)
        assert await Told(tx).chats_to_tell(START, b.NOW) == ()


async def test_left_out_counts_articles_that_mention_none_of_the_names(database: Database) -> None:
    for key, mentions in (("1", ()), ("2", ()), ("3", (ARSLAN,))):
        article = await stored(database, key)
        found = Found(
            article=article.id,
            mentions=tuple(b.mention(of=article, pattern=each) for each in mentions),
            left_out=(ARSLAN, ZERA),
        )
        async with database.write() as tx:
            placement = b.placement(article=article.id)
            await Stories(tx).keep_placed(article, found, placement, None, "{}", "Title", now=b.NOW)
    async with database.read() as tx:
        assert await Stories(tx).left_out([ARSLAN, ZERA], START, b.NOW) == 2
        assert await Stories(tx).left_out([ZERA], START, b.NOW) == 3
        assert await Stories(tx).left_out([ZERA], b.NOW, b.NOW + HOUR) == 0


async def test_mentions_come_by_article_newest_first(database: Database) -> None:
    old, _ = await placed(database, "1", at=b.NOW - HOUR)
    new, _ = await placed(database, "2", at=b.NOW)
    async with database.read() as tx:
        assert [article.id for _, article in await Stories(tx).mentions_of(ARSLAN, 5)] == [new.id, old.id]
        assert [article.id for _, article in await Stories(tx).mentions_of(ARSLAN, 1)] == [new.id]
        assert await Stories(tx).last_mentions([ARSLAN, ZERA]) == {ARSLAN: (b.NOW, 2)}


async def test_news_committed_after_a_digest_is_never_dated_before_its_end(database: Database) -> None:
    """Several processes: the placer took its time before the digest that ended at that very time was committed."""
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        subscription = b.subscription(since=START)
        await chats.put_subscription(subscription)
        await chats.answer_slot(
            subscription, Slot(key="s", at=b.NOW), SlotAnswer.EMPTY,
            delivery=None, since=START, until=b.NOW, next_due_at=None, now=b.NOW,
        )  # fmt: skip
    article, _ = await placed(database, at=b.NOW - MINUTE)
    if database.kind == "postgresql":
        assert await untold(database, since=b.NOW, until=b.NOW + MINUTE) == [article.id]
