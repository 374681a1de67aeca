"""The steps of the schema. A step is never changed once it is in use: the next one mends it."""

from pathlib import Path

from sqlalchemy import Connection

STEPS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""All steps, oldest first, as in `versions/` (a test holds that). Known here, so that opening needs no Alembic."""

LATEST = STEPS[-1]


def upgrade(connection: Connection) -> None:
    """Bring a database to the latest step, in the transaction of the connection."""
    # Alembic takes 0.2 s to import: only a database that needs a step pays for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, LATEST)
