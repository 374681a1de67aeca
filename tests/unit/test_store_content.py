from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import StoreError
from digests.model import Amendment, DeliveryId, Notice, Quiet, Recalled, Status, StatusWord
from digests.store.content import ENGINE_TYPES, dump, load
from tests import builders as b

RECALLED = Recalled(
    news=b.news().id,
    status=(StatusWord(status=Status.SEARCH, denied=True),),
    told_at=b.NOW,
    outlet="Steppe Post",
    url="https://steppe-post.example/1",
    stance=b.source().stance,
    delivery=DeliveryId("d"),
)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param("alert", b.alert(reply_to=DeliveryId("d")), id="an alert"),
        pytest.param("digest", b.digest(b.item(recalled=(RECALLED,)), held_from=b.NOW), id="a digest that recalls"),
        pytest.param("digest", b.digest(items=()), id="an empty digest"),
        pytest.param("notice", b.notice(fields=(("name", "Ёлка «Ялта»"), ("n", "3"))), id="a notice"),
        pytest.param(
            "amendment",
            Amendment(of=DeliveryId("d"), at=b.NOW, old=b.item(), new=None, as_reply=True),
            id="a withdrawal",
        ),
        pytest.param(
            "digest",
            b.digest(since=datetime(2026, 11, 22, 1, 2, 3, 4567, tzinfo=UTC), coverage=b.digest().coverage),
            id="a time to the microsecond",
        ),
    ],
)
def test_a_message_comes_back_as_it_was_written(kind: str, value: object) -> None:
    assert load(dump(kind, value), ENGINE_TYPES) == value


@given(st.text(), st.lists(st.tuples(st.text(), st.text())).map(tuple))
def test_any_text_comes_back(key: str, fields: Any) -> None:
    notice = Notice(key=key, fields=fields)
    assert load(dump("notice", notice), ENGINE_TYPES) == notice


def test_the_same_value_is_the_same_text() -> None:
    assert dump("digest", b.digest()) == dump("digest", b.digest())


def test_what_is_written_is_read_by_a_program_that_knows_more_kinds() -> None:
    more = {**ENGINE_TYPES, "chat": type(b.chat())}
    chat = b.chat(quiet=Quiet(b.NOW.time(), (b.NOW + timedelta(hours=1)).time()))
    assert load(dump("chat", chat), more) == chat


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('{"kind": "poem", "value": {}}', "unknown kind 'poem'", id="a kind of nobody"),
        pytest.param('{"kind": "notice", "value": {}}', "see its key", id="a field is missing"),
        pytest.param('{"kind": "notice", "value": 3}', "cannot be read", id="no object"),
        pytest.param('{"kind": "notice"}', "not in our form", id="no value"),
        pytest.param("[1]", "not in our form", id="a list"),
        pytest.param("Hello", "not in our form", id="no JSON"),
        pytest.param("", "not in our form", id="nothing"),
    ],
)
def test_what_is_no_message_of_ours_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        load(text, ENGINE_TYPES)
    assert "\n" not in str(caught.value)


def test_an_error_does_not_quote_the_message() -> None:
    with pytest.raises(StoreError) as caught:
        load('{"kind": "notice", "value": {"key": "k", "fields": "Bozdaliev"}}', ENGINE_TYPES)
    assert "Bozdaliev" not in f"{caught.value}{caught.value.__cause__}"
