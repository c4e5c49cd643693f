"""Group messages by unordered pair, keeping their order in time, without comparing any two.

The key of a message holds both persons and who of them wrote; three or four passes of counting over
it cost less than one sort, and leave the pairs' persons and bounds to be read off in order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel

__all__ = ["direction_codes", "group_pairs", "person_bits"]

#: Bits counted per pass: the counters then fit in the nearest cache.
_DIGIT = 13


def person_bits(greatest: int) -> int:
    """Return how many bits hold every person up to `greatest`."""
    return max(1, int(greatest).bit_length())


@kernel
def _pair_keys(author: Int32, other: Int32, rows: Int32, bits: int) -> NDArray[np.uint64]:
    """Return lower person, higher person and whether the lower wrote, as one number per row."""
    keys = np.empty(rows.size, np.uint64)
    for i in range(rows.size):
        a, b = np.uint64(author[rows[i]]), np.uint64(other[rows[i]])
        up = np.uint64(a < b)
        low, high = (a, b) if a < b else (b, a)
        keys[i] = (((low << np.uint64(bits)) | high) << np.uint64(1)) | up
    return keys


@kernel
def group_pairs(
    author: Int32, other: Int32, rows: Int32, bits: int
) -> tuple[Int32, Bools, Int32, Int32, Int64]:
    """Return messages by pair, in the order they are given inside each.

    Parameters
    ----------
    author, other
        Who wrote to whom, persons from 0 on.
    rows
        The messages in time order.
    bits
        Bits that hold every person: see :func:`person_bits`; at most 31.

    Returns
    -------
    order, up, lo, hi, starts
        `rows` by pair; whether the lower person wrote each; and per pair, ascending, its persons
        and where its messages begin, with their number at the end.
    """
    size = rows.size
    keys, order = _pair_keys(author, other, rows, bits), rows.copy()
    spare_keys, spare_order = np.empty(size, np.uint64), np.empty(size, np.int32)
    count = np.empty((1 << _DIGIT) + 1, np.int64)
    mask = np.uint64((1 << _DIGIT) - 1)
    # The lowest bit says who wrote; it must not disturb the order in time.
    shift = 1
    while shift < 2 * bits + 1:
        by = np.uint64(shift)
        count[:] = 0
        for i in range(size):
            count[np.int64((keys[i] >> by) & mask) + 1] += 1
        for i in range(1 << _DIGIT):
            count[i + 1] += count[i]
        for i in range(size):
            digit = np.int64((keys[i] >> by) & mask)
            at = count[digit]
            count[digit] = at + 1
            spare_keys[at] = keys[i]
            spare_order[at] = order[i]
        keys, spare_keys = spare_keys, keys
        order, spare_order = spare_order, order
        shift += _DIGIT
    pairs = 0
    one = np.uint64(1)
    for i in range(size):
        if i == 0 or keys[i] >> one != keys[i - 1] >> one:
            pairs += 1
    up = np.empty(size, np.bool_)
    lo, hi = np.empty(pairs, np.int32), np.empty(pairs, np.int32)
    starts = np.empty(pairs + 1, np.int64)
    pair = -1
    low_part = np.uint64((1 << bits) - 1)
    for i in range(size):
        up[i] = keys[i] & one
        if i == 0 or keys[i] >> one != keys[i - 1] >> one:
            pair += 1
            starts[pair] = i
            both = keys[i] >> one
            lo[pair] = np.int32(both >> np.uint64(bits))
            hi[pair] = np.int32(both & low_part)
    starts[pairs] = size
    return order, up, lo, hi, starts


@kernel
def direction_codes(
    lo: Int32, hi: Int32, pair: Int32, up: Bools, n_people: int
) -> tuple[Int64, Int32, Int32]:
    """Return the number of each row's direction, in order of author and other.

    Parameters
    ----------
    lo, hi
        The persons of each pair; pairs ascend.
    pair, up
        The pair of each row, and whether it counts for the lower person.
    n_people
        More than the greatest person.

    Returns
    -------
    codes, author, other
        The number of each row's direction, and the persons of each direction.
    """
    place = np.full((lo.size, 2), -1, np.int64)
    for row in range(pair.size):
        place[pair[row], 1 if up[row] else 0] = 0
    # An author first addresses those below, as the higher person of the pair, then those above.
    below, above = np.zeros(n_people + 1, np.int64), np.zeros(n_people + 1, np.int64)
    for p in range(lo.size):
        below[hi[p]] += place[p, 0] == 0
        above[lo[p]] += place[p, 1] == 0
    total = 0
    for person in range(n_people):
        down, higher = below[person], above[person]
        below[person] = total
        above[person] = total + down
        total += down + higher
    author, other = np.empty(total, np.int32), np.empty(total, np.int32)
    for p in range(lo.size):
        if place[p, 0] == 0:
            at = below[hi[p]]
            below[hi[p]] = at + 1
            place[p, 0], author[at], other[at] = at, hi[p], lo[p]
        if place[p, 1] == 0:
            at = above[lo[p]]
            above[lo[p]] = at + 1
            place[p, 1], author[at], other[at] = at, lo[p], hi[p]
    codes = np.empty(pair.size, np.int64)
    for row in range(pair.size):
        codes[row] = place[pair[row], 1 if up[row] else 0]
    return codes, author, other
