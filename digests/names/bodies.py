"""Watched bodies and places in one text, and people who are known by one word: all their words in order, whole."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from digests.model import Kind
from digests.names.another import context_words, is_of_longer, is_part_of_other, is_something_else, surname_starts
from digests.names.candidate import Candidate, ending_of, how_found, unlikeness
from digests.names.endings import ENDING_COST
from digests.names.fold import fold_word, mend_scripts
from digests.names.index import ALONE, WORST_WORD, Body, Hits, NameIndex
from digests.names.spell import script_of
from digests.names.spellings import Word, connectives
from digests.names.surnames import PREFIXES, SurnameUse
from digests.names.tokens import Page, bare, common_words

ACRONYM = 0.025  # NATO and НАТО; the lengths must be equal, and no ending was cut
ALIAS = 0.07
SAME_SOUND = 0.05  # an ordinary word is a name only when nothing but its ending differs: Сената, Senát
DOUBTFUL = 0.89  # may be part of a longer name, or a word that sounds otherwise (Boeing, Beijing): only likely
FREE = 0.04  # a single word that differs more must have no capitalised neighbour
_SINGLE = {0: 0.06, 1: 0.06, 2: 0.06, 3: 0.07}  # the most a single word may differ, by its consonants: Covid, Covax
_TINY = 2  # letters: AB is the EU in Turkish, but not in a headline all in capitals
_SHORT = 5  # letters: CoV, MAX and their like match nothing but themselves
_SKIPPED = 4  # connectives between two words of a name
_WORD = re.compile(r"[^\W_](?:[\w\u0300-\u036f]|['’‘ʼ`](?=\w))*")
_NUMBERED = re.compile(r"[-‐‑–]\d")  # VQR-2 is another
_BETWEEN_OR_AND = re.compile(r"[ \t\u00a0\u202f]*[&+][ \t\u00a0\u202f]*|[ \t\u00a0\u202f]")
_BETWEEN = re.compile(r"\.(?=\w)|[ \t\u00a0\u202f«»“”„\"'’()‐‑–-]{0,4}")  # Krym.Realii


def find_bodies(page: Page, hits: dict[int, Hits], index: NameIndex, use: SurnameUse) -> Iterator[Candidate]:
    """Return the places in a page that may be mentions of bodies and places."""
    ahead = _Ahead(page, index)
    for i, hit in hits.items():
        if hit.singles:
            yield from _match_singles(page, i, hit.singles, ahead, use)
        if not hit.firsts and not hit.lasts:
            continue
        # Many names begin with a word like this one; few go on like the text.
        for body, cost in hit.firsts:
            if body.words[1] in ahead.word(page.tokens[i].end, joined=_has_and(body.form.text)).meant:
                yield from _match(page, i, body, cost, ahead)
        for body, cost in hit.lasts:
            if body.words[0] in ahead.word(page.tokens[i].end, joined=_has_and(body.form.text)).meant:
                yield from _match_turned(page, i, body, cost, ahead)


class _Next(NamedTuple):
    """The next telling word behind a place of a text.

    Attributes:
        near, meant: How far it is from each listed word that it may be, as itself and by what stands for it.
        is_lower: Whether it stands in lower case.
        end: Where it ends.
    """

    near: Mapping[int, float]
    meant: Mapping[int, float]
    is_lower: bool
    end: int


class _Ahead:
    """What follows the words of one page; many names ask for the same word."""

    def __init__(self, page: Page, index: NameIndex) -> None:
        self.index = index
        self._page = page
        self._words: dict[tuple[int, bool], _Next] = {}
        self._others: dict[tuple[int, int], bool] = {}

    def word(self, at: int, *, joined: bool) -> _Next:
        """The next word behind a place; behind an "and" if the name is `joined` by one."""
        found = self._words.get((at, joined))
        if found is None:
            found = self._words[at, joined] = self._look(at, joined=joined)
        return found

    def is_part_of_other(self, i: int, end: int) -> bool:
        """Whether a place's name, from word `i` to `end`, is inside another."""
        found = self._others.get((i, end))
        if found is None:
            found = self._others[i, end] = is_part_of_other(self._page, i, end)
        return found

    def is_surname(self, i: int) -> bool:
        """Whether word `i` begins as a surname that the text gives somebody."""
        low = fold_word(self._page.form(i))
        return any(low[:length] in self._surnames for length in PREFIXES)

    @cached_property
    def _surnames(self) -> frozenset[str]:
        return surname_starts(self._page)

    def _look(self, at: int, *, joined: bool) -> _Next:
        word = _next_word(self._page, at, joined=joined)
        hit = self.index.look_up(word[0], self._page.language) if word else None
        return _Next(hit.words, hit.meant, word[0].islower(), word[1]) if word and hit else _NOTHING


_NOTHING = _Next({}, {}, False, 0)


class _Spot(NamedTuple):
    """What a word is beside any name: whether others touch it, and whether it may be an ordinary word."""

    crowded: bool
    begins: bool
    ordinary: bool


def _match_singles(
    page: Page, i: int, singles: Sequence[tuple[Body, float]], ahead: _Ahead, use: SurnameUse
) -> Iterator[Candidate]:
    spot = None
    for body, cost in singles:
        if body.form.acronym:
            yield from _match_acronym(page, i, body, cost)
            continue
        spot = spot or _spot(page, i, use)
        if not _fits_alone(page, i, body, cost, ahead, spot):
            continue
        printed = bare(page.tokens[i].text), page.language, body.form.words[0]
        key = "alias" if body.form.alias else "name" + how_found(*printed)
        found = _candidate(page, body, page.tokens[i].start, page.name_end(i), cost, key)
        ending = ending_of(*printed) if key == "name_case" else ""
        yield found._replace(fields=(*found.fields, ("ending", ending))) if ending else found


def _match_acronym(page: Page, i: int, body: Body, cost: float) -> Iterator[Candidate]:
    form, token = body.form, page.tokens[i]
    limit = ACRONYM + (ENDING_COST if len(token.text) > len(form.words[0].text) else 0)
    if cost <= limit and _is_acronym(page, i, form.words[0]):
        yield _candidate(page, body, token.start, page.name_end(i), cost, "alias" if form.alias else "acronym")


def _spot(page: Page, i: int, use: SurnameUse) -> _Spot:
    crowded = page.touches(i) or (page.touches(i - 1) and not page.opens_sentence(i - 1))
    ordinary = page.is_common(i) or use.is_word(page.language, page.lowered(i))
    return _Spot(crowded, page.begins_sentence(i), ordinary)


def _match(page: Page, i: int, body: Body, cost: float, ahead: _Ahead) -> Iterator[Candidate]:
    form, start = body.form, page.tokens[i].start
    rest = _follow(ahead, page.tokens[i].end, body, 1)
    if rest is None or max(cost, rest[1]) > (ALIAS if form.alias else WORST_WORD):
        return
    if ahead.index.pattern(body.pattern).kind is Kind.PLACE and ahead.is_part_of_other(i, rest[0]):
        return
    key = "alias" if form.alias else "name" + _difference(page, body, start, rest[0])
    found = _candidate(page, body, start, rest[0], max(cost, rest[1]), key)
    yield found._replace(score=found.score * DOUBTFUL) if is_of_longer(page, i, rest[0]) else found


def _match_turned(page: Page, i: int, body: Body, cost: float, ahead: _Ahead) -> Iterator[Candidate]:
    """Two words the other way round in another language: Komisja Europejska is Европейската комисия."""
    start, word = page.tokens[i].start, body.form.words[0]
    other_language = word.language and page.language and word.language != page.language
    if not other_language and script_of(word.text) == script_of(page.tokens[i].text):
        return
    rest = _follow(ahead, page.tokens[i].end, body._replace(words=body.words[:1]), 0)
    if rest and max(cost, rest[1]) <= WORST_WORD and body.words[0] != body.words[1]:
        yield _candidate(page, body, start, rest[0], max(cost, rest[1]), "name_spelling")


def _follow(ahead: _Ahead, at: int, body: Body, nth: int) -> tuple[int, float] | None:
    """Where the rest of a name, from its `nth` word, ends and its worst word; None when it does not follow."""
    worst, joined = 0.0, _has_and(body.form.text)
    for number in body.words[nth:]:
        found, listed = ahead.word(at, joined=joined), ahead.index.word(number)
        cost = (found.meant if body.translated else found.near).get(number, 1.0)
        # A word in lower case must be nearly the listed one, but may have an ending.
        if cost > min(WORST_WORD, max(listed.alone, SAME_SOUND) if found.is_lower else listed.in_full):
            return None
        worst, at = max(worst, cost), found.end
    return at, worst


def _next_word(page: Page, at: int, *, joined: bool) -> tuple[str, int] | None:
    """The next telling word in the same phrase, and where it ends; "and" is skipped if the name is `joined` by one."""
    for _ in range(_SKIPPED + 1):
        between = (_BETWEEN_OR_AND if joined else _BETWEEN).match(page.text, at)
        word = _WORD.match(page.text, between.end() if between else at)
        if word is None:
            return None
        low = fold_word(word[0]) if len(word[0]) <= _SHORT else ""
        if low not in connectives() or (low in _ands() and not joined):
            return word[0], word.end()
        at = word.end()
    return None


def _is_declined(form: str, language: str, word: Word) -> bool:
    """Whether a printed word is the listed one with an ending, and else nearly the same."""
    return how_found(form, language, word) == "_case" and unlikeness(form, language, word) <= FREE


@lru_cache(maxsize=4_096)
def _has_and(name: str) -> bool:
    """Whether a name's words are joined by "and": then a text may say so otherwise."""
    return "&" in name or "+" in name or any(fold_word(word) in _ands() for word in name.split())


def _ands() -> frozenset[str]:
    return context_words("and")


def _fits_alone(page: Page, i: int, body: Body, cost: float, ahead: _Ahead, spot: _Spot) -> bool:
    form, word, index = body.form, body.form.words[0], ahead.index
    if cost > (ALIAS if form.alias else _SINGLE.get(index.word(body.words[0]).consonants, ALONE)):
        return False
    text, language = bare(page.tokens[i].text), page.language
    same = _is_written_so(text, word, language)
    if same is None or (cost > FREE and spot.crowded and not _is_declined(text, language, word)):
        return False
    is_place = index.pattern(body.pattern).kind is Kind.PLACE
    only_sounds_so = cost > SAME_SOUND and not form.alias and how_found(text, language, word) == "_spelling"
    if is_place and only_sounds_so and (is_something_else(page, i, body, index) or ahead.is_surname(i)):
        return False
    if spot.ordinary:
        sounds_same = cost <= SAME_SOUND and not (is_place and spot.begins)
        if not (same or sounds_same) or page.lowered(i) in common_words(language):
            return False
    return not is_place or not ahead.is_part_of_other(i, page.tokens[i].end)


@lru_cache(maxsize=16_384)
def _is_written_so(text: str, word: Word, language: str) -> bool | None:
    """Whether a single word has the listed letters; None when its letters forbid that it is the listed one."""
    folded, listed = fold_word(text), fold_word(word.text)
    as_listed = folded == listed and (text == word.text or text.isupper())
    if not as_listed and (_has_inner_capitals(text) or _has_inner_capitals(word.text)):
        return None
    if word.language == language and _starts_otherwise(folded, listed):
        return None
    return folded == listed


def _starts_otherwise(one: str, other: str) -> bool:
    """Whether two words of one language and script begin with different letters."""
    return one[:1] != other[:1] and script_of(one) == script_of(other)


def _has_inner_capitals(word: str) -> bool:
    return 1 < len(word) <= _SHORT and any(letter.isupper() for letter in word[1:])


def _is_acronym(page: Page, i: int, word: Word) -> bool:
    """Whether word `i` stands in capitals, as long as the listed one; one of two letters not among other capitals."""
    head, listed = mend_scripts(re.split("['’‘ʼ`]", bare(page.tokens[i].text))[0]), word.text
    # QE sounds like KE. In Cyrillic a letter is a sound, and another alphabet has another letter: КНИЗ is КНІЗ.
    by_sound = script_of(head) != script_of(listed) or (
        script_of(listed) == "cyrillic" and word.language != page.language
    )
    if not by_sound and fold_word(head) != fold_word(listed):
        return False
    if len(head) != len(listed) or not head.isupper() or _NUMBERED.match(page.text, page.tokens[i].end):
        return False
    return len(listed) > _TINY or not any(
        page.touches(gap) and page.is_capitals(beside) for gap, beside in ((i - 1, i - 1), (i, i + 1))
    )


def _difference(page: Page, body: Body, start: int, end: int) -> str:
    """How several words differ from the listed ones: by the first that does."""
    printed = [word for word in _WORD.findall(page.text[start:end]) if fold_word(word) not in connectives()]
    for form, word in zip(printed, body.form.words, strict=False):
        how = how_found(bare(form), page.language, word)
        if how:
            return how
    return ""


def _candidate(page: Page, body: Body, start: int, end: int, cost: float, key: str) -> Candidate:
    doubtful = len(body.words) == 1 and key == "name_spelling" and cost > SAME_SOUND
    fields = (("form", page.text[start:end]), ("of", body.form.text))
    return Candidate(body.pattern, start, end, min(DOUBTFUL if doubtful else 1.0, 1 - cost), key, fields)
