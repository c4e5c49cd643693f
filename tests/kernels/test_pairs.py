"""Grouping by pair against a sort in plain Python."""

import numpy as np
import pytest

from supportnet.kernels import split
from supportnet.kernels.pairs import direction_rows, group_pairs
from supportnet.kernels.radix import id_digits


@pytest.mark.usefixtures("shared_rows")
@pytest.mark.parametrize("seed", range(40))
def test_pairs_come_in_order_and_keep_time(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = int(rng.choice([2, 5, 300, 2**20, 2**31 - 2]))
    n = int(rng.integers(1, 200))
    author = rng.integers(0, people, n).astype(np.int32)
    other = ((author + 1 + rng.integers(0, min(people - 1, 4), n)) % people).astype(np.int32)
    rows = rng.permutation(n).astype(np.int32)
    times = rng.integers(0, 10**15, n)
    order, up, when, lo, hi, starts = group_pairs(author, other, times, rows, id_digits(people - 1))
    pair = {int(i): (min(author[i], other[i]), max(author[i], other[i])) for i in rows}
    expected = sorted(rows.tolist(), key=lambda i: pair[i])
    assert order.tolist() == expected
    assert when.tolist() == times[expected].tolist()
    assert up.tolist() == [bool(author[i] < other[i]) for i in expected]
    assert list(zip(lo.tolist(), hi.tolist(), strict=True)) == sorted(set(pair.values()))
    assert starts.tolist() == [
        expected.index(i)
        for i in dict.fromkeys(
            next(j for j in expected if pair[j] == p) for p in sorted(set(pair.values()))
        )
    ] + [n]


@pytest.mark.parametrize("seed", range(20))
def test_directions_are_numbered_by_author_and_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = sorted({tuple(sorted(rng.choice(9, 2, replace=False).tolist())) for _ in range(12)})
    lo, hi = (np.array([p[k] for p in pairs], np.int32) for k in (0, 1))
    pair = np.sort(rng.integers(0, len(pairs), 15)).astype(np.int32)
    up = rng.random(15) < 0.5
    found = direction_rows(lo, hi, pair, up, 9)
    mine = [(pairs[p] if u else pairs[p][::-1]) for p, u in zip(pair, up, strict=True)]
    persons = list(zip(found.author.tolist(), found.other.tolist(), strict=True))
    assert persons == sorted(set(mine))
    assert sorted(found.place.tolist()) == list(range(len(persons)))
    for k, place in enumerate(found.place):
        rows = found.rows[found.starts[k] : found.starts[k + 1]].tolist()
        assert rows == [row for row in range(15) if mine[row] == persons[place]]


def test_directions_do_not_hang_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    pairs = np.unique(np.sort(rng.integers(0, 40, (200, 2)), axis=1), axis=0)
    lo, hi = pairs[pairs[:, 0] < pairs[:, 1]].T.astype(np.int32)
    pair = np.sort(rng.integers(0, lo.size, 900)).astype(np.int32)
    up = rng.random(900) < 0.4
    one = direction_rows(lo, hi, pair, up, 40)
    monkeypatch.setattr(split, "_ROWS_WORTH_A_THREAD", 1)
    monkeypatch.setattr(split.os, "cpu_count", lambda: 3)
    several = direction_rows(lo, hi, pair, up, 40)
    for a, b in zip(one, several, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("greatest", "bits"), [(0, 1), (1, 1), (2, 2), (255, 8), (256, 9)])
def test_bits(greatest: int, bits: int) -> None:
    assert id_digits(greatest) == bits
