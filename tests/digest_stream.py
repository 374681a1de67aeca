"""Our own streams (`cases/digests_*.tsv`, `cases/affairs_*.tsv`) in the form of the xstories bench, for its scorer."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

_CASES = Path(__file__).parent / "cases"
_TOLD = re.compile(r"\[(\d+)\](.*?)\[/\]")
# The month of 2026 in which each stream runs.
_MONTHS = {"digests": 9, "affairs": 2}
# Events that are easily taken for one: of each two of a row no articles may fall together.
_APART = {
    "digests": (
        ("enver", "lenie", "second"),
        ("fire1", "fire2"),
        ("refat", "ilyas"),
        ("mayor", "poet"),
        ("bohdan", "hunger"),
    ),
    "affairs": (
        ("chain", "appeal", "list"),
        ("gone", "decade"),
        ("gone", "appeal"),
        ("swap", "swap2", "office"),
        ("hunger", "chain", "list"),
        ("front", "shell"),
        ("gone", "raid"),
        ("weather", "weather2"),
    ),
}


class _Row(NamedTuple):
    id: str
    story: str
    is_news: bool
    at: datetime
    language: str
    outlet: str
    named: list[str]
    title: str
    marked: str

    @property
    def text(self) -> str:
        return _TOLD.sub(r"\2", self.marked).replace("|", "\n\n")


def main(argv: list[str]) -> None:
    """Write the stream named first to the folder named second."""
    write_stream(argv[0], Path(argv[1]))


def write_stream(stream: str, folder: Path) -> None:
    """Write articles, watches and their gold as the files that the bench's scorer reads."""
    rows = list(_articles(stream))
    _write(folder / "articles.jsonl", map(_article, rows))
    _write(folder / "gold_articles.jsonl", map(_gold_article, rows))
    watches = [line[0] for line in _lines(stream, "watches")]
    _write(folder / "watches.jsonl", map(_watch, _lines(stream, "watches")))
    facts = list(_facts(stream, rows))
    _write(folder / "gold_facts.jsonl", facts)
    _write(folder / "gold_digests.jsonl", _digests(rows, watches, facts))
    apart = [
        [one.id, other.id]
        for one, other in combinations(rows, 2)
        if one.story != other.story and any({one.story, other.story} <= set(group) for group in _APART[stream])
    ]
    (folder / "gold_hard_pairs.json").write_text(json.dumps(apart), "utf-8")


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def _lines(stream: str, table: str) -> Iterator[list[str]]:
    for line in (_CASES / f"{stream}_{table}.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def _articles(stream: str) -> Iterator[_Row]:
    rows = sorted(_lines(stream, "stream"), key=lambda cells: _instant(stream, cells[2]))
    for number, (story, news, when, language, outlet, named, title, marked) in enumerate(rows):
        who = [] if named == "-" else named.split(",")
        yield _Row(f"a{number:03}", story, news == "1", _instant(stream, when), language, outlet, who, title, marked)


def _instant(stream: str, when: str) -> datetime:
    day, _, hour = when.partition(" ")
    return datetime(2026, _MONTHS[stream], int(day), int(hour[:2]), int(hour[3:]), tzinfo=UTC)


def _article(row: _Row) -> dict[str, Any]:
    address = f"https://outlet.example/{row.id}"
    fields = {"id": row.id, "outlet": row.outlet, "lang": row.language, "url": address}
    return {**fields, "published_at": row.at.isoformat(), "title": row.title, "text": row.text}


def _gold_article(row: _Row) -> dict[str, Any]:
    # Where names stand is no part of what is scored here: the scorer asks only whom an article names.
    mentions = [{"watch_id": who, "start": 0, "end": 1, "surface": row.text[:1], "how": "full"} for who in row.named]
    return {"id": row.id, "story": row.story, "news": row.is_news, "mentions": mentions}


def _watch(cells: list[str]) -> dict[str, Any]:
    return {"watch_id": cells[0], "type": cells[1], "name": cells[2]}


def _facts(stream: str, rows: list[_Row]) -> Iterator[dict[str, Any]]:
    for fact, watches, after, phrase in _lines(stream, "facts"):
        story, _, number = fact.partition(".")
        said = [
            (row, match[2])
            for row in rows
            if row.story == story
            for match in _TOLD.finditer(row.marked)
            if match[1] == number
        ]
        yield {
            "fact": fact,
            "story": story,
            "phrase": phrase,
            "watches": [] if watches == "-" else watches.split(","),
            "day": min(row.at for row, _ in said).date().isoformat(),
            "superseded_by": None if after == "-" else after,
            "sentences": [{"article": row.id, "text": text} for row, text in said],
        }


def _digests(rows: list[_Row], watches: list[str], facts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    told_on = {fact["fact"]: fact["day"] for fact in facts}
    for watch in watches:
        for day in sorted({row.at.date().isoformat() for row in rows}):
            mine = [fact for fact in facts if watch in fact["watches"] and fact["day"] == day]
            stale = [fact["fact"] for fact in mine if told_on.get(fact["superseded_by"]) == day]
            must = [fact["fact"] for fact in mine if fact["fact"] not in stale]
            named = any(watch in row.named for row in rows if row.at.date().isoformat() == day)
            state = "facts" if must else "optional" if named else "silent"
            yield {"watch_id": watch, "day": day, "state": state, "must": must, "stale": stale}


if __name__ == "__main__":
    main(sys.argv[1:])
