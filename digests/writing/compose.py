"""News and what a chat watches, to the digest or alert it is told: keyed on the watched name, then the story."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from digests.model import (
    Alert,
    Coverage,
    Digest,
    DigestId,
    Item,
    NewsId,
    PatternId,
    StoryId,
    Telling,
    WatchedName,
    Watching,
    make_id,
)
from digests.writing.items import (
    Detail,
    Draft,
    alerted_as,
    by_time,
    named,
    news_first,
    outlets,
    picker_for,
    recalled,
    turns,
    was_alerted,
    write_item,
)
from digests.writing.judged import without_others
from digests.writing.pick import Picked
from digests.writing.share import share_sentences, shared_status, unique
from digests.writing.standing import is_opposed, tellers
from digests.writing.wanted import is_muted, told_names


def compose_digest(
    watching: Watching,
    tellings: Sequence[Telling],
    *,
    slot: str,
    since: datetime,
    until: datetime,
    coverage: Coverage,
    left_out: int = 0,
    held_from: datetime | None = None,
) -> Digest:
    """Return what is new in `(since, until]` for one chat; alerts are recalled, what was told is not."""
    names = told_names(watching, until)
    known = without_others(watching, tellings)
    items = _items(_drafts(watching, names, known, since, until), names)
    return Digest(
        id=DigestId(make_id(watching.chat.id, slot)),
        chat=watching.chat.id,
        slot=slot,
        since=since,
        until=until,
        items=items,
        watched=len({pattern for pattern, _ in watching.names}),
        coverage=coverage,
        left_out=left_out,
        held_from=held_from,
        only_muted=not items and _has_news(watching, known, since, until),
    )


def compose_recap(
    watching: Watching,
    tellings: Sequence[Telling],
    *,
    slot: str,
    since: datetime,
    until: datetime,
    coverage: Coverage,
    left_out: int = 0,
    held_from: datetime | None = None,
) -> Digest:
    """Return all news in `(since, until]` for one chat, told before or not."""
    return compose_digest(
        watching,
        [_untold(telling) for telling in tellings],
        slot=slot,
        since=since,
        until=until,
        coverage=coverage,
        left_out=left_out,
        held_from=held_from,
    )


def compose_alert(
    watching: Watching, telling: Telling, story: Sequence[Telling], *, slot: str, at: datetime
) -> Alert | None:
    """Return the alert of one piece of news, naming every watched name it concerns; None when nothing may be told.

    Args:
        story: The earlier tellings of the same story, for what is recalled and replied to.
    """
    telling, *story = without_others(watching, (telling, *story))
    news = telling.news
    if news is None or telling.told_at is not None or telling.article.silent:
        return None
    if is_muted(watching, telling.story, at) and not turns(news):
        return None
    names = told_names(watching, at)
    concerned = {pattern: name for pattern, name in names.items() if pattern in news.names}
    picks = _cover(telling, concerned)
    if not picks:
        return None
    earlier = by_time(story)
    told = [other for other in earlier if other.told_at is not None]
    alerts = sorted((t.told_at, t.told_by) for t in told if was_alerted(t) and t.told_at and t.told_by)
    claimed = [named(names[p], p, [picked], news_first(picked.status, [news])) for p, picked in picks.items()]
    others = tellers(telling, claimed, earlier)
    of_whom = {pattern: name for pattern, name in concerned.items() if pattern in picks and picks[pattern].status}
    return Alert(
        chat=watching.chat.id,
        slot=slot,
        at=at,
        item=Item(
            story=telling.story,
            news=(news.id,),
            names=tuple(claimed),
            status=shared_status(claimed),
            sentences=unique(alerted_as(telling, picks.values())),
            differ=is_opposed(telling, claimed, others),
            outlets=outlets(telling, others),
            recalled=recalled(told, earlier, of_whom or concerned),
        ),
        reply_to=alerts[0][1] if alerts else None,
    )


def told_by(message: Digest | Alert) -> tuple[NewsId, ...]:
    """Return the news that a message tells, each once; what it only recalls was told before."""
    items = (message.item,) if isinstance(message, Alert) else message.items
    told = {news for item in items if not item.only_recalled for news in item.news}
    return tuple(sorted(told))


def _drafts(
    watching: Watching,
    names: dict[PatternId, WatchedName],
    tellings: Sequence[Telling],
    since: datetime,
    until: datetime,
) -> Iterator[Draft]:
    stories: dict[StoryId, list[Telling]] = {}
    for telling in by_time(tellings):
        if telling.article.fetched_at <= until:
            stories.setdefault(telling.story, []).append(telling)
    for story, members in sorted(stories.items()):
        fresh = [telling for telling in members if _is_fresh(telling, since, until)]
        if is_muted(watching, story, until) and not any(turns(telling.news) for telling in fresh):
            continue
        for pattern in _concerned(members):
            if pattern not in names:
                continue
            alerted = tuple(t for t in members if was_alerted(t) and _concerns(t, pattern))
            draft = Draft(
                story=story,
                pattern=pattern,
                name=names[pattern],
                fresh=tuple(t for t in fresh if _concerns(t, pattern)),
                again=tuple(t for t in alerted if t.told_at and since < t.told_at <= until),
                alerted=alerted,
                around=tuple(t for t in members if any(m.pattern == pattern for m in t.mentions)),
                language=watching.chat.language,
            )
            if draft.fresh or draft.again:
                yield draft


def _concerned(members: Iterable[Telling]) -> Iterable[PatternId]:
    """Return the names that the news of these tellings concerns, each once: a long list is not gone through a story."""
    return dict.fromkeys(pattern for t in members if t.news is not None for pattern in t.news.names)


def _has_news(watching: Watching, tellings: Iterable[Telling], since: datetime, until: datetime) -> bool:
    """Say whether a telling is news of a name of the chat's, muted or not."""
    new = (t for t in tellings if t.article.fetched_at <= until and _is_fresh(t, since, until))
    return not {pattern for pattern, _ in watching.names}.isdisjoint(_concerned(new))


def _is_fresh(telling: Telling, since: datetime, until: datetime) -> bool:
    news = telling.news
    return news is not None and telling.told_at is None and not telling.article.silent and since < news.at <= until


def _concerns(telling: Telling, pattern: PatternId) -> bool:
    return telling.news is not None and pattern in telling.news.names


def _items(drafts: Iterable[Draft], names: dict[PatternId, WatchedName]) -> tuple[Item, ...]:
    """Return the items as they are shown: changed statuses first, then others, then what many outlets tell, then the
    newest; items of one name stand together.
    """
    ranked = [(_rank(draft, item), draft) for draft in drafts if (item := write_item(draft)) is not None]
    place = {pattern: n for n, pattern in enumerate(names)}
    best: dict[PatternId, _Rank] = {}
    for rank, draft in ranked:
        best[draft.pattern] = min(rank, best.get(draft.pattern, rank))
    ranked.sort(key=lambda pair: (best[pair[1].pattern], place[pair[1].pattern], pair[0], pair[1].story))
    return _by_name(share_sentences(_in_detail([draft for _, draft in ranked])))


def _by_name(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items in the order of the numbered list: a name that joined an item above brings its own up there."""
    patterns = (named.pattern for item in items for named in item.names)
    number = {pattern: n for n, pattern in enumerate(dict.fromkeys(patterns))}
    return tuple(sorted(items, key=lambda item: number[item.names[0].pattern]))


def _in_detail(drafts: Sequence[Draft]) -> Iterator[Item]:
    """Yield the items: a name's only story told fully, of several the first with its opening and the rest in short."""
    stories = Counter(draft.pattern for draft in drafts)
    begun: set[PatternId] = set()
    for draft in drafts:
        later = Detail.BRIEF if draft.pattern in begun else Detail.FIRST
        item = write_item(draft, later if stories[draft.pattern] > 1 else Detail.FULL)
        begun.add(draft.pattern)
        if item is not None:
            yield item


_Rank = tuple[bool, bool, bool, int, float]


def _rank(draft: Draft, item: Item) -> _Rank:
    newest = max(telling.article.at for telling in draft.fresh or draft.again)
    changed = any(turns(telling.news) for telling in draft.fresh) and bool(item.status)
    return (item.only_recalled, not changed, not item.status, -len(item.outlets), -newest.timestamp())


def _cover(telling: Telling, names: dict[PatternId, WatchedName]) -> dict[PatternId, Picked]:
    """Return a sentence for each name that the article names: status first."""
    picker = picker_for(telling)
    picks = {pattern: picked for pattern, name in names.items() if (picked := picker.pick(pattern, name.kind))}
    return dict(sorted(picks.items(), key=lambda pair: not pair[1].status))


def _untold(telling: Telling) -> Telling:
    return Telling(
        article=telling.article,
        story=telling.story,
        stance=telling.stance,
        mentions=telling.mentions,
        news=telling.news,
    )
