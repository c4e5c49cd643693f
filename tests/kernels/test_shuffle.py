import numpy as np
import pytest

from supportnet.kernels.orient import tie_degrees
from supportnet.kernels.shuffle import permute_receivers, rewire


def test_rewiring_keeps_degrees_and_makes_no_loop_or_double_tie(networks):
    for seed, network in enumerate(networks[:200]):
        m = network.lo.size
        tail, head, done, tried = rewire(
            network.lo, network.hi, np.ones(m, bool), np.zeros(m, np.int8), network.n,
            10 * m, 1000 * m, seed,
        )  # fmt: skip
        assert m < 2 or done >= 10 * m or tried == 1000 * m
        assert (tail != head).all()
        pairs = set(
            zip(np.minimum(tail, head).tolist(), np.maximum(tail, head).tolist(), strict=True)
        )
        assert len(pairs) == m
        before = tie_degrees(network.lo, network.hi, network.n)
        assert tie_degrees(tail, head, network.n).tolist() == before.tolist()


def test_rewiring_by_kind_keeps_in_and_out_degrees(networks):
    for seed, network in enumerate(networks[:200]):
        kind = network.rng.integers(0, 2, network.lo.size).astype(np.int8)
        tail, head, _, _ = rewire(
            network.lo, network.hi, kind == 0, kind, network.n,
            10 * kind.size, 300 * kind.size, seed,
        )  # fmt: skip
        one_way = kind == 1
        for after, before in ((tail, network.lo), (head, network.hi)):
            now = np.bincount(after[one_way], minlength=network.n)
            assert now.tolist() == np.bincount(before[one_way], minlength=network.n).tolist()


def test_rewiring_reaches_every_arrangement_equally_often():
    # Four ties of a 6-person path-and-edge network: 2-2-1-1-1-1 degrees. All simple graphs with
    # these degrees must come up, none more than the others beyond chance.
    lo, hi = np.array([0, 1, 2, 4], np.int32), np.array([1, 2, 3, 5], np.int32)
    seen: dict[frozenset[tuple[int, int]], int] = {}
    for seed in range(6000):
        tail, head, _, _ = rewire(
            lo, hi, np.ones(4, bool), np.zeros(4, np.int8), 6, 40, 4000, seed * 7919 + 1
        )
        pairs = frozenset(
            (min(a, b), max(a, b)) for a, b in zip(tail.tolist(), head.tolist(), strict=True)
        )
        seen[pairs] = seen.get(pairs, 0) + 1
    # 1 and 2 tied (then each takes one of the four others: 12) or not (then 2 + 2 of four: 6).
    assert len(seen) == 12 + 6
    expected = 6000 / len(seen)
    chi_square = sum((count - expected) ** 2 / expected for count in seen.values())
    assert chi_square < 40.8  # 99.9 % point at 17 degrees of freedom


def test_rewiring_is_repeatable_and_depends_on_the_seed():
    lo = np.arange(40, dtype=np.int32)
    hi = ((lo + 1) % 40).astype(np.int32)
    free, kind = np.ones(40, bool), np.zeros(40, np.int8)
    draws = [rewire(lo, hi, free, kind, 40, 400, 40_000, seed)[1].tolist() for seed in (5, 5, 6)]
    assert draws[0] == draws[1] != draws[2]
    assert lo.tolist() == list(range(40))


def test_a_network_without_possible_swaps_ends():
    star = np.zeros(5, np.int32), np.arange(1, 6, dtype=np.int32)
    *_, done, tried = rewire(*star, np.ones(5, bool), np.zeros(5, np.int8), 6, 50, 500, 1)
    assert (done, tried) == (0, 500)


@pytest.mark.parametrize("seed", range(20))
def test_permuted_receivers_keep_counts_and_avoid_loops(seed):
    rng = np.random.default_rng(seed)
    author = rng.integers(0, 3, 48)
    other = (author + rng.integers(1, 3, 48)) % 3
    drawn, done = permute_receivers(author, other, 10, seed)
    assert done > 0
    assert (drawn != author).all()
    assert sorted(drawn.tolist()) == sorted(other.tolist())


def test_permuted_receivers_are_uniform_over_the_allowed_ones():
    author, other = np.array([0, 1, 2, 3]), np.array([1, 0, 3, 2])
    seen: dict[tuple[int, ...], int] = {}
    for seed in range(4500):
        drawn, _ = permute_receivers(author, other, 20, seed * 104729 + 3)
        seen[tuple(drawn.tolist())] = seen.get(tuple(drawn.tolist()), 0) + 1
    assert len(seen) == 9  # derangements of four
    expected = 4500 / 9
    assert sum((count - expected) ** 2 / expected for count in seen.values()) < 26.1
