"""Who we say we are to a source, where that is not what we say to all.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("sources", sa.Column("user_agent", sa.Text(), nullable=False, server_default=""))
