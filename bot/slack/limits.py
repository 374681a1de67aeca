"""How much Slack takes, with room to spare (docs.slack.dev; the sum of all texts is undocumented, about 13,200)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

MAX_BLOCKS = 45  # of 50
MAX_SECTION = 3000
MAX_HEADER = 150
MAX_TOTAL = 12_000  # of about 13,200: above it the answer is msg_blocks_too_long
MAX_TEXT = 3900  # over 4,000 Slack cuts a text anywhere, also inside a link, and refuses it in an edit
MAX_GLANCE = 750  # of which escaping makes at most five times as much
MAX_BUTTON = 75
MAX_ROW = 25


def units(text: str) -> int:
    """Return the length in UTF-16 units, the greatest count a service could take: an emoji is two.

    >>> units("ї"), units("🙂")
    (1, 2)
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """Return the text, cut to `limit` units with an ellipsis where it is longer.

    >>> clip("Sources", 4)
    'Sou…'
    """
    if units(text) <= limit:
        return text
    kept = text[: limit - 1]
    while units(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def fits(blocks: Sequence[Json]) -> bool:
    """Say whether Slack takes these blocks as one message."""
    if len(blocks) > MAX_BLOCKS:
        return False
    if any(units(text) > MAX_SECTION for text in _texts(blocks)):
        return False
    return sum(units(text) for text in _texts(blocks)) <= MAX_TOTAL


def _texts(blocks: Iterable[Json]) -> Iterable[str]:
    for block in blocks:
        parts = [block["text"]] if "text" in block else block.get("elements", ())
        for part in parts:
            inner = part["text"]
            yield inner["text"] if isinstance(inner, Mapping) else inner
