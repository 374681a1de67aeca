"""py3langid with its model looked up in a file: of its 70 MB a text touches little, so little is in memory."""

import lzma
import os
import shutil
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from typing import IO, Any
from zipfile import ZipFile

# Of a member's own header in a zip file: its length without name and extra field, and where their lengths stand.
_HEADER, _LENGTHS = 30, 26
_COPIED = 1 << 20
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
def _identifier() -> Any:
    """Return py3langid's own identifier. It reads its model into 76 MB, and needs 30 more while it does."""
    from py3langid import langid

    with tempfile.TemporaryFile() as unpacked:
        with lzma.open(langid.MODEL_DIR / langid.MODEL_FILE) as packed:
            shutil.copyfileobj(packed, unpacked, _COPIED)
        unpacked.flush()
        file = os.dup(unpacked.fileno())  # as long as the process lives
        stored = {name: _Stored(file, kind, shape, begin) for name, kind, shape, begin in _members(unpacked)}
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
