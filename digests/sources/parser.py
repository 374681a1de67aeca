"""Reading documents in a process of their own, which is killed when one takes too long."""

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from digests.apart import command
from digests.errors import SourceError
from digests.model import Entry
from digests.sources.preview import Post, Preview
from digests.sources.webpage import Page

_DEADLINE = timedelta(seconds=3)
_PAGE_DEADLINE = timedelta(seconds=5)
_START_DEADLINE = timedelta(seconds=30)
_ANSWER_BYTES = 30_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says.

    Attributes:
        entries: The newest 500, oldest first.
        ttl: How long it calls itself fresh.
        is_whole: False when it stops before its end: it is to be fetched again whatever its server says.
    """

    entries: tuple[Entry, ...]
    title: str
    language: str
    ttl: timedelta | None
    is_whole: bool


class FeedParser:
    """One worker process, started when it is first needed and again after it was killed or died."""

    def __init__(self, *, deadline: timedelta = _DEADLINE) -> None:
        self._deadline = deadline
        self._process: Process | None = None
        self._ready: set[str] = set()  # kinds of documents that it has loaded what reads them
        self._turn = asyncio.Lock()

    async def parse_feed(
        self, data: bytes, *, address: str, url: str, charset: str | None, now: datetime, **how: bool
    ) -> Feed:
        """Return what a feed says.

        Args:
            url: Where the document really came from.
            how: `by_link` tells entries apart by their links; `hold_back` leaves out the entry in which one breaks off.

        Raises:
            SourceError: It is no feed, or reading it takes more than 3 seconds or 600 MB.
        """
        asked = {"kind": "feed", "url": url, "charset": charset or "", "now": now.isoformat()}
        asked |= {name: "yes" for name, is_so in how.items() if is_so}
        said = await self._ask(asked, data, address, self._deadline)
        ttl = said["ttl_minutes"]
        return Feed(
            entries=tuple(_entry(each) for each in said["entries"]),
            title=said["title"],
            language=said["language"],
            ttl=timedelta(minutes=ttl) if ttl else None,
            is_whole=said["is_whole"],
        )

    async def parse_page(self, data: bytes, *, address: str, charset: str | None = None) -> Page:
        """Return the article on a web page.

        Raises:
            SourceError: The page cannot be read, or not within 5 seconds.
        """
        return Page(**await self._ask({"kind": "page", "charset": charset or ""}, data, address, _PAGE_DEADLINE))

    async def parse_preview(self, data: bytes, *, address: str, charset: str | None = None) -> Preview:
        """Return a page of a channel's web preview.

        Raises:
            SourceError: It is none, or reading it takes more than 3 seconds.
        """
        said = await self._ask({"kind": "preview", "charset": charset or ""}, data, address, self._deadline)
        return Preview(title=said["title"], posts=tuple(Post(**each) for each in said["posts"]))

    async def close(self) -> None:
        """End the worker and wait for its end."""
        async with self._turn:
            await self._kill()

    async def _ask(self, asked: dict[str, Any], data: bytes, address: str, deadline: timedelta) -> dict[str, Any]:
        async with self._turn:
            try:
                process = await self._started(asked["kind"])
                async with asyncio.timeout(deadline.total_seconds()):
                    said = await _exchange(process, asked, data)
            except TimeoutError as error:
                await self._kill()
                raise SourceError(address, "it is built so that reading it takes too long", costly=True) from error
            except (OSError, EOFError, ValueError) as error:
                await self._kill()
                raise SourceError(address, "it is built so that its reader dies of it", costly=True) from error
            except BaseException:  # cancelled amid an exchange: the next one must not read this one's answer
                await self._kill()
                raise
        if "fault" in said:
            raise SourceError(address, said["fault"])
        return said

    async def _started(self, kind: str) -> Process:
        if self._process is None:
            self._ready.clear()
            self._process = await asyncio.create_subprocess_exec(
                *command("digests.sources.worker"), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=1 << 20
            )
        if kind not in self._ready:
            # Its imports take longer than a document may, so they are waited for apart: on a slow machine a worker that
            # is killed among them would never come to its first page.
            async with asyncio.timeout(_START_DEADLINE.total_seconds()):
                await _exchange(self._process, {"kind": "ready", "of": kind}, b"")
            self._ready.add(kind)
        return self._process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):  # it ended by itself in this moment
                process.kill()
        # Reads what is left and waits, so that neither a pipe nor a zombie stays.
        await process.communicate()


async def _exchange(process: Process, asked: dict[str, Any], data: bytes) -> dict[str, Any]:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise EOFError
    stdin.write(json.dumps(asked | {"size": len(data)}).encode() + b"\n" + data)
    await stdin.drain()
    size = int.from_bytes(await stdout.readexactly(4), "big")
    if size > _ANSWER_BYTES:
        raise ValueError(size)
    said = json.loads(await stdout.readexactly(size))
    if not isinstance(said, dict):
        raise ValueError("no answer")
    return said


def _entry(said: dict[str, Any]) -> Entry:
    at = said["published_at"]
    return Entry(
        **said | {"published_at": datetime.fromisoformat(at) if at else None, "authors": tuple(said["authors"])}
    )
