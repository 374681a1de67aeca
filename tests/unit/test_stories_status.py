from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Mention, PatternId, StatusWord
from digests.stories.status import dump_claim, find_claims, load_claim, strongest_first
from tests.builders import article, mention

_CASES = Path(__file__).parents[1] / "cases" / "stories_status.tsv"
_NAME = "Arslan Bozdaliev"
_AT = datetime(2026, 5, 20, tzinfo=UTC)


def _cases() -> list[list[str]]:
    lines = _CASES.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _said(word: StatusWord) -> str:
    return f"{'not:' * word.denied}{word.status.value}"


def _mention(text: str, form: str) -> Mention:
    return mention(words=form, of=article(title="", text=text), pattern=PatternId("watched"))


@pytest.mark.parametrize(
    ("language", "form", "text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in _cases()]
)
def test_a_status_is_claimed_only_of_the_one_it_happened_to(language: str, form: str, text: str, expected: str) -> None:
    claims = find_claims(text, [_mention(text, form)], None if language == "-" else language, at=_AT)

    said = {_said(claim.word) for claim in claims}
    shades = {f"may:{claim.word.status.value}" for claim in claims if claim.word.hearsay}
    wanted = set(expected.replace("-", "").split())
    assert said == {w.replace("may:", "") for w in wanted if not (w.startswith("may:") and f"not:{w[4:]}" in wanted)}
    assert shades == {w for w in wanted if w.startswith("may:")}


def test_a_status_in_a_paragraph_without_the_name_is_not_claimed() -> None:
    text = f"{_NAME} opened a bakery.\n\nHe was detained on Friday."
    assert find_claims(text, [_mention(text, _NAME)], "en") == ()


def test_a_claim_points_at_the_status_word() -> None:
    text = f"Rain fell. {_NAME} was detained."
    [claim] = find_claims(text, [_mention(text, _NAME)], "en")
    assert text[claim.start :].startswith("detained")


def test_a_claim_survives_the_store() -> None:
    text = f"{_NAME} was not detained."
    [claim] = find_claims(text, [_mention(text, _NAME)], "en")
    assert load_claim(dump_claim(claim)) == claim


def test_what_is_claimed_stands_before_what_is_denied() -> None:
    text = f"{_NAME} was not arrested. {_NAME} was taken to hospital."
    second = mention(
        words=_NAME, of=article(title="", text=text), pattern=PatternId("watched"), start=text.rfind(_NAME)
    )
    words = strongest_first(claim.word for claim in find_claims(text, [_mention(text, _NAME), second], "en"))
    assert [(word.status.value, word.denied) for word in words] == [("hospital", False), ("detention", True)]


@pytest.mark.parametrize("filler", ["x" * 200_000, "Арест. " * 30_000, "\u202e(“«" * 50_000, "A B " * 50_000])
def test_a_hostile_paragraph_is_read_only_around_the_name(filler: str) -> None:
    text = f"{filler} {_NAME} was detained. {filler}"
    claims = find_claims(text, [_mention(text, _NAME)], "en")
    assert {claim.word.status.value for claim in claims} <= {"detention"}


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "uk", "ru", "tr", "crh", "pl", None, "xx"]))
def test_whatever_stands_around_a_name_a_claim_is_of_that_name_and_inside_the_text(
    before: str, after: str, language: str | None
) -> None:
    text = f"{before} {_NAME} {after}"
    for claim in find_claims(text, [_mention(text, _NAME)], language):
        assert claim.pattern == "watched"
        assert 0 <= claim.start < len(text)
