"""Alerts: news told as soon as it is placed; twenty at once are one digest, and at night only urgent names speak."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from digests.model import Chat, ChatState, DeliveryKind, News, PatternId, SubscriptionKind, Watching
from digests.telling.teller import Teller, watching_of
from digests.writing.compose import compose_alert, told_by


async def write_alerts(teller: Teller, chat: Chat, since: datetime) -> int:
    """Write the alerts of a chat on all news since then that it was not told; return how many deliveries."""
    if chat.state is not ChatState.ACTIVE or not chat.alerts:
        return 0
    watching, added = await watching_of(teller.tx, chat)
    told_of = _urgent_only(watching, added) if await _is_held(teller, chat) else added
    news = await teller.told.untold(chat.id, told_of, since, teller.now)
    if len({piece.story for piece in news}) > teller.burst:
        return await _alert_digest(teller, watching, added, news)
    written = 0
    for piece in news:
        written += await _alert(teller, watching, added, piece)
    return written


async def _alert(teller: Teller, watching: Watching, added: Mapping[PatternId, datetime], news: News) -> int:
    tellings = await teller.told.tellings(watching.chat.id, {news.story}, added, teller.now)
    this = next((t for t in tellings if t.news is not None and t.news.id == news.id), None)
    if this is None:
        return 0  # the clock was put back, and the article lies in the future: it is told when that has come
    others = tuple(t for t in tellings if t is not this)
    alert = compose_alert(watching, this, others, slot=f"alert-{news.id}", at=teller.now)
    if alert is None:
        return 0
    await teller.send(watching.chat, alert, DeliveryKind.ALERT, told_by(alert))
    return 1


async def _alert_digest(
    teller: Teller, watching: Watching, added: Mapping[PatternId, datetime], news: tuple[News, ...]
) -> int:
    since = min(piece.at for piece in news) - timedelta(microseconds=1)
    slot = f"alerts-{teller.now:%Y-%m-%dT%H:%M:%S.%fZ}"
    only = {piece.id for piece in news}
    digest = await teller.compose(watching, added, slot, since, teller.now, only=only)
    if not digest.items:
        return 0
    await teller.send(watching.chat, digest, DeliveryKind.ALERT, told_by(digest))
    return 1


async def _is_held(teller: Teller, chat: Chat) -> bool:
    """Tell whether alerts wait: it is night, or the night's catch-up is not written yet."""
    if teller.is_quiet(chat):
        return True
    return any(
        s.kind is SubscriptionKind.ALERTS and s.next_due_at is not None and s.next_due_at <= teller.now
        for s in await teller.chats.subscriptions(chat.id)
    )


def _urgent_only(watching: Watching, added: Mapping[PatternId, datetime]) -> dict[PatternId, datetime]:
    urgent = {wish.name for wish in watching.wishes if wish.urgent}
    return {pattern: added[pattern] for pattern, name in watching.names if name.id in urgent}
