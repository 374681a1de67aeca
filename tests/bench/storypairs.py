"""Bench `storypairs`: whether two articles of one language tell of one event."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digests.model import Found
from digests.stories.features import Features, features
from digests.stories.place import StoryIndex, likeness
from tests.bench.stream import article_of, finish, minute, read_rows, write_rows


def main(argv: Sequence[str]) -> None:
    """Write a score and a decision for each pair of `--in` to `--out`; earlier pairs teach how rare words are."""
    parser = argparse.ArgumentParser(prog="storypairs")
    parser.add_argument("--in", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    index = StoryIndex()
    answers = [_answer(index, n, row) for n, row in enumerate(read_rows(options.source))]
    write_rows(options.out, answers)
    finish({"pairs": len(answers), "same": sum(bool(answer["same"]) for answer in answers)})


def _answer(index: StoryIndex, number: int, row: dict[str, Any]) -> dict[str, object]:
    one, other = (_features(row, side, number) for side in ("a", "b"))
    index.learn(one)
    index.learn(other)
    score = likeness(other, one, index).score
    return {"id": row["id"], "score": round(score, 4), "same": score >= 1.0}


def _features(row: dict[str, Any], side: str, number: int) -> Features:
    article = article_of({**row[side], "lang": row["lang"]}, key=f"{row['id']}{side}", at=minute(number))
    return features(article, Found(article=article.id))
