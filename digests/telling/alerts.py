"""Alerts: news told as soon as it is placed; a burst of one story is followed up once, many stories are one digest.

At night only urgent names speak. What waits (the rest of a burst, the names that are not urgent) stands in `waits`, so
that no restart forgets it; `told` keeps everything single.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digests.model import Alert, Chat, ChatState, DeliveryKind, News, PatternId, SubscriptionKind, Watching
from digests.schedule.due import quiet_since
from digests.store.waits import Wait, Waits
from digests.telling.bursts import Alerted, Plan, cap_night, is_changed, plan_alerts
from digests.telling.held import next_night_end
from digests.telling.teller import Teller, watching_of
from digests.writing.compose import compose_alert, told_by
from digests.writing.items import turns
from digests.writing.update import compose_update
from digests.writing.wanted import is_muted, mute_ends

_MOMENT = timedelta(microseconds=1)
# Another process may commit news a little after it was stamped: what came in the last seconds is looked at again.
_UNSETTLED = timedelta(seconds=10)
# What a mute keeps from being told is looked at again so late; a digest of its span leaves it out as well.
_MUTED = timedelta(minutes=10)
# A status that was told of a name so long ago is news again.
_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What one chat sees at this instant: its names, when each was added, and what it was alerted to."""

    watching: Watching
    added: Mapping[PatternId, datetime]
    alerted: Alerted


async def write_alerts(teller: Teller, chat: Chat, since: datetime) -> int:
    """Write the alerts of a chat on all news since then that it was not told; return how many deliveries."""
    if chat.state is not ChatState.ACTIVE or not chat.alerts:
        return 0
    wait = await Waits(teller.tx).get(chat.id)
    since = since if wait is None else min(since, wait.since)
    watching, added = await watching_of(teller.tx, chat)
    untold = await teller.told.untold(chat.id, added, since, teller.now)
    # What came while it was muted is not alerted when the mute ends: a digest of its span tells it.
    news = _speaking(watching, untold)
    alerted = await teller.told.alerted(chat.id, {piece.story for piece in news})
    sight = _Sight(watching=watching, added=added, alerted=alerted)
    plan = await _plan(teller, chat, news, sight)
    written, silent = await _write(teller, plan, sight)
    silent = silent or len(news) < len(untold)
    if wait is not None or plan.later or silent:
        await _leave(teller, chat, plan, is_silent=silent)
    return written


async def _plan(teller: Teller, chat: Chat, news: Sequence[News], sight: _Sight) -> Plan:
    """Return what is told now; at night that of urgent names alone, and no more of it than a night bears."""
    if not await _is_held(teller, chat):
        return plan_alerts(news, sight.added, sight.alerted, teller.now, settles=teller.settles)
    urgent = _urgent(sight.watching)
    speaking = [piece for piece in news if not urgent.isdisjoint(piece.names)]
    held = [piece for piece in news if urgent.isdisjoint(piece.names)]
    plan = plan_alerts(speaking, urgent, sight.alerted, teller.now, settles=teller.settles)
    written = await teller.told.alerts_since(chat.id, quiet_since(chat.quiet, ZoneInfo(chat.zone), teller.now))
    known = await teller.told.statuses(chat.id, urgent, teller.now - _REMEMBERED)
    changed = [piece for piece in speaking if is_changed(piece, urgent, known)]
    plan = cap_night(plan, changed=changed, written=written, now=teller.now)
    if not held:
        return plan
    ends = [at for at in (plan.until, next_night_end(chat, teller.now)) if at is not None]
    until = min(ends, default=teller.now)
    return Plan(now=plan.now, later=(*plan.later, *held), until=until)


async def _write(teller: Teller, plan: Plan, sight: _Sight) -> tuple[int, bool]:
    """Write what is to be told now; return how many deliveries, and whether a mute kept some of it silent."""
    if len(plan.now) > teller.burst or any(len({p.story for p in group}) > 1 for group in plan.now):
        news = tuple(piece for group in plan.now for piece in group)
        return await _alert_digest(teller, sight, news), False
    written = [await _alert(teller, sight, group) for group in plan.now]
    return sum(written), not all(written)


async def _leave(teller: Teller, chat: Chat, plan: Plan, *, is_silent: bool) -> None:
    """Note what waits and until when, or that nothing does."""
    seen = teller.now - _UNSETTLED
    if plan.later and plan.until is not None:
        since = min(piece.at for piece in plan.later) - _MOMENT
        await Waits(teller.tx).put(chat.id, Wait(since=since, seen=seen, due_at=plan.until))
    elif is_silent:
        await Waits(teller.tx).put(chat.id, Wait(since=seen, seen=seen, due_at=teller.now + _MUTED))
    else:
        await Waits(teller.tx).drop(chat.id)


async def _alert(teller: Teller, sight: _Sight, group: tuple[News, ...]) -> int:
    """Write one alert; 0 when nothing of it may be told."""
    watching, first = sight.watching, group[0]
    tellings = await teller.told.tellings(watching.chat.id, {first.story}, sight.added, teller.now)
    ids = {piece.id for piece in group}
    fresh = [t for t in tellings if t.news is not None and t.news.id in ids]
    if not fresh:
        return 0  # the clock was put back, and the article lies in the future: it is told when that has come
    slot = f"alert-{first.id}"
    alert: Alert | None
    if len(group) > 1 or any(story == first.story for story, _ in sight.alerted):
        alert = compose_update(watching, fresh, tellings, slot=slot, at=teller.now)
    else:
        others = tuple(t for t in tellings if t is not fresh[0])
        alert = compose_alert(watching, fresh[0], others, slot=slot, at=teller.now)
    if alert is None:
        return 0
    await teller.send(watching.chat, alert, DeliveryKind.ALERT, told_by(alert))
    return 1


async def _alert_digest(teller: Teller, sight: _Sight, news: tuple[News, ...]) -> int:
    since = min(piece.at for piece in news) - _MOMENT
    slot = f"alerts-{teller.now:%Y-%m-%dT%H:%M:%S.%fZ}"
    only = {piece.id for piece in news}
    digest = await teller.compose(sight.watching, sight.added, slot, since, teller.now, only=only)
    if not digest.items:
        return 0
    await teller.send(sight.watching.chat, digest, DeliveryKind.ALERT, told_by(digest))
    return 1


async def _is_held(teller: Teller, chat: Chat) -> bool:
    """Tell whether alerts wait: it is night, or the night's catch-up is not written yet."""
    if teller.is_quiet(chat):
        return True
    return any(
        s.kind is SubscriptionKind.ALERTS and s.next_due_at is not None and s.next_due_at <= teller.now
        for s in await teller.chats.subscriptions(chat.id)
    )


def _speaking(watching: Watching, news: Iterable[News]) -> list[News]:
    """Return the news that was not muted when it came: neither its story nor every name of the chat it concerns."""
    ends = mute_ends(watching)
    return [
        piece
        for piece in news
        if (turns(piece) or not is_muted(watching, piece.story, piece.at))
        and any(name in ends and ends[name] <= piece.at for name in piece.names)
    ]


def _urgent(watching: Watching) -> set[PatternId]:
    wanted = {wish.name for wish in watching.wishes if wish.urgent}
    return {pattern for pattern, name in watching.names if name.id in wanted}
