"""Bodies and places of one word: what a printed word says of each before anything around it is asked.

It hangs on the word and its language alone, so it is decided once and remembered with the word.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from digests.model import Reason
from digests.names.another import is_known_otherwise
from digests.names.candidate import ending_of, how_found, unlikeness
from digests.names.couples import is_other_sex
from digests.names.endings import ENDING_COST
from digests.names.entries import Body
from digests.names.fold import fold_word, mend_scripts
from digests.names.spell import script_of
from digests.names.spellings import Word
from digests.names.tokens import bare, common_words, lowered, possessive

ACRONYM = 0.025  # NATO and НАТО; the lengths must be equal, and no ending was cut
ALIAS = 0.07
ALONE = 0.09  # the only word
SAME_SOUND = 0.05  # an ordinary word is a name only when nothing but its ending differs: Сената, Senát
DOUBTFUL = 0.89  # may be part of a longer name, or a word that sounds otherwise (Boeing, Beijing): only likely
FREE = 0.04  # a single word that differs more must have no capitalised neighbour
_SINGLE = {0: 0.06, 1: 0.06, 2: 0.06, 3: 0.07}  # the most a single word may differ, by its consonants: Covid, Covax
_SHORT = 5  # letters: CoV, MAX and their like match nothing but themselves


class Alone(NamedTuple):
    """A body or place that a printed word names, if what stands around it allows.

    Attributes:
        acronym: It must stand in capitals, and does; else the letters of its listed word, 0 for any other.
        shouted: It is declined or spelled otherwise, and short, and stands in capitals: only a headline may do so.
        crowded: Whether a capitalised neighbour may stand beside it.
        only_sounds_so: A place whose letters are others.
        as_word: Whether it may be the name though it is an ordinary word too; `as_first`: as a sentence's first word.
        cut: Letters at the word's end that are no part of the name: an English possessive.
    """

    body: Body
    acronym: int
    shouted: bool
    crowded: bool
    only_sounds_so: bool
    as_word: bool
    as_first: bool
    cut: int
    score: float
    reason: Reason


def named_alone(
    word: str, language: str, singles: Iterable[tuple[Body, float]], named_here: Iterable[bool]
) -> Iterator[Alone]:
    """Return which of the bodies a word of a text may name by itself, in their order.

    Args:
        singles: Bodies of one word, each with how far the printed word is from it.
        named_here: For each, whether the tables know what texts of the language call it.
    """
    for (body, cost), here in zip(singles, named_here, strict=True):
        named = _acronym(word, language, body, cost) if body.form.acronym else _word(word, language, body, cost, here)
        if named:
            yield named


def _acronym(printed: str, language: str, body: Body, cost: float) -> Alone | None:
    word = body.form.words[0]
    limit = ACRONYM + (ENDING_COST if len(printed) > len(word.text) else 0)
    if cost > limit or not _stands_in_capitals(printed, language, word):
        return None
    return _alone(printed, body, cost, "alias" if body.form.alias else "acronym", acronym=len(word.text))


def _word(printed: str, language: str, body: Body, cost: float, here: bool) -> Alone | None:
    form, word = body.form, body.form.words[0]
    text = bare(printed)
    same = _is_written_so(text, word, language)
    if same is None or (body.is_person and is_other_sex(text, language, word)):
        return None
    how = how_found(text, language, word)
    spoken = form.text.isupper() and not word.text.isupper()  # NATO, printed as Nato
    if spoken and (text.isupper() or not fold_word(text).startswith(fold_word(word.text)[:-1])):
        return None
    other_letters = body.is_place and cost > SAME_SOUND and not form.alias and how == "_spelling"
    if other_letters and is_known_otherwise(text, language, word, here):
        return None
    common = lowered(printed) in common_words(language)
    sounds_same = cost <= SAME_SOUND
    key = "alias" if form.alias else "name" + how
    found = _alone(printed, body, cost, key, ending_of(text, language, word) if key == "name_case" else "")
    return found._replace(
        shouted=same is False and _has_inner_capitals(text),
        crowded=cost <= FREE or (how == "_case" and unlikeness(text, language, word) <= FREE),
        only_sounds_so=other_letters,
        as_word=(same or sounds_same) and not common,
        as_first=(same or (sounds_same and not body.is_place)) and not common and not spoken,
        score=min(DOUBTFUL, found.score) if spoken else found.score,
    )


def most_alone(body: Body, consonants: int) -> float:
    """How far a printed word may be from a body's only word, which has so many consonants."""
    if body.form.acronym:
        return ALONE
    return ALIAS if body.form.alias else _SINGLE.get(consonants, ALONE)


def _alone(printed: str, body: Body, cost: float, key: str, ending: str = "", acronym: int = 0) -> Alone:
    cut = possessive(printed)
    fields = (("form", printed[: len(printed) - cut]), ("of", body.form.text))
    reason = Reason(key=key, fields=(*fields, ("ending", ending)) if ending else fields)
    most = DOUBTFUL if key == "name_spelling" and cost > SAME_SOUND else 1.0
    return Alone(body, acronym, False, True, False, True, True, cut, min(most, 1 - cost), reason)


def _stands_in_capitals(printed: str, language: str, word: Word) -> bool:
    """Whether a printed word stands in capitals, as long as the listed one, before an ending with an apostrophe."""
    head, listed = mend_scripts(re.split("['’‘ʼ`]", bare(printed))[0]), word.text
    # QE sounds like KE. In Cyrillic a letter is a sound, and another alphabet has another letter: КНИЗ is КНІЗ.
    by_sound = script_of(head) != script_of(listed) or (script_of(listed) == "cyrillic" and word.language != language)
    if not by_sound and fold_word(head) != fold_word(listed):
        return False
    return len(head) == len(listed) and head.isupper()


@lru_cache(maxsize=4_096)
def _is_written_so(text: str, word: Word, language: str) -> bool | None:
    """Whether a single word has the listed letters; None when its letters forbid that it is the listed one."""
    folded, listed = fold_word(text), fold_word(word.text)
    as_listed = folded == listed and (text == word.text or text.isupper())
    if not as_listed and ((_has_inner_capitals(text) and not text.isupper()) or _has_inner_capitals(word.text)):
        return None
    if word.language == language and _starts_otherwise(folded, listed):
        return None
    return folded == listed


def _starts_otherwise(one: str, other: str) -> bool:
    """Whether two words of one language and script begin with different letters."""
    return one[:1] != other[:1] and script_of(one) == script_of(other)


def _has_inner_capitals(word: str) -> bool:
    return 1 < len(word) <= _SHORT and any(letter.isupper() for letter in word[1:])
