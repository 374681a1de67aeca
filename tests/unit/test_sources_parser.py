"""The worker that reads documents, and can be killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from digests.errors import SourceError
from digests.sources.parser import Feed, FeedParser
from tests.fakes.feeds import item, rss

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "feeds" / "dev"
PAGE = """<html lang="uk"><head><title>Liman News | Суд</title><meta property="og:title" content="Суд &amp; адвокатка">
<meta property="article:published_time" content="2026-11-20T10:00:00Z">
<meta property="og:site_name" content="Liman News">
<link rel="canonical" href="https://liman.example/1"></head><body><nav>Menu Menu</nav><article>
<h1>Суд &amp; адвокатка</h1><p>Суд у місті переніс засідання на понеділок. Адвокатка прийшла до зали о десятій.</p>
<p>Потім вона вийшла до журналістів і сказала, що чекатиме на рішення разом із родиною.</p></article></body></html>"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parser() -> AsyncIterator[FeedParser]:
    made = FeedParser(deadline=timedelta(seconds=30))
    yield made
    await made.close()


async def _parse(parser: FeedParser, data: bytes) -> Feed:
    return await parser.parse_feed(data, address="feed", url="https://steppe.example/", charset=None, now=NOW)


def _children() -> set[int]:
    """Return our child processes, zombies too."""
    me = os.getpid()
    return {int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()}


async def test_a_feed_comes_back_as_entries(parser: FeedParser) -> None:
    feed = await _parse(parser, rss(item("g", title="Title", date="2026-11-20"), head="<ttl>30</ttl>"))
    assert (feed.title, feed.ttl, feed.is_whole) == ("Steppe Radio", timedelta(minutes=30), True)
    assert feed.entries[0].published_at == datetime(2026, 11, 20, tzinfo=UTC)


async def test_what_is_no_feed_is_an_error_that_names_its_source(parser: FeedParser) -> None:
    with pytest.raises(SourceError, match="feed: this is a web page") as caught:
        await _parse(parser, b"<html><body>Please log in</body></html>")
    assert caught.value.why == "this is a web page, not a feed"


async def test_a_page_comes_back_as_its_article(parser: FeedParser) -> None:
    page = await parser.parse_page(PAGE.encode(), address="page.html")
    assert (page.title, page.language, page.outlet) == ("Суд & адвокатка", "uk", "Liman News")
    assert page.text.endswith("разом із родиною.")
    assert "Menu" not in page.text
    assert (page.date, page.url) == ("2026-11-20T10:00:00Z", "https://liman.example/1")


async def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read(parser: FeedParser) -> None:
    await _parse(parser, rss())
    nested = b"<rss><channel>" + b"<a>" * 300_000
    hasty = FeedParser(deadline=timedelta(seconds=0.2))
    with pytest.raises(SourceError, match="takes too long"):
        await _parse(hasty, nested)
    patient = await _parse(parser, rss(item("g")))
    await hasty.close()
    assert len(patient.entries) == 1


async def test_a_worker_that_died_is_replaced_and_none_is_left_behind() -> None:
    parser = FeedParser(deadline=timedelta(seconds=30))
    before = _children()
    await _parse(parser, rss())
    (worker,) = _children() - before
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(SourceError, match="dies of it"):
        await _parse(parser, rss())
    assert len((await _parse(parser, rss(item("g")))).entries) == 1
    await parser.close()
    await parser.close()
    assert _children() <= before


async def test_an_answer_nobody_waited_for_is_never_given_to_the_next(parser: FeedParser) -> None:
    await _parse(parser, rss())
    given_up = asyncio.create_task(_parse(parser, rss(*(item(f"g{number}") for number in range(400)))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    assert [entry.identity for entry in (await _parse(parser, rss(item("mine")))).entries] == ["mine"]


async def test_many_at_once_each_get_their_own(parser: FeedParser) -> None:
    feeds = await asyncio.gather(*(_parse(parser, rss(item(f"g{number}"))) for number in range(20)))
    assert [feed.entries[0].identity for feed in feeds] == [f"g{number}" for number in range(20)]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of feeds is not beside the project")
async def test_no_feed_of_the_corpus_breaks_the_reader_or_holds_it_up() -> None:
    parser = FeedParser(deadline=timedelta(seconds=20))  # 3 seconds on a machine that does nothing else
    read = 0
    refused: list[str] = []
    for path in sorted(CORPUS.rglob("*")):
        if not path.is_file():
            continue
        try:
            feed = await _parse(parser, path.read_bytes())
        except SourceError as error:
            refused.append(error.why)
        else:
            read += 1
            assert len({entry.identity for entry in feed.entries}) == len(feed.entries)
            assert all(entry.title and entry.text for entry in feed.entries), path.name
            assert not any("\ufffd" * 3 in entry.text for entry in feed.entries), path.name
    await parser.close()
    assert read >= 490
    assert not [why for why in refused if "too long" in why or "dies" in why or "cannot read" in why]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of feeds is not beside the project")
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("koi8u.xml", "Меджліс"),
        ("win1251.xml", "Меджліс"),
        ("win1251-undeclared.xml", "Меджліс"),
        ("charset-lies-utf8.xml", "Меджліс"),
        ("utf16.xml", "Меджліс"),
        ("bom.xml", "Мустафа"),
        ("bad-utf8.xml", "КримSOS"),
        ("ctrl-chars.xml", "Сімферополь"),
        ("iso8859-9.xml", "Kırımoğlu"),
    ],
)
async def test_no_odd_encoding_of_the_corpus_loses_a_name(parser: FeedParser, name: str, word: str) -> None:
    feed = await _parse(parser, (CORPUS / "synthetic" / name).read_bytes())
    assert any(word in f"{entry.title} {entry.text}" for entry in feed.entries)
