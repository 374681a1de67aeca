"""Those who run the bot are told once what needs them: a chat that cannot be reached, a token that is refused."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import Chat, ChatId, ChatState, Delivery, DeliveryId, DeliveryKind, LaneId, Notice, make_id
from digests.store.chats import CLOSED, Chats
from digests.store.content import dump
from digests.store.outbox import Outbox
from digests.store.secrets import Vault


async def tell_owners(
    tx: AsyncConnection,
    vault: Vault,
    owners: Collection[str],
    notice: Notice,
    *,
    once: str,
    now: datetime,
    without: str = "nowhere",
) -> int:
    """Write a notice to each of these owners, once for what `once` names; return how many were written.

    Owners at the service `without`, which is ill, are told only where there are none elsewhere. It goes as an answer
    does, so that it is heard in a chat that is paused or was never opened too.
    """
    elsewhere = [owner for owner in owners if not owner.startswith(f"{without}:")]
    written = 0
    for owner in elsewhere or owners:
        chats = Chats(tx, vault)
        chat = await chats.by_key(owner) or await chats.open(_closed(chats, owner), now)
        delivery = Delivery(
            id=DeliveryId(make_id("owners", once, owner)),
            chat=chat.id,
            of=DeliveryKind.ANSWER,
            lane=LaneId(chat.service),
            created_at=now,
            not_before=now,
            content=dump("notice", notice),
        )
        written += await Outbox(tx, vault).add(delivery)
    return written


def _closed(chats: Chats, key: str) -> Chat:
    """Return a row that only carries this one message, and goes when it has gone."""
    return Chat(id=ChatId(chats.id_of(key)), key=key, state=ChatState.SUSPENDED, reason=CLOSED)
