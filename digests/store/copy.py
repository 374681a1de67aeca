"""Backup and restore of the SQLite database."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from digests.errors import StoreError
from digests.store.db import hold_lock
from digests.store.migrations import STEPS

_LOG_FILES = ("-wal", "-shm")


def backup_sqlite(url: str, target: Path) -> None:
    """Copy the database into a new file, whole and consistent, beside a running service; `StoreError` if it cannot."""
    source = _file(url)
    if not source.is_file():
        raise StoreError(f"{source}: there is no database here; nothing to back up")
    if target.exists():
        raise StoreError(f"{target}: there is such a file already; name one that is not there")
    with _draft_of(target) as draft:
        _copy(source, draft)
        draft.rename(target)


def restore_sqlite(backup: Path, url: str, held: Sequence[Path]) -> Path | None:
    """Put a backup in the place of the database; return where the one before is kept, None if there was none.

    `StoreError` when a service runs in one of the folders that are to be `held`, or the file is no whole database of
    ours; then nothing has changed.
    """
    target = _file(url)
    _check(backup)
    with hold_lock(*held), _draft_of(target) as draft:
        _copy(backup, draft)
        kept = _set_aside(target)
        draft.rename(target)
    return kept


def _file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise StoreError("this is for the SQLite database; a PostgreSQL one is backed up with pg_dump")
    return Path(parsed.database)


def _copy(source: Path, target: Path) -> None:
    with closing(_open_read_only(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
        # One file is a whole backup: no log beside it.
        there.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _draft_of(target: Path) -> Iterator[Path]:
    """Give a file beside `target` to write into, its owner's alone; it is gone afterwards if it was not renamed."""
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise StoreError(f"{target}: cannot be written ({why}); check space and rights there") from error
    finally:
        for suffix in ("", *_LOG_FILES, "-journal"):
            with suppress(OSError):
                Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _check(backup: Path) -> None:
    try:
        with closing(_open_read_only(backup)) as connection:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
            (step,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
    except sqlite3.Error as error:
        raise StoreError(f"{backup}: no backup of ours ({error}); name a file that `db backup` wrote") from error
    if verdict != "ok":
        raise StoreError(f"{backup}: this database is damaged; name another backup")
    if step not in STEPS:
        raise StoreError(f"{backup}: it was written by a newer Haberdar (step {step}); update the program first")


def _open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _set_aside(target: Path) -> Path | None:
    if not target.exists():
        return None
    kept = next(
        path for number in range(1, 10_000) if not (path := target.with_suffix(f".before-restore-{number}.db")).exists()
    )
    # The log goes with its database: after a kill it holds what was committed last.
    for suffix in _LOG_FILES:
        with suppress(FileNotFoundError):
            Path(f"{target}{suffix}").rename(f"{kept}{suffix}")
    target.rename(kept)
    return kept
