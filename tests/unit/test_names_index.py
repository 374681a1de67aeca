import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Kind, Pattern, PatternId
from digests.names.index import NameIndex
from digests.names.listed import stand_ins


def _pattern(text: str, kind: Kind = Kind.PERSON, language: str = "") -> Pattern:
    return Pattern(id=PatternId(f"{kind} {text}"), kind=kind, spellings=((text, language),))


CHUBRAK = _pattern("Remzi Chubrak")
FOUND = [("Чубрака", "uk"), ("Chubrak", "en"), ("ÇUBRAK", "tr"), ("Czubraka", "pl"), ("Çubrak'ın", "tr")]
NOT_FOUND = [("Chubarov", "en"), ("Чумак", "uk"), ("Brak", "en"), ("Chubrakenko", "en"), ("東京", "ja")]


@pytest.mark.parametrize(("word", "language"), FOUND)
def test_a_surname_is_found_in_every_spelling_and_case(word: str, language: str) -> None:
    index = NameIndex()
    index.add(CHUBRAK)
    hits = index.look_up(word, language)
    assert hits is not None
    assert hits.surnames


@pytest.mark.parametrize(("word", "language"), NOT_FOUND)
def test_another_word_is_not_found(word: str, language: str) -> None:
    index = NameIndex()
    index.add(CHUBRAK)
    hits = index.look_up(word, language)
    assert hits is None or not hits.surnames


def test_a_name_counts_at_once_after_adding_and_never_after_discarding() -> None:
    index = NameIndex()
    assert index.look_up("Chubrak", "en") is None
    index.add(CHUBRAK)
    assert index.look_up("Chubrak", "en") is not None
    index.discard(CHUBRAK.id)
    assert index.look_up("Chubrak", "en") is None


def test_a_pattern_added_twice_is_there_once() -> None:
    index = NameIndex()
    index.add(CHUBRAK)
    index.add(CHUBRAK)
    assert len(index) == 1
    index.discard(CHUBRAK.id)
    assert CHUBRAK.id not in index
    index.discard(CHUBRAK.id)


def test_a_given_name_brings_those_that_stand_for_it() -> None:
    index = NameIndex()
    index.add(_pattern("Volodymyr Chubrak"))
    hits = index.look_up("Владимиром", "ru")
    assert hits is not None
    assert hits.meant
    assert "Vladimir" in stand_ins("Володимир")
    assert stand_ins("Chubrak") == ()


def test_a_body_of_two_words_is_found_from_either_end() -> None:
    index = NameIndex()
    index.add(_pattern("Steppe Watch", Kind.BODY))
    assert index.look_up("Watch", "en") is not None
    assert index.look_up("Steppe", "en") is not None


def test_words_of_texts_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digests.names.index._REMEMBERED", 10)
    index = NameIndex()
    index.add(CHUBRAK)
    for number in range(100):
        index.look_up(f"Word{number}", "en")
    assert len(index._remembered) <= 20
    assert index.look_up("Chubrak", "en") is not None


labels = st.sampled_from(
    [
        "Remzi Chubrak",
        "Volodymyr Chubrak",
        "Anna Rees-Moss",
        "Steppe Watch",
        "VQR",
        "SteppeSOS",
        "Crimea",
        "Ali Fey",
        "東京 都",
    ]
)
patterns = st.builds(_pattern, labels, st.sampled_from(list(Kind)))


@given(st.lists(patterns, max_size=8), st.lists(patterns, max_size=8))
def test_adding_and_discarding_leaves_the_index_as_before(kept: list[Pattern], passing: list[Pattern]) -> None:
    plain, index = NameIndex(), NameIndex()
    for pattern in kept:
        plain.add(pattern)
        index.add(pattern)
    for pattern in passing:
        index.add(pattern)
    for pattern in passing:
        if pattern not in kept:
            index.discard(pattern.id)
    assert set(index.patterns()) == set(plain.patterns())
    assert len(index._words) == len(plain._words)
    for word in ("Чубрака", "Vladimir", "Rees", "Moss", "Steppe", "VQR", "Qırımda", "Fey", "東京"):
        ours, theirs = index.look_up(word, "en"), plain.look_up(word, "en")
        assert (ours is None) == (theirs is None)
        if ours and theirs:
            assert sorted(ours.meant.values()) == sorted(theirs.meant.values())
