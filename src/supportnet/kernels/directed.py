"""Time to closure of directed paths: i→j and j→k, closed by i→k.

The same bookkeeping as for undirected wedges, over arcs. Arc 2t is lo→hi of tie t and arc 2t + 1
is hi→lo. Arcs are numbered in order of birth; a path i→j→k opens with its younger arc. The arc i→k
closes it when born later, and shuts it from the first instant when born before or together with it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.order import time_order
from supportnet.kernels.orient import Forward
from supportnet.kernels.prefetch import AHEAD, LINE, prefetch
from supportnet.kernels.split import run_parts, walk_bounds

__all__ = ["Arcs", "PathClosures", "order_arcs", "path_closures", "paths_opened"]


class Arcs(NamedTuple):
    """Arcs in order of birth.

    Attributes
    ----------
    tail, head
        Who wrote to whom.
    birth
        Ascending, µs.
    forward, backward
        Per tie: the number of the arc lo→hi and of hi→lo, -1 where there is none.
    """

    tail: Int32
    head: Int32
    birth: Int64
    forward: Int32
    backward: Int32


class PathClosures(NamedTuple):
    """What the triangles say about open directed paths, per arc and per bin of waiting time.

    Attributes
    ----------
    blocked
        Per arc: paths it would have opened that were shut from the first instant.
    closed
        Per arc: paths it opened that were closed later.
    closing
        Per arc: paths in the risk set that it closed.
    events
        Per bin of time to closure: paths in the risk set that closed.
    """

    blocked: Int32
    closed: Int32
    closing: Int32
    events: Int64


def order_arcs(lo: Int32, hi: Int32, forward_us: Int64, backward_us: Int64) -> Arcs:
    """Sort the arcs of all ties by birth; a birth below 0 means there is no such arc."""
    birth = np.concatenate([forward_us, backward_us])
    kept = np.flatnonzero(birth >= 0)
    kept = kept[time_order(birth[kept])]
    number = np.full(birth.size, -1, np.int32)
    number[kept] = np.arange(kept.size, dtype=np.int32)
    tail = np.concatenate([lo, hi])[kept]
    head = np.concatenate([hi, lo])[kept]
    return Arcs(tail, head, birth[kept], number[: lo.size], number[lo.size :])


@kernel
def _triple(
    one: int,
    two: int,
    third: int,
    birth: Int64,
    entry: int,
    width: int,
    tally: Int32,
    events: Int64,
) -> None:
    """Book the path `one`, `two` whose shortcut is the arc `third`; -1 means no such arc."""
    if one < 0 or two < 0 or third < 0:
        return
    opener = max(one, two)
    opened = birth[opener]
    wait = birth[third] - opened
    if wait <= 0:
        tally[opener, 0] += 1
        return
    tally[opener, 1] += 1
    if opened >= entry:
        tally[third, 2] += 1
        events[(wait + width - 1) // width] += 1


@kernel
def _path_rows(
    ptr: Int64,
    col: Int32,
    into: Int64,
    slot: Int32,
    stop: Int32,
    first: int,
    last: int,
    up: Int32,
    down: Int32,
    birth: Int64,
    entry: int,
    width: int,
    tally: Int32,
    events: Int64,
) -> None:
    """Book the six directed paths of every triangle; `up` and `down` are arcs per slot.

    The tally of each arc is blocked, closed, closing.
    """
    mark = np.full(ptr.size, -1, np.int32)
    for v in range(first, last):
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = k
        for p in range(into[v], into[v + 1]):
            if p + AHEAD < slot.size:
                prefetch(col, slot[p + AHEAD])
                prefetch(col, slot[p + AHEAD] + LINE)
            uv, vu = up[slot[p]], down[slot[p]]
            for q in range(slot[p] + 1, stop[p]):
                place = mark[col[q]]
                if place < 0:
                    continue
                uw, wu = up[q], down[q]
                vw, wv = up[place], down[place]
                for one, two, third in (
                    (uv, vw, uw),
                    (uw, wv, uv),
                    (vu, uw, vw),
                    (vw, wu, vu),
                    (wu, uv, wv),
                    (wv, vu, wu),
                ):
                    _triple(one, two, third, birth, entry, width, tally, events)
        for k in range(ptr[v], ptr[v + 1]):
            mark[col[k]] = -1


def path_closures(
    graph: Forward,
    arcs: Arcs,
    lower_is_lo: Bools,
    *,
    entry: int,
    width: int,
    bins: int,
    threads: int | None = None,
) -> PathClosures:
    """Walk the triangles once and book their directed paths.

    Parameters
    ----------
    graph
        The forward graph of the ties.
    arcs
        Their arcs, from :func:`order_arcs`.
    lower_is_lo
        Per tie: whether its `lo` end has the lower rank in `graph`.
    entry, width, bins, threads
        As in :func:`supportnet.kernels.closure.closures_by_bin`.
    """
    up = np.where(lower_is_lo, arcs.forward, arcs.backward)[graph.tie]
    down = np.where(lower_is_lo, arcs.backward, arcs.forward)[graph.tie]

    def part(first: int, last: int) -> tuple[Int32, Int64]:
        """Walk one range of middles."""
        tally, events = np.zeros((arcs.birth.size, 3), np.int32), np.zeros(bins, np.int64)
        _path_rows(*graph.walk, first, last, up, down, arcs.birth, entry, width, tally, events)
        return tally, events

    (tally, events), *others = run_parts(part, walk_bounds(graph.walk, threads))
    for more in others:
        tally += more[0]
        events += more[1]
    blocked, closed, closing = (np.ascontiguousarray(tally[:, i]) for i in range(3))
    return PathClosures(blocked, closed, closing, events)


@kernel
def _opened(tail: Int32, head: Int32, twin: Int32, blocked: Int32, n: int) -> Int64:
    """Sweep the arcs; `twin` is the arc in the other direction, -1 where there is none."""
    inward = np.zeros(n, np.int64)
    outward = np.zeros(n, np.int64)
    opened = np.empty(tail.size, np.int64)
    for e in range(tail.size):
        a = tail[e]
        b = head[e]
        # x→a→b for every x that wrote to a, a→b→y for every y that b wrote to; never back to start.
        there_and_back = 2 if 0 <= twin[e] < e else 0
        opened[e] = inward[a] + outward[b] - there_and_back - blocked[e]
        outward[a] += 1
        inward[b] += 1
    return opened


def paths_opened(arcs: Arcs, blocked: Int32, n: int) -> Int64:
    """Return the directed paths that each arc opened, arcs in order of birth."""
    twin = np.full(arcs.tail.size, -1, np.int32)
    both = (arcs.forward >= 0) & (arcs.backward >= 0)
    twin[arcs.forward[both]] = arcs.backward[both]
    twin[arcs.backward[both]] = arcs.forward[both]
    opened: Int64 = _opened(arcs.tail, arcs.head, twin, blocked, n)
    return opened
