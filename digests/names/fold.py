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
_APOSTROPHES = "'’‘ʼ`´ʹ＇′"
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_OTHER = "[^Ѐ-ԯa-z\\W\\d_]*"
_MIXED = re.compile(f"[a-z]{_OTHER}[Ѐ-ԯ]|[Ѐ-ԯ]{_OTHER}[a-z]")  # somewhere inside a word of two scripts
_FIRST_MARK, _LAST_MARK = 0x300, 0x1F000
_BREVE, _DIAERESIS = "\u0306", "\u0308"
# й, ї and ў are letters of their own, ё is not.
_KEPT = tuple(
    (re.compile(f"{base}[{_BREVE}{_DIAERESIS}]*?{mark}"), letter)
    for base, mark, letter in (("и", _BREVE, "й"), ("і", _DIAERESIS, "ї"), ("у", _BREVE, "ў"))
)


def fold(text: str) -> str:
    """Return the text in lower case without accents and apostrophes, each word in one script.

    >>> fold("Kırımoğlu, O’Neill, ЧУБАРОВ, Ёлка")
    'kirimoglu, oneill, чубаров, елка'
    >>> fold("Чyбapoв") == fold("Чубаров")
    True
    """
    plain = _APOSTROPHE.sub("", text.lower())
    if plain.isascii():
        return plain
    apart = unicodedata.normalize("NFKD", plain).lower().translate(_letters())
    for with_mark, letter in _KEPT:
        apart = with_mark.sub(letter, apart)
    return mend_scripts(unicodedata.normalize("NFC", apart.replace(_BREVE, "").replace(_DIAERESIS, "")))


@lru_cache(maxsize=8_192)
def fold_word(word: str) -> str:
    """Return `fold(word)`; words come again and again."""
    return fold(word)


def mend_scripts(text: str) -> str:
    """Return the text with each word of two scripts written in the one that has more of its letters.

    A letter is replaced only by one that looks the same, so a word such as "КримSOS" keeps both.

    >>> mend_scripts("Кpым") == "Крым"
    True
    """
    if text.isascii() or not _MIXED.search(text.lower().replace("\u0307", "")):
        return text
    return _WORD.sub(_mend_word, text)


@cache
def _letters() -> dict[int, str | None]:
    """Letters that are no base letter with a mark (ł, ø, ı and their like) as plain ones; no marks but two."""
    marks = {point: None for point in range(_FIRST_MARK, _LAST_MARK) if unicodedata.combining(chr(point))}
    plain = {ord(letter): plain for letter, plain in load_rows("names/data/letters.tsv")}
    kept = {ord(_BREVE): _BREVE, ord(_DIAERESIS): _DIAERESIS}
    return marks | {ord(mark): None for mark in _APOSTROPHES} | plain | kept


@cache
def _twins() -> tuple[dict[int, str], dict[int, str]]:
    rows = load_rows("names/data/lookalikes.tsv")
    return {ord(lat): cyr for lat, cyr in rows}, {ord(cyr): lat for lat, cyr in rows}


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
