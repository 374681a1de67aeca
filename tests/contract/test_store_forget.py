from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ChatId, DeliveryId, DeliveryKind, Found, ListId, Part, Slot, SlotAnswer, StoryId
from digests.store.articles import Articles
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.inbox import Inbox
from digests.store.lists import Lists
from digests.store.outbox import Outbox
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.store.tables import audit, judgements, metadata
from digests.store.told import Told
from tests import builders as b

MINE = b.chat(key="telegram:1001")
OTHER = b.chat(key="telegram:2002")
SHARED, SECRET = "Arslan Bozdaliev", "Zera Qaraman"
SECRET_PATTERN = b.pattern(SECRET)


async def everything(tx: AsyncConnection) -> str:
    """Return all that is stored, as one text."""
    said = []
    for table in metadata.sorted_tables:
        rows = await tx.execute(select(table))
        said += [f"{table.name}: {tuple(row)}" for row in rows]
    return "\n".join(said)


@pytest.fixture(autouse=True)
async def _town(database: Database) -> None:
    """Two chats that share a name; one of them watches another besides, and uses all there is."""
    async with database.write() as tx:
        await Sources(tx).add(b.source())
        text = f"{SHARED} met {SECRET} in the town hall."
        (article,) = await Articles(tx).keep(b.source(), b.reading(b.entry(text=text)), now=b.NOW, silent=False)
        chats, lists = Chats(tx, database.vault), Lists(tx)
        for chat, labels in ((MINE, [SHARED, SECRET]), (OTHER, [SHARED])):
            await chats.open(chat, b.NOW)
            own = await lists.own_list(chat.id)
            for label in labels:
                await lists.add_name(b.watched_name(label, list=own.id), now=b.NOW)
            await uses_everything(tx, database, chat.id, own.id)
        names = (b.pattern_id(SHARED), SECRET_PATTERN.id)
        found = Found(
            article=article.id,
            mentions=tuple(b.mention(of=article, pattern=name) for name in names),
            left_out=(SECRET_PATTERN.id,),
        )
        news = b.news(article=article.id, names=names)
        placement = b.placement(article=article.id)
        await Stories(tx).keep_placed(article, found, placement, news, "{}", "Title", now=b.NOW)


async def uses_everything(tx: AsyncConnection, database: Database, chat: ChatId, own: ListId) -> None:
    chats, lists = Chats(tx, database.vault), Lists(tx)
    outbox, inbox = Outbox(tx, database.vault), Inbox(tx, database.vault)
    known = await chats.get(chat)
    assert known is not None
    subscription = b.subscription(chat=known.id)
    delivery = b.delivery(id=DeliveryId(f"d{chat}"), chat=known.id, parts=(Part(index=0, text="Hello", receipt="9"),))
    await lists.set_wish(b.wish(chat=known.id, name=b.watched_name(list=own).id))
    await lists.mute_story(known.id, StoryId("s"), b.NOW)
    await chats.put_subscription(subscription)
    await chats.answer_slot(
        subscription, Slot(key="s", at=b.NOW), SlotAnswer.DIGEST,
        delivery=delivery.id, since=b.NOW, until=b.NOW, next_due_at=None, now=b.NOW,
    )  # fmt: skip
    await outbox.add(delivery)
    await Told(tx).tell(known.id, [b.news().id], delivery.id, DeliveryKind.ALERT, b.NOW)
    await inbox.keep("telegram", known.key[-4:], known.key, "{}", b.NOW)
    await chats.spend(await chats.invite(known.id, b.NOW), known.id, b.NOW)
    await chats.invite(known.id, b.NOW)
    await tx.execute(insert(audit).values(at=b.NOW, by=database.vault.seal("x"), chat=chat, what="watch"))
    await tx.execute(
        insert(judgements).values(
            list=own, article="a", pattern="p", start=0, verdict="no", by=database.vault.keyed_hash("x"), at=b.NOW
        )
    )


async def test_forgetting_leaves_nothing_of_a_chat(database: Database) -> None:
    key_hash = database.vault.keyed_hash(MINE.key)
    traces = (MINE.id, key_hash, SECRET_PATTERN.id, b.pattern_id(SHARED))
    async with database.write() as tx:
        before = await everything(tx)
        assert all(trace in before for trace in traces)
        await Chats(tx, database.vault).forget(MINE.id)
        after = await everything(tx)
    assert MINE.id not in after
    assert key_hash not in after


async def test_a_name_that_nobody_watches_any_more_leaves_nothing_but_its_articles(database: Database) -> None:
    async with database.write() as tx:
        await Chats(tx, database.vault).forget(MINE.id)
        lines = (await everything(tx)).splitlines()
    assert [line for line in lines if SECRET_PATTERN.id in line] == []
    assert {line.partition(":")[0] for line in lines if SECRET in line} == {"articles"}


async def test_forgetting_one_chat_takes_nothing_from_another(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        names = await Lists(tx).names_of(OTHER.id)
        others = [line for line in (await everything(tx)).splitlines() if OTHER.id in line]
        await chats.forget(MINE.id)
        assert [line for line in (await everything(tx)).splitlines() if OTHER.id in line] == others
        assert await chats.all() == (OTHER,)
        assert await Lists(tx).names_of(OTHER.id) == names
        assert len(await Stories(tx).mentions_of(b.pattern_id(SHARED), 5)) == 1
        assert [pattern.id for pattern in await Stories(tx).watched_patterns()] == [b.pattern_id(SHARED)]


async def test_a_forgotten_chats_update_is_not_answered_a_second_time(database: Database) -> None:
    async with database.write() as tx:
        await Chats(tx, database.vault).forget(MINE.id)
        inbox = Inbox(tx, database.vault)
        assert not await inbox.keep("telegram", MINE.key[-4:], MINE.key, "{}", b.NOW)
        waiting = await inbox.waiting(10)
    assert [each.chat_hash for each in waiting] == [database.vault.keyed_hash(OTHER.key)]


async def test_forgetting_raises_the_version_of_what_is_watched(database: Database) -> None:
    async with database.write() as tx:
        before = await Lists(tx).version()
        await Chats(tx, database.vault).forget(MINE.id)
        assert await Lists(tx).version() > before


async def test_forgetting_a_chat_that_is_not_there_changes_nothing(database: Database) -> None:
    async with database.write() as tx:
        before = await everything(tx)
        await Chats(tx, database.vault).forget(b.chat(key="telegram:3").id)
        assert await everything(tx) == before


async def test_a_forgotten_chat_may_come_back_as_a_new_one(database: Database) -> None:
    async with database.write() as tx:
        chats = Chats(tx, database.vault)
        await chats.forget(MINE.id)
        await chats.open(MINE, b.NOW + timedelta(days=1))
        assert await Lists(tx).names_of(MINE.id) == ()
