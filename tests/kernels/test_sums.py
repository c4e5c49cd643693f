import numpy as np
import pytest

from supportnet.kernels.radix import id_digits
from supportnet.kernels.sums import (
    UNDATED,
    message_keys,
    pair_sums,
    part_keys,
    part_sums,
)


def summed(author, other, times, units):
    digits = id_digits(int(max(author.max(initial=0), other.max(initial=0))))
    key = np.empty(author.size, np.uint64)
    message_keys(author, other, digits, key)
    return pair_sums(key, times, units, digits)


@pytest.mark.usefixtures("shared_rows")
@pytest.mark.parametrize("same", [True, False])
def test_sums_equal_a_dictionary(same):
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n, size = int(rng.integers(2, 9)), int(rng.integers(0, 60))
        author = rng.integers(0, n, size).astype(np.int32)
        other = ((author + rng.integers(1, n, size)) % n).astype(np.int32)
        times = rng.integers(0, 50, size)
        times[rng.random(size) < 0.2] = UNDATED
        units = np.full(1, 3, np.int64) if same else rng.integers(1, 9, size)
        expected = {}
        for i in range(size):
            total, first = expected.get((author[i], other[i]), (0, UNDATED))
            weight = units[0 if same else i]
            expected[author[i], other[i]] = (total + weight, min(first, times[i]))
        expected = {pair: side for pair, side in expected.items() if side[1] < UNDATED}
        found = summed(author, other, times, units)
        sides = {}
        for lo, hi, *four in zip(*found, strict=True):
            assert lo < hi
            assert max(four[2:]) >= 0
            sides[lo, hi], sides[hi, lo] = (four[0], four[2]), (four[1], four[3])
        assert {pair: side for pair, side in sides.items() if side != (0, -1)} == expected
        pairs = list(zip(found.lo.tolist(), found.hi.tolist(), strict=True))
        assert pairs == sorted(set(pairs))


@pytest.mark.usefixtures("shared_rows")
@pytest.mark.parametrize("same", [True, False])
def test_sums_of_two_parts_equal_a_dictionary(same):
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n, size = int(rng.integers(2, 70)), int(rng.integers(0, 300))
        author = rng.integers(0, n, size).astype(np.int32)
        other = ((author + rng.integers(1, n, size)) % n).astype(np.int32)
        part = rng.integers(0, 2, size).astype(np.int8)
        units = np.full(1, 3, np.int64) if same else rng.integers(1, 9, size)
        expected = {}
        for i in range(size):
            pair = tuple(sorted((int(author[i]), int(other[i]))))
            expected.setdefault(pair, [0, 0])[part[i]] += int(units[0 if same else i])
        digits, key = id_digits(n - 1), np.empty(size, np.uint64)
        part_keys(author, other, part, digits, key)
        lo, hi, sums = part_sums(key, units, digits)
        pairs = list(zip(lo.tolist(), hi.tolist(), strict=True))
        assert pairs == sorted(expected)
        assert sums.T.tolist() == [expected[pair] for pair in pairs]
