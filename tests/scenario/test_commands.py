"""What people type and what they read back: the commands over a real desk, store and matcher."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.commands.registry import COMMANDS, Context, changes_things, dispatch
from bot.render.envelope import Envelope
from bot.render.page import Page, plain_page
from bot.render.render import make_page
from bot.request import Request
from digests.engine import Engine, folder_source
from digests.model import Chat, ChatId, Digest
from digests.sources.base import READERS, open_tools
from digests.store.db import Database
from digests.store.secrets import Vault
from tests.builders import NOW
from tests.fakes.clock import FakeClock

OWNER, PERSON = "telegram:1", "telegram:2"
HOME, GROUP, SLACK = "telegram:2", "telegram:-100", "slack:T1/D1"
ARTICLES = {
    "steppe.txt": (
        "---\noutlet: Steppe Post\ndate: 2026-11-22\n---\nA visit refused\n\n"
        "Lawyer Halyna Vitrolom was turned away at the gate again. The prison did not answer her letters.\n"
    ),
    "radio.txt": (
        "---\noutlet: Radio Steppe\ndate: 2026-11-23\n---\nЕтапування\n\n"
        "Арслана Боздалієва етапували до північної колонії, повідомила адвокатка Галина Вітролом.\n"
    ),
}


class Counter:
    """Types for people and reads what they get."""

    def __init__(self, engine: Engine, clock: FakeClock, folder: Path) -> None:
        self.engine = engine
        self.clock = clock
        self.folder = folder
        self.context = Context(owners=(OWNER,), bot_name=lambda: "HaberdarBot")
        self.page = Page(glance="", blocks=())
        self._updates = 0

    async def says(self, command: str, rest: str = "", *, chat: str = HOME, **given: Any) -> str:
        """Ask as a person and return what is read, without the buttons."""
        self._updates += 1
        who: dict[str, Any] = {"asker": PERSON, "is_admin": True, "is_group": False, "language": "en", **given}
        request = Request(
            chat=chat,
            command=command,
            rest=rest,
            update=str(self._updates),
            asked_at=self.clock.now(),
            **who,
        )
        async with self.engine.desk(chat, changes=changes_things(request)) as desk:
            answer = await dispatch(request, desk, self.context)
            there = desk.chat or Chat(id=ChatId(chat), key=chat)
        self.page = make_page(answer, Envelope(chat=there, now=self.clock.now()))
        return plain_page(self.page)

    async def presses(self, words: str, *, chat: str = HOME, **given: Any) -> str:
        """Press the button that says so under the last answer."""
        data = next(press.data for row in self.page.buttons for press in row if press.words == words)
        command, _, rest = (data or "").partition(" ")
        return await self.says(command, rest, chat=chat, **given)

    def buttons(self) -> list[str]:
        """Return what the buttons under the last answer say."""
        return [press.words for row in self.page.buttons for press in row]

    async def opens(self, chat: str = HOME, **given: Any) -> str:
        """Open a chat with an invitation of the owner's."""
        await self.says("start", chat=OWNER, asker=OWNER)
        answer = await self.says("invite", chat=OWNER, asker=OWNER)
        return await self.says("start", answer.rpartition("start=")[2], chat=chat, **given)

    async def publishes(self) -> None:
        """Drop the articles into the folder, and read and place them."""
        for name, text in ARTICLES.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        await self.engine.poll(("folder",))
        await self.engine.place()


@pytest_asyncio.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    folder = tmp_path / "drop"
    folder.mkdir()
    clock = FakeClock(NOW)
    database = await Database.open(f"sqlite:///{tmp_path / 'haberdar.db'}", vault=Vault("a key that is long enough"))
    async with open_tools() as tools:
        engine = Engine(database, {"folder": READERS["folder"](tools)}, now=clock.now)
        await engine.put_source(folder_source(folder))
        yield Counter(engine, clock, folder)
        await engine.close()
    await database.close()


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


async def test_a_name_is_watched_in_a_sentence_and_undone_with_a_press(counter: Counter) -> None:
    await counter.publishes()
    await counter.opens()
    answer = await counter.says("watch", "Арслан Боздалієв")
    assert answer.splitlines()[:3] == [
        "Watching Арслан Боздалієв.",
        "An alert comes as soon as I read of a mention. A digest every day at 08:00 Kyiv, "
        "next: Tue 24 Nov, 08:00. Silent 22:00 to 07:00.",
        "1 stored article names it already, without an alert:",
    ]
    assert "Арслана Боздалієва етапували" in answer
    assert counter.buttons() == ["Other hours", "Undo"]
    assert await counter.presses("Undo") == "No longer watching Арслан Боздалієв."
    assert await counter.presses("Undo") == "Watching Арслан Боздалієв again."


async def test_a_list_is_answered_with_counts_and_what_needs_a_person(counter: Counter) -> None:
    await counter.opens()
    await counter.says("watch", "Arslan Bozdaliev")
    answer = await counter.says(
        "watch", "1. Арслан Боздалієв\n2. Halyna Vitrolom\n3. Yunus Karasuvat\n4. Ali\n5. 12345"
    )
    assert answer.splitlines()[:2] == ["5 names: 2 now watched.", "1 was already: Арслан Боздалієв."]
    assert "“Ali” alone is too common; add a surname." in answer
    assert "“12345” cannot be read as a name" in answer
    assert counter.buttons() == ["All 3 names"]


async def test_a_name_known_in_another_script_is_not_watched_twice(counter: Counter) -> None:
    await counter.opens()
    await counter.says("watch", "Arslan Bozdaliev")
    assert await counter.says("watch", "Арслан Боздалієв") == (
        "Арслан Боздалієв is watched already, as Arslan Bozdaliev."
    )
    assert await counter.says("watch", "Ali") == "“Ali” alone is too common; add a surname."


async def test_more_names_than_can_be_taken_change_nothing(counter: Counter) -> None:
    await counter.opens()
    answer = await counter.says("watch", "\n".join(f"Arslan Number{n}" for n in range(201)))
    assert answer == "201 names are more than I take at once. Nothing was changed. Send up to 200."
    assert await counter.says("watch", "x" * 20_001) == (
        "This is longer than I can take at once. Nothing was changed. Send it in parts."
    )
    assert await counter.says("names") == "No names yet. Add one: /watch and the name."


async def test_a_name_is_dropped_in_any_spelling_or_by_a_button(counter: Counter) -> None:
    await counter.opens()
    await counter.says("watch", "Arslan Bozdaliev, Halyna Vitrolom")
    assert await counter.says("unwatch", "Вітролом") == "No name here is “Вітролом” in full. Which one?"
    assert await counter.says("unwatch", "Галина Вітролом") == "No longer watching Halyna Vitrolom."
    assert await counter.says("unwatch", "Yunus Karasuvat") == "Yunus Karasuvat is not among the names of this chat."
    await counter.says("unwatch")
    assert counter.buttons() == ["Arslan Bozdaliev"]
    assert await counter.presses("Arslan Bozdaliev") == "No longer watching Arslan Bozdaliev."
    assert await counter.says("unwatch") == "No names yet. Add one: /watch and the name."
    assert await counter.says("rewatch", "0000000000000000") == "That name is not on the list any more."
    assert await counter.says("unwatch", "0000000000000000") == "That name is not on the list any more."


async def test_a_wife_is_not_dropped_for_her_husband(counter: Counter) -> None:
    await counter.opens()
    await counter.says("watch", "Bozdaliev")
    assert await counter.says("unwatch", "Bozdalieva") == "No name here is “Bozdalieva” in full. Which one?"
    assert counter.buttons() == ["Bozdaliev"]
    assert await counter.says("unwatch", "Боздалієв") == "No longer watching Bozdaliev."


async def test_names_are_listed_with_the_time_they_were_last_mentioned_a_page_at_a_time(counter: Counter) -> None:
    await counter.opens()
    families = ["Bozdaliev", "Karasuvat", "Demirkol", "Otuzov", "Tarhanly", "Salihov", "Qaraman", "Eskiyurt"]
    silent = [f"{given} {family}" for given in ("Arslan", "Yunus", "Zarema") for family in families][:22]
    await counter.says("watch", "\n".join(["Halyna Vitrolom", *silent]))
    await counter.publishes()
    first = await counter.says("names")
    assert first.splitlines()[0] == "23 names, the longest silent first:"
    assert "Arslan Demirkol: no mention so far" in first
    assert counter.buttons() == ["More"]
    second = await counter.presses("More")
    assert "Halyna Vitrolom: Mon 02:00, 2 articles" in second
    assert counter.buttons() == ["Back"]
    assert await counter.says("names", "99") == second


async def test_plain_text_is_a_lookup_in_every_spelling_with_a_watch_button(counter: Counter) -> None:
    await counter.publishes()
    await counter.opens()
    answer = await counter.says("", "Arslan Bozdaliev")
    assert answer.splitlines()[0] == "1 stored article names Arslan Bozdaliev:"
    assert "Арслана Боздалієва етапували до північної колонії" in answer
    assert "Radio Steppe (radio.txt) · in Ukrainian" in answer
    assert "I look for: Arslan Bozdaliev" in answer
    assert (await counter.presses("Watch")).startswith("Watching Arslan Bozdaliev.")
    await counter.says("who", "Арслан Боздалієв")
    assert counter.buttons() == ["No longer watch"]


@pytest.mark.parametrize("typed", ["😀", "/", "https://steppe.example/1", "12345", "***"])
async def test_what_has_no_name_in_it_is_neither_looked_up_nor_watched(typed: str, counter: Counter) -> None:
    await counter.opens()
    assert (await counter.says("", typed)).startswith(f"“{typed}” cannot be read as a name.")
    assert counter.buttons() == []
    assert (await counter.says("watch", typed)).startswith(f"“{typed}” cannot be read as a name;")


async def test_a_name_nobody_wrote_of_can_be_watched_too(counter: Counter) -> None:
    await counter.opens()
    assert (await counter.says("who", "Yunus Karasuvat")).startswith("No stored article names Yunus Karasuvat.")
    assert counter.buttons() == ["Watch"]
    assert await counter.says("who") == "Which name? For example: /who Arslan Bozdaliev."
    assert (await counter.says("", "Arslan\nHalyna")).startswith("That is too long for one name.")


async def test_words_are_found_in_stored_articles(counter: Counter) -> None:
    await counter.publishes()
    await counter.opens()
    answer = await counter.says("search", "gate lawyer")
    assert answer.splitlines()[0] == "1 article with “gate lawyer”:"
    assert "“Lawyer Halyna Vitrolom was turned away at the gate again.”" in answer
    for typed in ("letters", "“letters”", "letters?", "lette"):
        assert "“The prison did not answer her letters.”" in await counter.says("search", typed)
    # "ate" is in "gate", and begins no word.
    assert await counter.says("search", "ate") == "No stored article holds “ate”."
    assert await counter.says("search", "x" * 100) == f"No stored article holds “{'x' * 60}”."
    assert await counter.says("search", "giraffe") == "No stored article holds “giraffe”."
    assert (await counter.says("search")).startswith("Which words?")


async def test_a_digest_asked_for_tells_what_is_new_and_takes_nothing(counter: Counter) -> None:
    await counter.opens()
    await counter.says("watch", "Halyna Vitrolom")
    await counter.clock.advance(timedelta(minutes=5))
    await counter.publishes()
    first = await counter.says("digest")
    assert "Your one name is in the news:" in first
    assert "“Lawyer Halyna Vitrolom was turned away at the gate again.”" in first
    assert await counter.says("digest") == first


async def test_digest_times_are_shown_set_undone_and_ended(counter: Counter) -> None:
    await counter.opens()
    bare = await counter.says("when")
    assert bare.startswith("A digest every day at 08:00 Kyiv, next: Tue 24 Nov, 08:00.")
    assert counter.buttons() == ["daily 08:00", "weekdays 08:00, 18:00", "mon 09:30", "every 4h", "No digests"]
    assert await counter.presses("mon 09:30") == "A digest every Monday at 09:30 Kyiv, next: Mon 30 Nov, 09:30."
    assert await counter.presses("Undo") == "A digest every day at 08:00 Kyiv, next: Tue 24 Nov, 08:00."
    assert await counter.says("when", "off") == "No digests come; alerts are not touched by this."
    assert (await counter.presses("Undo")).startswith("A digest every day at 08:00")
    assert (await counter.says("when", "recap mon 9:30")).endswith(
        "A recap every Monday at 09:30 Kyiv, next: Mon 30 Nov, 09:30."
    )
    assert counter.buttons() == ["Undo"]
    assert await counter.says("when", "often") == (
        "I could not read “often” as a time. Nothing was changed. Try daily 08:00 or mon 09:30."
    )


async def test_a_recap_is_shown_set_and_ended_by_itself_and_undo_brings_back_all_there_was(counter: Counter) -> None:
    await counter.opens()
    daily = "A digest every day at 08:00 Kyiv, next: Tue 24 Nov, 08:00."
    recap = "A recap every Monday at 09:30 Kyiv, next: Mon 30 Nov, 09:30."
    assert (await counter.says("when", "recap")).startswith("No recap comes.")
    assert await counter.presses("recap mon 09:30") == f"{daily} {recap}"
    assert await counter.presses("Undo") == daily
    await counter.says("when", "recap mon 9:30")
    assert (
        await counter.says("when", "mon 8") == f"A digest every Monday at 08:00 Kyiv, next: Mon 30 Nov, 08:00. {recap}"
    )
    assert await counter.presses("Undo") == f"{daily} {recap}"
    assert (await counter.says("when", "підсумок")).startswith(recap)
    assert await counter.presses("No recap") == daily
    assert await counter.presses("Undo") == f"{daily} {recap}"
    assert (await counter.says("when", "never")).startswith("No digests come")
    assert await counter.presses("Undo") == f"{daily} {recap}"
    assert await counter.says("when", "daily 8") == f"{daily} {recap}"
    assert counter.buttons() == []


async def test_a_digest_wanted_now_is_a_press_away(counter: Counter) -> None:
    await counter.opens()
    assert (await counter.says("when", "зараз")).startswith("Digests come at the times you set.")
    assert (await counter.presses("Digest now")).startswith("This chat watches no names yet.")
    assert "25:00" in await counter.says("when", "25:00")
    assert (await counter.says("when", "25:00")).endswith("Try daily 08:00 or mon 09:30.")


async def test_two_schedules_of_one_kind_change_nothing(counter: Counter) -> None:
    await counter.opens()
    assert (await counter.says("when", "daily 8 | mon 9")).startswith("I could not read")
    assert (await counter.says("when")).startswith("A digest every day at 08:00")


async def test_a_zone_is_set_by_city_and_an_unknown_one_is_answered_with_near_ones(counter: Counter) -> None:
    await counter.opens()
    assert (await counter.says("zone")).startswith("Times are Kyiv (Europe/Kyiv); it is 14:32 there.")
    assert await counter.says("zone", "Warsaw") == "Times are Warsaw (Europe/Warsaw) now; it is 13:32 there."
    assert await counter.presses("Undo") == "Times are Kyiv (Europe/Kyiv) now; it is 14:32 there."
    assert (await counter.says("zone", "Kyvi")).startswith("I know no place “Kyvi”.")
    assert "Europe/Kyiv" in counter.buttons()
    await counter.says("zone")
    assert await counter.presses("Istanbul") == "Times are Istanbul (Europe/Istanbul) now; it is 15:32 there."


async def test_a_name_is_kept_with_one_space_between_its_words(counter: Counter) -> None:
    await counter.opens()
    assert (await counter.says("watch", "  Arslan \u00a0 Bozdaliev ")).startswith("Watching Arslan Bozdaliev.")


async def test_the_language_changes_our_words_at_once(counter: Counter) -> None:
    await counter.opens()
    assert await counter.says("language", "UA") == "Відтепер мова моїх слів: українська."
    assert await counter.says("language", "Українська") == "Відтепер мова моїх слів: українська."
    assert (await counter.says("status")).startswith("0 імен.")
    await counter.says("language")
    assert await counter.presses("Türkçe") == "Sözlerimin dili artık: Türkçe."
    assert (await counter.says("language", "Klingon")).startswith("“Klingon” dilini henüz bilmiyorum.")
    assert await counter.presses("English") == "My words are in English now."
    assert await counter.says("language", "english") == "My words are in English now."
    assert counter.buttons() == []


async def test_alerts_pause_and_resume_are_answered_with_what_is_now_so(counter: Counter) -> None:
    await counter.opens()
    assert await counter.says("alerts") == "Alerts are on."
    assert await counter.presses("Alerts off") == "Alerts are off; only digests come."
    assert await counter.says("alerts", "maybe") == "I could not read “maybe”. Nothing was changed. Send on or off."
    assert await counter.presses("on") == "Alerts are on."
    assert await counter.says("pause") == "Paused. Everything is held until you resume."
    assert (await counter.says("status")).startswith("Paused: everything is held.")
    assert (await counter.says("settings")).startswith("Paused: everything is held.")
    assert await counter.presses("Resume") == "Resumed. What was held comes as one digest."
    assert await counter.says("resume") == "Nothing was paused."


async def test_a_name_watched_while_paused_is_promised_nothing(counter: Counter) -> None:
    await counter.opens()
    await counter.says("pause")
    assert (await counter.says("watch", "Arslan Bozdaliev")).splitlines() == [
        "Watching Arslan Bozdaliev.",
        "Paused. Everything is held until you resume.",
    ]


async def test_settings_show_everything_with_its_button(counter: Counter) -> None:
    await counter.opens()
    answer = await counter.says("settings")
    for part in (
        "Alerts are on.",
        "every day at 08:00",
        "Silent 22:00 to 07:00.",
        "Europe/Kyiv",
        "My words are in English.",
    ):
        assert part in answer
    assert counter.buttons() == [
        "Alerts off",
        "Digest times",
        "Time zone",
        "Language",
        "Night hours",
        "Urgent names",
        "Pause",
        "Names",
    ]


async def test_status_says_names_next_digest_sources_and_what_is_held(counter: Counter) -> None:
    await counter.opens()
    await counter.says("watch", "Halyna Vitrolom")
    await counter.publishes()
    answer = await counter.says("status")
    assert answer.splitlines() == [
        "1 name. A digest every day at 08:00 Kyiv, next: Tue 24 Nov, 08:00.",
        "The one source was read in the last 24 hours: 2 articles.",
        "Nothing held, nothing failed.",
    ]


async def test_a_status_never_says_that_nothing_is_held_while_all_is(counter: Counter) -> None:
    await counter.opens()
    await counter.says("quiet", "14:00-15:00")  # it is 14:32 in Kyiv
    assert (await counter.says("status")).splitlines()[-1] == (
        "Night hours until 15:00: what is read of your names waits till then, but for urgent ones."
    )
    await counter.says("pause")
    answer = await counter.says("status")
    assert answer.splitlines()[0] == "Paused: everything is held."
    assert "Nothing held" not in answer


async def test_an_ill_source_is_named_in_the_status(counter: Counter) -> None:
    await counter.opens()
    counter.folder.rmdir()
    await counter.engine.poll(("folder",))
    assert "Cannot be read: " in await counter.says("status")


async def test_forgetting_asks_once_and_then_closes_the_chat(counter: Counter) -> None:
    await counter.opens()
    await counter.says("watch", "Halyna Vitrolom")
    assert "It cannot be undone." in await counter.says("forget")
    assert await counter.presses("Erase everything") == "Erased. Nothing of this chat is stored."
    assert "works by invitation" in await counter.says("names")


async def test_a_story_is_muted_for_a_week_and_unmuted(counter: Counter) -> None:
    await counter.opens()
    await counter.says("watch", "Halyna Vitrolom")
    await counter.clock.advance(timedelta(minutes=5))
    await counter.publishes()
    async with counter.engine.desk(HOME, changes=False) as desk:
        told: Digest = await desk.digest()
    assert (await counter.says("mutestory", told.items[0].story)).startswith("This story is muted until Mon 30 Nov")
    assert await counter.presses("Undo") == "This story is no longer muted."
    assert (await counter.says("mutestory", "nonsense")).startswith("There is no command “mutestory”.")


async def test_a_typo_is_answered_with_the_nearest_command(counter: Counter) -> None:
    await counter.opens()
    assert await counter.says("wacth", "Halyna Vitrolom") == "There is no command “wacth”. Did you mean /watch?"
    assert (await counter.presses("/watch")).startswith("Watching Halyna Vitrolom.")
    assert await counter.says("owners") == ("There is no command “owners”. To look up a name: /who and the name.")
    assert await counter.says("xyzzyq") == ("There is no command “xyzzyq”. To look up a name: /who and the name.")
    assert (await counter.presses("Look it up")).startswith("No stored article names xyzzyq.")
    assert (await counter.says("mutestory")).startswith("There is no command “mutestory”.")


async def test_help_names_every_command_and_shows_how_one_is_typed(counter: Counter) -> None:
    await counter.opens()
    answer = await counter.says("help")
    for part in ("/watch NAME[, NAME...]: watch names", "/forget: erase all", "/when daily 08:00: when digests come"):
        assert part in answer
    assert "/invite" not in answer
    everything = await counter.says("help", chat=OWNER, asker=OWNER)
    listed = {line.split()[0].strip("/:") for line in everything.splitlines()[1:]}
    assert listed == {name for name, known in COMMANDS.items() if name and not known.hidden}
    assert (await counter.says("help", "when")).splitlines()[1].startswith("Other times:")
    assert await counter.says("help", "/zone") == "/zone Europe/Kyiv: the time zone of all times here"


async def test_slack_is_answered_in_its_own_way_of_typing(counter: Counter) -> None:
    answer = await counter.opens(SLACK, asker="slack:T1/U1")
    assert "Those who run this bot, and Slack, can see your list." in answer
    assert await counter.says("watch", chat=SLACK) == (
        "Which name? For example: /haberdar watch Arslan Bozdaliev. Several: one a line, or parted by commas."
    )
