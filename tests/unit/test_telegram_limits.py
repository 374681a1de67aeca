"""How a text counts at Telegram, held against the fake server's own reading of its markup."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.limits import ENTITIES, RAW_BYTES, TEXT_UNITS, is_within, size
from tests.fakes.telegram_html import parse_html
from tests.fakes.telegram_html import units as units_of_the_server

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_RUNS = st.lists(st.tuples(_TEXTS, st.sampled_from(["", "b", "i", "s", "blockquote"])))

_EDGES = [
    ("longest", "a" * TEXT_UNITS, True),
    ("one-over", "a" * (TEXT_UNITS + 1), False),
    ("emoji-are-two", "🔴" * (TEXT_UNITS // 2), True),
    ("emoji-over", "🔴" * (TEXT_UNITS // 2) + "a", False),
    ("markup-does-not-count", f"<b>{'a' * TEXT_UNITS}</b>", True),
    ("an-escape-is-one", "&lt;" * TEXT_UNITS, True),
    ("entities", "<b>a</b>" * ENTITIES, True),
    ("too-many-entities", "<b>a</b>" * (ENTITIES + 1), False),
    ("raw-bytes", f'<a href="https://steppe.example/{"a" * RAW_BYTES}">a</a>', False),
]


@pytest.mark.parametrize(("text", "fits"), [pytest.param(*row, id=name) for name, *row in _EDGES])
def test_a_message_holds_4096_units_95_entities_and_32000_bytes(text: str, fits: bool) -> None:
    assert is_within(text, is_html=True) is fits


def test_plain_text_is_counted_as_it_stands() -> None:
    assert size("<b>ї</b>", is_html=False) == (8, 9, 0)
    assert not is_within("<" * (TEXT_UNITS + 1), is_html=False)


@given(_RUNS)
def test_our_count_is_the_servers(runs: list[tuple[str, str]]) -> None:
    html = "".join(f"<{tag}>{escape(text)}</{tag}>" if tag else escape(text) for text, tag in runs)
    shown, _ = parse_html(html)

    assert size(html, is_html=True).units == units_of_the_server(shown)
