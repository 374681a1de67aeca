"""Watched names at the command line: the shipped book, a chat's list, and files of names."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.check import NO_CHAT, check, watched
from bot.cli.ledger import span
from bot.cli.opening import changing, progress, reading, run, screen
from digests.errors import AskError, HaberdarError

if TYPE_CHECKING:
    from digests.desk import WatchResult
    from digests.model import WatchedName
    from digests.names.roll import Form, Written
    from digests.rematch import Rematch

_CHAT = click.option("--chat", "key", help='The chat whose list it is, such as "telegram:123"; else the shipped book.')
_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
_FORM = click.Choice(["text", "csv", "toml"])
_SHOWN = 20  # of one outcome; a list of thousands is read by nobody


@click.group()
def names() -> None:
    """Watched names: list, add, import, export, and check a text."""


names.add_command(check)


@names.command("list")
@_CHAT
@_JSON
def list_names(key: str | None, as_json: bool) -> None:
    """List the watched names, with the spellings looked for."""
    listed = run(watched(key))
    if as_json:
        click.echo(json.dumps([_plain(name) for name in listed], ensure_ascii=False))
    else:
        _show_list(listed)


@names.command()
@click.argument("name")
@click.option("--chat", "key", required=True, help='The chat that watches it, such as "telegram:123".')
@_JSON
def add(name: str, key: str, as_json: bool) -> None:
    """Watch NAME for a chat that was opened before ("+NAME": also where it looks like a case of one watched)."""
    run(_add([name], key, as_json=as_json))


@names.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--chat", "key", required=True, help='The chat that watches them, such as "telegram:123".')
@click.option("--as", "form", type=_FORM, help="The form of FILE; else as its name ends (.csv, .toml, all else text).")
@_JSON
def import_names(file: Path, key: str, form: "Form | None", as_json: bool) -> None:
    """Watch the names in FILE for a chat that was opened before.

    A text has one name a line. A CSV begins with a line of columns: name, and if wanted kind (person, body, place),
    spellings, near, never, note, with several words in one cell parted by semicolons. A TOML is written as the shipped
    book. `names export` writes all three.
    """
    from digests.names.roll import form_of, read_roll

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HaberdarError(f"{file}: it cannot be read as UTF-8 text ({type(error).__name__}); save it so") from error
    written = read_roll(text, form or form_of(file.name), where=str(file))
    if not written:
        raise HaberdarError(f"{file}: there is no name in it; write one a line")
    run(_add(written, key, as_json=as_json))


@names.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@_CHAT
@click.option("--as", "form", type=_FORM, help="The form; else as FILE's name ends, and text on the screen.")
def export(file: Path | None, key: str | None, form: "Form | None") -> None:
    """Print the watched names, or write them to FILE, for `names import`.

    Text holds the names alone, one a line; csv and toml hold all that was decided of them.
    """
    from digests.names.roll import form_of, write_roll

    listed = run(watched(key))
    text = write_roll(listed, form or (form_of(file.name) if file else "text"))
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise HaberdarError(f"{file}: cannot be written ({error.strerror}); name another file") from None
    click.echo(f"Wrote {len(listed)} names to {file}.")


@names.command()
@click.option("--since", default="7d", show_default=True, help="How far back: 12h, 7d, 2w.")
@_JSON
def rematch(since: str, as_json: bool) -> None:
    """Show what the present matcher finds otherwise in stored articles; nothing is changed or told."""
    run(_rematch(since, as_json=as_json))


# ----------------------------------------------------------------------------------------------------------------------


async def _add(asked: "Sequence[Written | str]", key: str, *, as_json: bool) -> None:
    try:
        async with changing() as engine:
            with progress("Looking through the stored articles", shown=not as_json) as tell:
                results = await engine.import_names(key, asked, tell)
    except AskError:
        raise HaberdarError(NO_CHAT.format(chat=key)) from None
    if as_json:
        click.echo(json.dumps([_result(result) for result in results], ensure_ascii=False))
        return
    lines = [1 if isinstance(each, str) else each.line for each in asked]
    _show_results(list(zip(lines, results, strict=True)))


def _show_results(results: "list[tuple[int, WatchResult]]") -> None:
    console, is_list = screen(), len(results) > 1
    shown: dict[str, int] = {}
    for line, result in results:
        kind = result.outcome.value
        shown[kind] = shown.get(kind, 0) + 1
        if shown[kind] <= _SHOWN:
            is_fault = is_list and kind not in ("added", "known")
            console.print(f"line {line}: {_in_words(result)}" if is_fault else _in_words(result), markup=False)
    for kind, count in shown.items():
        if count > _SHOWN:
            console.print(f"... and {count - _SHOWN} more {_MORE[kind]}", markup=False, style="dim")
    if is_list:
        counts = ", ".join(f"{count} {_MORE[kind]}" for kind, count in shown.items())
        console.print(f"{len(results)} names: {counts}.", markup=False, style="bold")


_MORE = {
    "added": "now watched",
    "known": "watched already",
    "unsure": "to be decided by you",
    "common": "too common",
    "unreadable": "that read as no name",
}


def _in_words(result: "WatchResult") -> str:
    label = result.name.label if result.name else result.asked
    match result.outcome.value:
        case "added":
            return f"Watching {result.asked}. Stored articles that name it: {result.articles}."
        case "known":
            return f"{result.asked}: watched already, as {label}."
        case "unsure":
            return f'{result.asked}: a case of {label}, or somebody else? Then: names add "+{result.asked}"'
        case "common":
            return f"{result.asked}: too common to be watched alone; add a surname."
        case _:
            return f"{result.asked[:40]}: this does not read as a name."


def _result(result: "WatchResult") -> dict[str, object]:
    return {
        "asked": result.asked,
        "outcome": result.outcome.value,
        "name": result.name.label if result.name else None,
        "articles": result.articles,
    }


def _show_list(listed: "Sequence[WatchedName]") -> None:
    from rich.table import Table
    from rich.text import Text

    if not listed:
        screen().print("No names yet. Send the bot a name, or: haberdar names add NAME --chat CHAT")
        return
    table = Table("name", "kind", "spellings looked for", box=None, header_style="bold")
    for name in listed:
        spelt = Text(", ".join(dict.fromkeys(s.text for s in name.spellings if s.active)))
        for word, state in (("waiting", "proposed"), ("struck", "struck")):
            others = [s.text for s in name.spellings if s.state.value == state]
            if others:
                spelt.append(f"\n{word}: {', '.join(others)}", style="dim")
        table.add_row(Text(name.label), name.kind.value, spelt)
    screen().print(table)


def _plain(name: "WatchedName") -> dict[str, object]:
    spellings = [
        {"text": s.text, "language": s.language, "origin": s.origin, "state": s.state.value} for s in name.spellings
    ]
    return {
        "name": name.label,
        "kind": name.kind.value,
        "spellings": spellings,
        "near": list(name.near),
        "never": list(name.never),
        "unlike": list(name.unlike),
        "note": name.note,
    }


async def _rematch(since: str, *, as_json: bool) -> None:
    from bot.clock import SystemClock

    async with reading() as engine:
        with progress("Reading the stored articles again", shown=not as_json) as tell:
            found = await engine.rematch(SystemClock().now() - span(since), tell)
    if as_json:
        click.echo(json.dumps(_rematched(found), ensure_ascii=False))
    else:
        _show_rematch(found, since)


def _rematched(found: "Rematch") -> dict[str, object]:
    changes = [
        {"name": label, "added": d.added, "gone": d.gone, "surer": d.surer, "doubtful": d.doubtful}
        for label, d in found.names
    ]
    return {
        "articles": found.articles,
        "same": found.same,
        "version": found.version,
        "matched_with": dict(found.matched_with),
        "names": changes,
    }


def _show_rematch(found: "Rematch", since: str) -> None:
    from rich.table import Table
    from rich.text import Text

    console = screen()
    if not found.articles:
        console.print(f"No article came in the last {since}.", markup=False)
        return
    articles = f"{found.articles} article{'s' if found.articles > 1 else ''}"
    head = f"{articles} of the last {since}, read again with matcher {found.version}."
    console.print(f"{head} Mentions that stay as they are: {found.same}.", markup=False)
    if not found.names:
        console.print("Nothing changes.", style="bold green")
        return
    table = Table("name", "new", "gone", "now sure", "now only probable", box=None, header_style="bold")
    for label, d in found.names:
        table.add_row(Text(label), *(str(count) if count else "" for count in (d.added, d.gone, d.surer, d.doubtful)))
    console.print(table)
    console.print("Articles, by name. Nothing was changed, and nobody is told.", style="dim")
