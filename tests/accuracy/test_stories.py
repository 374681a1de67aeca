"""Floors for stories, copies, news and digests on labelled articles; the scorers are those of the benches."""

import importlib.util
import json
from itertools import permutations
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from digests.model import ListId, pattern_of
from digests.names.book import parse_book
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse
from digests.stories.placer import Placer
from digests.text import tidy_text
from tests.bench import clusters, neardup, storypairs, xstories
from tests.builders import article
from tests.digest_stream import write_stream

_BENCH = Path(__file__).resolve().parents[2].parent / "shared" / "bench"
_SEEDS = _BENCH.parent / "seeds"
_BOOK = Path(__file__).resolve().parents[2] / "config" / "names.toml"
_STORIES = _BENCH / "stories"
_XSTORIES = _BENCH / "xstories"

pytestmark = pytest.mark.skipif(not _BENCH.is_dir(), reason="the labelled articles of ../shared/bench are not here")


def _scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"score_{folder.name}", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _score_stories(task: str, answer: Path) -> dict[str, Any]:
    scorer = _scorer(_STORIES)
    keys = {"clusters": "story", "neardup": "group", "pairs": "same"}[task]
    gold = scorer.rows(_STORIES / "dev" / f"{task}.gold.jsonl", [keys])
    mine = scorer.rows(answer, [])
    result: dict[str, Any] = getattr(scorer, task)(gold, mine)
    return result


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    out = tmp_path_factory.mktemp("xstories")
    xstories.main(["--in", str(_XSTORIES), "--out", str(out)])
    result: dict[str, float] = _scorer(_XSTORIES).score(_XSTORIES, out)
    return result


@pytest.mark.skipif(not _SEEDS.is_dir(), reason="the five articles of ../shared/seeds are not here")
@pytest.mark.parametrize(("one", "other"), list(permutations(range(5), 2)))
def test_the_five_real_articles_are_five_stories(one: int, other: int) -> None:
    texts = sorted(_SEEDS.glob("*.txt"))
    index, placer = NameIndex(), Placer()
    for name in parse_book(_BOOK.read_text("utf-8"), where="names.toml", list_id=ListId("book")):
        index.add(pattern_of(name))
    stories = []
    for at in (one, other):
        of = article(identity=texts[at].name, title="", text=tidy_text(texts[at].read_text("utf-8")), outlet="seeds")
        found = find_mentions(of, index, SurnameUse({}))
        stories.append(placer.place(of, found).placement.story)
    assert stories[0] != stories[1]


@pytest.mark.slow
def test_copies_are_found_and_follow_ups_are_none(tmp_path: Path) -> None:
    out = tmp_path / "neardup.jsonl"
    neardup.main(["--in", str(_STORIES / "dev" / "neardup.jsonl.xz"), "--out", str(out)])
    score = _score_stories("neardup", out)
    assert score["f1"] >= 0.995
    assert score["followup_false_alarms"] <= 0.005


@pytest.mark.slow
def test_articles_on_one_event_are_one_story(tmp_path: Path) -> None:
    out = tmp_path / "clusters.jsonl"
    clusters.main(["--in", str(_STORIES / "dev" / "clusters.jsonl.xz"), "--out", str(out)])
    score = _score_stories("clusters", out)
    assert score["b3_f1"] >= 0.89
    assert score["hard_pairs_apart"] >= 0.87


@pytest.mark.slow
def test_pairs_are_judged_the_same_story_or_not(tmp_path: Path) -> None:
    out = tmp_path / "pairs.jsonl"
    storypairs.main(["--in", str(_STORIES / "dev" / "pairs.jsonl.xz"), "--out", str(out)])
    assert _score_stories("pairs", out)["f1"] >= 0.81
    assert all(isinstance(json.loads(line)["same"], bool) for line in out.read_text("utf-8").splitlines())


@pytest.mark.parametrize(
    ("key", "floor"),
    [
        ("b3_f1", 0.93),
        ("cross_lang_pair_f1", 0.92),
        ("hard_pairs_apart", 0.97),
        ("news_macro_f1", 0.82),
        ("digest_score", 0.68),
        ("grounded", 1.0),
    ],
)
def test_one_event_in_many_languages_is_one_story_and_told_once(
    crossed: dict[str, float], key: str, floor: float
) -> None:
    assert crossed[key] >= floor


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    scores = {}
    for stream in ("digests", "affairs"):
        folder = tmp_path_factory.mktemp(stream)
        write_stream(stream, folder)
        xstories.main(["--in", str(folder), "--out", str(folder / "out")])
        scores[stream] = _scorer(_XSTORIES).score(folder, folder / "out")
    return scores


@pytest.mark.parametrize(
    ("stream", "key", "floor"),
    [
        ("digests", "b3_f1", 0.94),
        ("digests", "cross_lang_pair_f1", 0.90),
        ("digests", "hard_pairs_apart", 1.0),
        ("digests", "news_macro_f1", 0.85),
        ("digests", "digest_score", 0.87),
        ("digests", "grounded", 1.0),
        ("affairs", "b3_f1", 0.90),
        ("affairs", "cross_lang_pair_f1", 0.91),
        ("affairs", "hard_pairs_apart", 0.96),
        ("affairs", "news_macro_f1", 0.85),
        ("affairs", "digest_score", 0.90),
        ("affairs", "grounded", 1.0),
    ],
)
def test_short_texts_over_weeks_are_told_as_well(
    own: dict[str, dict[str, float]], stream: str, key: str, floor: float
) -> None:
    assert own[stream][key] >= floor
