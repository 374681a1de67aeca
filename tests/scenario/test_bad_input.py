"""What people and the world do wrong: one clear line each, the rest goes on, and nothing is lost."""

import asyncio
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.service import Step
from digests.errors import HaberdarError, StoreError
from tests.crash.child import Child
from tests.fakes.feeds import Answer, feed_server, item, rss
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram
from tests.shell import BOOK, Shell, assert_one_line, environment, run_alone
from tests.town import OWNER, running_town

_ARTICLE = "A caution\n\nSecurity officials handed a caution to the lawyer Emil Kurbedinov on 6 November."
_WRONG = "7000000009:AAwrong-but-secret"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """The command line in a folder with one article that names somebody of the book."""
    (tmp_path / "seeds/harbour-post").mkdir(parents=True)
    (tmp_path / "seeds/harbour-post/good.txt").write_text(_ARTICLE, encoding="utf-8")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Shell(folder=tmp_path, patch=monkeypatch, capsys=capsys)
    root.handlers[:] = handlers  # `serve` sends the log elsewhere
    root.setLevel(level)


# Sources ------------------------------------------------------------------------------------------------------------


def test_files_that_cannot_be_read_are_named_and_the_others_are_told(shell: Shell) -> None:
    outlet = shell.folder / "seeds/harbour-post"
    (outlet / "noise.txt").write_bytes(bytes(range(256)) * 20)
    (outlet / "empty.txt").touch()
    (outlet / "link.txt").symlink_to("nowhere")
    with (outlet / "huge.txt").open("wb") as huge:
        huge.truncate(50_000_000)

    said = shell("once")

    assert said.status == 0
    assert "handed a caution to the lawyer Emil Kurbedinov" in said.out
    for name in ("noise.txt", "empty.txt", "link.txt", "huge.txt"):
        assert f"haberdar: seeds: harbour-post/{name}: " in said.err
    assert "harbour-post/" in shell("feeds", "list").out
    sick = shell("doctor")
    assert sick.status == 1
    assert "needs you  source seeds: harbour-post/" in sick.out


async def test_a_broken_feed_is_named_and_the_others_are_told(shell: Shell) -> None:
    async with feed_server() as feeds:
        shell.variables |= {"HABERDAR_ALLOW_NETWORKS": feeds.networks, "HABERDAR_POLL_SECONDS": "1"}
        feeds.answers(Answer(body=rss(item("1", title="One"))), "/good")
        feeds.answers(Answer(body=rss(item("1", title="One"))), "/breaks")
        for path in ("/good", "/breaks"):
            assert (await asyncio.to_thread(shell, "feeds", "add", feeds.url(path), "--title", path[1:])).status == 0
        feeds.answers(Answer(body=b"<html><body>Out of order</body></html>"), "/breaks")

        said = await asyncio.to_thread(shell, "once")

        assert said.status == 0
        assert said.err.startswith("haberdar: breaks: ")
        assert "good" not in said.err
        assert "handed a caution to the lawyer Emil Kurbedinov" in said.out
        assert (await asyncio.to_thread(shell, "search", "One", "--json")).out != "[]\n"


# Tokens -------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _child(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Child]:
    child = Child(folder, environment({**settings, "log": "json"}), is_forked=True)
    await child.starts()
    try:
        yield child
    finally:
        await child.is_over()


async def test_a_service_whose_only_token_is_refused_ends_with_one_clear_line(shell: Shell) -> None:
    async with FakeTelegram() as telegram:
        settings = {"telegram_token": _WRONG, "telegram_api": telegram.api, "owners": "telegram:77"}
        said = await asyncio.to_thread(lambda: run_alone(shell.folder, "serve", settings=settings))
        doctor = await asyncio.to_thread(lambda: shell("doctor", **settings))

    assert said.status == 2
    assert said.err.splitlines()[-1] == (
        "haberdar: Telegram does not accept the token: copy it anew from @BotFather into HABERDAR_TELEGRAM_TOKEN"
    )
    assert "Traceback" not in said.err
    assert "AAwrong" not in said.err + said.out + doctor.out + doctor.err
    assert doctor.status == 1
    assert "needs you  Telegram: the token is refused" in doctor.out


@pytest.mark.parametrize(
    ("bot_token", "app_token", "says"),
    [
        pytest.param("xoxb-wrong-secret", None, "HABERDAR_SLACK_BOT_TOKEN", id="the bot token"),
        pytest.param(None, "xapp-wrong-secret", "HABERDAR_SLACK_APP_TOKEN", id="the app token"),
    ],
)
async def test_a_refused_slack_token_is_named(
    bot_token: str | None, app_token: str | None, says: str, shell: Shell
) -> None:
    async with FakeSlack() as slack:
        settings = {
            "slack_api": slack.api,
            "slack_bot_token": bot_token or slack.bot_token,
            "slack_app_token": app_token or slack.app_token,
        }
        said = await asyncio.to_thread(lambda: run_alone(shell.folder, "serve", settings=settings))
        doctor = await asyncio.to_thread(lambda: shell("doctor", **settings))

    assert ("needs you  Slack: the bot token is refused" in doctor.out) == (bot_token is not None)
    assert said.status == 2
    assert said.err.splitlines()[-1].startswith("haberdar: Slack does not accept the ")
    assert says in said.err.splitlines()[-1]
    assert "wrong-secret" not in said.err + said.out


async def test_one_refused_token_leaves_the_other_service_at_work_and_nothing_is_lost(shell: Shell) -> None:
    async with FakeTelegram() as telegram, FakeSlack() as slack:
        telegram.opens(OWNER)
        settings = {
            "telegram_token": _WRONG,
            "telegram_api": telegram.api,
            "slack_bot_token": slack.bot_token,
            "slack_app_token": slack.app_token,
            "slack_api": slack.api,
            "owners": f"telegram:{OWNER},slack:T1/U1",
        }
        async with _child(shell.folder, settings) as child:
            await slack.until(lambda: slack.sockets > 0, timeout=60)
            await slack.types_command("C1", "U1", "/haberdar", "start")
            await slack.until(lambda: bool(slack.messages_to("C1")), timeout=60)
            # What a person writes meanwhile waits at Telegram.
            await telegram.types(OWNER, "/start")
            assert await child.ends() == 0
            log = child.last_words()
        assert '"why": "Telegram does not accept the token' in log
        assert "AAwrong" not in log
        assert telegram.messages_to(OWNER) == []

        async with _child(shell.folder, {**settings, "telegram_token": telegram.token}) as child:
            await telegram.until(lambda: telegram.messages_to(OWNER), timeout=60)
            assert await child.ends() == 0


async def test_what_a_refused_token_kept_back_goes_out_when_the_token_is_mended(shell: Shell) -> None:
    async with FakeTelegram() as telegram:
        telegram.opens(OWNER)
        good = {"telegram_token": telegram.token, "telegram_api": telegram.api, "owners": f"telegram:{OWNER}"}
        async with _child(shell.folder, good) as child:
            for words in ("/start", "/quiet off", "/watch Yunus Karasuvat"):  # the hour is the real one: maybe night
                await telegram.asks(OWNER, words, timeout=60)
            assert await child.ends() == 0
        (shell.folder / "seeds/harbour-post/new.txt").write_text(
            "A search\n\nYunus Karasuvat was searched at his home on Tuesday, neighbours said.", encoding="utf-8"
        )
        heard = len(telegram.messages_to(OWNER))

        refused = await asyncio.to_thread(lambda: shell("once", **{**good, "telegram_token": _WRONG}))
        mended = await asyncio.to_thread(lambda: shell("once", **good))

        assert_one_line(refused, "telegram: the token is not accepted", "haberdar doctor")
        assert mended.status == 0, mended
        told = [shown for shown in telegram.messages_to(OWNER)[heard:] if "searched at his home" in shown.text]
        assert len(told) == 1


def test_a_service_without_any_token_says_what_to_set(shell: Shell) -> None:
    assert_one_line(shell("serve"), "no chat service is set up", "HABERDAR_TELEGRAM_TOKEN")


def test_roles_are_refused_on_sqlite_however_it_is_named(shell: Shell) -> None:
    for settings in ({}, {"database_url": f"sqlite:///{shell.folder / 'here.db'}"}):
        said = shell("serve", "--role", "deliver", telegram_token=_WRONG, **settings)
        assert_one_line(said, "--role shares the work among processes, which SQLite cannot")


def test_a_slack_token_without_its_other_half_is_named(shell: Shell) -> None:
    said = shell("serve", slack_bot_token="xoxb-one")

    assert_one_line(said, "HABERDAR_SLACK_APP_TOKEN is missing")
    assert "xoxb-one" not in said.err


# Settings and names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("once",), ("serve",), ("who", "X"), ("doctor",), ("demo",)], ids=" ".join)
def test_a_wrong_setting_stops_every_command(words: tuple[str, ...], shell: Shell) -> None:
    said = shell(*words, poll_seconds="often")

    assert_one_line(said, "environment, HABERDAR_POLL_SECONDS: ", "valid integer", "found 'often'")


def test_networks_that_are_none_are_named(shell: Shell) -> None:
    assert_one_line(shell("once", allow_networks="everywhere"), "allow_networks", "everywhere")


async def test_an_unknown_zone_typed_by_a_person_changes_nothing_and_is_answered(tmp_path: Path) -> None:
    async with running_town(tmp_path, now=datetime(2026, 11, 23, 12, 32, tzinfo=UTC)) as town:
        answer = await town.says(OWNER, "/zone Europe/Kiyv")
        assert "“Europe/Kiyv”" in answer
        assert "Nothing was changed." in answer
        assert "Kyiv" in await town.says(OWNER, "/zone")


@pytest.mark.parametrize(
    ("book", "says"),
    [
        pytest.param(None, "cannot be read (No such file or directory)", id="missing"),
        pytest.param("Умеров".encode("cp1251"), "is not UTF-8", id="another encoding"),
        pytest.param('[[name]]\nlabel = "Ann Example"\n', "line 1: ", id="without a kind"),
        pytest.param("[[name]]\nlabel = \n", "line 2: ", id="no TOML"),
        pytest.param(
            '[[name]]\nlabel = "Ann Example"\nkind = "poet"\n', '"person", "body" or "place"', id="wrong kind"
        ),
    ],
)
@pytest.mark.parametrize("words", [("once",), ("names", "check", "X")], ids=" ".join)
def test_a_wrong_book_of_names_is_said_with_its_line(
    words: tuple[str, ...], book: str | bytes | None, says: str, shell: Shell
) -> None:
    if book is not None:
        (shell.folder / "my.toml").write_bytes(book if isinstance(book, bytes) else book.encode())

    assert_one_line(shell(*words, names_file="my.toml"), "my.toml", says)
    assert "needs you  names: my.toml" in shell("doctor", names_file="my.toml").out


# Database and disk --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [("once",), ("serve",), ("who", "X"), ("db", "check"), ("db", "upgrade")], ids=" ".join
)
def test_a_database_of_a_newer_version_is_left_alone(words: tuple[str, ...], shell: Shell) -> None:
    assert shell("once").status == 0
    database = shell.folder / "var/haberdar.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    assert_one_line(shell(*words, telegram_token=_WRONG), "written by a newer Haberdar (step 9999); update the program")


def test_a_damaged_database_is_named_with_its_remedy(shell: Shell) -> None:
    (shell.folder / "var").mkdir()
    (shell.folder / "var/haberdar.db").write_bytes(bytes(range(1, 256)) * 40)

    for words in (("once",), ("who", "X"), ("db", "check"), ("chats",)):
        assert_one_line(shell(*words), "var/haberdar.db", "damaged; restore a backup")
    assert "needs you  database: " in shell("doctor").out


def test_a_database_damaged_inside_is_found_by_a_check(shell: Shell) -> None:
    assert shell("once").status == 0
    assert shell("db", "backup", "copy.db").status == 0
    pages = bytearray((shell.folder / "copy.db").read_bytes())
    pages[8192 : len(pages) // 2] = bytes(len(pages) // 2 - 8192)
    shutil.rmtree(shell.folder / "var")
    (shell.folder / "var").mkdir()
    (shell.folder / "var/haberdar.db").write_bytes(pages)

    for words in (("db", "check"), ("doctor",), ("once",)):
        said = shell(*words)
        assert said.status in (1, 2), said
        assert "Traceback" not in said.out + said.err
        assert "damaged" in said.out + said.err or "another key" in said.out + said.err


def test_rows_that_belong_to_nothing_are_found_by_a_check(shell: Shell) -> None:
    assert shell("once").status == 0
    with sqlite3.connect(shell.folder / "var/haberdar.db") as connection:
        connection.execute("DELETE FROM stories")
    connection.close()

    said = shell("db", "check")
    assert said.status == 1
    assert said.out.startswith("the database holds rows that belong to nothing; restore a backup")
    assert "needs you  database: " in shell("doctor").out


def test_another_key_is_named_and_nothing_is_written(shell: Shell) -> None:
    assert shell("once").status == 0
    (shell.folder / "var/secret.key").unlink()

    assert_one_line(shell("once"), "sealed with another key", "secret.key")


def test_a_file_in_the_place_of_the_data_folder_is_named(shell: Shell) -> None:
    (shell.folder / "var").write_text("not a folder")

    for words in (("once",), ("demo",), ("names", "add", "X Y", "--chat", "telegram:1")):
        assert_one_line(shell(*words, data_dir="var"), "var", "cannot be")


def test_a_second_service_on_the_same_folder_is_refused(shell: Shell) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", _HOLD, "var"],
        cwd=shell.folder,
        env=environment({}),
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == b"held\n"
    try:
        # By another folder too: the database is the same, and both would send what waits.
        database = shell.folder / "var/haberdar.db"
        beside = {"data_dir": "elsewhere", "database_url": f"sqlite:///{database}"}
        for words in (
            ("serve",),
            ("once",),
            ("db", "copy", "--from", f"sqlite:///{database}", "--to", "sqlite:///x.db"),
        ):
            for settings in ({}, beside):
                said = shell(*words, telegram_token=_WRONG, **settings)
                assert_one_line(said, "var: another Haberdar works in this folder; stop it, or use another folder")
    finally:
        first.communicate(b"\n", timeout=10)


_HOLD = """
import sys
from pathlib import Path
from digests.store.db import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""

# A file system of our own, gone with the process: mounted where nobody else sees it.
_MOUNTS = ("unshare", "--mount", "--map-root-user", "sh", "-c")
_can_mount = shutil.which("unshare") is not None and (
    subprocess.run([*_MOUNTS, "mount -t tmpfs none /tmp"], capture_output=True, check=False).returncode == 0
)
needs_mounts = pytest.mark.skipif(not _can_mount, reason="mounting in a namespace of our own is not allowed here")


def _on_a_small_disk(folder: Path, script: str) -> list[str]:
    """Run a script with `var` on a disk of 3 MB; `bot` is our command line. Return what all of it said."""
    (folder / "var").mkdir()
    whole = f'set -u; mount -t tmpfs -o size=3m none var; bot() {{ "{sys.executable}" -m bot "$@" 2>&1; }}; {script}'
    done = subprocess.run(
        [*_MOUNTS, whole], cwd=folder, env=environment({}), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@needs_mounts
def test_a_full_disk_is_named_and_what_could_not_be_kept_is_told_when_there_is_room(shell: Shell) -> None:
    lines = _on_a_small_disk(
        shell.folder,
        """
        bot once --seeds var > /dev/null; echo "status $?"
        head -c 5000000 /dev/zero > var/ballast 2> /dev/null
        bot once; echo "status $?"
        bot db backup var/copy.db; echo "status $?"
        bot who "Emil Kurbedinov"
        rm var/ballast
        bot once; echo "status $?"
        """,
    )

    assert lines[0] == "status 0"
    assert lines[1].endswith("the disk is full; make room and start again")
    assert lines[2] == "status 2"
    assert lines[3].startswith("haberdar: var/copy.db: cannot be written")
    assert lines[4] == "status 2"
    assert lines[5] == "No stored article names Emil Kurbedinov."
    assert any("handed a caution to the lawyer Emil Kurbedinov" in line for line in lines[6:])
    assert lines[-1] == "status 0"


@needs_mounts
def test_a_read_only_data_folder_is_named_and_can_be_looked_into(shell: Shell) -> None:
    lines = _on_a_small_disk(
        shell.folder,
        """
        bot once > /dev/null; echo "status $?"
        mount -o remount,ro var
        bot once; echo "status $?"
        bot names add "Ann Example" --chat console:digest; echo "status $?"
        bot who "Emil Kurbedinov"; echo "status $?"
        """,
    )

    assert lines[0] == "status 0"
    assert lines[1] == "haberdar: var: the data folder cannot be written (Read-only file system); mend its rights"
    assert lines[2] == "status 2"
    assert "read-only" in lines[3].lower()
    assert lines[4] == "status 2"
    assert any("handed a caution to the lawyer Emil Kurbedinov" in line for line in lines[5:])
    assert lines[-1] == "status 0"


def test_a_disk_that_takes_no_more_bytes_ends_in_one_line(shell: Shell) -> None:
    limited = (sys.executable, "-c", _LIMIT)

    said = run_alone(shell.folder, "once", under=limited)

    assert_one_line(said, "haberdar.db")
    assert "handed a caution to the lawyer Emil Kurbedinov" in run_alone(shell.folder, "once").out


_LIMIT = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # Python keeps half a compiled module, and fails on it from then on
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_the_book_that_is_shipped_has_no_mistake(shell: Shell) -> None:
    assert BOOK.is_file()
    assert shell("names", "list", data_dir="none").status == 0


# The running service ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "said", "unsaid"),
    [
        pytest.param(StoreError("var/haberdar.db: the disk is full"), "the disk is full", "Traceback", id="the store"),
        pytest.param(HaberdarError("who knows whom"), "HaberdarError", "who knows whom", id="another error of ours"),
        pytest.param(ValueError("a bug"), "a bug", "who knows whom", id="a bug"),
    ],
)
async def test_a_step_that_fails_is_logged_and_done_again_at_the_next_wake(
    fault: Exception, said: str, unsaid: str, caplog: pytest.LogCaptureFixture
) -> None:
    faults, done = [fault], asyncio.Event()

    async def work() -> int:
        if faults:
            raise faults.pop()
        return 1

    step = Step("place", work, done.set)
    running = asyncio.create_task(step.run())
    step.wake()
    async with asyncio.timeout(5):
        while "step.failed" not in caplog.messages:
            await asyncio.sleep(0)
        await step.tick()
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    (record,) = (record for record in caplog.records if record.message == "step.failed")
    logged = logging.Formatter().format(record) + str(vars(record).get("why")) + str(vars(record).get("error"))
    assert said in logged
    assert unsaid not in logged
