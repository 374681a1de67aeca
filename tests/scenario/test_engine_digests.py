"""Digests: each slot answered once, silences ended by one catch-up, and "nothing new" said only where it is true."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from digests.engine import BOOK
from digests.model import Digest, Quiet
from digests.schedule.due import is_quiet
from digests.store.chats import Chats
from digests.store.tables import slots
from tests.builders import watched_name
from tests.river import BOZDALIEV, EVENTS, LENA, NAZAR, PEOPLE, River, running_river

NIGHT = Quiet(time(22), time(7))
EIGHT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # 08:00 in Kyiv
DAY = timedelta(days=1)


async def test_a_slot_is_answered_once_however_often_it_is_looked_at(either: River) -> None:
    await _digests_only(either)
    await _hears_of(either, EVENTS[0])
    await either.until(EIGHT - timedelta(seconds=1))
    assert await either.told() == []
    for _ in range(3):
        await either.until(EIGHT)
    await either.passes(hours=3)
    (digest,) = await _digests(either)
    assert digest.slot == "daily-2026-11-24@08:00"
    assert _quoted(digest) == {EVENTS[0]}


async def test_several_missed_slots_are_one_answer_that_names_its_span(either: River) -> None:
    await _digests_only(either)
    begun = either.clock.now()
    await _hears_of(either, EVENTS[0])
    await either.until(EIGHT + 3 * DAY + timedelta(hours=5))
    (digest,) = await _digests(either)
    assert (digest.since, digest.until) == (begun, EIGHT + 3 * DAY)
    assert _quoted(digest) == {EVENTS[0]}
    assert [answer for _, answer in await _answers(either)] == ["merged", "merged", "merged", "digest"]


async def test_a_digest_says_nothing_new_once_a_day_and_never_every_few_hours(river: River) -> None:
    await _digests_only(river)
    await river.opens(NAZAR, BOZDALIEV)
    await river.asks("when every 4h", chat=NAZAR)
    await river.until(EIGHT)
    (empty,) = await _digests(river)
    assert empty.items == ()
    assert await river.told(NAZAR) == []


async def test_a_chat_without_names_is_told_nothing(river: River) -> None:
    await river.opens(LENA)
    await river.until(EIGHT + DAY)
    assert await river.told() == []


async def test_nothing_new_is_not_said_while_articles_wait_to_be_placed(either: River) -> None:
    await _digests_only(either)
    await either.clock.advance(EIGHT - either.clock.now())
    either.publishes(EVENTS[0])
    await either.engine.poll()
    for _ in range(4):
        await either.passes(minutes=1)
    assert await either.told() == []
    assert await either.engine.place() == 1
    await either.passes(seconds=1)
    assert len(await _digests(either)) == 1
    await either.until(EIGHT + DAY)
    assert _quoted((await _digests(either))[1]) == {EVENTS[0]}


async def test_what_is_known_is_told_two_minutes_late_at_most_though_articles_wait(river: River) -> None:
    await _digests_only(river)
    await _hears_of(river, EVENTS[0])
    await river.clock.advance(EIGHT - river.clock.now())
    river.publishes(EVENTS[1])
    await river.engine.poll()
    await river.passes(minutes=1)
    assert await river.told() == []
    await river.passes(minutes=1, seconds=1)
    assert _quoted((await _digests(river))[0]) == {EVENTS[0]}


async def test_a_slot_in_quiet_hours_is_held_and_its_span_is_covered_at_their_end(either: River) -> None:
    await either.opens(LENA, *PEOPLE, quiet=NIGHT, alerts=False)
    await either.asks("when daily 23:00")
    await _hears_of(either, EVENTS[0])
    await either.until(EIGHT - timedelta(hours=1, seconds=1))
    assert await either.told() == []
    assert [answer for _, answer in await _answers(either)] == ["held"]
    await either.until(EIGHT - timedelta(hours=1))
    await either.passes(hours=8)
    (digest,) = await _digests(either)
    assert _quoted(digest) == {EVENTS[0]}


async def test_a_digest_at_the_very_end_of_the_night_is_the_one_answer_and_covers_it(river: River) -> None:
    await river.opens(LENA, *PEOPLE, quiet=NIGHT)
    await river.asks("when daily 07:00")
    await river.until(EIGHT - timedelta(hours=5))
    await _hears_of(river, EVENTS[0])
    await river.until(EIGHT - timedelta(hours=1))
    await river.passes(minutes=30)
    (digest,) = await _digests(river)
    assert digest.slot == "daily-2026-11-24@07:00"
    assert _quoted(digest) == {EVENTS[0]}


async def test_a_late_slot_is_not_told_at_night(river: River) -> None:
    await river.opens(LENA, *PEOPLE, quiet=NIGHT, alerts=False)
    await river.asks("when daily 20:00")
    await _hears_of(river, EVENTS[0])
    await river.until(EIGHT - timedelta(hours=9))  # down from before 20:00 until 23:00
    assert await river.told() == []
    await river.until(EIGHT - timedelta(hours=1))
    assert _quoted((await _digests(river))[0]) == {EVENTS[0]}


async def test_a_pause_holds_everything_and_its_end_tells_it_in_one_catch_up(either: River) -> None:
    await either.opens(LENA, *PEOPLE)
    await either.asks("pause")
    paused_at = either.clock.now()
    await _hears_of(either, EVENTS[0])
    await either.until(EIGHT + DAY)
    await _hears_of(either, EVENTS[1])
    assert await either.told() == []
    assert {answer for _, answer in await _answers(either)} == {"held"}
    await either.asks("resume")
    await either.passes(hours=1)
    (digest,) = await _digests(either)
    assert _quoted(digest) == {EVENTS[0], EVENTS[1]}
    assert digest.held_from is not None
    assert digest.held_from <= paused_at
    await either.until(EIGHT + 2 * DAY)
    assert [len(each.items) for each in await _digests(either)] == [2, 0]


async def test_a_pause_begun_at_night_also_tells_what_the_night_held_before(river: River) -> None:
    await river.opens(LENA, *PEOPLE, quiet=NIGHT)
    await river.asks("when off")
    await river.until(EIGHT - timedelta(hours=6))
    await _hears_of(river, EVENTS[0])
    await river.asks("pause")
    await river.until(EIGHT + timedelta(hours=4))
    await river.asks("resume")
    assert _quoted((await _digests(river))[0]) == {EVENTS[0]}


async def test_a_short_pause_between_two_slots_takes_nothing_from_the_next(river: River) -> None:
    await _digests_only(river)
    await _hears_of(river, EVENTS[0])
    await river.asks("pause")
    await river.passes(hours=1)
    await river.asks("resume")
    assert await river.told() == []
    await river.until(EIGHT)
    assert _quoted((await _digests(river))[0]) == {EVENTS[0]}


async def test_a_recap_after_a_pause_still_tells_the_whole_week(river: River) -> None:
    await river.opens(LENA, *PEOPLE)
    await river.asks("when recap mon 09:30")
    await _hears_of(river, EVENTS[0])
    await river.asks("pause")
    await river.passes(hours=1)
    await river.asks("resume")
    await river.until(EIGHT + timedelta(days=6, hours=2))
    recap = (await _digests(river))[-1]
    assert recap.slot == "recap-2026-11-30@09:30"
    assert _quoted(recap) == {EVENTS[0]}


async def test_a_suspended_chat_is_told_all_in_one_catch_up_when_it_comes_back(either: River) -> None:
    await either.opens(LENA, *PEOPLE)
    await _service_event(either, ".left blocked")
    await _hears_of(either, EVENTS[0])
    await either.until(EIGHT + timedelta(hours=1))
    await _hears_of(either, EVENTS[1])
    assert await either.told() == []
    await _service_event(either, ".back")
    await either.passes(seconds=1)
    await either.passes(hours=1)
    (digest,) = await _digests(either)
    assert _quoted(digest) == {EVENTS[0], EVENTS[1]}


async def test_a_chat_that_comes_back_at_night_is_told_in_the_morning(river: River) -> None:
    await river.opens(LENA, *PEOPLE, quiet=NIGHT)
    await river.asks("when off")
    await _service_event(river, ".left blocked")
    await _hears_of(river, EVENTS[0])
    await river.until(EIGHT - timedelta(hours=6))
    await _service_event(river, ".back")
    await river.passes(minutes=5)
    assert await river.told() == []
    await river.until(EIGHT - timedelta(hours=1))
    assert _quoted((await _digests(river))[0]) == {EVENTS[0]}


async def test_a_digest_asked_for_consumes_nothing_and_is_the_same_twice(either: River) -> None:
    await _digests_only(either)
    await _hears_of(either, EVENTS[0])
    first, second = await either.asks("digest"), await either.asks("digest")
    assert isinstance(first, Digest)
    assert first == second
    await either.until(EIGHT)
    assert _quoted((await _digests(either))[0]) == _quoted(first) == {EVENTS[0]}


async def test_a_digest_asked_for_reaches_back_to_the_last_digest_not_to_the_last_recap(river: River) -> None:
    await river.opens(LENA, *PEOPLE)
    await river.asks("when recap mon 09:30")
    await river.until(EIGHT + 2 * DAY)
    asked = await river.asks("digest")
    assert isinstance(asked, Digest)
    assert asked.since == EIGHT + 2 * DAY


async def test_a_changed_zone_moves_the_next_slot(river: River) -> None:
    await _digests_only(river)
    await _hears_of(river, EVENTS[0])
    await river.asks("zone Europe/Warsaw")
    await river.until(EIGHT + timedelta(minutes=59))
    assert await river.told() == []
    await river.until(EIGHT + timedelta(hours=1))
    assert [digest.slot for digest in await _digests(river)] == ["daily-2026-11-24@08:00"]


async def test_a_local_day_has_its_digest_once_though_the_zone_changes_after_it(river: River) -> None:
    await _digests_only(river)
    await river.until(EIGHT)
    await river.asks("zone America/New_York")
    await river.until(EIGHT + timedelta(hours=8))
    assert len(await _digests(river)) == 1
    await _hears_of(river, EVENTS[0])
    await river.until(EIGHT + DAY + timedelta(hours=8))
    assert _quoted((await _digests(river))[1]) == {EVENTS[0]}


async def test_news_told_in_a_digest_is_in_no_later_one(river: River) -> None:
    await _digests_only(river)
    await _hears_of(river, EVENTS[0])
    await river.until(EIGHT + DAY)
    assert [len(digest.items) for digest in await _digests(river)] == [1]
    await river.until(EIGHT + 2 * DAY)
    assert [len(digest.items) for digest in await _digests(river)] == [1, 0]


async def test_a_digest_recalls_what_was_alerted_and_quotes_nothing_of_it(river: River) -> None:
    await river.opens(LENA, *PEOPLE)
    await _hears_of(river, EVENTS[0])
    await river.until(EIGHT)
    alert, digest = await river.told()
    assert isinstance(digest, Digest)
    assert [item.only_recalled for item in digest.items] == [True]
    assert not isinstance(alert, Digest)


async def test_a_schedule_changed_while_its_slot_is_looked_at_stays_changed(river: River) -> None:
    await _digests_only(river)
    await river.clock.advance(EIGHT - river.clock.now())
    async with river.database.read() as tx:
        ((subscription, _),) = await Chats(tx, river.database.vault).due(river.clock.now(), 10)
    await river.asks("when daily 18:00")
    assert await river.engine.telling.answer_slot(subscription, is_all_placed=True) == 0
    async with river.database.read() as tx:
        found = await Chats(tx, river.database.vault).subscriptions(subscription.chat)
    assert "daily 18:00" in [each.when for each in found]


async def test_more_chats_than_one_round_takes_are_all_answered_at_one_wake(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.telling.rounds._DUE", 2)
    for number in range(5):
        await river.opens(f"telegram:{number}", BOZDALIEV)
        await river.asks("when every 4h", chat=f"telegram:{number}")
    await river.passes(hours=4)
    assert [answer for _, answer in await _answers(river)] == ["empty"] * 5


async def test_one_chat_that_cannot_be_written_to_keeps_no_other_waiting(
    river: River, caplog: pytest.LogCaptureFixture
) -> None:
    await _digests_only(river)
    await river.opens(NAZAR, *PEOPLE)
    nazar = await river.chat(NAZAR)
    async with river.database.write() as tx:
        chats = Chats(tx, river.database.vault)
        for subscription in await chats.subscriptions(nazar.id):
            if subscription.when != "at once":
                await chats.put_subscription(replace(subscription, when="no schedule at all"))
    await river.until(EIGHT)
    assert len(await _digests(river)) == 1
    assert "chat.not_written" in caplog.text
    assert NAZAR not in caplog.text


async def test_the_screens_first_digest_is_a_days_and_the_next_begins_where_it_ended(river: River) -> None:
    await river.engine.put_book([watched_name(list=BOOK)])
    await river.engine.open_screen()
    await river.engine.open_screen()
    await _hears_of(river, EVENTS[0])
    begun = river.clock.now()
    for _ in range(2):
        assert await river.engine.write_screen() == 1
        await river.clock.advance(timedelta(hours=1))
    first, second = [each for each in await river.told("console:digest") if isinstance(each, Digest)]
    assert begun - first.since - DAY < timedelta(minutes=1)
    assert _quoted(first) == {EVENTS[0]}
    assert (second.since, second.items) == (first.until, ())
    assert len(await river.told("console:alerts")) == 1


@pytest.mark.parametrize("minutes", [pytest.param(7, marks=pytest.mark.slow), 31, 61])
async def test_whatever_the_hours_of_the_ticks_a_night_is_told_once_after_it(sqlite_url: str, minutes: int) -> None:
    async with running_river(sqlite_url) as river:
        await river.opens(LENA, *PEOPLE, quiet=NIGHT)
        end = river.clock.now() + timedelta(hours=30)
        texts = list(EVENTS)
        chat = await river.chat()
        while river.clock.now() < end:
            if texts and river.clock.now().minute < minutes:
                river.publishes(texts.pop())
                await river.reads()
            await river.passes(minutes=minutes)
        told = [delivery for delivery in await river.ledger() if delivery.of != "answer"]
        assert not [each for each in told if _is_night(chat.quiet, each.created_at)]
        quoted = [
            sentence.text
            for message in await river.told()
            for item in (message.items if isinstance(message, Digest) else [message.item])
            if not item.only_recalled
            for sentence in item.sentences
        ]
        assert sorted(quoted) == sorted(EVENTS)


def _is_night(quiet: Quiet | None, at: datetime) -> bool:
    return is_quiet(quiet, ZoneInfo("Europe/Kyiv"), at)


async def _digests_only(river: River) -> None:
    """Open Lena's chat with a digest at 08:00 and no alerts."""
    await river.opens(LENA, *PEOPLE, alerts=False)


async def _hears_of(river: River, text: str) -> None:
    river.publishes(text)
    await river.flows()


async def _service_event(river: River, text: str) -> None:
    await river.types(text)
    await river.clerk.work_off()


async def _digests(river: River) -> list[Digest]:
    return [message for message in await river.told() if isinstance(message, Digest)]


async def _answers(river: River) -> list[tuple[str, str]]:
    """Return the answered slots of schedules with their answers, by time."""
    async with river.database.read() as tx:
        rows = await tx.execute(select(slots.c.slot, slots.c.answer).order_by(slots.c.until))
    return [(row.slot, row.answer) for row in rows if row.slot.startswith(("daily", "every"))]


def _quoted(digest: Digest) -> set[str]:
    return {sentence.text for item in digest.items for sentence in item.sentences}
