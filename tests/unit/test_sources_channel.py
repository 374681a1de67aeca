"""Reading public channels from their web preview."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from digests.errors import SourceError
from digests.model import Reading, Source
from digests.sources.base import READERS, Reader, open_tools
from digests.sources.find import new_source
from tests.fakes.channels import FakeChannel
from tests.fakes.feeds import Answer, FeedServer, feed_server

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader(server: FeedServer) -> AsyncIterator[Reader]:
    async with open_tools(allow_networks=server.networks, channel_host=server.url("")) as tools:
        yield READERS["channel"](tools)


@pytest_asyncio.fixture(loop_scope="module")
async def channel(server: FeedServer) -> FakeChannel:
    made = FakeChannel("steppe_radio")
    server.answers_all(lambda asked: made(asked) if asked.path.startswith("/s/steppe_radio") else Answer(status=404))
    return made


SOURCE = new_source("channel", "https://t.me/steppe_radio")


def _after(reading: Reading, source: Source = SOURCE) -> Source:
    return replace(source, validators=reading.validators)


async def _all(reader: Reader, source: Source) -> tuple[list[str], Reading]:
    """Read as the intake does: again as long as there is more; return the identities and the last reading."""
    identities: list[str] = []
    while True:
        reading = await reader.read(source, now=NOW)
        identities += [entry.identity for entry in reading.entries]
        source = _after(reading)
        if not reading.more:
            return sorted(identities, key=lambda each: int(each.partition("/")[2])), reading


async def test_posts_come_oldest_first_with_their_own_number_words_time_and_address(
    reader: Reader, channel: FakeChannel
) -> None:
    channel.post("Суд у місті <b>переніс</b> засідання.<br/><br/>Про це сказала адвокатка.", NOW - 2 * MINUTE)
    channel.post("", NOW - MINUTE)
    channel.post('Others wrote of <a href="https://x.example/?q=1">Boz&shy;daliev</a> &amp; co.', NOW - MINUTE)
    reading = await reader.read(SOURCE, now=NOW)
    first, second = reading.entries
    assert (first.identity, first.url) == ("steppe_radio/1", "https://t.me/steppe_radio/1")
    assert first.title == "Суд у місті переніс засідання."
    assert first.text.split("\n\n")[-1] == "Про це сказала адвокатка."
    assert (first.published_at, first.language) == (NOW - 2 * MINUTE, "uk")
    assert (second.identity, second.text) == ("steppe_radio/3", "Others wrote of Bozdaliev & co.")
    assert reading.title == "Степове радіо"
    assert not reading.more


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        pytest.param('<i class="emoji" style="x"><b>⚡️</b></i> Суд відклав', "⚡️ Суд відклав", id="emoji"),
        pytest.param('<tg-emoji emoji-id="5"><i class="emoji"><b>❗</b></i></tg-emoji>Суд', "❗Суд", id="their own"),
        pytest.param("Суд <tg-spoiler>відклав</tg-spoiler> справу", "Суд відклав справу", id="a veiled word"),
        pytest.param("<b>Суд</b> <s>не</s> <u>відклав</u>", "Суд не відклав", id="type"),
        pytest.param("Перше<br/>друге<br><br>третє", "Перше\n\nдруге\n\nтретє", id="lines"),
        pytest.param("Так:<blockquote expandable>Цитата</blockquote>далі", "Так:\n\nЦитата\n\nдалі", id="a quotation"),
        pytest.param('<a href="?q=%23tag">#tag</a> і <a href="https://x.example/">тут</a>', "#tag і тут", id="links"),
        pytest.param("<code>a &lt; b</code>", "a < b", id="code"),
        pytest.param("Слово " * 9_000, ("Слово " * 9_000).strip()[:20_000], id="longer than any post can be"),
        pytest.param('<div class="tgme_widget_message_text">Двічі</div>', "Двічі", id="a box in a box"),
    ],
)
async def test_the_words_of_a_post_come_without_its_mark_up(
    reader: Reader, channel: FakeChannel, marked: str, said: str
) -> None:
    channel.post(marked, NOW)
    (entry,) = (await reader.read(SOURCE, now=NOW)).entries
    assert entry.text == said


async def test_the_words_of_an_answered_post_or_a_linked_page_are_not_the_channels_own(
    reader: Reader, channel: FakeChannel
) -> None:
    channel.post("Our words in answer.", NOW, kind="answer")
    channel.post("Our words with a link.", NOW, kind="link")
    channel.post("Channel photo updated", NOW, kind="service_message")
    reading = await reader.read(SOURCE, now=NOW)
    assert [entry.text for entry in reading.entries] == ["Our words in answer.", "Our words with a link."]


async def test_a_page_on_which_only_the_views_changed_is_unchanged(reader: Reader, channel: FakeChannel) -> None:
    channel.post("One text about the court.", NOW)
    first = await reader.read(SOURCE, now=NOW)
    assert (await reader.read(_after(first), now=NOW)).unchanged


async def test_an_edited_post_keeps_its_identity(reader: Reader, channel: FakeChannel) -> None:
    number = channel.post("One text about the court.", NOW)
    first = await reader.read(SOURCE, now=NOW)
    channel.edit(number, "One text about the court, mended.")
    (edited,) = (await reader.read(_after(first), now=NOW)).entries
    assert (edited.identity, edited.text) == (first.entries[0].identity, "One text about the court, mended.")


async def test_what_was_posted_in_an_outage_is_found_on_earlier_pages(
    reader: Reader, channel: FakeChannel, server: FeedServer
) -> None:
    for n in range(30):
        channel.post(f"Post {n} before.", NOW)
    found, first = await _all(reader, SOURCE)
    assert found == [f"steppe_radio/{n}" for n in range(11, 31)]  # of a new channel the newest page alone
    for n in range(50):
        channel.post(f"Post {n} after.", NOW)
    del channel.posts[45], channel.posts[61]
    found, last = await _all(reader, _after(first))
    assert {f"steppe_radio/{n}" for n in range(31, 81) if n not in (45, 61)} <= set(found)
    assert len(found) == len(set(found))
    assert dict(last.validators).keys() == {"newest", "hash"}
    assert [asked.path for asked in server.asked[-2:]] == [
        "/s/steppe_radio?before=60",
        "/s/steppe_radio?before=39",
    ]


async def test_a_channel_that_posted_without_end_is_read_back_ten_pages(reader: Reader, channel: FakeChannel) -> None:
    channel.post("The first one.", NOW)
    first = await reader.read(SOURCE, now=NOW)
    for n in range(400):
        channel.post(f"Post {n}.", NOW)
    found, _ = await _all(reader, _after(first))
    assert len(found) == 200


@pytest.mark.parametrize(
    "address", ["https://t.me/s/steppe_radio", "https://t.me/steppe_radio/", "https://t.me/steppe_radio"]
)
async def test_a_channel_may_be_written_in_several_ways(reader: Reader, channel: FakeChannel, address: str) -> None:
    channel.post("One.", NOW)
    assert (await reader.read(new_source("channel", address), now=NOW)).entries


async def test_a_channel_without_a_preview_is_said_so(reader: Reader, channel: FakeChannel) -> None:
    channel.has_preview = False
    with pytest.raises(SourceError, match="shows no preview of this channel") as caught:
        await reader.read(SOURCE, now=NOW)
    assert caught.value.source == SOURCE.address


@pytest.mark.parametrize("address", ["https://t.me/+secret", "https://t.me/a/b/c", "https://t.me/"])
async def test_what_is_no_channel_is_refused_without_asking(reader: Reader, server: FeedServer, address: str) -> None:
    before = len(server.asked)
    with pytest.raises(SourceError, match="no address of a public channel"):
        await reader.read(new_source("channel", address), now=NOW)
    assert len(server.asked) == before
