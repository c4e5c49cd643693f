"""Three-event patterns in which one person takes part in every event.

Along the events of each person in time one window slides, and every event is booked as the third of
a pattern. Kept for each partner p of that person over the events in the window, by direction d:

* held[d]: events; pairs[d, e]: ordered pairs with this partner;
* since[d, e]: for the events d, the sum of all e-events of the person up to and with them;
* before[e, d]: for the events e, the sum of all d-events of the person before them.

With those, the events between two of one partner, or before one, follow by subtraction from the
running numbers `seen` (all so far) and `gone` (those that left the window). The fourteen numbers of
a partner lie together, since each event needs them all.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.prefetch import AHEAD, prefetch
from supportnet.kernels.split import even_bounds, run_parts

__all__ = ["count_stars", "person_events"]

# Where the numbers of a partner begin, in the order above.
_HELD: Final = 0
_PAIRS: Final = 2
_SINCE: Final = 6
_BEFORE: Final = 10
_NUMBERS: Final = 14


@kernel
def _fill_events(tail: Int32, head: Int32, ptr: Int64, events: Int32) -> None:
    """Write the events of each person, and where they begin."""
    for row in range(tail.size):
        ptr[tail[row] + 1] += 1
        ptr[head[row] + 1] += 1
    for i in range(ptr.size - 1):
        ptr[i + 1] += ptr[i]
    fill = ptr[:-1].copy()
    for row in range(tail.size):
        if row + AHEAD < tail.size:
            prefetch(fill, tail[row + AHEAD])
            prefetch(fill, head[row + AHEAD])
        a, b = tail[row], head[row]
        events[fill[a], 0] = row
        events[fill[a], 1] = 2 * b
        fill[a] += 1
        events[fill[b], 0] = row
        events[fill[b], 1] = 2 * a + 1
        fill[b] += 1


def person_events(tail: Int32, head: Int32, n: int) -> tuple[Int64, Int32]:
    """Return for each person its events in order.

    Parameters
    ----------
    tail, head
        Who wrote to whom, rows in time order.
    n
        The number of persons, below 2³⁰.

    Returns
    -------
    ptr
        Person i has the events ptr[i] to ptr[i + 1].
    events : array of shape (2 · rows, 2)
        The row, and twice the partner, plus one where the partner wrote.
    """
    ptr, events = np.zeros(n + 1, np.int64), np.empty((2 * tail.size, 2), np.int32)
    _fill_events(tail, head, ptr, events)
    return ptr, events


@kernel
def _leave(own: Int64, d: int, then: Int64, sums: Int64) -> None:
    """Take the oldest event out of the window; `then` is what had been seen before it."""
    own[_HELD + d] -= 1
    sums[6 + d] += 1
    for e in range(2):
        own[_PAIRS + 2 * d + e] -= own[_HELD + e]
        sums[2 * d + e] -= own[_HELD + e]
        own[_SINCE + 2 * d + e] -= then[e] + (1 if e == d else 0)
        own[_BEFORE + 2 * d + e] -= then[e]


@kernel
def _book(own: Int64, f: int, sums: Int64, found: Int64) -> None:
    """Book an event in direction `f` as the third of every pattern it ends."""
    for d in range(2):
        for e in range(2):
            same = own[_PAIRS + 2 * d + e]
            found[0, d, e, f] += sums[2 * d + e] - same
            found[1, d, e, f] += own[_HELD + d] * sums[4 + e] - own[_SINCE + 2 * d + e] - same
            found[2, d, e, f] += own[_BEFORE + 2 * e + d] - own[_HELD + e] * sums[6 + d] - same
            found[3, d, e, f] += same


@kernel
def _enter(own: Int64, f: int, sums: Int64) -> None:
    """Put an event in direction `f` into the window."""
    for e in range(2):
        own[_PAIRS + 2 * e + f] += own[_HELD + e]
        sums[2 * e + f] += own[_HELD + e]
        own[_SINCE + 2 * f + e] += sums[4 + e] + (1 if e == f else 0)
        own[_BEFORE + 2 * f + e] += sums[4 + e]
    own[_HELD + f] += 1
    sums[4 + f] += 1


@kernel
def _slide_stretch(
    events: Int32, since: Int32, partner: Int32, numbers: Int64, then: Int64, found: Int64
) -> None:
    """Slide the window along a stretch of events of one person.

    Lent by the caller and left as they were: `partner` (-1) numbers the persons met, `numbers` (0)
    holds theirs, `then` what had been seen before each event, needed again when it leaves.
    """
    # Ordered pairs with one partner by direction, then what was seen and what is gone.
    sums = np.zeros(8, np.int64)
    oldest = 0
    met = 0
    for k in range(events.shape[0]):
        while events[oldest, 0] < since[events[k, 0]]:
            other = events[oldest, 1]
            _leave(numbers[partner[other >> 1]], other & 1, then[oldest], sums)
            oldest += 1
        other = events[k, 1]
        if partner[other >> 1] < 0:
            partner[other >> 1] = met
            met += 1
        then[k, 0] = sums[4]
        then[k, 1] = sums[5]
        own = numbers[partner[other >> 1]]
        _book(own, other & 1, sums, found)
        _enter(own, other & 1, sums)
    numbers[:met] = 0
    for k in range(events.shape[0]):
        partner[events[k, 1] >> 1] = -1


@kernel
def _star_rows(ptr: Int64, events: Int32, since: Int32, first: int, last: int) -> Int64:
    """Count the patterns of the persons in [first, last)."""
    found = np.zeros((4, 2, 2, 2), np.int64)
    longest = 0
    for u in range(first, last):
        longest = max(longest, ptr[u + 1] - ptr[u])
    partner = np.full(ptr.size, -1, np.int32)
    numbers = np.zeros((longest, _NUMBERS), np.int64)
    then = np.empty((longest, 2), np.int64)
    for u in range(first, last):
        begin = ptr[u]
        while begin < ptr[u + 1]:
            # A stretch ends where nothing in the window is left: no pattern goes across.
            end = begin + 1
            while end < ptr[u + 1] and since[events[end, 0]] <= events[end - 1, 0]:
                if end + AHEAD < ptr[u + 1]:
                    prefetch(since, events[end + AHEAD, 0])
                end += 1
            if end - begin > 2:
                _slide_stretch(events[begin:end], since, partner, numbers, then, found)
            begin = end
    return found


def count_stars(ptr: Int64, events: Int32, since: Int32, *, threads: int | None = None) -> Int64:
    """Count patterns by (which events share a partner, direction of each event).

    Parameters
    ----------
    ptr, events
        The events of each person, from :func:`person_events`.
    since
        For each row the first one within the time limit before it.
    threads
        How many ranges of persons to make; by default as many as are worth it.

    Returns
    -------
    array of shape (4, 2, 2, 2)
        Sharing 0: events 1 and 2; 1: events 1 and 3; 2: events 2 and 3; 3: all three. Direction 0:
        the person wrote; 1: the partner wrote. A pattern on two persons (sharing 3) is met from
        either end, once with the first direction 0 and once with 1.
    """
    bounds = [(0, ptr.size - 1)] if threads == 1 else even_bounds(ptr)
    parts = run_parts(lambda first, last: _star_rows(ptr, events, since, first, last), bounds)
    return np.asarray(np.sum(parts, axis=0), np.int64)
