"""What became of open wedges, summed over the ties that opened them in one sweep."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from supportnet.kernels.closure import Closures, wedges_opened
from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.jit import kernel

__all__ = ["FollowUp", "follow_up"]


class FollowUp(NamedTuple):
    """What became of the wedges of a network, summed over the ties that opened them.

    Attributes
    ----------
    censored
        Per bin of time from opening to the end of coverage: wedges in the risk set still open.
    wedge_us
        Time at risk of all wedges in the risk set, µs.
    longest_open
        The longest time after which a wedge was still open, µs; 0 where none was.
    still_open, late, blocked
        Wedges in the risk set still open; wedges that opened before entry; wedges never open.
    closing_ties
        Ties that closed at least one wedge of the risk set.
    """

    censored: Int64
    wedge_us: float
    longest_open: int
    still_open: int
    late: int
    blocked: int
    closing_ties: int


@kernel
def _follow(
    opened: Int64,
    birth: Int64,
    closed: Int32,
    closing: Int32,
    entry: int,
    end: int,
    width: int,
    censored: Int64,
    sums: Int64,
) -> float:
    """Book what each tie opened; sums: longest, still open, late, closing ties; returns µs."""
    whole = 0.0
    for begin in range(0, opened.size, 4096):
        # Summed in short runs: the error of a long sum of floats grows with its length.
        part = 0.0
        for e in range(begin, min(begin + 4096, opened.size)):
            left = end - birth[e]
            sums[3] += closing[e] > 0
            # A wedge opened at b and closed at c was at risk (end - b) - (end - c): the remaining
            # time of the closing ties is what the opened wedges must give back.
            part -= np.float64(left) * closing[e]
            if birth[e] < entry:
                sums[2] += opened[e]
                continue
            part += np.float64(left) * opened[e]
            still = opened[e] - closed[e]
            if still > 0:
                sums[0] = max(sums[0], left)
                sums[1] += still
                censored[(left + width - 1) // width] += still
        whole += part
    return whole


def follow_up(
    found: Closures, lo: Int32, hi: Int32, birth: Int64, n: int, *, entry: int, end: int, width: int
) -> FollowUp:
    """Sum over ties in order of birth what became of the wedges they opened.

    Parameters
    ----------
    found
        What the walk over triangles counted.
    lo, hi, birth
        The ends of each tie and its birth, ascending, µs.
    n
        The number of persons.
    entry, width
        As for :func:`closures_by_bin`.
    end
        The end of coverage, µs.
    """
    opened = wedges_opened(lo, hi, found.blocked, n)
    censored, sums = np.zeros(found.events.size, np.int64), np.zeros(4, np.int64)
    wedge_us = _follow(
        opened, birth, found.closed, found.closing, entry, end, width, censored, sums
    )
    longest, still_open, late, closing_ties = sums.tolist()
    blocked = int(found.blocked.sum(dtype=np.int64))
    return FollowUp(censored, float(wedge_us), longest, still_open, late, blocked, closing_ties)
