"""The matching of names: who of the watched is in an article, where, how sure, and why.

A mention rests on whole words. A full name counts in any spelling, script and case; a surname alone where the full name
stands in the same article, or where the stream has taught whom it means.
"""

import re
from bisect import bisect
from functools import lru_cache
from operator import itemgetter

from digests.model import Article, Band, Found, Mention, Pattern, PatternId, full_text
from digests.names.bodies import find_bodies
from digests.names.candidate import Candidate
from digests.names.endings import declines_as_unknown
from digests.names.fold import fold
from digests.names.hearing import hear_as, hear_listed
from digests.names.index import Hits, NameIndex, inner_places
from digests.names.parts import is_given_name
from digests.names.people import find_people
from digests.names.ruled import without_ruled_out
from digests.names.sound import skeleton
from digests.names.spellings import PersonForm, Word, forms_of
from digests.names.surnames import SurnameUse
from digests.names.tokens import Page, find_tokens

MATCHER_VERSION = "7"  # raised with any change of what is found: `tests/name_cases.py` holds the answers
SURE = 0.9  # a spelling this near is told without "probably"
LIKELY = 0.5  # what is less is no mention, only counted as left out
IN_LOWER_CASE = 0.85  # arslan bozdaliev, in a text that has no capitals: only likely


def find_mentions(article: Article, index: NameIndex, use: SurnameUse) -> Found:
    """Return who of the index is in an article; offsets are code points of `full_text(article)`.

    Mentions of one pattern do not overlap. `Found.learnt` is for `use.learn`, in the step that keeps the article.
    """
    page = Page(full_text(article), article.language or "")
    hits = _look_up(page, index)
    people = find_people(page, hits, index, use)
    found = [*people.candidates, *find_bodies(page, hits, index, use)]
    candidates = without_ruled_out(_safe_in_lower_case(found) if page.is_lower else found, page.text, index)
    kept, unlike = _by_context(candidates, page.text, index)
    mentions = tuple(_mention(article, candidate) for candidate in _without_overlaps(kept) if candidate.score >= LIKELY)
    named = {mention.pattern for mention in mentions}
    left_out = [*people.left_out, *unlike, *(c.pattern for c in kept if c.score < LIKELY)]
    ruled_out = _ruled_out(left_out, page.text, index)
    return Found(
        article=article.id,
        mentions=mentions,
        left_out=tuple(dict.fromkeys(p for p in left_out if p not in named and p not in ruled_out)),
        learnt=tuple((key, 1) for key in [*people.learnt, *_words_learnt(page, hits, use)]),
    )


def archive_keys(text: str, language: str = "") -> tuple[str, ...]:
    """Return the keys under which the archive finds a text, whatever script a name is asked in, sorted.

    >>> "0krptnf" in archive_keys("адвокат Курбедінов"), "0krptnf" in archive_keys("Kurbedinovnıñ anası", "crh")
    (True, True)
    """
    words = {token.text for token in find_tokens(text)}
    own = "" if declines_as_unknown(language) else language
    return tuple(sorted({key for word in words for key in _word_keys(word, own)}))


@lru_cache(maxsize=8_192)
def _word_keys(word: str, language: str) -> frozenset[str]:
    heard = {*hear_as(word, ""), *(hear_as(word, language) if language else ())}
    return frozenset(_key(skeleton(reading)) for reading in heard)


def candidate_keys(pattern: Pattern) -> tuple[str, ...]:
    """Return keys of which every article that the pattern may be found in holds at least one, sorted."""
    words: list[Word] = []
    for form in forms_of(pattern):
        if isinstance(form, PersonForm):
            words.append(form.surname[-1])
        else:
            words += [form.words[0], *([form.words[-1]] if form.reverses else [])]
            words += [form.words[nth] for nth in inner_places(form)]
    return tuple(sorted({_key(heard.sounds.key) for word in words for heard in hear_listed(word.text, word.language)}))


def _key(skeleton: str) -> str:
    return "0" + skeleton.removeprefix("=")


def _look_up(page: Page, index: NameIndex) -> dict[int, Hits]:
    look_up, language = index.look_up, page.language
    found = ((i, look_up(token.text, language)) for i, token in enumerate(page.tokens))
    return {i: hit for i, hit in found if hit is not None}


def _safe_in_lower_case(candidates: list[Candidate]) -> list[Candidate]:
    """Of a text without a capital: the full names that begin with a known given name, only likely."""
    full = [c for c in candidates if c.reason.key.startswith("full_name")]
    known = [c for c in full if is_given_name(c.reason.fields[0][1].split()[0], "")]
    return [c._replace(score=c.score * IN_LOWER_CASE) for c in known]


def _without_overlaps(candidates: list[Candidate]) -> list[Candidate]:
    """The best of the candidates that lie over each other, pattern by pattern; by offset."""
    placed = sorted(candidates, key=_PLACE)
    ends: dict[PatternId, int] = {}
    crowded = set()
    for candidate in placed:
        if candidate.start < ends.get(candidate.pattern, 0):
            crowded.add(candidate.pattern)
        ends[candidate.pattern] = max(candidate.end, ends.get(candidate.pattern, 0))
    if not crowded:
        return placed
    best = set(map(id, _best([c for c in candidates if c.pattern in crowded])))
    return [c for c in placed if c.pattern not in crowded or id(c) in best]


def _best(candidates: list[Candidate]) -> list[Candidate]:
    """The best of candidates, none of which lies over another of its pattern."""
    taken: dict[PatternId, list[tuple[int, int]]] = {}
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=_best_first):
        spans = taken.setdefault(candidate.pattern, [])
        at = bisect(spans, (candidate.start, candidate.end))
        after_last = at == 0 or spans[at - 1][1] <= candidate.start
        if after_last and (at == len(spans) or candidate.end <= spans[at][0]):
            spans.insert(at, (candidate.start, candidate.end))
            kept.append(candidate)
    return kept


_PLACE = itemgetter(1, 2, 0)  # of a candidate: start, end, pattern


def _best_first(candidate: Candidate) -> tuple[bool, int, float, bool, int, str]:
    return (
        candidate.score < SURE,
        candidate.start - candidate.end,
        -round(candidate.score, 4),
        candidate.reason.key == "alias",
        candidate.start,
        candidate.reason.key,
    )


def _mention(article: Article, candidate: Candidate) -> Mention:
    pattern, start, end, score, reason = candidate
    score = round(min(1.0, score), 4)
    return Mention(
        pattern=pattern,
        article=article.id,
        start=start,
        end=end,
        score=score,
        band=_SURE if score >= SURE else _LIKELY,
        reason=reason,
        matched_with=MATCHER_VERSION,
    )


_SURE, _LIKELY = Band.SURE, Band.LIKELY  # an enumeration's member takes long to find, once a mention


def _by_context(candidates: list[Candidate], text: str, index: NameIndex) -> tuple[list[Candidate], list[PatternId]]:
    """The candidates whose near and never words allow them, and the patterns that lack a near word."""
    patterns = {candidate.pattern for candidate in candidates}
    ruled_out = _ruled_out(patterns, text, index)
    lacking = {p for p in patterns if index.pattern(p).near and not _holds_any(text, index.pattern(p).near)}
    kept = [c for c in candidates if c.pattern not in ruled_out and c.pattern not in lacking]
    return kept, sorted(lacking - ruled_out)


def _ruled_out(patterns: list[PatternId] | set[PatternId], text: str, index: NameIndex) -> set[PatternId]:
    return {p for p in patterns if index.pattern(p).never and _holds_any(text, index.pattern(p).never)}


def _holds_any(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text holds any of these words or phrases, whatever their ending."""
    folded = fold(text)
    return any(re.search(rf"(?<!\w){re.escape(fold(word))}", folded) for word in words if word.strip())


def _words_learnt(page: Page, hits: dict[int, Hits], use: SurnameUse) -> list[str]:
    """Which words of this article were taken for a name, and which of those ever taken it has in lower case."""
    taken = {page.lowered(i) for i, hit in hits.items() if hit.tells}
    before = [i - 1 for i, hit in hits.items() if i and hit.surnames and page.touches(i - 1)]
    taken |= {page.lowered(i) for i in before if page.begins_sentence(i)}
    lower = page.in_lower_case(use.watched_words(page.language)) | page.in_lower_case(taken)
    capital = [f"W:{page.language}:{word}" for word in sorted(taken)]
    return [*capital, *(f"w:{page.language}:{word}" for word in sorted(lower))]
