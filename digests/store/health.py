"""Whether the database is whole."""

from sqlalchemy import text

from digests.store.db import Database


async def fault_of(database: Database) -> str | None:
    """Return what is wrong with the database in one line, None when it is whole. Reads every page of a SQLite file."""
    async with database.read() as tx:
        if database.kind != "sqlite":
            await tx.execute(text("select 1"))
            return None
        verdict = await tx.scalar(text("pragma quick_check(1)"))
        if verdict != "ok":
            return "the database is damaged; stop the service and restore a backup: haberdar db restore FILE"
        if (await tx.execute(text("pragma foreign_key_check"))).first() is not None:
            return "the database holds rows that belong to nothing; restore a backup: haberdar db restore FILE"
    return None
