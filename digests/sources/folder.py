"""Reading a drop folder: whatever other programs, or people, put into it as .txt, .md or .html."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from digests.errors import SourceError
from digests.model import Entry, Reading, Source, Stance, make_id
from digests.sources.dates import read_date
from digests.sources.decode import NotText, decode
from digests.sources.entries import plain_language
from digests.sources.files import Busy, Found, Unreadable, find_files, read_file
from digests.sources.parser import FeedParser
from digests.sources.plain import Plain, first_sentence, read_plain
from digests.sources.webpage import without_outlet
from digests.text import guess_language, one_line

_Mark = tuple[int, int, int]
_NO_FOLDER = "this folder is not there or may not be read; make it, or name another as seeds_dir"
# What one reading holds at most, so that 100,000 files do not fill the memory; the rest comes with the next.
# A path may have four thousand signs, more than PostgreSQL keeps in an index.
_IDENTITY_CHARS = 400
_ADDRESS_CHARS = 2_000
_MOST_FILES = 2_000
_MOST_BYTES = 50_000_000
_SHOWN_FAULTS = 50
_LONG_BUSY = timedelta(minutes=10)
# How long after a change we look again, for files that were still being written.
_LOOK_AGAIN_MS = 2_000
_LOOKS = 2
_GATHER_MS = 50


@dataclass(slots=True)
class _Memory:
    """What was read of one folder. `pending` is believed only when `token` comes back: then it was kept."""

    marks: dict[str, _Mark] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    pending: dict[str, _Mark] = field(default_factory=dict)
    token: str = ""


@dataclass(slots=True)
class _Batch:
    """What one look at a folder found."""

    files: list[tuple[Found, bytes]] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    marks: dict[str, _Mark] = field(default_factory=dict)
    more: bool = False


class FolderReader:
    """Reads folders by their path; it remembers in memory what it gave, so that a look costs one listing."""

    def __init__(self, parser: FeedParser) -> None:
        self._parser = parser
        self._memories: dict[str, _Memory] = {}

    async def read(self, source: Source, *, now: datetime) -> Reading:
        """Return the files that are new or changed; those that cannot be read are its faults."""
        memory = self._memories.setdefault(source.id, _Memory())
        _settle(memory, dict(source.validators).get("token", ""))
        try:
            root = await asyncio.to_thread(Path(source.address).absolute)
            batch = await asyncio.to_thread(_look, root, memory, now)
        except OSError as error:
            raise SourceError(source.address, _NO_FOLDER) from error
        entries = await self._entries(source, root, batch, now)
        return self._reading(source, memory, batch, entries, now)

    async def _entries(self, source: Source, root: Path, batch: _Batch, now: datetime) -> list[Entry]:
        entries = []
        for found, data in batch.files:
            try:
                entries.append(await self._entry(source, root, found.path, data, now))
            except (SourceError, NotText) as error:
                batch.faults[found.path] = error.why if isinstance(error, SourceError) else str(error)
        return sorted(entries, key=lambda entry: (entry.published_at or now, entry.identity))

    async def _entry(self, source: Source, root: Path, path: str, data: bytes, now: datetime) -> Entry:
        if path.lower().endswith((".html", ".htm")):
            page = await self._parser.parse_page(data, address=path)
            title = without_outlet(page.title, _outlet(path)) or first_sentence(page.text)
            text = page.text or page.title
            said = ("date", "language", "outlet", "stance", "url")
            fields = {name: getattr(page, name) for name in said}
        else:
            plain = await asyncio.to_thread(_read_plain, path, data)
            title, text, fields = plain.title, plain.text, dict(plain.fields)
        if not text:
            raise NotText("there is no text in it")
        language: str | None = plain_language(fields.get("language", ""))
        language = language or await asyncio.to_thread(guess_language, text)
        return Entry(
            identity=path if len(path) <= _IDENTITY_CHARS else "long:" + make_id(path),
            url=_web_address(fields.get("url", "")) or (root / path).as_uri(),
            title=title,
            text=text,
            published_at=read_date(fields.get("date", ""), now=now),
            language=language or source.language,
            authors=tuple(filter(None, [one_line(fields.get("author", ""))[:100]])),
            outlet=one_line(fields.get("outlet", "")) or _outlet(path),
            stance=_stance(fields.get("stance", "")),
        )

    def _reading(self, source: Source, memory: _Memory, batch: _Batch, entries: list[Entry], now: datetime) -> Reading:
        memory.faults |= batch.faults
        faults = tuple(sorted(memory.faults.items())[:_SHOWN_FAULTS])
        if not entries:
            # Nothing that a commit could lose, so it is remembered at once.
            memory.marks |= batch.marks
            return Reading(unchanged=True, validators=source.validators, faults=faults, more=batch.more)
        memory.pending = batch.marks
        memory.token = make_id(now.astimezone(UTC).isoformat(), *(entry.identity for entry in entries))
        return Reading(entries=tuple(entries), validators=(("token", memory.token),), faults=faults, more=batch.more)


async def watch(path: Path) -> AsyncIterator[None]:
    """Yield whenever something changed in a folder, and a little later again for files that were still being written.

    It ends when it is cancelled or closed.

    Raises:
        SourceError: There is no such folder.
    """
    # Imported here: a run that reads once watches nothing.
    from watchfiles import awatch

    events = awatch(path, step=_GATHER_MS, debounce=_GATHER_MS * 4, rust_timeout=_LOOK_AGAIN_MS, yield_on_timeout=True)
    looks = 0
    try:
        async for changes in events:
            looks = _LOOKS if changes else max(looks - 1, -1)
            if looks >= 0:
                yield
    except FileNotFoundError as error:
        raise SourceError(str(path), _NO_FOLDER) from error


def _settle(memory: _Memory, token: str) -> None:
    """Believe what was read last if it was kept, and forget it if it was not."""
    if memory.pending and token == memory.token:
        memory.marks |= memory.pending
    memory.pending = {}


def _look(root: Path, memory: _Memory, now: datetime) -> _Batch:
    batch = _Batch()
    room = _MOST_BYTES
    seen = set()
    for found in find_files(root):
        seen.add(found.path)
        if found.fault:
            batch.faults[found.path] = found.fault
            continue
        if memory.marks.get(found.path) == found.mark:
            continue
        if len(batch.files) >= _MOST_FILES or room <= 0:
            batch.more = True
            continue
        memory.faults.pop(found.path, None)
        try:
            data = read_file(root, found.path, now=now)
        except Busy:
            if now - found.changed_at > _LONG_BUSY:
                batch.faults[found.path] = "another program has kept it open for writing for more than 10 minutes"
            continue
        except Unreadable as error:
            batch.faults[found.path] = str(error)
        else:
            batch.files.append((found, data))
            room -= len(data)
        batch.marks[found.path] = found.mark
    _forget(memory, seen)
    return batch


def _forget(memory: _Memory, seen: set[str]) -> None:
    """Drop what is no longer in the folder; put back, it is read again, and the store knows it by its text."""
    for path in memory.marks.keys() - seen:
        del memory.marks[path]
    for path in memory.faults.keys() - seen:
        del memory.faults[path]


def _read_plain(path: str, data: bytes) -> Plain:
    return read_plain(decode(data), is_markdown=path.lower().endswith(".md"))


def _stance(stated: str) -> Stance | None:
    return Stance(stated) if stated in set(Stance) else None


def _outlet(path: str) -> str:
    """Return the name of the first subfolder as an outlet's name; "" for a file at the top.

    >>> _outlet("steppe-radio/2026/a.txt")
    'Steppe Radio'
    """
    first, inner, _ = path.partition("/")
    name = one_line(first.replace("_", " ").replace("-", " "))
    return "" if not inner else name.title() if name.islower() else name


def _web_address(stated: str) -> str:
    try:
        is_plain = stated.isprintable() and " " not in stated and len(stated) <= _ADDRESS_CHARS
        return stated if is_plain and urlsplit(stated).scheme in ("http", "https") else ""
    except ValueError:
        return ""
