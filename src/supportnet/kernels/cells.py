"""What a walk over triangles needs of each tie, and what it counts about it, side by side.

A cell is two numbers for each slot of a graph: the birth of its tie, and a number that has the
number of the tie above and the count below. A walk jumps about in them, so that each jump brings
all of it; every thread counts in cells of its own.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.prefetch import AHEAD, prefetch
from supportnet.kernels.split import row_bounds, run_parts

__all__ = ["BELOW", "born_in", "fill_cells", "read_cells"]

_DIGITS: Final = 32

#: The digits that count: twice the wedges that are over, plus one where the tie closed a wedge.
BELOW: Final = (1 << _DIGITS) - 1


@kernel
def _births_and_wedges(lo: Int32, hi: Int32, birth: Int64, n: int) -> Int64:
    """Return, after the birth of each tie, how many older ties share a person with it."""
    degree = np.zeros(n, np.int32)
    known = np.empty(2 * lo.size, np.int64)
    for e in range(lo.size):
        if e + AHEAD < lo.size:
            prefetch(degree, lo[e + AHEAD])
            prefetch(degree, hi[e + AHEAD])
        a = lo[e]
        b = hi[e]
        known[2 * e] = birth[e]
        known[2 * e + 1] = degree[a] + degree[b]
        degree[a] += 1
        degree[b] += 1
    return known


@kernel
def _fill(tie: Int32, known: Int64, cells: Int64, made: Int32, first: int, last: int) -> None:
    """Write a stretch of cells, for every thread its own, and of wedges made."""
    for k in range(first, last):
        if k + AHEAD < tie.size:
            prefetch(known, 2 * np.int64(tie[k + AHEAD]))
        e = np.int64(tie[k])
        made[k] = known[2 * e + 1]
        for part in range(cells.shape[0]):
            cells[part, 2 * k] = known[2 * e]
            cells[part, 2 * k + 1] = e << _DIGITS


@kernel
def _read(cells: Int64, over: Int32, closes: Bools, first: int, last: int) -> None:
    """Read what all threads counted in a stretch of cells."""
    for k in range(first, last):
        counted = flag = np.int64(0)
        for part in range(cells.shape[0]):
            counted += (cells[part, 2 * k + 1] & BELOW) >> 1
            flag |= cells[part, 2 * k + 1] & 1
        over[k] = counted
        closes[k] = flag != 0


def fill_cells(
    tie: Int32, ends: tuple[Int32, Int32], birth: Int64, n: int, threads: int
) -> tuple[Int64, Int32]:
    """Make cells that have counted nothing.

    Parameters
    ----------
    tie
        The tie in each slot; ties are numbered in order of birth.
    ends
        The two ends of each tie.
    birth
        The birth of each tie, µs.
    n
        The number of persons.
    threads
        How many threads will count.

    Returns
    -------
    cells
        One row for each thread, two numbers for each slot.
    made
        Per slot: the wedges that its tie makes with older ties.
    """
    known = _births_and_wedges(*ends, birth, n)
    cells, made = np.empty((threads, 2 * tie.size), np.int64), np.empty(tie.size, np.int32)
    run_parts(lambda a, b: _fill(tie, known, cells, made, a, b), row_bounds(tie.size))
    return cells, made


def born_in(cells: Int64) -> Int64:
    """Return the birth in each cell, µs."""
    return cells[0, ::2]


def read_cells(cells: Int64) -> tuple[Int32, Bools]:
    """Return for each slot the wedges that are over, and whether its tie closed one at risk."""
    size = cells.shape[1] // 2
    over, closes = np.empty(size, np.int32), np.empty(size, np.bool_)
    run_parts(lambda a, b: _read(cells, over, closes, a, b), row_bounds(size))
    return over, closes
