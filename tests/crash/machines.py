"""Machines of their own: network namespaces, each joined to ours by one cable that can be pulled.

Whatever they talk to (a database, a fake service) listens with us on loopback; a relay at our end of the cable passes
it on. The addresses are those that are kept for measuring networks: 198.18.0.0/15.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Self

from sqlalchemy.engine import URL, make_url

_PIECE = 65_536


def why_none() -> str | None:
    """Return what this computer lacks for machines of their own; None when they can be made."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "network namespaces need `ip`, of iproute2"
    probe = f"haberdar-{os.getpid()}-probe"
    try:
        _ip("netns", "add", probe)
    except RuntimeError as error:
        return f"network namespaces are not allowed here: {error}"
    _ip("netns", "delete", probe)
    return None


class Machine:
    """One network namespace; `with Machine(1) as machine:`.

    Attributes:
        within: What to put before a command that is to run there.
        ours: Our end of its cable.
    """

    def __init__(self, number: int) -> None:
        self._name = f"haberdar-{os.getpid()}-{number}"
        self._cable = f"hb{os.getpid() % 1_000_000}x{number}"
        self.within = ("ip", "netns", "exec", self._name)
        self.ours, self._theirs = f"198.18.{number}.1", f"198.18.{number}.2"

    def __enter__(self) -> Self:
        """Make it, with its cable plugged in."""
        _ip("netns", "add", self._name)
        there = ("-n", self._name)
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", "cable", "netns", self._name)
        _ip("address", "add", f"{self.ours}/30", "dev", self._cable)
        _ip(*there, "address", "add", f"{self._theirs}/30", "dev", "cable")
        _ip(*there, "link", "set", "lo", "up")
        _ip(*there, "link", "set", "cable", "up")
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it; its cable goes with it."""
        _ip("netns", "delete", self._name)

    def pull_out(self) -> None:
        """Let nothing pass any more; nobody is told, as when a cable is pulled."""
        _ip("link", "set", self._cable, "down")

    def plug_in(self) -> None:
        """Let everything pass again."""
        _ip("link", "set", self._cable, "up")

    @asynccontextmanager
    async def reaches(self, host: str, port: int) -> AsyncIterator[int]:
        """Give the port at our end of the cable behind which something that listens with us is reached."""

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            is_path = host.startswith("/")
            there = asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}") if is_path else None
            far_reader, far_writer = await (there or asyncio.open_connection(host, port))
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))

        async with AsyncExitStack() as stack:
            running: set[asyncio.Task[None]] = set()

            def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                task = asyncio.create_task(relay(reader, writer))
                running.add(task)
                task.add_done_callback(running.discard)

            server = await asyncio.start_server(begin, self.ours, 0)
            stack.callback(server.close)
            try:
                yield server.sockets[0].getsockname()[1]
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def database_behind(machine: Machine, url: str) -> AsyncIterator[str]:
    """Give the address by which a machine reaches a PostgreSQL of ours, over its cable."""
    parsed = make_url(url)
    host = parsed.host or str(parsed.query.get("host", "127.0.0.1"))
    async with machine.reaches(host, parsed.port or 5432) as port:
        over: URL = parsed.set(host=machine.ours, port=port, query={})
        yield over.render_as_string(hide_password=False)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
