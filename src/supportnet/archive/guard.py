"""The one stream through which every byte of every archive passes: it counts, and it refuses."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from supportnet.archive.codecs import Damaged, Source
from supportnet.archive.limits import Limits, refuse

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["Budget", "guarded", "plain_errors"]

_BUFFER = 256 * 1024
_RAISE = "raise the limit if you trust the file"


@contextmanager
def plain_errors(label: str) -> Iterator[None]:
    """Turn every error of the file system and of the decompressors into one safe sentence.

    Parameters
    ----------
    label
        Safe words for the file.

    Raises
    ------
    ArchiveError
        In place of `OSError`, `Damaged` and `MemoryError`, without their words: those hold paths.
    """
    try:
        yield
    except Damaged as damage:
        refuse(label, "a whole and sound file", str(damage))
    except OSError as error:
        found = f"that the system could not read it (error {error.errno})"
        refuse(label, "a readable file", found, "check the file and its permissions")
    except MemoryError:
        refuse(label, "a file that fits in memory", "one that does not")


class Budget:
    """Bytes that one archive has given so far, each file counted up to its furthest byte."""

    __slots__ = ("limits", "reached", "total")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.total = 0
        self.reached: dict[int, int] = {}

    def pay(self, key: int, position: int, label: str) -> None:
        """Count that file `key` was read up to `position`; refuse the archive over its cap."""
        before = self.reached.get(key, 0)
        if position > before:
            self.reached[key] = position
            self.total += position - before
            if self.total > self.limits.total_bytes:
                most = f"at most {self.limits.total_bytes:,} bytes in all"
                refuse(label, most, "more than that", _RAISE)


class _Guard(io.RawIOBase):
    """A raw stream over a source that enforces the caps while it is read."""

    def __init__(
        self,
        source: Source,
        budget: Budget,
        key: int,
        label: str,
        size: int | None,
        crc: int | None,
    ) -> None:
        super().__init__()
        self._source = source
        self._budget = budget
        self._key = key
        self._label = label
        self._size = size
        self._crc = crc
        self._check = 0
        self._position = 0

    def readable(self) -> bool:
        """Answer yes: this stream is for reading only."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill `buffer` with the next bytes, count them and apply the caps."""
        view = memoryview(buffer).cast("B")
        with plain_errors(self._label):
            data = self._source.read(len(view))
        if data:
            self._count(data)
        else:
            self._end()
        view[: len(data)] = data
        return len(data)

    def _count(self, data: bytes) -> None:
        limits = self._budget.limits
        self._position += len(data)
        if self._position > limits.member_bytes:
            most = f"a file of at most {limits.member_bytes:,} bytes"
            refuse(self._label, most, "a longer one", _RAISE)
        if (
            self._position > limits.ratio_after
            and self._position > limits.ratio * self._source.consumed
        ):
            most = f"a compression ratio of at most {limits.ratio:g}"
            refuse(self._label, most, "a higher one, as in a decompression bomb")
        if self._size is not None and self._position > self._size:
            refuse(self._label, "a file as long as its archive says", "a longer one")
        self._budget.pay(self._key, self._position, self._label)
        if self._crc is not None:
            self._check = zlib.crc32(data, self._check)

    def _end(self) -> None:
        if self._size is not None and self._position < self._size:
            refuse(self._label, "a file as long as its archive says", "a shorter one")
        if self._crc is not None and self._check != self._crc:
            refuse(self._label, "a file that agrees with its checksum", "one that does not")

    def close(self) -> None:
        """Let go of the file."""
        if not self.closed:
            self._source.close()
        super().close()


def guarded(
    source: Source,
    budget: Budget,
    key: int,
    label: str,
    *,
    size: int | None = None,
    crc: int | None = None,
) -> BinaryIO:
    """Return a readable binary stream over `source` that enforces the caps.

    Parameters
    ----------
    source
        Where the bytes come from.
    budget
        The archive's account of bytes.
    key
        Number of the member, for that account.
    label
        Safe words for errors.
    size
        Length in bytes that the archive declares; another length is an error.
    crc
        CRC-32 that the archive declares; checked at the last byte.

    Returns
    -------
    BinaryIO
        A buffered stream, not seekable.
    """
    raw = _Guard(source, budget, key, label, size, crc)
    return cast("BinaryIO", io.BufferedReader(raw, _BUFFER))
