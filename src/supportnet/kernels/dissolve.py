"""Time to closure when ties end after a silence and may come back.

A tie lives in one or more intervals [start, end). A wedge j–i–k is open while both its ties live
and j–k does not. Every maximal open stretch is one spell; it ends with the birth of j–k (closure),
with the end of one of its own ties (dissolution) or with the end of coverage (censored).

Here wedges must be listed, since a spell may end for a reason of its own: time O(sum of squared
degrees), memory still O(n + m + bins).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.orient import Adjacency

__all__ = ["Lives", "Spells", "lives_of_ties", "open_spells"]


class Lives(NamedTuple):
    """The intervals [start, end) in which each tie lived; tie t has rows ptr[t] to ptr[t + 1]."""

    ptr: Int64
    start: Int64
    end: Int64


class Spells(NamedTuple):
    """Spells of open wedges by bin of duration and how they ended, and what was left out.

    Bin k holds durations in ((k - 1) * width, k * width]. `excluded` counts spells that began
    before entry; `exposure` is the summed duration of the others, µs.
    """

    closed: Int64
    dissolved: Int64
    censored: Int64
    excluded: int
    exposure: float


@kernel
def _live(
    tie: Int32, times: Int64, birth: Int64, silence: int, stop: int
) -> tuple[Int64, Int64, Int64]:
    """Return ptr, start, end; events ordered by (tie, time), ties in [0, birth.size)."""
    ptr = np.zeros(birth.size + 1, np.int64)
    start = np.empty(times.size, np.int64)
    end = np.empty(times.size, np.int64)
    size = 0
    current = -1
    for row in range(times.size):
        t = tie[row]
        now = times[row]
        if now < birth[t]:
            continue
        until = min(now + silence, stop)
        if t == current and now <= end[size - 1]:
            end[size - 1] = max(end[size - 1], until)
        elif until > now:
            start[size] = now
            end[size] = until
            size += 1
            ptr[t + 1] += 1
            current = t
    for t in range(birth.size):
        ptr[t + 1] += ptr[t]
    return ptr, start[:size].copy(), end[:size].copy()


def lives_of_ties(tie: Int32, times: Int64, birth: Int64, *, silence: int, stop: int) -> Lives:
    """Return when each tie lived: from its birth until a silence has passed without an event.

    Parameters
    ----------
    tie, times
        The tie and the time of each event, ordered by (tie, time), µs.
    birth
        The birth of each tie, µs; events before it do not count.
    silence
        A tie ends this long after its last event, µs; the next event begins a new life.
    stop
        No life goes beyond it, µs. Where this is after the end of coverage, a tie that still lived
        then can be told from one that ended in that instant.
    """
    return Lives(*_live(tie, times, birth, silence, stop))


@kernel
def _find_tie(ptr: Int64, col: Int32, tie: Int32, a: int, b: int) -> int:
    """Return the tie between `a` and `b`, or -1."""
    left = ptr[a]
    right = ptr[a + 1]
    while left < right:
        middle = (left + right) // 2
        if col[middle] < b:
            left = middle + 1
        else:
            right = middle
    if left < ptr[a + 1] and col[left] == b:
        return int(tie[left])
    return -1


@kernel
def _book(
    begin: int,
    finish: int,
    kind: int,
    entry: int,
    width: int,
    tally: Int64,
    sums: Int64,
) -> None:
    """Book one spell: kind 0 closed, 1 dissolved, 2 censored; sums: excluded, whole s, rest µs."""
    if begin >= finish:
        return
    if begin < entry:
        sums[0] += 1
        return
    wait = finish - begin
    tally[kind, (wait + width - 1) // width] += 1
    sums[1] += wait // 1_000_000
    sums[2] += wait % 1_000_000


@kernel
def _book_stretch(
    begin: int,
    finish: int,
    third: int,
    life: Int64,
    start: Int64,
    end: Int64,
    stop: int,
    entry: int,
    width: int,
    tally: Int64,
    sums: Int64,
) -> None:
    """Book the spells within one stretch [begin, finish) in which both ties of the wedge live."""
    if third >= 0:
        for row in range(life[third], life[third + 1]):
            if end[row] <= begin:
                continue
            if start[row] >= finish:
                break
            _book(begin, start[row], 0, entry, width, tally, sums)
            begin = end[row]
            if begin >= finish:
                return
    kind = 2 if finish > stop else 1
    _book(begin, min(finish, stop), kind, entry, width, tally, sums)


@kernel
def _spell_rows(
    ptr: Int64,
    col: Int32,
    tie: Int32,
    life: Int64,
    start: Int64,
    end: Int64,
    stop: int,
    entry: int,
    width: int,
    bins: int,
) -> tuple[Int64, Int64]:
    """Return the tally (kind, bin) and the sums of `_book` over all wedges."""
    tally = np.zeros((3, bins), np.int64)
    sums = np.zeros(3, np.int64)
    for i in range(ptr.size - 1):
        for p in range(ptr[i], ptr[i + 1]):
            for q in range(p + 1, ptr[i + 1]):
                third = _find_tie(ptr, col, tie, col[p], col[q])
                a = life[tie[p]]
                b = life[tie[q]]
                while a < life[tie[p] + 1] and b < life[tie[q] + 1]:
                    begin = max(start[a], start[b])
                    finish = min(end[a], end[b])
                    if begin < finish:
                        _book_stretch(
                            begin, finish, third, life, start, end, stop, entry, width, tally, sums
                        )
                    if end[a] < end[b]:
                        a += 1
                    else:
                        b += 1
    return tally, sums


def open_spells(
    graph: Adjacency, lives: Lives, *, stop: int, entry: int, width: int, bins: int
) -> Spells:
    """Book every spell of every open wedge.

    Parameters
    ----------
    graph
        Both ends of every tie.
    lives
        When each tie lived.
    stop
        The end of coverage, µs; spells of ties that live beyond it are censored there.
    entry
        Spells that began before it are excluded and counted, µs.
    width, bins
        The width of a bin in µs and their number.
    """
    tally, sums = _spell_rows(graph.ptr, graph.col, graph.tie, *lives, stop, entry, width, bins)
    exposure = float(sums[1]) * 1e6 + float(sums[2])
    return Spells(tally[0], tally[1], tally[2], int(sums[0]), exposure)
