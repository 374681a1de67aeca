from pathlib import Path

import pytest

from digests.tables import load_rows

DATA = Path(load_rows.__wrapped__.__code__.co_filename).parent / "names" / "data"
WIDTHS = {
    "aliases": 7,
    "common": 2,
    "endings": 3,
    "lookalikes": 2,
    "letters": 2,
    "schemes": 4,
    "titles": 2,
    "context": 2,
}


def test_comments_and_blank_lines_are_no_rows() -> None:
    assert all(row[0] and not row[0].startswith("#") for row in load_rows("names/data/particles.tsv"))


def test_a_table_is_read_once() -> None:
    assert load_rows("names/data/letters.tsv") is load_rows("names/data/letters.tsv")


@pytest.mark.parametrize(("table", "width"), WIDTHS.items(), ids=str)
def test_every_row_of_a_table_has_all_its_cells(table: str, width: int) -> None:
    wrong = [row for row in load_rows(f"names/data/{table}.tsv") if len(row) != width]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(DATA.glob("*.tsv")), ids=lambda path: path.stem)
def test_every_table_says_on_top_what_it_is(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_a_missing_table_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load_rows("names/data/absent.tsv")
