"""Sort more rows than memory should hold: into buckets by message number, then one by one.

Rows wait in memory until there are too many, then in one file per bucket. A bucket whose rows have
all come is handed out at once, so rows that come in order never reach a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from supportnet.memory import give_back
from supportnet.store.columns import Array

__all__ = ["CHUNK_ROWS", "Buckets", "bucket_size"]

CHUNK_ROWS = 16_384
_MOST_BUCKETS = 128
HELD_BYTES = 4 * 2**20  # of rows that wait in memory


def bucket_size(n_messages: int) -> int:
    """Return how many messages a bucket takes: some chunks, so that there are not many buckets."""
    return CHUNK_ROWS * max(1, -(-n_messages // (CHUNK_ROWS * _MOST_BUCKETS)))


class Buckets:
    """Rows on their way into the order of the messages.

    Parameters
    ----------
    folder
        Where rows wait that memory should not hold; made when needed, empty at the end.
    expected
        Number of rows that will come for each bucket.
    size
        Number of messages per bucket.
    kind
        Type of the rows.
    """

    def __init__(
        self,
        folder: Path,
        expected: Array,
        size: int,
        kind: npt.DTypeLike,
    ) -> None:
        self._folder = folder
        self._expected = expected
        self._size = size
        self._kind = np.dtype(kind)
        self._held: dict[int, list[Array]] = {}
        self._bytes = 0
        self._come = np.zeros(len(expected), np.int64)
        self._next = 0

    def add(self, messages: Array, rows: Array) -> Iterator[tuple[int, list[Array]]]:
        """Take rows with their messages' numbers; yield the buckets that are now complete.

        A bucket comes as its place and the lists of rows that make it up.
        """
        places = messages // self._size
        if len(rows) and places.min() == places.max():
            self._hold(int(places[0]), rows)
        elif len(rows):
            order = np.argsort(places.astype(np.int16), kind="stable")
            sorted_places, rows = places[order], rows.take(order)
            cuts = [0, *(np.flatnonzero(np.diff(sorted_places)) + 1).tolist(), len(rows)]
            for start, stop in pairwise(cuts):
                # A copy, so that a few waiting rows do not hold the whole batch in memory.
                self._hold(int(sorted_places[start]), rows.take(np.arange(start, stop)))
        yield from self._complete()
        if self._bytes > HELD_BYTES:
            self._put_away()

    def _hold(self, place: int, rows: Array) -> None:
        """Keep rows in memory."""
        self._held.setdefault(place, []).append(rows)
        self._bytes += rows.nbytes
        self._come[place] += len(rows)

    def _put_away(self) -> None:
        """Move all waiting rows to their buckets' files."""
        self._folder.mkdir(exist_ok=True, mode=0o700)
        for place, waiting in self._held.items():
            with (self._folder / str(place)).open("ab") as file:
                for rows in waiting:
                    rows.tofile(file)
        self._held = {}
        self._bytes = 0
        give_back()

    def _complete(self) -> Iterator[tuple[int, list[Array]]]:
        """Yield the next buckets in order, as long as all their rows have come."""
        while self._next < len(self._expected):
            if self._come[self._next] < self._expected[self._next]:
                return
            place, self._next = self._next, self._next + 1
            waiting = self._held.pop(place, [])
            self._bytes -= sum(rows.nbytes for rows in waiting)
            path = self._folder / str(place)
            if path.exists():
                waiting.append(np.fromfile(path, self._kind))
                path.unlink()
            yield place, waiting
