"""What servers do to those who read them: a table of behaviours, each at a name of its own."""

import asyncio
import gzip
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

from tests.fakes.feeds import Answer, Asked, FeedServer, gzip_bomb, item, rss

HEADS = {"ETag": '"v1"', "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
_XML = {"Content-Type": "application/rss+xml"}
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_OK = b"HTTP/1.1 200 OK\r\n"


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One way to behave.

    Attributes:
        answer: What is answered; a function is asked at every request.
        gives: The guids that are to be kept of it in the end; None where anything or nothing may be.
        waits: Until so long after each such answer its host is not to be asked.
    """

    answer: Answer | Callable[[Asked], Answer]
    gives: frozenset[str] | None = frozenset()
    waits: timedelta = timedelta()


class Canary:
    """Listens where nobody may come, and counts who does."""

    def __init__(self) -> None:
        self.hits = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a connection, and answer it as an inner service would."""
        self.hits += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
        writer.close()


@asynccontextmanager
async def canary(port: int) -> AsyncIterator[Canary]:
    """Yield a canary on a free port of loopback, IPv4 and IPv6, and on the port given of another address."""
    bird = Canary()
    servers = [await asyncio.start_server(bird.serve, "127.0.0.1", 0)]
    bird.port = servers[0].sockets[0].getsockname()[1]
    servers.append(await asyncio.start_server(bird.serve, "127.0.0.2", port))
    with suppress(OSError):  # a machine without IPv6
        servers.append(await asyncio.start_server(bird.serve, "::1", bird.port))
    try:
        yield bird
    finally:
        for server in servers:
            server.close()


KNOWN_NAMES = {
    "localhost": [["127.0.0.2"]],
    "inner.example": [["10.0.0.1"]],
    "mixed.example": [["127.0.0.2", "10.0.0.1"]],
    "rebinding.example": [["127.0.0.1"], ["127.0.0.2"]],
    "mapped.example": [["::ffff:127.0.0.2"]],
    "metadata.example": [["169.254.169.254"]],
}
"""Where the names lie that do not lead to the hostile server."""


def behaviours(server: FeedServer, bird: Canary) -> dict[str, Behaviour]:
    """Return every behaviour by its name, which is the name of its host and of its path."""
    return dict(
        [*_redirects(server, bird), *_packings(), *_lengths(), *_documents(bird), *_heads(), *_statuses(server)]
    )


def _to(target: str, status: int = 302, **headers: str) -> Answer:
    return Answer(status=status, headers={"Location": target, **headers})


def _redirects(server: FeedServer, bird: Canary) -> Iterator[tuple[str, Behaviour]]:
    port, forbidden = server.port, bird.port
    inwards = {
        "to-loopback": f"http://127.0.0.1:{forbidden}/",
        "to-loopback-v6": f"http://[::1]:{forbidden}/",
        "to-mapped-v6": f"http://[::ffff:127.0.0.1]:{forbidden}/",
        "to-mapped-v6-on-our-port": f"http://[::ffff:127.0.0.2]:{port}/",
        "to-nat64": f"http://[64:ff9b::7f00:1]:{forbidden}/",
        "to-6to4": f"http://[2002:7f00:1::]:{forbidden}/",
        "to-any-address": f"http://0.0.0.0:{forbidden}/",
        "to-any-address-v6": f"http://[::]:{forbidden}/",
        "to-other-loopback": f"http://127.0.0.2:{port}/",
        "to-a-number": f"http://2130706433:{forbidden}/",
        "to-hexadecimal": f"http://0x7f000001:{forbidden}/",
        "to-octal": f"http://0177.0.0.1:{forbidden}/",
        "to-short-form": f"http://127.1:{forbidden}/",
        "to-full-width-digits": f"http://１２７.0.0.1:{forbidden}/",
        "to-private": "http://10.0.0.1/",
        "to-link-local": "http://[fe80::1]/",
        "to-metadata": "http://169.254.169.254/latest/meta-data/",
        "to-localhost": f"http://localhost:{port}/",
        "to-localhost-with-dot": f"http://localhost.:{forbidden}/",
        "to-inner-name": "http://inner.example/",
        "to-mixed-name": f"http://mixed.example:{port}/",
        "to-mapped-name": f"http://mapped.example:{port}/",
        "to-metadata-name": "http://metadata.example/",
        "to-another-port": f"http://127.0.0.1:{forbidden}/feed",
        "to-scheme-relative": f"//127.0.0.2:{port}/",
        "to-a-file": "file:///etc/passwd",
        "to-ftp": f"ftp://127.0.0.1:{forbidden}/",
        "to-gopher": f"gopher://127.0.0.1:{forbidden}/_x",
        "to-script": "javascript:alert(1)",
        "to-data": "data:text/xml,<rss/>",
        "with-user-and-password": f"http://me:secret@127.0.0.2:{port}/",
        "with-user-that-looks-like-a-host": f"http://well-0.example:80@127.0.0.1:{forbidden}/",
        "to-broken-address": "http://[broken/",
        "to-a-name-with-a-space": "http://a b.example/",
        "to-a-bad-port": "http://a.example:99999/",
        "to-a-long-address": "/" + "x" * 7000,
        "to-nowhere": "",
    }
    for name, target in inwards.items():
        yield name, Behaviour(answer=_to(target))
    yield "rebinding", Behaviour(answer=_to(f"http://rebinding.example:{port}/again"))
    yield "again", Behaviour(answer=_to(f"http://rebinding.example:{port}/again"))
    yield "circle", Behaviour(answer=_to("/circle"))
    yield "circle-of-two", Behaviour(answer=_to("/circle-of-two-b"))
    yield "circle-of-two-b", Behaviour(answer=_to("/circle-of-two"))
    for at in range(7):
        yield f"chain-{at}", Behaviour(answer=_to(f"/chain-{at + 1}"), gives=None)
    yield "chain-7", Behaviour(answer=Answer(body=rss(item("chain")), headers=_XML), gives=frozenset({"chain"}))
    yield (
        "split-header",
        Behaviour(answer=Answer(raw=b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")),
    )
    yield (
        "redirect-that-asks-to-wait",
        Behaviour(answer=_to("/chain-7", status=301, **{"Retry-After": "1200"}), waits=timedelta(minutes=20)),
    )
    yield "not-modified-unasked", Behaviour(answer=Answer(status=304, headers=HEADS))
    yield "many-choices", Behaviour(answer=Answer(status=300, headers={"Location": "/chain-7"}))


def _packings() -> Iterator[tuple[str, Behaviour]]:
    whole = rss(item("packed"))
    packed = gzip.compress(whole)
    bare = zlib.compressobj(wbits=-15)
    says = {
        "gzip-bomb": ("gzip", gzip_bomb(60), frozenset()),
        "gzip-in-gzip-bomb": ("gzip", gzip.compress(gzip_bomb(60)), frozenset()),
        "deflate-bomb": ("deflate", zlib.compress(bytes(60_000_000)), frozenset()),
        "bomb-in-members": ("gzip", gzip_bomb(1) * 60, frozenset()),
        "gzip-cut": ("gzip", packed[:-12], frozenset()),
        "gzip-broken": ("gzip", packed[:20] + b"xxxxxxxx" + packed[28:], frozenset()),
        "gzip-with-a-tail": ("gzip", packed + b"\0\0garbage", frozenset({"packed"})),
        "plain-labelled-gzip": ("gzip", whole, frozenset({"packed"})),
        "gzip-in-members": ("gzip", gzip.compress(whole[:50]) + gzip.compress(whole[50:]), frozenset({"packed"})),
        "bare-deflate": ("deflate", bare.compress(whole) + bare.flush(), frozenset({"packed"})),
        "brotli-unasked": ("br", whole, frozenset()),
        "unknown-packing": ("x-" + "y" * 300, whole, frozenset()),
        "packed-twice": ("gzip, gzip", gzip.compress(packed), frozenset()),
    }
    for name, (encoding, body, gives) in says.items():
        yield name, Behaviour(answer=Answer(body=body, headers={"Content-Encoding": encoding}), gives=gives)


def _lengths() -> Iterator[tuple[str, Behaviour]]:
    whole = rss(item("measured"))
    length = str(len(whole)).encode()
    raws = {
        "says-too-much": _OK + b'ETag: "cut"\r\nContent-Length: 99999\r\n\r\n' + whole,
        "negative-length": _OK + b"Content-Length: -5\r\n\r\n" + whole,
        "length-no-number": _OK + b"Content-Length: many\r\n\r\n" + whole,
        "two-lengths": _OK + b"Content-Length: 5\r\nContent-Length: " + length + b"\r\n\r\n" + whole,
        "length-and-chunks": _OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "chunks-cut": _CHUNKED + b"ffff\r\n" + whole,
        "chunk-no-number": _CHUNKED + b"zz\r\n" + whole + b"\r\n0\r\n\r\n",
        "chunk-size-enormous": _CHUNKED + b"f" * 40 + b"\r\n" + whole,
        "chunk-extension-endless": _CHUNKED + b"5;" + b"x" * 100_000,
        "empty": _OK + b"Content-Length: 0\r\n\r\n",
    }
    for name, raw in raws.items():
        yield name, Behaviour(answer=Answer(raw=raw))
    yield "chunks-endless", Behaviour(answer=Answer(raw=_CHUNKED, drip=b"ffff\r\n" + b" " * 65535 + b"\r\n"))
    yield "body-endless", Behaviour(answer=Answer(raw=_OK + b"\r\n<rss>", drip=b"<!-- more -->" * 5000))
    yield "body-too-large", Behaviour(answer=Answer(body=b"<rss>" + bytes(11_000_000)))
    yield "dripping-body", Behaviour(answer=Answer(raw=_OK + b"\r\n<rss>", drip=b" "))
    yield "hanging-body", Behaviour(answer=Answer(raw=_OK + b"Content-Length: 900\r\n\r\n<rss>", hangs=True))
    yield "aborted-body", Behaviour(answer=Answer(raw=_OK + b"Content-Length: 900\r\n\r\n<rss>", aborts=True))
    yield "cut-once-with-validators", Behaviour(answer=_Once(), gives=frozenset({"old", "new"}))
    yield "cut-mid-document-with-validators", Behaviour(answer=_Cut(), gives=frozenset({"first", "second", "third"}))


class _Once:
    """Breaks off at first, with validators that would hide the rest: it says "not modified" to who kept them."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self, asked: Asked) -> Answer:
        self._asked += 1
        if "if-none-match" in asked.headers and self._asked == 2:
            return Answer(status=304, headers=HEADS)
        body = rss(item("new"), item("old"))
        if self._asked == 1:
            raw = b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: %d\r\n\r\n' % len(body)
            return Answer(raw=raw + body[:200])
        return Answer(body=body, headers=HEADS)


class _Cut(_Once):
    """Gives a whole answer with half a document in it, as a server does that is being written to."""

    def __call__(self, asked: Asked) -> Answer:
        self._asked += 1
        if "if-none-match" in asked.headers and self._asked == 2:
            return Answer(status=304, headers=HEADS)
        body = rss(item("third"), item("second"), item("first"))
        return Answer(body=body[:-200] if self._asked == 1 else body, headers=HEADS)


class _Counting:
    """Gives every entry a new guid, and its page a new date, at every fetch."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self, asked: Asked) -> Answer:
        self._asked += 1
        links = [f"https://steppe.example/{number}" for number in range(6)]
        items = [item(f"{self._asked}-{at}", link=link, title=f"T{at}", text=link) for at, link in enumerate(links)]
        return Answer(body=rss(*items, head=f"<lastBuildDate>{self._asked}</lastBuildDate>"), headers=_XML)


def _documents(bird: Canary) -> Iterator[tuple[str, Behaviour]]:
    inner = f"http://127.0.0.1:{bird.port}/"
    lol = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bodies: dict[str, tuple[bytes, frozenset[str] | None]] = {
        "attributes": (b"<rss><channel " + b'a="1" ' * 200_000 + b"></channel></rss>", frozenset()),
        "attributes-each-its-own": (
            b"<rss><channel " + b"".join(b'a%d="1" ' % n for n in range(100_000)) + b"></channel></rss>",
            frozenset(),
        ),
        "nested": (b"<rss><channel><item><title>" + b"<b>" * 30_000 + b"</title></item></channel></rss>", None),
        "laughs": (
            f'<!DOCTYPE r [<!ENTITY l0 "ha">{lol}]>'.encode() + rss(item("laughs", title="&l9;")),
            None,
        ),
        "outer-entity": (
            f'<!DOCTYPE r [<!ENTITY x SYSTEM "{inner}">]>'.encode() + rss(item("outer", title="A &x; title")),
            None,
        ),
        "outer-file": (
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item("file", title="A &x; title")),
            None,
        ),
        "outer-dtd": (f'<!DOCTYPE rss SYSTEM "{inner}x.dtd">'.encode() + rss(item("dtd")), None),
        "style-sheet": (f'<?xml-stylesheet href="{inner}"?>'.encode() + rss(item("style")), None),
        "many-entries": (rss(*(item(f"many-{n}") for n in range(2_000))), None),
        "a-title-of-5-mb": (rss(item("long", title="x" * 5_000_000)), frozenset({"long"})),
        "a-text-of-marks": (rss(item("marks", text="a" + "\u0301" * 500_000)), frozenset({"marks"})),
        "numbers-in-entities": (rss(item("numbers", text="&amp;#" + "9" * 5000 + ";")), None),
        "one-guid-for-all": (rss(*(item("same", link=f"https://steppe.example/s{n}") for n in range(5))), None),
        "no-guid-no-link": (b"<rss><channel><item><title>Only a title</title></item></channel></rss>", None),
        "impossible-dates": (
            rss(item("zero", date="0000-00-00"), item("far", date="Fri, 31 Dec 9999 23:59:59 GMT")),
            frozenset({"zero", "far"}),
        ),
        "picture": (b"\x89PNG\r\n\x1a\n" + struct.pack(">IIII", 13, 0x49484452, 1, 1) + bytes(2000), frozenset()),
        "web-page": (b"<!doctype html><html><body><p>Please enable scripts.</p></body></html>", frozenset()),
        "json": (b'{"error": "no"}', frozenset()),
        "json-nested": (b"[" * 100_000, frozenset()),
        "json-feed-of-nonsense": (
            b'{"version": "https://jsonfeed.org/version/1", "items": [1, null, {"id": {}}, {"id": 7, "title": 3}]}',
            None,
        ),
        "zero-bytes": (rss(item("zeros")).replace(b"Something", b"Some\0thing"), frozenset({"zeros"})),
        "surrogates": (rss(item("halves", text="&#xD800; and &#xDFFF;")), None),
        "wrong-charset": (rss(item("charset", text="Суд")).replace(b"utf-8", b"utf-16"), frozenset({"charset"})),
        "unknown-charset": (rss(item("odd", text="Суд")).replace(b"utf-8", b"x-none"), frozenset({"odd"})),
        "guid-of-a-megabyte": (rss(item("g" * 1_000_000)), None),
        "link-that-is-a-script": (rss(item("script", link="javascript:alert(1)")), frozenset({"script"})),
    }
    for name, (body, gives) in bodies.items():
        yield name, Behaviour(answer=Answer(body=body, headers=_XML), gives=gives)
    yield "guids-that-change", Behaviour(answer=_Counting(), gives=None)
    yield (
        "wrong-content-type",
        Behaviour(
            answer=Answer(body=rss(item("typed")), headers={"Content-Type": "image/png; charset=nonsense"}),
            gives=frozenset({"typed"}),
        ),
    )


def _heads() -> Iterator[tuple[str, Behaviour]]:
    whole = rss(item("headed"))
    raws = {
        "no-http": b"\x00\x01 nonsense\r\n\r\n",
        "no-status": b"<rss></rss>",
        "another-protocol": b"SSH-2.0-OpenSSH_9.0\r\n",
        "status-no-number": b"HTTP/1.1 abc OK\r\n\r\n",
        "status-999": b"HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n",
        "a-header-of-60-kb": _OK + b"X: " + b"y" * 60_000 + b"\r\n\r\n",
        "a-header-without-colon": _OK + b"nonsense\r\n\r\n" + whole,
        "a-folded-header": _OK + b"X: a\r\n b\r\n\r\n" + whole,
        "switching-protocols": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n" + whole,
        "continue-without-end": b"HTTP/1.1 100 Continue\r\n\r\n" * 5000,
        "says-nothing": b"",
    }
    for name, raw in raws.items():
        yield name, Behaviour(answer=Answer(raw=raw), gives=None)
    yield "headers-endless", Behaviour(answer=Answer(raw=_OK, drip=b"X: y\r\n" * 500))
    yield "dripping-headers", Behaviour(answer=Answer(raw=_OK, drip=b"X"))
    yield "hanging", Behaviour(answer=Answer(raw=b"", hangs=True))
    yield "aborting", Behaviour(answer=Answer(raw=b"", aborts=True))
    yield "cookies", Behaviour(answer=_Cookies(whole), gives=frozenset({"headed"}))
    yield (
        "an-etag-of-7-kb",
        Behaviour(answer=Answer(body=whole, headers={"ETag": '"' + "e" * 7000 + '"'}), gives=frozenset({"headed"})),
    )
    yield (
        "an-etag-of-odd-bytes",
        Behaviour(answer=Answer(body=whole, headers={"ETag": 'W/"\xe9 \t x'}), gives=frozenset({"headed"})),
    )
    yield (
        "closes-with-a-tail",
        Behaviour(
            answer=Answer(raw=_OK + b"Content-Length: %d\r\n\r\n" % len(whole) + whole + b"HTTP/1.1 200 OK\r\n\r\n"),
            gives=frozenset({"headed"}),
        ),
    )


@dataclass
class _Cookies:
    """Sets a cookie, and gives nothing to who sends it back."""

    body: bytes

    def __call__(self, asked: Asked) -> Answer:
        is_known = "cookie" in asked.headers
        return Answer(status=400) if is_known else Answer(body=self.body, headers={"Set-Cookie": "who=me; Path=/"})


def _statuses(server: FeedServer) -> Iterator[tuple[str, Behaviour]]:
    for status in (400, 401, 402, 403, 404, 407, 410, 418, 451, 500, 502, 504, 599):
        yield f"status-{status}", Behaviour(answer=Answer(status=status))
    waits = {
        "wait-in-seconds": (429, "1800", timedelta(minutes=30)),
        "wait-in-trouble": (503, "1800", timedelta(minutes=30)),
        "wait-though-forbidden": (403, "1800", timedelta(minutes=30)),
        "wait-beyond-a-day": (429, "99999999999999999999", timedelta(hours=24)),
        "wait-of-zero": (429, "0", timedelta()),
        "wait-below-zero": (429, "-60", timedelta()),
        "wait-with-a-point": (429, "1.5", timedelta()),
        "wait-in-words": (429, "soon", timedelta()),
        "wait-in-other-digits": (429, "\u0661\u0662", timedelta()),
        "wait-that-has-passed": (503, "Mon, 23 Nov 2020 13:00:00 GMT", timedelta()),
        "wait-that-never-was": (503, "Mon, 99 Foo 2026 99:99:99 GMT", timedelta()),
    }
    for name, (status, stated, wait) in waits.items():
        headers = {"Retry-After": stated.encode().decode("latin-1")}
        yield name, Behaviour(answer=Answer(status=status, headers=headers), waits=wait)

    def until(asked: Asked) -> Answer:
        at = format_datetime(asked.at + timedelta(minutes=25), usegmt=True)
        return Answer(status=503, headers={"Retry-After": at})

    yield "wait-until-a-date", Behaviour(answer=until, waits=timedelta(minutes=25))
    yield "redirect-to-who-waits", Behaviour(answer=_to(server.url("/wait-in-seconds", "wait-in-seconds.example")))
    yield (
        "second-redirect-to-who-waits",
        Behaviour(answer=_to(server.url("/wait-in-seconds", "wait-in-seconds.example"), status=301)),
    )
