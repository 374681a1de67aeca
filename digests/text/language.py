"""The language of a text: py3langid, corrected for Crimean Tatar in both its scripts."""

import re

# Below this, names and numbers outweigh the language (.985 right at 60 characters, worse than .9 under 20 letters).
_LEAST_LETTERS = 20
_READ_CHARS = 3000
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_CYRILLIC = re.compile("[\u0400-\u052f]")
# Digraphs of Cyrillic Crimean Tatar that Russian and Ukrainian lack.
_CYRILLIC_SIGNS = re.compile("къ|гъ|нъ")
# Turkish has neither letter; Azerbaijani has q, and ə with it. Capitals alone are an acronym (QHA).
_LATIN_SIGNS = re.compile("[qñ]")
# Crimean Tatar writes Cyrillic with the letters of Russian; these languages cannot do without one of their own.
_CYRILLIC_NEIGHBOURS = frozenset({"ky", "kk", "ba", "tt", "cv", "tk", "uz", "az", "sah", "tyv"})
_OWN_LETTERS = re.compile("[әөүғқұһҡҙҫҗӑӗӳҥ]", re.IGNORECASE)
_NEIGHBOURS = frozenset({"crh", "tr", "az", "ku", "tk", "uz", "tt", "ba", "ky", "kk"})
# A Turkish text on Crimean Tatars holds a name or two with q; a Crimean Tatar one has a sign in every eighth word.
_LEAST_SHARE = 0.1
# In a short text the model takes Russian for Bulgarian; then the languages of our sources go before their neighbours.
_SHORT_LETTERS = 200
_LEAST_OWN = 3
_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz'’ʼ")
_SHARED = frozenset("абвгдежзийклмнопрстуфхцчшщьюя")
_ALPHABETS = (
    ("uk", _SHARED | frozenset("іїєґ"), "іїєґ"),
    ("ru", _SHARED | frozenset("ъыэё"), "ыэ"),
)
_OURS = frozenset({"uk", "ru", "en", "tr", "crh", "pl"})


def guess_language(text: str) -> str | None:
    """Return the ISO 639 code of a text's language, None for too little text.

    >>> guess_language("Суд в Симферополе арестовал адвоката на два месяца.")
    'ru'
    """
    words = _WORD.findall(text[:_READ_CHARS])
    if sum(map(len, words)) < _LEAST_LETTERS:
        return None
    cyrillic = bool(_CYRILLIC.search("".join(words)))
    share = _share(words, _CYRILLIC_SIGNS if cyrillic else _LATIN_SIGNS)
    if cyrillic and share >= _LEAST_SHARE:
        return "crh"
    guess = _by_letters(words) if cyrillic else _english(words)
    if guess is not None:
        return guess
    guess = _classify(" ".join(words))
    if not cyrillic and guess in _NEIGHBOURS and "ə" not in text[:_READ_CHARS].lower():
        return "crh" if share >= _LEAST_SHARE else _without_signs(guess)
    if cyrillic and guess == "crh":
        return "ru"
    if cyrillic and guess in _CYRILLIC_NEIGHBOURS and not _OWN_LETTERS.search(text[:_READ_CHARS]):
        return "crh"
    return guess


def _by_letters(words: list[str]) -> str | None:
    """Return Ukrainian or Russian for a text in whose alphabet alone it can be; it costs a hundredth of the model."""
    letters = "".join(words).lower()
    for code, alphabet, own in _ALPHABETS:
        if sum(letters.count(each) for each in own) >= _LEAST_OWN and not set(letters) - alphabet - _ASCII:
            return code
    return None


def _english(words: list[str]) -> str | None:
    """Return English for a text that is full of its little words."""
    little = sum(word in ("the", "of", "and", "The") for word in words)
    return "en" if little * 12 >= len(words) and words.count("the") + words.count("The") >= 2 else None


def _without_signs(guess: str) -> str:
    """Return Turkish for a "Crimean Tatar" text that has none of its letters: names alone misled the model."""
    return "tr" if guess in ("crh", "az") else guess


def _share(words: list[str], signs: re.Pattern[str]) -> float:
    if not signs.search(" ".join(words).lower()):
        return 0.0
    marked = sum(1 for word in words if not word.isupper() and signs.search(word.lower()))
    return marked / len(words)


def _classify(text: str) -> str | None:
    # Imported here: it loads numpy and its model, 0.3 s that a process which guesses nothing need not spend.
    from digests.text.langid import rank

    codes = [str(code) for code, _ in rank(text)[:3]]
    if len(text) < _SHORT_LETTERS:
        codes = [code for code in codes if code in _OURS] or codes
    return None if codes[0] == "zxx" else codes[0]
