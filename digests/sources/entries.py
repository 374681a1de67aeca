"""What a feed's document states to entries: identity, title, text, date, language; pure."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from digests.model import Entry, make_id
from digests.sources.dates import read_date
from digests.sources.document import Document, Raw
from digests.text import guess_language, one_line, sentences, tidy_text, to_text, without_boilerplate

NEWEST = 500
_TITLE_CHARS = 300
_TEXT_CHARS = 200_000
_IDENTITY_CHARS = 400
_AUTHORS = 10
_AUTHOR_CHARS = 100
# A summary of which so many words stand in the content is its beginning, shortened; else it is a lead of its own.
_REPEATED = 0.8
_LEAD_WORDS = 6
_MARKUP = re.compile(r"</?(?:p|br|div|a|b|i|em|strong|span|img|ul|li|h[1-6]|blockquote)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
# What newsletters, networks and sessions hang on an address.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|yclid|mc_[ce]id|phpsessid|jsessionid|sid|session(?:_?id)?|_openstat", re.I
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.I)
_CYRILLIC = re.compile("[\u0400-\u052f]+")
_IN_BRACKETS = re.compile(r"\(([^():@]{2,100})\)?\s*\Z")
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC_LANGUAGES = frozenset({"uk", "ru", "be", "bg", "mk", "sr", "kk", "ky", "tt", "ba"})
_BOTH_SCRIPTS = frozenset({"crh", "sr", "uz", "az"})


def make_entries(document: Document, *, url: str, now: datetime, by_link: bool = False) -> tuple[Entry, ...]:
    """Return the newest 500 entries of a document, oldest first; those with neither title nor text are left out.

    Args:
        url: Where the document came from, for relative links and for entries without one.
        now: Dates later than a day after it are not believed; none is later than it.
        by_link: The source changes its guids at every fetch, so links tell entries apart.
    """
    identities = _identities(document.entries, url=url, by_link=by_link)
    made = [
        _entry(raw, identity, document, url, now)
        for raw, identity in zip(document.entries, identities, strict=True)
        if raw.title or raw.texts
    ]
    entries = {entry.identity: entry for entry in reversed(made) if entry.title or entry.text}
    return _newest_last(list(entries.values()))


def clean_link(link: str) -> str:
    """Return an address without what tells readers apart, which is no part of where the text stands.

    >>> clean_link("https://a.example/x?id=5&utm_source=rss#top")
    'https://a.example/x?id=5'
    """
    if not any(sign in link for sign in "?#;"):
        return link
    try:
        parts = urlsplit(link)
        stated = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return link
    kept = [(key, value) for key, value in stated if not _TRACKING.fullmatch(key)]
    query = urlencode(kept) if len(kept) < len(stated) else parts.query
    return urlunsplit((parts.scheme, parts.netloc, _SESSION_IN_PATH.sub("", parts.path), query, ""))


def plain_title(stated: str) -> str:
    """Return a title as plain text on one line, cut at a word after 300 characters."""
    title = one_line(to_text(stated))
    if _MARKUP.search(title) or _ENTITY.search(title):  # escaped twice: "&amp;amp;"
        title = one_line(to_text(title)) or title
    return title if len(title) <= _TITLE_CHARS else title[: _TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"


def plain_language(stated: str) -> str:
    """Return the language of a tag; "" for what is none, which no column of languages could hold.

    >>> plain_language("uk-UA"), plain_language("ua"), plain_language("American English")
    ('uk', 'uk', '')
    """
    language = re.split("[-_]", stated.strip().lower())[0]
    is_code = language.isascii() and language.isalpha() and len(language) in (2, 3)
    return {"ua": "uk"}.get(language, language) if is_code else ""


def _identities(raws: Sequence[Raw], *, url: str, by_link: bool) -> list[str]:
    """Return for each entry its guid if no other has it, else its link if no other has it, else a hash of its words."""
    stated = [one_line(raw.guid) for raw in raws]
    guids = Counter(stated)
    links = [clean_link(_absolute(raw, url)) if raw.link else "" for raw in raws]
    times = Counter(links)
    identities = []
    for raw, guid, link in zip(raws, stated, links, strict=True):
        if guid and guids[guid] == 1 and not by_link:
            identity = guid
        elif link and times[link] == 1:
            identity = link
        else:
            identity = "text:" + make_id(raw.title, *raw.texts)
        identities.append(identity if len(identity) <= _IDENTITY_CHARS else "long:" + make_id(identity))
    return identities


def _entry(raw: Raw, identity: str, document: Document, url: str, now: datetime) -> Entry:
    title = plain_title(raw.title)
    text = _whole_text(raw.texts)[:_TEXT_CHARS]
    if not title and text:
        first = sentences(text[:2000])[0]
        title = text[first.start : first.end][:_TITLE_CHARS]
    text = text or title
    dates = (read_date(stated, now=now) for stated in raw.dates)
    return Entry(
        identity=one_line(identity),
        url=_absolute(raw, url) or _web(document.link) or url,
        title=title,
        text=text,
        published_at=next(filter(None, dates), None),
        language=_language(raw.language or document.language, f"{title}\n{text}"),
        authors=tuple(dict.fromkeys(filter(None, map(_author, raw.authors[:_AUTHORS])))),
    )


def _author(stated: str) -> str:
    """Return the name in what RSS asks for: "post@steppe.example (Safiye Canbekova)"."""
    inner = _IN_BRACKETS.search(stated)
    return plain_title(inner[1] if inner else stated)[:_AUTHOR_CHARS]


def _whole_text(stated: Sequence[str]) -> str:
    """Return an entry's content, after its summary where each says what the other does not.

    Many outlets print the lead, with the names, only in the summary.
    """
    *contents, lead = [without_boilerplate(_text(each)) for each in stated] or [""]
    if not contents:
        return lead
    content = max(contents, key=len)
    says_little = len(_words(lead)) < _LEAD_WORDS and len(lead) <= len(content)
    if content and (says_little or content == lead or _repeats(content, lead)):
        return content
    return lead if _repeats(lead, content) else f"{lead}\n\n{content}"


def _repeats(text: str, part: str) -> bool:
    words, known = _words(part), set(_words(text))
    return sum(word in known for word in words) >= _REPEATED * len(words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _text(stated: str) -> str:
    text = to_text(stated) if "<" in stated or "&" in stated else tidy_text(stated)
    if not _MARKUP.search(text) and not _ENTITY.search(text):
        return text
    # Escaped twice. Paragraph by paragraph: the breaks found so far are no mark-up any more.
    return "\n\n".join(filter(None, map(to_text, text.split("\n\n"))))


def _absolute(raw: Raw, url: str) -> str:
    if raw.link.startswith(("http://", "https://")):
        return _web(raw.link)
    try:
        return _web(urljoin(url, raw.link)) if raw.link else ""
    except ValueError:
        return ""


def _web(link: str) -> str:
    return one_line(link).replace(" ", "%20") if link.lower().startswith(("http://", "https://")) else ""


def _language(stated: str, text: str) -> str | None:
    """Return the stated language if the script can be its own: "en-US" over a Ukrainian text is a forgotten setting."""
    language = plain_language(stated)
    sample = text[:1000]
    letters = sum(map(len, _LETTERS.findall(sample)))
    is_cyrillic = sum(map(len, _CYRILLIC.findall(sample))) * 2 > letters
    fits = language in _BOTH_SCRIPTS or (language in _CYRILLIC_LANGUAGES) == is_cyrillic
    if language and language != "en" and fits:
        return language
    return guess_language(text) or (language if fits and language else None)


def _newest_last(entries: list[Entry]) -> tuple[Entry, ...]:
    """Return the newest 500, oldest first: by date if all have one, else in the order given (a document reversed)."""
    dated = [(entry.published_at, at) for at, entry in enumerate(entries) if entry.published_at]
    if len(dated) == len(entries):
        entries = [entries[at] for _, at in sorted(dated)]
    return tuple(entries[-NEWEST:])
