"""Forgetting a chat: its rows, and what was stored for its sake alone."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ChatId
from digests.store.lists import NAMES_VERSION
from digests.store.marks import Marks
from digests.store.tables import (
    audit,
    chats,
    inbox,
    invitations,
    left_out,
    lists,
    mentions,
    news_names,
    patterns,
    watched_names,
)
from digests.store.upsert import batches


async def forget_chat(tx: AsyncConnection, chat: ChatId, key_hash: str) -> None:
    """Erase a chat and all that refers to it.

    The patterns that only it watched go too, with what was found of them: a name in our tables tells that somebody
    asked for it. Of its requests only the service's own update number stays, so that none is answered a second time.
    """
    only_here = await _patterns_of_nobody_else(tx, chat)
    # Lists, names, wishes, subscriptions, slots, told marks and deliveries hang on this row.
    await tx.execute(delete(chats).where(chats.c.id == chat))
    await tx.execute(
        delete(invitations).where((invitations.c.made_by == str(chat)) | (invitations.c.used_by == str(chat)))
    )
    await tx.execute(delete(audit).where(audit.c.chat == chat))
    await tx.execute(
        update(inbox).where(inbox.c.chat_hash == key_hash).values(chat_hash="", request="", done_at=inbox.c.received_at)
    )
    for some in batches(only_here):
        for table in (mentions, left_out, news_names):
            await tx.execute(delete(table).where(table.c.pattern.in_(some)))
        await tx.execute(delete(patterns).where(patterns.c.id.in_(some)))
    await Marks(tx).count_up(NAMES_VERSION)


async def _patterns_of_nobody_else(tx: AsyncConnection, chat: ChatId) -> list[str]:
    own = select(lists.c.id).where(lists.c.owner == chat)
    mine = select(watched_names.c.pattern).where(watched_names.c.list.in_(own))
    others = select(watched_names.c.pattern).where(watched_names.c.list.not_in(own))
    rows = await tx.execute(select(patterns.c.id).where(patterns.c.id.in_(mine), patterns.c.id.not_in(others)))
    return list(rows.scalars())
