"""Compressed bytes in, plain bytes out, never more at once than was asked for.

Every source here has ``read(n)`` (at most `n` bytes, none at the end), ``consumed`` (bytes
taken from the file so far, for the compression ratio) and ``close()``. Damage raises `Damaged`
with words that hold no content; the guard turns it into the error the user sees.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

import zstandard

__all__ = ["CODECS", "Damaged", "Decoded", "Source", "Span", "codec_of"]

_INPUT = 64 * 1024
# zstd's push interface has no bound on what one push gives back: four bytes can stand for 128 KiB.
# Pushing little at a time keeps the worst answer at 16 MiB.
_ZSTD_INPUT = 512
_XZ_MEMORY = 256 * 2**20
_ZSTD_WINDOW = 2**31


class Damaged(Exception):  # noqa: N818
    """Say in fixed words what is wrong with compressed bytes."""


class Source(Protocol):
    """Bytes that can be read once, from front to back."""

    @property
    def consumed(self) -> int:
        """Bytes taken from the file so far."""
        ...

    def read(self, n: int) -> bytes:
        """Return at most `n` bytes; none at the end."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Span:
    """A stretch of an open file, or all that is left of it."""

    def __init__(self, raw: BinaryIO, size: int | None = None, *, close: bool = True) -> None:
        self._raw = raw
        self._left = size
        self._close = close
        self.consumed = 0

    def read(self, n: int) -> bytes:
        """Return at most `n` bytes of the stretch; a file that ends inside it is damaged."""
        if self._left is not None:
            n = min(n, self._left)
        if n <= 0:
            return b""
        data = self._raw.read(n)
        if self._left is not None:
            if not data:
                msg = "a file that ends before its last byte"
                raise Damaged(msg)
            self._left -= len(data)
        self.consumed += len(data)
        return data

    def close(self) -> None:
        """Close the file under it, unless somebody else owns it."""
        if self._close:
            self._raw.close()


class Decoder(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool:
        """Whether the last byte of the stream came out."""
        ...

    @property
    def unused_data(self) -> bytes:
        """Bytes after the end of the stream."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether more can come out without more going in."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most `max_length` bytes."""
        ...


class _Zlib:
    """zlib's decompressor in the shape of those for bzip2 and xz."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        """Whether the last byte of the stream came out."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """Bytes after the end of the stream."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most `max_length` bytes."""
        tail = self._inner.unconsumed_tail
        out = self._inner.decompress(tail + data if tail else data, max_length)
        # A full answer may leave more inside zlib itself, even with no input left over.
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out


class _Zstd:
    """zstd's decompressor in the same shape; it is fed little at a time (see `_ZSTD_INPUT`)."""

    def __init__(self) -> None:
        context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._inner = context.decompressobj()
        self._out = b""
        self._given = 0  # bytes of `_out` that were handed out

    @property
    def eof(self) -> bool:
        """Whether the last byte of the stream came out."""
        return bool(self._inner.eof) and self.needs_input

    @property
    def needs_input(self) -> bool:
        """Whether more can come out without more going in."""
        return self._given >= len(self._out)

    @property
    def unused_data(self) -> bytes:
        """Bytes after the end of the stream."""
        return bytes(self._inner.unused_data)

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most `max_length` bytes."""
        if data:
            self._out, self._given = self._inner.decompress(data), 0
        out = self._out[self._given : self._given + max_length]
        self._given += len(out)
        return out


def _gzip() -> Decoder:
    return _Zlib(31)


def _deflate() -> Decoder:
    return _Zlib(-15)


def _xz() -> Decoder:
    return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)


CODECS: dict[str, Callable[[], Decoder]] = {
    "gz": _gzip,
    "deflate": _deflate,
    "bz2": bz2.BZ2Decompressor,
    "xz": _xz,
    "zst": _Zstd,
}

_MAGIC = ((b"\x1f\x8b", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zst"))
# zstd allows "skippable" frames in front: 0x184D2A5? little-endian.
_SKIPPABLE = b"\x2a\x4d\x18"


def codec_of(head: bytes) -> str | None:
    """Return the codec whose signature opens `head`; None for plain bytes.

    Examples
    --------
    >>> import gzip
    >>> codec_of(gzip.compress(b"x")), codec_of(b"plain")
    ('gz', None)
    """
    for magic, codec in _MAGIC:
        if head.startswith(magic):
            return codec
    if len(head) >= 4 and head[0] & 0xF0 == 0x50 and head[1:4] == _SKIPPABLE:
        return "zst"
    return None


class Decoded:
    """The plain bytes of a compressed source.

    Parameters
    ----------
    raw
        The compressed bytes.
    codec
        A key of `CODECS`.
    many
        True where several compressed streams may follow each other (gz, bz2, xz and zst files);
        zeros between and after them are padding.
    """

    def __init__(self, raw: Source, codec: str, *, many: bool = True) -> None:
        self._raw = raw
        self._new = CODECS[codec]
        self._step = _ZSTD_INPUT if codec == "zst" else _INPUT
        self._many = many
        self._decoder = self._new()
        self._held = b""
        self._done = False

    @property
    def consumed(self) -> int:
        """Compressed bytes taken so far."""
        return self._raw.consumed

    def read(self, n: int) -> bytes:
        """Return at most `n` plain bytes; none at the end."""
        while not self._done:
            if self._decoder.eof and not self._next_stream():
                self._done = True
                break
            out = self._push(n)
            if out:
                return out
        return b""

    def _push(self, n: int) -> bytes:
        data = b""
        if self._decoder.needs_input:
            data = self._take()
            if not data:
                msg = "compressed data that is cut short"
                raise Damaged(msg)
        try:
            return self._decoder.decompress(data, n)
        except (zlib.error, OSError, EOFError, lzma.LZMAError, zstandard.ZstdError):
            msg = "compressed data that is damaged"
            raise Damaged(msg) from None

    def _take(self) -> bytes:
        """Return the next compressed bytes: what was held back, else from the file."""
        if not self._held:
            return self._raw.read(self._step)
        data, self._held = self._held[: self._step], self._held[self._step :]
        return data

    def _next_stream(self) -> bool:
        """Start on the stream that follows; False where there is none."""
        rest = self._decoder.unused_data + self._held
        self._held = b""
        if not self._many:
            return False
        rest = rest.lstrip(b"\0")
        while not rest:
            rest = self._raw.read(self._step)
            if not rest:
                return False
            rest = rest.lstrip(b"\0")
        self._held = rest
        self._decoder = self._new()
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()
