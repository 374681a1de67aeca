"""How fast watched names are found in a stream of documents, beside a raw scan and a fuzzy one of the same texts.

    python -m tests.bench match-speed --watches 10000 --docs FILE[.xz]

The names are those of a `watches.jsonl` beside the documents, so that there is much to find, and invented ones up to
the number asked for. Cold is the first reading of the stream, with nothing remembered; warm the second. Both learn as
the service does. Each way runs in a process of its own; seconds are of processor time: what else runs does not count.

`scan_mb_s` only looks for the spellings' letters with ahocorasick-rs; `rapidfuzz_mb_s` compares windows of two
capitalised words with all spellings, for its first seconds only. `change_ms` is what a name costs that comes and goes.
Where more than 10,000 names are asked for, `_ratio` says what an article costs beside those 10,000.
"""

import argparse
import json
import multiprocessing
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from time import process_time

from ahocorasick_rs import AhoCorasick
from rapidfuzz import fuzz, process

from digests.model import Article, Kind, Pattern, PatternId
from digests.names.book import propose
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse
from digests.names.tokens import find_tokens
from tests.bench.invented import names
from tests.bench.names import read_docs, read_patterns

_FUZZY_S = 10.0  # of processor time, then the fuzzy scan has shown enough
_FUZZY_CUTOFF = 85
_CHANGES = 50  # names that come and go
_FEW = 10_000  # names that the cost of an article is measured beside, when there are more


def main(argv: Sequence[str]) -> int:
    """Measure; the last line of standard output is the figures."""
    parser = argparse.ArgumentParser(prog="tests.bench match-speed")
    parser.add_argument("--watches", type=int, required=True)
    parser.add_argument("--docs", type=Path, required=True)
    parser.add_argument("--invented", action="store_true", help="leave the names beside the documents aside")
    args = parser.parse_args(argv)
    figures: dict[str, float] = {}
    for measure in (_match, _scan, _fuzzy):
        sys.stderr.write(f"{measure.__name__.strip('_')} ...\n")
        figures |= _alone(partial(measure, args.docs, args.watches, args.invented))
    if args.watches > _FEW:
        sys.stderr.write(f"match of {_FEW} names ...\n")
        few = _alone(partial(_match, args.docs, _FEW, args.invented))
        figures |= _beside(few, figures)
    rss = figures.pop("rss_mb")
    print(json.dumps(figures | {"rss_mb": rss}))  # noqa: T201
    return 0


def _beside(few: dict[str, float], many: dict[str, float]) -> dict[str, float]:
    """What an article costs among few names, and by how much more it costs among many."""
    costs = {key: value for key, value in few.items() if key.endswith("_ms_article")}
    ratios = {key.replace("_ms_article", "_ratio"): round(many[key] / cost, 2) for key, cost in costs.items()}
    return {f"{key}_{_FEW}": cost for key, cost in costs.items()} | ratios


def _alone(measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Run a measurement in a new process: no way of matching leaves its memory or its caches to the next."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure).result()


class _Meter:
    """Adds up what is read and the processor time it takes."""

    def __init__(self) -> None:
        self.seconds = self.megabytes = 0.0
        self.articles = 0

    @contextmanager
    def reading(self, article: Article) -> Iterator[None]:
        began = process_time()
        yield
        self.seconds += process_time() - began
        self.megabytes += len(article.text.encode()) / 1e6
        self.articles += 1

    @property
    def mb_s(self) -> float:
        return round(self.megabytes / self.seconds, 3)

    @property
    def ms_article(self) -> float:
        return round(self.seconds / self.articles * 1000, 3)


def _match(docs: Path, watches: int, invented: bool) -> dict[str, float]:
    patterns = _patterns(docs, watches, invented)
    began = process_time()
    index, use = NameIndex(), SurnameUse()
    for pattern in patterns:
        index.add(pattern)
    figures = {"built_s": round(process_time() - began, 2)}
    for state in ("cold", "warm"):
        meter, found = _Meter(), 0
        for article in read_docs(docs):
            with meter.reading(article):
                answer = find_mentions(article, index, use)
                use.learn(answer.learnt)
            found += len(answer.mentions)
        figures |= {f"{state}_mb_s": meter.mb_s, f"{state}_ms_article": meter.ms_article, "mentions": found}
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return figures | {"change_ms": _change(index), "rss_mb": round(rss, 1)}


def _change(index: NameIndex) -> float:
    passing = [_pattern(f"passing-{label}", label) for label in names(_CHANGES, Random(7))]
    began = process_time()
    for pattern in passing:
        index.add(pattern)
        index.discard(pattern.id)
    return round((process_time() - began) / _CHANGES * 1000, 3)


def _scan(docs: Path, watches: int, invented: bool) -> dict[str, float]:
    automaton = AhoCorasick([text.lower() for text in _spellings(docs, watches, invented)])
    meter = _Meter()
    for article in read_docs(docs):
        with meter.reading(article):
            automaton.find_matches_as_indexes(article.text.lower())
    return {"scan_mb_s": meter.mb_s}


def _fuzzy(docs: Path, watches: int, invented: bool) -> dict[str, float]:
    """One window costs the longer the more spellings there are; the scan may end inside a document."""
    spellings = _spellings(docs, watches, invented)
    began, megabytes = process_time(), 0.0
    for article in read_docs(docs):
        end = 0
        for one, other in pairwise(find_tokens(article.text)):
            process.extractOne(f"{one.text} {other.text}", spellings, scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF)
            end = other.end
            if process_time() - began > _FUZZY_S:
                break
        megabytes += len(article.text[:end].encode()) / 1e6
        if process_time() - began > _FUZZY_S:
            break
    return {"rapidfuzz_mb_s": round(megabytes / (process_time() - began), 4)}


def _spellings(docs: Path, watches: int, invented: bool) -> list[str]:
    return [text for pattern in _patterns(docs, watches, invented) for text, _ in pattern.spellings]


def _patterns(docs: Path, watches: int, invented: bool) -> list[Pattern]:
    beside = docs.parent / "watches.jsonl"
    given = [] if invented or not beside.exists() else list(islice(read_patterns(beside), watches))
    made = names(watches - len(given), Random(1))
    return given + [_pattern(f"invented-{label}", label) for label in made]


def _pattern(key: str, label: str) -> Pattern:
    """A name as somebody types it, with the spellings that rules make of it."""
    spellings = tuple((each.text, each.language or "") for each in propose(label, Kind.PERSON))
    return Pattern(id=PatternId(key), kind=Kind.PERSON, spellings=spellings)
