import pytest

from digests.stories.phrases import find_phrases, words_of
from digests.tables import load_rows

_TABLES = ["status", "cues", "concepts", "numbers", "months"]


def _keys(table: str, text: str, language: str | None) -> list[str]:
    return [hit.key for hit in find_phrases(table, words_of(text), language)]


@pytest.mark.parametrize("table", _TABLES)
def test_every_row_has_a_cell_for_each_language_and_every_beginning_two_letters_or_a_whole_word(table: str) -> None:
    for row in load_rows(f"stories/data/{table}.tsv"):
        assert len(row) == 7, row[0]
        for stem in " ".join(row[1:]).split():
            first = stem.lstrip("!").split("_")[0]
            assert stem == "-" or first.endswith("$") or len(first.lstrip("=")) > 1, stem


@pytest.mark.parametrize(
    ("table", "language", "text", "keys"),
    [
        pytest.param("concepts", "en", "A fire at the school", ["fire", "school"], id="beginnings"),
        pytest.param("concepts", "uk", "Пожежа у школі", ["fire", "school"], id="another language"),
        pytest.param("concepts", "xx", "Пожежа at school", ["fire", "school"], id="a language without a column"),
        pytest.param("numbers", "pl", "Zatrzymano trzy osoby", ["3"], id="a number as a word"),
        pytest.param("numbers", "en", "threefold", [], id="a whole word only"),
        pytest.param("status", "en", "was set free", ["release"], id="several words"),
        pytest.param("status", "en", "released a statement", [], id="a barred phrase"),
        pytest.param("status", "uk", "неволі, повернувся додому", [], id="a short word before others is whole"),
        pytest.param("status", "tr", "birinci oldu", [], id="letters as they are"),
        pytest.param("status", "tr", "dün öldü", ["death"], id="letters as they are, found"),
        pytest.param("status", "en", "set", [], id="a phrase cut off by the end"),
    ],
)
def test_phrases_of_the_tables_are_found_by_their_beginnings(
    table: str, language: str, text: str, keys: list[str]
) -> None:
    assert _keys(table, text, language) == keys


def test_words_know_where_they_stand() -> None:
    text = "  Къарасубазар, Bozdaliyev’in!"
    words = [(text[word.start : word.end], word.capital) for word in words_of(text)]
    assert words == [("Къарасубазар", True), ("Bozdaliyev’in", True)]
