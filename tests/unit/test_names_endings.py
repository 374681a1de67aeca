import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.names.endings import CHANGE_COST, ENDING_COST, NOMINATIVE_COST, base_stems, stems

CUT = [
    ("ukrainian instrumental", "Чубаровим", "uk", "чубаров"),
    ("ukrainian dative", "Чубарову", "uk", "чубаров"),
    ("ukrainian -ові", "Джелялові", "uk", "джелял"),
    ("russian instrumental", "Курбединовым", "ru", "курбединов"),
    ("russian feminine", "Джапаровой", "ru", "джапаров"),
    ("polish", "Kurbiedinowowi", "pl", "kurbiedinow"),
    ("czech", "Kurbedinovem", "cs", "kurbedinov"),
    ("turkish after an apostrophe", "Yılmazer’den", "tr", "yılmazer"),
    ("turkish without one", "Yılmazerin", "tr", "yılmazer"),
    ("crimean tatar", "Bağatırovğa", "crh", "bağatırov"),
    ("english possessive", "Chubarov's", "en", "chubarov"),
    ("foreign word in a slavic text", "Johnsonem", "cs", "johnson"),
    ("unknown language, cyrillic", "Чубаровым", "", "чубаров"),
    ("bulgarian article", "Комисията", "bg", "комисия"),
]
UNDONE = [
    ("turkish b from p", "Kitabın", "tr", "kitap"),
    ("turkish c from ç", "Ağaca", "tr", "ağaç"),
    ("turkish ğ from k", "Topuğun", "tr", "topuk"),
    ("polish dz from d", "Hammondzie", "pl", "hammond"),
    ("polish c from k", "Polsce", "pl", "polsk"),
    ("ukrainian ц from к", "Ганці", "uk", "ганк"),
    ("czech z from h", "Praze", "cs", "prah"),
]
WHOLE = [
    ("crimean keeps its n", "Crimean", "en", "crimea"),
    ("three letters stay", "Манами", "ru", "ма"),
    ("an apostrophe inside a name", "Лук'янова", "uk", "лук"),
]


def _texts(word: str, language: str) -> list[str]:
    return [stem.text for stem in stems(word, language)]


@pytest.mark.parametrize(("word", "language", "stem"), [case[1:] for case in CUT], ids=[case[0] for case in CUT])
def test_an_ending_is_cut(word: str, language: str, stem: str) -> None:
    assert stem in _texts(word, language)


@pytest.mark.parametrize(("word", "language", "stem"), [case[1:] for case in UNDONE], ids=[case[0] for case in UNDONE])
def test_a_changed_consonant_is_undone_at_a_price(word: str, language: str, stem: str) -> None:
    assert (stem, CHANGE_COST) in stems(word, language)


@pytest.mark.parametrize(("word", "language", "stem"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE])
def test_what_is_no_ending_is_not_cut(word: str, language: str, stem: str) -> None:
    assert stem not in _texts(word, language)


def test_adjectives_of_one_family_fall_together() -> None:
    assert "демократичн" in _texts("Демократической", "ru")


def test_a_listed_name_loses_only_its_plain_ending() -> None:
    assert base_stems("Джапарова", "ru") == (("джапарова", 0.0), ("джапаров", NOMINATIVE_COST))
    assert base_stems("Чубаров", "uk") == (("чубаров", 0.0),)


@given(st.text(max_size=40), st.sampled_from(["", "en", "uk", "ru", "tr", "crh", "pl", "zz"]))
def test_the_word_itself_comes_first_and_costs_nothing(word: str, language: str) -> None:
    found = stems(word, language)
    assert found[0].cost == 0.0
    assert all(stem.cost in (0.0, ENDING_COST, CHANGE_COST) for stem in found)
