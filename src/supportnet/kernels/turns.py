"""Cut the messages of each pair into turns and find what answered them, in one pass.

Messages come grouped by pair and in time order inside it. A turn is described by positions in that
order, not by copies of times: sixty million messages then fit beside their turns.
"""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.jit import kernel

__all__ = ["answer_positions", "parent_positions", "turn_positions", "wait_ends"]


@kernel
def turn_positions(
    starts: Int64, times: Int64, forward: Bools, horizon: int, burst: int
) -> tuple[Int32, Int32, Int32, Int32, Int32, Int32]:
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
        of the first message of its second burst (-1: none), number of bursts, 1 where it follows a
        silence longer than `horizon` (or nothing), and number of its pair.
    """
    turns = 0
    for pair in range(starts.size - 1):
        for at in range(starts[pair], starts[pair + 1]):
            fresh = at == starts[pair]
            if fresh or forward[at] != forward[at - 1] or times[at] - times[at - 1] > horizon:
                turns += 1
    first = np.empty(turns, np.int32)
    due = np.empty(turns, np.int32)
    second = np.full(turns, -1, np.int32)
    bursts = np.empty(turns, np.int32)
    opening = np.zeros(turns, np.int32)
    of_pair = np.empty(turns, np.int32)
    turn = -1
    for pair in range(starts.size - 1):
        for at in range(starts[pair], starts[pair + 1]):
            fresh = at == starts[pair]
            silence = np.int64(0) if fresh else times[at] - times[at - 1]
            opens = fresh or silence > horizon
            if opens or forward[at] != forward[at - 1]:
                turn += 1
                first[turn] = due[turn] = at
                bursts[turn] = 1
                opening[turn] = 1 if opens else 0
                of_pair[turn] = pair
            elif silence > burst:
                if bursts[turn] == 1:
                    second[turn] = at
                bursts[turn] += 1
            elif bursts[turn] == 1:
                due[turn] = at
    return first, due, second, bursts, opening, of_pair


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


@kernel
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
    n = first.size
    answer = np.full(n, -1, np.int32)
    last = forward.size
    if parent.size == 0:
        for turn in range(n - 2, -1, -1):
            if pair[turn + 1] == pair[turn]:
                other = forward[first[turn + 1]] != forward[first[turn]]
                answer[turn] = first[turn + 1] if other else answer[turn + 1]
        return answer
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
    return answer


@kernel
def wait_ends(
    pair: Int32, due: Int64, answer: Int32, times: Int64, end: Int64, horizon: int
) -> tuple[Int64, Bools]:
    """Return when each turn's wait ended, and whether it ended in an answer.

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
    for turn in range(pair.size):
        limit = due[turn] + horizon
        at = answer[turn]
        seen[turn] = at >= 0 and times[at] <= limit
        stop[turn] = times[at] if seen[turn] else min(limit, end[pair[turn]])
    return stop, seen
