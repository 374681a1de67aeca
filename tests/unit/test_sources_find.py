"""Finding the source that a person means by what they type."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from digests.errors import SourceError
from digests.model import Reading, Source, Stance
from digests.sources.base import READERS, Tools, open_tools
from digests.sources.find import Finder, channel_name, feeds_on_page
from digests.sources.opml import Outline
from tests.fakes.feeds import Answer, FeedServer, feed_server, item, rss

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = rss(item("2", title="Two"), item("1", title="One"), head="<language>uk</language>")
PAGE = "<html><head><title>Steppe</title>{}</head><body>Welcome {}</body></html>"
LINK = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'


@dataclass
class Site:
    """A site on loopback, and what finds its feeds."""

    server: FeedServer
    finder: Finder
    tools: Tools
    pauses: list[timedelta]


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with feed_server() as server, open_tools(allow_networks=server.networks) as tools:
        pauses: list[timedelta] = []

        async def pause(delay: timedelta) -> None:
            pauses.append(delay)

        readers = {"feed": READERS["feed"](tools)}
        yield Site(server, Finder(tools, readers, now=lambda: NOW, pause=pause), tools, pauses)


async def test_a_feeds_own_address_is_that_feed(site: Site) -> None:
    site.server.answers(Answer(body=FEED))
    offer = await site.finder.find(f"  {site.server.url()} ")
    assert (offer.source.kind, offer.source.address, offer.source.title) == ("feed", site.server.url(), "Steppe Radio")
    assert ([entry.title for entry in offer.entries], offer.language) == (["One", "Two"], "uk")
    assert len(site.server.asked) == 1


async def test_an_address_without_its_scheme_is_tried_with_tls_first(site: Site) -> None:
    site.server.answers(Answer(body=FEED))
    bare = site.server.url().removeprefix("http://")
    assert (await site.finder.find(bare)).source.address == site.server.url()


@pytest.mark.parametrize(
    ("head", "body", "found"),
    [
        pytest.param(LINK.format("News", "/news.xml"), "", "/news.xml", id="declared"),
        pytest.param(
            LINK.format("Comments", "/c.xml") + LINK.format("News", "news.xml"),
            "",
            "/news.xml",
            id="no comments",
        ),
        pytest.param(LINK.format("", "/gone.xml"), '<a href="/news/rss">RSS</a>', "/news/rss", id="linked to"),
        pytest.param("", "", "/rss.xml", id="at a usual place"),
        pytest.param(LINK.format("", "javascript:x()"), "", "/rss.xml", id="a link that leads nowhere"),
    ],
)
async def test_a_page_leads_to_its_feed(site: Site, head: str, body: str, found: str) -> None:
    site.server.answers(Answer(body=PAGE.format(head, body).encode()), "/")
    site.server.answers(Answer(body=FEED), found)
    offer = await site.finder.find(site.server.url("/"))
    assert offer.source.address == site.server.url(found)
    assert len(offer.entries) == 2


async def test_other_feeds_of_a_page_are_told_of_and_a_host_is_asked_once_a_second(site: Site) -> None:
    head = LINK.format("All", "/all.xml") + LINK.format("Crimea", "/crimea.xml")
    site.server.answers(Answer(body=PAGE.format(head, "").encode()), "/")
    site.server.answers_all(lambda _: Answer(body=FEED))
    offer = await site.finder.find(site.server.url("/"))
    assert offer.others == (site.server.url("/crimea.xml"),)
    assert site.pauses == [timedelta(seconds=1)]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(Answer(status=403), r"refuses us \(403\)", id="refused"),
        pytest.param(Answer(status=404), r"does not know this address \(404\)", id="not there"),
        pytest.param(Answer(body=b"<html><body>Nothing</body></html>"), "no feed was found there", id="a mere page"),
        pytest.param(Answer(body=b"\x7fELF\0\0"), "no feed was found there", id="no text"),
    ],
)
async def test_what_cannot_be_added_is_refused_in_words(site: Site, answer: Answer, why: str) -> None:
    site.server.answers(answer, "/")
    with pytest.raises(SourceError, match=why):
        await site.finder.find(site.server.url("/"))
    assert len(site.server.asked) <= 9


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ("http://127.0.0.1:9/rss", "allow_networks"),
        ("http://10.1.2.3/rss", "allow_networks"),
        ("ftp://steppe.example/", "no http or https"),
        ("file:///etc/passwd", "no http or https"),
        ("just words", "this is no address"),
        ("word", "this is no address"),
        ("", "this is no address"),
    ],
)
async def test_what_is_no_public_address_is_refused_in_words(site: Site, stated: str, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        await site.finder.find(stated)


async def test_an_outlet_of_the_catalogue_is_found_by_its_name_with_what_is_known_of_it(site: Site) -> None:
    site.server.answers(Answer(body=FEED))
    radio = Outline(address=site.server.url(), title="Steppe Radio", language="crh", stance=Stance.NGO)
    others = [Outline(address="https://x.example/", title=title) for title in ("Liman", "Liman Post")]

    async def pause(_: timedelta) -> None:
        raise AssertionError("one request is enough")

    readers = {"feed": READERS["feed"](site.tools)}
    finder = Finder(site.tools, readers, catalogue=(radio, *others), now=lambda: NOW, pause=pause)
    for stated in ("steppe RADIO", "Steppe", site.server.url()):
        source = (await finder.find(stated)).source
        assert (source.title, source.language, source.stance) == ("Steppe Radio", "crh", Stance.NGO)
    with pytest.raises(SourceError, match="no address"):
        await finder.find("Lim")


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("https://t.me/steppe_radio", "steppe_radio"),
        ("t.me/s/steppe_radio/", "steppe_radio"),
        ("http://telegram.me/Steppe", "Steppe"),
        ("@steppe_radio", "steppe_radio"),
        ("https://t.me/joinchat/AAAA", None),
        ("https://t.me/steppe/25", None),
        ("https://t.me/+abcdef", None),
        ("https://steppe.example/t.me/x", None),
    ],
)
async def test_a_channels_address_is_known(stated: str, name: str | None) -> None:
    assert channel_name(stated) == name


async def test_a_channel_is_read_where_channels_are_read(site: Site) -> None:
    class Channels:
        async def read(self, source: Source, *, now: datetime) -> Reading:
            return Reading(title=f"From {source.address}")

    async def pause(_: timedelta) -> None: ...

    finder = Finder(site.tools, {"channel": Channels()}, now=lambda: NOW, pause=pause)
    offer = await finder.find("t.me/steppe_radio")
    assert (offer.source.kind, offer.source.title) == ("channel", "From https://t.me/steppe_radio")


@pytest.mark.parametrize("piece", [b"<link ", b"<a href='", b'<link rel="alternate" href="', b"<a b=c "])
async def test_no_page_takes_more_than_a_moment(piece: bytes) -> None:
    began = time.process_time()
    assert feeds_on_page(piece * (1_000_000 // len(piece)), None, "https://x.example/") == []
    assert time.process_time() - began < 5
