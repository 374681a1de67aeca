"""A quotation and the line beneath it: outlet, kind of outlet, language and time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from bot.render.envelope import Envelope
from bot.render.page import Block, Run, file_name, link
from bot.words import Words
from digests.model import OutletLink, Recalled, Sentence, Stance

DOT = " · "
COMMA = ", "
SEMICOLON = "; "
_QUOTE_MARKS = '"“„«‹‘‚'  # a sentence that opens with one is direct speech, and stands as it is
_OPENING_MARKS, _CLOSING_MARKS = "“«„", "”»"
_WORDS_OF_A_FRAGMENT = 4  # enough to be found once in a page, short enough for an address


def fill(words: Words, key: str, runs: Mapping[str, Sequence[Run]], **fields: object) -> tuple[Run, ...]:
    """Return the words under `key` as runs; the fields of `runs` keep their style, the others are plain."""
    filled: list[Run] = []
    for piece in words.pieces(key, **fields):
        if piece.field is None:
            filled.append(Run(piece.text))
        elif piece.field in runs:
            filled.extend(runs[piece.field])
        else:
            filled.append(Run(str(fields[piece.field])))
    return tuple(filled)


def join(parts: Iterable[Sequence[Run]], between: str) -> tuple[Run, ...]:
    """Return the parts that are not empty as one stretch, with `between` between them."""
    joined: list[Run] = []
    for part in parts:
        if part:
            joined.extend([Run(between), *part] if joined else part)
    return tuple(joined)


def quotation(words: Words, sentence: Sentence, forms: Iterable[str]) -> Block:
    """Return the sentence as printed, in quotation marks of its own or of ours, with the watched names in bold."""
    text = " ".join(sentence.text.split("\n"))
    more = Run("…", url=sentence.url) if sentence.cut and not text.endswith("…") else None
    return quoted(words, text, forms, more)


def quoted(words: Words, text: str, forms: Iterable[str], more: Run | None = None) -> Block:
    """Return a text as a quotation; `more` is the sign that it was cut, and leads to the rest."""
    body = [*_embolden(text, forms), *([more] if more else [])]
    if text[:1] in _QUOTE_MARKS:
        return Block("quote", tuple(body))
    marked = fill(words, "quote", {"text": body})
    # Direct speech that began in an earlier sentence ends in this one: it lacks only the opening mark.
    ends_speech = sum(map(text.count, _CLOSING_MARKS)) > sum(map(text.count, _OPENING_MARKS))
    return Block("quote", marked[:-1] if ends_speech else marked)


def quotations(
    words: Words, sentences: Sequence[Sentence], forms: Sequence[str], envelope: Envelope, *, between: str, jump: bool
) -> Iterator[Block]:
    """Yield each sentence as a quotation with its source, which those of one article in a row share.

    A machine's wording is no quotation: it stands without marks, and the sentences that it words stand under it.
    """
    for at, sentence in enumerate(sentences):
        if not sentence.verbatim:
            yield Block("line", tuple(_embolden(sentence.text, forms)))
            yield Block("note", (Run(words.say("meta.machine")),))
            yield from quotations(words, sentence.rests_on, forms, envelope, between=between, jump=jump)
            continue
        yield quotation(words, sentence, forms)
        following = sentences[at + 1 : at + 2]
        if not following or not following[0].verbatim or following[0].article != sentence.article:
            yield source_line(words, sentence, envelope, between=between, jump=jump)


def source_line(words: Words, sentence: Sentence, envelope: Envelope, *, between: str, jump: bool = False) -> Block:
    """Return outlet, kind, language if it is not the chat's, and time of a sentence; `jump` leads to the sentence."""
    url = to_the_sentence(sentence) if jump else sentence.url
    said = about(words, sentence, envelope.chat.zone, envelope.now, in_full=between == DOT)
    return Block("meta", join((outlet(sentence.outlet, url), *(_plain(part) for part in said)), between))


def about(words: Words, sentence: Sentence, zone: str, now: datetime, *, in_full: bool) -> list[str]:
    """Return what stands behind an outlet's name: its kind if known, the language if not the chat's, the time."""
    language = sentence.language
    foreign = [words.in_language(language)] if language and language != words.language else []
    return [*_kind(words, sentence.stance), *foreign, _time(words, sentence, zone, now, in_full=in_full)]


def outlet(name: str, url: str) -> tuple[Run, ...]:
    """Return an outlet's name as the link to its article; of a file the name, since no chat can open it."""
    in_folder = file_name(url)
    if in_folder is not None:
        return (Run(name, url=url), Run(f" ({in_folder})")) if name else (Run(in_folder, url=url),)
    label = name or urlsplit(url).hostname or url
    run = Run(label, url=url)
    return (run._replace(text=f"{label} ↗"),) if link(run) else (run,)


def outlets(links: Iterable[OutletLink]) -> tuple[Run, ...]:
    """Return outlets in one line, each the link to its article."""
    return join((outlet(each.outlet, each.url) for each in links), COMMA)


def outlet_with_stance(words: Words, name: str, url: str, stance: Stance) -> tuple[Run, ...]:
    """Return an outlet's name, and its kind if that is known."""
    return join((outlet(name, url), *(_plain(kind) for kind in _kind(words, stance))), COMMA)


def recalled_status(words: Words, recalled: Recalled) -> list[str]:
    """Return the noun of what was told before, with the names of whom it was where that is not everybody above."""
    whose = f" ({COMMA.join(recalled.of)})" if recalled.of else ""
    return [words.status(word) + whose for word in recalled.status[:1]]


def to_the_sentence(sentence: Sentence) -> str:
    """Return the article's address with a text fragment, which browsers that know it scroll to.

    The first and last words are named; an address with a fragment of its own stays as it is.
    """
    tokens = sentence.text.split()
    if not urlsplit(sentence.url).scheme.startswith("http") or "#" in sentence.url or not tokens:
        return sentence.url
    start = _fragment(tokens[:_WORDS_OF_A_FRAGMENT])
    end = _fragment(tokens[-_WORDS_OF_A_FRAGMENT:])
    is_whole = not sentence.cut and len(tokens) > 2 * _WORDS_OF_A_FRAGMENT
    return f"{sentence.url}#:~:text={start},{end}" if is_whole else f"{sentence.url}#:~:text={start}"


def _kind(words: Words, stance: Stance) -> list[str]:
    return [] if stance is Stance.UNKNOWN else [words.stance(stance)]


def _fragment(tokens: Sequence[str]) -> str:
    # A hyphen has a meaning of its own in text fragments, and `quote` leaves it alone.
    return percent(" ".join(tokens), safe="").replace("-", "%2D")


def _time(words: Words, sentence: Sentence, zone: str, now: datetime, *, in_full: bool) -> str:
    if sentence.published_at is None:
        return words.say("meta.no_date", moment=words.since(sentence.fetched_at, zone, now))
    say = words.moment if in_full else words.short
    return say(sentence.published_at, zone, now)


def _plain(text: str) -> tuple[Run, ...]:
    return (Run(text),) if text else ()


def _embolden(text: str, forms: Iterable[str]) -> Iterable[Run]:
    wanted = sorted({form for form in forms if form}, key=len, reverse=True)
    if not wanted:
        return [Run(text)]
    # Longest first, whole words only: "Ali" is not marked inside "Alime".
    either = re.compile(r"(?<!\w)(" + "|".join(re.escape(form) for form in wanted) + r")(?!\w)")
    pieces = either.split(text)
    return [Run(piece, "bold" if at % 2 else "plain") for at, piece in enumerate(pieces) if piece]
