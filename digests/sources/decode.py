"""Bytes to text before anything is parsed: one bad byte, or a wrong label, must not turn a name into mojibake."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first sign of a feed, a page or a plain text is one of ASCII: where its byte stands among zeros says which it is.
_WIDE = {b"\1\0\0\0": "utf-32-le", b"\0\0\0\1": "utf-32-be"}
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# What unlabelled texts of our region are written in; the first of equals wins.
_GUESSES = ("windows-1251", "koi8-u", "windows-1254", "iso8859-9")
_WORD = re.compile(r"[^\W\d_]{2,}")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_FREQUENT = frozenset("оеаинтсрвліăıüşğçöeainrlkt")
# A text in another encoding has hardly one valid UTF-8 sequence; a UTF-8 text patched by a bad tool has few bad ones.
_BAD_BYTES_IN_VALID = 0.05
_SAMPLE_BYTES = 20_000
# A stray byte of a Western text is a quotation mark or a space of windows-1252; anything else is not known.
_STRAY = {0xDC00 + byte: bytes([byte]).decode("windows-1252") for byte in b"\x85\x91\x92\x93\x94\x96\x97\xa0\xab\xbb"}
_UNKNOWN = {0xDC00 + byte: "\ufffd" for byte in range(0x80, 0x100)}
# How a text looks that was UTF-8, was read as the other encoding, and was written as UTF-8 again.
_TWICE = (
    ("windows-1252", re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6-\u2122]")),
    ("windows-1251", re.compile("[ВГДЕРС][\u0080-\u00bf\u0402-\u040f\u0451-\u0491\u2013-\u2122]")),
)
# Letters that no byte of such a text was read as.
_HONEST = re.compile("[абг-яА-БЖ-ПТ-Я]")
_CONTROLS = re.compile("[\u0080-\u009f]")
# Dashes and quotation marks of which alone this is true; no text has such letters beside each other.
_TWICE_DASHED = re.compile("(?:â€|вЂ)[^\\w\\s]")


class NotText(ValueError):
    """The bytes are no text in any encoding we know."""


def decode(data: bytes, charset: str | None = None) -> str:
    """Return the text of a feed, a page or a file; `charset` is what its server or nobody says.

    Raises:
        NotText: It holds zero bytes where no encoding has them.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace").removeprefix("\ufeff")
    if b"\0" in data[:_SAMPLE_BYTES]:
        return _without_bom(data)
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")
    mostly = _mostly_utf8(data)
    if mostly is not None:
        return mostly
    for label in (_label(_DECLARED, data), charset, _label(_META, data)):
        text = _strictly(data, label)
        if text is not None:
            return text
    return _guessed(data)


def unscramble(text: str) -> str:
    """Return a text that was turned into UTF-8 twice as it was; any other text as it is.

    >>> unscramble("РљСѓСЂР±РµРґС–РЅРѕРІ"), unscramble("Hereâ€™s …"), unscramble("Ã Paris, «HALÂ»")
    ('Курбедінов', 'Here’s …', 'Ã Paris, «HALÂ»')
    """
    if text.isascii():
        return text
    for encoding, looks in () if _HONEST.search(text) else _TWICE:
        whole = _once(text, encoding) if looks.search(text) else None
        if whole is not None:
            return whole
    return _TWICE_DASHED.sub(_mended, text)


def _mended(found: re.Match[str]) -> str:
    return next(filter(None, (_once(found[0], encoding) for encoding, _ in _TWICE)), found[0])


def _once(text: str, encoding: str) -> str | None:
    """Return the UTF-8 that was read as `encoding`, None for a text that was not."""
    try:
        if _CONTROLS.search(text) is None:
            return text.encode(encoding).decode("utf-8")
        # Browsers read the bytes that an encoding lacks as controls.
        signs = (sign.encode("latin-1") if "\x80" <= sign <= "\x9f" else sign.encode(encoding) for sign in text)
        return b"".join(signs).decode("utf-8")
    except UnicodeError:
        return None


def _without_bom(data: bytes) -> str:
    """Return UTF-16 or UTF-32 without its mark.

    The zero bytes of ASCII letters stand all at odd or all at even places, or three beside each other.
    """
    wide = _strictly(data, _WIDE.get(bytes(byte and 1 for byte in data[:4])))
    if wide is not None:
        return wide
    even, odd = data[:_SAMPLE_BYTES:2].count(0), data[1:_SAMPLE_BYTES:2].count(0)
    half = min(len(data), _SAMPLE_BYTES) / 2
    if len(data) % 2 == 0 and max(even, odd) > half * 0.05 and min(even, odd) < half * 0.01:
        return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    raise NotText("it is not a text")


def _mostly_utf8(data: bytes) -> str | None:
    if data.isascii():
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    bad = sum(1 for sign in text if "\udc80" <= sign <= "\udcff")
    good = sum(1 for sign in text if sign > "\x7f") - bad
    if bad > max(good * _BAD_BYTES_IN_VALID, 1 if good else 0):
        return None
    # In a Cyrillic text a lone byte is rather half of a letter.
    known = {} if _CYRILLIC.search(text) else _STRAY
    return text.translate(_UNKNOWN | known)


def _label(pattern: re.Pattern[bytes], data: bytes) -> str | None:
    found = pattern.search(data[:2048])
    return found[1].decode("ascii") if found else None


def _strictly(data: bytes, label: str | None) -> str | None:
    """Return the text if the label is an encoding of text and every byte fits it."""
    if not label:
        return None
    try:
        name = codecs.lookup(label).name
        text = data.decode(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if name in ("utf-8", "ascii") or not isinstance(text, str) else text


def _guessed(data: bytes) -> str:
    scores = [(_plausibility(data[:_SAMPLE_BYTES].decode(name, "replace")), -at) for at, name in enumerate(_GUESSES)]
    return data.decode(_GUESSES[-max(scores)[1]], "replace")


def _plausibility(text: str) -> float:
    """Return how much the words that are not ASCII look like words: one script, one case, letters people use."""
    score = 0.0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        whole = word.islower() or word.istitle() or word.isupper()
        mixed = bool(_CYRILLIC.search(word)) and bool(_LATIN.search(word))
        score += (1.0 if whole and not mixed else -2.0) + sum(sign in _FREQUENT for sign in word) / len(word)
    return score
