"""One key across case, accents, apostrophes, the dotted i and look-alike letters of two scripts.

The folded text is what the archive is searched by, and what spellings are compared by before sound is asked. It never
changes a second time: `fold(fold(x)) == fold(x)`.
"""

import re
import unicodedata
from functools import cache, lru_cache

from digests.tables import load_rows

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile("[Ѐ-ԯ]")
_BREVE, _DIAERESIS = "\u0306", "\u0308"
_KEPT_MARKS = {("и", _BREVE), ("і", _DIAERESIS), ("у", _BREVE)}  # й, ї and ў are letters of their own, ё is not


def fold(text: str) -> str:
    """Return the text in lower case without accents and apostrophes, each word in one script.

    >>> fold("Kırımoğlu, O’Neill, ЧУБАРОВ, Ёлка")
    'kirimoglu, oneill, чубаров, елка'
    >>> fold("Чyбapoв") == fold("Чубаров")
    True
    """
    plain = _APOSTROPHES.sub("", text.lower())
    if plain.isascii():
        return plain
    # Every step looks first: `str.translate` and a loop over the letters cost ten times as much as these searches.
    letters, pattern = _letters()
    plain = pattern.sub(lambda found: letters[found[0]], _without_marks(plain))
    return mend_scripts(_APOSTROPHES.sub("", plain.lower()))


@lru_cache(maxsize=16_384)
def fold_word(word: str) -> str:
    """Return `fold(word)`; words come again and again."""
    return fold(word)


def mend_scripts(text: str) -> str:
    """Return the text with each word of two scripts written in the one that has more of its letters.

    A letter is replaced only by one that looks the same, so a word such as "КримSOS" keeps both.

    >>> mend_scripts("Кpым") == "Крым"
    True
    """
    if text.isascii() or not _MIXED.search(text.lower()):
        return text
    return _WORD.sub(_mend_word, text)


_APOSTROPHES = re.compile("['’‘ʼ`´ʹ＇′]")
# A Latin and a Cyrillic letter with none of either between them in one word; a lowered "İ" leaves its dot behind.
_MIXED = re.compile(
    r"[a-z](?:[^\W\d_a-zЀ-ԯ]|\u0307)*+[Ѐ-ԯ]"
    r"|[Ѐ-ԯ](?:[^\W\d_a-zЀ-ԯ]|\u0307)*+[a-z]"
)


@cache
def _letters() -> tuple[dict[str, str], re.Pattern[str]]:
    """Letters that are no base letter with a mark (ł, ø, ı and their like), and what finds them."""
    letters = {letter: plain for letter, plain in load_rows("names/data/letters.tsv")}  # noqa: C416 its rows are pairs
    return letters, re.compile(f"[{re.escape(''.join(letters))}]")


@cache
def _twins() -> tuple[dict[int, str], dict[int, str]]:
    rows = load_rows("names/data/lookalikes.tsv")
    return {ord(lat): cyr for lat, cyr in rows}, {ord(cyr): lat for lat, cyr in rows}


def _without_marks(text: str) -> str:
    kept: list[str] = []
    base = ""
    for letter in unicodedata.normalize("NFKD", text):
        if not unicodedata.combining(letter):
            base = letter
            kept.append(letter)
        elif (base, letter) in _KEPT_MARKS:
            kept.append(letter)
            base = ""
    return unicodedata.normalize("NFC", "".join(kept))


def _mend_word(match: re.Match[str]) -> str:
    word = match[0]
    low = word.lower()
    latin, cyrillic = len(_LATIN.findall(low)), len(_CYRILLIC.findall(low))
    if not latin or not cyrillic:
        return word
    to_cyrillic, to_latin = _twins()
    tries = [(to_cyrillic, _CYRILLIC), (to_latin, _LATIN)]
    for twins, script in tries if cyrillic >= latin else tries[::-1]:
        mended = word.translate(twins)
        if len(script.findall(mended.lower())) == latin + cyrillic:
            return mended
    return word
