"""That a machine's wording says only what the sentences it cites say: names, numbers, days, quotations, status."""

import re
from collections.abc import Iterable, Sequence, Set
from datetime import UTC, datetime
from functools import cache

from digests.model import Sentence, Span
from digests.names.fold import fold
from digests.stories.keys import placed_keys
from digests.stories.phrases import find_in_tables, words_of
from digests.tables import load_rows
from digests.text import sentences

MOST_CHARS, MOST_WORDS = 400, 60
"""A wording of one story is read on a telephone: longer ones say more than was asked."""

_QUOTED = re.compile(r"[“«„\"]([^“”«»„\"]{2,})[”»“\"]")
_ADDRESS = re.compile(r"https?:|www\.|t\.me/|@\w|\w\.(?:com|org|net|ru|ua|info|me)\b", re.IGNORECASE)
_CLAUSES = re.compile(r"[,;:.!?“”«»„\"()—–]+")
_MARKUP = re.compile(r"[<>`*_\[\]{}|\\#]|&\w+;")
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
# What turns a claim must be in both or in none: a wording without the "not" says the contrary.
_TURNS = ("deny", "refute", "denies", "hearsay", "may")
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def why_not_grounded(wording: str, cited: Sequence[Sentence]) -> str | None:
    """Return why a wording may not be shown, as a word for the log; None when the cited sentences carry all of it.

    Compared are names by their sound in any script, numbers in digits and words, days of a month, what stands in
    quotation marks, words of status, and what turns them: denial, hearsay, intention. A capital letter begins a name;
    so does the first word's, unless it is one of `openers.tsv` or stands in a cited sentence in lower case.
    """
    if not wording.strip() or not cited:
        return "empty"
    if len(wording) > MOST_CHARS or len(wording.split()) > MOST_WORDS:
        return "long"
    if _HIDDEN.search(wording):
        return "hidden"
    if _ADDRESS.search(wording):
        return "address"
    said = "\n".join(sentence.text for sentence in cited)
    if set(_MARKUP.findall(wording)) - set(_MARKUP.findall(said)):
        return "markup"
    if any(_plain(quoted) not in _plain(said) for quoted in _QUOTED.findall(wording)):
        return "quotation"
    return _unsaid(wording, cited)


def without_hidden(text: str) -> str:
    """Return a text without characters that show nothing or turn the direction of what follows."""
    return _HIDDEN.sub("", text)


def _unsaid(wording: str, cited: Sequence[Sentence]) -> str | None:
    """Return what kind of thing the wording says that no cited sentence does."""
    # A wording is in the chat's language, which need not be the article's: tables are read in all columns.
    small = {word.folded for sentence in cited for word in words_of(sentence.text) if not word.capital}
    mine, theirs = _keys(wording, None, small | _openers()), set[str]()
    statuses, cues = _found(wording, None)
    their_statuses, their_cues = set[str](), list[set[str]]()
    for sentence in cited:
        theirs |= _keys(sentence.text, sentence.published_at, _openers())
        more, turned = _found(sentence.text, sentence.language)
        their_statuses |= more
        their_cues.append(turned)
    for kind, letter in (("name", "s"), ("number", "n"), ("day", "d")):
        if any(key[0] == letter for key in mine - theirs):
            return kind
    if statuses - their_statuses:
        return "status"
    return "turned" if any(_differs(cue, cues, their_cues) for cue in _TURNS) else None


def _differs(cue: str, mine: set[str], theirs: Iterable[set[str]]) -> bool:
    """Say whether a turn of the claim is in the wording alone, or in every cited sentence but not in the wording."""
    has = [cue in each for each in theirs]
    return (cue in mine and not any(has)) or (cue not in mine and all(has))


def _keys(text: str, at: datetime | None, openers: Set[str]) -> set[str]:
    """Return the names, numbers and days of a text as keys that all languages share."""
    words = words_of(text)
    begin = {span.start for span in sentences(text) if _begins_with(text, span, openers)}
    placed = placed_keys(text, words, None, at or _ANY_TIME)
    return {key for key, start in placed if key[0] in "nd" or (key[0] == "s" and start not in begin)}


def _begins_with(text: str, span: Span, openers: Set[str]) -> bool:
    first = words_of(text, span.start, span.end)[:1]
    return bool(first) and first[0].folded in openers


@cache
def _openers() -> frozenset[str]:
    return frozenset(
        fold(word) for row in load_rows("writing/data/openers.tsv") for cell in row for word in cell.split()
    )


def _found(text: str, language: str | None) -> tuple[set[str], set[str]]:
    """Return the statuses and the turns that a text has words for; no phrase reaches over a clause's end."""
    found, turned = set[str](), set[str]()
    for clause in _CLAUSES.split(text):
        statuses, cues = find_in_tables(("status", "cues"), words_of(clause), language)
        found |= {hit.key for hit in statuses}
        turned |= {hit.key for hit in cues if hit.key in _TURNS}
    turned |= {"deny" for key in found if key.startswith("not:")}
    return {key.removeprefix("not:") for key in found}, turned


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
