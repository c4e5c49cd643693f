"""Group messages by unordered pair, keeping their order in time, without comparing any two.

The key of a message holds both persons and who of them wrote; a few passes of counting over it cost
less than one sort, and leave the pairs' persons and bounds to be read off in order.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.prefetch import AHEAD, prefetch
from supportnet.kernels.radix import Keys, pair_key, sort_keys
from supportnet.kernels.split import row_bounds, run_parts, thread_count
from supportnet.kernels.stretches import stretches

__all__ = ["Directions", "direction_rows", "group_pairs"]


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
        Bits that hold every person: see :func:`supportnet.kernels.radix.id_digits`; at most 31.

    Returns
    -------
    order, up, when, lo, hi, starts
        `rows` by pair; whether the lower person wrote each, and its time; and per pair, ascending,
        its persons and where its messages begin, with their number at the end.
    """
    key = np.empty(rows.size, np.uint64)
    run_parts(lambda a, b: _keys(author, other, rows[a:b], bits, key[a:b]), row_bounds(key.size))
    # The lowest digit says who wrote; it must not disturb the order in time.
    key, order = sort_keys(key, rows.copy(), low=1, high=2 * bits + 1)
    bounds, before, pairs = stretches(key)
    up, when = np.empty(rows.size, np.bool_), np.empty(rows.size, np.int64)
    lo, hi = np.empty(pairs, np.int32), np.empty(pairs, np.int32)
    starts = np.full(pairs + 1, rows.size, np.int64)

    def read(a: int, b: int) -> None:
        """Read a stretch of whole pairs."""
        mine, at = slice(a, b), before[a, b]
        own = up[mine], when[mine], lo[at:], hi[at:], starts[at:]
        _read_pairs(key[mine], order[mine], times, bits, a, *own)

    run_parts(read, bounds)
    return order, up, when, lo, hi, starts


@kernel
def _keys(author: Int32, other: Int32, rows: Int32, bits: int, key: Keys) -> None:
    """Write lower person, higher person and whether the lower wrote, as one number per row."""
    for i in range(rows.size):
        if i + AHEAD < rows.size:
            prefetch(author, rows[i + AHEAD])
            prefetch(other, rows[i + AHEAD])
        a, b = author[rows[i]], other[rows[i]]
        key[i] = (pair_key(a, b, bits) << np.uint64(1)) | np.uint64(a < b)


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
        if i + AHEAD < keys.size:
            prefetch(times, order[i + AHEAD])
        up[i] = keys[i] & one
        when[i] = times[order[i]]
        if i == 0 or keys[i] >> one != keys[i - 1] >> one:
            pair += 1
            starts[pair] = before + i
            both = keys[i] >> one
            lo[pair] = np.int32(both >> np.uint64(bits))
            hi[pair] = np.int32(both & low_part)


class Directions(NamedTuple):
    """The directions of pairs, and the rows of each.

    Attributes
    ----------
    starts, rows
        Where each direction begins among the rows sorted by direction, then their number, and these
        rows; directions stand here as their pairs do, the one from the higher person first.
    place
        The place of each of them in the order of author and other.
    author, other
        The persons of each direction, in that order.
    """

    starts: Int64
    rows: Int32
    place: Int32
    author: Int32
    other: Int32


def direction_rows(lo: Int32, hi: Int32, pair: Int32, up: Bools, n_people: int) -> Directions:
    """Group rows by direction.

    Rows stay near those of their pair, because looking for them all over memory costs more than
    what is done with them; only results are put in the order of author and other.

    Parameters
    ----------
    lo, hi
        The persons of each pair; pairs ascend.
    pair, up
        The pair of each row, ascending, and whether it counts for the lower person.
    n_people
        More than the greatest person.

    Returns
    -------
    Directions
        Those that have any row.
    """
    threads = thread_count(pair.size)
    cuts = [int(pair[pair.size * part // threads]) for part in range(1, threads)]
    bounds = list(pairwise([0, *cuts, lo.size]))
    begin = dict(zip(bounds, np.searchsorted(pair, [low for low, _ in bounds]), strict=True))
    turn = {bound: k for k, bound in enumerate(bounds)}
    first, ups = np.empty(lo.size + 1, np.int64), np.empty(lo.size, np.int32)
    first[lo.size] = pair.size
    below, above = (np.zeros((len(bounds), n_people), np.int32) for _ in range(2))

    def count(low: int, high: int) -> int:
        k = turn[low, high]
        return int(
            _count_directions(
                lo, hi, pair, up, low, high, begin[low, high], below[k], above[k], first, ups
            )
        )

    ends = np.cumsum([0, *run_parts(count, bounds)])
    total = int(ends[-1])
    author, other, place = (np.empty(total, np.int32) for _ in range(3))
    _number_directions(below, above, author)
    starts, rows = np.empty(total + 1, np.int64), np.empty(pair.size, np.int32)
    starts[total] = pair.size

    def fill(low: int, high: int) -> None:
        k = turn[low, high]
        own = slice(ends[k], ends[k + 1])
        _fill_directions(
            lo, hi, up, low, high, first, ups, below[k], above[k], starts[own], place[own], other,
            rows,
        )  # fmt: skip

    run_parts(fill, bounds)
    return Directions(starts, rows, place, author, other)


@kernel
def _count_directions(
    lo: Int32,
    hi: Int32,
    pair: Int32,
    up: Bools,
    low: int,
    high: int,
    row: int,
    below: Int32,
    above: Int32,
    first: Int64,
    ups: Int32,
) -> int:
    """Count the directions of some pairs by author, and note where the rows of each pair begin."""
    found = 0
    for p in range(low, high):
        first[p], ups[p] = row, 0
        while row < pair.size and pair[row] == p:
            ups[p] += up[row]
            row += 1
        has_up, has_down = ups[p] > 0, row - first[p] > ups[p]
        # An author first addresses those below, as the higher person of the pair, then those above.
        below[hi[p]] += has_down
        above[lo[p]] += has_up
        found += has_up + has_down
    return found


@kernel
def _number_directions(below: Int32, above: Int32, author: Int32) -> None:
    """Turn counts by part and person into the first number of each, and write the authors."""
    total = 0
    for person in range(below.shape[1]):
        begin = total
        for counts in (below, above):
            for part in range(below.shape[0]):
                own = counts[part, person]
                counts[part, person] = total
                total += own
        for at in range(begin, total):
            author[at] = person


@kernel
def _fill_directions(
    lo: Int32,
    hi: Int32,
    up: Bools,
    low: int,
    high: int,
    first: Int64,
    ups: Int32,
    below: Int32,
    above: Int32,
    starts: Int64,
    place: Int32,
    other: Int32,
    rows: Int32,
) -> None:
    """Write down the directions of some pairs, their places, and their rows."""
    found = 0
    for p in range(low, high):
        begin, end = first[p], first[p + 1]
        down, higher = begin, end - ups[p]
        if higher > begin:
            at = below[hi[p]]
            below[hi[p]] = at + 1
            starts[found], place[found], other[at] = begin, at, lo[p]
            found += 1
        if higher < end:
            at = above[lo[p]]
            above[lo[p]] = at + 1
            starts[found], place[found], other[at] = higher, at, hi[p]
            found += 1
        for row in range(begin, end):
            if up[row]:
                rows[higher] = row
                higher += 1
            else:
                rows[down] = row
                down += 1
