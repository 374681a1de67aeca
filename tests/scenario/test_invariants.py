"""What must always hold, each rule under its own name (docs: how it works). Delivery's own rules are in test_sender."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.logs import start_log
from digests.engine import BOOK
from digests.errors import SourceError, StoreError
from digests.matching import Matcher
from digests.model import Alert, Digest, Item, Quiet, Wish, full_text
from digests.names.fold import fold
from digests.store.articles import Articles
from digests.store.lists import Lists
from digests.store.outbox import Outbox
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.store.tables import mentions, metadata, news, seen, story_articles, told
from tests.builders import watched_name
from tests.river import BOZDALIEV, EVENTS, LENA, NAZAR, PEOPLE, River, running_river

# 1. No article is lost -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [(Sources, "update"), (Articles, "_remember")], ids=["the memo", "what was seen"])
async def test_a_sources_memo_moves_on_only_with_its_articles(
    either: River, monkeypatch: pytest.MonkeyPatch, step: tuple[type, str]
) -> None:
    either.publishes(EVENTS[0])
    with monkeypatch.context() as broken:
        broken.setattr(*step, _dies)
        with pytest.raises(asyncio.CancelledError):
            await either.engine.poll()
    assert await either.waiting() == 0
    assert await _rows(either, seen) == []
    await either.engine.poll(("folder",))
    assert await either.waiting() == 1


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        pytest.param(SourceError("x", "no answer in 30 s"), "no answer in 30 s", id="a known trouble"),
        pytest.param(RecursionError("deep"), "a fault of Haberdar's own (RecursionError)", id="a bug of a reader"),
    ],
)
async def test_one_bad_source_stops_no_other_and_is_tried_again_later(
    river: River, fault: Exception, shown: str
) -> None:
    await river.has_source("radio-steppe")
    river.shelf.breaks("radio-steppe", fault)
    river.publishes(EVENTS[1], at="radio-steppe")
    river.publishes(EVENTS[0])
    polled = await river.engine.poll()
    assert polled.articles == 1
    assert [title for title, _ in polled.faults] == ["Radio Steppe"]
    async with river.database.read() as tx:
        (ill,) = [source for source in await Sources(tx).all() if source.failures]
    assert shown in (ill.last_error or "")
    assert ill.next_poll_at is not None
    assert ill.next_poll_at > river.clock.now()
    river.shelf.mends("radio-steppe")
    await river.clock.advance(timedelta(hours=1))
    assert (await river.engine.poll()).articles == 1


async def test_a_source_that_was_changed_or_taken_off_while_it_was_read_stays_so(river: River) -> None:
    source = await river.has_source("radio-steppe")
    gone = await river.has_source("coast-daily")
    river.publishes(EVENTS[0], at="radio-steppe")
    river.publishes(EVENTS[1], at="coast-daily")
    read = river.shelf.read

    async def read_slowly(which: Any, *, now: Any) -> Any:
        async with river.database.write() as tx:
            if which.id == source.id:
                await tx.execute(text("UPDATE sources SET enabled = 0 WHERE address = 'radio-steppe'"))
            if which.id == gone.id:
                await Sources(tx).remove(gone.id)
        return await read(which, now=now)

    river.shelf.read = read_slowly  # type: ignore[method-assign,assignment]
    await river.engine.poll()
    async with river.database.read() as tx:
        found = {each.address: each.enabled for each in await Sources(tx).all()}
    assert found == {"steppe-post": True, "radio-steppe": False}


# 3. Every stored article is placed, or keeps its stage and a reason --------------------------------------------------


async def test_placing_that_dies_in_the_middle_keeps_nothing_of_it_and_begins_again(
    either: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    await either.opens(LENA, *PEOPLE)
    for event in EVENTS[:3]:
        either.publishes(event)
    await either.engine.poll()
    keep, kept = Stories.keep_placed, 0

    async def keep_two(self: Stories, *args: Any, **kwargs: Any) -> None:
        nonlocal kept
        kept += 1
        if kept == 3:
            raise StoreError("the disk is full")
        await keep(self, *args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(Stories, "keep_placed", keep_two)
        with pytest.raises(StoreError):
            await either.engine.place()
    assert await either.waiting() == 3
    assert await _rows(either, news) == await _rows(either, story_articles) == []
    assert await either.engine.place() == 3
    await either.passes(seconds=1)
    assert len(await either.told()) == 3


async def test_an_article_that_ends_the_worker_is_stuck_alone_and_says_why(
    river: River, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await river.opens(LENA, *PEOPLE)
    for event in EVENTS[:3]:
        river.publishes(event, title="deadly" if event == EVENTS[1] else "")
    await river.engine.poll()
    _dies_of(monkeypatch, lambda title: title == "deadly")
    assert await river.engine.place() == 2
    assert await river.engine.place() == 0
    async with river.database.read() as tx:
        (stuck,) = await Articles(tx).stuck()
    assert stuck.title == "deadly"
    assert stuck.stuck is not None
    assert "article.stuck" in caplog.text

    monkeypatch.undo()
    assert await river.engine.unstick() == 1
    assert await river.engine.place() == 1
    await river.passes(seconds=1)
    assert len(await river.told()) == 3


async def test_a_worker_that_dies_once_by_chance_leaves_nothing_stuck(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    await river.opens(LENA, *PEOPLE)
    for event in EVENTS[:3]:
        river.publishes(event)
    await river.engine.poll()
    deaths = iter([True])
    _dies_of(monkeypatch, lambda _: next(deaths, False))
    assert await river.engine.place() == 3
    async with river.database.read() as tx:
        assert await Articles(tx).stuck() == ()


# 4 to 7. What is said of a person stands in a text -------------------------------------------------------------------


async def test_a_mention_points_at_text_that_is_there_and_says_why_it_counts(river: River) -> None:
    await river.opens(LENA, *PEOPLE)
    for event in EVENTS:
        river.publishes(event)
    await river.reads()
    found = await _rows(river, mentions)
    assert len(found) >= len(EVENTS)
    async with river.database.read() as tx:
        for row in found:
            article = await Articles(tx).get(row.article)
            assert article is not None
            words = full_text(article)[row.start : row.end]
            assert fold(words) in {fold(name) for name in PEOPLE}
            assert row.reason
            assert row.band in ("sure", "likely")


async def test_an_article_is_in_exactly_one_story(river: River) -> None:
    await river.opens(LENA, *PEOPLE)
    for event in EVENTS:
        river.publishes(event)
        river.publishes(event + " The family confirmed it.")
    await river.reads()
    placed = [row.article for row in await _rows(river, story_articles)]
    assert len(placed) == len(set(placed)) == 2 * len(EVENTS)


async def test_every_sentence_names_its_source_and_stands_in_it_and_every_name_stands_in_a_sentence(
    river: River,
) -> None:
    await river.opens(LENA, *PEOPLE)
    await river.opens(NAZAR, *PEOPLE, alerts=False)
    for event in EVENTS[:4]:
        river.publishes(f"{event}\n\nNobody else was named in the short text that the outlet printed.")
    river.publishes("A shared fate.\n\nArslan Bozdaliev and Taras Hlynskyi were released on Friday, the court said.")
    await river.flows()
    await river.until(river.clock.now() + timedelta(days=1))
    items = [item for key in (LENA, NAZAR) for message in await river.told(key) for item in _items(message)]
    assert items
    async with river.database.read() as tx:
        for item in items:
            for sentence in item.sentences:
                article = await Articles(tx).get(sentence.article)
                assert article is not None
                assert sentence.text in full_text(article)
                assert (sentence.url, sentence.outlet) == (article.url, article.outlet)
                assert sentence.verbatim
            for name in item.names:
                assert any(name.form in sentence.text for sentence in item.sentences)


# 8. News is told once ------------------------------------------------------------------------------------------------


async def test_news_that_several_lists_bring_is_told_once(either: River) -> None:
    await either.engine.put_book([watched_name(list=BOOK, id="book-bozdaliev")])
    await either.opens(LENA, BOZDALIEV)
    async with either.database.write() as tx:
        await Lists(tx).follow((await either.chat()).id, BOOK, either.clock.now())
    either.publishes(EVENTS[0])
    await either.flows()
    await either.until(either.clock.now() + timedelta(days=2))
    items = [item for message in await either.told() for item in _items(message)]
    assert [s.text for item in items if not item.only_recalled for s in item.sentences] == [EVENTS[0]]


async def test_a_digest_that_dies_before_its_delivery_is_written_marks_nothing_told(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    await river.opens(LENA, BOZDALIEV)
    river.publishes(EVENTS[0])
    await river.reads()
    await river.clock.advance(timedelta(seconds=1))
    with monkeypatch.context() as broken:
        broken.setattr(Outbox, "add", _dies)
        with pytest.raises(asyncio.CancelledError):
            await river.engine.write_due()
    assert await _rows(river, told) == []
    await river.engine.write_due()
    assert len(await river.told()) == 1
    assert len(await _rows(river, told)) == 1


# 14. Who watches whom ------------------------------------------------------------------------------------------------

QUESTIONS = (
    "who Halyna Vitrolom",
    "who Галина Вітролом",
    "search volleyball",
    "names",
    "digest",
    "watch Halyna Vitrolom",
    "names",
    "who Halyna Vitrolom",
    "digest",
    "unwatch Halyna Vitrolom",
    "who Halyna Vitrolom",
)


async def test_answers_are_the_same_whether_or_not_another_chat_watches_the_name(tmp_path: Path) -> None:
    worlds = []
    for others in ((), ("Halyna Vitrolom",)):
        async with running_river(f"sqlite:///{tmp_path / f'{len(others)}.db'}") as river:
            await river.opens(LENA, BOZDALIEV)
            await river.opens(NAZAR, "Yunus Karasuvat", *others)
            for event in EVENTS:
                river.publishes(event)
            await river.flows()
            answers = [await river.asks(words) for words in QUESTIONS]
            worlds.append((answers, await river.told(), river.shelf.reads))
    assert worlds[0] == worlds[1]


async def test_forgetting_leaves_nothing_of_a_chat_in_the_database_or_its_files(either: River, tmp_path: Path) -> None:
    name, key = "Zinovii Prymachok", "telegram:5550001"
    await either.opens(NAZAR, BOZDALIEV)
    await either.opens(key, name, BOZDALIEV)
    either.publishes(EVENTS[0])
    await either.flows()
    await either.until(either.clock.now() + timedelta(days=1))
    chat = await either.chat(key)
    await either.asks(f"who {name}", chat=key)
    await either.asks("forget yes", chat=key)
    async with either.database.write() as tx:
        await tx.execute(text("UPDATE deliveries SET state = 'sent'"))
    await either.engine.tidy()

    async with either.database.read() as tx:
        for table in metadata.sorted_tables:
            for row in await tx.execute(select(table)):
                kept = " ".join(str(value) for value in row)
                assert not any(trace in kept for trace in ("Prymachok", "prymachok", "5550001", chat.id)), table.name
    files = list(tmp_path.glob("haberdar.db*"))
    assert not any(b"Prymachok" in path.read_bytes() for path in files)
    assert len(await either.told(NAZAR)) > 0


async def test_no_name_text_or_address_is_logged(
    river: River, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await river.opens(LENA, *PEOPLE)
    for event in EVENTS:
        river.publishes(event)
    await river.reads()
    with monkeypatch.context() as broken:
        broken.setattr(Outbox, "add", _fails)
        await river.passes(seconds=1)
    await river.passes(seconds=1)
    for words in (*QUESTIONS, "zone Nowhere", "forget yes"):
        await river.asks(words)
    written = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "chat.not_written" in written
    for secret in (*PEOPLE, "Bozdaliev", "volleyball", LENA, "Галина"):
        assert secret not in written


def test_a_logged_error_says_what_failed_and_where_but_none_of_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level, secret = root.handlers, root.level, " ".join(("Arslan", "Bozdaliev"))
    start_log("text")
    try:
        try:
            raise KeyError(secret)
        except KeyError as error:
            raise ValueError(secret) from error
    except ValueError:
        logging.getLogger("bot.test").exception("request.failed", extra={"row": 3})
    finally:
        root.handlers = handlers
        root.setLevel(level)
    written = capsys.readouterr().err
    assert secret not in written
    for part in ("request.failed", "row=3", "ValueError", "KeyError", "test_invariants.py"):
        assert part in written


# 15. The same input gives the same output ----------------------------------------------------------------------------


async def test_the_same_input_clock_and_book_give_the_same_deliveries_byte_for_byte(tmp_path: Path) -> None:
    runs = [
        await _a_week(tmp_path / f"{number}.db", restart)
        for number, restart in enumerate((_undisturbed, _undisturbed, _restarted))
    ]
    assert len(runs[0]) > 8
    assert runs[0] == runs[1]
    assert runs[0] == runs[2]


async def _a_week(file: Path, between: Callable[[River], Awaitable[None]]) -> list[tuple[str, ...]]:
    async with running_river(f"sqlite:///{file}") as river:
        await river.has_source("coast-daily")
        await river.opens(LENA, *PEOPLE)
        await river.opens(NAZAR, *PEOPLE[:2], quiet=Quiet(time(22), time(7)))
        async with river.database.write() as tx:
            ((name, _), *_rest) = await Lists(tx).names_of((await river.chat(NAZAR)).id)
            await Lists(tx).set_wish(Wish(chat=(await river.chat(NAZAR)).id, name=name.id, urgent=True))
        for event in EVENTS:
            river.publishes(event)
            await river.flows()
            await between(river)
            river.publishes(f"{event}\n\nThis was confirmed by the family.", at="coast-daily")
            await river.flows()
            await river.passes(hours=11)
        return [(d.id, d.chat, d.of, d.content, d.created_at.isoformat()) for d in await river.ledger()]


async def _undisturbed(_: River) -> None:
    """Let it run."""


async def _restarted(river: River) -> None:
    await river.engine.matcher.forget_unstored()


# ---------------------------------------------------------------------------------------------------------------------


def _items(message: Alert | Digest) -> tuple[Item, ...]:
    return (message.item,) if isinstance(message, Alert) else message.items


async def _rows(river: River, table: Any) -> list[Any]:
    async with river.database.read() as tx:
        return list(await tx.execute(select(table)))


async def _dies(*_: object, **__: object) -> None:
    """End a step as the end of the process would: nothing after it runs, and nothing of its transaction is kept."""
    raise asyncio.CancelledError


async def _fails(*_: object, **__: object) -> bool:
    raise StoreError("the disk is full")


def _dies_of(monkeypatch: pytest.MonkeyPatch, is_deadly: Callable[[str], bool]) -> None:
    """Let the real worker die at work on articles with such a title."""
    place = Matcher.place

    async def place_until_death(self: Matcher, articles: Any) -> Any:
        if any(is_deadly(article.title) for article in articles):
            await self.version()  # so that it lives
            assert self._process is not None
            pid = self._process.pid or 0
            os.kill(pid, signal.SIGSTOP)  # it takes the articles, and never answers
            asyncio.get_running_loop().call_later(0.05, os.kill, pid, signal.SIGKILL)
        return await place(self, articles)

    monkeypatch.setattr(Matcher, "place", place_until_death)
