"""Reading feeds: what is asked, what is kept for the next time, what is said when it fails."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from digests.errors import HaberdarError, SourceError
from digests.model import Reading, Source, SourceId
from digests.sources.base import READERS, Reader, Tools, open_tools
from tests.fakes.feeds import Answer, Asked, FeedServer, feed_server, item, rss

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HEADERS = {"ETag": '"v1"', "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tools() -> AsyncIterator[Tools]:
    async with open_tools(allow_networks="127.0.0.0/8:1") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def reader(server: FeedServer, tools: Tools) -> AsyncIterator[Reader]:
    async with open_tools(allow_networks=server.networks) as opened:
        # The worker is shared: it takes a second to start.
        yield READERS["feed"](replace(opened, parser=tools.parser))


def _source(server: FeedServer, *, after: Reading | None = None) -> Source:
    validators = after.validators if after else ()
    return Source(id=SourceId("s1"), kind="feed", address=server.url(), title="Steppe", validators=validators)


def _conditional(server: FeedServer) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == HEADERS["ETag"]:
            return Answer(status=304, headers={"Content-Length": "0"})
        return Answer(body=rss(item("a"), item("b")), headers=HEADERS)

    server.answers(answer)


async def test_a_first_read_asks_on_no_conditions_and_keeps_what_the_server_gave(
    reader: Reader, server: FeedServer
) -> None:
    _conditional(server)
    reading = await reader.read(_source(server), now=NOW)
    assert [entry.identity for entry in reading.entries] == ["b", "a"]
    assert reading.title == "Steppe Radio"
    kept = dict(reading.validators)
    assert (kept["etag"], kept["last_modified"]) == (HEADERS["ETag"], HEADERS["Last-Modified"])
    assert "if-none-match" not in server.asked[0].headers


async def test_the_next_read_asks_on_conditions(reader: Reader, server: FeedServer) -> None:
    _conditional(server)
    first = await reader.read(_source(server), now=NOW)
    second = await reader.read(_source(server, after=first), now=NOW + HOUR)
    assert second.unchanged
    assert second.validators == first.validators
    assert server.asked[1].headers["if-modified-since"] == HEADERS["Last-Modified"]


async def test_once_a_day_it_asks_on_no_conditions(reader: Reader, server: FeedServer) -> None:
    _conditional(server)
    first = await reader.read(_source(server), now=NOW)
    whole = await reader.read(_source(server, after=first), now=NOW + timedelta(hours=25))
    assert "if-none-match" not in server.asked[1].headers
    assert whole.unchanged  # the same body: its hash says so
    again = await reader.read(_source(server, after=whole), now=NOW + timedelta(hours=26))
    assert "if-none-match" in server.asked[2].headers
    assert again.unchanged


async def test_a_body_that_did_not_change_is_not_parsed_again(reader: Reader, server: FeedServer) -> None:
    server.answers(Answer(body=rss(item("a"))))
    first = await reader.read(_source(server), now=NOW)
    second = await reader.read(_source(server, after=first), now=NOW + HOUR)
    assert (second.unchanged, second.entries) == (True, ())


async def test_a_body_that_breaks_off_gives_its_entries_and_is_asked_for_again_whole(
    reader: Reader, server: FeedServer
) -> None:
    server.answers(Answer(body=rss(item("a"), item("b"))[:-40], headers=HEADERS))
    first = await reader.read(_source(server), now=NOW)
    assert [entry.identity for entry in first.entries] == ["a"]  # not that in which it breaks off
    server.answers(Answer(body=rss(item("a"), item("b")), headers=HEADERS))
    whole = await reader.read(_source(server, after=first), now=NOW)
    assert "if-none-match" not in server.asked[1].headers
    assert {entry.identity for entry in whole.entries} == {"a", "b"}


async def test_a_body_that_always_breaks_off_is_read_as_it_is(reader: Reader, server: FeedServer) -> None:
    server.answers(Answer(body=rss(item("a"), item("b"))[:-40], headers=HEADERS))
    first = await reader.read(_source(server), now=NOW)
    second = await reader.read(_source(server, after=first), now=NOW + HOUR)
    assert {entry.identity for entry in second.entries} == {"a", "b"}


async def test_an_error_leaves_nothing_to_keep_and_names_the_cause(reader: Reader, server: FeedServer) -> None:
    server.answers(Answer(status=403))
    with pytest.raises(SourceError) as caught:
        await reader.read(_source(server), now=NOW)
    assert caught.value.why == "its server refuses us (403)"
    assert caught.value.source == server.url()


@pytest.mark.parametrize(
    ("max_age", "ttl", "wait"),
    [
        pytest.param("max-age=1200", "", timedelta(minutes=20), id="the server's"),
        pytest.param("", "<ttl>45</ttl>", timedelta(minutes=45), id="the feed's"),
        pytest.param("max-age=1200", "<ttl>45</ttl>", timedelta(minutes=45), id="the longer of both"),
        pytest.param("max-age=999999", "<ttl>9999</ttl>", timedelta(hours=1), id="at most an hour"),
        pytest.param("no-store", "<ttl>0</ttl>", None, id="none"),
    ],
)
async def test_how_long_it_calls_itself_fresh_is_handed_on(
    reader: Reader, server: FeedServer, max_age: str, ttl: str, wait: timedelta | None
) -> None:
    server.answers(Answer(body=rss(item("a"), head=ttl), headers={"Cache-Control": max_age}))
    assert (await reader.read(_source(server), now=NOW)).wait == wait


async def test_guids_that_change_at_every_fetch_are_given_up_for_links(reader: Reader, server: FeedServer) -> None:
    links = [f"https://steppe.example/{number}" for number in range(4)]
    server.answers(Answer(body=rss(*(item(f"x{at}", link=link) for at, link in enumerate(links)))))
    first = await reader.read(_source(server), now=NOW)
    server.answers(Answer(body=rss(*(item(f"y{at}", link=link) for at, link in enumerate(links)))))
    second = await reader.read(_source(server, after=first), now=NOW + HOUR)
    assert {entry.identity for entry in second.entries} == set(links)
    server.answers(Answer(body=rss(*(item(f"z{at}", link=link) for at, link in enumerate(links)))))
    third = await reader.read(_source(server, after=second), now=NOW + 2 * HOUR)
    assert {entry.identity for entry in third.entries} == set(links)
    assert dict(third.validators)["by"] == "link"


async def test_where_it_moved_for_good_is_handed_on(reader: Reader, server: FeedServer) -> None:
    server.answers(Answer(status=301, headers={"Location": "/new"}))
    server.answers(Answer(body=rss(item("a", link="sub/1"))), "/new")
    reading = await reader.read(_source(server), now=NOW)
    assert reading.moved_to == server.url("/new")
    assert reading.entries[0].url == server.url("/sub/1")


async def test_a_hostile_feed_is_an_error_and_its_neighbour_is_read(reader: Reader, server: FeedServer) -> None:
    server.answers(Answer(body=b"<rss><channel " + b'a="1" ' * 200_000 + b">"))
    server.answers(Answer(body=rss(item("a"))), "/other")
    with pytest.raises(SourceError, match="more than 64 kB"):
        await reader.read(_source(server), now=NOW)
    assert (await reader.read(replace(_source(server), address=server.url("/other")), now=NOW)).entries


async def test_a_setting_that_is_no_network_stops_before_anything_is_opened() -> None:
    with pytest.raises(HaberdarError, match="allow_networks"):
        async with open_tools(allow_networks="here"):
            pytest.fail("it was opened")
