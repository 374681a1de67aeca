"""What people ruled out stays out, and nothing else does: struck forms, and the company of somebody else's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Found, Kind, Pattern, PatternId, full_text
from digests.names.index import NameIndex
from digests.names.learn import learn_unlike, role_of
from digests.names.match import find_mentions
from digests.names.ruled import is_struck
from digests.names.surnames import SurnameUse
from tests import builders as b

FOOTBALLER = role_of("footballer")


def found_in(
    text: str, language: str, *spellings: str, struck: tuple[str, ...] = (), unlike: tuple[str, ...] = ()
) -> list[str]:
    pattern = Pattern(
        id=PatternId("p"),
        kind=Kind.PERSON,
        spellings=tuple((each, "") for each in spellings),
        struck=struck,
        unlike=unlike,
    )
    index = NameIndex()
    index.add(pattern)
    article = b.article(title="", text=text, language=language)
    found: Found = find_mentions(article, index, SurnameUse())
    return [full_text(article)[mention.start : mention.end] for mention in found.mentions]


STRUCK = [
    ("a struck form", "Adwokat Ali Umerow mówił długo.", "pl", ("Ali Umerow",), []),
    ("a struck form with an ending", "Dom Alego Umerowa stoi pusty, a Ali Umerowa nie ma.", "pl", ("Ali Umerow",), []),
    ("what only sounds the same stays", "Алі Умеров говорив довго.", "uk", ("Ali Umerow",), ["Алі Умеров"]),
    ("the kept form stays", "Ali Umerov spoke at length.", "en", ("Ali Umerow",), ["Ali Umerov"]),
    ("the kept form with an ending stays", "Ali Umerov's house.", "en", ("Ali Umerova",), ["Ali Umerov"]),
    ("her name, struck from his", "Ali Umerova spoke at length.", "cs", ("Ali Umerova",), []),
    ("a struck surname", "Ali Umerov spoke. Umerov left.", "en", ("Umerov",), ["Ali Umerov", "Umerov"]),
]


@pytest.mark.parametrize(
    ("text", "language", "struck", "expected"), [c[1:] for c in STRUCK], ids=[c[0] for c in STRUCK]
)
def test_a_struck_spelling_gives_no_mention_even_where_a_reading_matches(
    text: str, language: str, struck: tuple[str, ...], expected: list[str]
) -> None:
    assert found_in(text, language, "Ali Umerov", struck=struck) == expected


def test_a_form_as_near_to_a_kept_spelling_as_to_a_struck_one_is_struck() -> None:
    pattern = Pattern(id=PatternId("p"), kind=Kind.PERSON, spellings=(("Ali Umerov", ""),), struck=("Ali Umerov",))
    assert is_struck("Ali Umerov", pattern)


BESIDE = [
    ("before the name", "The footballer Ali Umerov scored twice.", "en", []),
    ("behind a comma", "Ali Umerov, a footballer of twenty, scored twice.", "en", []),
    ("in another language and case", "Гол футболіста Алі Умерова не зарахували.", "uk", []),
    ("his surname after it too", "Footballer Ali Umerov scored. Umerov is twenty.", "en", []),
    ("elsewhere in the text", "Ali Umerov was detained. A footballer was there too.", "en", ["Ali Umerov"]),
    ("in the next sentence", "They named Ali Umerov. Footballer Kovtun was not named.", "en", ["Ali Umerov"]),
    ("too far from the name", "The footballer said that the lawyer of Ali Umerov came.", "en", ["Ali Umerov"]),
    (
        "both in one text: the right one stays",
        "Footballer Ali Umerov scored. In court Ali Umerov was silent.",
        "en",
        ["Ali Umerov"],
    ),
    ("no such word", "The prisoner Ali Umerov fell ill.", "en", ["Ali Umerov"]),
]


@pytest.mark.parametrize(("text", "language", "expected"), [c[1:] for c in BESIDE], ids=[c[0] for c in BESIDE])
def test_what_a_judgement_taught_rules_out_the_name_in_that_company_alone(
    text: str, language: str, expected: list[str]
) -> None:
    assert found_in(text, language, "Ali Umerov", "Алі Умеров", unlike=FOOTBALLER) == expected


TAUGHT = [
    ("a role before the name", "The footballer Ali Umerov scored.", "Ali Umerov", (), "футболіст"),
    ("a role behind the name", "Ali Umerov, footballer, scored.", "Ali Umerov", (), "futbolcu"),
    ("a role in a case", "Виступ співачки Алі Умерової скасували.", "Алі Умерової", (), "singer"),
    ("a mobile vowel", "Перемога борця Алі Умерова.", "Алі Умерова", (), "wrestler"),
    ("a patronymic", "Алі Рустемович Умеров прибув.", "Алі Рустемович Умеров", (), "рустемович"),
    ("a verb is no role", "Сказав Алі Умеров і пішов.", "Алі Умеров", (), None),
    ("an ordinary noun is no role", "The house of Ali Umerov burnt.", "Ali Umerov", (), None),
    ("a hospital is no doctor", "У лікарні Алі Умеров одужав.", "Алі Умеров", (), None),
    ("a role elsewhere in the text", "A footballer came. Then came Ali Umerov.", "Ali Umerov", (), None),
    ("what stood beside the right one", "Journalist and writer Ali Umerov.", "Ali Umerov", ("письменник",), None),
    ("his own patronymic", "Алі Рустемович Умеров.", "Алі Рустемович Умеров", ("рустемовичу",), None),
]


@pytest.mark.parametrize(("text", "form", "known", "learnt"), [c[1:] for c in TAUGHT], ids=[c[0] for c in TAUGHT])
def test_a_wrong_mention_teaches_a_role_or_a_patronymic_and_no_more(
    text: str, form: str, known: tuple[str, ...], learnt: str | None
) -> None:
    start = text.index(form)
    taught = learn_unlike(Kind.PERSON, text, (start, start + len(form)), known=known)
    assert (learnt in taught) if learnt else taught == ()


def test_a_body_teaches_nothing() -> None:
    assert learn_unlike(Kind.BODY, "The footballer Ali Umerov", (15, 25)) == ()


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 20))
def test_whatever_stands_there_what_is_learnt_is_roles_and_patronymics_of_words_beside(
    text: str, start: int, length: int
) -> None:
    for word in learn_unlike(Kind.PERSON, text, (start, start + length)):
        assert role_of(word) or word in text.lower()


def test_no_word_names_two_roles() -> None:
    words = [
        word for role in {role_of(each) for each in ("footballer", "singer", "minister", "painter")} for word in role
    ]
    assert len(words) == len(set(words))
