"""Lists of watched names, which chats follow them, and what one chat wants of a name."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digests.model import (
    Chat,
    ChatId,
    Kind,
    ListId,
    NameId,
    PatternId,
    Spelling,
    StoryId,
    WatchedName,
    Watching,
    WatchList,
    Wish,
    make_id,
    pattern_of,
)
from digests.store.judgements import Judgements
from digests.store.marks import Marks
from digests.store.rows import pattern_json
from digests.store.tables import list_follows, lists, patterns, spellings, story_mutes, watched_names, wishes
from digests.store.upsert import add_new, add_once, batches, put

NAMES_VERSION = "names_version"
"""The counter that is raised whenever what is watched changes; a running service looks at it."""


def list_of(chat: ChatId) -> ListId:
    """Return the id of a chat's own list, whether it is made yet or not."""
    return ListId(make_id("list", chat))


class Lists:
    """The lists of names, in one transaction."""

    def __init__(self, tx: AsyncConnection) -> None:
        self._tx = tx

    # A chat's own names ---------------------------------------------------------------------------------------------

    async def own_list(self, chat: ChatId) -> WatchList:
        """Return a chat's own list; it is made when there is none yet."""
        own = WatchList(id=list_of(chat), owner=chat, title="")
        if await self._tx.scalar(select(lists.c.id).where(lists.c.id == own.id)) is None:
            await add_once(self._tx, lists, {"id": own.id, "owner": chat, "title": own.title})
        return own

    async def add_name(self, name: WatchedName, *, now: datetime) -> bool:
        """Watch a name from `now` on; return False when its list has it already. One taken off earlier comes back."""
        known = await self._row(name.id)
        if known is not None and known.removed_at is None:
            return False
        await self.add_names([name], now=now)
        return True

    async def add_names(self, names: Sequence[WatchedName], *, now: datetime) -> None:
        """Watch names that their one list does not have from `now` on, behind those it has."""
        if not names:
            return
        last = await self._tx.scalar(
            select(func.max(watched_names.c.position)).where(watched_names.c.list == names[0].list)
        )
        first = 0 if last is None else last + 1
        await self._write([(name, first + n, now) for n, name in enumerate(names)])
        await Marks(self._tx).count_up(NAMES_VERSION)

    async def change_name(self, name: WatchedName) -> None:
        """Let a name that is watched have other spellings or words; its place and time stay."""
        columns = (watched_names.c.position, watched_names.c.added_at)
        row = (await self._tx.execute(select(*columns).where(watched_names.c.id == name.id))).one()
        await self._write([(name, row.position, row.added_at)])
        await Marks(self._tx).count_up(NAMES_VERSION)

    async def remove_name(self, name: NameId, now: datetime) -> bool:
        """Take a name off its list, to be restored if need be; return False when it was not on it."""
        result = await self._tx.execute(
            update(watched_names)
            .where(watched_names.c.id == name, watched_names.c.removed_at.is_(None))
            .values(removed_at=now)
        )
        await Marks(self._tx).count_up(NAMES_VERSION)
        return result.rowcount == 1

    async def restore_name(self, list_id: ListId, name: str) -> WatchedName | None:
        """Undo a removal, as if it had not been: return the name, or None when this list never had it."""
        known = await self._row(NameId(name))
        if known is None or known.list != list_id:
            return None
        await self._tx.execute(update(watched_names).where(watched_names.c.id == name).values(removed_at=None))
        await Marks(self._tx).count_up(NAMES_VERSION)
        restored = await self._read(select(watched_names).where(watched_names.c.id == name))
        return restored[0][0]

    async def removed_name(self, list_id: ListId, name: NameId) -> WatchedName | None:
        """Return a name of a list that was taken off it, None when there is none such."""
        of_list = (watched_names.c.id == name) & (watched_names.c.list == list_id)
        found = await self._read(select(watched_names).where(of_list), removed=True)
        return found[0][0] if found else None

    async def names_of(self, chat: ChatId) -> tuple[tuple[WatchedName, datetime], ...]:
        """Return the names a chat watches, its own first, each with the time from which it is told of it."""
        own, followed = _watched_by(chat)
        return (*await self._read(own), *await self._read(followed))

    async def watching(self, chat: Chat) -> tuple[Watching, dict[PatternId, datetime]]:
        """Return all that a chat watches and wants, for the writing room, and since when it watches each pattern.

        The names are without their spellings: a long list has a hundred thousand, and what is told needs none of them.
        """
        names: list[tuple[PatternId, WatchedName]] = []
        added: dict[PatternId, datetime] = {}
        for query in _watched_by(chat.id):
            for row in (
                await self._tx.execute(_in_order(query.where(watched_names.c.removed_at.is_(None))))
            ).mappings():
                pattern = PatternId(row["pattern"])
                names.append((pattern, _name(row, ())))
                added[pattern] = min(_since(row), added.get(pattern, _since(row)))
        wanted = await self._tx.execute(select(wishes).where(wishes.c.chat == chat.id).order_by(wishes.c.name))
        muted = await self._tx.execute(
            select(story_mutes).where(story_mutes.c.chat == chat.id).order_by(story_mutes.c.story)
        )
        watching = Watching(
            chat=chat,
            names=tuple(names),
            wishes=tuple(_wish(row) for row in wanted),
            muted_stories=tuple((StoryId(row.story), row.until) for row in muted),
            others=await Judgements(self._tx).others(list_of(chat.id)),
        )
        return watching, added

    async def wishes_of(self, chat: ChatId) -> tuple[Wish, ...]:
        """Return what a chat wants of its names."""
        rows = await self._tx.execute(select(wishes).where(wishes.c.chat == chat).order_by(wishes.c.name))
        return tuple(_wish(row) for row in rows)

    async def set_wish(self, wish: Wish) -> None:
        """Keep what a chat wants of a name."""
        row = {
            "chat": wish.chat,
            "name": wish.name,
            "urgent": wish.urgent,
            "muted_until": wish.muted_until,
            "silence_days": None if wish.silence is None else wish.silence.days,
        }
        await put(self._tx, wishes, [row])

    async def mute_story(self, chat: ChatId, story: StoryId, until: datetime) -> None:
        """Mute a story for a chat until then; an instant that has passed ends the muting."""
        await put(self._tx, story_mutes, [{"chat": chat, "story": story, "until": until}])

    # Shared lists and the shipped book ------------------------------------------------------------------------------

    async def follow(self, chat: ChatId, list_id: ListId, now: datetime) -> None:
        """Let a chat watch all names of a list, now and in future."""
        await add_once(self._tx, list_follows, {"chat": chat, "list": list_id, "since": now})
        await Marks(self._tx).count_up(NAMES_VERSION)

    async def unfollow(self, chat: ChatId, list_id: ListId) -> None:
        """End a chat's following of a list."""
        await self._tx.execute(delete(list_follows).where(list_follows.c.chat == chat, list_follows.c.list == list_id))
        await Marks(self._tx).count_up(NAMES_VERSION)

    async def put_book(self, book: WatchList, names: Sequence[WatchedName], now: datetime) -> bool:
        """Let a list hold exactly these names, in this order; return False when it does already.

        A name that stays keeps the time it was added, a changed one too; one that is gone is taken off.
        """
        await add_once(self._tx, lists, {"id": book.id, "owner": book.owner, "title": book.title})
        standing = {name.id: (name, at) for name, at in await self._read(_of_list(book.id))}
        if [name for name, _ in standing.values()] == list(names):
            return False
        await self._write(
            [(name, n, standing[name.id][1] if name.id in standing else now) for n, name in enumerate(names)]
        )
        gone = sorted(standing.keys() - {name.id for name in names})
        for some in batches(gone):
            await self._tx.execute(update(watched_names).where(watched_names.c.id.in_(some)).values(removed_at=now))
        await Marks(self._tx).count_up(NAMES_VERSION)
        return True

    async def book(self) -> tuple[WatchedName, ...]:
        """Return the names of lists that nobody owns: the shipped book, in its order."""
        query = select(watched_names, literal(None, watched_names.c.added_at.type).label("since")).join(
            lists, (lists.c.id == watched_names.c.list) & lists.c.owner.is_(None)
        )
        return tuple(name for name, _ in await self._read(query))

    async def version(self) -> int:
        """Return a number that is raised whenever what is watched changes."""
        return await Marks(self._tx).counter(NAMES_VERSION)

    # ----------------------------------------------------------------------------------------------------------------

    async def _row(self, name: NameId) -> Any:
        columns = (watched_names.c.list, watched_names.c.removed_at)
        return (await self._tx.execute(select(*columns).where(watched_names.c.id == name))).first()

    async def _write(self, placed: Sequence[tuple[WatchedName, int, datetime]]) -> None:
        """Write names with their places in their list and the times they were added."""
        found = {pattern.id: pattern for pattern in (pattern_of(name) for name, _, _ in placed)}
        stored = [{"id": key, "content": pattern_json(pattern)} for key, pattern in found.items()]
        await add_new(self._tx, patterns, stored)
        await put(self._tx, watched_names, [_name_row(name, position, at) for name, position, at in placed])
        for some in batches([name.id for name, _, _ in placed]):
            await self._tx.execute(delete(spellings).where(spellings.c.name.in_(some)))
        rows = [_spelling_row(name.id, i, each) for name, _, _ in placed for i, each in enumerate(name.spellings)]
        await add_new(self._tx, spellings, rows)

    async def _read(self, query: Select[Any], *, removed: bool = False) -> list[tuple[WatchedName, datetime]]:
        """Return the live names of a query over watched_names, in the order of their lists, with their times."""
        gone = watched_names.c.removed_at
        query = query.where(gone.is_not(None) if removed else gone.is_(None))
        rows = (await self._tx.execute(_in_order(query))).mappings().all()
        written: dict[str, list[Spelling]] = {}
        for some in batches([row["id"] for row in rows]):
            found = await self._tx.execute(
                select(spellings).where(spellings.c.name.in_(some)).order_by(spellings.c.name, spellings.c.position)
            )
            for each in found.mappings():
                written.setdefault(each["name"], []).append(_spelling(each))
        return [(_name(row, written.get(row["id"], [])), _since(row)) for row in rows]


def _of_list(list_id: ListId) -> Select[Any]:
    return select(watched_names).where(watched_names.c.list == list_id)


def _watched_by(chat: ChatId) -> tuple[Select[Any], Select[Any]]:
    """Return the queries for a chat's own names, and for those of the lists it follows with the time since when."""
    own = select(watched_names, literal(None, watched_names.c.added_at.type).label("since")).join(
        lists, (lists.c.id == watched_names.c.list) & (lists.c.owner == chat)
    )
    followed = select(watched_names, list_follows.c.since).join(
        list_follows, (list_follows.c.list == watched_names.c.list) & (list_follows.c.chat == chat)
    )
    return own, followed


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(watched_names.c.list, watched_names.c.position, watched_names.c.id)


def _since(row: Mapping[Any, Any]) -> datetime:
    added: datetime = row["added_at"]
    followed: datetime | None = row.get("since")
    return added if followed is None else max(added, followed)


def _name(row: Mapping[Any, Any], written: Sequence[Spelling]) -> WatchedName:
    return WatchedName(
        id=NameId(row["id"]),
        list=ListId(row["list"]),
        kind=Kind(row["kind"]),
        label=row["label"],
        spellings=tuple(written),
        near=tuple(row["near"]),
        never=tuple(row["never"]),
        unlike=tuple(row["unlike"]),
        note=row["note"],
    )


def _name_row(name: WatchedName, position: int, added_at: datetime) -> dict[str, Any]:
    return {
        "id": name.id,
        "list": name.list,
        "kind": name.kind.value,
        "label": name.label,
        "pattern": pattern_of(name).id,
        "near": list(name.near),
        "never": list(name.never),
        "unlike": list(name.unlike),
        "note": name.note,
        "position": position,
        "added_at": added_at,
        "removed_at": None,
    }


def _spelling_row(name: NameId, position: int, spelling: Spelling) -> dict[str, Any]:
    return {
        "name": name,
        "text": spelling.text,
        "language": spelling.language or "",
        "position": position,
        "script": spelling.script,
        "origin": spelling.origin,
        "decided_by": spelling.decided_by,
        "decided_at": spelling.decided_at,
        "active": spelling.active,
    }


def _spelling(row: Mapping[Any, Any]) -> Spelling:
    return Spelling(
        text=row["text"],
        language=row["language"] or None,
        script=row["script"],
        origin=row["origin"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        active=row["active"],
    )


def _wish(row: Any) -> Wish:
    return Wish(
        chat=ChatId(row.chat),
        name=NameId(row.name),
        urgent=row.urgent,
        muted_until=row.muted_until,
        silence=None if row.silence_days is None else timedelta(days=row.silence_days),
    )
