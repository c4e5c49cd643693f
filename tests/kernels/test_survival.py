"""Grouped survival kernels against the curves of one group at a time."""

import numpy as np
import pytest

from supportnet.inference import cumulative_incidence, kaplan_meier
from supportnet.kernels import split
from supportnet.kernels.survival import group_rows, incidence_of_groups, survival_of_groups

AT = np.array([0.0, 1.0, 8.0, 24.0, 72.0])
HALF, TOLERANCE = 0.5 + 1e-12, 1e-9


def random_waits(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return group codes, times with many ties, causes 0-2, and the number of groups."""
    rng = np.random.default_rng(seed)
    n, groups = int(rng.integers(0, 150)), int(rng.integers(1, 7))
    times = rng.choice([0.0, 0.5, 1, 8, 24, 30, 72], n) if seed % 2 else rng.exponential(20, n)
    causes = rng.choice(3, n, p=[[0.4, 0.3, 0.3], [1, 0, 0], [0, 0.5, 0.5]][seed % 3])
    return rng.integers(0, groups, n), times, causes, groups


@pytest.mark.parametrize("seed", range(60))
def test_every_group_equals_its_own_curve(seed: int) -> None:
    codes, times, causes, groups = random_waits(seed)
    starts, rows = group_rows(codes, groups)
    found = survival_of_groups(starts, rows, times, causes > 0, 24.0, AT, TOLERANCE, HALF)
    incidence = incidence_of_groups(*group_rows(codes, groups), times, causes, 2, AT, TOLERANCE)
    for g in range(groups):
        own = codes == g
        curve = kaplan_meier(times[own], causes[own] > 0)
        mean = curve.rmst(24.0)
        expected = [curve.median, mean.rmst, mean.se, mean.rmst_observed]
        got = [float(array[g]) for array in found[:4]]
        assert got == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)
        assert found[4][g] == pytest.approx(curve.survival_at(AT), abs=1e-12, nan_ok=True)
        assert bool(found[5][g]) == (mean.status == "ok")
        assert bool(found[6][g]) == (curve.median >= 0)
        competing = cumulative_incidence(times[own], causes[own], cause=2)
        assert incidence[g] == pytest.approx(competing.at(AT), abs=1e-12, nan_ok=True)


def test_threads_never_change_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    codes, times, causes, groups = random_waits(6)
    one = survival_of_groups(
        *group_rows(codes, groups), times, causes > 0, 24.0, AT, TOLERANCE, HALF
    )
    monkeypatch.setattr(split, "_ROWS_WORTH_A_THREAD", 1)
    monkeypatch.setattr(split.os, "cpu_count", lambda: 3)
    several = survival_of_groups(
        *group_rows(codes, groups), times, causes > 0, 24.0, AT, TOLERANCE, HALF
    )
    for a, b in zip(one, several, strict=True):
        np.testing.assert_array_equal(a, b)


def test_rows_of_a_group_keep_their_order() -> None:
    starts, rows = group_rows(np.array([2, 0, 2, 0, 2]), 4)
    assert starts.tolist() == [0, 2, 2, 5, 5]
    assert rows.tolist() == [1, 3, 0, 2, 4]


def test_means_that_nobody_wants_change_nothing_else() -> None:
    codes, times, causes, groups = random_waits(7)
    with_means, without = (
        survival_of_groups(
            *group_rows(codes, groups), times, causes > 0, 24.0, AT, TOLERANCE, HALF, with_means=w
        )
        for w in (True, False)
    )
    assert [array.size for array in without[1:4]] == [0, 0, 0]
    for place in (0, 4, 5, 6, 7):
        np.testing.assert_array_equal(with_means[place], without[place])
