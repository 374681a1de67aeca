"""`names check`: who is found in any text, on the screen, with the reason; and who is only alike, and why not."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import reading, run, screen
from bot.settings import load
from digests.errors import HaberdarError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from bot.words import Words
    from digests.check import Checked, Sight, Unlike
    from digests.model import WatchedName

NO_CHAT = "{chat}: this chat was never opened; `haberdar chats` lists those that were"
_MOST_CHARS = 2_000_000  # more was not meant to be read on a screen
_LONGEST_PATH = 1_000
_STYLES = {"sure": "bold green underline", "likely": "bold yellow underline", "alike": "magenta underline"}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WHY: Mapping[str, str] = {
    "namesake": "another given name, {given}",
    "neighbour": "spelled too unlike",
    "initial": "another initial, {initial}.",
    "initial_only": "only an initial; the full name stands nowhere in this text",
    "alone": "surname alone; the full name stands nowhere in this text",
    "part": "only a part of the name",
    "never": "ruled out: “{word}” stands in the text",
    "near": "ruled out: none of its near words stands in the text ({words})",
    "struck": "ruled out: this spelling was struck",
    "unlike": "ruled out: “{word}” beside it means somebody else",
}


@click.command()
@click.argument("text", metavar="TEXT|FILE|-")
@click.option("--chat", "key", help='Look for the names of this chat, such as "telegram:123"; else the shipped book.')
@click.option("--name", "labels", multiple=True, help="Look for this name alone, listed or not; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(text: str, key: str | None, labels: tuple[str, ...], as_json: bool) -> None:
    """Show who is found in TEXT, in a file, or ("-") in what is piped in: where, how sure, and why.

    What is only alike is shown as well, with the reason why it does not count. Nothing is stored or sent.
    """
    from digests.check import check_text

    said = _read(text)
    if not said.strip():
        raise HaberdarError("there is no text to look into; give a text, a file, or - for what is piped in")
    names, taught = run(_asked_for(key, labels))
    found = check_text(said, names, taught)
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False))
    else:
        _show(found, len(names))


async def watched(key: str | None) -> "tuple[WatchedName, ...]":
    """Return the names a chat watches; with none, those of the shipped book as its file now stands."""
    if key is None:
        from bot.app import read_book

        return read_book(load().names_file)
    async with reading() as engine, engine.desk(key, changes=False) as desk:
        if desk.chat is None:
            raise HaberdarError(NO_CHAT.format(chat=key))
        return tuple(line.name for line in await desk.names())


async def _asked_for(key: str | None, labels: Sequence[str]) -> "tuple[Sequence[WatchedName], Mapping[str, int]]":
    """Return the names to look for, and what the stream of a chat's own database has taught of surnames."""
    if labels:
        return [_named(label) for label in labels], {}
    names = await watched(key)
    if not names:
        raise HaberdarError("no name is watched here yet; try --name NAME")
    if key is None:
        return names, {}
    from digests.store.stories import Stories

    async with reading() as engine, engine.database.read() as tx:
        return names, await Stories(tx).surname_use()


def _named(label: str) -> "WatchedName":
    from digests.look import a_name
    from digests.model import ListId
    from digests.names.book import why_refused
    from digests.names.kinds import guess_kind

    refused = why_refused(label, guess_kind(label))
    if refused == "common":
        raise HaberdarError(f"{label}: too common to be looked for alone; add a surname")
    if refused is not None:
        raise HaberdarError(f"{label[:40]}: this does not read as a name")
    return a_name(label, list_id=ListId(""))


def _read(asked: str) -> str:
    """Return what is piped in, the text of a file there is, or the words themselves."""
    if asked == "-":
        return _decoded(sys.stdin.buffer.read(_MOST_CHARS), "what was piped in")
    path = Path(asked)
    if not asked.strip() or len(asked) > _LONGEST_PATH or "\n" in asked or not path.exists():
        return asked
    if not path.is_file():
        raise HaberdarError(f"{asked}: this is a folder; name a file in it")
    try:
        with path.open("rb") as file:
            text = _decoded(file.read(_MOST_CHARS), asked)
    except OSError as error:
        raise HaberdarError(f"{asked}: cannot be read ({error.strerror})") from None
    if path.suffix.lower() in (".html", ".htm"):
        from digests.text import to_text

        return to_text(text)
    return text


def _decoded(data: bytes, what: str) -> str:
    if b"\0" in data[:1_000]:
        raise HaberdarError(f"{what}: this is no text")
    return data.decode(errors="replace")


# The screen -----------------------------------------------------------------------------------------------------------


def _show(found: "Checked", names: int) -> None:
    from rich.padding import Padding

    from bot.words import words

    console, say = screen(), words("en")
    console.print(_head(found, names))
    console.print(Padding(_marked(found), (1, 2)))
    for part in (*_sights(found, say), *_alike(found)):
        console.print(part)


def _head(found: "Checked", names: int) -> "Text":
    from rich.text import Text

    from bot.words import words

    labels = {sight.label for sight in found.sights}
    whom = f"{len(labels)} of {names} names found" if names > 1 else ("Found" if labels else "Not found")
    head = Text(whom if labels or names == 1 else f"None of {names} names stands in this text", style="bold")
    if found.language:
        head.append(f" · {words('en').language_in(found.language)}", style="dim")
    if found.near:
        head.append(f" · {len(found.near)} only alike", style="dim")
    return head


def _marked(found: "Checked") -> "Text":
    """Return the text with every span underlined in the colour of its band, and the number of its row behind it."""
    from rich.text import Text

    spans = [(s.mention.start, s.mention.end, s.mention.band.value) for s in found.sights]
    spans += [(u.miss.start, u.miss.end, "alike") for u in found.near]
    marked = Text(found.text)
    for start, end, style in reversed(spans):  # mentions last: where both lie, their colour is seen
        marked.stylize(_STYLES[style], start, end)
    ends: dict[int, list[str]] = {}
    for number, (_, end, _) in enumerate(spans, 1):
        ends.setdefault(end, []).append(str(number).translate(_RAISED))
    for end in sorted(ends, reverse=True):
        marked = marked[:end] + Text("\N{THIN SPACE}".join(ends[end]), style="dim") + marked[end:]
    return marked


def _sights(found: "Checked", say: "Words") -> "Iterable[RenderableType]":
    from rich.table import Table
    from rich.text import Text

    if not found.sights:
        return
    table = Table("", "name", "printed as", "at", "band", "score", "because", box=None, header_style="dim")
    for number, sight in enumerate(found.sights, 1):
        mention = sight.mention
        band = Text(mention.band.value, style=_STYLES[mention.band.value].removesuffix(" underline"))
        table.add_row(
            Text(str(number).translate(_RAISED), style="dim"),
            Text(sight.label, style="bold"),
            Text(found.text[mention.start : mention.end]),
            f"{mention.start}-{mention.end}",
            band,
            f"{mention.score:.2f}",
            Text(say.reason(mention.reason, found.language)),
        )
    yield table


def _alike(found: "Checked") -> "Iterable[RenderableType]":
    from rich.table import Table
    from rich.text import Text

    if not found.near:
        return
    yield Text("\nOnly alike, not counted", style="bold")
    table = Table("", "name", "printed as", "at", "likeness", "why not", box=None, header_style="dim")
    for number, unlike in enumerate(found.near, len(found.sights) + 1):
        miss = unlike.miss
        table.add_row(
            Text(str(number).translate(_RAISED), style="dim"),
            Text(unlike.label),
            Text(found.text[miss.start : miss.end], style="magenta"),
            f"{miss.start}-{miss.end}",
            f"{miss.score:.2f}",
            Text(_why(unlike)),
        )
    yield table


def _why(unlike: "Unlike") -> str:
    return _WHY[unlike.miss.why.key].format(**dict(unlike.miss.why.fields))


# For programs ---------------------------------------------------------------------------------------------------------


def _plain(found: "Checked") -> dict[str, object]:
    from bot.words import words

    return {
        "language": found.language,
        "text": found.text,
        "found": [_plain_sight(found, sight, words("en")) for sight in found.sights],
        "alike": [_plain_miss(found, unlike) for unlike in found.near],
        "left_out": list(found.left_out),
    }


def _plain_sight(found: "Checked", sight: "Sight", say: "Words") -> dict[str, object]:
    mention = sight.mention
    reason = {"key": mention.reason.key, **dict(mention.reason.fields)}
    return {
        "name": sight.label,
        "form": found.text[mention.start : mention.end],
        "start": mention.start,
        "end": mention.end,
        "score": mention.score,
        "band": mention.band.value,
        "reason": reason,
        "because": say.reason(mention.reason, found.language),
    }


def _plain_miss(found: "Checked", unlike: "Unlike") -> dict[str, object]:
    miss = unlike.miss
    return {
        "name": unlike.label,
        "form": found.text[miss.start : miss.end],
        "start": miss.start,
        "end": miss.end,
        "score": miss.score,
        "reason": {"key": miss.why.key, **dict(miss.why.fields)},
        "because": _why(unlike),
    }
