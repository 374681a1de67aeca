"""Bench `clusters`: each article of a stream to a story, online."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from digests.model import Found
from digests.stories.placer import Placer
from tests.bench.stream import article_of, finish, minute, read_rows, write_rows


def main(argv: Sequence[str]) -> None:
    """Write a story for each line of `--in` to `--out`."""
    parser = argparse.ArgumentParser(prog="clusters")
    parser.add_argument("--in", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    articles = [article_of(row, key=row["id"], at=minute(n)) for n, row in enumerate(read_rows(options.source))]
    begun = process_time()
    placer = Placer()
    placed = [placer.place(article, Found(article=article.id)).placement for article in articles]
    seconds = process_time() - begun
    write_rows(options.out, ({"id": p.article, "story": p.story} for p in placed))
    stories = len({p.story for p in placed})
    finish({"articles": len(articles), "stories": stories, "docs_s": round(len(articles) / seconds, 1)})
