from dataclasses import replace
from datetime import timedelta

import pytest

from digests.model import (
    DeliveryId,
    DeliveryKind,
    Reason,
    Status,
    Telling,
)
from digests.writing.compose import compose_alert, told_by
from tests.builders import NOW, watching
from tests.tellings import ALL, a_telling


def test_an_alert_names_every_watched_name_each_in_a_sentence_status_first() -> None:
    telling = a_telling("Yunus Karasuvat spoke. Arslan Bozdaliev was detained.")
    alert = compose_alert(watching(*ALL), telling, (), slot="alert-1", at=NOW)
    assert alert is not None
    assert [named.label for named in alert.item.names] == ["Arslan Bozdaliev", "Yunus Karasuvat"]
    assert [s.text for s in alert.item.sentences] == ["Arslan Bozdaliev was detained.", "Yunus Karasuvat spoke."]
    assert alert.reply_to is None
    assert told_by(alert) == (telling.news.id,) if telling.news else ()


def test_in_an_alert_what_is_new_stands_first() -> None:
    telling = a_telling("Arslan Bozdaliev, detained on 20 November, was charged with theft.", adds="status")
    assert telling.news is not None
    adds = Reason(key="status", fields=(("status", "charge"),))
    told = replace(telling, news=replace(telling.news, adds=adds))
    alert = compose_alert(watching(*ALL), told, (), slot="alert-1", at=NOW)
    assert alert is not None
    assert [word.status for word in alert.item.status] == [Status.CHARGE, Status.DETENTION]
    assert [word.status for word in alert.item.names[0].status] == [Status.CHARGE, Status.DETENTION]


def test_an_alert_quotes_what_a_sentence_without_a_status_goes_on_from() -> None:
    sentences = ["A court in Rostov opened the trial of six farmers.", "One of them, Arslan Bozdaliev, is ill."]
    alert = compose_alert(watching(*ALL), a_telling(" ".join(sentences)), (), slot="alert-1", at=NOW)
    assert alert is not None
    assert [s.text for s in alert.item.sentences] == sentences


def test_an_alert_of_a_denial_says_that_outlets_differ() -> None:
    first = a_telling("Arslan Bozdaliev was detained.", hours=-5)
    denial = a_telling("Arslan Bozdaliev was not detained.", number=2, adds="denial")
    alert = compose_alert(watching(*ALL), denial, (first,), slot="alert-1", at=NOW)
    assert alert is not None
    assert alert.item.differ
    assert [link.outlet for link in alert.item.outlets] == ["Outlet 2", "Outlet 1"]


def test_an_alert_counts_the_earlier_outlets_that_said_the_same_and_no_later_ones() -> None:
    said = [
        a_telling("Arslan Bozdaliev was detained.", number=1, hours=-5),
        a_telling("Arslan Bozdaliev bakes.", number=2, hours=-4),
        a_telling("Arslan Bozdaliev was not detained.", number=4, hours=-1, adds="denial"),
    ]
    telling = a_telling("Officers detained Arslan Bozdaliev.", number=3, hours=-2, adds="fact")
    alert = compose_alert(watching(*ALL), telling, said, slot="alert-1", at=NOW)
    assert alert is not None
    assert not alert.item.differ
    assert [link.outlet for link in alert.item.outlets] == ["Outlet 3", "Outlet 1"]


def test_an_alert_replies_to_the_first_alert_of_its_story_and_recalls_what_was_told() -> None:
    earlier = [
        a_telling(
            "Arslan Bozdaliev was detained.",
            number=n,
            hours=-50 + n,
            told_at=NOW - timedelta(hours=48 - n),
            told_by=DeliveryId(f"d{n}"),
            told_of=kind,
        )
        for n, kind in enumerate([DeliveryKind.DIGEST, DeliveryKind.ALERT, DeliveryKind.ALERT])
    ]
    telling = a_telling("Arslan Bozdaliev was released.", number=9, adds="status")
    alert = compose_alert(watching(*ALL), telling, [*reversed(earlier), telling], slot="alert-1", at=NOW)
    assert alert is not None
    assert alert.reply_to == "d1"
    assert [line.delivery for line in alert.item.recalled] == ["d0", "d1", "d2"]
    assert alert.item.recalled[0].outlets == 3


@pytest.mark.parametrize(
    "telling",
    [
        pytest.param(a_telling("Arslan Bozdaliev came.", adds=""), id="no news"),
        pytest.param(a_telling("Server Almazov came."), id="nobody watched"),
        pytest.param(a_telling("Arslan Bozdaliev came.", told_at=NOW), id="told already"),
    ],
)
def test_an_alert_without_anything_to_tell_is_none(telling: Telling) -> None:
    assert compose_alert(watching(*ALL), telling, (), slot="a", at=NOW) is None


def test_what_was_told_before_of_one_of_two_names_says_whose_it_is() -> None:
    before = a_telling(
        "Arslan Bozdaliev was detained. Yunus Karasuvat spoke.",
        number=1,
        hours=-5,
        told_at=NOW,
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    alert = compose_alert(
        watching(*ALL),
        a_telling("Arslan Bozdaliev and Yunus Karasuvat were released.", number=2, adds="status"),
        [before],
        slot="alert-1",
        at=NOW,
    )
    assert alert is not None
    [line] = alert.item.recalled
    assert [word.status for word in line.status] == [Status.DETENTION]
    assert line.of == ("Arslan Bozdaliev",)
