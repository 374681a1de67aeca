"""The database: engines, transactions, the schema's step, and the one place where its errors become ours."""

import asyncio
import ctypes
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import aiosqlite
from sqlalchemy import event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from digests.errors import StoreError
from digests.store.marks import Marks
from digests.store.migrations import LATEST, STEPS, upgrade
from digests.store.secrets import WRONG_KEY, Vault
from digests.store.turn import Turn

LOCK_FILE = "haberdar.lock"

_BUSY_MS = 10_000
_READERS = 4
# Any fixed number: whoever brings a PostgreSQL schema up to date holds it meanwhile.
_UPGRADE_LOCK = 4_842_337
_KEY_CHECK = "key_check"


class Database:
    """One database of either kind. Open it with `Database.open`, and close it.

    Attributes:
        kind: "sqlite" or "postgresql".
        vault: What seals its secrets.
    """

    def __init__(self, url: URL, *, vault: Vault, read_only: bool) -> None:
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
        self.vault = vault
        self._read_only = read_only
        self._where = _where(url)
        # SQLite has one writer at a time: waiting here costs nothing, waiting in SQLite is a poll with a deadline.
        self._writing: Turn | None = Turn() if self.kind == "sqlite" else None
        self._writer, self._reader = _sqlite_engines(url) if self.kind == "sqlite" else _postgresql_engines(url)

    @classmethod
    async def open(cls, url: str, *, vault: Vault, read_only: bool = False, upgrade: bool = True) -> "Database":
        """Open a database and bring its schema up to date (with `upgrade`); `StoreError` says in one line why not.

        With `read_only` nothing is written, and a running service is not disturbed; the database must be there.
        """
        parsed = _parse(url)
        if parsed.get_backend_name() == "sqlite":
            _find_file(Path(parsed.database or ""), make=not read_only)
        database = cls(parsed, vault=vault, read_only=read_only)
        try:
            await database._prepare(may_upgrade=upgrade and not read_only)
        except BaseException:
            await database.close()
            raise
        return database

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one unchanging state of the database, and writes nothing."""
        async with self._transaction(self._reader) as tx:
            yield tx

    @asynccontextmanager
    async def write(self, *, urgent: bool = False) -> AsyncIterator[AsyncConnection]:
        """Give one transaction: committed at the end, or undone whole by an error. Do not nest it.

        With `urgent` (a person waits, or a message is on its way) it goes before others that wait to write.
        """
        if self._read_only:
            raise StoreError(f"{self._where} was opened for reading only")
        if self._writing is None:
            async with self._transaction(self._writer) as tx:
                yield tx
            return
        async with self._writing.of(urgent=urgent), self._transaction(self._writer) as tx:
            yield tx

    async def scrub(self) -> None:
        """Take what was deleted out of SQLite's log file too; call it after a chat was forgotten."""
        if self.kind == "sqlite" and self._writing is not None and not self._read_only:
            async with self._writing.of(urgent=True), self._writer.connect() as connection:
                raw = await connection.get_raw_connection()
                # Past SQLAlchemy, which would begin a transaction first: in one, the log cannot be emptied.
                with self._plainly():
                    await raw.driver_connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    async def relax(self) -> None:
        """Give back the memory that a burst of writing took for SQLite's pages; the next burst takes it anew."""
        if self.kind == "sqlite" and self._writing is not None and not self._read_only:
            async with self._writing.of(urgent=False), self._writer.connect() as connection:
                raw = await connection.get_raw_connection()
                with self._plainly():
                    await raw.driver_connection.execute_fetchall("PRAGMA shrink_memory")  # type: ignore[union-attr]
            await asyncio.to_thread(_trim)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Any]:
        """Give one raw connection of PostgreSQL's driver, for NOTIFY; its loss is a `StoreError`."""
        import asyncpg

        try:
            connection = await self._writer.connect()
            try:
                raw = await connection.get_raw_connection()
                yield raw.driver_connection
            finally:
                # Never back into the pool: it still listens.
                await connection.invalidate()
                await connection.close()
        except (DBAPIError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise self._unreachable(error) from error

    async def step(self) -> str | None:
        """Return the schema's step, None for an empty database."""
        async with self.read() as tx:
            return await _step(tx)

    async def close(self) -> None:
        """Close every connection."""
        # The reader last: it cannot remove SQLite's log file, without which a read-only disk could not be looked into.
        await self._writer.dispose()
        await self._reader.dispose()

    async def _prepare(self, *, may_upgrade: bool) -> None:
        async with self.read() as tx:
            step = await _step(tx)
            check = await Marks(tx).get(_KEY_CHECK) if step == LATEST else None
        if step is not None and step not in STEPS:
            raise StoreError(f"the database was written by a newer Haberdar (step {step}); update the program")
        if step != LATEST and not may_upgrade:
            raise StoreError(
                f"{self._where} is at step {step or 'none'} of its schema, this program needs {LATEST}; "
                "run `haberdar db upgrade`"
            )
        if step != LATEST:
            async with self.write() as tx:
                if self.kind == "postgresql":
                    await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
                await tx.run_sync(upgrade)
                check = await Marks(tx).get(_KEY_CHECK)
        await self._check_key(check)

    async def _check_key(self, check: str | None) -> None:
        """Refuse another key at once: with it every chat would look like a new one."""
        mine = self.vault.keyed_hash(_KEY_CHECK)
        if check is None and not self._read_only:
            async with self.write() as tx:
                await Marks(tx).put(_KEY_CHECK, mine)
        elif check is not None and check != mine:
            raise StoreError(WRONG_KEY)

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await engine.connect()
        except (DBAPIError, PoolTimeout, sqlite3.Error, OSError) as error:
            raise self._unreachable(error) from error
        try:
            with self._plainly():
                async with connection.begin():
                    yield connection
        finally:
            await connection.close()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            # Its own text quotes the row, and would be logged with ours.
            raise StoreError(f"{self._where}: {_fault(error)}") from None
        except (DBAPIError, ConnectionError) as error:
            raise StoreError(f"{self._where}: {_fault(error)}") from error

    def _unreachable(self, error: Exception) -> StoreError:
        if self.kind == "sqlite":
            return StoreError(f"{self._where}: {_fault(error)}")
        return StoreError(
            f"{self._where} cannot be reached: {_fault(error)}; check HABERDAR_DATABASE_URL and the server"
        )


@contextmanager
def hold_lock(*folders: Path) -> Iterator[None]:
    """Hold folders for this process alone; `StoreError` when another one holds any of them.

    The lock is the operating system's: it ends with the process, however that dies.
    """
    with ExitStack() as held:
        for folder in {folder.resolve(): folder for folder in reversed(folders)}.values():
            held.enter_context(_hold(folder))
        yield


@contextmanager
def _hold(folder: Path) -> Iterator[None]:
    path = folder / LOCK_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("a", encoding="ascii")
    except OSError as error:
        raise StoreError(f"{folder}: the data folder cannot be written ({error.strerror}); mend its rights") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"{folder}: another Haberdar works in this folder; stop it, or use another folder"
            ) from None
        yield


def _trim() -> None:
    """Return freed memory to the system; where the C library is not GNU's, it does that by itself or not at all."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


# Engines ------------------------------------------------------------------------------------------------------------


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(_BAD_URL) from None
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    backend = parsed.drivername.partition("+")[0]
    if backend not in driver or (backend == "sqlite" and parsed.database in (None, "", ":memory:")):
        raise StoreError(_BAD_URL)
    return parsed.set(drivername=driver[backend])


_BAD_URL = (
    "the database's address cannot be read; write postgresql://USER:PASSWORD@HOST/NAME, or sqlite:///PATH for a file"
)


def _where(url: URL) -> str:
    """Name the database without its user and password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"PostgreSQL at {url.host or url.query.get('host') or 'localhost'}, database {url.database or 'unnamed'}"


def _find_file(path: Path, *, make: bool) -> None:
    if path.is_file():
        return
    if not make:
        raise StoreError(f"{path}: there is no database yet; `haberdar once` or `haberdar serve` makes it")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made here, so that it (and the log beside it, which takes its rights) is the owner's alone.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"{path}: the database cannot be made ({error.strerror}); mend the folder's rights") from error


def _sqlite_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    writer = _sqlite_engine(url, "rw", pool_size=1, max_overflow=0)
    reader = _sqlite_engine(url, "ro", pool_size=_READERS, max_overflow=_READERS)
    event.listen(writer.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(reader.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    return writer, reader


def _sqlite_engine(url: URL, mode: Literal["ro", "rw"], *, pool_size: int, max_overflow: int) -> AsyncEngine:
    address = URL.create(
        "sqlite+aiosqlite",
        database=f"file:{quote(str(Path(url.database or '').absolute()))}",
        query={"mode": mode, "uri": "true"},
    )
    engine = create_async_engine(
        address,
        pool_size=pool_size,
        max_overflow=max_overflow,
        hide_parameters=True,
        pool_reset_on_return=None,  # every transaction ends where it began; one more step in the thread for nothing
        async_creator=lambda: _connect(str(address.database), mode),
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, *_WRITER_PRAGMAS) if mode == "rw" else _PRAGMAS[1:]:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


class _Connection(aiosqlite.Connection):
    """Lets go of its lock when it is closed in the middle of a transaction, as it is when a task is cancelled.

    SQLite keeps a closed connection, with its lock, for as long as an unfinished statement of it is referred to.
    """

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what a statement returns; who is cancelled meanwhile ends after it, so no answer comes late."""
        running = asyncio.ensure_future(super()._execute(fn, *args, **kwargs))  # type: ignore[no-untyped-call]
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait({running})
            if not running.cancelled():
                running.exception()  # looked at, or asyncio complains that nobody did
            raise

    def stop(self) -> None:
        """End the thread. It answers nobody: who drops a connection does not wait, and its loop may be gone by then."""
        self._running = False
        self._tx.put_nowait((None, self._close_and_stop))

    def _close_and_stop(self) -> object:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return aiosqlite.core._STOP_RUNNING_SENTINEL

    async def close(self) -> None:
        with suppress(sqlite3.Error, ValueError):  # no transaction, or closed already
            await self.rollback()
        await super().close()


async def _connect(database: str, mode: str) -> aiosqlite.Connection:
    def connector() -> sqlite3.Connection:
        # No implicit transactions of Python's own: ours begin in the `begin` event, so that writers wait at BEGIN.
        # Nor does it keep statements: each would hold the texts and lists of names it was last given, some for ever.
        # To prepare one anew takes 4 microseconds, the way to the connection's thread and back far longer.
        return sqlite3.connect(
            f"{database}?mode={mode}",
            uri=True,
            isolation_level=None,
            timeout=_BUSY_MS / 1000,
            check_same_thread=False,
            cached_statements=0,
        )

    async def opened() -> aiosqlite.Connection:
        connection = _Connection(connector, iter_chunk_size=64)
        # A process that ends need not wait for it.
        connection._thread.daemon = True
        return await connection

    opening = asyncio.create_task(opened())
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        # Its thread would answer a loop that may be gone by then.
        await (await opening).close()
        raise


_PRAGMAS = (
    "journal_mode=WAL",
    f"busy_timeout={_BUSY_MS}",
    "foreign_keys=ON",
    "secure_delete=ON",  # what is deleted is overwritten, not only unlinked
    "synchronous=FULL",  # a mark that a send began must outlive a power cut
)
# Ids are hashes, so a minute's writing touches pages everywhere: with SQLite's own 2 MB of cache each page was read
# again and again, and written back at every fourth megabyte of the log. Memory is taken only where so much is touched.
_WRITER_PRAGMAS = ("cache_size=-65536", "wal_autocheckpoint=4000")


def _postgresql_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    try:
        engine = create_async_engine(
            url,
            pool_size=10,
            max_overflow=5,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"timeout": _CONNECT_S, "server_settings": _SERVER_SETTINGS},
        )
    except ImportError:
        raise StoreError("PostgreSQL needs the package asyncpg; install requirements/extras.txt") from None
    return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


_CONNECT_S = 10
_SERVER_SETTINGS = {
    "application_name": "haberdar",
    # A process that is stopped, or whose machine is gone, in the middle of a transaction holds its locks no longer.
    "idle_in_transaction_session_timeout": "10000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


# The schema's step and errors in plain words ------------------------------------------------------------------------


async def _step(tx: AsyncConnection) -> str | None:
    if not await tx.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return None
    found: str | None = await tx.scalar(select(text("version_num")).select_from(text("alembic_version")))
    return found


def _fault(error: Exception) -> str:
    """Say what a database error means; never its own text, which may hold values."""
    said = str(getattr(error, "orig", error)).lower()
    code = str(getattr(getattr(error, "orig", None), "sqlstate", ""))
    for signs, meaning in _MEANINGS:
        if any(sign in said or sign == code for sign in signs):
            return meaning
    if isinstance(error, OSError):
        return error.strerror or "no answer"
    return f"the database refused a step ({type(error).__name__})"


_MEANINGS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("disk is full", "no space left", "53100"), "the disk is full; make room and start again"),
    (("readonly database", "25006"), "the database is read-only; mend the rights of the file and its folder"),
    (("unable to open database",), "the file cannot be opened; mend the rights of the file and its folder"),
    (("database is locked", "table is locked"), "another program has held the database too long; stop it"),
    (("not a database", "malformed"), "the file is no database or is damaged; restore a backup"),
    (("disk i/o error",), "the disk reports an error; check it, then restore a backup if need be"),
    (("28p01", "28000"), "user name or password is not accepted"),
    (("3d000",), "there is no such database"),
    (("42501",), "the user has not the right to do this"),
    (("53300",), "it has no connection left for us"),
    (("unique constraint", "23505"), "what must be single was to be written twice"),
    (("foreign key", "23503"), "what this step refers to is gone"),
    (("40p01", "40001"), "another process changed the same thing at the same time; the step is tried again"),
    (("connection refused", "connect call failed"), "connection refused"),
    (("name or service not known", "name resolution", "nodename nor servname"), "there is no such host"),
)
