"""Articles as they may be told to a chat that watches three invented people."""

from datetime import datetime, timedelta
from typing import Any

from digests.model import (
    Article,
    Band,
    Coverage,
    Digest,
    News,
    NewsId,
    Reason,
    StoryId,
    Telling,
    WatchedName,
    Watching,
    pattern_of,
)
from digests.writing.compose import compose_digest
from tests.builders import NOW, article, mention, watched_name, watching

ARSLAN = watched_name("Arslan Bozdaliev")
YUNUS = watched_name("Yunus Karasuvat")
HALYNA = watched_name("Halyna Vitrolom")
ALL = (ARSLAN, YUNUS, HALYNA)
COVERAGE = Coverage(articles=3, sources_read=1, sources=1)
SINCE = NOW - timedelta(days=1)


def a_telling(
    text: str, *, number: int = 1, story: str = "s1", hours: float = -2, adds: str = "first", **given: Any
) -> Telling:
    """Return an article that names whom its text names, with news on all of them (`adds=""`: none)."""
    at = NOW + timedelta(hours=hours)
    of = article(
        identity=f"https://outlet.example/{number}",
        outlet=given.pop("outlet", f"Outlet {number}"),
        title="",
        text=text,
        published_at=at,
        fetched_at=at,
        language=given.pop("language", "en"),
        copy_of=given.pop("copy_of", None),
        silent=given.pop("silent", False),
    )
    named = [name for name in ALL if name.label in text]
    band = given.pop("band", Band.SURE)
    mentions = [mention(of=of, words=name.label, pattern=pattern_of(name).id, band=band) for name in named]
    news = _news(of, story, named, adds) if adds else None
    fields: dict[str, Any] = {"stance": "independent", **given}
    return Telling(article=of, story=StoryId(story), mentions=tuple(mentions), news=news, **fields)


def _news(of: Article, story: str, named: list[WatchedName], adds: str) -> News:
    return News(
        id=NewsId(f"news {of.id}"),
        story=StoryId(story),
        article=of.id,
        names=tuple(pattern_of(name).id for name in named),
        status=(),
        adds=Reason(key=adds),
        at=of.fetched_at,
    )


def digest_of(*tellings: Telling, of: Watching | None = None, since: datetime = SINCE, until: datetime = NOW) -> Digest:
    return compose_digest(
        of or watching(*ALL), tellings, slot="daily-1", since=since, until=until, coverage=COVERAGE, left_out=2
    )


def labels_of(digest: Digest) -> list[list[str]]:
    return [[named.label for named in item.names] for item in digest.items]
