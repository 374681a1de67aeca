"""What a judgement teaches: "not this person" of one mention, as words that beside the name mean somebody else.

Only what stands next to the name is learnt, a role or a patronymic: a word from elsewhere in the article (lawyer,
court) would one day silence the very person who is watched.
"""

import re
from collections.abc import Iterable
from functools import cache

from digests.model import Kind
from digests.names.ruled import is_word_of, words_beside
from digests.tables import load_rows

_PATRONYMIC = re.compile(
    r"[^\W\d_]{2,}(?:(?:[оеє]вич|[оеє]вн|[іи]вн)[^\W\d_]{0,3}|[oe]v[iy]ch|[oei]vna|o[gğ]lu|q[iıy]z[iıy])"
)


def learn_unlike(kind: Kind, text: str, span: tuple[int, int], *, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the words that a wrong mention teaches, sorted; none where nothing telling stands beside it.

    Args:
        span: Of the mention, in code points of `text`.
        known: What stood beside the name where it was the right one: none of it is learnt.

    >>> "футболіст" in learn_unlike(Kind.PERSON, "The footballer Ali Umerov scored twice.", (15, 25))
    True
    """
    if kind is not Kind.PERSON:
        return ()
    right = tuple(known)
    learnt: set[str] = set()
    for word in words_beside(text, *span):
        taught = role_of(word) or _patronymic(word)
        if taught and not any(is_word_of(other, taught) for other in right):
            learnt.update(taught)
    return tuple(sorted(learnt))


def role_of(word: str) -> tuple[str, ...]:
    """Return all words, in every language, for the role that a word names; none when it names none."""
    for role in _roles():
        if is_word_of(word, role):
            return role
    return ()


def _patronymic(word: str) -> tuple[str, ...]:
    return (word,) if _PATRONYMIC.fullmatch(word) else ()


@cache
def _roles() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(words.split()) for _, words in load_rows("names/data/roles.tsv"))
