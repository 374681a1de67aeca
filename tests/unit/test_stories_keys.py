from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.stories.keys import is_year, placed_keys
from digests.stories.phrases import words_of

# A Wednesday.
_AT = datetime(2027, 3, 10, 12, tzinfo=UTC)


def _keys(text: str, language: str | None, kind: str) -> list[str]:
    placed = placed_keys(text, words_of(text), language, _AT)
    return sorted(key[1:] for key, _ in placed if key.startswith(kind))


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        ("uk", "двадцять сім книжок", ["27"]),
        ("ru", "двадцать семь книг", ["27"]),
        ("tr", "yirmi yedi kitap", ["27"]),
        ("crh", "yigirmi yedi kitap", ["27"]),
        ("pl", "dwadzieścia siedem książek", ["27"]),
        ("en", "twenty-seven books", ["27"]),
        ("en", "27 books", ["27"]),
        ("tr", "on iki kişi", ["12"]),
        ("crh", "on eki kişi", ["12"]),
        ("uk", "сто сорок метрів", ["140"]),
        ("uk", "дві тисячі метрів", ["2000"]),
        ("uk", "із шістьма тисячами тонн", ["6000"]),
        ("ru", "с пятью тысячами тонн", ["5000"]),
        ("pl", "z trzema tysiącami ton", ["3000"]),
        ("ru", "вернулся с семьёй", []),
        ("ru", "2 тысячи метров", ["2000"]),
        ("tr", "iki yüz kırk metre", ["240"]),
        ("en", "two, three or four men", ["2", "3", "4"]),
        ("en", "one man", []),
        ("en", "twenty-one men", ["21"]),
        ("pl", "czternastu rannych", ["14"]),
        ("uk", "чотирнадцятеро поранених", []),
        ("en", "on 14 March", []),
        ("en", "on March 14", []),
        ("en", "a 31-year-old nurse", ["31"]),
        ("en", "Tash-Koy", []),
    ],
)
def test_a_number_is_the_same_in_words_and_digits_of_any_language(language: str, text: str, numbers: list[str]) -> None:
    assert _keys(text, language, "n") == numbers


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("en", "on 14 March", ["03-14"]),
        ("en", "on March 14", ["03-14"]),
        ("uk", "14 березня", ["03-14"]),
        ("ru", "14 марта", ["03-14"]),
        ("tr", "14 Mart günü", ["03-14"]),
        ("crh", "14 mart künü", ["03-14"]),
        ("pl", "14 marca", ["03-14"]),
        ("en", "on Monday", ["03-08"]),
        ("uk", "у понеділок", ["03-08"]),
        ("ru", "в понедельник", ["03-08"]),
        ("tr", "pazartesi günü", ["03-08"]),
        ("pl", "w poniedziałek", ["03-08"]),
        ("en", "on Wednesday", ["03-10"]),
        ("en", "on Thursday", ["03-04"]),
        ("uk", "сьогодні вранці", ["03-10"]),
        ("ru", "вчера вечером", ["03-09"]),
        ("en", "in March", []),
        ("en", "99 March", []),
    ],
)
def test_a_day_is_the_same_by_date_and_by_name(language: str, text: str, days: list[str]) -> None:
    assert _keys(text, language, "d") == days


@pytest.mark.parametrize(
    ("idea", "texts"),
    [
        ("chospital", ["en:in hospital", "uk:у лікарні", "ru:в больнице", "tr:hastanede", "pl:w szpitalu"]),
        ("cprize", ["en:a prize", "uk:премію", "ru:премию", "tr:ödül aldı", "crh:mükâfat", "pl:nagrodę"]),
        ("cferry", ["en:the ferry", "uk:порома", "ru:на пароме", "tr:feribot", "crh:parom", "pl:prom"]),
        ("tdaughter", ["en:his daughter", "uk:донька", "ru:дочь", "tr:kızı", "crh:qızı", "pl:córka"]),
    ],
)
def test_an_idea_is_the_same_in_every_language(idea: str, texts: list[str]) -> None:
    for language, text in (one.split(":") for one in texts):
        assert idea in {key for key, _ in placed_keys(text, words_of(text), language)}, language


@pytest.mark.parametrize(("key", "expected"), [("n2011", True), ("n1953", True), ("n47", False), ("s2011", False)])
def test_a_year_is_told_from_a_count(key: str, expected: bool) -> None:
    assert is_year(key) is expected


@given(st.text(max_size=300), st.sampled_from(["en", "uk", "ru", "tr", "crh", "pl", None, "xx"]))
def test_keys_stand_inside_the_text_whatever_it_holds(text: str, language: str | None) -> None:
    for key, at in placed_keys(text, words_of(text), language, _AT):
        assert key[0] in "ctnds"
        assert 0 <= at < len(text)
