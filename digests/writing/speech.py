"""Quoted speech across sentences: a sentence cut out of one would open or close a quotation mark alone."""

from collections.abc import Sequence

from digests.model import Span

_OPENING = "“«„"
_CLOSING = "”»"
_STRAIGHT = '"'
# A whole speech up to here is shown; of a longer one the sentence alone, with its lone mark.
_WHOLE_CHARS = 450


def whole_speech(text: str, span: Span, sentences: Sequence[Span]) -> Span:
    """Return the span widened to the sentences beside it that balance its quotation marks, itself where none do.

    >>> text = "“It rained. We stayed,” she said."
    >>> whole_speech(text, Span(12, 33), [Span(0, 11), Span(12, 33)])
    Span(start=0, end=33)
    """
    wide = span
    for before in reversed(sentences):
        if before.end <= wide.start and _may_grow(text, wide, lacks=0):
            wide = Span(before.start, wide.end)
    for after in sentences:
        if after.start >= wide.end and _may_grow(text, wide, lacks=1):
            wide = Span(wide.start, after.end)
    whole = text[wide.start : wide.end]
    is_shown = len(whole) <= _WHOLE_CHARS and "\n" not in whole and not any(_lacks(whole))
    return wide if is_shown else span


def _may_grow(text: str, span: Span, *, lacks: int) -> bool:
    return span.end - span.start <= _WHOLE_CHARS and _lacks(text[span.start : span.end])[lacks]


def _lacks(text: str) -> tuple[bool, bool]:
    """Return whether an opening mark is missing before the text, and a closing one after it."""
    opened: list[str] = []
    missing = False
    for mark in text:
        if mark in _CLOSING or (mark == "“" and opened[-1:] == ["„"]):
            missing = missing or not opened
            opened = opened[:-1]
        elif mark in _OPENING:
            opened.append(mark)
    if text.count(_STRAIGHT) % 2:
        begins = text.startswith(_STRAIGHT)
        return missing or not begins, bool(opened) or begins
    return missing, bool(opened)
