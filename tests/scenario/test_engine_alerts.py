"""Alerts: of names watched, once, in their own time."""

from datetime import UTC, datetime, time, timedelta

import pytest

from digests.model import Alert, Digest, Quiet, Wish
from digests.store.lists import Lists
from digests.telling.bursts import NIGHT_CAP
from tests.river import BOZDALIEV, EVENTS, LENA, NAZAR, PEOPLE, River

NIGHT = Quiet(time(22), time(7))
EVENING = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 22:30 in Kyiv
# One arrest as four outlets tell it, each in its language, and what one of them writes a little later.
ARREST = {
    "steppe-post": (
        "Адвокатка повідомила, що Арслана Боздалієва затримали в понеділок у Сімферополі. "
        "Його повезли до відділку поліції після обшуку в будинку."
    ),
    "harbour-post": "Arslan Bozdaliev was detained in Simferopol on Monday after his house was searched.",
    "sabah-defteri": "Arslan Bozdaliyev pazartesi günü Akmescit'te evinde yapılan aramanın ardından gözaltına alındı.",
    "peninsula-herald": "Арслан Боздалиев задержан в понедельник в Симферополе после обыска в доме.",
}
LANGUAGES = {"steppe-post": "uk", "harbour-post": "en", "sabah-defteri": "tr", "peninsula-herald": "ru"}
DENIAL = "Арслан Боздалиев не был задержан, заявили в полиции Симферополя."

# Four more events that change nothing about anybody.
OTHERS = ("Ivan Zatula", "Edem Kurtseit", "Olena Strilets", "Server Aldash")
CALM = (
    "An essay on beekeeping in the steppe by {} won the second prize of a magazine in Lviv.",
    "The university library in Odesa published the letters of {} to his teacher of geography.",
    "Farmers planted an orchard of almond trees that will bear the name of {}.",
    "A street in a suburb of Warsaw may be called after {}, the city council decided.",
)

MORNING = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 07:00 in Kyiv


async def test_an_alert_is_told_once_whatever_is_run_again(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    either.publishes(EVENTS[0])
    await either.flows()
    for _ in range(3):
        await either.flows()
        await either.passes(minutes=3)
    (alert,) = await either.told()
    assert isinstance(alert, Alert)
    assert alert.item.sentences[0].text == EVENTS[0]


async def test_only_names_that_a_chat_watches_are_told_to_it(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.opens(NAZAR, "Halyna Vitrolom")
    river.publishes(EVENTS[0])
    await river.flows()
    assert len(await river.told(LENA)) == 1
    assert await river.told(NAZAR) == []


async def test_news_older_than_the_watching_of_a_name_is_never_alerted(either: River) -> None:
    await either.opens(NAZAR, BOZDALIEV)
    either.publishes(EVENTS[0])
    await either.flows()
    await either.passes(minutes=1)
    await either.opens(LENA, BOZDALIEV)
    await either.passes(minutes=1)
    assert await either.told(LENA) == []


async def test_news_of_two_watched_names_is_one_alert_that_names_both(river: River) -> None:
    await river.opens(LENA, BOZDALIEV, "Halyna Vitrolom")
    river.publishes("Arslan Bozdaliev was moved to another prison, lawyer Halyna Vitrolom said.")
    await river.flows()
    (alert,) = await river.told()
    assert isinstance(alert, Alert)
    assert {named.label for named in alert.item.names} == {BOZDALIEV, "Halyna Vitrolom"}


async def test_five_stories_at_once_are_five_alerts(river: River) -> None:
    await river.opens(LENA, *PEOPLE)
    for text in EVENTS[:5]:
        river.publishes(text)
    await river.flows()
    assert [type(message) for message in await river.told()] == [Alert] * 5


async def test_six_stories_at_once_are_one_digest_that_tells_each_and_marks_it_told(either: River) -> None:
    await either.opens(LENA, *PEOPLE)
    for text in EVENTS:
        either.publishes(text)
    await either.flows()
    await either.passes(minutes=5)
    (digest,) = await either.told()
    assert isinstance(digest, Digest)
    assert {item.sentences[0].text for item in digest.items} == set(EVENTS)


async def test_the_night_holds_alerts_and_its_end_tells_them_in_one_catch_up(either: River) -> None:
    await either.opens(LENA, *PEOPLE, quiet=NIGHT)
    await either.asks("when off")
    for hour, text in enumerate(EVENTS[:3]):
        await either.until(EVENING + timedelta(hours=hour))
        either.publishes(text)
        await either.flows()
    assert await either.told() == []
    await either.until(MORNING - timedelta(seconds=1))
    assert await either.told() == []
    await either.until(MORNING)
    await either.passes(minutes=30)
    (digest,) = await either.told()
    assert isinstance(digest, Digest)
    assert len(digest.items) == 3
    assert digest.held_from == datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


async def test_an_urgent_name_is_told_at_night_with_every_name_its_news_concerns(river: River) -> None:
    chat = await river.opens(LENA, BOZDALIEV, "Halyna Vitrolom", quiet=NIGHT)
    await _makes_urgent(river, BOZDALIEV)
    await river.until(EVENING)
    river.publishes("Arslan Bozdaliev was moved to another prison, lawyer Halyna Vitrolom said.")
    river.publishes("Halyna Vitrolom opened a chess club for the children of the old town.")
    await river.flows()
    (alert,) = await river.told()
    assert isinstance(alert, Alert)
    assert {named.label for named in alert.item.names} == {BOZDALIEV, "Halyna Vitrolom"}
    await river.until(MORNING)
    _, digest = await river.told()
    assert isinstance(digest, Digest)
    assert [item.only_recalled for item in digest.items].count(False) == 1
    assert chat.id == digest.chat


async def test_a_night_in_which_all_was_told_ends_in_silence(river: River) -> None:
    await river.opens(LENA, BOZDALIEV, quiet=NIGHT)
    await _makes_urgent(river, BOZDALIEV)
    await river.until(EVENING)
    river.publishes(EVENTS[0])
    await river.flows()
    await river.until(MORNING)
    assert len(await river.told()) == 1


async def test_a_burst_of_urgent_news_at_night_leaves_other_names_to_the_morning(river: River) -> None:
    await river.opens(LENA, *PEOPLE, "Ivan Zatula", quiet=NIGHT)
    await _makes_urgent(river, *PEOPLE)
    await river.until(EVENING)
    river.publishes("A chess club for the children of the old town was founded by Ivan Zatula.")
    for text in EVENTS:
        river.publishes(text)
    await river.flows()
    (digest,) = await river.told()
    assert isinstance(digest, Digest)
    assert {item.sentences[0].text for item in digest.items} == set(EVENTS)
    await river.until(MORNING)
    assert len(await river.told()) == 2


async def test_a_night_that_ends_while_the_service_is_down_is_told_by_day_and_never_in_the_next_night(
    river: River,
) -> None:
    await river.opens(LENA, BOZDALIEV, quiet=NIGHT)
    await river.asks("when off")
    await river.until(EVENING)
    river.publishes(EVENTS[0])
    await river.flows()
    await river.until(EVENING + timedelta(days=1))
    assert await river.told() == []
    await river.until(MORNING + timedelta(days=1))
    (digest,) = await river.told()
    assert isinstance(digest, Digest)
    assert digest.items[0].sentences[0].text == EVENTS[0]


async def test_a_zone_in_which_it_is_day_tells_what_the_night_held(river: River) -> None:
    await river.opens(LENA, BOZDALIEV, quiet=NIGHT)
    await river.asks("when off")
    await river.until(EVENING)
    river.publishes(EVENTS[0])
    await river.flows()
    await river.passes(minutes=30)
    await river.asks("zone America/New_York")
    await river.passes(seconds=1)
    (digest,) = await river.told()
    assert isinstance(digest, Digest)
    assert digest.items[0].sentences[0].text == EVENTS[0]


async def test_the_first_read_of_a_feed_is_silent_and_what_it_publishes_later_is_alerted(either: River) -> None:
    await either.opens(LENA, *PEOPLE)
    await either.has_source("radio-steppe", kind="feed")
    either.publishes(EVENTS[0], at="radio-steppe")
    await either.flows()
    assert await either.told() == []
    either.publishes(EVENTS[1], at="radio-steppe")
    await either.flows()
    assert [_quoted(message) for message in await either.told()] == [EVENTS[1]]


async def test_a_copy_is_told_once(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.has_source("coast-daily")
    text = " ".join((EVENTS[0], "The family learnt of it from the lawyer alone, and has written to the ombudsman."))
    river.publishes(text)
    river.publishes(f"{text}\n\nSource: Steppe Post", at="coast-daily")
    await river.flows()
    assert len(await river.told()) == 1


async def test_an_edited_article_is_told_again_only_when_it_adds_something(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    for text, alerts in (
        (EVENTS[0], 1),
        (EVENTS[0].replace("on Monday", "on  Monday"), 1),
        (EVENTS[0].replace("on Monday", "this Monday"), 1),
        ("Arslan Bozdaliev was released on Tuesday, the court said.", 2),
    ):
        river.publishes(text, identity="https://steppe-post.example/a", title="The case goes on")
        await river.flows()
        await river.passes(minutes=10)
        assert len(await river.told()) == alerts, text


@pytest.mark.parametrize("is_one_poll", [False, True], ids=["one after the other", "all in one poll"])
async def test_one_arrest_in_four_languages_two_reprints_and_a_denial_are_one_alert_and_one_update(
    either: River, is_one_poll: bool
) -> None:
    await either.opens(LENA, BOZDALIEV)
    for address in (*list(ARREST)[1:], "coast-daily", "hill-gazette"):
        await either.has_source(address)
    reprints = [(at, "steppe-post", ARREST["steppe-post"]) for at in ("coast-daily", "hill-gazette")]
    told = [(at, at, text) for at, text in ARREST.items()]
    for at, like, text in (*told, *reprints, ("peninsula-herald", "peninsula-herald", DENIAL)):
        either.publishes(text, at=at, language=LANGUAGES[like])
        if not is_one_poll:
            await either.flows()
    await either.flows()
    assert len(await either.told()) == 1
    for _ in range(4):
        await either.passes(minutes=5)
    first, update = await either.told()
    assert isinstance(first, Alert)
    assert isinstance(update, Alert)
    assert len({link.outlet for link in update.item.outlets}) == 4
    assert update.item.reprints == 2
    assert update.item.differ
    said = [sentence.text for sentence in update.item.sentences]
    assert DENIAL in said
    assert any(word.denied for word in update.item.names[0].status)
    assert any(sentence in text for sentence in said for text in ARREST.values())
    assert update.reply_to == (await either.deliveries())[0].id


async def test_a_clock_that_was_put_back_loses_no_alert(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.passes(days=2)
    await river.clock.advance(-timedelta(days=2) + timedelta(minutes=5))
    river.publishes(EVENTS[0])
    await river.flows()
    assert [_quoted(message) for message in await river.told() if isinstance(message, Alert)] == [EVENTS[0]]


@pytest.mark.parametrize("command", ["alerts off", "pause"])
async def test_a_chat_that_wants_no_alerts_gets_none(river: River, command: str) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.asks(command)
    river.publishes(EVENTS[0])
    await river.flows()
    assert await river.told() == []


def _quoted(message: Alert | Digest) -> str:
    assert isinstance(message, Alert)
    return message.item.sentences[0].text


async def _makes_urgent(river: River, *labels: str) -> None:
    chat = await river.chat()
    async with river.database.write() as tx:
        lists = Lists(tx)
        for name, _ in await lists.names_of(chat.id):
            if name.label in labels:
                await lists.set_wish(Wish(chat=chat.id, name=name.id, urgent=True))


async def test_a_changed_status_waits_for_no_burst(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    river.publishes(EVENTS[0])
    await river.flows()
    river.publishes("Arslan Bozdaliev was released on Monday evening, the court in Rostov said.")
    await river.flows()
    _, second = await river.told()
    assert "released" in _quoted(second)


async def test_the_rest_of_a_burst_is_told_by_the_morning_where_the_night_comes_between(either: River) -> None:
    await either.opens(LENA, BOZDALIEV, quiet=NIGHT)
    await either.asks("when off")
    await either.until(EVENING - timedelta(minutes=35))  # 21:55 in Kyiv
    either.publishes(EVENTS[0])
    await either.flows()
    either.publishes("A parcel with winter clothes was passed on to Arslan Bozdaliev in the prison in Rostov.")
    await either.flows()
    assert len(await either.told()) == 1
    await either.until(MORNING - timedelta(hours=1))
    assert len(await either.told()) == 1
    await either.until(MORNING)
    _, digest = await either.told()
    assert isinstance(digest, Digest)
    assert "parcel" in digest.items[0].sentences[0].text


async def test_the_rest_of_a_burst_is_told_at_the_end_of_a_pause_that_came_between(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.asks("when off")
    river.publishes(EVENTS[0])
    await river.flows()
    river.publishes("A parcel with winter clothes was passed on to Arslan Bozdaliev in the prison in Rostov.")
    await river.flows()
    await river.asks("pause")
    await river.passes(hours=20)
    assert len(await river.told()) == 1
    await river.asks("resume")
    _, digest = await river.told()
    assert isinstance(digest, Digest)
    assert "parcel" in digest.items[0].sentences[0].text
    assert digest.held_why == "pause"


async def test_over_the_nights_cap_urgent_names_come_once_an_hour_and_a_changed_status_at_once(river: River) -> None:
    await river.opens(LENA, *PEOPLE, *OTHERS, quiet=NIGHT)
    await _makes_urgent(river, *PEOPLE, *OTHERS)
    await river.until(EVENING)
    texts = [*EVENTS, *(text.format(name) for text, name in zip(CALM, OTHERS, strict=True))]
    for text in texts:
        river.publishes(text)
        await river.flows()
    assert len(await river.told()) == NIGHT_CAP
    river.publishes("Halyna Vitrolom died in a hospital in Kyiv, the ombudsman said on Monday night.")
    await river.flows()
    assert len(await river.told()) == NIGHT_CAP + 1
    await river.passes(minutes=59)
    assert len(await river.told()) == NIGHT_CAP + 1
    await river.passes(minutes=2)
    together = (await river.told())[-1]
    assert isinstance(together, Digest)
    assert {item.sentences[0].text for item in together.items} == set(texts[NIGHT_CAP:])
