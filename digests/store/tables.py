"""The schema: one set of tables for SQLite and PostgreSQL.

Every mark that keeps us from losing or doubling something is unique *here*, not in code: `inbox`, `told`, `slots`,
`articles (source, identity, edition)`, and the memo of a source in its own row.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal_column,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time as whole microseconds since 1970: exact, sortable, and the same on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return microseconds since 1970; a naive time is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored; make it aware UTC first")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the aware UTC time."""
        return None if value is None else _EPOCH + value * _MICROSECOND


def _id() -> Column[str]:
    return Column("id", String(64), primary_key=True)


def _cascade(target: str) -> ForeignKey:
    return ForeignKey(target, ondelete="CASCADE")


# Small facts that outlive a process: the version counter that writing commands raise, learnt totals' version.
marks = Table("marks", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

sources = Table(
    "sources",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("address", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("language", String(16)),
    Column("outlet", Text, nullable=False),
    Column("stance", String(16), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("fetch_pages", Boolean, nullable=False),
    Column("validators", JSON, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text),
    Column("last_success_at", Instant),
    Column("next_poll_at", Instant),
    # A source that was taken off is kept for its articles, and never read.
    Column("removed", Boolean, nullable=False),
    # Its rhythm: what its health and the time of its next read follow from.
    Column("since", Instant),
    Column("last_new_at", Instant),
    Column("rate", Float, nullable=False, server_default="0"),
    Column("interval_s", Integer),
    Column("missed_at", Instant),
    Column("moved_to", Text),
    Column("moved_since", Instant),
    Column("former", Text),
    Column("told", String(16)),
    Column("user_agent", Text, nullable=False, server_default=""),
    UniqueConstraint("kind", "address"),
    Index("ix_sources_due", "enabled", "next_poll_at"),
)

# One row a host, so that politeness holds over processes and restarts.
hosts = Table(
    "hosts",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("not_before", Instant, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    # The rowid alias that SQLite's external-content search index needs; PostgreSQL counts it by itself.
    Column("row", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("source", String(64), ForeignKey("sources.id"), nullable=False),
    Column("identity", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    # As the text itself stated it, else as its source did when it was kept.
    Column("stance", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(16)),
    Column("published_at", Instant),
    Column("fetched_at", Instant, nullable=False),
    Column("revises", String(64)),
    Column("copy_of", String(64)),
    Column("stage", String(16), nullable=False),
    Column("stuck", JSON(none_as_null=True)),
    Column("silent", Boolean, nullable=False),
    # What makes texts alike, from which the placer's memory is rebuilt at a start.
    Column("features", Text),
    # The words of the folded title and text, and their keys: the one column that search reads, on both engines.
    Column("folded", Text, nullable=False),
    # What this edition changed: title, text or both.
    Column("changed", String(8)),
    Column("authors", JSON(none_as_null=True)),
    UniqueConstraint("source", "identity", "edition"),
    Index("ix_articles_stage", "stage", "silent", "row"),
    Index("ix_articles_fetched", "fetched_at"),
    # Later editions alone: what was told of an earlier one may be taken back.
    Index(
        "ix_articles_revised",
        "fetched_at",
        sqlite_where=literal_column("revises IS NOT NULL"),
        postgresql_where=literal_column("revises IS NOT NULL"),
    ),
)

# The first sight of each identity of a source; `hash` is that of its newest text, `flips` how often it changed.
seen = Table(
    "seen",
    metadata,
    Column("source", String(64), _cascade("sources.id"), primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("flips", Integer, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Index("ix_seen_hash", "source", "hash"),
)

stories = Table(
    "stories",
    metadata,
    _id(),
    Column("title", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)

# An article is in exactly one story: its id is the key.
story_articles = Table(
    "story_articles",
    metadata,
    Column("article", String(64), _cascade("articles.id"), primary_key=True),
    Column("story", String(64), ForeignKey("stories.id"), nullable=False, index=True),
    Column("is_new", Boolean, nullable=False),
    Column("reason", JSON, nullable=False),
)

patterns = Table("patterns", metadata, _id(), Column("content", JSON, nullable=False))

mentions = Table(
    "mentions",
    metadata,
    Column("article", String(64), _cascade("articles.id"), primary_key=True),
    Column("pattern", String(64), primary_key=True, index=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("band", String(8), nullable=False),
    Column("reason", JSON, nullable=False),
    Column("matched_with", String(32), nullable=False),
)

# Texts in which something was only alike; digests count them.
left_out = Table(
    "left_out",
    metadata,
    Column("article", String(64), _cascade("articles.id"), primary_key=True),
    Column("pattern", String(64), primary_key=True, index=True),
)

# What the stream teaches of surnames (names.surnames), as counters.
surname_use = Table(
    "surname_use",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("count", Integer, nullable=False),
)

news = Table(
    "news",
    metadata,
    _id(),
    Column("story", String(64), ForeignKey("stories.id"), nullable=False, index=True),
    Column("article", String(64), _cascade("articles.id"), nullable=False, index=True),
    Column("status", JSON, nullable=False),
    Column("adds", JSON, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    # News of a silent first read is kept for digests' background and lookups, and never told.
    Column("silent", Boolean, nullable=False),
)

news_names = Table(
    "news_names",
    metadata,
    Column("news", String(64), _cascade("news.id"), primary_key=True),
    Column("pattern", String(64), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    _id(),
    # The key is sealed and found by its keyed hash, so a stolen file does not tell who is warned of whom.
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("key", Text, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("quiet", String(16)),
    Column("neutral", Boolean, nullable=False),
    Column("protect", Boolean, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("is_group", Boolean, nullable=False),
    Column("alerts", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Column("state_since", Instant),
    Column("opened_at", Instant, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_by", String(64)),
)

lists = Table(
    "lists",
    metadata,
    _id(),
    Column("owner", String(64), _cascade("chats.id"), index=True),
    Column("title", Text, nullable=False),
)

list_follows = Table(
    "list_follows",
    metadata,
    Column("chat", String(64), _cascade("chats.id"), primary_key=True),
    Column("list", String(64), _cascade("lists.id"), primary_key=True, index=True),
    Column("since", Instant, nullable=False),
)

watched_names = Table(
    "watched_names",
    metadata,
    _id(),
    Column("list", String(64), _cascade("lists.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("label", Text, nullable=False),
    Column("pattern", String(64), ForeignKey("patterns.id"), nullable=False, index=True),
    Column("near", JSON, nullable=False),
    Column("never", JSON, nullable=False),
    Column("position", Integer, nullable=False),
    Column("added_at", Instant, nullable=False),
    # A name taken off the list is kept for Undo; only rows without an end are watched.
    Column("removed_at", Instant),
    # What judgements taught of this name, in this list alone.
    Column("unlike", JSON, nullable=False, server_default="[]"),
    Column("note", Text, nullable=False, server_default=""),
)

spellings = Table(
    "spellings",
    metadata,
    Column("name", String(64), _cascade("watched_names.id"), primary_key=True),
    Column("text", Text, primary_key=True),
    Column("language", String(16), primary_key=True),  # "" for any
    Column("position", Integer, nullable=False),
    Column("script", String(16), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("decided_by", String(64)),
    Column("active", Boolean, nullable=False),
    # Whoever is not active and undecided waits for somebody's word; decided, it is struck.
    Column("decided_at", Instant),
)

wishes = Table(
    "wishes",
    metadata,
    Column("chat", String(64), _cascade("chats.id"), primary_key=True),
    Column("name", String(64), _cascade("watched_names.id"), primary_key=True),
    Column("urgent", Boolean, nullable=False),
    Column("muted_until", Instant),
    Column("silence_days", Integer),
    # Since when its silence is watched, when it is looked at next, and when it was last told.
    Column("silence_asked_at", Instant),
    Column("silence_due_at", Instant, index=True),
    Column("silence_told_at", Instant),
)

story_mutes = Table(
    "story_mutes",
    metadata,
    Column("chat", String(64), _cascade("chats.id"), primary_key=True),
    Column("story", String(64), primary_key=True),
    Column("until", Instant, nullable=False),
)

judgements = Table(
    "judgements",
    metadata,
    Column("list", String(64), _cascade("lists.id"), primary_key=True),
    Column("article", String(64), primary_key=True),
    Column("pattern", String(64), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("verdict", String(8), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    # The name it was said of: its pattern may change, by this very judgement.
    Column("name", String(64), nullable=False, server_default=""),
    Column("learnt", JSON, nullable=False, server_default="[]"),
    Index("ix_judgements_name", "list", "name"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _id(),
    Column("chat", String(64), _cascade("chats.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("when", Text, nullable=False),
    Column("since", Instant, nullable=False, index=True),
    Column("next_due_at", Instant, index=True),
)

# Each slot of each subscription is answered exactly once: the answer is this row.
slots = Table(
    "slots",
    metadata,
    Column("subscription", String(64), _cascade("subscriptions.id"), primary_key=True),
    Column("slot", String(64), primary_key=True),
    Column("answer", String(8), nullable=False),
    Column("delivery", String(64)),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("answered_at", Instant, nullable=False),
    Index("ix_slots_until", "until"),
)

# News is told once to a chat: written in the transaction that writes its delivery.
told = Table(
    "told",
    metadata,
    Column("chat", String(64), _cascade("chats.id"), primary_key=True),
    Column("news", String(64), primary_key=True, index=True),
    Column("delivery", String(64), nullable=False, index=True),
    Column("of", String(16), nullable=False),
    Column("at", Instant, nullable=False),
)

# Alerts of a chat that wait (for the end of a burst, or of the night): news after `since` is looked at again at
# `due_at`; what came after `seen` is looked at as it comes.
waits = Table(
    "waits",
    metadata,
    Column("chat", String(64), _cascade("chats.id"), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
)

# A later edition of an article was held against what delivery `of` told: the correction's delivery, "" where it needed
# none; the article is "" where a person withdrew it.
amendments = Table(
    "amendments",
    metadata,
    Column("chat", String(64), _cascade("chats.id"), primary_key=True),
    Column("of", String(64), primary_key=True),
    Column("news", String(64), primary_key=True),
    Column("article", String(64), primary_key=True),
    Column("delivery", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)

# What a person sent us, kept before it is confirmed to the service; `update` is the service's own name for it.
inbox = Table(
    "inbox",
    metadata,
    Column("row", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("front", String(64), nullable=False),
    Column("update", String(128), nullable=False),
    Column("chat_hash", String(64), nullable=False),
    Column("request", Text, nullable=False),  # sealed
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("attempts", Integer, nullable=False),
    # Where several processes answer: until then, one of them works on it.
    Column("held_until", Instant),
    UniqueConstraint("front", "update"),
    Index("ix_inbox_waiting", "done_at", "row"),
    Index("ix_inbox_chat", "chat_hash", "done_at", "row"),
)

# A sending lane or a role that must be single: held by one owner until the lease ends, fenced by its epoch.
lanes = Table(
    "lanes",
    metadata,
    _id(),
    Column("owner", String(64)),
    Column("epoch", Integer, nullable=False),
    Column("lease_until", Instant),
    # The service's own wait for the whole token, and why the lane is down; both outlive a restart.
    Column("not_before", Instant),
    Column("down", String(64)),
)

deliveries = Table(
    "deliveries",
    metadata,
    # The order of writing: to one chat deliveries of one kind go in this order.
    Column("row", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("chat", String(64), _cascade("chats.id"), nullable=False),
    Column("of", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("lane", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("doubt", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("content", Text, nullable=False),  # sealed
    Column("reply_to", String(64)),
    Column("last", String(64)),
    Column("started_at", Instant),
    Column("settled_at", Instant),
    Index("ix_deliveries_claim", "lane", "state", "rank", "row"),
    Index("ix_deliveries_next", "lane", "state", "not_before", "row"),
    Index("ix_deliveries_chat", "chat", "lane", "state", "rank", "row"),
)

parts = Table(
    "parts",
    metadata,
    Column("delivery", String(64), _cascade("deliveries.id"), primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("text", Text, nullable=False),  # sealed
    Column("receipt", String(128)),
    Column("frozen", Boolean, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("row", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),  # sealed
    Column("chat", String(64)),
    Column("what", String(64), nullable=False),
)
