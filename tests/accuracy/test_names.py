"""What the matcher answers to labelled cases of ten languages; the people and bodies are invented.

The cases stand in `tests/cases/names*.tsv`; how a line is read stands at the head of `names_writing.tsv`.
"""

from collections import Counter
from pathlib import Path

import pytest

from digests.model import Band, ListId, pattern_of
from digests.names.book import parse_book
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse
from tests.name_cases import Case, answer, article, read_cases

PRECISION_FLOOR = 0.99
RECALL_FLOOR = 0.97
LANGUAGES = frozenset({"uk", "ru", "be", "bg", "pl", "cs", "sl", "en", "tr", "crh"})


def _found(case: Case) -> tuple[tuple[str, Band], ...]:
    return tuple((case.texts[-1][mention.start : mention.end], mention.band) for mention in answer(case))


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.id)
def test_a_labelled_case_is_answered_as_labelled(case: Case) -> None:
    assert _found(case) == case.mentions


def test_precision_and_recall_stay_above_the_floor() -> None:
    right = found = wanted = 0
    for case in read_cases():
        answer, expected = {form for form, _ in _found(case)}, {form for form, _ in case.mentions}
        right += len(answer & expected)
        found += len(answer)
        wanted += len(expected)
    assert right / found >= PRECISION_FLOOR
    assert right / wanted >= RECALL_FLOOR


def test_the_cases_hold_every_language_and_both_answers() -> None:
    cases = read_cases()
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
    printed = article(path.read_text(encoding="utf-8"), "en")
    found: dict[str, dict[str, None]] = {}
    for mention in find_mentions(printed, index, SurnameUse()).mentions:
        found.setdefault(labels[mention.pattern], {})[printed.text[mention.start : mention.end]] = None
    assert {label: sorted(forms) for label, forms in found.items()} == {
        label: sorted(forms) for label, forms in NAMED[number].items()
    }
