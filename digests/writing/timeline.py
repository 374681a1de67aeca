"""A name's dated events: which days the texts say beside it, and the sentence that says each best."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log1p

from digests.model import Article, Mention, Sentence, full_text
from digests.text import sentences
from digests.writing.brief import Saying, weightiest
from digests.writing.dates import resolve_dates
from digests.writing.quote import quote

# What is still said of a day so much later was of weight. Ten days took .346 to .371 of date-F1 on timelines of
# seventeen names and topics; volumes of publication, tried as a third part, took it down to .32.
_LATER = timedelta(days=10)
_AROUND = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEvent:
    """A day and the sentence that tells what happened, or will happen, on it.

    Attributes:
        said: The sentence says the day; else it is the day on which its article appeared.
        outlets: All that say this day beside the name, the quoted one first.
    """

    day: date
    sentence: Sentence
    said: bool
    outlets: tuple[str, ...]


def sayings(article: Article, mentions: Sequence[Mention], *, published: date) -> Iterator[Saying]:
    """Yield the sentences of an article that hold one of these mentions, with the days they say."""
    text = full_text(article)
    for place, span in enumerate(sentences(text, article.language)):
        if any(span.start <= mention.start < span.end for mention in mentions):
            said = resolve_dates(text[span.start : span.end], published=published, language=article.language)
            yield Saying(
                sentence=quote(article, span),
                published=published,
                days=tuple(dict.fromkeys(each.day for each in said)),
                place=place,
            )


def timeline(
    found: Iterable[Saying], *, limit: int, since: date = date.min, until: date = date.max
) -> tuple[DatedEvent, ...]:
    """Return at most `limit` days within `[since, until]`, oldest first, each once: those of most weight.

    A day weighs by the articles that say it beside the name, and again by those that still say it ten days later.
    Days on which something appeared, but which no text says, come only where room is left.
    """
    by_day: dict[date, list[Saying]] = {}
    appeared: dict[date, list[Saying]] = {}
    for saying in found:
        for day in saying.days:
            by_day.setdefault(day, []).append(saying)
        if not saying.days:
            appeared.setdefault(saying.published, []).append(saying)
    chosen = _heaviest(by_day, limit, since, until)
    room = {day: said for day, said in appeared.items() if day not in by_day}
    silent = _heaviest(room, limit - len(chosen), since, until)
    events = [_event(day, by_day[day], said=True) for day in chosen]
    events += [_event(day, room[day], said=False) for day in silent]
    return tuple(sorted(events, key=lambda event: event.day))


def _heaviest(by_day: dict[date, list[Saying]], limit: int, since: date, until: date) -> list[date]:
    days = [day for day in by_day if since <= day <= until]
    return sorted(days, key=lambda day: (-_weight(day, by_day[day]), day))[: max(limit, 0)]


def _weight(day: date, said: Iterable[Saying]) -> float:
    published = {saying.sentence.article: saying.published for saying in said}
    later = sum(each - day > _LATER for each in published.values())
    return log1p(len(published)) + log1p(later)


def _event(day: date, found: Sequence[Saying], *, said: bool) -> DatedEvent:
    best = next(iter(weightiest(_told_soonest(day, found), day)), None) or min(found, key=lambda each: each.place)
    outlets = dict.fromkeys((best.sentence.outlet, *(saying.sentence.outlet for saying in found)))
    return DatedEvent(day=day, sentence=best.sentence, said=said, outlets=tuple(outlets))


def _told_soonest(day: date, found: Sequence[Saying]) -> list[Saying]:
    """Return the sentences of the days around: what is told of it years later is told as background."""
    near = [saying for saying in found if abs(saying.published - day) <= _AROUND]
    return near or list(found)
