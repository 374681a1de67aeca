"""A file's text to title, text and what its front matter says; pure."""

import re
from dataclasses import dataclass, field
from types import MappingProxyType

from digests.sources.dates import is_date_line
from digests.text import one_line, sentences, tidy_text

# A first line up to this long that ends like no sentence is a headline.
_TITLE_CHARS = 160
_DATELINE_WITHIN = 6
_FRONT = re.compile(r"\A\s*---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_]{2,20})[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_ENDS_SENTENCE = re.compile(r"[.;,…][\"”»’')]*$")
# In this order; none crosses a line, so none is slow on a hostile one.
_MARKS = (
    (re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$", re.MULTILINE), r"\n\1\n"),
    (re.compile(r"^[ \t]{0,3}(?:[-*_][ \t]*){3,200}$", re.MULTILINE), "\n"),
    (re.compile(r"^(?:[ \t]{0,3}>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+", re.MULTILINE), "\n"),
    (re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\]\[\n]{1,500})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])"), r"\1"),
    (re.compile(r"<(https?://[^>\s]{1,2000})>"), r"\1"),
    (re.compile(r"(\*\*\*|\*\*|\*|~~|`)(?=\S)([^*`~\n]{1,1000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)(__|_)(?=\S)([^_\n]{1,1000}?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class Plain:
    """What a file says.

    Attributes:
        fields: Those of its front matter in lower case: date, url, language, outlet, stance, author; of other files the
            date that stands alone on one of the first lines.
    """

    title: str
    text: str
    fields: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read_plain(source: str, *, is_markdown: bool) -> Plain:
    """Return title and text of a file: the front matter's title, else a headline, else the first sentence.

    A headline is taken off the text; a first sentence stays in it.

    >>> read_plain("Prison moved\\n\\nIt was moved at night.", is_markdown=False).title
    'Prison moved'
    """
    source = source.removeprefix("\ufeff")
    fields, body = _front_matter(source)
    if "date" not in fields:
        stated_date, body = _dateline(body)
        fields |= {"date": stated_date} if stated_date else {}
    text = _without_marks(body) if is_markdown else body
    stated = one_line(fields.get("title", ""))
    title, text = (stated, tidy_text(text)) if stated else _headline(text)
    if not title and text:
        title = first_sentence(text)
    return Plain(title, text or title, MappingProxyType(fields))


def first_sentence(text: str) -> str:
    """Return a text's first sentence as a title, cut at a word when it is very long."""
    spans = sentences(text[:3000])
    title = text[spans[0].start : spans[0].end] if spans else ""
    return title if len(title) <= 300 else title[:299].rsplit(" ", 1)[0]


def _front_matter(source: str) -> tuple[dict[str, str], str]:
    found = _FRONT.match(source)
    if found is None:
        return {}, source
    fields = {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(found[1])}
    return fields, source[found.end() :]


def _dateline(text: str) -> tuple[str, str]:
    """Return a date that stands alone on one of the first lines, and the text without it."""
    at = 0
    for line in text.splitlines(keepends=True)[:_DATELINE_WITHIN]:
        if is_date_line(line):
            return line.strip(), text[:at] + text[at + len(line) :]
        at += len(line)
    return "", text


def _headline(text: str) -> tuple[str, str]:
    first, _, rest = text.lstrip().partition("\n")
    title = one_line(first)
    body = tidy_text(rest)
    if body and 0 < len(title) <= _TITLE_CHARS and not _ENDS_SENTENCE.search(title) and _stands_alone(rest):
        return title, body
    return "", tidy_text(text)


def _stands_alone(rest: str) -> bool:
    """Return whether a first line is no mere wrap: an empty line follows it, or a capital and nothing lower-case."""
    following = rest.lstrip(" \t")
    return following.startswith(("\n", "\r")) or not following[:1].islower()


def _without_marks(text: str) -> str:
    for pattern, plain in _MARKS:
        text = pattern.sub(plain, text)
    return text
