"""What the owners of the bot are told about it, of their own accord: composed here, written with what it is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import Chat, ChatState, Delivery, DeliveryId, DeliveryKind, LaneId, Notice, Source, make_id
from digests.store.chats import CLOSED, Chats
from digests.store.content import dump
from digests.store.outbox import Outbox
from digests.store.secrets import Vault


def source_notice(source: Source, ails: str) -> Notice:
    """Return what owners are told of a source that is "gone", "dead", "silent" or a "flood"."""
    rhythm = source.rhythm
    since = rhythm.last_new_at if ails == "silent" else source.last_success_at or rhythm.since
    fields = {
        "source": source.title or source.address,
        "address": source.address,
        "why": source.last_error or "",
        "since": f"{since:%Y-%m-%d %H:%M} UTC" if since else "",
    }
    return Notice(key=_KEYS[ails], fields=tuple(fields.items()))


_KEYS = {
    "gone": "notice.source_gone",
    "dead": "notice.source_dead",
    "silent": "notice.source_silent",
    "flood": "notice.source_flood",
}


async def tell_owners(
    tx: AsyncConnection, vault: Vault, owners: Sequence[str], notice: Notice, *, once: str, now: datetime
) -> int:
    """Write a notice to each owner's own chat; return to how many.

    Args:
        owners: As in the settings: "telegram:123", "slack:T1/U2", which are the addresses of their private chats.
        once: What makes it this notice: under the same words it is written only once.
    """
    told = 0
    for owner in dict.fromkeys(owners):
        chat = await _chat_of(tx, vault, owner, now)
        if chat is None:
            continue
        is_away = chat.state is not ChatState.ACTIVE
        told += await Outbox(tx, vault).add(
            Delivery(
                id=DeliveryId(make_id("notice", chat.id, once)),
                chat=chat.id,
                # To a chat that was never opened nothing but an answer goes.
                of=DeliveryKind.ANSWER if is_away else DeliveryKind.NOTICE,
                lane=LaneId(chat.service),
                created_at=now,
                not_before=now,
                content=dump("notice", notice),
            )
        )
    return told


async def _chat_of(tx: AsyncConnection, vault: Vault, owner: str, now: datetime) -> Chat | None:
    """Return an owner's private chat; None where the bot may not write first, or was shut out."""
    chats = Chats(tx, vault)
    chat = await chats.by_key(owner)
    if chat is not None:
        return None if chat.state is ChatState.SUSPENDED and chat.reason != CLOSED else chat
    if not owner.startswith("slack:"):
        return None  # a bot of Telegram cannot write to who never wrote to it
    new = Chat(id=chats.id_of(owner), key=owner, state_since=now)
    return await chats.open(replace(new, state=ChatState.SUSPENDED, reason=CLOSED), now)
