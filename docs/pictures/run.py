"""Make `run.png`: what `make run` shows, drawn from its real output. Run it by hand: python docs/pictures/run.py

It needs Chromium, and does the demonstration itself, in a folder of its own.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parents[1]
_COLUMNS = 100
_ALERTS, _NAMES, _ITEMS = 2, 5, 1  # shown of each; the rest is said to be more

_THEME = TerminalTheme(
    (24, 26, 31),
    (214, 219, 229),
    [(60, 64, 72), (232, 105, 100), (126, 190, 120), (224, 178, 94), (98, 160, 234), (190, 130, 220), (86, 182, 194),
     (190, 196, 206)],
)  # fmt: skip


def main() -> None:
    """Write `run.png` beside this file."""
    with tempfile.TemporaryDirectory(prefix="haberdar-picture-") as folder:
        lines = _short(_demo(Path(folder)).replace(str(_CHECKOUT), ".").splitlines())
        console = Console(record=True, width=_COLUMNS, file=io.StringIO())
        for line in lines:
            console.print(Text.from_ansi(line), soft_wrap=True)
        svg = Path(folder, "run.svg")
        console.save_svg(str(svg), title="make run", theme=_THEME)
        _shoot(svg, Path(folder))


def _demo(folder: Path) -> str:
    """Return the output of the demonstration as a terminal of our width gets it."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo"],
        cwd=_CHECKOUT,
        env={"PATH": "/usr/bin:/bin", "HABERDAR_DATA_DIR": str(folder / "demo"), "FORCE_COLOR": "1",
             "TERM": "xterm-256color", "COLUMNS": str(_COLUMNS)},
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    # Without the line of progress, which draws over itself.
    drawn = re.sub(r"\x1b\[\?25[lh]|\x1b\[\d*[AK]", "", done.stdout)
    return "\n".join(line.rpartition("\r")[2] for line in drawn.split("\n"))


def _short(lines: list[str]) -> list[str]:
    """Return some alerts and the head and first items of the digest, with a line for what was taken out."""
    plain = [Text.from_ansi(line).plain for line in lines]
    heads = [n for n, line in enumerate(plain) if re.match(r"(alerts|digest) ─", line)]
    alerts, digest = heads[:-1], heads[-1]
    ends = dict(pairwise(heads))
    told = [n for n in alerts if "Told before" in "".join(plain[n : ends[n]])] or alerts
    shown = [line for n in told[-_ALERTS:] for line in lines[n : ends[n]]]

    blank = next(n for n in range(digest, len(plain)) if not plain[n])
    names = digest + 3  # under the rule, the title and the count
    items = [n for n in range(blank, len(plain)) if re.match(r"\d+ ", plain[n])]
    end = next(n for n in range(blank, len(plain)) if plain[n].startswith("Read: "))
    last = next(n for n in range(end, len(plain)) if not plain[n])
    return [
        *shown,
        *lines[digest : names + _NAMES],
        *_more(blank - names - _NAMES),
        *lines[blank : items[_ITEMS] if len(items) > _ITEMS else end],
        *_more(len(items) - _ITEMS),
        "",
        *lines[end:last],
    ]


def _more(count: int) -> list[str]:
    return [f"\x1b[2m… and {count} more\x1b[0m"] if count > 0 else []


def _shoot(svg: Path, folder: Path) -> None:
    """Draw the file with a browser; its fonts are this machine's, the drawing's own are on the network."""
    drawing = re.sub(r"@font-face \{.*?\}", "", svg.read_text(encoding="utf-8"), flags=re.DOTALL)
    drawing = drawing.replace("Fira Code", "DejaVu Sans Mono")
    width, height = (float(side) for side in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing).groups())  # type: ignore[union-attr]
    page = folder / "run.html"
    page.write_text(f"<body style='margin:0;background:#fff'>{drawing}</body>", encoding="utf-8")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("Chromium is needed to draw the picture")
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={round(width)},{round(height)}",
         f"--screenshot={_HERE / 'run.png'}", page.as_uri()],
        check=True,
        capture_output=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
