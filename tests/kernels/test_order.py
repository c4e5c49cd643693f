from itertools import pairwise

import numpy as np
import pytest

from supportnet.kernels.order import (
    bucket_order,
    dense_ids,
    group_starts,
    run_order,
    slot_order,
    time_order,
)


@pytest.mark.parametrize("seed", range(20))
def test_bucket_order_is_the_stable_order_of_both_keys(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 9))
    first, second = (rng.integers(0, n, 60).astype(np.int32) for _ in range(2))
    order = bucket_order(first, second, n)
    assert order.tolist() == np.lexsort((np.arange(60), second, first)).tolist()
    starts = group_starts(order, first, second)
    groups = [
        {(int(first[row]), int(second[row])) for row in order[a:b]} for a, b in pairwise(starts)
    ]
    assert all(len(group) == 1 for group in groups)
    assert len(set.union(*groups)) == len(groups)


@pytest.mark.parametrize("scale", [1, 3_000, 10**9, 10**15, 2**62])
def test_time_order_is_a_stable_argsort(scale):
    rng = np.random.default_rng(scale % 97)
    times = rng.integers(0, scale + 1, 500) - scale // 3
    times[100:200] = times[200:300]
    assert time_order(times).tolist() == np.argsort(times, kind="stable").tolist()


def test_time_order_of_the_widest_span():
    times = np.array([2**63 - 1, -(2**63), 0, -1, 2**63 - 1])
    assert time_order(times).tolist() == [1, 3, 2, 0, 4]


def test_orders_of_nothing():
    nothing = np.empty(0, np.int32)
    assert bucket_order(nothing, nothing, 0).size == 0
    assert group_starts(nothing, nothing, nothing).tolist() == [0]
    assert time_order(np.empty(0, np.int64)).size == 0
    assert dense_ids(np.empty(0, np.int64), np.empty(0, np.int64)).size == 0


@pytest.mark.parametrize("spread", [1, 10**12])
def test_dense_ids_by_table_and_by_bisection(spread):
    universe = np.array([3, 4, 7, 9]) * spread
    assert dense_ids(universe[[2, 0, 3, 3]], universe).tolist() == [2, 0, 3, 3]


@pytest.mark.parametrize("seed", range(30))
def test_runs_handed_over_in_any_order(seed):
    rng = np.random.default_rng(seed)
    ids = np.sort(rng.choice(120_000, 40_000, replace=False))
    # Two threads take turns at pieces of the table, and a few rows stray where these meet.
    pieces = np.array_split(ids, 9)
    handed = np.concatenate([pieces[i] for i in rng.permutation(9)])
    for at in rng.choice(39_990, 3, replace=False):
        handed[at : at + 5] = handed[at : at + 5][::-1].copy()
    expected = np.argsort(handed).tolist()
    assert run_order(handed).tolist() == expected
    assert slot_order(handed, int(ids[0]), int(ids[-1] - ids[0]) + 1).tolist() == expected


def test_runs_are_refused_where_ids_repeat_or_are_shuffled():
    rng = np.random.default_rng(1)
    assert run_order(rng.permutation(5_000)).size == 0
    assert run_order(np.r_[0:3_000, 2_999:6_000]).size == 0
    assert slot_order(np.array([4, 2, 4]), 2, 3).tolist() == [1, 2]
    # One that should stand at the very beginning is too far from its place.
    far = np.r_[1:3_000, 0]
    assert run_order(far).tolist() in ([], np.argsort(far).tolist())
    assert run_order(np.empty(0, np.int64)).size == 0
