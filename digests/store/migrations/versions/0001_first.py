"""The first schema.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# The rowid alias that SQLite's search index needs; PostgreSQL counts it by itself.
_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# FTS5 over the articles' own column: it keeps no second copy of the text, so it must be told what is taken away.
_SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE articles_search USING fts5("
    "folded, content='articles', content_rowid='row', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER articles_search_added AFTER INSERT ON articles BEGIN "
    "INSERT INTO articles_search(rowid, folded) VALUES (new.row, new.folded); END",
    "CREATE TRIGGER articles_search_removed AFTER DELETE ON articles BEGIN "
    "INSERT INTO articles_search(articles_search, rowid, folded) VALUES ('delete', old.row, old.folded); END",
    "CREATE TRIGGER articles_search_changed AFTER UPDATE OF folded ON articles BEGIN "
    "INSERT INTO articles_search(articles_search, rowid, folded) VALUES ('delete', old.row, old.folded); "
    "INSERT INTO articles_search(rowid, folded) VALUES (new.row, new.folded); END",
)

# A tsvector holds at most 1 MB: of a longer text the beginning is searched.
_POSTGRESQL_SEARCH = (
    "CREATE INDEX ix_articles_search ON articles USING gin (to_tsvector('simple', left(folded, 200000)))",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("row", _ROW, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=True),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_audit"),
    )
    op.create_table(
        "chats",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("quiet", sa.String(length=16), nullable=True),
        sa.Column("neutral", sa.Boolean(), nullable=False),
        sa.Column("protect", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("state_since", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
        sa.UniqueConstraint("key_hash", name="uq_chats_key_hash"),
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )
    op.create_table(
        "inbox",
        sa.Column("row", _ROW, autoincrement=True, nullable=False),
        sa.Column("front", sa.String(length=64), nullable=False),
        sa.Column("update", sa.String(length=128), nullable=False),
        sa.Column("chat_hash", sa.String(length=64), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_inbox"),
        sa.UniqueConstraint("front", "update", name="uq_inbox_front_update"),
    )
    op.create_index("ix_inbox_chat", "inbox", ["chat_hash", "done_at", "row"], unique=False)
    op.create_index("ix_inbox_waiting", "inbox", ["done_at", "row"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name="pk_invitations"),
    )
    op.create_table(
        "lanes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("down", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_lanes"),
    )
    op.create_table(
        "marks",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_marks"),
    )
    op.create_table(
        "patterns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patterns"),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("fetch_pages", sa.Boolean(), nullable=False),
        sa.Column("validators", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_success_at", sa.BigInteger(), nullable=True),
        sa.Column("next_poll_at", sa.BigInteger(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("kind", "address", name="uq_sources_kind_address"),
    )
    op.create_index("ix_sources_due", "sources", ["enabled", "next_poll_at"], unique=False)
    op.create_table(
        "stories",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
    op.create_table(
        "surname_use",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_surname_use"),
    )
    op.create_table(
        "articles",
        sa.Column("row", _ROW, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("revises", sa.String(length=64), nullable=True),
        sa.Column("copy_of", sa.String(length=64), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("stuck", sa.JSON(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("features", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_articles_source_sources"),
        sa.PrimaryKeyConstraint("row", name="pk_articles"),
        sa.UniqueConstraint("id", name="uq_articles_id"),
        sa.UniqueConstraint("source", "identity", "edition", name="uq_articles_source_identity_edition"),
    )
    op.create_index("ix_articles_fetched", "articles", ["fetched_at"], unique=False)
    op.create_index("ix_articles_stage", "articles", ["stage", "silent", "row"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("row", _ROW, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("of", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.String(length=64), nullable=True),
        sa.Column("last", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_deliveries_chat_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row", name="pk_deliveries"),
        sa.UniqueConstraint("id", name="uq_deliveries_id"),
    )
    op.create_index("ix_deliveries_chat", "deliveries", ["chat", "lane", "state", "rank", "row"], unique=False)
    op.create_index("ix_deliveries_claim", "deliveries", ["lane", "state", "rank", "row"], unique=False)
    op.create_index("ix_deliveries_next", "deliveries", ["lane", "state", "not_before", "row"], unique=False)
    op.create_table(
        "lists",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["chats.id"], name="fk_lists_owner_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_lists"),
    )
    op.create_index("ix_lists_owner", "lists", ["owner"], unique=False)
    op.create_table(
        "seen",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("flips", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_seen_source_sources", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", "identity", name="pk_seen"),
    )
    op.create_index("ix_seen_hash", "seen", ["source", "hash"], unique=False)
    op.create_table(
        "story_mutes",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("story", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_story_mutes_chat_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat", "story", name="pk_story_mutes"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("when", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("next_due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_subscriptions_chat_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_chat", "subscriptions", ["chat"], unique=False)
    op.create_index("ix_subscriptions_next_due_at", "subscriptions", ["next_due_at"], unique=False)
    op.create_table(
        "told",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("news", sa.String(length=64), nullable=False),
        sa.Column("delivery", sa.String(length=64), nullable=False),
        sa.Column("of", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_told_chat_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat", "news", name="pk_told"),
    )
    op.create_index("ix_told_delivery", "told", ["delivery"], unique=False)
    op.create_table(
        "judgements",
        sa.Column("list", sa.String(length=64), nullable=False),
        sa.Column("article", sa.String(length=64), nullable=False),
        sa.Column("pattern", sa.String(length=64), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["list"], ["lists.id"], name="fk_judgements_list_lists", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("list", "article", "pattern", "start", name="pk_judgements"),
    )
    op.create_table(
        "left_out",
        sa.Column("article", sa.String(length=64), nullable=False),
        sa.Column("pattern", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_left_out_article_articles", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article", "pattern", name="pk_left_out"),
    )
    op.create_index("ix_left_out_pattern", "left_out", ["pattern"], unique=False)
    op.create_table(
        "list_follows",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("list", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_list_follows_chat_chats", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["list"], ["lists.id"], name="fk_list_follows_list_lists", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat", "list", name="pk_list_follows"),
    )
    op.create_table(
        "mentions",
        sa.Column("article", sa.String(length=64), nullable=False),
        sa.Column("pattern", sa.String(length=64), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("band", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("matched_with", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_mentions_article_articles", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article", "pattern", "start", name="pk_mentions"),
    )
    op.create_index("ix_mentions_pattern", "mentions", ["pattern"], unique=False)
    op.create_table(
        "news",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("story", sa.String(length=64), nullable=False),
        sa.Column("article", sa.String(length=64), nullable=False),
        sa.Column("status", sa.JSON(), nullable=False),
        sa.Column("adds", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_news_article_articles", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name="fk_news_story_stories"),
        sa.PrimaryKeyConstraint("id", name="pk_news"),
    )
    op.create_index("ix_news_article", "news", ["article"], unique=False)
    op.create_index("ix_news_at", "news", ["at"], unique=False)
    op.create_index("ix_news_story", "news", ["story"], unique=False)
    op.create_table(
        "parts",
        sa.Column("delivery", sa.String(length=64), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("receipt", sa.String(length=128), nullable=True),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery"], ["deliveries.id"], name="fk_parts_delivery_deliveries", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery", "index", name="pk_parts"),
    )
    op.create_table(
        "slots",
        sa.Column("subscription", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("delivery", sa.String(length=64), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription"], ["subscriptions.id"], name="fk_slots_subscription_subscriptions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscription", "slot", name="pk_slots"),
    )
    op.create_index("ix_slots_until", "slots", ["until"], unique=False)
    op.create_table(
        "story_articles",
        sa.Column("article", sa.String(length=64), nullable=False),
        sa.Column("story", sa.String(length=64), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name="fk_story_articles_article_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name="fk_story_articles_story_stories"),
        sa.PrimaryKeyConstraint("article", name="pk_story_articles"),
    )
    op.create_index("ix_story_articles_story", "story_articles", ["story"], unique=False)
    op.create_table(
        "watched_names",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("list", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("pattern", sa.String(length=64), nullable=False),
        sa.Column("near", sa.JSON(), nullable=False),
        sa.Column("never", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["list"], ["lists.id"], name="fk_watched_names_list_lists", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["pattern"], ["patterns.id"], name="fk_watched_names_pattern_patterns"),
        sa.PrimaryKeyConstraint("id", name="pk_watched_names"),
    )
    op.create_index("ix_watched_names_list", "watched_names", ["list"], unique=False)
    op.create_index("ix_watched_names_pattern", "watched_names", ["pattern"], unique=False)
    op.create_table(
        "news_names",
        sa.Column("news", sa.String(length=64), nullable=False),
        sa.Column("pattern", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["news"], ["news.id"], name="fk_news_names_news_news", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("news", "pattern", name="pk_news_names"),
    )
    op.create_index("ix_news_names_pattern", "news_names", ["pattern"], unique=False)
    op.create_table(
        "spellings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["name"], ["watched_names.id"], name="fk_spellings_name_watched_names", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", "text", "language", name="pk_spellings"),
    )
    op.create_table(
        "wishes",
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("muted_until", sa.BigInteger(), nullable=True),
        sa.Column("silence_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_wishes_chat_chats", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["name"], ["watched_names.id"], name="fk_wishes_name_watched_names", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat", "name", name="pk_wishes"),
    )
    for statement in _SQLITE_SEARCH if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL_SEARCH:
        op.execute(statement)
