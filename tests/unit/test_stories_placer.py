"""Which story an article is placed in, and what of it is news."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.model import Article, Found, PatternId, Reason, full_text
from digests.stories.features import dump, features, load
from digests.stories.placer import Placed, Placer
from tests.builders import mention
from tests.placing import ARREST, ARREST_UK, COURT, FIRE, an_article, found_in, place


def test_a_first_article_opens_a_story_and_is_news() -> None:
    placed = place(Placer(), an_article(1, ARREST))
    assert placed.placement.is_new
    assert placed.placement.reason.key == "first"
    assert placed.news is not None
    assert placed.news.adds.key == "first"
    assert [word.status.value for word in placed.news.status] == ["detention"]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(ARREST, id="the same"),
        pytest.param(ARREST.upper(), id="in capitals"),
        pytest.param(f"Read us in Telegram. Subscribe to it.\n\n{ARREST}\n\nAll rights reserved.", id="wrapped"),
        pytest.param(ARREST.rpartition("\n\n")[0], id="without its end"),
        pytest.param(ARREST.replace(" said", " told reporters"), id="a few words changed"),
    ],
)
def test_a_copy_stands_in_the_story_of_its_original_and_adds_no_news(again: str) -> None:
    placer = Placer()
    first = place(placer, an_article(1, ARREST))
    copy = place(placer, an_article(2, again, hours=1))
    assert copy.placement.copy_of == first.placement.article
    assert copy.placement.story == first.placement.story
    assert copy.news is None


def test_a_copy_of_a_copy_is_a_copy_of_the_first() -> None:
    placer = Placer()
    first = place(placer, an_article(1, ARREST))
    place(placer, an_article(2, f"Our agency.\n\n{ARREST}", hours=1))
    third = place(placer, an_article(3, f"Our agency.\n\n{ARREST}\n\nRead more.", hours=2))
    assert third.placement.copy_of == first.placement.article


def test_a_text_that_quotes_a_part_of_an_older_one_is_no_copy() -> None:
    placer = Placer()
    place(placer, an_article(1, ARREST))
    background = ARREST.split("\n\n")[1]
    placed = place(placer, an_article(2, f"{COURT}\n\n{FIRE}\n\n{background}", hours=20))
    assert placed.placement.copy_of is None


def test_texts_that_share_only_their_boilerplate_are_no_copies() -> None:
    ending = (
        "Human rights groups speak of dozens of such cases in the region every year, of closed hearings and of "
        "lawyers who are not let in. The authorities usually do not comment on such reports or call them "
        "unconfirmed. Did you see a mistake? Mark it and press the two keys. Follow us to be the first to know what "
        "happens on the coast."
    )
    placer = Placer()
    one = place(
        placer,
        an_article(
            1, f"Arslan Bozdaliev was detained in Tash-Koy on Friday after officers had searched his house.\n\n{ending}"
        ),
    )
    other = place(
        placer,
        an_article(
            2,
            f"Radio Liman lost its licence after eleven years on the air, its editor wrote to listeners.\n\n{ending}",
            hours=1,
        ),
    )
    assert other.placement.copy_of is None
    assert other.placement.story != one.placement.story


def test_one_event_in_two_languages_is_one_story_and_the_second_text_repeats_it() -> None:
    placer = Placer()
    first = place(placer, an_article(1, ARREST))
    second = place(placer, an_article(2, ARREST_UK, hours=2, language="uk"))
    assert second.placement.story == first.placement.story
    assert second.placement.copy_of is None
    assert second.news is None


def test_a_follow_up_stays_in_the_story_and_is_news() -> None:
    placer = Placer()
    first = place(placer, an_article(1, ARREST))
    court = place(placer, an_article(2, COURT, hours=26))
    assert court.placement.story == first.placement.story
    assert not court.placement.is_new
    assert court.placement.reason.key in ("words", "names")
    assert court.news is not None


def test_another_event_of_the_same_day_is_another_story_without_news_for_those_it_does_not_name() -> None:
    placer = Placer()
    first = place(placer, an_article(1, ARREST))
    fire = place(placer, an_article(2, FIRE, hours=3))
    assert fire.placement.story != first.placement.story
    assert fire.news is None
    assert fire.adds is not None


def test_a_changed_status_is_news_and_says_so() -> None:
    placer = Placer()
    place(placer, an_article(1, ARREST))
    freed = f"Arslan Bozdaliev, the beekeeper from Tash-Koy, was released on Friday evening.\n\n{ARREST}"
    placed = place(placer, an_article(2, freed, hours=9))
    assert placed.news is not None
    assert placed.news.adds.key == "status"
    assert dict(placed.news.adds.fields) == {"status": "release"}


def test_a_release_is_news_in_a_second_language_though_the_first_text_called_for_it() -> None:
    placer = Placer()
    called = f"{ARREST}\n\nThe group called for Arslan Bozdaliev to be released."
    first = place(placer, an_article(1, called))
    freed = "Арслана Боздалієва, пасічника з Таш-Коя, у суботу відпустили. Обшук в його будинку тривав дві години."
    placed = place(placer, an_article(2, freed, hours=5, language="uk"))
    assert placed.placement.story == first.placement.story
    assert placed.news is not None
    assert dict(placed.news.adds.fields) == {"status": "release"}


def test_a_denial_is_news() -> None:
    placer = Placer()
    place(placer, an_article(1, ARREST))
    text = "Police said that Arslan Bozdaliev, the beekeeper from Tash-Koy, was not detained on Friday morning."
    placed = place(placer, an_article(2, text, hours=3))
    assert placed.news is not None
    assert placed.news.adds.key == "denial"


def test_news_that_is_only_a_further_name_concerns_only_that_name() -> None:
    placer = Placer()
    place(placer, an_article(1, ARREST))
    text = ARREST.replace("nobody had", "neither Yunus Karasuvat nor she had been").replace("waited", "stood")
    again = an_article(2, text, hours=1)
    other = mention(of=again, words="Yunus Karasuvat", pattern=PatternId("karasuvat"))
    found = Found(article=again.id, mentions=(*found_in(again, "Arslan Bozdaliev").mentions, other))
    placed = placer.place(again, found)
    assert placed.news is not None
    assert placed.news.adds.key == "name"
    assert placed.news.names == ("karasuvat",)


def test_an_edition_stays_in_the_story_of_the_text_it_revises() -> None:
    placer = Placer()
    first_article = an_article(1, ARREST)
    first = place(placer, first_article)
    changed = an_article(2, "Correction: the man freed in Limanske is a carpenter.", hours=4, revises=first_article.id)
    placed = place(placer, changed)
    assert placed.placement.story == first.placement.story
    assert placed.placement.reason.key == "edition"


@pytest.mark.parametrize("hours", [0.1, 20, 72])
@pytest.mark.parametrize(
    ("before", "after", "adds"),
    [
        pytest.param("Friday morning", "friday morning", None, id="a letter"),
        pytest.param("neighbours said", "his neighbours said", None, id="a word"),
        pytest.param("two computers", "two old computers", None, id="another word"),
        pytest.param("she added.", "she added. Photo: Steppe Post.", None, id="a line at the end"),
        pytest.param("Arslan Bozdaliev, a", "Arslan Bozdaliev was released. He, a", "status", id="free"),
    ],
)
def test_an_edition_is_news_only_when_it_says_something_new(
    hours: float, before: str, after: str, adds: str | None
) -> None:
    placer = Placer()
    first = an_article(1, ARREST)
    place(placer, first)
    placed = place(placer, an_article(2, ARREST.replace(before, after), hours=hours, revises=first.id))
    assert (placed.news and placed.news.adds.key) == adds


_COUNCIL = "Council of the Coast"


def _place_named(placer: Placer, of: Article, **forms: str) -> Placed:
    """Place an article that names these persons, by pattern, and the council and the agency, if they stand in it."""
    bodies = {"council": (_COUNCIL, "name"), "agency": ("SBA", "acronym")}
    known = {**{key: (form, "full_name") for key, form in forms.items()}, **bodies}
    mentions = [
        mention(of=of, words=form, pattern=PatternId(key), reason=Reason(key=reason))
        for key, (form, reason) in known.items()
        if form in full_text(of)
    ]
    return placer.place(of, Found(article=of.id, mentions=tuple(mentions)))


@pytest.mark.parametrize(
    ("text", "is_about"),
    [
        ("A bakery was opened in Limanske, an SBA correspondent reports.", False),
        ("A bakery was opened in Limanske, Oleh Stepovyk told SBA.", False),
        ("SBA lost its licence after eleven years on the air.", True),
    ],
)
def test_a_body_that_only_reports_the_event_is_not_what_the_text_is_about(text: str, is_about: bool) -> None:
    known = _place_named(Placer(), an_article(1, text)).features
    assert known.sure == (("agency",) if is_about else ())
    assert [name for name, _ in known.names] == ["agency"]
    assert (dict(known.names)[PatternId("agency")] >= 1.0) is is_about


def test_two_events_told_of_by_one_agency_and_one_council_are_two_stories() -> None:
    placer = Placer()
    one = f"Nobody should vote on Sunday, said the deputy head of the {_COUNCIL}, Arslan Bozdaliev, on air of SBA."
    other = f"Teachers met on Sunday, said the head of the {_COUNCIL}, Halyna Vitrolom, on air of SBA."
    names = {"bozdaliev": "Arslan Bozdaliev", "vitrolom": "Halyna Vitrolom"}
    first = _place_named(placer, an_article(1, one), **names)
    second = _place_named(placer, an_article(2, other, hours=1), **names)
    assert second.placement.story != first.placement.story


def test_one_event_whose_texts_name_other_bodies_is_one_story() -> None:
    placer = Placer()
    first = _place_named(placer, an_article(1, f"The {_COUNCIL} spoke up. {ARREST}"), bozdaliev="Arslan Bozdaliev")
    second = _place_named(placer, an_article(2, COURT, hours=20), bozdaliev="Arslan Bozdaliev")
    assert second.placement.story == first.placement.story


def test_ids_follow_from_the_article() -> None:
    of = an_article(1, ARREST)
    assert place(Placer(), of) == place(Placer(), of)


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 1_000_000, "A. " * 300_000, "\u202e\u200f" * 1_000, "1 " * 100_000, "Ім’я " * 200_000]
)
def test_a_hostile_text_is_placed_all_the_same(text: str) -> None:
    placer = Placer()
    assert place(placer, an_article(1, text)).placement.is_new
    assert place(placer, an_article(2, f"{text}{text}")).placement.article


_TEXTS = st.lists(st.sampled_from([ARREST, ARREST_UK, COURT, FIRE, "Short.", "", ARREST[:200]]), max_size=8)


@settings(max_examples=40)
@given(_TEXTS)
def test_every_article_is_in_one_story_and_the_same_stream_gives_the_same_stories(texts: list[str]) -> None:
    one, other = Placer(), Placer()
    articles = [an_article(number, text, hours=number) for number, text in enumerate(texts)]
    placed = [place(one, of) for of in articles]
    assert placed == [place(other, of) for of in articles]
    opened = {p.placement.story for p in placed if p.placement.is_new}
    assert all(p.placement.story in opened for p in placed)
    for p in placed:
        assert p.news is None or p.placement.copy_of is None
        assert p.news is None or set(p.news.names) <= {name for name, _ in p.features.names}


@settings(max_examples=60)
@given(st.text(max_size=400), st.text(max_size=80), st.sampled_from(["en", "uk", "crh", None]))
def test_features_survive_the_store(text: str, title: str, language: str | None) -> None:
    of = an_article(1, text, title=title, language=language)
    known = features(of, Found(article=of.id))
    again = load(dump(known))
    assert again.shingles == known.shingles
    assert dump(again) == dump(known)


@pytest.mark.parametrize(
    "other",
    [
        "Doctors asked the ministry for insulin because Arslan Bozdaliev is ill.",
        "A street in Tash-Koy will be named after the beekeeper Arslan Bozdaliev.",
        "The mother of Arslan Bozdaliev wrote an open letter to the parliament.",
    ],
)
def test_a_text_in_quite_other_words_of_the_same_person_is_told(other: str) -> None:
    placer = Placer()
    place(placer, an_article(1, "Arslan Bozdaliev was moved to another prison, his lawyer said."))
    assert place(placer, an_article(2, other)).news is not None
