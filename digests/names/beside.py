"""What stands before a surname: a given name, an initial, a title, or an ordinary word."""

import re

from digests.names.distance import Sounds
from digests.names.hearing import hear_listed, hear_word
from digests.names.index import Hits
from digests.names.parts import is_given_name
from digests.names.sound import skeleton
from digests.names.surnames import SurnameUse
from digests.names.tokens import Page

_DIGRAPH = re.compile(
    "Д[жз]|[CKSZPT]h|Y[aeiou]|I[aeou]|D[zj]|[CSR]z|Ts"
)  # initials of two letters; ЕС., St. and Mr. are none
_MOST_INITIALS = 2
_PREPOSITION = 2  # letters: "С Боздалиевым говорили"


class Beside:
    """The words before surnames in one page, asked again and again."""

    def __init__(self, page: Page, hits: dict[int, Hits], use: SurnameUse) -> None:
        self._page, self._hits, self._use = page, hits, use
        self._follows: dict[int, bool] = {}
        self._ordinary: dict[int, bool] = {}

    def follows_given(self, i: int) -> bool:
        """Whether a word that may be a given name, or an initial, stands before word `i`."""
        if i not in self._follows:
            self._follows[i] = self._has_given_before(i)
        return self._follows[i]

    def has_namesake(self, i: int) -> bool:
        """Whether a given name surely stands before word `i`: a sentence's first word only if it is known as one."""
        return self.follows_given(i) and (not self._page.begins_sentence(i - 1) or self._is_like_given(i - 1))

    def is_word(self, i: int) -> bool:
        """Whether the stream has taught that word `i` is an ordinary one."""
        return self._use.is_word(self._page.language, self._page.lowered(i))

    def is_ordinary(self, i: int) -> bool:
        """Whether word `i` is an ordinary one, here or as the stream has taught."""
        ordinary = self._ordinary.get(i)
        if ordinary is None:
            ordinary = self._ordinary[i] = self._page.is_common(i) or self.is_word(i)
        return ordinary

    def is_known_name(self, i: int) -> bool:
        """Whether the stream has taught that word `i` is a name, though this text has it in lower case."""
        return self._use.is_name(self._page.language, self._page.lowered(i))

    def initial(self, i: int) -> str:
        """The initial at word `i`, "" when it is none."""
        token, text = self._page.tokens[i], self._page.form(i)
        is_one = len(text) == 1 or _DIGRAPH.fullmatch(text) is not None
        return text if is_one and self._page.text[token.end : token.end + 1] == "." else ""

    def leftmost_initial(self, i: int) -> int | None:
        """The first of the initials before word `i`, None when there is none."""
        j = i - 1
        if j < 0 or not self._page.joins(j) or not self.initial(j):
            return None
        return j - 1 if j > 0 and self._page.joins(j - 1) and self.initial(j - 1) else j

    def initials_after(self, i: int) -> int:
        """The last of the initials behind word `i`, as in "Чубаров Р. А."; `i` when there is none."""
        last = i
        tokens = self._page.tokens
        while last + 1 < len(tokens) and last < i + _MOST_INITIALS:
            follows = self._page.touches(last) if last == i else self._page.joins(last)
            if not follows or not self.initial(last + 1):
                break
            last += 1
        return last

    def _has_given_before(self, i: int) -> bool:
        page, before = self._page, i - 1
        if before < 0 or not page.joins(before):
            return False
        if self.initial(before):
            return True
        if len(page.form(before)) <= _PREPOSITION and page.begins_sentence(before):
            return False
        if not page.touches(before) or page.is_capitals(before) or page.is_title(before):
            return False
        if is_given_name(page.form(before)) and not page.begins_sentence(before):
            return True  # Бил Клинтън, though "бил" is a word
        return not self.is_ordinary(before)

    def _is_like_given(self, i: int) -> bool:
        hit = self._hits.get(i)
        known = (hit is not None and bool(hit.meant)) or is_given_name(self._page.form(i))
        return known or self._page.lowered(i) in self._page.inner_capitals


def begins(initial: str, given: str) -> bool:
    """Whether a given name may begin with this initial, in any script."""
    starts = {start for heard in hear_word(initial, "") for start in _starts(heard.sounds)}
    if initial[:1] == "Y":
        starts.add("j")
    return any(start in starts for heard in hear_listed(given, "") for start in _starts(heard.sounds))


def _starts(sounds: Sounds) -> frozenset[str]:
    """What a reading begins with: the class of its consonant, or its vowel, and j before it."""
    reading = sounds.groups[0] + sounds.consonants
    first = reading.lstrip("j")[:1] or "j"
    return frozenset({skeleton(first) or first, *(["j"] if reading[:1] == "j" else [])})
