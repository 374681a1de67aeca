"""A small feed server on loopback whose answers a test sets: status, headers, body, and ways to be hostile."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

ITEM = """<item><guid isPermaLink="false">{guid}</guid><title>{title}</title><link>{link}</link>
<description>{text}</description>{date}</item>"""
RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Steppe Radio</title>
<link>https://steppe.example/</link>{head}{items}</channel></rss>"""


def item(guid: str, *, title: str = "", link: str = "", text: str = "Something happened.", date: str = "") -> str:
    """Return an RSS item."""
    stated = f"<pubDate>{date}</pubDate>" if date else ""
    where = link or f"https://steppe.example/{guid}"
    return ITEM.format(guid=guid, title=title or f"Title {guid}", link=where, text=text, date=stated)


def rss(*items: str, head: str = "") -> bytes:
    """Return an RSS document, newest item first as feeds have it."""
    return RSS.format(items="".join(items), head=head).encode()


_PIECE = 65_536
_TLS_HELLO = b"\x16"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answers; `raw` is sent as it is, and then `drip` again and again until the client goes.

    With `hangs` it says nothing more and waits until the client goes; with `aborts` it drops the line.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    drip: bytes = b""
    hangs: bool = False
    aborts: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: its path, its headers, names in lower case, and when it came by the server's clock."""

    path: str
    headers: Mapping[str, str]
    at: datetime

    @property
    def host(self) -> str:
        """The name that was asked, without its port."""
        return self.headers.get("host", "").rpartition(":")[0]


class FeedServer:
    """Answers every path as told, by one answer or a function of the request; it keeps what it was asked."""

    def __init__(self) -> None:
        self.port = 0
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.asked: list[Asked] = []
        self._answers: dict[str, Answer | Callable[[Asked], Answer]] = {}
        self._other: Callable[[Asked], Answer] = lambda _: Answer(status=404)

    @property
    def networks(self) -> str:
        """The value of `allow_networks` that opens this server alone."""
        return f"127.0.0.1/32:{self.port}"

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        """Return the address of a path."""
        return f"http://{host}:{self.port}{path}"

    def answers(self, answer: Answer | Callable[[Asked], Answer], path: str = "/feed") -> None:
        """Set what a path answers from now on."""
        self._answers[path] = answer

    def answers_all(self, answer: Callable[[Asked], Answer]) -> None:
        """Set what every path answers that was told nothing else."""
        self._other = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests, and close it."""
        try:
            head = await reader.readexactly(1)
            if head == _TLS_HELLO:
                writer.write(_written(Answer(status=400)))
                return
            head += await reader.readuntil(b"\r\n\r\n")
            asked = _parse(head.decode("latin-1"), self.now())
            self.asked.append(asked)
            told = self._answers.get(asked.path, self._other)
            answer = told if isinstance(told, Answer) else told(asked)
            for piece in _pieces(_written(answer)):
                writer.write(piece)
                await writer.drain()
            if answer.hangs:
                await reader.read()
            if answer.aborts:
                writer.transport.abort()
            while answer.drip:
                writer.write(answer.drip)
                await writer.drain()
                await asyncio.sleep(0.01)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def feed_server() -> AsyncIterator[FeedServer]:
    """Yield a server on a free port of 127.0.0.1; its connections end with it."""
    fake = FeedServer()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(fake.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def gzip_bomb(megabytes: int) -> bytes:
    """Return a small gzip body that unpacks to so many megabytes of zeros."""
    return gzip.compress(bytes(megabytes * 1_000_000))


def _parse(head: str, at: datetime) -> Asked:
    first, *lines = head.split("\r\n")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return Asked(first.split(" ")[1], {name.strip().lower(): value.strip() for name, value in pairs}, at)


def _pieces(written: bytes) -> Iterator[memoryview]:
    """Return bytes in small parts: what is sent at once is held twice until the other side has taken it."""
    whole = memoryview(written)
    yield from (whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE))


def _written(answer: Answer) -> bytes:
    if answer.raw is not None:
        return answer.raw
    headers = {"Content-Length": str(len(answer.body)), "Connection": "close"} | dict(answer.headers)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {answer.status} Told\r\n{lines}\r\n".encode("latin-1") + answer.body
