"""Owners add sources from their chat and take them off: with the real fronts, store and readers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from bot.app import open_finder
from digests.model import Rhythm
from digests.store.articles import Articles
from digests.store.sources import Sources
from tests.builders import source
from tests.fakes.feeds import Answer, item, rss
from tests.town import OWNER, Town, running_town

NOW = datetime(2026, 11, 23, 12, 32, tzinfo=UTC)
_FEED = rss(
    item("3", title="Weather", date="Mon, 23 Nov 2026 10:00:00 +0200"),
    item("2", title="Arslan Bozdaliev moved", text="Arslan Bozdaliev was moved to another prison, his lawyer said."),
    item("1", title="Suzanna Terenova spoke", text="Arslan Bozdaliev was not there, Suzanna Terenova said."),
    head="<language>en</language>",
)


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with running_town(tmp_path, now=NOW) as built:
        yield built


async def test_a_source_is_shown_before_it_is_kept_and_nothing_old_in_it_is_alerted(town: Town) -> None:
    town.feeds.answers(Answer(body=b'<link rel="alternate" type="application/rss+xml" href="/feed">'), "/")
    town.feeds.answers(Answer(body=_FEED))
    await town.says(OWNER, "/watch Arslan Bozdaliev")

    offered = await town.says(OWNER, f"/source add {town.feeds.url('/')}")

    assert f"Steppe Radio, {town.feeds.url('/feed')}" in offered
    assert "It holds 3 articles now, mostly in English." in offered
    assert "Weather" in offered
    assert "Of your names in it: Arslan Bozdaliev (2)." in offered
    assert "Steppe Radio" not in await town.says(OWNER, "/sources")

    await town.presses(OWNER, "Keep")
    assert "Steppe Radio" in await town.says(OWNER, "/sources")
    await town.has_placed(3)
    async with town.app.engine.database.read() as tx:
        newest = await Articles(tx).count(NOW - timedelta(days=1), town.clock.now())
    assert newest == 3
    assert not any("his lawyer said" in text for text in town.texts(OWNER))


async def test_what_cannot_be_added_is_refused_with_its_reason(town: Town) -> None:
    town.feeds.answers(Answer(status=403), "/closed")
    refused = await town.says(OWNER, f"/source add {town.feeds.url('/closed')}")
    assert "was not added: its server refuses us (403)." in refused
    assert "no address" in await town.says(OWNER, "/source add nonsense")
    assert "allow_networks" in await town.says(OWNER, "/source add http://127.0.0.1:1/rss")


async def test_a_source_is_taken_off_and_back_by_buttons(town: Town) -> None:
    town.feeds.answers(Answer(body=_FEED))
    await town.says(OWNER, f"/source add {town.feeds.url()}")
    await town.presses(OWNER, "Keep")
    assert "read already" in await town.says(OWNER, f"/source add {town.feeds.url()}")

    assert "no source has" in (await town.says(OWNER, "/source remove liman")).lower()
    assert "Which one" in await town.says(OWNER, "/source remove steppe")
    assert "is read no more" in await town.presses(OWNER, "Steppe Radio")
    async with town.app.engine.database.read() as tx:
        assert all(source.kind == "folder" for source in await Sources(tx).all())
    assert "is read from now on" in await town.presses(OWNER, "Undo")


async def test_only_owners_see_and_change_sources(town: Town) -> None:
    town.feeds.answers(Answer(body=_FEED))
    await town.opens(5)
    for asked in ("/sources", "/source remove", f"/source add {town.feeds.url()}"):
        assert await town.says(5, asked) == "Only those who run this bot can do that."
    assert town.feeds.asked == []


async def test_a_source_that_fell_silent_is_shown_so(town: Town) -> None:
    now = town.clock.now()
    rhythm = Rhythm(since=now - timedelta(days=90), last_new_at=now - timedelta(days=20), rate=3.0)
    silent = source(title="Liman", rhythm=rhythm, last_success_at=now, next_poll_at=now + timedelta(days=1))
    async with town.app.engine.database.write() as tx:
        await Sources(tx).add(silent)
    assert "Liman: can be read, but has had nothing new since" in await town.says(OWNER, "/sources")


async def test_a_source_that_gives_without_end_is_shown_so(town: Town) -> None:
    now = town.clock.now()
    rhythm = Rhythm(since=now - timedelta(days=90), last_new_at=now, rate=9_000.0)
    flood = source(title="Liman", rhythm=rhythm, last_success_at=now, next_poll_at=now + timedelta(days=1))
    async with town.app.engine.database.write() as tx:
        await Sources(tx).add(flood)
    assert "Liman: gives 9000 articles a day" in await town.says(OWNER, "/sources")


async def test_a_channel_is_found_where_the_setting_says_that_previews_stand(town: Town) -> None:
    town.feeds.answers(Answer(body=_PREVIEW), "/s/steppe_radio")
    settings = town.settings.model_copy(update={"channel_host": town.feeds.url("")})
    async with open_finder(settings, town.clock, town.app.engine.database) as finder:
        offer = await finder.find("@steppe_radio")
    assert (offer.source.kind, offer.source.address) == ("channel", "https://t.me/steppe_radio")
    assert [entry.text for entry in offer.entries] == ["Arslan Bozdaliev was moved."]


_PREVIEW = b"""<div class="tgme_channel_info_header_title">Steppe</div>
<div class="tgme_widget_message" data-post="steppe_radio/7"><div class="tgme_widget_message_text">Arslan Bozdaliev was
moved.</div><time datetime="2026-11-23T10:00:00+00:00"></time></div>"""
