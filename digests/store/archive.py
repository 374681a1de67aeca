"""What the archive knows of a name: the articles to look through, what they taught, and news that follows a change."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import Article, ArticleId, Mention, PatternId, StoryId
from digests.names.surnames import is_of
from digests.store.rows import ARTICLE_COLUMNS, article_of, mention_columns, mention_of
from digests.store.tables import articles, mentions, news, news_names, surname_use, watched_names
from digests.store.upsert import add_new, batches

# Of more patterns all counters are read at once: a range for each would take longer.
_ONE_BY_ONE = 50


class Archive:
    """The archive as a newly watched name sees it, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def last_row(self) -> int:
        """Return the place of the newest article in the order of arrival; 0 where there is none."""
        return await self._tx.scalar(select(func.max(articles.c.row))) or 0

    async def row_before(self, since: datetime) -> int:
        """Return the place of the newest article that had come by then; 0 where there is none."""
        return await self._tx.scalar(select(func.max(articles.c.row)).where(articles.c.fetched_at <= since)) or 0

    async def walk(self, after: int, limit: int) -> tuple[int, tuple[Article, ...]]:
        """Return the articles that came after a place in the order of arrival, and the place reached; oldest first."""
        query = select(articles.c.row, *ARTICLE_COLUMNS).where(articles.c.row > after).order_by(articles.c.row)
        rows = (await self._tx.execute(query.limit(limit))).mappings().all()
        return (rows[-1]["row"] if rows else after), tuple(article_of(row) for row in rows)

    async def naming(self, pattern: PatternId, limit: int) -> tuple[Article, ...]:
        """Return the newest articles that mention a pattern."""
        named = select(mentions.c.article).where(mentions.c.pattern == pattern)
        query = select(*ARTICLE_COLUMNS).where(articles.c.id.in_(named)).order_by(articles.c.row.desc())
        return tuple(article_of(row) for row in (await self._tx.execute(query.limit(limit))).mappings())

    async def mentions_in(self, article: ArticleId, pattern: PatternId) -> tuple[Mention, ...]:
        """Return the mentions of a pattern in one article, by place."""
        of_both = (mentions.c.article == article) & (mentions.c.pattern == pattern)
        rows = await self._tx.execute(select(mentions).where(of_both).order_by(mentions.c.start))
        return tuple(mention_of(row) for row in rows.mappings())

    async def mentions_of_all(self, wanted: Sequence[ArticleId]) -> dict[ArticleId, tuple[Mention, ...]]:
        """Return all mentions in each of these articles that has any."""
        found: dict[ArticleId, list[Mention]] = {}
        for some in batches(wanted):
            rows = await self._tx.execute(select(mentions).where(mentions.c.article.in_(some)))
            for row in rows.mappings():
                found.setdefault(ArticleId(row["article"]), []).append(mention_of(row))
        return {article: tuple(each) for article, each in found.items()}

    async def labels(self) -> dict[PatternId, str]:
        """Return how each pattern that is watched is called, by the list that added it first."""
        rows = await self._tx.execute(
            select(watched_names.c.pattern, watched_names.c.label)
            .where(watched_names.c.removed_at.is_(None))
            .order_by(watched_names.c.added_at.desc(), watched_names.c.id)
        )
        return {PatternId(pattern): label for pattern, label in rows}

    async def patterns_in(self, article: ArticleId) -> frozenset[PatternId]:
        """Return the patterns that an article mentions."""
        rows = await self._tx.execute(select(mentions.c.pattern).where(mentions.c.article == article))
        return frozenset(PatternId(key) for key in rows.scalars())

    async def keep(self, found: Sequence[Mention], taught: Mapping[str, int]) -> None:
        """Keep what stored articles hold of a name that is watched from now on, and what they taught; it is no news.

        What the stream has taught of a name that others watch stays as it is.
        """
        await add_new(self._tx, mentions, [mention_columns(mention) for mention in found])
        await add_new(self._tx, surname_use, [{"key": key, "count": count} for key, count in sorted(taught.items())])

    async def carry_news(self, before: PatternId, after: PatternId, found_in: Collection[ArticleId]) -> None:
        """Let the news of a name that was changed be news of what it is looked for by now, where that finds it too.

        What was told stays told, and what waits for a digest is not lost by a change of spelling.
        """
        for some in batches(sorted(found_in)):
            rows = await self._tx.execute(
                select(news_names.c.news, news_names.c.position)
                .join(news, news.c.id == news_names.c.news)
                .where(news_names.c.pattern == before, news.c.article.in_(some))
            )
            carried = [{"news": row.news, "pattern": after, "position": row.position} for row in rows]
            await add_new(self._tx, news_names, carried)

    async def known_as(
        self, patterns: Collection[PatternId], since: datetime
    ) -> tuple[tuple[PatternId, PatternId, StoryId], ...]:
        """Return which of these patterns were something else when news came since then, what, and in which story.

        A changed name stands in the news that was carried over to it, in the place of what it was.
        """
        before = news_names.alias()
        rows = await self._tx.execute(
            select(news_names.c.pattern, before.c.pattern, news.c.story)
            .distinct()
            .join(news, news.c.id == news_names.c.news)
            .join(before, (before.c.news == news_names.c.news) & (before.c.position == news_names.c.position))
            .where(news.c.at > since, before.c.pattern != news_names.c.pattern)
            .order_by(news_names.c.pattern, before.c.pattern, news.c.story)
        )
        wanted = frozenset(patterns)
        return tuple((PatternId(now), PatternId(then), StoryId(story)) for now, then, story in rows if now in wanted)

    async def use_of(self, patterns: Collection[PatternId]) -> dict[str, int]:
        """Return what the stream taught of these patterns alone."""
        if not patterns:
            return {}
        query = select(surname_use.c.key, surname_use.c.count)
        if len(patterns) <= _ONE_BY_ONE:
            key = surname_use.c.key
            forms = [key.between(f"A:{pattern}:", f"A:{pattern};") for pattern in sorted(patterns)]
            exact = key.in_([f"{what}:{pattern}" for what in "FC" for pattern in sorted(patterns)])
            query = query.where(or_(exact, *forms))
        wanted = frozenset(patterns)
        rows = await self._tx.execute(query)
        return {row[0]: row[1] for row in rows if is_of(row[0], wanted)}
