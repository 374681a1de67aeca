from dataclasses import replace
from datetime import timedelta

import pytest

from digests.model import ListId, StoryId, WatchedName, WatchList, Wish, pattern_of
from digests.store.chats import Chats
from digests.store.db import Database
from digests.store.lists import Lists
from digests.store.stories import Stories
from tests import builders as b

LATER = b.NOW + timedelta(hours=1)
BOOK = WatchList(id=ListId("book"), owner=None, title="Haberdar")


def book_name(label: str, **given: object) -> WatchedName:
    return b.watched_name(label, list=BOOK.id, **given)


@pytest.fixture(autouse=True)
async def _chat(database: Database) -> None:
    async with database.write() as tx:
        await Chats(tx, database.vault).open(b.chat(), b.NOW)
        assert (await Lists(tx).own_list(b.chat().id)).owner == b.chat().id


async def test_a_name_comes_back_as_it_was_added(database: Database) -> None:
    name = b.watched_name(
        spellings=(
            b.spelling("Arslan Bozdaliev"),
            b.spelling("Арслан Боздалиев", script="cyrillic", language="ru", origin="rule", active=False),
            b.spelling("Arslan Bozdali", language="tr", decided_by="a person"),
        ),
        near=("lawyer", "адвокат"),
        never=("football",),
    )
    async with database.write() as tx:
        assert await Lists(tx).add_name(name, now=b.NOW)
        assert not await Lists(tx).add_name(name, now=LATER)
        assert await Lists(tx).names_of(b.chat().id) == ((name, b.NOW),)
        assert await Stories(tx).watched_patterns() == (pattern_of(name),)


async def test_names_stand_in_the_order_they_were_added(database: Database) -> None:
    labels = ["Zera Qaraman", "Arslan Bozdaliev", "Meryem Tokat"]
    async with database.write() as tx:
        for label in labels:
            await Lists(tx).add_name(b.watched_name(label), now=b.NOW)
        assert [name.label for name, _ in await Lists(tx).names_of(b.chat().id)] == labels


async def test_a_removed_name_is_not_watched_and_comes_back_by_undo_as_it_was(database: Database) -> None:
    name = b.watched_name()
    async with database.write() as tx:
        lists = Lists(tx)
        await lists.add_name(name, now=b.NOW)
        assert await lists.remove_name(name.id, LATER)
        assert not await lists.remove_name(name.id, LATER)
        assert await lists.names_of(b.chat().id) == ()
        assert await Stories(tx).watched_patterns() == ()
        assert await lists.restore_name(ListId("another"), name.id) is None
        assert await lists.restore_name(name.list, "nothing") is None
        assert await lists.restore_name(name.list, name.id) == name
        assert await lists.names_of(b.chat().id) == ((name, b.NOW),)


async def test_a_removed_name_that_is_added_again_is_new(database: Database) -> None:
    name = b.watched_name()
    async with database.write() as tx:
        await Lists(tx).add_name(name, now=b.NOW)
        await Lists(tx).remove_name(name.id, b.NOW)
        assert await Lists(tx).add_name(name, now=LATER)
        assert await Lists(tx).names_of(b.chat().id) == ((name, LATER),)


async def test_every_change_of_what_is_watched_raises_the_version(database: Database) -> None:
    name = b.watched_name()
    async with database.write() as tx:
        lists = Lists(tx)
        versions = [await lists.version()]
        await lists.add_name(name, now=b.NOW)
        versions.append(await lists.version())
        await lists.remove_name(name.id, b.NOW)
        versions.append(await lists.version())
        await lists.restore_name(name.list, name.id)
        versions.append(await lists.version())
        await lists.put_book(BOOK, [book_name("Meryem Tokat")], b.NOW)
        versions.append(await lists.version())
    assert versions == sorted(set(versions))


async def test_the_book_is_put_whole_and_in_its_order(database: Database) -> None:
    first = [book_name("Zera Qaraman"), book_name("Arslan Bozdaliev")]
    changed = book_name("Arslan Bozdaliev", near=("lawyer",))
    second = [book_name("Meryem Tokat"), changed]
    async with database.write() as tx:
        lists = Lists(tx)
        assert await lists.put_book(BOOK, first, b.NOW)
        assert await lists.book() == tuple(first)
        version = await lists.version()
        assert not await lists.put_book(BOOK, first, LATER)
        assert await lists.version() == version
        assert await lists.put_book(BOOK, second, LATER)
        assert await lists.book() == tuple(second)
        assert await lists.put_book(BOOK, [], LATER)
        assert await lists.book() == ()


async def test_the_book_is_watched_by_those_who_follow_it(database: Database) -> None:
    async with database.write() as tx:
        lists = Lists(tx)
        await lists.put_book(BOOK, [book_name("Zera Qaraman")], b.NOW)
        assert await lists.names_of(b.chat().id) == ()
        await lists.add_name(b.watched_name(), now=b.NOW)
        await lists.follow(b.chat().id, BOOK.id, LATER)
        await lists.follow(b.chat().id, BOOK.id, LATER + timedelta(hours=1))
        # A name that was in the list before is told of only from the following on.
        assert await lists.names_of(b.chat().id) == (
            (b.watched_name(), b.NOW),
            (book_name("Zera Qaraman"), LATER),
        )
        await lists.unfollow(b.chat().id, BOOK.id)
        assert [name for name, _ in await lists.names_of(b.chat().id)] == [b.watched_name()]


async def test_what_a_chat_watches_holds_its_wishes_and_mutes(database: Database) -> None:
    name = b.watched_name()
    wish = Wish(chat=b.chat().id, name=name.id, urgent=True, muted_until=LATER, silence=timedelta(days=14))
    async with database.write() as tx:
        lists = Lists(tx)
        await lists.add_name(name, now=b.NOW)
        await lists.set_wish(b.wish())
        await lists.set_wish(wish)
        await lists.mute_story(b.chat().id, StoryId("s"), b.NOW)
        await lists.mute_story(b.chat().id, StoryId("s"), LATER)
        watching, added = await lists.watching(b.chat())
    assert watching.chat == b.chat()
    assert watching.names == ((pattern_of(name).id, replace(name, spellings=())),)
    assert added == {pattern_of(name).id: b.NOW}
    assert watching.wishes == (wish,)
    assert watching.muted_stories == (("s", LATER),)


async def test_equal_names_of_two_chats_share_a_pattern(database: Database) -> None:
    other = b.chat(key="slack:T1/C2")
    async with database.write() as tx:
        await Chats(tx, database.vault).open(other, b.NOW)
        own = await Lists(tx).own_list(other.id)
        await Lists(tx).add_name(b.watched_name(), now=b.NOW)
        await Lists(tx).add_name(b.watched_name(list=own.id), now=b.NOW)
        assert len(await Stories(tx).watched_patterns()) == 1
        await Lists(tx).remove_name(b.watched_name().id, b.NOW)
        assert len(await Stories(tx).watched_patterns()) == 1


async def test_whatever_changes_what_is_watched_raises_its_version(database: Database) -> None:
    name, other = b.watched_name(), b.watched_name("Zera Qaraman")
    edited = b.watched_name(spellings=(b.spelling("Arslan Bozdaliev"),), near=("lawyer",))
    async with database.write() as tx:
        lists, stories = Lists(tx), Stories(tx)
        steps = (
            lambda: lists.add_name(name, now=b.NOW),
            lambda: lists.change_name(edited),
            lambda: lists.remove_name(name.id, LATER),
            lambda: lists.restore_name(name.list, name.id),
            lambda: lists.add_names([other], now=b.NOW),
            lambda: lists.put_book(BOOK, [book_name("Meryem Tokat")], b.NOW),
            lambda: lists.put_book(BOOK, [], b.NOW),
            lambda: Chats(tx, database.vault).forget(b.chat().id),
        )
        for step in steps:
            before = await lists.version(), await stories.watched_ids()
            await step()
            after = await lists.version(), await stories.watched_ids()
            assert before[1] != after[1]
            assert before[0] < after[0]


async def test_patterns_are_read_by_their_ids(database: Database) -> None:
    names = [b.watched_name(label) for label in ("Zera Qaraman", "Arslan Bozdaliev", "Meryem Tokat")]
    async with database.write() as tx:
        await Lists(tx).add_names(names, now=b.NOW)
        found = await Stories(tx).patterns([pattern_of(name).id for name in names[1:]])
        assert set(found) == {pattern_of(name) for name in names[1:]}
        assert await Stories(tx).patterns(()) == ()
