"""What chats say of mentions: "not this person", for their own list alone, until it is undone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import Article, ArticleId, Judgement, ListId, NameId, PatternId, Verdict
from digests.store.rows import ARTICLE_COLUMNS, article_of
from digests.store.tables import articles, judgements, story_articles
from digests.store.upsert import batches, put
from digests.stories.context import tells_of_another_matter


class Judgements:
    """The judgements, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def put(self, judgement: Judgement) -> None:
        """Keep a judgement; an earlier one of the same list on the same mention is replaced."""
        row = {
            "list": judgement.list,
            "article": judgement.article,
            "pattern": judgement.pattern,
            "start": judgement.start,
            "verdict": judgement.verdict.value,
            "by": judgement.by,
            "at": judgement.at,
            "undone_at": judgement.undone_at,
            "name": judgement.name,
            "learnt": list(judgement.learnt),
        }
        await put(self._tx, judgements, [row])

    async def undo(self, judgement: Judgement, at: datetime) -> None:
        """Let a judgement hold no longer; that it was said, and by whom, stays."""
        await self._tx.execute(
            update(judgements)
            .where(
                judgements.c.list == judgement.list,
                judgements.c.article == judgement.article,
                judgements.c.pattern == judgement.pattern,
                judgements.c.start == judgement.start,
            )
            .values(undone_at=at)
        )

    async def of_name(self, list_id: ListId, name: NameId) -> tuple[Judgement, ...]:
        """Return what holds of a name in a list, oldest first."""
        rows = await self._tx.execute(
            select(judgements)
            .where(judgements.c.list == list_id, judgements.c.name == name, judgements.c.undone_at.is_(None))
            .order_by(judgements.c.at, judgements.c.article, judgements.c.start)
        )
        return tuple(_judgement(row) for row in rows)

    async def others(self, list_id: ListId) -> tuple[tuple[ArticleId, NameId], ...]:
        """Return the articles that are about somebody else than one of the names, as this list says.

        These are those it judged and the others of their stories. A story may have been joined by the very name that
        was mistaken: what tells of quite another matter stays news of the right person.
        """
        judged = await self._wrong(list_id)
        texts = await self._stories_of([article for article, _ in judged])
        found: set[tuple[ArticleId, NameId]] = set()
        for wrong, name in judged:
            members = texts.get(wrong, {})
            text = members.get(wrong)
            found.update(
                (key, name) for key, each in members.items() if text and not tells_of_another_matter(text, each)
            )
        return tuple(sorted(found))

    async def _stories_of(self, wanted: Sequence[ArticleId]) -> dict[ArticleId, dict[ArticleId, Article]]:
        """Return for each article those of its story, itself among them."""
        if not wanted:
            return {}
        mine = story_articles.alias()
        members: dict[ArticleId, dict[ArticleId, Article]] = {}
        for some in batches(wanted):
            rows = await self._tx.execute(
                select(mine.c.article.label("of"), *ARTICLE_COLUMNS)
                .join(story_articles, story_articles.c.story == mine.c.story)
                .join(articles, articles.c.id == story_articles.c.article)
                .where(mine.c.article.in_(some))
            )
            for row in rows.mappings():
                members.setdefault(row["of"], {})[row["id"]] = article_of(row)
        return members

    async def _wrong(self, list_id: ListId) -> list[tuple[ArticleId, NameId]]:
        rows = await self._tx.execute(
            select(judgements.c.article, judgements.c.name)
            .distinct()
            .where(
                judgements.c.list == list_id,
                judgements.c.verdict == Verdict.NO.value,
                judgements.c.undone_at.is_(None),
            )
            .order_by(judgements.c.article, judgements.c.name)
        )
        return [(ArticleId(article), NameId(name)) for article, name in rows]


def _judgement(row: Any) -> Judgement:
    return Judgement(
        list=ListId(row.list),
        name=NameId(row.name),
        article=ArticleId(row.article),
        pattern=PatternId(row.pattern),
        start=row.start,
        verdict=Verdict(row.verdict),
        by=row.by,
        at=row.at,
        learnt=tuple(row.learnt),
        undone_at=row.undone_at,
    )
