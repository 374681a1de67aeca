"""The alarm of a silence: nothing was read of a name for so long. Told once, and again only after a new mention."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digests.model import (
    Chat,
    ChatState,
    Delivery,
    DeliveryId,
    DeliveryKind,
    LaneId,
    Notice,
    WatchedName,
    Wish,
    make_id,
    pattern_of,
)
from digests.schedule.due import quiet_until
from digests.store.articles import Articles
from digests.store.content import dump
from digests.store.lists import Lists
from digests.store.outbox import Outbox
from digests.store.silences import Silence, Silences
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.telling.teller import Teller

# A silence that was told is looked at again so often: whether it was broken meanwhile.
AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What follows from looking at a silence: whether it is told, and when it is looked at next."""

    is_told: bool
    next_at: datetime


def look_at(wanted: timedelta, silence: Silence, last_at: datetime | None, now: datetime) -> Look:
    """Return whether a silence is to be told: it lasts as long as wanted, and nothing was said since it was told last.

    Args:
        last_at: The newest mention; None while there was none, and the silence runs from when the chat asked.
    """
    began = silence.asked_at if last_at is None else min(last_at, now)
    if now < began + wanted:
        return Look(is_told=False, next_at=began + wanted)
    was_broken = silence.told_at is None or began > silence.told_at
    return Look(is_told=was_broken, next_at=now + AGAIN)


async def tell_silences(teller: Teller, chat: Chat) -> int:
    """Tell the silences of a chat's names that are due to be looked at; return how many were told."""
    silences, wishes = Silences(teller.tx), {w.name: w for w in await Lists(teller.tx).wishes_of(chat.id)}
    names = {name.id: name for name, _ in await Lists(teller.tx).names_of(chat.id)}
    told = 0
    for silence in await silences.due_of(chat.id, teller.now):
        wish, name = wishes[silence.name], names.get(silence.name)
        if wish.silence is None or name is None:
            await silences.put(silence, due_at=None, told_at=silence.told_at)
            continue
        if chat.state is not ChatState.ACTIVE or (teller.is_quiet(chat) and not wish.urgent):
            at = quiet_until(chat.quiet, ZoneInfo(chat.zone), teller.now)
            await silences.put(silence, due_at=max(at, teller.now + timedelta(minutes=1)), told_at=silence.told_at)
            continue
        pattern = pattern_of(name).id
        last_at, _ = (await Stories(teller.tx).last_mentions([pattern])).get(pattern, (None, 0))
        look = look_at(wish.silence, silence, last_at, teller.now)
        if look.is_told:
            told += await _tell(teller, chat, name, wish, last_at)
        await silences.put(silence, due_at=look.next_at, told_at=teller.now if look.is_told else silence.told_at)
    return told


async def _tell(teller: Teller, chat: Chat, name: WatchedName, wish: Wish, last_at: datetime | None) -> int:
    """Write the notice, with what was read meanwhile: the ground of saying that nothing was found."""
    span = wish.silence or timedelta()
    coverage = await Sources(teller.tx).coverage(teller.now - span, teller.now)
    fields = [
        ("name", name.label),
        ("n", str(span.days)),
        ("articles", str(await Articles(teller.tx).count(teller.now - span, teller.now))),
        ("read", str(coverage.sources_read)),
        ("sources", str(coverage.sources)),
    ]
    if last_at is not None:
        fields.append(("last_at", last_at.isoformat()))
    key = "silence.alarm" if last_at is not None else "silence.alarm_never"
    delivery = Delivery(
        id=DeliveryId(make_id("silence", chat.id, name.id, teller.now.isoformat())),
        chat=chat.id,
        of=DeliveryKind.NOTICE,
        lane=LaneId(chat.service),
        created_at=teller.now,
        not_before=teller.now,
        content=dump("notice", Notice(key=key, fields=tuple(fields))),
    )
    return int(await Outbox(teller.tx, teller.vault).add(delivery))
