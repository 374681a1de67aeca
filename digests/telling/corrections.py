"""Corrections: what a later edition takes back, or a person withdraws, is mended wherever it was told.

What nothing of can have arrived is written anew; what was sent is amended: its message is edited where the service lets
us, and where a status changed a new message replies to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digests.model import (
    Alert,
    Amendment,
    ArticleId,
    Chat,
    ChatId,
    Delivery,
    DeliveryId,
    DeliveryKind,
    Digest,
    Item,
    LaneId,
    NewsId,
    PatternId,
    StoryId,
    TakenBackBy,
    Telling,
    WatchedName,
    Watching,
    make_id,
)
from digests.schedule.due import quiet_until
from digests.store.amendments import Amendments, Revised
from digests.store.content import ENGINE_TYPES, dump, load
from digests.store.outbox import Outbox
from digests.store.stories import Stories
from digests.telling.teller import Teller, watching_of
from digests.writing.amend import Change, revise, without
from digests.writing.judged import without_others

# An article that waited long to be placed is held against what was told all the same.
LOOKED_BACK = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """One told item as it was last told, where it stands, and the edition it tells."""

    delivery: Delivery
    item: Item
    place: int
    edition: ArticleId


async def write_corrections(teller: Teller, chat: Chat, since: datetime) -> int:
    """Correct what later editions read since then take back of what a chat was told; return how many messages."""
    amendments = Amendments(teller.tx)
    revised = await amendments.revised(chat.id, since)
    if not revised:
        return 0
    watching, added = await watching_of(teller.tx, chat)
    newest = {(each.of, each.news): each for each in revised}
    replied: set[ArticleId] = set()
    written = 0
    for each in revised:
        deliveries: list[DeliveryId] = []
        if newest[each.of, each.news] is each:
            deliveries = await _correct(teller, watching, added, each, may_reply=each.new not in replied)
            replied |= {each.new} if deliveries else set()
        await amendments.note(each, deliveries[0] if deliveries else None, teller.now)
        written += len(deliveries)
    return written


async def retract(teller: Teller, news: Sequence[NewsId], patterns: Collection[PatternId]) -> int:
    """Withdraw news of these names wherever it was told: it was another person. Return in how many chats."""
    amendments = Amendments(teller.tx)
    chats: set[str] = set()
    for chat_id, of, piece in await amendments.tellers(news):
        chat = await teller.chats.get(chat_id)
        nothing = Revised(chat=chat_id, of=of, news=piece, old=ArticleId(""), new=ArticleId(""), edition=0)
        if chat is None:
            continue
        await teller.chats.wait_for(chat.key)
        for sent in await _sent(teller, nothing):
            left = without(sent.item, patterns)
            if left is not None and left.names == sent.item.names:
                continue
            change = Change(old=sent.item, new=left, whole=left, turned=True)
            delivery = await _mend(teller, chat, sent, change, key=f"retract-{piece}", why="person")
            await amendments.note(nothing, delivery, teller.now)
            chats.add(chat_id)
    await Stories(teller.tx).withdraw(news, patterns)
    return len(chats)


async def told_as(teller: Teller, known_as: str, place: int) -> tuple[tuple[NewsId, ...], tuple[PatternId, ...]] | None:
    """Return the news and names that an id stands for: a delivery's item, an article or a piece of news."""
    delivery = await Outbox(teller.tx, teller.vault).get(DeliveryId(known_as))
    if delivery is None:
        return await Stories(teller.tx).news_known_as(known_as)
    items = _items(delivery)
    if not 1 <= place <= len(items):
        return None
    item = items[place - 1]
    return item.news, tuple(named.pattern for named in item.names)


async def story_now(teller: Teller, chat: ChatId, story: StoryId, under: str | None) -> StoryId:
    """Return the story that became of one: `under` is the message that told it, for the service to which it went."""
    if under is None or await Stories(teller.tx).has(story):
        return story
    delivery = await Outbox(teller.tx, teller.vault).under(chat, under)
    items = _items(delivery) if delivery is not None else ()
    told = [piece for item in items if item.story == story for piece in item.news]
    now = [found for piece in told if (found := await Stories(teller.tx).story_of(piece)) is not None]
    return now[0] if now else story


async def _correct(
    teller: Teller,
    watching: Watching,
    added: Collection[PatternId],
    each: Revised,
    *,
    may_reply: bool,
) -> list[DeliveryId]:
    names: dict[PatternId, WatchedName] = dict(watching.names)
    written: list[DeliveryId] = []
    for sent in await _sent(teller, each):
        tellings = await teller.told.tellings_of(each.chat, [sent.edition, each.new], added, teller.now)
        by_id: dict[ArticleId, Telling] = {t.article.id: t for t in without_others(watching, tellings)}
        old, new = by_id.get(sent.edition), by_id.get(each.new)
        change = None if old is None else revise(sent.item, old, new, names)
        if change is None:
            continue
        is_told = new is not None and new.told_at is not None
        change = replace(change, turned=change.turned and may_reply and not is_told)
        delivery = await _mend(teller, watching.chat, sent, change, key=each.new, why="source", watching=watching)
        if delivery is not None and new is not None and new.news is not None and not is_told and not written:
            await teller.told.tell(each.chat, [new.news.id], delivery, DeliveryKind.AMENDMENT, teller.now)
        written += [delivery] if delivery is not None else []
    return written


async def _sent(teller: Teller, each: Revised) -> list[_Sent]:
    """Return the items that told this news, as they were last told; none where a person withdrew it."""
    outbox = Outbox(teller.tx, teller.vault)
    delivery = await outbox.get(each.of)
    if delivery is None:
        return []
    last = await Amendments(teller.tx).last(each.chat, each.of, each.news)
    items = [(place, item) for place, item in enumerate(_items(delivery)) if each.news in item.news]
    if last is None:
        return [_Sent(delivery=delivery, item=item, place=place, edition=each.old) for place, item in items]
    edition, by = last
    amended = await outbox.get(by)
    now = [] if amended is None or not edition else _items(amended)
    return [_Sent(delivery=delivery, item=item, place=items[0][0] if items else 0, edition=edition) for item in now[:1]]


def _items(delivery: Delivery) -> tuple[Item, ...]:
    match load(delivery.content, ENGINE_TYPES):
        case Alert(item=item):
            return (item,)
        case Digest(items=items):
            return items
        case Amendment(new=Item() as item):
            return (item,)
        case _:
            return ()


async def _mend(
    teller: Teller,
    chat: Chat,
    sent: _Sent,
    change: Change,
    *,
    key: str,
    why: TakenBackBy,
    watching: Watching | None = None,
) -> DeliveryId | None:
    """Write what was not sent anew, and amend what was; None where nothing is left to be sent.

    What is in doubt is both: it may stand there as it was, and must not be repeated so.
    """
    outbox, of = Outbox(teller.tx, teller.vault), sent.delivery
    if await outbox.supersede(of.id, "amended" if change.whole else "withdrawn", teller.now, doubt=of.doubt):
        again = _again(of, sent.place, change.whole, key)
        if again is not None:
            await outbox.add(again)
            await Amendments(teller.tx).hand_over(of.id, again.id)
        if not of.doubt:
            return None if again is None else again.id
        of = again or of
    # An alert's one message is replaced by the whole; a digest says more, and is answered.
    new = change.whole if of.of is DeliveryKind.ALERT else change.new
    said = Amendment(
        of=of.id,
        at=teller.now,
        old=change.old,
        new=new,
        as_reply=change.turned,
        why="person" if why == "person" else "source",
    )
    delivery = Delivery(
        id=DeliveryId(make_id("amends", of.id, key, str(sent.place))),
        chat=chat.id,
        of=DeliveryKind.AMENDMENT,
        lane=LaneId(chat.service),
        created_at=teller.now,
        not_before=_not_before(teller, chat, change.old, watching),
        content=dump("amendment", said),
    )
    await outbox.add(delivery)
    return delivery.id


def _again(delivery: Delivery, place: int, item: Item | None, key: str) -> Delivery | None:
    """Return an unsent delivery with another item in its place, or without it; None where nothing is left of it."""
    content = _anew(delivery, place, item)
    if content is None:
        return None
    return replace(delivery, id=DeliveryId(make_id("again", delivery.id, key)), content=content, parts=(), attempts=0)


def _anew(delivery: Delivery, place: int, item: Item | None) -> str | None:
    """Return an unsent message with another item in its place, or without it; None for an alert that has none left."""
    match load(delivery.content, ENGINE_TYPES):
        case Alert() as alert:
            return None if item is None else dump("alert", replace(alert, item=item))
        case Digest() as digest:
            items = [*digest.items[:place], *([item] if item else []), *digest.items[place + 1 :]]
            return dump("digest", replace(digest, items=tuple(items)))
        case _:
            return delivery.content


def _not_before(teller: Teller, chat: Chat, item: Item, watching: Watching | None) -> datetime:
    """Return when a correction may go: at night only that of urgent names, and a withdrawal, break the silence."""
    urgent = {wish.name for wish in watching.wishes if wish.urgent} if watching else None
    if urgent is None or any(named.name in urgent for named in item.names):
        return teller.now
    return quiet_until(chat.quiet, ZoneInfo(chat.zone), teller.now)
