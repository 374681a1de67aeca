"""Watched spellings as the numbers of their words, which is how the index holds them."""

from typing import NamedTuple

from digests.model import PatternId
from digests.names.spellings import BodyForm, PersonForm


class Person(NamedTuple):
    """A person's spelling as the numbers of its words."""

    pattern: PatternId
    given: tuple[int, ...]
    surname: tuple[int, ...]
    form: PersonForm


class Body(NamedTuple):
    """A body's or place's spelling as the numbers of its words.

    Attributes:
        translated: Whether other languages' words count too.
        is_place: Whether it is a place's.
        is_person: Whether it is a person's, of whom one word alone is known.
        joined: Whether its words are joined by "and": then a text may say so otherwise.
    """

    pattern: PatternId
    words: tuple[int, ...]
    form: BodyForm
    translated: bool
    is_place: bool
    is_person: bool
    joined: bool
