"""The words that watched names are made of, each once, found by what they sound like."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from digests.names.distance import LIMIT, Sounds, distance, take_apart
from digests.names.endings import base_stems, stems
from digests.names.fold import fold, fold_word
from digests.names.hearing import hear_as, hear_listed
from digests.names.sound import skeleton
from digests.names.spellings import Word
from digests.tables import load_rows

HIT_LIMIT = 0.27  # the most that two words may differ and still be looked at
EQUIVALENT_COST = 0.05  # Joe for Joseph
EQUIVALENT_LIMIT = 0.08  # an equivalent must itself be written almost so
OTHER_END = 0.06  # Bulutay is not Bulut: a vowel more at the end is a case ending, or another name
WHOLE_FOR_CUT = 0.05  # Martin is not Martina, though both are Martin- when declined
_TELLING_STEM = 6  # letters of a word's stem by which its other genders are known
_ACRONYM = 4  # letters: a word of so many capitals is not without its accents, but another
_STAND_IN = "~"  # the language of words that no list holds, only a table of names or words
_NEAR = 0.20  # May, Maine, Max and Мая set the limits of short words below
_NEAR_SHORT = 0.09
_NEAR_TINY = 0.035
_IN_FULL_SHORT = 0.15


@dataclass(frozen=True, slots=True)
class ListedWord:
    """A word of a watched name.

    Attributes:
        consonants: How many, without h and j.
        alone: The most a text's word may differ where nothing else of the name stands beside it.
        in_full: The same inside a full name.
    """

    text: str
    language: str
    consonants: int
    alone: float
    in_full: float


_Holders = tuple[tuple[int, float], ...]
"""Listed words by number, each with what getting to a reading cost."""


class ListedWords:
    """Words by number, counted by how many names use them, and looked up by sound."""

    def __init__(self) -> None:
        self._numbers: dict[Word, int] = {}
        self._words: dict[int, ListedWord] = {}
        self._used: Counter[int] = Counter()
        self._stands_for: dict[int, Counter[int]] = {}
        self._by_key: dict[str, dict[Sounds, _Holders]] = {}
        self._by_letters: dict[str, tuple[int, ...]] = {}
        self._next = 0

    def hold(self, word: Word, others: tuple[str, ...] = ()) -> int:
        """Return a word's number, listing it if it is new, and with it the others that stand for it."""
        number = self._hold(word)
        for other in others:
            stand_in = self._hold(Word(other, _STAND_IN))
            self._stands_for.setdefault(stand_in, Counter())[number] += 1
        return number

    def release(self, number: int, others: tuple[str, ...] = ()) -> None:
        """Undo one `hold` of the same; a word that no name uses any more is forgotten."""
        for other in others:
            stand_in = self._numbers[Word(other, _STAND_IN)]
            served = self._stands_for[stand_in]
            served[number] -= 1
            if not served[number]:
                del served[number]
            if not served:
                del self._stands_for[stand_in]
            self._release(stand_in)
        self._release(number)

    def word(self, number: int) -> ListedWord:
        """Return a listed word by its number."""
        return self._words[number]

    def __len__(self) -> int:
        return len(self._words)

    def near(self, word: str, language: str) -> dict[int, float]:
        """Return the numbers of the listed words that a text's word may be, with how far it is from each."""
        found: dict[int, float] = {}
        for reading, cost in hear_as(word, language).items():
            bucket = self._by_key.get(skeleton(reading))
            if bucket is None:
                continue
            sounds = take_apart(reading)
            end = _end(sounds)
            whole = not cost and not end
            for listed, holders in bucket.items():
                far = cost + distance(sounds, listed, LIMIT)
                if not cost and abs(end - _end(listed)) > 1:
                    far += OTHER_END
                if far > HIT_LIMIT:
                    continue
                for number, own in holders:
                    total = far + own + (WHOLE_FOR_CUT if own and whole else 0.0)
                    if total < found.get(number, HIT_LIMIT):
                        found[number] = total
        return self._with_same_letters(word, language, found)

    def _with_same_letters(self, word: str, language: str, found: dict[int, float]) -> dict[int, float]:
        """Add words that only lack their accents in print, which may sound otherwise: Yildirim is Yıldırım."""
        for stem in stems(word, language) if not word.isupper() or len(word) > _ACRONYM else ():
            for number in self._by_letters.get(fold_word(stem.text), ()):
                if stem.cost < found.get(number, HIT_LIMIT):
                    found[number] = stem.cost
        return found

    def stand_for(self, found: Mapping[int, float]) -> tuple[Mapping[int, float], Mapping[int, float]]:
        """Return how far a text's word is from each word of a name: as itself, and also by what stands for it."""
        if self._stands_for.keys().isdisjoint(found):
            return found, found
        own = {number: cost for number, cost in found.items() if self._words[number].language != _STAND_IN}
        givens = dict(own)
        for number, cost in found.items():
            if cost <= EQUIVALENT_LIMIT:
                for served in self._stands_for.get(number, ()):
                    givens[served] = min(givens.get(served, HIT_LIMIT), cost + EQUIVALENT_COST)
        return own, givens

    def _hold(self, word: Word) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = self._next
            self._next += 1
            self._words[number] = _listed(word)
            if (letters := _letters_of(word)) is not None:
                self._by_letters[letters] = (*self._by_letters.get(letters, ()), number)
            for sounds, cost in _heard(word):
                bucket = self._by_key.setdefault(sounds.key, {})
                bucket[sounds] = (*bucket.get(sounds, ()), (number, cost))
        self._used[number] += 1
        return number

    def _release(self, number: int) -> None:
        self._used[number] -= 1
        if self._used[number]:
            return
        del self._used[number]
        listed = self._words.pop(number)
        word = Word(listed.text, listed.language)
        del self._numbers[word]
        if (letters := _letters_of(word)) is not None:
            rest = tuple(other for other in self._by_letters.pop(letters) if other != number)
            if rest:
                self._by_letters[letters] = rest
        for sounds, _ in _heard(word):
            bucket = self._by_key[sounds.key]
            others = tuple(holder for holder in bucket.pop(sounds) if holder[0] != number)
            if others:
                bucket[sounds] = others
            if not bucket:
                del self._by_key[sounds.key]


def _letters_of(word: Word) -> str | None:
    """The plain letters of a listed word that may be printed with more or fewer accents; None for any other."""
    letters = fold_word(word.text)
    may_differ = word.text.isascii() or letters != word.text.lower()
    return letters if may_differ and word.language != _STAND_IN else None


def _end(sounds: Sounds) -> int:
    """How much of a vowel a reading ends on: none, 1 for a soft consonant (Kremelj is Кремль, and in Кремле), or 2."""
    last = sounds.groups[-1]
    return (1 if last == "j" and sounds.consonants[-1:] in ("l", "n") else 2) if last else 0


def stand_ins(given: str) -> tuple[str, ...]:
    """Return the given names that stand for this one in other languages or as pet forms.

    >>> "Джо" in stand_ins("Joseph")
    True
    """
    return _groups("given").get(fold(given), ())


def said_elsewhere(word: str) -> tuple[str, ...]:
    """Return how other languages say a word of which bodies' names are made.

    >>> "суд" in said_elsewhere("Court")
    True
    """
    groups = _groups("bodywords")
    return groups.get(fold(word)) or next((_by_stem()[stem] for stem in _plain_stems(word) if stem in _by_stem()), ())


@cache
def _by_stem() -> dict[str, tuple[str, ...]]:
    """The table's words by what is left of them without a gender's ending: правозахисна is правозахисний."""
    groups = _groups("bodywords")
    words = (word for (row,) in load_rows("names/data/bodywords.tsv") for word in row.split())
    return {stem: (*groups[fold(word)], word) for word in words for stem in _plain_stems(word)}


def _plain_stems(word: str) -> list[str]:
    stems = (fold(stem.text) for stem in base_stems(word) if stem.cost)
    return [stem for stem in stems if len(stem) >= _TELLING_STEM]


@cache
def _groups(table: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, dict[str, None]] = {}
    for (row,) in load_rows(f"names/data/{table}.tsv"):
        names = {name: fold(name) for name in row.split()}
        for key in names.values():
            groups.setdefault(key, {}).update(dict.fromkeys(other for other, its in names.items() if its != key))
    return {name: tuple(others) for name, others in groups.items()}


def _heard(word: Word) -> tuple[tuple[Sounds, float], ...]:
    if word.language != _STAND_IN:
        return hear_listed(word.text, word.language)
    heard = hear_listed(word.text, "")
    return (
        heard[:1] if word.text[:1].isupper() else heard
    )  # a given name is declined from its whole, a word from its stem


def _listed(word: Word) -> ListedWord:
    consonants = min(len(sounds.consonants) for sounds, cost in _heard(word) if not cost)
    letters = len(word.text)
    if consonants <= 1 or letters <= 3:
        return ListedWord(word.text, word.language, consonants, _NEAR_TINY, _IN_FULL_SHORT)
    if consonants == 2 and letters <= 5:
        return ListedWord(word.text, word.language, consonants, _NEAR_SHORT, _IN_FULL_SHORT)
    return ListedWord(word.text, word.language, consonants, _NEAR, HIT_LIMIT)
