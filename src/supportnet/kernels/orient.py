"""Ties as a degree-ordered forward graph.

Persons are renumbered by degree and every tie points from the lower to the higher rank. Each
triangle is then met exactly once, and no row is longer than about sqrt(2m), hubs included.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.order import bucket_order

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
    """

    ptr: Int64
    col: Int32
    tie: Int32
    rank: Int32
    degree: Int32


class Adjacency(NamedTuple):
    """Both ends of every tie in compressed rows, neighbours ascending; rows are persons."""

    ptr: Int64
    col: Int32
    tie: Int32


@kernel
def tie_degrees(lo: Int32, hi: Int32, n: int) -> Int32:
    """Return the number of ties of each of `n` persons."""
    degree = np.zeros(n, np.int32)
    for e in range(lo.size):
        degree[lo[e]] += 1
        degree[hi[e]] += 1
    return degree


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
def _pointed(lo: Int32, hi: Int32, rank: Int32) -> tuple[Int32, Int32]:
    """Return the ends of each tie as (lower rank, higher rank)."""
    tail = np.empty(lo.size, np.int32)
    head = np.empty(lo.size, np.int32)
    for e in range(lo.size):
        a = rank[lo[e]]
        b = rank[hi[e]]
        tail[e] = min(a, b)
        head[e] = max(a, b)
    return tail, head


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
    tail, head = _pointed(lo, hi, rank)
    order = bucket_order(tail, head, n)
    return Forward(_row_pointers(tail, n), head[order], order, rank, degree)


def adjacency(lo: Int32, hi: Int32, n: int) -> Adjacency:
    """Build the rows of both ends of every tie; half of it repeats the other half."""
    tail = np.concatenate([lo, hi])
    head = np.concatenate([hi, lo])
    order = bucket_order(tail, head, n)
    tie = np.asarray(order % max(lo.size, 1), np.int32)
    return Adjacency(_row_pointers(tail, n), head[order], tie)
