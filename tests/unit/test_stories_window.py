"""What is remembered of the articles that were placed, and for how long."""

import gc
import tracemalloc
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from digests.stories.features import dump, load
from digests.stories.placer import Placer
from tests.builders import NOW
from tests.placing import ARREST, ARREST_UK, COURT, FIRE, an_article, place


def test_a_placer_rebuilt_from_stored_features_goes_on_as_if_it_had_never_stopped() -> None:
    texts = [ARREST, FIRE, ARREST_UK, f"Agency.\n\n{ARREST}"]
    running, rebuilt = Placer(), Placer()
    for number, text in enumerate(texts):
        placed = place(running, an_article(number, text, hours=number, language="uk" if text is ARREST_UK else "en"))
        rebuilt.remember(load(dump(placed.features)), placed.placement, placed.news)
    last = an_article(9, COURT, hours=30)
    assert place(running, last).placement == place(rebuilt, last).placement
    assert place(Placer(), last).placement != place(running, an_article(10, ARREST, hours=31)).placement


def test_what_left_the_window_is_forgotten() -> None:
    placer = Placer(window=timedelta(days=2))
    for day in range(40):
        place(placer, an_article(day, f"{FIRE} It was day {day}. " + f"Word{day} " * 30, hours=24 * day))
    assert len(placer) <= 4


def test_more_articles_than_can_be_kept_shorten_the_window() -> None:
    placer = Placer(most_articles=10)
    for number in range(60):
        place(placer, an_article(number, f"{FIRE} It was hour {number}.", hours=number))
    assert len(placer) <= 10
    assert not place(placer, an_article(99, FIRE, hours=61)).placement.is_new


def _unlike(count: int, words: int = 150) -> list[str]:
    """Texts of invented words that have hardly a row of them in common."""
    random = Random(7)
    known = ["".join(random.choices("abcdefghijklmnoprstuvwyz", k=6)) for _ in range(2_000)]
    return [" ".join(random.choices(known, k=words)).capitalize() + "." for _ in range(count)]


def test_what_falls_out_of_a_full_window_is_what_is_oldest() -> None:
    placer, texts = Placer(most_bytes=200_000), _unlike(40)
    hours = [7 * number % 40 for number in range(40)]  # read in another order than written
    for number, text in enumerate(texts):
        place(placer, an_article(number, text, hours=hours[number]))
    newest, oldest = texts[hours.index(39)], texts[hours.index(0)]
    assert len(placer) < 20
    assert place(placer, an_article(98, newest, hours=40)).placement.copy_of is not None
    assert place(placer, an_article(99, oldest, hours=40)).placement.copy_of is None


def test_of_a_full_window_what_names_somebody_stays_longer_than_what_does_not() -> None:
    placer, texts = Placer(most_bytes=200_000), _unlike(41)
    named = f"Arslan Bozdaliev was seen. {texts[40]}"
    place(placer, an_article(100, named, hours=0))
    for number in range(40):
        place(placer, an_article(number, texts[number], hours=1 + number))
    assert place(placer, an_article(98, texts[0], hours=42)).placement.copy_of is None
    assert place(placer, an_article(99, named, hours=42)).placement.copy_of is not None
    for number in range(40):
        place(placer, an_article(200 + number, f"{texts[number]} {texts[39 - number]}", hours=11 * 24 + number))
    assert place(placer, an_article(99, named, hours=13 * 24)).placement.copy_of is None


@settings(max_examples=30, deadline=None)
@given(
    texts=st.lists(st.tuples(st.text(max_size=300), st.integers(1, 9), st.integers(0, 900)), max_size=25),
    most_bytes=st.integers(80_000, 160_000),
)
def test_the_window_never_takes_more_memory_than_it_may(texts: list[tuple[str, int, int]], most_bytes: int) -> None:
    placer, rebuilt = Placer(most_bytes=most_bytes), Placer(most_bytes=most_bytes)
    for number, (text, often, hours) in enumerate(texts):
        placed = place(placer, an_article(number, f"{FIRE}\n\n{text}" * often, hours=hours))
        rebuilt.remember(load(dump(placed.features)), placed.placement, placed.news)
        assert 0 < placer.held <= most_bytes
        assert placer.held == rebuilt.held


def test_an_article_that_is_placed_again_takes_its_memory_once() -> None:
    placer = Placer()
    place(placer, an_article(1, ARREST))
    before = placer.held
    place(placer, an_article(1, ARREST))
    assert (placer.held, len(placer)) == (before, 1)


def test_what_the_window_is_said_to_take_is_about_what_it_takes() -> None:
    first, again = Placer(), Placer()
    placed = [place(first, an_article(n, text, hours=n)) for n, text in enumerate(_unlike(150))]
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
    place(placer, an_article(1, ARREST))
    placer.forget(NOW + timedelta(days=1))
    assert len(placer) == 0
    assert place(placer, an_article(2, ARREST, hours=1)).placement.is_new
