"""How a part of ours is run in a process of its own."""

import sys
from pathlib import Path

COLLECT_AFTER = 50_000
"""After how many new objects garbage is looked for: with Python's 700 a fifth of a start goes into such looks."""

_ROOT = str(Path(__file__).parents[1])


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `main` of one of our modules, from whatever folder it is started."""
    ready = f"import gc, sys; gc.set_threshold({COLLECT_AFTER}); sys.path.insert(0, {_ROOT!r})"
    return [sys.executable, "-c", f"{ready}; from {module} import main; main()", *arguments]
