"""Which pairs are tied and since when, and their sides in the order in which they became so."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np

from supportnet.kernels.dtypes import Float64, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.radix import sort_keys
from supportnet.kernels.split import row_bounds, run_parts

__all__ = ["born_ties"]

Sides: TypeAlias = tuple[Float64, Float64, Int64, Int64]

_NEVER = -1
_BOTH = 2


def born_ties(
    ends: tuple[Int32, Int32], sides: Sides, least: float, arcs: int
) -> tuple[Int64, tuple[Int32, Int32], Sides]:
    """Keep the pairs that are tied, in order of birth; those born together stay as they stand.

    Parameters
    ----------
    ends
        The two ends of each pair.
    sides
        Weight each way, and the first message each way; of no meaning where the weight is 0.
    least
        A direction of at least this weight is an arc.
    arcs
        How many arcs a tie needs: one, and it is born with the first, or both, with the later one.

    Returns
    -------
    birth, ends, sides
        Of the ties; the first message is -1 where none went that way.
    """
    n_fwd, n_back, first_fwd, first_back = sides
    bounds = row_bounds(n_fwd.size)

    def count(low: int, high: int) -> int:
        return int(_count_ties(n_fwd[low:high], n_back[low:high], least, arcs))

    sizes = run_parts(count, bounds)
    places = dict(zip(bounds, pairwise(np.cumsum([0, *sizes]).tolist()), strict=True))
    rows, birth = np.empty(sum(sizes), np.int32), np.empty(sum(sizes), np.int64)

    def fill(low: int, high: int) -> None:
        own = slice(*places[low, high])
        _fill_births(
            n_fwd, n_back, first_fwd, first_back, low, high, least, arcs, rows[own], birth[own]
        )

    run_parts(fill, bounds)
    start = int(birth.min(initial=0))
    birth -= start
    key, rows = sort_keys(birth.view(np.uint64), rows, high=int(birth.max(initial=0)).bit_length())
    taken = tuple(np.empty(rows.size, column.dtype) for column in (*ends, *sides))

    def take(low: int, high: int) -> None:
        own = (column[low:high] for column in taken)
        _take_sides(rows[low:high], *ends, n_fwd, n_back, first_fwd, first_back, *own)

    run_parts(take, row_bounds(rows.size))
    lo, hi, fwd, back, since_fwd, since_back = taken
    return key.view(np.int64) + start, (lo, hi), (fwd, back, since_fwd, since_back)


@kernel
def _count_ties(n_fwd: Float64, n_back: Float64, least: float, arcs: int) -> int:
    """Count the pairs that are tied."""
    found = 0
    for i in range(n_fwd.size):
        found += (n_fwd[i] >= least) + (n_back[i] >= least) >= arcs
    return found


@kernel
def _fill_births(
    n_fwd: Float64,
    n_back: Float64,
    first_fwd: Int64,
    first_back: Int64,
    low: int,
    high: int,
    least: float,
    arcs: int,
    rows: Int32,
    birth: Int64,
) -> None:
    """Write down which pairs of a range are tied, and since when."""
    found = 0
    for i in range(low, high):
        forth, back = n_fwd[i] >= least, n_back[i] >= least
        if forth + back < arcs:
            continue
        if arcs == _BOTH:
            birth[found] = max(first_fwd[i], first_back[i])
        elif forth and back:
            birth[found] = min(first_fwd[i], first_back[i])
        else:
            birth[found] = first_fwd[i] if forth else first_back[i]
        rows[found] = i
        found += 1


@kernel
def _take_sides(
    rows: Int32,
    lo: Int32,
    hi: Int32,
    n_fwd: Float64,
    n_back: Float64,
    first_fwd: Int64,
    first_back: Int64,
    lo_to: Int32,
    hi_to: Int32,
    fwd_to: Float64,
    back_to: Float64,
    first_fwd_to: Int64,
    first_back_to: Int64,
) -> None:
    """Look up what is known of some pairs."""
    for i in range(rows.size):
        row = rows[i]
        lo_to[i], hi_to[i] = lo[row], hi[row]
        fwd_to[i], back_to[i] = n_fwd[row], n_back[row]
        first_fwd_to[i] = first_fwd[row] if n_fwd[row] > 0 else _NEVER
        first_back_to[i] = first_back[row] if n_back[row] > 0 else _NEVER
