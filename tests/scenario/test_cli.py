"""Every command of the command line on a real database, beside a running service where it matters."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.crash.child import Child
from tests.fakes.feeds import Answer, feed_server, item, rss
from tests.fakes.telegram import FakeTelegram
from tests.shell import BOOK, CHECKOUT, Said, Shell, assert_one_line, run_alone

_OWNER = 77
_ARTICLE = """Lawyers are cautioned

Security officials handed a caution to the lawyer Emil Kurbedinov on 6 November.

The newsroom retold it in one paragraph."""


@pytest.fixture(scope="module")
def read_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `once` has read three articles."""
    folder = tmp_path_factory.mktemp("read")
    for outlet, text in (
        ("harbour-post", _ARTICLE),
        (
            "coast-daily",
            "A second text\n\nНа своїй сторінці про це написав Рефат Чубаров. Допис прочитали багато людей.",
        ),
        ("liman-news", "A third text\n\nThe weather stays mild."),
    ):
        (folder / "seeds" / outlet).mkdir(parents=True)
        (folder / "seeds" / outlet / "1.txt").write_text(text, encoding="utf-8")
    assert run_alone(folder, "once").status == 0
    return folder


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """The command line in an empty folder."""
    return Shell(folder=tmp_path, patch=monkeypatch, capsys=capsys)


@pytest.fixture
def read_shell(read_folder: Path, shell: Shell) -> Shell:
    """The command line in a folder of its own in which `once` has read three articles."""
    shutil.copytree(read_folder / "var", shell.folder / "var")
    return shell


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


# Looking ------------------------------------------------------------------------------------------------------------


def test_who_finds_a_name_in_another_script_with_its_sentence_and_the_reason(read_shell: Shell) -> None:
    said = read_shell("who", "Эмиль Курбединов")

    assert said.status == 0
    assert said.out.startswith("Emil Kurbedinov · 1 article\n")
    assert "“Security officials handed a caution to the lawyer Emil Kurbedinov on 6 November.”" in said.out
    assert "Found as “Emil Kurbedinov”" in said.out


def test_who_says_that_no_article_names_somebody(read_shell: Shell) -> None:
    assert read_shell("who", "Nobody Ofthisname").out == "No stored article names Nobody Ofthisname.\n"


def test_timeline_shows_the_days_that_articles_say_beside_a_name(read_shell: Shell) -> None:
    days = [row["day"] for row in json.loads(read_shell("timeline", "Эмиль Курбединов", "--json").out)]
    assert [day[5:] for day in days] == ["11-06"]
    assert "Emil Kurbedinov · 1 article" in read_shell("timeline", "Эмиль Курбединов").out
    assert read_shell("timeline", "Nobody Ofthisname").out == "No stored article names Nobody Ofthisname.\n"


def test_upcoming_says_when_nothing_is_announced(read_shell: Shell) -> None:
    said = read_shell("upcoming", "Nobody Ofthisname").out
    assert said == "No stored article announces anything of Nobody Ofthisname.\n"


def test_who_as_json_holds_what_programs_need(read_shell: Shell) -> None:
    (one,) = json.loads(read_shell("who", "Refat Chubarov", "--json").out)

    assert one["text"] == "На своїй сторінці про це написав Рефат Чубаров."
    assert one["url"].startswith("file:")
    assert one["band"] == "sure"
    assert one.keys() >= {"text", "outlet", "url", "published_at", "band", "reason"}
    assert one["reason"]["key"]


def test_search_finds_words_by_their_beginnings(read_shell: Shell) -> None:
    assert "сторінці" in read_shell("search", "допис сторін").out
    assert read_shell("search", "volcano").out == "No stored article holds all these words.\n"
    (one,) = json.loads(read_shell("search", "weather", "--json").out)
    assert one["text"] == "The weather stays mild."


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("names", "list"), "Refat Chubarov", id="the book"),
        pytest.param(("names", "export"), "Refat Chubarov\n", id="the book, one a line"),
        pytest.param(("names", "list", "--chat", "console:digest"), "Refat Chubarov", id="the names of a chat"),
        pytest.param(("feeds", "list"), "good", id="sources with their health"),
        pytest.param(("chats",), "console:digest", id="chats"),
        pytest.param(("deliveries",), "digest", id="the ledger"),
        pytest.param(("deliveries", "--parked"), "Nothing is parked.", id="nothing parked"),
        pytest.param(("preview", "console:digest"), "Nothing new on your", id="a digest with nothing new"),
        pytest.param(("db", "check"), "The SQLite database is whole", id="a whole database"),
        pytest.param(("db", "upgrade"), "The SQLite database is whole", id="a database of this step"),
        pytest.param(("doctor",), "database: sqlite, whole", id="all is well"),
        pytest.param(("doctor", "--mend"), "0 stuck articles", id="nothing to mend"),
    ],
)
def test_looking_works_and_changes_nothing(words: tuple[str, ...], says: str, read_shell: Shell) -> None:
    said = read_shell(*words)

    assert said.status == 0, said
    assert says in said.out
    assert said.err == ""


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("who", "Emil Kurbedinov"), id="who"),
        pytest.param(("search", "weather"), id="search"),
        pytest.param(("chats",), id="chats"),
        pytest.param(("deliveries",), id="deliveries"),
        pytest.param(("feeds", "list"), id="feeds list"),
        pytest.param(("preview", "telegram:1"), id="preview"),
        pytest.param(("db", "check"), id="db check"),
        pytest.param(("db", "backup", "copy.db"), id="db backup"),
    ],
)
def test_looking_where_nothing_was_read_yet_says_so_and_makes_nothing(words: tuple[str, ...], shell: Shell) -> None:
    assert_one_line(shell(*words), "there is no database")
    assert _files(shell.folder) == set()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("preview", "telegram:404"), "telegram:404: this chat was never opened", id="preview"),
        pytest.param(("names", "list", "--chat", "telegram:404"), "never opened", id="names of no chat"),
        pytest.param(("names", "add", "Ann Example", "--chat", "telegram:404"), "never opened", id="add for no chat"),
        pytest.param(("deliveries", "retry", "f00"), "no parked delivery has this id", id="no such delivery"),
        pytest.param(("feeds", "remove", "https://x.example/"), "no such feed", id="no such feed"),
        pytest.param(("db", "restore", "var/secret.key"), "no backup of ours", id="no backup"),
    ],
)
def test_what_is_not_there_is_named_in_one_line(words: tuple[str, ...], says: str, read_shell: Shell) -> None:
    assert_one_line(read_shell(*words), says)


# Names --------------------------------------------------------------------------------------------------------------


def test_names_check_shows_who_where_and_why_and_who_is_only_alike(shell: Shell) -> None:
    said = shell("names", "check", "Обшук у Мустафи Джемілєва. Умеров сказав про це.")

    assert "Обшук у Мустафи Джемілєва¹." in said.out
    assert "Mustafa Dzhemilev  Мустафи Джемілєва  8-25" in said.out
    assert "full name of" in said.out
    assert "ending -а" in said.out
    assert "²  Ilmi Umerov  Умеров" in said.out
    assert "the full name stands nowhere" in said.out
    assert _files(shell.folder) == set()


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


# One pass -----------------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_what_would_be_told_and_leaves_nothing(read_folder: Path, shell: Shell) -> None:
    shutil.copytree(read_folder / "seeds", shell.folder / "seeds")
    before = _files(shell.folder)

    said = shell("once", "--dry-run")

    assert "handed a caution to the lawyer Emil Kurbedinov" in said.out
    assert _files(shell.folder) == before


def test_a_pass_as_json_says_what_was_written(read_folder: Path, shell: Shell) -> None:
    said = shell("once", "--json", "--seeds", str(read_folder / "seeds"))

    kinds = [each["kind"] for each in json.loads(said.out)]
    assert kinds == ["alert", "alert", "digest"]


def test_the_demonstration_works_twice_and_its_hints_can_be_copied(read_folder: Path, shell: Shell) -> None:
    shell.variables["HABERDAR_SEEDS_DIR"] = str(read_folder / "seeds")
    data = "a folder with a long name, so long that its hint would be broken on a screen of a hundred columns"

    first, second = shell("demo", data_dir=data), shell("demo", data_dir=data)

    assert first.status == second.status == 0
    assert "handed a caution to the lawyer Emil Kurbedinov" in second.out
    hint = next(line for line in second.out.splitlines() if " who " in line)
    assert hint.startswith(f"  HABERDAR_DATA_DIR='{data}' .venv/bin/haberdar who '")
    assert second.out.index("Found as") < second.out.index("Digest")


def test_the_demonstration_refuses_a_folder_it_did_not_make(read_shell: Shell) -> None:
    before = _files(read_shell.folder)

    assert_one_line(read_shell("demo", data_dir="var"), "var: this folder holds data that `make run` did not make")
    assert _files(read_shell.folder) == before


# Copies -------------------------------------------------------------------------------------------------------------


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


# Beside a running service -------------------------------------------------------------------------------------------


@pytest.fixture
async def serving(tmp_path: Path) -> AsyncIterator[tuple[FakeTelegram, Child]]:
    """A service with an owner's chat, in its own process."""
    (tmp_path / "seeds/harbour-post").mkdir(parents=True)
    async with FakeTelegram() as telegram:
        telegram.opens(_OWNER)
        child = Child(
            tmp_path,
            {
                "HABERDAR_NAMES_FILE": str(BOOK),
                "HABERDAR_TELEGRAM_TOKEN": telegram.token,
                "HABERDAR_TELEGRAM_API": telegram.api,
                "HABERDAR_OWNERS": f"telegram:{_OWNER}",
            },
        )
        await child.starts()
        try:
            await telegram.types(_OWNER, "/start")
            await telegram.until(lambda: telegram.messages_to(_OWNER), timeout=60)
            yield telegram, child
            if child.is_alive:
                assert await child.ends() == 0, child.last_words()
        finally:
            await child.is_over()


async def test_commands_work_beside_a_running_service(
    tmp_path: Path, serving: tuple[FakeTelegram, Child], shell: Shell
) -> None:
    telegram, _ = serving
    chat = f"telegram:{_OWNER}"

    async def does(*words: str) -> Said:
        said = await asyncio.to_thread(shell, *words)
        assert said.status == 0, said
        return said

    assert chat in (await does("chats")).out
    assert (await does("names", "add", "Emil Kurbedinov", "--chat", chat)).out.startswith("Watching")
    heard = len(telegram.messages_to(_OWNER))
    (tmp_path / "seeds/harbour-post/1.txt").write_text(_ARTICLE, encoding="utf-8")
    await telegram.until(lambda: len(telegram.messages_to(_OWNER)) > heard, timeout=60)

    assert "handed a caution" in telegram.messages_to(_OWNER)[-1].text
    assert "Emil Kurbedinov" in (await does("who", "Емiль Курбедiнов")).out
    assert "Alerted" in (await does("preview", chat)).out
    assert (await does("db", "backup", "copy.db")).out
    assert_one_line(await asyncio.to_thread(shell, "once"), "another Haberdar works in this folder")
    assert_one_line(await asyncio.to_thread(shell, "db", "restore", "copy.db"), "another Haberdar works")


async def test_a_feed_is_added_with_what_it_holds_and_removed(read_shell: Shell) -> None:
    async with feed_server() as feeds:
        entries = [item(str(n), title=f"Text number {n}") for n in range(5, 0, -1)]
        feeds.answers(Answer(body=rss(*entries)))
        read_shell.variables["HABERDAR_ALLOW_NETWORKS"] = feeds.networks

        async def does(*words: str) -> Said:
            return await asyncio.to_thread(read_shell, *words)

        rehearsed = await does("feeds", "add", feeds.url(), "--dry-run")
        assert "It holds 5 articles:" in rehearsed.out
        assert rehearsed.out.endswith("Nothing was added.\n")
        asked = len(feeds.asked)
        await does("feeds", "add", feeds.url(), "--dry-run")
        assert feeds.asked[asked].at - feeds.asked[asked - 1].at >= timedelta(seconds=1)
        assert feeds.url() not in (await does("feeds", "list")).out

        added = await does("feeds", "add", feeds.url(), "--title", "Steppe Radio")

        assert added.out.startswith(f"Added: Steppe Radio\n  {feeds.url()}, language en\nIt holds 5 articles:")
        assert "Text number 5" in added.out
        assert "and 2 older" in added.out
        assert (await does("feeds", "add", feeds.url())).out.startswith("Read already: ")
        assert "not read yet" in (await does("feeds", "list")).out
        chosen = await does("feeds", "set", "Steppe Radio", "--no-pages", "--user-agent", "Reader of Liman")
        assert chosen.out.splitlines()[1:] == ["  pages of teasers: not read", "  user agent: Reader of Liman"]
        refused = await does("feeds", "set", "Steppe Radio", "--user-agent", "a\nb")
        assert "one line" in refused.err
        assert (await does("feeds", "remove", "steppe RADIO")).out.startswith("It is read no more.")
        feeds.answers(Answer(body=b"<html>no feed</html>"), "/broken")
        assert_one_line(await does("feeds", "add", feeds.url("/broken")), feeds.url("/broken"))


async def test_who_of_the_book_is_in_an_added_feed_is_said(read_shell: Shell) -> None:
    async with feed_server() as feeds:
        feeds.answers(Answer(body=rss(item("1", title="Emil Kurbedinov spoke"), item("2", title="Weather"))))
        read_shell.variables["HABERDAR_ALLOW_NETWORKS"] = feeds.networks
        added = await asyncio.to_thread(read_shell, "feeds", "add", feeds.url())
        assert "Of the book in it: Emil Kurbedinov (1)" in added.out


def test_a_list_of_feeds_goes_in_and_out(read_shell: Shell) -> None:
    (read_shell.folder / "list.opml").write_text(
        '<opml><body><outline text="Steppe" xmlUrl="https://s.example/rss"/><outline text="Again" xmlUrl='
        '"https://s.example/rss"/><outline text="Liman" language="uk" xmlUrl="https://l.example/rss"/>'
        '<outline text="Mine" xmlUrl="file:///etc/passwd"/></body></opml>',
        encoding="utf-8",
    )
    first = read_shell("feeds", "import", "list.opml")
    assert first.out == "2 new, 0 known, 1 refused\n  Mine: its address is no http or https address\n"
    assert read_shell("feeds", "import", "list.opml").out.startswith("0 new, 2 known, 1 refused")
    exported = read_shell("feeds", "export").out
    assert 'text="Liman" title="Liman" xmlUrl="https://l.example/rss" language="uk"' in exported
    assert "seeds" not in exported
    (read_shell.folder / "no.opml").write_text("<rss/>")
    assert_one_line(read_shell("feeds", "import", "no.opml"), "not OPML")


def test_the_catalogue_of_outlets_is_shown(read_shell: Shell) -> None:
    shown = read_shell("feeds", "list", "--catalogue", feeds_file=str(CHECKOUT / "config/feeds.opml")).out
    assert "Ukrainska Pravda" in shown
    assert "occupation" in shown
    assert "feeds add" in shown


async def test_a_dry_run_with_a_service_shows_what_its_chats_would_get(
    tmp_path: Path, serving: tuple[FakeTelegram, Child], shell: Shell
) -> None:
    telegram, child = serving
    await telegram.types(_OWNER, "/watch Emil Kurbedinov")
    await telegram.until(lambda: len(telegram.messages_to(_OWNER)) > 1)
    assert await child.ends() == 0
    (tmp_path / "seeds/harbour-post/1.txt").write_text(_ARTICLE, encoding="utf-8")
    sent = len(telegram.messages_to(_OWNER))

    tokens = {"telegram_token": telegram.token, "telegram_api": telegram.api}
    said = await asyncio.to_thread(lambda: shell("once", "--dry-run", **tokens))

    assert said.status == 0, said
    assert "handed a caution" in said.out
    assert len(telegram.messages_to(_OWNER)) == sent


def test_the_installed_command_is_the_module(read_folder: Path) -> None:
    said = run_alone(read_folder, "who", "Emil Kurbedinov")

    assert said.status == 0
    assert "handed a caution" in said.out


def test_what_is_no_utf_8_in_an_argument_stops_nothing(read_folder: Path) -> None:
    said = run_alone(read_folder, "who", "\udcffX")

    assert said.status == 0
    assert "No stored article names" in said.out
