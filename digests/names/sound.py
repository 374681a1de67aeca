"""How a word may sound, whatever its script and romanisation, and the key under which like sounds meet.

A reading is a word in a small phonetic alphabet: p b f v t d s z S Z C c J k g h m n l r j and a e i o u. Where a word
comes from is unknown, so it has several readings. How letters are read stands in `data/sounds.tsv`; which readings are
tried for which languages in `data/schemes.tsv`.
"""

import re

from digests.names.scheme import read, schemes, schemes_for

_CYRILLIC = re.compile("[Ѐ-ԯ]")
_KNOWN = re.compile("[a-zß-ɏЀ-ԯḀ-ỿ'’]+")
_LATIN = re.compile("[a-zß-ɏ]")
_RUNS = re.compile("[Ѐ-ԯ]+|[a-zß-ɏ]+")  # КримSOS is read in both
_LONGEST = 40  # letters; no name's word is longer, and hostile text must cost no more than a name
_ACRONYM = 4  # letters
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_CLASSES = str.maketrans(
    {**dict.fromkeys("pb", "p"), **dict.fromkeys("fv", "f"), **dict.fromkeys("td", "t")}
    | {**dict.fromkeys("szSZCcJ", "s"), **dict.fromkeys("kg", "k"), **dict.fromkeys("hjaeiou", "")}
)


def readings(word: str, language: str = "", *, guessing: bool = True) -> tuple[str, ...]:
    """Return the ways a word may sound, likeliest first, without repeats; at least one.

    Args:
        word: One word; its case does not matter.
        language: Of the text it stands in, as ISO 639; "" for unknown.
        guessing: Also try languages that only the letters hint at. A word whose ending was cut must not look French.

    A word in neither Latin nor Cyrillic letters has one reading, `=` and the word itself: it is compared by letters.

    >>> readings("Шаймиев", "ru")[0] == readings("Şaymiyev", "crh")[0]
    True
    >>> readings("Biden")
    ('biden', 'bajden')
    """
    low = lower(word)[:_LONGEST]
    cyrillic = bool(_CYRILLIC.search(low))
    only = _only_reading(word, low, cyrillic)
    if only is not None:
        return (only,)
    found: dict[str, None] = {}
    for scheme, hints in schemes_for(language, cyrillic):
        if hints is None or (guessing and hints.search(low)):
            found[_smooth(read(scheme, low))] = None
    for reading in _twins(low, found, language, cyrillic):
        found[reading] = None
    return tuple(found)


def first_reading(word: str, language: str = "") -> str:
    """Return the likeliest of `readings(word, language)`, without the work for the others.

    >>> first_reading("Biden")
    'biden'
    """
    low = lower(word)[:_LONGEST]
    cyrillic = bool(_CYRILLIC.search(low))
    only = _only_reading(word, low, cyrillic)
    if only is not None:
        return only
    tried = schemes_for(language, cyrillic)
    return next(_smooth(read(scheme, low)) for scheme, hints in tried if hints is None or hints.search(low))


def _only_reading(word: str, low: str, cyrillic: bool) -> str | None:
    """The reading of a word that has but one: in other letters, in both scripts, or an acronym."""
    if not _KNOWN.fullmatch(low):
        return "=" + low
    if cyrillic and _LATIN.search(low):
        return _smooth("".join(read(_plain(bool(_CYRILLIC.match(run))), run) for run in _RUNS.findall(low)))
    return _smooth(read(_plain(cyrillic), low)) if is_acronym(word) else None


def skeleton(reading: str) -> str:
    """Return the classes of a reading's consonants in order; vowels, h and j are left out.

    Readings that may be the same name have the same skeleton, so it is the key they are looked up by.

    >>> skeleton("kurbedinov"), skeleton("gurbadinof")
    ('krptnf', 'krptnf')
    """
    return reading if reading[:1] == "=" else reading.translate(_CLASSES)


def raw_reading(word: str, language: str = "") -> str:
    """Return the likeliest reading before vowels are smoothed: the one that new spellings are written from.

    >>> raw_reading("Bariiev")
    'bariiev'
    """
    low = lower(word)[:_LONGEST]
    cyrillic = bool(_CYRILLIC.search(low))
    own = [scheme for scheme in schemes(cyrillic) if language in scheme.languages]
    hinted = [scheme for scheme in schemes(cyrillic) if scheme.hints and scheme.hints.search(low)]
    return read((own + hinted)[0].name if own or hinted else _plain(cyrillic), low)


def is_acronym(word: str) -> bool:
    """Whether a word is so short and all in capitals that its letters are read one by one, without endings."""
    return 1 < len(word) <= _ACRONYM and word.isupper()


def lower(word: str) -> str:
    """Return the word in lower case; the dotted capital İ becomes a plain i, curly apostrophes straight."""
    return word.replace("İ", "i").lower().replace("\u0307", "").translate(_APOSTROPHES)


def _plain(cyrillic: bool) -> str:
    return "cyrl" if cyrillic else "latn"


_ROUGH = re.compile(r"(.)\1|t[scSC]|d[zZ]|ji|i[ijaeou]|[aeou]i")
_SMOOTHING = (
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile("t[sc]"), "c"),
    (re.compile("d[zZ]"), "J"),
    (re.compile("t[SC]"), "C"),
    (re.compile("[ij]*ji|i[ij]+"), "i"),
    (re.compile("i(?=[aeou])"), "j"),
    (re.compile("(?<=[aeou])i"), "j"),
)


def _smooth(reading: str) -> str:
    """One form for what spellings differ in without a difference in sound: doubles, ts, dz, ij and ji, ia and ja."""
    if _ROUGH.search(reading):
        for pattern, becomes in _SMOOTHING:
            reading = pattern.sub(becomes, reading)
    return reading


def _twins(word: str, found: dict[str, None], language: str, cyrillic: bool) -> list[str]:
    """The second value of a letter: a long first vowel in English, Greek eu, g as h in an Eastern name, kh as k."""
    if cyrillic:
        return _cyrillic_twins(word, language)
    twins = []
    long_vowel = _LONG.match(word)
    if long_vowel:
        head, vowel, tail = word[: long_vowel.end(1)], long_vowel[2], word[long_vowel.end(2) :]
        start = read("latn", head) + _LONG_SOUNDS[vowel]
        twins += [_smooth(start + read(scheme, tail)) for scheme in ("latn", "latn-spoken")]
    if word.startswith("eu"):
        twins += ["ev" + reading[2:] for reading in found if reading[:2] == "eu"]
    if word.startswith("kh"):
        twins += ["k" + reading[1:] for reading in found if reading[:1] == "h"]  # Khan is Хан, and Кан
    if ("g" in word and (_EASTERN.search(word) or language in _EASTERN_LANGUAGES)) or "ğ" in word:
        twins += [reading.replace("g", "h") for reading in found]
    return twins


def _cyrillic_twins(word: str, language: str) -> list[str]:
    """An English w that Cyrillic writes as у, read as the в that others write, Belarusian letters as its neighbours'.

    Уэбстер is Вебстер, Вярбоўскі is Вербовский, Цімафей is Тимофей.
    """
    written = {_WRITTEN_W.sub("в", word): None, word.replace("ў", "в"): None}
    if language == "be" or "ў" in word:
        written[_SOFTENED.sub(lambda match: _HARD[match[0]], word.replace("ў", "в"))] = None
    scheme = "cyrl-uk" if language == "uk" else "cyrl"
    return [_smooth(read(scheme, each)) for each in written if each != word]


_SOFTENED = re.compile("дз(?=[іеяюёь])|ц(?=[іеяюёь])")
_HARD = {"дз": "д", "ц": "т"}
_WRITTEN_W = re.compile("(?:^|(?<=[аеоиіыэ]))у(?=[аеиіоэє])")
_LONG = re.compile("([^aeiouy]*)([aiouy])(?=[bcdfgklmnprstvz](?:[aeo]|i?a))")
_LONG_SOUNDS = {"a": "ej", "i": "aj", "o": "ou", "u": "ju", "y": "aj"}
_EASTERN = re.compile("(?:[oe][vw]a?|enko|s?k[iy]y?|chuk|uk|ij|iy|[şğıñ])$|[şğıñ]")
_EASTERN_LANGUAGES = frozenset({"crh", "tr", "cs", "sk"})
