"""How a part of ours is run in a process of its own."""

import sys
from pathlib import Path

_ROOT = str(Path(__file__).parents[1])


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `main` of one of our modules, from whatever folder it is started."""
    program = f"import sys; sys.path.insert(0, {_ROOT!r}); from {module} import main; main()"
    return [sys.executable, "-c", program, *arguments]
