"""Bench `daily`: one day of one name in fifty words or so."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from digests.writing.brief import brief
from tests.bench.stream import finish, read_rows, write_rows
from tests.bench.timeline import sayings_of


def main(argv: Sequence[str]) -> None:
    """Write the digest of each row of `--in` to `--out`."""
    parser = argparse.ArgumentParser(prog="daily")
    parser.add_argument("--in", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    answers = []
    for row in read_rows(options.source):
        told = brief(sayings_of(row), date.fromisoformat(row["date"]), limit_words=row["max_words"])
        answers.append({"id": row["id"], "text": " ".join(sentence.text for sentence in told)})
    write_rows(options.out, answers)
    finish({"digests": len(answers)})
