"""The container: a CAR file as a stream of blocks, read in pieces, never as a whole.

A CAR file is a header and then blocks, each behind its length: an address (CID) and bytes. Blocks
come in any order and may repeat, so a reader goes through the file as often as it needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

import libipld

from supportnet.archive import Member
from supportnet.errors import ArchiveError

__all__ = ["Car", "decode", "is_intact"]

_STEP: Final = 2**20
_MAX_HEADER: Final = 2**16
_MAX_BLOCK: Final = 8 * 2**20
_MAX_LENGTH_BYTES: Final = 9
# CID version 1, DAG-CBOR, SHA-256 of 32 bytes: the address of everything in a repository.
_USUAL: Final = b"\x01\x71\x12\x20"
_USUAL_SIZE: Final = 36


def decode(data: bytes) -> Any:
    """Return the value of a DAG-CBOR block, or None when it is not one.

    Examples
    --------
    >>> decode(bytes.fromhex("a1617401")), decode(bytes.fromhex("ff"))
    ({'t': 1}, None)
    """
    try:
        return libipld.decode_dag_cbor(data)
    except (ValueError, RecursionError, OverflowError, MemoryError):
        return None


def is_intact(cid: bytes, data: bytes) -> bool:
    """Say whether a block's bytes are those its address was made from.

    Addresses of another make than SHA-256 cannot be checked and are believed.
    """
    if cid.startswith(_USUAL):
        return hashlib.sha256(data).digest() == cid[4:]
    return True


class Car:
    """One CAR file.

    Attributes
    ----------
    roots
        Addresses named in the header.
    is_cut
        Whether the last reading ended before the file's proper end: a broken download, or a length
        that makes no sense. What stands behind such a place cannot be found any more.
    n_unread
        Blocks of the last reading whose address makes no sense.
    """

    def __init__(self, member: Member) -> None:
        self._member = member
        self.is_cut = False
        self.n_unread = 0
        with member.open() as stream:
            self.roots = self._header(_Pieces(stream))

    def _header(self, pieces: _Pieces) -> list[bytes]:
        """Read the header and return the roots."""
        size = pieces.length()
        if size is None or not 0 < size <= _MAX_HEADER or not pieces.fill(size):
            self._refuse("a broken header")
        header = decode(pieces.take(size))
        roots = header.get("roots") if isinstance(header, dict) else None
        if not isinstance(header, dict) or header.get("version") != 1:
            self._refuse("another version")
        if not isinstance(roots, list) or not all(isinstance(root, bytes) for root in roots):
            self._refuse("a header without roots")
        return roots

    def _refuse(self, found: str) -> NoReturn:
        """Raise the one-sentence error for a file that cannot be read at all."""
        msg = (
            f"{self._member.label}: a CAR file of version 1 was expected; found {found}; "
            "download the repository again."
        )
        raise ArchiveError(msg)

    def blocks(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield every block, in file order, from the first.

        Yields
        ------
        tuple of (bytes, bytes)
            Its address and its bytes (unchecked, see `is_intact`).
        """
        self.is_cut = False
        self.n_unread = 0
        with self._member.open() as stream:
            pieces = _Pieces(stream)
            pieces.take(pieces.length() or 0)
            for block in pieces.blocks():
                if block.startswith(_USUAL) and len(block) >= _USUAL_SIZE:
                    yield block[:_USUAL_SIZE], block[_USUAL_SIZE:]
                    continue
                cut = _cid_size(block)
                if cut is None:
                    self.n_unread += 1
                else:
                    yield block[:cut], block[cut:]
            self.is_cut = not pieces.is_done


class _Pieces:
    """Bytes of a stream, asked for in pieces whose sizes the stream itself tells."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = b""
        self._place = 0
        self.is_broken = False

    @property
    def is_done(self) -> bool:
        """Whether everything was taken, to the last byte."""
        is_end = self._place == len(self._held) and not self._stream.read(1)
        return is_end and not self.is_broken

    def fill(self, size: int) -> bool:
        """Hold at least `size` more bytes; False when the stream ends before."""
        missing = size - (len(self._held) - self._place)
        if missing <= 0:
            return True
        parts = [self._held[self._place :]]
        while missing > 0:
            data = self._stream.read(max(_STEP, missing))
            if not data:
                break
            parts.append(data)
            missing -= len(data)
        self._held = b"".join(parts)
        self._place = 0
        return missing <= 0

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes (fewer at the end)."""
        self.fill(size)
        start = self._place
        self._place = min(start + size, len(self._held))
        return self._held[start : self._place]

    def blocks(self) -> Iterator[bytes]:
        """Yield what stands behind each length, up to the end or a length that makes no sense."""
        while (size := self.length()) is not None:
            end = self._place + size
            # Mostly the block is held already: spare it three calls.
            if not (size and end <= len(self._held)):
                if not 0 < size <= _MAX_BLOCK or not self.fill(size):
                    # Not at the end: a length was taken that nothing fits.
                    self.is_broken = True
                    return
                end = self._place + size
            block = self._held[self._place : end]
            self._place = end
            yield block

    def length(self) -> int | None:
        """Read a length, written seven bits per byte, least first; None at the end."""
        if len(self._held) - self._place < _MAX_LENGTH_BYTES:
            self.fill(_MAX_LENGTH_BYTES)
        held, place = self._held, self._place
        value = shift = 0
        for byte in held[place : place + _MAX_LENGTH_BYTES]:
            place += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                self._place = place
                return value
            shift += 7
        return None


def _cid_size(block: bytes) -> int | None:
    """Return how many bytes at the front of a block are its address; None when they are none."""
    if block.startswith(b"\x12\x20"):
        return 34 if len(block) >= 34 else None
    numbers: list[int] = []
    place = 0
    while len(numbers) < 4:
        value = shift = 0
        while True:
            if place >= len(block) or shift > 56:
                return None
            byte = block[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        numbers.append(value)
    size = place + numbers[3]
    return size if numbers[0] == 1 and size <= len(block) else None
