"""The sixteen triad classes, by enumeration of closed triads and subtraction for all others."""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

from supportnet.kernels.dtypes import Bools, Int8, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.marks import erase, is_marked, no_marks, put
from supportnet.kernels.orient import Forward
from supportnet.kernels.prefetch import AHEAD, LINE, prefetch
from supportnet.kernels.split import row_bounds, run_parts, walk_bounds

__all__ = ["TRIADS", "slot_codes", "triad_counts"]

#: The classes in the order of Holland and Leinhardt.
TRIADS: Final = (
    "003", "012", "102", "021D", "021U", "021C", "111D", "111U",
    "030T", "030C", "201", "120D", "120U", "120C", "210", "300",
)  # fmt: skip

# A tie seen from one end: 1 = this end wrote, 2 = the other end wrote, 3 = both did.
_SEEN_FROM_OTHER_END: Final = {1: 2, 2: 1, 3: 3}

# Two ties at a common person, each seen from there, with the third pair null.
_WEDGE_CLASS: Final = {
    (1, 1): "021D", (2, 2): "021U", (1, 2): "021C", (1, 3): "111U", (2, 3): "111D", (3, 3): "201",
}  # fmt: skip

# How many asymmetric and mutual pairs a class holds: what its open dyads must be reduced by.
_ASYMMETRIC: Final = {name: int(name[1]) for name in TRIADS}
_MUTUAL: Final = {name: int(name[0]) for name in TRIADS}


@kernel
def _code_rows(
    ptr: Int64,
    col: Int32,
    into: Int64,
    slot: Int32,
    stop: Int32,
    first: int,
    last: int,
    code: Int8,
) -> Int64:
    """Return closed triads by (code of uv, of uw, of vw), each code seen from the lower rank."""
    found = np.zeros((4, 4, 4), np.int64)
    marks, mark = no_marks(ptr.size), np.empty(ptr.size, np.int8)
    for v in range(first, last):
        if into[v] == into[v + 1]:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            put(marks, col[k])
            mark[col[k]] = code[k]
        most = col[ptr[v + 1] - 1]
        for p in range(into[v], into[v + 1]):
            if p + AHEAD < slot.size:
                prefetch(col, slot[p + AHEAD])
                prefetch(col, slot[p + AHEAD] + LINE)
                prefetch(code, slot[p + AHEAD])
            uv = code[slot[p]]
            for uw in range(slot[p] + 1, stop[p]):
                if col[uw] > most:
                    break
                if is_marked(marks, col[uw]):
                    found[uv, code[uw], mark[col[uw]]] += 1
        for k in range(ptr[v], ptr[v + 1]):
            erase(marks, col[k])
    return found


def _closed_class(uv: int, uw: int, vw: int) -> str:
    """Name the class of a triad without null pairs."""
    out = [
        (uv & 1) + (uw & 1),
        (uv >> 1) + (vw & 1),
        (uw >> 1) + (vw >> 1),
    ]
    mutual = [uv, uw, vw].count(3)
    if mutual == 3:
        return "300"
    if mutual == 2:
        return "210"
    if mutual == 0:
        return "030C" if out == [1, 1, 1] else "030T"
    # The person outside the mutual pair writes to both (D), to neither (U) or to one of them (C).
    outsider = {vw: 0, uw: 1, uv: 2}[3]
    return {2: "120D", 0: "120U", 1: "120C"}[out[outsider]]


def _wedges_within(uv: int, uw: int, vw: int) -> list[str]:
    """Name the three pairs of ties of a closed triad as if the third tie were absent."""
    flip = _SEEN_FROM_OTHER_END
    pairs = ((uv, uw), (flip[uv], vw), (flip[uw], flip[vw]))
    return [_WEDGE_CLASS[min(pair), max(pair)] for pair in pairs]


@kernel
def _degrees(ptr: Int64, col: Int32, code: Int8) -> Int32:
    """Return the ties of each person by kind: none, only it wrote, only the other did, both did.

    The kinds of one person lie together, so that one look brings them all.
    """
    found = np.zeros((ptr.size - 1, 4), np.int32)
    flat = found.ravel()
    for u in range(ptr.size - 1):
        for k in range(ptr[u], ptr[u + 1]):
            if k + AHEAD < col.size:
                prefetch(flat, 4 * np.int64(col[k + AHEAD]))
            kind = code[k]
            found[u, kind] += 1
            found[col[k], 3 if kind == 3 else 3 - kind] += 1
    return found


@kernel
def _tie_codes(
    rank: Int32, lo: Int32, hi: Int32, forward: Bools, backward: Bools, code: Int8
) -> None:
    """Write who wrote on each tie: 1 the end of lower rank, 2 the other, 3 both."""
    for e in range(lo.size):
        if e + AHEAD < lo.size:
            prefetch(rank, lo[e + AHEAD])
            prefetch(rank, hi[e + AHEAD])
        up = rank[lo[e]] < rank[hi[e]]
        one, two = (forward[e], backward[e]) if up else (backward[e], forward[e])
        code[e] = one + 2 * two


@kernel
def _slot_codes(tie: Int32, code: Int8, by_slot: Int8) -> None:
    """Write the code of the tie in each slot."""
    for k in range(tie.size):
        if k + AHEAD < tie.size:
            prefetch(code, tie[k + AHEAD])
        by_slot[k] = code[tie[k]]


def slot_codes(graph: Forward, ends: tuple[Int32, Int32], forward: Bools, backward: Bools) -> Int8:
    """Return who wrote on the tie in each slot: 1 only the row, 2 only the column, 3 both.

    Parameters
    ----------
    graph
        The forward graph.
    ends
        The ends lo and hi of each tie.
    forward, backward
        Per tie: whether lo→hi and hi→lo are arcs.
    """
    lo, hi = ends
    code, by_slot = np.empty(lo.size, np.int8), np.empty(lo.size, np.int8)

    def by_tie(a: int, b: int) -> None:
        """Write a stretch of ties."""
        own = slice(a, b)
        _tie_codes(graph.rank, lo[own], hi[own], forward[own], backward[own], code[own])

    bounds = row_bounds(lo.size)
    run_parts(by_tie, bounds)
    run_parts(lambda a, b: _slot_codes(graph.tie[a:b], code, by_slot[a:b]), bounds)
    return by_slot


def _all_wedges(graph: Forward, code: Int8) -> dict[str, int]:
    """Count pairs of ties at a common person, open or not, from the degrees by kind."""
    out, into, both = _degrees(graph.ptr, graph.col, code).T[1:].astype(np.int64)

    def pairs(x: Int64) -> int:
        """Count unordered pairs of ties of one kind at a common person."""
        return int((x * (x - 1) // 2).sum())

    return {
        "021D": pairs(out),
        "021U": pairs(into),
        "021C": int((out * into).sum()),
        "111U": int((out * both).sum()),
        "111D": int((into * both).sum()),
        "201": pairs(both),
    }


def triad_counts(graph: Forward, code: Int8, *, threads: int | None = None) -> dict[str, int]:
    """Return how many triads fall in each of the sixteen classes.

    Parameters
    ----------
    graph
        The forward graph of all ties with at least one arc.
    code
        Who wrote on each slot, from :func:`slot_codes`.
    threads
        See :func:`supportnet.kernels.split.walk_bounds`.

    Returns
    -------
    dict
        Python integers, so that class 003 of a large network does not overflow.
    """
    walk = graph.walk
    parts = run_parts(
        lambda first, last: _code_rows(*walk, first, last, code), walk_bounds(walk, threads)
    )
    closed: Int64 = np.sum(parts, axis=0)
    counts = dict.fromkeys(TRIADS, 0)
    wedges = _all_wedges(graph, code)
    for uv, uw, vw in product((1, 2, 3), repeat=3):
        found = int(closed[uv, uw, vw])
        counts[_closed_class(uv, uw, vw)] += found
        for name in _wedges_within(uv, uw, vw):
            wedges[name] -= found
    counts.update(wedges)
    n = graph.rank.size
    mutual = int((code == 3).sum())
    asymmetric = int(code.size) - mutual
    # Every tie meets n - 2 third persons; whatever is not in a larger class holds this tie alone.
    counts["012"] = asymmetric * (n - 2) - sum(counts[k] * v for k, v in _ASYMMETRIC.items())
    counts["102"] = mutual * (n - 2) - sum(counts[k] * v for k, v in _MUTUAL.items())
    counts["003"] = n * (n - 1) * (n - 2) // 6 - sum(counts.values())
    return counts
