"""Files of plain text and Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.sources.plain import read_plain

LONG = "The court in the harbour town adjourned the hearing once more on Monday morning. The lawyer said it was late."


@pytest.mark.parametrize(
    ("source", "title", "text"),
    [
        pytest.param("Hearing adjourned\n\n" + LONG, "Hearing adjourned", LONG, id="a headline"),
        pytest.param("Hearing adjourned\n" + LONG, "Hearing adjourned", LONG, id="a headline without an empty line"),
        pytest.param(LONG, LONG.split(". ")[0] + ".", LONG, id="no headline: the first sentence, which stays"),
        pytest.param(
            "It ended.\n\nThen more.", "It ended.", "It ended.\n\nThen more.", id="a first line that is a sentence"
        ),
        pytest.param("Only a headline", "Only a headline", "Only a headline", id="one line"),
        pytest.param(
            "the court in\nthe town met", "the court in the town met", "the court in the town met", id="a wrap"
        ),
        pytest.param("Was it late?\n\nYes.", "Was it late?", "Yes.", id="a headline that asks"),
        pytest.param("x" * 200 + "\n\nMore.", "x" * 200, "x" * 200 + "\n\nMore.", id="too long for a headline"),
        pytest.param("\n\n  \n", "", "", id="nothing"),
    ],
)
def test_a_text_file_has_a_headline_or_lends_its_first_sentence(source: str, title: str, text: str) -> None:
    plain = read_plain(source, is_markdown=False)
    assert (plain.title, plain.text) == (title, text)


def test_the_front_matter_says_what_the_text_does_not() -> None:
    source = (
        '---\ntitle: "Hearing: adjourned"\nDate: 2026-11-20\nurl: https://x.example/1\noutlet: Liman\n---\nThe text.'
    )
    plain = read_plain("\ufeff" + source, is_markdown=True)
    assert (plain.title, plain.text) == ("Hearing: adjourned", "The text.")
    assert dict(plain.fields) == {
        "title": "Hearing: adjourned",
        "date": "2026-11-20",
        "url": "https://x.example/1",
        "outlet": "Liman",
    }


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("A **bold** and *soft* `word`", "A bold and soft word", id="emphasis"),
        pytest.param(
            "__Bold__ and _soft_, but snake_case_name", "Bold and soft, but snake_case_name", id="underscores"
        ),
        pytest.param(
            "See [the court](https://x.example/a_(b)?c=1 'T') now", "See the court?c=1 'T') now", id="odd link"
        ),
        pytest.param("See [the court](https://x.example) now", "See the court now", id="a link"),
        pytest.param("See [the court][1] now", "See the court now", id="a reference"),
        pytest.param("![a picture](p.png)Text", "Text", id="a picture"),
        pytest.param("> quoted\n> more", "quoted more", id="a quotation"),
        pytest.param("- one\n- two\n3. three", "one\n\ntwo\n\nthree", id="a list"),
        pytest.param("one\n\n***\n\ntwo", "one\n\ntwo", id="a rule"),
        pytest.param("one\n## Two ##\nthree", "one\n\nTwo\n\nthree", id="a heading amid"),
        pytest.param("5 \\* 3 = 15", "5 * 3 = 15", id="an escaped sign"),
        pytest.param("```\ncode\n```", "code", id="code"),
        pytest.param("at <https://x.example>", "at https://x.example", id="an address"),
    ],
)
def test_markdown_becomes_plain_text(source: str, text: str) -> None:
    assert read_plain("---\ntitle: T\n---\n" + source, is_markdown=True).text == text


def test_the_first_heading_is_the_title() -> None:
    plain = read_plain("# Hearing adjourned\n\nThe text.", is_markdown=True)
    assert (plain.title, plain.text) == ("Hearing adjourned", "The text.")


@given(st.text(alphabet="ab #*_-[]()<>`~>!\n.:\\", max_size=300), st.booleans())
def test_no_file_breaks_it_and_no_letter_is_added(source: str, is_markdown: bool) -> None:
    plain = read_plain(source, is_markdown=is_markdown)
    assert plain.text.count("a") <= max(source.count("a"), 1)
    assert bool(plain.title) == bool(plain.text)


@pytest.mark.parametrize("unit", ["[", "*a ", "**", "_a", "> ", "- ", "#", "`", "---\n", "![", "<h", "\n", "a: b\n"])
def test_a_hostile_file_takes_no_more_than_its_length_asks(unit: str) -> None:
    read_plain(unit * (1_000_000 // len(unit)), is_markdown=True)
