"""Finding the source that a person means: a feed's address, a page that names its feed, a Telegram channel."""

import asyncio
import html
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from digests.errors import SourceError
from digests.model import Entry, Source, SourceId, Stance, make_id
from digests.sources.base import Reader, Tools
from digests.sources.decode import NotText, decode
from digests.sources.http import Fetched
from digests.sources.opml import Outline, find_outlet
from digests.sources.pace import host_of
from digests.sources.parser import Feed

# Where the programs that most outlets run put their feed.
_USUAL_PLACES = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/feeds/posts/default", "/index.xml")
_MOST_TRIES = 8
_PATIENCE = timedelta(seconds=60)
_HEAD_CHARS = 300_000
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml"}
)
# What a page offers beside its news.
_NO_NEWS = re.compile(r"comment|коментар|комментар|yorum|komentarz|oembed|podcast", re.IGNORECASE)
_TAG = re.compile(r"""<(link|a)\b((?:[^<>"']++|"[^"<]{0,4000}+"|'[^'<]{0,4000}+')*+)>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,40})\s*=\s*(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))""")
_LOOKS_LIKE_A_FEED = re.compile(r"(?:^|[/._-])(?:rss|atom|feed)s?(?:$|[/._-])", re.IGNORECASE)
_CHANNEL = re.compile(r"(?:(?:https?://)?(?:www\.)?t(?:elegram)?\.me/(?:s/)?|@)([A-Za-z]\w{3,31})/?", re.ASCII)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_NO_FEED = (
    "no feed was found there: the page names none, and none stands at the usual places; "
    "look for an RSS sign on the site and give its address"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A source that may be kept, and what it holds now.

    Attributes:
        source: As it would be read from now on; it was never read.
        entries: Oldest first.
        language: What it states, else what most of its entries are written in.
        others: Addresses of other feeds that the same page names.
    """

    source: Source
    entries: tuple[Entry, ...]
    language: str | None = None
    others: tuple[str, ...] = ()


class Turns(Protocol):
    """Whose turn it is at a host: what people try out keeps the same manners as polling."""

    async def take(self, host: str) -> bool:
        """Wait for the next turn at a host; return whether it came soon enough."""
        ...

    async def held(self) -> dict[str, datetime]:
        """Return the hosts that asked us to wait, and until when."""
        ...

    async def hold(self, error: SourceError) -> None:
        """Keep the wait that a host asked for, if it did."""
        ...


class Finder:
    """Finds sources by the tools that read them, and outlets of a catalogue by their names.

    Args:
        pause: Waits between two tries at one site.
        turns: Keeps the turns of hosts with all others who read; None where nobody else does.
    """

    def __init__(
        self,
        tools: Tools,
        readers: Mapping[str, Reader],
        *,
        catalogue: Sequence[Outline] = (),
        now: Callable[[], datetime],
        pause: Callable[[timedelta], Awaitable[None]],
        turns: Turns | None = None,
    ) -> None:
        self._tools = tools
        self._readers = readers
        self._catalogue = catalogue
        self._now = now
        self._pause = pause
        self._turns = turns

    async def find(self, stated: str) -> Offer:
        """Return the source that a person means by an address, with or without its scheme, or by an outlet's name.

        Raises:
            SourceError: There is none, or it cannot be read; `why` says it in plain words.
        """
        outlet = find_outlet(self._catalogue, stated)
        if outlet is None:
            return await self._find(stated.strip())
        offer = await self._find(outlet.address)
        source = new_source(
            offer.source.kind,
            offer.source.address,
            title=outlet.title,
            language=outlet.language,
            stance=outlet.stance,
        )
        return replace(offer, source=source, language=offer.language or outlet.language)

    async def _find(self, stated: str) -> Offer:
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                name = channel_name(stated)
                if name and "channel" in self._readers:
                    return await self._channel(name)
                return await self._feed(stated)
        except TimeoutError as error:
            raise SourceError(stated, "its server took longer than a minute over our questions") from error

    async def _channel(self, name: str) -> Offer:
        source = new_source("channel", f"https://t.me/{name}")
        async with self._turn(source.address):
            reading = await self._readers["channel"].read(source, now=self._now())
        found = new_source("channel", source.address, title=reading.title or name)
        return Offer(source=found, entries=reading.entries, language=reading.language or _language(reading.entries))

    async def _feed(self, stated: str) -> Offer:
        fetched, address = await self._fetch_stated(stated)
        feed = await self._parsed(fetched, address)
        if isinstance(feed, Feed):
            return _offer(fetched.moved_to or address, feed)
        named = await asyncio.to_thread(feeds_on_page, fetched.body, fetched.charset, fetched.url)
        usual = (urljoin(fetched.url, place) for place in _USUAL_PLACES)
        for candidate in list(dict.fromkeys([*named, *usual]))[:_MOST_TRIES]:
            found = await self._try(candidate)
            if found is not None:
                return _offer(*found, others=tuple(other for other in named if other != candidate))
        raise SourceError(stated, _NO_FEED)

    async def _fetch_stated(self, stated: str) -> tuple[Fetched, str]:
        """Return what stands at an address; one without a scheme is tried with TLS first."""
        if _SCHEME.match(stated):
            return await self._get(stated), stated
        if not _is_address(stated):
            raise SourceError(stated, "this is no address; give one such as https://example.org/rss")
        try:
            return await self._get(f"https://{stated}"), f"https://{stated}"
        except SourceError as refused:
            try:
                return await self._get(f"http://{stated}"), f"http://{stated}"
            except SourceError:
                raise refused from None

    async def _get(self, address: str) -> Fetched:
        async with self._turn(address):
            return await self._tools.fetcher.get(address, now=self._now())

    @asynccontextmanager
    async def _turn(self, address: str) -> AsyncIterator[None]:
        """Ask at the host's turn; what it asks of us meanwhile holds for everybody."""
        if self._turns is None:
            yield
            return
        # Redirects too lead to no host that asked us to wait.
        held, host = await self._turns.held(), host_of(address)
        self._tools.fetcher.held.update(held)
        if host in held or not await self._turns.take(host):
            raise SourceError(address, "its server asked us to wait; try again later")
        try:
            yield
        except SourceError as error:
            await self._turns.hold(error)
            raise

    async def _parsed(self, fetched: Fetched, address: str) -> Feed | None:
        try:
            return await self._tools.parser.parse_feed(
                fetched.body, address=address, url=fetched.url, charset=fetched.charset, now=self._now()
            )
        except SourceError:
            return None

    async def _try(self, address: str) -> tuple[str, Feed] | None:
        await self._pause(timedelta(seconds=1))
        try:
            fetched = await self._get(address)
        except SourceError:
            return None
        feed = await self._parsed(fetched, address)
        return (fetched.moved_to or address, feed) if feed is not None else None


def channel_name(stated: str) -> str | None:
    """Return the name of a public Telegram channel that an address or "@name" means.

    >>> channel_name("https://t.me/s/steppe_radio"), channel_name("@steppe_radio"), channel_name("https://t.me/joinchat")
    ('steppe_radio', 'steppe_radio', None)
    """
    found = _CHANNEL.fullmatch(stated)
    return found[1] if found and found[1].lower() != "joinchat" else None


def feeds_on_page(body: bytes, charset: str | None, url: str) -> list[str]:
    """Return the addresses of the feeds that a page names, those that it declares before those that it links to."""
    try:
        head = decode(body, charset)[:_HEAD_CHARS]
    except NotText:
        return []
    declared, linked = [], []
    for kind, attributes in _tags(head):
        address = _joined(url, attributes.get("href", ""))
        if not address or _NO_NEWS.search(f"{attributes.get('title', '')} {address}"):
            continue
        if kind == "link" and _is_declared(attributes):
            declared.append(address)
        elif kind == "a" and _LOOKS_LIKE_A_FEED.search(urlsplit(address).path):
            linked.append(address)
    return list(dict.fromkeys([*declared, *linked]))


def new_source(
    kind: str, address: str, *, title: str = "", language: str | None = None, stance: Stance = Stance.UNKNOWN
) -> Source:
    """Return a source that was never read."""
    return Source(
        id=SourceId(make_id(kind, address)),
        kind=kind,
        address=address,
        title=title,
        language=language,
        outlet=title,
        stance=stance,
    )


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag in _TAG.finditer(text):
        stated = {name.lower(): first or second or third for name, first, second, third in _ATTRIBUTE.findall(tag[2])}
        yield tag[1].lower(), {name: html.unescape(value).strip() for name, value in stated.items()}


def _is_declared(attributes: Mapping[str, str]) -> bool:
    is_alternate = "alternate" in attributes.get("rel", "").lower().split()
    return is_alternate and attributes.get("type", "").lower() in _FEED_TYPES


def _joined(url: str, link: str) -> str:
    try:
        address = urljoin(url, link)
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if link and parts.scheme in ("http", "https") and parts.hostname else ""


def _is_address(stated: str) -> bool:
    host = re.split(r"[/?#:]", stated, maxsplit=1)[0]
    return "." in host.strip(".") and not re.search(r"\s", stated)


def _offer(address: str, feed: Feed, others: tuple[str, ...] = ()) -> Offer:
    title = feed.title or (urlsplit(address).hostname or "")
    language = feed.language or _language(feed.entries)
    return Offer(
        source=new_source("feed", address, title=title), entries=feed.entries, language=language, others=others
    )


def _language(entries: tuple[Entry, ...]) -> str | None:
    counted = Counter(entry.language for entry in entries if entry.language)
    return counted.most_common(1)[0][0] if counted else None
