"""Each wedge that closed, as a list: for what is exact to the microsecond, or by stratum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.orient import Forward
from supportnet.kernels.triangles import triangle_list

__all__ = ["ClosingList", "closing_list", "degrees_at_birth"]


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
