"""The screen as a channel: it keeps the protocol, shows whatever it is given as it is, and the same way each time."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.console.send import WIDTH, ConsoleChannel, make_console
from bot.delivery.channel import Channel, OurFault, Sent
from bot.render.envelope import Envelope, Message
from bot.request import Reply
from tests.builders import NOW, alert, chat, digest, item, notice, sentence

CHAT = chat(key="console:demo")
HERE = Envelope(chat=CHAT, now=NOW)


async def shown(message: Message, out: Console | None = None) -> str:
    screen = io.StringIO()
    channel: Channel = ConsoleChannel(out or make_console(screen))
    for payload in channel.render(message, HERE):
        assert isinstance(await channel.send(CHAT, payload), Sent)
    return screen.getvalue()


@pytest.mark.parametrize(
    "message", [alert(), digest(), digest(items=()), notice()], ids=["alert", "digest", "empty", "notice"]
)
async def test_everything_is_taken_at_once_and_shown_within_the_width(message: Message) -> None:
    text = await shown(message)
    lines = [line for line in text.splitlines() if "https://" not in line]
    assert lines[0].startswith("demo ─")
    assert max(cell_len(line) for line in lines) <= WIDTH


async def test_a_pipe_gets_no_control_codes_and_addresses_in_full() -> None:
    long = "https://steppe-post.example/" + "a" * 150
    text = await shown(alert(item=item(sentences=(sentence(url=long),))))
    assert "\x1b" not in text
    assert f"{long}\n" in text


async def test_a_terminal_gets_links_and_bold_names() -> None:
    screen = io.StringIO()
    await shown(alert(), Console(file=screen, force_terminal=True, width=80, highlight=False))
    assert "\x1b[1mArslan Bozdaliev" in screen.getvalue() or "\x1b[1;36mArslan Bozdaliev" in screen.getvalue()
    assert "\x1b]8;" in screen.getvalue()


async def test_rendering_twice_gives_the_same_and_sends_nothing() -> None:
    screen = io.StringIO()
    channel = ConsoleChannel(make_console(screen))
    assert channel.render(digest(), HERE) == channel.render(digest(), HERE)
    assert screen.getvalue() == ""


async def test_what_is_printed_cannot_be_edited() -> None:
    assert await ConsoleChannel(make_console(io.StringIO())).edit(CHAT, "1", "x") == OurFault("no_edit")


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)
_TRICKS = st.sampled_from(["[bold]", "[/]", "[link=x]", "\\", "\\\\", "[", "]", ":warning:", "│", "↳", "─", "a"])


@settings(deadline=None)  # the first drawing loads the catalogues
@given(st.one_of(_TEXTS, st.lists(_TRICKS, min_size=1).map("".join)))
async def test_markup_of_others_is_shown_as_it_is(text: str) -> None:
    lines = (await shown(Reply.words("watch.added", name=text))).splitlines()
    assert "".join(lines[1:]).replace(" ", "") == f"Watching{text}.".replace(" ", "")
