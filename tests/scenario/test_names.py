"""Names over the real engine: what is known of one at once, whom a mention is not, and what a change keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.request import Reply
from digests.engine import BOOK
from digests.errors import AskError
from digests.matching import Matcher, MatcherError
from digests.model import (
    Alert,
    Article,
    ArticleId,
    Digest,
    Found,
    Pattern,
    SpellingState,
    Verdict,
    WatchedName,
    pattern_of,
)
from digests.names.roll import Written
from digests.store.lists import Lists
from digests.store.tables import judgements, mentions, patterns, story_articles
from digests.watching import Watched
from tests import builders as b
from tests.river import BOZDALIEV, LENA, NAZAR, River

COURT = "The court left Arslan Bozdaliev in prison for two more months, his lawyer said."
APPEAL = "An appeal against his arrest was filed for Arslan Bozdaliev by two lawyers from Kyiv."
GOAL = "The footballer Arslan Bozdaliev scored twice in the cup match at Kherson on Sunday."
HOSPITAL = "After the match footballer Arslan Bozdaliev was taken to hospital in Izmir, the club said."
ARREST = "Police detained the beekeeper Arslan Bozdaliev in Tash-Koy on Friday after a search of his house."
ARREST_AGAIN = "In Tash-Koy the police searched the house of Arslan Bozdaliev, a beekeeper, and detained him on Friday."
TRIAL = "A court in Limanske arrested the beekeeper Arslan Bozdaliev from Tash-Koy for two months after the search."

_SYLLABLES = [
    f"{a}{b}{c}" for a in ("Ba", "Do", "Ke", "Li", "Mu") for b in ("r", "v", "st", "n") for c in ("an", "ol", "ym")
]


async def _alerts(river: River, key: str = LENA) -> list[str]:
    return [m.item.sentences[0].text for m in await river.told(key) if isinstance(m, Alert)]


async def _last_alert(river: River, key: str = LENA) -> Alert:
    alert = (await river.told(key))[-1]
    assert isinstance(alert, Alert)
    return alert


async def _says_not_them(river: River, alert: Alert, key: str = LENA) -> Reply:
    article, name = alert.item.sentences[0].article, alert.item.names[0].name
    answer = await river.asks(f"notthem {article} {name}", chat=key)
    assert isinstance(answer, Reply)
    return answer


async def _publishes(river: River, *texts: str) -> None:
    for text in texts:
        river.publishes(text, language="en" if text.isascii() else "ru")
        await river.flows()
        await river.passes(hours=2)  # what a burst of one story holds back is told by then


# Not this person ----------------------------------------------------------------------------------------------------


async def test_not_this_person_ends_that_story_for_that_name_at_once(either: River) -> None:
    await either.opens(LENA, BOZDALIEV, "Halyna Vitrolom")
    await _publishes(either, COURT.replace("his lawyer", "lawyer Halyna Vitrolom"))
    alert = await _last_alert(either)

    answer = await _says_not_them(either, alert)
    assert [line.key for line in answer.lines] == ["judge.no"]
    await _publishes(either, "The court sentenced Arslan Bozdaliev to four years, lawyer Halyna Vitrolom said.")

    last = await _last_alert(either)
    assert last.item.sentences[0].text.startswith("The court sentenced")
    assert last.item.story == alert.item.story
    assert [named.label for named in last.item.names] == ["Halyna Vitrolom"]


async def test_not_this_person_teaches_the_company_and_leaves_the_full_name_elsewhere(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await _publishes(river, GOAL)
    answer = await _says_not_them(river, await _last_alert(river))
    assert [line.key for line in answer.lines] == ["judge.no", "judge.learnt"]

    await _publishes(river, HOSPITAL, COURT)

    assert await _alerts(river) == [GOAL, COURT]


async def test_a_judgement_touches_no_other_list(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.opens(NAZAR, BOZDALIEV)
    await _publishes(river, GOAL)
    await _says_not_them(river, await _last_alert(river))

    await _publishes(river, HOSPITAL)

    assert await _alerts(river, LENA) == [GOAL]
    assert await _alerts(river, NAZAR) == [GOAL, HOSPITAL]


async def test_a_judgement_is_undone_by_the_button_of_its_answer_and_all_is_told_again(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _publishes(either, GOAL)
    answer = await _says_not_them(either, await _last_alert(either))
    (undo,) = answer.buttons[0]

    undone = await either.asks(f"{undo.command} {undo.rest}")
    await _publishes(either, HOSPITAL)

    assert isinstance(undone, Reply)
    assert undone.lines[0].key == "judge.undone"
    assert await _alerts(either) == [GOAL, HOSPITAL]


async def test_news_that_waits_for_a_digest_survives_what_a_judgement_teaches(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await either.asks("alerts off")
    await _publishes(either, GOAL, COURT)
    async with either.engine.desk(LENA, changes=False) as desk:
        known = await desk.who(BOZDALIEV)
    goal = next(one for one in known.sightings if "footballer" in one.sentence.text)
    assert known.watched is not None

    await either.asks(f"notthem {goal.article.id} {known.watched.id}")
    digest = await either.asks("digest")

    assert isinstance(digest, Digest)
    assert [item.sentences[0].text for item in digest.items] == [COURT]


async def test_of_an_article_with_several_names_the_button_asks_whom_it_is_not(river: River) -> None:
    await river.opens(LENA, BOZDALIEV, "Halyna Vitrolom")
    await _publishes(river, "Arslan Bozdaliev was moved to another prison, lawyer Halyna Vitrolom said.")
    article = (await _last_alert(river)).item.sentences[0].article

    answer = await river.asks(f"notthem {article}")

    assert isinstance(answer, Reply)
    assert answer.lines[0].key == "judge.whom"
    assert [button.words for row in answer.buttons for button in row] == [BOZDALIEV, "Halyna Vitrolom"]


async def test_a_judgement_that_was_undone_is_undone_twice_in_plain_words(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await _publishes(river, GOAL)
    alert = await _last_alert(river)
    await _says_not_them(river, alert)
    meant = f"{alert.item.sentences[0].article} {alert.item.names[0].name}"

    said = [await river.asks(f"themagain {meant}") for _ in range(2)]

    assert [answer.lines[0].key for answer in said if isinstance(answer, Reply)] == ["judge.undone", "judge.not_judged"]


async def test_a_judgement_of_what_is_gone_says_so(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    for asked in ("notthem", "themagain"):
        answer = await river.asks(f"{asked} {'0' * 16} {'f' * 16}")
        assert isinstance(answer, Reply)
        assert answer.lines[0].key == "judge.gone"


async def test_what_a_person_confirmed_is_never_learnt_from_a_wrong_mention(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await _publishes(river, GOAL)
    first = await _last_alert(river)
    async with river.engine.desk(LENA, changes=True) as desk:
        right = first.item.sentences[0].article, first.item.names[0].name
        await desk.keeper.judge(*right, Verdict.YES, "a person")
    await _publishes(river, HOSPITAL)

    answer = await _says_not_them(river, await _last_alert(river))

    assert [line.key for line in answer.lines] == ["judge.no"]


async def test_a_name_of_a_followed_list_is_judged_for_the_follower_and_taught_nothing(river: River) -> None:
    await river.engine.put_book([b.watched_name(BOZDALIEV, list=BOOK)])
    chat = await river.opens(LENA)
    async with river.database.write() as tx:
        await Lists(tx).follow(chat.id, BOOK, river.clock.now())
    await _publishes(river, GOAL)

    answer = await _says_not_them(river, await _last_alert(river))
    await _publishes(river, HOSPITAL, COURT)

    assert [line.key for line in answer.lines] == ["judge.no"]
    assert await _alerts(river) == [GOAL, COURT]


async def test_forgetting_takes_along_what_a_name_was_before_it_was_changed(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _publishes(either, GOAL)
    await _says_not_them(either, await _last_alert(either))
    await either.asks("forget yes")
    async with either.database.read() as tx:
        left = [await tx.scalar(select(func.count()).select_from(table)) for table in (patterns, mentions, judgements)]
    assert left == [0, 0, 0]


# What the archive knows ---------------------------------------------------------------------------------------------


async def test_a_newly_watched_name_says_what_is_known_and_alerts_nothing_of_it(either: River) -> None:
    await either.opens(LENA)
    await _publishes(either, COURT, GOAL, "Bozdaliev fell ill in his cell, the ombudsman told journalists.")

    answer = await either.asks(f"watch {BOZDALIEV}")
    await either.passes(minutes=1)

    assert isinstance(answer, Reply)
    stored = next(line for line in answer.lines if line.key == "watch.stored")
    # The third names him by his surname alone: the two before have taught whom that means.
    assert dict(stored.fields)["n"] == "3"
    assert await either.told() == []


async def test_what_the_archive_taught_of_a_surname_holds_for_what_comes(river: River) -> None:
    await river.opens(LENA)
    await _publishes(river, COURT, GOAL)
    await river.asks(f"watch {BOZDALIEV}")

    await _publishes(river, "In his cell Bozdaliev fell ill, the ombudsman told journalists.")

    assert len(await _alerts(river)) == 1


async def test_an_answer_is_the_same_whether_or_not_another_chat_watches_the_name(river: River) -> None:
    await river.opens(NAZAR, BOZDALIEV)
    await _publishes(river, COURT, GOAL, "Bozdaliev fell ill in his cell, the ombudsman told journalists.")
    await river.opens(LENA)
    async with river.engine.desk(LENA, changes=False) as desk:
        alike = await desk.keeper.foresee_watch([BOZDALIEV])
        fresh = await desk.keeper.foresee_watch(["Arslan Bozdaliyev"])
    assert [len(each.found) for each in alike.of.values()] == [3]
    assert [len(each.found) for each in fresh.of.values()] == [3]


async def test_what_comes_while_a_name_is_looked_up_is_known_of_it_too(river: River) -> None:
    await river.opens(LENA)
    await _publishes(river, COURT)
    async with river.engine.desk(LENA, changes=False) as desk:
        foreseen = await desk.keeper.foresee_watch([BOZDALIEV])
    await _publishes(river, GOAL)
    async with river.engine.desk(LENA, changes=True) as desk:
        (result,) = await desk.watch([BOZDALIEV], foreseen)
    assert result.outcome is Watched.ADDED
    assert result.articles == 2


async def test_an_article_that_ends_the_worker_does_not_hinder_watching(
    river: River, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await river.opens(LENA)
    await _publishes(river, COURT, GOAL)
    replay = Matcher.replay

    async def dies_of_goals(
        self: Matcher, patterns: Sequence[Pattern], articles: Sequence[Article], taught: Mapping[str, int]
    ) -> tuple[Found, ...]:
        if any("footballer" in article.text for article in articles):
            raise MatcherError("the matching worker died")
        return await replay(self, patterns, articles, taught)

    monkeypatch.setattr(Matcher, "replay", dies_of_goals)
    answer = await river.asks(f"watch {BOZDALIEV}")

    assert isinstance(answer, Reply)
    assert dict(next(line for line in answer.lines if line.key == "watch.stored").fields)["n"] == "1"
    assert "archive.passed_over" in caplog.text


async def test_a_list_that_changed_while_a_name_was_looked_up_is_asked_again(river: River) -> None:
    await river.opens(LENA)
    async with river.engine.desk(LENA, changes=False) as desk:
        foreseen = await desk.keeper.foresee_watch([BOZDALIEV])
    await river.asks(f"watch {BOZDALIEV}")
    async with river.engine.desk(LENA, changes=True) as desk:
        (result,) = await desk.watch([BOZDALIEV], foreseen)
    assert result.outcome is Watched.KNOWN


async def test_a_long_list_is_looked_for_in_the_newest_articles_from_end_to_end(river: River) -> None:
    await river.opens(LENA)
    await _publishes(river, COURT, GOAL)
    others = [f"Halyna {first}{last}" for first in _SYLLABLES for last in ("enko", "yshyn", "ovska", "ak")]
    told: list[tuple[int, int]] = []
    written = [Written(line=n, label=label) for n, label in enumerate([*others, BOZDALIEV])]
    results = await river.engine.import_names(LENA, written, lambda done, of: told.append((done, of)))
    assert results[-1].articles == 2
    assert len({each.name.id for each in results if each.name}) > 200
    assert told[-1] == (2, 2)


async def test_a_name_watched_again_knows_what_came_meanwhile_and_tells_nothing_of_it(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    answer = await river.asks(f"unwatch {BOZDALIEV}")
    assert isinstance(answer, Reply)
    (undo,) = answer.buttons[0]
    await _publishes(river, COURT)
    await river.asks(f"{undo.command} {undo.rest}")
    async with river.engine.desk(LENA, changes=False) as desk:
        known = await desk.who(BOZDALIEV)
    assert known.articles == 1


async def test_a_name_whose_spellings_change_in_the_book_keeps_its_articles_and_what_waits_to_be_told(
    either: River,
) -> None:
    name = b.watched_name(BOZDALIEV, list=BOOK)
    await either.engine.put_book([name])
    chat = await either.opens(LENA)
    async with either.database.write() as tx:
        await Lists(tx).follow(chat.id, BOOK, either.clock.now())
    await either.asks("alerts off")
    await _publishes(either, COURT)

    await either.engine.put_book([replace(name, spellings=(*name.spellings, b.spelling("Арслан Боздали")))])
    digest = await either.asks("digest")
    known = await either.engine.who(BOZDALIEV)

    assert known.articles == 1
    assert isinstance(digest, Digest)
    assert [item.sentences[0].text for item in digest.items] == [COURT]


# Spellings ----------------------------------------------------------------------------------------------------------


async def test_of_a_couple_both_are_watched_and_what_only_the_person_can_say_is_asked(river: River) -> None:
    await river.opens(LENA)
    async with river.engine.desk(LENA, changes=True) as desk:
        results = await desk.watch(["Ali Umerov", "Ali Umerova", "Алі Умеров", "АЛІ УМЕРОВ"])
    assert [each.outcome for each in results] == [Watched.ADDED, Watched.ADDED, Watched.KNOWN, Watched.KNOWN]
    await river.opens(NAZAR, "Ali Umerov")

    asked = await river.asks("watch Алі Умерова", chat=NAZAR)
    assert isinstance(asked, Reply)
    assert asked.lines[0].key == "watch.unsure"
    (too,) = asked.buttons[0]
    added = await river.asks(f"{too.command} {too.rest}", chat=NAZAR)

    assert isinstance(added, Reply)
    assert added.lines[0].key == "watch.added"
    assert dict(added.lines[0].fields)["name"] == "Алі Умерова"


async def test_a_title_that_is_typed_is_left_out_of_the_name_and_the_answer_says_so(river: River) -> None:
    await river.opens(LENA)

    answer = await river.asks("watch Dr. Arslan Bozdaliev", chat=LENA)
    await _publishes(river, COURT)
    again = await river.asks("watch my brother Arslan Bozdaliev", chat=LENA)

    assert isinstance(answer, Reply)
    assert [line.key for line in answer.lines][:2] == ["watch.added", "watch.left_out"]
    assert dict(answer.lines[1].fields) == {"words": "Dr.", "name": "Arslan Bozdaliev"}
    assert await _alerts(river) == [COURT]
    assert isinstance(again, Reply)
    assert again.lines[0].key == "watch.known"


async def _decides(river: River, text: str, state: SpellingState) -> WatchedName:
    async with river.engine.desk(LENA, changes=True) as desk:
        return await desk.keeper.decide(BOZDALIEV, text, state, "a person")


async def test_a_struck_spelling_fires_no_more_and_fires_again_when_it_is_kept(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    text = "Арслана Боздалиева этапировали в колонию, сообщила адвокат."
    struck = await _decides(river, "Арслан Боздалиев", SpellingState.STRUCK)
    await _publishes(river, text, COURT)
    assert await _alerts(river) == [COURT]
    (decided,) = [each for each in struck.spellings if each.state is SpellingState.STRUCK]
    assert decided.decided_by == "a person"
    assert decided.decided_at is not None

    kept = await _decides(river, "Арслан Боздалиев", SpellingState.KEPT)
    await _publishes(river, "Адвокат Арслана Боздалиева подал жалобу на условия в колонии.")

    assert len(await _alerts(river)) == 2
    assert pattern_of(kept).id != pattern_of(struck).id


async def test_a_name_keeps_at_least_one_spelling(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    async with river.engine.desk(LENA, changes=False) as desk:
        texts = {each.text for each in (await desk.keeper.spellings(BOZDALIEV)).spellings}
    for text in sorted(texts - {BOZDALIEV}):
        await _decides(river, text, SpellingState.STRUCK)
    with pytest.raises(AskError) as refused:
        await _decides(river, BOZDALIEV, SpellingState.STRUCK)
    assert refused.value.key == "spellings.last"


async def test_an_article_id_that_is_none_is_answered(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    async with river.engine.desk(LENA, changes=False) as desk:
        assert await desk.keeper.named_in(ArticleId("0" * 16)) == ()


async def test_a_name_whose_spellings_change_keeps_its_open_story_and_what_was_told(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _publishes(either, ARREST)
    await _decides(either, "Арслан Боздалиев", SpellingState.STRUCK)
    await _publishes(either, ARREST_AGAIN)
    await either.passes(minutes=30)
    assert await _alerts(either) == [ARREST], "the same in other words is no news, whatever the spellings"
    await either.engine.matcher.forget_unstored()
    await _publishes(either, TRIAL)
    assert len(await _stories(either)) == 1


async def _stories(river: River) -> set[str]:
    async with river.database.read() as tx:
        return set((await tx.execute(select(story_articles.c.story))).scalars())
