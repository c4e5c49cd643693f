"""Triangles: how many, at whom, on which tie, and which.

All walk the forward graph the same way: mark the neighbours w of u, then for each neighbour v of u
look which neighbours of v are marked. Rows are independent, so ranges of rows run in threads.
"""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Float64, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.orient import Forward
from supportnet.kernels.split import run_parts, work_bounds

__all__ = [
    "count_triangles",
    "count_wedges",
    "triangle_list",
    "triangles_per_person",
    "triangles_per_tie",
    "weighted_triangles",
]


@kernel
def _count_rows(ptr: Int64, col: Int32, first: int, last: int) -> int:
    """Return the number of triangles whose lowest rank is in [first, last)."""
    mark = np.zeros(ptr.size, np.uint8)
    found = 0
    for u in range(first, last):
        start = ptr[u]
        stop = ptr[u + 1]
        if stop - start < 2:
            continue
        for k in range(start, stop):
            mark[col[k]] = 1
        for k in range(start, stop):
            v = col[k]
            for q in range(ptr[v], ptr[v + 1]):
                found += mark[col[q]]
        for k in range(start, stop):
            mark[col[k]] = 0
    return found


@kernel
def _per_person_rows(ptr: Int64, col: Int32, first: int, last: int) -> Int64:
    """Return the triangles of each rank, over triangles whose lowest rank is in the range."""
    n = ptr.size - 1
    at = np.zeros(n, np.int64)
    mark = np.zeros(n, np.uint8)
    for u in range(first, last):
        start = ptr[u]
        stop = ptr[u + 1]
        if stop - start < 2:
            continue
        for k in range(start, stop):
            mark[col[k]] = 1
        at_u = 0
        for k in range(start, stop):
            v = col[k]
            at_v = 0
            for q in range(ptr[v], ptr[v + 1]):
                w = col[q]
                if mark[w]:
                    at_v += 1
                    at[w] += 1
            at[v] += at_v
            at_u += at_v
        at[u] += at_u
        for k in range(start, stop):
            mark[col[k]] = 0
    return at


@kernel
def _list_rows(
    ptr: Int64, col: Int32, tie: Int32, first: int, last: int, size: int
) -> tuple[Int32, Int32]:
    """Return the `size` triangles of the range: their ranks u < v < w, their ties uv, uw, vw."""
    ends = np.empty((size, 3), np.int32)
    ties = np.empty((size, 3), np.int32)
    mark = np.full(ptr.size, -1, np.int32)
    found = 0
    for u in range(first, last):
        start = ptr[u]
        stop = ptr[u + 1]
        if stop - start < 2:
            continue
        for k in range(start, stop):
            mark[col[k]] = tie[k]
        for k in range(start, stop):
            v = col[k]
            for q in range(ptr[v], ptr[v + 1]):
                uw = mark[col[q]]
                if uw >= 0:
                    ends[found, 0] = u
                    ends[found, 1] = v
                    ends[found, 2] = col[q]
                    ties[found, 0] = tie[k]
                    ties[found, 1] = uw
                    ties[found, 2] = tie[q]
                    found += 1
        for k in range(start, stop):
            mark[col[k]] = -1
    return ends, ties


@kernel
def _per_tie_rows(ptr: Int64, col: Int32, tie: Int32, first: int, last: int) -> Int32:
    """Return the triangles on each tie, over triangles whose lowest rank is in the range."""
    on = np.zeros(col.size, np.int32)
    mark = np.full(ptr.size, -1, np.int32)
    for u in range(first, last):
        start = ptr[u]
        stop = ptr[u + 1]
        if stop - start < 2:
            continue
        for k in range(start, stop):
            mark[col[k]] = tie[k]
        for k in range(start, stop):
            v = col[k]
            for q in range(ptr[v], ptr[v + 1]):
                uw = mark[col[q]]
                if uw >= 0:
                    on[tie[k]] += 1
                    on[uw] += 1
                    on[tie[q]] += 1
        for k in range(start, stop):
            mark[col[k]] = -1
    return on


@kernel
def _weighted(
    ptr: Int64, col: Int32, tie: Int32, weight: Float64
) -> tuple[Float64, Float64, Float64]:
    """Return the sums of :func:`weighted_triangles`, those per person by rank.

    Single-threaded: a sum of floats then never depends on the number of processors.
    """
    n = ptr.size - 1
    beside = np.zeros(n, np.float64)
    geometric = np.zeros(n, np.float64)
    closed = np.zeros(4, np.float64)
    mark = np.full(n, -1, np.int32)
    for u in range(n):
        for k in range(ptr[u], ptr[u + 1]):
            mark[col[k]] = tie[k]
        for k in range(ptr[u], ptr[u + 1]):
            v = col[k]
            a = weight[tie[k]]
            for q in range(ptr[v], ptr[v + 1]):
                w = col[q]
                if mark[w] < 0:
                    continue
                b = weight[mark[w]]
                c = weight[tie[q]]
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
        for k in range(ptr[u], ptr[u + 1]):
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
        See :func:`supportnet.kernels.split.work_bounds`.
    """
    ptr, col = graph.ptr, graph.col
    bounds = work_bounds(ptr, col, threads)
    return sum(run_parts(lambda first, last: int(_count_rows(ptr, col, first, last)), bounds))


def triangles_per_person(graph: Forward, *, threads: int | None = None) -> Int64:
    """Return the number of triangles each person takes part in (their sum is three per triangle).

    Parameters
    ----------
    graph
        The forward graph.
    threads
        See :func:`supportnet.kernels.split.work_bounds`; each needs one integer per person.
    """
    ptr, col = graph.ptr, graph.col
    bounds = work_bounds(ptr, col, threads)
    parts = run_parts(lambda first, last: _per_person_rows(ptr, col, first, last), bounds)
    total: Int64 = parts[0]
    for part in parts[1:]:
        total += part
    return total[graph.rank]


def triangles_per_tie(graph: Forward, *, threads: int | None = None) -> Int32:
    """Return the number of triangles on each tie, which is the number of its shared contacts."""
    ptr, col, tie = graph.ptr, graph.col, graph.tie
    bounds = work_bounds(ptr, col, threads)
    parts = run_parts(lambda first, last: _per_tie_rows(ptr, col, tie, first, last), bounds)
    total: Int32 = parts[0]
    for part in parts[1:]:
        total += part
    return total


def triangle_list(graph: Forward, *, threads: int | None = None) -> tuple[Int32, Int32]:
    """Return every triangle: its persons and its ties.

    Parameters
    ----------
    graph
        The forward graph.
    threads
        See :func:`supportnet.kernels.split.work_bounds`.

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
    ptr, col, tie = graph.ptr, graph.col, graph.tie

    def part(first: int, last: int) -> tuple[Int32, Int32]:
        """Walk one range of rows."""
        size = _count_rows(ptr, col, first, last)
        found: tuple[Int32, Int32] = _list_rows(ptr, col, tie, first, last, size)
        return found

    parts = run_parts(part, work_bounds(ptr, col, threads))
    person = np.empty(graph.rank.size, np.int32)
    person[graph.rank] = np.arange(graph.rank.size, dtype=np.int32)
    ranks = np.concatenate([ends for ends, _ in parts])
    return person[ranks], np.concatenate([ties for _, ties in parts])


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
    beside, geometric, closed = _weighted(graph.ptr, graph.col, graph.tie, weight)
    return beside[graph.rank], geometric[graph.rank], closed
