"""What a silence held (the night, a pause, a suspension), and the one catch-up that ends it."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digests.model import Chat, ChatState, DeliveryKind, HeldWhy, Slot, SlotAnswer, Subscription, SubscriptionKind
from digests.schedule.due import due_slots, is_quiet, next_due, quiet_since, quiet_until
from digests.schedule.when import parse_when
from digests.store.outbox import Outbox
from digests.store.waits import Waits
from digests.telling.corrections import LOOKED_BACK, write_corrections
from digests.telling.teller import Teller, watching_of
from digests.writing.compose import told_by

_MOMENT = timedelta(microseconds=1)
_AWAY = "away"  # how the name of the slot begins that holds what a chat was not told while it could not be reached


async def end_silence(teller: Teller, chat: Chat, since: datetime, why: HeldWhy) -> bool:
    """Tell in one digest what a chat was not told since then; return whether there was anything.

    Schedules whose slots were held meanwhile go on from now; the others keep their spans.
    """
    held = await _held_schedules(teller, chat)
    if not chat.alerts and not held:
        return False
    told = await _catch_up(teller, chat, min([since, *(schedule.since for schedule in held)]), why)
    await Waits(teller.tx).drop(chat.id)
    zone = ZoneInfo(chat.zone)
    for schedule in held:
        for slot in due_slots(parse_when(schedule.when), zone, schedule.since, teller.now):
            await teller.answer(schedule, slot, SlotAnswer.MERGED, None, schedule.next_due_at)
        following = next_due(parse_when(schedule.when), zone, teller.now)
        await teller.chats.put_subscription(replace(schedule, since=teller.now, next_due_at=following))
    return told


async def end_night(teller: Teller, subscription: Subscription, chat: Chat) -> bool:
    """Answer the end of a chat's quiet hours: what was held is told in one digest, if there is any."""
    at = subscription.next_due_at or teller.now
    following = next_night_end(chat, teller.now)
    since, why = await _held_from(teller, subscription, chat, at)
    subscription = replace(subscription, since=since, next_due_at=following)
    slot = Slot(key=f"catchup-{at:%Y-%m-%dT%H:%M:%SZ}", at=at)
    if chat.state is not ChatState.ACTIVE or teller.is_quiet(chat):
        # Paused, or the service was down when the night ended and it is night again: the span stays open.
        await teller.chats.put_due(subscription.id, following)
        await teller.answer(subscription, slot, SlotAnswer.HELD, None, following)
        return False
    due = [s for s in await _held_schedules(teller, chat) if s.next_due_at is not None and s.next_due_at <= teller.now]
    if due:
        # A digest is due at this very instant: slots that fall on one instant are one answer, and it covers both.
        for schedule in due:
            await teller.chats.put_subscription(replace(schedule, since=min(schedule.since, since)))
        told, answer = False, SlotAnswer.MERGED
    else:
        told = await end_silence(teller, chat, since, why)
        answer = SlotAnswer.DIGEST if told else SlotAnswer.EMPTY
    await teller.chats.put_due(subscription.id, following)
    await teller.answer(subscription, slot, answer, None, following)
    return told


async def hold(teller: Teller, chat: Chat, since: datetime, *, was_away: bool = False) -> None:
    """Leave what a chat was not told since then to the end of its quiet hours, or to now where there are none."""
    word = _AWAY if was_away else "held"
    zone = ZoneInfo(chat.zone)
    for subscription in await teller.chats.subscriptions(chat.id):
        if subscription.kind is SubscriptionKind.ALERTS:
            slot = Slot(key=f"{word}-{teller.now:%Y-%m-%dT%H:%M:%S.%fZ}", at=teller.now)
            at = quiet_until(chat.quiet, zone, teller.now)
            await teller.answer(replace(subscription, since=since), slot, SlotAnswer.HELD, None, at)


async def take_back(teller: Teller, chat: Chat) -> datetime | None:
    """Take back what was written to a suspended chat and never reached it; return since when that is untold again.

    It comes in the one catch-up, not as a flood before it. What was begun, or may have arrived, goes on where it was,
    and so do corrections.
    """
    outbox, oldest = Outbox(teller.tx, teller.vault), list[datetime]()
    for delivery in await outbox.unreached(chat):
        if await teller.told.is_marked(delivery) and await outbox.supersede(delivery, "caught_up", teller.now):
            at = await teller.told.untell(delivery)
            oldest += [] if at is None else [at - _MOMENT]
    await outbox.send_refused(chat, teller.now)
    if not oldest:
        return None
    since = min(oldest)
    for schedule in await teller.chats.subscriptions(chat.id):
        if schedule.kind is SubscriptionKind.DIGEST and schedule.since > since:
            await teller.chats.put_subscription(replace(schedule, since=since))
    return since


async def silent_since(teller: Teller, chat: Chat) -> datetime:
    """Return from when on a paused or suspended chat was told nothing: the night before it too."""
    since = chat.state_since or teller.now
    if chat.state is ChatState.SUSPENDED:
        since = min(since, await take_back(teller, chat) or since)
    if teller.is_quiet(chat, since):
        since = quiet_since(chat.quiet, ZoneInfo(chat.zone), since)
    held = [
        await teller.chats.held_since(subscription)
        for subscription in await teller.chats.subscriptions(chat.id)
        if subscription.kind is SubscriptionKind.ALERTS
    ]
    wait = await Waits(teller.tx).get(chat.id)
    waiting = [] if wait is None else [wait.since]
    return min([since, *waiting, *(at for at in held if at is not None)])


def next_night_end(chat: Chat, after: datetime) -> datetime | None:
    """Return the next instant at which the chat's quiet hours end; None where it has none."""
    if chat.quiet is None:
        return None
    zone = ZoneInfo(chat.zone)
    if is_quiet(chat.quiet, zone, after):
        return quiet_until(chat.quiet, zone, after)
    return next_due(parse_when(f"daily {chat.quiet.end:%H:%M}"), zone, after)


def next_look(chat: Chat, kind: SubscriptionKind, when: str, now: datetime) -> datetime | None:
    """Return when a subscription is next looked at; alerts are at the end of the chat's quiet hours."""
    if kind is SubscriptionKind.ALERTS:
        return next_night_end(chat, now)
    return next_due(parse_when(when), ZoneInfo(chat.zone), now)


async def _catch_up(teller: Teller, chat: Chat, since: datetime, why: HeldWhy) -> bool:
    await write_corrections(teller, chat, min(since, teller.now - LOOKED_BACK))
    watching, added = await watching_of(teller.tx, chat)
    slot = f"catchup-{teller.now:%Y-%m-%dT%H:%M:%S.%fZ}"
    digest = await teller.compose(watching, added, slot, since, teller.now, held_from=since, held_why=why)
    # What was all told by alerts (urgent names at night) is not worth a message that only recalls it.
    if all(item.only_recalled for item in digest.items) and not digest.earlier:
        return False
    await teller.send(chat, digest, DeliveryKind.DIGEST, told_by(digest))
    return True


async def _held_schedules(teller: Teller, chat: Chat) -> list[Subscription]:
    """Return the chat's schedules of digests that have slots which were not told."""
    zone = ZoneInfo(chat.zone)
    return [
        s
        for s in await teller.chats.subscriptions(chat.id)
        if s.kind is SubscriptionKind.DIGEST and due_slots(parse_when(s.when), zone, s.since, teller.now)
    ]


async def _held_from(teller: Teller, subscription: Subscription, chat: Chat, at: datetime) -> tuple[datetime, HeldWhy]:
    """Return where the span begins that a night's end answers, and why it was held: its start, or one held before."""
    before = at - timedelta(minutes=1)  # a minute before its end the night still held
    night = quiet_since(chat.quiet, ZoneInfo(chat.zone), before) if teller.is_quiet(chat, before) else at
    wait = await Waits(teller.tx).get(chat.id)
    since = night if wait is None else min(night, wait.since)
    held = await teller.chats.first_held(subscription)
    if held is None:
        return since, "quiet"
    slot, first = held
    return min(since, first), "service" if slot.startswith(_AWAY) and first <= since else "quiet"
