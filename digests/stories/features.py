"""What makes texts alike: the features of one article, small enough to be kept for a month of news."""

import base64
import json
import re
import struct
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeVar
from zlib import crc32

from digests.model import Article, ArticleId, Found, Mention, PatternId, full_text
from digests.names.match import archive_keys
from digests.stories.persons import names_a_body
from digests.stories.phrases import Word, find_in_tables, find_phrases, words_of
from digests.stories.status import Claim, dump_claim, find_claims, load_claim

# What is read of a text: a longer one is a list or an attack, and says its event at its beginning.
_READ_CHARS = 20_000
_LEAD_CHARS = 400
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
_MASK = 0xFFFFFFFF
_DIGITS = re.compile("[1-9][0-9]*")

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
        lead: Those keys that stand in title or first paragraph.
        people: Sounds of the last words of capitalised runs there: whom, and which bodies, it is about.
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
    people: tuple[str, ...]
    names: tuple[tuple[PatternId, float], ...]
    sure: tuple[PatternId, ...]
    bodies: tuple[PatternId, ...]
    claims: tuple[Claim, ...]


def features(article: Article, found: Found) -> Features:
    """Return the features of an article in which `found` names were found."""
    text = full_text(article)
    words = words_of(text, 0, _READ_CHARS)
    lead_end = _lead_end(article, text)
    lead = sum(word.start < lead_end for word in words)
    own = {key for key, _ in placed_keys(article.outlet, words_of(article.outlet, 0, 80), article.language)}
    about = _about(found, words, article.language)
    placed = [(key, at) for key, at in placed_keys(text, words, article.language) if key not in own]
    return Features(
        article=article.id,
        outlet=article.outlet,
        language=article.language or "",
        at=article.at,
        title=article.title or text[:80],
        shingles=shingles(words),
        heads=shingles(words[: max(_HEAD_WORDS, min(lead, int(_HEAD_SHARE * len(words))))]),
        words=_weighted_words(words, lead_end),
        keys=_keys(placed, lead_end),
        lead=tuple(sorted({key for key, at in placed if at < lead_end})),
        people=_people(text, words[:lead]),
        names=_names(found, about, lead_end),
        sure=tuple(dict.fromkeys(m.pattern for m in about if m.start < lead_end)),
        bodies=tuple(dict.fromkeys(m.pattern for m in about if m.start < lead_end and names_a_body(m))),
        claims=find_claims(text, found.mentions, article.language),
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
        "people": value.people,
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
        keys=tuple(row["keys"].items()),
        lead=tuple(row["lead"]),
        people=tuple(row["people"]),
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


def _lead_end(article: Article, text: str) -> int:
    """Return where the first paragraph after the title ends; a short line before it is a masthead, no lead."""
    start = 0 if text.startswith(article.text) else len(text) - len(article.text)
    end = text.find("\n", start + MASTHEAD_CHARS)
    return min(len(text) if end < 0 else end, start + MASTHEAD_CHARS + _LEAD_CHARS)


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
    for word in words:
        if word.stem:
            weight = _NAME_WEIGHT if word.capital or word.folded[0].isdigit() else 1.0
            weight = 2.0 * weight if word.start < lead_end else weight
            if best.get(word.stem, 0.0) < weight:
                best[word.stem] = weight
    counts = Counter(word.stem for word in words)
    weights = {key: weight * _DAMPED[min(counts[key], len(_DAMPED) - 1)] for key, weight in best.items()}
    return _heaviest(weights, _MOST_WORDS)


def _keys(placed: Sequence[tuple[str, int]], lead_end: int) -> tuple[tuple[str, float], ...]:
    weights: dict[str, float] = {}
    for key, at in placed:
        place = _LEAD_WEIGHT if at < lead_end else _TAIL_WEIGHT if at > _TAIL_FROM else 1.0
        old = weights.get(key, 0.0)
        weights[key] = max(old, place) + (0.25 * place if old else 0.0)
    return _heaviest(weights, _MOST_KEYS)


def placed_keys(text: str, words: Sequence[Word], language: str | None) -> list[tuple[str, int]]:
    """Return the keys that languages share, each with the offset where it stands; days of a month are left out."""
    concepts, months, numbers = find_in_tables(("concepts", "months", "numbers"), words, language)
    placed = [(f"c{hit.key}", words[hit.first].start) for hit in concepts]
    days = {hit.first - 1 for hit in months}
    said = [hit for hit in numbers if hit.last not in days]
    placed += [(f"n{hit.key}", words[hit.first].start) for hit in said]
    for at, word in enumerate(words):
        if word.folded[0].isdigit():
            if at not in days:
                placed += [(f"n{number}", word.start) for number in _DIGITS.findall(word.folded[:12])]
        elif word.capital and len(word.folded) > 2:
            placed += [(f"s{key}", word.start) for key in sounds(text[word.start : word.end])]
    return placed


@lru_cache(maxsize=50_000)
def sounds(word: str) -> tuple[str, ...]:
    """Return the keys under which a capitalised word is found in any script."""
    return archive_keys(word[:40])


def _people(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    """Return the sounds of each capitalised word that follows another one: surnames, mostly."""
    found: set[str] = set()
    for before, word in pairwise(words):
        if before.capital and word.capital and text[before.end : word.start] == " ":
            found.update(sounds(text[word.start : word.end]))
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
