"""Reading public Telegram channels from their web preview: for this region the first word often stands there."""

import hashlib
import re
from datetime import datetime
from urllib.parse import urlsplit

from digests.errors import SourceError
from digests.model import Entry, Reading, Source
from digests.sources.dates import read_date
from digests.sources.http import ACCEPT_PAGE, Fetcher
from digests.sources.parser import FeedParser
from digests.sources.preview import Post, Preview
from digests.text import sentences

HOST = "https://t.me"
"""Where previews stand; tests put another server here."""

# A page shows twenty posts. In an outage of a day the busiest channel of a war writes a few hundred.
_MOST_PAGES = 10
_TITLE_CHARS = 120
_NAME = re.compile(r"/(?:s/)?([A-Za-z]\w{3,31})/?", re.ASCII)


class ChannelReader:
    """Reads channels by their address, "https://t.me/NAME", one page at a time.

    Validators: `newest` is the number of the last post seen, `hash` that of what the newest page said. While earlier
    pages are still to be read: `before` which post, `until` which, and how many `pages` were.
    """

    def __init__(self, fetcher: Fetcher, parser: FeedParser, *, host: str = HOST) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._host = host.rstrip("/")

    async def read(self, source: Source, *, now: datetime) -> Reading:
        """Return a page of posts: the newest, or an earlier one while there are posts that were not seen between."""
        name, kept = channel_of(source.address), dict(source.validators)
        before = int(kept.get("before", "0"))
        preview = await self._page(source, name, before, now)
        if before:
            said, until, pages = kept["hash"], int(kept["until"]), int(kept["pages"]) + 1
        else:
            said, until, pages = _hash(preview), int(kept.get("newest", "0")), 1
            if kept.get("hash") == said:
                return Reading(unchanged=True, validators=source.validators, title=preview.title)
        posts = [post for post in preview.posts if not before or post.number < before]
        newest = max([int(kept.get("newest", "0")), *(post.number for post in posts)])
        validators = {"newest": newest, "hash": said}
        # Numbers leave gaps where posts were taken away: only what was seen before, or no more pages, ends the search.
        is_more = bool(until and posts) and posts[0].number > until + 1 and pages < _MOST_PAGES
        if is_more:
            validators |= {"before": posts[0].number, "until": until, "pages": pages}
        return Reading(
            entries=tuple(_entry(name, post, now) for post in posts if post.text),
            validators=tuple((key, str(value)) for key, value in validators.items()),
            title=preview.title,
            more=is_more,
        )

    async def _page(self, source: Source, name: str, before: int, now: datetime) -> Preview:
        address = f"{self._host}/s/{name}" + (f"?before={before}" if before else "")
        try:
            fetched = await self._fetcher.get(address, now=now, accept=ACCEPT_PAGE, user_agent=source.user_agent)
            return await self._parser.parse_preview(fetched.body, address=address, charset=fetched.charset)
        except SourceError as error:
            raise SourceError(
                source.address, error.why, retry_after=error.retry_after, host=error.host, missing=error.missing
            ) from error


def channel_of(address: str) -> str:
    """Return the name of a channel by its address.

    >>> channel_of("https://t.me/s/steppe_radio")
    'steppe_radio'
    """
    found = _NAME.fullmatch(urlsplit(address).path)
    if found is None:
        raise SourceError(address, "this is no address of a public channel; write https://t.me/NAME")
    return found[1]


def _entry(name: str, post: Post, now: datetime) -> Entry:
    first = sentences(post.text[:2000])[0]
    title = post.text[first.start : first.end].split("\n")[0]
    cut = title if len(title) <= _TITLE_CHARS else title[: _TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
    return Entry(
        identity=f"{name.lower()}/{post.number}",
        url=f"{HOST}/{name}/{post.number}",
        title=cut,
        text=post.text,
        published_at=read_date(post.at, now=now) if post.at else None,
        language=post.language,
    )


def _hash(preview: Preview) -> str:
    said = "\0".join(f"{post.number}\0{post.text}" for post in preview.posts)
    return hashlib.blake2b(said.encode(errors="replace"), digest_size=16).hexdigest()
