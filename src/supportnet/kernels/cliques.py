"""Which triangles belong to a clique of four."""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.orient import Adjacency

__all__ = ["in_larger_clique"]


@kernel
def _has_neighbour(ptr: Int64, col: Int32, person: int, other: int) -> bool:
    """Look up `other` in the ascending row of `person`."""
    left = ptr[person]
    right = ptr[person + 1]
    while left < right:
        middle = (left + right) // 2
        if col[middle] < other:
            left = middle + 1
        else:
            right = middle
    return bool(left < ptr[person + 1] and col[left] == other)


@kernel
def _larger(ptr: Int64, col: Int32, persons: Int32) -> Bools:
    """Try every neighbour of the person with the fewest."""
    found = np.zeros(persons.shape[0], np.bool_)
    for row in range(persons.shape[0]):
        a, b, c = persons[row, 0], persons[row, 1], persons[row, 2]
        for k in range(ptr[a], ptr[a + 1]):
            # Nobody is her own neighbour, so the fourth is never b or c.
            fourth = col[k]
            if _has_neighbour(ptr, col, b, fourth) and _has_neighbour(ptr, col, c, fourth):
                found[row] = True
                break
    return found


def in_larger_clique(graph: Adjacency, persons: Int32) -> Bools:
    """Return for each triangle whether a fourth person is tied to all three.

    Parameters
    ----------
    graph
        Both ends of every tie.
    persons
        The three persons of each triangle, those with the fewest ties first (any order is right).
    """
    larger: Bools = _larger(graph.ptr, graph.col, persons)
    return larger
