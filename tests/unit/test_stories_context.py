"""Two texts on one name: of one matter, or of two."""

import pytest

from digests.stories.context import concepts, tells_of_another_matter
from tests import builders as b

MATTERS = [
    ("a match and a court", "He scored in the cup match.", "en", "The court left him in prison.", "en", True),
    ("across languages", "He scored in the cup match.", "en", "Суд залишив його у в'язниці.", "uk", True),
    ("two hearings", "The court left him in prison.", "en", "Суд заслухав адвоката.", "uk", False),
    ("one says nothing of its matter", "He scored in the cup match.", "en", "He spoke at length.", "en", False),
    ("neither does", "He came.", "en", "He spoke at length.", "en", False),
]


@pytest.mark.parametrize(
    ("one", "in_one", "other", "in_other", "apart"), [c[1:] for c in MATTERS], ids=[c[0] for c in MATTERS]
)
def test_what_cannot_be_told_apart_is_no_other_matter(
    one: str, in_one: str, other: str, in_other: str, apart: bool
) -> None:
    here, there = b.article(title="", text=one, language=in_one), b.article(title="", text=other, language=in_other)
    assert tells_of_another_matter(here, there) is apart
    assert tells_of_another_matter(there, here) is apart


def test_the_opening_says_what_a_text_is_about() -> None:
    text = "The court left him in prison. " + "He spoke at length. " * 60 + "He had scored in the cup match."
    assert "sport" not in concepts(b.article(title="", text=text))
