"""What a text says happened to a person: claimed only beside the name, and dropped whenever in doubt.

A false status is the worst thing we could say of somebody, a missing one costs a label: the quotation stands anyway.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digests.model import Mention, PatternId, Span, Status, StatusWord
from digests.stories.bystanders import is_bystander, is_epithet, is_of_theirs, owns
from digests.stories.persons import ParsedSentence, Person, cues_of, read_sentence, surnames_in
from digests.stories.phrases import Hit
from digests.stories.shades import VERB_LAST, shaded
from digests.stories.stretches import stretches
from digests.text import sentences

# How far a status may stand from the name it is claimed of, in words: longer ties join two clauses.
_REACH = 10
_OF_REACH = 4
# "X, who ..., was found": so few words after an aside what happened stands.
_NEAR_ASIDE = 5
# "Lawyer Vitrolom was detained": who bears a role is believed only alone in the sentence and this near.
_ROLE_REACH = 3
# "kaybolan Yunus": what was done to somebody stands before the name, whatever the sentence goes on to say of his kin.
_PARTICIPLE = re.compile("([ae]n|m[ıi]ş|mu[şs]|müş)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A status that a text claims of a watched name.

    Attributes:
        start: Offset of the status word, in code points of the text.
    """

    pattern: PatternId
    word: StatusWord
    start: int


def find_claims(
    text: str, mentions: Sequence[Mention], language: str | None, *, at: datetime | None = None
) -> tuple[Claim, ...]:
    """Return the statuses the text claims of the mentioned names, in order, each at most once a name and place.

    With the time `at` which it was published, what it says of earlier years is not claimed.
    """
    # In January "in December 2026" is last month.
    this_year = at.year - (at.month == 1) if at else None
    claims: list[Claim] = []
    surnames: frozenset[str] | None = None
    for start, end in stretches(text, mentions):
        inside = [m for m in mentions if start <= m.start and m.end <= end]
        spans = sentences(text[start:end], language)
        if surnames is None:
            surnames = surnames_in(text)
        for number, span in enumerate(spans):
            here = Span(span.start + start, span.end + start)
            named = [m for m in inside if here.start <= m.start < here.end]
            if named:
                parsed = read_sentence(text, here, language, named, surnames, this_year=this_year)
                claims += _claims(parsed)
                if number + 1 < len(spans):
                    after = Span(spans[number + 1].start + start, spans[number + 1].end + start)
                    claims += _claims_after(parsed, text, after, inside, surnames)
    return tuple(dict.fromkeys(claims))


def dump_claim(claim: Claim) -> list[Any]:
    """Return the claim as a JSON value."""
    return [claim.pattern, claim.word.status.value, claim.word.denied, claim.word.hearsay, claim.start]


def load_claim(row: Sequence[Any]) -> Claim:
    """Return the claim that `dump_claim` wrote."""
    pattern, status, denied, hearsay, start = row
    word = StatusWord(status=Status(status), denied=denied, hearsay=hearsay)
    return Claim(pattern=PatternId(pattern), word=word, start=start)


def strongest_first(words: Iterable[StatusWord]) -> tuple[StatusWord, ...]:
    """Return each status word once: claimed before denied, in the order of `_STRENGTH`."""
    return tuple(sorted(set(words), key=lambda w: (w.denied, w.hearsay, _STRENGTH.index(w.status))))


_STRENGTH = (
    Status.DEATH,
    Status.FOUND,
    Status.RELEASE,
    Status.MISSING,
    Status.HUNGER_STRIKE,
    Status.HOSPITAL,
    Status.TRANSFER,
    Status.SENTENCE,
    Status.DETENTION,
    Status.CHARGE,
    Status.SEARCH,
)


def _claims(parsed: ParsedSentence) -> Iterator[Claim]:
    """Yield what the sentence claims of the names in it: a status goes to the nearest person and those in a row."""
    for hit in parsed.status:
        word = shaded(parsed, hit)
        if word is None:
            continue
        for person in _described(parsed, hit) or _concerned(parsed, hit):
            if person.pattern is not None and not is_epithet(parsed, person, hit):
                yield Claim(pattern=person.pattern, word=word, start=parsed.words[hit.first].start)


def _described(parsed: ParsedSentence, hit: Hit) -> list[Person]:
    """Return whom a Turkic participle right before a name describes: "gözaltına alınan Bozdaliyev'in ailesi"."""
    if parsed.language not in VERB_LAST:
        return []
    for person in parsed.watched:
        tie = parsed.words[person.first - 1] if person.first else None
        ends_here = hit.last in (person.first - 1, person.first - 2)
        if tie and ends_here and _PARTICIPLE.search(tie.lower) and parsed.words[person.first].start - tie.end == 1:
            return [person]
    return []


def _concerned(parsed: ParsedSentence, hit: Hit) -> list[Person]:
    near = [p for p in parsed.persons if _is_in_reach(parsed, p, hit) and not _parted(parsed, p, hit)]
    clear = [p for p in near if p.pattern is None or not is_bystander(parsed, p, hit)]
    if parsed.language == "en" and parsed.words[hit.last].lower == "of":
        # "The film about the death of a miner was shot by him": whose death it was stands next.
        clear = [person for person in clear if 0 < person.first - hit.last <= _OF_REACH]
    if not clear:
        return []
    kin = {one.first for one in cues_of(parsed, "kin") if one.first > hit.last}
    # As near before as behind: "detained X and released his brother" is of the brother.
    nearest = min(clear, key=lambda p: (not _in_clause(parsed, p, hit), p.distance(hit), p.first not in kin, p.first))
    if nearest.role and not _is_plainly_meant(parsed, nearest, hit):
        return []
    row = [p for p in clear if p == nearest or _in_row(parsed, nearest, p) or _is_among(parsed, nearest, p)]
    return [p for p in row if not owns(parsed, p, hit)]


def _is_in_reach(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether a status stands near enough; "X, who ..., was found" is near whatever the commas hold."""
    aside = [at for at in parsed.commas if person.last < at <= hit.first][:2]
    goes_on = len(aside) == 2 and aside[0] == person.last + 1 and hit.first - aside[1] < _NEAR_ASIDE
    return goes_on or 0 < person.distance(hit) <= _REACH


def _is_plainly_meant(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether one with a role is meant: English, alone, near; elsewhere "the lawyer of X" looks the same."""
    alone = len({(p.first, p.last) for p in parsed.persons}) == 1
    titled = any(person.first - role.last == 1 for role in cues_of(parsed, "role"))
    return alone and titled and parsed.language == "en" and person.distance(hit) <= _ROLE_REACH


def _is_among(parsed: ParsedSentence, nearest: Person, person: Person) -> bool:
    """Say whether the person is one of the unnamed ones: "three people were detained, including Akmollayev".

    Or "Akmollayev was among 41 people freed", if nothing in the sentence says no.
    """
    if nearest.pattern is not None or person.pattern is None or person.role:
        return False
    among = cues_of(parsed, "among")
    if any(nearest.last < cue.first and 0 < person.first - cue.last <= 2 for cue in among):
        return True
    counted = any(0 < cue.first - person.last <= 2 and cue.last < nearest.first for cue in among)
    return counted and not cues_of(parsed, "deny")


def _in_clause(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    return parsed.clauses[hit.first] in (parsed.clauses[person.first], parsed.clauses[person.last])


def _parted(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    low, high = sorted((person.last, hit.first))
    return any(low < cut <= high for cut in parsed.breaks)


def _in_row(parsed: ParsedSentence, one: Person, other: Person) -> bool:
    """Say whether both stand in one list: only a joining word or other persons' names between them."""
    if one.pattern is None or other.pattern is None or other.role:
        return (one.first, one.last) == (other.first, other.last)
    low, high = sorted((one, other), key=lambda p: p.first)
    between = range(low.last + 1, high.first)
    named = {n for p in parsed.persons for n in range(p.first, p.last + 1)}
    return sum(n not in named for n in between) <= 1


def _claims_after(
    before: ParsedSentence,
    text: str,
    span: Span,
    mentions: Sequence[Mention],
    surnames: frozenset[str],
) -> Iterator[Claim]:
    """Yield what the next sentence claims of "him" or "the man", if only one person was named before and none in it."""
    if len({(p.first, p.last) for p in before.persons}) != 1 or before.persons[0].pattern is None:
        return
    if before.persons[0].role or cues_of(before, "kin") or cues_of(before, "speak"):
        return
    if any(span.start <= m.start < span.end for m in mentions):
        return
    parsed = read_sentence(text, span, before.language, (), surnames, this_year=before.this_year, before=before)
    if parsed.persons or cues_of(parsed, "many") or cues_of(parsed, "kin") or cues_of(parsed, "speak"):
        return
    if not any(hit.first <= 2 for hit in cues_of(parsed, "he")):
        return
    for hit in parsed.status:
        word = None if is_of_theirs(parsed, hit) else shaded(parsed, hit)
        if word is not None:
            pattern = before.persons[0].pattern
            yield Claim(pattern=pattern, word=word, start=parsed.words[hit.first].start)
