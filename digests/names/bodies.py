"""Watched bodies and places in one text, and people who are known by one word: all their words in order, whole."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from digests.model import Reason
from digests.names.alone import ALIAS, DOUBTFUL, FREE, SAME_SOUND, Alone
from digests.names.another import context_words, is_of_longer, is_part_of_other, is_something_else, surname_starts
from digests.names.candidate import Candidate, how_found
from digests.names.couples import is_perhaps_hers, whose
from digests.names.entries import Body
from digests.names.family import mark_behind, means_several
from digests.names.fold import fold_word
from digests.names.index import NO_HITS, WORST_WORD, Hits, NameIndex
from digests.names.parts import is_given_name
from digests.names.spell import script_of
from digests.names.spellings import Word, connectives
from digests.names.surnames import PREFIXES, SurnameUse
from digests.names.tokens import Page, bare

_TINY = 2  # letters: AB is the EU in Turkish, but not in a headline all in capitals
_LONGEST_CONNECTIVE = 5  # letters
_PAIR = 2  # words, between which no other may stand where the first is in lower case
_TELLING = 3  # consonants, or first letters, of a word in lower case that begins a name
_PHRASE = 80  # characters before a capital, in which a name in lower case may begin
_SKIPPED = 4  # connectives between two words of a name
_WORD = re.compile(r"[^\W_](?:[\w\u0300-\u036f]|['’‘ʼ`](?=\w))*")
_QUOTES = "«»“”„\"'’()"
_NUMBERED = re.compile(r"[-‐‑–]\d")  # VQR-2 is another
_BETWEEN_OR_AND = re.compile(r"[ \t\u00a0\u202f]*[&+][ \t\u00a0\u202f]*|[ \t\u00a0\u202f]")
_BETWEEN = re.compile(r"\.(?=\w)|[ \t\u00a0\u202f«»“”„\"'’()‐‑–-]{0,4}")  # Krym.Realii


def find_bodies(page: Page, hits: dict[int, Hits], index: NameIndex, use: SurnameUse) -> list[Candidate]:
    """Return the places in a page that may be mentions of bodies and places."""
    ahead = _Ahead(page, index)
    found: list[Candidate] = []
    for i, hit in hits.items():
        if hit.alone:
            found += _match_singles(page, i, hit.alone, ahead, use)
        if hit.firsts or hit.lasts:
            found += _match_several(page, i, hit, ahead)
        if hit.inners:
            found += _match_from_inside(page, i, hit.inners, ahead)
    return found


def _match_several(page: Page, i: int, hit: Hits, ahead: "_Ahead") -> Iterator[Candidate]:
    # Many names begin with a word like this one; few go on like the text.
    end = page.tokens[i].end
    behind = ahead.word(end, joined=False).hit.meant
    for body, cost in hit.firsts:
        if body.words[1] in (ahead.word(end, joined=True).hit.meant if body.joined else behind):
            yield from _match(page, i, body, cost, ahead)
    for body, cost in hit.lasts:
        if body.words[0] in (ahead.word(end, joined=True).hit.meant if body.joined else behind):
            yield from _match_turned(page, i, body, cost, ahead)


class _Next(NamedTuple):
    """The next telling word behind a place of a text.

    Attributes:
        hit: What it may be.
        is_lower: Whether it stands in lower case.
        end: Where it ends.
    """

    hit: Hits
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

    def before(self, at: int) -> Mapping[int, float]:
        """What the telling word in lower case before a place may be."""
        for piece in reversed(self._page.text[max(0, at - _PHRASE) : at].split()):
            word = piece.strip(_QUOTES)
            if not word:
                continue
            if not word.islower():
                break
            if len(word) > _LONGEST_CONNECTIVE or fold_word(word) not in connectives():
                hit = self.index.look_up(word, self._page.language)
                return hit.meant if hit else NO_HITS.meant
        return NO_HITS.meant

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
        return _Next(hit, word[0].islower(), word[1]) if word and hit else _NOTHING


_NOTHING = _Next(NO_HITS, False, 0)


def _match_singles(page: Page, i: int, named: Sequence[Alone], ahead: _Ahead, use: SurnameUse) -> Iterator[Candidate]:
    token, begins = page.tokens[i], page.begins_sentence(i)
    crowded = page.touches(i) or (page.touches(i - 1) and not page.opens_sentence(i - 1))
    ordinary = page.is_common(i) or use.is_word(page.language, page.lowered(i))
    for each in named:
        if each.acronym:
            fits = _stands_as_acronym(page, i, each.acronym)
        else:
            fits = (each.crowded or not crowded) and (not ordinary or (each.as_first if begins else each.as_word))
            fits = fits and (not each.shouted or page.is_shouted(i))
            fits = fits and not (each.body.is_place and _is_part_or_other(page, i, each, ahead))
        if not fits:
            continue
        reason, end = each.reason, token.end - each.cut
        if token.end - token.start != len(token.text):  # letter-spaced
            reason = Reason(key=reason.key, fields=(("form", page.text[token.start : end]), *reason.fields[1:]))
        is_word = ordinary and begins and not (each.acronym or _is_known_name(page, i, use))
        most = DOUBTFUL if is_word or (not each.acronym and _is_doubtful(page, i, each)) else 1.0
        yield Candidate(each.body.pattern, token.start, end, min(most, each.score), reason)


def _is_known_name(page: Page, i: int, use: SurnameUse) -> bool:
    """Whether an ordinary word that begins a sentence has a capital inside one too, here or mostly in the stream."""
    return page.lowered(i) in page.inner_capitals or use.is_name(page.language, page.lowered(i))


def _is_doubtful(page: Page, i: int, named: Alone) -> bool:
    """Whether a single word may be a person's surname, or a sentence's first word that only sounds like the name."""
    if named.body.is_person and _is_another_bearer(page, i, named.body.form.words[0]):
        return True
    if not named.body.is_place and page.touches(i - 1) and is_given_name(page.form(i - 1), page.language):
        return True  # Michael Bloomberg
    sounds_so = named.reason.key == "name_spelling" and named.score < 1 - FREE
    return sounds_so and page.begins_sentence(i) and page.lowered(i) not in page.inner_capitals


def _is_another_bearer(page: Page, i: int, surname: Word) -> bool:
    """Whether a surname that is watched alone may stand for his wife, his son or the family."""
    if means_several(page, i, surname) or mark_behind(page, i):
        return True
    is_his = whose(surname.text, surname.language, declined=False) == "his"
    return is_his and whose(page.form(i), page.language) == "either" and is_perhaps_hers(page, i)


def _is_part_or_other(page: Page, i: int, named: Alone, ahead: _Ahead) -> bool:
    """Whether a place's only word is part of another name, or something else that sounds so."""
    if named.only_sounds_so and (is_something_else(page, i) or ahead.is_surname(i)):
        return True
    return ahead.is_part_of_other(i, page.tokens[i].end)


def _stands_as_acronym(page: Page, i: int, letters: int) -> bool:
    """Whether an acronym is none of a longer sign, and one of two letters not among other capitals."""
    if _NUMBERED.match(page.text, page.tokens[i].end):
        return False
    return letters > _TINY or not any(
        page.touches(gap) and page.is_capitals(beside) for gap, beside in ((i - 1, i - 1), (i, i + 1))
    )


def _match(page: Page, i: int, body: Body, cost: float, ahead: _Ahead) -> Iterator[Candidate]:
    form, start = body.form, page.tokens[i].start
    rest = _follow(ahead, page.tokens[i].end, body, 1)
    if rest is None or max(cost, rest[1]) > (ALIAS if form.alias else WORST_WORD):
        return
    if body.is_place and ahead.is_part_of_other(i, rest[0]):
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
    beside = _WORD.match(page.text, page.tokens[i].end + 1)
    if rest is None or beside is None or beside.end() != rest[0] or body.words[0] == body.words[1]:
        return
    if max(cost, rest[1]) <= WORST_WORD:
        yield _candidate(page, body, start, rest[0], max(cost, rest[1]), "name_spelling")


def _match_from_inside(
    page: Page, i: int, inners: Sequence[tuple[Body, int, float]], ahead: _Ahead
) -> Iterator[Candidate]:
    """Names of which word `i` is the first in capitals: "в комітеті матерів Степу"."""
    start = page.tokens[i].start
    beside = ahead.before(start) if not page.touches(i - 1) else NO_HITS.meant
    likely = [each for each in inners if each[0].words[each[1] - 1] in beside]
    before = _words_before(page.text, start) if likely else []
    for body, nth, cost in likely:
        if nth > len(before) or not all(word.islower() for word, _ in before[:nth]):
            continue
        first, begin = before[nth - 1]
        if not _is_telling(first, body.form.words[0], ahead.index.word(body.words[0]).consonants):
            continue
        if len(body.words) == _PAIR and not page.text[begin + len(first) : start].isspace():
            continue  # "komisiji in Evropskem svetu" is no Komisja Europejska
        rest = _follow(ahead, begin, body, 0)
        if rest is not None and max(cost, rest[1]) <= (ALIAS if body.form.alias else WORST_WORD):
            key = "alias" if body.form.alias else "name" + _difference(page, body, begin, rest[0])
            yield _candidate(page, body, begin, rest[0], max(cost, rest[1]), key)


def _is_telling(printed: str, listed: Word, consonants: int) -> bool:
    """Whether a short word in lower case has the listed letters: "раді ЄС", but not "ряды ЕС"."""
    return consonants >= _TELLING or fold_word(printed)[:_TELLING] == fold_word(listed.text)[:_TELLING]


def _words_before(text: str, at: int) -> list[tuple[str, int]]:
    """The telling words before a place in the same phrase, the nearest first, each with where it begins."""
    found = []
    start = max(0, at - _PHRASE)
    for word in reversed(list(_WORD.finditer(text, start, at))):
        if not _BETWEEN.fullmatch(text, word.end(), at) or word.start() == start > 0:  # what is cut in two is no word
            break
        at = word.start()
        if len(word[0]) > _LONGEST_CONNECTIVE or fold_word(word[0]) not in connectives():
            found.append((word[0], at))
    return found


def _follow(ahead: _Ahead, at: int, body: Body, nth: int) -> tuple[int, float] | None:
    """Where the rest of a name, from its `nth` word, ends and its worst word; None when it does not follow."""
    worst, joined = 0.0, body.joined
    for number in body.words[nth:]:
        found, listed = ahead.word(at, joined=joined), ahead.index.word(number)
        cost = found.hit.meant.get(number, 1.0) if body.translated else found.hit.apart(number)
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
        low = fold_word(word[0]) if len(word[0]) <= _LONGEST_CONNECTIVE else ""
        if low not in connectives() or (low in context_words("and") and not joined):
            return word[0], word.end()
        at = word.end()
    return None


def _difference(page: Page, body: Body, start: int, end: int) -> str:
    """How several words differ from the listed ones: by the first that does."""
    printed = [word for word in _WORD.findall(page.text[start:end]) if fold_word(word) not in connectives()]
    for form, word in zip(printed, body.form.words, strict=False):
        how = how_found(bare(form), page.language, word)
        if how:
            return how
    return ""


def _candidate(page: Page, body: Body, start: int, end: int, cost: float, key: str) -> Candidate:
    reason = Reason(key=key, fields=(("form", page.text[start:end]), ("of", body.form.text)))
    return Candidate(body.pattern, start, end, 1 - cost, reason)
