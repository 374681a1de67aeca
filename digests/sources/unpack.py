"""Unpacking what a server packed, piece by piece; a bomb is never unpacked further than we would read."""

import zlib
from collections.abc import Iterator


class Unpacker:
    """gzip, zlib or bare deflate, unpacked piece by piece; a plain body passes as it is."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._is_plain = False
        self._began = False

    @property
    def is_whole(self) -> bool:
        """Whether the packed stream came to its own end."""
        return self._is_plain or self._stream is None or self._stream.eof

    def feed(self, chunk: bytes, most: int) -> Iterator[bytes]:
        """Yield what the next bytes unpack to, at most `most` of it at a time: whoever has enough asks for no more."""
        if not self._began:
            self._began = True
            # Some servers label a plain body; no packed one begins like mark-up or JSON.
            self._is_plain = chunk.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"<", b"{")
        if self._is_plain:
            yield chunk
            return
        is_more = True
        while is_more:
            if self._stream is None or (self._stream.eof and chunk[:2] == b"\x1f\x8b"):
                self._stream = zlib.decompressobj(_window(chunk))
            if self._stream.eof:
                return
            unpacked = self._stream.decompress(chunk, most)
            chunk = self._stream.unused_data or self._stream.unconsumed_tail
            # A full piece may have more behind it that zlib holds back, though it has taken all we gave.
            is_more = bool(chunk) or len(unpacked) == most
            if unpacked:
                yield unpacked


def _window(chunk: bytes) -> int:
    """Return zlib's window argument: gzip and zlib know their own heads, bare deflate has none."""
    is_zlib = len(chunk) > 1 and chunk[0] & 0x0F == 8 and int.from_bytes(chunk[:2], "big") % 31 == 0
    return zlib.MAX_WBITS | 32 if chunk[:1] == b"\x1f" or is_zlib else -zlib.MAX_WBITS
