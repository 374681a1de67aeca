import gc
import tracemalloc
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.model import Article, Found, PatternId, Reason, full_text
from digests.stories.features import dump, features, load
from digests.stories.placer import Placed, Placer
from tests.builders import NOW, article, mention

_ARREST = (
    "Arslan Bozdaliev, a beekeeper from Tash-Koy, was detained on Friday morning after a search of his house, "
    "neighbours said. Six officers came at five and took two computers away.\n\n"
    "His sister Elvira said that nobody had shown a warrant. She was told to wait at the district police station.\n\n"
    "The bees will be looked after by the neighbours until he is back, she added."
)
_ARREST_UK = (
    "Арслана Боздалієва, пасічника з Таш-Коя, затримали у п’ятницю вранці після обшуку в його будинку, кажуть сусіди. "
    "Шестеро силовиків прийшли о п’ятій і забрали два комп’ютери.\n\n"
    "Його сестра Ельвіра сказала, що ордера ніхто не показав."
)
_COURT = (
    "A court in Limanske sent Arslan Bozdaliev, the beekeeper from Tash-Koy, to pre-trial detention until 20 January. "
    "The hearing was closed.\n\nHis sister Elvira waited outside for six hours."
)
_FIRE = (
    "A warehouse burned down in Limanske on Friday night. Forty firefighters worked until morning and nobody was "
    "hurt.\n\nThe owner, Oleh Stepovyk, said that the loss was great."
)


def _article(number: int, text: str, *, hours: float = 0, **given: Any) -> Article:
    at = NOW + timedelta(hours=hours)
    fields = {"title": "", "language": "en", "outlet": f"Outlet {number}", "published_at": at, "fetched_at": at}
    return article(identity=f"https://outlet.example/{number}", text=text, **{**fields, **given})


def _found(of: Article, *forms: str) -> Found:
    text = full_text(of)
    mentions = (mention(of=of, words=form, pattern=PatternId("bozdaliev")) for form in forms if form in text)
    return Found(article=of.id, mentions=tuple(mentions))


def _place(placer: Placer, of: Article) -> Placed:
    return placer.place(of, _found(of, "Arslan Bozdaliev", "Арслана Боздалієва"))


def test_a_first_article_opens_a_story_and_is_news() -> None:
    placed = _place(Placer(), _article(1, _ARREST))
    assert placed.placement.is_new
    assert placed.placement.reason.key == "first"
    assert placed.news is not None
    assert placed.news.adds.key == "first"
    assert [word.status.value for word in placed.news.status] == ["detention"]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(_ARREST, id="the same"),
        pytest.param(_ARREST.upper(), id="in capitals"),
        pytest.param(f"Read us in Telegram. Subscribe to it.\n\n{_ARREST}\n\nAll rights reserved.", id="wrapped"),
        pytest.param(_ARREST.rpartition("\n\n")[0], id="without its end"),
        pytest.param(_ARREST.replace(" said", " told reporters"), id="a few words changed"),
    ],
)
def test_a_copy_stands_in_the_story_of_its_original_and_adds_no_news(again: str) -> None:
    placer = Placer()
    first = _place(placer, _article(1, _ARREST))
    copy = _place(placer, _article(2, again, hours=1))
    assert copy.placement.copy_of == first.placement.article
    assert copy.placement.story == first.placement.story
    assert copy.news is None


def test_a_copy_of_a_copy_is_a_copy_of_the_first() -> None:
    placer = Placer()
    first = _place(placer, _article(1, _ARREST))
    _place(placer, _article(2, f"Our agency.\n\n{_ARREST}", hours=1))
    third = _place(placer, _article(3, f"Our agency.\n\n{_ARREST}\n\nRead more.", hours=2))
    assert third.placement.copy_of == first.placement.article


def test_a_text_that_quotes_a_part_of_an_older_one_is_no_copy() -> None:
    placer = Placer()
    _place(placer, _article(1, _ARREST))
    background = _ARREST.split("\n\n")[1]
    placed = _place(placer, _article(2, f"{_COURT}\n\n{_FIRE}\n\n{background}", hours=20))
    assert placed.placement.copy_of is None


def test_texts_that_share_only_their_boilerplate_are_no_copies() -> None:
    ending = (
        "Human rights groups speak of dozens of such cases in the region every year, of closed hearings and of "
        "lawyers who are not let in. The authorities usually do not comment on such reports or call them "
        "unconfirmed. Did you see a mistake? Mark it and press the two keys. Follow us to be the first to know what "
        "happens on the coast."
    )
    placer = Placer()
    one = _place(
        placer,
        _article(
            1, f"Arslan Bozdaliev was detained in Tash-Koy on Friday after officers had searched his house.\n\n{ending}"
        ),
    )
    other = _place(
        placer,
        _article(
            2,
            f"Radio Liman lost its licence after eleven years on the air, its editor wrote to listeners.\n\n{ending}",
            hours=1,
        ),
    )
    assert other.placement.copy_of is None
    assert other.placement.story != one.placement.story


def test_one_event_in_two_languages_is_one_story_and_the_second_text_repeats_it() -> None:
    placer = Placer()
    first = _place(placer, _article(1, _ARREST))
    second = _place(placer, _article(2, _ARREST_UK, hours=2, language="uk"))
    assert second.placement.story == first.placement.story
    assert second.placement.copy_of is None
    assert second.news is None


def test_a_follow_up_stays_in_the_story_and_is_news() -> None:
    placer = Placer()
    first = _place(placer, _article(1, _ARREST))
    court = _place(placer, _article(2, _COURT, hours=26))
    assert court.placement.story == first.placement.story
    assert not court.placement.is_new
    assert court.placement.reason.key in ("words", "names")
    assert court.news is not None


def test_another_event_of_the_same_day_is_another_story_without_news_for_those_it_does_not_name() -> None:
    placer = Placer()
    first = _place(placer, _article(1, _ARREST))
    fire = _place(placer, _article(2, _FIRE, hours=3))
    assert fire.placement.story != first.placement.story
    assert fire.news is None
    assert fire.adds is not None


def test_a_changed_status_is_news_and_says_so() -> None:
    placer = Placer()
    _place(placer, _article(1, _ARREST))
    freed = f"Arslan Bozdaliev, the beekeeper from Tash-Koy, was released on Friday evening.\n\n{_ARREST}"
    placed = _place(placer, _article(2, freed, hours=9))
    assert placed.news is not None
    assert placed.news.adds.key == "status"
    assert dict(placed.news.adds.fields) == {"status": "release"}


def test_a_release_is_news_in_a_second_language_though_the_first_text_called_for_it() -> None:
    placer = Placer()
    called = f"{_ARREST}\n\nThe group called for Arslan Bozdaliev to be released."
    first = _place(placer, _article(1, called))
    freed = "Арслана Боздалієва, пасічника з Таш-Коя, у суботу відпустили. Обшук в його будинку тривав дві години."
    placed = _place(placer, _article(2, freed, hours=5, language="uk"))
    assert placed.placement.story == first.placement.story
    assert placed.news is not None
    assert dict(placed.news.adds.fields) == {"status": "release"}


def test_a_denial_is_news() -> None:
    placer = Placer()
    _place(placer, _article(1, _ARREST))
    text = "Police said that Arslan Bozdaliev, the beekeeper from Tash-Koy, was not detained on Friday morning."
    placed = _place(placer, _article(2, text, hours=3))
    assert placed.news is not None
    assert placed.news.adds.key == "denial"


def test_news_that_is_only_a_further_name_concerns_only_that_name() -> None:
    placer = Placer()
    _place(placer, _article(1, _ARREST))
    text = _ARREST.replace("nobody had", "neither Yunus Karasuvat nor she had been").replace("waited", "stood")
    again = _article(2, text, hours=1)
    other = mention(of=again, words="Yunus Karasuvat", pattern=PatternId("karasuvat"))
    found = Found(article=again.id, mentions=(*_found(again, "Arslan Bozdaliev").mentions, other))
    placed = placer.place(again, found)
    assert placed.news is not None
    assert placed.news.adds.key == "name"
    assert placed.news.names == ("karasuvat",)


def test_an_edition_stays_in_the_story_of_the_text_it_revises() -> None:
    placer = Placer()
    first_article = _article(1, _ARREST)
    first = _place(placer, first_article)
    changed = _article(2, "Correction: the man freed in Limanske is a carpenter.", hours=4, revises=first_article.id)
    placed = _place(placer, changed)
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
    first = _article(1, _ARREST)
    _place(placer, first)
    placed = _place(placer, _article(2, _ARREST.replace(before, after), hours=hours, revises=first.id))
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
    known = _place_named(Placer(), _article(1, text)).features
    assert known.sure == (("agency",) if is_about else ())
    assert [name for name, _ in known.names] == ["agency"]
    assert (dict(known.names)[PatternId("agency")] >= 1.0) is is_about


def test_two_events_told_of_by_one_agency_and_one_council_are_two_stories() -> None:
    placer = Placer()
    one = f"Nobody should vote on Sunday, said the deputy head of the {_COUNCIL}, Arslan Bozdaliev, on air of SBA."
    other = f"Teachers met on Sunday, said the head of the {_COUNCIL}, Halyna Vitrolom, on air of SBA."
    names = {"bozdaliev": "Arslan Bozdaliev", "vitrolom": "Halyna Vitrolom"}
    first = _place_named(placer, _article(1, one), **names)
    second = _place_named(placer, _article(2, other, hours=1), **names)
    assert second.placement.story != first.placement.story


def test_one_event_whose_texts_name_other_bodies_is_one_story() -> None:
    placer = Placer()
    first = _place_named(placer, _article(1, f"The {_COUNCIL} spoke up. {_ARREST}"), bozdaliev="Arslan Bozdaliev")
    second = _place_named(placer, _article(2, _COURT, hours=20), bozdaliev="Arslan Bozdaliev")
    assert second.placement.story == first.placement.story


def test_ids_follow_from_the_article() -> None:
    of = _article(1, _ARREST)
    assert _place(Placer(), of) == _place(Placer(), of)


def test_a_placer_rebuilt_from_stored_features_goes_on_as_if_it_had_never_stopped() -> None:
    texts = [_ARREST, _FIRE, _ARREST_UK, f"Agency.\n\n{_ARREST}"]
    running, rebuilt = Placer(), Placer()
    for number, text in enumerate(texts):
        placed = _place(running, _article(number, text, hours=number, language="uk" if text is _ARREST_UK else "en"))
        rebuilt.remember(load(dump(placed.features)), placed.placement, placed.news)
    last = _article(9, _COURT, hours=30)
    assert _place(running, last).placement == _place(rebuilt, last).placement
    assert _place(Placer(), last).placement != _place(running, _article(10, _ARREST, hours=31)).placement


def test_what_left_the_window_is_forgotten() -> None:
    placer = Placer(window=timedelta(days=2))
    for day in range(40):
        _place(placer, _article(day, f"{_FIRE} It was day {day}. " + f"Word{day} " * 30, hours=24 * day))
    assert len(placer) <= 4


def test_more_articles_than_can_be_kept_shorten_the_window() -> None:
    placer = Placer(most_articles=10)
    for number in range(60):
        _place(placer, _article(number, f"{_FIRE} It was hour {number}.", hours=number))
    assert len(placer) <= 10
    assert not _place(placer, _article(99, _FIRE, hours=61)).placement.is_new


def _unlike(count: int, words: int = 150) -> list[str]:
    """Texts of invented words that have hardly a row of them in common."""
    random = Random(7)
    known = ["".join(random.choices("abcdefghijklmnoprstuvwyz", k=6)) for _ in range(2_000)]
    return [" ".join(random.choices(known, k=words)).capitalize() + "." for _ in range(count)]


def test_what_falls_out_of_a_full_window_is_what_is_oldest() -> None:
    placer, texts = Placer(most_bytes=200_000), _unlike(40)
    hours = [7 * number % 40 for number in range(40)]  # read in another order than written
    for number, text in enumerate(texts):
        _place(placer, _article(number, text, hours=hours[number]))
    newest, oldest = texts[hours.index(39)], texts[hours.index(0)]
    assert len(placer) < 20
    assert _place(placer, _article(98, newest, hours=40)).placement.copy_of is not None
    assert _place(placer, _article(99, oldest, hours=40)).placement.copy_of is None


def test_of_a_full_window_what_names_somebody_stays_longer_than_what_does_not() -> None:
    placer, texts = Placer(most_bytes=200_000), _unlike(41)
    named = f"Arslan Bozdaliev was seen. {texts[40]}"
    _place(placer, _article(100, named, hours=0))
    for number in range(40):
        _place(placer, _article(number, texts[number], hours=1 + number))
    assert _place(placer, _article(98, texts[0], hours=42)).placement.copy_of is None
    assert _place(placer, _article(99, named, hours=42)).placement.copy_of is not None
    for number in range(40):
        _place(placer, _article(200 + number, f"{texts[number]} {texts[39 - number]}", hours=11 * 24 + number))
    assert _place(placer, _article(99, named, hours=13 * 24)).placement.copy_of is None


@settings(max_examples=30, deadline=None)
@given(
    texts=st.lists(st.tuples(st.text(max_size=300), st.integers(1, 9), st.integers(0, 900)), max_size=25),
    most_bytes=st.integers(80_000, 160_000),
)
def test_the_window_never_takes_more_memory_than_it_may(texts: list[tuple[str, int, int]], most_bytes: int) -> None:
    placer, rebuilt = Placer(most_bytes=most_bytes), Placer(most_bytes=most_bytes)
    for number, (text, often, hours) in enumerate(texts):
        placed = _place(placer, _article(number, f"{_FIRE}\n\n{text}" * often, hours=hours))
        rebuilt.remember(load(dump(placed.features)), placed.placement, placed.news)
        assert 0 < placer.held <= most_bytes
        assert placer.held == rebuilt.held


def test_an_article_that_is_placed_again_takes_its_memory_once() -> None:
    placer = Placer()
    _place(placer, _article(1, _ARREST))
    before = placer.held
    _place(placer, _article(1, _ARREST))
    assert (placer.held, len(placer)) == (before, 1)


def test_what_the_window_is_said_to_take_is_about_what_it_takes() -> None:
    first, again = Placer(), Placer()
    placed = [_place(first, _article(n, text, hours=n)) for n, text in enumerate(_unlike(150))]
    kept = [(dump(one.features), one.placement, one.news) for one in placed]
    gc.collect()
    tracemalloc.start()
    try:
        for known, placement, news in kept:
            again.remember(load(known), placement, news)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.6 * again.held < taken < 1.4 * again.held


def test_forgetting_all_makes_the_next_text_a_new_story() -> None:
    placer = Placer()
    _place(placer, _article(1, _ARREST))
    placer.forget(NOW + timedelta(days=1))
    assert len(placer) == 0
    assert _place(placer, _article(2, _ARREST, hours=1)).placement.is_new


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 1_000_000, "A. " * 300_000, "\u202e\u200f" * 1_000, "1 " * 100_000, "Ім’я " * 200_000]
)
def test_a_hostile_text_is_placed_all_the_same(text: str) -> None:
    placer = Placer()
    assert _place(placer, _article(1, text)).placement.is_new
    assert _place(placer, _article(2, f"{text}{text}")).placement.article


_TEXTS = st.lists(st.sampled_from([_ARREST, _ARREST_UK, _COURT, _FIRE, "Short.", "", _ARREST[:200]]), max_size=8)


@settings(max_examples=40)
@given(_TEXTS)
def test_every_article_is_in_one_story_and_the_same_stream_gives_the_same_stories(texts: list[str]) -> None:
    one, other = Placer(), Placer()
    articles = [_article(number, text, hours=number) for number, text in enumerate(texts)]
    placed = [_place(one, of) for of in articles]
    assert placed == [_place(other, of) for of in articles]
    opened = {p.placement.story for p in placed if p.placement.is_new}
    assert all(p.placement.story in opened for p in placed)
    for p in placed:
        assert p.news is None or p.placement.copy_of is None
        assert p.news is None or set(p.news.names) <= {name for name, _ in p.features.names}


@settings(max_examples=60)
@given(st.text(max_size=400), st.text(max_size=80), st.sampled_from(["en", "uk", "crh", None]))
def test_features_survive_the_store(text: str, title: str, language: str | None) -> None:
    of = _article(1, text, title=title, language=language)
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
    _place(placer, _article(1, "Arslan Bozdaliev was moved to another prison, his lawyer said."))
    assert _place(placer, _article(2, other)).news is not None


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
        _place(placer, _article(n, t, hours=3 * n)) for n, t in enumerate((_SEARCHED, _MISSED, _BOTH))
    )
    assert first.placement.story != second.placement.story
    assert (third.placement.story, third.placement.joins) == (first.placement.story, second.placement.story)
    again = _place(placer, _article(9, f"Our agency.\n\n{_MISSED}", hours=10))
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
        pytest.param(_MISSED, _COURT, 0, id="an article like one of them"),
    ],
)
def test_stories_stay_two_where_something_speaks_against_their_being_one(second: str, both: str, days: int) -> None:
    placer = Placer()
    _place(placer, _article(0, _SEARCHED.replace("Tash-Koy", "Tash-Koy in Stepove district")))
    _place(placer, _article(1, second, hours=3 + 24 * days))
    title = "The week in brief" if both.startswith("The week") else ""
    assert _place(placer, _article(2, both, hours=6 + 24 * days, title=title)).placement.joins is None


def test_a_placer_that_is_rebuilt_from_what_was_stored_knows_joined_stories_as_one() -> None:
    placer, rebuilt = Placer(), Placer()
    placed = [_place(placer, _article(n, t, hours=3 * n)) for n, t in enumerate((_SEARCHED, _MISSED, _BOTH))]
    for one in placed:
        rebuilt.remember(one.features, one.placement, one.news)
    later = _article(9, _COURT, hours=20)
    assert _place(rebuilt, later) == _place(placer, later)


def test_a_name_that_was_changed_keeps_its_story_and_what_was_told_in_it() -> None:
    placer, changed = Placer(), PatternId("changed")
    first = _place(placer, _article(1, _ARREST))
    placer.know_as(changed, PatternId("bozdaliev"), first.placement.story)
    of = _article(2, _ARREST_UK, hours=3, language="uk")
    found = Found(article=of.id, mentions=(mention(of=of, words="Арслана Боздалієва", pattern=changed),))
    again = placer.place(of, found)
    assert again.placement.story == first.placement.story
    assert again.news is None


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
    first = _place(placer, _article(1, _SKY.format(_NIGHT), title=one))
    second = _place(placer, _article(2, _SKY.format(_NOON), hours=2, title=other))
    assert (first.placement.story == second.placement.story) == are_one


def test_another_number_in_the_headline_of_a_watched_persons_story_is_a_changed_number() -> None:
    placer = Placer()
    text = "Police in Limanske took {} people and Arslan Bozdaliev to the station after a search of the market. {}"
    first = _place(placer, _article(1, text.format(3, "Nobody said why."), title="Police in Limanske take 3 people"))
    other = text.format(5, "Their families wait at the gate.")
    second = _place(placer, _article(2, other, hours=2, title="Police in Limanske take 5 people"))
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
    whole = _place(placer, article(identity="1", title="", text="\n\n".join(parts)))
    third = _place(placer, article(identity="2", title="", text=parts[2]))
    first = _place(placer, article(identity="3", title="", text=parts[0]))

    assert third.placement.copy_of is None
    assert first.placement.copy_of == whole.placement.article


def test_a_reprint_under_the_headline_of_a_round_up_does_not_close_the_story() -> None:
    text = (
        "Arslan Bozdaliev was detained in Tash-Koy on Monday after a search, and two computers were taken away.\n\n"
        "His neighbours saw six men in masks, who came before dawn and left at nine."
    )
    placer = Placer()
    first = _place(placer, article(identity="1", title="Detained", text=text))
    again = _place(placer, article(identity="2", title="The day in brief", text=text))
    other = "Police detained Arslan Bozdaliev in Tash-Koy on Monday; a search came first, and two computers are gone."
    later = _place(placer, article(identity="3", title="", text=other))

    assert again.placement.copy_of == first.placement.article
    assert later.placement.story == first.placement.story
