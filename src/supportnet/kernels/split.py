"""Share the rows of a graph among threads so that each gets the same work."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from supportnet.kernels.dtypes import Int32, Int64, Walk
from supportnet.kernels.jit import kernel

__all__ = [
    "close_up",
    "even_bounds",
    "row_bounds",
    "run_parts",
    "thread_count",
    "walk_bounds",
    "work_bounds",
]

Part = TypeVar("Part")

#: Below this many steps a thread costs more than it saves.
_STEPS_WORTH_A_THREAD = 2_000_000

#: The same for rows that are walked once.
_ROWS_WORTH_A_THREAD = 500_000

#: More threads would each need arrays of the size of the network; two already saturate memory.
_MOST_THREADS = 4


@kernel
def _row_steps(ptr: Int64, col: Int32) -> Int64:
    """Return the running number of steps to the neighbours of neighbours, up to each row."""
    n = ptr.size - 1
    steps = np.zeros(n + 1, np.int64)
    for u in range(n):
        own = 0
        for k in range(ptr[u], ptr[u + 1]):
            own += 1 + ptr[col[k] + 1] - ptr[col[k]]
        steps[u + 1] = steps[u] + own
    return steps


def work_bounds(ptr: Int64, col: Int32, threads: int | None = None) -> list[tuple[int, int]]:
    """Return row ranges of about equal work, one per thread.

    Parameters
    ----------
    ptr, col
        The graph.
    threads
        How many ranges to make; by default one per processor, at most four, and one when the
        network is small. The ranges never change a result, only how fast it comes.

    Returns
    -------
    list of (first, last)
        Half-open ranges that cover every row once.
    """
    return _equal_parts(_row_steps(ptr, col), threads)


@kernel
def _middle_steps(
    into: Int64, slot: Int32, stop: Int32, first: int, last: int, steps: Int64
) -> None:
    """Write the steps of a triangle walk at each middle of a range."""
    for v in range(first, last):
        own = 0
        for p in range(into[v], into[v + 1]):
            own += stop[p] - slot[p]
        steps[v + 1] = own


def walk_bounds(walk: Walk, threads: int | None = None) -> list[tuple[int, int]]:
    """Return ranges of middles of triangles of about equal work, one per thread.

    Parameters
    ----------
    walk
        That of the forward graph.
    threads
        As in :func:`work_bounds`.
    """
    into, slot, stop = walk[2:]
    steps = np.zeros(into.size, np.int64)
    run_parts(lambda a, b: _middle_steps(into, slot, stop, a, b, steps), even_bounds(into))
    return _equal_parts(np.cumsum(steps), threads)


def _equal_parts(steps: Int64, threads: int | None) -> list[tuple[int, int]]:
    """Cut rows whose running number of steps is known into ranges of about equal work."""
    total = int(steps[-1])
    if threads is None:
        worth = 1 + total // _STEPS_WORTH_A_THREAD
        threads = max(1, min(_MOST_THREADS, os.cpu_count() or 1, worth))
    goals = [total * part // threads for part in range(1, threads)]
    cuts = [0, *np.searchsorted(steps, goals).tolist(), steps.size - 1]
    return list(pairwise(cuts))


def thread_count(rows: int) -> int:
    """Return how many threads so many rows are worth, when each row is walked a few times."""
    return max(1, min(_MOST_THREADS, os.cpu_count() or 1, rows // _ROWS_WORTH_A_THREAD))


def row_bounds(rows: int) -> list[tuple[int, int]]:
    """Return ranges of rows of equal size, one per thread."""
    threads = thread_count(rows)
    return list(pairwise(rows * part // threads for part in range(threads + 1)))


def even_bounds(starts: Int64) -> list[tuple[int, int]]:
    """Return ranges of groups with about as many rows each, one per thread.

    Parameters
    ----------
    starts
        Where each group's rows begin, then their number.

    Returns
    -------
    list of (first, last)
        Half-open ranges that cover every group once. They never change a result: a group is walked
        by one thread from end to end.
    """
    total = int(starts[-1])
    threads = thread_count(total)
    goals = [total * part // threads for part in range(1, threads)]
    return list(pairwise([0, *np.searchsorted(starts, goals).tolist(), starts.size - 1]))


def close_up(columns: Sequence[NDArray[Any]], begins: list[int], sizes: list[int]) -> int:
    """Move what threads wrote from places of their own to the front; return how much there is.

    Parameters
    ----------
    columns
        Arrays that were written alike, along their last axis.
    begins, sizes
        Where each thread began to write, ascending, and how much it wrote.
    """
    end = 0
    for begin, size in zip(begins, sizes, strict=True):
        for column in columns:
            column[..., end : end + size] = column[..., begin : begin + size]
        end += size
    return end


def run_parts(task: Callable[[int, int], Part], bounds: list[tuple[int, int]]) -> list[Part]:
    """Run `task(first, last)` for every range: the last in this thread, the others beside it."""
    if len(bounds) == 1:
        return [task(*bounds[0])]
    others = [_workers(os.getpid()).submit(task, *part) for part in bounds[:-1]]
    try:
        own = task(*bounds[-1])
    finally:
        wait(others)  # they write into the caller's arrays
    return [*(other.result() for other in others), own]


@cache
def _workers(process: int) -> ThreadPoolExecutor:
    """Return threads that stay, because starting one takes as long as many a task."""
    return ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="supportnet")
