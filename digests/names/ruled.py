"""What people have ruled out: forms they struck, and the company in which a name means somebody else."""

import re
from collections.abc import Iterable, Iterator, Sequence

from digests.model import Pattern
from digests.names.candidate import Candidate
from digests.names.endings import stems
from digests.names.fold import fold_word
from digests.names.index import NameIndex

BESIDE = 3  # words before and behind a name that can say what somebody is: "the young footballer Ali Umerov"
_LONGEST_ENDING = 3  # letters that a case may put behind a struck form, or take from it
_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʼ`][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?…;\n]")
_REACH = 80  # characters in which the words beside a name are looked for
_ANCHORED = "surname_anchored"
_OF_A_FULL_NAME = "full_name"


def without_ruled_out(candidates: Sequence[Candidate], text: str, index: NameIndex) -> list[Candidate]:
    """Return the candidates that nobody ruled out.

    A surname that only an excluded full name anchors goes with it; the full name elsewhere stays.
    """
    patterns = {c.pattern: index.pattern(c.pattern) for c in candidates}
    if not any(pattern.struck or pattern.unlike for pattern in patterns.values()):
        return list(candidates)
    kept = [c for c in candidates if not _is_ruled_out(c, text, patterns[c.pattern])]
    named = {c.pattern for c in kept if c.reason.key.startswith(_OF_A_FULL_NAME)}
    lost = {c.pattern for c in candidates if c.reason.key.startswith(_OF_A_FULL_NAME)} - named
    return [c for c in kept if c.pattern not in lost]


def is_struck(form: str, pattern: Pattern) -> bool:
    """Whether a printed form is a struck one, with any ending, rather than one that is looked for."""
    struck = min((_letters_apart(form, text) for text in pattern.struck), default=_FAR)
    return struck < _FAR and struck <= min((_letters_apart(form, text) for text, _ in pattern.spellings), default=_FAR)


def words_beside(text: str, start: int, end: int) -> Iterator[str]:
    """Return the words of a stretch of text and those next to it in its sentence, in lower case, in their order."""
    before = _SENTENCE.split(text[max(0, start - _REACH) : start])[-1]
    behind = _SENTENCE.split(text[end : end + _REACH])[0]
    yield from (word.lower() for word in _WORD.findall(before)[-BESIDE:])
    yield from (word.lower() for word in _WORD.findall(text[start:end]))
    yield from (word.lower() for word in _WORD.findall(behind)[:BESIDE])


def is_word_of(printed: str, listed: Iterable[str]) -> str | None:
    """Return the listed word that a printed one is, with any case ending; None when it is none of them.

    >>> is_word_of("футболіста", ["footballer", "футболіст"]), is_word_of("лікарні", ["лікар"])
    ('футболіст', None)
    """
    bases = {fold_word(stem.text) for stem in stems(printed)}
    return next((word for word in listed if fold_word(word) in bases or _declined(word) & bases), None)


def _declined(word: str) -> set[str]:
    """A listed word without its nominative ending, where enough is left to know it by: учител(ь), співачк(а)."""
    low = fold_word(word)
    return {low[:-1]} if len(low) > _LEAST_STEM and low[-1] in _NOMINATIVE else set()


_LEAST_STEM = 5
_NOMINATIVE = frozenset("аяьйaeoыий")
_FAR = 99


def _is_ruled_out(candidate: Candidate, text: str, pattern: Pattern) -> bool:
    form = text[candidate.start : candidate.end]
    if pattern.struck and candidate.reason.key != _ANCHORED and is_struck(form, pattern):
        return True
    return bool(pattern.unlike) and any(
        is_word_of(word, pattern.unlike) for word in words_beside(text, candidate.start, candidate.end)
    )


def _letters_apart(form: str, text: str) -> int:
    """How many letters at the ends of its words a form lacks or has more; `_FAR` for what is no form of the text."""
    printed, written = ([fold_word(word) for word in _WORD.findall(each)] for each in (form, text))
    if not printed or len(printed) != len(written):
        return _FAR
    apart = 0
    for one, other in zip(printed, written, strict=True):
        same = _same_letters(one, other)
        if same < min(len(one), len(other)) - 1 or max(len(one), len(other)) - same > _LONGEST_ENDING:
            return _FAR
        apart += len(one) + len(other) - 2 * same
    return apart


def _same_letters(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
