"""The channel against a Slack over HTTP: what it renders is taken, and every answer becomes its outcome."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.delivery.channel import Channel, Down, OurFault, Outcome, Refused, Sent, TryLater, Unsure
from bot.render.envelope import Envelope, Message
from bot.request import Button, Reply
from bot.slack.client import close_client, make_client
from bot.slack.health import token_fault
from bot.slack.send import SlackChannel, channel_of
from digests.model import Amendment, Chat, DeliveryId, LaneId
from tests.builders import NOW, alert, article, chat, digest, item, named, notice, sentence
from tests.fakes.slack import Answer, Breaks, Drops, Fails, FakeSlack, Limits, Takes
from tests.fakes.slack_rules import refuse_message

LANE = LaneId("slack:T1")
CHAT = chat(key="slack:T1/C1")
HELLO = json.dumps({"text": "Hello", "unfurl_links": False, "unfurl_media": False})
RUDE = "*<!channel>* | <@U1> & ```_~ <https://bad.example|here> ї İı 🔴"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as server:
        yield server


@pytest.fixture
async def channel(slack: FakeSlack) -> AsyncIterator[SlackChannel]:
    client = make_client(slack.bot_token, slack.api)
    yield SlackChannel(client, LANE)
    await close_client(client)


def envelope(**given: Any) -> Envelope:
    return Envelope(**{"chat": CHAT, "now": NOW, **given})


def parts(channel: SlackChannel, message: Message, **given: Any) -> list[dict[str, Any]]:
    return [json.loads(part) for part in channel.render(message, envelope(**given))]


async def send(channel: SlackChannel, message: Message, to: Chat = CHAT, **given: Any) -> list[Outcome]:
    rendered = channel.render(message, envelope(chat=to, **given))
    return [await channel.send(to, part) for part in rendered]


def long_digest(stories: int) -> Message:
    words = "Арслана Боздалієва етапували до північної колонії, повідомила його адвокатка у суботу. "
    items = []
    for number in range(stories):
        of = article(identity=f"https://steppe-post.example/{number}")
        said = sentence(words * 3 + str(number), of=of)
        items.append(item(names=(named(f"Арслан Боздалієв {number}"),), sentences=(said,)))
    return digest(*items, watched=stories)


# What it renders -----------------------------------------------------------------------------------------------------


async def test_it_is_a_channel(channel: SlackChannel) -> None:
    as_channel: Channel = channel

    assert (as_channel.service, as_channel.lane) == ("slack", LANE)


@pytest.mark.parametrize("message", [alert(), digest(item()), digest(), notice()], ids=lambda m: type(m).__name__)
async def test_what_it_renders_is_taken_and_shown(slack: FakeSlack, channel: SlackChannel, message: Message) -> None:
    [outcome] = await send(channel, message)
    [shown] = slack.messages_to("C1")

    assert outcome == Sent(shown.ts)
    assert shown.text.strip()
    assert shown.controls == []


async def test_an_alert_opens_with_the_name_and_holds_the_sentence_as_printed(
    slack: FakeSlack, channel: SlackChannel
) -> None:
    await send(channel, alert())
    [shown] = slack.messages_to("C1")

    assert shown.text.startswith("Arslan Bozdaliev")
    assert shown.blocks[0]["type"] == "header"
    assert "Arslan Bozdaliev was moved to another prison on Friday, his lawyer said." in shown.read
    assert "<https://steppe-post.example/1" in shown.shown


@pytest.mark.parametrize("plain", [False, True], ids=["blocks", "plain"])
async def test_no_way_of_sending_lets_slack_fetch_a_link(slack: FakeSlack, channel: SlackChannel, plain: bool) -> None:
    for message in (alert(), digest(item()), notice()):
        await send(channel, message, plain=plain)
    [first, *_] = channel.render(alert(), envelope(plain=plain))
    await channel.edit(CHAT, slack.messages[0].ts, first)

    bodies = slack.called("chat.postMessage") + slack.called("chat.update")
    assert {(body["unfurl_links"], body["unfurl_media"]) for body in bodies} == {(False, False)}


async def test_words_from_outside_call_nobody_and_make_no_markup(slack: FakeSlack, channel: SlackChannel) -> None:
    rude = sentence(RUDE, of=article(outlet="Post | <!here>", url="https://steppe-post.example/?a=1&b=2"))
    told = item(names=(named("Arslan <@U2> & Bozdaliev"),), sentences=(rude,))
    for message in (alert(item=told), digest(told)):
        for plain in (False, True):
            await send(channel, message, plain=plain)

    assert all(shown.controls == [] for shown in slack.messages)
    assert all("<!" not in text and "<@" not in text for text in (shown.shown for shown in slack.messages))


@pytest.mark.parametrize("length", [1_900, 2_500, 5_000, 40_000])
@pytest.mark.parametrize("plain", [False, True], ids=["blocks", "plain"])
async def test_an_address_of_any_length_is_taken_by_slack(
    slack: FakeSlack, channel: SlackChannel, length: int, *, plain: bool
) -> None:
    told = item(sentences=(sentence("He was moved.", of=article(url="https://outlet.example/" + "a" * length)),))
    link = Button(words="Site", is_text=True, url="https://outlet.example/" + "b" * length)
    for message in (alert(item=told), digest(told, told), Reply.words("start.hello", link)):
        outcomes = await send(channel, message, plain=plain)
        assert all(isinstance(outcome, Sent) for outcome in outcomes)

    assert slack.messages[0].shown.count("He was moved.") == 1


async def test_a_reply_has_buttons_that_carry_what_they_ask(slack: FakeSlack, channel: SlackChannel) -> None:
    ask = Button(words="Watch", command="watch", rest="Halyna Vitrolom", is_text=True)
    await send(channel, Reply.words("start.hello", ask))
    [shown] = slack.messages_to("C1")

    assert [(button["text"]["text"], button["value"]) for button in shown.buttons] == [
        ("Watch", "watch Halyna Vitrolom")
    ]


async def test_a_long_digest_goes_in_parts_that_slack_takes_and_loses_no_story(
    slack: FakeSlack, channel: SlackChannel
) -> None:
    outcomes = await send(channel, long_digest(40))

    assert len(outcomes) > 1
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    whole = "\n".join(shown.read for shown in slack.messages_to("C1"))
    assert all(f"у суботу. {number}" in whole for number in range(40))
    assert [bool(shown.buttons) for shown in slack.messages][:-1] == [False] * (len(outcomes) - 1)


async def test_plain_text_has_neither_blocks_nor_thread_and_goes_in_parts_too(
    slack: FakeSlack, channel: SlackChannel
) -> None:
    rendered = parts(channel, long_digest(40), plain=True, reply_to="17.1")
    await send(channel, long_digest(40), plain=True, reply_to="17.1")

    assert len(slack.messages) == len(rendered) > 1
    assert all(set(part) == {"text", "mrkdwn", "unfurl_links", "unfurl_media"} for part in rendered)
    assert all(len(part["text"]) <= 3900 for part in rendered)


async def test_an_alert_that_follows_another_stands_in_its_thread_and_in_the_channel(
    slack: FakeSlack, channel: SlackChannel
) -> None:
    [first] = await send(channel, alert())
    assert isinstance(first, Sent)
    await send(channel, alert(slot="alert-2"), reply_to=first.receipt)

    body = slack.messages[1].body
    assert (body["thread_ts"], body["reply_broadcast"]) == (first.receipt, True)


async def test_a_possible_repeat_says_so_first(slack: FakeSlack, channel: SlackChannel) -> None:
    await send(channel, alert(), possible_repeat=True)

    assert slack.messages[0].read.startswith("Possible repeat")


async def test_each_part_has_a_name_of_its_own_that_stays_the_same_when_it_is_sent_again(
    channel: SlackChannel,
) -> None:
    first, again = parts(channel, long_digest(40)), parts(channel, long_digest(40), possible_repeat=True)
    names = [part["metadata"]["event_payload"] for part in first]

    assert len({(name["key"], name["part"]) for name in names}) == len(names)
    assert {name["key"] for name in names} == {part["metadata"]["event_payload"]["key"] for part in again}
    messages: list[Message] = [alert(), alert(slot="alert-2"), notice(), Reply.words("start.hello"), _amendment()]
    assert len({parts(channel, message)[0]["metadata"]["event_payload"]["key"] for message in messages}) == 5


def test_the_same_message_renders_to_the_same_bytes() -> None:
    channel = SlackChannel(None, LANE)  # type: ignore[arg-type]  # rendering asks nobody

    assert channel.render(long_digest(40), envelope()) == channel.render(long_digest(40), envelope())


_TEXTS = st.text(min_size=1, max_size=400).filter(lambda text: text.strip())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(_TEXTS, min_size=1, max_size=25), st.booleans())
def test_whatever_articles_say_slack_takes_it(texts: list[str], plain: bool) -> None:
    told = [item(names=(named(text[:80]),), sentences=(sentence(text),)) for text in texts]
    channel = SlackChannel(None, LANE)  # type: ignore[arg-type]  # rendering asks nobody

    for message in (alert(item=told[0]), digest(*told, watched=len(told))):
        for part in parts(channel, message, plain=plain):
            assert refuse_message("chat.postMessage", part | {"channel": "C1"}) is None


# What becomes of a try -----------------------------------------------------------------------------------------------

OUTCOMES: list[tuple[str, Answer, Outcome, int]] = [
    ("429 with Retry-After", Limits(43838), TryLater(timedelta(seconds=43838)), 0),
    ("429 without", Limits(None), TryLater(), 0),
    ("5xx with a body", Fails("service_unavailable", 503), TryLater(), 0),
    ("archived", Fails("is_archived"), Refused("archived"), 0),
    ("no such channel", Fails("channel_not_found"), Refused("chat_not_found"), 0),
    ("not in the channel", Fails("not_in_channel"), Refused("not_member"), 0),
    ("not allowed", Fails("restricted_action"), Refused("no_rights"), 0),
    ("blocks not read", Fails("invalid_blocks"), OurFault("invalid_blocks"), 0),
    ("too long", Fails("msg_too_long"), OurFault("msg_too_long"), 0),
    ("blocks too long", Fails("msg_blocks_too_long"), OurFault("msg_blocks_too_long"), 0),
    ("a code of tomorrow", Fails("not_on_tuesdays"), OurFault("not_on_tuesdays"), 0),
    ("bad token", Fails("invalid_auth"), Down("invalid_auth"), 0),
    ("account gone", Fails("account_inactive"), Down("account_inactive"), 0),
    ("token revoked", Fails("token_revoked"), Down("token_revoked"), 0),
    ("token expired", Fails("token_expired"), Down("token_expired"), 0),
    ("scope missing", Fails("missing_scope"), Down("missing_scope"), 0),
    ("dropped before it was taken", Drops(takes=False), Unsure("dropped"), 0),
    ("dropped after it was taken", Drops(), Unsure("dropped"), 1),
    ("5xx without JSON", Breaks(502), Unsure("no_json"), 0),
    ("5xx with broken JSON", Breaks(500, '{"ok": fal', "application/json"), Unsure("no_json"), 0),
    ("5xx with an empty body", Breaks(503, ""), Unsure("no_json"), 0),
    ("5xx in plain text", Breaks(503, "busy", "text/plain"), Unsure("no_json"), 0),
    ("200 in plain text", Breaks(200, "busy", "text/plain"), Unsure("no_json"), 0),
    ("200 with a list", Breaks(200, "[1]", "application/json"), Unsure("no_json"), 0),
    ("200 with a no and no code", Breaks(200, '{"ok": false}', "application/json"), OurFault("unknown_error"), 0),
    ("200 without a ts", Breaks(200, '{"ok": true}', "application/json"), Unsure("no_ts"), 0),
    ("a Slack that may have done it", Fails("internal_error", 500), Unsure("internal_error"), 0),
]


@pytest.mark.parametrize(
    ("answer", "outcome", "shown"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES]
)
async def test_every_answer_is_an_outcome_and_nothing_is_sent_twice(
    slack: FakeSlack, channel: SlackChannel, answer: Answer, outcome: Outcome, shown: int
) -> None:
    slack.answers("C1", answer)

    assert await channel.send(CHAT, HELLO) == outcome
    assert len(slack.called("chat.postMessage")) == 1
    assert len(slack.messages) == shown


async def test_a_channel_slack_does_not_know_is_refused(channel: SlackChannel) -> None:
    assert await channel.send(chat(key="slack:T1/C404"), HELLO) == Refused("chat_not_found")


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_token_that_is_not_accepted_any_more_stops_the_lane(
    slack: FakeSlack, channel: SlackChannel, code: str
) -> None:
    slack.token_error = code

    assert await channel.send(CHAT, HELLO) == Down(code)


async def test_a_refused_connection_was_not_sent(channel: SlackChannel) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        client = make_client("xoxb-1", f"http://127.0.0.1:{closed.getsockname()[1]}/api/")
        outcome = await SlackChannel(client, LANE).send(CHAT, HELLO)
        await close_client(client)

    assert outcome == TryLater()


async def test_a_host_without_an_address_was_not_sent_to() -> None:
    client = make_client("xoxb-1", "http://slack.invalid/api/")
    outcome = await SlackChannel(client, LANE).send(CHAT, HELLO)
    await close_client(client)

    assert outcome == TryLater()


async def test_a_connection_that_does_not_come_about_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf, ExitStack() as crowd:
        for _ in range(4):  # its queue is full: whoever comes now hears nothing, as behind a dead line
            waiting = crowd.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        patience = aiohttp.ClientTimeout(total=30, sock_connect=0.3)
        outcome = await _send_within(patience, f"http://127.0.0.1:{deaf.getsockname()[1]}/api/")

    assert outcome == TryLater()


async def test_an_answer_that_does_not_come_is_in_doubt_and_may_be_shown(slack: FakeSlack) -> None:
    slack.answers("C1", Takes(after=30))
    outcome = await _send_within(aiohttp.ClientTimeout(total=0.3), slack.api)

    assert outcome == Unsure("timeout")
    assert len(slack.messages_to("C1")) == 1


async def test_a_send_that_is_cancelled_is_no_outcome(slack: FakeSlack, channel: SlackChannel) -> None:
    slack.answers("C1", Takes(after=30))
    sending = asyncio.create_task(channel.send(CHAT, HELLO))
    await slack.until(lambda: len(slack.messages) == 1)
    sending.cancel()

    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_one_message_a_second_and_channel_is_what_slack_takes(channel: SlackChannel, slack: FakeSlack) -> None:
    slack.paced = True
    outcomes = [await channel.send(CHAT, HELLO), await channel.send(CHAT, HELLO)]
    other = await channel.send(chat(key="slack:T1/C2"), HELLO)

    assert [type(outcome) for outcome in (*outcomes, other)] == [Sent, TryLater, Sent]


@pytest.mark.parametrize(
    ("code", "told"), [(None, None), ("token_revoked", "HABERDAR_SLACK_BOT_TOKEN"), ("fatal_error", "network")]
)
async def test_whether_a_token_is_accepted_is_said_in_words(
    slack: FakeSlack, code: str | None, told: str | None
) -> None:
    slack.token_error = code
    client = make_client(slack.bot_token, slack.api)
    fault = await token_fault(client)
    await close_client(client)

    assert (fault is None) if told is None else (fault is not None and told in fault)


# Edits ---------------------------------------------------------------------------------------------------------------


async def test_an_edit_takes_the_place_of_what_was_sent(slack: FakeSlack, channel: SlackChannel) -> None:
    [sent] = await send(channel, alert())
    assert isinstance(sent, Sent)
    [part] = channel.render(_amendment(), envelope(reply_to=sent.receipt))

    assert await channel.edit(CHAT, sent.receipt, part) == Sent(sent.receipt)
    [shown] = slack.messages_to("C1")
    assert len(shown.edits) == 1
    assert shown.read.startswith("Withdrawn")


async def test_an_edit_in_plain_text_leaves_no_old_blocks(slack: FakeSlack, channel: SlackChannel) -> None:
    [sent] = await send(channel, alert())
    assert isinstance(sent, Sent)
    await channel.edit(CHAT, sent.receipt, HELLO)

    assert slack.messages[0].blocks == []


EDITS: list[tuple[str, Answer, Outcome]] = [
    ("gone", Fails("message_not_found"), OurFault("no_edit")),
    ("not ours", Fails("cant_update_message"), OurFault("no_edit")),
    ("too late", Fails("edit_window_closed"), OurFault("no_edit")),
    ("archived", Fails("is_archived"), Refused("archived")),
    ("too many", Limits(3), TryLater(timedelta(seconds=3))),
    ("dropped, and twice is the same as once", Drops(), TryLater()),
    ("no JSON", Breaks(502), TryLater()),
    ("bad token", Fails("token_expired"), Down("token_expired")),
]


@pytest.mark.parametrize(("answer", "outcome"), [row[1:] for row in EDITS], ids=[row[0] for row in EDITS])
async def test_every_answer_to_an_edit_is_an_outcome(
    slack: FakeSlack, channel: SlackChannel, answer: Answer, outcome: Outcome
) -> None:
    sent = await channel.send(CHAT, HELLO)
    assert isinstance(sent, Sent)
    slack.answers("C1", answer)

    assert await channel.edit(CHAT, sent.receipt, HELLO) == outcome


# What nobody may read ------------------------------------------------------------------------------------------------


async def test_no_log_line_holds_a_text_a_name_or_the_token(
    slack: FakeSlack, channel: SlackChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    slack.answers("C1", Breaks(500, '{"ok": fal Bozdaliev', "application/json"), Fails("is_archived"))
    for _ in range(3):
        await send(channel, alert())

    assert "slack.not_sent" in caplog.text
    for secret in ("Bozdaliev", slack.bot_token, "moved to another prison"):
        assert secret not in caplog.text


@pytest.mark.parametrize("key", ["telegram:1", "slack:T1", "slack:/C1", "C1"])
def test_a_chat_of_another_service_is_a_bug(key: str) -> None:
    with pytest.raises(ValueError, match="slack:TEAM/CHANNEL"):
        channel_of(key)


async def _send_within(patience: aiohttp.ClientTimeout, api: str) -> Outcome:
    client = make_client(FakeSlack.bot_token, api)
    await close_client(client)
    client.session = aiohttp.ClientSession(timeout=patience)
    outcome = await SlackChannel(client, LANE).send(CHAT, HELLO)
    await close_client(client)
    return outcome


def _amendment() -> Amendment:
    return Amendment(of=DeliveryId("d1"), at=NOW, old=replace(item()), new=None)
