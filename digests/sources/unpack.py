"""Unpacking what a server packed, piece by piece; a bomb is never unpacked further than we would read."""

import zlib


class Unpacker:
    """gzip, zlib or bare deflate, unpacked piece by piece and never beyond a limit; a plain body passes as it is."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._is_plain = False
        self._began = False

    @property
    def is_whole(self) -> bool:
        """Whether the packed stream came to its own end."""
        return self._is_plain or self._stream is None or self._stream.eof

    def feed(self, chunk: bytes, most: int) -> bytes:
        """Return the next bytes unpacked, at most `most` of them."""
        if not self._began:
            self._began = True
            # Some servers label a plain body; no packed one begins like mark-up or JSON.
            self._is_plain = chunk.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"<", b"{")
        if self._is_plain:
            return chunk
        unpacked = b""
        while chunk and len(unpacked) < most:
            if self._stream is None or (self._stream.eof and chunk[:2] == b"\x1f\x8b"):
                self._stream = zlib.decompressobj(_window(chunk))
            if self._stream.eof:
                break
            unpacked += self._stream.decompress(chunk, most - len(unpacked))
            chunk = self._stream.unused_data or self._stream.unconsumed_tail
        return unpacked


def _window(chunk: bytes) -> int:
    """Return zlib's window argument: gzip and zlib know their own heads, bare deflate has none."""
    is_zlib = len(chunk) > 1 and chunk[0] & 0x0F == 8 and int.from_bytes(chunk[:2], "big") % 31 == 0
    return zlib.MAX_WBITS | 32 if chunk[:1] == b"\x1f" or is_zlib else -zlib.MAX_WBITS
