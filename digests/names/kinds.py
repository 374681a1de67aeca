"""What a label that somebody typed names, by its words: a person, a body or a place."""

import re
from collections.abc import Sequence
from functools import cache

from digests.model import Kind
from digests.names.aliases import other_names
from digests.names.parts import is_given_name, is_surname_shaped
from digests.names.sound import lower
from digests.tables import load_rows

_MOST_WORDS = 4  # of a person's name
_SHORTEST_NOUN = 4  # letters
# "Кримська варта": what begins with such an adjective is a body, where a noun in small letters follows.
_ADJECTIVE = re.compile(".{2,}(?:[сзц]ька|[сзц]ький|[сзц]ьке|ская|ский|ское)")
# "McHollow", "O'Hollow", "DeHollow", and "HEnry" of a hasty hand: capitals inside that are a person's.
_PARTED = re.compile(r"(?:Mc|Mac|O['’]?|D['’]|De|Di|La|Le|Van|Von|Fitz|[^\W\d_])[^\W\d_a-zа-яіїєґ][^\W\d_A-ZА-Я]{2,}")


def guess_kind(label: str) -> Kind:
    """Return what a label most likely names.

    >>> guess_kind("Refat Chubarov"), guess_kind("KrymSOS"), guess_kind("Crimean Tatar Resource Center")
    (<Kind.PERSON: 'person'>, <Kind.BODY: 'body'>, <Kind.BODY: 'body'>)
    >>> guess_kind("Helen Courtney"), guess_kind("Supreme Court"), guess_kind("Нова Каховка")
    (<Kind.PERSON: 'person'>, <Kind.BODY: 'body'>, <Kind.PLACE: 'place'>)
    """
    words = re.findall(r"[^\W_]+(?:['’ʼ][^\W_]+)*", label)
    if other_names(Kind.PLACE, [(label, "")]):
        return Kind.PLACE
    if _is_written_as_a_body(label, words) or _has_a_body_word(words) or _begins_as_a_body(words):
        return Kind.BODY
    if _is_a_village(label, words):
        return Kind.PLACE
    if len(words) == 1 and not is_surname_shaped(label) and not is_given_name(label):
        return Kind.BODY if label.isupper() else Kind.PERSON
    return Kind.PERSON if len(words) <= _MOST_WORDS else Kind.BODY


def _is_written_as_a_body(label: str, words: Sequence[str]) -> bool:
    """Say whether it stands in quotation marks, or has a capital inside a word that is no surname's (McHollow)."""
    if '"' in label or "«" in label:
        return True
    odd = [word for word in words if any(letter.isupper() for letter in word[1:])]
    return bool(odd) and not label.isupper() and not (len(words) > 1 and all(map(_PARTED.fullmatch, odd)))


def _has_a_body_word(words: Sequence[str]) -> bool:
    given = next((word for word in (words[0], words[-1]) if is_given_name(word)), None) if len(words) > 1 else None
    if any(lower(word) in _words("noun") for word in words if word != given):
        return True
    if given is not None and len(words) <= _MOST_WORDS:
        return False
    return any(lower(word).startswith(_body_beginnings()) and not _can_be_a_surname(word, words) for word in words)


def _can_be_a_surname(word: str, words: Sequence[str]) -> bool:
    """Say whether a word that begins as a body's is one of two or three capital words, and shaped as a surname."""
    is_a_name = 1 < len(words) < _MOST_WORDS and all(each[0].isupper() for each in words)
    return is_a_name and is_surname_shaped(word)


def _begins_as_a_body(words: Sequence[str]) -> bool:
    """Say whether several words open with a capital adjective of a place, and a small noun goes with it."""
    if len(words) < 2 or not words[0][0].isupper() or not _ADJECTIVE.fullmatch(lower(words[0])):
        return False
    noun = words[1]
    return len(noun) >= _SHORTEST_NOUN and noun.islower() and not (is_given_name(noun) or is_surname_shaped(noun))


def _is_a_village(label: str, words: Sequence[str]) -> bool:
    if len(words) < 2 or any(is_given_name(word) for word in words):
        return False
    if any(lower(word) in _words("settlement") for word in words):
        return True
    if not all(word[0].isupper() for word in words):
        return False
    if len(label.split()) == 1:
        return lower(words[0]) in _words("hyphened")
    return len(words) < _MOST_WORDS and lower(words[0]) in _words("opening")


@cache
def _words(what: str) -> frozenset[str]:
    return frozenset(word for key, words in load_rows("names/data/kinds.tsv") if key == what for word in words.split())


@cache
def _body_beginnings() -> tuple[str, ...]:
    return tuple(_words("body"))
