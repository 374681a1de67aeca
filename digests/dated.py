"""Lookups by day: what happened to a name, day by day, and what is announced of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.look import a_name, search_mentions
from digests.matching import Matcher
from digests.model import Article, ListId, Mention, WatchedName, pattern_of
from digests.names.same import is_same
from digests.store.stories import Stories
from digests.writing.timeline import DatedEvent, sayings, timeline

# The newest articles of a name that are gone through: more than a year of most names.
_MOST_ARTICLES = 300
# What is announced further ahead is seldom more than a year's name.
_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What the stored articles date beside a name.

    Attributes:
        label: As the list that holds the name writes it, else as asked.
        articles: How many stored articles name it.
        events: Oldest first, one a day.
    """

    label: str
    articles: int
    events: tuple[DatedEvent, ...]


async def timeline_of(
    tx: AsyncConnection, matcher: Matcher, asked: str, lists: Sequence[WatchedName], *, zone: ZoneInfo, limit: int
) -> Dates:
    """Return the days that the stored articles say beside a name, those of most weight."""
    return await _dated(tx, matcher, asked, lists, zone=zone, limit=limit, since=date.min, until=date.max)


async def upcoming_of(
    tx: AsyncConnection,
    matcher: Matcher,
    asked: str,
    lists: Sequence[WatchedName],
    *,
    zone: ZoneInfo,
    limit: int,
    today: date,
) -> Dates:
    """Return what is announced of a name for today or later; only what a text dates itself is announced."""
    found = await _dated(tx, matcher, asked, lists, zone=zone, limit=limit, since=today, until=today + _AHEAD)
    said = tuple(event for event in found.events if event.said)
    return Dates(label=found.label, articles=found.articles, events=said)


async def _dated(
    tx: AsyncConnection,
    matcher: Matcher,
    asked: str,
    lists: Sequence[WatchedName],
    *,
    zone: ZoneInfo,
    limit: int,
    since: date,
    until: date,
) -> Dates:
    name = next((name for name in lists if is_same(name, asked)), None)
    pattern = pattern_of(name or a_name(asked, list_id=ListId("")))
    if name:
        found = await Stories(tx).mentions_of(pattern.id, _MOST_ARTICLES)
    else:
        found = await search_mentions(tx, matcher, pattern)
    by_article: dict[Article, list[Mention]] = {}
    for mention, article in found:
        by_article.setdefault(article, []).append(mention)
    told = (
        saying
        for article, mentions in by_article.items()
        for saying in sayings(article, mentions, published=article.at.astimezone(zone).date())
    )
    events = timeline(told, limit=limit, since=since, until=until)
    return Dates(label=name.label if name else asked, articles=len(by_article), events=events)
