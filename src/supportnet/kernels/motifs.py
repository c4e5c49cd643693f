"""Ordered three-event patterns on at most three persons within a time limit.

The three events are ordered by row, so equal times keep record order, and the third comes at most
`limit` after the first. Persons are named by first appearance: the first event is always 0→1, the
second and the third are each one of 01, 10, 02, 20, 12, 21. That makes 36 patterns in three kinds:

* on two persons (4), counted along each pair;
* stars (24), where one person takes part in all events: counted along the events of each person;
* triangles (8), counted along the merged events of the three ties of each triangle.

Each count slides one window over a sequence of events; nothing is listed. Memory is O(events +
persons + ties). This follows the idea of Paranjape, Benson and Leskovec (2017); the star count is
our own, since it must tell triples by the distance of first and third event in every case.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.merge import slide_triangles
from supportnet.kernels.orient import Forward
from supportnet.kernels.split import run_parts, work_bounds
from supportnet.kernels.stars import count_stars, person_rows

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
    graph: Forward,
    lo: Int32,
    hi: Int32,
    tie_starts: Int64,
    tie_rows: Int32,
    tail: Int32,
    head: Int32,
    times: Int64,
    *,
    limit: int,
    threads: int | None = None,
) -> Int64:
    """Return the number of instances of each pattern of :data:`MOTIFS`.

    Parameters
    ----------
    graph
        The forward graph of the ties.
    lo, hi
        The ends of each tie.
    tie_starts, tie_rows
        The events of each tie in row order: tie t has tie_rows[tie_starts[t] : tie_starts[t + 1]].
    tail, head, times
        Who wrote to whom when, rows in time order, µs.
    limit
        The third event comes at most this long after the first, µs.
    threads
        See :func:`supportnet.kernels.split.work_bounds`.
    """
    tie = np.empty(tail.size, np.int32)
    tie[tie_rows] = np.repeat(np.arange(lo.size, dtype=np.int32), np.diff(tie_starts))
    ptr, rows = person_rows(tail, head, graph.rank.size)
    stars = count_stars(ptr, rows, tail, tie, times, limit, lo.size)
    found = np.zeros(len(MOTIFS), np.int64)
    # A pattern on two persons was met from both; the one who wrote first speaks for it.
    stars[3, 1] = 0
    np.add.at(found, _STAR_PATTERNS, stars)
    way = np.asarray(tail != lo[tie], np.int8)
    lower_is_lo = np.asarray(graph.rank[lo] < graph.rank[hi], np.int8)

    def part(first: int, last: int) -> Int64:
        """Count the patterns of one range of rows."""
        counts: Int64 = slide_triangles(
            graph.ptr, graph.col, graph.tie, lower_is_lo, tie_starts, tie_rows, way, times, limit,
            _TRIANGLE_PATTERNS, first, last,
        )  # fmt: skip
        return counts

    for counts in run_parts(part, work_bounds(graph.ptr, graph.col, threads)):
        found += counts
    return found
