"""Lookups in the archive: what is stored of a name, in every spelling, and which sentences hold given words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.matching import Matcher
from digests.model import (
    Article,
    Kind,
    ListId,
    Mention,
    NameId,
    Pattern,
    Sentence,
    Span,
    WatchedName,
    full_text,
    make_id,
    pattern_of,
)
from digests.names.book import name_in, propose
from digests.names.fold import fold
from digests.names.kinds import guess_kind
from digests.names.match import candidate_keys
from digests.names.same import Directory, Likeness
from digests.seek import read_sought
from digests.store.articles import searchable
from digests.store.search import Search
from digests.store.stories import Stories
from digests.text import sentences
from digests.writing.quote import quote

# A very common skeleton may stand in thousands of articles; the matcher reads the newest of them.
_CANDIDATES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One stored article that names someone: sentence, article, mention, and the form it is printed in."""

    sentence: Sentence
    article: Article
    mention: Mention
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of a name.

    Attributes:
        label: As the list that holds it writes it, else as asked.
        articles: How many stored articles name it (at most a few hundred of the newest are counted).
        sightings: The newest, newest first.
        watched: The name of the given lists that the question means; None for a name nobody listed.
        spellings: What is looked for.
    """

    asked: str
    label: str
    articles: int
    sightings: tuple[Sighting, ...]
    watched: WatchedName | None = None
    spellings: tuple[str, ...] = ()


def a_name(label: str, *, list_id: ListId, kind: Kind | None = None) -> WatchedName:
    """Return a name as someone just typed it, with all spellings that rules make of it."""
    kind = kind or guess_kind(label)
    return WatchedName(
        id=NameId(make_id("name", list_id, fold(label))),
        list=list_id,
        kind=kind,
        label=label,
        spellings=propose(label, kind),
    )


async def look_up(
    tx: AsyncConnection, matcher: Matcher, asked: str, lists: Sequence[WatchedName], *, limit: int
) -> Known:
    """Return what is stored of a name.

    A name of `lists` is read from its stored mentions; any other is searched and matched the same way whether or not
    somebody else watches it, so an answer's content and time tell nothing of other chats.
    """
    name, how = Directory(lists).find(asked)
    asked = asked if name else name_in(asked)[0]
    name = name if how is Likeness.SAME else None
    pattern = pattern_of(name or a_name(asked, list_id=ListId("")))
    found = await _stored(tx, pattern) if name else await search_name(tx, matcher, pattern)
    return Known(
        asked=asked,
        label=name.label if name else asked,
        articles=len(found),
        sightings=tuple(sighting(article, mention) for mention, article in found[:limit]),
        watched=name,
        spellings=tuple(dict.fromkeys(text for text, _ in pattern.spellings)),
    )


async def search_name(tx: AsyncConnection, matcher: Matcher, pattern: Pattern) -> tuple[tuple[Mention, Article], ...]:
    """Return the best mention of each stored article that names a pattern nobody may watch yet, newest first."""
    return _best_of_each(await search_mentions(tx, matcher, pattern))


async def search_mentions(
    tx: AsyncConnection, matcher: Matcher, pattern: Pattern
) -> tuple[tuple[Mention, Article], ...]:
    """Return all mentions of a pattern nobody may watch yet: newest article first, then by place."""
    articles = await Search(tx).with_any(candidate_keys(pattern), _CANDIDATES)
    if not articles:
        return ()
    found = await matcher.find(pattern, articles)
    return tuple((mention, article) for article, one in zip(articles, found, strict=True) for mention in one.mentions)


async def search_words(tx: AsyncConnection, asked: str, *, limit: int, zone: tzinfo = UTC) -> tuple[Sentence, ...]:
    """Return a sentence of each stored article that holds all that is asked (see `digests/seek.py`), newest first."""
    sought = read_sought(asked, zone=zone)
    folded = sought.every_word
    if not folded:
        return ()
    search = Search(tx)
    where = await search.only(outlet=sought.outlet, language=sought.language, since=sought.since, until=sought.until)
    articles = await search.find(sought.words, limit, phrases=sought.phrases, where=where)
    return tuple(quote(article, _best_sentence(article, folded)) for article in articles)


def sighting(article: Article, mention: Mention) -> Sighting:
    """Return an article's sentence that holds a mention."""
    text = full_text(article)
    spans = sentences(text, article.language)
    whole = next((s for s in spans if s.start <= mention.start and mention.end <= s.end), None)
    return Sighting(
        sentence=quote(article, whole or Span(mention.start, mention.end)),
        article=article,
        mention=mention,
        form=text[mention.start : mention.end],
    )


def _best_sentence(article: Article, folded: Sequence[str]) -> Span:
    text = full_text(article)
    spans = sentences(text, article.language) or (Span(0, len(text)),)
    return max(spans, key=lambda span: (_held(text[span.start : span.end], folded), -span.start))


def _held(sentence: str, folded: Sequence[str]) -> int:
    there = searchable(sentence).split()
    return sum(any(each.startswith(word) for each in there) for word in folded)


async def _stored(tx: AsyncConnection, pattern: Pattern) -> tuple[tuple[Mention, Article], ...]:
    return _best_of_each(await Stories(tx).mentions_of(pattern.id, _CANDIDATES))


def _best_of_each(found: Sequence[tuple[Mention, Article]]) -> tuple[tuple[Mention, Article], ...]:
    """Return one mention of each article, that of the highest score; the first of equals."""
    best: dict[str, tuple[Mention, Article]] = {}
    for row in found:
        kept = best.get(row[1].id)
        if kept is None or row[0].score > kept[0].score:
            best[row[1].id] = row
    return tuple(best.values())
