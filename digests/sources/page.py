"""An entry's own page, for sources that give only the first lines of an article."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from digests.model import Entry
from digests.sources.http import ACCEPT_PAGE, Fetcher
from digests.sources.parser import FeedParser
from digests.sources.webpage import Page

# A lead has one to four sentences; the shortest whole reports of our sources begin at about this length.
_TEASER_CHARS = 600
_CUT_OFF = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\W{0,3}$")
# Of the words of a lead more than half stand in its article; a consent wall or a wrong page holds hardly any.
_SAME_WORDS = 0.5
_WORD = re.compile(r"[^\W\d_]{4,}")


class Pages(Protocol):
    """Reads the page at an address, by the same guard and caps as feeds are read."""

    async def read(self, address: str, *, now: datetime, user_agent: str = "") -> Page:
        """Return the article that stands there; `user_agent` as in `Fetcher.get`.

        Raises:
            SourceError: There is none that can be read.
        """
        ...

    def learn_held(self, held: dict[str, datetime]) -> None:
        """Ask none of these hosts before its time, not even when a redirect leads there."""
        ...


class PageReader:
    """Reads pages with the tools of the other readers."""

    def __init__(self, fetcher: Fetcher, parser: FeedParser) -> None:
        self._fetcher = fetcher
        self._parser = parser

    async def read(self, address: str, *, now: datetime, user_agent: str = "") -> Page:
        """Return the article at an address; `SourceError` where none can be read."""
        fetched = await self._fetcher.get(address, now=now, accept=ACCEPT_PAGE, user_agent=user_agent)
        return await self._parser.parse_page(fetched.body, address=address, charset=fetched.charset)

    def learn_held(self, held: dict[str, datetime]) -> None:
        """Ask none of these hosts before its time; what is known already stays known."""
        for host, at in held.items():
            self._fetcher.held[host] = max(at, self._fetcher.held.get(host, at))


def is_teaser(entry: Entry) -> bool:
    """Tell whether an entry is likely to be only the beginning of an article that stands at its address."""
    is_short = len(entry.text) < _TEASER_CHARS or _CUT_OFF.search(entry.text[-20:]) is not None
    return is_short and entry.url.startswith(("http://", "https://"))


def with_page(entry: Entry, page: Page) -> Entry:
    """Return an entry with its page's text; as it is where that is no longer, or is about something else."""
    told, said = _words(f"{entry.title} {entry.text}"), _words(page.text)
    is_same = len(told & said) >= _SAME_WORDS * len(told)
    if len(page.text) <= len(entry.text) or not is_same:
        return entry
    return replace(entry, text=page.text, teaser=entry.text)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
