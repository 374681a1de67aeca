"""Whatever the bytes: a source is read or refused, in time, and what comes out is clean.

A few hundred tries here in `make check`; `make slow` runs the same properties for many thousands.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.errors import SourceError
from digests.model import Entry
from digests.sources.decode import NotText, decode
from digests.sources.document import NotAFeed, read_document
from digests.sources.entries import NEWEST, make_entries
from digests.sources.find import feeds_on_page
from digests.sources.opml import parse_opml
from digests.sources.plain import read_plain
from digests.sources.preview import read_preview
from digests.sources.webpage import read_page
from digests.text import one_line, tidy_text, without_boilerplate
from tests.fakes.feeds import item, rss

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://steppe.example/feed"
_ANY_PACE = list(HealthCheck)
# The killable worker gives a document three seconds; nothing of a few kilobytes may come near.
_PATIENCE_SECONDS = 3.0

_ATOM = """<?xml version="1.0" encoding="windows-1251"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="/a/"
 xml:lang="uk"><title>Лиман</title><entry><id>tag:1</id><title type="html">Суд &amp;amp; слідство</title>
<link rel="alternate" href="x?id=1&amp;utm_source=rss"/><updated>2026-11-20T10:00:00+02:00</updated>
<author><name>Safiye</name></author><summary>Коротко.</summary><content type="xhtml"><div
 xmlns="http://www.w3.org/1999/xhtml"><p>Довго <b>про</b> засідання.</p></div></content></entry></feed>"""
_RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="u"><title>From RDF</title><link>https://old.example/1</link>
<description>The text. Read more</description><dc:date>01.01.2026</dc:date></item></rdf:RDF>"""
_JSON = """{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 7, "url": "/7", "content_html": "<p>Seven"},
 {"id": "8", "content_text": "Eight [...]", "date_published": "1767225600", "authors": [{"name": "A"}]}]}"""
_HTML = """<!doctype html><html lang=uk><head><title>Суд</title><meta property="og:title" content="Суд &amp; слідство">
<link rel="alternate" type="application/rss+xml" href="/rss"></head><body><article><p>Засідання відкладено.
Читайте також: інше</p></article><script>x()</script></body></html>"""
_MARKDOWN = (
    "---\ntitle: Суд\ndate: 20 листопада 2026\n---\n# Засідання\n\n**Довго** [про](https://x.example) засідання.\n"
)
_OPML = """<opml version="2.0"><body><outline text="A"><outline type="rss" title="Лиман &amp; Co" stance="ngo"
 xmlUrl="https://l.example/rss?a=1&amp;b=2" language="uk-UA"/></outline></body></opml>"""
_CHANNEL = """<!doctype html><html><head><title>Лиман – Telegram</title></head><body>
<div class="tgme_channel_info_header_title"><span>Лиман</span></div><section class="tgme_channel_history">
<div class="tgme_widget_message" data-post="liman/7"><a class="tgme_widget_message_forwarded_from_name">Степ</a>
<div class="tgme_widget_message_text"><i class="emoji"><b>!</b></i> Суд<br/>відклав <a href="?q=%23суд">#суд</a></div>
<time datetime="2026-11-23T10:00:00+00:00">10:00</time></div><div class="tgme_widget_message" data-post="liman/8">
<div class="tgme_widget_message_poll_question">Хто?</div></div></section></body></html>"""
_RSS = rss(item("1", title="One", date="Чт, 01 янв 2026 12:00 MSK"), item("1", text="<![CDATA[<p>Two &nbsp; […]]]>"))

_FEEDS = [_RSS, *(text.encode() for text in (_ATOM, _RDF, _JSON, _HTML)), _ATOM.encode("windows-1251")]
_PIECES = [
    *(
        b"<",
        b">",
        b"&",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"&#0;",
        b"&#x110000;",
        b"&#99999999999;",
        b"\0",
        b"\xff",
        b"\xd0",
    ),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"</item>", b"<item>", b"<p", b'"', b"{", b"[" * 50, b"<b>" * 50, b"xml:base='::'"),
    *(
        b"\xe2\x80\xae",
        "и\u0306".encode() * 20,
        b"&amp;" * 20,
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"&b;",
        b"\r",
        b"\x1b$B",
    ),
]


@st.composite
def mutated(draw: st.DrawFn, documents: list[bytes]) -> bytes:
    """Return a document of ours with pieces cut out, doubled, put in, or single bytes changed."""
    data = draw(st.sampled_from(documents))
    for _ in range(draw(st.integers(min_value=1, max_value=6))):
        at = draw(st.integers(min_value=0, max_value=len(data)))
        size = draw(st.integers(min_value=0, max_value=80))
        piece = draw(st.sampled_from(_PIECES) | st.binary(max_size=8))
        match draw(st.sampled_from(["cut", "put", "flip", "twice", "end"])):
            case "cut":
                data = data[:at] + data[at + size :]
            case "put":
                data = data[:at] + piece + data[at:]
            case "flip":
                data = data[:at] + piece + data[at + len(piece) :]
            case "twice":
                data = data[:at] + data[at : at + size] * 3 + data[at:]
            case _:
                data = data[:at]
    return data


def read_feed(data: bytes) -> None:
    """Hold a feed's bytes to what the readers promise."""
    try:
        document = read_document(data, charset=None, url=URL)
    except NotAFeed:
        return
    entries = make_entries(document, url=URL, now=NOW)
    assert len({entry.identity for entry in entries}) == len(entries) <= NEWEST
    for entry in entries:
        _is_clean(entry)


def _is_clean(entry: Entry) -> None:
    assert entry.title
    assert entry.text
    assert entry.identity
    assert entry.title == one_line(entry.title)
    assert entry.text == tidy_text(entry.text)
    assert entry.url.startswith(("http://", "https://"))
    assert entry.published_at is None or (entry.published_at.tzinfo is UTC and entry.published_at.year >= 1995)
    for said in (entry.title, entry.text, entry.identity, entry.url, *entry.authors):
        said.encode()  # no half of a surrogate pair: neither a database nor a chat service could take it


def read_html(data: bytes) -> None:
    """Hold a page's bytes to what the readers promise."""
    try:
        page = read_page(data)
    except NotAFeed:
        page = None
    if page is not None:
        assert page.title == one_line(page.title)
        assert page.text == tidy_text(page.text)
    assert all(address.startswith(("http://", "https://")) for address in feeds_on_page(data, None, URL))


def read_text_file(data: bytes) -> None:
    """Hold a file's bytes to what the readers promise."""
    try:
        text = decode(data)
    except NotText:
        return
    for is_markdown in (True, False):
        plain = read_plain(text, is_markdown=is_markdown)
        assert bool(plain.title) == bool(plain.text)
        assert plain.text == tidy_text(plain.text)
        assert len(without_boilerplate(plain.text)) <= len(plain.text) + 1


def read_channel(data: bytes) -> None:
    """Hold a channel page's bytes to what the readers promise."""
    try:
        preview = read_preview(data)
    except NotAFeed:
        return
    numbers = [post.number for post in preview.posts]
    assert numbers == sorted(set(numbers))
    assert preview.title == one_line(preview.title)
    for post in preview.posts:
        assert post.text == tidy_text(post.text)
        for said in (post.text, post.at, post.forwarded_from):
            said.encode()


def read_list(data: bytes) -> None:
    """Hold a list's bytes to what the readers promise."""
    try:
        outlines = parse_opml(data, where="list.opml")
    except SourceError:
        return
    assert all(outline.address == one_line(outline.address) for outline in outlines)


_KINDS: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "feed": (read_feed, _FEEDS),
    "page": (read_html, [_HTML.encode(), _HTML.encode("windows-1251")]),
    "file": (
        read_text_file,
        [_MARKDOWN.encode(), _MARKDOWN.encode("koi8-u"), _MARKDOWN.encode("utf-16"), _HTML.encode()],
    ),
    "channel": (read_channel, [_CHANNEL.encode(), _CHANNEL.encode("windows-1251")]),
    "list": (read_list, [_OPML.encode(), _OPML.encode("windows-1251")]),
}


def _seconds(read: Callable[[bytes], None], data: bytes) -> float:
    """Return the CPU seconds of a reading; each reader asserts of itself what it may give back."""
    began = time.process_time()
    read(data)
    return time.process_time() - began


def _seconds_of_drawn(kind: str, data: st.DataObject) -> float:
    read, documents = _KINDS[kind]
    return _seconds(read, data.draw(mutated(documents) | st.binary(max_size=300)))


@pytest.mark.parametrize("kind", _KINDS)
@settings(max_examples=150, suppress_health_check=_ANY_PACE)
@given(data=st.data())
def test_no_bytes_break_a_reader(kind: str, data: st.DataObject) -> None:
    assert _seconds_of_drawn(kind, data) < _PATIENCE_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("kind", _KINDS)
@settings(max_examples=6_000, derandomize=False, suppress_health_check=_ANY_PACE)
@given(data=st.data())
def test_no_bytes_break_a_reader_in_a_long_run(kind: str, data: st.DataObject) -> None:
    assert _seconds_of_drawn(kind, data) < _PATIENCE_SECONDS


@pytest.mark.parametrize("kind", _KINDS)
def test_the_documents_that_are_mutated_are_read_as_they_stand(kind: str) -> None:
    read, documents = _KINDS[kind]
    assert max(_seconds(read, document) for document in documents) < _PATIENCE_SECONDS
