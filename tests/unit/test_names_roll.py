"""Lists of names as files: read with the line of every mistake, written so that reading gives the same again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import BookError
from digests.model import Kind, ListId, Spelling, WatchedName
from digests.names.book import STRUCK
from digests.names.roll import Form, Written, form_of, read_roll, write_roll
from tests import builders as b


def test_a_text_has_one_name_a_line_and_comments() -> None:
    read = read_roll("\ufeff# ours\nHalyna Vitrolom\n\n  Ali Umerov \n", "text", where="names.txt")
    assert [(each.line, each.label) for each in read] == [(2, "Halyna Vitrolom"), (4, "Ali Umerov")]


SHEET = """Name,Kind,Near,Never,Spellings,Note
Ali Umerov,person,court; суд,football,uk: Алі Умеров; -pl: Ali Umerow; ?tr: Ali Umer,"his lawyer, Kyiv"

SteppeSOS,body,,,,
"Halyna
Vitrolom",,,,,
"""


def test_a_sheet_has_its_columns_in_any_order() -> None:
    ali, body, halyna = read_roll(SHEET, "csv", where="names.csv")
    assert (ali.line, ali.kind, ali.near, ali.never) == (2, Kind.PERSON, ("court", "суд"), ("football",))
    assert [(s.text, s.language, s.state.value) for s in ali.spellings] == [
        ("Ali Umerov", None, "kept"),
        ("Алі Умеров", "uk", "kept"),
        ("Ali Umerow", "pl", "struck"),
        ("Ali Umer", "tr", "proposed"),
    ]
    assert ali.note == "his lawyer, Kyiv"
    assert (body.line, body.kind, body.spellings) == (4, Kind.BODY, ())
    assert (halyna.line, halyna.kind) == (5, None)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_sheet_of_another_country_is_read(delimiter: str) -> None:
    sheet = f"name{delimiter}kind\nAli Umerov{delimiter}person\n"
    assert [each.kind for each in read_roll(sheet, "csv", where="names.csv")] == [Kind.PERSON]


WRONG: list[tuple[str, Form, str, int | None, str]] = [
    ("no header", "csv", "", None, "names the columns"),
    ("no name column", "csv", "kind,near\nperson,x\n", 1, "name"),
    ("an unknown column", "csv", "name,colour\nAli Umerov,red\n", 1, "colour"),
    ("no name", "csv", "name,kind\nAli Umerov,person\n,person\n", 3, "missing"),
    ("an unknown kind", "csv", "name,kind\n\nAli Umerov,ship\n", 3, "ship"),
    ("too many cells", "csv", "name,kind\nUmerov, Ali,person\n", 2, "3 cells for 2 columns"),
    ("no spelling", "csv", "name,spellings\nAli Umerov,uk:\n", 2, "no spelling"),
    ("an open quotation mark", "csv", 'name,kind\n"Ali Umerov,person\n', 2, "quotation"),
    ("no toml", "toml", "[[name]]\nlabel =\n", 2, "mend"),
    ("a wrong kind in toml", "toml", '\n[[name]]\nlabel = "Ali Umerov"\nkind = "ship"\n', 2, "kind"),
]


@pytest.mark.parametrize(("form", "text", "line", "says"), [c[1:] for c in WRONG], ids=[c[0] for c in WRONG])
def test_a_mistake_names_its_line(form: Form, text: str, line: int | None, says: str) -> None:
    with pytest.raises(BookError) as caught:
        read_roll(text, form, where="names.csv")
    assert caught.value.line == line
    assert says in str(caught.value)


def test_the_name_of_a_file_says_its_form() -> None:
    assert [form_of(name) for name in ("a.csv", "a.TSV", "a.toml", "a.txt", "a")] == [
        "csv",
        "csv",
        "toml",
        "text",
        "text",
    ]


_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters=";", exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    min_size=1,
    max_size=12,
).map(lambda text: f"Ab{text.strip()}")


@st.composite
def _names(draw: st.DrawFn) -> WatchedName:
    label, *others = draw(st.lists(_TEXTS, min_size=2, max_size=4, unique=True))
    languages = st.sampled_from([None, "uk", "tr"])
    decisions = st.sampled_from([{}, {"active": False}, dict(STRUCK)])
    spellings = [Spelling(text=text, language=draw(languages), **draw(decisions)) for text in others]
    words = st.lists(_TEXTS, max_size=2, unique=True).map(tuple)
    return replace(
        b.watched_name(label, list=ListId("l")),
        kind=draw(st.sampled_from(list(Kind))),
        spellings=(Spelling(text=label), *spellings),
        near=draw(words),
        never=draw(words),
        note=draw(st.one_of(st.just(""), _TEXTS)),
    )


def _content(name: WatchedName | Written) -> tuple[object, ...]:
    spellings = {(s.text, s.language, s.state) for s in name.spellings}
    return name.label, name.kind, spellings, name.near, name.never, name.note


@given(st.lists(_names(), max_size=4))
def test_a_sheet_read_back_is_the_list_it_was_written_from(names: list[WatchedName]) -> None:
    read = read_roll(write_roll(names, "csv"), "csv", where="names.csv")
    assert [_content(each) for each in read] == [_content(name) for name in names]


def test_toml_read_back_is_the_list_it_was_written_from() -> None:
    name = replace(
        b.watched_name("Ali Umerov"),
        spellings=(
            Spelling(text="Ali Umerov"),
            Spelling(text="Алі Умеров", language="uk"),
            Spelling(text='Ali "Lip" Umerow', language="pl", **STRUCK),
            Spelling(text="Ali Umer", active=False),
        ),
        near=("court\\room",),
        never=("football",),
        note="his lawyer",
    )
    (read,) = read_roll(write_roll([name], "toml"), "toml", where="names.toml")
    assert _content(read) == _content(name)
    assert read.line == 1


def test_a_cell_that_a_spreadsheet_would_run_is_harmless() -> None:
    written = write_roll([b.watched_name("=cmd|'/c calc'!A0")], "csv")
    assert "\n =cmd" in written
    assert read_roll(written, "csv", where="x")[0].label == "=cmd|'/c calc'!A0"


def test_plain_text_holds_the_labels_alone() -> None:
    assert (
        write_roll([b.watched_name("Ali Umerov"), b.watched_name("Halyna Vitrolom")], "text")
        == "Ali Umerov\nHalyna Vitrolom\n"
    )
