"""What servers do to those who read them: a table of behaviours, each at a name of its own."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

from tests.fakes.behaviour import Behaviour
from tests.fakes.feeds import Answer, Asked, FeedServer, gzip_bomb, item, rss
from tests.fakes.hostile_documents import documents

HEADS = {"ETag": '"v1"', "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
_XML = {"Content-Type": "application/rss+xml"}
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_OK = b"HTTP/1.1 200 OK\r\n"


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


def behaviours(server: FeedServer, bird: Canary, *, percent: int = 4) -> dict[str, Behaviour]:
    """Return every behaviour by its name, which is the name of its host and of its path.

    At 100 percent floods are as large as they can be: then some cost our reader its life, each for seconds.
    """
    return dict(
        [
            *_redirects(server, bird),
            *_packings(percent),
            *_lengths(percent),
            *documents(bird.port, percent),
            *_heads(),
            *_statuses(server),
        ]
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
        "to-full-width-digits": f"http://１２７.0.0.1:{forbidden}/".encode().decode("latin-1"),
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
    yield "to-everywhere-in-turn", Behaviour(answer=_to(server.url("/on-and-on", "on-and-on.example")))
    yield "on-and-on", Behaviour(answer=_to(server.url("/to-everywhere-in-turn", "to-everywhere-in-turn.example")))
    yield (
        "redirect-with-an-endless-body",
        Behaviour(answer=Answer(raw=b"HTTP/1.1 302 Found\r\nLocation: /circle\r\n\r\n", drip=b"x" * 65_536)),
    )
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


def _packings(percent: int) -> Iterator[tuple[str, Behaviour]]:
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
        "gzip-of-nothing-endlessly": ("gzip", gzip.compress(b"") * 4_500 * percent, frozenset()),
        "gzip-with-an-endless-name": ("gzip", b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 90_000 * percent, frozenset()),
        "packed-twice": ("gzip, gzip", gzip.compress(packed), frozenset()),
    }
    for name, (encoding, body, gives) in says.items():
        yield name, Behaviour(answer=Answer(body=body, headers={"Content-Encoding": encoding}), gives=gives)


def _lengths(percent: int) -> Iterator[tuple[str, Behaviour]]:
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
        "trailers-of-a-megabyte": _CHUNKED + b"0\r\n" + b"X: y\r\n" * 200_000 + b"\r\n",
        "part-of-it-unasked": b"HTTP/1.1 206 Partial\r\nContent-Length: 10\r\n\r\n<rss><chan",
        "nothing-new-with-a-body": b"HTTP/1.1 304 Not Modified\r\nContent-Length: " + length + b"\r\n\r\n" + whole,
    }
    for name, raw in raws.items():
        yield name, Behaviour(answer=Answer(raw=raw))
    yield "chunks-endless", Behaviour(answer=Answer(raw=_CHUNKED, drip=b"ffff\r\n" + b" " * 65535 + b"\r\n"))
    yield "body-endless", Behaviour(answer=Answer(raw=_OK + b"\r\n<rss>", drip=b"<!-- more -->" * 5000))
    yield "chunks-of-one-sign", Behaviour(answer=Answer(raw=_CHUNKED + b"1\r\n<\r\n" * 15_000 * percent + b"0\r\n\r\n"))
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
