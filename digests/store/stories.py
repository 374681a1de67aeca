"""Stories, mentions and news: what placing finds out (T2), and what was told of it (T3)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.model import (
    Article,
    ArticleId,
    ChatId,
    ChatState,
    DeliveryId,
    DeliveryKind,
    Found,
    Mention,
    News,
    NewsId,
    Pattern,
    PatternId,
    Placement,
    Stage,
    StoryId,
    Telling,
)
from digests.store.rows import (
    ARTICLE_COLUMNS,
    article_of,
    mention_columns,
    mention_of,
    pattern_of_json,
    reason_json,
    reason_of,
    status_json,
    status_of,
)
from digests.store.tables import (
    articles,
    chats,
    left_out,
    list_follows,
    lists,
    mentions,
    news,
    news_names,
    patterns,
    stories,
    story_articles,
    subscriptions,
    surname_use,
    told,
    watched_names,
)
from digests.store.upsert import add_new, add_once, batches, put

# Any fixed number: whoever commits news holds it alone, whoever reads what is untold shares it (PostgreSQL only;
# SQLite has one writer). Else news stamped before a digest's end could be committed after it, and be told by none.
_NEWS_LOCK = 4_842_338
_MICROSECOND = timedelta(microseconds=1)


class Stories:
    """What was found in articles, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    # What placing writes --------------------------------------------------------------------------------------------

    async def keep_placed(
        self,
        article: Article,
        found: Found,
        placement: Placement,
        news: News | None,
        features: str,
        title: str,
        *,
        now: datetime,
    ) -> None:
        """Keep all that is known of an article now, and move it to `placed`.

        Its news is stamped with `now`, or a moment later where a digest up to `now` is written already: what is told
        is what was committed between two digests, whatever an article's own dates say.
        """
        await add_new(self._tx, mentions, [mention_columns(mention) for mention in found.mentions])
        await add_new(self._tx, left_out, [{"article": article.id, "pattern": each} for each in found.left_out])
        await self._learn(found)
        await self._keep_story(article, placement, title)
        if news is not None:
            await self._keep_news(article, news, now)
        await self._tx.execute(
            update(articles)
            .where(articles.c.id == article.id)
            .values(stage=Stage.PLACED.value, stuck=None, copy_of=placement.copy_of, features=features)
        )

    async def keep_mentions(self, found: Sequence[Mention]) -> None:
        """Keep mentions of a name in articles that were placed before anybody watched it; no news comes of them."""
        await add_new(self._tx, mentions, [mention_columns(mention) for mention in found])

    async def tell(
        self, chat: ChatId, news_ids: Sequence[NewsId], delivery: DeliveryId, of: DeliveryKind, now: datetime
    ) -> None:
        """Mark news as told to a chat by a delivery; `StoreError` when any of it was told before."""
        for each in news_ids:
            row = {"chat": chat, "news": each, "delivery": delivery, "of": of.value, "at": now}
            if not await add_once(self._tx, told, row):
                raise StoreError(f"news {each} was told to this chat before; nothing of this delivery is kept")

    # What the worker is started with --------------------------------------------------------------------------------

    async def watched_patterns(self) -> tuple[Pattern, ...]:
        """Return the patterns of all names that are watched or stand in the shipped book."""
        wanted = select(watched_names.c.pattern).where(watched_names.c.removed_at.is_(None))
        rows = await self._tx.execute(
            select(patterns.c.id, patterns.c.content).where(patterns.c.id.in_(wanted)).order_by(patterns.c.id)
        )
        return tuple(pattern_of_json(row.id, row.content) for row in rows)

    async def surname_use(self) -> dict[str, int]:
        """Return what the stream taught of surnames, as counts."""
        rows = await self._tx.execute(select(surname_use.c.key, surname_use.c.count))
        return {row[0]: row[1] for row in rows}

    async def recent_features(self, since: datetime) -> tuple[tuple[str, Placement, News | None], ...]:
        """Return features, place and news of the placed articles that came after `since`, oldest first."""
        rows = await self._tx.execute(
            select(
                articles.c.id,
                articles.c.features,
                articles.c.copy_of,
                story_articles.c.story,
                story_articles.c.is_new,
                story_articles.c.reason,
            )
            .join(story_articles, story_articles.c.article == articles.c.id)
            .where(articles.c.fetched_at > since, articles.c.features.is_not(None))
            .order_by(articles.c.row)
        )
        placed = rows.all()
        added = {piece.article: piece for piece in await self._news_where(articles.c.fetched_at > since)}
        return tuple((row.features, _placement(row), added.get(row.id)) for row in placed)

    # What is to be told ---------------------------------------------------------------------------------------------

    async def chats_to_tell(self, since: datetime) -> tuple[ChatId, ...]:
        """Return the active chats with alerts for which there may be news after `since` that they were not told."""
        watches = (
            select(news_names.c.news, lists.c.owner.label("chat"))
            .join(watched_names, _names_it())
            .join(lists, lists.c.id == watched_names.c.list)
            .join(news, news.c.id == news_names.c.news)
            .where(lists.c.owner.is_not(None), news.c.at >= watched_names.c.added_at, *_tellable(since))
        )
        follows = (
            select(news_names.c.news, list_follows.c.chat)
            .join(watched_names, _names_it())
            .join(list_follows, list_follows.c.list == watched_names.c.list)
            .join(news, news.c.id == news_names.c.news)
            .where(news.c.at >= watched_names.c.added_at, news.c.at >= list_follows.c.since, *_tellable(since))
        )
        pairs = watches.union(follows).subquery()
        was_told = select(told.c.news).where(told.c.chat == pairs.c.chat, told.c.news == pairs.c.news).exists()
        rows = await self._tx.execute(
            select(chats.c.id)
            .distinct()
            .join(pairs, pairs.c.chat == chats.c.id)
            .where(chats.c.state == ChatState.ACTIVE.value, chats.c.alerts == true(), ~was_told)
            .order_by(chats.c.id)
        )
        return tuple(rows.scalars())

    async def untold(
        self, chat: ChatId, patterns: Mapping[PatternId, datetime], since: datetime, until: datetime
    ) -> tuple[News, ...]:
        """Return the news in (since, until] of these names that a chat was not told, oldest first.

        `patterns` says since when each is watched: older news is not told of it. Read this in the transaction that
        writes what is told.
        """
        pieces = await self.news_since(chat, patterns, since, until)
        before: set[str] = set()
        for some in batches([piece.id for piece in pieces]):
            rows = await self._tx.execute(select(told.c.news).where(told.c.chat == chat, told.c.news.in_(some)))
            before.update(rows.scalars())
        return tuple(piece for piece in pieces if piece.id not in before)

    async def news_since(
        self,
        chat: ChatId,  # noqa: ARG002 - whose question it is: told news comes back too, so nothing depends on it yet
        patterns: Mapping[PatternId, datetime] | Collection[PatternId],
        since: datetime,
        until: datetime,
    ) -> tuple[News, ...]:
        """Return the news in (since, until] of these names, told or not, oldest first; never that of a silent read."""
        await self._share_news()
        found: dict[NewsId, News] = {}
        for some in batches(sorted(patterns)):
            concerns = select(news_names.c.news).where(news_names.c.pattern.in_(some))
            for piece in await self._news_where(and_(news.c.id.in_(concerns), news.c.at <= until, *_tellable(since))):
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
        never told), and when and how this chat was told that news.
        """
        placed = await self._placed_in(stories, until)
        found = await self._mentions_in([article.id for article, _ in placed], frozenset(patterns))
        added: dict[ArticleId, News] = {}
        marks: dict[NewsId, Any] = {}
        for some in batches([article.id for article, _ in placed if article.id in found and not article.silent]):
            added |= {piece.article: piece for piece in await self._news_where(news.c.article.in_(some))}
            marks |= await self._told_marks(chat, some)
        return tuple(
            _telling(article, story, tuple(found[article.id]), added.get(article.id), marks)
            for article, story in placed
            if article.id in found and not (article.id in added and added[article.id].at > until)
        )

    async def left_out(self, patterns: Collection[PatternId], since: datetime, until: datetime) -> int:
        """Return how many articles of (since, until] hold something like these names, but mention none of them."""
        alike: set[str] = set()
        meant: set[str] = set()
        at = articles.c.fetched_at
        for some in batches(sorted(patterns)):
            for table, into in ((left_out, alike), (mentions, meant)):
                rows = await self._tx.execute(
                    select(table.c.article)
                    .distinct()
                    .join(articles, articles.c.id == table.c.article)
                    .where(table.c.pattern.in_(some), at > since, at <= until, articles.c.silent.is_(False))
                )
                into.update(rows.scalars())
        return len(alike - meant)

    # What is known of a name ----------------------------------------------------------------------------------------

    async def mentions_of(self, pattern: PatternId, limit: int) -> tuple[tuple[Mention, Article], ...]:
        """Return the mentions in the newest `limit` articles that name someone: newest article first, then by place."""
        at = func.coalesce(articles.c.published_at, articles.c.fetched_at)
        rows = await self._tx.execute(
            select(*ARTICLE_COLUMNS)
            .where(articles.c.id.in_(select(mentions.c.article).where(mentions.c.pattern == pattern)))
            .order_by(at.desc(), articles.c.row.desc())
            .limit(limit)
        )
        newest = [article_of(row) for row in rows.mappings()]
        found = await self._mentions_in([article.id for article in newest], frozenset([pattern]))
        return tuple((mention, article) for article in newest for mention in found[article.id])

    async def last_mentions(self, patterns: Collection[PatternId]) -> dict[PatternId, tuple[datetime, int]]:
        """Return for each name that was ever mentioned the time of its newest article, and how many there are."""
        found: dict[PatternId, tuple[datetime, int]] = {}
        at = func.coalesce(articles.c.published_at, articles.c.fetched_at)
        for some in batches(sorted(patterns)):
            rows = await self._tx.execute(
                select(
                    mentions.c.pattern,
                    func.max(at, type_=articles.c.fetched_at.type),
                    func.count(mentions.c.article.distinct()),
                )
                .join(articles, articles.c.id == mentions.c.article)
                .where(mentions.c.pattern.in_(some))
                .group_by(mentions.c.pattern)
            )
            found |= {pattern: (last, count) for pattern, last, count in rows}
        return found

    # ----------------------------------------------------------------------------------------------------------------

    async def _learn(self, found: Found) -> None:
        counts: dict[str, int] = {}
        for key, more in found.learnt:
            counts[key] = counts.get(key, 0) + more
        rows = [{"key": key, "count": more} for key, more in sorted(counts.items())]
        await put(self._tx, surname_use, rows, lambda new: {"count": surname_use.c.count + new["count"]})

    async def _keep_story(self, article: Article, placement: Placement, title: str) -> None:
        row = {"id": placement.story, "title": title, "opened_at": article.at, "last_at": article.at}
        await put(self._tx, stories, [row], lambda new: {"title": new["title"]})
        of_story = stories.c.id == placement.story
        for column, is_beyond in (
            (stories.c.opened_at, stories.c.opened_at > article.at),
            (stories.c.last_at, stories.c.last_at < article.at),
        ):
            await self._tx.execute(update(stories).where(of_story, is_beyond).values({column: article.at}))
        await self._tx.execute(
            insert(story_articles).values(
                article=article.id, story=placement.story, is_new=placement.is_new, reason=reason_json(placement.reason)
            )
        )

    async def _keep_news(self, article: Article, piece: News, now: datetime) -> None:
        await self._tx.execute(
            insert(news).values(
                id=piece.id,
                story=piece.story,
                article=piece.article,
                status=status_json(piece.status),
                adds=reason_json(piece.adds),
                at=await self._stamp(now),
                silent=article.silent,
            )
        )
        rows = [{"news": piece.id, "pattern": name, "position": i} for i, name in enumerate(piece.names)]
        await add_new(self._tx, news_names, rows)

    async def _stamp(self, now: datetime) -> datetime:
        """Return `now`; where several processes write, the first moment that nothing written covers.

        What a subscription was told up to stands in its `since`: digests, catch-ups and slots merged into either.
        """
        if self._tx.dialect.name == "sqlite":
            return now
        await self._tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NEWS_LOCK})
        latest = await self._tx.scalar(select(func.max(subscriptions.c.since, type_=subscriptions.c.since.type)))
        return now if latest is None else max(now, latest + _MICROSECOND)

    async def _share_news(self) -> None:
        if self._tx.dialect.name == "postgresql":
            await self._tx.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _NEWS_LOCK})

    async def _news_where(self, condition: ColumnElement[bool]) -> list[News]:
        rows = await self._tx.execute(
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

    async def _placed_in(self, wanted: Collection[StoryId], until: datetime) -> list[tuple[Article, StoryId]]:
        placed: list[tuple[Article, StoryId]] = []
        for some in batches(sorted(wanted)):
            rows = await self._tx.execute(
                select(*ARTICLE_COLUMNS, story_articles.c.story)
                .join(story_articles, story_articles.c.article == articles.c.id)
                .where(story_articles.c.story.in_(some), articles.c.fetched_at <= until)
                .order_by(articles.c.row)
            )
            placed += [(article_of(row), row["story"]) for row in rows.mappings()]
        return sorted(placed, key=lambda each: each[0].at)

    async def _mentions_in(
        self, wanted: Sequence[ArticleId], patterns: frozenset[PatternId]
    ) -> dict[ArticleId, list[Mention]]:
        found: dict[ArticleId, list[Mention]] = {}
        for some in batches(wanted):
            rows = await self._tx.execute(
                select(mentions).where(mentions.c.article.in_(some)).order_by(mentions.c.start, mentions.c.pattern)
            )
            for row in rows.mappings():
                if row["pattern"] in patterns:
                    found.setdefault(row["article"], []).append(mention_of(row))
        return found

    async def _told_marks(self, chat: ChatId, of_articles: Sequence[ArticleId]) -> dict[NewsId, Any]:
        rows = await self._tx.execute(
            select(told)
            .join(news, news.c.id == told.c.news)
            .where(told.c.chat == chat, news.c.article.in_(of_articles))
        )
        return {row.news: row for row in rows}


def _tellable(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (news.c.at > since, news.c.silent.is_(False))


def _names_it() -> ColumnElement[bool]:
    return and_(watched_names.c.pattern == news_names.c.pattern, watched_names.c.removed_at.is_(None))


def _placement(row: Any) -> Placement:
    return Placement(
        article=row.id, story=row.story, is_new=row.is_new, reason=reason_of(row.reason), copy_of=row.copy_of
    )


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
