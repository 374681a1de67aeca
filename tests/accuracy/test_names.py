"""The floor of the matcher on labelled cases of six languages; the people are invented."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from digests.model import Article, ArticleId, Kind, ListId, Pattern, PatternId, SourceId, pattern_of
from digests.names.book import parse_book
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse

CASES = Path(__file__).resolve().parents[1] / "cases" / "names.tsv"
PRECISION_FLOOR = 0.99
RECALL_FLOOR = 0.97


def _cases() -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    lines = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return [
        (watched, kind, language, text, () if forms == "-" else tuple(forms.split("|")))
        for watched, kind, language, text, forms in lines
    ]


def _found(watched: str, kind: str, language: str, text: str) -> tuple[str, ...]:
    index = NameIndex()
    spelling = (watched, "en" if kind == "place" else "")
    index.add(Pattern(id=PatternId("p"), kind=Kind(kind), spellings=(spelling,)))
    mentions = find_mentions(_article(text, language), index, SurnameUse()).mentions
    return tuple(text[mention.start : mention.end] for mention in mentions)


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


@pytest.mark.parametrize(("watched", "kind", "language", "text", "forms"), _cases())
def test_a_labelled_case_is_answered_as_labelled(
    watched: str, kind: str, language: str, text: str, forms: tuple[str, ...]
) -> None:
    assert _found(watched, kind, language, text) == forms


def test_precision_and_recall_stay_above_the_floor() -> None:
    right = found = wanted = 0
    for watched, kind, language, text, forms in _cases():
        answer = _found(watched, kind, language, text)
        right += len(set(answer) & set(forms))
        found += len(set(answer))
        wanted += len(set(forms))
    assert right / found >= PRECISION_FLOOR
    assert right / wanted >= RECALL_FLOOR


def test_the_cases_hold_six_languages_and_both_answers() -> None:
    cases = _cases()
    assert {"en", "uk", "ru", "tr", "crh", "pl"} <= {language for _, _, language, _, _ in cases}
    assert sum(not forms for *_, forms in cases) >= 10


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
