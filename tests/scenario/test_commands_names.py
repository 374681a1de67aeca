"""Names watched, dropped, listed and looked up: what people type and what they read back."""

import pytest

from tests.counter import Counter


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


async def test_a_name_is_kept_with_one_space_between_its_words(counter: Counter) -> None:
    await counter.opens()
    assert (await counter.says("watch", "  Arslan \u00a0 Bozdaliev ")).startswith("Watching Arslan Bozdaliev.")


async def test_a_name_watched_while_paused_is_promised_nothing(counter: Counter) -> None:
    await counter.opens()
    await counter.says("pause")
    assert (await counter.says("watch", "Arslan Bozdaliev")).splitlines() == [
        "Watching Arslan Bozdaliev.",
        "Paused. Everything is held until you resume.",
    ]
