"""What the present matcher finds in stored articles, beside what was found when each came: nothing is told of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.matching import Matcher
from digests.model import Band, Found, Mention, PatternId
from digests.names.match import MATCHER_VERSION
from digests.store.archive import Archive

_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changes for one name, as numbers of articles.

    Attributes:
        added: Articles in which it is found now and was not.
        gone: Articles in which it was found and is not now.
        surer: Articles in which it was only probable and is sure now.
        doubtful: Articles in which it was sure and is only probable now.
    """

    added: int = 0
    gone: int = 0
    surer: int = 0
    doubtful: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematch:
    """What a matcher would change.

    Attributes:
        articles: How many were read again.
        same: Names in articles that stay as they are.
        names: What changes, name by name; those that change most first.
        matched_with: How many stored mentions each version of the matcher found.
        version: The present one.
    """

    articles: int
    same: int
    names: tuple[tuple[str, Difference], ...]
    matched_with: Mapping[str, int]
    version: str = MATCHER_VERSION


async def rematch(
    tx: AsyncConnection, matcher: Matcher, since: datetime, progress: Callable[[int, int], None]
) -> Rematch:
    """Return what the present matcher changes in the articles that came since then."""
    archive = Archive(tx)
    start = reached = await archive.row_before(since)
    end = await archive.last_row()
    tally = _Tally(await archive.labels())
    while reached < end:
        reached, articles = await archive.walk(reached, _AT_ONCE)
        stored = await archive.mentions_of_all([article.id for article in articles])
        for article, found in zip(articles, await matcher.again(articles), strict=True):
            tally.compare(stored.get(article.id, ()), found)
        progress(reached - start, end - start)
    return tally.result()


@dataclass(slots=True)
class _Tally:
    labels: Mapping[PatternId, str]
    articles: int = 0
    same: int = 0
    changes: Counter[tuple[PatternId, str]] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)

    def compare(self, stored: tuple[Mention, ...], found: Found) -> None:
        """Count what differs in one article, for the names that are watched now."""
        self.articles += 1
        self.versions.update(mention.matched_with for mention in stored)
        before, after = _bands(stored), _bands(found.mentions)
        for pattern in {*before, *after} & self.labels.keys():
            change = _change(before.get(pattern), after.get(pattern))
            if change is None:
                self.same += 1
            else:
                self.changes[pattern, change] += 1

    def result(self) -> Rematch:
        """Return the counts, those of equal labels apart."""
        by_pattern: dict[PatternId, dict[str, int]] = {}
        for (pattern, change), count in self.changes.items():
            by_pattern.setdefault(pattern, {})[change] = count
        ranked = sorted(by_pattern.items(), key=lambda pair: (-sum(pair[1].values()), self.labels[pair[0]]))
        return Rematch(
            articles=self.articles,
            same=self.same,
            names=tuple((self.labels[pattern], Difference(**counts)) for pattern, counts in ranked),
            matched_with=dict(sorted(self.versions.items())),
        )


def _bands(mentions: tuple[Mention, ...]) -> dict[PatternId, Band]:
    """Return for each name whether any of its mentions is sure."""
    bands: dict[PatternId, Band] = {}
    for mention in mentions:
        if bands.get(mention.pattern) is not Band.SURE:
            bands[mention.pattern] = mention.band
    return bands


def _change(before: Band | None, after: Band | None) -> str | None:
    if before is after:
        return None
    if before is None or after is None:
        return "added" if before is None else "gone"
    return "surer" if after is Band.SURE else "doubtful"
