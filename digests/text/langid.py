"""py3langid with its model looked up in a file: of its 70 MB a text touches little, so little is in memory."""

import lzma
import os
import shutil
import stat
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

# Of a member's own header in a zip file: its length without name and extra field, and where their lengths stand.
_HEADER, _LENGTHS = 30, 26
_COPIED = 1 << 20
_MODEL_FILE = "data/model.npz.xz"
# Steps through the model that are kept at hand, some 3 MB: after a hundred texts nine of ten stand among them.
_REMEMBERED = 30_000


def rank(text: str) -> Sequence[tuple[str, float]]:
    """Return all languages the model knows, the likeliest for a text first."""
    found: Sequence[tuple[str, float]] = _identifier().rank(text)
    return found


class _Stored:
    """An array that lies in a file; what is asked for is read, and nothing else.

    Not mapped into memory: the kernel then shows us sixteen pages for each one that is looked at, and never takes
    them back while there is room, so that half the model was ours after the first text.
    """

    def __init__(self, file: int, kind: Any, shape: tuple[int, ...], begin: int) -> None:
        self._file, self._kind, self._begin = file, kind, begin
        self._width = shape[1] if len(shape) > 1 else 1
        self._size = self._width * kind.itemsize
        self._count = shape[0]

    def __getitem__(self, numbers: Any) -> Any:
        """Return some rows, in the order asked for."""
        import numpy

        read = b"".join([self.bytes_of(number) for number in numbers.tolist()])
        return numpy.frombuffer(read, self._kind).reshape(-1, self._width)

    def bytes_of(self, number: int) -> bytes:
        """Return one row as it is stored."""
        return os.pread(self._file, self._size, self._begin + number * self._size)

    def whole(self) -> Any:
        """Return all of it."""
        import numpy

        return numpy.frombuffer(os.pread(self._file, self._count * self._size, self._begin), self._kind)


class _Steps(dict[int, int]):
    """The numbers of a stored list by their places, read when they are first asked for; few of them at a time."""

    def __init__(self, stored: _Stored) -> None:
        self._stored = stored

    def __missing__(self, place: int) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[place] = step = int.from_bytes(self._stored.bytes_of(place), "little")
        return step


@cache
def unpacked() -> int:
    """Return the number of the open file that holds the model unpacked: 0.3 s of work where that was not done yet.

    All processes of a user share one file of 70 MB in the folder for temporary files; where that cannot be, the file
    is this process's own and goes with it.
    """
    packed = _packed()
    with suppress(OSError):
        file = _folder() / f"py3langid-{packed.stat().st_size}.npz"
        if not file.exists():
            with tempfile.TemporaryDirectory(dir=file.parent) as desk:
                part = Path(desk, "model")
                with part.open("wb") as whole:
                    _unpack(packed, whole)
                part.rename(file)  # at one stroke: no other process finds half of it
        return os.open(file, os.O_RDONLY)
    with tempfile.TemporaryFile() as own:
        _unpack(packed, own)
        return os.dup(own.fileno())


def _packed() -> Path:
    """The model as py3langid brings it; asked without importing that, which loads numpy."""
    found = find_spec("py3langid")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / _MODEL_FILE


def _folder() -> Path:
    """A folder to which nobody else can write: what lies there is what we have put there."""
    folder = Path(tempfile.gettempdir(), f"haberdar-{os.geteuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    said = folder.lstat()
    if not stat.S_ISDIR(said.st_mode) or said.st_uid != os.geteuid() or said.st_mode & 0o077:
        raise PermissionError(f"{folder} is open to others")
    return folder


def _unpack(packed: Path, to: IO[bytes]) -> None:
    with lzma.open(packed) as model:
        shutil.copyfileobj(model, to, _COPIED)
    to.flush()


@cache
def _identifier() -> Any:
    """Return py3langid's own identifier. It reads its model into 76 MB, and needs 30 more while it does."""
    from py3langid import langid

    file = unpacked()  # open as long as the process lives
    with os.fdopen(os.dup(file), "rb") as model:
        stored = {name: _Stored(file, kind, shape, begin) for name, kind, shape, begin in _members(model)}
    classes = stored["classes"].whole().tolist()
    rows, features = (array("i", stored[name].whole().tolist()) for name in ("nextmove_row", "out_feat"))
    steps = _Steps(stored["nextmove"])
    return langid.LanguageIdentifier(stored["ptc"], stored["pc"].whole(), classes, steps, features, tk_row=rows)


def _members(file: IO[bytes]) -> Iterator[tuple[str, Any, tuple[int, ...], int]]:
    """Yield each array of an .npz file: its name, type and shape, and where its numbers begin."""
    from numpy.lib import format as npy

    with ZipFile(file) as archive:
        for info in archive.infolist():
            with archive.open(info) as member:
                npy.read_magic(member)
                shape, _, kind = npy.read_array_header_1_0(member)
                header = member.tell()
            file.seek(info.header_offset + _LENGTHS)
            lengths = file.read(4)
            name, extra = (int.from_bytes(each, "little") for each in (lengths[:2], lengths[2:]))
            yield info.filename.removesuffix(".npy"), kind, shape, info.header_offset + _HEADER + name + extra + header
