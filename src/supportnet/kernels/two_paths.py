"""What the wedges between each pair of persons add up to, without keeping a list of pairs.

For each person the walk goes to the contacts and to theirs, gathers what it finds about every
person it meets in arrays of one entry per person, books it pair by pair and forgets it. Time
O(sum of squared degrees), memory O(n) for each thread.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Bools, Float64, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.orient import Adjacency
from supportnet.kernels.split import run_parts, work_bounds

__all__ = ["PairMoments", "pair_moments"]

_DAY_US: Final = 86_400_000_000


class PairMoments(NamedTuple):
    """Sums over pairs of persons of the wedges between them: closed d, days at risk x, error e.

    `pairs` have a wedge at risk, `closing` of them closed at least one.
    """

    pairs: int
    closing: int
    closed: float
    days: float
    closed_squared: float
    closed_days: float
    days_squared: float
    error_squared: float


@kernel
def _row_of(times: Int64, width: int, wait: int) -> int:
    """Return the row of the curve that a duration belongs to."""
    if width > 0:
        return (wait + width - 1) // width
    left, right = 0, times.size
    while left < right:
        middle = (left + right) // 2
        if times[middle] <= wait:
            left = middle + 1
        else:
            right = middle
    return left - 1


@kernel
def _sum_up(met: Int32, closed: Float64, days: Float64, error: Float64, sums: Float64) -> None:
    """Add the pairs that one person makes with those met."""
    for k in met:
        x = days[k] / _DAY_US
        sums[0] += 1
        sums[1] += closed[k] > 0
        sums[2] += closed[k]
        sums[3] += x
        sums[4] += closed[k] * closed[k]
        sums[5] += closed[k] * x
        sums[6] += x * x
        sums[7] += error[k] * error[k]


@kernel
def _moment_rows(
    ptr: Int64,
    col: Int32,
    arc: Int32,
    born: Int64,
    counted: Bools,
    one_way: bool,  # noqa: FBT001
    entry: int,
    stop: int,
    times: Int64,
    width: int,
    spread: Float64,
    weight: Float64,
    last_row: int,
    first: int,
    last: int,
) -> Float64:
    """Return the fields of :class:`PairMoments` over the pairs whose first person is in a range."""
    n = ptr.size - 1
    sums = np.zeros(8)
    near = np.full(n, -1, np.int64)
    mark = np.full(n, -1, np.int32)
    met = np.empty(n, np.int32)
    closed = np.zeros(n)
    days = np.zeros(n)
    error = np.zeros(n)
    for i in range(first, last):
        for p in range(ptr[i], ptr[i + 1]):
            near[col[p]] = born[p]
        size = 0
        for p in range(ptr[i], ptr[i + 1]):
            j = col[p]
            for q in range(ptr[j], ptr[j + 1]):
                k = col[q]
                if k == i or (k < i and not one_way):
                    continue
                opened = max(born[p], born[q])
                closes = near[k] >= 0
                until = near[k] if closes else stop
                if opened < entry or (closes and until <= opened):
                    continue
                if not counted[max(arc[p], arc[q])]:
                    continue
                if mark[k] != i:
                    mark[k] = i
                    met[size] = k
                    size += 1
                    closed[k] = days[k] = error[k] = 0.0
                wait = until - opened
                row = _row_of(times, width, wait)
                days[k] += wait
                error[k] -= spread[min(row, last_row)]
                if closes:
                    closed[k] += 1.0
                    if row <= last_row:
                        error[k] += weight[row]
        _sum_up(met[:size], closed, days, error, sums)
        for p in range(ptr[i], ptr[i + 1]):
            near[col[p]] = -1
    return sums


def pair_moments(
    graph: Adjacency,
    birth: Int64,
    counted: Bools,
    *,
    one_way: bool,
    entry: int,
    stop: int,
    times: Int64,
    width: int,
    spread: Float64,
    weight: Float64,
    last_row: int,
    threads: int | None = None,
) -> PairMoments:
    """Sum over pairs the squares that a variance clustered on the pair needs.

    Parameters
    ----------
    graph
        Rows of both ends of every tie, or (`one_way`) of the arcs that leave each person; `tie`
        numbers ties or arcs in order of birth.
    birth
        The birth of each tie or arc, ascending, µs.
    counted
        Which ties or arcs may open a wedge.
    one_way
        Whether pairs are ordered.
    entry, stop
        Wedges that opened before `entry` are left out; open ones are censored at `stop`, µs.
    times, width
        The times of the curve's rows, µs, and the width of a bin (0: exact).
    spread, weight
        For each row the running sum of closures / (at risk)², and 1 / at risk.
    last_row
        The row in which the curve is read.
    threads
        See :func:`supportnet.kernels.split.work_bounds`.
    """
    ptr, col, arc = graph
    born = birth[arc]  # beside each slot, where the walk reads it in order

    def part(first: int, last: int) -> Float64:
        """Walk one range of persons."""
        return _moment_rows(
            ptr, col, arc, born, counted, one_way, entry, stop, times, width, spread, weight,
            last_row, first, last,
        )  # fmt: skip

    sums = np.sum(run_parts(part, work_bounds(ptr, col, threads)), axis=0)
    return PairMoments(int(sums[0]), int(sums[1]), *(float(value) for value in sums[2:]))
