"""What a feed's document says, as entries."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from digests.model import Entry
from digests.sources.document import NotAFeed, read_document
from digests.sources.entries import clean_link, make_entries
from tests.fakes.feeds import item, rss

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://steppe.example/news/feed.xml"

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk" xml:base="https://liman.example/a/">
<title>Лиман</title>
<entry><id>tag:1</id><title type="html">Суд &amp;amp; слідство</title>
<link href="x/1"/><updated>2026-11-20T10:00:00Z</updated>
<summary>Коротко про засідання суду в Ялті.</summary>
<content type="html">&lt;p&gt;Довго про засідання суду в Ялті.&lt;/p&gt;
&lt;p&gt;Ще один абзац.&lt;/p&gt;</content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old paper</title></channel>
<item rdf:about="https://old.example/1"><title>From RDF</title><link>https://old.example/1</link>
<description>The text.</description><dc:date>2026-11-20</dc:date></item></rdf:RDF>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Harbour Post",
    "language": "en",
    "items": [
        {"id": 7, "url": "https://harbour.example/7", "content_html": "<p>Seven &amp; more.</p>", "title": "Seven"},
        {"id": "6", "content_text": "Six <b>is</b> plain.\n\nIt has two paragraphs.", "date_published": "2026-11-20"},
        "no item",
        {},
    ],
}


def _entries(document: bytes, *, url: str = URL, by_link: bool = False) -> tuple[Entry, ...]:
    return make_entries(read_document(document, charset=None, url=url), url=url, now=NOW, by_link=by_link)


def test_atom_gives_its_content_over_its_summary_and_resolves_links() -> None:
    (entry,) = _entries(ATOM.encode())
    assert entry.identity == "tag:1"
    assert entry.url == "https://liman.example/a/x/1"
    assert entry.title == "Суд & слідство"
    assert entry.text == "Довго про засідання суду в Ялті.\n\nЩе один абзац."
    assert entry.language == "uk"
    assert entry.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


LEAD = "Адвокатку Ельвіру Степову не пустили до суду в Лимані вранці."


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        pytest.param(LEAD, f"{LEAD}\n\nЇї чекали три години.", id="a lead of its own, which alone has the name"),
        pytest.param("Її чекали три […]", "Її чекали три години.", id="the content's beginning"),
        pytest.param("Коротко про це.", "Її чекали три години.", id="a word or two"),
        pytest.param("", "Її чекали три години.", id="none"),
    ],
)
def test_a_summary_that_says_more_than_the_content_stands_before_it(summary: str, text: str) -> None:
    content = "<content:encoded><![CDATA[<p>Її чекали три години.</p>]]></content:encoded>"
    one = f"<item><title>T</title><description>{summary}</description>{content}</item>"
    document = rss(one).replace(b"<rss ", b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ')
    assert _entries(document)[0].text == text


def test_a_text_ends_where_its_outlets_machine_begins() -> None:
    text = "<p>He was freed.</p><p>The post Freed appeared first on <a href='/'>Steppe Post</a>.</p>"
    assert _entries(rss(item("g", text=f"<![CDATA[{text}]]>")))[0].text == "He was freed."
    assert _entries(rss(item("g", title="He was freed", text="Read more »")))[0].text == "He was freed"


@pytest.mark.parametrize(
    ("stated", "authors"),
    [
        ("<author>safiye@steppe.example (Safiye Canbekova)</author>", ("Safiye Canbekova",)),
        (
            "<dc:creator>Safiye Canbekova</dc:creator><dc:creator>Ostap R.</dc:creator>",
            ("Safiye Canbekova", "Ostap R."),
        ),
        ("<dc:creator>Safiye (mailto:</dc:creator>", ("Safiye (mailto:",)),
        ("<dc:creator>&lt;b&gt;Safiye&lt;/b&gt;</dc:creator>", ("Safiye",)),
        ("", ()),
    ],
)
def test_who_wrote_it_is_read(stated: str, authors: tuple[str, ...]) -> None:
    one = f"<item><title>T</title>{stated}</item>"
    document = rss(one).replace(b"<rss ", b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/" ')
    assert _entries(document)[0].authors == authors


@pytest.mark.parametrize(
    ("item_of_json", "authors"),
    [
        ({"authors": [{"name": "Safiye"}, {"url": "https://x.example"}, "no author", {"name": 5}]}, ("Safiye", "5")),
        ({"author": {"name": "Safiye"}}, ("Safiye",)),
        ({"authors": "Safiye"}, ()),
    ],
)
def test_who_wrote_it_is_read_in_json_too(item_of_json: dict[str, object], authors: tuple[str, ...]) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "T", **item_of_json}]}
    assert _entries(json.dumps(feed).encode())[0].authors == authors


def test_what_is_no_text_in_json_is_none() -> None:
    odd = {"id": True, "title": ["T"], "content_text": "Words.", "language": False, "url": 1.2, "summary": {"a": 1}}
    feed = {"version": "https://jsonfeed.org/version/1", "items": [odd]}
    (entry,) = _entries(json.dumps(feed).encode())
    assert (entry.title, entry.text, entry.language) == ("Words.", "Words.", None)


def test_the_articles_own_address_is_kept_where_a_forwarding_service_tells_it() -> None:
    one = "<item><title>T</title><link>https://f.example/~r/1</link>"
    one += "<feedburner:origLink>https://steppe.example/1</feedburner:origLink></item>"
    document = rss(one).replace(b"<rss ", b'<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" ')
    assert _entries(document)[0].url == "https://steppe.example/1"


def test_a_text_that_was_encoded_twice_is_read_as_it_was_written() -> None:
    scrambled = "Курбедінов у суді".encode().decode("windows-1251")
    assert _entries(rss(item("g", title=scrambled)))[0].title == "Курбедінов у суді"


def test_rdf_is_read() -> None:
    (entry,) = _entries(RDF.encode())
    assert (entry.title, entry.text, entry.url) == ("From RDF", "The text.", "https://old.example/1")
    assert entry.published_at == datetime(2026, 11, 20, tzinfo=UTC)


def test_json_feed_is_read() -> None:
    document = read_document(json.dumps(JSON).encode(), charset=None, url=URL)
    assert (document.title, document.language) == ("Harbour Post", "en")
    six, seven = make_entries(document, url=URL, now=NOW)
    assert (seven.identity, seven.text, seven.title) == ("7", "Seven & more.", "Seven")
    assert six.text == "Six is plain.\n\nIt has two paragraphs."
    assert six.title == "Six is plain."
    assert six.url == URL


def test_entries_come_oldest_first() -> None:
    dated = rss(item("b", date="2026-11-21"), item("c", date="2026-11-22"), item("a", date="2026-11-20"))
    assert [entry.identity for entry in _entries(dated)] == ["a", "b", "c"]
    undated = rss(item("newest"), item("older"), item("oldest"))
    assert [entry.identity for entry in _entries(undated)] == ["oldest", "older", "newest"]


def test_only_the_newest_500_are_kept() -> None:
    entries = _entries(rss(*(item(f"g{number}") for number in range(600))))
    assert len(entries) == 500
    assert entries[-1].identity == "g0"


@pytest.mark.parametrize(
    ("items", "identities"),
    [
        pytest.param((item("g1"), item("g2")), ["g2", "g1"], id="a guid of its own"),
        pytest.param(
            (item("same", link="https://x.example/1?utm_source=rss"), item("same", link="https://x.example/2#c")),
            ["https://x.example/2", "https://x.example/1"],
            id="one guid for two: the links",
        ),
        pytest.param((item("", link="https://x.example/1"),), ["https://x.example/1"], id="no guid: the link"),
        pytest.param((item("g" * 500),), ["long:"], id="a guid longer than a line"),
        pytest.param(
            (item("g", link="https://x.example/", title="A"), item("g", link="https://x.example/", title="B")),
            ["text:", "text:"],
            id="one guid and one link for two: the words",
        ),
        pytest.param((item("g", title="A"), item("g", title="A")), ["text:"], id="the same twice is one"),
    ],
)
def test_an_entry_is_known_by_what_is_its_own(items: tuple[str, ...], identities: list[str]) -> None:
    found = [entry.identity for entry in _entries(rss(*items))]
    assert [one[:5] if one.startswith(("text:", "long:")) else one for one in found] == identities


def test_a_source_that_changes_its_guids_is_read_by_links() -> None:
    assert _entries(rss(item("new", link="https://x.example/1")), by_link=True)[0].identity == "https://x.example/1"


@pytest.mark.parametrize(
    ("link", "clean"),
    [
        ("https://x.example/a?utm_source=x&utm_medium=y", "https://x.example/a"),
        ("https://x.example/a?id=5&fbclid=z", "https://x.example/a?id=5"),
        ("https://x.example/a?q=%D0%B0&x", "https://x.example/a?q=%D0%B0&x"),
        ("https://x.example/a;jsessionid=12?b=1#top", "https://x.example/a?b=1"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_an_address_is_known_without_what_tells_readers_apart(link: str, clean: str) -> None:
    assert clean_link(link) == clean


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("<![CDATA[Суд &laquo;закрив&raquo; справу]]>", "Суд «закрив» справу"),
        ("&lt;b&gt;Bold&lt;/b&gt; news", "Bold news"),
        ("  two\n lines ", "two lines"),
        ("&amp;lt;b&amp;gt;Bold&amp;lt;/b&amp;gt; news", "Bold news"),
        ("&amp;lt;blink&amp;gt; is no more", "<blink> is no more"),
    ],
)
def test_titles_are_plain_text(stated: str, title: str) -> None:
    assert _entries(rss(item("g", title=stated)))[0].title == title


def test_a_long_title_is_cut_at_a_word() -> None:
    (entry,) = _entries(rss(item("g", title="word " * 200)))
    assert len(entry.title) <= 300
    assert entry.title.endswith("word…")


def test_mark_up_that_was_escaped_twice_is_no_text() -> None:
    text = "&amp;lt;p&amp;gt;One.&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Two.&amp;lt;/p&amp;gt;"
    assert _entries(rss(item("g", text=text)))[0].text == "One.\n\nTwo."


def test_an_entry_with_a_title_alone_has_it_for_a_text_and_one_with_nothing_is_left_out() -> None:
    document = rss("<item><title>Only a title</title></item>", "<item><link>https://x.example/</link></item>")
    (entry,) = _entries(document)
    assert (entry.title, entry.text, entry.url) == ("Only a title", "Only a title", "https://steppe.example/")


def test_an_entry_without_a_title_has_its_first_sentence_for_one() -> None:
    (entry,) = _entries(rss("<item><description>It began at dawn. Then it ended.</description></item>"))
    assert (entry.title, entry.text) == ("It began at dawn.", "It began at dawn. Then it ended.")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "http://[broken"])
def test_a_link_that_leads_nowhere_on_the_web_is_not_kept(link: str) -> None:
    assert _entries(rss(item("g", link=link)))[0].url == "https://steppe.example/"


@pytest.mark.parametrize(
    ("stated", "text", "language"),
    [
        pytest.param("en-US", "Суд у Сімферополі заарештував адвоката на два місяці.", "uk", id="a forgotten setting"),
        pytest.param("uk", "Суд в Симферополе арестовал адвоката, объявив его участником события.", "uk", id="stated"),
        pytest.param("ua", "Короткий текст про суд.", "uk", id="a country for a language"),
        pytest.param("tr", "Kısa bir metin.", "tr", id="too short to guess"),
        pytest.param("en", "Too short.", "en", id="English, too short to guess"),
        pytest.param("", "Kısa.", None, id="nothing stated"),
    ],
)
def test_a_stated_language_is_believed_where_the_script_fits(stated: str, text: str, language: str | None) -> None:
    document = rss(item("g", title=text, text=text), head=f"<language>{stated}</language>")
    assert _entries(document)[0].language == language


def test_a_date_from_tomorrow_on_is_not_believed() -> None:
    later = (NOW + timedelta(days=3)).isoformat()
    assert _entries(rss(item("g", date=later)))[0].published_at is None


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "this is a web page, not a feed"),
        (b"just words", "this is not a feed"),
        (b"", "this is not a feed"),
        (b"{broken", "begins like JSON and is broken"),
        (b'{"items": [], "version": "1"}', "not a JSON Feed"),
        (b"[" * 100_000, "this is not a feed"),
        (b'{"a":' * 100_000, "nested beyond reason"),
        (b'{"items": [' + b'{"a":' * 100_000, "nested beyond reason"),
        (b'{"items": 5', "begins like JSON and is broken"),
        (b"\x7fELF\0\0\0\0", "no text"),
        (b"<rss><a " + b'b="1" ' * 20_000 + b">", "tag of more than 64 kB"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is not a feed"),
    ],
)
def test_what_is_no_feed_is_said_so(document: bytes, why: str) -> None:
    with pytest.raises(NotAFeed, match=why):
        read_document(document, charset=None, url=URL)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert _entries(rss()) == ()


def test_a_feed_that_breaks_off_keeps_what_came_and_says_so() -> None:
    document = read_document(rss(item("a"), item("b"))[:-40], charset=None, url=URL)
    assert not document.is_whole
    assert len(document.entries) == 2
    assert read_document(rss(item("a")), charset=None, url=URL).is_whole


@pytest.mark.parametrize("cut", [1, 30, 80])
def test_a_json_feed_that_breaks_off_keeps_its_whole_items_and_says_so(cut: int) -> None:
    text = json.dumps(JSON | {"items": [JSON["items"][0], JSON["items"][1]]})
    document = read_document(text[:-cut].encode(), charset=None, url=URL)
    assert not document.is_whole
    assert document.title == "Harbour Post"
    assert [raw.guid for raw in document.entries] == (["7", "6"] if cut < 30 else ["7"])


def test_zero_bytes_and_control_characters_in_a_feed_are_overlooked() -> None:
    assert _entries(rss(item("g", title="Boz\0da\x08liev")))[0].title == "Bozdaliev"


@pytest.mark.parametrize("wrong", ["&#x110000;", "&#99999999999;", "&#xD800;", "&#0;", "&#x0;", "&#xFFFFFFFFFFFF;"])
def test_a_reference_to_no_sign_costs_only_itself(wrong: str) -> None:
    document = rss(item("g", title=f"Boz{wrong}daliev")) + b"<broken"
    (entry,) = _entries(document)
    assert entry.title == "Bozdaliev"


def test_what_the_strict_parser_stumbles_over_is_read_by_the_other() -> None:
    document = rss(item("g", title="Bozdaliev")).replace(b"<rss ", b'<rss xmlns:x="a b c" ')
    document = document.replace(b"<title>Boz", b"<x:y>z</x:y><title>Boz")
    (entry,) = _entries(document)
    assert entry.title == "Bozdaliev"


def test_its_time_to_live_is_read() -> None:
    assert read_document(rss(head="<ttl>30</ttl>"), charset=None, url=URL).ttl_minutes == 30
    assert read_document(rss(head="<ttl>soon</ttl>"), charset=None, url=URL).ttl_minutes is None


def test_no_entity_reaches_outside_the_document() -> None:
    document = b'<!DOCTYPE rss [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + rss(item("g", text="a &e; b"))
    assert "root" not in _entries(document)[0].text
