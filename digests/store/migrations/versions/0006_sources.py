"""The rhythm of a source: how often it gives something new, where it moved, what its owners were told of it.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COLUMNS = (
    sa.Column("since", sa.BigInteger()),
    sa.Column("last_new_at", sa.BigInteger()),
    sa.Column("rate", sa.Float(), nullable=False, server_default="0"),
    sa.Column("interval_s", sa.Integer()),
    sa.Column("missed_at", sa.BigInteger()),
    sa.Column("moved_to", sa.Text()),
    sa.Column("moved_since", sa.BigInteger()),
    sa.Column("former", sa.Text()),
    sa.Column("told", sa.String(length=16)),
)


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("sources", column)
