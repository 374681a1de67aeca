"""Names on the command line: checked in a text, added, imported, exported, matched anew."""

import json
import sqlite3

import pytest

from tests.shell import Shell, assert_one_line, files_under


def test_names_check_shows_who_where_and_why_and_who_is_only_alike(shell: Shell) -> None:
    said = shell("names", "check", "Обшук у Мустафи Джемілєва. Умеров сказав про це.")

    assert "Обшук у Мустафи Джемілєва¹." in said.out
    assert "Mustafa Dzhemilev  Мустафи Джемілєва  8-25" in said.out
    assert "full name of" in said.out
    assert "ending -а" in said.out
    assert "²  Ilmi Umerov  Умеров" in said.out
    assert "the full name stands nowhere" in said.out
    assert files_under(shell.folder) == set()


def test_names_check_of_a_text_that_names_nobody_says_so(shell: Shell) -> None:
    assert "names stands in this text" in shell("names", "check", "The weather stays mild.").out


def test_names_check_reads_files_and_pages_and_looks_for_any_name(shell: Shell) -> None:
    (shell.folder / "a.txt").write_text("Сказала Галина Вітролом.", encoding="utf-8")
    (shell.folder / "a.html").write_text("<p>Said <b>Halyna</b> Vitrolom.</p><script>x</script>", encoding="utf-8")

    for file in ("a.txt", "a.html"):
        said = shell("names", "check", file, "--name", "Halyna Vitrolom")
        assert said.out.startswith("Found"), said
        assert "script" not in said.out
    assert shell("names", "check", "a.txt", "--name", "Ali Umerov").out.startswith("Not found")


def test_names_check_as_json_holds_what_is_shown(shell: Shell) -> None:
    text = "Рустем Умеров мовчав. Ільмі Умеров говорив."
    said = json.loads(shell("names", "check", text, "--json", "--name", "Ilmi Umerov").out)

    assert [(one["form"], one["band"]) for one in said["found"]] == [("Ільмі Умеров", "sure")]
    assert [(one["form"], one["reason"]["key"]) for one in said["alike"]] == [("Рустем Умеров", "namesake")]
    assert said["text"] == text
    assert all(one["because"] for one in (*said["found"], *said["alike"]))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("",), "there is no text to look into", id="nothing"),
        pytest.param(("folder",), "this is a folder", id="a folder"),
        pytest.param(("picture",), "this is no text", id="no text"),
        pytest.param(("Text", "--name", "Ali"), "too common", id="a common name"),
        pytest.param(("Text", "--name", "!!"), "does not read as a name", id="no name"),
        pytest.param(("Text", "--chat", "telegram:404"), "there is no database", id="no database"),
    ],
)
def test_what_cannot_be_checked_is_said_in_one_line(words: tuple[str, ...], says: str, shell: Shell) -> None:
    (shell.folder / "folder").mkdir()
    (shell.folder / "picture").write_bytes(b"\x89PNG\0\0")

    assert_one_line(shell("names", "check", *words), says)


def test_names_are_added_imported_exported_and_checked_for_a_chat(read_shell: Shell) -> None:
    (read_shell.folder / "names.txt").write_text("# ours\nHalyna Vitrolom\n\nAli\nArslan Bozdaliev\n", encoding="utf-8")
    chat = ("--chat", "console:digest")

    added = read_shell("names", "add", "Арслан Боздалієв", *chat)
    imported = read_shell("names", "import", "names.txt", *chat)

    assert added.out.startswith("Watching Арслан Боздалієв.")
    assert "Watching Halyna Vitrolom." in imported.out
    assert "Ali: too common" in imported.out
    assert "Arslan Bozdaliev: watched already, as Арслан Боздалієв." in imported.out
    assert "Halyna Vitrolom\n" in read_shell("names", "export", *chat).out
    assert "Vitrolom" in read_shell("names", "check", "Адвокатку Галину Вітролом не пустили.", *chat).out


_SHEET = """name,kind,spellings,near,never,note
Ali Umerov,person,uk: Алі Умеров; -pl: Ali Umerow,court,football,a cousin
SteppeSOS,body,,,,
Halyna Vitrolom,,,,,
"""


@pytest.mark.parametrize("form", ["csv", "toml"])
def test_a_list_that_was_exported_is_imported_as_it_was(form: str, read_shell: Shell) -> None:
    chat, again = ("--chat", "console:digest"), ("--chat", "console:alerts")
    (read_shell.folder / "names.csv").write_text(_SHEET, encoding="utf-8")
    assert read_shell("names", "import", "names.csv", *chat).out.endswith("3 names: 3 now watched.\n")

    wrote = read_shell("names", "export", f"list.{form}", *chat)
    imported = read_shell("names", "import", f"list.{form}", *again)

    assert wrote.out == f"Wrote 39 names to list.{form}.\n"
    assert imported.out.endswith("39 names: 36 watched already, 3 now watched.\n") or "3 now watched" in imported.out
    listed = [json.loads(read_shell("names", "list", "--json", *key).out) for key in (chat, again)]
    own = [[each for each in names if each["name"] in ("Ali Umerov", "SteppeSOS")] for names in listed]
    assert [each["note"] for each in own[0]] == ["a cousin", ""]
    assert [(s["text"], s["state"]) for s in own[0][0]["spellings"]][-1] == ("Ali Umerow", "struck")
    for before, after in zip(*own, strict=True):
        assert {(s["text"], s["language"], s["state"]) for s in before.pop("spellings")} == {
            (s["text"], s["language"], s["state"]) for s in after.pop("spellings")
        }
        assert before == after


def test_a_mistake_in_a_sheet_names_its_line_and_nothing_is_watched(read_shell: Shell) -> None:
    (read_shell.folder / "names.csv").write_text("name,kind\nAli Umerov,person\nZera Qaraman,ship\n", encoding="utf-8")

    said = read_shell("names", "import", "names.csv", "--chat", "console:digest")

    assert_one_line(said, "names.csv, line 3", '"ship" is no kind')
    assert "Umerov" not in read_shell("names", "export", "--chat", "console:digest").out.replace("Ilmi Umerov", "")


def test_what_needs_a_person_in_a_list_names_its_line(read_shell: Shell) -> None:
    (read_shell.folder / "names.txt").write_text("Ali Umerov\nАлі Умерова\nAli\n!!\n", encoding="utf-8")

    said = read_shell("names", "import", "names.txt", "--chat", "console:digest")

    assert "line 2: Алі Умерова: a case of Ali Umerov, or somebody else?" in said.out
    assert "line 3: Ali: too common" in said.out
    assert "line 4: !!: this does not read as a name." in said.out
    assert read_shell("names", "add", "+Алі Умерова", "--chat", "console:digest").out.startswith(
        "Watching Алі Умерова."
    )
    (added,) = json.loads(read_shell("names", "add", "Алі Умерова", "--chat", "console:digest", "--json").out)
    assert added["outcome"] == "known"


def test_an_empty_list_is_named(read_shell: Shell) -> None:
    (read_shell.folder / "names.txt").write_text("# nobody\n", encoding="utf-8")

    assert_one_line(read_shell("names", "import", "names.txt", "--chat", "console:digest"), "there is no name in it")


def test_a_rematch_shows_what_changes_by_name_and_changes_nothing(read_shell: Shell) -> None:
    assert "Nothing changes." in read_shell("names", "rematch", "--since", "2d").out
    with sqlite3.connect(read_shell.folder / "var/haberdar.db") as connection:
        connection.execute("UPDATE mentions SET band = 'likely', matched_with = '0'")
        connection.execute("DELETE FROM mentions WHERE rowid = (SELECT min(rowid) FROM mentions)")
    connection.close()

    shown = read_shell("names", "rematch", "--since", "2d")
    (first, second) = json.loads(read_shell("names", "rematch", "--json").out)["names"]

    assert "now sure" in shown.out
    assert "Nothing was changed, and nobody is told." in shown.out
    assert {first["added"] + second["added"], first["surer"] + second["surer"]} == {1}
    assert json.loads(read_shell("names", "rematch", "--json").out)["matched_with"] == {"0": 1}


def test_a_rematch_of_a_time_without_articles_says_so(read_shell: Shell) -> None:
    with sqlite3.connect(read_shell.folder / "var/haberdar.db") as connection:
        connection.execute("UPDATE articles SET fetched_at = 0")
    connection.close()

    assert read_shell("names", "rematch").out == "No article came in the last 7d.\n"


def test_a_list_of_names_that_is_no_text_is_named(read_shell: Shell) -> None:
    (read_shell.folder / "names.txt").write_bytes("Умеров".encode("cp1251"))

    assert_one_line(read_shell("names", "import", "names.txt", "--chat", "console:digest"), "names.txt", "UTF-8")
