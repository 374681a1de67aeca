"""A feed's bytes to what it says; runs in the worker, because what it calls can be made to run for minutes."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from digests.sources.decode import NotText, decode, unscramble

# 200,000 attributes on one tag hold the XML parser for a minute; no honest tag is that long.
_ABSURD_TAG = re.compile(rb"<[^<>!][^<>]{65535,}")
_DECLARATION = re.compile(r"\s*(?:<!--.{0,2000}?-->\s*){0,5}<\?xml[^>]*\?>", re.DOTALL)
_PREFIXED = re.compile(r"<([A-Za-z]\w{0,20}):(?:item|entry)[\s>]")
_FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ROOT = re.compile(r"<(?:[A-Za-z]+:)?(?:rss|feed|RDF|channel)[\s>]", re.IGNORECASE)
_END = re.compile(r"</(?:[A-Za-z]+:)?(?:rss|feed|RDF|channel)\s*>", re.IGNORECASE)
_HTML = re.compile(r"\s*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_NEXT_ITEM = re.compile(r"[\s,]*\{")
_TTL = re.compile(r"\d{1,6}")


class NotAFeed(ValueError):
    """The document is no feed of any kind we read; the text says what it seems to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One entry as the document states it, still with its mark-up; `texts` are its contents, then its summary."""

    guid: str = ""
    link: str = ""
    title: str = ""
    texts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    language: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed as it states itself; `is_whole` is False when it stops before its end."""

    entries: tuple[Raw, ...]
    title: str = ""
    link: str = ""
    language: str = ""
    ttl_minutes: int | None = None
    is_whole: bool = True


def read_document(data: bytes, *, charset: str | None, url: str) -> Document:
    """Return what a feed states: RSS, Atom, RDF or JSON Feed, in document order.

    Raises:
        NotAFeed: It is none of these.
    """
    if _ABSURD_TAG.search(data):
        raise NotAFeed("it holds a tag of more than 64 kB, which no honest feed has")
    text = _decoded(data, charset)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _read_json(text)
    return _read_xml(text, url)


def _decoded(data: bytes, charset: str | None) -> str:
    try:
        return decode(data, charset)
    except NotText:
        # A careless exporter leaves a zero byte in an honest feed.
        bare = data.replace(b"\0", b"")
        if bare.lstrip()[:1] in (b"<", b"{"):
            return decode(bare, charset)
        raise NotAFeed("this is not a feed but a file that is no text") from None


def _read_xml(text: str, url: str) -> Document:
    # Imported here: only the worker pays for it.

    clean = _FORBIDDEN_IN_XML.sub("", _DECLARATION.sub("", text.lstrip("\ufeff"), count=1))
    clean = _without_lost_prefix(clean)
    said = {key: _field(text, key) for key in ("version", "feed_url", "title", "home_page_url", "language")}
    head = {key: value for key, value in said.items() if value}
    items, at, decoder = [], start.end(), json.JSONDecoder()
    try:
        while opened := _NEXT_ITEM.match(text, at):
            item, at = decoder.raw_decode(text, opened.end() - 1)
            items.append(item)
    except (ValueError, RecursionError):
        return head | {"items": items}
    return head | {"items": items}


def _field(text: str, key: str) -> str:
    found = re.search(rf'"{key}"\s*:\s*("(?:[^"\\]|\\.){{0,500}}")', text[:5_000])
    return str(json.loads(found[1], strict=False)) if found else ""


def _raw_json(item: dict[str, Any]) -> Raw:  # Any: whatever the JSON holds
    plain = _string(item.get("content_text"))
    return Raw(
        guid=_string(item.get("id")),
        link=_string(item.get("url")) or _string(item.get("external_url")),
        title=_string(item.get("title")).replace("<", "&lt;"),
        texts=_strings(
            (item.get("content_html"), plain.replace("<", "&lt;").replace("\n", "<br>"), item.get("summary"))
        ),
        dates=_strings((item.get("date_published"), item.get("date_modified"))),
        language=_string(item.get("language")),
        authors=_strings(author.get("name") for author in _authors(item) if isinstance(author, dict)),
    )


def _authors(item: dict[str, Any]) -> list[Any]:  # Any: whatever the JSON holds
    stated = item.get("authors") or [item.get("author")]
    return stated if isinstance(stated, list) else []


def _string(value: object) -> str:
    is_said = isinstance(value, str | int | float) and not isinstance(value, bool)
    return unscramble(str(value).strip()) if is_said else ""


def _strings(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(filter(None, map(_string, values)))
