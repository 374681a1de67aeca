from typing import Any

import pytest

from digests.model import DeliveryId, DeliveryKind, Telling
from digests.writing.update import compose_update
from tests.builders import NOW, chat, watching
from tests.tellings import ALL, a_telling, digest_of

_TURKISH = "Arslan Bozdaliev cuma günü gözaltına alındı."
_ENGLISH = "Arslan Bozdaliev was detained on Friday."


def _turkish(**given: Any) -> Telling:
    return a_telling(_TURKISH, number=1, hours=-3, language="tr", **given)


def _second(text: str = _ENGLISH, **given: Any) -> Telling:
    return a_telling(text, number=2, hours=-2, **{"adds": "", **given})


def _quoted(*tellings: Telling, language: str = "en") -> list[str]:
    [item] = digest_of(*tellings, of=watching(*ALL, chat=chat(language=language))).items
    return [sentence.text for sentence in item.sentences]


def test_of_two_sentences_with_one_news_the_one_in_the_chats_language_is_quoted() -> None:
    assert _quoted(_turkish(), _second()) == [_ENGLISH]
    assert _quoted(_turkish(), _second(), language="tr") == [_TURKISH]
    assert _quoted(_turkish(), _second(), language="uk") == [_TURKISH]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_second("Arslan Bozdaliev opened a bakery."), id="it claims nothing"),
        pytest.param(_second("Arslan Bozdaliev was not detained."), id="it denies it"),
        pytest.param(_second("Arslan Bozdaliev was detained for 3 hours."), id="another number"),
        pytest.param(_second(copy_of="article 0"), id="a reprint"),
        pytest.param(_second(stance="occupation"), id="an outlet of another stance"),
        pytest.param(a_telling(_ENGLISH, number=2, hours=-9, adds=""), id="older than the news"),
    ],
)
def test_a_sentence_that_does_not_say_the_same_is_not_put_in_its_place(other: Telling) -> None:
    assert _TURKISH in _quoted(_turkish(), other)


def test_an_update_quotes_the_chats_language_and_leaves_what_it_tells_out_of_what_was_told_before() -> None:
    first = a_telling(
        "Arslan Bozdaliev was detained.",
        number=3,
        hours=-8,
        told_at=NOW,
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    fresh, same = _turkish(adds="fact"), _second()
    alert = compose_update(watching(*ALL), [fresh], [first, fresh, same], slot="alert-1", at=NOW)
    assert alert is not None
    assert [sentence.text for sentence in alert.item.sentences] == [_ENGLISH]
    assert alert.item.names[0].form == "Arslan Bozdaliev"
    assert [line.outlets for line in alert.item.recalled] == [2]


def test_a_digest_leaves_what_it_tells_out_of_what_was_told_before() -> None:
    told = a_telling(
        "Arslan Bozdaliev was detained.",
        number=3,
        hours=-8,
        told_at=NOW,
        told_by=DeliveryId("d1"),
        told_of=DeliveryKind.ALERT,
    )
    [item] = digest_of(told, _second(adds="fact")).items
    assert [line.outlets for line in item.recalled] == [1]
