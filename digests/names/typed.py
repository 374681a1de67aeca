"""What people type with a name that outlets print otherwise or not at all: Dr., адвокат, my brother, Bey."""

from functools import cache

from digests.names.parts import is_given_name, is_surname_shaped
from digests.names.sound import lower
from digests.names.tokens import titles
from digests.tables import load_rows

_FULL = 2  # words: a given name and a surname
# Words that also are given names: "Justice Dawson" is a judge, or a woman called so.
_ALSO_NAMES = frozenset({"prince", "princess", "king", "queen", "justice", "judge", "major", "pope"})


def without_titles(label: str) -> tuple[str, str]:
    """Return the name in what somebody typed, and what was left out of it; "" where all of it is name.

    >>> without_titles("Dr. Emil Kurbedinov"), without_titles("мій брат Еміль Курбедінов")
    (('Emil Kurbedinov', 'Dr.'), ('Еміль Курбедінов', 'мій брат'))
    >>> without_titles("адвокат Курбедінов"), without_titles("General Motors")
    (('Курбедінов', 'адвокат'), ('General Motors', ''))
    """
    words = label.split()
    at = 0
    while at < len(words) - 1 and (taken := _taken(words, at)):
        at += taken
    behind = [n for n in range(at + 1, len(words)) if _plain(words[n]) in _typed("behind")]
    if len(words) - at - len(behind) < _FULL:
        behind = []  # "Emil Bey" is all that is known of him
    kept = [word for n, word in enumerate(words) if n >= at and n not in behind]
    left = [word for n, word in enumerate(words) if n < at or n in behind]
    return (" ".join(kept).rstrip(","), " ".join(left)) if left else (label, "")


def _taken(words: list[str], at: int) -> int:
    """How many words from `at` on are a title or a relation; a name must follow."""
    word, last = _plain(words[at]), len(words) - 1
    if at + 1 < last and f"{word}_{_plain(words[at + 1])}" in _typed("address"):
        return 2
    if word in _typed("address") or (word in _typed("relation") and words[at].islower()):
        return 1
    return int(word in titles() and (words[at].islower() or at + 1 < last or _is_office_of(word, words[last])))


def _is_office_of(office: str, name: str) -> bool:
    """Whether an office in capitals stands before a surname alone: Адвокат Курбедінов, not General Motors."""
    if office in _ALSO_NAMES:
        return False
    return is_surname_shaped(name) or (not office.isascii() and not is_given_name(name) and not name.isupper())


def _plain(word: str) -> str:
    return lower(word.strip(".,:"))


@cache
def _typed(what: str) -> frozenset[str]:
    rows = load_rows("names/data/typed.tsv")
    found = {word for of, _, words in rows if of == what for word in words.split()}
    roles = load_rows("names/data/roles.tsv") if what == "relation" else ()  # footballer, лікар
    return frozenset(found | {word for _, words in roles for word in words.split()})
