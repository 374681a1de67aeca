"""Several processes at one inbox, and the newest moment that anything told covers.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Take the step."""
    op.add_column("inbox", sa.Column("held_until", sa.BigInteger()))
    op.create_index("ix_subscriptions_since", "subscriptions", ["since"])
