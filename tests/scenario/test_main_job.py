"""The main job from end to end: people, articles, alerts, digests and lookups, on real libraries over real sockets."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import open_app
from bot.clock import SystemClock
from bot.settings import Settings
from digests.engine import feed_source
from digests.store.sources import Sources
from tests.fakes.feeds import Answer, item, rss
from tests.town import OWNER, Town, running_town

LENA = 101
AFTERNOON = datetime(2026, 11, 23, 12, 32, tzinfo=UTC)
ARTICLE = """Lawyer tells of a transfer

Arslan Bozdaliev was moved to another prison, his lawyer said on Monday.

The family learnt of it from the lawyer alone."""


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with running_town(tmp_path, now=AFTERNOON) as town:
        yield town


async def test_an_invited_person_watches_a_name_in_cyrillic_and_is_alerted_to_it_in_latin(town: Town) -> None:
    await town.opens(LENA)
    assert "Арслан Боздалієв" in await town.says(LENA, "/watch Арслан Боздалієв")

    heard = len(town.texts(LENA))
    town.drops("harbour-post/transfer.txt", ARTICLE)
    alert = await town.hears(LENA, heard)

    assert alert.startswith("Арслан Боздалієв")
    assert "Arslan Bozdaliev was moved to another prison, his lawyer said on Monday." in alert
    assert "Found as “Arslan Bozdaliev”" in alert


async def test_a_copy_and_a_repeat_of_an_article_raise_no_second_alert(town: Town) -> None:
    await town.opens(LENA)
    await town.says(LENA, "/watch Arslan Bozdaliev")
    town.drops("harbour-post/transfer.txt", ARTICLE)
    await town.until(lambda: [text for text in town.texts(LENA) if "another prison" in text])

    town.drops("coast-daily/transfer.txt", ARTICLE + "\n\nSource: Harbour Post")
    answer = await town.says(LENA, "/who Arslan Bozdaliev")
    while "2" not in answer:
        answer = await town.says(LENA, "/who Arslan Bozdaliev")

    alerts = [text for text in town.texts(LENA) if text.startswith("Arslan Bozdaliev ·") and "Found as" in text]
    assert len(alerts) == 1


async def test_an_article_newly_published_in_a_feed_raises_one_alert_and_its_backlog_none(town: Town) -> None:
    await town.opens(LENA)
    await town.says(LENA, "/watch Арслан Боздалієв")
    old = item("1", text="Arslan Bozdaliev was detained on Friday, his lawyer said.")
    town.feeds.answers(Answer(body=rss(old)))
    source = feed_source(town.feeds.url(), title="Steppe Radio")
    await town.app.engine.put_source(source)
    await town.has_placed(1)

    new = item("2", text="Arslan Bozdaliev was moved to another prison, his lawyer said on Monday.")
    town.feeds.answers(Answer(body=rss(new, old)))
    await _poll_now(town)

    alerts = await town.until(lambda: [text for text in town.texts(LENA) if "Found as" in text])
    assert len(alerts) == 1
    assert "another prison" in alerts[0]


async def test_a_stranger_is_told_how_to_be_invited_and_nothing_else(town: Town) -> None:
    answer = await town.says(666, "/watch Arslan Bozdaliev")
    assert "invit" in answer
    town.drops("harbour-post/transfer.txt", ARTICLE)
    await town.has_placed(1)
    await town.says(OWNER, "/status")
    assert len(town.texts(666)) == 1


async def test_a_slack_channel_gets_its_digest_once_at_the_hour_it_chose(town: Town) -> None:
    for words in ("start", "watch Арслан Боздалієв", "alerts off", "when daily 15:00"):
        await town.asks_slack("C1", "U1", words)
    town.drops("harbour-post/transfer.txt", ARTICLE)
    await town.has_placed(1)

    told = len(town.slack.messages_to("C1"))
    town.clock.jump_to(datetime(2026, 11, 23, 13, 0, 1, tzinfo=UTC))
    await town.until(lambda: len(town.slack.messages_to("C1")) > told)
    town.clock.jump_to(datetime(2026, 11, 23, 13, 30, tzinfo=UTC))
    await town.slack.types_command("C1", "U1", "/haberdar", "who Arslan Bozdaliev")
    await town.until(lambda: len(town.slack.messages_to("C1")) > told + 1)

    digest, answer = town.slack.messages_to("C1")[told:]
    assert "Digest" in digest.shown
    assert "was moved to another prison" in digest.shown
    assert "was moved to another prison" in answer.shown


async def test_a_digest_asked_for_before_its_hour_takes_nothing_from_the_one_at_its_hour(town: Town) -> None:
    await town.opens(LENA)
    for words in ("/watch Arslan Bozdaliev", "/alerts off", "/when daily 08:00"):
        await town.says(LENA, words)
    town.drops("harbour-post/transfer.txt", ARTICLE)
    town.clock.jump_to(datetime(2026, 11, 24, 5, 55, tzinfo=UTC))  # 07:55 in Kyiv
    asked = await _digest_with(town, "another prison")

    told = len(town.texts(LENA))
    town.clock.jump_to(datetime(2026, 11, 24, 6, 0, 1, tzinfo=UTC))
    morning = await town.hears(LENA, told)

    assert "Arslan Bozdaliev was moved to another prison" in asked
    assert "Arslan Bozdaliev was moved to another prison" in morning


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        pytest.param(
            datetime(2026, 10, 24, 17, 0, tzinfo=UTC),
            datetime(2026, 10, 25, 6, 0, tzinfo=UTC),
            id="the night of 25 hours",
        ),
        pytest.param(
            datetime(2027, 3, 27, 17, 0, tzinfo=UTC),
            datetime(2027, 3, 28, 5, 0, tzinfo=UTC),
            id="the night of 23 hours",
        ),
    ],
)
async def test_the_digest_comes_once_at_eight_in_kyiv_when_the_clocks_change(
    tmp_path: Path, evening: datetime, morning: datetime
) -> None:
    async with running_town(tmp_path, now=evening) as town:
        await town.opens(LENA)
        await town.says(LENA, "/watch Arslan Bozdaliev")
        await town.says(LENA, "/alerts off")
        town.drops("harbour-post/transfer.txt", ARTICLE)
        await _digest_with(town, "another prison")
        told = len(town.texts(LENA))

        town.clock.jump_to(morning.replace(hour=morning.hour - 1, minute=59, second=55))
        assert "Digest" not in "".join(town.texts(LENA)[told:])
        town.clock.jump_to(morning.replace(second=1))
        digest = await town.hears(LENA, told)
        town.clock.jump_to(morning.replace(hour=morning.hour + 2))
        await town.says(LENA, "/status")

        assert "08:00" in digest
        assert "another prison" in digest
        assert sum("another prison" in text for text in town.texts(LENA)[told:]) == 1


async def _digest_with(town: Town, words: str) -> str:
    """Ask for the digest until the article that was just dropped stands in it."""
    answer = await town.says(LENA, "/digest")
    while words not in answer:
        answer = await town.says(LENA, "/digest")
    return answer


async def _poll_now(town: Town) -> None:
    """Read the feeds at their next time, whenever that is."""
    town.clock.jump_to(town.clock.now() + timedelta(minutes=6))


async def test_another_drop_folder_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    read = []
    for name in ("first", "second", "first"):
        (tmp_path / name).mkdir(exist_ok=True)
        settings = Settings(data_dir=tmp_path / "data", seeds_dir=tmp_path / name)
        async with open_app(settings, SystemClock(), None) as app, app.engine.database.read() as tx:
            read.append([source.title for source in await Sources(tx).all()])
    assert read == [["first"], ["second"], ["first"]]
