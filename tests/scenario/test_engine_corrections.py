"""Corrections: what a later edition takes back is mended wherever it was told, and told as a correction, once."""

import pytest

from bot.delivery.channel import Unsure
from digests.model import Alert, DeliveryState, Digest
from digests.store.outbox import Outbox
from tests.post import Post, post_of, seconds
from tests.river import BOZDALIEV, LENA, NAZAR, PEOPLE, River

ADDRESS = "https://steppe-post.example/a"
TITLE = "What the lawyer says"
DETAINED = "Arslan Bozdaliev was detained in Simferopol on Monday, his lawyer said."
NOT_DETAINED = "Arslan Bozdaliev was not detained in Simferopol on Monday, his lawyer said."
COUNTED = "Police detained Arslan Bozdaliev and 27 other people at the market on Monday."
COUNTED_AGAIN = "Police detained Arslan Bozdaliev and 17 other people at the market on Monday."


async def _reads(river: River, text: str) -> None:
    river.publishes(text, identity=ADDRESS, title=TITLE)
    await river.flows()


async def test_a_status_that_an_edition_takes_back_amends_the_alert_and_replies_to_it(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _reads(either, DETAINED)
    await either.sends()
    await _reads(either, NOT_DETAINED)
    for _ in range(3):
        await either.passes(minutes=10)
    (amendment,) = await either.amendments()
    assert amendment.of == (await either.deliveries())[0].id
    assert [s.text for s in amendment.old.sentences] == [DETAINED]
    assert amendment.new is not None
    assert [s.text for s in amendment.new.sentences] == [NOT_DETAINED]
    assert amendment.as_reply
    assert len(await either.told()) == 1, "the denial is told by the correction, and not once more"


async def test_another_number_amends_the_alert_without_a_new_message(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await _reads(river, COUNTED)
    await river.sends()
    await _reads(river, COUNTED_AGAIN)
    (amendment,) = await river.amendments()
    assert amendment.new is not None
    assert amendment.new.sentences[0].text == COUNTED_AGAIN
    assert not amendment.as_reply


@pytest.mark.parametrize(
    "edition",
    [
        DETAINED.replace("on Monday", "this Monday"),
        f"{DETAINED} The family waits at the gate.",
        f"The family waits at the gate. {DETAINED}",
        DETAINED.replace("his lawyer", "a lawyer"),
    ],
    ids=["other words", "a sentence more", "a sentence before", "another source"],
)
async def test_an_edition_that_takes_nothing_back_corrects_nothing(river: River, edition: str) -> None:
    await river.opens(LENA, BOZDALIEV)
    await _reads(river, DETAINED)
    await river.sends()
    await _reads(river, edition)
    assert await river.amendments() == []


async def test_an_edition_that_no_longer_names_the_person_withdraws_what_was_told(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _reads(either, DETAINED)
    await either.sends()
    await _reads(either, "A man was detained in Simferopol on Monday, his lawyer said.")
    (amendment,) = await either.amendments()
    assert amendment.new is None
    assert amendment.why == "source"
    assert amendment.as_reply


async def test_an_alert_that_did_not_leave_yet_is_written_anew_and_nothing_is_corrected(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _reads(either, DETAINED)
    await _reads(either, NOT_DETAINED)
    await either.passes(minutes=10)
    assert await either.amendments() == []
    ready = await either.ready()
    assert [type(message) for message in ready] == [Alert]
    assert isinstance(ready[0], Alert)
    assert [s.text for s in ready[0].item.sentences] == [NOT_DETAINED]


async def test_an_alert_that_did_not_leave_yet_and_is_withdrawn_never_leaves(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await _reads(river, DETAINED)
    await _reads(river, "A man was detained in Simferopol on Monday, his lawyer said.")
    assert await river.ready() == []
    assert await river.amendments() == []


async def _in_doubt(river: River) -> Post:
    """Let an alert be sent, and nobody know whether it arrived."""
    await river.opens(LENA, BOZDALIEV)
    await _reads(river, DETAINED)
    post = post_of(river)
    post.channel.answers(Unsure("timeout"), arrives=True)
    await post.passes(seconds(1))
    assert post.channel.texts == [DETAINED]
    return post


async def test_an_alert_in_doubt_is_not_repeated_as_it_was_but_corrected_and_amended(either: River) -> None:
    post = await _in_doubt(either)
    await _reads(either, NOT_DETAINED)
    await post.passes(seconds(60))
    first, repeat, *said = [shown.text for shown in post.channel.shown]
    assert (first, repeat) == (DETAINED, f"[repeat?] {NOT_DETAINED}")
    assert all(f"was {DETAINED} now {NOT_DETAINED}" in text for text in said)
    assert len(said) == 2, "the repeat reads corrected from now on, and a reply says so"
    assert not [delivery for delivery in await either.ledger() if delivery.state is not DeliveryState.SENT]


async def test_an_alert_in_doubt_that_is_withdrawn_is_not_repeated_and_the_withdrawal_is_told(either: River) -> None:
    post = await _in_doubt(either)
    wrong = (await either.deliveries())[0]
    await either.opens("telegram:1")
    assert "retract.done" in str(await either.asks(f"retract {wrong.id}", chat="telegram:1"))
    await post.passes(seconds(60))
    said = [shown.text for shown in post.channel.shown if shown.chat == LENA]
    assert said == [DETAINED, f"was {DETAINED}"]


async def test_what_is_parked_in_doubt_is_sent_again_by_a_person_as_it_was_corrected(river: River) -> None:
    post = await _in_doubt(river)
    post.channel.answers(Unsure("timeout"))
    await post.passes(seconds(5))
    (parked,) = await river.deliveries()
    assert parked.state is DeliveryState.PARKED
    await _reads(river, NOT_DETAINED)
    await post.passes(seconds(60))
    now = next(d for d in await river.deliveries() if d.state is DeliveryState.PARKED)
    async with river.database.write() as tx:
        assert await Outbox(tx, river.database.vault).retry(now.id, river.clock.now())
    await post.passes(seconds(60))
    assert f"[repeat?] {NOT_DETAINED}" in [shown.text for shown in post.channel.shown]
    assert [shown.text for shown in post.channel.shown].count(DETAINED) == 1


async def test_a_digest_is_answered_with_that_part_alone_which_changed(river: River) -> None:
    await river.opens(LENA, *PEOPLE, alerts=False)
    river.publishes("A volleyball tournament in Kherson was opened by Halyna Vitrolom with a short speech about sport.")
    await _reads(river, DETAINED)
    await river.passes(hours=24)
    await river.sends()
    await _reads(river, NOT_DETAINED)
    digest = (await river.told())[0]
    assert isinstance(digest, Digest)
    assert len(digest.items) == 2
    (amendment,) = await river.amendments()
    assert amendment.new is not None
    assert [named.label for named in amendment.new.names] == [BOZDALIEV]


async def test_each_chat_that_was_told_is_told_the_correction_and_no_other(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _reads(either, DETAINED)
    await either.opens(NAZAR, BOZDALIEV)
    await either.sends()
    await _reads(either, NOT_DETAINED)
    assert len(await either.amendments(LENA)) == 1
    assert await either.amendments(NAZAR) == []


async def test_a_third_edition_corrects_what_the_second_said(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    for text in (COUNTED, COUNTED_AGAIN, COUNTED.replace("27", "31")):
        await _reads(river, text)
        await river.sends()
    first, second = await river.amendments()
    assert first.of == second.of
    assert second.old.sentences[0].text == COUNTED_AGAIN
    assert second.new is not None
    assert "31" in second.new.sentences[0].text


async def test_a_correction_read_while_the_chat_was_paused_comes_when_it_resumes(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await river.asks("when off")
    await _reads(river, DETAINED)
    await river.sends()
    await river.asks("pause")
    await _reads(river, NOT_DETAINED)
    await river.passes(days=3)
    assert await river.amendments() == []
    await river.asks("resume")
    assert len(await river.amendments()) == 1
    assert len(await river.told()) == 1


async def test_at_night_a_correction_waits_for_the_morning(river: River) -> None:
    chat = await river.opens(LENA, BOZDALIEV)
    await _reads(river, DETAINED)
    await river.sends()
    await river.asks("quiet 22:00-07:00")
    await river.passes(hours=8)
    await _reads(river, NOT_DETAINED)
    (delivery,) = await river.ready_deliveries()
    assert f"{delivery.not_before:%H:%M}" == "05:00"  # 07:00 in Kyiv
    assert delivery.chat == chat.id


async def test_what_an_owner_withdraws_is_amended_in_every_chat_and_told_nowhere_again(either: River) -> None:
    await either.opens("telegram:1", BOZDALIEV)
    await either.opens(LENA, BOZDALIEV, "Halyna Vitrolom")
    await either.asks("when recap mon 09:30")
    either.publishes("Arslan Bozdaliev was detained on Monday, lawyer Halyna Vitrolom said.")
    await either.flows()
    await either.sends()
    wrong = (await either.deliveries("telegram:1"))[0]
    answer = await either.asks(f"retract {wrong.id}", chat="telegram:1")
    assert "retract.done" in str(answer)
    (whole,) = await either.amendments("telegram:1")
    assert (whole.new, whole.why) == (None, "person")
    (part,) = await either.amendments(LENA)
    assert part.new is not None
    assert [named.label for named in part.new.names] == ["Halyna Vitrolom"]
    await either.passes(days=8)
    later = [m for m in await either.told(LENA) if isinstance(m, Digest)]
    assert later
    assert all(named.label != BOZDALIEV for m in later for item in m.items for named in item.names)


async def test_only_owners_withdraw(river: River) -> None:
    await river.opens(LENA, BOZDALIEV)
    await _reads(river, DETAINED)
    await river.sends()
    wrong = (await river.deliveries())[0]
    assert "owner.only" in str(await river.asks(f"retract {wrong.id}"))
    assert await river.amendments() == []


async def test_a_digest_recalls_an_alert_as_its_article_reads_now(either: River) -> None:
    await either.opens(LENA, BOZDALIEV)
    await _reads(either, "Arslan Bozdaliev died in a prison in Rostov on Monday, his relatives said.")
    await either.sends()
    await _reads(either, "Arslan Bozdaliev is alive: his relatives withdrew what they said on Monday.")
    await either.sends()
    await either.passes(hours=24)
    (digest,) = [message for message in await either.told() if isinstance(message, Digest)]
    (item,) = digest.items
    assert item.only_recalled
    assert item.names[0].status == ()
    assert all(line.status == () for line in item.recalled)


@pytest.mark.parametrize(
    ("edition", "quoted"),
    [
        pytest.param(NOT_DETAINED, [NOT_DETAINED], id="it says the contrary"),
        pytest.param(DETAINED.replace("on Monday", "this Monday"), None, id="other words for the same"),
        pytest.param("A man was detained in Simferopol on Monday, his lawyer said.", [], id="it names nobody"),
    ],
)
async def test_a_digest_quotes_an_article_as_it_reads_now(
    either: River, edition: str, quoted: list[str] | None
) -> None:
    await either.opens(LENA, BOZDALIEV, alerts=False)
    await _reads(either, DETAINED)
    await _reads(either, edition)
    await either.passes(hours=24)
    (digest,) = await either.told()
    assert isinstance(digest, Digest)
    said = [sentence.text for item in digest.items for sentence in item.sentences]
    assert said == ([edition] if quoted is None else quoted)
