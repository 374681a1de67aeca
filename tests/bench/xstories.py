"""Bench `xstories`: stories, news, names and daily digests over articles in six languages, online."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from digests.model import (
    Article,
    Chat,
    ChatId,
    Coverage,
    DeliveryKind,
    Digest,
    Found,
    Kind,
    ListId,
    NameId,
    NewsId,
    Pattern,
    Stance,
    Telling,
    WatchedName,
    Watching,
    pattern_of,
)
from digests.names.book import propose
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse
from digests.stories.placer import Placed, Placer
from digests.writing.compose import compose_digest, told_by
from tests.bench.stream import article_of, finish, read_rows, write_rows

_CHAT = Chat(id=ChatId("bench"), key="console:bench")
_NOTHING = Coverage(articles=0, sources_read=0, sources=0)


def main(argv: Sequence[str]) -> None:
    """Write stories.jsonl, names.jsonl and digests.jsonl for the folder `--in` to the folder `--out`."""
    parser = argparse.ArgumentParser(prog="xstories")
    parser.add_argument("--in", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    watches = {row["watch_id"]: _watched(row) for row in read_rows(options.source / "watches.jsonl")}
    rows = list(read_rows(options.source / "articles.jsonl"))
    articles = [article_at(row) for row in rows]
    begun = process_time()
    found = _find(articles, [pattern_of(name) for name in watches.values()])
    placer = Placer()
    placed = [placer.place(article, one) for article, one in zip(articles, found, strict=True)]
    seconds = process_time() - begun
    write_rows(options.out / "stories.jsonl", (_story_row(one) for one in placed))
    write_rows(options.out / "names.jsonl", (_names_row(one, watches) for one in found))
    tellings = [_telling(*one) for one in zip(articles, found, placed, strict=True)]
    days = sorted({article.at.date() for article in articles})
    digests = [row for key, name in watches.items() for row in _digest_rows(key, name, tellings, days)]
    write_rows(options.out / "digests.jsonl", digests)
    finish({"articles": len(articles), "digests": len(digests), "docs_s": round(len(articles) / seconds, 1)})


def article_at(row: dict[str, Any]) -> Article:
    """Return a row as the article that appeared at its time."""
    return article_of(row, key=row["id"], at=_instant(row))


def _instant(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["published_at"]).astimezone(UTC)


def _watched(row: dict[str, Any]) -> WatchedName:
    kind = Kind(row["type"])
    return WatchedName(
        id=NameId(row["watch_id"]),
        list=ListId("bench"),
        kind=kind,
        label=row["name"],
        spellings=propose(row["name"], kind),
    )


def _find(articles: Sequence[Article], patterns: Sequence[Pattern]) -> list[Found]:
    index, use = NameIndex(), SurnameUse({})
    for pattern in patterns:
        index.add(pattern)
    found = []
    for article in articles:
        one = find_mentions(article, index, use)
        use.learn(one.learnt)
        found.append(one)
    return found


def _story_row(placed: Placed) -> dict[str, object]:
    """Return story and news; a name first read in a text that tells no new fact is news for its watchers only."""
    placement = placed.placement
    tells = placed.adds is not None and placed.adds.key != "name"
    return {"id": placement.article, "story": placement.story, "news": tells}


def _names_row(found: Found, watches: dict[str, WatchedName]) -> dict[str, object]:
    patterns = {mention.pattern for mention in found.mentions}
    return {"id": found.article, "watches": [key for key, name in watches.items() if pattern_of(name).id in patterns]}


def _telling(article: Article, found: Found, placed: Placed) -> Telling:
    return Telling(
        article=article if placed.placement.copy_of is None else _as_copy(article, placed),
        story=placed.placement.story,
        stance=Stance.UNKNOWN,
        mentions=found.mentions,
        news=placed.news,
    )


def _as_copy(article: Article, placed: Placed) -> Article:
    fields = {field: getattr(article, field) for field in article.__dataclass_fields__}
    return Article(**{**fields, "copy_of": placed.placement.copy_of})


def _digest_rows(key: str, name: WatchedName, tellings: Sequence[Telling], days: Sequence[Any]) -> list[dict[str, Any]]:
    """Return one watch's digests, day by day, each told once."""
    watching = Watching(chat=_CHAT, names=((pattern_of(name).id, name),))
    mine = [t for t in tellings if any(m.pattern == pattern_of(name).id for m in t.mentions)]
    told: dict[NewsId, datetime] = {}
    rows = []
    for day in days:
        since = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(microseconds=1)
        until = since + timedelta(days=1)
        digest = compose_digest(
            watching,
            [_marked(t, told) for t in mine if t.article.at <= until],
            slot=f"daily-{day}",
            since=since,
            until=until,
            coverage=_NOTHING,
        )
        told.update(dict.fromkeys(told_by(digest), until))
        if digest.items:
            rows.append({"watch_id": key, "day": str(day), "sentences": _sentences(digest)})
    return rows


def _marked(telling: Telling, told: dict[NewsId, datetime]) -> Telling:
    at = told.get(telling.news.id) if telling.news else None
    return Telling(
        article=telling.article,
        story=telling.story,
        stance=telling.stance,
        mentions=telling.mentions,
        news=telling.news,
        told_at=at,
        told_of=DeliveryKind.DIGEST if at else None,
    )


def _sentences(digest: Digest) -> list[dict[str, str]]:
    said = [sentence for item in digest.items for sentence in item.sentences]
    return [{"text": sentence.text, "article": sentence.article} for sentence in said]
