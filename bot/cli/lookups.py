"""Lookups on the screen: who is named where, and which sentences hold given words."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from bot.cli.opening import reading, run, screen
from digests.errors import HaberdarError

if TYPE_CHECKING:
    from digests.dated import Dates
    from digests.look import Known, Sighting
    from digests.model import Sentence
    from digests.writing.timeline import DatedEvent


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs: text, outlet, url, published_at, band, reason.")
@click.option("--limit", default=10, show_default=True, help="How many mentions to show.")
def who(name: str, as_json: bool, limit: int) -> None:
    """Show where NAME is mentioned, in every spelling, script and case ending."""
    run(_who(name, as_json=as_json, limit=limit))


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--limit", default=10, show_default=True, help="How many articles to show.")
def search(text: str, as_json: bool, limit: int) -> None:
    """Show a sentence of each stored article that holds all the words of TEXT."""
    run(_search(text, as_json=as_json, limit=limit))


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs: day, text, outlet, url, published_at, said.")
@click.option("--limit", default=20, show_default=True, help="How many days to show.")
def timeline(name: str, as_json: bool, limit: int) -> None:
    """Show the days that stored articles say beside NAME, oldest first, each with its sentence."""
    run(_timeline(name, as_json=as_json, limit=limit))


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs: name, day, text, outlet, url, published_at.")
@click.option("--limit", default=20, show_default=True, help="How many days to show of a name.")
def upcoming(name: str | None, as_json: bool, limit: int) -> None:
    """Show what is announced for today or later: of NAME, or of every name of the shipped book."""
    run(_upcoming(name, as_json=as_json, limit=limit))


async def _timeline(name: str, *, as_json: bool, limit: int) -> None:
    _need_letters(name, "name")
    async with reading() as engine:
        found = await engine.timeline(name, zone=ZoneInfo("UTC"), limit=limit)
    _show_dates((found,), as_json=as_json, nothing=f"No stored article names {name}.")


async def _upcoming(name: str | None, *, as_json: bool, limit: int) -> None:
    if name is not None:
        _need_letters(name, "name")
    async with reading() as engine:
        found = await engine.upcoming(name, zone=ZoneInfo("UTC"), limit=limit)
    of_whom = name or "any name of the book"
    _show_dates(found, as_json=as_json, nothing=f"No stored article announces anything of {of_whom}.")


def _show_dates(found: "Sequence[Dates]", *, as_json: bool, nothing: str) -> None:
    if as_json:
        rows = [{"name": dates.label, **_of_event(event)} for dates in found for event in dates.events]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    console = screen()
    if not any(dates.events for dates in found):
        console.print(nothing, markup=False)
    for dates in found:
        if dates.events:
            console.print(f"[bold]{_escaped(dates.label)}[/bold] · {dates.articles} article{_s(dates.articles)}")
        for event in dates.events:
            published = "" if event.said else " (the day it appeared; the text says none)"
            also = f" · {len(event.outlets)} outlets" if len(event.outlets) > 1 else ""
            console.print(f"\n{event.day:%a %d %b %Y}{published}{also}", style="bold", markup=False)
            _show_quote(event.sentence)


def _of_event(event: "DatedEvent") -> dict[str, object]:
    return {"day": event.day.isoformat(), **_of_sentence(event.sentence), "said": event.said}


async def _who(name: str, *, as_json: bool, limit: int) -> None:
    from bot.words import words

    _need_letters(name, "name")
    async with reading() as engine:
        known = await engine.who(name, limit=limit)
    if as_json:
        click.echo(json.dumps([_plain(one) for one in known.sightings], ensure_ascii=False))
        return
    console, say = screen(), words("en")
    if not known.sightings:
        console.print(f"No stored article names {name}.", markup=False)
        return
    _show_head(known)
    for one in known.sightings:
        console.print()
        _show_quote(one.sentence)
        why = say.reason(one.mention.reason, one.sentence.language)
        console.print(f"Found as “{one.form}”: {why}.", style="dim", markup=False)


async def _search(text: str, *, as_json: bool, limit: int) -> None:
    _need_letters(text, "word")
    async with reading() as engine:
        found = await engine.search(text, limit=limit)
    if as_json:
        click.echo(json.dumps([_of_sentence(sentence) for sentence in found], ensure_ascii=False))
        return
    console = screen()
    if not found:
        console.print("No stored article holds all these words.")
    for sentence in found:
        _show_quote(sentence)
        console.print()


def _need_letters(typed: str, what: str) -> None:
    """Refuse what no article can hold, such as an empty variable of a script, before anything is opened."""
    if not any(char.isalnum() for char in typed):
        raise HaberdarError(f"“{typed}”: there is no {what} to look for in it; write it in letters")


def _show_head(known: "Known") -> None:
    console = screen()
    articles = f"{known.articles} article{_s(known.articles)}"
    console.print(f"[bold]{_escaped(known.label)}[/bold] · {articles}")


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _show_quote(sentence: "Sentence") -> None:
    console, at = screen(), sentence.published_at
    when = f"{at:%d %b %Y, %H:%M} UTC" if at else f"no date given; seen {sentence.fetched_at:%d %b %Y, %H:%M} UTC"
    console.print(f"“{sentence.text}”", markup=False)
    console.print(f"{sentence.outlet}, {when}", style="dim", markup=False)
    console.print(sentence.url, style="dim", markup=False, soft_wrap=True)


def _plain(one: "Sighting") -> dict[str, object]:
    reason = one.mention.reason
    return {
        **_of_sentence(one.sentence),
        "band": one.mention.band.value,
        "reason": {"key": reason.key, **dict(reason.fields)},
        "form": one.form,
        "start": one.mention.start,
        "end": one.mention.end,
    }


def _of_sentence(sentence: "Sentence") -> dict[str, object]:
    return {
        "text": sentence.text,
        "outlet": sentence.outlet,
        "url": sentence.url,
        "published_at": sentence.published_at.isoformat() if sentence.published_at else None,
    }
