"""Lookups by day over the whole river: what happened, and what is announced."""

from datetime import date
from zoneinfo import ZoneInfo

from tests.river import BOZDALIEV, River

_UTC = ZoneInfo("UTC")
_DETAINED = "Arslan Bozdaliev was detained on 12 March 2026 in his village, his wife told reporters."
_HEARING = "The court will hear the appeal of Arslan Bozdaliev on 14 December, his lawyer said."


async def _published(river: River) -> None:
    river.publishes(_DETAINED, title="Detained", identity="one")
    river.publishes(_HEARING, title="A hearing", identity="two")
    await river.flows()


async def test_a_timeline_gives_each_day_with_the_sentence_that_says_it(river: River) -> None:
    await _published(river)

    found = await river.engine.timeline("Арслан Боздалієв", zone=_UTC)

    assert [(event.day, event.sentence.text) for event in found.events] == [
        (date(2026, 3, 12), _DETAINED),
        (date(2026, 12, 14), _HEARING),
    ]


async def test_what_is_announced_is_only_what_a_text_dates_ahead(river: River) -> None:
    await _published(river)

    (found,) = await river.engine.upcoming(BOZDALIEV, zone=_UTC)

    assert [event.day for event in found.events] == [date(2026, 12, 14)]
    assert await river.engine.upcoming(None, zone=_UTC) == ()


async def test_nothing_is_dated_of_somebody_nobody_wrote_of(river: River) -> None:
    found = await river.engine.timeline("Halyna Vitrolom", zone=_UTC)

    assert (found.articles, found.events) == (0, ())
