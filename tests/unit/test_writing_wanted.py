"""What a chat wants to be told of: its mutes, asked for one instant or for many."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digests.model import NameId, PatternId, WatchedName, Watching
from digests.writing.wanted import mute_ends, told_names
from tests import builders as b

NOW = b.NOW
_hours = st.integers(-3, 3)


def _chat_with(names: Sequence[int], mutes: dict[int, int | None]) -> Watching:
    """A chat whose lists hold names of these patterns, some muted until an hour from now."""
    listed: tuple[tuple[PatternId, WatchedName], ...] = tuple(
        (PatternId(f"p{pattern}"), b.watched_name(id=NameId(f"n{at}"))) for at, pattern in enumerate(names)
    )
    wishes = tuple(
        b.wish(name=NameId(f"n{at}"), muted_until=None if end is None else NOW + timedelta(hours=end))
        for at, end in mutes.items()
    )
    return Watching(chat=b.chat(), names=listed, wishes=wishes)


@given(
    names=st.lists(st.integers(0, 2), max_size=6),
    mutes=st.dictionaries(st.integers(0, 6), st.none() | _hours, max_size=6),
    asked=st.lists(_hours, min_size=1, max_size=4),
)
def test_when_mutes_end_says_of_every_instant_what_the_names_told_then_say(
    names: list[int], mutes: dict[int, int | None], asked: list[int]
) -> None:
    chat = _chat_with(names, mutes)
    ends = mute_ends(chat)
    for hour in asked:
        at: datetime = NOW + timedelta(hours=hour)
        assert {pattern for pattern, end in ends.items() if end <= at} == set(told_names(chat, at))
