"""Spellings of a name that a language's rules would give it, written from how the name sounds."""

import re
from functools import cache

from digests.names.sound import raw_reading
from digests.names.tokens import bare
from digests.tables import load_rows

_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʼ`][^\W\d_]+)*")
_CYRILLIC = re.compile("[Ѐ-ԯ]")


def script_of(text: str) -> str:
    """Return "cyrillic", "latin" or, for letters of neither, "other".

    >>> script_of("Рефат Чубаров"), script_of("Refat"), script_of("東京")
    ('cyrillic', 'latin', 'other')
    """
    if _CYRILLIC.search(text):
        return "cyrillic"
    return "latin" if re.search("[A-Za-zÀ-ɏ]", text) else "other"


def respell(text: str, language: str, *, from_language: str = "") -> str:
    """Return a name as a language would write it, word by word, capitals kept at the beginning of words.

    >>> respell("Arslan Bozdaliev", "ru"), respell("Арслан Боздалієв", "en", from_language="uk")
    ('Арслан Боздалиев', 'Arslan Bozdaliyev')
    """
    return _WORD.sub(lambda match: _written(match[0], language, from_language), bare(text))


def _written(word: str, language: str, from_language: str) -> str:
    pattern, letters = _writer(language)
    if from_language == "uk" and language == "ru":
        word = word.replace("г", "ґ").replace("Г", "Ґ")  # the letter stays, though it sounds otherwise
    sound = raw_reading(word, from_language)
    written = pattern.sub(lambda match: letters[(match.lastindex or 1) - 1], sound)
    if word.isupper() and len(word) > 1:
        return written.upper()
    return written[:1].upper() + written[1:] if word[:1].isupper() else written


@cache
def _writer(language: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    rows = [row for row in load_rows("names/data/spell.tsv") if row[0] == language]
    letters = tuple(row[2] if len(row) > 2 else "" for row in rows)
    return re.compile("|".join(f"({row[1]})" for row in rows)), letters
