"""Two stories that an article shows to be one."""

import pytest

from digests.model import Found, PatternId
from digests.stories.placer import Placer
from tests.builders import mention
from tests.placing import ARREST, ARREST_UK, COURT, an_article, place

_SEARCHED = (
    "Officers searched a house in Tash-Koy at five in the morning, took two computers and a box of letters and drove "
    "away with the owner, Arslan Bozdaliev, neighbours said."
)
_MISSED = (
    "Elvira has not heard from her brother since yesterday: Arslan Bozdaliev left for work at the market and never "
    "came, and his phone is switched off. Nobody at the hospital in Limanske knows him."
)
_BOTH = (
    "Arslan Bozdaliev, whom his sister Elvira had looked for at the market and at the hospital in Limanske, was found: "
    "officers who searched his house in Tash-Koy at five in the morning took him along with two computers and a box of "
    "letters."
)


def test_an_article_that_shows_two_stories_to_be_one_joins_the_younger_to_the_older() -> None:
    placer = Placer()
    first, second, third = (
        place(placer, an_article(n, t, hours=3 * n)) for n, t in enumerate((_SEARCHED, _MISSED, _BOTH))
    )
    assert first.placement.story != second.placement.story
    assert (third.placement.story, third.placement.joins) == (first.placement.story, second.placement.story)
    again = place(placer, an_article(9, f"Our agency.\n\n{_MISSED}", hours=10))
    assert (again.placement.copy_of, again.placement.story) == (second.placement.article, first.placement.story)
    assert again.news is None


@pytest.mark.parametrize(
    ("second", "both", "days"),
    [
        pytest.param(_MISSED, _BOTH, 5, id="days apart"),
        pytest.param(
            _MISSED.replace("her brother", "her brother in Bayrachne district"),
            _BOTH.replace("Tash-Koy", "Stepove district"),
            0,
            id="another district",
        ),
        pytest.param(_MISSED, f"The week in brief. {_BOTH}", 0, id="a round-up"),
        pytest.param(_MISSED, COURT, 0, id="an article like one of them"),
    ],
)
def test_stories_stay_two_where_something_speaks_against_their_being_one(second: str, both: str, days: int) -> None:
    placer = Placer()
    place(placer, an_article(0, _SEARCHED.replace("Tash-Koy", "Tash-Koy in Stepove district")))
    place(placer, an_article(1, second, hours=3 + 24 * days))
    title = "The week in brief" if both.startswith("The week") else ""
    assert place(placer, an_article(2, both, hours=6 + 24 * days, title=title)).placement.joins is None


def test_a_placer_that_is_rebuilt_from_what_was_stored_knows_joined_stories_as_one() -> None:
    placer, rebuilt = Placer(), Placer()
    placed = [place(placer, an_article(n, t, hours=3 * n)) for n, t in enumerate((_SEARCHED, _MISSED, _BOTH))]
    for one in placed:
        rebuilt.remember(one.features, one.placement, one.news)
    later = an_article(9, COURT, hours=20)
    assert place(rebuilt, later) == place(placer, later)


def test_a_name_that_was_changed_keeps_its_story_and_what_was_told_in_it() -> None:
    placer, changed = Placer(), PatternId("changed")
    first = place(placer, an_article(1, ARREST))
    placer.know_as(changed, PatternId("bozdaliev"), first.placement.story)
    of = an_article(2, ARREST_UK, hours=3, language="uk")
    found = Found(article=of.id, mentions=(mention(of=of, words="Арслана Боздалієва", pattern=changed),))
    again = placer.place(of, found)
    assert again.placement.story == first.placement.story
    assert again.news is None
