"""Stories, mentions and news: what placing finds out (T2)."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, literal, or_, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import (
    Article,
    Found,
    Mention,
    News,
    NewsId,
    Pattern,
    PatternId,
    Placement,
    Reason,
    Stage,
    StoryId,
    make_id,
)
from digests.store.marks import Marks
from digests.store.news import NEWS_LOCK, mentions_in, news_where
from digests.store.rows import (
    ARTICLE_COLUMNS,
    article_of,
    mention_columns,
    pattern_of_json,
    reason_json,
    reason_of,
    status_json,
)
from digests.store.tables import (
    articles,
    left_out,
    mentions,
    news,
    news_names,
    patterns,
    stories,
    story_articles,
    story_mutes,
    subscriptions,
    surname_use,
    watched_names,
)
from digests.store.upsert import add_new, batches, put

_MICROSECOND = timedelta(microseconds=1)
_REMEMBERED_AT_ONCE = 500  # articles with their features: some 3 MB
PARTED_VERSION = "stories_parted"
"""The counter that is raised whenever a person takes a story apart; the service that places looks at it."""


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
        if placement.joins is not None:
            await self._join(placement.joins, placement.story)
        if news is not None:
            await self._keep_news(article, news, now)
        await self._tx.execute(
            update(articles)
            .where(articles.c.id == article.id)
            .values(stage=Stage.PLACED.value, stuck=None, copy_of=placement.copy_of, features=features)
        )

    async def withdraw(self, of_news: Sequence[NewsId], patterns: Collection[PatternId]) -> None:
        """Let the articles of this news no longer mention these names: they were only alike, and are counted so."""
        told_of = select(news.c.article).where(news.c.id.in_(of_news))
        wrong = (mentions.c.article.in_(told_of), mentions.c.pattern.in_(sorted(patterns)))
        rows = await self._tx.execute(select(mentions.c.article, mentions.c.pattern).distinct().where(*wrong))
        await add_new(self._tx, left_out, [{"article": row.article, "pattern": row.pattern} for row in rows])
        await self._tx.execute(delete(mentions).where(*wrong))

    async def news_known_as(self, known_as: str) -> tuple[tuple[NewsId, ...], tuple[PatternId, ...]] | None:
        """Return the news with this id, or of the article with it, and all names it concerns; None for no such id."""
        found = await news_where(self._tx, or_(news.c.id == known_as, news.c.article == known_as))
        if not found:
            return None
        return tuple(piece.id for piece in found), tuple({name: None for piece in found for name in piece.names})

    async def part(self, of_news: Sequence[NewsId]) -> StoryId | None:
        """Let the articles of this news be a story of their own, with their copies and editions; None if they are.

        What was told of them stays told, and whoever muted the whole has muted both. No article joins the two again.
        """
        moved = await self._printed(of_news)
        whole = moved[0].story if moved else None
        moved = [row for row in moved if row.story == whole]
        ids = [row.id for row in moved]
        stay = select(func.count()).where(story_articles.c.story == whole, story_articles.c.article.not_in(ids))
        if whole is None or not await self._tx.scalar(stay):
            return None
        parted = StoryId(make_id("story", ids[0], "parted"))
        row = {"id": parted, "title": moved[0].title, "opened_at": moved[0].at, "last_at": moved[-1].at}
        await put(self._tx, stories, [row])
        why = reason_json(Reason(key="parted"))
        mine = story_articles.c.article.in_(ids)
        await self._tx.execute(update(story_articles).where(mine).values(story=parted, reason=why))
        await self._tx.execute(update(news).where(news.c.article.in_(ids)).values(story=parted))
        muted = select(story_mutes.c.chat, literal(parted), story_mutes.c.until).where(story_mutes.c.story == whole)
        await self._tx.execute(insert(story_mutes).from_select(["chat", "story", "until"], muted))
        await Marks(self._tx).count_up(PARTED_VERSION)
        return parted

    async def parted(self) -> int:
        """Return how many times stories were taken apart."""
        return await Marks(self._tx).counter(PARTED_VERSION)

    async def has(self, story: StoryId) -> bool:
        """Tell whether there is such a story: one that joined another is no more."""
        return await self._tx.scalar(select(stories.c.id).where(stories.c.id == story)) is not None

    async def story_of(self, piece: NewsId) -> StoryId | None:
        """Return the story that a piece of news stands in now."""
        found: str | None = await self._tx.scalar(select(news.c.story).where(news.c.id == piece))
        return None if found is None else StoryId(found)

    async def watched_ids(self) -> frozenset[PatternId]:
        """Return the patterns of all names that are watched or stand in the shipped book, by their ids alone."""
        rows = await self._tx.execute(select(watched_names.c.pattern).where(watched_names.c.removed_at.is_(None)))
        return frozenset(map(PatternId, rows.scalars()))

    async def patterns(self, wanted: Collection[PatternId]) -> tuple[Pattern, ...]:
        """Return patterns by their ids, in the order of these."""
        found: list[Pattern] = []
        for some in batches(sorted(wanted)):
            query = select(patterns.c.id, patterns.c.content).where(patterns.c.id.in_(some)).order_by(patterns.c.id)
            found += [pattern_of_json(row.id, row.content) for row in await self._tx.execute(query)]
        return tuple(found)

    async def watched_patterns(self) -> tuple[Pattern, ...]:
        """Return the patterns of all names that are watched or stand in the shipped book."""
        return await self.patterns(await self.watched_ids())

    async def surname_use(self) -> dict[str, int]:
        """Return what the stream taught of surnames, as counts."""
        rows = await self._tx.execute(select(surname_use.c.key, surname_use.c.count))
        return {row[0]: row[1] for row in rows}

    async def recent_features(
        self, since: datetime, most: int, *, in_one: int = _REMEMBERED_AT_ONCE
    ) -> AsyncIterator[tuple[tuple[str, Placement, News | None], ...]]:
        """Yield features, place and news of the placed articles that came after `since`, oldest first, in parts.

        Of more than `most` the last ones are taken, and besides as many of those that name somebody: a month of a busy
        service is more than anybody remembers, but what was told is remembered longer.
        """
        there = (articles.c.fetched_at > since, articles.c.features.is_not(None))
        last = select(articles.c.row).where(*there).order_by(articles.c.row.desc()).limit(most)
        named = last.where(articles.c.id.in_(select(mentions.c.article)))
        found = {row for query in (last, named) for row in (await self._tx.execute(query)).scalars()}
        for some in batches(sorted(found), in_one):
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
                .where(articles.c.row.in_(some))
                .order_by(articles.c.row)
            )
            placed = rows.all()
            pieces = await news_where(self._tx, news.c.article.in_([row.id for row in placed]))
            added = {piece.article: piece for piece in pieces}
            yield tuple((row.features, _placement(row), added.get(row.id)) for row in placed)

    # What is counted ------------------------------------------------------------------------------------------------

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
        found = await mentions_in(self._tx, [article.id for article in newest], frozenset([pattern]))
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

    async def _printed(self, of_news: Sequence[NewsId]) -> Sequence[Any]:
        """Return the articles of this news with their copies and editions, and the story of each, oldest first."""
        told_of = select(news.c.article).where(news.c.id.in_(of_news))
        same = select(articles.c.source, articles.c.identity).where(articles.c.id.in_(told_of))
        theirs = or_(
            articles.c.id.in_(told_of),
            articles.c.copy_of.in_(told_of),
            tuple_(articles.c.source, articles.c.identity).in_(same),
        )
        at = func.coalesce(articles.c.published_at, articles.c.fetched_at)
        query = select(articles.c.id, articles.c.title, at.label("at"), story_articles.c.story).where(theirs)
        query = query.join(story_articles, story_articles.c.article == articles.c.id).order_by(at, articles.c.row)
        return (await self._tx.execute(query)).all()

    async def _learn(self, found: Found) -> None:
        counts: dict[str, int] = {}
        for key, more in found.learnt:
            counts[key] = counts.get(key, 0) + more
        rows = [{"key": key, "count": more} for key, more in sorted(counts.items())]
        await put(self._tx, surname_use, rows, lambda new: {"count": surname_use.c.count + new["count"]})

    async def _join(self, gone: StoryId, into: StoryId) -> None:
        """Move what belongs to one story to another. What was told of either stays told; of whoever muted only one
        of them, the mute ends: it would silence what was not muted.
        """
        for table in (story_articles, news):
            await self._tx.execute(update(table).where(table.c.story == gone).values(story=into))
        muted = select(story_mutes.c.chat).where(story_mutes.c.story == gone).scalar_subquery()
        one_only = (story_mutes.c.story == into, story_mutes.c.chat.not_in(muted))
        await self._tx.execute(delete(story_mutes).where(*one_only))
        await self._tx.execute(delete(story_mutes).where(story_mutes.c.story == gone))
        last_at = await self._tx.scalar(select(stories.c.last_at).where(stories.c.id == gone))
        await self._tx.execute(
            update(stories).where(stories.c.id == into, stories.c.last_at < last_at).values(last_at=last_at)
        )
        await self._tx.execute(delete(stories).where(stories.c.id == gone))

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
        await self._tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NEWS_LOCK})
        latest = await self._tx.scalar(select(func.max(subscriptions.c.since, type_=subscriptions.c.since.type)))
        return now if latest is None else max(now, latest + _MICROSECOND)


def _placement(row: Any) -> Placement:
    return Placement(
        article=row.id, story=row.story, is_new=row.is_new, reason=reason_of(row.reason), copy_of=row.copy_of
    )
