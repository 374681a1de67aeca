"""A pattern's spellings as the words that are looked for: a person's given names and surname, a body's words."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from digests.model import Kind, Pattern
from digests.names.aliases import other_names
from digests.names.articles import is_article, ways_to_write
from digests.names.fold import fold, fold_word, mend_scripts
from digests.names.hearing import hear_first, hear_whole
from digests.names.parts import is_generation, is_given_name, is_patronymic, is_surname_shaped
from digests.names.tokens import bare
from digests.names.typed import without_titles
from digests.tables import load_rows


class Word(NamedTuple):
    """One word of a spelling, and the language it is spelled in; "" for unknown."""

    text: str
    language: str


class PersonForm(NamedTuple):
    """A person's full name.

    Attributes:
        given: All words before the surname; the first must stand in a text, the others may.
        surname: The parts of the surname: two for Rees-Mogg.
        text: The spelling as written.
    """

    given: tuple[Word, ...]
    surname: tuple[Word, ...]
    text: str


class BodyForm(NamedTuple):
    """A body, a place, or a person of one word.

    Attributes:
        words: Without "of", "and" and their like.
        text: The spelling as written.
        only: The language of the texts in which it counts; "" for all.
        acronym: It must stand in capitals alone.
        alias: It is another name, not another spelling.
        reverses: Two words that may stand the other way round.
    """

    words: tuple[Word, ...]
    text: str
    only: str
    acronym: bool
    alias: bool
    reverses: bool


Form = PersonForm | BodyForm

_WORDS = re.compile(r"[^\W_](?:[\w\u0300-\u036f]|['’‘ʼ`](?=\w))*")
_INNER_CAPITALS = re.compile(r"(?<=[a-zà-ɏа-яѐ-ӿ])(?=[A-ZА-ЯЁІЇЄҐ]{2,}$)")
_LONGEST_ACRONYM = 6
_SPEAKABLE = re.compile("(?=.{4})[^aeiouаеиіоуя]?(?:[aeiouаеиіоуя][^aeiouаеиіоуя]{1,2})+[aeiouаеиіоуя]?")  # Nato
_MOST_WORDS = 12
# A last part in lower case is no word of its own in a text: Arifmemet-oğlu.
_YOUNGER = re.compile("(?<=.)-[^-]+$")
_SON_OF = re.compile("[-‐‑–](?:o[gğ]l[uy]|огл[уыи]|q[iı]z[iı]|k[iı]z[iı]|къ?[ыи]з[ыи]|z[aâ]de|заде)$")


def forms_of(pattern: Pattern) -> tuple[Form, ...]:
    """Return what is looked for, in the order of the spellings; names from the alias tables last.

    A full name that may sound just like an earlier one is left out: it would find nothing more.
    """
    if pattern.kind is Kind.PERSON:
        return _people(pattern)
    forms: dict[Form, None] = {}
    for text, language in pattern.spellings:
        forms.update(dict.fromkeys(_body(text, language)))
    own = {fold(text) for text, _ in pattern.spellings}
    for text, language, acronym in other_names(pattern.kind, pattern.spellings):
        words = body_words(text, language)
        if words:
            forms[BodyForm(words, text, language, acronym, fold(text) not in own, False)] = None
    return tuple(forms)


def _people(pattern: Pattern) -> tuple[Form, ...]:
    forms: dict[Form, None] = {}
    heard: set[tuple[str, ...]] = set()
    for text, language in pattern.spellings:
        sounds = tuple(_first_sound(Word(word, language)) for word in text.split())
        if sounds in heard:
            continue  # as most spellings of one name are: nothing more is asked
        for form in _person(text, language):
            if not any(_sound_the_same(form, earlier) for earlier in forms):
                forms[form] = None
                heard.add(sounds)
    return tuple(forms)


def body_words(text: str, language: str) -> tuple[Word, ...]:
    """Return the words of a body's or place's name that must stand in a text, at most twelve."""
    words: list[str] = _WORDS.findall(mend_scripts(bare(text)))
    telling = [word for word in words if fold_word(word) not in connectives()] or words
    return tuple(Word(word, language) for word in telling[:_MOST_WORDS])


@cache
def connectives() -> frozenset[str]:
    """Words such as "of" and "and" that names may hold and texts may change, folded."""
    return frozenset(fold_word(word) for (row,) in load_rows("names/data/connectives.tsv") for word in row.split())


def _sound_the_same(one: Form, other: Form) -> bool:
    if not isinstance(one, PersonForm) or not isinstance(other, PersonForm):
        return False
    mine, theirs = (*one.given, *one.surname), (*other.given, *other.surname)
    alike = len(one.surname) == len(other.surname) and len(mine) == len(theirs)
    return alike and all(_may_sound_the_same(a, b) for a, b in zip(mine, theirs, strict=True))


def _may_sound_the_same(one: Word, other: Word) -> bool:
    first = _first_sound(one)
    if first == _first_sound(other) or first in _whole_sounds(other):
        return True
    return not _whole_sounds(one).isdisjoint(_whole_sounds(other))


@lru_cache(maxsize=1_024)
def _first_sound(word: Word) -> str:
    return hear_first(word.text, word.language)


@lru_cache(maxsize=1_024)
def _whole_sounds(word: Word) -> frozenset[str]:
    return frozenset(hear_whole(word.text, word.language))


def _person(text: str, language: str) -> tuple[Form, ...]:
    parts = [part for part in without_titles(bare(text).replace(",", " "))[0].split() if _WORDS.search(part)]
    kept = [
        part for part in parts if part not in _particles() or is_article(part)
    ] or parts  # Al Gore keeps his given name
    kept = _without_generation(kept)[:_MOST_WORDS]
    short = [*kept[:-1], *(_SON_OF.sub("", word) for word in kept[-1:])]
    listed = [kept] if short == kept else [kept, short]
    ways = dict.fromkeys(way for words in listed for way in ways_to_write(words) if len(way) > 1 or len(kept) == 1)
    return tuple(form for way in ways for form in _person_of(way, text, language))


def _without_generation(words: list[str]) -> list[str]:
    """A full name without the word behind it that tells a son from his father; many texts leave it out."""
    if len(words) > 2 and is_generation(words[-1]):
        return words[:-1]
    whole = [_YOUNGER.sub("", word) if is_generation(word.rpartition("-")[2]) else word for word in words[-1:]]
    return [*words[:-1], *whole]


def _person_of(names: tuple[str, ...], text: str, language: str) -> tuple[Form, ...]:
    split = [tuple(Word(word, language) for word in _WORDS.findall(mend_scripts(part))) for part in names]
    if len(split) > 1 and len(fold_word(split[0][0].text)) == 1:
        return ()  # an initial alone is no given name: what is left would be a bare surname
    if len(split) > 1:
        if _is_surname_first(names):
            split = [*split[1:], split[0]]
        given = tuple(word for part in split[:-1] for word in part)
        return (PersonForm(given, split[-1], text),)
    return tuple(BodyForm(words, text, "", False, False, False) for words in split)


def _is_surname_first(names: tuple[str, ...]) -> bool:
    """Whether a list wrote "Чубаров Рефат" or "Чубаров Рефат Абдурахманович"."""
    if is_patronymic(names[-1]):
        return len(names) == 3 and not is_patronymic(names[1])
    first, last = names[0].lower(), names[-1].lower()
    return bool(len(names) == 2 and is_surname_shaped(first) and not is_surname_shaped(last) and is_given_name(last))


@cache
def _particles() -> frozenset[str]:
    return frozenset(row[0] for row in load_rows("names/data/particles.tsv"))


def _body(text: str, language: str) -> tuple[Form, ...]:
    words = body_words(text, language)
    if not words:
        return ()
    acronym = len(words) == 1 and 1 < len(words[0].text) <= _LONGEST_ACRONYM and words[0].text.isupper()
    forms = [BodyForm(words, text, "", acronym, False, len(words) == 2)]
    if acronym and _SPEAKABLE.fullmatch(words[0].text.lower()):
        forms.append(BodyForm((Word(words[0].text.capitalize(), language),), text, "", False, False, False))
    cut = _INNER_CAPITALS.search(words[0].text)
    if len(words) == 1 and cut:
        halves = (words[0].text[: cut.start()], words[0].text[cut.start() :])
        forms.append(BodyForm(tuple(Word(half, language) for half in halves), text, "", False, False, False))
    if len(words) == 2 and words[1].text.isupper() and not words[0].text.isupper():
        forms.append(BodyForm((Word(words[0].text + words[1].text, language),), text, "", False, False, False))
    return tuple(forms)
