"""What in a text is only like a watched name, and why it is none: for those who check a list, never for alerts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from digests.model import Article, Found, Mention, Pattern, PatternId, Reason, full_text
from digests.names.beside import Beside, begins
from digests.names.entries import Body, Person
from digests.names.fold import fold
from digests.names.index import Hits, NameIndex
from digests.names.match import find_mentions
from digests.names.people import ALONE
from digests.names.ruled import is_struck, is_word_of, words_beside
from digests.names.surnames import SurnameUse
from digests.names.tokens import Page

_LIKE = 0.20  # a surname further off than this would not strike anybody as alike
_BODY_WORD = 0.07
_ONE_WORD_BODY = 0.14
_MOST = 20
_MOST_HOLDERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A stretch of a text that is not counted as a name.

    Attributes:
        start, end: Code points of `full_text(article)`.
        score: How like the name's own words it is, 0 to 1.
        why: "namesake", "neighbour" (spelled a little otherwise), "initial", "initial_only", "alone", "part"; by a
            person's wish "never", "near", "struck", "unlike".
    """

    pattern: PatternId
    start: int
    end: int
    score: float
    why: Reason


def near_misses(article: Article, index: NameIndex, use: SurnameUse, found: Found) -> tuple[NearMiss, ...]:
    """Return what is only like a name, by place; of one name and reason the likest, twenty in all."""
    page = Page(full_text(article), article.language or "")
    hits = {i: hit for i, token in enumerate(page.tokens) if (hit := index.look_up(token.text, page.language))}
    wished = tuple(_by_wish(article, index, use, found))
    taken = [*((m.pattern, m.start, m.end) for m in found.mentions), *((w.pattern, w.start, w.end) for w in wished)]
    alike = [m for m in (*_people(page, hits, index, use), *_bodies(page, hits)) if not _lies_over(m, taken)]
    best: dict[tuple[PatternId, str], NearMiss] = {}
    for miss in (*wished, *alike):
        key = miss.pattern, miss.why.key
        if key not in best or miss.score > best[key].score:
            best[key] = miss
    likest = sorted(best.values(), key=lambda miss: (-miss.score, miss.start))[:_MOST]
    return tuple(sorted(likest, key=lambda miss: (miss.start, miss.end, miss.pattern)))


def _lies_over(miss: NearMiss, taken: list[tuple[PatternId, int, int]]) -> bool:
    return any(key == miss.pattern and miss.start < end and start < miss.end for key, start, end in taken)


def _by_wish(article: Article, index: NameIndex, use: SurnameUse, found: Found) -> Iterator[NearMiss]:
    """What would be a mention, had nobody ruled it out."""
    wished = [p for p in index.patterns() if p.near or p.never or p.struck or p.unlike]
    if not wished:
        return
    freely = NameIndex()
    for pattern in wished:
        freely.add(replace(pattern, near=(), never=(), struck=(), unlike=()))
    counted = {(mention.pattern, mention.start) for mention in found.mentions}
    text = full_text(article)
    for mention in find_mentions(article, freely, use).mentions:
        if (mention.pattern, mention.start) not in counted:
            why = _wish(mention, index.pattern(mention.pattern), text)
            yield NearMiss(pattern=mention.pattern, start=mention.start, end=mention.end, score=mention.score, why=why)


def _wish(mention: Mention, pattern: Pattern, text: str) -> Reason:
    folded = fold(text)
    never = next((word for word in pattern.never if re.search(rf"(?<!\w){re.escape(fold(word))}", folded)), None)
    if never is not None:
        return Reason(key="never", fields=(("word", never),))
    form = text[mention.start : mention.end]
    if pattern.struck and is_struck(form, pattern):
        return Reason(key="struck", fields=(("form", form),))
    for word in words_beside(text, mention.start, mention.end):
        if is_word_of(word, pattern.unlike):
            return Reason(key="unlike", fields=(("word", word),))
    return Reason(key="near", fields=(("words", ", ".join(pattern.near)),))


def _people(page: Page, hits: dict[int, Hits], index: NameIndex, use: SurnameUse) -> Iterator[NearMiss]:
    beside = Beside(page, hits, use)
    for i, hit in hits.items():
        for number, cost in hit.surnames:
            for person in index.by_surname[number][:_MOST_HOLDERS] if cost <= _LIKE else ():
                first, why = _of_person(page, beside, hits, person, i, cost)
                start, end = page.tokens[first].start, page.name_end(i)
                yield NearMiss(pattern=person.pattern, start=start, end=end, score=round(1 - cost, 4), why=why)


def _of_person(
    page: Page, beside: Beside, hits: dict[int, Hits], person: Person, i: int, cost: float
) -> tuple[int, Reason]:
    """The first word of what is like a person at surname `i`, and why it is not that person."""
    initial = beside.leftmost_initial(i)
    if initial is not None:
        fits = begins(beside.initial(initial), person.form.given[0].text)
        return initial, Reason(
            key="initial_only" if fits else "initial", fields=(("initial", beside.initial(initial)),)
        )
    before = hits.get(i - 1)
    if before is not None and page.joins(i - 1) and not {*before.meant}.isdisjoint(person.given):
        return i - 1, Reason(key="neighbour")
    if beside.has_namesake(i):
        return i - 1, Reason(key="namesake", fields=(("given", page.form(i - 1)),))
    return i, Reason(key="alone" if cost <= ALONE else "neighbour")


def _bodies(page: Page, hits: dict[int, Hits]) -> Iterator[NearMiss]:
    for i, hit in hits.items():
        for body, cost in (*hit.singles, *hit.firsts):
            last = _last_word(hits, body, i)
            if len(body.words) == 1 and cost <= _ONE_WORD_BODY:
                yield _of_body(page, body, i, i, cost, "neighbour")
            elif last > i and cost <= _BODY_WORD:
                yield _of_body(page, body, i, last, cost, "part")


def _last_word(hits: dict[int, Hits], body: Body, i: int) -> int:
    """How far the words of a name go on in the text from word `i`."""
    last = i
    for number in body.words[1:]:
        hit = hits.get(last + 1)
        if hit is None or hit.apart(number) == 1:
            break
        last += 1
    return last


def _of_body(page: Page, body: Body, first: int, last: int, cost: float, key: str) -> NearMiss:
    start, end = page.tokens[first].start, page.name_end(last)
    return NearMiss(pattern=body.pattern, start=start, end=end, score=round(1 - cost, 4), why=Reason(key=key))
