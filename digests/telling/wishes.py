"""What one chat wants of a name: that it wakes people, that it is muted, that its silence is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from rapidfuzz import fuzz, process
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import AskError
from digests.model import ChatId, WatchedName, Wish
from digests.names.same import is_same
from digests.store.lists import Lists
from digests.store.silences import Silences

# Likeness of 0 to 100 from which another name of the chat is offered.
_NEAR = 70
LONGEST_MUTE = timedelta(days=365)
SHORTEST_SILENCE, LONGEST_SILENCE = timedelta(days=1), timedelta(days=365)


class Wishes:
    """The wishes of one chat, in one transaction."""

    def __init__(self, tx: AsyncConnection, chat: ChatId, now: datetime) -> None:
        self._lists = Lists(tx)
        self._silences = Silences(tx)
        self._chat = chat
        self._now = now

    async def all(self) -> tuple[tuple[WatchedName, Wish], ...]:
        """Return the names the chat wants something of, in the order of its lists."""
        wanted = {wish.name: wish for wish in await self._lists.wishes_of(self._chat)}
        names = [name for name, _ in await self._lists.names_of(self._chat)]
        return tuple((name, wanted[name.id]) for name in names if name.id in wanted)

    async def of(self, label: str) -> tuple[WatchedName, Wish]:
        """Return the name that `label` means in any spelling, and what is wanted of it.

        Raises `AskError("unwatch.unknown", asked=..., near=...)`.
        """
        names = [name for name, _ in await self._lists.names_of(self._chat)]
        name = next((name for name in names if name.id == label or is_same(name, label)), None)
        if name is None:
            raise AskError("unwatch.unknown", asked=label.strip()[:60], near=", ".join(_near(label, names)))
        wanted = {wish.name: wish for wish in await self._lists.wishes_of(self._chat)}
        return name, wanted.get(name.id, Wish(chat=self._chat, name=name.id))

    async def ends_in(self, label: str) -> bool:
        """Tell whether a label means a name of the chat that ends in the same word: "Radio 24"."""
        names = [name for name, _ in await self._lists.names_of(self._chat) if is_same(name, label)]
        spelt = {text for name in names for text in (name.label, *(spelling.text for spelling in name.spellings))}
        return label.split()[-1:] in [text.split()[-1:] for text in spelt]

    async def set_urgent(self, label: str, *, on: bool) -> WatchedName:
        """Let a name break the quiet hours, or no longer."""
        name, wish = await self.of(label)
        await self._lists.set_wish(replace(wish, urgent=on))
        return name

    async def mute(self, label: str, span: timedelta | None) -> tuple[WatchedName, datetime | None]:
        """Mute a name for so long, or no longer; return when the mute ends. `AskError("mute.unknown", asked=...)`."""
        name, wish = await self.of(label)
        if span is not None and not timedelta() < span <= LONGEST_MUTE:
            raise AskError("mute.unknown", asked=label.strip()[:60])
        until = None if span is None else self._now + span
        await self._lists.set_wish(replace(wish, muted_until=until))
        return name, until

    async def set_silence(self, label: str, span: timedelta | None) -> WatchedName:
        """Tell when nothing was said of a name for so long, or no longer; `AskError("silence.unknown", asked=...)`."""
        name, wish = await self.of(label)
        if span is not None and not SHORTEST_SILENCE <= span <= LONGEST_SILENCE:
            raise AskError("silence.unknown", asked=label.strip()[:60])
        await self._lists.set_wish(replace(wish, silence=span))
        await self._silences.ask(self._chat, name.id, None if span is None else self._now)
        return name


def _near(label: str, names: Sequence[WatchedName]) -> list[str]:
    labels = list(dict.fromkeys(name.label for name in names))
    found = process.extract(label, labels, scorer=fuzz.ratio, limit=3, score_cutoff=_NEAR)
    return [near for near, _, _ in found]
