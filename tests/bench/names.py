"""Find watched names in a stream of documents, for the scorer of the names bench.

    python -m tests.bench names --watches FILE --docs FILE[.xz] --out FILE [--online]

The stream is read twice: the first time teaches whom surnames mean, as replaying the archive does for a new name;
`--online` reads it once, each document answered by what came before it. `--meta FILE` names the scorer's list, in which
silent names stand: every sure alert of one is wrong, and they are counted in the user's unit, alerts a week.
"""

import argparse
import json
import lzma
import sys
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from digests.model import Article, ArticleId, Band, Kind, Pattern, PatternId, SourceId
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse

_KINDS = {"person": Kind.PERSON, "org": Kind.BODY, "place": Kind.PLACE}
_NAMES, _ARTICLES_A_WEEK = 60, 7_000
_THEN = datetime(2020, 1, 1, tzinfo=UTC)


def main(argv: Sequence[str]) -> int:
    """Write one JSON line a mention; the last line of standard output is the measurement."""
    parser = argparse.ArgumentParser(prog="tests.bench names")
    parser.add_argument("--watches", type=Path, required=True)
    parser.add_argument("--docs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--online", action="store_true")
    parser.add_argument("--meta", type=Path, help="the scorer's list of silent names, to count wrong alerts a week")
    args = parser.parse_args(argv)
    index = read_watches(args.watches)
    articles = list(read_docs(args.docs))
    sys.stderr.write(f"{len(index)} names, {len(articles)} documents\n")
    use = SurnameUse()
    started = perf_counter()
    if not args.online:
        for article in articles:
            use.learn(find_mentions(article, index, use).learnt)
    mentions = 0
    sure: set[tuple[str, str]] = set()
    with args.out.open("w", encoding="utf-8") as out:
        for article in articles:
            found = find_mentions(article, index, use)
            if args.online:
                use.learn(found.learnt)
            for mention in found.mentions:
                row = {"doc_id": article.id, "watch_id": mention.pattern, "start": mention.start, "end": mention.end}
                out.write(json.dumps(row | {"score": mention.score}) + "\n")
            mentions += len(found.mentions)
            sure |= {(mention.pattern, article.id) for mention in found.mentions if mention.band is Band.SURE}
    seconds = perf_counter() - started
    report: dict[str, float] = {"documents": len(articles), "mentions": mentions, "seconds": round(seconds, 2)}
    if args.meta:
        report |= wrong_a_week(sure, silent_names(args.meta), len(articles))
    print(json.dumps(report))  # noqa: T201
    return 0


def silent_names(path: Path) -> frozenset[str]:
    """Return the names of the scorer's list that stand in no document: every alert of them is wrong."""
    meta = json.loads(path.read_text(encoding="utf-8"))
    return frozenset(name for name, about in meta.items() if about["kind"] != "real")


def wrong_a_week(sure: Iterable[tuple[str, str]], silent: Set[str], documents: int) -> dict[str, float]:
    """Return how many wrong sure alerts a chat of 60 names gets a week from 1,000 articles a day.

    A name and an article make at most one alert. The silent names are as near to the documents' people as can be (their
    surnames, or one consonant off), so this is more than invented names at large would give.
    """
    wrong = sum(name in silent for name, _ in sure)
    pairs = _NAMES * _ARTICLES_A_WEEK
    return {"wrong_sure_documents": wrong, "wrong_sure_a_week": round(pairs * wrong / (len(silent) * documents), 2)}


def read_watches(path: Path) -> NameIndex:
    """Return an index of the watches of a JSONL file."""
    index = NameIndex()
    for pattern in read_patterns(path):
        index.add(pattern)
    return index


def read_patterns(path: Path) -> Iterator[Pattern]:
    """Return the watches of a JSONL file: `watch_id`, `type`, `name`, `lang`."""
    for row in _rows(path):
        spelling = (row["name"], row["lang"])
        yield Pattern(id=PatternId(row["watch_id"]), kind=_KINDS[row["type"]], spellings=(spelling,))


def read_docs(path: Path) -> Iterator[Article]:
    """Return the documents of a JSONL file: `doc_id`, `lang`, `title`, `text`, whose text holds the title."""
    for row in _rows(path):
        yield Article(
            id=ArticleId(row["doc_id"]),
            source=SourceId("bench"),
            identity=row["doc_id"],
            url="",
            outlet="",
            title="",
            text=row["text"],
            language=row["lang"],
            published_at=None,
            fetched_at=_THEN,
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    # Line by line: a measurement of memory must not hold the stream. Only line feeds part rows.
    with (
        lzma.open(path, "rt", encoding="utf-8", newline="\n")
        if path.suffix == ".xz"
        else path.open(encoding="utf-8", newline="\n") as lines
    ):
        yield from (json.loads(line) for line in lines if line.strip())
