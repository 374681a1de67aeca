"""All further news of a story that a chat was alerted to, as one alert: the strongest first, both sides, the counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from digests.model import Alert, Item, Kind, Named, PatternId, Sentence, StatusWord, Telling, WatchedName, Watching
from digests.writing.items import (
    alerted_as,
    by_time,
    named,
    news_first,
    outlets,
    picker_for,
    recalled,
    turns,
    was_alerted,
)
from digests.writing.judged import without_others
from digests.writing.languages import Cover, in_language
from digests.writing.pick import Picked
from digests.writing.share import shared_status, unique
from digests.writing.standing import is_opposed, tellers
from digests.writing.wanted import is_muted, told_names

# So many texts are quoted, more only where each claims what those before it do not.
_QUOTED, _MOST_QUOTED = 2, 4


def compose_update(
    watching: Watching, fresh: Sequence[Telling], story: Sequence[Telling], *, slot: str, at: datetime
) -> Alert | None:
    """Return the alert of several news of one story; None when nothing of it may be told.

    Args:
        fresh: The tellings whose news is to be told; what of them was told already is passed over.
        story: All tellings of the story, these among them, for the counts, the other side and what is recalled.
    """
    fresh, story = without_others(watching, fresh), without_others(watching, story)
    untold = [t for t in fresh if t.news is not None and t.told_at is None and not t.article.silent]
    if not untold or (is_muted(watching, untold[0].story, at) and not any(turns(t.news) for t in untold)):
        return None
    names = told_names(watching, at)
    covers = sorted((c for t in untold if (c := (t, _cover(t, names)))[1]), key=_worth, reverse=True)
    if not covers:
        return None
    claimed = _named(covers, names)
    earlier = by_time(story)
    quoted = in_language(
        _quoted(covers), _since(covers, earlier, names, watching.chat.language), watching.chat.language
    )
    others = tellers(max((t for t, _ in covers), key=lambda t: t.article.at), claimed, earlier)
    told = [t for t in earlier if t.told_at is not None]
    before = [t for t in earlier if t not in untold]
    alerts = sorted((t.told_at, t.told_by) for t in told if was_alerted(t) and t.told_at and t.told_by)
    lead = quoted[0][0]
    links = outlets(lead, (*(t for t, _ in covers), *others))
    own_words = {link.outlet for link in links}
    return Alert(
        chat=watching.chat.id,
        slot=slot,
        at=at,
        item=Item(
            story=lead.story,
            news=tuple(sorted({t.news.id for t, _ in covers if t.news})),
            names=tuple(claimed),
            status=shared_status(claimed),
            sentences=unique((*_sentences(quoted), *_other_side(quoted, claimed, others))),
            differ=any(is_opposed(t, claimed, others) for t, _ in quoted),
            outlets=links,
            reprints=len({t.article.outlet for t in earlier if t.article.copy_of is not None} - own_words),
            recalled=recalled(told, before, {n.pattern: names[n.pattern] for n in claimed}),
        ),
        reply_to=alerts[0][1] if alerts else None,
    )


def _since(
    covers: Sequence[Cover], story: Sequence[Telling], names: Mapping[PatternId, WatchedName], language: str
) -> list[Cover]:
    """Return the story's texts in a language since the first of the news, with a sentence for each name in them."""
    first = min(telling.article.at for telling, _ in covers)
    texts = (t for t in story if t.article.language == language and t.article.at >= first)
    return [(t, {p: pick for p, name in names.items() if (pick := picker_for(t).pick(p, name.kind))}) for t in texts]


def _cover(telling: Telling, names: Mapping[PatternId, WatchedName]) -> dict[PatternId, Picked]:
    """Return the sentence of each name that the telling's news concerns, one with a status first."""
    picker = picker_for(telling)
    concerned = telling.news.names if telling.news else ()
    picks = {p: pick for p in concerned if p in names and (pick := picker.pick(p, names[p].kind))}
    return dict(sorted(picks.items(), key=lambda pair: not pair[1].status))


def _worth(cover: Cover) -> tuple[bool, bool, bool, datetime, str]:
    """Return what makes a text come first: a changed status, any status, words of its own, being new."""
    telling, picks = cover
    claims = any(picked.status for picked in picks.values())
    article = telling.article
    return (turns(telling.news) and claims, claims, article.copy_of is None, article.at, article.id)


def _named(covers: Sequence[Cover], names: Mapping[PatternId, WatchedName]) -> list[Named]:
    found: dict[PatternId, list[Picked]] = {}
    for _, picks in covers:
        for pattern, picked in picks.items():
            found.setdefault(pattern, []).append(picked)
    news = [telling.news for telling, _ in covers]
    return [
        named(names[p], p, picks, news_first((word for picked in picks for word in picked.status), news))
        for p, picks in found.items()
    ]


def _quoted(covers: Sequence[Cover]) -> list[Cover]:
    """Return the texts to quote: the first two, and those that alone name somebody or claim something."""
    kept: list[Cover] = []
    named_there: set[PatternId] = set()
    claimed: set[tuple[PatternId, StatusWord]] = set()
    for telling, picks in covers:
        claims = {(pattern, word) for pattern, picked in picks.items() for word in picked.status}
        says_more = len(kept) < _QUOTED or (len(kept) < _MOST_QUOTED and not claims <= claimed)
        if says_more or not picks.keys() <= named_there:
            kept.append((telling, picks))
            named_there |= picks.keys()
            claimed |= claims
    return kept


def _sentences(quoted: Sequence[Cover]) -> tuple[Sentence, ...]:
    return tuple(said for telling, picks in quoted for said in alerted_as(telling, picks.values()))


def _other_side(quoted: Sequence[Cover], names: Sequence[Named], others: Sequence[Telling]) -> tuple[Sentence, ...]:
    """Return for each name whose first claim is opposed the newest sentence of the other side, if none is quoted."""
    found = []
    for name in (name for name in names if name.status):
        word = name.status[0]
        picks = [p for _, cover in quoted for pattern, p in cover.items() if pattern == name.pattern]
        if any(said.status is word.status and said.denied != word.denied for p in picks for said in p.status):
            continue
        for other in reversed(others):
            picked = picker_for(other).pick(name.pattern, Kind.PERSON)
            if picked and any(s.status is word.status and s.denied != word.denied for s in picked.status):
                found.append(picked.sentence)
                break
    return tuple(found)
