"""Adding sources: what is offered is shown first, and read from when a person says so."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.check import who_is_in
from digests.errors import AskError
from digests.model import Entry, Source, SourceId, Stance, WatchedName
from digests.sources.base import READERS
from digests.sources.find import Offer, new_source
from digests.sources.opml import Outline, why_refused
from digests.store.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A source as it is shown before it is kept.

    Attributes:
        is_known: It is read already.
        named: Who of the given names is in what it holds, and in how many texts; most first.
        others: Addresses of other feeds on the same page.
    """

    source: Source
    is_known: bool
    language: str | None
    entries: tuple[Entry, ...]
    named: tuple[tuple[str, int], ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list: how many were new or known, and what was refused with its reason."""

    new: int
    known: int
    refused: tuple[tuple[str, str], ...]


async def offer_source(tx: AsyncConnection, offer: Offer, names: Sequence[WatchedName]) -> Offered:
    """Note an offered source, and return how it is shown to one who watches `names`."""
    named = await asyncio.to_thread(who_is_in, offer.entries, names)
    was_new = await Sources(tx).offer(offer.source)
    return Offered(
        source=offer.source,
        is_known=not was_new,
        language=offer.language,
        entries=offer.entries,
        named=named,
        others=offer.others,
    )


def renamed(offer: Offer, *, title: str, stance: Stance) -> Offer:
    """Return an offer under the title and kind that a person gave; "" and unknown leave what was found."""
    found = offer.source
    source = replace(
        found,
        title=title or found.title,
        outlet=title or found.outlet,
        stance=found.stance if stance is Stance.UNKNOWN else stance,
    )
    return replace(offer, source=source)


async def keep_source(tx: AsyncConnection, source: SourceId) -> Source:
    """Read an offered source from now on; `AskError("source.gone")` when nobody offered it."""
    kept = await Sources(tx).take_on(source)
    if kept is None:
        raise AskError("source.gone")
    return kept


async def remove_source(tx: AsyncConnection, source: SourceId) -> Source:
    """Read a source no more; `AskError("source.gone")` when it is not read."""
    known = await Sources(tx).get(source)
    if known is None:
        raise AskError("source.gone")
    await Sources(tx).remove(source)
    # So that it can be taken back as it was, also when it had no articles yet.
    await Sources(tx).offer(known)
    return known


async def import_outlines(tx: AsyncConnection, outlines: Sequence[Outline]) -> Imported:
    """Read every source of a list from now on; what cannot be one is refused, and the others go on."""
    new = known = 0
    refused: list[tuple[str, str]] = []
    for outline in outlines:
        why = why_refused(outline, tuple(READERS))
        if why is not None:
            refused.append((outline.title or outline.address[:100], why))
        elif await Sources(tx).add(source_of(outline)):
            new += 1
        else:
            known += 1
    return Imported(new=new, known=known, refused=tuple(refused))


def source_of(outline: Outline) -> Source:
    """Return an entry of a list as a source that was never read."""
    return new_source(
        outline.kind, outline.address, title=outline.title, language=outline.language, stance=outline.stance
    )
