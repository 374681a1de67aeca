"""Every status in six languages, in every way in which a sentence can tell, deny, doubt, plan or recall it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digests.model import PatternId, StatusWord
from digests.stories.status import find_claims
from tests.builders import article, mention

_CASES = Path(__file__).parents[1] / "cases"
_AT = datetime(2026, 5, 20, tzinfo=UTC)
_LANGUAGES = ("en", "uk", "ru", "tr", "crh", "pl")
_SAID = ("affirmed", "negated", "planned", "demanded")
_FRAMED = ("hearsay", "conditional", "question", "past", "other", "denial")
# The name and another's: as a subject, a genitive, a Turkic accusative, a dative.
_WATCHED = {
    "en": ("Arslan Bozdaliev",) * 4,
    "uk": ("Арслан Боздалієв", "Арслана Боздалієва", "", "Арслану Боздалієву"),
    "ru": ("Арслан Боздалиев", "Арслана Боздалиева", "", "Арслану Боздалиеву"),
    "tr": ("Arslan Bozdaliyev", "Arslan Bozdaliyev'in", "Arslan Bozdaliyev'i", "Arslan Bozdaliyev'e"),
    "crh": ("Arslan Bozdaliyev", "Arslan Bozdaliyevniñ", "Arslan Bozdaliyevni", "Arslan Bozdaliyevge"),
    "pl": ("Arslan Bozdalijew", "Arslana Bozdalijewa", "", "Arslanowi Bozdalijewowi"),
}
_OTHER = {
    "en": ("Server Almazov",) * 4,
    "uk": ("Сервер Алмазов", "Сервера Алмазова", "", "Серверу Алмазову"),
    "ru": ("Сервер Алмазов", "Сервера Алмазова", "", "Серверу Алмазову"),
    "tr": ("Server Almazov", "Server Almazov'un", "Server Almazov'u", "Server Almazov'a"),
    "crh": ("Server Almazov", "Server Almazovnıñ", "Server Almazovnı", "Server Almazovğa"),
    "pl": ("Serwer Ałmazow", "Serwera Ałmazowa", "", "Serwerowi Ałmazowowi"),
}


def _rows(table: str) -> list[list[str]]:
    lines = (_CASES / table).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


_CLAUSES = [(row[0], row[1], row[2], row[3].split("|")) for row in _rows("stories_shades.tsv")]
_FRAMES = {(shade, language): frames.split("|") for shade, language, frames in _rows("stories_frames.tsv")}


def _said(language: str, shade: str) -> Iterator[tuple[str, str]]:
    for status, of, its, clauses in _CLAUSES:
        if (of, its) == (language, shade):
            yield from ((status, f"{_big(_filled(clause, _WATCHED[language]))}.") for clause in clauses)


def _framed(language: str, shade: str) -> Iterator[tuple[str, str]]:
    name = _WATCHED[language][0]
    for status, of, its, clauses in _CLAUSES:
        if (of, its) == (language, "affirmed"):
            for clause in clauses:
                mine, others = _filled(clause, _WATCHED[language]), _filled(clause, _OTHER[language])
                for frame in _FRAMES[shade, language]:
                    yield status, _big(frame.format(A=mine, O=others, N=name))


def _filled(clause: str, forms: tuple[str, ...]) -> str:
    return clause.format(N=forms[0], G=forms[1], A=forms[2], D=forms[3])


def _big(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _claimed(text: str, language: str) -> set[str]:
    form = max((form for form in _WATCHED[language] if form and form in text), key=len)
    mentions = [mention(words=form, of=article(title="", text=text), pattern=PatternId("watched"))]
    return {_as_written(claim.word) for claim in find_claims(text, mentions, language, at=_AT)}


def _as_written(word: StatusWord) -> str:
    return f"{'not:' * word.denied or 'may:' * word.hearsay}{word.status.value}"


def _may_be_said(shade: str, status: str) -> set[str]:
    """Return what a sentence of that shade may claim; nothing is always right but of what is plainly told."""
    if shade in ("negated", "denial"):
        # "Found dead" is of two statuses, and both are denied with it.
        return {f"not:{status}", "not:found"}
    return {f"may:{status}", "may:found"} if shade == "hearsay" else set()


@pytest.mark.parametrize("language", _LANGUAGES)
def test_what_is_plainly_told_is_claimed(language: str) -> None:
    missed = [(status, text) for status, text in _said(language, "affirmed") if status not in _claimed(text, language)]
    assert missed == []


@pytest.mark.parametrize("language", _LANGUAGES)
@pytest.mark.parametrize("shade", [*_SAID[1:], *_FRAMED])
def test_what_is_denied_doubted_planned_asked_for_or_long_past_is_not_told_as_a_fact(language: str, shade: str) -> None:
    sentences = list(_said(language, shade) if shade in _SAID else _framed(language, shade))
    claims = [(text, _claimed(text, language) - _may_be_said(shade, status)) for status, text in sentences]
    assert len(sentences) >= 20
    assert [(text, false) for text, false in claims if false] == []
