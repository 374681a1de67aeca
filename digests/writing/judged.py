"""What a chat judged to be about somebody else, taken out of what it may be told."""

from collections.abc import Iterable
from dataclasses import replace

from digests.model import ArticleId, PatternId, Telling, Watching


def without_others(watching: Watching, tellings: Iterable[Telling]) -> tuple[Telling, ...]:
    """Return the tellings, in their order, without the names that the chat said are not meant there.

    A name that another list of the chat holds as well, unjudged, stays.
    """
    if not watching.others:
        return tuple(tellings)
    judged: dict[ArticleId, set[str]] = {}
    for article, name in watching.others:
        judged.setdefault(article, set()).add(name)
    return tuple(
        _without(telling, _patterns_meant(watching, names)) if (names := judged.get(telling.article.id)) else telling
        for telling in tellings
    )


def _patterns_meant(watching: Watching, others: set[str]) -> frozenset[PatternId]:
    return frozenset(pattern for pattern, name in watching.names if name.id not in others)


def _without(telling: Telling, meant: frozenset[PatternId]) -> Telling:
    news = telling.news
    return replace(
        telling,
        mentions=tuple(mention for mention in telling.mentions if mention.pattern in meant),
        news=None if news is None else replace(news, names=tuple(name for name in news.names if name in meant)),
    )
