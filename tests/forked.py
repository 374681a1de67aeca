"""Processes of ours that begin at once: forked from one which has imported the program and done nothing else.

Imports take a second of the processor for the service, a fifth of one for the matching worker: most of what tests that
start hundreds of them would do.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from digests.matching import _work

_IMPORTED = ("bot.app", "bot.cli", "bot.logs", "bot.slack.receive", "bot.telegram.receive", "tests.read_tables")
_server = get_context("forkserver")
_server.set_forkserver_preload([*_IMPORTED, __name__])


class ForkedService:
    """A process that runs our command line, as `asyncio.subprocess.Process` would show it."""

    def __init__(self, folder: Path, environment: Mapping[str, str], log: Path, words: Sequence[str]) -> None:
        self._gone = asyncio.Event()
        self._process: ForkServerProcess = _server.Process(
            target=_live, args=(str(folder), dict(environment), str(log), tuple(words))
        )
        self._process.start()
        asyncio.get_running_loop().add_reader(self._process.sentinel, self._ends)

    @property
    def pid(self) -> int:
        """Its number, and that of its group."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its status, negative the signal that killed it; None while it runs."""
        return self._process.exitcode if self._gone.is_set() else None

    async def wait(self) -> int:
        """Return its status when it has ended."""
        await self._gone.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it ended in this moment
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def _ends(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._gone.set()


class ForkedWorker:
    """A matching worker, as `subprocess.Popen` would show it; `pipe` is where it is asked."""

    def __init__(self, pipe: Connection) -> None:
        self._process: ForkServerProcess = _server.Process(target=_work, args=(pipe,))
        self._process.start()

    @property
    def pid(self) -> int | None:
        """Its number."""
        return self._process.pid

    def poll(self) -> int | None:
        """Return its status if it has ended."""
        return self._process.exitcode

    def kill(self) -> None:
        """Kill it, if it runs."""
        with suppress(ProcessLookupError):  # it ended by itself, and nobody asked yet
            self._process.kill()

    def wait(self) -> None:
        """Wait for its end."""
        self._process.join()


def _live(folder: str, environment: Mapping[str, str], log: str, words: tuple[str, ...]) -> None:
    """Be `python -m bot` with these words, in a session, a folder and an environment of its own."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    with open(log, "ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    sys.argv = ["haberdar", *words]

    from bot.cli import main

    main()
