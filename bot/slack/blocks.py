"""A page as Slack's blocks: what is a section, a header or small print, and mrkdwn made by the templates."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.render.page import Block, BlockKind, Page, Press, Run, Style, link, plain_page, plain_text
from bot.slack.limits import MAX_BUTTON, MAX_HEADER, MAX_ROW, MAX_SECTION, Json, clip, units

_TEMPLATES = Path(__file__).parent / "templates"
_SMALL_PRINT: frozenset[BlockKind] = frozenset({"meta", "note"})
_MARKS = frozenset("*_~`")  # a styled text that holds one of them comes out in pieces


class Piece(NamedTuple):
    """A run within one line: `text` is what is styled, `lead` and `tail` the blanks around it.

    Slack shows `*word *` with its stars, so blanks stand outside.
    """

    lead: str
    text: str
    tail: str
    style: Style
    url: str | None


def make_blocks(page: Page) -> list[Json]:
    """Return the page as Slack's blocks, in its order; neighbours of one kind share a block while there is room."""
    blocks: list[Json] = []
    for kind, group in groupby(page.blocks, key=lambda block: block.kind):
        blocks.extend(_group_blocks(kind, list(group)))
    for number, row in enumerate(page.buttons):
        blocks.extend(_actions(row, number))
    return blocks


def make_plain(page: Page) -> str:
    """Return the page as text without any markup, for when Slack could not read our blocks."""
    return escape(plain_page(page))


def escape(value: object) -> str:
    """Return a value as mrkdwn text: the three signs Slack reads, and no fence that would swallow what follows.

    >>> escape("<!channel> & R&D")
    '&lt;!channel&gt; &amp; R&amp;D'
    """
    text = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("```", "`\u2060`\u2060`")


def label(text: str) -> str:
    """Return a text that can stand in a link: on one line, without the sign that parts address and label.

    >>> label("Harbour | Post\\nDaily")
    'Harbour ¦ Post Daily'
    """
    return " ".join(text.split()).replace("|", "¦")


def _group_blocks(kind: BlockKind, group: list[Block]) -> Iterator[Json]:
    if kind == "divider":
        yield {"type": "divider"}
    elif kind == "head" and all(_is_header(block) for block in group):
        for block in group:
            yield {"type": "header", "text": _plain(plain_text(block).strip())}
    else:
        lines = [line for block in group for line in _lines(block)]
        for text in _packed(lines):
            yield _small_print(text) if kind in _SMALL_PRINT else _section(text)


def _is_header(block: Block) -> bool:
    """A header is plain text without links; of the three signs nobody says whether they are escaped there."""
    text = plain_text(block).strip()
    has_signs = any(sign in text for sign in "<>&\n")
    return 0 < units(text) <= MAX_HEADER and not has_signs and not any(run.url for run in block.runs)


def _section(text: str) -> Json:
    return {"type": "section", "text": _mrkdwn(text)}


def _small_print(text: str) -> Json:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Json:
    # verbatim: Slack makes no links, channels or mentions of its own out of what is written plainly
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """Join lines to texts of at most `MAX_SECTION`; a line longer than that stays whole, and then does not fit."""
    text = ""
    for line in lines:
        joined = f"{text}\n{line}" if text else line
        if text and units(joined) > MAX_SECTION:
            yield text
            joined = line
        text = joined
    if text.strip():
        yield text


def _lines(block: Block) -> Iterator[str]:
    for pieces in _pieces(block.runs):
        yield _template().render(pieces=pieces, quoted=block.kind == "quote")


def _pieces(runs: Iterable[Run]) -> list[list[Piece]]:
    """Return the runs' pieces line by line; a style that Slack would not read there is left out."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(run._replace(text=first))
        lines.extend([run._replace(text=other)] for other in others)
    return [[_piece(line, place) for place, run in enumerate(line) if run.text] for line in lines]


def _piece(line: list[Run], place: int) -> Piece:
    run = line[place]
    text = run.text.strip()
    at = run.text.find(text)
    lead, tail = run.text[:at], run.text[at + len(text) :]
    before = "".join(other.text for other in line[:place]) + lead
    after = tail + "".join(other.text for other in line[place + 1 :])
    in_word = before[-1:].isalnum() or after[:1].isalnum()
    is_readable = text and not in_word and not (set(text) & _MARKS)
    return Piece(lead, text, tail, run.style if is_readable else "plain", _address(run) if text else None)


def _address(run: Run) -> str | None:
    if not run.url:
        return None
    url = run.url.strip()
    for sign in '<>|" ':
        url = url.replace(sign, f"%{ord(sign):02X}")
    return link(run._replace(url=url))


def _actions(row: tuple[Press, ...], number: int) -> Iterator[Json]:
    followed = [press for press in row[:MAX_ROW] if press.url is None or link(Run(press.words, url=press.url))]
    elements = [_button(press, f"press-{number}-{place}") for place, press in enumerate(followed)]
    if elements:
        yield {"type": "actions", "elements": elements}


def _button(press: Press, action_id: str) -> Json:
    button = {"type": "button", "text": _plain(clip(press.words, MAX_BUTTON)), "action_id": action_id}
    return button | ({"url": press.url} if press.url else {"value": press.data or ""})


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, finalize=escape, autoescape=False
    )
    environment.filters["label"] = label
    return environment.get_template("line.j2")
