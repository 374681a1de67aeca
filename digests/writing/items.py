"""What one chat is told of one story: an item a name, or one for several names that the same sentences carry."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from digests.model import (
    Band,
    DeliveryKind,
    Item,
    Named,
    News,
    OutletLink,
    PatternId,
    Recalled,
    Sentence,
    StatusWord,
    StoryId,
    Telling,
    WatchedName,
)
from digests.stories.status import strongest_first
from digests.writing.differ import Quoted, denies, differ, numbers_of
from digests.writing.languages import in_language
from digests.writing.pick import Picked, Picker
from digests.writing.pickers import PICKERS
from digests.writing.share import unique

# An item quotes so many articles, more only where each claims a status that the others do not.
_MOST_SENTENCES = 3
_MOST_OF_ONE_STATUS = 2
_MOST_STATUSES = 4
# Of several stories on one name the first is told in two sentences where that tells it.
_MOST_OF_SEVERAL = 2
# Where fewer are quoted, the articles that tell something new of one whom they are about are quoted further.
_GOES_ON = ("first", "fact", "status", "number")
_MOST_RECALLED = 3
# What makes an item come first, and break a story's mute.
_TURNS = ("status", "denial", "confirmation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be told of one story about one name, before names are joined.

    Attributes:
        fresh: Tellings with news to tell, oldest first.
        again: Tellings whose news an alert told within the digest's span, oldest first.
        alerted: All tellings of the story that this chat was alerted to, oldest first.
        around: All tellings of the story that name the name, oldest first.
        language: What the chat reads.
    """

    story: StoryId
    pattern: PatternId
    name: WatchedName
    fresh: tuple[Telling, ...]
    again: tuple[Telling, ...]
    alerted: tuple[Telling, ...]
    around: tuple[Telling, ...]
    language: str


def by_time(tellings: Iterable[Telling]) -> tuple[Telling, ...]:
    """Return tellings oldest first, in one order whatever order they came in."""
    return tuple(sorted(tellings, key=lambda t: (t.article.at, t.article.fetched_at, t.article.id)))


def picker_for(telling: Telling) -> Picker:
    """Return the picker of a telling's article."""
    return PICKERS.of(telling)


def alerted_as(telling: Telling, picks: Iterable[Picked]) -> Iterator[Sentence]:
    """Yield the sentences of an alert: what claims no status is read after what it goes on from."""
    picker = picker_for(telling)
    for picked in picks:
        before = None if picked.status else picker.before(picked.at)
        yield from (before, picked.sentence) if before is not None else (picked.sentence,)


def turns(news: News | None) -> bool:
    """Say whether the news is a changed or denied status."""
    return news is not None and news.adds.key in _TURNS


class Detail(Enum):
    """How fully a story is told: alone, as the first of several on one name, or after that."""

    FULL = auto()
    FIRST = auto()
    BRIEF = auto()


def write_item(draft: Draft, detail: Detail = Detail.FULL) -> Item | None:
    """Return the item of a draft, None if no sentence of its articles names the name."""
    told = draft.fresh or draft.again
    chosen = [(telling, picked) for telling in told if (picked := _pick(telling, draft))]
    if not chosen:
        return None
    chosen.sort(key=lambda pair: _worth(*pair), reverse=True)
    chosen = _with_first(chosen)
    quoted = _in_language(_quoted(_different(chosen), detail), draft)
    status = news_first((word for _, picked in quoted for word in picked.status), (t.news for t, _ in quoted))
    lead = quoted[0][0]
    other_side = _other_side(draft, quoted)
    return Item(
        story=draft.story,
        news=tuple(sorted({t.news.id for t in told if t.news})),
        names=(named(draft.name, draft.pattern, [picked for _, picked in quoted], status),),
        status=status,
        sentences=unique((*_told_fully(quoted, detail), *_said_before(other_side))),
        differ=differ(quoted) or other_side is not None,
        outlets=outlets(lead, draft.around),
        reprints=_reprints(lead, draft.around),
        recalled=recalled(draft.alerted if draft.fresh else draft.again, _before(draft), {draft.pattern: draft.name}),
        only_recalled=not draft.fresh,
    )


def named(name: WatchedName, pattern: PatternId, picks: Sequence[Picked], status: tuple[StatusWord, ...]) -> Named:
    """Return a watched name as the first pick prints it and explains it; likely only where no mention is sure."""
    return Named(
        name=name.id,
        pattern=pattern,
        label=name.label,
        form=picks[0].form,
        band=Band.SURE if any(p.band is Band.SURE for p in picks) else Band.LIKELY,
        reason=picks[0].mention.reason,
        status=status,
    )


def news_first(words: Iterable[StatusWord], news: Iterable[News | None]) -> tuple[StatusWord, ...]:
    """Return the statuses, first those that the news adds in its order, then the strongest: background stands last."""
    added = [(dict(one.adds.fields).get("status"), one.adds.key == "denial") for one in news if one is not None]
    ranked = strongest_first(words)
    known = [(word.status.value, word.denied) for word in ranked]
    order = [*dict.fromkeys(key for key in added if key in known), *dict.fromkeys(known)]
    return tuple(sorted(ranked, key=lambda word: order.index((word.status.value, word.denied))))


def outlets(lead: Telling, around: Iterable[Telling]) -> tuple[OutletLink, ...]:
    """Return the outlets with a text of their own, the quoted one first, each once, then by time."""
    found: dict[str, OutletLink] = {}
    for telling in (lead, *around):
        article = telling.article
        if telling is lead or article.copy_of is None:
            link = OutletLink(outlet=article.outlet, url=article.url, stance=telling.stance, at=article.at)
            found.setdefault(article.outlet, link)
    return tuple(found.values())


def _reprints(lead: Telling, around: Sequence[Telling]) -> int:
    """Return how many other outlets only printed the same text again."""
    own = {link.outlet for link in outlets(lead, around)}
    return len({t.article.outlet for t in around if t.article.copy_of is not None} - own)


def recalled(
    told: Iterable[Telling], around: Sequence[Telling], names: Mapping[PatternId, WatchedName]
) -> tuple[Recalled, ...]:
    """Return a line for each of the last few news that this chat was told before, oldest first."""
    lines = []
    for telling in told:
        if telling.news is None or telling.told_at is None:
            continue
        article = telling.article
        whose = _claimed_of(telling, names)
        status = _claimed(telling, whose)
        lines.append(
            Recalled(
                news=telling.news.id,
                status=news_first(status, [telling.news]),
                told_at=telling.told_at,
                outlet=article.outlet,
                url=article.url,
                stance=telling.stance,
                of=tuple(name.label for name in whose.values()) if whose.keys() != names.keys() else (),
                outlets=_tellers(telling, status, around, whose),
                delivery=telling.told_by,
            )
        )
    lines.sort(key=lambda line: (line.told_at, line.news))
    return tuple(lines[-_MOST_RECALLED:])


def _pick(telling: Telling, draft: Draft) -> Picked | None:
    adds = telling.news.adds.key if telling.news else ""
    seeks_status = adds in ("first", *_TURNS)
    return picker_for(telling).pick(draft.pattern, draft.name.kind, seeks_status=seeks_status)


def _worth(telling: Telling, picked: Picked) -> tuple[bool, bool, bool, datetime, str]:
    """Return what makes a sentence come first: a changed status, any status, a text of its own, being new."""
    return (
        turns(telling.news) and bool(picked.status),
        bool(picked.status),
        telling.article.copy_of is None,
        telling.article.at,
        telling.article.id,
    )


def _with_first(chosen: list[Quoted]) -> list[Quoted]:
    """Return the texts with the one that opened the story second: what it all began with is not crowded out."""
    first = next((n for n, (telling, _) in enumerate(chosen) if telling.news and telling.news.adds.key == "first"), 0)
    return chosen if first < 2 else [chosen[0], chosen[first], *chosen[1:first], *chosen[first + 1 :]]


def _different(chosen: Sequence[Quoted]) -> list[Quoted]:
    """Return the first sentence and those that say something else: another status, or other numbers."""
    kept: list[Quoted] = []
    seen: set[str] = set()
    for telling, picked in chosen:
        text = " ".join(picked.sentence.text.split())
        if text not in seen:
            seen.add(text)
            kept.append((telling, picked))
    return kept


def _quoted(chosen: Sequence[Quoted], detail: Detail) -> list[Quoted]:
    """Return the first sentences, and further ones that claim what none before them claims: no status goes untold."""
    kept: list[Quoted] = []
    claimed: set[tuple[StatusWord, ...]] = set()
    for telling, picked in chosen:
        if picked.status and _is_said(telling, picked, kept):
            continue
        most = 1 if detail is Detail.BRIEF else _MOST_OF_ONE_STATUS if picked.status else _MOST_SENTENCES
        if len(kept) < most or (picked.status and picked.status not in claimed):
            kept.append((telling, picked))
            claimed.add(picked.status)
    return kept[:_MOST_STATUSES]


def _in_language(quoted: Sequence[Quoted], draft: Draft) -> list[Quoted]:
    """Return what is quoted, in the chat's language where a text since the news says the same in it."""
    since = min(telling.article.at for telling in draft.fresh or draft.again)
    others = [t for t in draft.around if t.article.at >= since and t.article.language == draft.language]
    covers = [(t, {draft.pattern: picked}) for t in others if (picked := _pick(t, draft))]
    found = in_language([(t, {draft.pattern: picked}) for t, picked in quoted], covers, draft.language)
    return [(telling, picks[draft.pattern]) for telling, picks in found]


def _is_said(telling: Telling, picked: Picked, kept: Sequence[Quoted]) -> bool:
    """Say whether the quoted sentences claim each status of this one, and tell each number of it."""
    if not kept:
        return False
    claimed = {word for _, other in kept for word in other.status}
    numbers = frozenset[str]().union(*(numbers_of(one) for one in kept))
    return claimed.issuperset(picked.status) and numbers_of((telling, picked)) <= numbers


def _other_side(draft: Draft, quoted: Sequence[Quoted]) -> Quoted | None:
    """Return the newest earlier text of another outlet that denies what is quoted, or claims what is denied there.

    None where both sides are quoted already, or were told: this one, and after it what contradicts it.
    """
    if differ(quoted):
        return None
    told = {telling.article.id for telling in draft.fresh or draft.again}
    before = [t for t in reversed(draft.around) if t.article.id not in told and t.article.copy_of is None]
    picks = [(t, picked) for t in before if (picked := _pick(t, draft))]
    found = next((n for n, other in enumerate(picks) if any(denies(one, other) for one in quoted)), None)
    if found is None or any(_was_told(newer[0]) and denies(newer, picks[found]) for newer in picks[:found]):
        return None
    return picks[found]


def _said_before(other_side: Quoted | None) -> tuple[Sentence, ...]:
    """Return the other side's sentence, nothing where an alert told it: that is recalled with its link."""
    if other_side is None or was_alerted(other_side[0]):
        return ()
    return (other_side[1].sentence,)


def _told_fully(quoted: Sequence[Quoted], detail: Detail) -> tuple[Sentence, ...]:
    """Return the sentences, each after its article's opening where that says what happened; then what goes on.

    A text says its news first and names who is concerned where it likes: a sentence that claims no status means little
    without the opening, and once the name is said further openings stand for themselves.
    """
    said: list[Sentence] = []
    further: list[Sentence] = []
    if detail is Detail.BRIEF:
        return tuple(said for telling, picked in quoted for said in _told_briefly(telling, picked))
    for telling, picked in quoted:
        picker = picker_for(telling)
        opening = None if _is_turn(telling, picked) else picker.before(picked.at)
        if opening is not None:
            said.append(opening)
        if opening is None or picked.status or telling is quoted[0][0]:
            said.append(picked.sentence)
        if opening is None and telling.news and telling.news.adds.key in _GOES_ON:
            further += picker.further(picked.at)
    room = (_MOST_SENTENCES if detail is Detail.FULL else _MOST_OF_SEVERAL) - len(said)
    return (*said, *further[: max(0, room)])


def _told_briefly(telling: Telling, picked: Picked) -> Iterator[Sentence]:
    """Yield the sentence, after the text's opening where it tells of no event by itself: "X called it expected"."""
    tells = picker_for(telling).tells_of_an_event(picked.at)
    yield from (picked.sentence,) if tells else alerted_as(telling, (picked,))


def _before(draft: Draft) -> tuple[Telling, ...]:
    """Return the tellings but for those that are told now: how many outlets told it before leaves them out."""
    return tuple(telling for telling in draft.around if telling not in draft.fresh)


def _is_turn(telling: Telling, picked: Picked) -> bool:
    return turns(telling.news) and bool(picked.status)


def _tellers(
    told: Telling, status: tuple[StatusWord, ...], around: Sequence[Telling], names: Mapping[PatternId, WatchedName]
) -> int:
    """Return how many outlets, each with a text of its own, told that news: those that claim the same status."""
    tellers = {told.article.outlet}
    for telling in around:
        if telling.article.copy_of is None and status:
            claims = _claimed(telling, names)
            if any(word in claims for word in status):
                tellers.add(telling.article.outlet)
    return len(tellers)


def _claimed(telling: Telling, names: Mapping[PatternId, WatchedName]) -> tuple[StatusWord, ...]:
    """Return what an article claims of one of the names, or of every one of several."""
    claims = [picker_for(telling).claims(pattern, name.kind) for pattern, name in names.items()]
    return tuple(word for word in claims[0] if all(word in others for others in claims)) if claims else ()


def _was_told(telling: Telling) -> bool:
    return telling.told_at is not None


def _claimed_of(telling: Telling, names: Mapping[PatternId, WatchedName]) -> Mapping[PatternId, WatchedName]:
    """Return the names of whom the article claims one thing: all of them, or the only one of whom it claims any."""
    if _claimed(telling, names):
        return names
    some = {pattern: name for pattern, name in names.items() if _claimed(telling, {pattern: name})}
    return some if len(some) == 1 else names


def was_alerted(telling: Telling) -> bool:
    """Say whether this chat was told the telling's news by an alert."""
    return telling.told_at is not None and telling.told_of is DeliveryKind.ALERT
