"""The program as a real process: started, killed without a word, started again."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.forked import ForkedService

CHECKOUT = Path(__file__).resolve().parents[2]
_SECONDS_TO_END = 10.0
_SECONDS_TO_FOLLOW = 15.0


class Child:
    """`python -m bot serve`, one life after another; what all of them say goes to one log.

    Attributes:
        lives: How often it was started.
        deaths: How often it was killed.
        strays: Lives that left processes of their own behind, which were still there some seconds after.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        *,
        name: str = "child",
        roles: str = "",
        within: Sequence[str] = (),
        is_forked: bool = False,
    ) -> None:
        """Serve these roles, or all; the log is named after the child.

        `within` is what to put before the command. One that `is_forked` begins at once, with its imports done: for
        what starts many and asks nothing of how they begin.
        """
        self.lives = self.deaths = 0
        self.strays: list[str] = []
        self.log = folder / f"{name}.log"
        self._folder = folder
        self._settings = settings
        self._within = within
        self._is_forked = is_forked and not within
        self._roles = [argument for role in roles.split() for argument in ("--role", role)]
        # A folder without .env and config/: only what is given here is set.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self._environment = {**kept, "PYTHONPATH": str(CHECKOUT), "HABERDAR_LOG": "json", **settings}
        self._process: asyncio.subprocess.Process | ForkedService | None = None

    @property
    def is_alive(self) -> bool:
        """Tell whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def starts(self) -> None:
        """Begin a life; it leads a process group of its own, which its workers belong to."""
        words = ("serve", *self._roles)
        self._process = (
            ForkedService(self._folder, self._environment, self.log, words)
            if self._is_forked
            else await self._execs(words)
        )
        self.lives += 1

    async def _execs(self, words: Sequence[str]) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(*self._within, sys.executable, "-m", "bot", *words),
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def sibling(self, name: str, roles: str = "") -> "Child":
        """Return another process with the same settings, which does some of the work."""
        return Child(self._folder, self._settings, name=name, roles=roles, is_forked=self._is_forked)

    def falls_silent(self) -> None:
        """Stop it where it is, as a machine that hangs would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def goes_on(self) -> None:
        """Let it run again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def strike(self) -> None:
        """Kill it at this very moment, as a power cut would; nothing if it is dead already."""
        if self._process is not None and self.is_alive:
            _kill(self._process.pid)

    async def dies(self, patience: float) -> None:
        """Return when it is dead, and its workers after it; after `patience` seconds it is struck."""
        assert self._process is not None
        try:
            status = await asyncio.wait_for(self._process.wait(), patience)
        except TimeoutError:
            self.strike()
            status = await self._process.wait()
        assert status == -signal.SIGKILL, f"the child ended by itself, with status {status}:\n{self.last_words()}"
        self.deaths += 1
        await self._buries(self._process.pid)

    async def ends(self) -> int:
        """Ask it to end, and return its status."""
        assert self._process is not None
        self._process.terminate()
        try:
            return await asyncio.wait_for(self._process.wait(), _SECONDS_TO_END)
        finally:
            _kill_group(self._process.pid)

    async def is_over(self) -> None:
        """Kill whatever is still there of it."""
        if self._process is not None:
            self.strike()  # one that was just forked leads no group yet
            _kill_group(self._process.pid)
            await self._process.wait()

    def has_said(self, event: str) -> bool:
        """Tell whether its log holds an event."""
        return self.log.exists() and event in self.log.read_text(errors="replace")

    def last_words(self, lines: int = 40) -> str:
        """Return the end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    async def _buries(self, group: int) -> None:
        """Wait until its workers, who see their pipes close, are gone; one that just began must first read so far."""
        end = asyncio.get_running_loop().time() + _SECONDS_TO_FOLLOW
        while _is_there(group) and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.05)
        if _is_there(group):
            self.strays.append(f"life {self.lives}: {_names(group)}")
            _kill_group(group)


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _kill(process: int) -> None:
    # Not `Process.kill`: that asks for the status first, and the one who waits for it then gets another.
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _names(group: int) -> str:
    """Return what runs in a process group, where the system tells."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                found.append(stat.with_name("cmdline").read_text().replace("\0", " ")[-120:])
        except (OSError, IndexError, ValueError):
            continue  # it ended while we looked
    return "; ".join(found)
