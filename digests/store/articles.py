"""Articles: what a source was read to say, kept once, in the order it came (T1)."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import (
    Article,
    ArticleId,
    Changed,
    Entry,
    Reading,
    Reason,
    Source,
    SourceId,
    Stage,
    full_text,
    make_id,
)
from digests.names.fold import fold
from digests.names.match import archive_keys
from digests.store.rows import ARTICLE_COLUMNS, article_columns, article_of, reason_json
from digests.store.tables import articles, seen
from digests.store.upsert import batches, put

# A page whose text changes at every read (a counter, an advertisement) must not become an article a minute.
_MOST_FLIPS = 24

_WORD = re.compile(r"[^\W_]+")


_Identity = tuple[SourceId, str]


class Articles:
    """The articles, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    async def keep(self, source: Source, reading: Reading, *, now: datetime, silent: bool) -> tuple[Article, ...]:
        """Keep what is new in one reading, as `keep_all` does, and return it, oldest first."""
        (kept,) = await self.keep_all([Arrived(source, reading, silent)], now=now)
        return kept.articles

    async def keep_all(self, arrived: Sequence["Arrived"], *, now: datetime) -> tuple["Kept", ...]:
        """Keep what is new in readings, each of another source; return for each what that is, oldest first.

        A known identity with the same text is passed over; with another text it becomes the next edition, which
        revises the last, 24 times at most. A new identity with a text that its source has shown already (an article
        under a new address) is only remembered. The sources' own memos are the caller's to keep, in this transaction.
        """
        found = [(source.id, entry) for source, reading, _, _ in arrived for entry in reading.entries]
        known = _Known(await self._sightings(found), await self._known_texts(found), {})
        kept = [await self._keep(each, known, now) for each in arrived]
        await self._remember(known.changed)
        if rows := [_row(article) for one in kept for article in one.articles]:
            await self._tx.execute(insert(articles), rows)
        return tuple(kept)

    async def unknown(self, source: SourceId, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return the entries whose words their source has not shown before."""
        texts = await self._known_texts([(source, entry) for entry in entries])
        return tuple(entry for entry in entries if (source, _hash(entry)) not in texts)

    async def _keep(self, arrived: "Arrived", known: "_Known", now: datetime) -> "Kept":
        source, reading, silent, stage = arrived
        kept: list[Article] = []
        for entry in reading.entries:
            key, said = (source.id, entry.identity), _hash(entry)
            before = known.changed.get(key) or known.sightings.get(key)
            if before is not None and (before.hash == said or before.flips >= _MOST_FLIPS):
                continue
            flips = 0 if before is None else before.flips + 1
            known.changed[key] = _Sighting(hash=said, flips=flips, first_at=before.first_at if before else now)
            if before is None and (source.id, said) in known.texts:
                continue
            known.texts.add((source.id, said))
            article = await self._article(source, entry, edition=flips, now=now, silent=silent, kept=kept)
            kept.append(replace(article, stage=stage))
        was_known = any((source.id, entry.identity) in known.sightings for entry in reading.entries)
        return Kept(tuple(kept), is_all_new=not was_known and 0 < len(kept) == len(reading.entries))

    async def get(self, article: ArticleId) -> Article | None:
        """Return an article, None when there is none."""
        found = await self.many([article])
        return found[0] if found else None

    async def many(self, ids: Iterable[ArticleId]) -> tuple[Article, ...]:
        """Return the articles with these ids that there are, in the order asked for."""
        wanted = list(dict.fromkeys(ids))
        found: dict[ArticleId, Article] = {}
        for some in batches(wanted):
            rows = await self._tx.execute(select(*ARTICLE_COLUMNS).where(articles.c.id.in_(some)))
            found |= {row["id"]: article_of(row) for row in rows.mappings()}
        return tuple(found[article] for article in wanted if article in found)

    async def stored(self, limit: int) -> tuple[Article, ...]:
        """Return articles that wait to be placed, oldest first.

        Those that will be told go before silent ones, and before those whose source gives too many of them.
        """
        found: list[Article] = []
        for stage, silent in ((Stage.STORED, False), (Stage.LAST, False), (Stage.STORED, True)):
            rows = await self._tx.execute(
                select(*ARTICLE_COLUMNS)
                .where(articles.c.stage == stage.value, articles.c.silent.is_(silent), articles.c.stuck.is_(None))
                .order_by(articles.c.row)
                .limit(limit - len(found))
            )
            found += [article_of(row) for row in rows.mappings()]
            if len(found) == limit:
                break
        return tuple(found)

    async def mark_stuck(self, article: ArticleId, reason: Reason) -> None:
        """Note why an article cannot be placed: it keeps its stage, and waits for a person."""
        await self._tx.execute(update(articles).where(articles.c.id == article).values(stuck=reason_json(reason)))

    async def unstick(self, article: ArticleId) -> None:
        """Let an article be tried again."""
        await self._tx.execute(update(articles).where(articles.c.id == article).values(stuck=None))

    async def stuck(self) -> tuple[Article, ...]:
        """Return the articles that could not be placed, oldest first."""
        rows = await self._tx.execute(
            select(*ARTICLE_COLUMNS)
            .where(articles.c.stage.in_((Stage.STORED.value, Stage.LAST.value)), articles.c.stuck.is_not(None))
            .order_by(articles.c.row)
        )
        return tuple(article_of(row) for row in rows.mappings())

    async def count(self, since: datetime, until: datetime) -> int:
        """Return how many articles came in (since, until]."""
        at = articles.c.fetched_at
        found = await self._tx.scalar(select(func.count()).select_from(articles).where(at > since, at <= until))
        return found or 0

    async def _sightings(self, found: Sequence[tuple[SourceId, Entry]]) -> dict[_Identity, "_Sighting"]:
        sightings: dict[_Identity, _Sighting] = {}
        # Not pairs of the two: SQLite reads the whole table for those.
        of_these = seen.c.source.in_({source for source, _ in found})
        for some in batches([entry.identity for _, entry in found]):
            rows = await self._tx.execute(select(seen).where(of_these, seen.c.identity.in_(some)))
            for row in rows:
                sightings[row.source, row.identity] = _Sighting(
                    hash=row.hash, flips=row.flips, first_at=row.first_seen_at
                )
        return sightings

    async def _known_texts(self, found: Sequence[tuple[SourceId, Entry]]) -> set[tuple[SourceId, str]]:
        texts: set[tuple[SourceId, str]] = set()
        of_these = seen.c.source.in_({source for source, _ in found})
        for some in batches([_hash(entry) for _, entry in found]):
            rows = await self._tx.execute(select(seen.c.source, seen.c.hash).where(of_these, seen.c.hash.in_(some)))
            texts.update((row.source, row.hash) for row in rows)
        return texts

    async def _remember(self, changed: dict[_Identity, "_Sighting"]) -> None:
        rows = [
            {
                "source": source,
                "identity": identity,
                "hash": sighting.hash,
                "flips": sighting.flips,
                "first_seen_at": sighting.first_at,
            }
            for (source, identity), sighting in changed.items()
        ]
        await put(self._tx, seen, rows)

    async def _article(
        self, source: Source, entry: Entry, *, edition: int, now: datetime, silent: bool, kept: Sequence[Article]
    ) -> Article:
        before = await self._last_edition(source.id, entry.identity, kept) if edition else None
        return Article(
            id=ArticleId(make_id(source.id, entry.identity, str(edition))),
            source=source.id,
            identity=entry.identity,
            edition=edition,
            url=entry.url,
            outlet=entry.outlet or source.outlet or source.title,
            stance=entry.stance or source.stance,
            title=entry.title,
            text=entry.text,
            language=entry.language or source.language,
            published_at=entry.published_at,
            fetched_at=now,
            revises=before.id if before else None,
            changed=_changed(before, entry) if before else None,
            authors=entry.authors,
            silent=silent,
        )

    async def _last_edition(self, source: SourceId, identity: str, kept: Sequence[Article]) -> "_Edition | None":
        for article in reversed(kept):
            if article.identity == identity:
                return _Edition(article.id, article.title, article.text)
        columns = (articles.c.id, articles.c.title, articles.c.text)
        found = await self._tx.execute(
            select(*columns)
            .where(articles.c.source == source, articles.c.identity == identity)
            .order_by(articles.c.edition.desc())
            .limit(1)
        )
        row = found.first()
        return _Edition(ArticleId(row.id), row.title, row.text) if row else None


@dataclass(frozen=True, slots=True)
class _Edition:
    id: ArticleId
    title: str
    text: str


class Arrived(NamedTuple):
    """A reading to be kept; `silent` is nobody told of it. `stage` says when it is placed."""

    source: Source
    reading: Reading
    silent: bool
    stage: Stage = Stage.STORED


class Kept(NamedTuple):
    """What was new in a reading; `is_all_new` when nothing in it was known."""

    articles: tuple[Article, ...]
    is_all_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighting:
    hash: str
    flips: int
    first_at: datetime


class _Known(NamedTuple):
    sightings: dict[_Identity, _Sighting]
    texts: set[tuple[SourceId, str]]
    changed: dict[_Identity, _Sighting]


def searchable(text: str) -> str:
    """Return the words of a text, folded and parted by single spaces: so they are kept for search, and asked for."""
    return " ".join(_WORD.findall(fold(text)))


def _row(article: Article) -> dict[str, object]:
    text = full_text(article)
    keys = archive_keys(text, article.language or "")
    return {**article_columns(article), "folded": f"{searchable(text)} {' '.join(keys)}".strip()}


def _hash(entry: Entry) -> str:
    """Return what is the same for the same text in another case, width or spacing."""
    return hashlib.sha256(_plain(f"{entry.title}\n{entry.teaser or entry.text}").encode()).hexdigest()


def _changed(before: _Edition, entry: Entry) -> Changed:
    if _plain(before.title) == _plain(entry.title):
        return Changed.TEXT
    return Changed.TITLE if _plain(before.text) == _plain(entry.text) else Changed.BOTH


def _plain(text: str) -> str:
    """Return a text in one case, width and spacing.

    Not `names.fold`: its tables grow with what we learn, and every stored text would look changed on that day.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
