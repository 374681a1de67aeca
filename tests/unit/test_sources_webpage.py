"""What an article's page says of itself."""

import pytest

from digests.sources.webpage import read_page, without_outlet


@pytest.mark.parametrize(
    ("title", "outlet", "said"),
    [
        pytest.param("Court adjourned | Steppe Radio", "Steppe Radio", "Court adjourned", id="a bar"),
        pytest.param("Court adjourned — STEPPE RADIO", "Steppe Radio", "Court adjourned", id="a dash, capitals"),
        pytest.param("Court adjourned - Steppe Radio", "Steppe Radio", "Court adjourned", id="a hyphen"),
        pytest.param("Суд відклав справу » Степ", "Степ", "Суд відклав справу", id="Cyrillic"),
        pytest.param("Pre-Steppe Radio", "Steppe Radio", "Pre-Steppe Radio", id="a hyphen in a word"),
        pytest.param("Police search Steppe Radio", "Steppe Radio", "Police search Steppe Radio", id="what it is about"),
        pytest.param("Court: judge | Liman", "Steppe Radio", "Court: judge | Liman", id="another's name"),
        pytest.param("| Steppe Radio", "Steppe Radio", "| Steppe Radio", id="nothing else"),
        pytest.param("Steppe Radio", "Steppe Radio", "Steppe Radio", id="the name alone"),
        pytest.param("Court | (C++", "(C++", "Court", id="signs in a name"),
        pytest.param("Court |", "", "Court |", id="no outlet"),
    ],
)
def test_a_title_loses_the_name_of_its_outlet_at_its_end_and_nothing_else(title: str, outlet: str, said: str) -> None:
    assert without_outlet(title, outlet) == said


def test_of_a_page_without_end_a_book_is_read() -> None:
    page = read_page(b"<p>" + b"A word and another. " * 50_000 + b"</p>")
    assert 0 < len(page.text) <= 200_000


def test_a_pages_title_loses_the_name_that_the_page_gives_its_site() -> None:
    page = read_page(
        b'<meta property="og:site_name" content="Steppe Radio"><title>Court adjourned &mdash; Steppe Radio</title>'
        b"<p>The court adjourned the hearing on Monday, the lawyer said.</p>"
    )
    assert (page.title, page.outlet) == ("Court adjourned", "Steppe Radio")
