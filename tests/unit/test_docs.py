"""The docs say what the code does: no command, setting or file more, and none less."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import bot.commands  # noqa: F401  puts every command into the register
from bot.cli import cli
from bot.commands.registry import COMMANDS
from bot.settings import SECRETS, Settings

_CHECKOUT = Path(__file__).resolve().parents[2]
_PAGES = sorted(
    [*_CHECKOUT.glob("*.md"), *(_CHECKOUT / "docs").rglob("*.md"), _CHECKOUT / ".env.example"],
    key=lambda page: page.relative_to(_CHECKOUT).as_posix(),
)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_MACHINE = re.compile(r"/(?:work|root|home|Users)/\w|[A-Z]:\\\\|\.pyenv")


def _text(name: str) -> str:
    return (_CHECKOUT / name).read_text(encoding="utf-8")


def _first_cells(name: str, head: str) -> list[str]:
    """Return the first column of the table under a head line, as written."""
    _, _, table = _text(name).partition(f"\n| {head} |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    assert rows, f"{name} has no table of {head!r}"
    return [row.split("|")[1].strip() for row in rows]


def _typed(cell: str) -> Iterator[str]:
    yield from re.findall(r"`([^`]+)`", cell)


# Commands -----------------------------------------------------------------------------------------------------------


def test_every_chat_command_stands_in_the_docs_and_no_other() -> None:
    said = {typed.split()[0] for cell in _first_cells("docs/use.md", "command") for typed in _typed(cell)}

    assert said == {name for name, command in COMMANDS.items() if name and not command.hidden}


def test_who_may_do_what_stands_in_the_docs() -> None:
    _, _, table = _text("docs/use.md").partition("\n| command |")
    for row in table.partition("\n\n")[0].splitlines()[2:]:
        _, names, who, *_ = (cell.strip() for cell in row.split("|"))
        for typed in _typed(names):
            command = COMMANDS[typed.split()[0]]
            right = "owners" if command.owner else "admins in groups" if command.admin else "everybody"
            assert who == right, typed


def _cli_commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield (*words, name), command
        if isinstance(command, click.Group):
            yield from _cli_commands(command, (*words, name))


def test_every_command_of_the_command_line_stands_in_the_docs_and_no_other() -> None:
    typed = [next(_typed(cell)).split()[1:] for cell in _first_cells("docs/run.md", "command")]
    said = {tuple(word for word in words if word.islower() and not word.startswith("-")) for words in typed}

    assert said == {words for words, _ in _cli_commands(cli)}


def test_every_option_of_the_command_line_stands_in_the_docs() -> None:
    text = _text("docs/run.md")
    for words, command in _cli_commands(cli):
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[0] in text, (words, option.opts)


# Settings -----------------------------------------------------------------------------------------------------------


def test_every_setting_stands_in_the_docs_with_its_default_and_no_other() -> None:
    _, _, table = _text("docs/run.md").partition("\n| key |")
    rows = [[cell.strip() for cell in row.split("|")] for row in table.partition("\n\n")[0].splitlines()[2:]]

    assert {row[1].strip("`") for row in rows} == set(Settings.model_fields)
    for _, key, default, says, *_ in rows:
        value = Settings.model_fields[key.strip("`")].default
        assert default.strip("`") == ("" if value in (None, ()) else str(value)), key
        assert ("*secret*" in says) == (key.strip("`") in SECRETS), key


def test_every_setting_stands_in_the_settings_file_but_the_tokens() -> None:
    keys = set(re.findall(r"^# ?(\w+) = ", _text("config/haberdar.toml"), flags=re.MULTILINE))

    assert keys == set(Settings.model_fields) - {
        "telegram_token",
        "slack_bot_token",
        "slack_app_token",
        "secret_key",
        "model_key",
    }


def test_the_settings_file_as_it_stands_changes_nothing() -> None:
    lines = _text("config/haberdar.toml").splitlines()

    assert [line for line in lines if line and not line.startswith("#")] == []


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.relative_to(_CHECKOUT).as_posix())
def test_every_variable_a_page_names_is_a_setting(page: Path) -> None:
    known = {key.upper() for key in Settings.model_fields} | {f"{key.upper()}_FILE" for key in SECRETS} | {"CONFIG"}

    named = set(re.findall(r"HABERDAR_([A-Z_]*[A-Z])", page.read_text(encoding="utf-8")))
    assert named <= known, named - known


# Pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.relative_to(_CHECKOUT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for found in _LINK.finditer(page.read_text(encoding="utf-8")):
        target, _, anchor = (found[1] or found[2]).partition("#")
        if "://" in target:
            continue
        there = page.parent / target if target else page
        assert there.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.relative_to(_CHECKOUT).as_posix())
def test_no_page_holds_a_path_of_a_machine(page: Path) -> None:
    assert _MACHINE.search(page.read_text(encoding="utf-8")) is None


def test_every_file_and_room_that_the_docs_name_is_there() -> None:
    named = re.findall(r"`((?:bot|digests|tests|config|docs|requirements)/[\w./-]*)`", _text("docs/extend.md"))

    assert len(named) > 20
    assert [name for name in named if not (_CHECKOUT / name).exists()] == []


def test_every_room_stands_in_the_docs() -> None:
    text = _text("docs/extend.md")
    for package in ("bot", "digests"):
        rooms = [path for path in (_CHECKOUT / package).iterdir() if (path / "__init__.py").exists()]
        files = [path for path in (_CHECKOUT / package).glob("*.py") if not path.name.startswith("__")]
        named = [*(f"`{package}/{room.name}/`" for room in rooms), *(f"`{package}/{file.name}`" for file in files)]
        missing = [name for name in named if name not in text]
        assert missing == []


def test_every_target_that_a_page_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), flags=re.MULTILINE))
    for page in _PAGES:
        for target in re.findall(r"(?:`|^ {4})make ([a-z-]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
            assert target in targets, (page.name, target)


def test_the_picture_is_small_enough_for_a_page() -> None:
    picture = _CHECKOUT / "docs/pictures/run.png"

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= 400_000


def test_no_secret_file_is_kept_in_the_repository() -> None:
    ignored = _text(".gitignore").split()

    assert {".env", "var/"} <= set(ignored)
    done = subprocess.run(
        ["git", "ls-files", ".env", "var"], cwd=_CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
