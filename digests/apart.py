"""How a part of ours is run in a process of its own, and begins soon."""

import gc
import sys
from pathlib import Path

_ROOT = str(Path(__file__).parents[1])
# Imports make half a million objects and no garbage, but Python looks for it after each 700.
_SELDOM = 50_000
_USUAL = gc.get_threshold()


def collect_seldom() -> None:
    """Look for garbage seldom while a process begins."""
    gc.set_threshold(_SELDOM)


def collect_as_usual() -> None:
    """Look for garbage as often as Python does: what hostile servers leave behind would fill the memory."""
    gc.set_threshold(*_USUAL)


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `main` of one of our modules, from whatever folder it is started."""
    ready = f"import sys; sys.path.insert(0, {_ROOT!r}); from digests import apart; apart.collect_seldom()"
    program = f"{ready}; from {module} import main; apart.collect_as_usual(); main()"
    return [sys.executable, "-c", program, *arguments]
