import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import BookError
from digests.model import Kind, ListId, Pattern, PatternId, SpellingState, pattern_of
from digests.names.book import parse_book, propose, why_refused
from digests.names.kinds import guess_kind
from digests.names.same import is_same

BOOK = """
[[name]]
label = "Arslan Bozdaliyev"
kind = "person"
spellings.uk = ["Арслан Боздалієв"]
near = ["суд"]

[[name]]
label = "SteppeSOS"
kind = "body"
never = ["yacht"]
"""


def test_a_book_gives_its_names_in_order() -> None:
    person, body = parse_book(BOOK, where="book.toml", list_id=ListId("book"))
    assert [spelling.text for spelling in person.spellings] == ["Arslan Bozdaliyev", "Арслан Боздалієв"]
    assert [spelling.origin for spelling in person.spellings] == ["book", "book"]
    assert person.spellings[1].language == "uk"
    assert person.spellings[1].script == "cyrillic"
    assert person.near == ("суд",)
    assert body.never == ("yacht",)
    assert body.kind is Kind.BODY


def test_a_name_keeps_its_id_when_its_spellings_change() -> None:
    first = parse_book(BOOK, where="b", list_id=ListId("book"))[0]
    second = parse_book(BOOK.replace("Боздалієв", "Боздаліїв"), where="b", list_id=ListId("book"))[0]
    assert first.id == second.id
    assert pattern_of(first).id != pattern_of(second).id


WRONG = [
    ("no toml", "[[name]]\nlabel = \n", 2),
    ("an unknown key", '[[name]]\nlabel = "A Bcde"\nkind = "person"\nalias = "x"\n', 1),
    ("an unknown kind", '\n[[name]]\nlabel = "A Bcde"\nkind = "ship"\n', 2),
    ("no label", '[[name]]\nkind = "person"\n', 1),
    ("spellings without a language", '[[name]]\nlabel = "Ab Cdef"\nkind = "person"\nspellings = ["x"]\n', 1),
    ("a spelling that is no list", '[[name]]\nlabel = "Ab Cdef"\nkind = "person"\nspellings.uk = "x"\n', 1),
    ("near words that are no list", '[[name]]\nlabel = "Ab Cdef"\nkind = "person"\nnear = "x"\n', 1),
    ("too common a spelling", '[[name]]\nlabel = "Ali"\nkind = "person"\n', 1),
    ("another table", '[names]\nlabel = "x"\n', None),
    ("one name twice", BOOK + '\n[[name]]\nlabel = "SteppeSOS"\nkind = "body"\n', 13),
    (
        "one spelling under two names",
        BOOK + '\n[[name]]\nlabel = "X Yzdal"\nkind = "person"\nspellings.en = ["ARSLAN BOZDALIYEV"]\n',
        13,
    ),
]


@pytest.mark.parametrize(("text", "line"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_mistake_names_file_line_and_remedy(text: str, line: int | None) -> None:
    with pytest.raises(BookError) as caught:
        parse_book(text, where="config/names.toml", list_id=ListId("book"))
    assert caught.value.line == line
    assert str(caught.value).startswith("config/names.toml")


def test_the_shipped_book_has_no_mistake() -> None:
    path = Path(__file__).resolve().parents[2] / "config" / "names.toml"
    names = parse_book(path.read_text(encoding="utf-8"), where=str(path), list_id=ListId("book"))
    labels = {name.label for name in names}
    assert {"Refat Chubarov", "Mustafa Dzhemilev", "Mejlis of the Crimean Tatar People", "QHA"} <= labels
    assert len(names) == len(tomllib.loads(path.read_text(encoding="utf-8"))["name"])


def test_proposals_begin_with_what_the_person_typed() -> None:
    first, *others = propose("Арслан Боздалієв", Kind.PERSON)
    assert (first.text, first.origin, first.script) == ("Арслан Боздалієв", "person", "cyrillic")
    assert {spelling.origin for spelling in others} == {"rule"}


PROPOSED = [
    ("Арслан Боздалієв", "en", "Arslan Bozdaliyev"),
    ("Арслан Боздалієв", "ru", "Арслан Боздалиев"),
    ("Арслан Боздалієв", "pl", "Arslan Bozdalijew"),
    ("Едем Бекмамбетов", "ru", "Эдем Бекмамбетов"),
    ("Едем Бекмамбетов", "en", "Edem Bekmambetov"),
    ("Егор Титов", "en", "Yegor Titov"),
    ("Джафер Шевкиев", "tr", "Cafer Şevkiyev"),
    ("Еміль Курбедінов", "en", "Emil Kurbedinov"),
    ("Ayşe Cepparova", "uk", "Айше Джеппарова"),
    ("Ганна Вітролом", "ru", "Ганна Витролом"),
    ("Arslan Bozdaliev", "uk", "Арслан Боздалієв"),
    ("Arslan Bozdaliev", "ru", "Арслан Боздалиев"),
]


@pytest.mark.parametrize(("label", "language", "text"), PROPOSED)
def test_rules_spell_a_person_in_each_language(label: str, language: str, text: str) -> None:
    assert text in [spelling.text for spelling in propose(label, Kind.PERSON) if spelling.language == language]


WEAK = [
    ("a Turkish form without the Russian ending", "Refat Chubarov", Kind.PERSON, ["Refat Chubar", "Chubarov"]),
    ("a given name is no surname", "Sergei Ivanov", Kind.PERSON, []),
    ("a short surname alone is too common", "Ilmi Bekirov", Kind.PERSON, ["Ilmi Bekir"]),
    ("a surname alone in Cyrillic", "Еміль Курбедінов", Kind.PERSON, ["Курбедінов"]),
    ("a body's first letters", "Crimean Tatar Resource Center", Kind.BODY, ["CTRC"]),
    ("two words are no acronym", "Steppe Radio", Kind.BODY, []),
    ("one word", "Боздалієв", Kind.PERSON, []),
]


@pytest.mark.parametrize(("label", "kind", "waiting"), [c[1:] for c in WEAK], ids=[c[0] for c in WEAK])
def test_what_may_name_somebody_else_waits_for_a_word(label: str, kind: Kind, waiting: list[str]) -> None:
    proposed = propose(label, kind)
    assert [each.text for each in proposed if each.state is SpellingState.PROPOSED] == waiting
    assert proposed[0].state is SpellingState.KEPT


def test_a_latin_name_of_ours_is_proposed_in_all_our_languages() -> None:
    proposed = {each.language: each.text for each in propose("Arslan Bozdaliev", Kind.PERSON) if each.active}
    assert proposed == {
        None: "Arslan Bozdaliev",
        "uk": "Арслан Боздалієв",
        "ru": "Арслан Боздалиев",
        "tr": "Arslan Bozdaliyev",
        "pl": "Arslan Bozdalijew",
    }


def test_every_proposal_that_is_looked_for_at_once_names_the_same_person() -> None:
    for spelling in (each for each in propose("Арслан Боздалієв", Kind.PERSON) if each.active):
        pattern = Pattern(id=PatternId("p"), kind=Kind.PERSON, spellings=(("Арслан Боздалієв", "uk"),))
        assert is_same(pattern, spelling.text), spelling.text


def test_a_place_is_proposed_with_its_names_in_other_languages() -> None:
    assert "Qırım" in [spelling.text for spelling in propose("Crimea", Kind.PLACE)]


REFUSED = [
    ("Ali", Kind.PERSON, "common"),
    ("Айше", Kind.PERSON, "common"),
    ("Fey", Kind.PERSON, "common"),
    ("President", Kind.PERSON, "common"),
    ("The", Kind.BODY, "common"),
    ("", Kind.PERSON, "unreadable"),
    ("12 34", Kind.PERSON, "unreadable"),
    ("🙂", Kind.BODY, "unreadable"),
    ("x" * 201, Kind.PERSON, "unreadable"),
    ("Ali Fey", Kind.PERSON, None),
    ("Bozdaliyev", Kind.PERSON, None),
    ("VQR", Kind.BODY, None),
    ("李", Kind.PERSON, None),
]


@pytest.mark.parametrize(("label", "kind", "why"), REFUSED)
def test_a_label_that_would_be_found_everywhere_is_refused(label: str, kind: Kind, why: str | None) -> None:
    assert why_refused(label, kind) == why


WATCHED = Pattern(id=PatternId("p"), kind=Kind.PERSON, spellings=(("Emil Qarasuvat", "crh"), ("Еміль Джаміль", "uk")))
SAME = ["emil qarasuvat", "Эмиль Карасуват", "Еміля Карасувата", "Qarasuvat Emil", "Карасуват, Эмиль", "Emil Jamil"]
OTHER = ["Emine Qarasuvat", "Эмиль Карасубаев", "Karasuvat", "Emil", "", "…", "Emil Qarasuvat and Remzi Qarasuvat came"]


@pytest.mark.parametrize("label", SAME)
def test_a_label_in_another_spelling_script_case_or_order_is_the_same_name(label: str) -> None:
    assert is_same(WATCHED, label)


@pytest.mark.parametrize("label", OTHER)
def test_another_name_or_a_part_of_it_is_not_the_same(label: str) -> None:
    assert not is_same(WATCHED, label)


@given(st.text(max_size=60), st.sampled_from(list(Kind)))
def test_any_label_is_answered(label: str, kind: Kind) -> None:
    guess_kind(label)
    why_refused(label, kind)
    proposals = propose(label, kind)
    assert proposals[0].origin == "person"
    assert is_same(WATCHED, label) in (True, False)
