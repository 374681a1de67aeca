"""What the matcher answers to labelled cases of ten languages; the people and bodies are invented.

The cases stand in `tests/cases/names*.tsv`; how a line is read stands at the head of `names_writing.tsv`.
"""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from digests.model import Article, ArticleId, Band, Kind, ListId, Pattern, PatternId, SourceId, pattern_of
from digests.names.book import parse_book
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse

CASES = Path(__file__).resolve().parents[1] / "cases"
PRECISION_FLOOR = 0.99
RECALL_FLOOR = 0.97
LANGUAGES = frozenset({"uk", "ru", "be", "bg", "pl", "cs", "sl", "en", "tr", "crh"})


class Case(NamedTuple):
    """One labelled text: what is watched, and the mentions to be found in order, each with its band."""

    id: str
    rule: str
    pattern: Pattern
    language: str
    texts: tuple[str, ...]
    mentions: tuple[tuple[str, Band], ...]


def _cases() -> list[Case]:
    lines = [line for path in sorted(CASES.glob("names*.tsv")) for line in path.read_text("utf-8").splitlines()]
    return [_case(line) for line in lines if line and line[0] != "#"]


def _case(line: str) -> Case:
    row = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), line)
    name, rule, kind, watched, language, text, mentions = row.split("\t")
    named, *context = re.split(r" (?=\+\+|--)", watched)
    spellings = tuple((text, of) for text, _, of in (each.partition("@") for each in named.split("|")))
    near = tuple(word[2:] for word in context if word[0] == "+")
    never = tuple(word[2:] for word in context if word[0] == "-")
    pattern = Pattern(id=PatternId("p"), kind=Kind(kind), spellings=spellings, near=near, never=never)
    expected = () if mentions == "-" else tuple(_mention(each) for each in mentions.split("|"))
    return Case(name, rule, pattern, language, tuple(text.split(" >> ")), expected)


def _mention(cell: str) -> tuple[str, Band]:
    return (cell[1:], Band.LIKELY) if cell[0] == "~" else (cell, Band.SURE)


def _found(case: Case) -> tuple[tuple[str, Band], ...]:
    index, use = NameIndex(), SurnameUse()
    index.add(case.pattern)
    *earlier, text = case.texts
    for each in earlier:
        use.learn(find_mentions(_article(each, case.language), index, use).learnt)
    mentions = find_mentions(_article(text, case.language), index, use).mentions
    return tuple((text[mention.start : mention.end], mention.band) for mention in mentions)


def _article(text: str, language: str) -> Article:
    return Article(
        id=ArticleId("a"),
        source=SourceId("s"),
        identity="i",
        url="",
        outlet="",
        title="",
        text=text,
        language=language,
        published_at=None,
        fetched_at=datetime(2027, 3, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.id)
def test_a_labelled_case_is_answered_as_labelled(case: Case) -> None:
    assert _found(case) == case.mentions


def test_precision_and_recall_stay_above_the_floor() -> None:
    right = found = wanted = 0
    for case in _cases():
        answer, expected = {form for form, _ in _found(case)}, {form for form, _ in case.mentions}
        right += len(answer & expected)
        found += len(answer)
        wanted += len(expected)
    assert right / found >= PRECISION_FLOOR
    assert right / wanted >= RECALL_FLOOR


def test_the_cases_hold_every_language_and_both_answers() -> None:
    cases = _cases()
    assert len(cases) >= 600
    assert len({case.id for case in cases}) == len(cases)
    for answered in (True, False):
        count = Counter(case.language for case in cases if bool(case.mentions) is answered)
        assert {language for language, number in count.items() if number >= 3} >= LANGUAGES


# The five articles that the shipped book was made for

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = ROOT.parent / "shared" / "seeds"
NAMED = {
    "000": {
        "Refat Chubarov": ["Refat Chubarov", "Chubarov"],
        "Emil Kurbedinov": ["Emil Kurbedinov"],
        "Tamila Tasheva": ["Tamila Tasheva"],
        "Edem Semedlyaev": ["Edem Semedlyaev"],
        "Lile Gemdzhi": ["Lile Gemdzhi"],
        "Dilaver Memetov": ["Dilaver Memetov"],
        "Unver Sel": ["Unver Sel"],
        "Yönet Can Tezel": ["Yonet Can Tezel"],
        "KrymSOS": ["KrymsSOS"],
        "Crimean Solidarity": ["Crimean Solidarity"],
        "Mejlis of the Crimean Tatar People": ["Mejlis of the Crimean Tatar people", "Mejlis"],
    },
    "001": {
        "Emine Dzhaparova": ["Emine Dzhaparova"],
        "Riza Shevkiev": ["Riza Shevkiev"],
        "Eskender Bariiev": ["Eskender Bariev", "Bariev"],
        "Oliver Loode": ["Oliver Loode"],
        "Petro Poroshenko": ["Petro Poroshenko"],
        "Hanna Hopko": ["Anna Hopko"],
        "QHA": ["QHA"],
        "Crimean Tatar Resource Center": ["Crimean Tatar resource center", "Crimean Tatar Resource Center"],
        "Estonian Institute of Human Rights": ["Estonian Institute of Human Rights"],
        "World Congress of Crimean Tatars": ["World Congress of the Crimean Tatars"],
        "Mejlis of the Crimean Tatar People": ["Mejlis of the Crimean Tatar people"],
        "Verkhovna Rada": ["Verkhovna Rada"],
    },
    "002": {
        "Mustafa Dzhemilev": ["Mustafa Jamil", "Jamil"],
        "Mintimer Shaimiev": ["Mintimer Shaimiyev", "Shaimiyev", "Shaimiev"],
        "Vladimir Putin": ["Vladimir Putin", "Putin"],
        "Mejlis of the Crimean Tatar People": ["Mejlis"],
        "Verkhovna Rada": ["Verkhovna Rada of Ukraine"],
    },
    "003": {
        "Ilmi Umerov": ["Ilmi Umerov", "Umerov"],
        "QHA": ["QHA"],
        "Radio Hayat": ["Radio Hayat"],
        "Krym.Realii": ["Krym.Realii", "Crimea.Realii"],
        "Mejlis of the Crimean Tatar People": [
            "Mejlis of the Crimean Tatar People",
            "Mejlis of the Crimean Tatar people",
        ],
    },
    "004": {
        "Ervin Ibragimov": ["Ervin Ibragimov"],
        "Ilmi Umerov": ["Ilmi Umerov"],
        "Maria Guryeva": ["Maria Guryeva"],
        "Gennady Afanasiev": ["Gennady Afanasiev", "Afanasiev"],
        "Amnesty International": ["Amnesty International"],
        "KrymSOS": ["KrymSOS"],
        "QHA": ["QHA"],
        "Mejlis of the Crimean Tatar People": ["Mejlis"],
    },
}


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the five articles are not beside this checkout")
@pytest.mark.parametrize("number", NAMED)
def test_the_shipped_book_finds_all_who_are_named_in_an_article_and_nobody_else(number: str) -> None:
    book = (ROOT / "config" / "names.toml").read_text(encoding="utf-8")
    index, labels = NameIndex(), {}
    for name in parse_book(book, where="config/names.toml", list_id=ListId("book")):
        pattern = pattern_of(name)
        index.add(pattern)
        labels[pattern.id] = name.label
    (path,) = ARTICLES.glob(f"{number}_*.txt")
    article = _article(path.read_text(encoding="utf-8"), "en")
    found: dict[str, dict[str, None]] = {}
    for mention in find_mentions(article, index, SurnameUse()).mentions:
        found.setdefault(labels[mention.pattern], {})[article.text[mention.start : mention.end]] = None
    assert {label: sorted(forms) for label, forms in found.items()} == {
        label: sorted(forms) for label, forms in NAMED[number].items()
    }
