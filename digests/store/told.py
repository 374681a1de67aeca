"""What was told to whom, and what is still to be told (T3): `told(chat, news)` is single, whatever brought it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Join, and_, delete, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.model import (
    Article,
    ArticleId,
    ChatId,
    ChatState,
    DeliveryId,
    DeliveryKind,
    Mention,
    News,
    NewsId,
    PatternId,
    Stage,
    Status,
    StoryId,
    Telling,
)
from digests.store.news import NEWS_LOCK, mentions_in, news_where
from digests.store.rows import ARTICLE_COLUMNS, article_of, status_of
from digests.store.tables import (
    articles,
    chats,
    list_follows,
    lists,
    news,
    news_names,
    story_articles,
    told,
    waits,
    watched_names,
)
from digests.store.upsert import add_once, batches

_NONE_NEWER: Mapping[ArticleId, Article] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """When a chat was told a piece of news, by which delivery and of what kind."""

    at: datetime
    by: DeliveryId
    of: DeliveryKind


class Told:
    """What was told and is to be told, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def tell(
        self, chat: ChatId, news_ids: Sequence[NewsId], delivery: DeliveryId, of: DeliveryKind, now: datetime
    ) -> None:
        """Mark news as told to a chat by a delivery; `StoreError` when any of it was told before."""
        for each in news_ids:
            row = {"chat": chat, "news": each, "delivery": delivery, "of": of.value, "at": now}
            if not await add_once(self._tx, told, row):
                raise StoreError(f"news {each} was told to this chat before; nothing of this delivery is kept")

    async def is_marked(self, delivery: DeliveryId) -> bool:
        """Tell whether a delivery tells any news for the first time: a recap does not, nor one without any."""
        return await self._tx.scalar(select(told.c.news).where(told.c.delivery == delivery).limit(1)) is not None

    async def untell(self, delivery: DeliveryId) -> datetime | None:
        """Take back all marks of a delivery that reached nobody; return when the oldest of its news came."""
        mine = told.c.delivery == delivery
        oldest: datetime | None = await self._tx.scalar(
            select(func.min(news.c.at, type_=news.c.at.type)).join(told, told.c.news == news.c.id).where(mine)
        )
        await self._tx.execute(delete(told).where(mine))
        return oldest

    async def chats_to_tell(self, since: datetime, now: datetime) -> tuple[ChatId, ...]:
        """Return the active chats with alerts for which there may be news after `since` that they were not told.

        Chats for which that news waits, and was seen to, are passed over.
        """
        recent = (await self._tx.execute(select(news.c.id).where(*_tellable(since)))).scalars().all()
        found: set[ChatId] = set()
        for some in batches(recent):
            # Told apart, and from the news on: so either database reads no more than what this news touches.
            own, followed = lists.c.owner, list_follows.c.chat
            watches = _named().join(lists, lists.c.id == watched_names.c.list)
            follows = _named().join(list_follows, list_follows.c.list == watched_names.c.list)
            is_later = news.c.at >= list_follows.c.since
            for chat, source, more in ((own, watches, own.is_not(None)), (followed, follows, is_later)):
                joined = source.join(chats, chats.c.id == chat)
                query = select(chat).distinct().select_from(joined).where(more, *_is_open(chat, some, now))
                found.update((await self._tx.execute(query)).scalars())
        return tuple(sorted(found))

    async def untold(
        self, chat: ChatId, patterns: Mapping[PatternId, datetime], since: datetime, until: datetime
    ) -> tuple[News, ...]:
        """Return the news in (since, until] of these names that a chat was not told, oldest first.

        `patterns` says since when each is watched: older news is not told of it. Read this in the transaction that
        writes what is told.
        """
        pieces = await self.news_since(patterns, since, until)
        before: set[str] = set()
        for some in batches([piece.id for piece in pieces]):
            rows = await self._tx.execute(select(told.c.news).where(told.c.chat == chat, told.c.news.in_(some)))
            before.update(rows.scalars())
        return tuple(piece for piece in pieces if piece.id not in before)

    async def news_since(
        self,
        patterns: Mapping[PatternId, datetime] | Collection[PatternId],
        since: datetime,
        until: datetime,
    ) -> tuple[News, ...]:
        """Return the news in (since, until] of these names, told or not, oldest first; never that of a silent read."""
        await self._share_news()
        found: dict[NewsId, News] = {}
        for some in batches(sorted(patterns)):
            concerns = select(news_names.c.news).where(news_names.c.pattern.in_(some))
            for piece in await news_where(
                self._tx, and_(news.c.id.in_(concerns), news.c.at <= until, *_tellable(since))
            ):
                found[piece.id] = piece
        pieces = sorted(found.values(), key=lambda piece: (piece.at, piece.id))
        if not isinstance(patterns, Mapping):
            return tuple(pieces)
        return tuple(p for p in pieces if any(name in patterns and patterns[name] <= p.at for name in p.names))

    async def tellings(
        self, chat: ChatId, stories: Collection[StoryId], patterns: Collection[PatternId], until: datetime
    ) -> tuple[Telling, ...]:
        """Return the articles of these stories that mention these names and came up to `until`, oldest first.

        Each has its mentions of these names only, its news if it added any (none for a silent first read, which is
        never told), and when and how this chat was told that news. An article stands in its newest edition: what its
        outlet no longer says is not told; one whose newest edition mentions none of the names is not among them.
        """
        of_stories = [story_articles.c.story.in_(some) for some in batches(sorted(stories))]
        placed = await self._placed_in(of_stories, until)
        return await self._tellings(chat, placed, patterns, until, newest=await self._newest(placed, until))

    async def tellings_of(
        self, chat: ChatId, wanted: Sequence[ArticleId], patterns: Collection[PatternId], until: datetime
    ) -> tuple[Telling, ...]:
        """Return these articles in the same form, each as it is; one that mentions no such name is not among them."""
        placed = await self._placed_in([articles.c.id.in_(wanted)], until)
        return await self._tellings(chat, placed, patterns, until)

    async def all_news(self, since: datetime, until: datetime, limit: int) -> tuple[News, ...]:
        """Return the news in (since, until] that may be told to anybody, oldest first; up to about `limit` of it."""
        await self._share_news()
        first = select(news.c.id).where(*_tellable(since), news.c.at <= until).limit(limit)
        return tuple(await news_where(self._tx, news.c.id.in_(first)))

    async def all_tellings(self, stories: Collection[StoryId], until: datetime) -> tuple[Telling, ...]:
        """Return the articles of these stories with all their mentions, as a chat sees them that was told nothing."""
        of_stories = [story_articles.c.story.in_(some) for some in batches(sorted(stories))]
        placed = await self._placed_in(of_stories, until)
        return await self._tellings(None, placed, None, until, newest=await self._newest(placed, until))

    async def marks(self, chats_: Collection[ChatId], of_news: Collection[NewsId]) -> dict[ChatId, dict[NewsId, Mark]]:
        """Return for each of these chats what of this news it was told, when and by which delivery."""
        found: dict[ChatId, dict[NewsId, Mark]] = {}
        for some in batches(sorted(of_news), 1_000):
            query = select(told).where(told.c.chat.in_(sorted(chats_)), told.c.news.in_(some))
            for row in await self._tx.execute(query):
                found.setdefault(row.chat, {})[row.news] = Mark(at=row.at, by=row.delivery, of=DeliveryKind(row.of))
        return found

    async def alerted(
        self, chat: ChatId, of_stories: Collection[StoryId]
    ) -> dict[tuple[StoryId, PatternId], tuple[datetime, int]]:
        """Return for each of these stories and each name when this chat was last alerted to it, and how often."""
        found: dict[tuple[StoryId, PatternId], tuple[datetime, int]] = {}
        for some in batches(sorted(of_stories)):
            rows = await self._tx.execute(
                select(
                    news.c.story,
                    news_names.c.pattern,
                    func.max(told.c.at, type_=told.c.at.type),
                    func.count(told.c.delivery.distinct()),
                )
                .join(news, news.c.id == told.c.news)
                .join(news_names, news_names.c.news == news.c.id)
                .where(told.c.chat == chat, told.c.of == DeliveryKind.ALERT.value, news.c.story.in_(some))
                .group_by(news.c.story, news_names.c.pattern)
            )
            found |= {(story, pattern): (at, often) for story, pattern, at, often in rows}
        return found

    async def alerts_since(self, chat: ChatId, since: datetime) -> int:
        """Return how many alerts this chat was written since then."""
        mine = (told.c.chat == chat, told.c.of == DeliveryKind.ALERT.value, told.c.at >= since)
        return await self._tx.scalar(select(func.count(told.c.delivery.distinct())).where(*mine)) or 0

    async def statuses(
        self, chat: ChatId, patterns: Collection[PatternId], since: datetime
    ) -> set[tuple[PatternId, Status, bool]]:
        """Return the statuses in news of these names that this chat was alerted to since then."""
        found: set[tuple[PatternId, Status, bool]] = set()
        for some in batches(sorted(patterns)):
            rows = await self._tx.execute(
                select(news_names.c.pattern, news.c.status)
                .join(news, news.c.id == news_names.c.news)
                .join(told, (told.c.news == news.c.id) & (told.c.chat == chat))
                .where(news_names.c.pattern.in_(some), told.c.of == DeliveryKind.ALERT.value, told.c.at >= since)
            )
            found |= {(pattern, w.status, w.denied) for pattern, stored in rows for w in status_of(stored)}
        return found

    # ----------------------------------------------------------------------------------------------------------------

    async def _share_news(self) -> None:
        if self._tx.dialect.name == "postgresql":
            await self._tx.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": NEWS_LOCK})

    async def _tellings(
        self,
        chat: ChatId | None,
        placed: Sequence[tuple[Article, StoryId]],
        patterns: Collection[PatternId] | None,
        until: datetime,
        *,
        newest: Mapping[ArticleId, Article] = _NONE_NEWER,
    ) -> tuple[Telling, ...]:
        wanted = None if patterns is None else frozenset(patterns)
        shown = {article.id: newest.get(article.id, article) for article, _ in placed}
        found = await mentions_in(
            self._tx, [*dict.fromkeys([*shown, *(article.id for article in shown.values())])], wanted
        )
        added: dict[ArticleId, News] = {}
        marks: dict[NewsId, Any] = {}
        for some in batches([article.id for article, _ in placed if article.id in found and not article.silent]):
            added |= {piece.article: piece for piece in await news_where(self._tx, news.c.article.in_(some))}
            marks |= {} if chat is None else await self._told_marks(chat, some)
        return tuple(
            _telling(shown[article.id], story, tuple(found[shown[article.id].id]), added.get(article.id), marks)
            for article, story in placed
            if shown[article.id].id in found and not (article.id in added and added[article.id].at > until)
        )

    async def _newest(self, placed: Sequence[tuple[Article, StoryId]], until: datetime) -> dict[ArticleId, Article]:
        """Return of those of the articles that have later editions, come up to `until`, the newest."""
        old = articles.alias("old")
        later = and_(
            articles.c.source == old.c.source, articles.c.identity == old.c.identity, articles.c.edition > old.c.edition
        )
        is_there = (articles.c.stage == Stage.PLACED.value, articles.c.fetched_at <= until)
        found: dict[ArticleId, Article] = {}
        for some in batches([article.id for article, _ in placed]):
            rows = await self._tx.execute(
                select(*ARTICLE_COLUMNS, old.c.id.label("older"))
                .select_from(old.join(articles, later))
                .where(old.c.id.in_(some), *is_there)
                .order_by(articles.c.edition)
            )
            found |= {row["older"]: article_of(row) for row in rows.mappings()}
        return found

    async def _placed_in(self, wanted: Sequence[ColumnElement[bool]], until: datetime) -> list[tuple[Article, StoryId]]:
        placed: list[tuple[Article, StoryId]] = []
        for some in wanted:
            rows = await self._tx.execute(
                select(*ARTICLE_COLUMNS, story_articles.c.story)
                .join(story_articles, story_articles.c.article == articles.c.id)
                .where(some, articles.c.fetched_at <= until)
                .order_by(articles.c.row)
            )
            placed += [(article_of(row), row["story"]) for row in rows.mappings()]
        return sorted(placed, key=lambda each: each[0].at)

    async def _told_marks(self, chat: ChatId, of_articles: Sequence[ArticleId]) -> dict[NewsId, Any]:
        rows = await self._tx.execute(
            select(told)
            .join(news, news.c.id == told.c.news)
            .where(told.c.chat == chat, news.c.article.in_(of_articles))
        )
        return {row.news: row for row in rows}


def _tellable(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (news.c.at > since, news.c.silent.is_(False))


def _named() -> Join:
    """Return news with the names on lists that it concerns."""
    it = and_(watched_names.c.pattern == news_names.c.pattern, watched_names.c.removed_at.is_(None))
    return news.join(news_names, news_names.c.news == news.c.id).join(watched_names, it)


def _is_open(chat: Column[Any], some: Sequence[str], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on a chat that may be alerted to some news now."""
    was_told = select(told.c.news).where(told.c.chat == chat, told.c.news == news.c.id).exists()
    waiting = (waits.c.chat == chat, waits.c.due_at > now, waits.c.seen >= news.c.at)
    return (
        news.c.id.in_(some),
        news.c.at >= watched_names.c.added_at,
        chats.c.state == ChatState.ACTIVE.value,
        chats.c.alerts == true(),
        ~was_told,
        ~select(waits.c.chat).where(*waiting).exists(),
    )


def _telling(
    article: Article,
    story: StoryId,
    found: tuple[Mention, ...],
    piece: News | None,
    marks: Mapping[NewsId, Any],
) -> Telling:
    mark = marks.get(piece.id) if piece is not None else None
    return Telling(
        article=article,
        story=story,
        stance=article.stance,
        mentions=found,
        news=piece,
        told_at=None if mark is None else mark.at,
        told_by=None if mark is None else mark.delivery,
        told_of=None if mark is None else DeliveryKind(mark.of),
    )
