"""Cut the messages of each pair into turns and find what answered them, in one pass.

Messages come grouped by pair and in time order inside it. A turn is described by positions in that
order, not by copies of times: sixty million messages then fit beside their turns.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from supportnet.kernels.dtypes import Bools, Float64, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.split import even_bounds, run_parts, thread_count

__all__ = ["answer_positions", "parent_positions", "turn_positions", "wait_ends"]

_HOUR_US = 3_600_000_000


def turn_positions(
    starts: Int64, times: Int64, forward: Bools, horizon: int, burst: int
) -> tuple[Int32, Int32, Int32, Int32, Bools, Int32]:
    """Return where turns begin and what they are made of.

    Parameters
    ----------
    starts
        Where each pair's messages begin, then their number.
    times
        Time of each message, ascending inside a pair.
    forward
        Whether the message was written by the first person of the pair.
    horizon
        A message after a longer silence begins a turn, whoever wrote it.
    burst
        A message of the same author after a longer silence begins a burst.

    Returns
    -------
    first, due, second, bursts, opening, pair
        One entry per turn: position of its first message, of the last message of its first burst,
        of the first message of its second burst (-1: none), number of bursts, whether it follows a
        silence longer than `horizon` (or nothing), and number of its pair.
    """
    bounds = even_bounds(starts)

    def count(low: int, high: int) -> int:
        return int(_count_turns(starts[low : high + 1], times, forward, horizon))

    sizes = run_parts(count, bounds)
    total = sum(sizes)
    first, due, second, bursts, pair = (np.empty(total, np.int32) for _ in range(5))
    opening = np.empty(total, np.bool_)
    ends = np.cumsum(sizes).tolist()
    places = {b: slice(end - n, end) for b, end, n in zip(bounds, ends, sizes, strict=True)}

    def fill(low: int, high: int) -> None:
        own = places[low, high]
        _fill_turns(
            starts[low : high + 1],
            times,
            forward,
            horizon,
            burst,
            low,
            first[own],
            due[own],
            second[own],
            bursts[own],
            opening[own],
            pair[own],
        )

    run_parts(fill, bounds)
    return first, due, second, bursts, opening, pair


@kernel
def _count_turns(starts: Int64, times: Int64, forward: Bools, horizon: int) -> int:
    """Return how many turns the messages of some pairs make."""
    turns = 0
    for pair in range(starts.size - 1):
        turns += 1
        for at in range(starts[pair] + 1, starts[pair + 1]):
            turns += forward[at] != forward[at - 1] or times[at] - times[at - 1] > horizon
    return turns


@kernel
def _fill_turns(
    starts: Int64,
    times: Int64,
    forward: Bools,
    horizon: int,
    burst: int,
    before: int,
    first: Int32,
    due: Int32,
    second: Int32,
    bursts: Int32,
    opening: Bools,
    of_pair: Int32,
) -> None:
    """Write down the turns of some pairs, of which `before` go ahead: see `turn_positions`."""
    turn = -1
    for pair in range(starts.size - 1):
        for at in range(starts[pair], starts[pair + 1]):
            fresh = at == starts[pair]
            silence = np.int64(0) if fresh else times[at] - times[at - 1]
            opens = fresh or silence > horizon
            if opens or forward[at] != forward[at - 1]:
                turn += 1
                first[turn] = due[turn] = at
                second[turn], bursts[turn] = -1, 1
                opening[turn] = opens
                of_pair[turn] = before + pair
            elif silence > burst:
                if bursts[turn] == 1:
                    second[turn] = at
                bursts[turn] += 1
            elif bursts[turn] == 1:
                due[turn] = at


@kernel
def parent_positions(starts: Int64, ids: Int64, parents: Int64) -> Int32:
    """Return the position of each message's parent; -1 without one among earlier rows of the pair.

    Parameters
    ----------
    starts
        Where each pair's messages begin, then their number.
    ids
        Number of each message, ascending inside a pair.
    parents
        Number of the message it points at; -1 where it points at none.
    """
    found = np.full(ids.size, -1, np.int32)
    for pair in range(starts.size - 1):
        for at in range(starts[pair], starts[pair + 1]):
            wanted = parents[at]
            if wanted < 0:
                continue
            low, high = starts[pair], np.int64(at)
            while low < high:
                middle = (low + high) // 2
                if ids[middle] < wanted:
                    low = middle + 1
                else:
                    high = middle
            if low < at and ids[low] == wanted:
                found[at] = low
    return found


def answer_positions(first: Int32, pair: Int32, forward: Bools, parent: Int32) -> Int32:
    """Return the position of the first message that answers each turn; -1 where none does.

    Parameters
    ----------
    first, pair
        Turns as :func:`turn_positions` gives them.
    forward
        Whether each message was written by the first person of its pair.
    parent
        Position of the message each message points at, -1 for none; or empty when none points.

    Notes
    -----
    A message without a pointer answers every turn of the other person that still waits. One with a
    pointer answers the turn it points at and no other; pointing at one's own words answers nothing.
    """
    answer = np.full(first.size, -1, np.int32)

    def fill(low: int, high: int) -> None:
        until = int(first[high]) if high < first.size else forward.size
        own = slice(low, high)
        if parent.size == 0:
            _answers_in_turn(first[own], pair[own], forward, answer[own])
        else:
            _answers_by_pointer(first[own], pair[own], forward, parent, until, answer[own])

    run_parts(fill, _whole_pairs(pair))
    return answer


def _whole_pairs(pair: Int32) -> list[tuple[int, int]]:
    """Return ranges of about as many turns each, one per thread, that split no pair."""
    threads = thread_count(pair.size)
    goals = [pair.size * part // threads for part in range(1, threads)]
    cuts = [int(np.searchsorted(pair, pair[goal])) for goal in goals]
    return list(pairwise([0, *cuts, pair.size]))


@kernel
def _answers_in_turn(first: Int32, pair: Int32, forward: Bools, answer: Int32) -> None:
    """Answer each turn of some pairs with the other person's next one."""
    for turn in range(first.size - 2, -1, -1):
        if pair[turn + 1] == pair[turn]:
            other = forward[first[turn + 1]] != forward[first[turn]]
            answer[turn] = first[turn + 1] if other else answer[turn + 1]


@kernel
def _answers_by_pointer(
    first: Int32, pair: Int32, forward: Bools, parent: Int32, last: int, answer: Int32
) -> None:
    """Answer the turns of some pairs, whose messages end at `last`, where some messages point."""
    n = first.size
    # Earliest turn that may still wait, one entry for turns of each of the two persons.
    waiting = np.zeros(2, np.int64)
    for turn in range(n):
        if turn == 0 or pair[turn] != pair[turn - 1]:
            waiting[0] = waiting[1] = turn
        until = first[turn + 1] if turn + 1 < n else last
        mine = forward[first[turn]]
        asked = 0 if mine else 1
        for at in range(first[turn], until):
            target = parent[at]
            if target < 0:
                for old in range(waiting[asked], turn):
                    if answer[old] < 0 and forward[first[old]] != mine:
                        answer[old] = at
                waiting[asked] = turn
            elif forward[target] != mine:
                # The turn that holds the target: the last one to begin at or before it.
                low, high = np.int64(0), np.int64(turn)
                while high - low > 1:
                    middle = (low + high) // 2
                    if first[middle] <= target:
                        low = middle
                    else:
                        high = middle
                if answer[low] < 0:
                    answer[low] = at


def wait_ends(
    pair: Int32, due: Int64, answer: Int32, times: Int64, end: Int64, horizon: int
) -> tuple[Int64, Bools, Float64]:
    """Return when each turn's wait ended, whether it ended in an answer, and its hours.

    Parameters
    ----------
    pair
        Number of the pair of each turn.
    due
        When its answer was due.
    answer
        Position of its answer, -1 for none.
    times
        Time of each message.
    end
        When the coverage of each pair ends.
    horizon
        How long an answer may take.
    """
    stop, seen = np.empty(pair.size, np.int64), np.empty(pair.size, np.bool_)
    hours = np.empty(pair.size)

    def fill(low: int, high: int) -> None:
        own = slice(low, high)
        _wait_ends(
            pair[own], due[own], answer[own], times, end, horizon, stop[own], seen[own], hours[own]
        )

    run_parts(fill, _whole_pairs(pair))
    return stop, seen, hours


@kernel
def _wait_ends(
    pair: Int32,
    due: Int64,
    answer: Int32,
    times: Int64,
    end: Int64,
    horizon: int,
    stop: Int64,
    seen: Bools,
    hours: Float64,
) -> None:
    """Fill in the ends of some waits: see :func:`wait_ends`."""
    for turn in range(pair.size):
        limit = due[turn] + horizon
        at = answer[turn]
        seen[turn] = at >= 0 and times[at] <= limit
        stop[turn] = times[at] if seen[turn] else min(limit, end[pair[turn]])
        hours[turn] = (stop[turn] - due[turn]) / _HOUR_US
