"""The screen as a chat service: pages as text in a quiet layout, on a terminal as in a pipe but for its colours."""

import re
from pathlib import Path
from typing import IO

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.text import Text

from bot.delivery.channel import OurFault, Outcome, Sent
from bot.render.envelope import Envelope, Message
from bot.render.page import Block, Run, link
from bot.render.render import make_page
from digests.model import Chat, LaneId, make_id

WIDTH = 100  # columns: about what one reads without losing the line
_INDENT = "  "
_TEXT_FRAGMENT = "#:~:text="
# What rich (15) reads as a tag with the backslashes before it, or the backslashes before another bracket. Its own
# `escape` loses one of those.
_BRACKET = re.compile(r"(\\*)(?:(\[[a-z#/@][^\[]*?\])|(?=\[))")


def make_console(file: IO[str] | None = None) -> Console:
    """Return a console that is at most `WIDTH` columns wide, and exactly so where it is no terminal."""
    console = Console(file=file, highlight=False, emoji=False)
    width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return Console(file=file, highlight=False, emoji=False, width=width)


class ConsoleChannel:
    """The screen. Everything sent is printed at once, so nothing it takes is ever unsure."""

    service = "console"

    def __init__(self, out: Console) -> None:
        self.lane = LaneId("console")
        self._out = out
        self._template = _environment().get_template("page.jinja")

    def render(self, message: Message, envelope: Envelope) -> tuple[str, ...]:
        """Return the page as one payload of rich markup; a screen has no limits."""
        page = make_page(message, envelope)
        title = envelope.chat.key.partition(":")[2]
        return (self._template.render(title=title, blocks=page.blocks, clickable=self._out.is_terminal),)

    async def send(self, chat: Chat, payload: str) -> Outcome:
        """Print one rendered part."""
        for line in payload.rstrip("\n").split("\n"):
            self._print(line)
        self._out.print()
        return Sent(make_id(chat.key, payload))

    async def edit(self, chat: Chat, receipt: str, payload: str) -> Outcome:  # noqa: ARG002 - the protocol's names
        """Refuse: what is printed stays printed."""
        return OurFault("no_edit")

    def _print(self, line: str) -> None:
        layout, _, markup = line.partition(" ")
        match layout:
            case "─":
                self._out.rule(Text.from_markup(markup, emoji=False), align="left", style="dim")
            case "│":
                self._paragraph(markup, _bar())
            case "»":
                self._paragraph(markup, Text(_INDENT))
            case "↳":
                self._out.print(_bar() + Text.from_markup(markup, emoji=False), soft_wrap=True)
            case _:
                self._paragraph(line, Text())

    def _paragraph(self, markup: str, prefix: Text) -> None:
        text = Text.from_markup(markup, emoji=False)
        for wrapped in text.wrap(self._out, self._out.width - prefix.cell_len) or [Text()]:
            wrapped.rstrip()
            self._out.print(prefix + wrapped, soft_wrap=True)


def escape(text: object) -> str:
    """Return the text so that rich shows it as it is; what follows it in the markup must be a tag.

    >>> escape("[bold]loud")
    '\\\\[bold]loud'
    """
    shown = str(text).replace("\n", " ").replace("\r", " ")
    body = shown.rstrip("\\")
    # A backslash before a tag escapes it, so those at the end, where our own tag follows, are doubled.
    return _BRACKET.sub(_escaped, body) + "\\" * 2 * (len(shown) - len(body))


def _escaped(bracket: re.Match[str]) -> str:
    slashes, tag = bracket[1], bracket[2]
    # rich halves the backslashes before what it takes for a tag, and takes one away before any other bracket.
    return f"{slashes * 2}\\{tag}" if tag else f"{slashes}\\" if slashes else ""


def _bar() -> Text:
    return Text.assemble(_INDENT, ("│", "cyan"), " ")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=False,
        finalize=escape,
        keep_trailing_newline=False,
    )
    environment.filters.update(lines=_lines, address=_address, web_address=_web_address)
    return environment


def _lines(block: Block) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in block.runs:
        first, *more = run.text.split("\n")
        lines[-1].append(run._replace(text=first))
        lines.extend([run._replace(text=text)] for text in more)
    return lines


def _address(run: Run) -> str:
    url = run.url or ""
    is_file = url.startswith("file:") and not any(char.isspace() for char in url)
    return _without_brackets(url) if is_file or link(run) else ""


def _web_address(run: Run) -> str:
    return _without_brackets((link(run) or "").partition(_TEXT_FRAGMENT)[0])


def _without_brackets(url: str) -> str:
    return url.replace("[", "%5B").replace("]", "%5D")
