from datetime import timedelta

import pytest

from digests.model import (
    Band,
    DeliveryId,
    DeliveryKind,
    ListId,
    Status,
    StatusWord,
    StoryId,
    Watching,
)
from digests.writing.compose import compose_alert, compose_recap, told_by
from tests.builders import NOW, watched_name, watching, wish
from tests.tellings import ALL, ARSLAN, COVERAGE, SINCE, a_telling, digest_of, labels_of


def test_a_digest_quotes_the_sentence_with_its_outlet_and_its_status() -> None:
    digest = digest_of(a_telling("Arslan Bozdaliev was detained on Friday. It rained."))
    [item] = digest.items
    assert [s.text for s in item.sentences] == ["Arslan Bozdaliev was detained on Friday."]
    assert item.sentences[0].outlet == "Outlet 1"
    assert item.status == (StatusWord(status=Status.DETENTION),)
    assert item.names[0].form == "Arslan Bozdaliev"
    assert (digest.watched, digest.left_out, digest.coverage) == (3, 2, COVERAGE)
    assert told_by(digest) == item.news


def test_nothing_new_gives_a_digest_without_items() -> None:
    assert digest_of().items == ()
    assert told_by(digest_of()) == ()


@pytest.mark.parametrize(
    ("hours", "is_told"),
    [(-24.001, False), (-24, False), (-23.999, True), (0, True), (0.001, False)],
    ids=["before", "at since", "just after since", "at until", "after until"],
)
def test_only_news_after_since_and_up_to_until_is_told(hours: float, is_told: bool) -> None:
    assert bool(digest_of(a_telling("Arslan Bozdaliev came.", hours=hours)).items) is is_told


def test_what_a_digest_told_is_not_told_again() -> None:
    told = a_telling("Arslan Bozdaliev came.", told_at=NOW - timedelta(hours=1), told_of=DeliveryKind.DIGEST)
    assert digest_of(told).items == ()


def test_what_an_alert_told_is_recalled_and_not_counted_as_told() -> None:
    told = a_telling(
        "Arslan Bozdaliev was detained.",
        told_at=NOW - timedelta(hours=1),
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    digest = digest_of(told)
    [item] = digest.items
    assert item.only_recalled
    assert item.sentences
    assert [(line.delivery, line.outlet) for line in item.recalled] == [("d1", "Outlet 1")]
    assert item.recalled[0].status == (StatusWord(status=Status.DETENTION),)
    assert told_by(digest) == ()


def test_alerts_before_its_span_are_not_recalled_by_a_digest_that_only_recalls() -> None:
    told = [
        a_telling(
            text,
            number=number,
            hours=-ago,
            told_at=NOW - timedelta(hours=ago),
            told_by=DeliveryId(f"d{number}"),
            told_of=DeliveryKind.ALERT,
        )
        for number, (ago, text) in enumerate([(50, "Arslan Bozdaliev was detained."), (2, "Arslan Bozdaliev is ill.")])
    ]
    [item] = digest_of(*told).items
    assert item.only_recalled
    assert [line.delivery for line in item.recalled] == ["d1"]


def test_an_old_alert_is_recalled_beside_what_is_new_and_not_alone() -> None:
    old = a_telling(
        "Arslan Bozdaliev was detained.",
        hours=-80,
        told_at=NOW - timedelta(hours=79),
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    assert digest_of(old).items == ()
    [item] = digest_of(old, a_telling("Arslan Bozdaliev was released.", number=2, adds="status")).items
    assert not item.only_recalled
    assert [line.delivery for line in item.recalled] == ["d1"]


def test_news_of_a_first_silent_read_is_never_told() -> None:
    silent = a_telling("Arslan Bozdaliev came.", silent=True)
    assert digest_of(silent).items == ()
    assert compose_alert(watching(*ALL), silent, (), slot="a", at=NOW) is None


def test_names_in_one_sentence_share_one_item_and_no_status_spreads_between_them() -> None:
    [item] = digest_of(a_telling("Arslan Bozdaliev was detained, said his lawyer, Halyna Vitrolom.")).items
    assert [named.label for named in item.names] == ["Arslan Bozdaliev", "Halyna Vitrolom"]
    assert item.status == ()
    assert [bool(named.status) for named in item.names] == [True, False]


def test_names_with_sentences_of_their_own_have_items_of_their_own() -> None:
    digest = digest_of(a_telling("Arslan Bozdaliev was detained. Yunus Karasuvat spoke at length."))
    assert labels_of(digest) == [["Arslan Bozdaliev"], ["Yunus Karasuvat"]]


def test_changed_statuses_come_first_and_items_of_one_name_follow_each_other() -> None:
    digest = digest_of(
        a_telling("Yunus Karasuvat sang.", number=1, story="s1", hours=-1),
        a_telling("Arslan Bozdaliev baked.", number=2, story="s2", hours=-2),
        a_telling("Yunus Karasuvat was released.", number=3, story="s3", hours=-9, adds="status"),
    )
    assert labels_of(digest) == [["Yunus Karasuvat"], ["Yunus Karasuvat"], ["Arslan Bozdaliev"]]
    assert digest.items[0].status == (StatusWord(status=Status.RELEASE),)


def test_a_new_status_comes_before_what_more_outlets_tell() -> None:
    digest = digest_of(
        a_telling("Yunus Karasuvat sang.", number=1, story="s1", hours=-1),
        a_telling("Yunus Karasuvat sang in the evening.", number=2, story="s1", hours=-1, adds=""),
        a_telling("Arslan Bozdaliev was detained.", number=3, story="s2", hours=-2, adds="first"),
    )
    assert labels_of(digest) == [["Arslan Bozdaliev"], ["Yunus Karasuvat"]]


def test_the_own_items_of_a_name_that_joined_one_above_follow_it() -> None:
    digest = digest_of(
        a_telling(
            "Arslan Bozdaliev was released, said Halyna Vitrolom.", number=1, story="s1", hours=-1, adds="status"
        ),
        a_telling("Yunus Karasuvat sang.", number=2, story="s2", hours=-1),
        a_telling("Yunus Karasuvat sang in the evening.", number=3, story="s2", hours=-1, adds=""),
        a_telling("Halyna Vitrolom baked.", number=4, story="s3", hours=-2),
    )
    assert labels_of(digest) == [["Arslan Bozdaliev", "Halyna Vitrolom"], ["Halyna Vitrolom"], ["Yunus Karasuvat"]]


def test_what_more_outlets_tell_comes_before_what_is_newer() -> None:
    digest = digest_of(
        a_telling("Yunus Karasuvat sang.", number=1, story="s1", hours=-1),
        a_telling("Arslan Bozdaliev baked.", number=2, story="s2", hours=-5),
        a_telling("Arslan Bozdaliev bakes bread.", number=3, story="s2", hours=-4, adds=""),
    )
    assert labels_of(digest) == [["Arslan Bozdaliev"], ["Yunus Karasuvat"]]


def test_outlets_with_a_text_of_their_own_are_listed_and_reprints_counted() -> None:
    first = a_telling("Arslan Bozdaliev was detained.", number=1, hours=-5)
    [item] = digest_of(
        first,
        a_telling("Arslan Bozdaliev was detained.", number=2, hours=-4, adds="", copy_of=first.article.id),
        a_telling("Arslan Bozdaliev was detained.", number=3, hours=-4, adds="", copy_of=first.article.id),
        a_telling("Officers detained Arslan Bozdaliev.", number=4, hours=-3, adds=""),
    ).items
    assert [link.outlet for link in item.outlets] == ["Outlet 1", "Outlet 4"]
    assert item.reprints == 2


def test_when_outlets_differ_both_are_quoted() -> None:
    [item] = digest_of(
        a_telling("Arslan Bozdaliev was detained.", number=1, hours=-5),
        a_telling("Arslan Bozdaliev was not detained.", number=2, hours=-3, adds="denial"),
    ).items
    assert item.differ
    assert {s.outlet for s in item.sentences} == {"Outlet 1", "Outlet 2"}


def test_each_status_of_a_day_is_quoted_the_newest_first() -> None:
    said = ["was searched on Friday", "was detained", "was taken to hospital", "was detained again"]
    tellings = [
        a_telling(f"Arslan Bozdaliev {what}.", number=n, hours=n - 9, adds="status") for n, what in enumerate(said)
    ]
    [item] = digest_of(*tellings).items
    assert [s.text for s in item.sentences] == [
        "Arslan Bozdaliev was detained again.",
        "Arslan Bozdaliev was taken to hospital.",
        "Arslan Bozdaliev was searched on Friday.",
    ]
    assert [word.status for word in item.status] == [Status.HOSPITAL, Status.DETENTION, Status.SEARCH]


def test_a_denial_of_what_was_told_before_is_quoted_beside_it() -> None:
    told = a_telling("Arslan Bozdaliev was detained.", hours=-30, told_at=NOW, told_of=DeliveryKind.DIGEST)
    denial = a_telling("Arslan Bozdaliev was not detained.", number=2, adds="denial")
    [item] = digest_of(told, denial).items
    assert item.differ
    assert [s.outlet for s in item.sentences] == ["Outlet 2", "Outlet 1"]
    assert [(word.status, word.denied) for word in item.status] == [(Status.DETENTION, True)]


def test_two_sides_are_quoted_once_each() -> None:
    [item] = digest_of(
        a_telling("Arslan Bozdaliev was detained on Friday.", number=1, hours=-9, adds=""),
        a_telling("Arslan Bozdaliev was detained.", number=2, hours=-8),
        a_telling("Arslan Bozdaliev was not detained.", number=3, adds="denial"),
    ).items
    assert [s.outlet for s in item.sentences] == ["Outlet 3", "Outlet 2"]


def test_a_denial_of_what_an_alert_told_recalls_the_alert_and_differs() -> None:
    told = a_telling(
        "Arslan Bozdaliev was detained.",
        hours=-30,
        told_at=NOW - timedelta(hours=30),
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    [item] = digest_of(told, a_telling("Arslan Bozdaliev was not detained.", number=2, adds="denial")).items
    assert item.differ
    assert [s.outlet for s in item.sentences] == ["Outlet 2"]
    assert [line.outlet for line in item.recalled] == ["Outlet 1"]


def test_days_of_a_month_are_no_numbers_that_differ() -> None:
    [item] = digest_of(
        a_telling("Arslan Bozdaliev was detained on 20 November.", number=1, hours=-5),
        a_telling("Arslan Bozdaliev, detained on 19 November, waits.", number=2, hours=-3, adds="fact"),
    ).items
    assert not item.differ


def test_other_numbers_for_one_status_differ_too() -> None:
    [item] = digest_of(
        a_telling("Arslan Bozdaliev was sentenced to 5 years.", number=1, hours=-5),
        a_telling("Arslan Bozdaliev was sentenced to seven years.", number=2, hours=-3, adds="number"),
    ).items
    assert item.differ


def test_a_muted_name_is_left_out() -> None:
    muted = wish(name=ARSLAN.id, muted_until=NOW + timedelta(days=1))
    digest = digest_of(a_telling("Arslan Bozdaliev met Yunus Karasuvat."), of=watching(*ALL, wishes=(muted,)))
    assert labels_of(digest) == [["Yunus Karasuvat"]]


_LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("of", "text", "only_muted"),
    [
        pytest.param(watching(*ALL), "Nobody came.", False, id="nothing new, nothing muted"),
        pytest.param(watching(*ALL), "Arslan Bozdaliev came.", False, id="told"),
        pytest.param(
            watching(*ALL, wishes=(wish(name=ARSLAN.id, muted_until=_LATER),)),
            "Arslan Bozdaliev came.",
            True,
            id="a muted name",
        ),
        pytest.param(
            watching(*ALL, muted_stories=((StoryId("s1"), _LATER),)),
            "Arslan Bozdaliev came.",
            True,
            id="a muted story",
        ),
        pytest.param(
            watching(*ALL, wishes=(wish(name=ARSLAN.id, muted_until=_LATER),)), "Nobody came.", False, id="no news"
        ),
    ],
)
def test_nothing_new_is_never_said_of_what_is_only_muted(of: Watching, text: str, only_muted: bool) -> None:
    assert digest_of(a_telling(text), of=of).only_muted is only_muted


def test_a_mute_that_has_ended_no_longer_counts() -> None:
    muted = wish(name=ARSLAN.id, muted_until=NOW)
    assert digest_of(a_telling("Arslan Bozdaliev came."), of=watching(*ALL, wishes=(muted,))).items


@pytest.mark.parametrize(("adds", "is_told"), [("fact", False), ("status", True), ("denial", True)])
def test_a_muted_story_is_told_only_when_a_status_changes(adds: str, is_told: bool) -> None:
    of = watching(*ALL, muted_stories=((StoryId("s1"), NOW + timedelta(days=1)),))
    telling = a_telling("Arslan Bozdaliev was released.", adds=adds)
    assert bool(digest_of(telling, of=of).items) is is_told
    assert (compose_alert(of, telling, (), slot="a", at=NOW) is not None) is is_told


def test_a_name_is_probable_only_where_no_mention_is_sure() -> None:
    likely = a_telling("Arslan Bozdaliev came.", band=Band.LIKELY)
    assert digest_of(likely).items[0].names[0].band is Band.LIKELY
    sure = a_telling("Arslan Bozdaliev left.", number=2)
    assert digest_of(likely, sure).items[0].names[0].band is Band.SURE


def test_a_label_is_shown_as_the_chat_wrote_it_once_for_equal_names_of_two_lists() -> None:
    twin = watched_name("БОЗДАЛІЄВ", list=ListId("other"), spellings=ARSLAN.spellings)
    [item] = digest_of(a_telling("Arslan Bozdaliev came."), of=watching(twin, ARSLAN)).items
    assert [named.label for named in item.names] == ["БОЗДАЛІЄВ"]


def test_a_recap_tells_again_what_was_told() -> None:
    told = a_telling("Arslan Bozdaliev came.", told_at=NOW, told_of=DeliveryKind.DIGEST)
    recap = compose_recap(watching(*ALL), [told], slot="r", since=SINCE, until=NOW, coverage=COVERAGE)
    assert labels_of(recap) == [["Arslan Bozdaliev"]]
    assert recap.items[0].recalled == ()


_STRIKE = (
    "Nurses of the district hospital in Limanske put down their work for an hour on Wednesday morning.\n\n"
    "“Let them strike me off on paper,” the surgeon Halyna Vitrolom told the nurses on the steps of the hospital.\n\n"
    "The hospital did not comment."
)


def test_the_opening_that_says_what_happened_stands_before_the_sentence_with_the_name() -> None:
    [item] = digest_of(a_telling(_STRIKE, adds="fact")).items
    assert [s.text.split()[0] for s in item.sentences] == ["Nurses", "“Let"]


def test_each_article_of_a_day_that_tells_a_new_fact_is_quoted() -> None:
    said = ["won a prize in Lviv", "wrote a book on bees", "opened a bakery"]
    tellings = [
        a_telling(f"Arslan Bozdaliev {what}.", number=n, hours=n - 9, adds="fact") for n, what in enumerate(said)
    ]
    [item] = digest_of(*tellings).items
    assert len(item.sentences) == 3


def test_a_text_that_opens_with_the_name_is_quoted_a_sentence_further() -> None:
    text = (
        "Unknown men beat Arslan Bozdaliev in the evening near the entrance of his house in Limanske.\n\n"
        "He has a broken arm and a concussion, the hospital in Limanske said. The camera did not work.\n\n"
        "The police are looking for witnesses."
    )
    [item] = digest_of(a_telling(text)).items
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
    [item] = digest_of(
        a_telling(f"{_BORDER}{filler}{second} The permit was new, and nobody there gave any reason.")
    ).items
    assert (second in "".join(s.text for s in item.sentences)) == is_quoted


def test_an_opening_that_only_greets_is_not_quoted() -> None:
    text = "Good morning, everybody! A court fined Arslan Bozdaliev ten thousand on Monday for his broadcasts at night."
    [item] = digest_of(a_telling(text, adds="fact")).items
    assert [s.text.split()[0] for s in item.sentences] == ["A"]


def test_what_a_story_began_with_is_quoted_though_newer_texts_would_crowd_it_out() -> None:
    said = ["met a lawyer", "won a prize in Lviv", "wrote a book on bees", "opened a bakery", "sold his car"]
    tellings = [
        a_telling(f"Arslan Bozdaliev {what}.", number=n, hours=n - 9, adds="fact" if n else "first")
        for n, what in enumerate(said)
    ]
    [item] = digest_of(*tellings).items
    assert [s.text for s in item.sentences[:2]] == ["Arslan Bozdaliev sold his car.", "Arslan Bozdaliev met a lawyer."]


def test_of_several_stories_on_one_name_the_first_is_told_with_its_opening_and_the_others_in_short() -> None:
    digest = digest_of(
        a_telling(_STRIKE, adds="fact", number=1, hours=-1),
        a_telling(_STRIKE.replace("Nurses", "Bakers"), adds="fact", number=2, hours=-2, story="s2"),
    )
    assert [[s.text.split()[0] for s in item.sentences] for item in digest.items] == [["Nurses", "“Let"], ["“Let"]]


def test_a_story_told_in_short_leaves_no_status_out() -> None:
    digest = digest_of(
        a_telling("Arslan Bozdaliev was released.", number=1, hours=-1, adds="status"),
        a_telling("Arslan Bozdaliev was detained.", number=2, hours=-2, story="s2"),
        a_telling("Arslan Bozdaliev was taken to hospital.", number=3, hours=-3, story="s2"),
    )
    assert [len(item.sentences) for item in digest.items] == [1, 2]


def test_a_name_whose_own_sentence_is_not_quoted_above_keeps_it_though_both_open_alike() -> None:
    digest = digest_of(a_telling("Arslan Bozdaliev was freed. Yunus Karasuvat met him. Halyna Vitrolom spoke."))
    assert labels_of(digest) == [["Arslan Bozdaliev"], ["Yunus Karasuvat"], ["Halyna Vitrolom"]]
