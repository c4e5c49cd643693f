"""Sum messages into pairs: what went each way and when first, or what two parts add up to."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Int8, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.prefetch import AHEAD, prefetch
from supportnet.kernels.radix import Keys, pair_key, sort_alone, sort_keys
from supportnet.kernels.split import close_up, run_parts
from supportnet.kernels.stretches import Stretch, stretches

__all__ = [
    "UNDATED",
    "PairSums",
    "PartSums",
    "message_keys",
    "pair_sums",
    "part_keys",
    "part_sums",
]

#: The time of a message without one: later than any.
UNDATED: Final = 2**63 - 1


class PairSums(NamedTuple):
    """What went each way in every pair that has dated messages, pairs ascending.

    Attributes
    ----------
    lo, hi
        The two persons, lo < hi.
    units_fwd, units_back
        The weight lo→hi and hi→lo, in fixed point; 0 where nothing dated went that way.
    first_fwd, first_back
        The first message each way; -1 where there is none.
    """

    lo: Int32
    hi: Int32
    units_fwd: Int64
    units_back: Int64
    first_fwd: Int64
    first_back: Int64


class PartSums(NamedTuple):
    """What the messages of every pair add up to, pairs ascending.

    Attributes
    ----------
    lo, hi
        The two persons, lo < hi.
    units
        Two rows: the weight of the messages of either part, in fixed point.
    """

    lo: Int32
    hi: Int32
    units: Int64


@kernel
def message_keys(author: Int32, other: Int32, digits: int, key: Keys) -> None:
    """Write the key of each message: lower person, higher person, 1 where the higher one wrote."""
    for i in range(author.size):
        pair = pair_key(author[i], other[i], digits)
        key[i] = (pair << np.uint64(1)) | np.uint64(author[i] > other[i])


@kernel
def part_keys(author: Int32, other: Int32, part: Int8, digits: int, key: Keys) -> None:
    """Write the key of each message: lower person, higher person, the part (0 or 1) it is in."""
    for i in range(author.size):
        pair = pair_key(author[i], other[i], digits)
        key[i] = (pair << np.uint64(1)) | np.uint64(part[i])


@kernel
def _sum(
    key: Keys,
    row: Int32,
    times: Int64,
    units: Int64,
    digits: int,
    lo: Int32,
    hi: Int32,
    total: Int64,
    first: Int64,
) -> int:
    """Fill in the sums of pairs with dated messages; return how many there are."""
    mask = (np.uint64(1) << np.uint64(digits)) - np.uint64(1)
    pair = 0
    i = 0
    while i < key.size:
        name = key[i] >> np.uint64(1)
        total[:, pair] = 0
        first[:, pair] = UNDATED
        while i < key.size and key[i] >> np.uint64(1) == name:
            if i + AHEAD < key.size:
                prefetch(times, row[i + AHEAD])
            way = np.int64(key[i] & np.uint64(1))
            # One entry stands for all where every message weighs the same.
            total[way, pair] += units[row[i] if units.size > 1 else 0]
            first[way, pair] = min(first[way, pair], times[row[i]])
            i += 1
        dated = False
        for side in range(2):
            if first[side, pair] == UNDATED:
                total[side, pair] = 0
                first[side, pair] = -1
            else:
                dated = True
        if dated:
            lo[pair] = np.int32(name >> np.uint64(digits))
            hi[pair] = np.int32(name & mask)
            pair += 1
    return pair


@kernel
def _sum_parts(
    key: Keys, row: Int32, units: Int64, digits: int, lo: Int32, hi: Int32, total: Int64
) -> None:
    """Fill in what the two parts of each pair add up to."""
    mask = (np.uint64(1) << np.uint64(digits)) - np.uint64(1)
    pair = -1
    for i in range(key.size):
        name = key[i] >> np.uint64(1)
        if i == 0 or name != key[i - 1] >> np.uint64(1):
            pair += 1
            lo[pair] = np.int32(name >> np.uint64(digits))
            hi[pair] = np.int32(name & mask)
            total[0, pair] = total[1, pair] = 0
        part = np.int64(key[i] & np.uint64(1))
        if units.size == 1:
            total[part, pair] += units[0]
            continue
        if i + AHEAD < key.size:
            prefetch(units, row[i + AHEAD])
        total[part, pair] += units[row[i]]


def _room(key: Keys) -> tuple[list[Stretch], dict[Stretch, int], PartSums]:
    """Return stretches of whole pairs, the pairs before each, and room for what all add up to."""
    bounds, begin, size = stretches(key)
    lo, hi = np.empty(size, np.int32), np.empty(size, np.int32)
    return bounds, begin, PartSums(lo, hi, np.empty((2, size), np.int64))


def part_sums(key: Keys, units: Int64, digits: int) -> PartSums:
    """Sum messages into pairs, those of two parts apart.

    Parameters
    ----------
    key
        The pair and the part of each message, from :func:`part_keys` or, where the parts are who
        wrote, :func:`message_keys`; overwritten.
    units
        The weight of each message in fixed point, or one entry for all.
    digits
        Those of the ids.

    Returns
    -------
    PartSums
        One entry for each pair.
    """
    row = np.empty(0, np.int32)
    if units.size == 1:
        key = sort_alone(key, high=2 * digits + 1)
    else:
        key, row = sort_keys(key, high=2 * digits + 1)
    bounds, begin, (lo, hi, total) = _room(key)

    def part(a: int, b: int) -> None:
        """Sum a stretch of whole pairs."""
        at = begin[a, b]
        _sum_parts(key[a:b], row[a:b], units, digits, lo[at:], hi[at:], total[:, at:])

    run_parts(part, bounds)
    return PartSums(lo, hi, total)


def pair_sums(key: Keys, times: Int64, units: Int64, digits: int) -> PairSums:
    """Sum messages into pairs.

    Parameters
    ----------
    key
        Who wrote to whom, from :func:`message_keys`, in any order; overwritten.
    times
        When, µs; :data:`UNDATED` where that is not known. A direction without any dated message
        does not count; one with some counts all.
    units
        The weight of each message in fixed point, or one entry for all.
    digits
        Those of the ids.

    Returns
    -------
    PairSums
        One entry for each pair.

    Notes
    -----
    About 32 bytes for each message, and 40 for each pair.
    """
    key, row = sort_keys(key, high=2 * digits + 1)
    bounds, begin, (lo, hi, total) = _room(key)
    first = np.empty_like(total)

    def part(a: int, b: int) -> int:
        """Sum a stretch of whole pairs."""
        at = begin[a, b]
        sums = total[:, at:], first[:, at:]
        return int(_sum(key[a:b], row[a:b], times, units, digits, lo[at:], hi[at:], *sums))

    pairs = close_up((lo, hi, total, first), [*begin.values()], run_parts(part, bounds))
    return PairSums(
        lo[:pairs], hi[:pairs], total[0, :pairs], total[1, :pairs],
        first[0, :pairs], first[1, :pairs],
    )  # fmt: skip
