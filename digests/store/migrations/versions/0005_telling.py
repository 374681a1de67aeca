"""Alerts that wait, corrections that were told, and the silence of names.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "waits",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_waits_chat_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat", name="pk_waits"),
    )
    op.create_index("ix_waits_due_at", "waits", ["due_at"], unique=False)
    op.create_table(
        "amendments",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("of", sa.String(length=64), nullable=False),
        sa.Column("news", sa.String(length=64), nullable=False),
        sa.Column("article", sa.String(length=64), nullable=False),
        sa.Column("delivery", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_amendments_chat_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat", "of", "news", "article", name="pk_amendments"),
    )
    op.create_index("ix_told_news", "told", ["news"], unique=False)
    op.create_index("ix_list_follows_list", "list_follows", ["list"], unique=False)
    revised = sa.text("revises IS NOT NULL")
    op.create_index("ix_articles_revised", "articles", ["fetched_at"], sqlite_where=revised, postgresql_where=revised)
    with op.batch_alter_table("wishes") as wishes:
        wishes.add_column(sa.Column("silence_asked_at", sa.BigInteger(), nullable=True))
        wishes.add_column(sa.Column("silence_due_at", sa.BigInteger(), nullable=True))
        wishes.add_column(sa.Column("silence_told_at", sa.BigInteger(), nullable=True))
        wishes.create_index("ix_wishes_silence_due_at", ["silence_due_at"], unique=False)
