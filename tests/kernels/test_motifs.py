from itertools import combinations

import numpy as np
import pytest

from supportnet.kernels.motifs import MOTIFS, count_motifs, pattern_of


def counted(tail, head, times, n, limit, threads=None):
    found = count_motifs(tail, head, times, n, limit=limit, threads=threads)
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


@pytest.mark.parametrize("threads", [1, 2])
def test_busy_ties_far_apart_in_time_equal_brute_force(threads):
    # Clusters of events on few persons: triangles whose sides meet only now and then.
    for seed in range(40):
        rng = np.random.default_rng(seed)
        n, size = int(rng.integers(3, 6)), int(rng.integers(20, 45))
        tail = rng.integers(0, n, size).astype(np.int32)
        head = ((tail + rng.integers(1, n, size)) % n).astype(np.int32)
        times = np.sort(rng.integers(0, 6, size) * 100 + rng.integers(0, 9, size))
        limit = int(rng.integers(0, 12))
        assert counted(tail, head, times, n, limit, threads) == brute(tail, head, times, limit)
