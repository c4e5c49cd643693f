"""Ordered three-event patterns on at most three persons within a time limit.

The three events are ordered by row, so equal times keep record order, and the third comes at most
`limit` after the first. Persons are named by first appearance: the first event is always 0→1, the
second and the third are each one of 01, 10, 02, 20, 12, 21. That makes 36 patterns in three kinds:

* on two persons (4), counted along each pair;
* stars (24), where one person takes part in all events: counted along the events of each person;
* triangles (8), counted along those events of the three ties of each that lie close together.

Each count slides one window over a sequence of events; nothing is listed. Memory is O(events +
persons + ties). This follows the idea of Paranjape, Benson and Leskovec (2017); the star count is
our own, since it must tell triples by the distance of first and third event in every case.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

from supportnet.kernels.dtypes import Int8, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.merge import first_within, last_within, merge_triangles
from supportnet.kernels.orient import forward_graph
from supportnet.kernels.radix import id_digits, pair_keys, sort_keys
from supportnet.kernels.split import run_parts, walk_bounds
from supportnet.kernels.stars import count_stars, person_events

__all__ = ["MOTIFS", "count_motifs", "pattern_of"]

_STEPS: Final = ("01", "10", "02", "20", "12", "21")

#: The 36 patterns in order: second event, then third; "01 12 02" is 0→1, 1→2, 0→2.
MOTIFS: Final = tuple(f"01 {second} {third}" for second in _STEPS for third in _STEPS)


def pattern_of(events: list[tuple[object, object]]) -> str:
    """Name the pattern of three events (author, other) on at most three persons.

    Examples
    --------
    >>> pattern_of([("b", "a"), ("a", "c"), ("b", "c")])
    '01 12 02'
    """
    names: dict[object, str] = {}
    words = []
    for pair in events:
        for person in pair:
            names.setdefault(person, str(len(names)))
        words.append("".join(names[person] for person in pair))
    return " ".join(words)


def _star_patterns() -> Int64:
    """Return the pattern number by (which two events share a partner, direction of each event).

    The axes are those of :func:`supportnet.kernels.stars.count_stars`.
    """
    table = np.empty((4, 2, 2, 2), np.int64)
    for sharing, partners in enumerate(("xxy", "xyx", "yxx", "xxx")):
        for ways in product((0, 1), repeat=3):
            events: list[tuple[object, object]] = [
                ("u", partner) if way == 0 else (partner, "u")
                for partner, way in zip(partners, ways, strict=True)
            ]
            table[(sharing, *ways)] = MOTIFS.index(pattern_of(events))
    return table


def _triangle_patterns() -> Int64:
    """Return the pattern number by three arcs on three different sides of a triangle, else -1.

    Arc 2s + d lies on side s (uv, uw, vw); d is 1 where it runs against the alphabet.
    """
    sides = (("u", "v"), ("u", "w"), ("v", "w"))
    table = np.full((6, 6, 6), -1, np.int64)
    for arcs in product(range(6), repeat=3):
        if len({arc // 2 for arc in arcs}) == 3:
            events: list[tuple[object, object]] = [
                sides[arc // 2] if arc % 2 == 0 else sides[arc // 2][::-1] for arc in arcs
            ]
            table[arcs] = MOTIFS.index(pattern_of(events))
    return table


_STAR_PATTERNS: Final = _star_patterns()
_TRIANGLE_PATTERNS: Final = _triangle_patterns()


def count_motifs(
    tail: Int32, head: Int32, times: Int64, n: int, *, limit: int, threads: int | None = None
) -> Int64:
    """Return the number of instances of each pattern of :data:`MOTIFS`.

    Parameters
    ----------
    tail, head, times
        Who wrote to whom when, rows in time order, µs.
    n
        The number of persons; both ends lie in [0, n).
    limit
        The third event comes at most this long after the first, µs.
    threads
        See :func:`supportnet.kernels.split.walk_bounds`.
    """
    since = first_within(times, limit)
    stars = count_stars(*person_events(tail, head, n), since, threads=threads)
    found = np.zeros(len(MOTIFS), np.int64)
    # A pattern on two persons was met from both; the one who wrote first speaks for it.
    stars[3, 1] = 0
    np.add.at(found, _STAR_PATTERNS, stars)
    lo, hi, starts, in_pairs = _by_pair(tail, head, n)
    graph = forward_graph(lo, hi, n)
    event_ptr = np.zeros(graph.tie.size + 1, np.int64)
    np.cumsum(np.diff(starts)[graph.tie], out=event_ptr[1:])
    rows, way = np.empty(tail.size, np.int32), np.empty(tail.size, np.int8)
    _by_slot(graph.tie, starts, in_pairs, tail, lo, event_ptr, rows, way)
    del starts, in_pairs
    flip = np.asarray(graph.rank[lo] > graph.rank[hi], np.int8)[graph.tie]
    until = last_within(times, limit)

    def part(first: int, last: int) -> Int64:
        """Count the patterns of one range of middles."""
        counts: Int64 = merge_triangles(
            *graph.walk, first, last, event_ptr, rows, way, flip, since, until, _TRIANGLE_PATTERNS
        )
        return counts

    for counts in run_parts(part, walk_bounds(graph.walk, threads)):
        found += counts
    return found


def _by_pair(tail: Int32, head: Int32, n: int) -> tuple[Int32, Int32, Int64, Int32]:
    """Return the pairs, where the rows of each begin, and the rows pair by pair in order."""
    digits = id_digits(n - 1)
    key, rows = sort_keys(pair_keys(tail, head, digits), high=2 * digits)
    opens = np.ones(key.size, np.bool_)
    np.not_equal(key[1:], key[:-1], out=opens[1:])
    starts = np.append(np.flatnonzero(opens), key.size)
    key = key[starts[:-1]]
    lo, hi = key >> np.uint64(digits), key & np.uint64((1 << digits) - 1)
    return lo.astype(np.int32), hi.astype(np.int32), starts, rows


@kernel
def _by_slot(
    tie: Int32,
    tie_starts: Int64,
    tie_rows: Int32,
    tail: Int32,
    lo: Int32,
    event_ptr: Int64,
    rows: Int32,
    way: Int8,
) -> None:
    """Write the events of each slot: the row, and 1 where the higher person wrote."""
    for k in range(tie.size):
        t = tie[k]
        to = event_ptr[k]
        for place in range(tie_starts[t], tie_starts[t + 1]):
            rows[to] = tie_rows[place]
            way[to] = tail[tie_rows[place]] != lo[t]
            to += 1
