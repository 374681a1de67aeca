"""What is only alike, and why it does not count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.check import check_text
from digests.model import Kind
from digests.names.learn import role_of
from tests import builders as b

UMEROV = b.watched_name("Ilmi Umerov")
MISSES = [
    ("another given name", "Рустем Умеров мовчав.", "Рустем Умеров", "namesake"),
    ("the surname alone", "Потім Умеров сказав.", "Умеров", "alone"),
    ("another initial", "Р. Умеров мовчав.", "Р. Умеров", "initial"),
    ("only an initial", "І. Умеров мовчав.", "І. Умеров", "initial_only"),
    ("a neighbour's surname", "Потім Імерів пішов.", "Імерів", "neighbour"),
]


@pytest.mark.parametrize(("text", "form", "why"), [c[1:] for c in MISSES], ids=[c[0] for c in MISSES])
def test_what_is_only_like_a_person_says_why_not(text: str, form: str, why: str) -> None:
    found = check_text(text, [UMEROV])
    assert found.sights == ()
    assert [(found.text[u.miss.start : u.miss.end], u.miss.why.key) for u in found.near] == [(form, why)]
    assert {u.label for u in found.near} == {"Ilmi Umerov"}


_WITH_STRUCK = (b.spelling("Ilmi Umerov"), b.spelling("Ilmi Umerow", active=False, decided_at=b.NOW))
WISHES = [
    ("a never word", {"never": ("football",)}, "Football: Ilmi Umerov scored.", "never"),
    ("no near word", {"near": ("court",)}, "Ilmi Umerov spoke.", "near"),
    ("a struck form", {"spellings": _WITH_STRUCK}, "Ilmi Umerow mówił.", "struck"),
    ("what a judgement taught", {"unlike": role_of("footballer")}, "Footballer Ilmi Umerov spoke.", "unlike"),
]


@pytest.mark.parametrize(("wish", "text", "why"), [c[1:] for c in WISHES], ids=[c[0] for c in WISHES])
def test_what_a_person_ruled_out_says_by_which_wish(wish: dict[str, tuple[object, ...]], text: str, why: str) -> None:
    found = check_text(text, [b.watched_name("Ilmi Umerov", **wish)])
    assert found.sights == ()
    assert [u.miss.why.key for u in found.near] == [why]


def test_what_counts_is_not_shown_as_alike_too() -> None:
    found = check_text("Ільмі Умеров говорив. Потім Умеров пішов.", [UMEROV])
    assert len(found.sights) == 2
    assert found.near == ()


def test_a_part_of_a_bodys_name_is_only_a_part() -> None:
    body = b.watched_name("Steppe Resource Center", kind=Kind.BODY)
    found = check_text("The Steppe Resource office was closed.", [body])
    assert [u.miss.why.key for u in found.near] == ["part"]


@given(st.text(max_size=200))
def test_every_near_miss_points_into_its_text(text: str) -> None:
    found = check_text(text + " Рустем Умеров", [UMEROV])
    assert all(0 <= u.miss.start < u.miss.end <= len(found.text) for u in found.near)
    assert all(0 <= u.miss.score <= 1 for u in found.near)


def test_a_body_of_one_word_that_is_only_alike_is_shown() -> None:
    found = check_text("Old Vitrolem Street opened.", [b.watched_name("Vitrolom", kind=Kind.BODY)])
    assert found.sights == ()
    assert [(found.text[u.miss.start : u.miss.end], u.miss.why.key) for u in found.near] == [("Vitrolem", "neighbour")]
