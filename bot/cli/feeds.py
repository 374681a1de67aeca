"""Sources at the command line: what is read, how it fares, and adding or taking off a feed."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.cli.opening import changing, reading, run, screen
from bot.settings import load

if TYPE_CHECKING:
    from digests.model import Reading

_SHOWN = 3  # the newest articles of a feed that is added


@click.group()
def feeds() -> None:
    """Sources: list them with their health, add or remove a feed."""


@feeds.command("list")
def list_feeds() -> None:
    """List every source with its last good read and what ails it."""
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
def add(url: str, title: str, stance: str) -> None:
    """Read the feed at URL from now on; what stands in it already is stored, and not alerted."""
    run(_add(url, title, stance))


@feeds.command()
@click.argument("url")
def remove(url: str) -> None:
    """Read the feed at URL no more; its stored articles stay."""
    run(_remove(url))


async def _list() -> None:
    from rich.table import Table
    from rich.text import Text

    from digests.store.sources import Sources

    async with reading() as engine, engine.database.read() as tx:
        sources = await Sources(tx).all()
    if not sources:
        screen().print("No sources yet: haberdar feeds add URL")
        return
    table = Table("source", "address", "kind", "last read", "health", box=None, header_style="bold")
    for source in sources:
        health = source.last_error or ("good" if source.last_success_at else "not read yet")
        if not source.enabled:
            health = f"off: {source.last_error}" if source.last_error else "off"
        row = (source.title, source.address, source.kind, _at(source.last_success_at), health)
        table.add_row(*(Text(cell) for cell in row))
    screen().print(table)


async def _add(url: str, title: str, stance: str) -> None:
    from bot.app import open_readers
    from bot.clock import SystemClock
    from digests.engine import feed_source
    from digests.model import Stance

    settings = load()
    source = feed_source(url, title=title, stance=Stance(stance))
    async with open_readers(settings) as readers:
        reading_now = await readers["feed"].read(source, now=SystemClock().now())
    async with changing(settings) as engine:
        was_new = await engine.put_source(source)
    console = screen()
    console.print(f"{'Added' if was_new else 'Read already'}: {title or reading_now.title or url}", markup=False)
    _show_entries(reading_now)
    if was_new:
        console.print("What it holds now is stored at its first poll, and nothing of it is alerted.")


async def _remove(url: str) -> None:
    from digests.engine import feed_source
    from digests.errors import HaberdarError
    from digests.store.sources import Sources

    async with changing() as engine, engine.database.write() as tx:
        source = await Sources(tx).get(feed_source(url).id)
        if source is None:
            raise HaberdarError(f"{url}: no such feed; `haberdar feeds list` shows those there are")
        await Sources(tx).remove(source.id)
    screen().print("It is read no more. Its stored articles stay.")


def _show_entries(reading_now: "Reading") -> None:
    """Print how many articles a feed holds, and the newest of them."""
    console, entries = screen(), reading_now.entries
    console.print(
        f"It holds {len(entries)} {'article' if len(entries) == 1 else 'articles'}" + (":" if entries else ".")
    )
    for entry in reversed(entries[-_SHOWN:]):
        console.print(
            f"  {_at(entry.published_at, 'no date')}  {entry.title or entry.text[:70]}", markup=False, style="dim"
        )
    if len(entries) > _SHOWN:
        console.print(f"  and {len(entries) - _SHOWN} older", style="dim")


def _at(at: datetime | None, otherwise: str = "never") -> str:
    return f"{at:%d %b, %H:%M} UTC" if at else otherwise
