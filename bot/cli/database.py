"""The database at the command line: its schema, its health, and copies of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import quiet_log, run, screen
from bot.settings import load, secret, sqlite_file
from digests.errors import HaberdarError

if TYPE_CHECKING:
    from digests.store.db import Database


@click.group()
def db() -> None:
    """The database: upgrade, check, back up, restore, and copy to another engine."""


@db.command()
def upgrade() -> None:
    """Bring the schema to this version's step; `serve` and `once` do so by themselves."""
    run(_check(upgrade_first=True))


@db.command()
def check() -> None:
    """Check that the database can be read, is whole, and is of this version's step."""
    run(_check(upgrade_first=False))


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database into FILE, beside a running service if need be."""
    from digests.store.copy import backup_sqlite
    from digests.store.secrets import KEY_FILE

    settings, console = load(), screen()
    backup_sqlite(settings.database(), file)
    console.print(f"Backed up to {file}.", markup=False, soft_wrap=True)
    if settings.secret_key is None:
        key = settings.data_dir / KEY_FILE
        console.print(f"Keep {key} with it: chats are sealed with that key.", markup=False, soft_wrap=True)


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put FILE in the place of the SQLite database; the service must not run, the old one is kept beside it."""
    from digests.store.copy import restore_sqlite

    settings = load()
    kept = restore_sqlite(file, settings.database(), settings.held_folders())
    before = f" The one before is kept as {kept}." if kept else ""
    screen().print(f"Restored from {file}.{before}", markup=False, soft_wrap=True)


@db.command()
@click.option("--from", "source", required=True, help="The database to read: sqlite:///PATH or postgresql://...")
@click.option("--to", "target", required=True, help="An empty database to write to.")
def copy(source: str, target: str) -> None:
    """Copy everything into an empty database, of the same kind or not; the service must not run meanwhile."""
    run(_copy(source, target))


async def _check(*, upgrade_first: bool) -> None:
    from digests.store.health import fault_of

    async with _open(load().database(), read_only=not upgrade_first) as database:
        fault = await fault_of(database)
        kind = "SQLite" if database.kind == "sqlite" else "PostgreSQL"
    screen().print(fault or f"The {kind} database is whole and up to date.", markup=False)
    if fault:
        raise SystemExit(1)


async def _copy(source: str, target: str) -> None:
    from digests.store.db import LOCK_FILE, hold_lock
    from digests.store.transfer import copy_everything

    console = screen()
    folders = [file.parent for file in map(sqlite_file, (source, target)) if file is not None]
    used = [folder for folder in folders if (folder / LOCK_FILE).exists()]  # a service works, or has worked, there
    with hold_lock(load().data_dir, *used):
        async with _open(source, read_only=True) as here, _open(target, read_only=False) as there:
            if console.is_terminal:
                with console.status("Copying ...") as status:
                    rows = await copy_everything(here, there, lambda table, n: status.update(f"Copying {table}: {n}"))
            else:
                rows = await copy_everything(here, there, lambda _table, _rows: None)
    console.print(f"Copied {rows} rows. Set HABERDAR_DATABASE_URL to the new database, and keep the key as it is.")


@asynccontextmanager
async def _open(url: str, *, read_only: bool) -> AsyncIterator["Database"]:
    from digests.store.db import Database
    from digests.store.secrets import load_vault

    quiet_log()
    settings = load()
    file = settings.database_file()
    if read_only and url == settings.database() and file is not None and not file.is_file():
        raise HaberdarError(f"{file}: there is no database yet; `haberdar once` or `haberdar serve` makes it")
    vault = load_vault(settings.data_dir, secret(settings.secret_key))
    database = await Database.open(url, vault=vault, read_only=read_only)
    try:
        yield database
    finally:
        await database.close()
