"""When a spelling was decided on, and what judgements say of a name.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("spellings", sa.Column("decided_at", sa.BigInteger(), nullable=True))
    op.add_column("watched_names", sa.Column("unlike", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("watched_names", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("judgements", sa.Column("name", sa.String(length=64), server_default="", nullable=False))
    op.add_column("judgements", sa.Column("learnt", sa.JSON(), server_default="[]", nullable=False))
    op.create_index("ix_judgements_name", "judgements", ["list", "name"])
