"""Put rows into an order, comparing further columns only where the first one ties."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from supportnet.store.columns import Array

__all__ = ["distinct", "group_starts", "runs_of", "sorted_by"]


def sorted_by(first: Array, *others: Array | Callable[[Array], Array]) -> Array:
    """Return the numbers of the rows in the order of `first`, then of each of `others`.

    Equal rows stay in the order in which they stand. One of `others` may be a function that
    returns the values of some rows: it is asked only where the first column ties.

    Examples
    --------
    >>> import numpy as np
    >>> sorted_by(np.array([3, 1, 3, 1]), np.array([0, 9, 0, 2])).tolist()
    [3, 1, 0, 2]
    """
    if len(first) < 2 or bool((first[1:] >= first[:-1]).all()):
        order = np.arange(len(first))
        ranked = first
    else:
        order = np.argsort(first, kind="stable")
        ranked = first[order]
    ties = np.flatnonzero(ranked[1:] == ranked[:-1]) if others else np.empty(0, np.int64)
    if len(ties) == 0:
        return order
    is_tied = np.zeros(len(first), bool)
    is_tied[ties] = True
    is_tied[ties + 1] = True
    places = np.flatnonzero(is_tied)
    rows = order[places]
    columns = [column(rows) if callable(column) else column[rows] for column in (first, *others)]
    # Rows that tie stand together, so sorting all of them leaves each run in its place.
    order[places] = rows[np.lexsort(columns[::-1])]
    return order


def distinct(values: Array) -> Array:
    """Return the distinct values in order; whole numbers sort faster than they hash."""
    if bool((values[1:] > values[:-1]).all()):
        return values
    ordered = np.sort(values)
    found: Array = ordered[runs_of(ordered)]
    return found


def runs_of(*columns: Array) -> Array:
    """Return where a run of equal rows starts, for rows in an order that puts equals together."""
    n = len(columns[0])
    is_start = np.zeros(n, bool)
    is_start[:1] = True
    for column in columns:
        is_start[1:] |= column[1:] != column[:-1]
    return is_start


def group_starts(groups: Array, n: int) -> Array:
    """Return where each of `n` groups starts among rows sorted by group, and where they all end."""
    starts: Array = np.searchsorted(groups, np.arange(n + 1))
    return starts
