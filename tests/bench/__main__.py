"""`python -m tests.bench TASK ...` runs one measurement; `all` those whose data is there, and says what it left out."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

# Laid beside the checkout, as the protocols are; no file of it belongs to the program.
_DATA = Path(__file__).resolve().parents[3] / "shared" / "bench"
_OUT = "{out}"


class Task(NamedTuple):
    """How `all` runs a measurement: its arguments, of which paths must be there; `{out}` becomes a file or folder."""

    name: str
    arguments: tuple[str | Path, ...] = ()

    @property
    def left_out(self) -> str | None:
        """Say why it cannot be run here; None when it can."""
        if find_spec(f"tests.bench.{self.name.replace('-', '_')}") is None:
            return "there is no such measurement"
        missing = [path for path in self.arguments if isinstance(path, Path) and not path.exists()]
        return f"{missing[0]} is not there" if missing else None

    def command(self, out: Path) -> list[str]:
        """Return the arguments as they are typed."""
        return [self.name, *(str(each).replace(_OUT, str(out / self.name)) for each in self.arguments)]


_NAMES, _STORIES, _DIGESTS = _DATA / "names", _DATA / "stories" / "dev", _DATA / "digests" / "dev"

TASKS = (
    Task(
        "names",
        (
            "--watches",
            _NAMES / "watches.jsonl",
            "--docs",
            _NAMES / "docs.jsonl.xz",
            "--meta",
            _NAMES / "meta.json",
            "--out",
            _OUT,
        ),
    ),
    Task("pairs", ("--pairs", _NAMES / "pairs_dev.tsv", "--out", _OUT)),
    Task("match-speed", ("--watches", "10000", "--docs", _NAMES / "docs.jsonl.xz")),
    Task("changes", ("--watches", "10000", "--imported", "1000")),
    Task("clusters", ("--in", _STORIES / "clusters.jsonl.xz", "--out", _OUT)),
    Task("storypairs", ("--in", _STORIES / "pairs.jsonl.xz", "--out", _OUT)),
    Task("neardup", ("--in", _STORIES / "neardup.jsonl.xz", "--out", _OUT)),
    Task("xstories", ("--in", _DATA / "xstories", "--out", _OUT)),
    Task("daily", ("--in", _DIGESTS / "daily.jsonl.xz", "--out", _OUT)),
    Task("timeline", ("--in", _DIGESTS / "timeline.jsonl.xz", "--out", _OUT)),
    Task("ingest", ("--feeds", "200", "--entries", "30")),
    Task("hostile"),
    Task("load", ("--feeds", "100", "--names", "1000")),
    Task("throughput", ("--articles", "2000")),
    Task("pace", ("--chats", "1000")),
    Task("latency", ("--files", "100")),
    Task("fanout", ("--subscriptions", "20000")),
    Task("crash", ("--kills", "10", "--engine", "sqlite")),
)


def main(argv: Sequence[str]) -> int:
    """Run what is asked and return its status: 2 for what there is not."""
    task, *rest = argv or ["--help"]
    if task == "all":
        return _run_all(rest)
    module = task.replace("-", "_")
    if task.startswith(("-", "_")) or find_spec(f"tests.bench.{module}") is None:
        names = ", ".join(task.name for task in TASKS)
        sys.stderr.write(f"usage: python -m tests.bench all [TASK ...] | TASK ...; the tasks: {names}\n")
        return 0 if task == "--help" else 2
    return int(import_module(f"tests.bench.{module}").main(rest) or 0)


def _run_all(wanted: Sequence[str]) -> int:
    """Run every measurement, or those wanted, each in a process of its own: none weighs on another."""
    status = 0
    with tempfile.TemporaryDirectory(prefix="haberdar-bench-") as folder:
        for task in TASKS:
            if wanted and task.name not in wanted:
                continue
            if task.left_out:
                sys.stderr.write(f"{task.name}: left out, {task.left_out}\n")
                continue
            sys.stderr.write(f"{task.name} ...\n")
            sys.stdout.write(f"{task.name} ")
            sys.stdout.flush()
            status |= subprocess.run([sys.executable, "-m", "tests.bench", *task.command(Path(folder))]).returncode
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
