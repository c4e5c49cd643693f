"""Sort whole numbers in linear time, eight binary digits at a time.

A pass moves every key to one of 256 places, so all that is written stays within reach of the
caches, however long the array is. Counting sorts with one place for each person are quicker on
small networks and several times slower on large ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.split import row_bounds, run_parts

__all__ = ["Keys", "id_digits", "pair_key", "pair_keys", "sort_alone", "sort_keys"]

Keys = NDArray[np.uint64]

_DIGITS: Final = 8


@kernel
def _counts(key: Keys, shift: int) -> Int64:
    """Return how many keys have each digit."""
    found = np.zeros(256, np.int64)
    for i in range(key.size):
        found[(key[i] >> np.uint64(shift)) & np.uint64(255)] += 1
    return found


@kernel
def _move(key: Keys, row: Int32, to: Keys, row_to: Int32, start: Int64, shift: int) -> None:
    """Move keys, and what goes with them, to the places of one digit."""
    for i in range(key.size):
        digit = (key[i] >> np.uint64(shift)) & np.uint64(255)
        place = start[digit]
        start[digit] = place + 1
        to[place] = key[i]
        row_to[place] = row[i]


@kernel
def _move_alone(key: Keys, to: Keys, start: Int64, shift: int) -> None:
    """Move keys to the places of one digit."""
    for i in range(key.size):
        digit = (key[i] >> np.uint64(shift)) & np.uint64(255)
        to[start[digit]] = key[i]
        start[digit] += 1


def sort_keys(
    key: Keys, row: Int32 | None = None, *, low: int = 0, high: int = 64
) -> tuple[Keys, Int32]:
    """Sort keys by their binary digits from `low` up to `high`; equal keys keep their order.

    Parameters
    ----------
    key
        The keys, without digits from `high` on; overwritten.
    row
        A number that goes with each key, overwritten; by default the place it came from.
    low, high
        The first digit that counts and the first that no longer does.

    Returns
    -------
    key, row
        Both in the new order.
    """
    rows = np.arange(key.size, dtype=np.int32) if row is None else row
    # Made by numpy, which asks for large pages: that alone saves a fifth of the time.
    to, rows_to = np.empty_like(key), np.empty_like(rows)

    def move(first: int, last: int, start: Int64, shift: int) -> None:
        """Move a stretch of the keys as they lie now."""
        _move(key[first:last], rows[first:last], to, rows_to, start, shift)

    for shift in range(low, high, _DIGITS):
        _pass(key, shift, move)
        key, to, rows, rows_to = to, key, rows_to, rows
    return key, rows


def sort_alone(key: Keys, *, high: int = 64) -> Keys:
    """Sort keys that nothing goes with by their binary digits up to `high`; overwritten."""
    to = np.empty_like(key)

    def move(first: int, last: int, start: Int64, shift: int) -> None:
        """Move a stretch of the keys as they lie now."""
        _move_alone(key[first:last], to, start, shift)

    for shift in range(0, high, _DIGITS):
        _pass(key, shift, move)
        key, to = to, key
    return key


def _pass(key: Keys, shift: int, move: Callable[[int, int, Int64, int], None]) -> None:
    """Let each thread move its own stretch of keys, told where those of each digit begin."""
    bounds = row_bounds(key.size)
    counts = np.array(run_parts(lambda first, last: _counts(key[first:last], shift), bounds))
    # Digit by digit, and within a digit stretch by stretch, so that equal keys keep their order.
    ends = np.cumsum(counts.T.ravel()).reshape(256, len(bounds)).T
    starts = dict(zip(bounds, ends - counts, strict=True))
    run_parts(lambda a, b: move(a, b, np.ascontiguousarray(starts[a, b]), shift), bounds)


def id_digits(most: int) -> int:
    """Return how many binary digits the ids of persons up to `most` need."""
    return max(int(most), 1).bit_length()


@kernel
def pair_key(one: np.int32, other: np.int32, digits: int) -> np.uint64:
    """Return a number that orders by the lower, then by the higher of two numbers.

    Both have at most `digits` binary digits.
    """
    a = np.uint64(one)
    b = np.uint64(other)
    return (min(a, b) << np.uint64(digits)) | max(a, b)


@kernel
def pair_keys(one: Int32, other: Int32, digits: int) -> Keys:
    """Return the :func:`pair_key` of each row."""
    key = np.empty(one.size, np.uint64)
    for i in range(one.size):
        key[i] = pair_key(one[i], other[i], digits)
    return key
