from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest

from digests.model import Article, Found, Mention, PatternId, full_text
from digests.stories.placer import Placer
from tests.builders import article, mention

_SATURDAY = datetime(2027, 3, 6, 21, tzinfo=UTC)
_CASES = Path(__file__).parents[1] / "cases" / "stories_news.tsv"


def _rows() -> list[list[str]]:
    lines = _CASES.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _article(row: list[str], number: int) -> Article:
    at = _SATURDAY + timedelta(hours=float(row[2]))
    return article(
        identity=f"https://outlet.example/{row[0]}/{number}",
        title="",
        text=row[5],
        language=row[3],
        outlet=f"Outlet {chr(65 + number)}",
        published_at=at,
        fetched_at=at,
    )


def _mentions(of: Article, forms: str) -> Iterator[Mention]:
    """Yield the mentions of the watched people, the first form of each that stands in the text."""
    for person, names in enumerate(forms.split("+")):
        for form in names.split("/"):
            if form and form in full_text(of):
                yield mention(of=of, words=form, pattern=PatternId(f"person {person}"))


@lru_cache
def _told(sequence: str) -> tuple[bool, ...]:
    """Return for each text of a sequence whether it was news."""
    placer = Placer()
    told = []
    for number, row in enumerate(row for row in _rows() if row[0] == sequence):
        of = _article(row, number)
        found = Found(article=of.id, mentions=tuple(_mentions(of, row[4])))
        assert found.mentions, row
        told.append(placer.place(of, found).news is not None)
    return tuple(told)


def _cases() -> Iterator[tuple[str, int, str]]:
    places: dict[str, int] = {}
    for row in _rows():
        places[row[0]] = places.get(row[0], -1) + 1
        yield row[0], places[row[0]], row[6]


@pytest.mark.parametrize(
    ("sequence", "place", "expected"),
    [pytest.param(*case, id=f"{case[0]}-{case[1]}-{row[1]}") for case, row in zip(_cases(), _rows(), strict=True)],
)
def test_what_is_new_is_news_and_what_was_told_is_a_repeat(sequence: str, place: int, expected: str) -> None:
    assert _told(sequence)[place] is (expected == "news")
