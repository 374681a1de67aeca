"""What chats say of mentions: "not this person", for their own list alone, until it is undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ArticleId, Judgement, ListId, NameId, PatternId, StoryId, Verdict
from digests.store.tables import judgements, story_articles
from digests.store.upsert import put


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

    async def others(self, list_id: ListId) -> tuple[tuple[StoryId, NameId], ...]:
        """Return the stories that this list says are about somebody else than one of its names."""
        rows = await self._tx.execute(
            select(story_articles.c.story, judgements.c.name)
            .distinct()
            .join(story_articles, story_articles.c.article == judgements.c.article)
            .where(
                judgements.c.list == list_id,
                judgements.c.verdict == Verdict.NO.value,
                judgements.c.undone_at.is_(None),
            )
            .order_by(story_articles.c.story, judgements.c.name)
        )
        return tuple((StoryId(story), NameId(name)) for story, name in rows)


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
