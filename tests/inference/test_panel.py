"""Slope of a log odds within units: against another package, by the definition, and edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from supportnet.errors import InputError
from supportnet.inference import dyadic_variance, panel_logit

EVENTS = [28, 9, 11, 14, 10, 27, 10, 7, 1, 3, 2, 3, 25, 18, 13, 12, 27, 19, 5, 7, 16, 5, 20, 11]
TRIALS = [34, 12, 15, 17, 15, 34, 36, 27, 11, 12, 19, 22, 28, 24, 17, 14, 30, 32, 10, 13, 23, 21,
          36, 25]  # fmt: skip
WINDOW = np.tile(np.arange(6), 4) + 20
UNIT = np.repeat(np.arange(4), 6)


def test_another_package():
    """statsmodels 0.15.0: GLM(Binomial) on dummies, cov_type="cluster", use_correction=False."""
    found = panel_logit(EVENTS, TRIALS, WINDOW, UNIT)
    assert found.estimate == pytest.approx(-0.1295134178, abs=1e-8)
    assert found.params["se"] == pytest.approx(0.0346891296 * math.sqrt(4 / 3), abs=1e-8)
    assert found.status == "too_few_units"  # four units
    paired = panel_logit(EVENTS, TRIALS, WINDOW, UNIT, clusters=UNIT // 2)
    assert paired.params["se"] == pytest.approx(0.0085667530 * math.sqrt(2), abs=1e-8)
    assert paired.estimate == found.estimate


def test_two_stretches_of_one_unit_give_its_odds_ratio():
    found = panel_logit([10, 20], [40, 40], [0, 1], [0, 0])
    assert found.estimate == pytest.approx(math.log(3))
    assert panel_logit([10, 20], [40, 40], [0, 2], [0, 0]).estimate == pytest.approx(
        math.log(3) / 2
    )


def test_units_that_say_nothing_are_counted_out():
    more = panel_logit(
        [*EVENTS, 5, 5, 0, 0, 3], [*TRIALS, 5, 5, 9, 9, 9], [*WINDOW, 1, 2, 1, 2, 7],
        [*UNIT, 7, 7, 8, 8, 9],
    )  # fmt: skip
    assert dict(more.n_excluded) == {"no_variation": 3}
    assert more.estimate == pytest.approx(panel_logit(EVENTS, TRIALS, WINDOW, UNIT).estimate)


def test_persons_by_the_definition():
    """Twelve units whose persons overlap: V = Σ u_i u_j / I² over units that share one."""
    rng = np.random.default_rng(5)
    unit, window = np.repeat(np.arange(12), 4), np.tile(np.arange(4), 12)
    trials = rng.integers(20, 40, 48)
    events = rng.binomial(trials, 0.6)
    first, second = unit, (unit + rng.integers(1, 12, 12)[unit]) % 12
    found = panel_logit(events, trials, window, unit, persons=(first, second))
    slope = found.estimate
    alpha = np.array([intercept(events, trials, window, unit == u, slope) for u in range(12)])
    share = 1 / (1 + np.exp(-(alpha[unit] + slope * window)))
    weight, miss = trials * share * (1 - share), events - trials * share
    a, b = np.bincount(unit, weight), np.bincount(unit, weight * window)
    information = (weight * window**2).sum() - (b**2 / a).sum()
    score = np.bincount(unit, window * miss)
    assert abs(score.sum()) < 1e-6
    expected = dyadic_variance(score / information, first[::4], second[::4])
    assert found.params["se"] ** 2 == pytest.approx(expected, rel=1e-6)
    assert found.params["df"] == 11


def intercept(events, trials, window, own, slope):
    low, high = -20.0, 20.0
    for _ in range(200):
        middle = (low + high) / 2
        share = 1 / (1 + np.exp(-(middle + slope * window[own])))
        low, high = (
            (middle, high) if (trials[own] * share).sum() < events[own].sum() else (low, middle)
        )
    return (low + high) / 2


def test_a_planted_slope_is_found_and_order_does_not_matter():
    rng = np.random.default_rng(8)
    unit, window = np.repeat(np.arange(300), 6), np.tile(np.arange(6), 300)
    level = rng.normal(1, 0.8, 300)[unit] - 0.15 * window
    trials = rng.integers(20, 60, unit.size)
    events = rng.binomial(trials, 1 / (1 + np.exp(-level)))
    found = panel_logit(events, trials, window, unit)
    assert abs(found.estimate + 0.15) < 0.02
    order = rng.permutation(unit.size)
    again = panel_logit(events[order], trials[order], window[order], unit[order])
    assert again.estimate == pytest.approx(found.estimate, abs=1e-12)
    assert again.params["se"] == pytest.approx(found.params["se"], abs=1e-12)


def test_undefined_cases_have_a_status():
    assert panel_logit([], [], [], []).status == "empty"
    assert panel_logit([3], [9], [1], [0]).status == "empty"
    # All events late, none early: the slope is infinite.
    assert panel_logit([0, 9], [9, 9], [0, 1], [0, 0]).status == "too_few_units"


def test_bad_input_is_named():
    with pytest.raises(InputError, match="events between 0 and trials"):
        panel_logit([5], [4], [0], [0])
    with pytest.raises(InputError, match="a unit must lie in one cluster"):
        panel_logit(EVENTS, TRIALS, WINDOW, UNIT, clusters=np.arange(24))
    with pytest.raises(InputError, match="units must have one entry per row"):
        panel_logit(EVENTS, TRIALS, WINDOW, [1])
