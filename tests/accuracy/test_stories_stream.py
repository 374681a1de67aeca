"""Floors for stories and news on a stream of our own in six languages, of other people and events than the benches."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from digests.model import Article, ArticleId, Found, Kind, ListId, NameId, WatchedName, pattern_of
from digests.names.book import propose
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse
from digests.stories.placer import Placer
from digests.text import tidy_text
from tests.builders import article

_CASES = Path(__file__).parents[1] / "cases" / "stories_stream.tsv"
_WATCHED = {
    "Сейтабла Муртазаєв": Kind.PERSON,
    "Ridvan Appazov": Kind.PERSON,
    "Amet Çoban-Zade": Kind.PERSON,
    "Iskender Choban-Zade": Kind.PERSON,
    "Taras Kropyvko": Kind.PERSON,
    "Ольга Терновик": Kind.PERSON,
    "Jadwiga Słomka": Kind.PERSON,
    "Kazimierz Grabiec": Kind.PERSON,
    "Чорна Балка": Kind.PLACE,
    "Kızılyar": Kind.PLACE,
}


class _Row(NamedTuple):
    story: str
    is_news: bool
    article: Article


class _Placed(NamedTuple):
    row: _Row
    story: str
    is_news: bool


def _rows() -> Iterator[_Row]:
    lines = [line for line in _CASES.read_text("utf-8").splitlines() if not line.startswith("#")]
    for number, line in enumerate(lines):
        story, news, when, language, outlet, title, text = line.split("\t")
        day, _, hour = when.partition(" ")
        at = datetime(2026, 3, int(day), int(hour[:2]), int(hour[3:]), tzinfo=UTC)
        of = article(
            identity=f"https://outlet.example/{number}",
            outlet=outlet,
            title=title,
            text=tidy_text(text.replace("|", "\n\n")),
            language=language,
            published_at=at,
            fetched_at=at,
        )
        yield _Row(story, news == "1", of)


@pytest.fixture(scope="module")
def placed() -> list[_Placed]:
    index, use, placer = NameIndex(), SurnameUse({}), Placer()
    for label, kind in _WATCHED.items():
        index.add(
            pattern_of(
                WatchedName(
                    id=NameId(label), list=ListId("own"), kind=kind, label=label, spellings=propose(label, kind)
                )
            )
        )
    answers = []
    for row in _rows():
        found: Found = find_mentions(row.article, index, use)
        use.learn(found.learnt)
        one = placer.place(row.article, found)
        tells = one.adds is not None and one.adds.key != "name"
        answers.append(_Placed(row, one.placement.story, tells))
    return answers


def _f1(right: float, wrong: float, missed: float) -> float:
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def test_articles_of_one_event_are_together(placed: list[_Placed]) -> None:
    gold: dict[str, set[ArticleId]] = defaultdict(set)
    mine: dict[str, set[ArticleId]] = defaultdict(set)
    for one in placed:
        gold[one.row.story].add(one.row.article.id)
        mine[one.story].add(one.row.article.id)
    both = [(gold[one.row.story], mine[one.story]) for one in placed]
    precision = sum(len(g & m) / len(m) for g, m in both) / len(both)
    recall = sum(len(g & m) / len(g) for g, m in both) / len(both)
    assert 2 * precision * recall / (precision + recall) >= 0.95


def test_articles_of_one_event_in_two_languages_are_together_and_no_two_events_are(placed: list[_Placed]) -> None:
    crossed = [(a, b) for a, b in combinations(placed, 2) if a.row.article.language != b.row.article.language]
    counts = Counter((a.row.story == b.row.story, a.story == b.story) for a, b in crossed)
    assert _f1(counts[True, True], counts[False, True], counts[True, False]) >= 0.93
    assert counts[False, True] == 0


def test_what_adds_a_fact_is_news_and_what_repeats_is_not(placed: list[_Placed]) -> None:
    seen: set[str] = set()
    counts: Counter[tuple[bool, bool]] = Counter()
    for one in placed:
        if one.row.story in seen:
            counts[one.row.is_news, one.is_news] += 1
        seen.add(one.row.story)
    news = _f1(counts[True, True], counts[False, True], counts[True, False])
    repeats = _f1(counts[False, False], counts[True, False], counts[False, True])
    assert (news + repeats) / 2 >= 0.80
    assert counts[True, False] == 0
