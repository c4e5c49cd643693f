import numpy as np
import pytest

from supportnet.kernels import split
from supportnet.kernels.radix import pair_keys, sort_alone, sort_keys


@pytest.mark.parametrize("size", [0, 1, 2, 255, 5_000])
def test_keys_are_sorted_and_equal_ones_keep_their_order(size):
    rng = np.random.default_rng(size)
    for high in (1, 8, 9, 44, 63):
        key = rng.integers(0, 2**high, size, dtype=np.uint64)
        key[: size // 2] &= np.uint64(7)  # some that repeat
        rows = np.argsort(key, kind="stable")
        found, order = sort_keys(key.copy(), high=high)
        assert order.tolist() == rows.tolist()
        assert found.tolist() == key[rows].tolist()
        assert sort_alone(key.copy(), high=high).tolist() == key[rows].tolist()


def test_only_the_digits_asked_for_count_and_numbers_travel_along():
    rng = np.random.default_rng(1)
    key = rng.integers(0, 2**40, 999, dtype=np.uint64)
    number = rng.integers(0, 9, 999).astype(np.int32)
    rows = np.argsort(key >> np.uint64(25), kind="stable")
    found, order = sort_keys(key.copy(), number.copy(), low=25, high=40)
    assert found.tolist() == key[rows].tolist()
    assert order.tolist() == number[rows].tolist()


def test_pairs_are_ordered_by_their_keys():
    rng = np.random.default_rng(2)
    first, second = (rng.integers(0, 300, 2_000).astype(np.int32) for _ in range(2))
    order = np.argsort(pair_keys(first, second, 9), kind="stable")
    low, high = np.minimum(first, second), np.maximum(first, second)
    assert order.tolist() == np.lexsort((high, low)).tolist()


def test_threads_change_no_order(monkeypatch):
    rng = np.random.default_rng(3)
    key = rng.integers(0, 2**20, 3_001, dtype=np.uint64)
    monkeypatch.setattr(split, "_ROWS_WORTH_A_THREAD", 700)
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert len(split.row_bounds(key.size)) == 4
    found, order = sort_keys(key.copy(), high=20)
    assert order.tolist() == np.argsort(key, kind="stable").tolist()
    assert found.tolist() == sorted(key.tolist())
    assert sort_alone(key.copy(), high=20).tolist() == sorted(key.tolist())
