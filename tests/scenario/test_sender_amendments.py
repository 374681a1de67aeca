"""Replies and amendments: what hangs on an earlier message, and what replaces one."""

from datetime import datetime

from bot.delivery.channel import OurFault, Unsure
from digests.model import (
    Amendment,
    Delivery,
)
from tests import builders
from tests.post import SENT, Post, seconds, two_items


def amendment(of: Delivery, now: datetime, *, as_reply: bool = False) -> Amendment:
    old, new = builders.item(), builders.item(sentences=(builders.sentence("He is back."),))
    return Amendment(of=of.id, at=now, old=old, new=new, as_reply=as_reply)


AMENDED = "was Arslan Bozdaliev was moved to another prison on Friday, his lawyer said. now He is back."


async def test_a_follow_up_replies_to_the_first_message_of_its_story(post: Post) -> None:
    chat = await post.chat()
    first = await post.write(chat, builders.alert())
    await post.write(chat, builders.alert(reply_to=first.id), reply_to=first.id)
    await post.passes(seconds(3))
    assert [shown.text[:9] for shown in post.channel.shown] == ["Arslan Bo", "[re 1] Ar"]


async def test_an_amendment_replaces_the_alert_it_amends(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    amending = await post.write(chat, amendment(alert, post.clock.now()))
    await post.passes(seconds(3))
    assert post.channel.texts == [AMENDED]
    assert [part.receipt for part in (await post.now(amending)).parts] == ["1"]


async def test_an_amendment_of_a_status_replaces_and_replies(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    await post.write(chat, amendment(alert, post.clock.now(), as_reply=True))
    await post.passes(seconds(4))
    assert post.channel.texts == [AMENDED, f"[re 1] {AMENDED}"]


async def test_an_amendment_that_cannot_edit_is_a_reply(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    await post.passes(seconds(2))
    post.channel.answers(OurFault("no_edit"))
    await post.write(chat, amendment(alert, post.clock.now()))
    await post.passes(seconds(4))
    assert [shown.text for shown in post.channel.shown][1:] == [f"[re 1] {AMENDED}"]


async def test_an_edit_in_doubt_is_done_again_without_a_mark(post: Post) -> None:
    chat = await post.chat()
    alert = await post.write(chat, builders.alert())
    await post.passes(seconds(2))
    amending = await post.write(chat, amendment(alert, post.clock.now()))
    post.channel.answers(Unsure("timeout"), arrives=True)
    await post.passes(seconds(9))
    assert post.channel.texts == [AMENDED]
    assert ((await post.now(amending)).state, (await post.now(amending)).doubt) == (SENT, 0)


async def test_an_amendment_of_a_digest_answers_it_and_leaves_the_rest_of_it(post: Post) -> None:
    chat = await post.chat()
    digest = await post.write(chat, two_items())
    await post.passes(seconds(3))
    await post.write(chat, amendment(digest, post.clock.now()))
    await post.passes(seconds(3))
    assert post.channel.texts == ["One.", "Two.", f"[re 1] {AMENDED}"]


async def test_an_amendment_waits_for_what_it_amends(post: Post) -> None:
    chat = await post.chat()
    alert = (
        await post.write(chat, builders.alert(), not_before=None)
        if False
        else await post.write(chat, two_items("First.", "Second."))
    )
    await post.write(chat, amendment(alert, post.clock.now()))
    await post.passes(seconds(60))
    assert post.channel.texts == ["First.", "Second.", f"[re 1] {AMENDED}"]


async def test_a_reply_to_what_another_chat_was_told_is_no_reply(post: Post) -> None:
    first = await post.write(await post.chat("telegram:1"), builders.alert())
    await post.write(await post.chat("telegram:2"), builders.notice(), reply_to=first.id)
    await post.passes(seconds(2))
    assert post.channel.texts[1] == "notice.hello"
