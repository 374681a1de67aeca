"""All spellings of all watched names, looked up by sound, one word of a text at a time.

Names may come and go between two texts; nothing is built anew. What words meant is remembered up to a bound.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

from digests.model import Kind, Pattern, PatternId
from digests.names.alone import ALONE, Alone, most_alone, named_alone
from digests.names.another import has_and, is_kind_of_body
from digests.names.distance import LIMIT
from digests.names.entries import Body, Person
from digests.names.listed import HIT_LIMIT, ListedWord, ListedWords, said_elsewhere, stand_ins
from digests.names.remembered import Remembered
from digests.names.spellings import BodyForm, Form, PersonForm, Word, forms_of
from digests.names.tokens import LONGEST

WORST_WORD = 0.20  # a word of several
TELLING = 0.12  # a word this near to a listed one is worth learning whether it is an ordinary word
_REMEMBERED = 200_000  # words of texts in each of the two generations of what is remembered, ...
_HITS_SHARE = 4  # ... of which one that may be a name counts for so many
_K = TypeVar("_K")
_V = TypeVar("_V")


class Hits(NamedTuple):
    """What one word of a text may be a spelling of.

    Attributes:
        surnames: Those that are surnames, nearest first.
        meant: How far it is from each listed word, by the word's number: as itself or as what stands for it, Joe for
            Joseph, суд for court.
        stood_for: Of those that something stands for, how far the word is from themselves; 1 where it is not near.
        singles: Bodies and places of one word, with its distance.
        alone: Those of them that the word names, if what stands around it allows.
        firsts: Those of several that may begin here, with the distance of their first word.
        lasts: Those that may begin here with their last word.
        inners: Those that may have begun in lower case, with this word's place in them: the ministry of Tuzlagoria.
        tells: Whether it is so near to a listed word that it is worth learning if it is an ordinary one.
    """

    surnames: tuple[tuple[int, float], ...]
    meant: Mapping[int, float]
    stood_for: Mapping[int, float]
    singles: tuple[tuple[Body, float], ...]
    alone: tuple[Alone, ...]
    firsts: tuple[tuple[Body, float], ...]
    lasts: tuple[tuple[Body, float], ...]
    inners: tuple[tuple[Body, int, float], ...]
    tells: bool

    def apart(self, number: int) -> float:
        """How far the word itself is from a listed one; 1 where it is not near."""
        own = self.stood_for.get(number)
        return self.meant.get(number, 1.0) if own is None else own


_NONE: Mapping[int, float] = {}
NO_HITS = Hits((), _NONE, _NONE, (), (), (), (), (), tells=False)


class NameIndex:
    """The watched names that texts are searched for; patterns are added and discarded at any time."""

    def __init__(self) -> None:
        self.by_surname: dict[int, list[Person]] = {}
        self.by_pair: dict[int, dict[int, list[Person]]] = {}  # by surname, then by given name
        self.by_first: dict[int, list[Body]] = {}
        self.by_last: dict[int, list[Body]] = {}
        self.by_inner: dict[int, list[tuple[Body, int]]] = {}
        self._patterns: dict[PatternId, Pattern] = {}
        self._forms: dict[PatternId, list[Person | Body]] = {}
        self._words = ListedWords()
        self._remembered: Remembered[Hits | None] = Remembered(_REMEMBERED)
        self._costs: dict[float, float] = {}

    def add(self, pattern: Pattern) -> None:
        """Look for a pattern from now on; one that is there already stays as it is."""
        if pattern.id in self._patterns:
            return
        self._patterns[pattern.id] = pattern
        self._forms[pattern.id] = [self._enter(pattern.id, form) for form in forms_of(pattern)]
        self._remembered.clear()

    def discard(self, pattern_id: PatternId) -> None:
        """Look for a pattern no more; one that is not there changes nothing."""
        if self._patterns.pop(pattern_id, None) is None:
            return
        for entry in self._forms.pop(pattern_id):
            self._leave(entry)
        self._remembered.clear()

    def __contains__(self, pattern_id: object) -> bool:
        return pattern_id in self._patterns

    def __len__(self) -> int:
        return len(self._patterns)

    def patterns(self) -> Iterator[Pattern]:
        """Return the patterns looked for, in the order they came."""
        return iter(tuple(self._patterns.values()))

    def pattern(self, pattern_id: PatternId) -> Pattern:
        """Return one pattern looked for."""
        return self._patterns[pattern_id]

    def _is_named_in(self, pattern_id: PatternId, language: str) -> bool:
        """Whether the tables know what texts of a language call a body or place that is looked for."""
        return any(isinstance(entry, Body) and entry.form.only == language for entry in self._forms[pattern_id])

    def word(self, number: int) -> ListedWord:
        """Return a listed word by its number."""
        return self._words.word(number)

    def look_up(self, word: str, language: str) -> Hits | None:
        """Return what a word of a text in that language may be; None for most words."""
        young = self._remembered.language(language)
        if word in young:
            return young[word]
        if len(word) > LONGEST:
            return None  # hostile text must leave nothing long in memory
        hits = self._remembered.older(word, language, NO_HITS)
        if hits is NO_HITS:
            hits = self._find(word, language)
        self._remembered.keep(word, language, hits, 1 if hits is None else _HITS_SHARE)
        return hits

    def _find(self, word: str, language: str) -> Hits | None:
        near = self._words.near(word, language)
        if not near:
            return None
        own, meant = self._words.stand_for({number: self._shared(cost) for number, cost in near.items()})
        surnames = [(n, cost) for n, cost in own.items() if n in self.by_surname and cost <= LIMIT]
        bodies = _bodies(own, meant, self.by_first, language)
        singles = tuple(each for each in bodies if len(each[0].words) == 1)
        firsts = tuple(each for each in bodies if len(each[0].words) > 1)
        return Hits(
            surnames=tuple(sorted(surnames, key=_by_cost)),
            meant=meant,
            stood_for={n: own.get(n, 1.0) for n, cost in meant.items() if own.get(n) != cost} or _NONE,
            singles=singles,
            alone=tuple(self._alone(word, language, singles)) if singles else (),
            firsts=firsts,
            lasts=_bodies(own, meant, self.by_last, language),
            inners=tuple(self._inners(own, meant, language)) if not self.by_inner.keys().isdisjoint(meant) else (),
            tells=min(near.values()) <= TELLING,
        )

    def _inners(
        self, own: Mapping[int, float], meant: Mapping[int, float], language: str
    ) -> Iterator[tuple[Body, int, float]]:
        for number in sorted(self.by_inner.keys() & meant.keys()):
            for body, nth in self.by_inner[number]:
                cost = meant[number] if body.translated else own.get(number, HIT_LIMIT)
                if cost <= WORST_WORD and _counts_in(body, language):
                    yield body, nth, cost

    def _shared(self, cost: float) -> float:
        """The same number, held once: of a hundred thousand costs a thousand differ."""
        return self._costs.setdefault(cost, cost)

    def _alone(self, word: str, language: str, singles: tuple[tuple[Body, float], ...]) -> Iterator[Alone]:
        near = [each for each in singles if each[1] <= most_alone(each[0], self.word(each[0].words[0]).consonants)]
        return named_alone(word, language, near, [self._is_named_in(body.pattern, language) for body, _ in near])

    def _enter(self, pattern: PatternId, form: Form) -> Person | Body:
        if isinstance(form, PersonForm):
            given = tuple(self._words.hold(word, stand_ins(word.text)) for word in form.given)
            person = Person(pattern, given, tuple(self._words.hold(word) for word in form.surname), form)
            self.by_surname.setdefault(person.surname[-1], []).append(person)
            self.by_pair.setdefault(person.surname[-1], {}).setdefault(given[0], []).append(person)
            return person
        numbers = tuple(self._words.hold(word, _translated(form, word)) for word in form.words)
        kind = self._patterns[pattern].kind
        translated = any(_translated(form, word) for word in form.words)
        body = Body(pattern, numbers, form, translated, kind is Kind.PLACE, kind is Kind.PERSON, has_and(form.text))
        self.by_first.setdefault(body.words[0], []).append(body)
        if form.reverses:
            self.by_last.setdefault(body.words[-1], []).append(body)
        for nth in inner_places(form):
            self.by_inner.setdefault(body.words[nth], []).append((body, nth))
        return body

    def _leave(self, entry: Person | Body) -> None:
        if isinstance(entry, Person):
            _drop(self.by_surname, entry.surname[-1], entry)
            _drop(self.by_pair[entry.surname[-1]], entry.given[0], entry)
            if not self.by_pair[entry.surname[-1]]:
                del self.by_pair[entry.surname[-1]]
            for number, word in zip(entry.given, entry.form.given, strict=True):
                self._words.release(number, stand_ins(word.text))
            for number in entry.surname:
                self._words.release(number)
        else:
            _drop(self.by_first, entry.words[0], entry)
            if entry.form.reverses:
                _drop(self.by_last, entry.words[-1], entry)
            for nth in inner_places(entry.form):
                _drop(self.by_inner, entry.words[nth], (entry, nth))
            for number, word in zip(entry.words, entry.form.words, strict=True):
                self._words.release(number, _translated(entry.form, word))


def _translated(form: BodyForm, word: Word) -> tuple[str, ...]:
    """How other languages say a word of a body's name that has a word of its own: each country has a Supreme Court."""
    has_own = len(form.words) > 1 and not all(said_elsewhere(each.text) for each in form.words)
    return said_elsewhere(word.text) if has_own and not form.alias else ()


def _bodies(
    found: Mapping[int, float], meant: Mapping[int, float], listed: Mapping[int, list[Body]], language: str
) -> tuple[tuple[Body, float], ...]:
    """The bodies with a word so near that the rest of their name is worth a look, nearest first."""
    near = [
        (meant[number] if body.translated else found.get(number, HIT_LIMIT), body)
        for number in meant
        if number in listed
        for body in listed[number]
    ]
    return tuple(
        (body, cost)
        for cost, body in sorted(near, key=_nearest_first)
        if cost <= (WORST_WORD if len(body.words) > 1 else ALONE) and _counts_in(body, language)
    )


def _counts_in(body: Body, language: str) -> bool:
    return not (body.form.only and language and body.form.only != language)


def inner_places(form: BodyForm) -> tuple[int, ...]:
    """The places of the words by which a name is known that a text begins in lower case: "комітет матерів Степу"."""
    if not is_kind_of_body(form.words[0].text) and not said_elsewhere(form.words[0].text):
        return ()
    return tuple(nth for nth, word in enumerate(form.words) if nth and word.text[:1].isupper())


def _nearest_first(hit: tuple[float, Body]) -> tuple[float, PatternId, tuple[int, ...]]:
    return hit[0], hit[1].pattern, hit[1].words


def _by_cost(hit: tuple[int, float]) -> tuple[float, int]:
    return hit[1], hit[0]


def _drop(table: dict[_K, list[_V]], key: _K, value: _V) -> None:
    table[key].remove(value)
    if not table[key]:
        del table[key]
