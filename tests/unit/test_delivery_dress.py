from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.dress import dress
from bot.render.envelope import Envelope, Message
from digests.model import Amendment, Delivery, DeliveryKind, Part
from tests import builders
from tests.builders import NOW

CHAT = builders.chat()
NOTICE = builders.notice()


class Renderer:
    """Renders any message to these texts and keeps the envelopes."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.envelopes: list[Envelope] = []

    def __call__(self, message: Message, envelope: Envelope) -> tuple[str, ...]:
        self.envelopes.append(envelope)
        return self.texts


def parts(*receipts: str | None) -> tuple[Part, ...]:
    return tuple(Part(index=at, text=f"old {at}", receipt=got, frozen=True) for at, got in enumerate(receipts))


def texts(given: tuple[Part, ...]) -> list[str]:
    return [part.text for part in given]


def test_what_never_left_is_rendered_as_things_are_now() -> None:
    delivery = builders.delivery(parts=parts(None, None), attempts=3)
    errand = dress(delivery, NOTICE, Renderer("new"), chat=CHAT, now=NOW)
    assert texts(errand.parts) == ["new"]
    assert errand.part == errand.parts[0]


def test_parts_behind_one_that_arrived_stay_as_they_were_cut() -> None:
    delivery = builders.delivery(parts=parts("1", None, None))
    errand = dress(delivery, NOTICE, Renderer("a", "b"), chat=CHAT, now=NOW)
    assert errand.parts == delivery.parts
    assert errand.part.index == 1


CUTS = [
    # id, arrived of 3 parts, new texts, what follows those that arrived
    ("cut as before", 1, "ABC", "BC"),
    ("one more part", 1, "ABCD", "BCD"),
    ("one part less repeats rather than leaves out", 1, "AB", "AB"),
    ("a single part left", 2, "AB", "B"),
    ("all in one", 2, "A", "A"),
]


@pytest.mark.parametrize(("arrived", "anew", "behind"), [row[1:] for row in CUTS], ids=[row[0] for row in CUTS])
@pytest.mark.parametrize("why", ["doubt", "plain"])
def test_what_is_missing_is_cut_anew_in_doubt_or_as_plain_text(arrived: int, anew: str, behind: str, why: str) -> None:
    receipts = [str(at) if at < arrived else None for at in range(3)]
    given = {"doubt": 1} if why == "doubt" else {"last": "plain.later"}
    delivery = builders.delivery(parts=parts(*receipts), **given)
    render = Renderer(*anew)

    errand = dress(delivery, NOTICE, render, chat=CHAT, now=NOW)

    assert errand.parts[:arrived] == delivery.parts[:arrived]
    assert "".join(texts(errand.parts[arrived:])) == behind
    assert [part.index for part in errand.parts] == list(range(len(errand.parts)))
    assert errand.part.index == arrived
    assert render.envelopes[-1].possible_repeat, "cut otherwise, a sentence may come twice"
    assert render.envelopes[0].plain is (why == "plain")


@given(st.integers(1, 6), st.data(), st.integers(1, 8))
def test_no_less_is_sent_than_was_missing_and_tried_again_it_is_cut_the_same(
    before: int, data: st.DataObject, anew: int
) -> None:
    arrived = data.draw(st.integers(0, before - 1))
    receipts = [str(at) if at < arrived else None for at in range(before)]
    delivery = builders.delivery(parts=parts(*receipts), doubt=1)

    first = dress(delivery, NOTICE, Renderer(*(f"new {at}" for at in range(anew))), chat=CHAT, now=NOW)
    again = replace(delivery, parts=first.parts)
    second = dress(again, NOTICE, Renderer(*(f"new {at}" for at in range(anew))), chat=CHAT, now=NOW)

    assert first.part.receipt is None
    assert len(first.parts) - arrived >= min(before - arrived, anew)
    assert first.parts[-1].text == f"new {anew - 1}"
    assert second.parts == first.parts


def test_plain_text_goes_on_without_a_mark_where_it_was_plain_from_the_start() -> None:
    delivery = builders.delivery(parts=parts("1", None), last="plain")
    render = Renderer("old 0", "old 1")
    errand = dress(delivery, NOTICE, render, chat=CHAT, now=NOW)
    assert errand.parts == delivery.parts
    assert not render.envelopes[-1].possible_repeat


LATE = [
    ("at once", 0, 0, None),
    ("ten minutes are the ordinary pace", 600, 0, None),
    ("it waited for us", 601, 0, "wait"),
    ("it waited for the service", 601, 1, "service"),
]


@pytest.mark.parametrize(("seconds", "attempts", "why"), [row[1:] for row in LATE], ids=[row[0] for row in LATE])
def test_a_message_that_is_late_says_since_when_and_why(seconds: int, attempts: int, why: str | None) -> None:
    delivery, render = builders.delivery(attempts=attempts), Renderer("text")
    dress(delivery, NOTICE, render, chat=CHAT, now=NOW + timedelta(seconds=seconds), reply_to="7")
    (envelope,) = render.envelopes
    assert (envelope.held_since, envelope.held_why) == (NOW if why else None, why)
    assert envelope.reply_to == "7"


AWAY = [
    ("the chat was paused since it was written", DeliveryKind.ALERT, 60, 0, "away"),
    ("and it had been tried before", DeliveryKind.ALERT, 60, 1, "away"),
    ("the pause was over when it was written", DeliveryKind.ALERT, -60, 0, "wait"),
    ("a pause holds no answer", DeliveryKind.ANSWER, 60, 0, "wait"),
]


@pytest.mark.parametrize(
    ("of", "changed_after", "attempts", "why"), [row[1:] for row in AWAY], ids=[row[0] for row in AWAY]
)
def test_a_message_that_waited_while_its_chat_was_away_says_so(
    of: DeliveryKind, changed_after: int, attempts: int, why: str
) -> None:
    delivery, render = replace(builders.delivery(attempts=attempts), of=of), Renderer("text")
    resumed = replace(CHAT, state_since=NOW + timedelta(seconds=changed_after))
    dress(delivery, NOTICE, render, chat=resumed, now=NOW + timedelta(hours=2))
    assert render.envelopes[0].held_why == why


def amending(*, as_reply: bool = False, **given: object) -> tuple[Delivery, Amendment]:
    old = builders.delivery()
    message = Amendment(of=old.id, at=NOW, old=builders.item(), new=None, as_reply=as_reply)
    return builders.delivery(of=DeliveryKind.AMENDMENT, **given), message


def test_an_amendment_edits_and_with_a_new_status_replies_too() -> None:
    delivery, message = amending(as_reply=True)
    errand = dress(delivery, message, Renderer("amended"), chat=CHAT, now=NOW, reply_to="7", edits="7")
    assert texts(errand.parts) == ["amended", "amended"]
    assert errand.edits == "7"
    behind = replace(delivery, parts=(replace(errand.parts[0], receipt="7"), errand.parts[1]))
    assert dress(behind, message, Renderer("amended"), chat=CHAT, now=NOW, reply_to="7", edits="7").edits is None


UNEDITABLE = [
    ("nothing to edit", None, ("amended",), None),
    ("the service took no edit", "7", ("amended",), "unedited"),
    ("too long for one message", "7", ("amended", "more"), None),
]


@pytest.mark.parametrize(("edits", "rendered", "last"), [u[1:] for u in UNEDITABLE], ids=[u[0] for u in UNEDITABLE])
def test_an_amendment_that_cannot_edit_is_sent(edits: str | None, rendered: tuple[str, ...], last: str | None) -> None:
    delivery, message = amending(last=last)
    errand = dress(delivery, message, Renderer(*rendered), chat=CHAT, now=NOW, reply_to="7", edits=edits)
    assert errand.edits is None
    assert texts(errand.parts) == list(rendered)


def test_an_edit_bears_no_mark_of_a_repeat_and_its_reply_does() -> None:
    delivery, message = amending(as_reply=True, doubt=1)
    render = Renderer("amended")
    dress(delivery, message, render, chat=CHAT, now=NOW, reply_to="7", edits="7")
    assert [(e.possible_repeat, e.reply_to) for e in render.envelopes] == [(False, None), (True, "7")]
