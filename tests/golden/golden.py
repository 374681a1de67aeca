"""What the golden files hold: each sample as a page, and as the screen shows it."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

from bot.console.send import ConsoleChannel, make_console
from bot.render.envelope import Envelope, Message
from bot.render.page import Block, Page, Press, Run
from bot.render.render import make_page
from tests.golden.samples import LANGUAGES, in_language, messages

FOLDER = Path(__file__).parent
_ON_SCREEN = ("alert", "alert_file", "digest", "corrected", "reply")
_STYLES = {"plain": "", "bold": "*", "italic": "_", "strike": "~"}


def files() -> Iterator[tuple[Path, str]]:
    """Yield each golden file with what should stand in it."""
    for name, (message, envelope) in messages().items():
        for language in LANGUAGES:
            dressed = in_language(envelope, language)
            yield FOLDER / "pages" / language / f"{name}.txt", _written(make_page(message, dressed))
            if name in _ON_SCREEN:
                yield FOLDER / "screen" / language / f"{name}.txt", _on_screen(message, dressed)


def _written(page: Page) -> str:
    """Return a page as text that shows everything in it: kinds, styles, links, buttons."""
    lines = [f"glance   {page.glance}"]
    lines += [f"{block.kind:<8} {_block(block)}".rstrip() for block in page.blocks]
    lines += ["buttons  " + " ".join(_button(press) for press in row) for row in page.buttons]
    return "\n".join(lines) + "\n"


def _block(block: Block) -> str:
    return "".join(_run(run) for run in block.runs).replace("\n", "\n         ")


def _run(run: Run) -> str:
    styled = f"{_STYLES[run.style]}{run.text}{_STYLES[run.style]}"
    return f"{styled}<{run.url}>" if run.url else styled


def _button(press: Press) -> str:
    return f"[{press.words} = {press.data or press.url}]"


def _on_screen(message: Message, envelope: Envelope) -> str:
    screen = io.StringIO()
    channel = ConsoleChannel(make_console(screen))

    async def show() -> None:
        for payload in channel.render(message, envelope):
            await channel.send(envelope.chat, payload)

    asyncio.run(show())
    return screen.getvalue()


def rewrite() -> None:
    """Write every golden file anew and remove those that no sample makes."""
    wanted = dict(files())
    for stale in set(FOLDER.glob("*/*/*.txt")) - wanted.keys():
        stale.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
