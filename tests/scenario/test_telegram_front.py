"""The front as Telegram drives it: the real client polls a Bot API server over HTTP, and nothing said to it is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.render.envelope import Envelope
from bot.request import Request
from bot.telegram.client import make_bot
from bot.telegram.receive import FrontState, TelegramFront
from bot.telegram.send import TelegramChannel
from digests.errors import HaberdarError, StoreError
from digests.model import LaneId
from tests.builders import alert, chat
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_answers import broken, dropped, flood, refusal

_PERSON, _GROUP, _ADMIN = 1001, -1001, 42
_MENU = {
    "": [("watch", "Watch a name")],
    "uk": [("watch", "Стежити за іменем")],
    "tr": [("watch", "Bir adı izle")],
}

_NAMES = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Names", callback_data="names all"))


class Inbox:
    """Keeps each request once, by its update; refuses as long as `is_full`."""

    def __init__(self) -> None:
        self.kept: list[Request] = []
        self.offered: list[Request] = []
        self.is_full = False
        self.dies_after_keeping = False

    async def keep(self, front: str, request: Request) -> None:
        """Keep a request, or raise."""
        assert front == "telegram"
        self.offered.append(request)
        if self.is_full:
            raise StoreError("the disk is full; free some space")
        if request.update not in [each.update for each in self.kept]:
            self.kept.append(request)
        if self.dies_after_keeping:
            raise StoreError("the line to the database is gone")

    @property
    def commands(self) -> list[str]:
        """What was asked, in order."""
        return [f"{each.command} {each.rest}".strip() for each in self.kept]


class CountingClock(FakeClock):
    """A clock that says how many sleep by it."""

    sleeping = 0

    async def sleep(self, delay: timedelta) -> None:
        """Return when the hands have moved on by `delay`."""
        self.sleeping += 1
        try:
            await super().sleep(delay)
        finally:
            self.sleeping -= 1


class Town:
    """A fake Telegram, an inbox, a clock that stands still, and as many fronts as a test starts."""

    def __init__(self, fake: FakeTelegram) -> None:
        self.fake = fake
        self.inbox = Inbox()
        self.clock = CountingClock()
        self.states: list[FrontState] = []

    @asynccontextmanager
    async def front(self, token: str = TOKEN) -> AsyncIterator[TelegramFront]:
        """Run a front until the block ends."""
        self.bot = bot = make_bot(token, self.fake.api)
        front = TelegramFront(bot, self.inbox.keep, self.clock, menu=_MENU, on_state=self.states.append)
        stop = asyncio.Event()
        running = asyncio.create_task(front.run(stop))
        try:
            yield front
        finally:
            stop.set()
            try:
                async with asyncio.timeout(2):
                    await running
            finally:
                await bot.shutdown()

    async def hears(self, *commands: str) -> None:
        """Wait until exactly these were kept."""
        await self.fake.until(lambda: len(self.inbox.kept) >= len(commands))
        assert self.inbox.commands == list(commands)

    async def comes_to(self, state: FrontState) -> None:
        """Wait until the newest state is this one."""
        await self.fake.until(lambda: self.states[-1:] == [state])

    async def sleeps(self) -> None:
        """Wait until the front pauses."""
        await self.fake.until(lambda: self.clock.sleeping == 1)

    async def passes(self, seconds: float) -> None:
        """Move the clock while the front pauses."""
        await self.sleeps()
        await self.clock.advance(timedelta(seconds=seconds))

    async def calls(self, method: str, times: int) -> None:
        """Wait until a method was called so often, and no oftener."""
        await self.fake.until(lambda: len(self.fake.calls_of(method)) >= times)
        assert len(self.fake.calls_of(method)) == times


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with FakeTelegram() as fake:
        yield Town(fake)


# Kept, then confirmed --------------------------------------------------------------------------------------------


async def test_what_people_type_and_press_is_kept_in_order_and_then_confirmed(town: Town) -> None:
    async with town.front() as front:
        await town.fake.types(_PERSON, "/start inv_CODE", language="uk")
        await town.fake.types(_PERSON, "Арслан Боздалієв", language="uk")
        await town.hears("start inv_CODE", "Арслан Боздалієв")
        await town.fake.until(lambda: not town.fake.unconfirmed)

    assert town.states == [FrontState.RECEIVING, FrontState.STOPPED]
    assert {each.language for each in town.inbox.kept} == {"uk"}
    assert all(each.is_admin and not each.is_group for each in town.inbox.kept)
    assert front.bot_name == "haberdar_fake_bot"


async def test_an_update_that_could_not_be_kept_is_not_confirmed_and_comes_again(town: Town) -> None:
    town.inbox.is_full = True
    await town.fake.types(_PERSON, "/watch One")
    await town.fake.types(_PERSON, "/watch Two")

    async with town.front():
        await town.comes_to(FrontState.NOT_KEPT)
        assert len(town.fake.unconfirmed) == 2
        assert [each.rest for each in town.inbox.offered] == ["One"]

        town.inbox.is_full = False
        await town.passes(1)
        await town.fake.until(lambda: not town.fake.unconfirmed)

    assert town.inbox.commands == ["watch One", "watch Two"]


async def test_what_was_kept_before_the_trouble_is_confirmed_without_the_rest(town: Town) -> None:
    await town.fake.types(_PERSON, "/watch One")
    async with town.front():
        await town.hears("watch One")
        town.inbox.is_full = True
        await town.fake.types(_PERSON, "/watch Two")
        await town.comes_to(FrontState.NOT_KEPT)

        assert len(town.fake.unconfirmed) == 1

    assert town.inbox.commands == ["watch One"]


async def test_after_a_death_between_keeping_and_confirming_the_same_update_comes_under_the_same_name(
    town: Town,
) -> None:
    town.inbox.dies_after_keeping = True
    await town.fake.types(_PERSON, "/watch One")
    async with town.front():
        await town.hears("watch One")
        await town.comes_to(FrontState.NOT_KEPT)
    town.inbox.dies_after_keeping = False

    async with town.front():
        await town.fake.until(lambda: len(town.inbox.offered) >= 2)

    assert len({each.update for each in town.inbox.offered}) == 1
    assert town.inbox.commands == ["watch One"]


async def test_an_update_of_an_unknown_shape_holds_up_nobody(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.fake.updates({"message": {"message_id": "?", "surprise": True}})
    await town.fake.types(_PERSON, "/names")

    async with town.front():
        await town.hears("names")

    assert "telegram.unreadable" in caplog.messages


async def test_updates_that_ask_nothing_are_confirmed_too(town: Town) -> None:
    async with town.front():
        await town.fake.until(lambda: town.fake.calls_of("getUpdates"))
        await town.fake.types(_GROUP, "Good morning", user_id=_PERSON)
        await town.fake.types(_PERSON, "/names")
        await town.hears("names")
        await town.fake.until(lambda: not town.fake.unconfirmed)

    assert town.inbox.commands == ["names"]


async def test_an_edit_and_a_picture_in_a_private_chat_are_kept_to_be_answered(town: Town) -> None:
    async with town.front():
        await town.fake.until(lambda: town.fake.calls_of("getUpdates"))
        chat = {"id": _PERSON, "type": "private", "first_name": "Lena"}
        person = {"id": _PERSON, "is_bot": False, "first_name": "Lena"}
        edit = {"message_id": 5, "date": 1, "edit_date": 2, "chat": chat, "from": person, "text": "Umer"}
        town.fake.updates({"edited_message": edit})
        size = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}
        await town.fake.types(_PERSON, "", photo=[size])
        await town.hears(".edited", ".wordless")


# Buttons ---------------------------------------------------------------------------------------------------------


async def test_a_press_is_kept_and_its_clock_stops_while_messages_go_out_by_the_same_bot(town: Town) -> None:
    town.fake.opens(_PERSON)
    async with town.front():
        channel = TelegramChannel(town.bot, LaneId("telegram:1"))
        for part in channel.render(alert(), Envelope(chat=chat(), now=town.clock.now())):
            await channel.send(chat(), part)
        shown = town.fake.messages_to(_PERSON)[0]

        await town.fake.presses(shown, shown.labels[0])

        await town.fake.until(lambda: town.inbox.kept and town.fake.toasts)
    (request,) = town.inbox.kept
    assert request.message == str(shown.message_id)
    assert f"{request.command} {request.rest}" == shown.buttons[0][0].data


async def test_a_press_whose_clock_cannot_be_stopped_is_kept_all_the_same(town: Town) -> None:
    town.fake.opens(_PERSON)
    town.fake.answers("answerCallbackQuery", refusal(400, "Bad Request: query is too old"), dropped(takes=False))
    async with town.front():
        sent = await town.bot.send_message(_PERSON, "Hello", reply_markup=_NAMES)
        shown = town.fake.messages_to(_PERSON)[0]
        assert sent.message_id == shown.message_id

        await town.fake.presses(shown, "Names")
        await town.fake.presses(shown, "names all")

        await town.hears("names all", "names all")


async def test_a_press_that_asks_nothing_stops_turning_too(town: Town) -> None:
    town.fake.opens(_PERSON)
    pressed = {"from": {"id": _PERSON, "is_bot": False, "first_name": "A"}, "chat_instance": "1"}
    async with town.front():
        odd: tuple[dict[str, object], ...] = ({"game_short_name": "chess"}, {"data": ".moved telegram:1"}, {"data": 5})
        for number, asked in enumerate(odd):
            town.fake._queries.add(f"{number}")
            town.fake.updates({"callback_query": {**pressed, "id": f"{number}", **asked}})
        await town.fake.until(lambda: len(town.fake.toasts) == 3)
    assert sorted(town.fake.toasts) == ["0", "1", "2"]
    assert town.inbox.kept == []


# Rights ----------------------------------------------------------------------------------------------------------


async def test_in_a_group_only_its_admins_may_change_things(town: Town) -> None:
    town.fake.opens(_GROUP, admins=[_ADMIN])
    async with town.front():
        await town.fake.types(_GROUP, "/pause", user_id=_ADMIN)
        await town.fake.types(_GROUP, "/pause", user_id=_PERSON)
        await town.fake.types(_GROUP, "/pause", as_chat=_GROUP)
        await town.fake.types(_GROUP, "/pause", as_chat=-1007)
        await town.hears("pause", "pause", "pause", "pause")

    assert [each.is_admin for each in town.inbox.kept] == [True, False, True, False]
    assert all(each.is_group for each in town.inbox.kept)


async def test_the_admins_are_asked_for_once_a_minute(town: Town) -> None:
    town.fake.opens(_GROUP, admins=[_ADMIN])
    async with town.front():
        for _ in range(3):
            await town.fake.types(_GROUP, "/pause", user_id=_ADMIN)
        await town.hears("pause", "pause", "pause")
        await town.clock.advance(timedelta(seconds=61))
        town.fake.opens(_GROUP).admins.clear()
        await town.fake.types(_GROUP, "/pause", user_id=_ADMIN)
        await town.hears("pause", "pause", "pause", "pause")

    assert [each.is_admin for each in town.inbox.kept] == [True, True, True, False]
    assert len(town.fake.calls_of("getChatAdministrators")) == 2


async def test_admins_known_a_while_ago_are_believed_while_telegram_does_not_say(town: Town) -> None:
    town.fake.opens(_GROUP, admins=[_ADMIN])
    async with town.front():
        await town.fake.types(_GROUP, "/pause", user_id=_ADMIN)
        await town.hears("pause")
        await town.clock.advance(timedelta(minutes=2))
        town.fake.answers("getChatAdministrators", broken(500), refusal(403, "Forbidden: bot was kicked"))
        await town.fake.types(_GROUP, "/pause", user_id=_ADMIN)
        await town.fake.types(_GROUP, "/pause", user_id=_ADMIN)
        await town.hears("pause", "pause", "pause")

    assert [each.is_admin for each in town.inbox.kept] == [True, True, False]


async def test_in_a_topic_the_rights_are_those_of_its_group(town: Town) -> None:
    town.fake.opens(_GROUP, admins=[_ADMIN], topics=[7])
    async with town.front():
        await town.fake.types(_GROUP, "/names", user_id=_ADMIN, topic=7)
        await town.hears("names")

    assert (town.inbox.kept[0].chat, town.inbox.kept[0].is_admin) == ("telegram:-1001/7", True)


async def test_a_post_in_a_channel_is_no_admins_word(town: Town) -> None:
    town.fake.opens(-1002, "channel", admins=[_ADMIN])
    async with town.front():
        await town.fake.types(-1002, "/pause")
        await town.hears("pause")

    assert (town.inbox.kept[0].is_admin, town.inbox.kept[0].is_group) == (False, True)


# What becomes of chats -------------------------------------------------------------------------------------------


async def test_being_blocked_let_in_and_moved_comes_through_the_inbox(town: Town) -> None:
    async with town.front():
        await town.fake.until(lambda: town.fake.calls_of("getUpdates"))
        await town.fake.blocks(_PERSON)
        await town.fake.unblocks(_PERSON)
        await town.fake.migrates(-5, to=-10077)
        await town.hears(".left blocked", ".back", ".moved telegram:-10077")

    assert [each.chat for each in town.inbox.kept] == ["telegram:1001", "telegram:1001", "telegram:-5"]


# Trouble ---------------------------------------------------------------------------------------------------------


async def test_a_webhook_left_by_others_is_removed_and_nothing_that_waits_is_lost(town: Town) -> None:
    town.fake.webhook = "https://elsewhere.example/hook"
    await town.fake.types(_PERSON, "/names")

    async with town.front():
        await town.hears("names")

    assert town.fake.webhook == ""


async def test_a_second_poller_makes_the_first_wait_calmly(town: Town) -> None:
    async with town.front() as first:
        await town.fake.until(lambda: town.fake.calls_of("getUpdates"))
        async with town.front():
            await town.fake.until(lambda: first.state is FrontState.CONFLICT)
            await town.fake.types(_PERSON, "/names")
            await town.hears("names")
        await town.passes(5)
        await town.fake.types(_PERSON, "/status")
        await town.hears("names", "status")

    assert first.state is not FrontState.CONFLICT


async def test_while_telegram_is_ill_the_pauses_grow_and_nothing_is_lost(town: Town) -> None:
    ill = [broken(500), broken(502, with_json=False), dropped(takes=False), broken(503)]
    town.fake.answers("getUpdates", *ill)
    await town.fake.types(_PERSON, "/names")

    async with town.front():
        for tries, pause in enumerate([1, 2, 4, 8], start=1):
            await town.calls("getUpdates", tries)
            await town.passes(pause - 0.1)
            await town.calls("getUpdates", tries)
            await town.passes(0.1)
        await town.hears("names")

    assert town.inbox.commands == ["names"]


async def test_an_outage_in_the_middle_of_a_poll_is_waited_out(town: Town) -> None:
    async with town.front():
        await town.fake.until(lambda: town.fake.calls_of("getUpdates"))
        await town.fake.goes_away()
        await town.fake.types(_PERSON, "/names")
        await town.sleeps()
        await town.fake.comes_back()
        await town.passes(1)
        await town.hears("names")
        await town.comes_to(FrontState.RECEIVING)

    assert town.inbox.commands == ["names"]


async def test_a_token_that_is_withdrawn_ends_the_front(town: Town) -> None:
    async def lives_until_refused() -> None:
        async with town.front():
            await town.fake.until(lambda: town.fake.calls_of("getUpdates"))
            town.fake.token = "7000000001:another"
            await town.fake.types(_PERSON, "/names")
            await town.comes_to(FrontState.TOKEN_REFUSED)

    with pytest.raises(HaberdarError, match="does not accept the token"):
        await lives_until_refused()


async def test_the_wait_telegram_asks_for_is_kept(town: Town) -> None:
    town.fake.answers("getMe", flood(30))
    await town.fake.types(_PERSON, "/names")

    async with town.front():
        await town.passes(29)
        await town.calls("getMe", 1)
        await town.passes(1)
        await town.hears("names")

    assert len(town.fake.calls_of("getMe")) == 2


async def test_a_refused_token_ends_the_front_and_shows_in_no_log(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bot = make_bot("7000000002:AAwrong-but-secret", town.fake.api)
    front = TelegramFront(bot, town.inbox.keep, town.clock)

    with pytest.raises(HaberdarError, match="HABERDAR_TELEGRAM_TOKEN") as refused:
        await front.run(asyncio.Event())

    assert "AAwrong" not in str(refused.value)
    assert front.state is FrontState.TOKEN_REFUSED
    assert "telegram.token_refused" in caplog.messages
    assert "AAwrong" not in caplog.text
    await bot.shutdown()


async def test_a_front_that_is_told_to_stop_while_it_pauses_stops(town: Town) -> None:
    town.fake.answers("getMe", broken(500))
    async with town.front() as front:
        await town.comes_to(FrontState.UNREACHABLE)

    assert front.state is FrontState.STOPPED


async def test_no_log_holds_what_people_write_who_they_are_or_the_token(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    town.inbox.is_full = True
    await town.fake.types(_PERSON, "/watch Bozdaliev")

    async with town.front():
        await town.comes_to(FrontState.NOT_KEPT)
        town.inbox.is_full = False
        await town.passes(1)
        await town.fake.until(lambda: not town.fake.unconfirmed)

    for secret in ("Bozdaliev", str(_PERSON), "Somebody", TOKEN.partition(":")[2]):
        assert secret not in caplog.text


# The menu --------------------------------------------------------------------------------------------------------


async def test_the_menu_is_shown_in_every_language(town: Town) -> None:
    async with town.front():
        await town.fake.until(lambda: len(town.fake.menus) == 3)

    assert town.fake.menus["uk"] == [{"command": "watch", "description": "Стежити за іменем"}]


async def test_a_menu_that_telegram_refuses_silences_nobody(town: Town) -> None:
    town.fake.answers("setMyCommands", refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"))
    await town.fake.types(_PERSON, "/names")

    async with town.front():
        await town.hears("names")

    assert town.fake.calls_of("setMyCommands")
