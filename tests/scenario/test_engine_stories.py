"""Stories that turn out to be one: what was told stays told, what was not is told once, and no mute spreads."""

from sqlalchemy import select

from bot.request import Reply
from digests.model import Alert, Digest, Item, StoryId
from digests.store.tables import articles, news, stories, story_articles, story_mutes
from tests.river import BOZDALIEV, LENA, NAZAR, River

SEARCHED = (
    "Officers searched a house in Tash-Koy at five in the morning, took two computers and a box of letters and drove "
    "away with the owner, Arslan Bozdaliev, neighbours said."
)
MISSED = (
    "Elvira has not heard from her brother since yesterday: Arslan Bozdaliev left for work at the market and never "
    "came, and his phone is switched off. Nobody at the hospital in Limanske knows him."
)
BOTH = (
    "Arslan Bozdaliev, whom his sister Elvira had looked for at the market and at the hospital in Limanske, was found: "
    "officers who searched his house in Tash-Koy at five in the morning took him along with two computers and a box of "
    "letters."
)


async def _says(river: River, text: str) -> None:
    river.publishes(text)
    await river.flows()
    await river.passes(minutes=40)


async def _stories(river: River) -> set[str]:
    async with river.database.read() as tx:
        found = [
            set((await tx.execute(select(c))).scalars()) for c in (story_articles.c.story, news.c.story, stories.c.id)
        ]
    assert found[0] == found[1] == found[2]
    return found[0]


def _items(messages: list[Alert | Digest]) -> list[Item]:
    return [
        item for m in messages for item in ([m.item] if isinstance(m, Alert) else m.items) if not item.only_recalled
    ]


async def test_an_article_that_joins_two_told_stories_repeats_nothing_and_loses_nothing(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _says(either, SEARCHED)
    await _says(either, MISSED)
    assert len(await _stories(either)) == 2
    before = await either.told()
    await _says(either, BOTH)
    await either.passes(days=1)
    assert len(await _stories(either)) == 1
    told = await either.told()
    assert told[: len(before)] == before, "what was told stays as it was"
    pieces = [piece for item in _items(told) for piece in item.news]
    assert len(pieces) == len(set(pieces)) == 3


async def test_stories_that_join_before_a_digest_are_one_item_of_it(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    async with either.engine.desk(LENA, changes=True) as desk:
        await desk.set_alerts(on=False)
    for text in (SEARCHED, MISSED, BOTH):
        await _says(either, text)
    await either.passes(days=1)
    (item,) = _items(await either.told())
    assert {sentence.text for sentence in item.sentences} >= {SEARCHED}
    assert len(item.news) == 3


async def test_whoever_muted_one_of_two_stories_has_not_muted_what_they_become(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.opens(NAZAR, BOZDALIEV)
    await _says(river, SEARCHED)
    (first,) = await _stories(river)
    await _says(river, MISSED)
    for key, muted in ((LENA, {first}), (NAZAR, await _stories(river))):
        async with river.engine.desk(key, changes=True) as desk:
            for story in muted:
                await desk.mute_story(StoryId(story))
    await _says(river, BOTH)
    assert BOTH in {s.text for item in _items(await river.told(LENA)) for s in item.sentences}
    await _says(
        river, "Neighbours of Arslan Bozdaliev in Tash-Koy collect letters and computers for his sister Elvira."
    )
    assert len(await river.told(LENA)) > len(await river.told(NAZAR))


async def _ids(river: River) -> dict[str, str]:
    """Return the id of the first article with each first word."""
    async with river.database.read() as tx:
        rows = (await tx.execute(select(articles.c.id, articles.c.text).order_by(articles.c.row.desc()))).all()
    return {row.text.split()[0]: row.id for row in rows}


async def test_a_told_story_that_joined_and_is_taken_apart_repeats_nothing_and_loses_nothing(either: River) -> None:
    await either.opens("telegram:1", BOZDALIEV)
    await either.opens(LENA, BOZDALIEV)
    for text in (SEARCHED, MISSED, BOTH):
        await _says(either, text)
    assert len(await _stories(either)) == 1
    before = await either.told(LENA)
    answer = await either.asks(f"part {(await _ids(either))['Elvira']}", chat="telegram:1")
    assert "part.done" in str(answer)
    assert len(await _stories(either)) == 2
    await _says(either, MISSED.replace("since yesterday", "for two days") + " A volunteer has seen his car at a mill.")
    await either.passes(days=1)
    assert len(await _stories(either)) == 2, "what was taken apart is not joined again"
    told = await either.told(LENA)
    assert told[: len(before)] == before
    pieces = [piece for item in _items(told) for piece in item.news]
    assert len(pieces) == len(set(pieces)), "nothing is told twice"
    async with either.database.read() as tx:
        every = set((await tx.execute(select(news.c.id))).scalars())
    assert set(pieces) == every, "nothing is lost"


async def test_a_reprint_goes_with_the_text_that_is_taken_out_of_a_story(river: River) -> None:
    await river.opens("telegram:1", BOZDALIEV)
    for text in (SEARCHED, MISSED, BOTH):
        await _says(river, text)
    await river.has_source("coast-daily")
    river.publishes(MISSED, at="coast-daily")
    await river.flows()
    await river.asks(f"part {(await _ids(river))['Elvira']}", chat="telegram:1")
    async with river.database.read() as tx:
        rows = await tx.execute(
            select(story_articles.c.story, articles.c.text).join(articles, articles.c.id == story_articles.c.article)
        )
        stories_of_it = [row.story for row in rows if row.text.startswith("Elvira")]
    assert len(stories_of_it) == 2
    assert len(set(stories_of_it)) == 1


async def test_whoever_muted_a_story_has_muted_both_that_it_becomes(river: River) -> None:
    await river.opens("telegram:1", BOZDALIEV)
    await river.opens(LENA, BOZDALIEV)
    for text in (SEARCHED, MISSED, BOTH):
        await _says(river, text)
    (whole,) = await _stories(river)
    async with river.engine.desk(LENA, changes=True) as desk:
        await desk.mute_story(StoryId(whole))
    await river.asks(f"part {(await _ids(river))['Elvira']}", chat="telegram:1")
    async with river.database.read() as tx:
        muted = set((await tx.execute(select(story_mutes.c.story))).scalars())
    assert muted == await _stories(river)


async def test_what_is_a_whole_story_or_unknown_is_not_taken_out_and_only_owners_may(river: River) -> None:
    await river.opens("telegram:1", BOZDALIEV)
    await river.opens(LENA, BOZDALIEV)
    await _says(river, SEARCHED)
    alone = (await _ids(river))["Officers"]
    assert "part.ask" in str(await river.asks("part", chat="telegram:1"))
    assert "part.unknown" in str(await river.asks(f"part {alone}", chat="telegram:1"))
    assert "part.unknown" in str(await river.asks("part 0123456789abcdef", chat="telegram:1"))
    assert "owner.only" in str(await river.asks(f"part {alone}"))
    assert len(await _stories(river)) == 1


async def test_the_mute_under_an_old_alert_mutes_what_its_story_became_and_is_undone(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    for text in (SEARCHED, MISSED):
        await _says(river, text)
    alerts = [message for message in await river.told() if isinstance(message, Alert)]
    await river.sends()
    await _says(river, BOTH)
    (story,) = await _stories(river)
    (gone,) = {alert.item.story for alert in alerts} - {story}
    (under,) = [d for d in await river.deliveries() if f"{gone}" in d.content]

    answer = await river.asks(f"mutestory {gone}", message=under.parts[0].receipt)
    assert await _muted(river) == {story}
    assert isinstance(answer, Reply)
    undo = answer.buttons[0][0]
    await river.asks(f"{undo.command} {undo.rest}", message="another message")
    assert await _muted(river) == set()


async def _muted(river: River) -> set[str]:
    async with river.database.read() as tx:
        rows = await tx.execute(select(story_mutes.c.story).where(story_mutes.c.until > river.clock.now()))
        return set(rows.scalars())
