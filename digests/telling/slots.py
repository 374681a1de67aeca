"""The slots of a schedule: each answered once, whatever the ticks, outages and clocks do."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digests.model import Chat, ChatState, DeliveryKind, Digest, Slot, SlotAnswer, Subscription, SubscriptionKind
from digests.schedule.due import due_slots, next_due
from digests.schedule.when import parse_when
from digests.telling.teller import Teller, watching_of
from digests.writing.compose import told_by


async def answer_slots(teller: Teller, subscription: Subscription, chat: Chat, *, is_all_placed: bool = True) -> bool:
    """Answer the slots of a schedule that are due; return whether a digest was written.

    Several due at once (an outage) are one answer: the last is told, the earlier ones are merged into it. While
    articles wait to be placed, "nothing new" would be no truth: an empty digest then waits for the next look.
    """
    schedule, zone = parse_when(subscription.when), ZoneInfo(chat.zone)
    # One that a clock which ran ahead has answered must not be the answer of those before it.
    due = await teller.chats.unanswered(subscription.id, due_slots(schedule, zone, subscription.since, teller.now))
    following = next_due(schedule, zone, teller.now)
    is_held = chat.state is not ChatState.ACTIVE or teller.is_quiet(chat)
    if due and not is_held and not is_all_placed and not (await _draft(teller, subscription, chat, due[-1])).items:
        return False
    # Whatever becomes of the slots, the subscription is not due again before the next one.
    await teller.chats.put_subscription(replace(subscription, next_due_at=following))
    if not due:
        return False
    for slot in due if is_held else due[:-1]:
        await teller.answer(subscription, slot, SlotAnswer.HELD if is_held else SlotAnswer.MERGED, None, following)
    return not is_held and await _digest(teller, subscription, chat, due[-1], following)


async def write_at_once(teller: Teller, subscription: Subscription, chat: Chat) -> bool:
    """Write a digest of all since the last one, outside any schedule; return whether one was written."""
    slot = Slot(key=f"once-{teller.now:%Y-%m-%dT%H:%M:%S.%fZ}", at=teller.now)
    return await _digest(teller, subscription, chat, slot, None)


async def _digest(
    teller: Teller, subscription: Subscription, chat: Chat, slot: Slot, following: datetime | None
) -> bool:
    digest = await _draft(teller, subscription, chat, slot)
    goes = is_wanted(digest, subscription)
    answer = SlotAnswer.DIGEST if digest.items else SlotAnswer.EMPTY
    delivery = teller.delivery_of(chat, digest, DeliveryKind.DIGEST).id if goes else None
    if not await teller.answer(subscription, slot, answer, delivery, following):
        return False
    if goes:
        news = () if subscription.kind is SubscriptionKind.RECAP else told_by(digest)
        await teller.send(chat, digest, DeliveryKind.DIGEST, news)
    return goes


def is_wanted(digest: Digest, subscription: Subscription) -> bool:
    """Say whether a digest is sent: "nothing new" is a promise worth a message once a day, every four hours noise."""
    return bool(digest.items) or (bool(digest.watched) and not subscription.when.startswith("every"))


async def _draft(teller: Teller, subscription: Subscription, chat: Chat, slot: Slot) -> Digest:
    watching, added = await watching_of(teller.tx, chat)
    recap = subscription.kind is SubscriptionKind.RECAP
    return await teller.compose(watching, added, slot.key, subscription.since, slot.at, recap=recap)
