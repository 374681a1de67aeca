from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.model import (
    Article,
    Band,
    Coverage,
    DeliveryId,
    DeliveryKind,
    Digest,
    ListId,
    News,
    NewsId,
    Reason,
    Status,
    StatusWord,
    StoryId,
    Telling,
    WatchedName,
    Watching,
    full_text,
    pattern_of,
)
from digests.writing.compose import compose_alert, compose_digest, compose_recap, told_by
from tests.builders import NOW, article, mention, watched_name, watching, wish

_ARSLAN = watched_name("Arslan Bozdaliev")
_YUNUS = watched_name("Yunus Karasuvat")
_HALYNA = watched_name("Halyna Vitrolom")
_ALL = (_ARSLAN, _YUNUS, _HALYNA)
_COVERAGE = Coverage(articles=3, sources_read=1, sources=1)
_SINCE = NOW - timedelta(days=1)


def _telling(
    text: str, *, number: int = 1, story: str = "s1", hours: float = -2, adds: str = "first", **given: Any
) -> Telling:
    """Return an article that names whom its text names, with news on all of them (`adds=""`: none)."""
    at = NOW + timedelta(hours=hours)
    of = article(
        identity=f"https://outlet.example/{number}",
        outlet=given.pop("outlet", f"Outlet {number}"),
        title="",
        text=text,
        published_at=at,
        fetched_at=at,
        copy_of=given.pop("copy_of", None),
        silent=given.pop("silent", False),
    )
    named = [name for name in _ALL if name.label in text]
    band = given.pop("band", Band.SURE)
    mentions = [mention(of=of, words=name.label, pattern=pattern_of(name).id, band=band) for name in named]
    news = _news(of, story, named, adds) if adds else None
    fields: dict[str, Any] = {"stance": "independent", **given}
    return Telling(article=of, story=StoryId(story), mentions=tuple(mentions), news=news, **fields)


def _news(of: Article, story: str, named: list[WatchedName], adds: str) -> News:
    return News(
        id=NewsId(f"news {of.id}"),
        story=StoryId(story),
        article=of.id,
        names=tuple(pattern_of(name).id for name in named),
        status=(),
        adds=Reason(key=adds),
        at=of.fetched_at,
    )


def _digest(*tellings: Telling, of: Watching | None = None, since: datetime = _SINCE, until: datetime = NOW) -> Digest:
    return compose_digest(
        of or watching(*_ALL), tellings, slot="daily-1", since=since, until=until, coverage=_COVERAGE, left_out=2
    )


def _labels(digest: Digest) -> list[list[str]]:
    return [[named.label for named in item.names] for item in digest.items]


def test_a_digest_quotes_the_sentence_with_its_outlet_and_its_status() -> None:
    digest = _digest(_telling("Arslan Bozdaliev was detained on Friday. It rained."))
    [item] = digest.items
    assert [s.text for s in item.sentences] == ["Arslan Bozdaliev was detained on Friday."]
    assert item.sentences[0].outlet == "Outlet 1"
    assert item.status == (StatusWord(status=Status.DETENTION),)
    assert item.names[0].form == "Arslan Bozdaliev"
    assert (digest.watched, digest.left_out, digest.coverage) == (3, 2, _COVERAGE)
    assert told_by(digest) == item.news


def test_nothing_new_gives_a_digest_without_items() -> None:
    assert _digest().items == ()
    assert told_by(_digest()) == ()


@pytest.mark.parametrize(
    ("hours", "is_told"),
    [(-24.001, False), (-24, False), (-23.999, True), (0, True), (0.001, False)],
    ids=["before", "at since", "just after since", "at until", "after until"],
)
def test_only_news_after_since_and_up_to_until_is_told(hours: float, is_told: bool) -> None:
    assert bool(_digest(_telling("Arslan Bozdaliev came.", hours=hours)).items) is is_told


def test_what_a_digest_told_is_not_told_again() -> None:
    told = _telling("Arslan Bozdaliev came.", told_at=NOW - timedelta(hours=1), told_of=DeliveryKind.DIGEST)
    assert _digest(told).items == ()


def test_what_an_alert_told_is_recalled_and_not_counted_as_told() -> None:
    told = _telling(
        "Arslan Bozdaliev was detained.",
        told_at=NOW - timedelta(hours=1),
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    digest = _digest(told)
    [item] = digest.items
    assert item.only_recalled
    assert item.sentences
    assert [(line.delivery, line.outlet) for line in item.recalled] == [("d1", "Outlet 1")]
    assert item.recalled[0].status == (StatusWord(status=Status.DETENTION),)
    assert told_by(digest) == ()


def test_alerts_before_its_span_are_not_recalled_by_a_digest_that_only_recalls() -> None:
    told = [
        _telling(
            text,
            number=number,
            hours=-ago,
            told_at=NOW - timedelta(hours=ago),
            told_by=DeliveryId(f"d{number}"),
            told_of=DeliveryKind.ALERT,
        )
        for number, (ago, text) in enumerate([(50, "Arslan Bozdaliev was detained."), (2, "Arslan Bozdaliev is ill.")])
    ]
    [item] = _digest(*told).items
    assert item.only_recalled
    assert [line.delivery for line in item.recalled] == ["d1"]


def test_an_old_alert_is_recalled_beside_what_is_new_and_not_alone() -> None:
    old = _telling(
        "Arslan Bozdaliev was detained.",
        hours=-80,
        told_at=NOW - timedelta(hours=79),
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    assert _digest(old).items == ()
    [item] = _digest(old, _telling("Arslan Bozdaliev was released.", number=2, adds="status")).items
    assert not item.only_recalled
    assert [line.delivery for line in item.recalled] == ["d1"]


def test_news_of_a_first_silent_read_is_never_told() -> None:
    silent = _telling("Arslan Bozdaliev came.", silent=True)
    assert _digest(silent).items == ()
    assert compose_alert(watching(*_ALL), silent, (), slot="a", at=NOW) is None


def test_names_in_one_sentence_share_one_item_and_no_status_spreads_between_them() -> None:
    [item] = _digest(_telling("Arslan Bozdaliev was detained, said his lawyer, Halyna Vitrolom.")).items
    assert [named.label for named in item.names] == ["Arslan Bozdaliev", "Halyna Vitrolom"]
    assert item.status == ()
    assert [bool(named.status) for named in item.names] == [True, False]


def test_names_with_sentences_of_their_own_have_items_of_their_own() -> None:
    digest = _digest(_telling("Arslan Bozdaliev was detained. Yunus Karasuvat spoke at length."))
    assert _labels(digest) == [["Arslan Bozdaliev"], ["Yunus Karasuvat"]]


def test_changed_statuses_come_first_and_items_of_one_name_follow_each_other() -> None:
    digest = _digest(
        _telling("Yunus Karasuvat sang.", number=1, story="s1", hours=-1),
        _telling("Arslan Bozdaliev baked.", number=2, story="s2", hours=-2),
        _telling("Yunus Karasuvat was released.", number=3, story="s3", hours=-9, adds="status"),
    )
    assert _labels(digest) == [["Yunus Karasuvat"], ["Yunus Karasuvat"], ["Arslan Bozdaliev"]]
    assert digest.items[0].status == (StatusWord(status=Status.RELEASE),)


def test_what_more_outlets_tell_comes_before_what_is_newer() -> None:
    digest = _digest(
        _telling("Yunus Karasuvat sang.", number=1, story="s1", hours=-1),
        _telling("Arslan Bozdaliev baked.", number=2, story="s2", hours=-5),
        _telling("Arslan Bozdaliev bakes bread.", number=3, story="s2", hours=-4, adds=""),
    )
    assert _labels(digest) == [["Arslan Bozdaliev"], ["Yunus Karasuvat"]]


def test_outlets_with_a_text_of_their_own_are_listed_and_reprints_counted() -> None:
    first = _telling("Arslan Bozdaliev was detained.", number=1, hours=-5)
    [item] = _digest(
        first,
        _telling("Arslan Bozdaliev was detained.", number=2, hours=-4, adds="", copy_of=first.article.id),
        _telling("Arslan Bozdaliev was detained.", number=3, hours=-4, adds="", copy_of=first.article.id),
        _telling("Officers detained Arslan Bozdaliev.", number=4, hours=-3, adds=""),
    ).items
    assert [link.outlet for link in item.outlets] == ["Outlet 1", "Outlet 4"]
    assert item.reprints == 2


def test_when_outlets_differ_both_are_quoted() -> None:
    [item] = _digest(
        _telling("Arslan Bozdaliev was detained.", number=1, hours=-5),
        _telling("Arslan Bozdaliev was not detained.", number=2, hours=-3, adds="denial"),
    ).items
    assert item.differ
    assert {s.outlet for s in item.sentences} == {"Outlet 1", "Outlet 2"}


def test_each_status_of_a_day_is_quoted_the_newest_first() -> None:
    said = ["was searched on Friday", "was detained", "was taken to hospital", "was detained again"]
    tellings = [
        _telling(f"Arslan Bozdaliev {what}.", number=n, hours=n - 9, adds="status") for n, what in enumerate(said)
    ]
    [item] = _digest(*tellings).items
    assert [s.text for s in item.sentences] == [
        "Arslan Bozdaliev was detained again.",
        "Arslan Bozdaliev was taken to hospital.",
        "Arslan Bozdaliev was searched on Friday.",
    ]
    assert [word.status for word in item.status] == [Status.HOSPITAL, Status.DETENTION, Status.SEARCH]


def test_a_denial_of_what_was_told_before_is_quoted_beside_it() -> None:
    told = _telling("Arslan Bozdaliev was detained.", hours=-30, told_at=NOW, told_of=DeliveryKind.DIGEST)
    denial = _telling("Arslan Bozdaliev was not detained.", number=2, adds="denial")
    [item] = _digest(told, denial).items
    assert item.differ
    assert [s.outlet for s in item.sentences] == ["Outlet 2", "Outlet 1"]
    assert [(word.status, word.denied) for word in item.status] == [(Status.DETENTION, True)]


def test_two_sides_are_quoted_once_each() -> None:
    [item] = _digest(
        _telling("Arslan Bozdaliev was detained on Friday.", number=1, hours=-9, adds=""),
        _telling("Arslan Bozdaliev was detained.", number=2, hours=-8),
        _telling("Arslan Bozdaliev was not detained.", number=3, adds="denial"),
    ).items
    assert [s.outlet for s in item.sentences] == ["Outlet 3", "Outlet 2"]


def test_a_denial_of_what_an_alert_told_recalls_the_alert_and_differs() -> None:
    told = _telling(
        "Arslan Bozdaliev was detained.",
        hours=-30,
        told_at=NOW - timedelta(hours=30),
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    [item] = _digest(told, _telling("Arslan Bozdaliev was not detained.", number=2, adds="denial")).items
    assert item.differ
    assert [s.outlet for s in item.sentences] == ["Outlet 2"]
    assert [line.outlet for line in item.recalled] == ["Outlet 1"]


def test_days_of_a_month_are_no_numbers_that_differ() -> None:
    [item] = _digest(
        _telling("Arslan Bozdaliev was detained on 20 November.", number=1, hours=-5),
        _telling("Arslan Bozdaliev, detained on 19 November, waits.", number=2, hours=-3, adds="fact"),
    ).items
    assert not item.differ


def test_other_numbers_for_one_status_differ_too() -> None:
    [item] = _digest(
        _telling("Arslan Bozdaliev was sentenced to 5 years.", number=1, hours=-5),
        _telling("Arslan Bozdaliev was sentenced to seven years.", number=2, hours=-3, adds="number"),
    ).items
    assert item.differ


def test_a_muted_name_is_left_out() -> None:
    muted = wish(name=_ARSLAN.id, muted_until=NOW + timedelta(days=1))
    digest = _digest(_telling("Arslan Bozdaliev met Yunus Karasuvat."), of=watching(*_ALL, wishes=(muted,)))
    assert _labels(digest) == [["Yunus Karasuvat"]]


_LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("of", "text", "only_muted"),
    [
        pytest.param(watching(*_ALL), "Nobody came.", False, id="nothing new, nothing muted"),
        pytest.param(watching(*_ALL), "Arslan Bozdaliev came.", False, id="told"),
        pytest.param(
            watching(*_ALL, wishes=(wish(name=_ARSLAN.id, muted_until=_LATER),)),
            "Arslan Bozdaliev came.",
            True,
            id="a muted name",
        ),
        pytest.param(
            watching(*_ALL, muted_stories=((StoryId("s1"), _LATER),)),
            "Arslan Bozdaliev came.",
            True,
            id="a muted story",
        ),
        pytest.param(
            watching(*_ALL, wishes=(wish(name=_ARSLAN.id, muted_until=_LATER),)), "Nobody came.", False, id="no news"
        ),
    ],
)
def test_nothing_new_is_never_said_of_what_is_only_muted(of: Watching, text: str, only_muted: bool) -> None:
    assert _digest(_telling(text), of=of).only_muted is only_muted


def test_a_mute_that_has_ended_no_longer_counts() -> None:
    muted = wish(name=_ARSLAN.id, muted_until=NOW)
    assert _digest(_telling("Arslan Bozdaliev came."), of=watching(*_ALL, wishes=(muted,))).items


@pytest.mark.parametrize(("adds", "is_told"), [("fact", False), ("status", True), ("denial", True)])
def test_a_muted_story_is_told_only_when_a_status_changes(adds: str, is_told: bool) -> None:
    of = watching(*_ALL, muted_stories=((StoryId("s1"), NOW + timedelta(days=1)),))
    telling = _telling("Arslan Bozdaliev was released.", adds=adds)
    assert bool(_digest(telling, of=of).items) is is_told
    assert (compose_alert(of, telling, (), slot="a", at=NOW) is not None) is is_told


def test_a_name_is_probable_only_where_no_mention_is_sure() -> None:
    likely = _telling("Arslan Bozdaliev came.", band=Band.LIKELY)
    assert _digest(likely).items[0].names[0].band is Band.LIKELY
    sure = _telling("Arslan Bozdaliev left.", number=2)
    assert _digest(likely, sure).items[0].names[0].band is Band.SURE


def test_a_label_is_shown_as_the_chat_wrote_it_once_for_equal_names_of_two_lists() -> None:
    twin = watched_name("БОЗДАЛІЄВ", list=ListId("other"), spellings=_ARSLAN.spellings)
    [item] = _digest(_telling("Arslan Bozdaliev came."), of=watching(twin, _ARSLAN)).items
    assert [named.label for named in item.names] == ["БОЗДАЛІЄВ"]


def test_an_alert_names_every_watched_name_each_in_a_sentence_status_first() -> None:
    telling = _telling("Yunus Karasuvat spoke. Arslan Bozdaliev was detained.")
    alert = compose_alert(watching(*_ALL), telling, (), slot="alert-1", at=NOW)
    assert alert is not None
    assert [named.label for named in alert.item.names] == ["Arslan Bozdaliev", "Yunus Karasuvat"]
    assert [s.text for s in alert.item.sentences] == ["Arslan Bozdaliev was detained.", "Yunus Karasuvat spoke."]
    assert alert.reply_to is None
    assert told_by(alert) == (telling.news.id,) if telling.news else ()


def test_in_an_alert_what_is_new_stands_first() -> None:
    telling = _telling("Arslan Bozdaliev, detained on 20 November, was charged with theft.", adds="status")
    assert telling.news is not None
    adds = Reason(key="status", fields=(("status", "charge"),))
    told = replace(telling, news=replace(telling.news, adds=adds))
    alert = compose_alert(watching(*_ALL), told, (), slot="alert-1", at=NOW)
    assert alert is not None
    assert [word.status for word in alert.item.status] == [Status.CHARGE, Status.DETENTION]
    assert [word.status for word in alert.item.names[0].status] == [Status.CHARGE, Status.DETENTION]


def test_an_alert_quotes_what_a_sentence_without_a_status_goes_on_from() -> None:
    sentences = ["A court in Rostov opened the trial of six farmers.", "One of them, Arslan Bozdaliev, is ill."]
    alert = compose_alert(watching(*_ALL), _telling(" ".join(sentences)), (), slot="alert-1", at=NOW)
    assert alert is not None
    assert [s.text for s in alert.item.sentences] == sentences


def test_an_alert_of_a_denial_says_that_outlets_differ() -> None:
    first = _telling("Arslan Bozdaliev was detained.", hours=-5)
    denial = _telling("Arslan Bozdaliev was not detained.", number=2, adds="denial")
    alert = compose_alert(watching(*_ALL), denial, (first,), slot="alert-1", at=NOW)
    assert alert is not None
    assert alert.item.differ
    assert [link.outlet for link in alert.item.outlets] == ["Outlet 2", "Outlet 1"]


def test_an_alert_counts_the_earlier_outlets_that_said_the_same_and_no_later_ones() -> None:
    said = [
        _telling("Arslan Bozdaliev was detained.", number=1, hours=-5),
        _telling("Arslan Bozdaliev bakes.", number=2, hours=-4),
        _telling("Arslan Bozdaliev was not detained.", number=4, hours=-1, adds="denial"),
    ]
    telling = _telling("Officers detained Arslan Bozdaliev.", number=3, hours=-2, adds="fact")
    alert = compose_alert(watching(*_ALL), telling, said, slot="alert-1", at=NOW)
    assert alert is not None
    assert not alert.item.differ
    assert [link.outlet for link in alert.item.outlets] == ["Outlet 3", "Outlet 1"]


def test_an_alert_replies_to_the_first_alert_of_its_story_and_recalls_what_was_told() -> None:
    earlier = [
        _telling(
            "Arslan Bozdaliev was detained.",
            number=n,
            hours=-50 + n,
            told_at=NOW - timedelta(hours=48 - n),
            told_by=DeliveryId(f"d{n}"),
            told_of=kind,
        )
        for n, kind in enumerate([DeliveryKind.DIGEST, DeliveryKind.ALERT, DeliveryKind.ALERT])
    ]
    telling = _telling("Arslan Bozdaliev was released.", number=9, adds="status")
    alert = compose_alert(watching(*_ALL), telling, [*reversed(earlier), telling], slot="alert-1", at=NOW)
    assert alert is not None
    assert alert.reply_to == "d1"
    assert [line.delivery for line in alert.item.recalled] == ["d0", "d1", "d2"]
    assert alert.item.recalled[0].outlets == 3


@pytest.mark.parametrize(
    "telling",
    [
        pytest.param(_telling("Arslan Bozdaliev came.", adds=""), id="no news"),
        pytest.param(_telling("Server Almazov came."), id="nobody watched"),
        pytest.param(_telling("Arslan Bozdaliev came.", told_at=NOW), id="told already"),
    ],
)
def test_an_alert_without_anything_to_tell_is_none(telling: Telling) -> None:
    assert compose_alert(watching(*_ALL), telling, (), slot="a", at=NOW) is None


def test_a_recap_tells_again_what_was_told() -> None:
    told = _telling("Arslan Bozdaliev came.", told_at=NOW, told_of=DeliveryKind.DIGEST)
    recap = compose_recap(watching(*_ALL), [told], slot="r", since=_SINCE, until=NOW, coverage=_COVERAGE)
    assert _labels(recap) == [["Arslan Bozdaliev"]]
    assert recap.items[0].recalled == ()


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
        _telling(
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
    items = list(_digest(*tellings).items)
    alerts = [compose_alert(watching(*_ALL), telling, tellings, slot="a", at=NOW) for telling in tellings]
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
    assert _digest(*tellings) == _digest(*shuffled)


@settings(max_examples=60)
@given(_DRAWN)
def test_two_digests_in_a_row_never_tell_the_same_news(drawn: Any) -> None:
    tellings = _tellings(drawn)
    first = _digest(*tellings)
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
    again = _digest(*marked, until=NOW + timedelta(days=1))
    assert told.isdisjoint(told_by(again))
    assert all(told.isdisjoint(item.news) for item in again.items)


@settings(max_examples=60)
@given(_DRAWN)
def test_items_of_one_name_follow_each_other(drawn: Any) -> None:
    heads = [item.names[0].label for item in _digest(*_tellings(drawn)).items]
    runs = [label for n, label in enumerate(heads) if n == 0 or heads[n - 1] != label]
    assert len(runs) == len(set(runs))


_STRIKE = (
    "Nurses of the district hospital in Limanske put down their work for an hour on Wednesday morning.\n\n"
    "“Let them strike me off on paper,” the surgeon Halyna Vitrolom told the nurses on the steps of the hospital.\n\n"
    "The hospital did not comment."
)


def test_the_opening_that_says_what_happened_stands_before_the_sentence_with_the_name() -> None:
    [item] = _digest(_telling(_STRIKE, adds="fact")).items
    assert [s.text.split()[0] for s in item.sentences] == ["Nurses", "“Let"]


def test_each_article_of_a_day_that_tells_a_new_fact_is_quoted() -> None:
    said = ["won a prize in Lviv", "wrote a book on bees", "opened a bakery"]
    tellings = [
        _telling(f"Arslan Bozdaliev {what}.", number=n, hours=n - 9, adds="fact") for n, what in enumerate(said)
    ]
    [item] = _digest(*tellings).items
    assert len(item.sentences) == 3


def test_a_text_that_opens_with_the_name_is_quoted_a_sentence_further() -> None:
    text = (
        "Unknown men beat Arslan Bozdaliev in the evening near the entrance of his house in Limanske.\n\n"
        "He has a broken arm and a concussion, the hospital in Limanske said. The camera did not work.\n\n"
        "The police are looking for witnesses."
    )
    [item] = _digest(_telling(text)).items
    assert [s.text.split()[0] for s in item.sentences] == ["Unknown", "He"]


_BORDER = (
    "Guards turned Arslan Bozdaliev back at the border on Sunday night, though he had a permit for the crossing.\n\n"
)


@pytest.mark.parametrize(
    ("second", "is_quoted"),
    [
        pytest.param("A court banned him for five years.", True, id="new fact"),
        pytest.param("Earlier this spring a court banned him for five years.", False, id="recalled"),
        pytest.param("“The court banned me for five years,” he said.", False, id="speech"),
        pytest.param("It rained.", False, id="nothing told"),
    ],
)
def test_the_paragraphs_after_the_opening_are_quoted_where_they_tell_something_further(
    second: str, is_quoted: bool
) -> None:
    filler = "There was fog over the hills and the buses were late as they are in autumn.\n\n"
    [item] = _digest(_telling(f"{_BORDER}{filler}{second} The permit was new, and nobody there gave any reason.")).items
    assert (second in "".join(s.text for s in item.sentences)) == is_quoted


def test_an_opening_that_only_greets_is_not_quoted() -> None:
    text = "Good morning, everybody! A court fined Arslan Bozdaliev ten thousand on Monday for his broadcasts at night."
    [item] = _digest(_telling(text, adds="fact")).items
    assert [s.text.split()[0] for s in item.sentences] == ["A"]


def test_what_a_story_began_with_is_quoted_though_newer_texts_would_crowd_it_out() -> None:
    said = ["met a lawyer", "won a prize in Lviv", "wrote a book on bees", "opened a bakery", "sold his car"]
    tellings = [
        _telling(f"Arslan Bozdaliev {what}.", number=n, hours=n - 9, adds="fact" if n else "first")
        for n, what in enumerate(said)
    ]
    [item] = _digest(*tellings).items
    assert [s.text for s in item.sentences[:2]] == ["Arslan Bozdaliev sold his car.", "Arslan Bozdaliev met a lawyer."]


def test_of_several_stories_on_one_name_the_first_is_told_with_its_opening_and_the_others_in_short() -> None:
    digest = _digest(
        _telling(_STRIKE, adds="fact", number=1, hours=-1),
        _telling(_STRIKE.replace("Nurses", "Bakers"), adds="fact", number=2, hours=-2, story="s2"),
    )
    assert [[s.text.split()[0] for s in item.sentences] for item in digest.items] == [["Nurses", "“Let"], ["“Let"]]


def test_a_story_told_in_short_leaves_no_status_out() -> None:
    digest = _digest(
        _telling("Arslan Bozdaliev was released.", number=1, hours=-1, adds="status"),
        _telling("Arslan Bozdaliev was detained.", number=2, hours=-2, story="s2"),
        _telling("Arslan Bozdaliev was taken to hospital.", number=3, hours=-3, story="s2"),
    )
    assert [len(item.sentences) for item in digest.items] == [1, 2]


def test_a_name_whose_own_sentence_is_not_quoted_above_keeps_it_though_both_open_alike() -> None:
    digest = _digest(_telling("Arslan Bozdaliev was freed. Yunus Karasuvat met him. Halyna Vitrolom spoke."))
    assert _labels(digest) == [["Arslan Bozdaliev"], ["Yunus Karasuvat"], ["Halyna Vitrolom"]]


@settings(max_examples=60)
@given(_DRAWN, st.lists(st.sampled_from(["s1", "s2", "s3"]), min_size=6, max_size=6))
def test_moving_articles_between_stories_after_they_were_told_repeats_and_loses_nothing(
    drawn: Any, moved: list[str]
) -> None:
    tellings = [replace(one, told_at=None, told_by=None, told_of=None) for one in _tellings(drawn)]
    first = set(told_by(_digest(*tellings[: len(tellings) // 2])))
    after = [
        replace(one, story=StoryId(story), told_at=NOW if one.news and one.news.id in first else None)
        for one, story in zip(tellings, moved, strict=False)
    ]
    second = set(told_by(_digest(*after)))
    assert not first & second
    assert first | second == set(told_by(_digest(*tellings)))
