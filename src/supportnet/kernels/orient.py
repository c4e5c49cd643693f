"""Ties as a degree-ordered forward graph.

Persons are renumbered by degree and every tie points from the lower to the higher rank. Each
triangle u < v < w is then met once, and no row is longer than about sqrt(2m), hubs included.

Triangles are walked from their middle v: mark the neighbours w of v, then go through the rows u
that point to v, from the slot behind v on. That takes as many steps as there are pairs of slots in
one row. From u it would take one step for each slot of each neighbour, many times as many: most
neighbours are hubs, and hubs have long rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Int32, Int64, Walk
from supportnet.kernels.jit import kernel
from supportnet.kernels.marks import Marks, is_marked, no_marks, put
from supportnet.kernels.order import bucket_order
from supportnet.kernels.prefetch import AHEAD, prefetch
from supportnet.kernels.radix import Keys, id_digits, pair_key, sort_keys
from supportnet.kernels.split import close_up, even_bounds, row_bounds, run_parts

__all__ = ["Adjacency", "Forward", "adjacency", "forward_graph", "tie_degrees"]


class Forward(NamedTuple):
    """A forward graph in compressed rows.

    Attributes
    ----------
    ptr
        Row u holds the slots ptr[u] up to ptr[u + 1].
    col
        The neighbour of higher rank in each slot, ascending within a row.
    tie
        The index of the tie each slot stands for.
    rank
        The rank of each person: row and column numbers are ranks, not persons.
    degree
        The number of ties of each person.
    into
        The rows that point to v, and have slots behind it, are entries into[v] up to into[v + 1];
        there are none where row v is empty, since no triangle has its middle there.
    slot, stop
        The slot in which each such row points to v, ascending for each v, and where the row ends.
    """

    ptr: Int64
    col: Int32
    tie: Int32
    rank: Int32
    degree: Int32
    into: Int64
    slot: Int32
    stop: Int32

    @property
    def walk(self) -> Walk:
        """What a walk over triangles needs: ptr, col, into, slot, stop."""
        return self.ptr, self.col, self.into, self.slot, self.stop

    def rows(self) -> Int32:
        """Return the row of each slot."""
        return np.repeat(np.arange(self.rank.size, dtype=np.int32), np.diff(self.ptr))


class Adjacency(NamedTuple):
    """Both ends of every tie in compressed rows, neighbours ascending; rows are persons."""

    ptr: Int64
    col: Int32
    tie: Int32


@kernel
def _degrees(lo: Int32, hi: Int32, n: int) -> Int32:
    """Return the number of ties of each of `n` persons in a stretch of ties."""
    degree = np.zeros(n, np.int32)
    for e in range(lo.size):
        if e + AHEAD < lo.size:
            prefetch(degree, lo[e + AHEAD])
            prefetch(degree, hi[e + AHEAD])
        degree[lo[e]] += 1
        degree[hi[e]] += 1
    return degree


def tie_degrees(lo: Int32, hi: Int32, n: int) -> Int32:
    """Return the number of ties of each of `n` persons."""
    total, *others = run_parts(lambda a, b: _degrees(lo[a:b], hi[a:b], n), row_bounds(lo.size))
    for more in others:
        total += more
    return total


@kernel
def _degree_ranks(degree: Int32) -> Int32:
    """Return the rank of each person by (degree, person)."""
    n = degree.size
    most = 0
    for i in range(n):
        most = max(most, degree[i])
    start = np.zeros(most + 2, np.int64)
    for i in range(n):
        start[degree[i] + 1] += 1
    for i in range(most + 1):
        start[i + 1] += start[i]
    rank = np.empty(n, np.int32)
    for i in range(n):
        rank[i] = start[degree[i]]
        start[degree[i]] += 1
    return rank


@kernel
def _forward_keys(lo: Int32, hi: Int32, rank: Int32, digits: int, key: Keys) -> None:
    """Write the key of each tie: its lower rank, then its higher one."""
    for e in range(lo.size):
        if e + AHEAD < lo.size:
            prefetch(rank, lo[e + AHEAD])
            prefetch(rank, hi[e + AHEAD])
        key[e] = pair_key(rank[lo[e]], rank[hi[e]], digits)


@kernel
def _read_rows(key: Keys, digits: int, first: int, last: int, ptr: Int64, col: Int32) -> None:
    """Write the column of a stretch of slots, and where the rows that begin there begin."""
    mask = (np.uint64(1) << np.uint64(digits)) - np.uint64(1)
    row = 0 if first == 0 else np.int64(key[first - 1] >> np.uint64(digits)) + 1
    for k in range(first, last):
        u = np.int64(key[k] >> np.uint64(digits))
        col[k] = np.int32(key[k] & mask)
        while row <= u:
            ptr[row] = k
            row += 1
    if last == key.size:
        ptr[row:] = key.size


def _rows_of_keys(key: Keys, digits: int, n: int) -> tuple[Int64, Int32]:
    """Return where each row begins and the column of each slot, from ascending keys."""
    ptr, col = np.empty(n + 1, np.int64), np.empty(key.size, np.int32)
    run_parts(lambda a, b: _read_rows(key, digits, a, b, ptr, col), row_bounds(key.size))
    return ptr, col


@kernel
def _with_rows(ptr: Int64) -> Marks:
    """Mark whose row holds anything."""
    marks = no_marks(ptr.size - 1)
    for u in range(ptr.size - 1):
        if ptr[u] < ptr[u + 1]:
            put(marks, u)
    return marks


@kernel
def _entry_rows(
    ptr: Int64, col: Int32, marks: Marks, key: Keys, stop: Int32, first: int, last: int
) -> int:
    """Write the entries of rows [first, last) from their first slot on; return how many."""
    size = begin = ptr[first]
    for u in range(first, last):
        for k in range(ptr[u], ptr[u + 1] - 1):
            # Written in any case and kept where the column has a row: no guess can be wrong.
            key[size] = (np.uint64(col[k]) << np.uint64(32)) | np.uint64(k)
            stop[size] = ptr[u + 1]
            size += is_marked(marks, col[k])
    return int(size - begin)


def _entries(ptr: Int64, col: Int32, key: Keys) -> tuple[Keys, Int32]:
    """Return key (column, slot) and end of row of each slot that begins a walk.

    Written over `key`, by threads for rows of their own, then closed up.
    """
    stop, bounds, marks = np.empty_like(col), even_bounds(ptr), _with_rows(ptr)
    sizes = run_parts(lambda a, b: int(_entry_rows(ptr, col, marks, key, stop, a, b)), bounds)
    end = close_up((key, stop), [int(ptr[first]) for first, _ in bounds], sizes)
    return key[:end], stop[:end]


@kernel
def _row_pointers(rows: Int32, n: int) -> Int64:
    """Return where each of `n` rows begins."""
    ptr = np.zeros(n + 1, np.int64)
    for e in range(rows.size):
        ptr[rows[e] + 1] += 1
    for i in range(n):
        ptr[i + 1] += ptr[i]
    return ptr


def forward_graph(lo: Int32, hi: Int32, n: int) -> Forward:
    """Build the forward graph of the ties (`lo`, `hi`) among `n` persons.

    Parameters
    ----------
    lo, hi
        The two ends of each tie, no tie twice, no tie from a person to itself.
    n
        The number of persons; ends lie in [0, n).

    Returns
    -------
    Forward
        O(n + m) of memory, O(n + m) of time.
    """
    degree = tie_degrees(lo, hi, n)
    rank = _degree_ranks(degree)
    digits = id_digits(n - 1)
    key = np.empty(lo.size, np.uint64)
    run_parts(
        lambda a, b: _forward_keys(lo[a:b], hi[a:b], rank, digits, key[a:b]), row_bounds(lo.size)
    )
    key, tie = sort_keys(key, high=2 * digits)
    ptr, col = _rows_of_keys(key, digits, n)
    key, stop = sort_keys(*_entries(ptr, col, key), low=32, high=32 + digits)
    into, slot = _rows_of_keys(key, 32, n)
    return Forward(ptr, col, tie, rank, degree, into, slot, stop)


def adjacency(lo: Int32, hi: Int32, n: int) -> Adjacency:
    """Build the rows of both ends of every tie; half of it repeats the other half."""
    tail = np.concatenate([lo, hi])
    head = np.concatenate([hi, lo])
    order = bucket_order(tail, head, n)
    tie = np.asarray(order % max(lo.size, 1), np.int32)
    return Adjacency(_row_pointers(tail, n), head[order], tie)
