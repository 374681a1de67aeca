import pytest

from digests.model import Kind
from digests.names.aliases import CLDR_LANGUAGES, is_homonym, other_names
from digests.tables import load_rows
from tests.cldr_names import rows


def test_the_shipped_countries_and_cities_are_those_of_the_babel_that_is_installed() -> None:
    assert tuple(rows()) == load_rows("names/data/cldr.tsv"), "run `python -m tests.cldr_names`"


OTHERS = [
    ("Lithuania", "en", "Литва", "ru"),
    ("Литва", "ru", "Litwa", "pl"),
    ("Львів", "uk", "Lwów", "pl"),
    ("Крим", "uk", "Qırım", "crh"),
    ("London", "en", "Londra", "tr"),
]


@pytest.mark.parametrize(("name", "language", "other", "of"), OTHERS, ids=str)
def test_a_place_brings_its_names_in_other_languages(name: str, language: str, other: str, of: str) -> None:
    found = other_names(Kind.PLACE, [(name, language)])
    assert (other, of) in {(alias.text, alias.language) for alias in found}


def test_a_name_of_two_things_brings_no_other_names() -> None:
    assert is_homonym(Kind.PLACE, "Georgia", "en")
    assert other_names(Kind.PLACE, [("Georgia", "en")]) == ()


def test_a_name_means_in_a_language_what_that_language_calls_so() -> None:
    assert not other_names(Kind.PLACE, [("Irska", "cs")])
    assert ("Ireland", "en") in {(alias.text, alias.language) for alias in other_names(Kind.PLACE, [("Irska", "sl")])}


def test_every_country_has_a_cell_for_each_language() -> None:
    assert {len(row) for row in load_rows("names/data/cldr.tsv")} == {1 + len(CLDR_LANGUAGES)}
