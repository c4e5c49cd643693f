"""A set of ids that takes some ten bytes for each: an archive may hold millions."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.privacy.jit import bare, compiled

__all__ = ["IdSet"]

Ints: TypeAlias = npt.NDArray[np.int64]
Marks: TypeAlias = npt.NDArray[np.bool_]

_SMALLEST = 1 << 10
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: neighbours fall far apart


@bare
def _slot(table: Ints, ident: int) -> int:
    """Return where an id stands in the table, or the free place where it would."""
    mask = np.uint64(len(table) - 1)
    at = (np.uint64(ident) * _SPREAD >> np.uint64(20)) & mask
    while table[at] != 0 and table[at] != ident:
        at = (at + np.uint64(1)) & mask
    return int(at)


@compiled
def _put(table: Ints, idents: Ints, new: Marks) -> int:
    """Put ids into the table and mark those that were not there; return how many."""
    count = 0
    for i in range(len(idents)):
        at = _slot(table, idents[i])
        new[i] = table[at] == 0
        table[at] = idents[i]
        count += new[i]
    return count


@compiled
def _find(table: Ints, idents: Ints, found: Marks) -> None:
    """Mark the ids that are in the table."""
    for i in range(len(idents)):
        found[i] = idents[i] != 0 and table[_slot(table, idents[i])] != 0


class IdSet:
    """Positive whole numbers, each at most once.

    Examples
    --------
    >>> known = IdSet()
    >>> known.add(np.array([5, 7, 5])).tolist(), 7 in known, None in known
    ([True, True, False], True, False)
    """

    def __init__(self) -> None:
        self._table: Ints = np.zeros(_SMALLEST, np.int64)
        self._count = 0

    def add(self, idents: Ints) -> Marks:
        """Add ids; tell which of them were not there, nor before in the same array."""
        while (self._count + len(idents)) * 2 > len(self._table):
            held = self._table[self._table != 0]
            self._table = np.zeros(len(self._table) * 2, np.int64)
            _put(self._table, held, np.empty(len(held), np.bool_))
        new = np.empty(len(idents), np.bool_)
        self._count += _put(self._table, idents, new)
        return new

    def has(self, idents: Ints) -> Marks:
        """Tell which ids are there; 0 never is."""
        found = np.empty(len(idents), np.bool_)
        _find(self._table, idents, found)
        return found

    def __contains__(self, ident: object) -> bool:
        """Tell whether one id is there."""
        return isinstance(ident, int) and bool(self.has(np.array([ident], np.int64))[0])
