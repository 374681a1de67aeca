"""T3: what is due is written, once, with its marks and its delivery, in one transaction a chat.

Alerts carry news as soon as it is placed; digests answer the slots of a schedule; a catch-up ends a silence (the night,
a pause, a suspension) and covers its span.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import StoreError
from digests.model import (
    Alert,
    Chat,
    ChatState,
    Delivery,
    DeliveryId,
    DeliveryKind,
    Digest,
    LaneId,
    News,
    NewsId,
    PatternId,
    Slot,
    SlotAnswer,
    Subscription,
    SubscriptionKind,
    Telling,
    Watching,
    make_id,
)
from digests.schedule.due import due_slots, is_quiet, next_due, quiet_since, quiet_until
from digests.schedule.when import parse_when
from digests.store.chats import Chats
from digests.store.content import dump
from digests.store.lists import Lists
from digests.store.outbox import Outbox
from digests.store.secrets import Vault
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.writing.compose import compose_alert, compose_digest, compose_recap, told_by

# More stories than this at once are told as one digest: twenty alerts in a row are read by nobody.
BURST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Writes what one chat is told; every method runs in the transaction it is given.

    Attributes:
        burst: How many alerts one chat gets at once before they collapse into a digest.
    """

    tx: AsyncConnection
    vault: Vault
    now: datetime
    burst: int = BURST

    async def alerts(self, chat: Chat, since: datetime) -> int:
        """Write the alerts of a chat on all news since then that it was not told; return how many deliveries."""
        if chat.state is not ChatState.ACTIVE or not chat.alerts:
            return 0
        watching, added = await watching_of(self.tx, chat)
        told_of = _urgent_only(watching, added) if await self._is_held(chat) else added
        news = await Stories(self.tx).untold(chat.id, told_of, since, self.now)
        if len({piece.story for piece in news}) > self.burst:
            return await self._alert_digest(watching, added, news)
        written = 0
        for piece in news:
            written += await self._alert(watching, added, piece)
        return written

    async def slots(self, subscription: Subscription, chat: Chat, *, is_all_placed: bool = True) -> bool:
        """Answer the slots of a schedule that are due; return whether a digest was written.

        Several due at once (an outage) are one answer: the last is told, the earlier ones are merged into it. While
        articles wait to be placed, "nothing new" would be no truth: an empty digest then waits for the next look.
        """
        schedule, zone = parse_when(subscription.when), ZoneInfo(chat.zone)
        due = due_slots(schedule, zone, subscription.since, self.now)
        following = next_due(schedule, zone, self.now)
        is_held = chat.state is not ChatState.ACTIVE or self._is_quiet(chat)
        if due and not is_held and not is_all_placed and not (await self._draft(subscription, chat, due[-1])).items:
            return False
        # Whatever becomes of the slots, the subscription is not due again before the next one.
        await Chats(self.tx, self.vault).put_subscription(replace(subscription, next_due_at=following))
        if not due:
            return False
        for slot in due if is_held else due[:-1]:
            await self._answer(subscription, slot, SlotAnswer.HELD if is_held else SlotAnswer.MERGED, None, following)
        return not is_held and await self._digest(subscription, chat, due[-1], following)

    async def at_once(self, subscription: Subscription, chat: Chat) -> bool:
        """Write a digest of all since the last one, outside any schedule; return whether one was written."""
        slot = Slot(key=f"once-{self.now:%Y-%m-%dT%H:%M:%S.%fZ}", at=self.now)
        return await self._digest(subscription, chat, slot, None)

    async def end_silence(self, chat: Chat, since: datetime) -> bool:
        """Tell in one digest what a chat was not told since then; return whether there was anything.

        Schedules whose slots were held meanwhile go on from now; the others keep their spans.
        """
        held = await self._held_schedules(chat)
        if not chat.alerts and not held:
            return False
        told = await self._catch_up(chat, min([since, *(schedule.since for schedule in held)]))
        for schedule in held:
            for slot in due_slots(parse_when(schedule.when), ZoneInfo(chat.zone), schedule.since, self.now):
                await self._answer(schedule, slot, SlotAnswer.MERGED, None, schedule.next_due_at)
            await Chats(self.tx, self.vault).put_subscription(
                replace(schedule, since=self.now, next_due_at=_next_slot(schedule, chat, self.now))
            )
        return told

    async def night_over(self, subscription: Subscription, chat: Chat) -> bool:
        """Answer the end of a chat's quiet hours: what was held is told in one digest, if there is any."""
        at = subscription.next_due_at or self.now
        following = next_night_end(chat, self.now)
        since = await self._held_from(subscription, chat, at)
        subscription = replace(subscription, since=since, next_due_at=following)
        slot = Slot(key=f"catchup-{at:%Y-%m-%dT%H:%M:%SZ}", at=at)
        if chat.state is not ChatState.ACTIVE or self._is_quiet(chat):
            # Paused, or the service was down when the night ended and it is night again: the span stays open.
            await self._put_due(subscription)
            await self._answer(subscription, slot, SlotAnswer.HELD, None, following)
            return False
        due = [s for s in await self._held_schedules(chat) if s.next_due_at is not None and s.next_due_at <= self.now]
        if due:
            # A digest is due at this very instant: slots that fall on one instant are one answer, and it covers both.
            for schedule in due:
                earlier = replace(schedule, since=min(schedule.since, since))
                await Chats(self.tx, self.vault).put_subscription(earlier)
            told, answer = False, SlotAnswer.MERGED
        else:
            told = await self.end_silence(chat, since)
            answer = SlotAnswer.DIGEST if told else SlotAnswer.EMPTY
        await self._put_due(subscription)
        await self._answer(subscription, slot, answer, None, following)
        return told

    async def hold(self, chat: Chat, since: datetime) -> None:
        """Leave what a chat was not told since then to the end of its quiet hours, or to now where there are none."""
        zone, chats = ZoneInfo(chat.zone), Chats(self.tx, self.vault)
        for subscription in await chats.subscriptions(chat.id):
            if subscription.kind is SubscriptionKind.ALERTS:
                slot = Slot(key=f"held-{self.now:%Y-%m-%dT%H:%M:%S.%fZ}", at=self.now)
                at = quiet_until(chat.quiet, zone, self.now)
                await self._answer(replace(subscription, since=since), slot, SlotAnswer.HELD, None, at)

    async def silent_since(self, chat: Chat) -> datetime:
        """Return from when on a paused or suspended chat was told nothing: the night before it too."""
        since = chat.state_since or self.now
        if self._is_quiet(chat, since):
            since = quiet_since(chat.quiet, ZoneInfo(chat.zone), since)
        held = [
            await Chats(self.tx, self.vault).held_since(subscription)
            for subscription in await Chats(self.tx, self.vault).subscriptions(chat.id)
            if subscription.kind is SubscriptionKind.ALERTS
        ]
        return min([since, *(at for at in held if at is not None)])

    async def compose(
        self,
        watching: Watching,
        added: Mapping[PatternId, datetime],
        slot: str,
        since: datetime,
        until: datetime,
        *,
        held_from: datetime | None = None,
        recap: bool = False,
        only: Collection[NewsId] | None = None,
    ) -> Digest:
        """Return the digest of a span for one chat, with `only` of this news; nothing is written."""
        stories = Stories(self.tx)
        news = await stories.news_since(watching.chat.id, added, since, until)
        told = {piece.story for piece in news if only is None or piece.id in only}
        tellings = await stories.tellings(watching.chat.id, told, added, until)
        if only is not None:
            tellings = tuple(_without_other_news(telling, only) for telling in tellings)
        write = compose_recap if recap else compose_digest
        return write(
            watching,
            tellings,
            slot=slot,
            since=since,
            until=until,
            coverage=await Sources(self.tx).coverage(since, until),
            left_out=await stories.left_out(tuple(added), since, until),
            held_from=held_from,
        )

    async def _alert(self, watching: Watching, added: Mapping[PatternId, datetime], news: News) -> int:
        tellings = await Stories(self.tx).tellings(watching.chat.id, {news.story}, added, self.now)
        this = next((t for t in tellings if t.news is not None and t.news.id == news.id), None)
        if this is None:
            return 0  # the clock was put back, and the article lies in the future: it is told when that has come
        alert = compose_alert(
            watching,
            this,
            tuple(t for t in tellings if t is not this),
            slot=f"alert-{news.id}",
            at=self.now,
        )
        return 0 if alert is None else int(await self._send(watching.chat, alert, DeliveryKind.ALERT, told_by(alert)))

    async def _alert_digest(
        self, watching: Watching, added: Mapping[PatternId, datetime], news: tuple[News, ...]
    ) -> int:
        since = min(piece.at for piece in news) - timedelta(microseconds=1)
        slot = f"alerts-{self.now:%Y-%m-%dT%H:%M:%S.%fZ}"
        only = {piece.id for piece in news}
        digest = await self.compose(watching, added, slot, since, self.now, only=only)
        return int(await self._send(watching.chat, digest, DeliveryKind.ALERT, told_by(digest))) if digest.items else 0

    async def _digest(self, subscription: Subscription, chat: Chat, slot: Slot, following: datetime | None) -> bool:
        digest = await self._draft(subscription, chat, slot)
        # "Nothing new" is a promise worth a message once a day; every four hours it would be noise.
        is_wanted = bool(digest.items) or (bool(digest.watched) and not subscription.when.startswith("every"))
        answer = SlotAnswer.DIGEST if digest.items else SlotAnswer.EMPTY
        delivery = self._delivery(chat, digest, DeliveryKind.DIGEST).id if is_wanted else None
        if not await self._answer(subscription, slot, answer, delivery, following):
            return False
        news = () if subscription.kind is SubscriptionKind.RECAP else told_by(digest)
        return is_wanted and await self._send(chat, digest, DeliveryKind.DIGEST, news)

    async def _draft(self, subscription: Subscription, chat: Chat, slot: Slot) -> Digest:
        watching, added = await watching_of(self.tx, chat)
        recap = subscription.kind is SubscriptionKind.RECAP
        return await self.compose(watching, added, slot.key, subscription.since, slot.at, recap=recap)

    async def _catch_up(self, chat: Chat, since: datetime) -> bool:
        watching, added = await watching_of(self.tx, chat)
        slot = f"catchup-{self.now:%Y-%m-%dT%H:%M:%S.%fZ}"
        digest = await self.compose(watching, added, slot, since, self.now, held_from=since)
        # What was all told by alerts (urgent names at night) is not worth a message that only recalls it.
        if all(item.only_recalled for item in digest.items):
            return False
        return await self._send(chat, digest, DeliveryKind.DIGEST, told_by(digest))

    async def _held_schedules(self, chat: Chat) -> list[Subscription]:
        """Return the chat's schedules of digests that have slots which were not told."""
        zone = ZoneInfo(chat.zone)
        return [
            s
            for s in await Chats(self.tx, self.vault).subscriptions(chat.id)
            if s.kind is SubscriptionKind.DIGEST and due_slots(parse_when(s.when), zone, s.since, self.now)
        ]

    async def _held_from(self, subscription: Subscription, chat: Chat, at: datetime) -> datetime:
        """Return where the span begins that a night's end answers: at its start, or at that of one that was held."""
        before = at - timedelta(minutes=1)  # a minute before its end the night still held
        night = quiet_since(chat.quiet, ZoneInfo(chat.zone), before) if self._is_quiet(chat, before) else at
        return min(night, await Chats(self.tx, self.vault).held_since(subscription) or night)

    async def _is_held(self, chat: Chat) -> bool:
        """Tell whether alerts wait: it is night, or the night's catch-up is not written yet."""
        if self._is_quiet(chat):
            return True
        return any(
            s.kind is SubscriptionKind.ALERTS and s.next_due_at is not None and s.next_due_at <= self.now
            for s in await Chats(self.tx, self.vault).subscriptions(chat.id)
        )

    async def _put_due(self, subscription: Subscription) -> None:
        await Chats(self.tx, self.vault).put_due(subscription.id, subscription.next_due_at)

    async def _answer(
        self,
        subscription: Subscription,
        slot: Slot,
        answer: SlotAnswer,
        delivery: DeliveryId | None,
        following: datetime | None,
    ) -> bool:
        return await Chats(self.tx, self.vault).answer_slot(
            subscription,
            slot,
            answer,
            delivery=delivery,
            since=subscription.since,
            until=slot.at,
            next_due_at=following,
            now=self.now,
        )

    async def _send(self, chat: Chat, message: Alert | Digest, of: DeliveryKind, news: tuple[NewsId, ...]) -> bool:
        delivery = self._delivery(chat, message, of)
        await Stories(self.tx).tell(message.chat, news, delivery.id, of, self.now)
        if not await Outbox(self.tx, self.vault).add(delivery):
            raise StoreError(f"slot {message.slot} of this chat was told before; nothing of it is kept")
        return True

    def _delivery(self, chat: Chat, message: Alert | Digest, of: DeliveryKind) -> Delivery:
        kind = "alert" if isinstance(message, Alert) else "digest"
        return Delivery(
            id=DeliveryId(make_id(message.chat, message.slot)),
            chat=message.chat,
            of=of,
            lane=LaneId(chat.service),
            created_at=self.now,
            not_before=self.now,
            content=dump(kind, message),
            reply_to=message.reply_to if isinstance(message, Alert) else None,
        )

    def _is_quiet(self, chat: Chat, at: datetime | None = None) -> bool:
        return is_quiet(chat.quiet, ZoneInfo(chat.zone), at or self.now)


async def watching_of(tx: AsyncConnection, chat: Chat) -> tuple[Watching, dict[PatternId, datetime]]:
    """Return what a chat watches, and since when it watches each pattern: older news is not told of it."""
    lists = Lists(tx)
    watching = await lists.watching(chat)
    since = {name.id: at for name, at in await lists.names_of(chat.id)}
    added: dict[PatternId, datetime] = {}
    for pattern, name in watching.names:
        added[pattern] = min(since[name.id], added.get(pattern, since[name.id]))
    return watching, added


def _urgent_only(watching: Watching, added: Mapping[PatternId, datetime]) -> dict[PatternId, datetime]:
    urgent = {wish.name for wish in watching.wishes if wish.urgent}
    return {pattern: added[pattern] for pattern, name in watching.names if name.id in urgent}


def next_night_end(chat: Chat, after: datetime) -> datetime | None:
    """Return the next instant at which the chat's quiet hours end; None where it has none."""
    if chat.quiet is None:
        return None
    zone = ZoneInfo(chat.zone)
    if is_quiet(chat.quiet, zone, after):
        return quiet_until(chat.quiet, zone, after)
    end = parse_when(f"daily {chat.quiet.end:%H:%M}")
    return next_due(end, zone, after)


def _next_slot(subscription: Subscription, chat: Chat, after: datetime) -> datetime:
    return next_due(parse_when(subscription.when), ZoneInfo(chat.zone), after)


def _without_other_news(telling: Telling, only: Collection[NewsId]) -> Telling:
    is_kept = telling.news is None or telling.told_at is not None or telling.news.id in only
    return telling if is_kept else replace(telling, news=None)
