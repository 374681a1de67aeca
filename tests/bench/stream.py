"""Rows of the benches as articles: JSON lines, packed or not, in; JSON lines out."""

import json
import lzma
import resource
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from digests.model import Article, ArticleId, SourceId
from digests.text import guess_language, one_line, tidy_text

_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines, `.xz` or plain."""
    data = path.read_bytes()
    text = (lzma.decompress(data) if path.suffix == ".xz" else data).decode()
    yield from (json.loads(line) for line in text.split("\n") if line.strip())


def write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write objects as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def article_of(row: Mapping[str, Any], *, key: str, at: datetime | None = None, outlet: str = "") -> Article:
    """Return a bench row as an article; a row without a time keeps its place in the stream by `at`."""
    text = tidy_text(row["text"])
    language = row.get("lang") or guess_language(text)
    if row.get("lang") == "crh" or language is None:
        language = guess_language(text) or language
    when = at or _BEGIN
    return Article(
        id=ArticleId(key),
        source=SourceId("bench"),
        identity=key,
        url=row.get("url") or f"https://bench.example/{key}",
        outlet=row.get("outlet") or outlet,
        title=one_line(row["title"]),
        text=text,
        language=language,
        published_at=when,
        fetched_at=when,
    )


def minute(number: int) -> datetime:
    """Return the instant of the n-th article of a stream without dates."""
    return _BEGIN + timedelta(minutes=number)


def say(text: str) -> None:
    """Show progress on standard error."""
    sys.stderr.write(text + "\n")


def finish(result: Mapping[str, object]) -> None:
    """Write the one JSON line a bench ends with, with the greatest memory it used."""
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    sys.stdout.write(json.dumps({**result, "rss_mb": round(rss, 1)}) + "\n")
