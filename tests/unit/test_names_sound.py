import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.names.distance import LIMIT, distance, take_apart
from digests.names.sound import first_reading, lower, raw_reading, readings, skeleton

SAME = [
    ("Шаймиев", "ru", "Şaymiyev", "crh"),
    ("Шаймиев", "ru", "Szajmijew", "pl"),
    ("Шаймиев", "ru", "Schaimijew", "de"),
    ("Shaimiev", "en", "Shaimiyev", "en"),
    ("Ибрагимов", "ru", "Ibrahimov", "en"),
    ("Джемілєв", "uk", "Cemilev", "crh"),
    ("Джемілєв", "uk", "Dschemilew", "de"),
    ("Къарасув", "crh", "Qarasuv", "crh"),
    ("Бариев", "ru", "Bariiev", "en"),
    ("Афанасьев", "ru", "Afanasiev", "en"),
    ("Гоув", "bg", "Gove", "en"),
    ("Барнье", "ru", "Barnier", "en"),
    ("Байден", "ru", "Biden", "en"),
    ("КримSOS", "uk", "KrymSOS", "en"),
    ("Щербакова", "ru", "Shcherbakova", "en"),
    ("Әхмәт", "tt", "Ahmat", "en"),
]
FAR = [
    ("Ирландия", "ru", "Orlando", "en"),
    ("Pelosi", "en", "Polacy", "pl"),
    ("Лондон", "ru", "Линден", "ru"),
]


def _nearest(one: str, of: str, other: str, other_of: str) -> float:
    return min(
        (
            distance(a, b)
            for a in map(take_apart, readings(one, of))
            for b in map(take_apart, readings(other, other_of))
            if a.key == b.key
        ),
        default=float("inf"),
    )


@pytest.mark.parametrize(("one", "of", "other", "other_of"), SAME)
def test_one_name_sounds_alike_in_all_its_spellings(one: str, of: str, other: str, other_of: str) -> None:
    assert _nearest(one, of, other, other_of) <= 0.08


@pytest.mark.parametrize(("one", "of", "other", "other_of"), FAR)
def test_other_names_sound_apart(one: str, of: str, other: str, other_of: str) -> None:
    assert _nearest(one, of, other, other_of) > 0.09


def test_a_mobile_vowel_costs_little() -> None:
    assert distance(take_apart("bidn"), take_apart("biden")) == pytest.approx(0.25 / 3.5)


def test_a_wrong_first_vowel_costs_more_than_a_later_one() -> None:
    assert distance(take_apart("orland"), take_apart("irland")) > distance(take_apart("rolan"), take_apart("rilan"))


def test_an_acronym_is_read_letter_by_letter() -> None:
    assert readings("CNE") == ("kne",)


def test_letters_of_other_scripts_are_compared_as_they_are() -> None:
    assert readings("東京") == ("=東京",)
    assert skeleton("=東京") == "=東京"


def test_h_and_j_are_no_part_of_the_key() -> None:
    assert skeleton("ahmet") == skeleton("amet")


def test_the_dotted_capital_i_is_a_plain_i() -> None:
    assert lower("İlmi’nin") == "ilmi'nin"


def test_a_new_spelling_is_made_from_an_unsmoothed_reading() -> None:
    assert raw_reading("Бариев", "ru") == "barijev"


words = st.text(alphabet="abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґşçğıöüñłśźżčřž'", max_size=30)


@given(words, st.sampled_from(["", "en", "uk", "ru", "tr", "crh", "pl", "bg", "xx"]))
def test_every_word_has_a_reading_and_no_more_than_a_dozen(word: str, language: str) -> None:
    assert 1 <= len(readings(word, language)) <= 24


@given(words)
def test_a_word_is_not_far_from_itself(word: str) -> None:
    for reading in readings(word):
        assert distance(take_apart(reading), take_apart(reading)) == 0.0


@given(words, words)
def test_distance_is_the_same_both_ways_and_within_its_limit(one: str, other: str) -> None:
    a, b = take_apart(readings(one)[0]), take_apart(readings(other)[0])
    if a.key == b.key:
        assert distance(a, b) == pytest.approx(distance(b, a), nan_ok=True)
        assert distance(a, b) <= LIMIT + 1e-9 or distance(a, b) == float("inf")


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert readings(text)


@given(
    st.text(alphabet="abcehjkswxyzžšABCabОлиєъгҐçğı'’SO ", max_size=12),
    st.sampled_from(["", "en", "uk", "pl", "fr", "tr"]),
)
def test_the_first_reading_is_the_first_of_all(word: str, language: str) -> None:
    assert first_reading(word, language) == readings(word, language)[0]
