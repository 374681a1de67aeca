"""Lines that machines hang on every text of an outlet: pointers to other articles, signatures, calls to share."""

import re
from functools import cache

from digests.tables import load_rows

# A line with a pointer is short; what is longer is a paragraph that happens to begin so.
_LINE_CHARS = 400
_ANYTHING = ".{0,200}?"
# What stands around such words: arrows, bullets, brackets, dots.
_AROUND = r"[\s\[\](){}<>«»›→▶►•·∞*|.…:!_–—-]*"
# What every tail ends with.
_TAIL_ENDS = ("]", ")", "»", "→", "›")
# An excerpt's own mark that it was cut.
_CUT = re.compile(r"\s*(?:\[\s*(?:…|\.{3})\s*\]|\(\s*(?:…|\.{3})\s*\))\s*\Z")


def without_boilerplate(text: str) -> str:
    """Return a text's paragraphs without such lines; what is left of a cut excerpt ends with "…".

    >>> without_boilerplate("He was freed.\\n\\nRead also: Others were not\\n\\nShe said so. […]\\n\\nRead more »")
    'He was freed.\\n\\nShe said so. …'
    """
    # Every pointer has a colon, and most lines have none.
    lines = [line for line in text.split("\n\n") if ":" not in line or not _is("line", line)]
    while lines and _is("end", lines[-1]):
        lines.pop()
    if lines and lines[-1].endswith(_TAIL_ENDS):
        lines[-1] = _CUT.sub(" …", _tails().sub("", lines[-1])).strip()
    return "\n\n".join(filter(None, lines))


def _is(where: str, line: str) -> bool:
    return len(line) <= _LINE_CHARS and _patterns()[where].fullmatch(_straight(line)) is not None


def _straight(line: str) -> str:
    """Return a line with one kind of apostrophe, as the table has it."""
    return line.replace("’", "'").replace("ʼ", "'")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        where: re.compile(f"{_AROUND}(?:{'|'.join(_forms(where))}){_AROUND}", re.IGNORECASE | re.DOTALL)
        for where in ("line", "end")
    }


@cache
def _tails() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(_forms('tail'))})\s*\Z", re.IGNORECASE)


def _forms(where: str) -> list[str]:
    rows = load_rows("text/data/boilerplate.tsv")
    return [_ANYTHING.join(map(re.escape, words.split("*"))) for kind, words in rows if kind == where]
