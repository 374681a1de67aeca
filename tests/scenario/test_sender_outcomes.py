"""Every answer of a service, as the sender settles it, and what a person is told of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery.channel import Down, Moved, OurFault, Refused, TryLater, Unsure
from bot.delivery.courier import MESSAGE_TYPES
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.request import Reply
from digests.model import (
    ChatState,
    Notice,
)
from digests.store.chats import Chats
from digests.store.content import load
from digests.store.outbox import Outbox
from tests import builders
from tests.fakes.channel import LANE
from tests.post import PARKED, READY, SENT, VAULT, Post, seconds, two_items


async def test_one_that_is_refused_for_now_goes_out_when_the_wait_is_over(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    post.channel.answers(TryLater(seconds(5)))

    again = await post.sender.drain()
    assert again == post.clock.now() + seconds(5)
    await post.passes(seconds(4))
    assert post.channel.shown == []

    await post.clock.advance(seconds(1))
    await post.sender.drain()
    assert len(post.channel.shown) == 1
    assert (await post.now(alert)).attempts == 2


async def test_a_flood_wait_of_one_chat_delays_no_other_and_outlives_a_restart(post: Post) -> None:
    flooded, other = await post.chat("telegram:1"), await post.chat("telegram:2")
    first = await post.write(flooded, builders.alert())
    post.channel.answers(TryLater(seconds(43_838)))
    await post.sender.drain()

    await post.write(flooded, Reply.words("help.intro"))
    await post.write(flooded, builders.notice())
    await post.write(other, builders.notice())
    await post.passes(seconds(3))
    assert [shown.chat for shown in post.channel.shown] == ["telegram:2"]

    post.restart()
    await post.passes(seconds(3))
    assert len(post.channel.shown) == 1, "what the service asked for is kept in the database"

    await post.clock.advance(seconds(43_838))
    post.restart()
    await post.passes(seconds(4))
    assert [shown.text for shown in post.channel.shown][1:] == [
        "[held 12:32 service] help.intro",
        "[held 12:32 service] Arslan Bozdaliev was moved to another prison on Friday, his lawyer said.",
        "[held 12:32 service] notice.hello",
    ]
    assert (await post.now(first)).state is SENT


async def test_a_flood_wait_found_by_one_kind_holds_every_other_of_its_chat_after_a_restart(post: Post) -> None:
    flooded, other = await post.chat("telegram:1"), await post.chat("telegram:2")
    await post.write(flooded, two_items())
    post.channel.answers(TryLater(seconds(43_838)))
    await post.sender.drain()

    post.restart()
    for message in (builders.alert(), Reply.words("help.intro")):
        await post.write(flooded, message)
        await post.write(other, message)
    await post.passes(seconds(9))
    assert {shown.chat for shown in post.channel.shown} == {"telegram:2"}

    await post.clock.advance(seconds(43_838))
    post.restart()
    await post.passes(seconds(9))
    assert sum(shown.chat == "telegram:1" for shown in post.channel.shown) == 4


async def test_a_group_that_moves_during_a_flood_wait_is_told_at_its_new_address_when_that_is_over(post: Post) -> None:
    group = await post.chat("telegram:-1", is_group=True)
    await post.write(group, builders.alert())
    post.channel.answers(TryLater(seconds(3_600)))
    await post.sender.drain()
    async with post.database.write() as tx:
        assert await Chats(tx, VAULT).move(group.id, "telegram:-1002")
    await post.write(group, builders.notice())

    await post.passes(seconds(9))
    assert post.channel.shown == []
    await post.clock.advance(seconds(3_600))
    await post.passes(seconds(5))
    assert [shown.chat for shown in post.channel.shown] == ["telegram:-1002"] * 2


async def test_a_token_refused_while_a_part_is_in_doubt_leaves_the_doubt(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    post.channel.answers(Unsure("timeout"), Down("token"))
    await post.passes(seconds(9))
    waiting = await post.now(alert)
    assert (waiting.state, waiting.doubt) == (READY, 1)

    post.restart()
    await post.passes(seconds(9))
    assert [text.startswith("[repeat?]") for text in post.channel.texts] == [True]
    assert (await post.now(alert)).state is SENT


async def test_a_moved_chat_is_told_at_its_new_address(post: Post) -> None:
    chat = await post.chat("telegram:-1", is_group=True)
    await post.write(chat, builders.alert())
    post.channel.answers(Moved("telegram:-1002"))

    await post.passes(seconds(3))

    assert [shown.chat for shown in post.channel.shown] == ["telegram:-1002"]
    async with post.database.read() as tx:
        assert (await Chats(tx, VAULT).get(chat.id)) == replace(chat, key="telegram:-1002")


async def test_a_chat_that_moved_to_where_another_lives_is_suspended(post: Post) -> None:
    chat = await post.chat("telegram:-1", is_group=True)
    await post.chat("telegram:-1002", is_group=True)
    alert = await post.write(chat, builders.alert())
    post.channel.answers(Moved("telegram:-1002"))

    await post.passes(seconds(3))

    async with post.database.read() as tx:
        there = await Chats(tx, VAULT).get(chat.id)
    assert there is not None
    assert (there.state, there.reason) == (ChatState.SUSPENDED, "moved")
    assert (await post.now(alert)).state is READY


async def test_a_refusal_parks_the_delivery_suspends_the_chat_and_keeps_the_rest(post: Post) -> None:
    chat = await post.chat()
    first = await post.write(chat, builders.alert())
    second = await post.write(chat, builders.notice())
    post.channel.answers(Refused("blocked"))

    assert await post.sender.drain() is None

    assert ((await post.now(first)).state, (await post.now(first)).last) == (PARKED, "blocked")
    assert (await post.now(second)).state is READY
    async with post.database.read() as tx:
        there = await Chats(tx, VAULT).get(chat.id)
    assert there is not None
    assert (there.state, there.reason) == (ChatState.SUSPENDED, "blocked")


async def test_markup_that_is_not_taken_goes_as_plain_text_and_then_to_a_person(post: Post) -> None:
    chat = await post.chat()
    good = await post.write(chat, builders.notice())
    post.channel.answers(OurFault("markup"))
    await post.passes(seconds(3))
    assert post.channel.texts == ["[plain] notice.hello"]
    assert (await post.now(good)).state is SENT

    bad = await post.write(chat, builders.notice())
    post.channel.answers(OurFault("markup"), OurFault("markup"))
    await post.passes(seconds(3))
    assert ((await post.now(bad)).state, (await post.now(bad)).last) == (PARKED, "markup")


async def test_a_refused_token_stops_the_lane_and_a_new_start_tries_it_again(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    post.channel.answers(Down("token"), Down("token"))

    again = await post.sender.drain()
    assert again is not None
    assert again - post.clock.now() == timedelta(minutes=10)
    async with post.database.read() as tx:
        assert (await Outbox(tx, VAULT).lane_state(LANE))[1] == "token"
    assert (await post.now(alert)).state is READY

    await post.passes(seconds(60))
    assert len(post.channel.asked) == 1
    await post.clock.advance(timedelta(minutes=9))
    await post.sender.drain()
    assert len(post.channel.asked) == 2, "the token is tried every ten minutes"

    post.restart()
    await post.sender.drain()
    assert (await post.now(alert)).state is SENT
    async with post.database.read() as tx:
        assert await Outbox(tx, VAULT).lane_state(LANE) == (None, None)


async def test_a_doubtful_send_is_repeated_once_marked_and_then_parked(post: Post) -> None:
    alert = await post.write(await post.chat(), builders.alert())
    post.channel.answers(Unsure("timeout"), Unsure("timeout"), arrives=True)

    await post.passes(seconds(60))

    assert [shown.text[:12] for shown in post.channel.shown] == ["Arslan Bozda", "[repeat?] Ar"]
    parked = await post.now(alert)
    assert (parked.state, parked.doubt, parked.last) == (PARKED, 2, "unsure")


async def test_only_the_part_in_doubt_is_repeated(post: Post) -> None:
    digest = await post.write(await post.chat(), two_items())
    await post.passes(seconds(0))
    post.channel.answers(Unsure("timeout"), arrives=True)
    await post.passes(seconds(10))

    assert [shown.text for shown in post.channel.shown] == ["One.", "Two.", "[repeat?] Two."]
    assert [part.receipt for part in (await post.now(digest)).parts] == ["1", "3"]


async def test_a_part_that_must_wait_stays_as_it_was_cut(post: Post) -> None:
    chat = await post.chat()
    digest = await post.write(chat, two_items())
    await post.passes(seconds(0))
    post.channel.answers(TryLater(seconds(1_000)))
    await post.passes(seconds(1_000))
    await post.passes(seconds(3))
    assert post.channel.texts == ["One.", "Two."]
    assert (await post.now(digest)).attempts == 3


async def test_when_a_service_is_in_reach_again_all_goes_within_two_minutes(post: Post) -> None:
    for number in range(4):
        await post.write(await post.chat(f"telegram:{number}"), builders.alert())
    post.channel.answers(*[TryLater()] * 100)
    await post.passes(timedelta(minutes=20))
    assert post.channel.shown == []
    assert len(post.channel.asked) < 60, "a service out of reach is tried seldom"

    post.channel._answers.clear()
    await post.passes(seconds(120))
    assert len(post.channel.shown) == 4


async def _heard_by_owners(post: Post) -> list[tuple[str, str]]:
    async with post.database.read() as tx:
        written = await Outbox(tx, VAULT).ledger(post.clock.now() - timedelta(days=1))
        found = [(await Chats(tx, VAULT).get(d.chat), load(d.content, MESSAGE_TYPES)) for d in written]
    return sorted((chat.key, said.key) for chat, said in found if chat is not None and isinstance(said, Notice))


def _with_owners(post: Post) -> None:
    post.sender = Sender(
        database=post.database,
        channel=post.channel,
        clock=post.clock,
        pace=Pace(),
        owner="with owners",
        is_alone=True,
        owners=("telegram:77", "slack:T1/U2"),
    )


@pytest.mark.parametrize(("wait", "is_told"), [(29 * 60, False), (43_838, True)])
async def test_owners_are_told_once_of_a_chat_that_must_be_left_alone_for_long(
    post: Post, wait: int, *, is_told: bool
) -> None:
    _with_owners(post)
    chat = await post.chat()
    for _ in range(3):
        await post.write(chat, builders.alert())
    post.channel.answers(TryLater(seconds(wait)))
    await post.passes(seconds(20))
    told = [("slack:T1/U2", "notice.chat_flood"), ("telegram:77", "notice.chat_flood")]
    assert await _heard_by_owners(post) == (told if is_told else [])


async def test_owners_are_told_elsewhere_of_a_token_that_must_rest_for_long(post: Post) -> None:
    _with_owners(post)
    for number in range(3):
        await post.write(await post.chat(f"telegram:{number}"), builders.alert())
    post.channel.answers(*[TryLater(seconds(43_838))] * 3)
    await post.passes(seconds(9))
    assert ("slack:T1/U2", "notice.lane_flood") in await _heard_by_owners(post)
    assert ("telegram:77", "notice.lane_flood") not in await _heard_by_owners(post)


async def test_owners_are_told_once_of_a_chat_that_is_lost_and_elsewhere_of_a_token_that_is_refused(post: Post) -> None:
    _with_owners(post)
    chat = await post.chat()
    await post.write(chat, builders.alert())
    post.channel.answers(Refused("blocked"))
    await post.passes(seconds(3))
    await post.write(chat, Reply.words("help.intro"))  # an answer is tried in a suspended chat too
    post.channel.answers(Refused("blocked"))
    await post.passes(seconds(3))
    lost = [("slack:T1/U2", "notice.chat_lost"), ("telegram:77", "notice.chat_lost")]
    assert await _heard_by_owners(post) == lost

    await post.write(await post.chat("telegram:5"), builders.alert())
    post.channel.answers(Down("token"), Down("token"))
    await post.passes(timedelta(minutes=11))
    assert await _heard_by_owners(post) == sorted([*lost, ("slack:T1/U2", "notice.lane_down")])
