"""A place in a JSON document that is read piece by piece."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import BinaryIO, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.archive.fields import Fields, locate
from supportnet.archive.limits import Limits
from supportnet.archive.scanner import FLAGS, HUGE, IN_CONTAINER, STATE, scan

__all__ = ["END", "Cursor", "Cut", "Located", "Piece", "Pieces"]

Ints: TypeAlias = npt.NDArray[np.int64]

END = -1
_COMMA = ord(",")
# Small, so that what is decoded at a time is gone before the garbage collector looks for it:
# batches of a megabyte were measured at half the speed.
_CHUNK = 2**17
_BATCH = 128
# Read into columns nothing is made of the elements one by one, and large pieces cost less.
_WIDE_CHUNK = 2**21
_MANY = 2**13
_LIST_END = 93
_BLANK = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_PREFIX = 64 * 1024


class Cut(Exception):  # noqa: N818
    """Say that the document ends before it is complete."""


class Piece(NamedTuple):
    """One member of an object: its bytes, what is wrong with it, whether it was the last."""

    data: bytes
    flags: int
    closed: bool


class Pieces(NamedTuple):
    """Several elements of an array: their bytes with commas, the ends of each, what is wrong."""

    data: bytes
    ends: list[int]
    flags: list[int]


class Located(NamedTuple):
    """Several elements of an array, with the spans of wanted fields.

    Attributes
    ----------
    data
        A piece of the file; all places count from its start.
    start, ends
        Where the first element begins, and where each ends.
    flags, plain, spans
        From `locate`.
    """

    data: bytes
    start: int
    ends: Ints
    flags: Ints
    plain: npt.NDArray[np.bool_]
    spans: npt.NDArray[np.int32]


class Cursor:
    """Read through a JSON document from front to back.

    Parameters
    ----------
    stream
        The document's bytes.
    limits
        The caps in force.
    is_wide
        Take the file in large pieces.
    """

    def __init__(self, stream: BinaryIO, limits: Limits, *, is_wide: bool = False) -> None:
        self._stream = stream
        self._chunk = _WIDE_CHUNK if is_wide else _CHUNK
        self._limits = limits
        self._buffer = b""
        self._array = np.frombuffer(b"", np.uint8)
        self._at = 0
        self._state = np.zeros(STATE, np.int64)
        self._caps = np.array([0, limits.field_bytes, limits.json_values], np.int64)
        self._ends = np.zeros(_BATCH, np.int64)
        self._flags = np.zeros(_BATCH, np.int64)
        self.depth = 0  # containers entered so far

    def start(self, *, skip_prefix: bool) -> None:
        """Pass a byte order mark and, where asked, a script's ``name =`` before the document."""
        self._more()
        if self._buffer.startswith(_BOM):
            self._at = len(_BOM)
        if skip_prefix and self.peek() not in b"[{":
            equals = self._buffer.find(b"=", self._at, self._at + _PREFIX)
            self._at = equals + 1 if equals >= 0 else self._at

    def _more(self) -> bool:
        """Get the next piece of the file; False at its end."""
        data = self._stream.read(self._chunk)
        if not data:
            return False
        self._buffer = self._buffer[self._at :] + data
        self._array = np.frombuffer(self._buffer, np.uint8)
        self._at = 0
        return True

    def peek(self) -> int:
        """Return the next byte that is not blank, without passing it; `END` at the end."""
        while True:
            blank = _BLANK.match(self._buffer, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return END

    def skip(self) -> None:
        """Pass one byte that was peeked at."""
        self._at += 1

    def string(self) -> bytes | None:
        """Return the string at the cursor, quotes included; None when it is too long."""
        while True:
            found = _STRING.match(self._buffer, self._at)
            if found:
                self._at = found.end()
                return found.group()
            if len(self._buffer) - self._at > self._limits.field_bytes:
                return None
            if not self._more():
                raise Cut

    def rest(self, cap: int) -> bytes | None:
        """Return all that is left; None when it is longer than `cap` bytes."""
        pieces = [self._buffer[self._at :]]
        total = len(pieces[0])
        self._at = len(self._buffer)
        while total <= cap and self._more():
            pieces.append(self._buffer)
            total += len(self._buffer)
            self._at = len(self._buffer)
        return b"".join(pieces) if total <= cap else None

    def piece(self, closer: int) -> Piece:
        """Return the member of a container that starts here and pass the comma or bracket."""
        for batch, closed in self._scan(closer, 1):
            if batch is None:
                return Piece(b"", 0, closed)
            return Piece(batch.data, batch.flags[0], closed)
        raise Cut

    def pieces(self, closer: int) -> Iterator[Pieces]:
        """Yield the elements of the array that starts here, many at a time, and pass its end."""
        for batch, _ in self._scan(closer, _BATCH):
            if batch is not None:
                yield batch

    def located(self, fields: Fields) -> Iterator[Located]:
        """Yield the elements of the array that starts here by the thousand, and pass its end."""
        self._caps[0] = self._limits.json_depth - self.depth
        while True:
            ends, flags = np.empty(_MANY, np.int64), np.empty(_MANY, np.int64)
            plain, spans = np.empty(_MANY, np.bool_), np.empty((_MANY, len(fields), 2), np.int32)
            start = self._at
            count, place, closed = locate(
                self._array, start, self._caps, fields.tree, ends, flags, spans, plain
            )
            self._at = place
            if count:
                cut = slice(count)
                yield Located(
                    self._buffer, start, ends[cut], flags[cut], plain[cut], spans[cut].copy()
                )
            if closed:
                return
            if count == _MANY:
                continue
            if len(self._buffer) - self._at > self._limits.element_bytes:
                closed = yield from self._one_located(fields)
                if closed:
                    return
            elif not self._more():
                raise Cut

    def _one_located(self, fields: Fields) -> Generator[Located, None, bool]:
        """Yield one element that is too long to be held; tell whether it was the last."""
        for batch, closed in self._scan(_LIST_END, 1):
            if batch is not None:
                yield Located(
                    batch.data,
                    0,
                    np.array(batch.ends, np.int64),
                    np.array(batch.flags, np.int64),
                    np.zeros(1, np.bool_),
                    np.full((1, len(fields), 2), -1, np.int32),
                )
            return closed
        raise Cut

    def ready(self, closer: int, largest: int) -> tuple[Pieces, int] | None:
        """Return the next elements that are whole, sound and small, and the place behind them.

        Nothing is passed: `go_to` does that, once they have been decoded. None when the next
        element is not of that kind.
        """
        if len(self._buffer) - self._at < largest:
            self._more()
        state, caps = self._state, self._caps
        state[:] = 0
        caps[0] = self._limits.json_depth - self.depth
        count, _, _ = scan(
            self._array, self._at, state, caps, IN_CONTAINER, closer, self._ends, self._flags
        )
        cuts, flags, start = self._ends[:count].tolist(), self._flags[:count].tolist(), self._at
        sound = 0
        while sound < count and not flags[sound] and cuts[sound] - start <= largest:
            start = cuts[sound] + 1
            sound += 1
        if not sound:
            return None
        last = cuts[sound - 1]
        ends = [end - self._at for end in cuts[:sound]]
        batch = Pieces(self._buffer[self._at : last], ends, flags[:sound])
        # The comma is passed with its element; the closing bracket is left for the caller.
        return batch, last + (self._buffer[last] == _COMMA)

    def go_to(self, place: int) -> None:
        """Pass everything before `place`, which `ready` gave."""
        self._at = place

    def _scan(self, closer: int, room: int) -> Iterator[tuple[Pieces | None, bool]]:
        """Yield batches of at most `room` elements until the container is closed."""
        state, caps = self._state, self._caps
        ends, flags = self._ends[:room], self._flags[:room]
        state[:] = 0
        caps[0] = self._limits.json_depth - self.depth
        place = self._at
        while True:
            count, place, closed = scan(
                self._array, place, state, caps, IN_CONTAINER, closer, ends, flags
            )
            batch = self._take(int(count), ends, flags) if count else None
            if closed:
                self._at = place
            if count or closed:
                yield batch, bool(closed)
            if closed:
                return
            if place < len(self._buffer):
                continue
            if place - self._at > self._limits.element_bytes:
                # Nobody will decode it: let go of its bytes and only look for its end.
                state[FLAGS] |= HUGE
                self._at = place
            place -= self._at
            if not self._more():
                raise Cut

    def _take(self, count: int, ends: np.ndarray, flags: np.ndarray) -> Pieces:
        """Cut `count` elements out of the buffer and pass them."""
        start, last = self._at, int(ends[count - 1])
        self._at = last + 1
        cuts = (ends[:count] - start).tolist()
        return Pieces(self._buffer[start:last], cuts, flags[:count].tolist())
