"""An article's page: its headline, text, date, language and outlet; runs in the worker."""

import html
import re
from dataclasses import dataclass

from digests.sources.decode import NotText, decode
from digests.sources.document import NotAFeed
from digests.text import one_line, tidy_text, to_text, without_boilerplate

_TITLE = re.compile(r"<title\b[^<>]*>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_META = re.compile(r"<meta\b[^<>]{0,4000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,40})\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""")
_LANGUAGE = re.compile(r"<html\b[^<>]{0,1000}?\blang\s*=\s*[\"']?([a-zA-Z]{2,3})", re.IGNORECASE)
_CANONICAL = re.compile(r"<link\b[^<>]{0,1000}?rel=[\"']?canonical[\"']?[^<>]{0,1000}>", re.IGNORECASE)
# As of a feed's entry: a book, and what a page of ten megabytes may not go beyond.
_TEXT_CHARS = 200_000
ABSURD_TAG = re.compile(r"<[^<>!][^<>]{65535,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an article's page says; what it does not say is empty."""

    title: str
    text: str
    date: str = ""
    language: str = ""
    outlet: str = ""
    stance: str = ""
    url: str = ""


def read_page(data: bytes, charset: str | None = None) -> Page:
    """Return the article of an HTML page: its main text by trafilatura, or all of its text when that finds none.

    Raises:
        NotAFeed: The bytes are no text, or made to hold a parser up.
    """
    try:
        source = decode(data, charset)
    except NotText as error:
        raise NotAFeed(str(error)) from None
    if ABSURD_TAG.search(source):
        raise NotAFeed("it holds a tag of more than 64 kB, which no honest page has")
    metas = _metas(source)
    title = _TITLE.search(source)
    stated = metas.get("og:title") or (html.unescape(title[1]) if title else "")
    language = _LANGUAGE.search(source)
    canonical = _CANONICAL.search(source)
    outlet = one_line(metas.get("og:site_name", ""))[:100]
    return Page(
        title=without_outlet(one_line(stated)[:300], outlet),
        text=_main_text(source)[:_TEXT_CHARS],
        date=next((metas[key] for key in ("article:published_time", "date", "dc.date", "pubdate") if key in metas), ""),
        language=language[1].lower() if language else "",
        outlet=outlet,
        stance=metas.get("haberdar:stance", ""),
        url=_attributes(canonical[0]).get("href", "") if canonical else metas.get("og:url", ""),
    )


def without_outlet(title: str, outlet: str) -> str:
    """Return a title without the sign and the outlet's own name at its end.

    >>> without_outlet("Court adjourned | Steppe Radio", "Steppe Radio"), without_outlet("Steppe Radio", "Steppe Radio")
    ('Court adjourned', 'Steppe Radio')
    """
    if not outlet:
        return title
    found = re.search(rf"(?<=\S)\s*(?:[|»·•–—]|\s[-:])\s*{re.escape(outlet)}$", title, re.IGNORECASE)
    return title[: found.start()] if found else title


def _metas(source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in _META.findall(source):
        attributes = _attributes(tag)
        key = (attributes.get("property") or attributes.get("name") or "").lower()
        if key and attributes.get("content"):
            found.setdefault(key, html.unescape(attributes["content"]))
    return found


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): first or second or third for name, first, second, third in _ATTRIBUTE.findall(tag)}


def _main_text(source: str) -> str:
    # Imported here: it takes half a second and lxml, and most runs read no page.
    import trafilatura

    found = trafilatura.extract(source, include_comments=False, include_tables=False, favor_recall=True)
    if not found:
        return to_text(source)
    # It ends each paragraph with one line end.
    return without_boilerplate(tidy_text(found.replace("\n", "\n\n")))
