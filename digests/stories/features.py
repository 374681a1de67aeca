"""What makes texts alike: the features of one article, small enough to be kept for a month of news."""

import base64
import json
import re
import struct
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from sys import intern
from typing import Any, NamedTuple, TypeVar
from zlib import crc32

from digests.model import Article, ArticleId, Found, Mention, PatternId, full_text
from digests.stories.heroes import Hero, heroes
from digests.stories.keys import placed_keys, sounds
from digests.stories.persons import names_a_body
from digests.stories.phrases import Hit, Word, find_phrases, words_of
from digests.stories.roundup import is_roundup
from digests.stories.shades import is_of_what_comes, open_clauses
from digests.stories.status import Claim, dump_claim, find_claims, load_claim

# What is read of a text: a longer one is a list or an attack, and says its event at its beginning.
_READ_CHARS = 20_000
_LEAD_CHARS = 400
# What languages share is read so far: further down stand background and boilerplate.
_KEYS_CHARS = 3_000
MASTHEAD_CHARS = 60
_SHINGLE = 4
MOST_SHINGLES = 256
_MOST_WORDS = 256
_MOST_KEYS = 120
# Title and lead say what the text is about; further down stand background and boilerplate.
_LEAD_WEIGHT = 2.0
_TAIL_WEIGHT = 0.6
_TAIL_FROM = 1500
_NAME_WEIGHT = 1.8
# A word said so often weighs so much more.
_DAMPED = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0)
# A body that only reports the event, so many words from a word of the press, hardly tells events apart.
_SOURCE_WEIGHT = 0.25
_BESIDE = 2
_HEAD_SHARE = 0.4
_HEAD_WORDS = 12
_SENTENCE_END = re.compile(r"[.!?…]\s")
_MASK = 0xFFFFFFFF
# A shorter paragraph may stand in two texts by chance: "The court adjourned."
_PARAGRAPH_CHARS = 80
_MOST_PARAGRAPHS = 40
# Endings of adjectives differ in every language: so much of a sound is the same in all.
_REGION_SOUNDS = 4
# "has not been taken": so many words after it a "not" may mean.
_NEGATES = 2
# Shorter words join others.
_TELLING_LETTERS = 4

_STEM_OF = itemgetter(Word._fields.index("stem"))
_Key = TypeVar("_Key", int, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the stories room remembers of an article.

    Attributes:
        at: As published, else as first seen.
        title: The headline, as the story's title if the article opens one.
        shingles: Hashes of four words in a row, sorted, at most 256 and then the least of them.
        heads: Those of the text's first part, likewise: boilerplate stands at the end.
        words: Hashed word beginnings with their weights, heaviest first.
        keys: What is shared across languages, with weights: "s..." sounds of capitalised words, "c..." what it is
            about, "n..." numbers.
        lead: Those keys that stand in title or first paragraph, and "o..." who is the second, the third of several.
        opening: Hashed word beginnings there, sorted, watched names left out.
        paragraphs: Hashes of whole paragraphs: what stands in texts of two stories is an outlet's boilerplate.
        people: Sounds of the last words of capitalised runs there: whom, and which bodies, it is about.
        heroes: The names in title and lead that the text says most often.
        regions: Beginnings of the sounds of districts named there: two places of one name lie in two.
        is_roundup: It tells of many events in short.
        is_ahead: It opens with what will happen.
        open: Ideas of the lead that stand there only beside what will be, is feared, hoped for or demanded.
        negated: Hashed word beginnings that stand in the lead after a "not".
        names: Watched names found, with weights; the lead counts double.
        sure: Those of them that title or lead name, but for bodies that only report it.
        bodies: Those of `sure` that are bodies or places.
        claims: Statuses that the text claims of watched names.
    """

    article: ArticleId
    outlet: str
    language: str
    at: datetime
    title: str
    shingles: tuple[int, ...]
    heads: tuple[int, ...]
    words: tuple[tuple[int, float], ...]
    keys: tuple[tuple[str, float], ...]
    lead: tuple[str, ...]
    opening: tuple[int, ...]
    paragraphs: tuple[int, ...]
    people: tuple[str, ...]
    heroes: tuple[Hero, ...]
    regions: tuple[str, ...]
    is_roundup: bool
    is_ahead: bool
    open: tuple[str, ...]
    negated: tuple[int, ...]
    names: tuple[tuple[PatternId, float], ...]
    sure: tuple[PatternId, ...]
    bodies: tuple[PatternId, ...]
    claims: tuple[Claim, ...]


def features(article: Article, found: Found, *, boilerplate: Container[int] = ()) -> Features:
    """Return the features of an article in which `found` names were found.

    Paragraphs whose hashes stand in `boilerplate` count for copies only: they tell nothing of the event.
    """
    text = full_text(article)
    every = words_of(text, 0, _READ_CHARS)
    lead_end = _lead_end(article, text)
    paragraphs = _paragraphs(text)
    words = _outside(every, [span for span in paragraphs if span.hash in boilerplate and span.start >= lead_end])
    lead = sum(word.start < lead_end for word in words)
    about = _about(found, words, article.language)
    placed = _without_outlet(
        placed_keys(text, _until(words, _KEYS_CHARS), article.language, article.at), article.outlet, text
    )
    cues = find_phrases("cues", words[:lead], article.language)
    first = _first_sentence(article, text, words[:lead])
    return Features(
        article=article.id,
        outlet=article.outlet,
        language=article.language or "",
        at=article.at,
        title=article.title or text[:80],
        shingles=shingles(every),
        heads=shingles(every[: max(_HEAD_WORDS, min(lead, int(_HEAD_SHARE * len(every))))]),
        words=_weighted_words(words, lead_end),
        keys=_keys(placed, lead_end),
        lead=tuple(sorted({key for key, at in placed if at < lead_end})),
        opening=_opening(words[:lead], found.mentions),
        paragraphs=tuple(span.hash for span in paragraphs),
        people=_people(text, words[:lead]),
        heroes=heroes(placed, words, lead_end),
        regions=_regions(text, words, cues, article.language),
        is_roundup=is_roundup(text, article.language, found.mentions, _ideas(placed), cues),
        is_ahead=is_of_what_comes(first, find_phrases("cues", first, article.language), article.language),
        open=_open(placed, open_clauses(text, words[:lead], cues, article.language), lead_end),
        negated=_negated(words[:lead], cues),
        names=_names(found, about, lead_end),
        sure=tuple(dict.fromkeys(m.pattern for m in about if m.start < lead_end)),
        bodies=tuple(dict.fromkeys(m.pattern for m in about if m.start < lead_end and names_a_body(m))),
        claims=find_claims(text, found.mentions, article.language, at=article.at),
    )


def dump(value: Features) -> str:
    """Return the features as one line of JSON for the store."""
    fields = {
        "article": value.article,
        "outlet": value.outlet,
        "language": value.language,
        "at": value.at.isoformat(),
        "title": value.title,
        "shingles": _pack("I", value.shingles),
        "heads": _pack("I", value.heads),
        "words": _pack("I", [word for word, _ in value.words]),
        "weights": _pack("f", [weight for _, weight in value.words]),
        "keys": {key: round(weight, 3) for key, weight in value.keys},
        "lead": value.lead,
        "opening": _pack("I", value.opening),
        "paragraphs": _pack("I", value.paragraphs),
        "people": value.people,
        "heroes": value.heroes,
        "regions": value.regions,
        "is_roundup": value.is_roundup,
        "is_ahead": value.is_ahead,
        "open": value.open,
        "negated": _pack("I", value.negated),
        "names": [[name, weight] for name, weight in value.names],
        "sure": value.sure,
        "bodies": value.bodies,
        "claims": [dump_claim(claim) for claim in value.claims],
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Features:
    """Return the features that `dump` wrote."""
    row: dict[str, Any] = json.loads(text)
    words = zip(_unpack("I", row["words"]), _unpack("f", row["weights"]), strict=True)
    return Features(
        article=ArticleId(row["article"]),
        outlet=row["outlet"],
        language=row["language"],
        at=datetime.fromisoformat(row["at"]),
        title=row["title"],
        shingles=tuple(_unpack("I", row["shingles"])),
        heads=tuple(_unpack("I", row["heads"])),
        words=tuple(words),
        keys=tuple((intern(key), weight) for key, weight in row["keys"].items()),
        lead=tuple(map(intern, row["lead"])),
        opening=tuple(_unpack("I", row.get("opening", ""))),
        paragraphs=tuple(_unpack("I", row.get("paragraphs", ""))),
        people=tuple(map(intern, row["people"])),
        heroes=tuple(tuple(map(intern, sounds)) for sounds in row.get("heroes", ())),
        regions=tuple(map(intern, row.get("regions", ()))),
        is_roundup=row.get("is_roundup", False),
        is_ahead=row.get("is_ahead", False),
        open=tuple(row.get("open", ())),
        negated=tuple(_unpack("I", row.get("negated", ""))),
        names=tuple((PatternId(name), weight) for name, weight in row["names"]),
        sure=tuple(PatternId(name) for name in row["sure"]),
        bodies=tuple(PatternId(name) for name in row.get("bodies", ())),
        claims=tuple(load_claim(claim) for claim in row["claims"]),
    )


def _pack(form: str, values: Sequence[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(values)}{form}", *values)).decode()


def _unpack(form: str, text: str) -> tuple[Any, ...]:
    data = base64.b64decode(text)
    return struct.unpack(f"<{len(data) // 4}{form}", data)


def _without_outlet(placed: list[tuple[str, int]], outlet: str, text: str) -> list[tuple[str, int]]:
    """Return the keys but for the sounds of the outlet's name and what is said inside it: "Channel 24"."""
    own = {f"s{sound}" for word in outlet.split() for sound in sounds(word)}
    named = [match.span() for match in re.finditer(re.escape(outlet), text, re.IGNORECASE)] if outlet else []
    kept = ((key, at) for key, at in placed if key not in own and not any(start <= at < end for start, end in named))
    return [(intern(key), at) for key, at in kept]  # a month of news has few different keys


class _Paragraph(NamedTuple):
    start: int
    end: int
    hash: int


def _paragraphs(text: str) -> tuple[_Paragraph, ...]:
    """Return the paragraphs long enough to be known again, up to a number."""
    found: list[_Paragraph] = []
    start = 0
    while start < min(len(text), _READ_CHARS) and len(found) < _MOST_PARAGRAPHS:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start >= _PARAGRAPH_CHARS:
            found.append(_Paragraph(start, end, crc32(text[start : min(end, start + _READ_CHARS)].strip().encode())))
        start = end + 1
    return tuple(found)


def _until(words: Sequence[Word], end: int) -> Sequence[Word]:
    """Return the words that begin before an offset."""
    return words[: bisect_left(words, end, key=lambda word: word.start)]


def _outside(words: list[Word], left_out: Sequence[_Paragraph]) -> list[Word]:
    if not left_out:
        return words
    return [word for word in words if not any(span.start <= word.start < span.end for span in left_out)]


def _opening(words: Sequence[Word], mentions: Sequence[Mention]) -> tuple[int, ...]:
    """Return what title and lead say besides watched names, of which all texts on somebody speak."""
    named = [(m.start, m.end) for m in mentions]
    said = (word for word in words if len(word.folded) >= _TELLING_LETTERS and word.stem)
    return tuple(sorted({w.stem for w in said if not any(start <= w.start < end for start, end in named)}))


def _lead_end(article: Article, text: str) -> int:
    """Return where the first paragraph after the title ends; a short line before it is a masthead, no lead."""
    start = 0 if text.startswith(article.text) else len(text) - len(article.text)
    end = text.find("\n", start + MASTHEAD_CHARS)
    return min(len(text) if end < 0 else end, start + MASTHEAD_CHARS + _LEAD_CHARS)


def _ideas(placed: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(key, at) for key, at in placed if key[0] == "c"]


def _open(placed: Sequence[tuple[str, int]], clauses: Sequence[tuple[int, int]], lead_end: int) -> tuple[str, ...]:
    ideas = [(key, at) for key, at in _ideas(placed) if at < lead_end]
    plain = {key for key, at in ideas if not any(start <= at < end for start, end in clauses)}
    return tuple(sorted({key for key, _ in ideas} - plain))


def _negated(words: Sequence[Word], cues: Iterable[Hit]) -> tuple[int, ...]:
    """Return the beginnings of the few words after each "not": "has not been taken"."""
    found: set[int] = set()
    for hit in cues:
        if hit.key == "deny":
            after = words[hit.last + 1 : hit.last + 1 + _NEGATES]
            found.update(word.stem for word in after if len(word.folded) >= _TELLING_LETTERS and word.stem)
    return tuple(sorted(found))


def _first_sentence(article: Article, text: str, lead: Sequence[Word]) -> Sequence[Word]:
    """Return the words of the first sentence after the title."""
    start = 0 if text.startswith(article.text) else len(text) - len(article.text)
    end = _SENTENCE_END.search(text, min(start + MASTHEAD_CHARS, len(text)))
    return [word for word in lead if start <= word.start and (end is None or word.start < end.start())]


def shingles(words: Sequence[Word]) -> tuple[int, ...]:
    """Return the hashes of four words in a row, sorted; the least ones of a long text, the same for every text."""
    hashes = [word.whole for word in words]
    if len(hashes) < _SHINGLE:
        return (crc32(repr(hashes).encode()),) if hashes else ()
    rows = zip(hashes, hashes[1:], hashes[2:], hashes[3:], strict=False)
    sums = [a * 0x9E3779B1 + b * 0x85EBCA77 + c * 0xC2B2AE3D + d * 0x27D4EB2F for a, b, c, d in rows]
    mixed = {((value ^ (value & _MASK) >> 15) * 0x2C1B3C6D) & _MASK for value in sums}
    return tuple(sorted(mixed)[:MOST_SHINGLES])


def _weighted_words(words: Sequence[Word], lead_end: int) -> tuple[tuple[int, float], ...]:
    """Return hashed beginnings of words; names and numbers, and what stands in the lead, weigh more."""
    best: dict[int, float] = {}
    for folded, _, capital, _, stem, start, _ in words:
        if stem:
            weight = _NAME_WEIGHT if capital or folded[0].isdigit() else 1.0
            weight = 2.0 * weight if start < lead_end else weight
            if best.get(stem, 0.0) < weight:
                best[stem] = weight
    counts = Counter(map(_STEM_OF, words))
    weights = {key: weight * _DAMPED[min(counts[key], len(_DAMPED) - 1)] for key, weight in best.items()}
    return _heaviest(weights, _MOST_WORDS)


def _keys(placed: Sequence[tuple[str, int]], lead_end: int) -> tuple[tuple[str, float], ...]:
    weights: dict[str, float] = {}
    for key, at in placed:
        if key[0] == "o":
            continue
        place = _LEAD_WEIGHT if at < lead_end else _TAIL_WEIGHT if at > _TAIL_FROM else 1.0
        old = weights.get(key, 0.0)
        weights[key] = max(old, place) + (0.25 * place if old else 0.0)
    return _heaviest(weights, _MOST_KEYS)


def _people(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    """Return the sounds of each capitalised word that follows another one: surnames, mostly."""
    found: set[str] = set()
    for before, word in pairwise(words):
        if before.capital and word.capital and text[before.end : word.start] == " ":
            found.update(sounds(text[word.start : word.end]))
    return tuple(sorted(found))


def _regions(text: str, words: Sequence[Word], cues: Iterable[Hit], language: str | None) -> tuple[str, ...]:
    """Return how the names of districts begin: "Bayrachne district", "Байрачненського району"."""
    found: set[str] = set()
    for hit in cues:
        beside = hit.last + 1 if language == "pl" else hit.first - 1
        if hit.key == "region" and 0 <= beside < len(words) and (words[beside].capital or language == "pl"):
            found.update(key[:_REGION_SOUNDS] for key in sounds(text[words[beside].start : words[beside].end]))
    return tuple(sorted(found))


def _about(found: Found, words: Sequence[Word], language: str | None) -> list[Mention]:
    """Return the mentions of what the text is about: an agency that reports it is named in the texts of all events."""
    starts = [word.start for word in words] if any(names_a_body(m) for m in found.mentions) else []
    return [m for m in found.mentions if not (names_a_body(m) and _is_source(m, words, starts, language))]


def _is_source(mention: Mention, words: Sequence[Word], starts: Sequence[int], language: str | None) -> bool:
    first, after = bisect_left(starts, mention.start), bisect_left(starts, mention.end)
    beside = [*words[max(0, first - _BESIDE) : first], *words[after : after + _BESIDE]]
    return any(hit.key == "press" for hit in find_phrases("cues", beside, language))


def _names(found: Found, about: Iterable[Mention], lead_end: int) -> tuple[tuple[PatternId, float], ...]:
    weights: dict[PatternId, float] = dict.fromkeys((m.pattern for m in found.mentions), _SOURCE_WEIGHT)
    for mention in about:
        place = _LEAD_WEIGHT if mention.start < lead_end else 1.0
        old = weights[mention.pattern]
        weights[mention.pattern] = max(old, place) + (0.25 if old > _SOURCE_WEIGHT else 0.0)
    return tuple(weights.items())


def _heaviest(weights: dict[_Key, float], limit: int) -> tuple[tuple[_Key, float], ...]:
    ranked = sorted(weights.items())
    ranked.sort(key=itemgetter(1), reverse=True)
    return tuple(ranked[:limit])
