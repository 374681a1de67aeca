"""Watched bodies and places in one text, and people who are known by one word: all their words in order, whole."""

import re
from collections.abc import Iterator
from functools import cache

from digests.model import Kind
from digests.names.candidate import Candidate, how_found, unlikeness
from digests.names.endings import ENDING_COST
from digests.names.fold import fold_word
from digests.names.index import ALONE, WORST_WORD, Body, Hits, NameIndex
from digests.names.spell import script_of
from digests.names.spellings import connectives, is_given_name
from digests.names.surnames import SurnameUse
from digests.names.tokens import Page, bare, common_words
from digests.tables import load_rows

ACRONYM = 0.025  # NATO and НАТО; the lengths must be equal, and no ending was cut
ALIAS = 0.07
SAME_SOUND = 0.05  # an ordinary word is a name only when nothing but its ending differs: Сената, Senát
FREE = 0.04  # a single word that differs more must have no capitalised neighbour
_SINGLE = ((2, 0.06), (3, 0.07), (99, ALONE))  # the most a single word may differ, by its consonants: Covid is no Covax
_TINY = 2  # letters: AB is the EU in Turkish, but not in a headline all in capitals
_SHORT = 5  # letters: CoV, MAX and their like match nothing but themselves
_SKIPPED = 4  # connectives between two words of a name
_WORD = re.compile(r"[^\W_](?:[\w\u0300-\u036f]|['’‘ʼ`](?=\w))*")
_BETWEEN = re.compile(r"\.(?=\w)|[ \t\u00a0\u202f«»“”„\"'’()‐‑–-]{0,4}")  # Krym.Realii


def find_bodies(page: Page, hits: dict[int, Hits], index: NameIndex, use: SurnameUse) -> Iterator[Candidate]:
    """Return the places in a page that may be mentions of bodies and places."""
    for i, hit in hits.items():
        for body, cost in hit.firsts:
            yield from _match(page, i, body, cost, index, use)
        for body, cost in hit.lasts:
            yield from _match_turned(page, i, body, cost, index)


def _match(page: Page, i: int, body: Body, cost: float, index: NameIndex, use: SurnameUse) -> Iterator[Candidate]:
    form, token = body.form, page.tokens[i]
    if form.acronym:
        limit = ACRONYM + (ENDING_COST if len(token.text) > len(form.words[0].text) else 0)
        if _is_acronym(page, i, form.words[0].text) and cost <= limit:
            yield _candidate(page, body, token.start, page.name_end(i), cost, "alias" if form.alias else "acronym")
        return
    if len(body.words) == 1:
        if _fits_alone(page, i, body, cost, index, use):
            key = "alias" if form.alias else "name" + how_found(bare(token.text), page.language, form.words[0])
            yield _candidate(page, body, token.start, page.name_end(i), cost, key)
        return
    rest = _follow(page, token.end, body.words[1:], index)
    worst = max(cost, rest[1]) if rest else 1.0
    if rest and index.pattern(body.pattern).kind is Kind.PLACE and _is_part_of_other(page, i, rest[0]):
        return
    if rest and worst <= (ALIAS if form.alias else WORST_WORD):
        key = "alias" if form.alias else "name" + _difference(page, body, token.start, rest[0])
        yield _candidate(page, body, token.start, rest[0], worst, key)


def _match_turned(page: Page, i: int, body: Body, cost: float, index: NameIndex) -> Iterator[Candidate]:
    """Two words the other way round in another language: Komisja Europejska is Европейската комисия."""
    start, word = page.tokens[i].start, body.form.words[0]
    other_language = word.language and page.language and word.language != page.language
    if not other_language and script_of(word.text) == script_of(page.tokens[i].text):
        return
    rest = _follow(page, page.tokens[i].end, body.words[:1], index)
    if rest and max(cost, rest[1]) <= WORST_WORD and body.words[0] != body.words[1]:
        yield _candidate(page, body, start, rest[0], max(cost, rest[1]), "name_spelling")


def _follow(page: Page, at: int, numbers: tuple[int, ...], index: NameIndex) -> tuple[int, float] | None:
    """Where the rest of a name ends and its worst word; None when it does not follow."""
    worst = 0.0
    for number in numbers:
        found = _next_word(page, at)
        if found is None:
            return None
        hit = index.look_up(found[0], page.language)
        cost = hit.words.get(number, 1.0) if hit else 1.0
        listed = index.word(number)
        if cost > min(WORST_WORD, listed.alone if found[0].islower() else listed.in_full):
            return None
        worst, at = max(worst, cost), found[1]
    return at, worst


def _next_word(page: Page, at: int) -> tuple[str, int] | None:
    """The next telling word in the same phrase, and where it ends."""
    for _ in range(_SKIPPED + 1):
        between = _BETWEEN.match(page.text, at)
        word = _WORD.match(page.text, between.end() if between else at)
        if word is None:
            return None
        if len(word[0]) > _SHORT or fold_word(word[0]) not in connectives():
            return word[0], word.end()
        at = word.end()
    return None


def _fits_alone(page: Page, i: int, body: Body, cost: float, index: NameIndex, use: SurnameUse) -> bool:
    text, word, form = bare(page.tokens[i].text), body.form.words[0], body.form
    listed = index.word(body.words[0])
    limit = ALIAS if form.alias else next(most for consonants, most in _SINGLE if listed.consonants <= consonants)
    if cost > limit:
        return False
    same = fold_word(text) == fold_word(word.text)
    if not same and (_has_inner_capitals(text) or _has_inner_capitals(word.text)):
        return False
    if word.language == page.language and _starts_otherwise(fold_word(text), fold_word(word.text)):
        return False
    crowded = cost > FREE and (page.touches(i) or page.touches(i - 1))
    if crowded and unlikeness(text, page.language, word) > FREE:
        return False
    is_place = index.pattern(body.pattern).kind is Kind.PLACE
    sounds_same = cost <= SAME_SOUND and not (is_place and page.begins_sentence(i))
    if (page.is_common(i) or use.is_word(page.language, page.lowered(i))) and not (same or sounds_same):
        return False
    if page.lowered(i) in common_words(page.language):
        return False
    return not is_place or not _is_part_of_other(page, i, page.tokens[i].end)


def _starts_otherwise(one: str, other: str) -> bool:
    """Whether two words of one language and script begin with different letters."""
    return one[:1] != other[:1] and script_of(one) == script_of(other)


def _has_inner_capitals(word: str) -> bool:
    return 1 < len(word) <= _SHORT and any(letter.isupper() for letter in word[1:])


def _is_acronym(page: Page, i: int, listed: str) -> bool:
    """Whether word `i` stands in capitals, as long as the listed one; one of two letters not among other capitals."""
    head = re.split("['’‘ʼ`]", bare(page.tokens[i].text))[0]
    if len(head) != len(listed) or not head.isupper():
        return False
    return len(listed) > _TINY or not any(
        page.touches(gap) and page.is_capitals(beside) for gap, beside in ((i - 1, i - 1), (i, i + 1))
    )


def _is_part_of_other(page: Page, i: int, end: int) -> bool:
    """Whether a place's name, from word `i` to `end`, is inside another: New York Times, North Korea."""
    before, after = _context()
    if (page.touches(i - 1) or page.hyphened(i - 1)) and _is_among(page.lowered(i - 1), before):
        return True  # North Korea, New-Mexico
    if page.touches(i - 1) and is_given_name(page.form(i - 1), page.language):
        return True  # Jack London
    following = _WORD.match(page.text, end + 1) if page.text[end : end + 1] == " " else None
    if following is None:
        return False
    low, capital = following[0].lower(), following[0][0].isupper()
    return (capital and (_is_among(low, after) or _is_among(low, before))) or (low in after and not low.isascii())


def _is_among(word: str, stems: frozenset[str]) -> bool:
    """Whether a word is listed, or declined from a listed one of four letters or more."""
    return word in stems or any(word[:length] in stems for length in range(4, len(word)))


@cache
def _context() -> tuple[frozenset[str], frozenset[str]]:
    rows = {place: frozenset(words.split()) for place, words in load_rows("names/data/context.tsv")}
    return rows["before"], rows["after"]


def _difference(page: Page, body: Body, start: int, end: int) -> str:
    """How several words differ from the listed ones: by the first that does."""
    printed = [word for word in _WORD.findall(page.text[start:end]) if fold_word(word) not in connectives()]
    for form, word in zip(printed, body.form.words, strict=False):
        how = how_found(bare(form), page.language, word)
        if how:
            return how
    return ""


def _candidate(page: Page, body: Body, start: int, end: int, cost: float, key: str) -> Candidate:
    return Candidate(body.pattern, start, end, 1 - cost, key, (("form", page.text[start:end]), ("of", body.form.text)))
