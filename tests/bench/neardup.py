"""Bench `neardup`: for each article of a stream, the earlier one whose text it repeats."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from digests.model import Found
from digests.stories.copies import CopyIndex
from digests.stories.features import features
from digests.stories.weights import Rarity
from tests.bench.stream import article_of, finish, minute, read_rows, write_rows


def main(argv: Sequence[str]) -> None:
    """Write `dup_of` for each line of `--in` to `--out`."""
    parser = argparse.ArgumentParser(prog="neardup")
    parser.add_argument("--in", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    articles = [article_of(row, key=row["id"], at=minute(n)) for n, row in enumerate(read_rows(options.source))]
    begun = process_time()
    index, rarity = CopyIndex(), Rarity[int]()
    answers: list[dict[str, str | None]] = []
    for article in articles:
        known = features(article, Found(article=article.id))
        original = index.find_original(known, rarity)
        index.add(known, original)
        rarity.learn(word for word, _ in known.words)
        answers.append({"id": article.id, "dup_of": original})
    seconds = process_time() - begun
    write_rows(options.out, answers)
    copies = sum(answer["dup_of"] is not None for answer in answers)
    finish({"articles": len(articles), "copies": copies, "docs_s": round(len(articles) / seconds, 1)})
