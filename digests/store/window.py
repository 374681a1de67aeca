"""All that a span may tell, read once: for every chat whose slot ends at the same instant."""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Table, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ArticleId, Coverage, News, NewsId, PatternId, StoryId, Telling
from digests.store.sources import Sources
from digests.store.tables import articles, left_out, mentions
from digests.store.told import Told

# A busier span is read chat by chat: a window holds the texts of its stories.
MOST_NEWS = 5_000

_Sights = Mapping[PatternId, tuple[tuple[datetime, ArticleId], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was placed up to an instant, for spans that begin at `since` or later.

    Attributes:
        news: Of each name, what may be told of it, oldest first.
        stories: Of each story of this news all articles, with all their mentions; as if no chat was told anything.
        read_at: When each article was read, oldest first.
        alike: Of each name, the articles that hold something like it, with the time they were read.
        meant: Of each name, the articles that mention it.
    """

    since: datetime
    until: datetime
    news: Mapping[PatternId, tuple[News, ...]]
    stories: Mapping[StoryId, tuple[Telling, ...]]
    coverage: Coverage
    read_at: tuple[datetime, ...]
    alike: _Sights
    meant: _Sights

    def tellings(self, added: Mapping[PatternId, datetime], since: datetime) -> tuple[Telling, ...]:
        """Return the articles of stories with news of these names, as `Told.tellings` does for a chat told nothing."""
        told_of = {
            piece.story
            for pattern, at in added.items()
            for piece in self.news.get(pattern, ())
            if piece.at > since and piece.at >= at
        }
        found = [
            replace(telling, mentions=mine)
            for story in sorted(told_of)
            for telling in self.stories[story]
            if (mine := tuple(m for m in telling.mentions if m.pattern in added))
        ]
        return tuple(sorted(found, key=lambda telling: telling.article.at))

    def coverage_since(self, since: datetime) -> Coverage:
        """Return what was read in a span that ends with the window."""
        return replace(self.coverage, articles=len(self.read_at) - bisect_right(self.read_at, since))

    def left_out(self, patterns: Collection[PatternId], since: datetime) -> int:
        """Return how many articles of a span hold something like these names, but mention none of them."""
        alike, meant = (
            {article for pattern in patterns for at, article in sights.get(pattern, ()) if at > since}
            for sights in (self.alike, self.meant)
        )
        return len(alike - meant)


async def read_window(tx: AsyncConnection, since: datetime, until: datetime) -> Window | None:
    """Return the window of a span; None where it holds more than is good to keep in mind at once."""
    told = Told(tx)
    pieces = await told.all_news(since, until, MOST_NEWS + 1)
    if len(pieces) > MOST_NEWS:
        return None
    news: dict[PatternId, list[News]] = {}
    for piece in pieces:
        for pattern in piece.names:
            news.setdefault(pattern, []).append(piece)
    stories: dict[StoryId, list[Telling]] = {}
    for telling in await told.all_tellings({piece.story for piece in pieces}, until):
        stories.setdefault(telling.story, []).append(telling)
    at = articles.c.fetched_at
    read = await tx.execute(select(at).where(at > since, at <= until).order_by(at))
    return Window(
        since=since,
        until=until,
        news={pattern: tuple(its) for pattern, its in news.items()},
        stories={story: tuple(its) for story, its in stories.items()},
        coverage=await Sources(tx).coverage(since, until),
        read_at=tuple(read.scalars()),
        alike=await _sights(tx, left_out, since, until),
        meant=await _sights(tx, mentions, since, until),
    )


def news_of(tellings: Collection[Telling]) -> tuple[NewsId, ...]:
    """Return the news of tellings, in a fixed order."""
    return tuple(sorted(telling.news.id for telling in tellings if telling.news is not None))


async def _sights(tx: AsyncConnection, table: Table, since: datetime, until: datetime) -> _Sights:
    at = articles.c.fetched_at
    in_span = and_(at > since, at <= until, articles.c.silent.is_(False))
    found: dict[PatternId, list[tuple[datetime, ArticleId]]] = {}
    query = select(table.c.pattern, at, table.c.article).distinct().join(articles, articles.c.id == table.c.article)
    for pattern, read_at, article in await tx.execute(query.where(in_span)):
        found.setdefault(pattern, []).append((read_at, article))
    return {pattern: tuple(its) for pattern, its in found.items()}
