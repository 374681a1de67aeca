"""Ordinary RSS read the short way says what feedparser says, on every feed that is read so."""

import html
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.sources.decode import NotText, decode
from digests.sources.document import _FORBIDDEN_IN_XML, _by_feedparser, _document
from digests.sources.plain_rss import read_plain_rss
from tests.fakes.feeds import item, rss

_URL = "https://steppe.example/feed"
_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "feeds" / "dev"

ITEM = "<item><title>A &amp; b</title><link>https://a.example/1</link>{}</item>"


def _rss(items: str, head: str = "", attributes: str = "") -> str:
    spaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    )
    return f'<rss version="2.0" {spaces}{attributes}><channel><title>T</title>{head}{items}</channel></rss>'


def _both_say_the_same(text: str) -> bool:
    """Return whether the document was read the short way; it must then say what feedparser says."""
    plain = read_plain_rss(text)
    if plain is None:
        return False
    assert _document(*plain, is_whole=True) == _by_feedparser(text, _URL)
    return True


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param("", id="title and link alone"),
        pytest.param("<guid>https://a.example/2</guid>", id="a guid that is an address"),
        pytest.param('<guid isPermaLink="false">a b</guid>', id="a guid that is none"),
        pytest.param("<description>&lt;p&gt;One&lt;/p&gt; two</description>", id="escaped markup"),
        pytest.param("<description><![CDATA[<p>One</p> two & three]]></description>", id="markup in CDATA"),
        pytest.param(
            "<description>Lead</description><content:encoded><![CDATA[<p>All</p>]]></content:encoded>", id="a content"
        ),
        pytest.param("<content:encoded>All</content:encoded>", id="a content alone"),
        pytest.param("<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>", id="a date"),
        pytest.param("<dc:date>2026-11-23T10:00:00Z</dc:date>", id="a date of Dublin Core"),
        pytest.param("<dc:creator> A. Writer </dc:creator><dc:creator>B</dc:creator>", id="two writers"),
        pytest.param(
            '<category domain="x">a</category><comments>https://a.example/c</comments>', id="what is not heard"
        ),
        pytest.param("<description></description><guid></guid>", id="empty ones"),
        pytest.param("<title/>", id="a title twice"),
    ],
)
def test_an_item_says_the_same_both_ways(inner: str) -> None:
    text = _rss(ITEM.format(inner))
    assert _both_say_the_same(text) == ("<title/>" not in inner)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_rss(ITEM.format("<media:description>x</media:description>")), id="an element we do not know"),
        pytest.param(_rss(ITEM.format('<description xml:lang="uk">x</description>')), id="a language of its own"),
        pytest.param(_rss(ITEM.format(""), attributes=' xml:base="https://b.example/"'), id="a base of its own"),
        pytest.param(_rss(ITEM.format("<description><b>x</b></description>")), id="markup that is not escaped"),
        pytest.param(_rss("<item><link>/relative</link></item>"), id="a relative link"),
        pytest.param(_rss("<item><link>https://a.example/a/../b</link></item>"), id="a link to be joined"),
        pytest.param('<!DOCTYPE rss [<!ENTITY a "b">]>' + _rss(ITEM.format("")), id="entities of its own"),
        pytest.param(_rss(ITEM.format(""))[:-20], id="broken off"),
        pytest.param('<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title></feed>', id="Atom"),
        pytest.param("<rss></rss>", id="no channel"),
        pytest.param(_rss(ITEM.format(""), attributes=' xmlns="http://backend.userland.com/rss2"'), id="a namespace"),
        pytest.param(_rss(ITEM.format("")).replace("A &amp;", "A \x92"), id="characters that are mended"),
        pytest.param(_rss(ITEM.format("")).replace("A &amp;", "A &#146;"), id="the same as numbers"),
        pytest.param(_rss(ITEM.format("<author>a@b.example (A)</author>")), id="an author with an address"),
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_feedparser(text: str) -> None:
    assert read_plain_rss(text) is None


_TEXTS = st.text(alphabet="aБ <>&;'\"\n\u00a0é#x1\u200b", max_size=30).map(html.escape)


@settings(max_examples=60)
@given(st.lists(st.tuples(_TEXTS, _TEXTS, st.sampled_from(["", "1", "https://a.example/x?y=1", "b c"])), max_size=4))
def test_whatever_it_says_it_says_the_same_both_ways(entries: list[tuple[str, str, str]]) -> None:
    items = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid><description>{text}</description></item>"
        for title, text, guid in entries
    )
    assert _both_say_the_same(_rss(items))


def test_the_feeds_of_the_tests_are_ordinary() -> None:
    assert _both_say_the_same(rss(item("a"), item("b", date="Mon, 23 Nov 2026 10:00:00 GMT")).decode())


@pytest.mark.skipif(not _CORPUS.is_dir(), reason="the corpus is not there")
def test_every_feed_of_the_corpus_that_is_read_the_short_way_says_the_same() -> None:
    read = 0
    for path in sorted(path for path in _CORPUS.rglob("*") if path.is_file()):
        try:
            text = decode(path.read_bytes(), None)
        except NotText:
            continue
        text = _FORBIDDEN_IN_XML.sub("", text.lstrip("\ufeff"))
        if len(text) < 1_000_000:
            declared = text.find("?>") + 2 if text.startswith("<?xml") else 0
            read += _both_say_the_same(text[declared:])
    assert read >= 20
