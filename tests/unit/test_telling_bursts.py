"""What of the untold news is an alert now, what one follow-up, and what waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import News, PatternId, Reason, Status, StatusWord, StoryId
from digests.telling.bursts import (
    COLLAPSED,
    FOLLOWS,
    NIGHT_CAP,
    SETTLES,
    Alerted,
    Plan,
    cap_night,
    is_changed,
    plan_alerts,
)
from tests import builders as b

NOW = b.NOW
ONE, OTHER = PatternId("one"), PatternId("other")
STORY = StoryId("s")
WATCHED = frozenset((ONE, OTHER))


def piece(number: int, *names: PatternId, adds: str = "fact", story: str = "s", status: Status | None = None) -> News:
    words = () if status is None else (StatusWord(status=status),)
    return b.news(
        id=f"n{number}",
        story=StoryId(story),
        names=names or (ONE,),
        adds=Reason(key=adds),
        status=words,
        at=NOW - timedelta(minutes=1) + timedelta(seconds=number),
    )


def ago(minutes: float, often: int = 1, *names: PatternId) -> Alerted:
    return {(STORY, name): (NOW - timedelta(minutes=minutes), often) for name in names or (ONE,)}


CASES: Mapping[str, tuple[tuple[News, ...], Alerted, list[list[str]], list[str]]] = {
    "nothing new": ((), {}, [], []),
    "the first of a story": ((piece(1),), {}, [["n1"]], []),
    "a burst in one moment": ((piece(1), piece(2), piece(3)), {}, [["n1"]], ["n2", "n3"]),
    "two stories": ((piece(1), piece(2, story="t")), {}, [["n1"], ["n2"]], []),
    "the rest while it settles": ((piece(1), piece(2)), ago(9.9), [], ["n1", "n2"]),
    "the rest when it has settled": ((piece(1), piece(2)), ago(10), [["n1", "n2"]], []),
    "after a follow-up, within the hour": ((piece(1),), ago(59, 2), [], ["n1"]),
    "after a follow-up, an hour later": ((piece(1),), ago(60, 2), [["n1"]], []),
    "a changed status after a follow-up": ((piece(1, adds="status"),), ago(1, 2), [["n1"]], []),
    "a changed status in a burst takes the rest along": (
        (piece(1), piece(2, adds="status")),
        ago(1),
        [["n1", "n2"]],
        [],
    ),
    "a status in the same moment as the first": ((piece(1), piece(2, adds="status")), {}, [["n1"]], ["n2"]),
    "a denial brings the rest along": ((piece(1), piece(2, adds="denial")), ago(10, 2), [["n1", "n2"]], []),
    "another name in a story that settles": ((piece(1), piece(2, OTHER)), ago(1), [["n2"]], ["n1"]),
    "a name nobody watches is no first": ((piece(1, ONE, PatternId("else")),), ago(1), [], ["n1"]),
}


@pytest.mark.parametrize(("news", "alerted", "now", "later"), CASES.values(), ids=CASES.keys())
def test_the_first_goes_at_once_and_the_rest_of_its_burst_together(
    news: tuple[News, ...], alerted: Alerted, now: list[list[str]], later: list[str]
) -> None:
    plan = plan_alerts(news, WATCHED, alerted, NOW)
    assert [[p.id for p in group] for group in plan.now] == now
    assert [p.id for p in plan.later] == later
    assert (plan.until is not None) == bool(later)


def test_where_nobody_comes_later_the_rest_is_told_at_once_after_the_first() -> None:
    plan = plan_alerts([piece(1), piece(2), piece(3)], WATCHED, {}, NOW, settles=timedelta())
    assert [[p.id for p in group] for group in plan.now] == [["n1"], ["n2", "n3"]]
    assert (plan.later, plan.until) == ((), None)


@given(
    news=st.lists(st.tuples(st.sampled_from("stu"), st.sampled_from(["fact", "status"]), st.booleans()), max_size=8),
    minutes=st.floats(0, 90),
    often=st.integers(1, 3),
)
def test_nothing_is_lost_and_nothing_planned_twice(
    news: list[tuple[str, str, bool]], minutes: float, often: int
) -> None:
    pieces = [
        piece(number, OTHER if is_other else ONE, adds=adds, story=story)
        for number, (story, adds, is_other) in enumerate(news)
    ]
    plan = plan_alerts(pieces, WATCHED, ago(minutes, often), NOW)
    planned = [p.id for group in plan.now for p in group] + [p.id for p in plan.later]
    assert sorted(planned) == sorted(p.id for p in pieces)
    assert plan.until is None or NOW < plan.until <= NOW + FOLLOWS
    assert all(len({p.story for p in group}) == 1 for group in plan.now)


def stories(count: int) -> Plan:
    return Plan(now=tuple((piece(n, story=f"s{n}"),) for n in range(count)))


def test_under_the_cap_a_night_plan_stays_as_it_is() -> None:
    assert cap_night(stories(3), changed=(), written=NIGHT_CAP - 3, now=NOW) == stories(3)


def test_what_is_left_of_the_cap_goes_at_once_and_the_rest_waits_an_hour() -> None:
    plan = cap_night(stories(3), changed=(), written=NIGHT_CAP - 1, now=NOW)
    assert ([p.id for g in plan.now for p in g], [p.id for p in plan.later]) == (["n0"], ["n1", "n2"])
    assert plan.until == plan.later[0].at + COLLAPSED


@pytest.mark.parametrize(("microseconds", "is_told"), [(-1, False), (0, True), (1, True)])
def test_over_the_cap_all_is_one_message_when_the_oldest_has_waited_an_hour(microseconds: int, is_told: bool) -> None:
    plan = stories(3)
    oldest = plan.now[0][0].at
    now = oldest + COLLAPSED + timedelta(microseconds=microseconds)
    capped = cap_night(plan, changed=(), written=NIGHT_CAP, now=now)
    assert [len(group) for group in capped.now] == ([3] if is_told else [])
    assert capped.until == (None if is_told else oldest + COLLAPSED)


def test_a_changed_status_passes_the_cap() -> None:
    plan = stories(3)
    capped = cap_night(plan, changed=plan.now[1], written=NIGHT_CAP + 5, now=NOW)
    assert [p.id for group in capped.now for p in group] == ["n1"]
    assert [p.id for p in capped.later] == ["n0", "n2"]


def test_a_status_is_changed_where_the_name_was_not_alerted_with_it() -> None:
    detained = piece(1, status=Status.DETENTION)
    assert is_changed(detained, WATCHED, ())
    assert not is_changed(detained, WATCHED, {(ONE, Status.DETENTION, False)})
    assert is_changed(detained, WATCHED, {(ONE, Status.DETENTION, True)})
    assert not is_changed(detained, {OTHER}, ())
    assert not is_changed(piece(1), WATCHED, ())


def test_a_burst_waits_no_longer_than_it_settles() -> None:
    plan = plan_alerts([piece(1)], WATCHED, ago(4), NOW)
    assert plan.until == NOW - timedelta(minutes=4) + SETTLES
    assert isinstance(plan.until, datetime)
