"""Three-event patterns on the three sides of a triangle.

For each triangle the events of its three ties are merged in row order, one window slides along
them, and every event is booked as the third of each pattern it ends.
"""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Int8, Int32, Int64
from supportnet.kernels.jit import kernel

__all__ = ["slide_triangles"]


@kernel
def _slide_triangle(
    sides: Int64,
    tie_ptr: Int64,
    tie_rows: Int32,
    way: Int8,
    flips: Int8,
    times: Int64,
    limit: int,
    pattern: Int64,
    window: Int64,
    counts: Int64,
    place: Int64,
    found: Int64,
) -> None:
    """Merge the events of three ties in row order and count triples on three different sides.

    The caller lends `counts` and `place`, so that nothing is allocated for each triangle: rows 0 to
    5 of `counts` hold ordered pairs in the window by arc, row 6 single events.
    """
    counts[:] = 0
    twos, ones = counts[:6], counts[6]
    at, stop = place[0], place[1]
    for s in range(3):
        at[s] = tie_ptr[sides[s]]
        stop[s] = tie_ptr[sides[s] + 1]
    oldest = 0
    size = 0
    while True:
        side = -1
        row = np.int64(0)
        for s in range(3):
            if at[s] < stop[s] and (side < 0 or tie_rows[at[s]] < row):
                side = s
                row = np.int64(tie_rows[at[s]])
        if side < 0:
            return
        at[side] += 1
        arc = 2 * side + (way[row] ^ flips[side])
        while oldest < size and times[row] - times[window[oldest] // 6] > limit:
            left = window[oldest] % 6
            ones[left] -= 1
            for a in range(6):
                if a // 2 != left // 2:
                    twos[left, a] -= ones[a]
            oldest += 1
        one = 2 * ((side + 1) % 3)
        two = 2 * ((side + 2) % 3)
        for d in range(2):
            for e in range(2):
                found[pattern[one + d, two + e, arc]] += twos[one + d, two + e]
                found[pattern[two + e, one + d, arc]] += twos[two + e, one + d]
        for d in range(2):
            twos[one + d, arc] += ones[one + d]
            twos[two + d, arc] += ones[two + d]
        ones[arc] += 1
        window[size] = row * 6 + arc
        size += 1


@kernel
def slide_triangles(
    ptr: Int64,
    col: Int32,
    tie: Int32,
    lower_is_lo: Int8,
    tie_ptr: Int64,
    tie_rows: Int32,
    way: Int8,
    times: Int64,
    limit: int,
    pattern: Int64,
    first: int,
    last: int,
) -> Int64:
    """Return counts by pattern over the triangles whose lowest rank is in [first, last)."""
    found = np.zeros(36, np.int64)
    mark = np.full(ptr.size, -1, np.int32)
    longest = 0
    for t in range(tie_ptr.size - 1):
        longest = max(longest, tie_ptr[t + 1] - tie_ptr[t])
    window = np.empty(3 * longest, np.int64)
    sides = np.empty(3, np.int64)
    flips = np.empty(3, np.int8)
    counts = np.empty((7, 6), np.int64)
    place = np.empty((2, 3), np.int64)
    for u in range(first, last):
        for k in range(ptr[u], ptr[u + 1]):
            mark[col[k]] = tie[k]
        for k in range(ptr[u], ptr[u + 1]):
            v = col[k]
            for q in range(ptr[v], ptr[v + 1]):
                if mark[col[q]] < 0:
                    continue
                sides[0] = tie[k]
                sides[1] = mark[col[q]]
                sides[2] = tie[q]
                for s in range(3):
                    flips[s] = 0 if lower_is_lo[sides[s]] else 1
                _slide_triangle(
                    sides, tie_ptr, tie_rows, way, flips, times, limit, pattern, window,
                    counts, place, found,
                )  # fmt: skip
        for k in range(ptr[u], ptr[u + 1]):
            mark[col[k]] = -1
    return found
