"""Bench `timeline`: the days that matter in years of articles on one name, each with its sentence."""

import argparse
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from digests.model import ArticleId, Sentence, Stance
from digests.writing.brief import Saying
from digests.writing.dates import resolve_dates
from digests.writing.timeline import timeline
from tests.bench.stream import finish, read_rows, say, write_rows


def main(argv: Sequence[str]) -> None:
    """Write the timeline of each row of `--in` to `--out`; a sentence names the name where it prints it or an alias."""
    parser = argparse.ArgumentParser(prog="timeline")
    parser.add_argument("--in", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    answers = []
    for row in read_rows(options.source):
        say(row["id"])
        days = sorted(doc["date"] for doc in row["docs"])
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
        events = timeline(sayings_of(row), limit=row["n_dates"], since=first, until=last)
        entries = [{"date": event.day.isoformat(), "text": event.sentence.text} for event in events]
        answers.append({"id": row["id"], "timeline": entries})
    write_rows(options.out, answers)
    finish({"timelines": len(answers), "dates": sum(len(each["timeline"]) for each in answers)})


def sayings_of(row: dict[str, Any]) -> Iterator[Saying]:
    """Yield the sentences of a row that print the name or an alias, with the days they say."""
    names = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in (row["name"], *row["aliases"])))
    for doc in row["docs"]:
        published = date.fromisoformat(doc["date"])
        for place, text in enumerate(doc["sentences"]):
            if names.search(text):
                said = resolve_dates(text, published=published, language=row["lang"])
                days = tuple(dict.fromkeys(each.day for each in said))
                yield Saying(
                    sentence=_sentence(doc["id"], text, published), published=published, days=days, place=place
                )


def _sentence(article: str, text: str, published: date) -> Sentence:
    at = datetime.combine(published, time(12), UTC)
    return Sentence(
        text=text,
        article=ArticleId(article),
        url="",
        outlet=article,
        stance=Stance.UNKNOWN,
        language="en",
        published_at=at,
        fetched_at=at,
    )
