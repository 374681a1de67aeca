"""Digest times, settings, status and help: what people type and what they read back."""

from datetime import timedelta

from bot.commands.registry import COMMANDS
from digests.model import Digest
from tests.counter import HOME, OWNER, SLACK, Counter


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
