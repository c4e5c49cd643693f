"""How long open wedges stayed open, exactly, without listing wedges.

Ties come in order of birth. A triangle with births e1 ≤ e2 ≤ e3 held one wedge that could ever be
open: (e1, e2), open from the birth of e2 until the birth of e3. A new tie between u and v makes
d(u) + d(v) wedges (d = ties so far), of which those that already form a triangle with it are shut
at once. So one walk over triangles and one sweep over ties replace the list of wedges, which is
larger by orders of magnitude: 3 billion wedges for 3 million ties in one measured case. The walk
counts by slot, where the ties of one triangle lie together; the sweep needs them in order of birth.

Equal times: where e2 and e3 were born in the same instant the wedge was never open. The walk counts
it as blocked, so that the arbitrary order of equal births changes no result.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.orient import Forward
from supportnet.kernels.prefetch import AHEAD, prefetch
from supportnet.kernels.split import row_bounds, run_parts, walk_bounds
from supportnet.kernels.triangles import triangle_list

__all__ = [
    "ClosingList",
    "Closures",
    "closing_list",
    "closures_by_bin",
    "degrees_at_birth",
    "wedges_opened",
]


#: A slot in the lower half of a number whose upper half orders slots by birth.
_SLOT: Final = 0xFFFFFFFF


class Closures(NamedTuple):
    """What the triangles say about open wedges, per tie and per bin of waiting time.

    Attributes
    ----------
    blocked
        Per tie: wedges it would have opened that were shut from the first instant.
    closed
        Per tie: wedges it opened that were closed later.
    closing
        Per tie: wedges in the risk set that it closed.
    events
        Per bin of time to closure: wedges in the risk set that closed.
    triangles
        The number of triangles.
    """

    blocked: Int32
    closed: Int32
    closing: Int32
    events: Int64
    triangles: int


class ClosingList(NamedTuple):
    """One row for each triangle: the tie that opened its wedge, the tie that shut it, its centre.

    `open_end` is 0 where the centre is the `lo` end of the opening tie and 1 where it is `hi`;
    `tied` marks triangles whose wedge was never open because both ties were born in one instant.
    """

    opener: Int32
    closer: Int32
    centre: Int32
    open_end: Int32
    tied: Bools


@kernel
def _by_number(
    number: Int32, one: np.int64, two: np.int64, three: np.int64
) -> tuple[np.int64, np.int64]:
    """Return the slots of the second and the third tie of a triangle in order of birth."""
    a = (np.int64(number[one]) << 32) | one
    b = (np.int64(number[two]) << 32) | two
    c = (np.int64(number[three]) << 32) | three
    middle = max(min(a, b), min(max(a, b), c))
    return middle & _SLOT, max(a, b, c) & _SLOT


@kernel
def _closure_rows(
    ptr: Int64,
    col: Int32,
    into: Int64,
    slot: Int32,
    stop: Int32,
    first: int,
    last: int,
    number: Int32,
    born: Int64,
    entry: int,
    width: int,
    tally: Int32,
    events: Int64,
) -> int:
    """Add to the tally (blocked, closed, closing) of each slot and to the events of each bin.

    `number` and `born` are the tie in each slot and its birth. Bin k holds durations in
    ((k - 1) * width, k * width]. Returns the number of triangles.
    """
    triangles = 0
    mark = np.full(ptr.size, -1, np.int32)
    for v in range(first, last):
        if into[v] == into[v + 1]:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = k
        most = col[ptr[v + 1] - 1]
        for p in range(into[v], into[v + 1]):
            if p + AHEAD < slot.size:
                prefetch(col, slot[p + AHEAD])
                prefetch(born, slot[p + AHEAD])
            uv = np.int64(slot[p])
            one = born[uv]
            for q in range(uv + 1, stop[p]):
                if col[q] > most:
                    break
                uw, vw = np.int64(q), np.int64(mark[col[q]])
                if vw < 0:
                    continue
                triangles += 1
                two = born[uw]
                three = born[vw]
                if one == two or one == three or two == three:  # noqa: SIM109
                    middle, young = _by_number(number, uv, uw, vw)
                    opened = born[middle]
                    wait = born[young] - opened
                else:
                    # Which is youngest is a toss of a coin: choices cost less than wrong guesses.
                    swap = one > two
                    early, late = min(one, two), max(one, two)
                    early_slot = uw if swap else uv
                    late_slot = uv if swap else uw
                    newest = three > late
                    young = vw if newest else late_slot
                    rest = late if newest else three
                    rest_slot = late_slot if newest else vw
                    later = rest > early
                    middle = rest_slot if later else early_slot
                    opened = max(rest, early)
                    wait = max(late, three) - opened
                tally[young, 0] += 2
                if wait == 0:
                    tally[middle, 0] += 1
                    continue
                tally[middle, 1] += 1
                if opened >= entry:
                    tally[young, 2] += 1
                    events[(wait + width - 1) // width] += 1
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = -1
    return triangles


@kernel
def _births(tie: Int32, birth: Int64, born: Int64) -> None:
    """Write the birth of the tie in each slot."""
    for k in range(tie.size):
        if k + AHEAD < tie.size:
            prefetch(birth, tie[k + AHEAD])
        born[k] = birth[tie[k]]


@kernel
def _by_tie(tie: Int32, tally: Int32, blocked: Int32, closed: Int32, closing: Int32) -> None:
    """Write what was counted by slot in the order of the ties."""
    for k in range(tie.size):
        blocked[tie[k]] = tally[k, 0]
        closed[tie[k]] = tally[k, 1]
        closing[tie[k]] = tally[k, 2]


@kernel
def wedges_opened(lo: Int32, hi: Int32, blocked: Int32, n: int) -> Int64:
    """Return the wedges that each tie opened, ties in order of birth."""
    degree = np.zeros(n, np.int32)
    opened = np.empty(lo.size, np.int64)
    for e in range(lo.size):
        if e + AHEAD < lo.size:
            prefetch(degree, lo[e + AHEAD])
            prefetch(degree, hi[e + AHEAD])
        a = lo[e]
        b = hi[e]
        opened[e] = degree[a] + degree[b] - blocked[e]
        degree[a] += 1
        degree[b] += 1
    return opened


@kernel
def degrees_at_birth(lo: Int32, hi: Int32, n: int) -> tuple[Int64, Int64]:
    """Return how many ties the two ends of each tie had before it, ties in order of birth."""
    degree = np.zeros(n, np.int64)
    at_lo = np.empty(lo.size, np.int64)
    at_hi = np.empty(lo.size, np.int64)
    for e in range(lo.size):
        at_lo[e] = degree[lo[e]]
        at_hi[e] = degree[hi[e]]
        degree[lo[e]] += 1
        degree[hi[e]] += 1
    return at_lo, at_hi


def closures_by_bin(
    graph: Forward,
    birth: Int64,
    *,
    entry: int,
    width: int,
    bins: int,
    threads: int | None = None,
) -> Closures:
    """Walk the triangles once and count closures per tie and per bin of time to closure.

    Parameters
    ----------
    graph
        The forward graph of ties that are numbered in order of birth.
    birth
        The birth of each tie, ascending, µs.
    entry
        Wedges that opened before this time stay outside the risk set, µs.
    width
        The width of a bin, µs. Bin k holds durations in ((k - 1) * width, k * width].
    bins
        The number of bins; the longest possible duration must have one.
    threads
        See :func:`supportnet.kernels.split.walk_bounds`; each needs three integers per tie.

    Returns
    -------
    Closures
        O(n + m + bins) of memory for every thread.
    """
    tie, born, slots = graph.tie, np.empty_like(birth), row_bounds(birth.size)
    run_parts(lambda a, b: _births(tie[a:b], birth, born[a:b]), slots)

    def part(first: int, last: int) -> tuple[Int32, Int64, int]:
        """Walk one range of middles."""
        tally, events = np.zeros((birth.size, 3), np.int32), np.zeros(bins, np.int64)
        triangles = _closure_rows(*graph.walk, first, last, tie, born, entry, width, tally, events)
        return tally, events, triangles

    (tally, events, triangles), *others = run_parts(part, walk_bounds(graph.walk, threads))
    while others:
        more = others.pop()
        tally += more[0]
        events += more[1]
        triangles += more[2]
        del more
    blocked, closed, closing = (np.empty(birth.size, np.int32) for _ in range(3))
    run_parts(lambda a, b: _by_tie(tie[a:b], tally[a:b], blocked, closed, closing), slots)
    return Closures(blocked, closed, closing, events, int(triangles))


def closing_list(
    graph: Forward, lo: Int32, hi: Int32, birth: Int64, *, threads: int | None = None
) -> ClosingList:
    """List for each triangle which tie opened its wedge and which tie shut it.

    Everything exact to the microsecond, stratified or clustered follows from this list; it costs
    about 40 bytes for each triangle while it is built.

    Parameters
    ----------
    graph
        The forward graph of ties that are numbered in order of birth.
    lo, hi
        The ends of each tie.
    birth
        The birth of each tie, ascending, µs.
    threads
        See :func:`supportnet.kernels.split.walk_bounds`.
    """
    persons, ties = triangle_list(graph, threads=threads)
    closer_at = ties.argmax(axis=1)
    rows = np.arange(ties.shape[0])
    # The centre of the wedge is the person opposite the closing tie: uv ↔ w, uw ↔ v, vw ↔ u.
    centre = persons[rows, 2 - closer_at]
    closer = ties[rows, closer_at]
    ties[rows, closer_at] = -1
    opener = ties.max(axis=1) if rows.size else np.empty(0, np.int32)
    open_end = np.asarray(hi[opener] == centre, np.int32)
    return ClosingList(opener, closer, centre, open_end, birth[opener] == birth[closer])
