"""The fake Bot API server refuses what Telegram refuses: else the tests that lean on it would prove nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_answers import slow
from tests.fakes.telegram_html import Entity, MarkupError, parse_html
from tests.fakes.telegram_shapes import Limits

_SHOWN = [
    ("plain", "Ілмі & co", "Ілмі & co", ()),
    ("escapes", "&lt;b&gt; &amp; &quot; &#39; &#x444; &nbsp;", "<b> & \" ' ф &nbsp;", ()),
    ("units", "🔴 <b>Ілмі</b>", "🔴 Ілмі", (Entity("bold", 3, 4),)),
    (
        "link",
        '<a href="https://a.example/?x=1&amp;y=2">A</a>',
        "A",
        (Entity("text_link", 0, 1, "https://a.example/?x=1&y=2"),),
    ),
    (
        "nested",
        "<blockquote><b>A</b><i>B</i></blockquote>",
        "AB",
        (Entity("blockquote", 0, 2), Entity("bold", 0, 1), Entity("italic", 1, 1)),
    ),
    ("short-end", "<b>A</>", "A", (Entity("bold", 0, 1),)),
    ("spoiler", '<span class="tg-spoiler">A</span>', "A", (Entity("spoiler", 0, 1),)),
]


@pytest.mark.parametrize(("raw", "shown", "entities"), [pytest.param(*row, id=name) for name, *row in _SHOWN])
def test_markup_is_shown_as_telegram_shows_it(raw: str, shown: str, entities: tuple[Entity, ...]) -> None:
    assert parse_html(raw) == (shown, entities)


_UNREADABLE = [
    ("unknown-tag", "a<br>b", 'start tag "br" at byte offset 1'),
    ("paragraph", "<p>a</p>", "Unsupported start tag"),
    ("never-closed", "<b>a", "Can't find end tag"),
    ("closed-twice", "a</b>", "Unexpected end tag"),
    ("crossed", "<b><i>a</b></i>", "Unmatched end tag"),
    ("bare-less-than", "1 < 2", "start tag"),
    ("unquoted", "<a href=x>a</a>", "start tag"),
    ("nested-quotation", "<blockquote><blockquote>a</blockquote></blockquote>", "Nested"),
    ("link-in-link", '<a href="x"><a href="y">a</a></a>', "inside"),
    ("span", "<span>a</span>", "tg-spoiler"),
    ("after-cyrillic", "Ї<br>", "byte offset 2"),
]


@pytest.mark.parametrize(("raw", "why"), [pytest.param(*row, id=name) for name, *row in _UNREADABLE])
def test_markup_that_telegram_refuses_is_refused(raw: str, why: str) -> None:
    with pytest.raises(MarkupError, match=why):
        parse_html(raw)


class Caller:
    """Calls the Bot API by hand."""

    def __init__(self, fake: FakeTelegram, session: ClientSession) -> None:
        self.fake = fake
        self._session = session

    async def __call__(self, method: str, /, *, token: str = TOKEN, **given: str) -> dict[str, Any]:
        async with self._session.post(f"{self.fake.api}{token}/{method}", data=given) as response:
            answer: dict[str, Any] = await response.json()
            assert answer["ok"] is (response.status == 200)
            return answer


@pytest.fixture
async def call() -> AsyncIterator[Caller]:
    async with FakeTelegram() as fake, ClientSession() as session:
        fake.opens(1001)
        yield Caller(fake, session)


_KEYBOARD = '{"inline_keyboard": [[%s]]}'
_REFUSED = [
    ("no-text", {}, "text is empty"),
    ("blank", {"text": " \n"}, "text is empty"),
    ("only-tags", {"text": "<b></b>", "parse_mode": "HTML"}, "text is empty"),
    ("too-long", {"text": "a" * 4097}, "too long"),
    ("too-long-in-units", {"text": "🔴" * 2049}, "too long"),
    ("too-many-bytes", {"text": f'<a href="{"a" * 33_000}">a</a>', "parse_mode": "HTML"}, "too long"),
    ("markup", {"text": "<p>", "parse_mode": "HTML"}, "can't parse entities"),
    ("mode", {"text": "a", "parse_mode": "RTF"}, "parse_mode"),
    ("another-chat", {"text": "a", "chat_id": "2002"}, "chat not found"),
    ("parameter", {"text": "a", "disable_web_page_preview": "true"}, "no parameter"),
    ("type", {"text": "a", "protect_content": "yes"}, "wrong type"),
    ("bool-for-number", {"text": "a", "message_thread_id": "true"}, "wrong type"),
    ("reply", {"text": "a", "reply_parameters": '{"message_id": 9}'}, "replied not found"),
    ("data", {"text": "a", "reply_markup": _KEYBOARD % f'{{"text": "a", "callback_data": "{"Ї" * 33}"}}'}, "DATA"),
    ("link", {"text": "a", "reply_markup": _KEYBOARD % '{"text": "a", "url": "file:///x"}'}, "URL"),
    ("no-press", {"text": "a", "reply_markup": _KEYBOARD % '{"text": "a"}'}, "unallowed"),
    ("no-words", {"text": "a", "reply_markup": _KEYBOARD % '{"text": "", "callback_data": "a"}'}, "non-empty"),
    (
        "wide",
        {"text": "a", "reply_markup": _KEYBOARD % ",".join(['{"text": "a", "callback_data": "a"}'] * 9)},
        "reply markup",
    ),
]


@pytest.mark.parametrize(("given", "why"), [pytest.param(*row, id=name) for name, *row in _REFUSED])
async def test_a_message_that_telegram_refuses_is_refused(call: Caller, given: dict[str, str], why: str) -> None:
    answer = await call("sendMessage", **{"chat_id": "1001", **given})

    assert answer["error_code"] == 400
    assert why in answer["description"]
    assert call.fake.shown == []


async def test_wrong_tokens_and_unknown_methods_are_refused(call: Caller) -> None:
    assert (await call("getMe", token="7000000001:other"))["error_code"] == 401
    assert (await call("getEverything"))["error_code"] == 404


async def test_updates_come_until_they_are_confirmed(call: Caller) -> None:
    first = await call.fake.types(1001, "one")
    second = await call.fake.types(1001, "two")

    for asked, there in [({}, [first, second]), ({"offset": str(second)}, [second]), ({}, [second])]:
        answer = await call("getUpdates", **asked)
        assert [each["update_id"] for each in answer["result"]] == there
    assert (await call("getUpdates", offset=str(second + 1)))["result"] == []


async def test_the_kinds_asked_for_stay_so(call: Caller) -> None:
    await call("getUpdates", allowed_updates='["my_chat_member"]')
    await call.fake.types(1001, "one")
    blocked = await call.fake.blocks(1001)

    assert [each["update_id"] for each in (await call("getUpdates"))["result"]] == [blocked]


async def test_a_second_poller_ends_the_first(call: Caller) -> None:
    first = asyncio.create_task(call("getUpdates", timeout="20"))
    await call.fake.until(lambda: len(call.fake.calls_of("getUpdates")) == 1)

    assert (await call("getUpdates"))["ok"]
    assert (await first)["error_code"] == 409


async def test_a_waiting_poll_returns_as_soon_as_someone_types(call: Caller) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout="20"))
    await call.fake.until(lambda: call.fake.calls_of("getUpdates"))
    typed = await call.fake.types(1001, "one")

    assert [each["update_id"] for each in (await poll)["result"]] == [typed]


async def test_polling_beside_a_webhook_is_a_conflict(call: Caller) -> None:
    call.fake.webhook = "https://elsewhere.example"

    assert (await call("getUpdates"))["error_code"] == 409


async def test_a_message_after_a_slow_answer_is_there_from_the_start(call: Caller) -> None:
    call.fake.answers(1001, slow(5))
    waiting = asyncio.create_task(call("sendMessage", chat_id="1001", text="a"))

    assert await call.fake.until(lambda: call.fake.messages_to(1001))
    waiting.cancel()


async def test_only_buttons_that_are_there_can_be_pressed(call: Caller) -> None:
    await call("sendMessage", chat_id="1001", text="a")

    with pytest.raises(AssertionError, match="no button"):
        await call.fake.presses(call.fake.shown[0], "Names")


async def test_a_button_is_answered_once(call: Caller) -> None:
    markup = _KEYBOARD % '{"text": "a", "callback_data": "a"}'
    await call("sendMessage", chat_id="1001", text="a", reply_markup=markup)
    await call.fake.presses(call.fake.shown[0], "a")
    query = (await call("getUpdates"))["result"][0]["callback_query"]["id"]

    assert (await call("answerCallbackQuery", callback_query_id=query))["ok"]
    assert "too old" in (await call("answerCallbackQuery", callback_query_id=query))["description"]


@pytest.mark.parametrize(
    ("chat_id", "limits", "taken"),
    [(1001, Limits(), 1), (-1001, Limits(), 20), (1001, Limits(a_second=3, a_second_to_a_chat=9), 3)],
    ids=["a-second-to-a-chat", "a-minute-to-a-group", "a-second-in-all"],
)
async def test_with_limits_what_comes_too_fast_must_wait(chat_id: int, limits: Limits, taken: int) -> None:
    async with FakeTelegram(limits=limits) as fake, ClientSession() as session:
        fake.opens(chat_id)
        call = Caller(fake, session)
        answers = [await call("sendMessage", chat_id=str(chat_id), text="a") for _ in range(taken + 1)]

    assert [answer["ok"] for answer in answers] == [True] * taken + [False]
    assert answers[-1]["error_code"] == 429
    assert answers[-1]["parameters"]["retry_after"] >= 1
    assert fake.refused_429 == 1


_MENUS = [
    ("capitals", '[{"command": "Who", "description": "x"}]', {}, "BOT_COMMAND_INVALID"),
    ("no-words", '[{"command": "who", "description": ""}]', {}, "DESCRIPTION"),
    ("language", '[{"command": "who", "description": "x"}]', {"language_code": "crh"}, "language_code"),
]


@pytest.mark.parametrize(("commands", "given", "why"), [pytest.param(*row, id=name) for name, *row in _MENUS])
async def test_a_menu_that_telegram_refuses_is_refused(
    call: Caller, commands: str, given: dict[str, str], why: str
) -> None:
    assert why in (await call("setMyCommands", commands=commands, **given))["description"]


async def test_what_is_known_of_a_chat_can_be_asked(call: Caller) -> None:
    call.fake.opens(-1001, admins=[42])

    assert (await call("getChat", chat_id="-1001"))["result"]["type"] == "supergroup"
    assert (await call("getChatAdministrators", chat_id="-1001"))["result"][0]["user"]["id"] == 42
    assert "private" in (await call("getChatAdministrators", chat_id="1001"))["description"]
