"""Arabic articles inside a name: Nur ad-Din is also written Nuruddin, Saif ul-Haqimi Saiful Haqimi.

A listed name is looked for in each of these ways; in a text, an article between two words of a name only joins them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from digests.tables import load_rows

_DIN = re.compile(r"(.{2,}?)(?:[aeuу]d|[уае]д)(d[ie]{1,2}n|дин|дін)", re.IGNORECASE)
_BOUND = re.compile(r"(.{3,})(?:ul|уль?)", re.IGNORECASE)  # Saiful, Abdul: the article leans on the word before


def is_article(word: str) -> bool:
    """Whether a word is an Arabic article in some romanisation.

    >>> is_article("ad"), is_article("уль"), is_article("Ali")
    (True, True, False)
    """
    return word.lower() in _articles()


def ways_to_write(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Return the words of a name as they are listed, articles left out, then with articles fused or taken apart.

    >>> list(ways_to_write(["Nur", "ad-Din", "Sabzwari"]))
    [('Nur', 'Din', 'Sabzwari'), ('Nurad', 'Din', 'Sabzwari'), ('Nur', 'Addin', 'Sabzwari'), ('Nuraddin', 'Sabzwari')]
    >>> list(ways_to_write(["Anna", "Reed-Moss"]))
    [('Anna', 'Reed-Moss')]
    """
    pieces = [piece for word in words for piece in _apart(word)]
    if any(is_article(piece) for piece in pieces[1:-1]):
        yield from dict.fromkeys(_fused(pieces, before, behind) for before, behind in _LEANINGS)
        return
    yield tuple(words)
    yield from _bound(list(words))


_LEANINGS = ((False, False), (True, False), (False, True), (True, True))


def _fused(pieces: list[str], before: bool, behind: bool) -> tuple[str, ...]:
    """The words with each article written together with the word before, the word behind, both, or left out."""
    found = [pieces[0]]
    article = ""
    for piece in pieces[1:]:
        if is_article(piece):
            article = piece
        elif article:
            if before:
                found[-1] += article.lower()
            start = piece if before else article.title() + piece.lower()
            if behind and before:
                found[-1] += piece.lower()
            else:
                found.append(start if behind else piece)
            article = ""
        else:
            found.append(piece)
    return tuple(found)


def _bound(words: list[str]) -> Iterator[tuple[str, ...]]:
    for i, word in enumerate(words[:-1]):
        din, bound = _DIN.fullmatch(word), _BOUND.fullmatch(word)
        if din:
            yield (*words[:i], din[1], din[2].title(), *words[i + 1 :])
        elif bound:
            yield (*words[:i], bound[1], *words[i + 1 :])
            yield (*words[:i], word + words[i + 1].lower(), *words[i + 2 :])


def _apart(word: str) -> list[str]:
    pieces = re.split("[-‐‑–]", word)
    return pieces if len(pieces) > 1 and any(is_article(piece) for piece in pieces) else [word]


@cache
def _articles() -> frozenset[str]:
    return frozenset(row[0] for row in load_rows("names/data/particles.tsv") if row[1:] == ("article",))
