"""Texts of many events, and headlines of a series."""

import pytest

from digests.model import Found, PatternId
from digests.stories.features import features
from digests.stories.placer import Placer
from tests.builders import article, mention
from tests.placing import an_article, place

_SKY = "Clouds, a light rain and a weak wind, forecasters say. {}"
_NIGHT = "The night will be cold, with fog on the roads of the coast, and drivers should be careful."
_NOON = (
    "By noon it will be warmer, the wind turns and the evening stays dry, so take a walk. The sea is calm, fishers may "
    "go out before dawn, and the moon rises late."
)


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        pytest.param("Weather in Limanske on 8 May", "Weather in Limanske on 16 May", False, id="two days"),
        pytest.param("Weather in Limanske on 8 May", "Weather in Rozanka on 8 May", False, id="two towns"),
        pytest.param("Weather in Limanske on 8 May", "The weather in Limanske on 8 May", True, id="the same"),
        pytest.param("Weather in Limanske on 8 May", "Rain and fog come to Limanske", True, id="another headline"),
    ],
)
def test_headlines_of_a_series_part_what_the_words_would_join(one: str, other: str, *, are_one: bool) -> None:
    placer = Placer()
    first = place(placer, an_article(1, _SKY.format(_NIGHT), title=one))
    second = place(placer, an_article(2, _SKY.format(_NOON), hours=2, title=other))
    assert (first.placement.story == second.placement.story) == are_one


def test_another_number_in_the_headline_of_a_watched_persons_story_is_a_changed_number() -> None:
    placer = Placer()
    text = "Police in Limanske took {} people and Arslan Bozdaliev to the station after a search of the market. {}"
    first = place(placer, an_article(1, text.format(3, "Nobody said why."), title="Police in Limanske take 3 people"))
    other = text.format(5, "Their families wait at the gate.")
    second = place(placer, an_article(2, other, hours=2, title="Police in Limanske take 5 people"))
    assert first.placement.story == second.placement.story
    assert second.news is not None


def test_a_text_in_which_each_watched_name_has_an_event_of_its_own_is_a_round_up_whatever_its_headline() -> None:
    names = ("Arslan Bozdaliev", "Yunus Karasuvat", "Halyna Vitrolom")
    text = "Arslan Bozdaliev is in a punishment cell. Yunus Karasuvat was fined. Halyna Vitrolom published a book."
    of = article(title="Seven days", text=text)
    mentions = tuple(mention(of=of, words=name, pattern=PatternId(name)) for name in names)

    assert features(of, Found(article=of.id, mentions=mentions)).is_roundup


def test_three_men_of_one_search_are_no_round_up() -> None:
    names = ("Arslan Bozdaliev", "Yunus Karasuvat", "Server Almazov")
    text = "Arslan Bozdaliev was detained at dawn. Yunus Karasuvat was arrested. Server Almazov was detained as well."
    of = article(title="Seven days", text=text)
    mentions = tuple(mention(of=of, words=name, pattern=PatternId(name)) for name in names)

    assert not features(of, Found(article=of.id, mentions=mentions)).is_roundup


def test_what_stood_in_an_older_text_of_many_events_is_no_copy_of_it_but_its_first_part_is() -> None:
    parts = [
        "Arslan Bozdaliev was held in Tash-Koy before dawn; six men in masks took him and two of his computers away.",
        "A judge in Limanske fined Yunus Karasuvat four hundred for standing at the harbour with an empty sheet.",
        "The mayor of Dolina resigned after a year of quarrels over the bridge, which has stood unfinished for long.",
        "Halyna Vitrolom received a prize for her memoirs in Lviv; she gave the money to a school for the deaf.",
        "Snow closed the road to Rozanka for the third time this week, and buses turned back at the old mill by noon.",
    ]
    placer = Placer()
    whole = place(placer, article(identity="1", title="", text="\n\n".join(parts)))
    third = place(placer, article(identity="2", title="", text=parts[2]))
    first = place(placer, article(identity="3", title="", text=parts[0]))

    assert third.placement.copy_of is None
    assert first.placement.copy_of == whole.placement.article


def test_a_reprint_under_the_headline_of_a_round_up_does_not_close_the_story() -> None:
    text = (
        "Arslan Bozdaliev was detained in Tash-Koy on Monday after a search, and two computers were taken away.\n\n"
        "His neighbours saw six men in masks, who came before dawn and left at nine."
    )
    placer = Placer()
    first = place(placer, article(identity="1", title="Detained", text=text))
    again = place(placer, article(identity="2", title="The day in brief", text=text))
    other = "Police detained Arslan Bozdaliev in Tash-Koy on Monday; a search came first, and two computers are gone."
    later = place(placer, article(identity="3", title="", text=other))

    assert again.placement.copy_of == first.placement.article
    assert later.placement.story == first.placement.story
