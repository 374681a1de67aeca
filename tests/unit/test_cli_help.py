"""The command line before it does anything: help, what it loads for that, and what it says of wrong words."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest

from bot.cli import cli
from bot.cli.ledger import span
from digests.errors import HaberdarError
from tests.shell import Shell, assert_one_line, environment

_HEAVY = ("telegram", "slack_bolt", "slack_sdk", "sqlalchemy", "aiohttp", "trafilatura", "matplotlib", "numpy")

_ALL_HELP = """
import json, sys
from bot.cli import cli
for words in json.loads(sys.argv[1]):
    try:
        cli.main([*words, "--help"])
    except SystemExit as end:
        assert end.code == 0
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def _commands(group: click.Group = cli, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        else:
            yield (*words, name)


def test_help_of_every_command_loads_no_heavy_library(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", _ALL_HELP, json.dumps(list(_commands()))],
        cwd=tmp_path,
        env=environment({}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert set(json.loads(said.stdout.splitlines()[-1])).isdisjoint(_HEAVY)


def test_every_command_says_what_it_does() -> None:
    for words in _commands():
        command: click.Command = cli
        for word in words:
            assert isinstance(command, click.Group)
            command = command.commands[word]
        assert command.help, words
        assert all(option.help for option in command.params if isinstance(option, click.Option)), words


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("frobnicate",), "No such command 'frobnicate'", id="an unknown command"),
        pytest.param(("who",), "Missing argument 'NAME'", id="nothing to look up"),
        pytest.param(("who",), "see `haberdar who --help`", id="where help is"),
        pytest.param(("who", ""), "there is no name to look for", id="an empty name"),
        pytest.param(("timeline", "   "), "there is no name to look for", id="a name of blanks"),
        pytest.param(("upcoming", "😀"), "there is no name to look for", id="a name without letters"),
        pytest.param(("search", "*"), "there is no word to look for", id="words without letters"),
        pytest.param(("who", "X", "--limit", "many"), "'many' is not a valid integer", id="no number"),
        pytest.param(("once", "--seeds", "nowhere"), "'nowhere' does not exist", id="a folder that is not there"),
        pytest.param(("deliveries", "--since", "x"), "try 12h or 3d", id="no span of time"),
        pytest.param(("names", "import", "nowhere", "--chat", "x"), "'nowhere' does not exist", id="no such file"),
        pytest.param(("feeds", "add", "x", "--stance", "good"), "'good' is not one of", id="no kind of outlet"),
    ],
)
def test_wrong_words_get_one_line(
    words: tuple[str, ...],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shell = Shell(folder=tmp_path, patch=monkeypatch, capsys=capsys)

    assert_one_line(shell(*words), says)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        pytest.param("90m", timedelta(minutes=90), id="minutes"),
        pytest.param("12h", timedelta(hours=12), id="hours"),
        pytest.param("3d", timedelta(days=3), id="days"),
        pytest.param("2w", timedelta(weeks=2), id="weeks"),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, is_: timedelta) -> None:
    assert span(text) == is_


@pytest.mark.parametrize("text", ["", "3", "d", "3y", "-3d", "3 d", "99999d"])
def test_anything_else_is_no_span(text: str) -> None:
    with pytest.raises(HaberdarError):
        span(text)
