"""The slots of many chats at once: what they share is read and composed once, and all of it kept in one transaction.

Only what is plain goes this way: a chat that is awake, with no wishes and no mutes. Whatever else is due is handed
back, to be answered alone; both ways write the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digests.model import (
    ChatId,
    Delivery,
    DeliveryId,
    DeliveryKind,
    Digest,
    LaneId,
    NewsId,
    SlotAnswer,
    Telling,
    Watching,
    make_id,
)
from digests.store.content import dump
from digests.store.many import Answered, Listed, Many
from digests.store.told import Mark
from digests.telling.shared import Base, Draft, Due, Planned, Shared, plan
from digests.telling.slots import is_wanted
from digests.telling.teller import Teller
from digests.writing.compose import compose_digest, compose_recap, told_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one batch came to: subscriptions found due, digests written, and those to be answered alone."""

    found: int
    written: int
    left: tuple[Due, ...]


async def answer_together(teller: Teller, shared: Shared, limit: int) -> Answer:
    """Answer what is due of up to so many subscriptions, the longest due first, those that can be together."""
    many = Many(teller.tx, teller.vault)
    due = await many.due(teller.now, limit)
    planned = await plan(teller, many, shared, due)
    bases = [(each, base) for each in planned if (base := await shared.base(teller.tx, each)) is not None]
    news = {piece for _, base in bases for piece in base.news}
    marks = await teller.told.marks({each.chat.id for each, _ in bases}, news) if news else {}
    answers: list[Answered] = []
    deliveries: list[Delivery] = []
    told: dict[DeliveryId, Sequence[NewsId]] = {}
    for each, base in bases:
        mine = marks.get(each.chat.id, {})
        draft = _draft(shared, each, base, mine)
        delivery = _delivery(teller, each, draft, mine)
        answers += _answers(each, draft, delivery)
        if delivery is not None:
            deliveries.append(delivery)
            told[delivery.id] = () if each.is_recap else draft.news
    if answers:
        await many.keep(answers, deliveries, told, teller.now)
    together = {each.subscription.id for each, _ in bases}
    left = tuple((subscription, chat) for subscription, chat in due if subscription.id not in together)
    return Answer(found=len(due), written=len(deliveries), left=left)


def _draft(shared: Shared, each: Planned, base: Base, marks: Mapping[NewsId, Mark]) -> Draft:
    """Return the digest, composed once for all chats that were told the same of it, in the same order."""
    mine = sorted((marks[piece].at, piece) for piece in base.news if piece in marks)
    told = tuple((piece, marks[piece].of, each.subscription.since < at <= each.slot.at) for at, piece in mine)
    key = (base.number, told)
    if key not in shared.drafts:
        shared.drafts[key] = _composed(each, base, marks)
    return shared.drafts[key]


def _composed(each: Planned, base: Base, marks: Mapping[NewsId, Mark]) -> Draft:
    write = compose_recap if each.is_recap else compose_digest
    digest = write(
        Watching(chat=each.chat, names=tuple((listed.pattern, listed.name) for listed in each.watched.names)),
        [_marked(telling, marks) for telling in base.tellings],
        slot=each.slot.key,
        since=each.subscription.since,
        until=each.slot.at,
        coverage=base.coverage,
        left_out=base.left_out,
    )
    return Draft(
        digest=digest,
        text=dump("digest", digest),
        names=tuple(listed.name.id for listed in each.watched.names),
        has_recalled=any(item.recalled for item in digest.items),
        news=told_by(digest),
    )


def _marked(telling: Telling, marks: Mapping[NewsId, Mark]) -> Telling:
    mark = None if telling.news is None else marks.get(telling.news.id)
    return telling if mark is None else replace(telling, told_at=mark.at, told_by=mark.by, told_of=mark.of)


def _delivery(teller: Teller, each: Planned, draft: Draft, marks: Mapping[NewsId, Mark]) -> Delivery | None:
    """Return the digest on its way to one chat; None where the schedule sends no empty one."""
    if not is_wanted(draft.digest, each.subscription):
        return None
    known_as = make_id(each.chat.id, each.slot.key)
    not_before, last = teller.leaving(draft.digest)
    return Delivery(
        id=DeliveryId(known_as),
        chat=each.chat.id,
        of=DeliveryKind.DIGEST,
        lane=LaneId(each.chat.service),
        created_at=teller.now,
        not_before=not_before,
        last=last,
        content=_for_chat(draft, known_as, each.chat.id, each.watched.names, marks),
    )


def _for_chat(draft: Draft, known_as: str, chat: ChatId, names: Sequence[Listed], marks: Mapping[NewsId, Mark]) -> str:
    """Return a shared digest with one chat's own ids, and when and by what it was alerted."""
    text = dump("digest", _recalled(draft.digest, marks)) if draft.has_recalled else draft.text
    own = {draft.digest.id: known_as, draft.digest.chat: chat}
    own |= {before: mine.name.id for before, mine in zip(draft.names, names, strict=True) if before != mine.name.id}
    for before, mine in own.items():
        # Ids are 16 digits of our own making, and stand in quotation marks: no text of an article reads so in JSON.
        text = text.replace(f'"{before}"', f'"{mine}"')
    return text


def _recalled(digest: Digest, marks: Mapping[NewsId, Mark]) -> Digest:
    items = tuple(
        replace(
            item,
            recalled=tuple(
                replace(line, told_at=marks[line.news].at, delivery=marks[line.news].by) for line in item.recalled
            ),
        )
        for item in digest.items
    )
    return replace(digest, items=items)


def _answers(each: Planned, draft: Draft, delivery: Delivery | None) -> list[Answered]:
    """Return the answers of its slots: the last is told, the earlier ones are merged into it."""
    last = SlotAnswer.DIGEST if draft.digest.items else SlotAnswer.EMPTY
    merged = [(slot, SlotAnswer.MERGED, None) for slot in each.due[:-1]]
    return [
        Answered(subscription=each.subscription, slot=slot, answer=answer, delivery=by, next_due_at=each.following)
        for slot, answer, by in [*merged, (each.slot, last, None if delivery is None else delivery.id)]
    ]
