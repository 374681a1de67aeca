"""The clerk: each request once, in order within a chat, its effect, mark and answer in one transaction."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.commands.registry import COMMANDS, Ask, Command
from bot.request import Reply
from digests.desk import Desk
from digests.model import ChatState, Digest
from digests.store.chats import CLOSED, Chats
from digests.store.inbox import Inbox
from digests.store.tables import chats, inbox, watched_names
from tests.river import BOZDALIEV, EVENTS, LENA, NAZAR, OWNER, PEOPLE, River

GROUP, TOPIC, OTHER = "telegram:-100", "telegram:-100/7", "telegram:-1007"


async def test_an_update_that_comes_again_is_kept_and_answered_once(either: River) -> None:
    await either.opens()
    await either.types(f"watch {BOZDALIEV}", update=1)
    await either.types(f"watch {BOZDALIEV}", update=1)
    assert await either.clerk.work_off() == 1
    await either.types(f"watch {BOZDALIEV}", update=1)
    assert await either.clerk.work_off() == 0
    assert _keys(await either.answers()) == ["watch.added"]


@pytest.mark.parametrize("step", ["answer", "done"])
async def test_effect_mark_and_answer_are_kept_together_or_not_at_all(
    either: River, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await either.opens()
    whole = getattr(Desk, step)

    async def dies(*_: object, **__: object) -> None:
        raise asyncio.CancelledError  # as a shutdown in the middle

    monkeypatch.setattr(Desk, step, dies)
    await either.types(f"watch {BOZDALIEV}")
    with pytest.raises(asyncio.CancelledError):
        await either.clerk.work_off()
    assert await _names(either) == []
    assert await either.answers() == []

    monkeypatch.setattr(Desk, step, whole)
    assert await either.clerk.work_off() == 1
    assert await _names(either) == [BOZDALIEV]
    assert _keys(await either.answers()) == ["watch.added"]


async def test_a_request_that_fails_is_tried_three_times_and_then_apologised_for(
    river: River, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await river.opens()
    tries = 0

    async def breaks(*_: object) -> None:
        nonlocal tries
        tries += 1
        raise RuntimeError("a bug")

    monkeypatch.setattr(Desk, "watch", breaks)
    await river.types(f"watch {BOZDALIEV}")
    await river.types("status")
    await river.clerk.work_off()
    assert tries == 3
    assert _keys(await river.answers())[0] == "error.ours"
    assert len(await river.answers()) == 2
    assert LENA not in caplog.text


async def test_a_request_that_cannot_be_read_keeps_nobody_waiting(
    river: River, caplog: pytest.LogCaptureFixture
) -> None:
    await river.opens()
    async with river.database.write() as tx:
        await Inbox(tx, river.database.vault).keep("test", "old", NAZAR, "{}", river.clock.now())
    await river.asks("status")
    assert len(await river.answers()) == 1
    async with river.database.read() as tx:
        assert await Inbox(tx, river.database.vault).given_up() == 1
    assert "request.failed" in caplog.text


async def test_requests_of_one_chat_are_answered_in_the_order_they_came(river: River) -> None:
    await river.opens()
    for words in (f"watch {BOZDALIEV}", f"unwatch {BOZDALIEV}", f"unwatch {BOZDALIEV}", f"watch {BOZDALIEV}"):
        await river.types(words)
    await river.clerk.work_off()
    assert _keys(await river.answers()) == ["watch.added", "unwatch.done", "unwatch.unknown", "watch.added"]
    assert await _names(river) == [BOZDALIEV]


async def test_a_slow_request_of_one_chat_keeps_no_other_chat_waiting(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    await river.opens(LENA)
    await river.opens(NAZAR)
    may_go_on = asyncio.Event()
    search = Desk.search

    async def search_slowly(self: Desk, words: str, *, limit: int = 10) -> object:
        await may_go_on.wait()
        return await search(self, words, limit=limit)

    monkeypatch.setattr(Desk, "search", search_slowly)
    await river.types("search prison", chat=LENA)
    await river.types("status", chat=NAZAR)
    working = asyncio.create_task(river.clerk.work_off())
    async with asyncio.timeout(5):
        while not await river.answers(NAZAR):
            await asyncio.sleep(0.01)
    assert await river.answers(LENA) == []
    may_go_on.set()
    await working
    assert len(await river.answers(LENA)) == 1


async def test_two_clerks_on_one_inbox_answer_each_request_once(either: River) -> None:
    await either.opens()
    for _ in range(3):
        await either.types("invite", asker=OWNER)
    await asyncio.gather(either.clerk.work_off(), either.clerk.work_off(), either.clerk.work_off())
    assert _keys(await either.answers()) == ["invite.made"] * 3
    async with either.database.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM invitations")) == 3


async def test_a_group_that_shuts_us_out_is_left_in_every_topic_and_no_other_group_is(either: River) -> None:
    for key in (GROUP, TOPIC, OTHER):
        await either.opens(key)
    await _event(either, ".left kicked", GROUP)
    assert [(await either.chat(key)).state for key in (GROUP, TOPIC)] == [ChatState.SUSPENDED] * 2
    assert (await either.chat(TOPIC)).reason == "kicked"
    assert (await either.chat(OTHER)).state is ChatState.ACTIVE
    await _event(either, ".back", GROUP)
    assert [(await either.chat(key)).state for key in (GROUP, TOPIC)] == [ChatState.ACTIVE] * 2


async def test_a_group_without_a_chat_of_its_own_is_left_in_its_topics(river: River) -> None:
    await river.opens(TOPIC)
    await _event(river, ".left", GROUP)
    assert (await river.chat(TOPIC)).state is ChatState.SUSPENDED


async def test_a_pause_outlasts_a_leaving_and_a_coming_back(river: River) -> None:
    await river.opens(GROUP)
    await river.asks("pause", chat=GROUP)
    await _event(river, ".back", GROUP)
    assert (await river.chat(GROUP)).state is ChatState.PAUSED


async def test_a_group_that_moves_takes_its_topics_with_it(either: River) -> None:
    ids = [(await either.opens(key)).id for key in (GROUP, TOPIC)]
    await _event(either, ".moved telegram:-200", GROUP)
    assert [(await either.chat(key)).id for key in ("telegram:-200", "telegram:-200/7")] == ids


async def test_an_event_of_a_chat_nobody_opened_changes_nothing(river: River) -> None:
    for event in (".left", ".back", ".moved telegram:-200", ".unheard-of"):
        await _event(river, event, GROUP)
    async with river.database.read() as tx:
        assert (await tx.execute(select(chats.c.id))).all() == []
        assert (await tx.execute(select(inbox.c.row).where(inbox.c.done_at.is_(None)))).all() == []


@pytest.mark.parametrize("words", ["status", "names", "zone Europe/Warsaw"])
async def test_who_writes_to_us_again_is_told_what_was_missed_and_answered(river: River, words: str) -> None:
    await river.opens(LENA, *PEOPLE)
    await _event(river, ".left blocked", LENA)
    river.publishes(EVENTS[0])
    await river.flows()
    await river.passes(minutes=5)
    await river.asks(words)
    assert (await river.chat()).state is ChatState.ACTIVE
    (digest,) = await river.told()
    assert isinstance(digest, Digest)
    assert [sentence.text for item in digest.items for sentence in item.sentences] == [EVENTS[0]]
    assert len(await river.answers()) == 1


@pytest.mark.parametrize(
    ("language", "kept"), [("uk", "uk"), ("tr-TR", "tr"), (None, "en")], ids=["Ukrainian", "Turkish", "not told"]
)
async def test_a_stranger_is_answered_in_the_language_of_the_question(
    river: River, language: str | None, kept: str
) -> None:
    await river.asks("watch somebody", chat=NAZAR, language=language)
    assert (await river.chat(NAZAR)).language == kept
    assert (await river.chat(NAZAR)).reason == CLOSED


async def test_a_forgotten_chat_is_answered_in_its_own_language_and_then_nothing_is_left(either: River) -> None:
    await either.opens()
    await either.asks("language uk")
    await either.asks("forget yes", language="en")
    closed = await either.chat()
    assert (closed.language, closed.reason) == ("uk", CLOSED)
    async with either.database.write() as tx:
        await tx.execute(text("UPDATE deliveries SET state = 'sent'"))
    await either.engine.tidy()
    async with either.database.read() as tx:
        assert await Chats(tx, either.database.vault).by_key(LENA) is None


async def test_old_requests_are_tidied_away_and_waiting_ones_are_not(river: River) -> None:
    await river.opens()
    await river.asks("status")
    await river.clock.advance(timedelta(days=8))
    await river.types("status")
    await river.engine.tidy()
    async with river.database.read() as tx:
        (row,) = (await tx.execute(select(inbox.c.done_at))).all()
    assert row.done_at is None


async def test_what_a_failing_command_changed_before_it_failed_is_undone(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(ask: Ask) -> Reply:
        await ask.desk.set_alerts(False)
        raise RuntimeError("a bug")

    monkeypatch.setitem(COMMANDS, "break", Command(name="break", run=fail, changes=True, bare=True))
    await river.opens()
    await river.types("break")
    await river.clerk.work_off()
    assert (await river.chat()).alerts is True
    assert _keys(await river.answers()) == ["error.ours"]


async def _event(river: River, words: str, chat: str) -> None:
    await river.types(words, chat=chat)
    await river.clerk.work_off()


async def _names(river: River) -> list[str]:
    async with river.database.read() as tx:
        rows = await tx.execute(select(watched_names.c.label).where(watched_names.c.removed_at.is_(None)))
    return list(rows.scalars())


def _keys(answers: list[Reply | Digest]) -> list[str]:
    return [answer.lines[0].key for answer in answers if isinstance(answer, Reply)]


@pytest.mark.parametrize(("command", "key"), [(".edited", "error.edited"), (".wordless", "error.wordless")])
async def test_what_we_do_not_read_is_answered_and_a_stranger_is_told_of_the_door(
    either: River, command: str, key: str
) -> None:
    await either.opens(LENA)
    known = await either.asks(command)
    stranger = await either.asks(command, chat=NAZAR, is_admin=False)
    assert isinstance(known, Reply)
    assert isinstance(stranger, Reply)
    assert [line.key for line in (*known.lines, *stranger.lines)] == [key, "access.closed"]


async def test_a_picture_sent_by_who_shut_us_out_opens_the_chat_again(river: River) -> None:
    await river.opens(LENA)
    await river.types(".left blocked")
    await river.asks(".wordless")
    assert (await river.chat()).state is ChatState.ACTIVE
