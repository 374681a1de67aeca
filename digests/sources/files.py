"""Finding and reading the files of a folder that other programs write into; nothing outside it is ever opened."""

import errno
import fcntl
import os
import signal
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

MOST_BYTES = 5_000_000
_ENDINGS = frozenset({".txt", ".md", ".html", ".htm"})
# What people drop who do not know which kinds are read: said, not passed over.
_OTHER_KINDS = frozenset({".pdf", ".doc", ".docx", ".odt", ".rtf", ".eml", ".mht", ".mhtml", ".epub", ".pages"})
_TEMPORARY = ("~", ".part", ".tmp", ".swp", ".crdownload", ".bak")
_NO_ARTICLES = frozenset({"readme.md", "readme.txt", "readme.html"})
_SETTLED = timedelta(seconds=2)
# A file may be written after the reading began; one that is stamped later than this has a wrong clock, not a writer.
_LONGEST_READING = timedelta(minutes=1)
_DEEPEST = 20


class Busy(Exception):
    """Somebody is still writing the file: it is read when they are done."""


class Unreadable(Exception):
    """The file is not read; the text says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be an article.

    Attributes:
        path: Within the folder, with "/".
        mark: What changes when its content does.
        fault: Why it cannot be opened at all; "" when it can.
    """

    path: str
    mark: tuple[int, int, int] = (0, 0, 0)
    fault: str = ""

    @property
    def changed_at(self) -> datetime:
        """When its content changed last."""
        return _instant(self.mark[0])


def find_files(root: Path) -> Iterator[Found]:
    """Yield what may be articles in a folder and the folders in it, in the order of their names.

    What lies there for us and cannot be opened is among them, with its fault.

    Raises:
        OSError: The folder itself cannot be read.
    """
    with os.scandir(root):
        pass
    yield from _walk(root, "", 0)


def _walk(root: Path, under: str, depth: int) -> Iterator[Found]:
    try:
        members = sorted(os.scandir(root / under), key=lambda member: member.name)
    except PermissionError:
        yield Found(under, fault="it may not be read")
        return
    except OSError:  # it went away
        return
    for member in members:
        path = f"{under}{member.name}"
        if member.name.startswith("."):
            continue
        if not _is_sayable(member.name):
            yield Found(ascii(path)[1:-1], fault="its name holds signs that are no text; rename it")
        elif member.is_dir(follow_symlinks=False):
            if depth < _DEEPEST:
                yield from _walk(root, f"{path}/", depth + 1)
            else:
                yield Found(path, fault="it lies more than 20 folders deep")
        elif _is_article(member.name):
            yield from _found(member, path)
        elif os.path.splitext(member.name.lower())[1] in _OTHER_KINDS and not member.name.startswith("~"):
            yield Found(path, fault="this kind of file is not read; save it as .txt, .md or .html")


def _is_sayable(name: str) -> bool:
    """Return whether a name is text: a byte that is none could not be kept in any database."""
    return name.isprintable() and not any("\ud800" <= sign <= "\udfff" for sign in name)


def _is_article(name: str) -> bool:
    lower = name.lower()
    return (
        os.path.splitext(lower)[1] in _ENDINGS
        and lower not in _NO_ARTICLES
        and not lower.startswith(("~", "#"))
        and not lower.endswith(_TEMPORARY)
    )


def _found(member: os.DirEntry[str], path: str) -> Iterator[Found]:
    try:
        status = member.stat(follow_symlinks=False)
    except OSError:
        return
    mark = (status.st_mtime_ns, status.st_size, status.st_ino)
    yield Found(path, mark)


def _instant(nanoseconds: int) -> datetime:
    """Return a file's time; one that no calendar knows is long ago."""
    try:
        return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)


def read_file(root: Path, path: str, *, now: datetime) -> bytes:
    """Return a file's content, when nobody is writing it.

    Raises:
        Busy: It is being written.
        Unreadable: It is a link, no file, empty, larger than 5 MB or not ours to read.
    """
    try:
        descriptor = _open(root, path)
    except FileNotFoundError:
        raise Busy from None  # renamed since it was found: the next look finds it under its new name
    except OSError as error:
        links = error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK)
        raise Unreadable("it is a link, which is not followed" if links else "it may not be read") from error
    try:
        return _read_open(descriptor, now)
    except OSError as error:
        raise Unreadable("it could not be read to its end") from error
    finally:
        os.close(descriptor)


def _open(root: Path, path: str) -> int:
    """Open each folder on the way and then the file, never through a link, so that no swap leads outside."""
    flags = os.O_RDONLY | os.O_CLOEXEC
    folder = os.open(root, flags | os.O_DIRECTORY)
    try:
        *folders, name = path.split("/")
        for each in folders:
            inner = os.open(each, flags | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        # Without O_NONBLOCK a named pipe would hold us for ever.
        return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)


def _read_open(descriptor: int, now: datetime) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("it is no ordinary file")
    if status.st_size > MOST_BYTES:
        raise Unreadable("it is larger than 5 MB")
    leased = _lease(descriptor)
    if not leased and -_LONGEST_READING <= now - _instant(status.st_mtime_ns) < _SETTLED:
        raise Busy
    try:
        data = _read_all(descriptor)
    finally:
        if leased:
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    after = os.fstat(descriptor)
    if (after.st_mtime_ns, after.st_size) != (status.st_mtime_ns, len(data)):
        raise Busy
    if not data:
        raise Unreadable("it is empty")
    return data


def _read_all(descriptor: int) -> bytes:
    parts = []
    left = MOST_BYTES + 1
    while left > 0 and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _lease(descriptor: int) -> bool:
    """Return whether we hold a read lease: it is refused while anybody has the file open for writing.

    Raises:
        Busy: Somebody is writing.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        # Who opens the file while we read waits, and a signal tells us: one that is ignored, not SIGIO, which kills.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        raise Busy from None
    except OSError:  # another's file, or a file system without leases
        return False
    return True
