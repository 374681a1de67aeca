from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.channel import Down, Moved, OurFault, Outcome, Refused, Sent, TryLater, Unsure
from bot.delivery.policy import DOWN_WAIT, LONGEST_WAIT, Next, after_try, is_plain, is_unedited
from digests.model import ChatId, Delivery, DeliveryId, DeliveryKind, DeliveryState, LaneId, Part
from tests.fakes.clock import START as NOW

READY, SENT, PARKED = DeliveryState.READY, DeliveryState.SENT, DeliveryState.PARKED


def tried(*receipts: str | None, **given: object) -> Delivery:
    """Return a delivery as it stands during its first try; one part without a receipt unless said."""
    parts = tuple(Part(index=at, text=f"part {at}", receipt=got) for at, got in enumerate(receipts or (None,)))
    whole = Delivery(
        id=DeliveryId("d1"),
        chat=ChatId("c1"),
        of=DeliveryKind.ALERT,
        lane=LaneId("telegram:1"),
        created_at=NOW,
        not_before=NOW,
        attempts=1,
        parts=parts,
    )
    return replace(whole, **given)  # type: ignore[arg-type]


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


OUTCOMES: list[tuple[str, Delivery, Outcome, Next]] = [
    ("the only part arrived", tried(), Sent("7"), Next(state=SENT, doubt=0, not_before=NOW, receipt="7")),
    (
        "the last of two arrived",
        tried("6", None),
        Sent("7"),
        Next(state=SENT, doubt=0, not_before=NOW, receipt="7"),
    ),
    (
        "the first of two arrived, the next goes at once",
        tried(None, None),
        Sent("6"),
        Next(state=READY, doubt=0, not_before=NOW, receipt="6"),
    ),
    (
        "a doubtful part arrived, and the next was never sent",
        tried(None, None, doubt=1),
        Sent("6"),
        Next(state=READY, doubt=0, not_before=NOW, receipt="6"),
    ),
    (
        "a short wait holds chat and lane",
        tried(),
        TryLater(seconds(5)),
        Next(
            state=READY,
            doubt=0,
            not_before=NOW + seconds(5),
            last="asked",
            chat_not_before=NOW + seconds(5),
            lane_not_before=NOW + seconds(5),
        ),
    ),
    (
        "a minute still holds the lane",
        tried(),
        TryLater(seconds(60)),
        Next(
            state=READY,
            doubt=0,
            not_before=NOW + seconds(60),
            last="asked",
            chat_not_before=NOW + seconds(60),
            lane_not_before=NOW + seconds(60),
        ),
    ),
    (
        "half a day is the quarrel of one chat",
        tried(),
        TryLater(seconds(43838)),
        Next(
            state=READY,
            doubt=0,
            not_before=NOW + seconds(43838),
            last="asked",
            chat_not_before=NOW + seconds(43838),
        ),
    ),
    (
        "a wait in the past is none",
        tried(),
        TryLater(seconds(-3)),
        Next(state=READY, doubt=0, not_before=NOW, last="asked", chat_not_before=NOW, lane_not_before=NOW),
    ),
    (
        "a moved chat is tried at once under its new key",
        tried(),
        Moved("telegram:-1002"),
        Next(state=READY, doubt=0, not_before=NOW, last="moved", chat_moved="telegram:-1002"),
    ),
    (
        "a refusal parks it and suspends the chat",
        tried(),
        Refused("blocked"),
        Next(state=PARKED, doubt=0, not_before=NOW, last="blocked", chat_suspended="blocked"),
    ),
    (
        "markup not taken: plain text",
        tried(),
        OurFault("markup"),
        Next(state=READY, doubt=0, not_before=NOW, last="plain"),
    ),
    (
        "plain text not taken either",
        tried(last="plain"),
        OurFault("markup"),
        Next(state=PARKED, doubt=0, not_before=NOW, last="markup"),
    ),
    (
        "plain text is remembered over a wait",
        tried(last="plain.later"),
        OurFault("markup"),
        Next(state=PARKED, doubt=0, not_before=NOW, last="markup"),
    ),
    (
        "an edit not taken: a message",
        tried(of=DeliveryKind.AMENDMENT),
        OurFault("no_edit"),
        Next(state=READY, doubt=0, not_before=NOW, last="unedited"),
    ),
    (
        "the message of an amendment not taken: plain text",
        tried(of=DeliveryKind.AMENDMENT, last="unedited"),
        OurFault("markup"),
        Next(state=READY, doubt=0, not_before=NOW, last="unedited.plain"),
    ),
    (
        "the reply behind an edit that arrived not taken: plain text",
        tried("6", None, of=DeliveryKind.AMENDMENT),
        OurFault("markup"),
        Next(state=READY, doubt=0, not_before=NOW, last="plain"),
    ),
    (
        "a refused token stops the lane and no delivery",
        tried(last="plain"),
        Down("token"),
        Next(
            state=READY,
            doubt=0,
            not_before=NOW,
            last="plain",
            lane_not_before=NOW + DOWN_WAIT,
            lane_down="token",
        ),
    ),
    (
        "a second doubt parks it",
        tried(doubt=1),
        Unsure("timeout"),
        Next(state=PARKED, doubt=2, not_before=NOW, last="unsure"),
    ),
    (
        "a refusal keeps the doubt that was",
        tried(doubt=1),
        Refused("gone"),
        Next(state=PARKED, doubt=1, not_before=NOW, last="gone", chat_suspended="gone"),
    ),
]


@pytest.mark.parametrize(
    ("delivery", "outcome", "follows"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES]
)
def test_each_answer_of_a_service_has_one_consequence(delivery: Delivery, outcome: Outcome, follows: Next) -> None:
    assert after_try(delivery, outcome, now=NOW) == follows


@pytest.mark.parametrize("outcome", [TryLater(None), Unsure("timeout")])
def test_a_failed_try_waits_two_seconds_and_up_to_a_quarter_more(outcome: Outcome) -> None:
    follows = after_try(tried(), outcome, now=NOW)
    assert follows.state is READY
    assert seconds(2) <= follows.not_before - NOW <= seconds(2.5)
    assert follows.chat_not_before is follows.lane_not_before is None


def test_the_first_doubt_sends_it_once_more() -> None:
    follows = after_try(tried(last="plain"), Unsure("timeout"), now=NOW)
    assert (follows.state, follows.doubt, follows.last) == (READY, 1, "plain.unsure")


WAITS = [(1, 2), (2, 4), (3, 8), (4, 16), (10, 1024), (12, 3600), (13, 3600), (99, 3600)]


@pytest.mark.parametrize(("attempts", "at_least"), WAITS)
def test_waits_double_up_to_an_hour(attempts: int, at_least: int) -> None:
    wait = after_try(tried(attempts=attempts), TryLater(), now=NOW).not_before - NOW
    assert min(seconds(at_least), LONGEST_WAIT) <= wait <= min(seconds(at_least * 1.25), LONGEST_WAIT)


def test_parts_that_arrived_do_not_lengthen_the_wait() -> None:
    wait = after_try(tried("1", "2", "3", None, attempts=4), TryLater(), now=NOW).not_before - NOW
    assert wait < seconds(3)


def test_two_deliveries_that_failed_together_are_not_tried_together() -> None:
    first, second = (after_try(tried(id=DeliveryId(name)), TryLater(), now=NOW) for name in ("a", "b"))
    assert first.not_before != second.not_before


def test_a_chat_that_moves_at_every_try_is_waited_for() -> None:
    assert after_try(tried(attempts=3), Moved("telegram:2"), now=NOW).not_before == NOW
    assert after_try(tried(attempts=4), Moved("telegram:3"), now=NOW).not_before > NOW


def test_a_long_reason_fits_its_column() -> None:
    assert after_try(tried(), Refused("x" * 100), now=NOW).last == "x" * 64


def test_the_memory_of_a_delivery_is_read_from_its_last_try() -> None:
    assert is_plain(tried(last="unedited.plain.later"))
    assert is_unedited(tried(last="unedited.plain.later"))
    assert not is_plain(tried(last="later"))
    assert not is_unedited(tried())


# The properties: whatever the services answer, in whatever order -----------------------------------------------------

answers = st.one_of(
    st.builds(Sent, st.just("r")),
    st.builds(TryLater, st.none() | st.integers(0, 50_000).map(lambda s: timedelta(seconds=s))),
    st.just(Moved("telegram:9")),
    st.just(Refused("blocked")),
    st.just(OurFault("markup")),
    st.just(Down("token")),
    st.just(Unsure("timeout")),
)


class Fate:
    """One delivery driven through outcomes; a chat that counts what reached it of each part, and under which mark."""

    def __init__(self, parts: int, kind: DeliveryKind) -> None:
        self.delivery = tried(*[None] * parts, of=kind, attempts=0)
        self.copies: dict[int, list[bool]] = {at: [] for at in range(parts)}
        self.now = NOW

    def tries(self, outcome: Outcome, *, dropped_after_arrival: bool) -> None:
        delivery = replace(self.delivery, attempts=self.delivery.attempts + 1)
        at = next(part.index for part in delivery.parts if part.receipt is None)
        if isinstance(outcome, Sent) or (isinstance(outcome, Unsure) and dropped_after_arrival):
            self.copies[at].append(delivery.doubt > 0)
        self.now = max(self.now, delivery.not_before)
        follows = after_try(delivery, outcome, now=self.now)
        assert follows.not_before >= self.now
        assert follows.doubt == 0 or follows.doubt >= delivery.doubt
        parts = tuple(replace(p, receipt=follows.receipt) if p.index == at else p for p in delivery.parts)
        self.delivery = replace(
            delivery,
            state=follows.state,
            doubt=follows.doubt,
            not_before=follows.not_before,
            last=follows.last,
            parts=parts,
        )


@given(
    st.integers(1, 3),
    st.sampled_from(DeliveryKind),
    st.lists(st.tuples(answers, st.booleans()), max_size=30),
)
def test_no_part_arrives_unmarked_twice_or_a_third_time_and_none_is_forgotten(
    parts: int, kind: DeliveryKind, story: list[tuple[Outcome, bool]]
) -> None:
    fate = Fate(parts, kind)
    for outcome, dropped_after_arrival in story:
        if fate.delivery.state is READY:
            fate.tries(outcome, dropped_after_arrival=dropped_after_arrival)
    for marks in fate.copies.values():
        assert len(marks) <= 2
        assert marks.count(False) <= 1
    arrived = all(part.receipt for part in fate.delivery.parts)
    assert (fate.delivery.state is SENT) is arrived
    assert fate.delivery.state in (READY, SENT, PARKED)


@given(st.lists(answers, min_size=60, max_size=60))
def test_a_delivery_that_the_service_takes_in_the_end_is_sent_or_shown_to_a_person(story: list[Outcome]) -> None:
    fate = Fate(1, DeliveryKind.DIGEST)
    for outcome in [*story, Sent("r")]:
        if fate.delivery.state is READY:
            fate.tries(outcome, dropped_after_arrival=False)
    assert fate.delivery.state in (SENT, PARKED)
    assert fate.delivery.state is SENT or fate.delivery.last
