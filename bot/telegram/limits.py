"""What Telegram takes in one message, and how to measure it before sending."""

import re
from html import unescape
from typing import NamedTuple

# Counted in UTF-16 units, as entity offsets are; the reference does not say, and so it is never too many.
TEXT_UNITS = 4096
# The server refuses a raw text over 32,768 bytes before it looks at its markup; we keep a little away.
RAW_BYTES = 32_000
# About 100 entities are shown, the rest is silently plain.
ENTITIES = 95
DATA_BYTES = 64
BUTTONS = 100
BUTTONS_A_ROW = 8

_TAG = re.compile(r"<[^>]*>")


class Size(NamedTuple):
    """A text as Telegram counts it: UTF-16 units after its markup is read, bytes before, and entities."""

    units: int
    raw_bytes: int
    entities: int


def units(text: str) -> int:
    """Return the text's length in UTF-16 units.

    >>> units("🔴 Ілмі")
    7
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def size(text: str, *, is_html: bool) -> Size:
    """Return how Telegram counts a text of our own templates, in which every `<` that is no tag is escaped.

    >>> size("<b>A &amp; B</b>", is_html=True)
    Size(units=5, raw_bytes=16, entities=1)
    """
    raw_bytes = len(text.encode("utf-8", "surrogatepass"))
    if not is_html:
        return Size(units(text), raw_bytes, 0)
    tags = _TAG.findall(text)
    shown = unescape(_TAG.sub("", text))
    return Size(units(shown), raw_bytes, sum(not tag.startswith("</") for tag in tags))


def is_within(text: str, *, is_html: bool) -> bool:
    """Return whether one message holds the text."""
    counted = size(text, is_html=is_html)
    return counted.units <= TEXT_UNITS and counted.raw_bytes <= RAW_BYTES and counted.entities <= ENTITIES
