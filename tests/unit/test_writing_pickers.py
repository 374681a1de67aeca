"""Pickers are remembered for the chats that come after, in no more room than they are given."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from digests.model import ArticleId, Telling
from digests.writing.pickers import Pickers
from tests import builders as b


def _telling(number: int, chars: int = 100) -> Telling:
    return b.telling(article=b.article(id=ArticleId(f"a{number}"), text="x" * chars))


def test_chats_that_are_told_of_one_article_share_its_picker() -> None:
    pickers = Pickers()
    assert pickers.of(_telling(1)) is pickers.of(_telling(1))


def test_when_and_by_what_a_chat_was_told_makes_no_other_picker() -> None:
    pickers, told = Pickers(), b.telling(told_at=b.NOW)
    later = b.telling(told_at=b.NOW + timedelta(hours=1))
    assert pickers.of(told) is pickers.of(later)


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    pickers = Pickers(room=5_000)
    first, second = pickers.of(_telling(1)), pickers.of(_telling(2))
    pickers.of(_telling(1))
    pickers.of(_telling(3))
    assert pickers.of(_telling(1)) is first
    assert pickers.of(_telling(2)) is not second


def test_nothing_is_held_when_a_round_is_over() -> None:
    pickers = Pickers()
    before = pickers.of(_telling(1))
    pickers.forget()
    assert pickers.held == 0
    assert pickers.of(_telling(1)) is not before


@given(asked=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9_000)), max_size=20))
def test_never_more_is_held_than_there_is_room_for(asked: list[tuple[int, int]]) -> None:
    pickers = Pickers(room=12_000)
    for number, chars in asked:
        assert pickers.of(_telling(number, chars)) is not None
        assert pickers.held <= 12_000
