"""Plain text in one form: NFC, paragraphs parted by one empty line, nothing that cannot be seen."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\t \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Controls, soft hyphens, zero-width and bidi marks, tags, halves of surrogate pairs: a name with one is not found.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A letter carries a few marks; Python's NFC takes the square of the length of a longer run.
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_TOO_MANY_MARKS = re.compile(f"([{_MARKS}]{{16}})[{_MARKS}]+")
_BREAK = re.compile(r"\n[ \n]*\n")
# A line that ends a sentence ends its paragraph too; any other end of line is a wrap.
_ENDS_SENTENCE = re.compile(r"(?<=[.!?…:;»”\"])[ ]?\n[ ]?")


def tidy_text(text: str) -> str:
    """Return plain text as paragraphs parted by one empty line; tidying twice changes nothing.

    >>> tidy_text("One\\xa0line\\r\\nwrapped.\\r\\n\\r\\n\\r\\nTwo")
    'One line wrapped.\\n\\nTwo'
    """
    clean = _BREAK.sub("\n\n", _clean(text))
    clean = _ENDS_SENTENCE.sub("\n\n", clean)
    paragraphs = (" ".join(part.split()) for part in clean.split("\n\n"))
    return "\n\n".join(part for part in paragraphs if part)


def one_line(text: str) -> str:
    """Return plain text on one line, for a title.

    >>> one_line("  Two \\n lines ")
    'Two lines'
    """
    return " ".join(_clean(text).split())


def _clean(text: str) -> str:
    text = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _TOO_MANY_MARKS.sub(r"\1", _UNSEEN.sub("", text)))
        return _SPACES.sub(" ", text)
    return _UNSEEN.sub("", text)
