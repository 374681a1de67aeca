"""The channel against a Bot API server over HTTP: what it renders is taken, and every answer becomes its outcome."""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.error import InvalidToken

from bot.delivery.channel import Channel, Down, Moved, OurFault, Outcome, Refused, Sent, TryLater, Unsure
from bot.render.envelope import Envelope, Message
from bot.request import Button, Line, Reply
from bot.telegram.client import TelegramBot, make_bot
from bot.telegram.health import token_fault
from bot.telegram.send import TelegramChannel
from digests.model import Chat, LaneId
from tests.builders import NOW, alert, article, chat, digest, item, named, sentence
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_answers import Answer, broken, dropped, flood, refusal, slow
from tests.fakes.telegram_html import parse_html

_LANE = LaneId("telegram:1")
_HELLO = json.dumps({"text": "<b>Hello</b>", "parse_mode": "HTML"})
_RUDE = '<b>&amp; "quoted" \'x\' </blockquote><a href="javascript:1"> 🔴 ї İı'


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        server.opens(1001)
        yield server


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[TelegramBot]:
    made = make_bot(TOKEN, fake.api)
    yield made
    await made.shutdown()


@pytest.fixture
def channel(bot: TelegramBot) -> TelegramChannel:
    return TelegramChannel(bot, _LANE)


def _envelope(**given: Any) -> Envelope:
    return Envelope(**{"chat": chat(), "now": NOW, **given})


def _parts(channel: TelegramChannel, message: Message, **given: Any) -> list[dict[str, Any]]:
    return [json.loads(part) for part in channel.render(message, _envelope(**given))]


def _reply(text: str, *buttons: Button) -> Reply:
    return Reply(lines=(Line(key="quote", fields=(("text", text),)),), buttons=(buttons,) if buttons else ())


async def _send(channel: TelegramChannel, message: Message, to: Chat | None = None, **given: Any) -> list[Outcome]:
    envelope = _envelope(chat=to or chat(), **given)
    return [await channel.send(envelope.chat, part) for part in channel.render(message, envelope)]


def _long_digest(stories: int) -> Message:
    words = "Арслана Боздалієва етапували до північної колонії, повідомила його адвокатка у суботу. "
    items = []
    for number in range(stories):
        of = article(identity=f"https://steppe-post.example/{number}")
        items.append(
            item(names=(named(f"Арслан Боздалієв {number}"),), sentences=(sentence(words * 3 + str(number), of=of),))
        )
    return digest(*items, watched=stories)


# What it renders -------------------------------------------------------------------------------------------------


def test_it_is_a_channel(channel: TelegramChannel) -> None:
    as_channel: Channel = channel

    assert (as_channel.service, as_channel.lane) == ("telegram", _LANE)


async def test_an_alert_arrives_with_its_name_its_quotation_and_its_link(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    assert await _send(channel, alert()) == [Sent("1")]

    shown = fake.messages_to(1001)[0]
    assert shown.text.startswith("Arslan Bozdaliev")
    assert "was moved to another prison on Friday, his lawyer said." in shown.text
    assert any(link.startswith(article().url) for link in shown.links)
    assert shown.labels
    assert {"bold", "blockquote", "text_link"} <= {entity.type for entity in shown.entities}


async def test_link_previews_are_off(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await _send(channel, alert())

    assert fake.calls_of("sendMessage")[0]["link_preview_options"] == {"is_disabled": True}


def test_the_same_message_is_the_same_payload(channel: TelegramChannel) -> None:
    assert channel.render(digest(), _envelope()) == channel.render(digest(), _envelope())


def test_a_possible_repeat_says_so_first(channel: TelegramChannel) -> None:
    ordinary, repeated = _parts(channel, alert())[0], _parts(channel, alert(), possible_repeat=True)[0]

    assert repeated["text"].endswith(ordinary["text"])
    assert len(repeated["text"]) > len(ordinary["text"])


async def test_a_long_digest_goes_in_parts_that_telegram_takes_with_the_buttons_on_the_last(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    outcomes = await _send(channel, _long_digest(40))

    assert len(outcomes) > 1
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    shown = fake.messages_to(1001)
    assert all(len(message.entities) < 100 for message in shown)
    assert [bool(message.buttons) for message in shown] == [False] * (len(shown) - 1) + [True]
    text = "\n".join(message.text for message in shown)
    assert all(f"Арслан Боздалієв {number}" in text for number in range(40))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=9_000), label=st.text(min_size=1, max_size=80), plain=st.booleans())
def test_whatever_a_source_prints_is_shown_as_it_is_and_within_the_limits(
    channel: TelegramChannel, text: str, label: str, plain: bool
) -> None:
    told = alert(item=item(names=(named(label),), sentences=(sentence(f"A{text}"),)))
    for part in _parts(channel, told, plain=plain):
        shown, entities = (part["text"], ()) if plain else parse_html(part["text"])
        assert 0 < len(shown.encode("utf-16-le", "surrogatepass")) // 2 <= 4096
        assert len(entities) <= 95


async def test_markup_in_a_name_is_shown_as_its_letters(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await _send(channel, alert(item=item(names=(named(_RUDE),))))

    assert _RUDE in fake.messages_to(1001)[0].text


async def test_the_plain_try_has_no_markup_no_buttons_and_every_link(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    (payload,) = _parts(channel, alert(), plain=True)
    assert await _send(channel, alert(), plain=True) == [Sent("1")]

    assert set(payload) == {"text"}
    assert article().url in fake.messages_to(1001)[0].text
    assert fake.messages_to(1001)[0].entities == ()


async def test_an_answer_hangs_on_the_message_it_answers_or_goes_alone_when_that_is_gone(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    await _send(channel, alert())
    await _send(channel, alert(), reply_to="1")
    await _send(channel, alert(), reply_to="999")

    assert [message.reply_to for message in fake.messages_to(1001)] == [None, 1, None]


def test_only_the_first_part_is_an_answer(channel: TelegramChannel) -> None:
    parts = _parts(channel, _long_digest(40), reply_to="7")

    assert ["reply_to" in part for part in parts] == [True] + [False] * (len(parts) - 1)


async def test_a_protected_chat_gets_what_cannot_be_forwarded(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await _send(channel, alert(), chat(protect=True))
    await _send(channel, alert())

    assert [message.is_protected for message in fake.messages_to(1001)] == [True, False]


async def test_a_topic_gets_its_messages_there(fake: FakeTelegram, channel: TelegramChannel) -> None:
    fake.opens(-1001, topics=[7])

    assert await _send(channel, alert(), chat(key="telegram:-1001/7")) == [Sent("1")]
    assert await _send(channel, alert(), chat(key="telegram:-1001/8")) == [Refused("topic_gone")]
    assert [message.topic for message in fake.messages_to(-1001)] == [7]


async def test_buttons_telegram_would_refuse_are_left_out_and_the_message_goes(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    links = (
        Button(words="Site", is_text=True, url="https://steppe.example"),
        Button(words="File", is_text=True, url="file:///srv/drop/7.txt"),
        Button(words="Long", is_text=True, command="who", rest="Ї" * 40),
    )
    crowd = tuple(Button(words=str(n), is_text=True, command="who", rest=str(n)) for n in range(120))

    assert await _send(channel, replace(_reply("Hello."), buttons=(links, crowd))) == [Sent("1")]

    shown = fake.messages_to(1001)[0]
    assert shown.labels[:2] == ["Site", "0"]
    assert len(shown.labels) == 100
    assert max(len(row) for row in shown.buttons) == 8


@pytest.mark.parametrize("length", [1_900, 2_500, 5_000, 40_000])
@pytest.mark.parametrize("plain", [False, True], ids=["markup", "plain"])
async def test_an_address_of_any_length_is_taken_by_telegram(
    channel: TelegramChannel, length: int, *, plain: bool
) -> None:
    told = item(sentences=(sentence("He was moved.", of=article(url="https://outlet.example/" + "a" * length)),))
    for message in (alert(item=told), digest(told, told)):
        for part in channel.render(message, Envelope(chat=chat(), now=NOW, plain=plain)):
            assert isinstance(await channel.send(chat(), part), Sent)


# What it answers -------------------------------------------------------------------------------------------------

_TABLE: list[tuple[str, Answer, Outcome]] = [
    ("flood", flood(43_838), TryLater(timedelta(seconds=43_838))),
    ("server-with-json", broken(500), TryLater(None)),
    ("bad-gateway-with-json", broken(502), TryLater(None)),
    ("server-without-json", broken(502, with_json=False), Unsure("no_answer")),
    ("taken-without-json", broken(502, with_json=False, takes=True), Unsure("no_answer")),
    ("proxy-refuses", broken(403, with_json=False), TryLater(None)),
    ("dropped-before", dropped(takes=False), Unsure("line")),
    ("dropped-after", dropped(takes=True), Unsure("line")),
    ("yes-without-json", Answer(body="ok", takes=True), Unsure("no_answer")),
    ("yes-that-is-a-list", Answer(body="[]", takes=True), Unsure("no_answer")),
    ("yes-without-a-message", Answer(body='{"ok": true}', takes=True), Unsure("no_answer")),
    ("yes-with-half-a-body", Answer(body='{"ok": true, "result": {', takes=True), Unsure("no_answer")),
    ("yes-with-half-a-message", Answer(body='{"ok": true, "result": {"date": 1}}', takes=True), Unsure("no_answer")),
    ("blocked", refusal(403, "Forbidden: bot was blocked by the user"), Refused("blocked")),
    ("kicked", refusal(403, "Forbidden: bot was kicked from the supergroup chat"), Refused("kicked")),
    ("deactivated", refusal(403, "Forbidden: user is deactivated"), Refused("deactivated")),
    ("not-found", refusal(400, "Bad Request: chat not found"), Refused("chat_not_found")),
    ("topic-closed", refusal(400, "Bad Request: TOPIC_CLOSED"), Refused("topic_gone")),
    ("rights", refusal(400, "Bad Request: not enough rights to send text messages to the chat"), Refused("no_rights")),
    ("markup", refusal(400, "Bad Request: can't parse entities: Unsupported start tag"), OurFault("markup")),
    ("too-long", refusal(400, "Bad Request: message is too long"), OurFault("too_long")),
    ("migrated", refusal(400, "Bad Request: upgraded", migrate_to_chat_id=-10077), Moved("telegram:-10077")),
    ("migrated-in-words", refusal(400, "Bad Request: upgraded", migrate_to_chat_id="-10077"), Moved("telegram:-10077")),
    ("migrated-to-nowhere", refusal(400, "Bad Request: group chat was upgraded to a supergroup chat"), TryLater(None)),
    ("flood-in-parts", refusal(429, "Too Many Requests", retry_after=1.5), TryLater(timedelta(seconds=1.5))),
    ("flood-in-words", refusal(429, "Too Many Requests", retry_after="5"), TryLater(timedelta(seconds=5))),
    ("flood-said-only", refusal(429, "Too Many Requests: retry after 7"), TryLater(timedelta(seconds=7))),
    ("flood-without-number", refusal(429, "Too Many Requests", retry_after=None), TryLater(None)),
    ("flood-of-odd-things", refusal(429, "Too Many Requests", retry_after=[True]), TryLater(None)),
    ("flood-below-nothing", refusal(429, "Too Many Requests", retry_after=-3), TryLater(None)),
    ("flood-beyond-counting", refusal(429, "Too Many Requests", retry_after=10**30), TryLater(timedelta(days=30))),
    ("parameters-of-odd-kind", Answer(code=429, description="Too Many Requests", parameters="x"), TryLater(None)),
    ("slow-mode", refusal(400, "Bad Request: SLOWMODE_WAIT_30"), TryLater(timedelta(seconds=30))),
    ("no-with-status-of-yes", Answer(body='{"ok": false, "error_code": 403}'), Refused("forbidden")),
    ("no-without-any-word", Answer(body='{"ok": false}'), OurFault("bad_request")),
    ("description-of-odd-kind", Answer(code=403, body='{"ok": false, "description": 5}'), Refused("forbidden")),
    ("body-too-large-for-a-proxy", broken(413, with_json=False), OurFault("too_long")),
    ("unauthorized", refusal(401, "Unauthorized"), Down("token")),
    ("not-a-token", refusal(404, "Not Found"), Down("token")),
]


@pytest.mark.parametrize(("answer", "outcome"), [pytest.param(*row, id=name) for name, *row in _TABLE])
async def test_every_answer_becomes_its_outcome_and_nothing_is_tried_twice(
    fake: FakeTelegram, channel: TelegramChannel, answer: Answer, outcome: Outcome, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.answers(1001, answer)

    assert await channel.send(chat(), _HELLO) == outcome

    assert len(fake.calls_of("sendMessage")) == 1
    assert len(fake.shown) == answer.takes
    assert TOKEN not in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text
    assert "Hello" not in caplog.text


@pytest.mark.parametrize(("answer", "outcome"), [pytest.param(*row, id=name) for name, *row in _TABLE])
async def test_an_edit_answers_like_a_message(
    fake: FakeTelegram, channel: TelegramChannel, answer: Answer, outcome: Outcome
) -> None:
    await channel.send(chat(), _HELLO)
    fake.answers(1001, answer)

    assert await channel.edit(chat(), "1", json.dumps({"text": "Corrected"})) == outcome


async def test_a_yes_that_is_no_message_is_doubtful(fake: FakeTelegram, channel: TelegramChannel) -> None:
    fake.answers(1001, Answer(body='{"ok": true, "result": true}', takes=True))

    assert await channel.send(chat(), _HELLO) == Unsure("no_answer")


async def test_what_cannot_be_written_down_was_not_sent(channel: TelegramChannel) -> None:
    assert await channel.send(chat(), json.dumps({"text": "\ud800"})) == OurFault("markup")


async def test_an_answer_later_than_we_wait_is_doubtful(fake: FakeTelegram, bot: TelegramBot) -> None:
    impatient = make_bot(TOKEN, fake.api, read_seconds=0.05)
    fake.answers(1001, slow(0.5))

    assert await TelegramChannel(impatient, _LANE).send(chat(), _HELLO) == Unsure("timeout")

    assert len(fake.shown) == 1
    await impatient.shutdown()


async def test_a_server_that_is_not_there_took_nothing(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await fake.goes_away()
    assert await channel.send(chat(), _HELLO) == TryLater(None)

    await fake.comes_back()
    assert await channel.send(chat(), _HELLO) == Sent("1")


async def test_a_chat_that_never_wrote_and_one_that_blocked_us_refuse(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    await fake.blocks(1001)

    assert await channel.send(chat(key="telegram:2002"), _HELLO) == Refused("chat_not_found")
    assert await channel.send(chat(), _HELLO) == Refused("blocked")


async def test_a_group_that_became_a_supergroup_names_its_new_key(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await fake.migrates(-5, to=-10077)

    assert await channel.send(chat(key="telegram:-5"), _HELLO) == Moved("telegram:-10077")
    assert await channel.send(chat(key="telegram:-10077"), _HELLO) == Sent("2")


async def test_a_wrong_token_stops_the_lane_and_is_shown_nowhere(
    fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "7000000002:AAwrong-but-secret"
    bot = make_bot(wrong, fake.api)

    assert await TelegramChannel(bot, _LANE).send(chat(), _HELLO) == Down("token")
    with pytest.raises(InvalidToken, match="token") as refused:
        await bot.initialize()

    assert refused.value.__suppress_context__
    assert "AAwrong" not in f"{refused.value!r} {bot!r} {caplog.text}"
    await bot.shutdown()


async def test_doctor_is_told_what_is_wrong_with_a_token_without_seeing_it(fake: FakeTelegram) -> None:
    assert await token_fault(make_bot(TOKEN, fake.api)) is None

    refused = await token_fault(make_bot("7000000002:AAwrong-but-secret", fake.api))
    assert refused is not None
    assert "HABERDAR_TELEGRAM_TOKEN" in refused
    assert "AAwrong" not in refused

    await fake.goes_away()
    unreachable = await token_fault(make_bot(TOKEN, fake.api))
    assert unreachable is not None
    assert "reached" in unreachable


# What it edits ---------------------------------------------------------------------------------------------------


async def test_an_edit_replaces_the_message_and_keeps_its_receipt(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await channel.send(chat(), _HELLO)

    assert await channel.edit(chat(), "1", json.dumps({"text": "<i>Withdrawn</i>", "parse_mode": "HTML"})) == Sent("1")

    assert [(message.text, message.edits) for message in fake.messages_to(1001)] == [("Withdrawn", 1)]


async def test_an_edit_to_what_is_there_already_counts_as_sent(fake: FakeTelegram, channel: TelegramChannel) -> None:
    await channel.send(chat(), _HELLO)

    assert await channel.edit(chat(), "1", _HELLO) == Sent("1")


async def test_an_edit_of_a_message_that_is_gone_cannot_be_done(channel: TelegramChannel) -> None:
    assert await channel.edit(chat(), "999", _HELLO) == OurFault("no_edit")
