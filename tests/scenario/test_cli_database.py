"""Backups and copies of the database on the command line."""

import sqlite3

import pytest

from tests.shell import Shell, assert_one_line


def test_a_backup_is_restored_and_the_database_before_is_kept(read_shell: Shell) -> None:
    folder = read_shell.folder
    assert read_shell("db", "backup", "copy.db").out.startswith("Backed up to copy.db.")
    assert (folder / "copy.db").stat().st_mode & 0o077 == 0
    assert_one_line(read_shell("db", "backup", "copy.db"), "there is such a file already")
    read_shell("names", "add", "Halyna Vitrolom", "--chat", "console:digest")

    said = read_shell("db", "restore", "copy.db")

    kept = folder / "var/haberdar.before-restore-1.db"
    assert str(kept) in said.out.replace("\n", "")
    assert "Halyna Vitrolom" not in read_shell("names", "export", "--chat", "console:digest").out
    assert "Emil Kurbedinov" in read_shell("who", "Эмиль Курбединов").out
    (folder / "copy.db").unlink()
    assert read_shell("db", "restore", str(kept)).status == 0
    assert "Halyna Vitrolom" in read_shell("names", "export", "--chat", "console:digest").out


def test_a_backup_of_a_newer_version_is_refused_and_nothing_changes(read_shell: Shell) -> None:
    read_shell("db", "backup", "copy.db")
    with sqlite3.connect(read_shell.folder / "copy.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    assert_one_line(read_shell("db", "restore", "copy.db"), "newer Haberdar (step 9999)")
    assert read_shell("db", "check").status == 0


def test_everything_is_copied_into_another_database(read_shell: Shell) -> None:
    source, target = read_shell.folder / "var/haberdar.db", read_shell.folder / "other.db"
    words = ("db", "copy", "--from", f"sqlite:///{source}", "--to", f"sqlite:///{target}")

    assert read_shell(*words).out.startswith("Copied ")
    assert_one_line(read_shell(*words), "name an empty one")

    moved = {"database_url": f"sqlite:///{target}"}
    assert read_shell("who", "Эмиль Курбединов", **moved).out == read_shell("who", "Эмиль Курбединов").out
    assert read_shell("search", "weather", **moved).out == read_shell("search", "weather").out
    assert read_shell("chats", **moved).out == read_shell("chats").out


@pytest.mark.parametrize(
    ("state", "when"),
    [("active", "at the service's next look"), ("suspended", "when its chat can be told again")],
)
def test_a_parked_delivery_is_sent_again_once_and_it_is_said_when(state: str, when: str, read_shell: Shell) -> None:
    connection = sqlite3.connect(read_shell.folder / "var/haberdar.db")
    with connection:
        (parked,) = connection.execute("SELECT id FROM deliveries LIMIT 1").fetchone()
        connection.execute("UPDATE deliveries SET state = 'parked' WHERE id = ?", (parked,))
        connection.execute("UPDATE chats SET state = ?", (state,))
    connection.close()

    assert read_shell("deliveries", "retry", parked).out.startswith(f"It goes out again {when}")
    assert_one_line(read_shell("deliveries", "retry", parked), "no parked delivery has this id")
