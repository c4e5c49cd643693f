"""Group messages by unordered pair, keeping their order in time, without comparing any two.

The key of a message holds both persons and who of them wrote; three or four passes of counting over
it cost less than one sort, and leave the pairs' persons and bounds to be read off in order.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.split import run_parts, thread_count

__all__ = ["direction_codes", "group_pairs", "person_bits"]

Keys: TypeAlias = NDArray[np.uint64]

#: Bits counted per pass: more would scatter writes over too many pages at once.
_DIGIT = 10
#: So many messages tell well enough where to cut the work in equal parts.
_SAMPLE = 4096


def person_bits(greatest: int) -> int:
    """Return how many bits hold every person up to `greatest`."""
    return max(1, int(greatest).bit_length())


def group_pairs(
    author: Int32, other: Int32, times: Int64, rows: Int32, bits: int
) -> tuple[Int32, Bools, Int64, Int32, Int32, Int64]:
    """Return messages by pair, in the order they are given inside each.

    Parameters
    ----------
    author, other
        Who wrote to whom, persons from 0 on.
    times
        When.
    rows
        The messages in time order.
    bits
        Bits that hold every person: see :func:`person_bits`; at most 31.

    Returns
    -------
    order, up, when, lo, hi, starts
        `rows` by pair; whether the lower person wrote each, and its time; and per pair, ascending,
        its persons and where its messages begin, with their number at the end.
    """
    bounds = _low_bounds(author, other, rows.size, bits)

    def sort(first: int, last: int) -> tuple[Keys, Int32, int]:
        found: tuple[Keys, Int32, int] = _sorted_keys(author, other, rows, bits, first, last)
        return found

    parts = run_parts(sort, bounds)
    size, pairs = rows.size, sum(part[2] for part in parts)
    order, up, when = np.empty(size, np.int32), np.empty(size, np.bool_), np.empty(size, np.int64)
    lo, hi = np.empty(pairs, np.int32), np.empty(pairs, np.int32)
    starts = np.full(pairs + 1, size, np.int64)

    def read(part: int, _: int) -> None:
        row = sum(own[1].size for own in parts[:part])
        pair = sum(own[2] for own in parts[:part])
        keys, own, n = parts[part]
        mine, its = slice(row, row + own.size), slice(pair, pair + n)
        order[mine] = own
        _read_pairs(
            keys, own, times, bits, row, up[mine], when[mine], lo[its], hi[its], starts[its]
        )

    run_parts(read, [(part, part + 1) for part in range(len(parts))])
    return order, up, when, lo, hi, starts


def _low_bounds(author: Int32, other: Int32, size: int, bits: int) -> list[tuple[int, int]]:
    """Return ranges of the lower person that hold about as many messages each, one per thread.

    Read off a sample: the ranges never change a result, only how fast it comes.
    """
    threads = thread_count(size)
    step = max(1, author.size // _SAMPLE)
    lows = np.sort(np.minimum(author[::step], other[::step]))
    cuts = [int(lows[lows.size * part // threads]) for part in range(1, threads)]
    return list(pairwise([0, *cuts, 1 << bits]))


@kernel
def _keys_between(
    author: Int32, other: Int32, rows: Int32, bits: int, first: int, last: int
) -> tuple[Keys, Int32]:
    """Return lower person, higher person and whether the lower wrote, as one number per row.

    Only rows whose lower person lies in [first, last); which rows these are comes second.
    """
    size = 0
    for row in rows:
        size += first <= min(author[row], other[row]) < last
    keys, order = np.empty(size, np.uint64), np.empty(size, np.int32)
    at = 0
    for row in rows:
        low, high = min(author[row], other[row]), max(author[row], other[row])
        if first <= low < last:
            both = (np.uint64(low) << np.uint64(bits)) | np.uint64(high)
            keys[at] = (both << np.uint64(1)) | np.uint64(author[row] == low)
            order[at] = row
            at += 1
    return keys, order


@kernel
def _sorted_keys(
    author: Int32, other: Int32, rows: Int32, bits: int, first: int, last: int
) -> tuple[Keys, Int32, int]:
    """Sort the messages of pairs whose lower person lies in [first, last), and count the pairs."""
    keys, order = _keys_between(author, other, rows, bits, first, last)
    size = keys.size
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
    one, pairs = np.uint64(1), 0
    for i in range(size):
        pairs += i == 0 or keys[i] >> one != keys[i - 1] >> one
    return keys, order, pairs


@kernel
def _read_pairs(
    keys: Keys,
    order: Int32,
    times: Int64,
    bits: int,
    before: int,
    up: Bools,
    when: Int64,
    lo: Int32,
    hi: Int32,
    starts: Int64,
) -> None:
    """Read persons, bounds and times off sorted keys, of which `before` go ahead."""
    one, pair = np.uint64(1), -1
    low_part = np.uint64((1 << bits) - 1)
    for i in range(keys.size):
        up[i] = keys[i] & one
        when[i] = times[order[i]]
        if i == 0 or keys[i] >> one != keys[i - 1] >> one:
            pair += 1
            starts[pair] = before + i
            both = keys[i] >> one
            lo[pair] = np.int32(both >> np.uint64(bits))
            hi[pair] = np.int32(both & low_part)


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
    place = np.full((lo.size, 2), -1, np.int32)
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
