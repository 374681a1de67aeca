from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from digests.seek import read_sought


def test_words_phrases_and_filters_are_told_apart() -> None:
    sought = read_sought("Court “House Arrest” lang:UK outlet:steppe-post since:2026-11-01 until:2026-11-02")
    assert sought.words == ("court",)
    assert sought.phrases == (("house", "arrest"),)
    assert (sought.language, sought.outlet) == ("uk", "steppe post")
    assert (sought.since, sought.until) == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))


def test_days_begin_at_the_chats_midnight() -> None:
    sought = read_sought("court since:2026-11-01", zone=ZoneInfo("Europe/Kyiv"))
    assert sought.since == datetime(2026, 10, 31, 22, tzinfo=UTC)


def test_what_is_no_day_or_no_filter_is_words() -> None:
    sought = read_sought("since:friday author:orhan until:9999-12-31")
    assert sought.words[:4] == ("since", "friday", "author", "orhan")
    assert (sought.since, sought.until) == (None, None)


@given(st.text(max_size=80))
def test_whatever_is_typed_becomes_words_of_letters_and_digits(asked: str) -> None:
    assert all(word.isalnum() or "_" in word for word in read_sought(asked).every_word)
