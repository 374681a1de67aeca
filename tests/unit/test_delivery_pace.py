from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.channel import OurFault, Sent, TryLater, Unsure
from bot.delivery.pace import IN_FLIGHT, Pace
from digests.model import Chat, ChatId, DeliveryKind
from tests.fakes.clock import START as NOW

ALERT, ANSWER, DIGEST = DeliveryKind.ALERT, DeliveryKind.ANSWER, DeliveryKind.DIGEST
NONE = timedelta()


def chat(name: str = "a", *, is_group: bool = False) -> Chat:
    return Chat(id=ChatId(name), key=f"telegram:{name}", is_group=is_group)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def sent_in(pace: Pace, span: timedelta, kind: DeliveryKind = ALERT, *, chats: int = 1_000) -> int:
    """Return how many messages leave in a span when each goes as soon as it may, to ever other chats."""
    now, count = NOW, 0
    while True:
        to = chat(f"{kind}-{count % chats}")
        now += pace.wait(to, kind, now)
        if now - NOW >= span:
            return count
        pace.took(to, kind, now)
        count += 1


def test_a_lane_goes_evenly_at_its_rate() -> None:
    assert sent_in(Pace(per_second=25), seconds(10)) == 250
    pace = Pace(per_second=25)
    pace.took(chat("a"), ALERT, NOW)
    assert pace.wait(chat("b"), ALERT, NOW) == seconds(0.04)


def test_a_turn_that_came_late_is_made_up_for_once() -> None:
    pace = Pace(per_second=25)
    pace.took(chat("a"), ALERT, NOW)
    later = NOW + seconds(60)
    pace.took(chat("b"), ALERT, later)
    assert pace.wait(chat("c"), ALERT, later) == NONE
    pace.took(chat("c"), ALERT, later)
    assert pace.wait(chat("d"), ALERT, later) == seconds(0.04)


def test_a_lane_that_is_late_at_every_turn_keeps_its_rate() -> None:
    pace, now, count = Pace(per_second=25), NOW, 0
    while now - NOW < seconds(10):
        now += pace.wait(chat(f"{count}"), ALERT, now) + seconds(0.07 if count % 5 == 0 else 0.003)
        pace.took(chat(f"{count}"), ALERT, now)
        count += 1
    assert 247 <= count <= 251


def test_an_answer_uses_the_reserve_while_the_lane_is_taken() -> None:
    pace = Pace(per_second=25, reserved=5)
    pace.took(chat("a"), ALERT, NOW)
    assert pace.wait(chat("b"), ANSWER, NOW) == NONE
    pace.took(chat("b"), ANSWER, NOW)
    assert pace.wait(chat("c"), ANSWER, NOW) == seconds(0.04), "the lane's next turn comes before the reserve's"
    assert pace.wait(chat("c"), ALERT, NOW) == seconds(0.04), "the reserve was no turn of the lane"


def test_answers_take_no_turn_of_the_lane_while_the_reserve_is_theirs() -> None:
    pace, now, left = Pace(per_second=25, reserved=5), NOW, 0
    while now - NOW < seconds(10):
        # Somebody asks at each fourth of a second, at the very moment at which an alert may go too.
        if not (now - NOW) % seconds(0.25):
            assert pace.wait(chat(f"asker-{now}"), ANSWER, now) == NONE
            pace.took(chat(f"asker-{now}"), ANSWER, now)
        if pace.wait(chat(f"{left}"), ALERT, now) == NONE:
            pace.took(chat(f"{left}"), ALERT, now)
            left += 1
        now += seconds(0.01)
    assert left == 250


def test_answers_and_all_else_together_stay_within_rate_and_reserve() -> None:
    pace, now, count = Pace(per_second=25, reserved=5), NOW, 0
    while now - NOW < seconds(10):
        for kind in (ANSWER, ALERT):
            to = chat(f"{kind}-{count}")
            if pace.wait(to, kind, now) == NONE:
                pace.took(to, kind, now)
                count += 1
        now += seconds(0.01)
    assert 250 < count <= 301


def test_a_chat_is_told_once_a_second_and_delays_no_other() -> None:
    pace = Pace()
    pace.took(chat("a"), ALERT, NOW)
    later = NOW + seconds(0.5)
    assert pace.wait(chat("a"), ALERT, later) == seconds(0.5)
    assert pace.wait(chat("b"), ALERT, later) == NONE
    assert pace.wait(chat("a"), ALERT, NOW + seconds(1)) == NONE


def test_a_chat_s_second_begins_when_its_message_has_come_not_when_it_took_its_turn() -> None:
    pace = Pace()
    pace.took(chat("a"), ALERT, NOW)
    pace.heard(chat("a"), Sent("1"), NOW + seconds(0.9))
    assert pace.wait(chat("a"), ALERT, NOW + seconds(1)) == seconds(0.9)


@pytest.mark.parametrize(("is_group", "in_a_minute"), [(True, 20), (False, 60)], ids=["a group", "a private chat"])
def test_a_group_takes_twenty_a_minute(is_group: bool, in_a_minute: int) -> None:
    pace, now, count = Pace(), NOW, 0
    to = chat("a", is_group=is_group)
    while (now := now + pace.wait(to, ALERT, now)) - NOW < seconds(60):
        pace.took(to, ALERT, now)
        count += 1
    assert count == in_a_minute


def test_a_service_without_a_rule_for_groups_has_none() -> None:
    pace, to = Pace(per_group=None), chat("a", is_group=True)
    for second in range(30):
        assert pace.wait(to, ALERT, NOW + seconds(second)) == NONE
        pace.took(to, ALERT, NOW + seconds(second))


def test_a_refusal_slows_the_lane_and_calm_brings_the_rate_back() -> None:
    pace = Pace(per_second=25)
    pace.heard(chat(), TryLater(seconds(5)), NOW)
    assert pace.rate == 20
    pace.heard(chat(), Sent("1"), NOW + seconds(14))
    assert pace.rate == 20, "ten calm seconds after the wait is over, not before"
    now = NOW + seconds(15)
    for _ in range(10):
        pace.heard(chat(), Sent("1"), now)
        pace.heard(chat(), Sent("1"), now + seconds(1))
        now += seconds(10)
    assert pace.rate == 25


def test_many_refusals_leave_a_fifth_of_the_rate() -> None:
    pace = Pace(per_second=25)
    for _ in range(50):
        pace.heard(chat(), TryLater(seconds(1)), NOW)
    assert pace.rate == 5


def test_long_waits_of_several_chats_in_a_row_are_the_token_s() -> None:
    pace, hour = Pace(), timedelta(hours=1)
    assert pace.heard(chat("a"), TryLater(hour), NOW) is None
    assert pace.heard(chat("a"), TryLater(hour), NOW) is None
    assert pace.heard(chat("b"), TryLater(hour), NOW) is None
    assert pace.heard(chat("c"), TryLater(hour), NOW) == NOW + hour


def test_a_message_that_arrives_between_long_waits_clears_the_token() -> None:
    pace, hour = Pace(), timedelta(hours=1)
    for name in ("a", "b"):
        pace.heard(chat(name), TryLater(hour), NOW)
    pace.heard(chat("z"), Sent("1"), NOW)
    assert pace.heard(chat("c"), TryLater(hour), NOW) is None


def test_a_service_that_does_not_answer_is_asked_less_and_less_until_it_does() -> None:
    pace, rests = Pace(), []
    for _ in range(9):
        pace.heard(chat(), Unsure("timeout"), NOW)
        rests.append(pace.wait(chat("other"), ALERT, NOW).total_seconds())
    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    pace.heard(chat(), Sent("1"), NOW + seconds(60))
    pace.heard(chat(), TryLater(None), NOW + seconds(60))
    assert pace.wait(chat("other"), ALERT, NOW + seconds(60)) == seconds(1)


def test_a_fault_of_ours_teaches_nothing() -> None:
    pace = Pace()
    assert pace.heard(chat(), OurFault("markup"), NOW) is None
    assert pace.rate == 25
    assert pace.wait(chat(), ALERT, NOW) == NONE


def test_a_held_chat_waits_for_the_later_end_and_delays_no_other() -> None:
    pace = Pace()
    pace.hold(ChatId("a"), NOW + seconds(30))
    pace.hold(ChatId("a"), NOW + seconds(3))
    assert pace.wait(chat("a"), ANSWER, NOW) == seconds(30)
    assert pace.wait(chat("b"), ALERT, NOW) == NONE


def test_a_resting_lane_lets_nothing_leave() -> None:
    pace = Pace()
    pace.rest(NOW + seconds(9))
    pace.rest(NOW + seconds(5))
    assert pace.wait(chat(), ANSWER, NOW) == seconds(9)


@pytest.mark.parametrize(
    "by", [seconds(0.5), timedelta(hours=1), timedelta(days=400)], ids=["a little", "an hour", "far"]
)
def test_a_clock_that_is_put_back_lengthens_no_wait_and_shortens_none(by: timedelta) -> None:
    pace, kinds = Pace(), (ALERT, ANSWER)
    for number in range(3):
        pace.took(chat(f"{number}"), ANSWER, NOW)
        pace.took(chat(f"{number}"), ALERT, NOW)
        pace.departs(NOW)
    pace.hold(ChatId("1"), NOW + seconds(300))
    pace.rest(NOW + seconds(7))
    waits = [pace.wait(chat(f"{number}"), kind, NOW) for number in range(4) for kind in kinds]
    door = pace.departs(NOW)

    pace.put_back(by)
    assert [pace.wait(chat(f"{number}"), kind, NOW - by) for number in range(4) for kind in kinds] == waits
    assert door <= pace.departs(NOW - by) <= seconds(1)


def test_the_memory_of_chats_stays_bounded() -> None:
    pace, now = Pace(), NOW
    for number in range(25_000):
        to = ChatId(f"c{number}")
        now += seconds(0.04)
        pace.took(replace(chat(), id=to), ALERT, now)
        pace.hold(to, now + seconds(1))
    assert len(pace._taken) <= 10_001
    assert len(pace._held) <= 10_001


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([ALERT, ANSWER, DIGEST]), st.booleans()), max_size=60)
)
def test_to_one_chat_never_two_within_a_second(story: list[tuple[str, DeliveryKind, bool]]) -> None:
    pace, now = Pace(), NOW
    left: dict[str, datetime] = {}
    for name, kind, refused in story:
        now += pace.wait(chat(name), kind, now)
        assert name not in left or now - left[name] >= seconds(1)
        pace.took(chat(name), kind, now)
        left[name] = now
        pace.heard(chat(name), TryLater(seconds(2)) if refused else Sent("1"), now)


def test_what_comes_to_the_door_at_once_leaves_one_by_one_below_the_limit() -> None:
    pace = Pace()
    waits = [pace.departs(NOW) for _ in range(30)]

    assert waits[0] == timedelta()
    assert waits == sorted(set(waits))
    # In no second more than thirty, and as many as that where they are wanted.
    assert timedelta(seconds=0.99) < waits[29] <= timedelta(seconds=1.01)
    assert pace.departs(NOW + timedelta(minutes=1)) == timedelta()


def test_three_that_come_to_the_door_together_keep_it_no_longer_than_one_turn() -> None:
    pace = Pace(per_second=25)
    assert max(pace.departs(NOW) for _ in range(3)) <= seconds(0.04)


@given(st.lists(st.integers(0, 200), min_size=31, max_size=120))
def test_no_second_sees_more_than_thirty_however_late_those_in_the_air_arrive(steps_ms: list[int]) -> None:
    pace, now, left = Pace(), NOW, []
    for step in steps_ms:
        now += timedelta(milliseconds=step // 10)
        left.append(now + pace.departs(now))
    most = 30 - IN_FLIGHT
    assert all(later - earlier >= seconds(1) for earlier, later in zip(left, left[most:], strict=False))


def test_a_lane_that_stood_still_for_most_of_a_second_makes_all_of_it_up() -> None:
    pace, now, count = Pace(per_second=25), NOW, 0
    while now - NOW < seconds(20):
        # Every fifth second the machine has no time for us.
        now += pace.wait(chat(f"{count}"), ALERT, now) + seconds(0.9 if count % 125 == 124 else 0)
        pace.took(chat(f"{count}"), ALERT, now)
        count += 1
    assert count >= 490
