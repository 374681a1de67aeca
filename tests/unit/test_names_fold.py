import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.names.fold import _mend_word, fold, mend_scripts

CASES = [
    ("case", "ЧУБАРОВ", "чубаров"),
    ("dotted i", "İLMİ ÜMEROV", "ilmi umerov"),
    ("dotless i", "Kırımoğlu", "kirimoglu"),
    ("crimean tatar letters", "Bağçasaray Ñ", "bagcasaray n"),
    ("circumflex", "Celâl", "celal"),
    ("polish", "Dżemilew Łódź", "dzemilew lodz"),
    ("apostrophes of any shape", "Гур'єва Гур’єва Гурʼєва", "гурєва гурєва гурєва"),
    ("turkish ending", "Cemilev'in", "cemilevin"),
    ("yo is ye", "Пётр", "петр"),
    ("stress mark", "Чуба\u0301ров", "чубаров"),
    ("short i stays a letter", "Шаймієв Їжак", "шаймієв їжак"),
    ("ghe with upturn", "Ґалина", "галина"),
    ("latin letters inside a cyrillic word", "Чyбapoв", "чубаров"),
    ("cyrillic letters inside a latin word", "Сrimеа", "crimea"),
    ("a name of two scripts on purpose", "КримSOS", "кримsos"),
    ("sharp s", "Straße", "strasse"),
]


@pytest.mark.parametrize(("text", "folded"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_spellings_that_differ_only_in_print_fold_to_one(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(("one", "other"), [("Умеров", "Омеров"), ("Ali", "Alı ev"), ("йод", "иод")])
def test_spellings_that_differ_in_letters_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aаcсeеoоpрxхyуiії'’йЙїЇ́̆ \u0307İı", max_size=30))
def test_folding_twice_changes_nothing_for_look_alikes_and_marks(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=100))
def test_mending_never_changes_the_length(text: str) -> None:
    assert len(mend_scripts(text)) == len(text)


@given(st.text(alphabet="axpбжрελ1_ İ\u0307", max_size=12))
def test_every_word_of_two_scripts_is_looked_at(text: str) -> None:
    words = re.sub(r"[^\W\d_]+", _mend_word, text)
    assert mend_scripts(text) == words
