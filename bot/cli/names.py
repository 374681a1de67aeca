"""Watched names at the command line: the shipped book, a chat's list, and who is found in a text."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import changing, reading, run, screen
from bot.settings import load
from digests.errors import AskError, HaberdarError

if TYPE_CHECKING:
    from digests.check import Checked
    from digests.desk import WatchResult
    from digests.model import WatchedName

_CHAT = click.option("--chat", "key", help='The chat whose list it is, such as "telegram:123"; else the shipped book.')

_NO_CHAT = "{chat}: this chat was never opened; `haberdar chats` lists those that were"


@click.group()
def names() -> None:
    """Watched names: list, add, import, export, and check a text."""


@names.command("list")
@_CHAT
def list_names(key: str | None) -> None:
    """List the watched names."""
    run(_list(key))


@names.command()
@click.argument("name")
@click.option("--chat", "key", required=True, help='The chat that watches it, such as "telegram:123".')
def add(name: str, key: str) -> None:
    """Watch NAME for a chat that was opened before."""
    run(_add([name], key))


@names.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--chat", "key", required=True, help='The chat that watches them, such as "telegram:123".')
def import_names(file: Path, key: str) -> None:
    """Watch the names in FILE, one a line, for a chat that was opened before."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise HaberdarError(f"{file}: it cannot be read as UTF-8 text ({type(error).__name__}); save it so") from error
    run(_add([line.strip() for line in lines if line.strip() and not line.startswith("#")], key))


@names.command()
@_CHAT
def export(key: str | None) -> None:
    """Print the watched names, one a line, for `names import`."""
    run(_export(key))


@names.command()
@click.argument("text")
@_CHAT
def check(text: str, key: str | None) -> None:
    """Show who is found in TEXT ("-" reads standard input), where and why, and whose names are only alike."""
    _check(sys.stdin.buffer.read().decode(errors="replace") if text == "-" else text, run(_watched(key)))


async def _watched(key: str | None) -> tuple["WatchedName", ...]:
    """Return the names a chat watches; with none, those of the shipped book as its file now stands."""
    if key is None:
        from bot.app import read_book

        return read_book(load().names_file)
    async with reading() as engine, engine.desk(key, changes=False) as desk:
        if desk.chat is None:
            raise HaberdarError(_NO_CHAT.format(chat=key))
        return tuple(line.name for line in await desk.names())


async def _names(key: str | None) -> list[tuple[str, str, str]]:
    """Return label, kind and spellings of each name of a chat, or of the book."""
    return [
        (name.label, name.kind.value, ", ".join(dict.fromkeys(s.text for s in name.spellings if s.active)))
        for name in await _watched(key)
    ]


async def _list(key: str | None) -> None:
    from rich.table import Table
    from rich.text import Text

    rows = await _names(key)
    if not rows:
        screen().print("No names yet. Send the bot a name, or: haberdar names add NAME --chat CHAT")
        return
    table = Table("name", "kind", "spellings looked for", box=None, header_style="bold")
    for label, kind, spellings in rows:
        table.add_row(Text(label), kind, Text(spellings))
    screen().print(table)


async def _export(key: str | None) -> None:
    for label, _, _ in await _names(key):
        click.echo(label)


async def _add(labels: list[str], key: str) -> None:
    try:
        async with changing() as engine, engine.desk(key, changes=True) as desk:
            results = await desk.watch(labels)
    except AskError:
        raise HaberdarError(_NO_CHAT.format(chat=key)) from None
    for result in results:
        screen().print(_in_words(result), markup=False)


def _in_words(result: "WatchResult") -> str:
    match result.outcome.value:
        case "added":
            return f"Watching {result.asked}. Stored articles that name it: {result.articles}."
        case "known":
            label = result.name.label if result.name else result.asked
            return f"{result.asked}: watched already, as {label}."
        case "common":
            return f"{result.asked}: too common to be watched alone; add a surname."
        case _:
            return f"{result.asked[:40]}: this does not read as a name."


def _check(text: str, names: tuple["WatchedName", ...]) -> None:
    from rich.text import Text

    from digests.check import check_text

    found = check_text(text, names)
    console = screen()
    marked = Text(found.text)
    for sight in found.sights:
        marked.stylize(_STYLES[sight.mention.band.value], sight.mention.start, sight.mention.end)
    console.print(marked)
    console.print()
    if found.sights:
        _show_sights(found)
    else:
        console.print(f"None of {len(names)} names stands in this text.")
    if found.left_out:
        console.print(f"Only alike, not counted: {', '.join(found.left_out)}", style="dim", markup=False)


def _show_sights(found: "Checked") -> None:
    from rich.table import Table
    from rich.text import Text

    from bot.words import words

    console, say = screen(), words("en")
    table = Table("name", "printed as", "at", "band", "score", "because", box=None, header_style="bold")
    for sight in found.sights:
        mention = sight.mention
        form = found.text[mention.start : mention.end]
        band = Text(mention.band.value, style=_STYLES[mention.band.value])
        because = Text(say.reason(mention.reason))
        table.add_row(
            Text(sight.label), Text(form), f"{mention.start}-{mention.end}", band, f"{mention.score:.2f}", because
        )
    console.print(table)


_STYLES = {"sure": "bold green", "likely": "bold yellow"}
