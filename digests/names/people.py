"""Watched people in one text: full names first, then initials and surnames that a full name anchors."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from digests.model import PatternId, Reason
from digests.names.another import context_words
from digests.names.beside import Beside, begins
from digests.names.candidate import Candidate, ending_of, has_other_consonant, how_found
from digests.names.couples import Whose, cases_clash, contradict, is_perhaps_hers, is_womans, whose
from digests.names.endings import ENDING_COST
from digests.names.entries import Person
from digests.names.family import Mark, has_mark, mark_behind, means_several
from digests.names.fold import fold_word
from digests.names.fullnames import FULL_SURNAME, Full, FullNames
from digests.names.index import Hits, NameIndex
from digests.names.surnames import SurnameUse, prefix, surname_key
from digests.names.tokens import Page

ANCHORED = 0.20  # a bare surname unlike the anchored form; like it, what the index found is near enough
ALONE = 0.105  # a bare surname where no full name stands; Bidn-a for Biden is 0.101
ALONE_AT_START = 0.035  # the same as first word of a sentence
BEFORE_CAPITAL = 0.06  # a bare surname with another capitalised word behind it
OTHERS_SURNAME = 0.06  # a namesake's surname is counted only if it is written nearly so
INITIAL_SCORE, ANCHORED_SCORE, ALONE_SCORE = 0.85, 0.97, 0.88
NEIGHBOUR_SCORE = 0.89  # a full name with another consonant in the surname, in the same script: Dasheva, Tasheva
DOUBTFUL_SCORE = 0.85  # behind an unknown first word of a sentence, which may be a namesake's given name: only likely
_LONG = 0.2  # how far a surname that is not short may differ: `ListedWord.alone`
_INDECLINABLE = frozenset("оуіїиеєюёэoueiy")  # given names that end so are the same in every case: Алі, Ali
_WOMEN = 8  # of one surname, named between a man and his surname
_MOST_HOLDERS = 64  # people of one surname looked at for a bare mention


class People(NamedTuple):
    """What one text says of watched people."""

    candidates: list[Candidate]
    left_out: list[PatternId]
    learnt: list[str]


def find_people(page: Page, hits: dict[int, Hits], index: NameIndex, use: SurnameUse) -> People:
    """Return the mentions of people in a page, whom it only resembles, and what it teaches on surnames."""
    return _Search(page, hits, index, use).run()


class _Search:
    def __init__(self, page: Page, hits: dict[int, Hits], index: NameIndex, use: SurnameUse) -> None:
        self._page, self._hits, self._index, self._use = page, hits, index, use
        self._beside = Beside(page, hits, use)
        self._names = FullNames(page, hits, index, self._beside)
        self._fulls: list[Full] = []
        self._inside: dict[int, set[PatternId]] = {}
        self._holders: dict[int, list[tuple[int, frozenset[PatternId]]]] = {}
        self._persons: dict[int, list[Person]] = {}
        self._alone: dict[tuple[int, PatternId], bool] = {}
        self._women: dict[int, bool] = {}
        self._forms: dict[PatternId, set[str]] = {}
        self._anchor: dict[PatternId, Full] = {}
        self._plain: set[PatternId] = set()  # those whose full name stands here without "Jr." or its like
        self._anchor_fields: dict[PatternId, tuple[tuple[str, str], ...]] = {}
        self._sexes: dict[PatternId, Whose] = {}
        self._left_out: dict[PatternId, None] = {}
        self._learnt: dict[str, None] = {}

    def run(self) -> People:
        spots = [(i, hit) for i, hit in self._hits.items() if hit.surnames]
        for i, hit in spots:
            self._fulls += self._names.at(i, hit.surnames)
        self._settle_anchors()
        self._find_holders(spots)
        found = [self._full_candidate(full) for full in self._fulls]
        for i, hit in spots:
            found += self._bare_at(i, hit.surnames)
        return People(found, list(self._left_out), list(self._learnt))

    # Who holds a surname in this text

    def _settle_anchors(self) -> None:
        for full in self._fulls:
            pattern = full.person.pattern
            for i in range(full.first, full.last + 1):
                self._inside.setdefault(i, set()).add(pattern)
            form = self._page.tokens[full.at].text
            self._forms.setdefault(pattern, set()).add(prefix(form))
            self._learnt[f"A:{pattern}:{prefix(form)}"] = None
            self._learnt[f"F:{pattern}"] = None
            if pattern not in self._plain and not (full.shared or self._mark(full.person, full.last)):
                self._plain.add(pattern)
            best = self._anchor.get(pattern)
            if best is None or full.cost < best.cost:
                self._anchor[pattern] = full

    def _find_holders(self, spots: list[tuple[int, Hits]]) -> None:
        at: dict[int, set[PatternId]] = {}
        for full in self._fulls:
            at.setdefault(full.at, set()).add(full.person.pattern)
        for i, hit in spots:
            patterns = frozenset(at.get(i, ()))
            if not patterns and not self._beside.has_namesake(i):
                continue
            for number, cost in hit.surnames:
                if cost <= OTHERS_SURNAME or patterns:
                    self._holders.setdefault(number, []).append((i, patterns))
                if cost <= OTHERS_SURNAME:
                    self._count_others(number, patterns)

    def _count_others(self, number: int, patterns: frozenset[PatternId]) -> None:
        """Someone has this surname here: for everyone listed with it who is not meant, that is another."""
        for person in self._index.by_surname[number][:_MOST_HOLDERS]:
            if person.pattern not in patterns:
                self._learnt["C:" + person.pattern] = None
                self._left_out[person.pattern] = None

    # Bare surnames and initials

    def _bare_at(self, i: int, surnames: Sequence[tuple[int, float]]) -> Iterator[Candidate]:
        initial, last = self._beside.leftmost_initial(i), self._beside.initials_after(i)
        if initial is not None:
            return self._with_initial(i, surnames, initial, (initial, i))
        return self._with_initial(i, surnames, i + 1, (i, last)) if last > i else self._without_given(i, surnames)

    def _with_initial(
        self, i: int, surnames: Sequence[tuple[int, float]], j: int, span: tuple[int, int]
    ) -> Iterator[Candidate]:
        """The surname at word `i` with the initial at word `j`; together they are the words of `span`."""
        inside = self._inside.get(i, ())
        for number, cost in surnames:
            for person in self._held_by(number):
                if person.pattern not in inside and self._names.part_costs(person, i) is not None:
                    yield from self._by_initial(person, j, span, cost)

    def _sex_of(self, person: Person) -> Whose:
        """Whose the surname of a person is: as the full names of this text say, else as it is listed."""
        if person.pattern not in self._sexes:
            listed = person.form.surname[-1]
            fulls = (self._sex_in(full) for full in self._fulls if full.person.pattern == person.pattern)
            said: set[Whose] = {sex for sex in fulls if sex in ("his", "hers")}
            said = said or {whose(listed.text, listed.language, declined=False)}
            self._sexes[person.pattern] = said.pop() if len(said) == 1 else ""
        return self._sexes[person.pattern]

    def _sex_in(self, full: Full) -> Whose:
        """Whose the surname of a full name is as it is printed; beside a given name in nominative it is no case."""
        given, listed = self._page.form(full.first), full.person.form.given[0]
        declined = given[-1:].lower() in _INDECLINABLE or how_found(given, self._page.language, listed) == "_case"
        return whose(self._page.form(full.at), self._page.language, declined=declined)

    def _is_other_sex(self, person: Person, i: int) -> bool:
        return contradict(self._sex_of(person), whose(self._page.form(i), self._page.language))

    def _without_given(self, i: int, surnames: Sequence[tuple[int, float]]) -> Iterator[Candidate]:
        inside, tied = self._inside.get(i, ()), self._page.tied_before(i)
        free = self._names.stands_free(i)
        for number, cost in surnames:
            # What does not hang on the person is asked first: few words that sound like a surname are one.
            if not self._is_surname(i, number, cost):
                continue
            fits = self._fits_alone(i, number, cost)
            for person in self._held_by(number):
                is_one = len(person.surname) == 1
                if person.pattern in inside or (tied and is_one):
                    continue
                if not (free and is_one) and self._names.part_costs(person, i) is None:
                    continue
                first = i - len(person.surname) + 1
                if person.pattern in self._anchor:
                    yield from self._anchored(person, first, i, number, cost)
                elif i not in self._inside and not self._beside.follows_given(first):
                    yield from self._unanchored(person, first, i, number, cost, fits=fits)

    def _by_initial(self, person: Person, j: int, span: tuple[int, int], cost: float) -> Iterator[Candidate]:
        surname = self._index.word(person.surname[-1])
        if cost > min(FULL_SURNAME, surname.alone) or not begins(self._beside.initial(j), person.form.given[0].text):
            return
        if self._is_other_sex(person, span[0] if span[0] != j else span[1]):
            self._left_out[person.pattern] = None
        elif person.pattern in self._anchor or self._use.knows_initials(person.pattern):
            yield self._candidate(person, *span, (1 - cost) * INITIAL_SCORE, "initials")
        else:
            self._left_out[person.pattern] = None

    def _is_surname(self, i: int, number: int, cost: float) -> bool:
        """Whether a bare surname is not the first of two words, and no ordinary one."""
        if cost > self._index.word(number).alone and not self._same_form(i, number):
            return False
        if self._page.touches(i) and (cost > BEFORE_CAPITAL or self._page.lowered(i + 1) in context_words("after")):
            return False  # Fox News, Stone Street
        if not self._beside.is_ordinary(i):
            return True
        return cost <= ENDING_COST and not self._page.opens_sentence(i) and self._is_as_listed(i, number)

    def _is_as_listed(self, i: int, number: int) -> bool:
        """Whether word `i` is an ordinary word, but the very letters that are listed or that a full name here has."""
        return fold_word(self._page.form(i)) == fold_word(self._index.word(number).text) or self._same_form(i, number)

    def _same_form(self, i: int, number: int) -> bool:
        form = prefix(self._page.form(i))
        return any(form in self._forms.get(person.pattern, ()) for person in self._held_by(number))

    def _held_by(self, number: int) -> list[Person]:
        """Those listed with a surname: the first of many, and all whose full name stands in this text."""
        if number not in self._persons:
            held = self._index.by_surname[number]
            named = [person for person in held[_MOST_HOLDERS:] if person.pattern in self._anchor]
            self._persons[number] = held[:_MOST_HOLDERS] + named
        return self._persons[number]

    def _anchored(self, person: Person, first: int, i: int, number: int, cost: float) -> Iterator[Candidate]:
        """The surname that ends at word `i`, of one whose full name stands in the text."""
        pattern = person.pattern
        near = cost <= ANCHORED or prefix(self._page.form(i)) in self._forms[pattern]
        if near and not self._beside.has_namesake(first) and self._is_meant(pattern, i, number):
            if self._is_other_sex(person, i):
                return
            mark = self._mark(person, i)
            if mark == "younger":
                self._left_out[pattern] = None
                return
            several = means_several(self._page, i, person.form.surname[-1])
            doubtful = several or mark or pattern not in self._plain or self._is_doubtful(person, first, i, number)
            score = (1 - cost) * (DOUBTFUL_SCORE if doubtful else ANCHORED_SCORE)
            key = "surname_family" if several else "surname_anchored"
            yield self._candidate(person, first, i, score, key, *self._anchors(pattern))

    def _is_doubtful(self, person: Person, first: int, i: int, number: int) -> bool:
        """Whether an anchored surname, the words `first` to `i`, may well be somebody else's."""
        if self._beside.follows_given(first) or self._use.is_shared(person.pattern):
            return True
        if self._page.begins_sentence(i) and self._beside.is_ordinary(i) and not self._beside.is_known_name(i):
            return True  # Мороз посилився
        return self._is_hers(person, i, number) or self._may_be_given(i, number)

    def _mark(self, person: Person, i: int) -> Mark:
        """What behind word `i` tells a son from his father; the name that is watched does not tell it."""
        return "" if has_mark(person.form.text) else mark_behind(self._page, i)

    def _unanchored(
        self, person: Person, first: int, i: int, number: int, cost: float, *, fits: bool
    ) -> Iterator[Candidate]:
        """The surname that ends at word `i`; `fits` says whether it may stand for one not named in full."""
        surname = self._index.word(number).text
        self._learnt["L:" + surname_key(surname)] = None
        meant = fits and self._use.means(person.pattern, surname, self._page.form(i))
        if meant and not self._is_other_sex(person, i) and not self._is_another_bearer(person, i):
            yield self._candidate(person, first, i, (1 - cost) * ALONE_SCORE, "surname_alone")
        elif cost <= ALONE or self._is_other_sex(person, i):
            self._left_out[person.pattern] = None

    def _is_another_bearer(self, person: Person, i: int) -> bool:
        """Whether word `i` is the surname of a son or of a whole family by what is printed."""
        return bool(self._mark(person, i)) or means_several(self._page, i, person.form.surname[-1])

    def _may_be_given(self, i: int, number: int) -> bool:
        """Whether a short surname stands before another capitalised word, as the first of two: Li Wei, Los Tuzlas."""
        return self._index.word(number).alone < _LONG and self._page.touches(i) and not self._page.is_title(i + 1)

    def _is_hers(self, person: Person, i: int, number: int) -> bool:
        """Whether word `i` may be his wife's name in nominative as well as a case of his."""
        if self._sex_of(person) != "his" or whose(self._page.form(i), self._page.language) != "either":
            return False
        return is_perhaps_hers(self._page, i) or self._has_woman(number)

    def _has_woman(self, number: int) -> bool:
        """Whether a woman of this surname is named in full."""
        if number not in self._women:
            self._women[number] = any(is_womans(self._page, at) for at, _ in self._holders.get(number, ()))
        return self._women[number]

    def _fits_alone(self, i: int, number: int, cost: float) -> bool:
        if cost > (ALONE_AT_START if self._page.begins_sentence(i) else ALONE) or self._page.touches(i):
            return False
        return number not in self._holders and not self._beside.is_ordinary(i)

    def _is_meant(self, pattern: PatternId, i: int, number: int) -> bool:
        """Whether, of several holders of a surname in this text, this one is meant at word `i`."""
        holders = self._holders.get(number, [])
        if self._held_alone(number, pattern) or self._use.is_dominant(pattern):
            return True
        if self._use.is_minority(pattern):
            return False
        before = bisect_left(holders, i, key=_place)
        nearest = reversed(holders[max(0, before - _WOMEN) : before])
        meant = next((patterns for at, patterns in nearest if not self._cannot_be(at, i)), frozenset())
        return pattern in meant

    def _cannot_be(self, holder: int, i: int) -> bool:
        """Whether word `i` is not hers who is named at word `holder`: after his wife, "Боздалієв" is still he."""
        if whose(self._page.form(i), self._page.language) not in ("his", "either"):
            return False
        return is_womans(self._page, holder) and not is_perhaps_hers(self._page, i)

    def _held_alone(self, number: int, pattern: PatternId) -> bool:
        key = number, pattern
        if key not in self._alone:
            self._alone[key] = all(pattern in patterns for _, patterns in self._holders.get(number, ()))
        return self._alone[key]

    # What is found

    def _full_candidate(self, full: Full) -> Candidate:
        form, language, surname = self._page.form(full.at), self._page.language, full.person.form.surname[-1]
        kind = how_found(form, language, surname, full.stood_for)
        other_sex = contradict(whose(surname.text, surname.language, declined=False), self._sex_in(full))
        given = self._page.form(full.first), full.person.form.given[0]
        whole = not (full.stood_for or self._page.is_tied_behind(full.at))
        clash = whole and cases_clash(given, (form, surname), language)
        most = NEIGHBOUR_SCORE if other_sex or clash or has_other_consonant(form, language, surname) else 1.0
        more = [("surname", surname.text)]
        if self._mark(full.person, full.last):
            return self._candidate(
                full.person, full.first, full.last, min(most, 1 - full.cost) * DOUBTFUL_SCORE, "full_name_marked", *more
            )
        if kind == "_case" and (ending := ending_of(form, language, surname)):
            more.append(("ending", ending))
        most = DOUBTFUL_SCORE if full.shared else most
        key = "full_name_shared" if full.shared else "full_name" + kind
        return self._candidate(full.person, full.first, full.last, min(most, 1 - full.cost), key, *more)

    def _candidate(
        self, person: Person, first: int, last: int, score: float, key: str, *more: tuple[str, str]
    ) -> Candidate:
        start, end = self._page.tokens[first].start, self._page.name_end(last)
        fields = (("form", self._page.text[start:end]), ("of", person.form.text), *more)
        return Candidate(person.pattern, start, end, score, Reason(key=key, fields=fields))

    def _anchors(self, pattern: PatternId) -> tuple[tuple[str, str], ...]:
        """What a reason says of the full name that anchors a surname."""
        if pattern not in self._anchor_fields:
            anchor = self._anchor[pattern]
            start, end = self._page.tokens[anchor.first].start, self._page.name_end(anchor.last)
            sentence = str(self._page.sentence_of(anchor.first))
            self._anchor_fields[pattern] = ("anchor", self._page.text[start:end]), ("sentence", sentence)
        return self._anchor_fields[pattern]


def _place(holder: tuple[int, frozenset[PatternId]]) -> int:
    return holder[0]
