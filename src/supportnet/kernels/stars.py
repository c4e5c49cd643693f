"""Three-event patterns in which one person takes part in every event.

Along the events of each person in time one window slides, and every event is booked as the third of
a pattern. Kept for each partner p of that person over the events in the window, by direction d:

* held[p, d]: events; pairs[p, d, e]: ordered pairs with this partner;
* since[p, d, e]: for the events d, the sum of all e-events of the person up to and with them;
* before[p, e, d]: for the events e, the sum of all d-events of the person before them.

With those, the events between two of one partner, or before one, follow by subtraction from the
running numbers `seen` (all so far) and `gone` (those that left the window).
"""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.jit import kernel

__all__ = ["count_stars", "person_rows"]


@kernel
def person_rows(tail: Int32, head: Int32, n: int) -> tuple[Int64, Int32]:
    """Return for each person the rows of its events in order: ptr, rows."""
    ptr = np.zeros(n + 1, np.int64)
    for row in range(tail.size):
        ptr[tail[row] + 1] += 1
        ptr[head[row] + 1] += 1
    for i in range(n):
        ptr[i + 1] += ptr[i]
    rows = np.empty(2 * tail.size, np.int32)
    fill = ptr[:-1].copy()
    for row in range(tail.size):
        a, b = tail[row], head[row]
        rows[fill[a]] = row
        fill[a] += 1
        rows[fill[b]] = row
        fill[b] += 1
    return ptr, rows


@kernel
def _leave(
    p: int,
    d: int,
    then: Int64,
    held: Int64,
    pairs: Int64,
    since: Int64,
    before: Int64,
    pair_sum: Int64,
    gone: Int64,
) -> None:
    """Take the oldest event out of the window; `then` is what had been seen before it."""
    held[p, d] -= 1
    gone[d] += 1
    for e in range(2):
        pairs[p, d, e] -= held[p, e]
        pair_sum[d, e] -= held[p, e]
        since[p, d, e] -= then[e] + (1 if e == d else 0)
        before[p, d, e] -= then[e]


@kernel
def _book(
    p: int,
    f: int,
    held: Int64,
    pairs: Int64,
    since: Int64,
    before: Int64,
    pair_sum: Int64,
    seen: Int64,
    gone: Int64,
    found: Int64,
) -> None:
    """Book an event of partner `p` in direction `f` as the third of every pattern it ends."""
    for d in range(2):
        for e in range(2):
            same = pairs[p, d, e]
            found[0, d, e, f] += pair_sum[d, e] - same
            found[1, d, e, f] += held[p, d] * seen[e] - since[p, d, e] - same
            found[2, d, e, f] += before[p, e, d] - held[p, e] * gone[d] - same
            found[3, d, e, f] += same


@kernel
def _enter(
    p: int,
    f: int,
    held: Int64,
    pairs: Int64,
    since: Int64,
    before: Int64,
    pair_sum: Int64,
    seen: Int64,
) -> None:
    """Put an event of partner `p` in direction `f` into the window."""
    for e in range(2):
        pairs[p, e, f] += held[p, e]
        pair_sum[e, f] += held[p, e]
        since[p, f, e] += seen[e] + (1 if e == f else 0)
        before[p, f, e] += seen[e]
    held[p, f] += 1
    seen[f] += 1


@kernel
def _slide_person(
    own: Int32, partner: Int32, way: Int64, times: Int64, limit: int, partners: int, found: Int64
) -> None:
    """Slide the window along the events `own` of one person; partners are numbered from 0."""
    held = np.zeros((partners, 2), np.int64)
    pairs = np.zeros((partners, 2, 2), np.int64)
    since = np.zeros((partners, 2, 2), np.int64)
    before = np.zeros((partners, 2, 2), np.int64)
    pair_sum = np.zeros((2, 2), np.int64)
    seen = np.zeros(2, np.int64)
    gone = np.zeros(2, np.int64)
    # What had been seen before each event, needed again when it leaves the window.
    then = np.empty((own.size, 2), np.int64)
    oldest = 0
    for k in range(own.size):
        while times[own[k]] - times[own[oldest]] > limit:
            p, d = partner[oldest], way[oldest]
            _leave(p, d, then[oldest], held, pairs, since, before, pair_sum, gone)
            oldest += 1
        then[k] = seen
        p, d = partner[k], way[k]
        _book(p, d, held, pairs, since, before, pair_sum, seen, gone, found)
        _enter(p, d, held, pairs, since, before, pair_sum, seen)


@kernel
def count_stars(
    ptr: Int64, rows: Int32, tail: Int32, tie: Int32, times: Int64, limit: int, ties: int
) -> Int64:
    """Count patterns by (which events share a partner, direction of each event).

    Sharing 0: events 1 and 2; 1: events 1 and 3; 2: events 2 and 3; 3: all three. Direction 0: the
    person wrote; 1: the partner wrote. A pattern on two persons (sharing 3) is met from either end,
    once with the first direction 0 and once with 1. `ptr` and `rows` are the events of each
    person, `tie` numbers the pair of each event.
    """
    found = np.zeros((4, 2, 2, 2), np.int64)
    slot = np.full(ties, -1, np.int32)
    for u in range(ptr.size - 1):
        own = rows[ptr[u] : ptr[u + 1]]
        if own.size < 3:
            continue
        partner = np.empty(own.size, np.int32)
        way = np.empty(own.size, np.int64)
        partners = 0
        for k in range(own.size):
            t = tie[own[k]]
            if slot[t] < 0:
                slot[t] = partners
                partners += 1
            partner[k] = slot[t]
            way[k] = 0 if tail[own[k]] == u else 1
        _slide_person(own, partner, way, times, limit, partners, found)
        for k in range(own.size):
            slot[tie[own[k]]] = -1
    return found
