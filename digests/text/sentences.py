"""A text's sentences: sentencex, with joins and splits that news in our languages need."""

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from digests.model import Span

# sentencex takes the square of the number of quotation marks; no sentence we could show is longer.
_CHUNK_CHARS = 2000
# How much of a text on each side of an end decides whether it is one: an abbreviation and the word before it.
_LOOK_BACK = 60
_BREAK = re.compile(r"\n[ \t]*\n\s*")
_SPEAKS_LIKE = {"crh": "tr", "be": "ru", None: "en"}
_ORDINAL_LANGUAGES = frozenset({"tr", "crh", "pl", "cs", "sk", "de", "az", None})

# An abbreviation here is followed by a name or a number, so a capital after it begins no sentence.
_SHORT_FORMS = """
    mr mrs ms dr prof st rev gen col lt sgt capt gov sen rep hon vs no art para fig
    ст ч п пп гл им ім пр пл ул вул пер просп бул обл р-н оф кв стр корп буд тел тов гр див см т зв
    акад проф доц адв полк ген лейт кап серж мал ред изд
    av doç yrd org alb mah cad sok apt mad md müh
    dot ks inż mgr hab al pl prok sędz adw nr ust pkt lit zob por św tzw m.in
"""
_BEFORE_NAMES = frozenset(_SHORT_FORMS.split())
# These may end a sentence, after a number ("2014 г.") more often than not; without one a name follows ("г. Ялта").
_UNITS = frozenset(("р", "г", "м", "с", "о", "рр", "гг", "в"))
# Outlets and addresses that are written with a dot and no space.
_AFTER_DOT = "реалії реалии realii realiyi realiyler свобода медиа медіа news ru ua com org net info"
_AFTER_DOT_NAMES = frozenset(_AFTER_DOT.split())

_INITIAL = re.compile(r"(?<![^\W\d_])[^\W\d_a-zа-яёіїєґçğıöşüñ]\.$")
_SHORTENED = re.compile(r"(?<![^\W\d_])([^\W\d_]+(?:[.-][^\W\d_]+)*)\.$")
_NUMBERED = re.compile(r"(?<![\d.,:])\d{1,2}\.$")
_AFTER_NUMBER = re.compile(r"(?:\d|\b[IVXLC]+)\s*[-–]?\s*$")
_OPENING = " \t\n\"'«»„“”‘’([{—–-…"
# “...” Orlan said. The quotation is nobody's without its end.
_CLOSING = '”»"“'
_SPEAKER = re.compile(
    r"(?:\S+ ){1,4}(?:said|says|added|noted|stressed|explained|wrote|dedi|söyledi|сказала?|сказав)\s*[.!]"
)
_GLUED = re.compile(r"(?<=[^\W\d_]{2})[.!?…]+(?=[^\W\d_])")
_NEXT_WORD = re.compile(r"([^\W\d_]+)([^\w]|$)")
_LAST_WORD = re.compile(r"\S+$")


def sentences(text: str, language: str | None = None) -> tuple[Span, ...]:
    """Return where the sentences of a text stand, in order, trimmed, never across a paragraph break.

    Linear in the length of the text: a stretch of 2,000 characters without an end is cut at a space.

    >>> text = "He met M. Shaimiyev.It can be seen. Mr. X left."
    >>> [text[s.start:s.end] for s in sentences(text, "en")]
    ['He met M. Shaimiyev.', 'It can be seen.', 'Mr. X left.']
    """
    return tuple(
        span for start, end in _chunks(text) for span in _trimmed(text, start, _ends(text[start:end], language))
    )


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Yield paragraphs as (start, end), overlong ones in pieces that end at a sentence's end or a space."""
    start = 0
    while start < len(text):
        broken = _BREAK.search(text, start)
        end, following = broken.span() if broken else (len(text), len(text))
        while end - start > _CHUNK_CHARS:
            cut = _cut(text, start, start + _CHUNK_CHARS)
            yield start, cut
            start = cut
        yield start, end
        start = following


def _cut(text: str, start: int, limit: int) -> int:
    """Return where to cut within (start, limit]: after the last ". ", else after the last space, else at the limit."""
    least = start + _CHUNK_CHARS // 2
    for mark in (". ", " "):
        at = text.rfind(mark, least, limit)
        if at >= 0:
            return at + len(mark)
    return limit


def _ends(chunk: str, language: str | None) -> list[int]:
    """Return the offsets at which sentences of a chunk end, the last one its length."""
    found = get_sentence_boundaries(_SPEAKS_LIKE.get(language, language), chunk)
    ends = {int(boundary["end_index"]) for boundary in found}
    ends |= {glued.end() for glued in _GLUED.finditer(chunk)}
    kept: list[int] = []
    start = 0
    for end in sorted(ends - {0, len(chunk)}):
        if not _joins(chunk[max(start, end - _LOOK_BACK) : end], chunk[end : end + _LOOK_BACK], language):
            kept.append(end)
            start = end
    return [*kept, len(chunk)]


def _joins(before: str, after: str, language: str | None) -> bool:
    """Return whether what follows belongs to the sentence before it."""
    body = before.rstrip()
    following = after.lstrip(_OPENING)
    if not body.strip(_OPENING + ".") or not following:
        return not following
    if following[0].islower() or (body[-1] in _CLOSING and _SPEAKER.match(following)):
        return True
    if body == before and not after[:1].isspace() and body[-1:] in ".!?…":
        return not _is_glued_end(body, following)
    if not body.endswith("."):
        return False
    return _is_shortened(body) or (bool(_NUMBERED.search(body)) and _is_ordinal(body, language))


def _is_glued_end(body: str, following: str) -> bool:
    """Return whether "Shaimiyev.It can" lacks a space, unlike "Krym.Realii", "im.Lenina" and "example.Com/x"."""
    last = _LAST_WORD.search(body)
    word = _NEXT_WORD.match(following)
    if last is None or word is None or any(sign in last[0] for sign in "/@#") or last[0].startswith("www."):
        return False
    acronym = word[1].isupper() and len(word[1]) > 1
    if acronym or word[1].lower() in _AFTER_DOT_NAMES or word[2] in (".", "/", "@", "_"):
        return False
    return not (body.endswith(".") and _is_shortened(body))


def _is_shortened(body: str) -> bool:
    """Return whether a text ends with an initial or an abbreviation that a name follows."""
    if _INITIAL.search(body):
        return True
    shortened = _SHORTENED.search(body)
    if shortened is None:
        return False
    word = shortened[1].lower()
    if word in _UNITS:
        return not _AFTER_NUMBER.search(body[: -len(word) - 1])
    return word in _BEFORE_NAMES


def _is_ordinal(body: str, language: str | None) -> bool:
    """Return whether "12." counts something ("12. Ağır Ceza"), or numbers a list's line."""
    return language in _ORDINAL_LANGUAGES or bool(re.fullmatch(r"\W*\d{1,2}\.", body))


def _trimmed(text: str, start: int, ends: list[int]) -> Iterator[Span]:
    """Yield the spans of a chunk that begins at `start`, without white space around them; empty ones are left out."""
    at = start
    for end in ends:
        piece = text[at : start + end]
        lead = len(piece) - len(piece.lstrip())
        body = piece.strip()
        if body:
            yield Span(at + lead, at + lead + len(body))
        at = start + end
