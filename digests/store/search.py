"""Search in the archive: FTS5 on SQLite, a text search index on PostgreSQL, the same words on both."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, column, func, literal_column, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import Article
from digests.store.articles import searchable
from digests.store.rows import ARTICLE_COLUMNS, article_of
from digests.store.tables import articles, sources

# The newest that hold the words, by arrival, are sorted by their time; a common beginning may stand in every article.
_CONSIDERED = 1_000
_MOST_WORDS = 32


class Search:
    """What is asked of the archive, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def find(
        self,
        folded_words: Sequence[str],
        limit: int,
        *,
        phrases: Sequence[Sequence[str]] = (),
        where: Sequence[ColumnElement[bool]] = (),
    ) -> tuple[Article, ...]:
        """Return the articles in which each of the folded words begins a word, newest first.

        The words of a phrase follow each other, the last of them as a beginning; `where` are what `only` returned.
        """
        words = [[word] for given in folded_words for word in searchable(given).split()]
        rows = [*words, *(searchable(" ".join(phrase)).split() for phrase in phrases)]
        rows = [row[:_MOST_WORDS] for row in rows if row][:_MOST_WORDS]
        if self._tx.dialect.name == "sqlite":
            return await self._newest(" ".join(f'"{" ".join(row)}"*' for row in rows), limit, where)
        return await self._newest(" & ".join(f"({' <-> '.join(row)}:*)" for row in rows), limit, where)

    async def only(
        self, *, outlet: str | None, language: str | None, since: datetime | None, until: datetime | None
    ) -> tuple[ColumnElement[bool], ...]:
        """Return conditions for `find`: the outlet by the folded beginnings of its words, the days by publication."""
        at = func.coalesce(articles.c.published_at, articles.c.fetched_at)
        conditions: list[ColumnElement[bool]] = []
        if outlet is not None:
            rows = await self._tx.execute(select(sources.c.id, sources.c.outlet, sources.c.title))
            mine = [row.id for row in rows if _begins(outlet, f"{row.outlet or ''} {row.title}")]
            conditions.append(articles.c.source.in_(mine))
        if language is not None:
            conditions.append(articles.c.language == language)
        if since is not None:
            conditions.append(at >= since)
        if until is not None:
            conditions.append(at < until)
        return tuple(conditions)

    async def with_any(self, keys: Sequence[str], limit: int) -> tuple[Article, ...]:
        """Return the articles that hold at least one of the keys as a whole word, newest first."""
        words = [word for given in dict.fromkeys(keys) for word in searchable(given).split()]
        if self._tx.dialect.name == "sqlite":
            return await self._newest(" OR ".join(f'"{word}"' for word in words), limit)
        return await self._newest(" | ".join(words), limit)

    async def _newest(self, query: str, limit: int, where: Sequence[ColumnElement[bool]] = ()) -> tuple[Article, ...]:
        """`query` holds nothing but letters, digits and our own operators, so nothing asked can change its meaning."""
        if not query:
            return ()
        holds = (
            select(articles.c.row)
            .where(self._match(query), *where)
            .order_by(articles.c.row.desc())
            .limit(max(limit, _CONSIDERED))
        )
        at = func.coalesce(articles.c.published_at, articles.c.fetched_at)
        rows = await self._tx.execute(
            select(*ARTICLE_COLUMNS)
            .where(articles.c.row.in_(holds.scalar_subquery()))
            .order_by(at.desc(), articles.c.row.desc())
            .limit(limit)
        )
        return tuple(article_of(row) for row in rows.mappings())

    def _match(self, query: str) -> ColumnElement[bool]:
        if self._tx.dialect.name == "postgresql":
            return SEARCHED.op("@@")(func.to_tsquery(literal_column("'simple'"), query))
        index = table("articles_search", column("rowid"))
        found = select(index.c.rowid).where(text("articles_search MATCH :query").bindparams(query=query))
        return articles.c.row.in_(found)


def _begins(asked: str, outlet: str) -> bool:
    there = searchable(outlet).split()
    return all(any(word.startswith(each) for word in there) for each in asked.split())


# The very expression of the index in the first migration: PostgreSQL uses the index for no other.
SEARCHED: ColumnElement[str] = literal_column("to_tsvector('simple', left(folded, 200000))")
