"""Stable orders in linear time.

A comparison sort of pair keys costs two to three times as much as two passes of counting.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.split import row_bounds, run_parts

__all__ = [
    "bucket_order",
    "dense_ids",
    "group_starts",
    "put_rows",
    "run_order",
    "slot_order",
    "time_order",
]

#: Shorter runs than that, on the whole, are better put in order by their digits.
_LEAST_RUN = 20_000
#: Longer gaps between neighbours of a run are rare; results never hang on it.
_LEAP = 1024


@kernel
def bucket_order(first: Int32, second: Int32, n: int) -> Int32:
    """Return the stable order by (`first`, `second`), both in [0, n).

    Rows that agree on both keys keep the order they came in, so rows given in time order come out
    in time order within each pair. Time O(rows + n), two index arrays of memory.
    """
    size = first.size
    start = np.zeros(n + 1, np.int64)
    for i in range(size):
        start[second[i] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    by_second = np.empty(size, np.int32)
    for i in range(size):
        key = second[i]
        by_second[start[key]] = i
        start[key] += 1
    start[:] = 0
    for i in range(size):
        start[first[i] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    order = np.empty(size, np.int32)
    for i in range(size):
        row = by_second[i]
        key = first[row]
        order[start[key]] = row
        start[key] += 1
    return order


@kernel
def time_order(times: Int64) -> Int32:
    """Return the stable ascending order of `times`, by counting 11 bits at a time.

    Only as many passes are made as the span of the times has digits: years of microseconds need
    five, whole days expressed as 0, 1, 2, … need one.
    """
    size = times.size
    order = np.empty(size, np.int32)
    for i in range(size):
        order[i] = i
    if size < 2:
        return order
    least = times.min()
    span = np.uint64(times.max() - least)
    # The keys travel with the rows: reading them where they are costs less than looking them up.
    key = (times - least).astype(np.uint64)
    other_order = np.empty(size, np.int32)
    other_key = np.empty(size, np.uint64)
    count = np.empty(2049, np.int64)
    digits = np.uint64(2047)
    shift = np.uint64(0)
    while shift < np.uint64(64) and span >> shift:
        count[:] = 0
        for i in range(size):
            count[((key[i] >> shift) & digits) + np.uint64(1)] += 1
        for i in range(2048):
            count[i + 1] += count[i]
        for i in range(size):
            digit = (key[i] >> shift) & digits
            place = count[digit]
            count[digit] += 1
            other_order[place] = order[i]
            other_key[place] = key[i]
        order, other_order = other_order, order
        key, other_key = other_key, key
        shift += np.uint64(11)
    return order


def run_order(ids: Int64 | Int32) -> Int32:
    """Return the rows in the order of distinct `ids` that are ascending runs in any order.

    That is how an engine of many threads hands over a table that lies in order, but for a few rows
    where its parts meet. Without rows where the ids are in more disorder than that, or where one
    occurs twice: then they must be ordered in another way.
    """
    most = max(64, ids.size // _LEAST_RUN)
    cuts = _cuts(ids, most)
    if ids.size == 0 or cuts.size > most:
        return np.empty(0, np.int32)
    places = np.arange(ids.size, dtype=np.int32)
    # Nor may a run go on where another one begins or ends.
    ends = np.unique(np.concatenate([ids[cuts[:-1]], ids[cuts[1:] - 1] + 1]))
    inside = [low + np.searchsorted(ids[low:high], ends) for low, high in pairwise(cuts)]
    cuts = np.unique(np.concatenate([cuts, *inside]))
    turn = np.argsort(ids[cuts[:-1]], kind="stable")
    rows = np.concatenate([places[cuts[run] : cuts[run + 1]] for run in turn])
    return rows if _settle(rows, ids, ids.size // 4) else rows[:0]


@kernel
def _cuts(ids: Int64 | Int32, most: int) -> Int64:
    """Return where runs begin, and their end; more than `most` of them as soon as there are."""
    cuts = np.empty(most + 1, np.int64)
    cuts[0], found = 0, 1
    for i in range(1, ids.size):
        step = np.int64(ids[i]) - np.int64(ids[i - 1])
        # A run that leaps may have another one's ids in the gap.
        if step < 1 or step > _LEAP:
            if found == most:
                return cuts
            cuts[found] = i
            found += 1
    cuts[found] = ids.size
    return cuts[: found + 1]


@kernel
def _settle(rows: Int32, ids: Int64 | Int32, moves: int) -> bool:
    """Move rows back to where their id belongs, at most so many steps; tell whether all ascend."""
    for i in range(1, rows.size):
        row, at = rows[i], i
        own = ids[row]
        while at > 0 and ids[rows[at - 1]] > own:
            rows[at] = rows[at - 1]
            at -= 1
            moves -= 1
            if moves < 0:
                return False
        rows[at] = row
        if at > 0 and ids[rows[at - 1]] == own:
            return False
    return True


@kernel
def slot_order(ids: Int64 | Int32, least: int, span: int) -> Int32:
    """Return the rows in the order of distinct `ids`, all in [least, least + span).

    Each row is put in the slot of its id, and the slots are read in order. Of rows with one id only
    the last comes out, so a result shorter than `ids` says that they are not distinct.
    """
    slots = np.full(span, -1, np.int32)
    for i in range(ids.size):
        slots[ids[i] - least] = i
    order = np.empty(ids.size, np.int32)
    found = 0
    for row in slots:
        if row >= 0:
            order[found] = row
            found += 1
    return order[:found]


@kernel
def group_starts(order: Int32, first: Int32, second: Int32) -> Int64:
    """Return where each run of equal (`first`, `second`) begins in `order`, then its length."""
    size = order.size
    groups = 0
    for i in range(size):
        if i == 0 or _differs(first, second, order[i], order[i - 1]):
            groups += 1
    starts = np.empty(groups + 1, np.int64)
    group = 0
    for i in range(size):
        if i == 0 or _differs(first, second, order[i], order[i - 1]):
            starts[group] = i
            group += 1
    starts[groups] = size
    return starts


@kernel
def _differs(first: Int32, second: Int32, row: int, other: int) -> bool:
    """Tell whether two rows differ in either key."""
    return bool(first[row] != first[other] or second[row] != second[other])


def put_rows(values: NDArray[Any], places: Int32) -> NDArray[Any]:
    """Return `values`, each at its place among as many, written by all cores."""
    found = np.empty_like(values)
    run_parts(
        lambda low, high: _put(values[low:high], places[low:high], found), row_bounds(places.size)
    )
    return found


@kernel
def _put(values: NDArray[Any], places: Int32, found: NDArray[Any]) -> None:
    """Write some values to their places."""
    for i in range(places.size):
        found[places[i]] = values[i]


def dense_ids(values: Int32 | Int64, universe: Int64) -> Int32:
    """Return the position of each of `values` in the sorted, distinct `universe`.

    Values that lie close together are looked up in a table, others by bisection; either way the
    result is the same. Every value must occur in `universe`.
    """
    if universe.size == 0:
        return np.empty(0, np.int32)
    least, greatest = int(universe[0]), int(universe[-1])
    if greatest - least > 8 * (values.size + universe.size):
        return np.searchsorted(universe, values).astype(np.int32)
    table = np.empty(greatest - least + 1, np.int32)
    table[universe - least] = np.arange(universe.size, dtype=np.int32)
    return np.asarray(table[values - least], np.int32)
