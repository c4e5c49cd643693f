from itertools import combinations

import numpy as np
import pytest

from supportnet.kernels.motifs import MOTIFS, count_motifs, pattern_of
from supportnet.kernels.order import bucket_order, group_starts
from supportnet.kernels.orient import forward_graph


def counted(tail, head, times, n, limit, threads=None):
    lo, hi = np.minimum(tail, head), np.maximum(tail, head)
    rows = bucket_order(lo, hi, n)
    starts = group_starts(rows, lo, hi)
    lo, hi = lo[rows[starts[:-1]]], hi[rows[starts[:-1]]]
    graph = forward_graph(lo, hi, n)
    found = count_motifs(
        graph, lo, hi, starts, rows, tail, head, times, limit=limit, threads=threads
    )
    return dict(zip(MOTIFS, found.tolist(), strict=True))


def brute(tail, head, times, limit):
    found = dict.fromkeys(MOTIFS, 0)
    for rows in combinations(range(tail.size), 3):
        if times[rows[2]] - times[rows[0]] > limit:
            continue
        events = [(int(tail[row]), int(head[row])) for row in rows]
        if len({person for event in events for person in event}) <= 3:
            found[pattern_of(events)] += 1
    return found


def test_there_are_36_different_patterns():
    assert len(set(MOTIFS)) == 36
    assert all(len({digit for digit in motif if digit != " "}) <= 3 for motif in MOTIFS)


@pytest.mark.parametrize("threads", [1, 2])
def test_motifs_equal_brute_force(threads):
    for seed in range(300):
        rng = np.random.default_rng(seed)
        n, size = int(rng.integers(2, 6)), int(rng.integers(3, 22))
        tail = rng.integers(0, n, size).astype(np.int32)
        head = ((tail + rng.integers(1, n, size)) % n).astype(np.int32)
        times = np.sort(rng.integers(0, 8 if seed % 2 else 80, size))
        limit = int(rng.integers(0, 30))
        found = counted(tail, head, times, n, limit, threads)
        assert found == brute(tail, head, times, limit), seed


def test_too_few_events_make_no_motif():
    two = np.array([0, 1], np.int32)
    assert not any(counted(two, two[::-1].copy(), np.array([1, 2]), 2, 9).values())
