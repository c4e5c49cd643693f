"""Intervals of a survival curve: against published formulas, another package, and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from supportnet.errors import InputError
from supportnet.inference import dyadic_variance, kaplan_meier, survival_intervals

KM6 = ([1, 2, 2, 4, 5, 8], [1, 1, 0, 1, 0, 1])
# statsmodels 0.15.0: SurvfuncRight(times, observed).quantile_ci(.5, method="cloglog").
WAITS = [3.1, 0.4, 8.5, 2.2, 12.0, 5.0, 0.9, 17.3, 6.6, 9.1, 1.7, 4.2, 21.0, 7.7, 2.9, 11.4]
SEEN = [1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1]


def random_waits(seed, n=60, people=12):
    rng = np.random.default_rng(seed)
    first = rng.integers(0, people, n)
    second = (first + rng.integers(1, people, n)) % people
    drawn, cut = rng.exponential(10, n).round(1), rng.uniform(0, 40, n).round(1)
    return np.minimum(drawn, cut), drawn <= cut, first, second


def test_the_worked_curve():
    found = survival_intervals(*KM6, tau=6, at=[3, 9])
    assert found.rmst.estimate == pytest.approx(4.0556, abs=5e-5)
    assert found.rmst.params["se"] == pytest.approx(0.8306, abs=5e-5)
    assert [s.estimate for s in found.shares] == pytest.approx([2 / 3, 0])
    assert (found.median.estimate, found.median.ci_low, found.median.ci_high) == (4, 1, math.inf)


def test_the_median_of_another_package():
    found = survival_intervals(WAITS, SEEN, tau=10).median
    assert (found.estimate, found.ci_low, found.ci_high) == (6.6, 2.9, 12.0)


@pytest.mark.parametrize("seed", range(5))
def test_waits_of_strangers_have_greenwoods_error(seed):
    """Σ e² is Greenwood's formula, and so is the robust variance where nobody is met twice."""
    times, seen, _, _ = random_waits(seed)
    curve = kaplan_meier(times, seen)
    left = curve.at_risk - curve.events
    inside = (curve.time <= 12) & (left > 0)
    terms = (curve.events[inside] / (curve.at_risk[inside] * left[inside])).sum()
    greenwood = float(curve.survival_at(12)[0]) * math.sqrt(terms)
    alone = np.arange(times.size)
    for people in ({}, {"first": alone, "second": alone + 1000}):
        found = survival_intervals(times, seen, tau=15, at=[12], **people)
        assert found.shares[0].params["se"] == pytest.approx(greenwood, rel=1e-10)
        assert found.rmst.params["se"] == pytest.approx(curve.rmst(15).se, rel=1e-10)


def plain_influence(times, seen, weight):
    """What each wait adds, written out: minus the sum over times of c (dN - d/n)/(n - d)."""
    out = []
    for t, event in zip(times, seen, strict=True):
        total = 0.0
        for s in sorted(set(times)):
            d = sum(1 for a, b in zip(times, seen, strict=True) if a == s and b)
            n = sum(1 for a in times if a >= s)
            if s <= t and n > d:
                total -= weight(s) * ((s == t and event) - d / n) / (n - d)
        out.append(total)
    return np.array(out)


@pytest.mark.parametrize("seed", range(3))
def test_shared_persons_by_the_definition(seed):
    times, seen, first, second = random_waits(seed, n=30)
    curve = kaplan_meier(times, seen)
    found = survival_intervals(times, seen, tau=15, at=[8], first=first, second=second)
    e = plain_influence(times, seen, lambda s: float(curve.survival_at(8)[0]) * (s <= 8))
    expected = dyadic_variance(e, first, second)
    slow = sum(
        e[i] * e[j]
        for i in range(e.size)
        for j in range(e.size)
        if {first[i], second[i]} & {first[j], second[j]}
    )
    assert expected == pytest.approx(slow)
    if expected > 0:
        assert found.shares[0].params["se"] ** 2 == pytest.approx(expected)
    else:
        assert found.shares[0].status == "too_few_units"


def test_undefined_cases_have_a_status():
    none = survival_intervals([], [], tau=1, at=[1])
    assert [none.shares[0].status, none.rmst.status, none.median.status] == ["empty"] * 3
    waiting = survival_intervals([5, 5], [0, 0], tau=3, at=[2, 9])
    assert waiting.median.status == "all_censored"
    assert (waiting.shares[0].estimate, waiting.shares[0].ci_method) == (1.0, "none")
    assert waiting.shares[1].status == "not_identified"
    few = survival_intervals([1, 2, 3], [1, 1, 1], tau=3, first=[0, 1, 2], second=[3, 4, 5])
    assert (few.rmst.status, few.rmst.estimate, few.median.ci_method) == (
        "too_few_units",
        2,
        "none",
    )


def test_bad_input_is_named():
    with pytest.raises(InputError, match="both persons of each wait"):
        survival_intervals([1], [1], tau=1, first=[0])
    with pytest.raises(InputError, match="tau must be a positive span"):
        survival_intervals([1], [1], tau=0)
    with pytest.raises(InputError, match="level must lie between"):
        survival_intervals([1], [1], tau=1, level=2)
