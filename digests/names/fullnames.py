"""Full names of watched people in one text: a given name, or one that stands for it, and the surname, whole."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from digests.names.articles import is_article
from digests.names.beside import Beside
from digests.names.candidate import how_found
from digests.names.entries import Person
from digests.names.fold import fold_word
from digests.names.index import Hits, NameIndex
from digests.names.parts import is_given_name, is_patronymic
from digests.names.sound import is_acronym
from digests.names.spellings import Word
from digests.names.tokens import Page

FULL_SURNAME = 0.18  # the most a surname may differ in a full name
FULL_SUM = 0.24  # surname + 0.7 given: Мустафа Джамалдинов is no Dzhemilev
GIVEN_SHARE = 0.7
PART = 0.20  # every part of Rees-Mogg; Reed-Mogg is another
REACH = 4  # words between surname and given name
TURNED_LATIN = 0.06  # lists of our languages in Latin letters seldom turn a name; then it must be written nearly so
TURNED_GIVEN = 0.035  # "Чубаров Рефат": the given name must be written almost so
_NO_PARTS = ()


class Full(NamedTuple):
    """A full name in the text: words `first` to `last`, the surname at `at`."""

    person: Person
    first: int
    at: int
    last: int
    cost: float
    stood_for: bool
    shared: bool = False  # another given name stands between: Arslan and Emil Bozdaliev


class FullNames:
    """Finds the full names that end, or in lists begin, at a surname of one page."""

    def __init__(self, page: Page, hits: dict[int, Hits], index: NameIndex, beside: Beside) -> None:
        self._page, self._hits, self._index, self._beside = page, hits, index, beside
        self._free: dict[int, bool] = {}

    def at(self, i: int, surnames: Sequence[tuple[int, float]]) -> Iterator[Full]:
        """Return the full names whose surname is word `i`, which may be any of these listed words."""
        before, behind = self._givens_before(i), self._given_behind(i)
        with_other = self._given_with_other(i)
        if not before and behind is None and with_other is None:
            return
        for number, cost in surnames:
            if cost > FULL_SURNAME or cost > self._index.word(number).in_full:
                continue
            if cost > 0 and self._page.language in _PLURAL_S and self._is_plural(i, number):
                continue
            for j, hit in before:
                yield from self._given_at(j, hit, i, number, cost)
            if with_other is not None:
                yield from (full._replace(shared=True) for full in self._given_at(*with_other, i, number, cost))
            if behind is not None:
                yield from self._turned(behind, i, number, cost)

    def _givens_before(self, i: int) -> list[tuple[int, Hits]]:
        """The words that may be a given name to the surname at word `i`, the nearest first."""
        found, page, is_behind = [], self._page, False
        for j in range(i - 1, max(-1, i - 1 - REACH), -1):
            if page.is_nickname(j):
                is_behind = True  # what stands before it is tied by the quotation marks
                continue
            if not (is_behind or page.joins(j) or page.is_softened(j)):
                break
            is_behind = False
            hit = self._hits.get(j)
            if hit is not None and hit.meant:
                found.append((j, hit))
        return found

    def _given_with_other(self, i: int) -> tuple[int, Hits] | None:
        """The given name joined by "and" to the one before the surname at word `i`: Arslan and Emil Bozdaliev."""
        page, other = self._page, i - 1
        hit = self._hits.get(i - 2)
        if hit is None or not hit.meant or not page.touches(other) or not page.is_and(other - 1):
            return None
        alone = not self._beside.has_namesake(other - 1) and not page.is_title(other)
        return (other - 1, hit) if alone and is_given_name(page.form(other), page.language) else None

    def _given_at(self, j: int, hit: Hits, i: int, number: int, cost: float) -> Iterator[Full]:
        persons_by = self._index.by_pair[number]
        if len(persons_by) == 1:
            givens = [(given, hit.meant[given]) for given in persons_by if given in hit.meant]
        else:
            givens = [(given, far) for given, far in hit.meant.items() if given in persons_by]
        for given, far in givens:
            for person in persons_by[given]:
                parts = self.part_costs(person, i)
                if parts is None or j > i - len(person.surname) or not self._is_near(given, far, cost):
                    continue
                first = self._given_start(person, j)
                if first is not None and self._fits(person, given, far, j, i):
                    stood_for = hit.apart(given) > far
                    yield Full(person, first, i, i, max([cost, far, *parts]), stood_for)

    def _is_near(self, given: int, far: float, cost: float) -> bool:
        limit = self._index.word(given).in_full
        if far > limit and cost > 0:
            return False
        return cost + GIVEN_SHARE * far <= FULL_SUM

    def _fits(self, person: Person, given: int, far: float, j: int, i: int) -> bool:
        """Whether neither the given name's gender nor a father's name between it and the surname contradicts."""
        page, listed = self._page, self._index.word(given).text
        if far > 0 and _is_male_form(page.form(j), listed):
            return False
        if fold_word(page.form(j)) != fold_word(listed) and page.begins_sentence(j) and self._beside.is_ordinary(j):
            return False  # "Был Трамп" is no Bill
        if not page.is_capitals(j) and _is_foreign_acronym(page.form(i), person.form.surname[-1].text):
            return False
        return not any(self._is_other_fathers(person, k) for k in range(j + 1, i))

    def _is_other_fathers(self, person: Person, k: int) -> bool:
        """Whether word `k` is a father's name, and not the one that the watched name has."""
        words = zip(person.given, person.form.given, strict=True)
        listed = next((number for number, word in words if is_patronymic(word.text)), None)
        if listed is None or not is_patronymic(self._page.form(k)):
            return False
        hit = self._hits.get(k)
        return hit is None or hit.apart(listed) > PART

    def _is_plural(self, i: int, number: int) -> bool:
        """Whether a surname is printed with an s that it has not: John Edwards is not John Edward."""
        language, listed = self._page.language, self._index.word(number)
        return how_found(self._page.form(i), language, Word(listed.text, listed.language)) == "_case"

    def part_costs(self, person: Person, i: int) -> Sequence[float] | None:
        """How far the other parts of a compound surname are from the words before `i`; None if one is not there."""
        if len(person.surname) == 1:
            return _NO_PARTS if self._is_whole(person, i) else None
        costs = []
        for back, number in enumerate(reversed(person.surname[:-1]), 1):
            hit = self._hits.get(i - back)
            cost = hit.apart(number) if hit and self._page.joins(i - back) else 1.0
            if cost > PART:
                return None
            costs.append(cost)
        return costs if not self._page.hyphened(i) and not self._page.hyphened(i - len(person.surname)) else None

    def stands_free(self, i: int) -> bool:
        """Whether no hyphen ties word `i` to another."""
        free = self._free.get(i)
        if free is None:
            tied = self._page.hyphened(i - 1) and not is_article(self._page.form(i - 1))
            free = self._free[i] = not self._page.hyphened(i) and not tied
        return free

    def _is_whole(self, person: Person, i: int) -> bool:
        """Whether the surname at word `i` is no part of a hyphened one; "Rees-Mogg" may be listed without hyphen."""
        free = self.stands_free(i)
        if free or self._page.hyphened(i):
            return free
        hit = self._hits.get(i - 1)
        return len(person.given) > 1 and hit is not None and hit.apart(person.given[-1]) <= PART

    def _given_start(self, person: Person, j: int) -> int | None:
        """The first word of the given name, when all parts of a hyphened one are there; None when they are not."""
        if self._page.hyphened(j - 1):
            return None  # "Anna-Maria" is not Maria
        if not self._page.hyphened(j):
            return j
        if len(person.given) == 1:
            return None
        hit = self._hits.get(j + 1)
        return j if hit and hit.apart(person.given[1]) <= PART else None

    def _given_behind(self, i: int) -> Hits | None:
        """The word behind a surname, as in "Чубаров Рефат": it must end the phrase, or a patronymic follow."""
        hit = self._hits.get(i + 1)
        in_list = self._page.is_capitals(i) and self._page.gap(i) == ", "  # BOZDALIEV, Arslan
        if hit is None or not (self._page.touches(i) or in_list):
            return None
        if self._page.touches(i + 1) and not is_patronymic(self._page.tokens[i + 2].text):
            return None
        return hit

    def _turned(self, behind: Hits, i: int, number: int, cost: float) -> Iterator[Full]:
        if cost > (FULL_SURNAME if _is_cyrillic(self._page.tokens[i].text) else TURNED_LATIN):
            return
        persons_by = self._index.by_pair[number]
        fathers = self._page.touches(i + 1)  # whose name stands behind, or it were no given name: `_given_behind`
        for given in behind.meant:
            far = behind.apart(given) if given in persons_by else 1.0
            for person in persons_by[given] if far <= TURNED_GIVEN else ():
                fits = len(person.surname) == 1 and (fathers or not self._beside.follows_given(i))
                if fits and not (fathers and self._is_other_fathers(person, i + 2)):
                    yield Full(person, i, i, i + 1, max(cost, far), False)


def _is_foreign_acronym(printed: str, listed: str) -> bool:
    """Whether an abbreviation is printed that is not the listed word: "Канады РАН" is no Kenneth Ryan."""
    return is_acronym(printed) and fold_word(printed) != fold_word(listed)


_PLURAL_S = frozenset({"en", "fr", "es"})


def _is_male_form(printed: str, listed: str) -> bool:
    """Whether Martin is printed for a listed Martina."""
    form, name = fold_word(printed), fold_word(listed)
    return name[-1:] in _FEMALE_ENDS and form[-1:] not in _VOWELS and form == name[:-1]


_FEMALE_ENDS = frozenset("aа")
_VOWELS = frozenset("aeiouyаеиоуіїєяюы")


def _is_cyrillic(word: str) -> bool:
    return "Ѐ" <= word[0] <= "ԯ"
