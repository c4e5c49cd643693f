"""Does each method do what it says, on data with a known answer? Measured against accepted.

Acceptance bands are 99.9 % binomial limits, so a correct method fails about once in a thousand
runs of the suite; fewer simulated runs give wider bands, never other nominal values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from supportnet.inference.betabinomial import betabinomial_moments
from supportnet.inference.checks import FloatArray
from supportnet.inference.effects import hodges_lehmann
from supportnet.inference.equivalence import EQUIVALENT, tost_mean
from supportnet.inference.exact import poisson_rate_ratio
from supportnet.inference.grouped import rmst_by_group
from supportnet.inference.intervals import t_interval
from supportnet.inference.permutation import component_contrast, sign_flip, two_sample
from supportnet.inference.planted import (
    p1_graph,
    shared_components,
    tie_shares,
    true_restricted_mean,
    turn_waits,
)
from supportnet.inference.power import units_per_arm
from supportnet.inference.result import Estimate
from supportnet.inference.vertex import vertex_bootstrap

__all__ = ["CalibrationRow", "binomial_band", "calibrate"]

FULL_RUNS = 1000
QUICK_RUNS = 200
TAU = 24.0
# Levels .05 are exact on 199 relabellings: (b + 1)/200.
QUICK_DRAWS = 199


@dataclass(frozen=True)
class CalibrationRow:
    """Hold one line of the calibration table.

    Parameters
    ----------
    test, planted
        What was tried, and on what truth.
    measured
        Coverage, rejection rate, or bias in standard deviations of the estimator.
    low, high
        The accepted range.
    runs
        Simulated data sets.

    Examples
    --------
    >>> CalibrationRow("t on tie means", "share .80", 0.94, 0.915, 0.971, 1000).passed
    True
    """

    test: str
    planted: str
    measured: float
    low: float
    high: float
    runs: int

    @property
    def passed(self) -> bool:
        """Say whether the measured value lies in the accepted range."""
        return self.low <= self.measured <= self.high


def binomial_band(low: float, high: float, runs: int) -> tuple[float, float]:
    """Return the 99.9 % limits of a measured rate whose true value lies in [low, high].

    Parameters
    ----------
    low, high
        True rates between which a method counts as correct.
    runs
        Simulated data sets.

    Returns
    -------
    tuple of float
        Accepted range.

    Examples
    --------
    >>> binomial_band(0.941, 0.95, 1000), binomial_band(0.05, 0.05, 1000)
    ((0.915, 0.971), (0.029, 0.074))
    """
    return (
        float(stats.binom.ppf(0.0005, runs, low)) / runs,
        float(stats.binom.ppf(0.9995, runs, high)) / runs,
    )


def calibrate(*, seed: int, quick: bool = True) -> list[CalibrationRow]:
    """Run the calibration suite of everything in `inference`.

    Parameters
    ----------
    seed
        Seed of the generators; each row has its own stream.
    quick
        200 runs per row instead of 1,000, with bands as much wider.

    Returns
    -------
    list of CalibrationRow
        Intervals (share, restricted mean, rate ratio, shift, edge reciprocity), false-positive
        rates of each permutation test on clustered data, size of the equivalence test at both
        bounds, power at a designed .80, recovery of planted parameters, and censoring.

    Notes
    -----
    Rows of bias accept .1 standard deviation of the estimator plus 3.29 Monte-Carlo errors.

    Examples
    --------
    >>> len(ROWS)
    14
    """
    runs = QUICK_RUNS if quick else FULL_RUNS
    streams = np.random.default_rng(seed).spawn(len(ROWS))
    return [make(rng, runs) for make, rng in zip(ROWS, streams, strict=True)]


def _covers(result: Estimate, truth: float) -> bool:
    """Say whether an interval holds the truth."""
    return result.ci_low <= truth <= result.ci_high


def _coverage(
    test: str, planted: str, hits: list[bool], band: tuple[float, float] = (0.941, 0.95)
) -> CalibrationRow:
    """Make a row of an interval's coverage."""
    low, high = binomial_band(*band, len(hits))
    return CalibrationRow(test, planted, float(np.mean(hits)), low, high, len(hits))


def _rejection(test: str, planted: str, hits: list[bool], rate: float = 0.05) -> CalibrationRow:
    """Make a row of a test's rejection rate."""
    low, high = binomial_band(rate, rate, len(hits))
    return CalibrationRow(test, planted, float(np.mean(hits)), low, high, len(hits))


def _bias(test: str, planted: str, values: FloatArray, truth: float) -> CalibrationRow:
    """Make a row of bias in standard deviations of the estimator."""
    measured = abs(float(values.mean()) - truth) / float(values.std(ddof=1))
    high = 0.1 + 3.29 / math.sqrt(values.size)
    return CalibrationRow(test, planted, measured, 0.0, high, values.size)


def _share(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a mean share of 24 ties."""
    k, n = tie_shares(rng, (runs, 24))
    hits = [_covers(t_interval(row), 0.80) for row in k / n]
    return _coverage("t interval on tie shares", "share .80, icc .10, 24 ties", hits)


def _share_few(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a mean share of 6 ties, where .90 is allowed."""
    k, n = tie_shares(rng, (runs, 6))
    hits = [_covers(t_interval(row), 0.80) for row in k / n]
    return _coverage(
        "t interval on tie shares, few", "share .80, icc .10, 6 ties", hits, (0.92, 0.95)
    )


def _dyad_means(rng: np.random.Generator, runs: int, dyads: int) -> FloatArray:
    """Return restricted means of dyads, one row per run."""
    code, hours, seen = turn_waits(rng, runs * dyads)
    return rmst_by_group(code, hours, seen, tau=TAU).rmst.reshape(runs, dyads)


def _rmst(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a mean of dyad restricted means."""
    truth = true_restricted_mean(TAU)
    hits = [_covers(t_interval(row), truth) for row in _dyad_means(rng, runs, 24)]
    return _coverage("t interval on dyad RMST(24)", "gamma frailty .5, 24 dyads", hits)


def _rate_ratio(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a rate ratio of 4."""
    pairs = rng.poisson((96.0, 168.0), size=(runs, 2))
    hits = [_covers(poisson_rate_ratio(int(x), 24, int(y), 168), 4.0) for x, y in pairs]
    return _coverage("exact rate ratio", "ratio 4, 96 and 168 events", hits)


def _shift(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a shift of 1 between skewed arms."""
    hits = [
        _covers(hodges_lehmann(1 + rng.exponential(size=15), rng.exponential(size=15)), 1.0)
        for _ in range(runs)
    ]
    return _coverage("Hodges–Lehmann interval", "shift 1, 15 per arm", hits)


def _permutation_interval(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a shift of 1 by the inverted permutation test."""
    arm = np.repeat([True, False], 12)
    hits = []
    for _ in range(runs):
        values = arm + rng.exponential(size=arm.size)
        test = two_sample(values, arm, seed=int(rng.integers(2**31)), draws=999)
        hits.append(test.ci_low <= 1.0 <= test.ci_high)
    return _coverage("inverted permutation test", "shift 1, 12 per arm", hits)


def _vertex(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover the edge reciprocity of networks with unequal persons."""
    graphs = [p1_graph(rng, 30) for _ in range(4 * runs)]
    rates = [2 * float((f * b).sum()) / float((f + b).sum()) for _, _, f, b in graphs]
    truth = float(np.mean(rates))
    hits = [
        _covers(vertex_bootstrap(30, *g, seed=int(rng.integers(2**31)), replicates=500), truth)
        for g in graphs[:runs]
    ]
    return _coverage("vertex bootstrap, edge reciprocity", "p1, 30 persons", hits, (0.95, 1.0))


def _fpr_two_sample(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Count false positives on dyad means of turns clustered in dyads."""
    arm = np.repeat([True, False], 10)
    hits = [
        two_sample(row, arm, seed=int(rng.integers(2**31)), draws=QUICK_DRAWS).p_value <= 0.05
        for row in _dyad_means(rng, runs, 20)
    ]
    return _rejection("permutation of dyad RMST", "no effect, clustered turns", hits)


def _fpr_components(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Count false positives on groups that share persons."""
    hits = [
        component_contrast(
            *shared_components(rng), seed=int(rng.integers(2**31)), draws=QUICK_DRAWS
        ).p_value
        <= 0.05
        for _ in range(runs)
    ]
    return _rejection("permutation over components", "no effect, mixed and pure", hits)


def _fpr_sign_flip(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Count false positives on heavy-tailed differences within egos."""
    hits = [sign_flip(rng.standard_t(3, size=12), seed=1).p_value <= 0.05 for _ in range(runs)]
    return _rejection("sign flip over egos", "no effect, t(3), 12 components", hits)


def _tost_size(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Count false claims of equivalence at both bounds; the worse is reported."""
    worst = max(
        float(
            np.mean(
                [
                    tost_mean(rng.normal(bound, 0.08, size=10)).verdict == EQUIVALENT
                    for _ in range(runs)
                ]
            )
        )
        for bound in (0.70, 0.90)
    )
    high = binomial_band(0.05, 0.05, runs)[1]
    return CalibrationRow("equivalence test size", "mean .70 or .90", worst, 0.0, high, runs)


def _power(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Detect an effect at the size designed for .80."""
    size = units_per_arm(0.5)
    arm = np.repeat([True, False], size)
    hits = [
        two_sample(
            0.5 * arm + rng.normal(size=2 * size), arm, seed=int(rng.integers(2**31)), draws=499
        ).p_value
        <= 0.05
        for _ in range(runs)
    ]
    return _rejection("power at the designed size", "d .5, 64 per arm", hits, 0.80)


def _recover_icc(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Recover an intra-tie correlation of .10."""
    k, n = tie_shares(rng, (runs, 200))
    values = np.array([betabinomial_moments(a, b).icc for a, b in zip(k, n, strict=True)])
    return _bias("beta-binomial icc, bias in SD", "icc .10, 200 ties", values, 0.10)


def _censoring(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Keep RMST(24) unbiased though coverage is cut at random, for some turns before 24 h."""
    size = 400
    code, hours, seen = turn_waits(rng, runs * size, turns=1, cut=(4.0, 100.0))
    values = rmst_by_group(code // size, hours, seen, tau=TAU).rmst
    truth = true_restricted_mean(TAU)
    return _bias("RMST under random cuts, bias in SD", "400 turns, cut at 4-100 h", values, truth)


ROWS: tuple[Callable[[np.random.Generator, int], CalibrationRow], ...] = (
    _share,
    _share_few,
    _rmst,
    _rate_ratio,
    _shift,
    _permutation_interval,
    _vertex,
    _fpr_two_sample,
    _fpr_components,
    _fpr_sign_flip,
    _tost_size,
    _power,
    _recover_icc,
    _censoring,
)
"""One function per line of the table."""
