"""How long open wedges stayed open, exactly, without listing wedges.

Ties come in order of birth. A triangle with births e1 ≤ e2 ≤ e3 held one wedge that could ever be
open: (e1, e2), open from the birth of e2 until the birth of e3. A new tie between u and v makes
d(u) + d(v) wedges (d = ties so far), of which those that already form a triangle with it are shut
at once. So one walk over triangles and one sweep over ties replace the list of wedges, which is
larger by orders of magnitude: 3 billion wedges for 3 million ties in one measured case.

What the walk needs of a tie and what it counts about it lie together, in the cell of its slot.
Triangles are found first and booked a few hundred at a time: their cells are on the way meanwhile.

Equal times: where e2 and e3 were born in the same instant the wedge was never open. The walk counts
it as tied, so that the arbitrary order of equal births changes no result.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from supportnet.kernels.cells import BELOW, born_in, fill_cells, read_cells
from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.marks import erase, is_marked, no_marks, put
from supportnet.kernels.orient import Forward
from supportnet.kernels.prefetch import AHEAD, LINE, prefetch
from supportnet.kernels.split import run_parts, walk_bounds

__all__ = ["Closures", "closures_by_bin"]

#: Triangles that are booked together.
_ROOM: Final = 256

#: Time is summed in units of 2²⁰ µs and the rest: whole numbers, whatever the order of the sum.
_UNIT: Final = 20
_REST_OF_UNIT: Final = (1 << _UNIT) - 1

# What the walk sums up, by place.
_TRIANGLES, _TIED, _LATE, _UNITS, _RESTS = range(5)


class Closures(NamedTuple):
    """What the triangles say about open wedges, per slot of the graph and per bin of waiting time.

    Attributes
    ----------
    born
        Per slot: the birth of the tie, µs.
    made
        Per slot: the wedges that the tie makes with older ties, open or not.
    over
        Per slot: those of them that were never open, or no longer are.
    closes
        Per slot: whether the tie closed a wedge of the risk set.
    events
        Per bin of time to closure: wedges of the risk set that closed.
    wait_us
        How long they had been open, all together, µs.
    triangles
        The number of triangles.
    tied
        Wedges that were never open because the tie that shuts them was born with them.
    late
        Wedges that opened before entry and closed.
    """

    born: Int64
    made: Int32
    over: Int32
    closes: Bools
    events: Int64
    wait_us: int
    triangles: int
    tied: int
    late: int


@kernel
def _longest_row(ptr: Int64) -> int:
    """Return the number of slots of the longest row."""
    most = 0
    for u in range(ptr.size - 1):
        most = max(most, ptr[u + 1] - ptr[u])
    return most


@kernel
def _book(
    found: Int32, size: int, cell: Int64, entry: int, width: int, events: Int64, sums: Int64
) -> None:
    """Book triangles, each given by its slots uv, uw and vw."""
    for i in range(size):
        # The largest and the middle of three by comparing numbers above slots, without a branch:
        # it would be a toss of a coin, and a wrong guess costs more than all the rest.
        uv = (cell[2 * np.int64(found[0, i]) + 1] & ~BELOW) | found[0, i]
        uw = (cell[2 * np.int64(found[1, i]) + 1] & ~BELOW) | found[1, i]
        vw = (cell[2 * np.int64(found[2, i]) + 1] & ~BELOW) | found[2, i]
        low, high = min(uv, uw), max(uv, uw)
        young = max(high, vw) & BELOW
        middle = max(low, min(high, vw)) & BELOW
        opened = cell[2 * middle]
        wait = cell[2 * young] - opened
        cell[2 * young + 1] += 4
        cell[2 * middle + 1] += 2
        if wait == 0:
            sums[_TIED] += 1
        elif opened < entry:
            sums[_LATE] += 1
        else:
            cell[2 * young + 1] |= 1
            events[(wait + width - 1) // width] += 1
            sums[_UNITS] += wait >> _UNIT
            sums[_RESTS] += wait & _REST_OF_UNIT
    sums[_TRIANGLES] += size


@kernel
def _third_slots(col: Int32, mark: Int32, cell: Int64, found: Int32, first: int, last: int) -> None:
    """Write the slot vw of triangles just found, and send for the cells of all three slots."""
    for i in range(first, last):
        third = mark[col[found[1, i]]]
        found[2, i] = third
        for slot in (found[0, i], found[1, i], third):
            prefetch(cell, 2 * np.int64(slot))


@kernel
def _closure_rows(
    ptr: Int64,
    col: Int32,
    into: Int64,
    slot: Int32,
    stop: Int32,
    first: int,
    last: int,
    cell: Int64,
    entry: int,
    width: int,
    events: Int64,
    sums: Int64,
) -> None:
    """Book the triangles whose middle rank is in [first, last) in cells, events and sums."""
    marks, mark = no_marks(ptr.size), np.empty(ptr.size, np.int32)
    found = np.empty((3, _ROOM + _longest_row(ptr)), np.int32)
    size = 0
    for v in range(first, last):
        if into[v] == into[v + 1]:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            put(marks, col[k])
            mark[col[k]] = k
        most = col[ptr[v + 1] - 1]
        begin = size
        for p in range(into[v], into[v + 1]):
            if p + AHEAD < slot.size:
                prefetch(col, slot[p + AHEAD])
                prefetch(col, slot[p + AHEAD] + LINE)
            for q in range(slot[p] + 1, stop[p]):
                if col[q] > most:
                    break
                # Written in any case and kept where marked: see _book.
                found[0, size] = slot[p]
                found[1, size] = q
                size += is_marked(marks, col[q])
            if size >= _ROOM:
                _third_slots(col, mark, cell, found, begin, size)
                _book(found, size, cell, entry, width, events, sums)
                begin = size = 0
        _third_slots(col, mark, cell, found, begin, size)
        for k in range(ptr[v], ptr[v + 1]):
            erase(marks, col[k])
    _book(found, size, cell, entry, width, events, sums)


def closures_by_bin(
    graph: Forward,
    ends: tuple[Int32, Int32],
    birth: Int64,
    *,
    entry: int,
    width: int,
    bins: int,
    threads: int | None = None,
) -> Closures:
    """Walk the triangles once and count closures per slot and per bin of time to closure.

    Parameters
    ----------
    graph
        The forward graph of ties that are numbered in order of birth.
    ends
        The two ends of each tie.
    birth
        The birth of each tie, ascending, µs.
    entry
        Wedges that opened before this time stay outside the risk set, µs.
    width
        The width of a bin, µs. Bin k holds durations in ((k - 1) * width, k * width].
    bins
        The number of bins; the longest possible duration must have one.
    threads
        See :func:`supportnet.kernels.split.walk_bounds`; each needs 16 bytes per tie.

    Returns
    -------
    Closures
        O(n + m + bins) of memory for every thread.
    """
    bounds = walk_bounds(graph.walk, threads)
    cells, made = fill_cells(graph.tie, ends, birth, graph.rank.size, len(bounds))
    own = dict(zip(bounds, cells, strict=True))

    def part(first: int, last: int) -> tuple[Int64, Int64]:
        """Walk one range of middles."""
        events, sums = np.zeros(bins, np.int64), np.zeros(5, np.int64)
        cell = own[first, last]
        _closure_rows(*graph.walk, first, last, cell, entry, width, events, sums)
        return events, sums

    counts = run_parts(part, bounds)
    events: Int64 = np.sum([events for events, _ in counts], axis=0)
    sums: Int64 = np.sum([sums for _, sums in counts], axis=0)
    over, closes = read_cells(cells)
    triangles, tied, late, units, rests = sums.tolist()
    wait_us = (units << _UNIT) + rests
    return Closures(born_in(cells), made, over, closes, events, wait_us, triangles, tied, late)
