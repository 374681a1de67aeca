"""Who wrote an article, and what a new edition of it changed.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("articles", sa.Column("changed", sa.String(8)))
    op.add_column("articles", sa.Column("authors", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    op.drop_column("articles", "authors")
    op.drop_column("articles", "changed")
