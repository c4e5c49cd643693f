"""Walk messages that lie pair by pair: what went each way, and those of some kinds only."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.split import even_bounds, row_bounds, run_parts

__all__ = ["Sides", "keep_rows", "sum_sides", "sum_two", "sum_ways", "take_rows"]


class Sides(NamedTuple):
    """What went each way in every pair: row 0 from the lower person, row 1 from the higher.

    Attributes
    ----------
    n
        Messages.
    units
        Their weights, summed in fixed point.
    first, last
        Times of the first and last one, µs UTC; no meaning where `n` is 0.
    """

    n: Int64
    units: Int64
    first: Int64
    last: Int64


def sum_sides(
    starts: Int64,
    up: Bools,
    times: Int64,
    kinds: Int32,
    wanted: Bools,
    unit: int,
) -> Sides:
    """Sum messages of the kinds wanted into the two directions of each pair.

    Parameters
    ----------
    starts
        Where each pair's messages begin, then their number; in order of time inside each.
    up
        Whether the lower person wrote the message.
    times
        When.
    kinds
        Its kind, and above the three lowest bits the k of its weight 1/k.
    wanted
        For each kind whether it counts.
    unit
        What a weight of 1 is in fixed point.

    Returns
    -------
    Sides
        Arrays of two rows, one entry per pair.
    """
    pairs = starts.size - 1
    sides = Sides(*(np.zeros((2, pairs), np.int64) for _ in range(4)))

    def fill(low: int, high: int) -> None:
        own = (part[:, low:high] for part in sides)
        _sum_sides(starts[low : high + 1], up, times, kinds, wanted, unit, *own)

    run_parts(fill, even_bounds(starts))
    return sides


@kernel
def _weight(kind: np.int32, unit: int) -> np.int64:
    """Return the weight 1/k that stands above the three lowest bits, in fixed point."""
    readers = kind >> 3
    # Rounded as the engine rounds a weight, so that both sums are the same integer.
    return np.int64(unit) if readers == 1 else np.int64(1.0 / readers * unit + 0.5)


@kernel
def _sum_sides(
    starts: Int64,
    up: Bools,
    times: Int64,
    kinds: Int32,
    wanted: Bools,
    unit: int,
    n: Int64,
    units: Int64,
    first: Int64,
    last: Int64,
) -> None:
    """Fill in the sums of some pairs: see :func:`sum_sides`."""
    for pair in range(starts.size - 1):
        for at in range(starts[pair], starts[pair + 1]):
            if not wanted[kinds[at] & 7]:
                continue
            way = 0 if up[at] else 1
            if n[way, pair] == 0:
                first[way, pair] = times[at]
            n[way, pair] += 1
            last[way, pair] = times[at]
            units[way, pair] += _weight(kinds[at], unit)


def sum_ways(starts: Int64, up: Bools, kinds: Int32, unit: int) -> Int64:
    """Sum the weights of the messages that went each way in every pair.

    Parameters
    ----------
    starts, up, kinds, unit
        As for :func:`sum_sides`; all kinds count.

    Returns
    -------
    numpy.ndarray
        Row 0 from the lower person, row 1 from the higher, one entry per pair.
    """
    units = np.empty((2, starts.size - 1), np.int64)

    def fill(low: int, high: int) -> None:
        _sum_ways(starts[low : high + 1], up, kinds, unit, units[:, low:high])

    run_parts(fill, even_bounds(starts))
    return units


@kernel
def _sum_ways(starts: Int64, up: Bools, kinds: Int32, unit: int, units: Int64) -> None:
    """Fill in the sums of some pairs: see :func:`sum_ways`."""
    for pair in range(starts.size - 1):
        forth, back = np.int64(0), np.int64(0)
        for at in range(starts[pair], starts[pair + 1]):
            if up[at]:
                forth += _weight(kinds[at], unit)
            else:
                back += _weight(kinds[at], unit)
        units[0, pair], units[1, pair] = forth, back


def sum_two(starts: Int64, kinds: Int32, first: Bools, second: Bools, unit: int) -> Int64:
    """Sum the weights of messages of two sets of kinds in every pair, whoever wrote them.

    Parameters
    ----------
    starts, kinds, unit
        As for :func:`sum_sides`.
    first, second
        For each kind whether it belongs to either set.

    Returns
    -------
    numpy.ndarray
        Two rows, one entry per pair.
    """
    sums = np.zeros((2, starts.size - 1), np.int64)

    def fill(low: int, high: int) -> None:
        _sum_two(starts[low : high + 1], kinds, first, second, unit, sums[:, low:high])

    run_parts(fill, even_bounds(starts))
    return sums


@kernel
def _sum_two(
    starts: Int64, kinds: Int32, first: Bools, second: Bools, unit: int, sums: Int64
) -> None:
    """Fill in the sums of some pairs: see :func:`sum_two`."""
    for pair in range(starts.size - 1):
        for at in range(starts[pair], starts[pair + 1]):
            kind, weight = kinds[at] & 7, _weight(kinds[at], unit)
            if first[kind]:
                sums[0, pair] += weight
            if second[kind]:
                sums[1, pair] += weight


def keep_rows(
    starts: Int64, up: Bools, times: Int64, kinds: Int32, wanted: Bools
) -> tuple[Int32, Int64, Int32, Bools, Int64]:
    """Return the messages of the kinds wanted, and the pairs that have any.

    Parameters
    ----------
    starts, up, times, kinds, wanted
        As for :func:`sum_sides`.

    Returns
    -------
    rows, starts, pairs, up, times
        Which messages are kept; where each pair's begin among them, then their number; the pairs
        that have any; and of each message kept whether the lower person wrote it, and when.
    """
    bounds = even_bounds(starts)

    def count(low: int, high: int) -> tuple[int, int]:
        found: tuple[int, int] = _count_kept(starts[low : high + 1], kinds, wanted)
        return found

    sizes = np.array(run_parts(count, bounds), np.int64).reshape(-1, 2)
    total, some = sizes.sum(axis=0).tolist()
    before = dict(zip(bounds, (np.cumsum(sizes, axis=0) - sizes).tolist(), strict=True))
    rows, pairs = np.empty(total, np.int32), np.empty(some, np.int32)
    begins = np.full(some + 1, total, np.int64)
    kept_up, kept_times = np.empty(total, np.bool_), np.empty(total, np.int64)

    def fill(low: int, high: int) -> None:
        row, pair = before[low, high]
        own = starts[low : high + 1]
        _fill_kept(
            own, up, times, kinds, wanted, low, row, pair, rows, begins, pairs, kept_up, kept_times
        )

    run_parts(fill, bounds)
    return rows, begins, pairs, kept_up, kept_times


@kernel
def _count_kept(starts: Int64, kinds: Int32, wanted: Bools) -> tuple[int, int]:
    """Count the messages of the kinds wanted, and the pairs that have any."""
    kept, some = 0, 0
    for pair in range(starts.size - 1):
        before = kept
        for at in range(starts[pair], starts[pair + 1]):
            kept += wanted[kinds[at] & 7]
        some += kept > before
    return kept, some


@kernel
def _fill_kept(
    starts: Int64,
    up: Bools,
    times: Int64,
    kinds: Int32,
    wanted: Bools,
    first: int,
    kept: int,
    some: int,
    rows: Int32,
    begins: Int64,
    pairs: Int32,
    kept_up: Bools,
    kept_times: Int64,
) -> None:
    """Write down the messages kept of pairs from `first` on: see :func:`keep_rows`."""
    for pair in range(starts.size - 1):
        before = kept
        for at in range(starts[pair], starts[pair + 1]):
            if wanted[kinds[at] & 7]:
                rows[kept], kept_up[kept], kept_times[kept] = at, up[at], times[at]
                kept += 1
        if kept > before:
            begins[some], pairs[some] = before, first + pair
            some += 1


def take_rows(values: Int32, rows: Int32) -> Int32:
    """Return `values` at `rows`, looked up by all cores."""
    taken = np.empty(rows.size, np.int32)
    run_parts(
        lambda low, high: _take(values, rows[low:high], taken[low:high]), row_bounds(rows.size)
    )
    return taken


@kernel
def _take(values: Int32, rows: Int32, taken: Int32) -> None:
    """Look up some rows."""
    for i in range(rows.size):
        taken[i] = values[rows[i]]
