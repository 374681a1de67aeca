"""Who may use the bot, and who may change things there: what people type and what they read back."""

from typing import Any

from bot.commands.registry import Context
from tests.counter import GROUP, OWNER, SLACK, Counter


async def test_a_closed_chat_is_told_how_to_be_invited_and_nothing_else(counter: Counter) -> None:
    for command in ("who", "watch", "digest", "status", "", "help"):
        assert await counter.says(command, "Arslan Bozdaliev") == (
            "This bot works by invitation. Ask those who run it for one, then send /start and its code."
        )
    assert "works by invitation" in await counter.says("start", "inv_guessed")


async def test_an_invitation_opens_one_chat_once(counter: Counter) -> None:
    answer = await counter.opens()
    assert answer.startswith("I watch the news for names")
    assert "Those who run this bot, and Telegram, can see your list." in answer
    assert counter.buttons() == ["Times are Kyiv", "Help"]
    assert await counter.says("start") == "This chat is open. Send me a name."


async def test_an_owner_opens_a_chat_without_one_and_is_shown_the_door_first(counter: Counter) -> None:
    assert await counter.says("watch", "Arslan Bozdaliev", chat=OWNER, asker=OWNER) == "This chat is not open yet."
    assert (await counter.presses("Open this chat", chat=OWNER, asker=OWNER)).startswith("I watch the news")


async def test_only_owners_invite(counter: Counter) -> None:
    await counter.opens()
    assert await counter.says("invite") == "Only those who run this bot can do that."


async def test_anyone_opens_a_chat_where_access_is_for_anyone(counter: Counter) -> None:
    counter.context = Context(access="anyone")
    assert (await counter.says("start", chat=SLACK, asker="slack:T1/U1")).startswith("I watch the news")


async def test_in_a_group_only_admins_change_things_and_all_may_look(counter: Counter) -> None:
    group: dict[str, Any] = {"is_group": True, "is_admin": False}
    refusal = "Only admins of this group change that."
    assert await counter.opens(GROUP, **group) == refusal
    assert await counter.opens(GROUP, is_group=True) == "Open. Admins add names with /watch."
    assert await counter.says("watch", "Arslan Bozdaliev", chat=GROUP, **group) == refusal
    assert (await counter.says("when", chat=GROUP, **group)).startswith("A digest every day at 08:00 Kyiv")
    assert await counter.says("watch", "Arslan Bozdaliev", chat=GROUP, is_group=True) == "Watching Arslan Bozdaliev."
    assert "settings: " in await counter.says("help", chat=GROUP, **group)
    assert "forget" not in await counter.says("help", chat=GROUP, **group)


async def test_in_a_group_a_change_says_who_made_it_and_a_look_does_not(counter: Counter) -> None:
    group: dict[str, Any] = {"chat": GROUP, "is_group": True, "who": "Galina  Vitrolom\n" + "a" * 50}
    await counter.opens(GROUP, is_group=True)
    assert (await counter.says("zone", "Warsaw", **group)).endswith("\nChanged by Galina Vitrolom " + "a" * 24 + ".")
    assert (await counter.says("alerts", "off", **{**group, "who": "Galina"})).endswith("\nChanged by Galina.")
    for command, rest in (("zone", ""), ("when", "recap"), ("zone", "nowhere at all"), ("status", "")):
        assert "Changed by" not in await counter.says(command, rest, **group)
    assert "Changed by" not in await counter.says("alerts", "on", chat=GROUP, is_group=True)
    await counter.opens()
    assert "Changed by" not in await counter.says("alerts", "off", who="Galina")
