"""Fetching an address: guarded at the dial, capped in size and time, polite, every failure in plain words."""

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from digests.errors import SourceError
from digests.sources.guard import ClosedAddress, Guard
from digests.sources.unpack import Unpacker

_USER_AGENT = "Haberdar/0.1 (news alerts; reads feeds every few minutes)"
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_BODY_BYTES = 10_000_000
# Large bodies are rare: only so many are taken in at the same time, however many servers send one.
_LARGE_BYTES = 1_000_000
_LARGE_TOGETHER = 4
_PIECE = 65_536
_TOGETHER = 100
_DEADLINE = timedelta(seconds=30)
_REDIRECTS = 5
_HEADER_BYTES = 8190
_LONGEST_WAIT = timedelta(hours=24)
_MOVES = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address answered.

    Attributes:
        body: Decompressed; empty when `unchanged`.
        etag: As the server wrote it, byte for byte; "" when it gave none. `last_modified` likewise.
        url: Where the body came from, after redirects.
        moved_to: The target when all redirects on the way were permanent.
        max_age: How long the server calls its answer fresh.
    """

    body: bytes
    unchanged: bool
    etag: str
    last_modified: str
    charset: str | None
    url: str
    moved_to: str | None
    max_age: timedelta | None


class Fetcher:
    """A guarded HTTP client; it keeps no cookies and believes no environment.

    Attributes:
        held: The hosts that asked us to wait, and until when: none of them is asked before, not even by a redirect.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        proxy: str | None = None,
        deadline: timedelta = _DEADLINE,
        resolver: aiohttp.abc.AbstractResolver | None = None,
    ) -> None:
        self.held: dict[str, datetime] = {}
        self._guard = guard
        self._proxy = proxy
        self._large = asyncio.Semaphore(_LARGE_TOGETHER)
        self._deadline = deadline.total_seconds()
        # With a proxy the dial sees only the proxy, which the operator chose; `_hop` then checks our own lookup first.
        factory: Callable[..., socket.socket] | None = None if proxy else guard.make_socket
        connector = aiohttp.TCPConnector(socket_factory=factory, limit=_TOGETHER, limit_per_host=2, resolver=resolver)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            timeout=aiohttp.ClientTimeout(total=None),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def get(
        self,
        address: str,
        *,
        now: datetime,
        etag: str = "",
        last_modified: str = "",
        accept: str = _ACCEPT,
        user_agent: str = "",
    ) -> Fetched:
        """Return what `address` answers, following at most 5 redirects.

        Args:
            etag: Sent back byte for byte as a condition; "" asks unconditionally. `last_modified` likewise.
            now: Against which a date in `Retry-After` is counted.
            user_agent: Who we say we are; "" says what we say to all.

        Raises:
            SourceError: Anything but a whole answer; `why` says it in plain words.
        """
        headers = {"User-Agent": user_agent or _USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(address, headers, now)
        except TimeoutError as error:
            why = f"its server did not finish its answer within {self._deadline:g} seconds"
            raise SourceError(address, why) from error
        except (aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            raise SourceError(address, _in_words(error)) from error

    async def _follow(self, address: str, headers: Mapping[str, str], now: datetime) -> Fetched:
        url = _checked(URL(address), address)
        for_good = True
        for _ in range(_REDIRECTS + 1):
            self._check_held(url, address, now)
            await self._check_before_proxy(url)
            async with self._session.get(url, headers=headers, allow_redirects=False, proxy=self._proxy) as response:
                target = response.headers.get("Location")
                if response.status in _MOVES and target and not _asks_to_wait(response, now):
                    for_good = for_good and response.status in _FOR_GOOD
                    url = _checked(url.join(URL(target)), address)
                    continue
                self._raise_for_status(response, address, now, conditional=len(headers) > 3)
                body = b"" if response.status == 304 else await self._body(response, address)
                return _fetched(response, body, moved_to=str(url) if for_good and url != URL(address) else None)
        raise SourceError(address, "it redirects in a circle; open it in a browser and use the address shown there")

    def _check_held(self, url: URL, address: str, now: datetime) -> None:
        host = url.raw_host or ""
        wait = self.held.get(host, now) - now
        if wait > timedelta():
            raise SourceError(address, "its server asked us to wait", retry_after=wait, host=host)

    async def _check_before_proxy(self, url: URL) -> None:
        if self._proxy is None:
            return
        port = url.port or 80
        found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        for info in found:
            self._guard.check(str(info[4][0]), port)

    def _raise_for_status(
        self, response: aiohttp.ClientResponse, address: str, now: datetime, *, conditional: bool
    ) -> None:
        status = response.status
        if status == 200 or (status == 304 and conditional):
            return
        host = response.url.raw_host or ""
        wait = _asks_to_wait(response, now)
        if wait:
            self.held[host] = max(now + wait, self.held.get(host, now))
        raise SourceError(
            address, _status_words(status), retry_after=wait, host=host, gone=status == 410, missing=status == 404
        )

    async def _body(self, response: aiohttp.ClientResponse, address: str) -> bytes:
        unpack = _unpacker(response, address)
        parts: list[bytes] = []
        size = received = 0
        async with AsyncExitStack() as turn:
            async for chunk in response.content.iter_chunked(_PIECE):
                received += len(chunk)
                for part in unpack.feed(chunk, _PIECE) if unpack else (chunk,):
                    is_large, size = size > _LARGE_BYTES, size + len(part)
                    if max(size, received) > _BODY_BYTES:
                        raise SourceError(address, "its answer is larger than 10 MB")
                    if size > _LARGE_BYTES and not is_large:
                        await turn.enter_async_context(self._large)
                    parts.append(part)
            if unpack and not unpack.is_whole:
                raise SourceError(address, "its answer broke off in the middle")
            return b"".join(parts)


def _checked(url: URL, address: str) -> URL:
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise SourceError(address, "it is, or redirects to, no http or https address")
    if url.user is not None or url.password is not None:
        raise SourceError(_without_user(address), "it has a user name in its address; use one without")
    return url


def _without_user(address: str) -> str:
    """Return an address as it may be shown: what stands before its host may be a password."""
    return str(URL(address).with_user(None))


def _status_words(status: int) -> str:
    match status:
        case 401 | 403 | 451:
            return f"its server refuses us ({status})"
        case 404:
            return "its server does not know this address (404)"
        case 410:
            return "its server says that it is gone for good (410)"
        case 429:
            return "its server asks us to come less often (429)"
        case _ if status >= 500:
            return f"its server is in trouble ({status})"
        case _:
            return f"its server gave an answer that is no feed ({status})"


def _asks_to_wait(response: aiohttp.ClientResponse, now: datetime) -> timedelta | None:
    """Return the wait that a server asks for, in seconds or as a date, at most a day; None where it asks for none."""
    stated = response.headers.get("Retry-After", "")
    try:
        wait = timedelta(seconds=int(stated[:9])) if stated.isdecimal() else parsedate_to_datetime(stated) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), _LONGEST_WAIT)


def _unpacker(response: aiohttp.ClientResponse, address: str) -> Unpacker | None:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    packed = encoding in ("gzip", "x-gzip", "deflate")
    if encoding and encoding != "identity" and not packed:
        raise SourceError(address, f"its server packs its answer in a way we did not ask for ({encoding[:20]})")
    return Unpacker() if packed else None


def _fetched(response: aiohttp.ClientResponse, body: bytes, *, moved_to: str | None) -> Fetched:
    fresh = _MAX_AGE.search(response.headers.get("Cache-Control", "").lower())
    return Fetched(
        body=body,
        unchanged=response.status == 304,
        etag=response.headers.get("ETag", ""),
        last_modified=response.headers.get("Last-Modified", ""),
        charset=_charset(response),
        url=str(response.url),
        moved_to=moved_to,
        max_age=min(timedelta(seconds=int(fresh[1])), _LONGEST_WAIT) if fresh else None,
    )


def _charset(response: aiohttp.ClientResponse) -> str | None:
    try:
        return response.charset
    except (ValueError, LookupError):
        return None


def _in_words(error: Exception) -> str:
    """Return what went wrong on the way, as a person would say it."""
    match error:
        case _ if ClosedAddress.words in f"{error} {getattr(error, 'os_error', '')}":
            return f"{ClosedAddress.words}; the setting allow_networks can open it"
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLError() | aiohttp.ClientSSLError():
            return "its certificate is not valid, so anybody could have written its answer (TLS)"
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return "its name is not known on the internet (DNS); check the address for a slip"
        case aiohttp.ClientPayloadError() | zlib.error():
            return "its answer broke off in the middle"
        case aiohttp.ClientProxyConnectionError():
            return "the proxy for sources does not answer"
        case aiohttp.ClientConnectorError():
            return "its server does not answer"
        case aiohttp.ServerDisconnectedError() | ConnectionError():
            return "its server hung up"
        case aiohttp.InvalidURL() | ValueError() if not isinstance(error, aiohttp.ClientResponseError):
            return "it, or where it redirects, is no valid address"
        case aiohttp.ClientResponseError():
            return "its server does not speak proper HTTP"
        case _:
            return "its server could not be reached"
