"""Triangles: how many, at whom, on which tie, and which.

All walk the forward graph the same way: mark the neighbours w of v, then for each row u that
points to v look which of its neighbours behind v are marked. Middles v are independent, so ranges
of them run in threads. What is counted is counted by slot: the slots of one triangle lie in two
rows, so the counts that a walk touches lie together, while ties are strewn all over memory.
"""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Float64, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.marks import erase, is_marked, no_marks, put
from supportnet.kernels.orient import Forward
from supportnet.kernels.prefetch import AHEAD, LINE, prefetch
from supportnet.kernels.split import run_parts, walk_bounds

__all__ = [
    "count_triangles",
    "count_wedges",
    "triangle_list",
    "triangles_per_person",
    "triangles_per_tie",
    "weighted_triangles",
]


@kernel
def _count_rows(
    ptr: Int64, col: Int32, into: Int64, slot: Int32, stop: Int32, first: int, last: int
) -> int:
    """Return the number of triangles whose middle rank is in [first, last)."""
    marks = no_marks(ptr.size)
    found = 0
    for v in range(first, last):
        if into[v] == into[v + 1]:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            put(marks, col[k])
        most = col[ptr[v + 1] - 1]
        for p in range(into[v], into[v + 1]):
            if p + AHEAD < slot.size:
                prefetch(col, slot[p + AHEAD])
                prefetch(col, slot[p + AHEAD] + LINE)
            for q in range(slot[p] + 1, stop[p]):
                if col[q] > most:
                    break
                found += is_marked(marks, col[q])
        for k in range(ptr[v], ptr[v + 1]):
            erase(marks, col[k])
    return found


@kernel
def _per_slot_rows(
    ptr: Int64,
    col: Int32,
    into: Int64,
    slot: Int32,
    stop: Int32,
    first: int,
    last: int,
    on: Int32,
) -> None:
    """Add to `on` the triangles on the tie of each slot, over middle ranks in [first, last)."""
    marks, mark = no_marks(ptr.size), np.empty(ptr.size, np.int32)
    for v in range(first, last):
        if into[v] == into[v + 1]:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            put(marks, col[k])
            mark[col[k]] = k
        most = col[ptr[v + 1] - 1]
        for p in range(into[v], into[v + 1]):
            if p + AHEAD < slot.size:
                prefetch(col, slot[p + AHEAD])
                prefetch(col, slot[p + AHEAD] + LINE)
                prefetch(on, slot[p + AHEAD])
            on_uv = 0
            for q in range(slot[p] + 1, stop[p]):
                if col[q] > most:
                    break
                if is_marked(marks, col[q]):
                    on_uv += 1
                    on[q] += 1
                    on[mark[col[q]]] += 1
            on[slot[p]] += on_uv
        for k in range(ptr[v], ptr[v + 1]):
            erase(marks, col[k])


@kernel
def _list_rows(
    ptr: Int64,
    col: Int32,
    into: Int64,
    slot: Int32,
    stop: Int32,
    first: int,
    last: int,
    row: Int32,
    tie: Int32,
    ends: Int32,
    ties: Int32,
) -> None:
    """Write the triangles of the range: their ranks u < v < w, their ties uv, uw, vw."""
    mark = np.full(ptr.size, -1, np.int32)
    found = 0
    for v in range(first, last):
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = tie[k]
        for p in range(into[v], into[v + 1]):
            for q in range(slot[p] + 1, stop[p]):
                vw = mark[col[q]]
                if vw >= 0:
                    ends[found, 0] = row[slot[p]]
                    ends[found, 1] = v
                    ends[found, 2] = col[q]
                    ties[found, 0] = tie[slot[p]]
                    ties[found, 1] = tie[q]
                    ties[found, 2] = vw
                    found += 1
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = -1


@kernel
def _at_persons(ptr: Int64, col: Int32, on: Int32) -> Int64:
    """Return the triangles of each rank: half of those on its ties, since each has two of them."""
    at = np.zeros(ptr.size - 1, np.int64)
    for u in range(ptr.size - 1):
        for k in range(ptr[u], ptr[u + 1]):
            at[u] += on[k]
            at[col[k]] += on[k]
    return at // 2


@kernel
def _weighted(
    ptr: Int64, col: Int32, into: Int64, slot: Int32, stop: Int32, row: Int32, weight: Float64
) -> tuple[Float64, Float64, Float64]:
    """Return the sums of :func:`weighted_triangles`, those per person by rank; weights by slot.

    Single-threaded: a sum of floats then never depends on the number of processors.
    """
    n = ptr.size - 1
    beside = np.zeros(n, np.float64)
    geometric = np.zeros(n, np.float64)
    closed = np.zeros(4, np.float64)
    mark = np.full(n, -1, np.int32)
    for v in range(n):
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = k
        for p in range(into[v], into[v + 1]):
            u = row[slot[p]]
            a = weight[slot[p]]
            for q in range(slot[p] + 1, stop[p]):
                w = col[q]
                if mark[w] < 0:
                    continue
                b = weight[q]
                c = weight[mark[w]]
                beside[u] += a + b
                beside[v] += a + c
                beside[w] += b + c
                mean = (a * b * c) ** (1.0 / 3.0)
                geometric[u] += mean
                geometric[v] += mean
                geometric[w] += mean
                closed[0] += a + b + c
                closed[1] += np.sqrt(a * b) + np.sqrt(a * c) + np.sqrt(b * c)
                closed[2] += max(a, b) + max(a, c) + max(b, c)
                closed[3] += min(a, b) + min(a, c) + min(b, c)
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = -1
    return beside, geometric, closed


def count_wedges(degree: Int32) -> int:
    """Return the number of connected triples: pairs of ties that share a person."""
    wide = degree.astype(np.int64)
    return int((wide * (wide - 1) // 2).sum())


def count_triangles(graph: Forward, *, threads: int | None = None) -> int:
    """Return the number of triangles.

    Parameters
    ----------
    graph
        The forward graph.
    threads
        See :func:`supportnet.kernels.split.walk_bounds`.
    """
    walk = graph.walk
    bounds = walk_bounds(graph.walk, threads)
    return sum(run_parts(lambda first, last: int(_count_rows(*walk, first, last)), bounds))


def triangles_per_person(graph: Forward, *, threads: int | None = None) -> Int64:
    """Return the number of triangles each person takes part in (their sum is three per triangle).

    Parameters
    ----------
    graph
        The forward graph.
    threads
        See :func:`supportnet.kernels.split.walk_bounds`; each needs one number per tie.
    """
    at: Int64 = _at_persons(graph.ptr, graph.col, _per_slot(graph, threads))
    return at[graph.rank]


def triangles_per_tie(graph: Forward, *, threads: int | None = None) -> Int32:
    """Return the number of triangles on each tie, which is the number of its shared contacts."""
    on = np.empty(graph.tie.size, np.int32)
    on[graph.tie] = _per_slot(graph, threads)
    return on


def _per_slot(graph: Forward, threads: int | None) -> Int32:
    """Return the number of triangles on the tie of each slot."""

    def part(first: int, last: int) -> Int32:
        """Walk one range of middles."""
        on = np.zeros(graph.col.size, np.int32)
        _per_slot_rows(*graph.walk, first, last, on)
        return on

    parts = run_parts(part, walk_bounds(graph.walk, threads))
    total: Int32 = parts[0]
    for more in parts[1:]:
        total += more
    return total


def triangle_list(graph: Forward, *, threads: int | None = None) -> tuple[Int32, Int32]:
    """Return every triangle: its persons and its ties.

    Parameters
    ----------
    graph
        The forward graph.
    threads
        See :func:`supportnet.kernels.split.walk_bounds`.

    Returns
    -------
    persons : array of shape (triangles, 3)
        By rising degree: u, v, w.
    ties : array of shape (triangles, 3)
        The ties uv, uw, vw. Each tie lies opposite the person w, v, u.

    Notes
    -----
    Counted first, then filled: 24 bytes for every triangle, nothing else.
    """
    bounds = walk_bounds(graph.walk, threads)
    sizes = run_parts(lambda first, last: int(_count_rows(*graph.walk, first, last)), bounds)
    begin = dict(zip(bounds, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
    size = dict(zip(bounds, sizes, strict=True))
    ranks, ties = (np.empty((sum(sizes), 3), np.int32) for _ in range(2))

    row = graph.rows()

    def part(first: int, last: int) -> None:
        """Fill the rows of one range of middles."""
        rows = slice(begin[first, last], begin[first, last] + size[first, last])
        _list_rows(*graph.walk, first, last, row, graph.tie, ranks[rows], ties[rows])

    run_parts(part, bounds)
    person = np.empty(graph.rank.size, np.int32)
    person[graph.rank] = np.arange(graph.rank.size, dtype=np.int32)
    return person[ranks], ties


def weighted_triangles(graph: Forward, weight: Float64) -> tuple[Float64, Float64, Float64]:
    """Return the sums over triangles that weighted clustering needs.

    Parameters
    ----------
    graph
        The forward graph.
    weight
        The weight of each tie, positive.

    Returns
    -------
    beside : per person
        Sum over the person's triangles of the two weights that meet at the person.
    geometric : per person
        Sum over the person's triangles of the geometric mean of the three weights.
    closed : four numbers
        Sum over closed triplets of arithmetic mean, geometric mean, maximum and minimum of the two
        weights that meet at the centre.
    """
    beside, geometric, closed = _weighted(*graph.walk, graph.rows(), weight[graph.tie])
    return beside[graph.rank], geometric[graph.rank], closed
