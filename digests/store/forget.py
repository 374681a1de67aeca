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
    judgements,
    left_out,
    mentions,
    news_names,
    patterns,
    watched_names,
)
from digests.store.upsert import batches


async def forget_chat(tx: AsyncConnection, chat: ChatId, key_hash: str) -> None:
    """Erase a chat and all that refers to it.

    The patterns that nobody watches then go too, with what was found of them: a name in our tables tells that somebody
    asked for it. So do those that a name had before it was changed. Of the chat's requests only the service's own
    update number stays, so that none is answered a second time.
    """
    # Lists, names, wishes, subscriptions, slots, told marks and deliveries hang on this row.
    await tx.execute(delete(chats).where(chats.c.id == chat))
    await tx.execute(
        delete(invitations).where((invitations.c.made_by == str(chat)) | (invitations.c.used_by == str(chat)))
    )
    await tx.execute(delete(audit).where(audit.c.chat == chat))
    await tx.execute(
        update(inbox).where(inbox.c.chat_hash == key_hash).values(chat_hash="", request="", done_at=inbox.c.received_at)
    )
    for some in batches(await _patterns_of_nobody(tx)):
        for table in (mentions, left_out, news_names):
            await tx.execute(delete(table).where(table.c.pattern.in_(some)))
        await tx.execute(delete(patterns).where(patterns.c.id.in_(some)))
    await Marks(tx).count_up(NAMES_VERSION)


async def _patterns_of_nobody(tx: AsyncConnection) -> list[str]:
    watched, judged = select(watched_names.c.pattern), select(judgements.c.pattern)
    rows = await tx.execute(select(patterns.c.id).where(patterns.c.id.not_in(watched), patterns.c.id.not_in(judged)))
    return list(rows.scalars())
