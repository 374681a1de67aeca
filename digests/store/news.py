"""News and mentions as they are read, for the verbs that place and those that tell."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ArticleId, Mention, News, NewsId, PatternId
from digests.store.rows import mention_of, reason_of, status_of
from digests.store.tables import articles, mentions, news, news_names
from digests.store.upsert import batches

# Any fixed number: whoever commits news holds it alone, whoever reads what is untold shares it (PostgreSQL only;
# SQLite has one writer). Else news stamped before a digest's end could be committed after it, and be told by none.
NEWS_LOCK = 4_842_338


async def news_where(tx: AsyncConnection, condition: ColumnElement[bool]) -> list[News]:
    """Return the news that a condition on `news` and its `articles` takes, oldest first."""
    rows = await tx.execute(
        select(news, news_names.c.pattern)
        .join(articles, articles.c.id == news.c.article)
        .outerjoin(news_names, news_names.c.news == news.c.id)
        .where(condition)
        .order_by(news.c.at, news.c.id, news_names.c.position)
    )
    first: dict[NewsId, Any] = {}
    names: dict[NewsId, list[PatternId]] = {}
    for row in rows:
        first.setdefault(row.id, row)
        names.setdefault(row.id, []).extend([row.pattern] if row.pattern is not None else [])
    return [_news(row, tuple(names[key])) for key, row in first.items()]


async def mentions_in(
    tx: AsyncConnection, wanted: Sequence[ArticleId], patterns: frozenset[PatternId] | None
) -> dict[ArticleId, list[Mention]]:
    """Return the mentions of these patterns, or of all, in these articles, by place."""
    found: dict[ArticleId, list[Mention]] = {}
    for some in batches(wanted):
        rows = await tx.execute(
            select(mentions).where(mentions.c.article.in_(some)).order_by(mentions.c.start, mentions.c.pattern)
        )
        for row in rows.mappings():
            if patterns is None or row["pattern"] in patterns:
                found.setdefault(row["article"], []).append(mention_of(row))
    return found


def _news(row: Any, names: tuple[PatternId, ...]) -> News:
    return News(
        id=row.id,
        story=row.story,
        article=row.article,
        names=names,
        status=status_of(row.status),
        adds=reason_of(row.adds),
        at=row.at,
    )
