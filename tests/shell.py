"""The command line as a person types it: in this process, or as one of its own where the process is the point."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.cli import main

CHECKOUT = Path(__file__).resolve().parents[1]
BOOK = CHECKOUT / "config/names.toml"


ARTICLE = """Lawyers are cautioned

Security officials handed a caution to the lawyer Emil Kurbedinov on 6 November.

The newsroom retold it in one paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said, and its status."""

    status: int
    out: str
    err: str


@dataclass(slots=True, kw_only=True)
class Shell:
    """A folder with nothing of ours in it but what a test puts there.

    Attributes:
        variables: Set in the environment of every command, by their whole names.
    """

    folder: Path
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    variables: dict[str, str] = field(default_factory=lambda: {"HABERDAR_NAMES_FILE": str(BOOK)})

    def __call__(self, *words: str, **variables: str) -> Said:
        """Run a command here; `variables` are settings by their keys (`data_dir`)."""
        self.patch.chdir(self.folder)
        for name in [name for name in os.environ if name.startswith("HABERDAR_")]:
            self.patch.delenv(name)
        for name, value in (self.variables | _upper(variables)).items():
            self.patch.setenv(name, value)
        self.patch.setattr(sys, "argv", ["haberdar", *words])
        self.capsys.readouterr()
        try:
            main()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        out, err = self.capsys.readouterr()
        return Said(status=status, out=out, err=err)


def run_alone(
    folder: Path, *words: str, under: Sequence[str] = (), settings: Mapping[str, str] = MappingProxyType({})
) -> Said:
    """Run a command as a process of its own, `under` another program if one is given; at most a minute."""
    done = subprocess.run(  # the words are ours
        [*under, sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Said(status=done.returncode, out=done.stdout, err=done.stderr)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with these settings, by their keys, and no others."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(CHECKOUT), "HABERDAR_NAMES_FILE": str(BOOK), **_upper(settings)}


def files_under(folder: Path) -> set[str]:
    """Return the paths of all that stands in a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def assert_one_line(said: Said, *holds: str) -> None:
    """Hold that a command ended for what a person caused: status 2, one line that names it, and no traceback."""
    assert said.status == 2, said
    assert said.err.count("\n") == 1, said.err
    assert said.err.startswith("haberdar: "), said.err
    for words in holds:
        assert words in said.err


def _upper(settings: Mapping[str, str]) -> dict[str, str]:
    return {f"HABERDAR_{key.upper()}": value for key, value in settings.items()}
