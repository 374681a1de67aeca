"""A feed's bytes to what it says; runs in the worker, because what it calls can be made to run for minutes."""

import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from digests.sources.decode import NotText, decode, unscramble
from digests.sources.plain_rss import read_plain_rss

# 200,000 attributes on one tag hold the XML parser for a minute; no honest tag is that long.
_ABSURD_TAG = re.compile(rb"<[^<>!][^<>]{65535,}")
_DECLARATION = re.compile(r"\s*(?:<!--.{0,2000}?-->\s*){0,5}<\?xml[^>]*\?>", re.DOTALL)
# The parser dies of a number that is no sign; at most eight digits of one are ever read.
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,8})[0-9a-fA-F]*|0*([0-9]{1,8})[0-9]*);?")
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
    clean = _FORBIDDEN_IN_XML.sub("", _DECLARATION.sub("", text.lstrip("\ufeff"), count=1))
    clean = _REFERENCE.sub(_possible, _without_lost_prefix(clean))
    plain = read_plain_rss(clean)
    return _document(*plain, is_whole=True) if plain is not None else _by_feedparser(clean, url)


def _by_feedparser(clean: str, url: str) -> Document:
    parsed = _parsed(clean, url)
    if not parsed.get("version") and not parsed.entries and not _ROOT.search(clean[:20_000]):
        raise NotAFeed("this is a web page, not a feed" if _HTML.match(clean) else "this is not a feed")
    is_whole = bool(_END.search(clean[-2_000:])) or not parsed.bozo
    return _document(parsed.feed, parsed.entries, is_whole=is_whole)


def _document(channel: Any, entries: Sequence[Any], *, is_whole: bool) -> Document:  # Any: feedparser's dictionaries
    ttl = _TTL.fullmatch(str(channel.get("ttl", "")).strip())
    return Document(
        entries=tuple(_raw(entry) for entry in entries),
        title=_string(channel.get("title")),
        link=_string(channel.get("link")),
        language=_string(channel.get("language")),
        ttl_minutes=int(ttl[0]) if ttl else None,
        is_whole=is_whole,
    )


def _parsed(text: str, url: str) -> Any:  # Any: feedparser's dictionaries
    # Imported here: only the worker pays for it.
    import feedparser

    head = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parse = partial(feedparser.parse, response_headers=head, sanitize_html=False, resolve_relative_uris=False)
    try:
        return parse(io.BytesIO(text.encode()))
    except Exception:  # noqa: BLE001 whatever its strict parser stumbles over: what is no XML goes to its other one
        return parse(io.BytesIO(b"& " + text.encode()))


def _possible(found: re.Match[str]) -> str:
    """Return a reference to a sign by its number as it stands, "" for one to no sign."""
    number = int(found[1], 16) if found[1] else int(found[2])
    is_sign = 0 < number < 0xD800 or 0xE000 <= number <= 0x10FFFF
    return found[0] if is_sign else ""


def _without_lost_prefix(text: str) -> str:
    """Return a document without a prefix that it puts before everything and declares nowhere: "<rss:item>"."""
    found = _PREFIXED.search(text)
    if found is None or f"xmlns:{found[1]}" in text:
        return text
    return re.sub(rf"(</?|\s){found[1]}:", r"\1", text)


def _raw(entry: Any) -> Raw:  # Any: feedparser's dictionaries
    contents = entry.get("content") or []
    texts = [*(_string(content.get("value")) for content in contents), _string(entry.get("summary"))]
    language = next((_string(c.get("language")) for c in contents if c.get("language")), "")
    guid = _string(entry.get("id"))
    # A forwarding service tells the article's own address beside its own.
    link = _string(entry.get("feedburner_origlink")) or _string(entry.get("link"))
    link = link or next((_string(each.get("href")) for each in entry.get("links") or []), "")
    return Raw(
        guid=guid,
        link=link or (guid if guid.startswith(("http://", "https://")) else ""),
        title=_string(entry.get("title")),
        texts=tuple(filter(None, texts)),
        # Not by its own `get`, which gives one date for another and warns of it.
        dates=_strings(dict.get(entry, key) for key in ("published", "updated", "created")),
        language=language,
        authors=_strings(author.get("name") for author in entry.get("authors") or ()),
    )


def _read_json(text: str) -> Document:
    try:
        found, is_whole = json.loads(text), True
    except RecursionError:
        raise NotAFeed("this is not a feed: it is JSON nested beyond reason") from None
    except ValueError:
        found, is_whole = _broken_json(text), False
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list) or not ("jsonfeed" in str(found.get("version", "")).lower() or "feed_url" in found):
        raise NotAFeed("this is JSON, but not a JSON Feed")
    return Document(
        entries=tuple(_raw_json(item) for item in items if isinstance(item, dict)),
        title=_string(found.get("title")),
        link=_string(found.get("home_page_url")),
        language=_string(found.get("language")),
        is_whole=is_whole,
    )


def _broken_json(text: str) -> dict[str, Any]:  # Any: whatever the JSON holds
    """Return the head and the whole items of a JSON Feed that breaks off.

    Raises:
        NotAFeed: There is no item to be seen.
    """
    start = _ITEMS.search(text)
    if start is None:
        raise NotAFeed("this is not a feed: it begins like JSON and is broken")
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
