"""What people type with a name that no outlet prints as part of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Kind, Pattern, PatternId
from digests.names.book import name_in
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse
from digests.names.typed import without_titles
from tests import builders as b

LEFT_OUT = [
    ("Dr. Emil Vitrolom", "Emil Vitrolom", "Dr."),
    ("dr Emil Vitrolom", "Emil Vitrolom", "dr"),
    ("Prof. Dr. Ali Vitrolom", "Ali Vitrolom", "Prof. Dr."),
    ("Emil Vitrolom, PhD", "Emil Vitrolom", "PhD"),
    ("my brother Emil Vitrolom", "Emil Vitrolom", "my brother"),
    ("lawyer Bozdaliev", "Bozdaliev", "lawyer"),
    ("President Bozdaliev", "Bozdaliev", "President"),
    ("мій брат Еміль Вітролом", "Еміль Вітролом", "мій брат"),
    ("пан Боздалієв", "Боздалієв", "пан"),
    ("адвокат Вітролом", "Вітролом", "адвокат"),
    ("Адвокатка Галина Вітролом", "Галина Вітролом", "Адвокатка"),
    ("лікар Вітролом", "Вітролом", "лікар"),
    ("г-н Боздалиев", "Боздалиев", "г-н"),
    ("моя сестра Галина", "Галина", "моя сестра"),
    ("Av. Emil Bozdaliyev", "Emil Bozdaliyev", "Av."),
    ("Sayın Emil Bozdaliyev", "Emil Bozdaliyev", "Sayın"),
    ("kardeşim Emil Bozdaliyev", "Emil Bozdaliyev", "kardeşim"),
    ("Emil Bey Bozdaliyev", "Emil Bozdaliyev", "Bey"),
    ("qardaşım Emil Bozdaliyev", "Emil Bozdaliyev", "qardaşım"),
    ("mecenas Emil Bozdalijew", "Emil Bozdalijew", "mecenas"),
    ("Pani Anna Wyszyńska", "Anna Wyszyńska", "Pani"),
]
WHOLE = [
    "Emil Vitrolom",
    "Prince Dawson",
    "King Charles",
    "General Motors",
    "Sister Act",
    "Father Frost",
    "Emil Bey",
    "Dr",
    "president",
    "Глава МИД",
    "Steppe Watch",
    "",
]


@pytest.mark.parametrize(("typed", "name", "left"), LEFT_OUT, ids=[typed for typed, *_ in LEFT_OUT])
def test_a_title_or_a_relation_is_no_part_of_the_name(typed: str, name: str, left: str) -> None:
    assert without_titles(typed) == (name, left)
    assert name_in(typed) == (name, left)


@pytest.mark.parametrize("typed", WHOLE)
def test_a_name_that_only_begins_like_a_title_stays_whole(typed: str) -> None:
    assert without_titles(typed) == (typed, "")


@pytest.mark.parametrize(("typed", "name", "left"), LEFT_OUT, ids=[typed for typed, *_ in LEFT_OUT])
def test_a_spelling_with_a_title_finds_the_name_without_it(typed: str, name: str, left: str) -> None:
    if len(name.split()) == 1:
        name = f"Said {name}"
    index = NameIndex()
    index.add(Pattern(id=PatternId("p"), kind=Kind.PERSON, spellings=((typed, ""),)))
    found = find_mentions(b.article(title="", text=f"On Monday {name} spoke.", language="en"), index, SurnameUse())
    assert len(found.mentions) == 1


@given(st.text(max_size=40))
def test_nothing_is_lost_of_what_is_typed(typed: str) -> None:
    name, left = without_titles(typed)
    assert sorted(f"{name} {left}".replace(",", " ").split()) == sorted(typed.replace(",", " ").split())
