"""Sources at the command line: what is read, how it fares, adding, taking off, and lists of feeds."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import changing, reading, run, screen
from bot.settings import load

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from digests.adding import Offered
    from digests.model import Entry, Source

_SHOWN = 3  # the newest articles of a feed that is added
_SHOWN_NAMES = 10
_SHOWN_REFUSED = 20


@click.group()
def feeds() -> None:
    """Sources: list them with their health, add, remove, import or export feeds."""


@feeds.command("list")
@click.option("--catalogue", is_flag=True, help="Show the outlets to choose from instead.")
def list_feeds(catalogue: bool) -> None:
    """List every source with its last good read and what ails it."""
    if catalogue:
        _show_catalogue()
    else:
        run(_list())


@feeds.command()
@click.argument("url")
@click.option("--title", default="", help="What to call it; else what the feed calls itself.")
@click.option(
    "--stance",
    type=click.Choice(["independent", "state", "occupation", "ngo", "unknown"]),
    default="unknown",
    help="The kind of outlet, shown beside every quotation.",
)
@click.option("--dry-run", is_flag=True, help="Show what it is and holds, and add nothing.")
def add(url: str, title: str, stance: str, dry_run: bool) -> None:
    """Read the feed at URL from now on; what stands in it already is stored, and not alerted.

    URL may be a feed, a site that names its feed, or an outlet's name of `feeds list --catalogue`.
    """
    run(_add(url, title, stance, dry_run))


@feeds.command()
@click.argument("url")
def remove(url: str) -> None:
    """Read the feed at URL, or of that title, no more; its stored articles stay."""
    run(_remove(url))


@feeds.command("set")
@click.argument("url")
@click.option("--pages/--no-pages", default=None, help="Read an entry's own page where the feed has only a teaser.")
@click.option("--user-agent", default=None, help='Who Haberdar says it is to this source; "" for what it says to all.')
def set_feed(url: str, pages: bool | None, user_agent: str | None) -> None:
    """Change how the feed at URL, or of that title, is read."""
    if user_agent is not None and not (user_agent.isascii() and user_agent.isprintable() and len(user_agent) <= 200):
        raise click.BadParameter("at most 200 plain ASCII signs on one line")
    run(_set(url, pages, user_agent))


@feeds.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_feeds(file: Path) -> None:
    """Read every feed of an OPML list from now on; what stands in them already is stored, and not alerted."""
    run(_import(file))


@feeds.command()
def export() -> None:
    """Print the sources as OPML, for other feed readers."""
    run(_export())


def _show_catalogue() -> None:
    from rich.table import Table
    from rich.text import Text

    from bot.app import read_catalogue

    table = Table("outlet", "language", "kind", "address", box=None, header_style="bold")
    for outlet in read_catalogue(load().feeds_file):
        row = (outlet.title, outlet.language or "", outlet.stance.value, outlet.address)
        table.add_row(*(Text(cell) for cell in row))
    screen().print(table)
    screen().print('\nChoose one: haberdar feeds add "OUTLET"', markup=False)


async def _list() -> None:
    from rich.table import Table
    from rich.text import Text

    from bot.clock import SystemClock
    from digests.sources.rhythm import articles_a_day
    from digests.store.sources import Sources

    async with reading() as engine, engine.database.read() as tx:
        sources = await Sources(tx).all()
    if not sources:
        screen().print("No sources yet: haberdar feeds add URL")
        return
    heads = ("source", "address", "kind", "last read", "next", "a day", "health")
    table = Table(*heads, box=None, header_style="bold")
    now = SystemClock().now()
    for source in sources:
        times = (_at(source.last_success_at), _at(source.next_poll_at) if source.enabled else "never")
        rate = f"{articles_a_day(source, now):.1f}"
        row = (source.title, source.address, source.kind, *times, rate, "; ".join(_health(source, now)))
        table.add_row(*(Text(cell) for cell in row))
    screen().print(table)


def _health(source: "Source", now: datetime) -> Iterator[str]:
    from digests.sources.rhythm import trouble

    if not source.enabled:
        yield f"off: {source.last_error}" if source.last_error else "off"
    else:
        yield source.last_error or ("good" if source.last_success_at else "not read yet")
    match trouble(source, now):
        case "silent":
            yield f"nothing new since {_at(source.rhythm.last_new_at)}, far longer than its habit"
        case "flood":
            yield "more a day than any outlet writes: placed after all others"
    if source.rhythm.missed_at is not None:
        yield f"articles may have been missed on {_at(source.rhythm.missed_at)}"
    if source.rhythm.former:
        yield f"moved here from {source.rhythm.former}"


async def _add(url: str, title: str, stance: str, dry_run: bool) -> None:
    from bot.app import open_finder
    from bot.clock import SystemClock
    from digests.adding import keep_source, offer_source, renamed
    from digests.model import Stance
    from digests.store.lists import Lists

    settings = load()
    async with changing(settings) as engine:
        async with open_finder(settings, SystemClock(), engine.database) as finder:
            offer = renamed(await finder.find(url), title=title, stance=Stance(stance))
        if dry_run:
            _show(offer.source.title, offer.source.address, offer.language, offer.entries)
            screen().print("Nothing was added.")
            return
        async with engine.database.write() as tx:
            offered = await offer_source(tx, offer, await Lists(tx).book())
            if not offered.is_known:
                await keep_source(tx, offered.source.id)
    _show_offered(offered)


async def _remove(url: str) -> None:
    from digests.store.sources import Sources

    async with changing() as engine, engine.database.write() as tx:
        await Sources(tx).remove((await _meant(tx, url)).id)
    screen().print("It is read no more. Its stored articles stay.")


async def _set(url: str, pages: bool | None, user_agent: str | None) -> None:
    from digests.store.sources import Sources

    async with changing() as engine, engine.database.write() as tx:
        source = await _meant(tx, url)
        await Sources(tx).choose(source.id, fetch_pages=pages, user_agent=user_agent)
        now = await Sources(tx).get(source.id) or source
    screen().print(f"{now.title or now.address}", markup=False)
    screen().print(f"  pages of teasers: {'read' if now.fetch_pages else 'not read'}", markup=False)
    screen().print(f"  user agent: {now.user_agent or 'the usual one'}", markup=False)


async def _meant(tx: "AsyncConnection", url: str) -> "Source":
    from digests.errors import HaberdarError
    from digests.store.sources import Sources

    known = await Sources(tx).all()
    meant = [s for s in known if s.address == url] or [s for s in known if s.title.casefold() == url.casefold()]
    if len(meant) != 1:
        trouble = "no such feed" if not meant else "several have this title; give the address"
        raise HaberdarError(f"{url}: {trouble}; `haberdar feeds list` shows those there are")
    return meant[0]


async def _import(file: Path) -> None:
    from digests.adding import import_outlines
    from digests.sources.opml import MOST_BYTES, parse_opml

    with file.open("rb") as opened:
        outlines = parse_opml(opened.read(MOST_BYTES + 1), where=str(file))
    async with changing() as engine, engine.database.write() as tx:
        done = await import_outlines(tx, outlines)
    console = screen()
    console.print(f"{done.new} new, {done.known} known, {len(done.refused)} refused")
    for title, why in done.refused[:_SHOWN_REFUSED]:
        console.print(f"  {title}: {why}", markup=False, style="dim")
    if len(done.refused) > _SHOWN_REFUSED:
        console.print(f"  and {len(done.refused) - _SHOWN_REFUSED} more", style="dim")


async def _export() -> None:
    from digests.sources.opml import write_opml
    from digests.store.sources import Sources

    async with reading() as engine, engine.database.read() as tx:
        sources = await Sources(tx).all()
    click.echo(write_opml(sources, title="Haberdar"), nl=False)


def _show_offered(offered: "Offered") -> None:
    source = offered.source
    heading = f"{'Read already' if offered.is_known else 'Added'}: {source.title or source.address}"
    _show(heading, source.address, offered.language, offered.entries)
    console = screen()
    if offered.named:
        named = ", ".join(f"{label} ({count})" for label, count in offered.named[:_SHOWN_NAMES])
        console.print(f"Of the book in it: {named}", markup=False)
    for other in offered.others:
        console.print(f"Also on that page: {other}", markup=False, style="dim")
    if not offered.is_known:
        console.print("It is read about every 5 minutes. What it holds now is stored, and nothing of it is alerted.")


def _show(heading: str, address: str, language: str | None, entries: "Sequence[Entry]") -> None:
    """Print what a source is called, how many articles it holds, and the newest of them."""
    console = screen()
    console.print(heading, markup=False)
    console.print(f"  {address}{f', language {language}' if language else ''}", markup=False, style="dim")
    console.print(
        f"It holds {len(entries)} {'article' if len(entries) == 1 else 'articles'}" + (":" if entries else ".")
    )
    for entry in reversed(entries[-_SHOWN:]):
        console.print(f"  {_at(entry.published_at, 'no date')}  {entry.title}", markup=False, style="dim")
    if len(entries) > _SHOWN:
        console.print(f"  and {len(entries) - _SHOWN} older", style="dim")


def _at(at: datetime | None, otherwise: str = "never") -> str:
    return f"{at:%d %b, %H:%M} UTC" if at else otherwise
