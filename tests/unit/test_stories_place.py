from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from digests.model import Article, Found, Mention, PatternId, Reason, full_text
from digests.stories.placer import Placed, Placer
from tests.builders import NOW, article, mention

_CASES = Path(__file__).parents[1] / "cases" / "stories_place.tsv"
_PLACES = frozenset("nl")


def _cases() -> list[list[str]]:
    lines = _CASES.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _article(number: int, text: str, language: str, hours: float = 0) -> Article:
    at = NOW + timedelta(hours=hours)
    return article(
        identity=f"https://outlet.example/{number}",
        outlet=f"Outlet {chr(65 + number)}",
        title="",
        text=text.replace("|", "\n\n"),
        language=language,
        published_at=at,
        fetched_at=at,
    )


def _mentions(of: Article, names: str) -> Iterator[Mention]:
    for name in names.split(";"):
        key, _, form = name.partition("=")
        if form:
            assert form in full_text(of)
            reason = Reason(key="name" if key in _PLACES else "full_name")
            yield mention(of=of, words=form, pattern=PatternId(key), reason=reason)


def _place(placer: Placer, of: Article, names: str = "-") -> Placed:
    return placer.place(of, Found(article=of.id, mentions=tuple(_mentions(of, names))))


@pytest.mark.parametrize(
    ("hours", "language", "names", "text", "other_language", "other_names", "other", "expected"),
    [pytest.param(float(row[1]), *row[2:], id=row[0]) for row in _cases()],
)
def test_one_event_is_one_story_and_two_are_two(
    hours: float,
    language: str,
    names: str,
    text: str,
    other_language: str,
    other_names: str,
    other: str,
    expected: str,
) -> None:
    placer = Placer()
    one = _place(placer, _article(1, text, language), names)
    two = _place(placer, _article(2, other, other_language, hours), other_names)
    assert (one.placement.story == two.placement.story) is (expected == "one")
    assert two.placement.reason.key in ("words", "names", "first", "roundup")


def test_what_an_outlet_prints_under_everything_joins_nothing_from_the_third_time_on() -> None:
    boilerplate = (
        "It is worth noting that officials in the region regularly search and detain activists, reporters and ordinary "
        "residents, usually without giving reasons; lawyers are fined or kept outside the court."
    )
    texts = [
        "A ferry ran aground in fog near Limanske; sixty passengers were taken off by boats.",
        "The poet Amet Adalar won the prize of the city of Lviv for his book on bees.",
        "Miners at Sukha Hora came up after the owner had paid their wages.",
    ]
    placer = Placer()
    placed = [_place(placer, _article(n, f"{text}|{boilerplate}", "en")) for n, text in enumerate(texts)]
    assert "csearch" in dict(placed[0].features.keys)
    assert "csearch" not in dict(placed[2].features.keys)
    assert len({one.placement.story for one in placed}) == 3


def test_a_placer_rebuilt_knows_what_is_boilerplate() -> None:
    paragraph = (
        "Subscribe to our channel to be the first to know what the police and the court have done in the region today."
    )
    running, rebuilt = Placer(), Placer()
    for number, text in enumerate(["A ferry ran aground near Limanske.", "Amet Adalar won a prize for a book."]):
        placed = _place(running, _article(number, f"{text}|{paragraph}", "en"))
        rebuilt.remember(placed.features, placed.placement, placed.news)
    last = _article(3, f"Miners at Sukha Hora came up.|{paragraph}", "en")
    assert _place(rebuilt, last) == _place(running, last)


def test_a_round_up_says_so_and_is_joined_by_nothing() -> None:
    placer = Placer()
    text = "The week in brief.|A ferry ran aground near Limanske. A poet won a prize for a book on bees."
    first = _place(placer, _article(1, text, "en"))
    other = _place(placer, _article(2, "In thick fog a ferry has run aground at Limanske.", "en"))
    assert first.placement.reason.key == "roundup"
    assert other.placement.story != first.placement.story
