"""Watching names: what becomes of what somebody typed, and what the archive already holds of it.

Looking is slow and writing must be short, so the two are apart: `look_back` reads the archive before the transaction
that watches a name, `keep_back` writes what was seen in it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.look import a_name, sighting
from digests.matching import Matcher, MatcherError
from digests.model import (
    Article,
    ArticleId,
    Found,
    Kind,
    ListId,
    Mention,
    Pattern,
    PatternId,
    Sentence,
    WatchedName,
    pattern_of,
)
from digests.names.book import name_in, why_refused
from digests.names.kinds import guess_kind
from digests.names.match import candidate_keys
from digests.names.roll import Written
from digests.names.same import Directory, Likeness
from digests.store.archive import Archive
from digests.store.search import Search
from digests.store.upsert import batches

log = logging.getLogger(__name__)

ALSO = "+"
"""Stands before a label that is to be watched though it may be a case of one that is."""

_CANDIDATES = 300  # articles looked through for one name; a very common skeleton stands in thousands
_SEARCHED = 200  # names: for more at once the newest articles are read from end to end, in place of a search each
_READ_THROUGH = 20_000  # articles, then
_AT_ONCE = 200  # articles given to the matcher in one question, so that others need not wait long for an answer


class Watched(StrEnum):
    """What became of one name a person asked to watch."""

    ADDED = "added"
    KNOWN = "known"  # already watched, perhaps in another spelling or script
    UNSURE = "unsure"  # a case of one that is watched, or somebody else: the person must say
    COMMON = "common"  # too common to be watched alone
    UNREADABLE = "unreadable"  # no letters, or too long


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchResult:
    """What became of one asked label.

    Attributes:
        name: The watched name, new or the one it equals or may equal; None when refused.
        left_out: Titles that were typed with the name, and are no part of it.
        articles: Stored articles that name it already (never alerted); `newest` says when and where.
    """

    asked: str
    outcome: Watched
    name: WatchedName | None = None
    left_out: str = ""
    articles: int = 0
    newest: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """What the archive holds of one pattern.

    Attributes:
        found: Newest first: each article that names it, with all mentions.
        taught: What these articles teach of its surname.
    """

    found: tuple[tuple[Article, tuple[Mention, ...]], ...] = ()
    taught: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What was seen of patterns before the transaction that watches them.

    Attributes:
        row: The newest article that had come by then; later ones are looked through in the transaction.
        plan: What becomes of what somebody asked to watch, and the version of all lists for which it is true.
    """

    row: int = 0
    of: Mapping[PatternId, Backfill] = field(default_factory=dict)
    plan: tuple[int, "Planned"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What becomes of labels: one result each, in order, and the names that are to be watched."""

    asked: tuple[str | Written, ...] = ()
    results: tuple[WatchResult, ...] = ()
    names: tuple[WatchedName, ...] = ()


def nobody_hears(done: int, of: int) -> None:
    """Tell nobody how far it is."""


async def look_back(
    tx: AsyncConnection,
    matcher: Matcher,
    patterns: Iterable[Pattern],
    *,
    instead_of: Iterable[PatternId] = (),
    after: int | None = None,
    progress: Callable[[int, int], None] = nobody_hears,
) -> Foreseen:
    """Return what the archive holds of patterns, whether or not anybody watches them.

    Args:
        instead_of: Patterns that these replace: the articles that name those are looked through as well.
        after: Look through everything that came after this row, and nothing else.
    """
    wanted = list({pattern.id: pattern for pattern in patterns}.values())
    archive = Archive(tx)
    row = await archive.last_row()
    if after is None and len(wanted) > _SEARCHED:
        after = max(0, row - _READ_THROUGH)
    seen = _Seen(matcher, wanted)
    if after is None:
        articles = await _candidates(tx, wanted, instead_of)
        for some in batches(articles, _AT_ONCE):
            await seen.take(some)
            progress(seen.articles, len(articles))
    elif wanted:
        start = reached = after
        while reached < row:
            reached, some = await archive.walk(reached, _AT_ONCE)
            await seen.take(some)
            progress(reached - start, row - start)
    return Foreseen(row=row, of=seen.backfills())


async def keep_back(
    tx: AsyncConnection, matcher: Matcher, name: WatchedName, foreseen: Foreseen, *, instead_of: PatternId | None = None
) -> Backfill:
    """Keep what the archive holds of a name, and return it; what was not foreseen is looked up now.

    Args:
        instead_of: The pattern the name had: what waits to be told of it stays to be told.
    """
    pattern = pattern_of(name)
    before = [instead_of] if instead_of else []
    known = foreseen.of.get(pattern.id)
    if known is None:
        known = (await look_back(tx, matcher, [pattern], instead_of=before)).of[pattern.id]
    archive = Archive(tx)
    taught = dict(known.taught)
    if instead_of:
        counts = await archive.use_of([instead_of])
        taught = {key.replace(instead_of, pattern.id, 1): count for key, count in counts.items()} or taught
    await archive.keep([mention for _, mentions in known.found for mention in mentions], taught)
    if instead_of:
        await archive.carry_news(instead_of, pattern.id, {article.id for article, _ in known.found})
    return known


async def catch_up(tx: AsyncConnection, matcher: Matcher, patterns: Sequence[Pattern], foreseen: Foreseen) -> Foreseen:
    """Return what was foreseen with what came while it was looked up: seldom anything."""
    missing = [pattern for pattern in patterns if pattern.id in foreseen.of]
    if not missing or await Archive(tx).last_row() <= foreseen.row:
        return foreseen
    since = await look_back(tx, matcher, missing, after=foreseen.row)
    of = {key: _joined(since.of.get(key, Backfill()), known) for key, known in foreseen.of.items()}
    return replace(foreseen, row=since.row, of=of)


def plan(
    asked: Sequence[str | Written], watched: Iterable[WatchedName], book: Iterable[WatchedName], list_id: ListId
) -> Planned:
    """Return what becomes of labels, before anything is written: for a chat's list, with what it watches besides."""
    planner = _Planner(watched, book, list_id)
    results = tuple([planner.take(each) for each in asked])
    return Planned(asked=tuple(asked), results=results, names=tuple(planner.names))


class _Planner:
    """Takes labels one by one; what was taken is known from then on."""

    def __init__(self, watched: Iterable[WatchedName], book: Iterable[WatchedName], list_id: ListId) -> None:
        self.names: list[WatchedName] = []
        listed = tuple(watched)
        self._ids = {name.id: name for name in listed}
        self._watched = Directory(listed)
        self._book = Directory(book)
        self._list = list_id

    def take(self, asked: str | Written) -> WatchResult:
        """Return what becomes of one label; one to be added joins `names`, and is known from then on.

        A label behind `ALSO` is somebody else than the one watched whose name it may be a case of.
        """
        if isinstance(asked, Written):
            return self._take_written(asked)
        label, left_out = name_in(" ".join(asked.removeprefix(ALSO).split()))
        refused = why_refused(label, guess_kind(label))
        if refused is not None:
            return WatchResult(asked=label, outcome=Watched(refused))
        same, how = self._watched.find(label)
        if how is Likeness.SAME:
            return WatchResult(asked=label, outcome=Watched.KNOWN, name=same)
        if how is Likeness.UNSURE and not asked.startswith(ALSO):
            return WatchResult(asked=label, outcome=Watched.UNSURE, name=same)
        return replace(self.add(self._named(label), label), left_out=left_out)

    def _take_written(self, written: Written) -> WatchResult:
        """Return what becomes of a name as a file has it; what the file does not say is as if it was typed."""
        label = written.label if written.kind in (Kind.BODY, Kind.PLACE) else name_in(written.label)[0]
        name = a_name(label, list_id=self._list, kind=written.kind)
        refused = why_refused(name.label, name.kind)
        if refused is not None:
            return WatchResult(asked=name.label, outcome=Watched(refused))
        same, how = self._watched.find(name.label)
        if how is not Likeness.OTHER:
            known = Watched.KNOWN if how is Likeness.SAME else Watched.UNSURE
            return WatchResult(asked=name.label, outcome=known, name=same)
        spellings = written.spellings or name.spellings
        name = replace(name, spellings=spellings, near=written.near, never=written.never, note=written.note)
        return self.add(name, name.label)

    def add(self, name: WatchedName, asked: str) -> WatchResult:
        """Add a name, unless the list has it already, under whatever spellings were kept of it."""
        if name.id in self._ids:
            return WatchResult(asked=asked, outcome=Watched.KNOWN, name=self._ids[name.id])
        self._ids[name.id] = name
        self.names.append(name)
        self._watched.add(name)
        return WatchResult(asked=asked, outcome=Watched.ADDED, name=name)

    def _named(self, label: str) -> WatchedName:
        """Return the name to watch: with the shipped book's spellings where it knows whom the label means."""
        name = a_name(label, list_id=self._list)
        known, how = self._book.find(label)
        if known is None or how is not Likeness.SAME:
            return name
        return replace(name, kind=known.kind, spellings=known.spellings, near=known.near, never=known.never)


def result_of(result: WatchResult, known: Backfill) -> WatchResult:
    """Return what a person is told of a name that was added: what is stored of it, and the newest sentence."""
    if not known.found:
        return result
    article, mentions = known.found[0]
    best = max(mentions, key=lambda mention: mention.score)
    return replace(result, articles=len(known.found), newest=sighting(article, best).sentence)


class _Seen:
    """What the matcher found in the articles given so far."""

    def __init__(self, matcher: Matcher, patterns: Sequence[Pattern]) -> None:
        self.articles = 0
        self._matcher = matcher
        self._patterns = patterns
        self._found: dict[PatternId, list[tuple[Article, tuple[Mention, ...]]]] = {p.id: [] for p in patterns}
        self._taught: Counter[str] = Counter()

    async def take(self, articles: Sequence[Article]) -> None:
        """Look through articles, oldest first; one that ends the worker is passed over, so that watching works on."""
        self.articles += len(articles)
        try:
            await self._look(articles)
        except MatcherError:
            for article in articles:
                try:
                    await self._look([article])
                except MatcherError:
                    log.exception("archive.passed_over", extra={"article": article.id})

    async def _look(self, articles: Sequence[Article]) -> None:
        found = await self._matcher.replay(self._patterns, articles, self._taught)
        for article, one in zip(articles, found, strict=True):
            self._note(article, one)

    def backfills(self) -> dict[PatternId, Backfill]:
        """Return what was found, pattern by pattern."""
        taught: dict[PatternId, dict[str, int]] = {}
        for key, count in self._taught.items():
            taught.setdefault(PatternId(key.split(":")[1]), {})[key] = count
        return {
            key: Backfill(
                found=tuple(sorted(found, key=lambda each: (each[0].at, each[0].id), reverse=True)),
                taught=taught.get(key, {}),
            )
            for key, found in self._found.items()
        }

    def _note(self, article: Article, found: Found) -> None:
        for key, more in found.learnt:
            self._taught[key] += more
        by_pattern: dict[PatternId, list[Mention]] = {}
        for mention in found.mentions:
            by_pattern.setdefault(mention.pattern, []).append(mention)
        for pattern, mentions in by_pattern.items():
            self._found[pattern].append((article, tuple(mentions)))


def _joined(newer: Backfill, older: Backfill) -> Backfill:
    if not newer.found:
        return older
    return Backfill(found=newer.found + older.found, taught=Counter(older.taught) + Counter(newer.taught))


async def _candidates(
    tx: AsyncConnection, patterns: Sequence[Pattern], instead_of: Iterable[PatternId]
) -> list[Article]:
    """Return the stored articles that may name one of the patterns, oldest first."""
    found: dict[ArticleId, Article] = {}
    for pattern in patterns:
        for article in await Search(tx).with_any(candidate_keys(pattern), _CANDIDATES):
            found[article.id] = article
    for before in instead_of:
        for article in await Archive(tx).naming(before, _CANDIDATES):
            found[article.id] = article
    return sorted(found.values(), key=lambda article: (article.at, article.id))
