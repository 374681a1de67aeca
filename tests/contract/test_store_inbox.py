from datetime import timedelta

import pytest
from sqlalchemy import select

from digests.store.db import Database
from digests.store.inbox import Inbox
from digests.store.tables import inbox as table
from tests import builders as b


async def keep(database: Database, update: str, chat: str = "telegram:1", front: str = "telegram") -> bool:
    async with database.write() as tx:
        return await Inbox(tx, database.vault).keep(front, update, chat, f'"{update}"', b.NOW)


async def waiting(database: Database, limit: int = 10) -> list[str]:
    async with database.read() as tx:
        return [each.request for each in await Inbox(tx, database.vault).waiting(limit)]


async def test_an_update_is_kept_once_for_its_front(database: Database) -> None:
    assert await keep(database, "1")
    assert not await keep(database, "1")
    assert await keep(database, "1", front="slack")


async def test_a_kept_request_that_was_not_committed_is_not_known(database: Database) -> None:
    async def die() -> None:
        async with database.write() as tx:
            await Inbox(tx, database.vault).keep("telegram", "1", "telegram:1", "{}", b.NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await die()
    assert await keep(database, "1")


async def test_a_chats_requests_are_answered_in_order_and_chats_side_by_side(database: Database) -> None:
    await keep(database, "1")
    await keep(database, "2")
    await keep(database, "3", chat="telegram:2")
    assert await waiting(database) == ['"1"', '"3"']
    assert await waiting(database, 1) == ['"1"']
    async with database.write() as tx:
        first = (await Inbox(tx, database.vault).waiting(1))[0]
        await Inbox(tx, database.vault).done(first.row, b.NOW)
    assert await waiting(database) == ['"2"', '"3"']


async def test_a_failed_request_keeps_its_place_until_it_is_given_up(database: Database) -> None:
    await keep(database, "1")
    await keep(database, "2")
    for attempts in range(6):
        async with database.write() as tx:
            first = (await Inbox(tx, database.vault).waiting(1))[0]
            assert (first.request, first.attempts) == ('"1"', attempts)
            await Inbox(tx, database.vault).failed(first.row)
    assert await waiting(database) == ['"2"']
    async with database.read() as tx:
        assert await Inbox(tx, database.vault).given_up() == 1


async def test_what_a_person_asked_is_sealed(database: Database) -> None:
    await keep(database, "watch Bozdaliev", chat="telegram:77")
    async with database.read() as tx:
        row = (await tx.execute(select(table.c.chat_hash, table.c.request))).one()
    assert "Bozdaliev" not in row.request
    assert row.chat_hash == database.vault.keyed_hash("telegram:77")


async def test_answered_requests_are_erased_in_time(database: Database) -> None:
    await keep(database, "1")
    await keep(database, "2")
    async with database.write() as tx:
        inbox = Inbox(tx, database.vault)
        await inbox.done((await inbox.waiting(1))[0].row, b.NOW)
        assert await inbox.tidy(b.NOW) == 0
        assert await inbox.tidy(b.NOW + timedelta(seconds=1)) == 1
    assert await waiting(database) == ['"2"']
