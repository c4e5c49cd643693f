"""Calibration of regressions and ratios: planted hazard ratios, trends, reciprocity and shares."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from supportnet.inference.bands import (
    CalibrationRow,
    bias_row,
    coverage_row,
    covers,
    rejection_row,
)
from supportnet.inference.betabinomial import betabinomial_ml
from supportnet.inference.checks import FloatArray
from supportnet.inference.cox import cox_regression
from supportnet.inference.curve_intervals import survival_intervals
from supportnet.inference.panel import panel_logit
from supportnet.inference.planted import tie_shares, turn_waits
from supportnet.inference.vertex import DYAD_STATISTICS, DyadCounts

__all__ = ["RECOVERIES"]

Maker = Callable[[np.random.Generator, int], CalibrationRow]

_SLOPE = -0.15
_FULL, _FEWEST = 1000, 12


def _cox_size(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Count false positives of the clustered Cox test on turns clustered in dyads."""
    arm = pd.DataFrame({"arm": np.repeat([1, 0], 40 * 30)})
    hits = []
    for _ in range(runs):
        code, hours, seen = turn_waits(rng, 80)
        found = cox_regression(hours, seen, arm, clusters=code)["arm"]
        hits.append(float(str(found.params["p_value"])) <= 0.05)
    return rejection_row("clustered Cox test", "no effect, 40 dyads per arm", hits)


def _cox_ratio(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Recover a hazard ratio of two."""
    arm = np.repeat([1, 0], 200)
    values = []
    for _ in range(runs):
        hours = rng.exponential(8.0, size=arm.size) / np.where(arm == 1, 2.0, 1.0)
        cut = rng.uniform(4.0, 40.0, size=arm.size)
        found = cox_regression(np.minimum(hours, cut), hours <= cut, pd.DataFrame({"arm": arm}))
        values.append(found["arm"].estimate)
    return bias_row(
        "Cox log hazard ratio, bias in SD", "ln 2, 400 waits", np.array(values), math.log(2)
    )


def _trends(rng: np.random.Generator, runs: int) -> list[tuple[float, bool]]:
    """Fit the trend of shares in ties whose stretches differ by more than chance."""
    unit, window = np.repeat(np.arange(40), 6), np.tile(np.arange(6.0), 40)
    out = []
    for _ in range(runs):
        share = 1 / (1 + np.exp(-(rng.normal(1.0, 0.8, size=40)[unit] + _SLOPE * window)))
        trials = rng.integers(20, 80, size=unit.size)
        events = rng.binomial(trials, rng.beta(24 * share, 24 * (1 - share)))
        found = panel_logit(events, trials, window, unit)
        out.append((found.estimate, covers(found, _SLOPE)))
    return out


def _trend_interval(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a slope."""
    hits = [hit for _, hit in _trends(rng, runs)]
    return coverage_row("trend of the share, clustered", "slope -.15, 40 ties", hits)


def _trend_slope(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Recover a slope."""
    values = np.array([value for value, _ in _trends(rng, runs)])
    return bias_row("trend of the share, bias in SD", "slope -.15, 40 ties", values, _SLOPE)


def _median(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover the median of waits."""
    hits = []
    for _ in range(runs):
        hours, cut = rng.exponential(8.0, size=100), rng.uniform(4.0, 40.0, size=100)
        found = survival_intervals(np.minimum(hours, cut), hours <= cut, tau=4.0)
        hits.append(covers(found.median, 8.0 * math.log(2)))
    return coverage_row("interval of the median wait", "100 waits, a quarter cut", hits)


def _dyads(rng: np.random.Generator, runs: int, statistic: str) -> FloatArray:
    """Return a statistic of networks of 40 persons whose dyads are drawn apart."""
    pairs = 40 * 39 // 2
    states = rng.multinomial(pairs, (0.06, 0.12, 0.82), size=runs).astype(np.float64)
    nothing = np.zeros(runs)
    counts = DyadCounts(states[:, 0], states[:, 1], np.full(runs, float(pairs)), nothing, nothing)
    return DYAD_STATISTICS[statistic](counts)


def _edge_reciprocity(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Recover an edge reciprocity of one half."""
    values = _dyads(rng, runs, "edge_reciprocity")
    return bias_row("edge reciprocity, bias in SD", "r .50, 40 persons", values, 0.5)


def _rho(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Recover reciprocity beyond density."""
    values = _dyads(rng, runs, "rho")
    return bias_row("rho, bias in SD", "rho .432, 40 persons", values, (0.5 - 0.12) / 0.88)


def _share(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Recover the mean share of a beta-binomial; a quick run takes fewer, each fit being slow."""
    k, n = tie_shares(rng, (runs if runs >= _FULL else max(runs // 4, _FEWEST), 60))
    values = np.array([betabinomial_ml(a, b).pi for a, b in zip(k, n, strict=True)])
    return bias_row("beta-binomial share, bias in SD", "share .80, 60 ties", values, 0.80)


RECOVERIES: tuple[Maker, ...] = (
    _cox_size,
    _cox_ratio,
    _trend_interval,
    _trend_slope,
    _median,
    _edge_reciprocity,
    _rho,
    _share,
)
"""One function per line of the table."""
