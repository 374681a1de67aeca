"""A page in parts: nothing lost, nothing torn that need not be, every part within its limit."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.page import Block, Page, Press, Run, plain_page, plain_text
from bot.render.split import split

BUTTONS = ((Press("Other hour", data="when"),),)


def short(limit: int) -> Callable[[Page], bool]:
    return lambda page: len(plain_page(page)) <= limit


def page_of(*blocks: Block) -> Page:
    return Page(glance="Digest", blocks=blocks, buttons=BUTTONS)


def block(kind: str, text: str) -> Block:
    return Block(kind, (Run(text),))  # type: ignore[arg-type]  # tests write kinds as they like


def digest_of(quotes: int, words: int = 12) -> Page:
    sections: list[Block] = []
    for number in range(1, quotes + 1):
        sections += [
            *([Block("divider")] if number > 1 else []),
            block("name", f"{number} Name{number}"),
            block("quote", f"“{'word ' * words}{number}.”"),
            block("meta", f"Outlet{number}"),
        ]
    names = "Names:" + "".join(f"\n{number} Name{number}" for number in range(1, quotes + 1))
    return page_of(
        block("head", "Digest"), block("names", names), *sections, Block("divider"), block("note", "Read: 7.")
    )


def texts(parts: tuple[Page, ...], kind: str) -> list[str]:
    return [plain_text(each) for part in parts for each in part.blocks if each.kind == kind]


def letters(text: str) -> str:
    return re.sub(r"[\s…]+", "", text)


def test_a_page_that_fits_stays_as_it_is() -> None:
    page = digest_of(3)
    assert split(page, short(10_000)) == (page,)


def test_parts_are_numbered_at_their_end_and_only_the_last_has_buttons() -> None:
    parts = split(digest_of(12), short(300))
    assert [plain_text(part.blocks[-1]) for part in parts] == [f"{at}/{len(parts)}" for at in range(1, len(parts) + 1)]
    assert [part.buttons for part in parts] == [()] * (len(parts) - 1) + [BUTTONS]
    assert [part.glance for part in parts][1] == f"Digest · 2/{len(parts)}"


def test_the_names_stand_whole_in_the_first_part() -> None:
    page = digest_of(12)
    parts = split(page, short(300))
    assert len(parts) > 2
    assert texts(parts[:1], "names") == texts((page,), "names")
    assert texts(parts[1:], "names") == []


def test_a_quotation_stays_with_its_name_and_its_outlet() -> None:
    for part in split(digest_of(12), short(300)):
        kinds = [each.kind for each in part.blocks]
        assert kinds.count("quote") == kinds.count("meta") == kinds.count("name")


def test_a_name_whose_quotations_go_on_is_repeated_in_the_next_part() -> None:
    quotes = [each for n in range(8) for each in (block("quote", f"“{'word ' * 20}{n}.”"), block("meta", f"Outlet{n}"))]
    parts = split(page_of(block("head", "Digest"), block("name", "1 Arslan"), *quotes), short(300))
    assert len(parts) > 1
    assert [plain_text(part.blocks[0]) for part in parts[1:]] == ["1 Arslan"] * (len(parts) - 1)


def test_the_ground_of_a_digest_is_no_part_of_its_last_name() -> None:
    parts = split(digest_of(6), short(250))
    last = [each.kind for each in parts[-1].blocks]
    assert texts(parts, "note")[-2] == "Read: 7."
    assert last[0] != "divider"


def test_every_part_bears_the_mark_of_a_possible_repeat() -> None:
    page = digest_of(12)
    marked = page.with_blocks((block("mark", "Possible repeat"), *page.blocks))
    parts = split(marked, short(300))
    assert len(parts) > 2
    assert {plain_text(part.blocks[0]) for part in parts} == {"Possible repeat"}


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("\n".join(["a line of words"] * 9), 60, "a line of words", id="at-line-breaks"),
        pytest.param(" ".join(["A sentence ends."] * 9), 60, "A sentence ends.", id="between-sentences"),
        pytest.param(" ".join(["word"] * 40), 60, "word…", id="at-a-word"),
    ],
)
def test_a_paragraph_too_long_for_a_part_ends_where_it_hurts_least(text: str, limit: int, expected: str) -> None:
    parts = split(page_of(block("line", text)), short(limit))
    assert all(part_text.endswith(expected) for part_text in texts(parts, "line")[:-1])
    assert letters("".join(texts(parts, "line"))) == letters(text)


def test_a_word_longer_than_a_part_is_cut_but_an_emoji_is_not() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    parts = split(page_of(block("line", family * 30)), short(40))
    for text in texts(parts, "line"):
        assert set(letters(text).split(family)) == {""}


def test_a_word_that_finds_no_room_begins_the_next_part() -> None:
    parts = split(page_of(block("line", "a" * 50), block("line", "b" * 90)), short(60))
    assert texts(parts, "line")[0] == "a" * 50
    assert letters("".join(texts(parts, "line"))) == "a" * 50 + "b" * 90


def test_what_cannot_be_made_to_fit_is_sent_all_the_same() -> None:
    parts = split(page_of(block("line", "a"), block("line", "b c")), lambda _: False)
    assert texts(parts, "line") == ["a", "b c"]


def test_a_long_list_of_names_parts_between_names() -> None:
    names = "Names:" + "".join(f"\n{number} Name{number}" for number in range(1, 200))
    parts = split(page_of(block("head", "Digest"), block("names", names)), short(400))
    shown = [line for text in texts(parts, "names") for line in text.split("\n")]
    assert shown == names.split("\n")


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(
    lambda text: bool(letters(text))
)
_KINDS = st.sampled_from(["head", "names", "name", "quote", "meta", "note", "line", "divider"])
_BLOCKS = st.lists(st.builds(lambda kind, text: Block(kind, () if kind == "divider" else (Run(text),)), _KINDS, _WORDS))


@given(_BLOCKS, st.integers(min_value=130, max_value=400))
def test_every_part_fits_and_no_character_of_a_quotation_is_lost(blocks: list[Block], limit: int) -> None:
    page = page_of(*blocks)
    parts = split(page, short(limit))
    assert all(short(limit)(part) for part in parts)
    for kind in ("quote", "meta", "line"):
        assert letters("".join(texts(parts, kind))) == letters("".join(texts((page,), kind)))
