from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from digests.model import (
    DeliveryId,
    DeliveryKind,
    StoryId,
    Telling,
    full_text,
)
from digests.writing.compose import compose_alert, told_by
from tests.builders import NOW, watching
from tests.tellings import ALL, a_telling, digest_of

_SENTENCES = st.sampled_from(
    [
        "Arslan Bozdaliev was detained. ",
        "Arslan Bozdaliev was not detained. ",
        "Yunus Karasuvat met Arslan Bozdaliev. ",
        "Halyna Vitrolom said nothing. ",
        "Yunus Karasuvat was released, said Halyna Vitrolom. ",
        "It rained. ",
        "\n\n",
        "word " * 150,
    ]
)


_DRAWN = st.lists(
    st.tuples(
        st.lists(_SENTENCES, min_size=1, max_size=5).map("".join).map(str.strip).filter(bool),
        st.sampled_from(["s1", "s2"]),
        st.integers(-30, 2),
        st.sampled_from(["", "first", "status", "fact", "name"]),
        st.sampled_from([None, DeliveryKind.ALERT, DeliveryKind.DIGEST]),
    ),
    max_size=6,
)


def _tellings(drawn: list[tuple[str, str, int, str, DeliveryKind | None]]) -> list[Telling]:
    return [
        a_telling(
            text,
            number=number,
            story=story,
            hours=hours,
            adds=adds,
            told_at=NOW - timedelta(hours=1) if of and adds else None,
            told_by=DeliveryId(f"d{number}") if of and adds else None,
            told_of=of if adds else None,
        )
        for number, (text, story, hours, adds, of) in enumerate(drawn)
    ]


@settings(max_examples=60)
@given(_DRAWN)
def test_every_sentence_stands_in_its_article_and_every_claimed_name_in_a_sentence(drawn: Any) -> None:
    tellings = _tellings(drawn)
    texts = {telling.article.id: full_text(telling.article) for telling in tellings}
    items = list(digest_of(*tellings).items)
    alerts = [compose_alert(watching(*ALL), telling, tellings, slot="a", at=NOW) for telling in tellings]
    for item in [*items, *(alert.item for alert in alerts if alert)]:
        assert item.names
        assert item.sentences
        for sentence in item.sentences:
            assert sentence.text in texts[sentence.article]
            assert sentence.url
        for named in item.names:
            assert any(named.form in sentence.text for sentence in item.sentences)
            assert set(item.status) <= set(named.status)


@settings(max_examples=60)
@given(_DRAWN, st.randoms(use_true_random=False))
def test_the_order_in_which_tellings_come_changes_nothing(drawn: Any, chance: Any) -> None:
    tellings = _tellings(drawn)
    shuffled = list(tellings)
    chance.shuffle(shuffled)
    assert digest_of(*tellings) == digest_of(*shuffled)


@settings(max_examples=60)
@given(_DRAWN)
def test_two_digests_in_a_row_never_tell_the_same_news(drawn: Any) -> None:
    tellings = _tellings(drawn)
    first = digest_of(*tellings)
    told = set(told_by(first))
    assert told <= {t.news.id for t in tellings if t.news and t.told_at is None}
    marked = [
        Telling(
            article=t.article,
            story=t.story,
            stance=t.stance,
            mentions=t.mentions,
            news=t.news,
            told_at=NOW if t.news and t.news.id in told else t.told_at,
            told_of=DeliveryKind.DIGEST if t.news and t.news.id in told else t.told_of,
        )
        for t in tellings
    ]
    again = digest_of(*marked, until=NOW + timedelta(days=1))
    assert told.isdisjoint(told_by(again))
    assert all(told.isdisjoint(item.news) for item in again.items)


@settings(max_examples=60)
@given(_DRAWN)
def test_items_stand_in_the_order_of_the_names_and_those_of_one_name_together(drawn: Any) -> None:
    items = digest_of(*_tellings(drawn)).items
    names = list(dict.fromkeys(named.label for item in items for named in item.names))
    heads = [names.index(item.names[0].label) for item in items]
    assert heads == sorted(heads)


@settings(max_examples=60)
@given(_DRAWN, st.lists(st.sampled_from(["s1", "s2", "s3"]), min_size=6, max_size=6))
def test_moving_articles_between_stories_after_they_were_told_repeats_and_loses_nothing(
    drawn: Any, moved: list[str]
) -> None:
    tellings = [replace(one, told_at=None, told_by=None, told_of=None) for one in _tellings(drawn)]
    first = set(told_by(digest_of(*tellings[: len(tellings) // 2])))
    after = [
        replace(one, story=StoryId(story), told_at=NOW if one.news and one.news.id in first else None)
        for one, story in zip(tellings, moved, strict=False)
    ]
    second = set(told_by(digest_of(*after)))
    assert not first & second
    assert first | second == set(told_by(digest_of(*tellings)))
