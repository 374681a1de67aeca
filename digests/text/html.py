"""HTML, whole or a fragment, to plain paragraphs; linear in its length whatever it holds."""

import html
import re

from digests.text.tidy import tidy_text

# No part of a tag runs over another "<", and what is never closed runs to the end: no input is scanned twice.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)"
    r"|<(?P<unread>script|style|noscript|template|iframe|textarea|title)\b[^<>]*>.*?(?:</(?P=unread)[^<>]*>|\Z)"
    r"""|</?[a-z](?:[^<>"']++|"[^"<]{0,4096}+"|'[^'<]{0,4096}+')*+>"""
    r"|<[a-z!?/][^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_BLOCK_NAMES = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 head header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
# `html.unescape` raises on a number of more digits than Python turns into an integer.
_ABSURD_NUMBER = re.compile(r"&#[0-9]{9,};?")


def to_text(source: str) -> str:
    """Return the readable text of HTML as paragraphs parted by one empty line; entities are characters.

    >>> to_text("<p>Tom &amp; <b>Jer</b>ry</p><script>x()</script><ul><li>one<li>two</ul>")
    'Tom & Jerry\\n\\none\\n\\ntwo'
    """
    pieces = []
    at = 0
    for token in _TOKEN.finditer(source):
        pieces.append(_shown(source[at : token.start()]))
        pieces.append(_spoken(token))
        at = token.end()
    pieces.append(_shown(source[at:]))
    return tidy_text("".join(pieces))


def _spoken(token: re.Match[str]) -> str:
    """Return what a tag means for the text: blocks part paragraphs, <br> ends a line, others are nothing."""
    if token["data"] is not None:
        return _shown(token["data"])
    named = _NAME.match(token[0])
    name = named[1].lower() if named else ""
    if name in _BLOCKS:
        return "\n\n"
    return "\n" if name == "br" else ""


def _shown(text: str) -> str:
    if not text:
        return ""
    # A line end of the source is a space in HTML.
    text = re.sub(r"[ \t\r\n\f]+", " ", text)
    return html.unescape(_ABSURD_NUMBER.sub("", text)) if "&" in text else text
