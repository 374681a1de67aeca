"""Telegram's reading of HTML: what it refuses, and what a person sees of the rest."""

import re
from typing import NamedTuple

_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_NO_STYLE = {"text_link", "code", "pre", "custom_emoji", "date_time"}
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_START = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-z-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'))?)*)\s*>")
_END = re.compile(r"</([a-zA-Z][a-zA-Z0-9-]*)?\s*>")
_ATTRIBUTE = re.compile(r"([a-z-]+)=(?:\"([^\"]*)\"|'([^']*)')")


class MarkupError(ValueError):
    """The text is not Telegram's HTML; the message is what the server says."""


class Entity(NamedTuple):
    """A styled stretch; offset and length in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None


def units(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(raw: str) -> tuple[str, tuple[Entity, ...]]:
    """Return what is shown of a raw text, and its entities, outer ones first; `MarkupError` where it is refused."""
    shown: list[str] = []
    length = 0
    open_tags: list[tuple[str, int, str | None]] = []
    found: list[Entity] = []
    at = 0
    while at < len(raw):
        if raw[at] == "<":
            end = _END.match(raw, at)
            if end is not None:
                found.append(_close(raw, at, end.group(1), open_tags, length))
                at = end.end()
                continue
            name, url, at = _open(raw, at, [tag for tag, _, _ in open_tags])
            open_tags.append((name, length, url))
            continue
        char, at = _character(raw, at)
        shown.append(char)
        length += units(char)
    if open_tags:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return "".join(shown), tuple(sorted((e for e in found if e.length), key=lambda e: (e.offset, -e.length)))


def _open(raw: str, at: int, outer: list[str]) -> tuple[str, str | None, int]:
    tag = _START.match(raw, at)
    if tag is None:
        raise MarkupError(f"Unclosed or unreadable start tag at byte offset {_bytes(raw, at)}")
    name = tag.group(1).lower()
    if name not in _STYLES:
        raise MarkupError(f'Unsupported start tag "{name}" at byte offset {_bytes(raw, at)}')
    attributes = {key: _unescape(one or two) for key, one, two in _ATTRIBUTE.findall(tag.group(2))}
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {_bytes(raw, at)}')
    kinds = {_STYLES[each] for each in outer}
    if _STYLES[name] == "blockquote" and "blockquote" in kinds:
        raise MarkupError(f"Nested blockquote at byte offset {_bytes(raw, at)}")
    if _STYLES[name] in _NO_STYLE and kinds & _NO_STYLE:
        raise MarkupError(f'Tag "{name}" inside another at byte offset {_bytes(raw, at)}')
    return name, attributes.get("href"), tag.end()


def _close(raw: str, at: int, name: str | None, open_tags: list[tuple[str, int, str | None]], length: int) -> Entity:
    if not open_tags:
        raise MarkupError(f"Unexpected end tag at byte offset {_bytes(raw, at)}")
    opened, start, url = open_tags.pop()
    if name is not None and name.lower() != opened:
        raise MarkupError(
            f'Unmatched end tag at byte offset {_bytes(raw, at)}, expected "</{opened}>", found "</{name.lower()}>"'
        )
    return Entity(_STYLES[opened], start, length - start, url)


def _character(raw: str, at: int) -> tuple[str, int]:
    entity = _ENTITY.match(raw, at)
    if entity is None:
        return raw[at], at + 1
    return _unescape(entity.group()), entity.end()


def _unescape(text: str) -> str:
    def one(entity: re.Match[str]) -> str:
        named, decimal, hexadecimal = entity.groups()
        if named:
            return _NAMED[named]
        return chr(int(decimal) if decimal else int(hexadecimal, 16))

    return _ENTITY.sub(one, text)


def _bytes(raw: str, at: int) -> int:
    return len(raw[:at].encode())
