"""Labelled texts of watched names, read from `tests/cases/names*.tsv`, and a record of what the matcher answers.

    python -m tests.name_cases

keeps the answers in `tests/cases/matcher.tsv`, each as a short hash of its places, scores and reasons, under the
version of the matcher that gives them. A version's answer is never replaced: mentions in the archive say by which
version they were found, so a matcher that answers otherwise must have another.
"""

import re
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from digests.model import Article, ArticleId, Band, Kind, Mention, Pattern, PatternId, SourceId
from digests.names.index import NameIndex
from digests.names.match import MATCHER_VERSION, find_mentions
from digests.names.surnames import SurnameUse

_CASES = Path(__file__).parent / "cases"
_RECORD = _CASES / "matcher.tsv"


class Case(NamedTuple):
    """One labelled text: what is watched, and the mentions to be found in order, each with its band."""

    id: str
    rule: str
    pattern: Pattern
    language: str
    texts: tuple[str, ...]
    mentions: tuple[tuple[str, Band], ...]


def read_cases() -> list[Case]:
    """Return all labelled texts, file by file."""
    lines = [line for path in sorted(_CASES.glob("names*.tsv")) for line in path.read_text("utf-8").splitlines()]
    return [_case(line) for line in lines if line and line[0] != "#"]


def answer(case: Case) -> tuple[Mention, ...]:
    """Return what is found in a case's last text, after what the earlier ones taught."""
    index, use = NameIndex(), SurnameUse()
    index.add(case.pattern)
    *earlier, text = case.texts
    for each in earlier:
        use.learn(find_mentions(article(each, case.language), index, use).learnt)
    return find_mentions(article(text, case.language), index, use).mentions


def article(text: str, language: str | None = "en", title: str = "") -> Article:
    """Return an article of one text."""
    return Article(
        id=ArticleId("a"),
        source=SourceId("s"),
        identity="i",
        url="",
        outlet="",
        title=title,
        text=text,
        language=language,
        published_at=None,
        fetched_at=datetime(2027, 3, 1, 8, tzinfo=UTC),
    )


def hashed(case: Case) -> str:
    """Return a short hash of the answer to a case: of each mention's place, score and reason."""
    found = [(each.start, each.end, each.score, each.reason.key) for each in answer(case)]
    return sha256(repr(found).encode()).hexdigest()[:_HASH]


def read_record() -> tuple[str, dict[str, str]]:
    """Return the version of the matcher that is on record, and its answers by the case's id."""
    head, *rows = (line.split("\t") for line in _RECORD.read_text("utf-8").splitlines())
    return head[1], {row[0]: row[1] for row in rows}


def main() -> int:
    """Record the answers; 1 if an answer of this version would be replaced."""
    version, known = read_record()
    answers = {case.id: hashed(case) for case in read_cases()}
    changed = [name for name, answered in answers.items() if known.get(name, answered) != answered]
    if changed and version == MATCHER_VERSION:
        sys.stderr.write(f"{len(changed)} answers are new, as {changed[0]}: raise MATCHER_VERSION first\n")
        return 1
    lines = [f"version\t{MATCHER_VERSION}", *(f"{name}\t{answered}" for name, answered in answers.items())]
    _RECORD.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


_HASH = 8


def _case(line: str) -> Case:
    row = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), line)
    name, rule, kind, watched, language, text, mentions = row.split("\t")
    named, *context = re.split(r" (?=\+\+|--)", watched)
    spellings = tuple((text, of) for text, _, of in (each.partition("@") for each in named.split("|")))
    near = tuple(word[2:] for word in context if word[0] == "+")
    never = tuple(word[2:] for word in context if word[0] == "-")
    pattern = Pattern(id=PatternId("p"), kind=Kind(kind), spellings=spellings, near=near, never=never)
    expected = () if mentions == "-" else tuple(_mention(each) for each in mentions.split("|"))
    return Case(name, rule, pattern, language, tuple(text.split(" >> ")), expected)


def _mention(cell: str) -> tuple[str, Band]:
    return (cell[1:], Band.LIKELY) if cell[0] == "~" else (cell, Band.SURE)


if __name__ == "__main__":
    sys.exit(main())
