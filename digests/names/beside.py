"""What stands before a surname: a given name, an initial, a title, or an ordinary word."""

from digests.names.hearing import hear_listed, hear_word
from digests.names.index import Hits
from digests.names.sound import skeleton
from digests.names.spellings import is_given_name
from digests.names.surnames import SurnameUse
from digests.names.tokens import Page

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

    def initial(self, i: int) -> str:
        """The initial at word `i`, "" when it is none."""
        text = self._page.form(i)
        return text if len(text) <= 2 and self._page.gap(i)[:1] == "." else ""

    def leftmost_initial(self, i: int) -> int | None:
        """The first of the initials before word `i`, None when there is none."""
        j = i - 1
        if j < 0 or not self._page.joins(j) or not self.initial(j):
            return None
        return j - 1 if j > 0 and self._page.joins(j - 1) and self.initial(j - 1) else j

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
        return not self.is_ordinary(before)

    def _is_like_given(self, i: int) -> bool:
        hit = self._hits.get(i)
        known = (hit is not None and bool(hit.givens)) or is_given_name(self._page.form(i))
        return known or self._page.lowered(i) in self._page.inner_capitals


def begins(initial: str, given: str) -> bool:
    """Whether a given name may begin with this initial, in any script."""
    starts = {_sound_class(heard.sounds.groups[0] + heard.sounds.consonants) for heard in hear_word(initial, "")}
    return any(
        _sound_class(heard.sounds.groups[0] + heard.sounds.consonants) in starts for heard in hear_listed(given, "")
    )


def _sound_class(reading: str) -> str:
    """What a reading begins with: the class of its consonant, or its vowel."""
    first = reading.lstrip("j")[:1] or "j"
    return skeleton(first) or first
