"""What one chat asks of the engine, inside one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.adding import Offered, keep_source, offer_source, remove_source
from digests.errors import AskError
from digests.keeper import Judged, Keeper
from digests.look import Known, Sighting, look_up, search_words
from digests.matching import Matcher
from digests.model import (
    ArticleId,
    Chat,
    ChatState,
    Coverage,
    Delivery,
    DeliveryId,
    DeliveryKind,
    Digest,
    HeldWhy,
    LaneId,
    NameId,
    Notice,
    Sentence,
    Source,
    SourceId,
    StoryId,
    Subscription,
    SubscriptionId,
    SubscriptionKind,
    Verdict,
    WatchedName,
    make_id,
    pattern_of,
)
from digests.schedule.due import is_quiet, quiet_since, quiet_until
from digests.schedule.spans import parse_quiet
from digests.schedule.typed import meanings
from digests.schedule.when import find_zone, parse_when, write_when
from digests.sources.find import Offer
from digests.store.articles import Articles
from digests.store.chats import CLOSED, Chats
from digests.store.inbox import Inbox
from digests.store.lists import Lists
from digests.store.outbox import Outbox
from digests.store.secrets import Vault
from digests.store.sources import Sources
from digests.store.stories import Stories
from digests.store.waits import Waits
from digests.telling.corrections import retract, story_now, told_as
from digests.telling.held import end_silence, hold, next_look, silent_since
from digests.telling.owners import tell_owners
from digests.telling.teller import Teller, watching_of
from digests.telling.wishes import Wishes
from digests.watching import Foreseen, Watched, WatchResult

__all__ = ["ChatStatus", "Desk", "Foreseen", "Judged", "Known", "NameLine", "Sighting", "WatchResult", "Watched"]

_NOTHING = Foreseen()

_FIRST_SCHEDULE = "daily 08:00"
_MOST_CHARS = 120
# A schedule that was ended and is typed anew goes on where it stopped, unless it has told nothing for so long.
_TAKEN_UP = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLine:
    """One watched name of a chat with the time it was last mentioned."""

    name: WatchedName
    last_at: datetime | None
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStatus:
    """What `status` says: names, schedules, what is waiting or parked, and which sources are ill."""

    names: int
    subscriptions: tuple[Subscription, ...]
    waiting: int
    parked: int
    coverage: Coverage
    ill: tuple[Source, ...]
    articles: int


class Desk:
    """One chat at the counter: its commands, bound to one transaction and one instant.

    Commands that only look get a read connection; those that change things get the transaction in which the reply and
    the inbox mark are written too. Raises `AskError` with a key of `locale/` for what a person should put differently.
    """

    def __init__(self, tx: AsyncConnection, vault: Vault, matcher: Matcher, *, key: str, now: datetime) -> None:
        self.now = now
        self.chat: Chat | None = None  # None: this chat has not been opened
        self._language: str | None = None  # of a chat that was just forgotten
        self._key = key
        self._tx = tx
        self._vault = vault
        self._matcher = matcher
        self._chats = Chats(tx, vault)
        self._lists = Lists(tx)
        self._teller = Teller(tx=tx, vault=vault, now=now)

    async def enter(self) -> "Desk":
        """Read the chat this desk is for; return the desk."""
        chat = await self._chats.by_key(self._key)
        self.chat = None if chat is None or chat.reason == CLOSED else chat
        return self

    async def open_chat(self, code: str | None, *, language: str | None, is_group: bool, is_owner: bool) -> Chat:
        """Open the chat by an invitation (spent by it) or because an owner asks; `AskError("access.closed")` else."""
        if self.chat is not None:
            return self.chat
        chat = self._new_chat(language=language, is_group=is_group)
        if not is_owner and not (code and await self._chats.spend(code, chat.id, self.now)):
            raise AskError("access.closed")
        await self._chats.open(chat, self.now)
        for kind, when in ((SubscriptionKind.ALERTS, "at once"), (SubscriptionKind.DIGEST, _FIRST_SCHEDULE)):
            await self._chats.put_subscription(self._subscription(chat, kind, when, since=self.now))
        self.chat = chat
        return chat

    @property
    def keeper(self) -> Keeper:
        """The chat's own list: watching, spellings, judgements; `AskError("access.closed")` for a chat not open."""
        return Keeper(self._tx, self._matcher, self._mine(), self.now)

    async def watch(self, labels: Sequence[str], foreseen: Foreseen = _NOTHING) -> tuple[WatchResult, ...]:
        """Watch names; one result a label, in order."""
        return await self.keeper.watch(labels, foreseen)

    async def judge(self, article: ArticleId, name: NameId, verdict: Verdict, by: str, foreseen: Foreseen) -> Judged:
        """Say of a name in an article whether it is the one who is watched; `by` is kept as a keyed hash."""
        return await self.keeper.judge(article, name, verdict, self._vault.keyed_hash(by), foreseen)

    async def names(self) -> tuple[NameLine, ...]:
        """Return the chat's names, the longest silent first."""
        names = [name for name, _ in await self._lists.names_of(self._mine().id)]
        last = await Stories(self._tx).last_mentions([pattern_of(name).id for name in names])
        lines = []
        for name in names:
            at, articles = last.get(pattern_of(name).id, (None, 0))
            lines.append(NameLine(name=name, last_at=at, articles=articles))
        return tuple(
            sorted(lines, key=lambda line: (line.last_at is not None, line.last_at or self.now, line.name.label))
        )

    async def who(self, asked: str, *, limit: int = 5) -> Known:
        """Look a name up in all spellings; zero articles when nothing is stored."""
        own = [name for name, _ in await self._lists.names_of(self._mine().id)]
        lists = [*own, *await self._lists.book()]
        return await look_up(self._tx, self._matcher, asked, lists, limit=limit)

    async def search(self, words: str, *, limit: int = 10) -> tuple[Sentence, ...]:
        """Return sentences of stored articles that hold all that is asked, newest first; days are the chat's."""
        return await search_words(self._tx, words, limit=limit, zone=ZoneInfo(self._mine().zone))

    async def status(self) -> ChatStatus:
        """Return what the chat should know of its own service."""
        chat = self._mine()
        day_ago = self.now - timedelta(days=1)
        waiting, parked = await Outbox(self._tx, self._vault).counts(chat.id)
        sources = await Sources(self._tx).all()
        return ChatStatus(
            names=len(await self._lists.names_of(chat.id)),
            subscriptions=await self.subscriptions(),
            waiting=waiting,
            parked=parked,
            coverage=await Sources(self._tx).coverage(day_ago, self.now),
            ill=tuple(source for source in sources if source.enabled and source.failures),
            articles=await Articles(self._tx).count(day_ago, self.now),
        )

    async def digest(self) -> Digest:
        """Return what is new since the last digest, of a day where there are none; nothing is consumed."""
        chat = self._mine()
        schedules = [s for s in await self.subscriptions() if s.kind is SubscriptionKind.DIGEST]
        since = min((s.since for s in schedules), default=self.now - timedelta(days=1))
        watching, added = await watching_of(self._tx, chat)
        return await self._teller.compose(watching, added, f"now-{self.now:%Y-%m-%dT%H:%M:%SZ}", since, self.now)

    async def subscriptions(self) -> tuple[Subscription, ...]:
        """Return the chat's schedules (alerts not among them)."""
        found = await self._chats.subscriptions(self._mine().id)
        return tuple(s for s in found if s.kind is not SubscriptionKind.ALERTS)

    async def set_when(self, text: str) -> tuple[Subscription, ...]:
        """Set the chat's schedule from what a person typed; `AskError("when.unknown", ...)`.

        A digest and a recap are set each by itself, "recap off" ends the one, "off" both. "daily 08:00 | recap mon 9"
        says all there is to be, as Undo does: what it does not name ends, what it names goes on where it ended.
        """
        asked = [_asked_for(part) for part in text.split("|") if part.strip() or text == part]
        kinds = [kind for kind, _ in asked]
        if len(set(kinds)) < len(kinds):
            raise AskError("when.unknown", asked=text.strip()[:_MOST_CHARS])
        now = {s.kind: s for s in await self.subscriptions()}
        for kind, when in asked:
            if when is not None:
                since = now[kind].since if kind in now else await self._told_until(kind, is_undo="|" in text)
                await self._chats.put_subscription(self._subscription(self._mine(), kind, when, since=since))
        ended = {kind for kind, when in asked if when is None}
        ended |= now.keys() - set(kinds) if "|" in text else set()
        if SubscriptionKind.DIGEST in ended:
            ended |= now.keys()  # "off" ends all there is
        for kind in ended & now.keys():
            await self._chats.end_subscription(now[kind].id)
        return await self.subscriptions()

    async def set_zone(self, text: str) -> Chat:
        """Set the zone from what a person typed; `AskError("zone.unknown", asked=..., near=...)`."""
        before = self._mine()
        chat = await self._change(replace(before, zone=find_zone(text)))
        await self._reckon(chat)
        await self._leave_night(before, chat)
        return chat

    async def set_quiet(self, text: str) -> Chat:
        """Set the night hours from what a person typed ("off" ends them); `AskError("quiet.unknown", asked=...)`."""
        before = self._mine()
        chat = await self._change(replace(before, quiet=parse_quiet(text)))
        await self._reckon(chat)
        await self._leave_night(before, chat)
        return chat

    async def set_alerts(self, on: bool) -> Chat:
        """Send alerts, or only digests."""
        chat = self._mine()
        if not on:
            # What waited for its burst to settle is left to the digest, and not alerted late when they are on again.
            await Waits(self._tx).drop(chat.id)
        return await self._change(replace(chat, alerts=on))

    @property
    def wishes(self) -> Wishes:
        """What the chat wants of its names."""
        return Wishes(self._tx, self._mine().id, self.now)

    async def ledger(self, since: datetime) -> tuple[Delivery, ...]:
        """Return what was written to all chats since then and what became of it, newest first."""
        return await Outbox(self._tx, self._vault).ledger(since)

    async def retract(self, known_as: str, place: int) -> int:
        """Withdraw everywhere what a delivery's n-th item, an article or a piece of news told; return how many chats.

        Raises `AskError("retract.unknown", asked=...)`.
        """
        wrong = await told_as(self._teller, known_as, place)
        if wrong is None:
            raise AskError("retract.unknown", asked=f"{known_as} {place}"[:60])
        return await retract(self._teller, *wrong)

    async def part(self, known_as: str, place: int) -> int:
        """Let what a delivery's n-th item, an article or a piece of news told be a story of its own.

        Return of how many pieces of news. Raises `AskError("part.unknown", asked=...)`.
        """
        found = await told_as(self._teller, known_as, place)
        if found is None or await Stories(self._tx).part(found[0]) is None:
            raise AskError("part.unknown", asked=f"{known_as} {place}"[:60])
        return len(found[0])

    async def set_language(self, language: str) -> Chat:
        """Set the language of our own words."""
        return await self._change(replace(self._mine(), language=language))

    async def mute_story(self, story: StoryId, *, under: str | None = None, days: int = 7) -> tuple[StoryId, datetime]:
        """Mute a story for this chat; a changed status breaks it. Return the story that it is now, and when it ends.

        `under` is the receipt of the message whose button was pressed: its story may have joined another since.
        """
        until, chat = self.now + timedelta(days=days), self._mine()
        story = await story_now(self._teller, chat.id, story, under)
        await self._lists.mute_story(chat.id, story, until)
        return story, until

    async def pause(self) -> Chat:
        """Hold everything until `resume`."""
        chat = self._mine()
        if chat.state is ChatState.PAUSED:
            return chat
        return await self._change(replace(chat, state=ChatState.PAUSED, reason=None, state_since=self.now))

    async def resume(self) -> Chat:
        """Resume with one catch-up digest, at whatever hour: somebody asked for it."""
        chat = self._mine()
        if chat.state is ChatState.ACTIVE:
            return chat
        since = await silent_since(self._teller, chat)
        why: HeldWhy = "pause" if chat.state is ChatState.PAUSED else "service"
        chat = await self._activate(chat)
        await end_silence(self._teller, chat, since, why)
        for subscription in await self._chats.subscriptions(chat.id):
            if subscription.kind is SubscriptionKind.ALERTS:
                await self._chats.put_subscription(replace(subscription, since=self.now))
        return chat

    async def move(self, key: str) -> None:
        """Follow the chat, and all that are threads of it, to its new address; nothing for one never opened."""
        for chat in await self._here():
            await self._chats.move(chat.id, key + chat.key.removeprefix(self._key))

    async def suspend(self, reason: str, owners: Collection[str] = ()) -> None:
        """Note that the chat and its threads cannot be reached, and why; `owners` are told once, nothing is erased."""
        here = await self._here()
        suspended = [await self._chats.suspend(chat.id, reason, self.now) for chat in here]
        others = [owner for owner in owners if owner != self._key]
        if any(suspended):
            once = make_id("lost", here[0].id, self.now.isoformat())
            await tell_owners(self._tx, self._vault, others, Notice(key="notice.chat_lost"), once=once, now=self.now)

    async def come_back(self) -> None:
        """End a suspension, of threads too, with one catch-up (by day); a pause is the chat's own wish and stays."""
        for chat in await self._here():
            if chat.state is ChatState.SUSPENDED:
                since = await silent_since(self._teller, chat)
                await hold(self._teller, await self._activate(chat), since, was_away=True)

    async def done(self, row: int) -> None:
        """Mark an inbox row done that asks for no answer."""
        await Inbox(self._tx, self._vault).done(row, self.now)

    async def forget(self) -> None:
        """Erase all that is stored of this chat."""
        chat = self._mine()
        await self._chats.forget(chat.id)
        self.chat, self._language = None, chat.language

    async def invite(self) -> str:
        """Return a new single-use invitation code, valid for 7 days."""
        return await self._chats.invite(self._mine().id, self.now)

    async def sources(self) -> tuple[Source, ...]:
        """Return every source, by title."""
        return await Sources(self._tx).all()

    async def offer_source(self, offer: Offer) -> Offered:
        """Note a source that a person asked for, and return how it is shown to this chat."""
        names = [name for name, _ in await self._lists.names_of(self._mine().id)]
        return await offer_source(self._tx, offer, names)

    async def keep_source(self, source: str) -> Source:
        """Read an offered source from now on; `AskError("source.gone")`."""
        return await keep_source(self._tx, SourceId(source))

    async def remove_source(self, source: str) -> Source:
        """Read a source no more; `AskError("source.gone")`."""
        return await remove_source(self._tx, SourceId(source))

    async def take(self, row: int) -> bool:
        """Take an inbox row to be answered in this transaction; return False when that was done meanwhile."""
        return await Inbox(self._tx, self._vault).take(row)

    async def answer(self, content: str, *, update: str, row: int, language: str | None) -> None:
        """Write the reply as a delivery and mark the inbox row done, in this transaction.

        A chat that was never opened, or was just forgotten, gets a closed row to carry it; `tidy` takes that away.
        `language` is the asker's, for a chat that has none of its own.
        """
        chat = await self._chats.by_key(self._key)
        if chat is None:
            closed = self._new_chat(language=self._language or language, is_group=False)
            chat = replace(closed, state=ChatState.SUSPENDED, reason=CLOSED)
            await self._chats.open(chat, self.now)
        delivery = Delivery(
            id=DeliveryId(make_id("answer", chat.id, update)),
            chat=chat.id,
            of=DeliveryKind.ANSWER,
            lane=LaneId(chat.service),
            created_at=self.now,
            not_before=self.now,
            content=content,
        )
        await Outbox(self._tx, self._vault).add(delivery)
        await self.done(row)

    async def _here(self) -> list[Chat]:
        """Return the open chats at this desk's address and in its threads: what befalls a group befalls its topics."""
        return [c for c in await self._chats.all() if c.key == self._key or c.key.startswith(f"{self._key}/")]

    async def _activate(self, chat: Chat) -> Chat:
        chat = replace(chat, state=ChatState.ACTIVE, reason=None, state_since=self.now)
        await self._chats.update(chat)
        if self.chat is not None and self.chat.id == chat.id:
            self.chat = chat
        return chat

    def _mine(self) -> Chat:
        if self.chat is None:
            raise AskError("access.closed")
        return self.chat

    def _new_chat(self, *, language: str | None, is_group: bool) -> Chat:
        return Chat(
            id=self._chats.id_of(self._key),
            key=self._key,
            language=(language or "en").partition("-")[0].casefold(),
            is_group=is_group,
            state_since=self.now,
        )

    async def _told_until(self, kind: SubscriptionKind, *, is_undo: bool) -> datetime:
        """Return where a schedule begins that comes anew: where it ended, else now when it told nothing for a week."""
        ended = await self._chats.ended_since(_subscription_id(self._mine(), kind))
        return self.now if ended is None or (not is_undo and self.now - ended > _TAKEN_UP) else ended

    def _subscription(self, chat: Chat, kind: SubscriptionKind, when: str, *, since: datetime) -> Subscription:
        return Subscription(
            id=_subscription_id(chat, kind),
            chat=chat.id,
            kind=kind,
            when=when,
            since=since,
            next_due_at=next_look(chat, kind, when, self.now),
        )

    async def _change(self, chat: Chat) -> Chat:
        await self._chats.update(chat)
        self.chat = chat
        return chat

    async def _leave_night(self, before: Chat, chat: Chat) -> None:
        """Let what the old night held be told at the end of the new one, or now where it is day."""
        zone = ZoneInfo(before.zone)
        if is_quiet(before.quiet, zone, self.now):
            await hold(self._teller, chat, quiet_since(before.quiet, zone, self.now))

    async def _reckon(self, chat: Chat) -> None:
        """Count the next due times anew after a change of zone."""
        for subscription in await self._chats.subscriptions(chat.id):
            due = next_look(chat, subscription.kind, subscription.when, self.now)
            if subscription.kind is SubscriptionKind.ALERTS and await self._chats.held_since(subscription):
                # What was held is told when nothing holds it any more, perhaps now; the next night would be too late.
                due = quiet_until(chat.quiet, ZoneInfo(chat.zone), self.now)
            await self._chats.put_subscription(replace(subscription, next_due_at=due))


def _subscription_id(chat: Chat, kind: SubscriptionKind) -> SubscriptionId:
    return SubscriptionId(make_id("subscription", chat.id, kind))


def _asked_for(text: str) -> tuple[SubscriptionKind, str | None]:
    """Return what a person wants of which kind of schedule, None for its end."""
    meant = meanings(text)
    if "off" in meant and set(meant) <= {"off", "recap"}:
        return (SubscriptionKind.RECAP if "recap" in meant else SubscriptionKind.DIGEST), None
    schedule = parse_when(text)
    return (SubscriptionKind.RECAP if schedule.recap else SubscriptionKind.DIGEST), write_when(schedule)
