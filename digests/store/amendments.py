"""Which told news a later edition of its article was held against, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Join, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import ArticleId, ChatId, ChatState, DeliveryId, DeliveryKind, NewsId, Stage
from digests.store.tables import amendments, articles, chats, news, slots, told
from digests.store.upsert import add_once, batches

_TELLING = (DeliveryKind.ALERT.value, DeliveryKind.DIGEST.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """Told news whose article has a later edition that nobody held against it yet.

    Attributes:
        of: The delivery that told it.
        old: The article as it was told.
        new: Its later edition.
    """

    chat: ChatId
    of: DeliveryId
    news: NewsId
    old: ArticleId
    new: ArticleId
    edition: int


class Amendments:
    """What was corrected, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def chats_to_correct(self, since: datetime) -> tuple[ChatId, ...]:
        """Return the active chats that were told of an article with an edition read after `since`."""
        later = select(articles.c.id).where(articles.c.revises.is_not(None), articles.c.fetched_at > since)
        found: set[ChatId] = set()
        for some in batches((await self._tx.execute(later)).scalars().all()):
            query = select(told.c.chat).distinct().select_from(_revised().join(chats, chats.c.id == told.c.chat))
            is_active = chats.c.state == ChatState.ACTIVE.value
            rows = await self._tx.execute(query.where(articles.c.id.in_(some), *_is_open(since), is_active))
            found.update(rows.scalars())
        return tuple(sorted(found))

    async def revised(self, chat: ChatId, since: datetime) -> tuple[Revised, ...]:
        """Return what this chat was told and a later edition may take back, the oldest edition first."""
        rows = await self._tx.execute(
            select(
                told.c.delivery,
                told.c.news,
                _old.c.id.label("old"),
                articles.c.id.label("new"),
                articles.c.edition,
            )
            .select_from(_revised())
            .where(told.c.chat == chat, *_is_open(since))
            .order_by(articles.c.edition, told.c.delivery, told.c.news)
        )
        return tuple(
            Revised(chat=chat, of=row.delivery, news=row.news, old=row.old, new=row.new, edition=row.edition)
            for row in rows
        )

    async def last(self, chat: ChatId, of: DeliveryId, news_id: NewsId) -> tuple[ArticleId, DeliveryId] | None:
        """Return the last correction of told news: the edition it tells ("" where withdrawn), and its delivery."""
        mine = (amendments.c.chat == chat, amendments.c.of == of, amendments.c.news == news_id)
        row = (
            await self._tx.execute(
                select(amendments.c.article, amendments.c.delivery)
                .where(*mine, amendments.c.delivery != "")
                .order_by(amendments.c.at.desc(), amendments.c.delivery)
                .limit(1)
            )
        ).first()
        return None if row is None else (row.article, row.delivery)

    async def note(self, each: Revised, delivery: DeliveryId | None, now: datetime) -> bool:
        """Note by which delivery it was corrected, or that it needed none; False when it was noted before."""
        row = {
            "chat": each.chat,
            "of": each.of,
            "news": each.news,
            "article": each.new,
            "delivery": delivery or "",
            "at": now,
        }
        return await add_once(self._tx, amendments, row)

    async def tellers(self, news_ids: Sequence[NewsId]) -> tuple[tuple[ChatId, DeliveryId, NewsId], ...]:
        """Return by which delivery each chat was told any of this news."""
        rows = await self._tx.execute(
            select(told.c.chat, told.c.delivery, told.c.news)
            .where(told.c.news.in_(news_ids), told.c.of.in_(_TELLING))
            .order_by(told.c.chat, told.c.delivery, told.c.news)
        )
        return tuple((row.chat, row.delivery, row.news) for row in rows)

    async def hand_over(self, old: DeliveryId, new: DeliveryId) -> None:
        """Let what one delivery tells be told by the one that takes its place."""
        await self._tx.execute(update(told).where(told.c.delivery == old).values(delivery=new))
        await self._tx.execute(update(slots).where(slots.c.delivery == old).values(delivery=new))


_old = articles.alias("old")


def _revised() -> Join:
    """Return told news joined with the later editions of its article."""
    later = (articles.c.source == _old.c.source) & (articles.c.identity == _old.c.identity)
    return (
        articles.join(_old, later & (_old.c.edition < articles.c.edition))
        .join(news, news.c.article == _old.c.id)
        .join(told, told.c.news == news.c.id)
    )


def _is_open(since: datetime) -> tuple[ColumnElement[bool], ...]:
    seen = (
        (amendments.c.chat == told.c.chat) & (amendments.c.of == told.c.delivery) & (amendments.c.news == told.c.news)
    )
    return (
        articles.c.revises.is_not(None),
        articles.c.fetched_at > since,
        articles.c.stage == Stage.PLACED.value,
        told.c.of.in_(_TELLING),
        ~select(amendments.c.chat).where(seen, amendments.c.article == articles.c.id).exists(),
    )
