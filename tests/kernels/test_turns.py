"""Turn kernels: threads never change a number."""

import numpy as np
import pytest

from supportnet.kernels import split
from supportnet.kernels.pairs import group_pairs
from supportnet.kernels.radix import id_digits
from supportnet.kernels.turns import (
    answer_positions,
    parent_positions,
    turn_positions,
    wait_ends,
)


def formed(seed: int) -> list[np.ndarray]:
    """Return all that is made of random messages among a few persons, some with pointers."""
    rng = np.random.default_rng(seed)
    n, people = 400, 7
    author = rng.integers(0, people, n).astype(np.int32)
    other = ((author + rng.integers(1, people, n)) % people).astype(np.int32)
    times = np.sort(rng.integers(0, 2_000, n))
    rows = np.arange(n, dtype=np.int32)
    pairs = group_pairs(author, other, times, rows, id_digits(people - 1))
    order, up, when, _, _, starts = pairs
    turns = turn_positions(starts, when, up, 60, 5)
    first, _, _, _, _, pair = turns
    points = np.where(rng.random(n) < 0.2, rng.integers(0, n, n), -1)
    parent = parent_positions(starts, order.astype(np.int64), points[order])
    answers = answer_positions(first, pair, up, np.empty(0, np.int32))
    pointed = answer_positions(first, pair, up, parent)
    due, end = when[first], np.full(starts.size - 1, 1_900)
    return [*pairs, *turns, answers, pointed, *wait_ends(pair, due, pointed, when, end, 60)]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("threads", [2, 3, 4])
def test_threads_never_change_a_number(
    seed: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = formed(seed)
    monkeypatch.setattr(split, "_ROWS_WORTH_A_THREAD", 1)
    monkeypatch.setattr(split.os, "cpu_count", lambda: threads)
    for alone, shared in zip(one, formed(seed), strict=True):
        np.testing.assert_array_equal(alone, shared)
        assert alone.dtype == shared.dtype


def test_one_pair_holds_nearly_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "_ROWS_WORTH_A_THREAD", 1)
    monkeypatch.setattr(split.os, "cpu_count", lambda: 4)
    starts = np.array([0, 1, 97, 98, 100])
    assert split.even_bounds(starts)[-1][1] == 4
    forward = np.arange(100) % 2 == 0
    first, _, _, _, opening, pair = turn_positions(starts, np.arange(100), forward, 1000, 5)
    assert first.tolist() == list(range(100))
    assert pair.tolist() == [0] + [1] * 96 + [2] + [3] * 2
    assert np.flatnonzero(opening).tolist() == [0, 1, 97, 98]
