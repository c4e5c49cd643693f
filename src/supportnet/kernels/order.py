"""Stable orders in linear time.

A comparison sort of pair keys costs two to three times as much as two passes of counting.
"""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.jit import kernel

__all__ = ["bucket_order", "dense_ids", "group_starts", "time_order"]


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


def dense_ids(values: Int64, universe: Int64) -> Int32:
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
