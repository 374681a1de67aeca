"""py3langid with its model looked up in a file: of its 70 MB a text touches little, so little is in memory."""

import lzma
import mmap
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from typing import IO, Any
from zipfile import ZipFile

# Of a member's own header in a zip file: its length without name and extra field, and where their lengths stand.
_HEADER, _LENGTHS = 30, 26
_COPIED = 1 << 20


def rank(text: str) -> Sequence[tuple[str, float]]:
    """Return all languages the model knows, the likeliest for a text first."""
    found: Sequence[tuple[str, float]] = _identifier().rank(text)
    return found


@cache
def _identifier() -> Any:
    """Return py3langid's own identifier. It reads its model into 76 MB, and needs 30 more while it does."""
    import numpy
    from py3langid import langid

    with tempfile.TemporaryFile() as unpacked:
        with lzma.open(langid.MODEL_DIR / langid.MODEL_FILE) as packed:
            shutil.copyfileobj(packed, unpacked, _COPIED)
        unpacked.flush()
        mapped = mmap.mmap(unpacked.fileno(), 0, access=mmap.ACCESS_READ)
        arrays = {name: (kind, shape, begin) for name, kind, shape, begin in _members(unpacked)}
    # Else sixteen pages are read wherever one is looked at.
    mapped.madvise(mmap.MADV_RANDOM)

    def array(name: str) -> Any:
        kind, shape, begin = arrays[name]
        count = int(numpy.prod(shape))
        return numpy.frombuffer(mapped, kind, count, begin).reshape(shape)

    kind, (moves,), begin = arrays["nextmove"]
    # A view gives plain numbers, several times as fast as an array of numpy.
    nextmove = memoryview(mapped)[begin : begin + moves * kind.itemsize].cast(kind.char)
    classes, rows, features = (array(name).tolist() for name in ("classes", "nextmove_row", "out_feat"))
    return langid.LanguageIdentifier(array("ptc"), array("pc").copy(), classes, nextmove, features, tk_row=rows)


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
