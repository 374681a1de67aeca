"""Real and broken feeds of other readers' test suites, where they are at hand: what must come out of each.

`tests/cases/feeds.tsv` was checked by hand against the documents; `tests/cases/feeds_apart.tsv` says where our count of
entries and those of feedparser and lxml part, and why. The documents' texts are not ours: titles and beginnings of
texts stand in the tables as the first 8 digits of their SHA-256.
"""

import gzip
import hashlib
import io
import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from digests.model import Entry
from digests.sources.document import Document, NotAFeed, Raw, read_document
from digests.sources.entries import make_entries
from digests.sources.webpage import read_page
from digests.text import one_line, tidy_text, to_text

CORPUS = Path(__file__).resolve().parents[2].parent / "shared/corpus/feeds/dev"
CASES = Path(__file__).resolve().parents[1] / "cases"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "http://base.example/feed"
_BEGINNING = 40
# What no text of an article holds: mark-up of pages, entities, signs that cannot be seen.
_UNCLEAN = re.compile(
    r"</?(?:p|br|div|span|strong|em|img)\b[^<>]*>|&(?:amp|nbsp|quot|lt|gt|#\d+);|[\u200b\u00ad\ufeff]", re.I
)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of feeds is not beside the checkout")


def _rows(name: str) -> dict[str, list[str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[0]: row[1:] for row in rows}


def _files(*, pages: bool) -> list[str]:
    found = (path for path in sorted(CORPUS.rglob("*")) if path.is_file())
    return [str(path.relative_to(CORPUS)) for path in found if (path.suffix in (".html", ".gz")) == pages]


def _read(name: str) -> tuple[Document, tuple[Entry, ...]]:
    document = read_document((CORPUS / name).read_bytes(), charset=None, url=URL)
    return document, make_entries(document, url=URL, now=NOW)


def digest_of(text: str) -> str:
    """Return what stands in a table for a text that may not be copied."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def said(name: str) -> list[str]:
    """Return the row of a document: entries, dated ones, and of the newest its title, date, host, language and text."""
    try:
        _, entries = _read(name)
    except NotAFeed:
        return ["no feed"]
    dated = sum(entry.published_at is not None for entry in entries)
    if not entries:
        return ["0", "0"]
    newest = entries[-1]
    at = f"{newest.published_at:%Y-%m-%dT%H:%MZ}" if newest.published_at else "none"
    text = [digest_of(newest.text[:_BEGINNING]), str(len(newest.text))]
    host = urlsplit(newest.url).netloc
    return [str(len(entries)), str(dated), digest_of(newest.title), at, host, newest.language or "none", *text]


@pytest.mark.parametrize(("name", "expected"), [pytest.param(*row, id=row[0]) for row in _rows("feeds.tsv").items()])
def test_a_document_checked_by_hand_says_what_it_said_to_the_eye(name: str, expected: list[str]) -> None:
    assert said(name) == expected


def test_at_least_eighty_documents_were_checked_by_hand() -> None:
    assert len(_rows("feeds.tsv")) >= 80


def _peers(data: bytes) -> tuple[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        entries = len(feedparser.parse(io.BytesIO(data)).entries)
    try:
        root = etree.fromstring(data, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return str(entries), "none"
    tags = (element.tag for element in root.iter() if isinstance(element.tag, str)) if root is not None else ()
    return str(entries), str(sum(etree.QName(tag).localname in ("item", "entry") for tag in tags))


def test_all_documents_hold_as_many_entries_as_two_other_parsers_find_or_it_is_said_why() -> None:
    apart = {}
    for name in _files(pages=False):
        try:
            ours = str(len(_read(name)[0].entries))
        except NotAFeed:
            ours = "no feed"
        counts = [ours, *_peers((CORPUS / name).read_bytes())]
        if len(set(counts)) > 1:
            apart[name] = counts
    assert apart == {name: row[:3] for name, row in _rows("feeds_apart.tsv").items()}


def test_every_entry_with_a_word_is_kept_and_all_is_clean() -> None:
    for name in _files(pages=False):
        try:
            document, entries = _read(name)
        except NotAFeed:
            continue
        worded = {(raw.guid, raw.link, *raw.texts) for raw in document.entries if _has_words(raw)}
        assert len(entries) == len(worded), name
        for entry in entries:
            assert entry.title == one_line(entry.title), name
            assert entry.text == tidy_text(entry.text), name
            assert entry.published_at is None or entry.published_at.tzinfo is UTC, name
            assert not _UNCLEAN.search(entry.title), name


def _has_words(raw: Raw) -> bool:
    return any(to_text(stated) for stated in (raw.title, *raw.texts))


def test_no_mark_up_is_left_in_a_text_unless_the_article_is_about_mark_up() -> None:
    unclean = {name for name in _files(pages=False) for entry in _entries_of(name) if _UNCLEAN.search(entry.text)}
    assert unclean == set()


def _entries_of(name: str) -> Iterator[Entry]:
    try:
        yield from _read(name)[1]
    except NotAFeed:
        return


def test_every_page_is_read() -> None:
    for name in _files(pages=True):
        data = (CORPUS / name).read_bytes()
        page = read_page(gzip.decompress(data) if name.endswith(".gz") else data)
        assert page.title, name
        if not name.startswith("synthetic/"):
            assert len(page.text) > 300, name
