"""One pass, the demonstration, and commands beside a running service."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.crash.child import Child
from tests.fakes.telegram import FakeTelegram
from tests.shell import ARTICLE, BOOK, Said, Shell, assert_one_line, files_under, run_alone

_OWNER = 77


def test_a_dry_run_shows_what_would_be_told_and_leaves_nothing(read_folder: Path, shell: Shell) -> None:
    shutil.copytree(read_folder / "seeds", shell.folder / "seeds")
    before = files_under(shell.folder)

    said = shell("once", "--dry-run")

    assert "handed a caution to the lawyer Emil Kurbedinov" in said.out
    assert files_under(shell.folder) == before


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
    before = files_under(read_shell.folder)

    assert_one_line(read_shell("demo", data_dir="var"), "var: this folder holds data that `make run` did not make")
    assert files_under(read_shell.folder) == before


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
            await telegram.asks(_OWNER, "/start", timeout=60)
            await telegram.asks(_OWNER, "/quiet off")  # the hour is the real one: it may be night
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
    (tmp_path / "seeds/harbour-post/1.txt").write_text(ARTICLE, encoding="utf-8")
    await telegram.until(lambda: len(telegram.messages_to(_OWNER)) > heard, timeout=60)

    assert "handed a caution" in telegram.messages_to(_OWNER)[-1].text
    assert "Emil Kurbedinov" in (await does("who", "Емiль Курбедiнов")).out
    assert "Alerted" in (await does("preview", chat)).out
    assert (await does("db", "backup", "copy.db")).out
    assert_one_line(await asyncio.to_thread(shell, "once"), "another Haberdar works in this folder")
    assert_one_line(await asyncio.to_thread(shell, "db", "restore", "copy.db"), "another Haberdar works")


async def test_a_dry_run_with_a_service_shows_what_its_chats_would_get(
    tmp_path: Path, serving: tuple[FakeTelegram, Child], shell: Shell
) -> None:
    telegram, child = serving
    await telegram.asks(_OWNER, "/watch Emil Kurbedinov")
    assert await child.ends() == 0
    (tmp_path / "seeds/harbour-post/1.txt").write_text(ARTICLE, encoding="utf-8")
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
