"""What a kind of source must do, the kinds there are, and what they read with."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from aiohttp.abc import AbstractResolver

from digests.model import Reading, Source
from digests.sources.channel import HOST, ChannelReader
from digests.sources.feed import FeedReader
from digests.sources.folder import FolderReader
from digests.sources.guard import Guard, parse_networks
from digests.sources.http import Fetcher
from digests.sources.parser import FeedParser


class Reader(Protocol):
    """Reads one kind of source; `tests/contract/test_readers.py` holds each to this.

    Reading twice with the validators of the first reading gives no more than what changed. What a reading held is given
    again when its validators come not back, because then it was not kept. Entries come oldest first, in NFC, each
    identity once. Nothing but `SourceError` is raised for whatever a source holds, and one bad member hides no other.
    """

    async def read(self, source: Source, *, now: datetime) -> Reading:
        """Return what is in a source now.

        Raises:
            SourceError: It could not be read; the validators of `source` stay true.
        """
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What readers share: one guarded client, and one worker process for documents."""

    fetcher: Fetcher
    parser: FeedParser
    channel_host: str = HOST


READERS: Mapping[str, Callable[[Tools], Reader]] = MappingProxyType(
    {
        "folder": lambda tools: FolderReader(tools.parser),
        "feed": lambda tools: FeedReader(tools.fetcher, tools.parser),
        "channel": lambda tools: ChannelReader(tools.fetcher, tools.parser, host=tools.channel_host),
    }
)


@asynccontextmanager
async def open_tools(
    *,
    allow_networks: str = "",
    proxy: str | None = None,
    channel_host: str = HOST,
    resolver: AbstractResolver | None = None,
    patience: int = 30,
) -> AsyncIterator[Tools]:
    """Yield the readers' tools, and close connections and the worker after.

    Args:
        allow_networks: Networks and ports to be reached besides the public internet: "127.64.0.0/16:8099,...".
        proxy: The address of an HTTP proxy for all sources.
        channel_host: Where the web previews of public channels stand.
        resolver: Looks names up; None asks the system.
        patience: The seconds an answer may take, redirects and all.

    Raises:
        HaberdarError: `allow_networks` is no list of networks.
    """
    guard = Guard(parse_networks(allow_networks))
    tools = Tools(
        Fetcher(guard, proxy=proxy, resolver=resolver, deadline=timedelta(seconds=patience)), FeedParser(), channel_host
    )
    try:
        yield tools
    finally:
        await tools.fetcher.close()
        await tools.parser.close()
