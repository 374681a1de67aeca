"""A page becomes blocks that Slack takes and reads as they were meant."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.page import Block, BlockKind, Page, Press, Run
from bot.render.split import split
from bot.slack.blocks import escape, label, make_blocks, make_plain
from bot.slack.limits import MAX_SECTION, clip, fits, units
from tests.fakes.slack_rules import refuse_blocks, texts


def page(*blocks: Block, buttons: tuple[tuple[Press, ...], ...] = ()) -> Page:
    return Page("glance", blocks, buttons)


def line(*runs: Run, kind: BlockKind = "line") -> str:
    [block] = make_blocks(page(Block(kind, runs)))
    return "".join(texts([dict(block)]))


MARKUP = [
    ("bold", [Run("Halyna", "bold"), Run(" · charge")], "*Halyna* · charge"),
    ("italic", [Run("probably", "italic")], "_probably_"),
    ("struck", [Run("was moved.", "strike")], "~was moved.~"),
    ("blanks stand outside", [Run("1 "), Run(" Halyna ", "bold"), Run("x")], "1  *Halyna* x"),
    ("bold over a line break", [Run("Halyna\nVitrolom", "bold")], "*Halyna*\n*Vitrolom*"),
    ("bold inside a word", [Run("Vitrolom", "bold"), Run("ová")], "Vitrolomová"),
    ("bold text with a star", [Run("2 * 2", "bold")], "2 * 2"),
    ("a bold blank", [Run("a"), Run(" ", "bold"), Run("b")], "a b"),
    ("link", [Run("Post", url="https://a.example/?a=1&b=2")], "<https://a.example/?a=1&amp;b=2|Post>"),
    ("bold link", [Run("Post", "bold", "https://a.example/")], "*<https://a.example/|Post>*"),
    ("an address with signs", [Run("Post", url="https://a.example/a|b c>d")], "<https://a.example/a%7Cb%20c%3Ed|Post>"),
    ("a bar in a label", [Run("Steppe | Post", url="https://a.example/")], "<https://a.example/|Steppe ¦ Post>"),
    ("a file is no link", [Run("letter.txt", url="file:///srv/letter.txt")], "letter.txt"),
    ("a script is no link", [Run("Post", url="javascript:alert(1)")], "Post"),
    ("a call to all", [Run("<!channel> & <@U1>")], "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
    ("a call in a label", [Run("<!here>", url="https://a.example/")], "<https://a.example/|&lt;!here&gt;>"),
    ("a fence", [Run("```all after this")], "`\u2060`\u2060`all after this"),
]


@pytest.mark.parametrize(("runs", "text"), [row[1:] for row in MARKUP], ids=[row[0] for row in MARKUP])
def test_runs_become_mrkdwn_that_slack_reads(runs: list[Run], text: str) -> None:
    assert line(*runs) == text


def test_a_quotation_is_marked_on_each_of_its_lines() -> None:
    assert line(Run("“One.\nTwo.”"), kind="quote") == "> “One.\n> Two.”"


def test_each_kind_has_its_block() -> None:
    kinds: list[BlockKind] = ["mark", "head", "names", "name", "quote", "meta", "note", "line"]
    blocks = make_blocks(page(*(Block(kind, (Run("words"),)) for kind in kinds), Block("divider")))

    small_print = ["context", "context"]
    types = ["section", "header", "section", "section", "section", *small_print, "section", "divider"]
    assert [block["type"] for block in blocks] == types


def test_neighbours_of_one_kind_share_a_block() -> None:
    blocks = make_blocks(page(*(Block("line", (Run(f"name {n}"),)) for n in range(3))))

    assert [block["text"]["text"] for block in blocks] == ["name 0\nname 1\nname 2"]


@pytest.mark.parametrize(
    "run",
    [Run("x" * 151), Run("R&D"), Run("a < b"), Run("Post", url="https://a.example/"), Run("two\nlines")],
    ids=["too long", "an and", "a sign", "a link", "two lines"],
)
def test_a_head_that_a_header_cannot_hold_is_a_section(run: Run) -> None:
    [block] = make_blocks(page(Block("head", (run,))))

    assert block["type"] == "section"


def test_what_says_nothing_has_no_block() -> None:
    assert make_blocks(page(Block("line"), Block("note", (Run(" "),)), buttons=((),))) == []


def test_buttons_carry_their_data_or_their_address_and_a_name_of_their_own() -> None:
    row = (Press("Watch", "watch Halyna Vitrolom"), Press("Open", url="https://a.example/"))
    first, second = make_blocks(page(buttons=(row, (Press("x" * 80, "help"),))))

    assert [button.get("value") for button in first["elements"]] == ["watch Halyna Vitrolom", None]
    assert first["elements"][1]["url"] == "https://a.example/"
    assert second["elements"][0]["text"]["text"] == "x" * 74 + "…"
    assert refuse_blocks([dict(first), dict(second)]) is None


def test_the_list_of_names_is_whole_however_long() -> None:
    names = "\n".join(f"{number} Арслан Боздалієв" for number in range(300))
    blocks = make_blocks(page(Block("names", (Run(names),))))

    assert "\n".join(texts([dict(block) for block in blocks])) == names
    assert all(units(text) <= MAX_SECTION for text in texts([dict(block) for block in blocks]))


def test_plain_text_has_no_markup_but_still_calls_nobody() -> None:
    said = make_plain(
        page(Block("head", (Run("<!channel>", "bold"),)), Block("divider"), Block("line", (Run("Done."),)))
    )

    assert said == "&lt;!channel&gt;\nDone."


@pytest.mark.parametrize(
    ("many", "each", "fitting"),
    [(45, 100, True), (46, 100, False), (4, 3000, True), (1, 3001, False), (5, 2401, False)],
    ids=["45 blocks", "46 blocks", "12,000 in all", "a section too long", "12,005 in all"],
)
def test_a_message_fits_with_room_to_spare(many: int, each: int, fitting: bool) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * each}}

    assert fits([block] * many) is fitting


def test_a_cut_button_never_halves_an_emoji() -> None:
    assert clip("🙂🙂🙂", 4) == "🙂…"
    assert clip("🙂🙂", 4) == "🙂🙂"


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("*_~`<>&|\n "))
_RUNS = st.builds(
    Run,
    _TEXTS,
    st.sampled_from(["plain", "bold", "italic", "strike"]),
    st.none() | st.sampled_from(["https://a.example/|x>", "file:///a", "nonsense"]),
)
_KINDS = st.sampled_from(["mark", "head", "names", "name", "quote", "meta", "note", "line", "divider"])
_PRESSES = st.builds(Press, st.text(min_size=1, max_size=90), st.text(min_size=1, max_size=60))
_PAGES = st.builds(
    Page,
    _TEXTS,
    st.lists(st.builds(Block, _KINDS, st.lists(_RUNS, max_size=4).map(tuple)), max_size=12).map(tuple),
    st.lists(st.lists(_PRESSES, max_size=4).map(tuple), max_size=3).map(tuple),
)


@given(_PAGES)
def test_no_page_makes_blocks_that_slack_refuses_or_that_call_someone(any_page: Page) -> None:
    blocks = json.loads(json.dumps(make_blocks(any_page)))

    assert refuse_blocks(blocks) is None
    for text in texts([block for block in blocks if block["type"] in ("section", "context")]):
        assert "<!" not in text
        assert "<@" not in text
        assert "```" not in text


@given(st.lists(st.text("абв *<&\n", min_size=1, max_size=900), min_size=1, max_size=60))
def test_a_page_of_any_length_is_split_into_messages_that_slack_takes(sentences: list[str]) -> None:
    whole = page(*(Block("quote", (Run(sentence),)) for sentence in sentences))

    for part in split(whole, lambda p: fits(make_blocks(p))):
        assert refuse_blocks(json.loads(json.dumps(make_blocks(part)))) is None


@given(st.text())
def test_escaped_text_holds_no_sign_that_slack_acts_on(text: str) -> None:
    said = escape(text)

    assert not set(said) & set("<>")
    assert "|" not in label(text)
    assert "\n" not in label(text)
