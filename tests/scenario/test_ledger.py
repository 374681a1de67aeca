"""What those who run the bot see of deliveries in a chat: counts, what waits, what is parked; never to whom it goes."""

from datetime import timedelta

from bot.request import Reply
from bot.words import words
from digests.model import DeliveryId, DeliveryKind, DeliveryState
from digests.store.chats import Chats
from digests.store.content import dump
from digests.store.outbox import Outbox
from tests import builders as b
from tests.river import LENA, OWNER, River


async def _writes(river: River, key: str, state: DeliveryState, *, days: int = 0, last: str | None = None) -> None:
    at = river.clock.now() - timedelta(days=days)
    async with river.database.write() as tx:
        chats = Chats(tx, river.database.vault)
        lena = await chats.by_key(LENA) or await chats.open(b.chat(key=LENA), at)
        delivery = b.delivery(
            id=DeliveryId(key),
            chat=lena.id,
            of=DeliveryKind.ALERT,
            state=state,
            last=last,
            created_at=at,
            not_before=at,
            content=dump("alert", b.alert()),
        )
        assert await Outbox(tx, river.database.vault).add(delivery)


async def _says(river: River, text: str, *, chat: str = OWNER) -> str:
    reply = await river.asks(text, chat=chat)
    assert isinstance(reply, Reply)
    return "\n".join(words("en").say(line.key, **dict(line.fields)) for line in reply.lines)


async def test_an_owner_sees_what_was_sent_and_what_was_not(river: River) -> None:
    await _says(river, "start")
    await _writes(river, "sent-one", DeliveryState.SENT)
    await _writes(river, "parked-one", DeliveryState.PARKED, last="blocked")
    await _writes(river, "waiting-one", DeliveryState.READY)
    await _writes(river, "long-ago", DeliveryState.PARKED, days=5)

    answer = await _says(river, "deliveries")
    assert "1 sent" in answer
    assert "1 parked" in answer
    assert "parked-one" in answer
    assert "blocked" in answer
    assert "waiting-one" in answer
    assert "long-ago" not in answer
    assert "Bozdaliev" not in answer
    assert LENA.partition(":")[2] not in answer

    assert "long-ago" in await _says(river, "deliveries 6d")
    assert "For example" in await _says(river, "deliveries since the flood")


async def test_nobody_else_sees_the_ledger(river: River) -> None:
    await _says(river, "start")
    assert "Only those who run this bot" in await _says(river, "deliveries", chat=LENA)
