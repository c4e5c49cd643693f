"""Three-event patterns on the three sides of a triangle.

Few triangles have events on all three sides within the time limit. For each, the events of the side
with the fewest are taken in clusters that lie too far apart to share a pattern; where both other
sides have events near a cluster, the three are merged in row order, one window slides along them,
and every event is booked as the third of each pattern it ends. The events of a busy tie are so not
read again for each of its triangles.
"""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Int8, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.prefetch import AHEAD, prefetch

__all__ = ["first_within", "last_within", "merge_triangles"]


@kernel
def first_within(times: Int64, limit: int) -> Int32:
    """Return for each row the first one at most `limit` before it; times ascend."""
    since = np.empty(times.size, np.int32)
    low = 0
    for row in range(times.size):
        while times[row] - times[low] > limit:
            low += 1
        since[row] = low
    return since


@kernel
def last_within(times: Int64, limit: int) -> Int32:
    """Return for each row the last one at most `limit` after it; times ascend."""
    until = np.empty(times.size, np.int32)
    high = 0
    for row in range(times.size):
        while high + 1 < times.size and times[high + 1] - times[row] <= limit:
            high += 1
        until[row] = high
    return until


@kernel
def _first_from(rows: Int32, left: int, right: int, row: int) -> int:
    """Return the first place in [left, right) whose row is `row` or later, else `right`."""
    while left < right:
        middle = (left + right) // 2
        if rows[middle] < row:
            left = middle + 1
        else:
            right = middle
    return left


@kernel
def _slide_cluster(
    at: Int64,
    stop: Int64,
    rows: Int32,
    way: Int8,
    flips: Int8,
    since: Int32,
    pattern: Int64,
    window: Int64,
    counts: Int64,
    found: Int64,
) -> None:
    """Merge places [at, stop) of three sides in row order and count triples on all three.

    The caller lends `counts`, so that nothing is allocated for each cluster: rows 0 to 5 hold
    ordered pairs in the window by arc, row 6 single events.
    """
    counts[:] = 0
    twos, ones = counts[:6], counts[6]
    oldest = 0
    size = 0
    while True:
        side = -1
        row = np.int64(0)
        for s in range(3):
            if at[s] < stop[s] and (side < 0 or rows[at[s]] < row):
                side = s
                row = np.int64(rows[at[s]])
        if side < 0:
            return
        arc = 2 * side + (way[at[side]] ^ flips[side])
        at[side] += 1
        while oldest < size and window[oldest] // 6 < since[row]:
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
def _count_triangle(
    sides: Int64,
    ptr: Int64,
    rows: Int32,
    way: Int8,
    flips: Int8,
    since: Int32,
    until: Int32,
    pattern: Int64,
    lent: tuple[Int64, Int64, Int64, Int64],
    found: Int64,
) -> None:
    """Count the patterns of one triangle, whose sides are slots; see `merge_triangles`."""
    window, counts, at, stop = lent
    few = 0
    for s in range(1, 3):
        if ptr[sides[s] + 1] - ptr[sides[s]] < ptr[sides[few] + 1] - ptr[sides[few]]:
            few = s
    here = ptr[sides[few]]
    end = ptr[sides[few] + 1]
    while here < end:
        low, high = since[rows[here]], until[rows[here]]
        at[few] = here
        here += 1
        while here < end and since[rows[here]] <= high:
            high = until[rows[here]]
            here += 1
        stop[few] = here
        near = True
        for s in range(3):
            if s == few:
                continue
            last = ptr[sides[s] + 1]
            at[s] = _first_from(rows, ptr[sides[s]], last, low)
            if at[s] == last or rows[at[s]] > high:
                near = False
                break
            stop[s] = _first_from(rows, at[s] + 1, last, high + 1)
        if near:
            _slide_cluster(at, stop, rows, way, flips, since, pattern, window, counts, found)


@kernel
def merge_triangles(
    ptr: Int64,
    col: Int32,
    into: Int64,
    slot: Int32,
    stop: Int32,
    first: int,
    last: int,
    event_ptr: Int64,
    rows: Int32,
    way: Int8,
    flip: Int8,
    since: Int32,
    until: Int32,
    pattern: Int64,
) -> Int64:
    """Return counts by pattern over the triangles whose middle rank is in [first, last).

    The events of slot k are at places event_ptr[k] to event_ptr[k + 1] of `rows` and `way` (0: from
    the lower person); `flip` is 1 where the lower person has the higher rank.
    """
    found = np.zeros(36, np.int64)
    mark = np.full(ptr.size, -1, np.int32)
    longest = 0
    for k in range(event_ptr.size - 1):
        longest = max(longest, event_ptr[k + 1] - event_ptr[k])
    lent = (
        np.empty(3 * longest, np.int64), np.empty((7, 6), np.int64),
        np.empty(3, np.int64), np.empty(3, np.int64),
    )  # fmt: skip
    sides = np.empty(3, np.int64)
    flips = np.empty(3, np.int8)
    for v in range(first, last):
        if into[v] == into[v + 1]:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = k
        most = col[ptr[v + 1] - 1]
        for p in range(into[v], into[v + 1]):
            if p + AHEAD < slot.size:
                prefetch(col, slot[p + AHEAD])
                prefetch(event_ptr, slot[p + AHEAD])
            sides[0] = slot[p]
            for uw in range(slot[p] + 1, stop[p]):
                if col[uw] > most:
                    break
                if mark[col[uw]] < 0:
                    continue
                sides[1] = uw
                sides[2] = mark[col[uw]]
                for s in range(3):
                    flips[s] = flip[sides[s]]
                _count_triangle(
                    sides, event_ptr, rows, way, flips, since, until, pattern, lent, found
                )
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = -1
    return found
