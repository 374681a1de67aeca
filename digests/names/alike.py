"""Whether two spellings name the same person, body or place."""

import re

from digests.model import Kind, Pattern
from digests.names.bodies import find_bodies
from digests.names.index import NameIndex
from digests.names.people import find_people
from digests.names.surnames import SurnameUse
from digests.names.tokens import Page

SAME = 0.5  # from here up two spellings are taken as one name
_FIRST_LETTER = re.compile(r"(?<!\w)\w")


def alike(pattern: Pattern, text: str, language: str = "") -> float:
    """Return how surely a text is nothing but one spelling of the pattern: 0 to 1, the same from `SAME` up.

    >>> pattern = Pattern(id="p", kind=Kind.PERSON, spellings=(("Emil Kurbedinov", ""),))
    >>> alike(pattern, "Эмилю Курбединову") > SAME > alike(pattern, "Эмиль Курбанов")
    True
    """
    index = NameIndex()
    index.add(pattern)
    written = capitalised(text)
    best = _covering(index, written, language)
    words = written.split()
    if pattern.kind is Kind.PERSON and len(words) == 2 and best < SAME:
        best = _covering(index, f"{words[1].strip(',')} {words[0].strip(',')}", language)
    return best


def capitalised(text: str) -> str:
    """Return a label as a name is written, where somebody typed it in lower case throughout."""
    return text if text != text.lower() else _FIRST_LETTER.sub(lambda match: match[0].upper(), text)


def _covering(index: NameIndex, text: str, language: str) -> float:
    page = Page(text, language)
    hits = {i: hit for i, token in enumerate(page.tokens) if (hit := index.look_up(token.text, language))}
    use = SurnameUse()
    found = [*find_people(page, hits, index, use).candidates, *find_bodies(page, hits, index, use)]
    first, last = _extent(text)
    whole = [c.score for c in found if c.start <= first and c.end >= last - _POSSESSIVE]
    return max(whole, default=0.0)


_POSSESSIVE = 2  # letters of an English 's, which are no part of a mention


def _extent(text: str) -> tuple[int, int]:
    letters = [i for i, letter in enumerate(text) if letter.isalnum()]
    return (letters[0], letters[-1] + 1) if letters else (0, len(text) + _POSSESSIVE + 1)
