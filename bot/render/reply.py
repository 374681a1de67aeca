"""An answer and a notice as pages: lines of words, quotations among them, and buttons."""

from collections.abc import Sequence
from datetime import datetime

from bot.render.alert import press, rows
from bot.render.envelope import Envelope
from bot.render.page import Block, Page, Press, Run
from bot.render.quote import DOT, fill, join, outlet, quoted
from bot.request import Button, Line, Reply
from bot.words import Words
from digests.model import Notice

_IN_BOLD = ("name", "asked", "command")


def reply_page(words: Words, reply: Reply) -> Page:
    """Return an answer; a line that quotes becomes a quotation with its outlet."""
    blocks = tuple(block for line in reply.lines for block in _line(words, line))
    buttons = ([_press(words, button) for button in row] for row in reply.buttons)
    kept = ([button for button in row if button] for row in buttons)
    return Page(glance=_glance(blocks), blocks=blocks, buttons=tuple(tuple(row) for row in kept if row))


def notice_page(words: Words, notice: Notice, envelope: Envelope) -> Page:
    """Return a message about Haberdar itself, or a name's silence; its instants are told in the chat's zone."""
    fields = dict(notice.fields)
    name = fields.get("name")
    if name is not None and envelope.chat.neutral:
        line = words.say("neutral.notice", clock=words.clock(envelope.now, envelope.chat.zone))
        show = press(words.say("button.show"), "who", name)
        return Page(glance=line, blocks=(Block("head", (Run(line),)),), buttons=rows([show]))
    said = tuple((key, _in_words(words, key, value, envelope)) for key, value in notice.fields)
    lines = (Line(key=notice.key, fields=said),)
    buttons = ((Button(words="button.who", command="who", rest=name),),) if name is not None else ()
    return reply_page(words, Reply(lines=lines, buttons=buttons))


def _in_words(words: Words, key: str, value: str, envelope: Envelope) -> str:
    if not key.endswith("_at"):
        return value
    return words.moment(datetime.fromisoformat(value), envelope.chat.zone, envelope.now)


def _line(words: Words, line: Line) -> tuple[Block, ...]:
    fields = dict(line.fields)
    if line.quote:
        source = join((outlet(fields["outlet"], line.url or ""), (Run(fields["about"]),)), DOT)
        return (quoted(words, fields["text"], [fields.get("form", "")]), Block("meta", source))
    styled: dict[str, Sequence[Run]] = {name: [Run(fields[name], "bold")] for name in _IN_BOLD if name in fields}
    return (Block("line", fill(words, line.key, styled, **fields)),)


def _press(words: Words, button: Button) -> Press | None:
    text = button.words if button.is_text else words.say(button.words, **dict(button.fields))
    if button.url is not None:
        return Press(text, url=button.url)
    return press(text, button.command, button.rest)


def _glance(blocks: tuple[Block, ...]) -> str:
    return "".join(run.text for run in blocks[0].runs).partition("\n")[0] if blocks else ""
