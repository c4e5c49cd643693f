"""What became of open wedges, summed over the ties that opened them in one sweep."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from supportnet.kernels.closure import Closures
from supportnet.kernels.dtypes import Bools, Float64, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.split import row_bounds, run_parts

__all__ = ["FollowUp", "follow_up"]

#: Floats are summed in runs of so many slots, whoever sums them: the error of a long sum grows with
#: its length, and the sum never depends on the number of threads.
_RUN: Final = 4096

# What the sweep sums up, by place.
_LONGEST, _OPEN, _LATE, _CLOSING = range(4)


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
    born: Int64,
    made: Int32,
    over: Int32,
    closes: Bools,
    first: int,
    last: int,
    entry: int,
    end: int,
    width: int,
    censored: Int64,
    sums: Int64,
    open_us: Float64,
) -> None:
    """Book the wedges still open of the ties in some runs of slots, and how long they were, µs."""
    for run in range(first, last):
        for k in range(run * _RUN, min((run + 1) * _RUN, made.size)):
            sums[_CLOSING] += closes[k]
            still = np.int64(made[k] - over[k])
            if born[k] < entry:
                sums[_LATE] += still
            elif still > 0:
                left = end - born[k]
                open_us[run] += np.float64(left) * still
                sums[_LONGEST] = max(sums[_LONGEST], left)
                sums[_OPEN] += still
                censored[(left + width - 1) // width] += still


def follow_up(found: Closures, *, entry: int, end: int, width: int) -> FollowUp:
    """Sum what became of the wedges that each tie opened.

    Parameters
    ----------
    found
        What the walk over triangles counted.
    entry, width
        As for :func:`supportnet.kernels.closure.closures_by_bin`.
    end
        The end of coverage, µs.
    """
    ties = (found.born, found.made, found.over, found.closes)
    size = found.made.size
    open_us = np.zeros(-(-size // _RUN))

    def part(first: int, last: int) -> tuple[Int64, Int64]:
        """Sweep some runs."""
        censored, sums = np.zeros(found.events.size, np.int64), np.zeros(4, np.int64)
        _follow(*ties, first, last, entry, end, width, censored, sums, open_us)
        return censored, sums

    bounds = [(a // _RUN, b // _RUN) for a, b in row_bounds(open_us.size * _RUN)]
    counts = run_parts(part, bounds)
    still_open, late, closing_ties = np.sum([sums[1:] for _, sums in counts], axis=0).tolist()
    return FollowUp(
        censored=np.sum([censored for censored, _ in counts], axis=0),
        wedge_us=float(found.wait_us) + float(open_us.sum()),
        longest_open=max(int(sums[_LONGEST]) for _, sums in counts),
        still_open=still_open,
        late=late + found.late,
        # Each triangle shuts two wedges of its youngest tie.
        blocked=2 * found.triangles + found.tied,
        closing_ties=closing_ties,
    )
