"""What those who run the bot see of deliveries in a chat: counts, what waits, what is parked; never to whom it goes."""

from datetime import timedelta

import pytest

from bot.request import Reply
from bot.slack import errors as slack_errors
from bot.telegram import errors as telegram_errors
from bot.words import LANGUAGES, words
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
    assert "the person has blocked the bot" in answer
    assert "waiting-one" in answer
    assert "long-ago" not in answer
    assert "Bozdaliev" not in answer
    assert LENA.partition(":")[2] not in answer

    assert "long-ago" in await _says(river, "deliveries 6d")
    assert "For example" in await _says(river, "deliveries since the flood")


@pytest.mark.parametrize(
    ("state", "last", "says"),
    [
        (DeliveryState.READY, None, "not tried yet"),
        (DeliveryState.READY, "asked", "asks us to wait"),
        (DeliveryState.READY, "plain.later", "not in reach"),
        (DeliveryState.READY, "plain", "as plain text"),
        (DeliveryState.READY, "wording", "waits for its wording"),
        (DeliveryState.SENDING, "unsure", "on its way"),
        (DeliveryState.PARKED, "unsure", "may have arrived"),
        (DeliveryState.PARKED, "doubt", "may have arrived"),
        (DeliveryState.PARKED, "unreadable", "a fault of ours"),
        (DeliveryState.PARKED, "invalid_blocks", "could not read it (invalid_blocks)"),
    ],
)
async def test_the_ledger_says_in_words_how_each_stands(
    river: River, state: DeliveryState, last: str | None, says: str
) -> None:
    await _says(river, "start")
    await _writes(river, "this-one", state, last=last)
    (entry,) = [said for said in (await _says(river, "deliveries 3d")).split("\n") if "this-one" in said]
    assert says in entry


@pytest.mark.parametrize("why", ["amended", "withdrawn", "caught_up"])
async def test_what_was_replaced_before_it_left_is_not_said_to_be_sent(river: River, why: str) -> None:
    await _says(river, "start")
    await _writes(river, "went", DeliveryState.SENT)
    await _writes(river, "never-left", DeliveryState.SENT, last=why)
    answer = await _says(river, "deliveries")
    assert "1 sent" in answer
    assert "Replaced by a newer message before they left: 1." in answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_which_a_chat_refuses_has_words(language: str) -> None:
    reasons = {why for _, why in telegram_errors._REFUSED} | {*slack_errors._REFUSED.values()} | {"forbidden", "moved"}
    assert [why for why in sorted(reasons) if f"last.{why}" not in words(language)] == []


async def test_nobody_else_sees_the_ledger(river: River) -> None:
    await _says(river, "start")
    assert "Only those who run this bot" in await _says(river, "deliveries", chat=LENA)
