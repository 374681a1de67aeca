"""The guarded client against friendly and hostile servers on loopback."""

import gzip
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from digests.errors import SourceError
from digests.sources.guard import Guard, parse_networks
from digests.sources.http import Fetched, Fetcher
from tests.fakes.feeds import Answer, FeedServer, feed_server, gzip_bomb, rss

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BODY = rss()


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as started:
        yield started


@pytest.fixture
async def fetcher(server: FeedServer) -> AsyncIterator[Fetcher]:
    made = Fetcher(Guard(parse_networks(server.networks)), deadline=timedelta(seconds=30))
    yield made
    await made.close()


async def _why(fetcher: Fetcher, address: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await fetcher.get(address, now=NOW)
    assert caught.value.source == address
    return caught.value


async def _get(fetcher: Fetcher, server: FeedServer, **kwargs: Any) -> Fetched:
    return await fetcher.get(server.url(), now=NOW, **kwargs)


async def test_a_plain_answer_comes_with_its_validators(fetcher: Fetcher, server: FeedServer) -> None:
    headers = {
        "ETag": 'W/"x-1"',
        "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT",
        "Cache-Control": "public, max-age=60",
    }
    server.answers(Answer(body=BODY, headers=headers | {"Content-Type": "text/xml; charset=utf-8"}))
    fetched = await _get(fetcher, server)
    assert fetched.body == BODY
    assert (fetched.etag, fetched.last_modified) == ('W/"x-1"', "Mon, 23 Nov 2026 10:00:00 GMT")
    assert (fetched.charset, fetched.max_age) == ("utf-8", timedelta(minutes=1))
    assert (fetched.url, fetched.moved_to, fetched.unchanged) == (server.url(), None, False)


async def test_validators_are_sent_back_byte_for_byte(fetcher: Fetcher, server: FeedServer) -> None:
    server.answers(Answer(status=304, headers={"Content-Length": "0"}))
    fetched = await _get(fetcher, server, etag='W/"odd  one"', last_modified="some time ago")
    assert fetched.unchanged
    assert server.asked[0].headers["if-none-match"] == 'W/"odd  one"'
    assert server.asked[0].headers["if-modified-since"] == "some time ago"


async def test_we_say_who_we_are_and_something_else_where_a_source_wants_it(
    fetcher: Fetcher, server: FeedServer
) -> None:
    server.answers(Answer(body=BODY))
    await _get(fetcher, server)
    await _get(fetcher, server, user_agent="Reader of Liman")
    assert [asked.headers["user-agent"].split("/")[0] for asked in server.asked] == ["Haberdar", "Reader of Liman"]


async def test_no_cookie_is_sent_back(fetcher: Fetcher, server: FeedServer) -> None:
    server.answers(Answer(body=BODY, headers={"Set-Cookie": "who=me"}))
    await _get(fetcher, server)
    await _get(fetcher, server)
    assert "cookie" not in server.asked[1].headers


_GZIP = gzip.compress(BODY)
_BARE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", _GZIP, id="gzip"),
        pytest.param("gzip", gzip.compress(BODY[:100]) + gzip.compress(BODY[100:]), id="gzip in two members"),
        pytest.param("deflate", zlib.compress(BODY), id="deflate"),
        pytest.param("deflate", _BARE.compress(BODY) + _BARE.flush(), id="deflate without its head"),
        pytest.param("gzip", BODY, id="a plain body labelled gzip"),
        pytest.param("identity", BODY, id="identity"),
    ],
)
async def test_a_packed_body_is_unpacked(fetcher: Fetcher, server: FeedServer, encoding: str, body: bytes) -> None:
    server.answers(Answer(body=body, headers={"Content-Encoding": encoding}))
    assert (await _get(fetcher, server)).body == BODY


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(Answer(status=403), "refuses us (403)", id="forbidden"),
        pytest.param(Answer(status=401), "refuses us (401)", id="unauthorised"),
        pytest.param(Answer(status=404), "does not know this address (404)", id="not found"),
        pytest.param(Answer(status=500), "in trouble (500)", id="server error"),
        pytest.param(Answer(status=304), "no feed (304)", id="not modified, though nothing was asked"),
        pytest.param(Answer(status=204), "no feed (204)", id="no content"),
        pytest.param(Answer(body=gzip_bomb(60), headers={"Content-Encoding": "gzip"}), "larger than 10 MB", id="bomb"),
        pytest.param(Answer(body=bytes(11_000_000)), "larger than 10 MB", id="too large"),
        pytest.param(Answer(body=_GZIP[:-9], headers={"Content-Encoding": "gzip"}), "broke off", id="packed, cut"),
        pytest.param(Answer(body=b"\x1f\x8bxyz" * 9, headers={"Content-Encoding": "gzip"}), "broke off", id="bad gzip"),
        pytest.param(Answer(body=b"x", headers={"Content-Encoding": "br"}), "did not ask for (br)", id="brotli"),
        pytest.param(Answer(body=BODY, headers={"Content-Length": "9999"}), "broke off", id="shorter than it said"),
        pytest.param(
            Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
            "broke off",
            id="chunks, cut",
        ),
        pytest.param(Answer(raw=b"\x00\x01 nonsense\r\n\r\n"), "proper HTTP", id="no HTTP"),
        pytest.param(Answer(raw=b""), "hung up", id="nothing at all"),
        pytest.param(
            Answer(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 60_000 + b"\r\n\r\n"), "proper HTTP", id="a header of 60 kB"
        ),
        pytest.param(Answer(raw=b"HTTP/1.1 200 OK\r\n", drip=b"X: y\r\n" * 500), "proper HTTP", id="endless headers"),
        pytest.param(Answer(status=302, headers={"Location": "file:///etc/passwd"}), "no http", id="to a file"),
        pytest.param(Answer(status=302, headers={"Location": "/feed"}), "in a circle", id="to itself"),
        pytest.param(
            Answer(status=302, headers={"Location": "http://a:b@x.example/"}), "user name", id="with a password"
        ),
        pytest.param(
            Answer(status=302, headers={"Location": "http://127.0.0.1:1/"}), "not on the public", id="inwards"
        ),
        pytest.param(
            Answer(status=302, headers={"Location": "http://[::1]/"}), "not on the public", id="inwards, IPv6"
        ),
        pytest.param(
            Answer(status=302, headers={"Location": "http://2130706433/"}),
            "no valid address",
            id="an address as one number",
        ),
        pytest.param(Answer(status=302, headers={"Location": "http://[broken/"}), "no valid address", id="to nonsense"),
        pytest.param(Answer(status=302), "no feed (302)", id="to nowhere"),
    ],
)
async def test_what_is_no_whole_answer_is_an_error_in_plain_words(
    fetcher: Fetcher, server: FeedServer, answer: Answer, why: str
) -> None:
    server.answers(answer)
    assert why in (await _why(fetcher, server.url())).why


async def test_a_slow_drip_ends_at_the_deadline(server: FeedServer) -> None:
    server.answers(Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n<rss>", drip=b" "))
    hasty = Fetcher(Guard(parse_networks(server.networks)), deadline=timedelta(seconds=0.3))
    error = await _why(hasty, server.url())
    await hasty.close()
    assert "did not finish its answer within" in error.why


@pytest.mark.parametrize(
    ("status", "header", "wait"),
    [
        pytest.param(429, "120", timedelta(minutes=2), id="seconds"),
        pytest.param(503, "Mon, 23 Nov 2026 13:00:00 GMT", timedelta(hours=1), id="a date"),
        pytest.param(503, "Mon, 23 Nov 2020 13:00:00 GMT", timedelta(), id="a date that has passed"),
        pytest.param(429, "99999999999", timedelta(hours=24), id="at most a day"),
        pytest.param(429, "soon", None, id="a word"),
    ],
)
async def test_the_wait_a_server_asks_for_is_handed_on(
    fetcher: Fetcher, server: FeedServer, status: int, header: str, wait: timedelta | None
) -> None:
    server.answers(Answer(status=status, headers={"Retry-After": header}))
    assert (await _why(fetcher, server.url())).retry_after == wait


async def test_what_is_gone_is_said_to_be_gone(fetcher: Fetcher, server: FeedServer) -> None:
    server.answers(Answer(status=410))
    assert (await _why(fetcher, server.url())).gone


async def test_redirects_are_followed_and_only_permanent_ones_remembered(fetcher: Fetcher, server: FeedServer) -> None:
    server.answers(Answer(status=301, headers={"Location": "/b"}))
    server.answers(Answer(status=308, headers={"Location": server.url("/c")}), "/b")
    server.answers(Answer(body=BODY), "/c")
    fetched = await _get(fetcher, server)
    assert (fetched.body, fetched.url, fetched.moved_to) == (BODY, server.url("/c"), server.url("/c"))
    server.answers(Answer(status=302, headers={"Location": "/c"}), "/b")
    assert (await _get(fetcher, server)).moved_to is None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        pytest.param("http://127.0.0.1/", "not on the public internet", id="loopback"),
        pytest.param("http://[::ffff:127.0.0.1]/", "not on the public internet", id="loopback inside IPv6"),
        pytest.param("http://169.254.169.254/latest", "not on the public internet", id="a cloud's own"),
        pytest.param("ftp://x.example/", "no http", id="another protocol"),
        pytest.param("nonsense", "no http", id="no address"),
        pytest.param("http://x.example:99999/", "no valid address", id="no such port"),
    ],
)
async def test_what_may_not_be_asked_is_not(fetcher: Fetcher, address: str, why: str) -> None:
    assert why in (await _why(fetcher, address)).why


async def test_a_password_in_an_address_is_never_shown(fetcher: Fetcher) -> None:
    with pytest.raises(SourceError) as refused:
        await fetcher.get("http://me:secret@x.example/feed", now=NOW)
    assert str(refused.value) == "http://x.example/feed: it has a user name in its address; use one without"


class _Names(AbstractResolver):
    """Says that every name is at the given addresses."""

    def __init__(self, *hosts: str) -> None:
        self._hosts = hosts

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        if not self._hosts:
            raise OSError(None, "no such name")
        return [
            ResolveResult(hostname=host, host=at, port=port, family=10 if ":" in at else 2, proto=0, flags=0)
            for at in self._hosts
        ]

    async def close(self) -> None:
        return None


@pytest.mark.parametrize("hosts", [("127.0.0.1",), ("10.0.0.1", "::1"), ("169.254.169.254", "fe80::1")])
async def test_a_name_that_leads_inwards_is_not_followed(hosts: tuple[str, ...]) -> None:
    fetcher = Fetcher(Guard(), resolver=_Names(*hosts))
    error = await _why(fetcher, "http://news.example/feed")
    await fetcher.close()
    assert "not on the public internet" in error.why


async def test_a_name_nobody_knows_is_said_so() -> None:
    fetcher = Fetcher(Guard(), resolver=_Names())
    error = await _why(fetcher, "http://news.example/feed")
    await fetcher.close()
    assert "(DNS)" in error.why


async def test_a_server_that_does_not_listen_or_speaks_no_tls_is_told_apart(server: FeedServer) -> None:
    fetcher = Fetcher(Guard(parse_networks(f"127.0.0.1/32:1,{server.networks}")))
    assert "does not answer" in (await _why(fetcher, "http://127.0.0.1:1/")).why
    server.answers(Answer(body=BODY))
    assert "(TLS)" in (await _why(fetcher, server.url().replace("http:", "https:"))).why
    await fetcher.close()


async def test_behind_a_proxy_our_own_lookup_is_checked_first(server: FeedServer) -> None:
    server.answers(Answer(body=BODY), "http://8.8.8.8/feed")
    fetcher = Fetcher(Guard(), proxy=server.url(""))
    assert (await fetcher.get("http://8.8.8.8/feed", now=NOW)).body == BODY
    assert "not on the public internet" in (await _why(fetcher, "http://10.0.0.1/feed")).why
    assert len(server.asked) == 1
    await fetcher.close()
