"""Whom a bare surname means, as learnt from the stream of articles.

Counters, each of articles: `F` with a pattern's full name, `A` of those by how the surname began in print, `C` with its
surname after another given name, `L` with the surname bare and no full name, `W` and `w` with a word capitalised and in
lower case. Surnames and patterns stand in the keys as hashes only.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set
from functools import lru_cache

from digests.model import PatternId, make_id
from digests.names.fold import fold_word

LEAST_FULL = 2  # articles with the full name before a bare surname may stand for it
DOMINANT = 0.7  # of articles with a given name before the surname: Bloomberg the agency, not the man
MINORITY = 0.15  # Melania is not who "Trump" is
MINORITY_OTHERS = 5
BARE_SHARE = 0.12  # of articles with the surname alone: Orlando is a town more often than a man
WORD_ARTICLES = 3  # a word is common that stood in lower case in so many articles, ...
WORD_SHARE = 0.25  # ... and in so many for each with a capital: Те, Кроме
NAME_ARTICLES = 12  # a word is a name that stood with a capital in so many, and in lower case in less than that share
_PREFIX = 4
PREFIXES = (_PREFIX - 1, _PREFIX)  # letters that `prefix` gives, of short words and of long ones


class SurnameUse:
    """What was learnt so far; it only grows by `learn`, and what is learnt is kept with the article that taught it."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self._counts: Counter[str] = Counter(counts or {})
        self._watched_words: dict[str, set[str]] = {}
        for key in self._counts:
            self._note_word(key)

    def learn(self, learnt: Iterable[tuple[str, int]]) -> None:
        """Add what one article taught."""
        counts = self._counts
        for key, more in learnt:
            if key in counts:
                counts[key] += more
            else:
                counts[key] = more
                self._note_word(key)

    def counts(self) -> dict[str, int]:
        """Return all counters, as the store keeps them."""
        return dict(self._counts)

    def apart_from(self, patterns: Collection[PatternId], taught: Mapping[str, int]) -> "SurnameUse":
        """Return what is known of all but these patterns, of whom only `taught` is known."""
        others = {key: count for key, count in self._counts.items() if not is_of(key, patterns)}
        return SurnameUse(others | dict(taught))

    def put(self, counts: Mapping[str, int]) -> None:
        """Let these counters have these values."""
        self._counts.update({key: count - self._counts[key] for key, count in counts.items()})

    def full(self, pattern: PatternId) -> int:
        """Return the number of articles with the pattern's full name."""
        return self._counts.get("F:" + pattern, 0)

    def others(self, pattern: PatternId) -> int:
        """Return the number of articles with the pattern's surname after another given name."""
        return self._counts.get("C:" + pattern, 0)

    def is_dominant(self, pattern: PatternId) -> bool:
        """Whether the surname means this pattern in most articles that give a first name."""
        full = self.full(pattern)
        return full > 0 and full >= DOMINANT * (full + self.others(pattern))

    def is_shared(self, pattern: PatternId) -> bool:
        """Whether the surname means others so often that a bare one is doubtful even beside the full name."""
        return self.others(pattern) >= MINORITY_OTHERS and not self.is_dominant(pattern)

    def is_minority(self, pattern: PatternId) -> bool:
        """Whether the surname nearly always means someone else."""
        full, others = self.full(pattern), self.others(pattern)
        return others >= MINORITY_OTHERS and full < MINORITY * (full + others)

    def knows_initials(self, pattern: PatternId) -> bool:
        """Whether an initial before the surname may stand for the given name."""
        full = self.full(pattern)
        return full >= 1 and full >= 0.3 * (full + self.others(pattern))

    def means(self, pattern: PatternId, surname: str, form: str) -> bool:
        """Whether a bare surname in this form means the pattern where no full name stands."""
        full = self.full(pattern)
        if full < LEAST_FULL or not self.is_dominant(pattern):
            return False
        bare = self._counts["L:" + surname_key(surname)]
        return full >= BARE_SHARE * bare and self._counts[f"A:{pattern}:{prefix(form)}"] > 0

    def is_word(self, language: str, folded: str) -> bool:
        """Whether a capitalised word is an ordinary one of the language."""
        lower = self._counts.get(f"w:{language}:{folded}", 0)
        return lower >= WORD_ARTICLES and lower >= WORD_SHARE * self._counts[f"W:{language}:{folded}"]

    def is_name(self, language: str, folded: str) -> bool:
        """Whether a capitalised word is so often met that it would be known for an ordinary one."""
        capital = self._counts.get(f"W:{language}:{folded}", 0)
        return capital >= NAME_ARTICLES and not self.is_word(language, folded)

    def watched_words(self, language: str) -> Set[str]:
        """Return the words of a language that were ever taken for a name, in lower case."""
        return self._watched_words.get(language, frozenset())

    def _note_word(self, key: str) -> None:
        if key.startswith("W:"):
            _, language, word = key.split(":", 2)
            self._watched_words.setdefault(language, set()).add(word)


def is_of(key: str, patterns: Collection[PatternId]) -> bool:
    """Whether a counter counts for one of these patterns alone."""
    what, _, rest = key.partition(":")
    return what in ("F", "A", "C") and rest.partition(":")[0] in patterns


@lru_cache(maxsize=4_096)
def surname_key(surname: str) -> str:
    """Return what stands for a surname in the counters' keys."""
    return make_id("surname", fold_word(surname))[:12]


def prefix(form: str) -> str:
    """Return how a printed surname begins: three or four letters, after folding.

    >>> prefix("Чубаровим"), prefix("May")
    ('чуба', 'may')
    """
    folded = fold_word(form)
    return folded[:_PREFIX] if len(folded) > _PREFIX else folded[: _PREFIX - 1]
