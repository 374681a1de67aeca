"""What every command of the command line needs: the settings, the log, and an event loop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar

from bot.settings import Settings, load

if TYPE_CHECKING:
    from rich.console import Console

    from digests.engine import Engine

T = TypeVar("T")


def run(work: Coroutine[None, None, T]) -> T:
    """Run a command's work to its end."""
    return asyncio.run(work)


def screen() -> "Console":
    """Return the screen; piped, it is 100 columns wide and without colours."""
    from bot.console.send import make_console

    return make_console()


def quiet_log() -> None:
    """Let only warnings of commands reach standard error: the command's own words are what a person reads."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(message)s")


@asynccontextmanager
async def reading(settings: Settings | None = None) -> AsyncIterator["Engine"]:
    """Open the engine on the present database for looking; works beside a running service."""
    from bot.app import open_engine
    from bot.clock import SystemClock

    quiet_log()
    async with open_engine(settings or load(), SystemClock(), read_only=True) as engine:
        yield engine


@asynccontextmanager
async def changing(settings: Settings | None = None) -> AsyncIterator["Engine"]:
    """Open the engine for one short change; a running service sees it at its next look."""
    from bot.app import open_engine
    from bot.clock import SystemClock

    quiet_log()
    async with open_engine(settings or load(), SystemClock()) as engine:
        yield engine


@contextmanager
def progress(what: str, *, shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Give what shows how far long work is: a bar on a terminal, nothing where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not (shown and console.is_terminal)
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
