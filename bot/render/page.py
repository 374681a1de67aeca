"""A message already in words, but in no service's markup: every channel turns it into its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

Style = Literal["plain", "bold", "italic", "strike"]
BlockKind = Literal["mark", "head", "names", "name", "quote", "meta", "note", "line", "divider"]

PRESS_BYTES = 60  # Telegram takes 64 bytes of callback data; four are left to the front for its own use.


class Run(NamedTuple):
    """A stretch of text in one style.

    `url` is where it leads, if anywhere; `link(run)` says whether a chat can follow it. A line break is a "\\n".
    """

    text: str
    style: Style = "plain"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a page.

    Attributes:
        kind: "mark" stands first (a possible repeat); "head" opens; "names" is the numbered list, one name a line;
            "name" heads the part about one name; "quote" is one sentence as printed; "meta" is its outlet and time, and
            belongs to the quote before it; "note" is small print; "line" is an ordinary line; "divider" has no runs.
    """

    kind: BlockKind
    runs: tuple[Run, ...] = ()


class Press(NamedTuple):
    """A button: `data` is what pressing it asks ("command rest", at most 60 bytes), or `url` is where it leads."""

    words: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One message: what a locked screen shows, its paragraphs, and the rows of buttons beneath."""

    glance: str
    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Press, ...], ...] = ()

    def with_blocks(self, blocks: Iterable[Block]) -> "Page":
        """Return the same page with other paragraphs."""
        return replace(self, blocks=tuple(blocks))


# A longer address is followed by few browsers, and would crowd the message out of a service's limits.
_MOST_URL_CHARS = 2_000


def plain_text(block: Block) -> str:
    """Return the block's characters without style.

    >>> plain_text(Block("line", (Run("Read: "), Run("412", "bold"))))
    'Read: 412'
    """
    return "".join(run.text for run in block.runs)


def plain_page(page: Page) -> str:
    """Return the page as plain text, a block a line, for services that did not take our markup."""
    return "\n".join(plain_text(block) for block in page.blocks if block.kind != "divider")


def link(run: Run) -> str | None:
    """Return where a run leads if a chat can follow it: an http(s) address, not too long, without blanks or quotes.

    >>> link(Run("Steppe Radio", url="https://steppe.example/7"))
    'https://steppe.example/7'
    >>> link(Run("Steppe Radio", url="file:///srv/drop/7.txt")) is None
    True
    """
    url = run.url or ""
    safe = len(url) <= _MOST_URL_CHARS and not any(char.isspace() or char in '<>"|' for char in url)
    return url if safe and urlsplit(url).scheme in ("http", "https") else None


def file_name(url: str) -> str | None:
    """Return the last part of a `file:` address, None of any other.

    >>> file_name("file:///srv/drop/%D0%B0.txt")
    'а.txt'
    """
    parts = urlsplit(url)
    return unquote(parts.path).rpartition("/")[2] if parts.scheme == "file" else None
