"""Does each method do what it says, on data with a known answer? Measured against accepted.

Acceptance bands are 99.9 % binomial limits, so a correct method fails about once in a thousand
runs of the suite; fewer simulated runs give wider bands, never other nominal values.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from supportnet.inference.bands import (
    CalibrationRow,
    bias_row,
    binomial_band,
    coverage_row,
    covers,
    rejection_row,
)
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
from supportnet.inference.recoveries import RECOVERIES
from supportnet.inference.vertex import vertex_bootstrap

__all__ = ["CalibrationRow", "binomial_band", "calibrate"]

FULL_RUNS = 1000
QUICK_RUNS = 200
TAU = 24.0
# Levels .05 are exact on 199 relabellings: (b + 1)/200.
QUICK_DRAWS = 199


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
        bounds, power at a designed .80, recovery of planted parameters, censoring, and regression.

    Notes
    -----
    Rows of bias accept .1 standard deviation of the estimator plus 3.29 Monte-Carlo errors.

    Examples
    --------
    >>> len(ROWS)
    22
    """
    runs = QUICK_RUNS if quick else FULL_RUNS
    streams = np.random.default_rng(seed).spawn(len(ROWS))
    return [make(rng, runs) for make, rng in zip(ROWS, streams, strict=True)]


def _share(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a mean share of 24 ties."""
    k, n = tie_shares(rng, (runs, 24))
    hits = [covers(t_interval(row), 0.80) for row in k / n]
    return coverage_row("t interval on tie shares", "share .80, icc .10, 24 ties", hits)


def _share_few(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a mean share of 6 ties, where .90 is allowed."""
    k, n = tie_shares(rng, (runs, 6))
    hits = [covers(t_interval(row), 0.80) for row in k / n]
    return coverage_row(
        "t interval on tie shares, few", "share .80, icc .10, 6 ties", hits, (0.92, 0.95)
    )


def _dyad_means(rng: np.random.Generator, runs: int, dyads: int) -> FloatArray:
    """Return restricted means of dyads, one row per run."""
    code, hours, seen = turn_waits(rng, runs * dyads)
    return rmst_by_group(code, hours, seen, tau=TAU).rmst.reshape(runs, dyads)


def _rmst(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a mean of dyad restricted means."""
    truth = true_restricted_mean(TAU)
    hits = [covers(t_interval(row), truth) for row in _dyad_means(rng, runs, 24)]
    return coverage_row("t interval on dyad RMST(24)", "gamma frailty .5, 24 dyads", hits)


def _rate_ratio(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a rate ratio of 4."""
    pairs = rng.poisson((96.0, 168.0), size=(runs, 2))
    hits = [covers(poisson_rate_ratio(int(x), 24, int(y), 168), 4.0) for x, y in pairs]
    return coverage_row("exact rate ratio", "ratio 4, 96 and 168 events", hits)


def _shift(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a shift of 1 between skewed arms."""
    hits = [
        covers(hodges_lehmann(1 + rng.exponential(size=15), rng.exponential(size=15)), 1.0)
        for _ in range(runs)
    ]
    return coverage_row("Hodges–Lehmann interval", "shift 1, 15 per arm", hits)


def _permutation_interval(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover a shift of 1 by the inverted permutation test."""
    arm = np.repeat([True, False], 12)
    hits = []
    for _ in range(runs):
        values = arm + rng.exponential(size=arm.size)
        test = two_sample(values, arm, seed=int(rng.integers(2**31)), draws=999)
        hits.append(test.ci_low <= 1.0 <= test.ci_high)
    return coverage_row("inverted permutation test", "shift 1, 12 per arm", hits)


def _vertex(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Cover the edge reciprocity of networks with unequal persons."""
    graphs = [p1_graph(rng, 30) for _ in range(4 * runs)]
    rates = [2 * float((f * b).sum()) / float((f + b).sum()) for _, _, f, b in graphs]
    truth = float(np.mean(rates))
    hits = [
        covers(vertex_bootstrap(30, *g, seed=int(rng.integers(2**31)), replicates=500), truth)
        for g in graphs[:runs]
    ]
    return coverage_row("vertex bootstrap, edge reciprocity", "p1, 30 persons", hits, (0.95, 1.0))


def _fpr_two_sample(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Count false positives on dyad means of turns clustered in dyads."""
    arm = np.repeat([True, False], 10)
    hits = [
        two_sample(row, arm, seed=int(rng.integers(2**31)), draws=QUICK_DRAWS).p_value <= 0.05
        for row in _dyad_means(rng, runs, 20)
    ]
    return rejection_row("permutation of dyad RMST", "no effect, clustered turns", hits)


def _fpr_components(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Count false positives on groups that share persons."""
    hits = [
        component_contrast(
            *shared_components(rng), seed=int(rng.integers(2**31)), draws=QUICK_DRAWS
        ).p_value
        <= 0.05
        for _ in range(runs)
    ]
    return rejection_row("permutation over components", "no effect, mixed and pure", hits)


def _fpr_sign_flip(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Count false positives on heavy-tailed differences within egos."""
    hits = [sign_flip(rng.standard_t(3, size=12), seed=1).p_value <= 0.05 for _ in range(runs)]
    return rejection_row("sign flip over egos", "no effect, t(3), 12 components", hits)


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
    return rejection_row("power at the designed size", "d .5, 64 per arm", hits, 0.80)


def _recover_icc(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Recover an intra-tie correlation of .10."""
    k, n = tie_shares(rng, (runs, 200))
    values = np.array([betabinomial_moments(a, b).icc for a, b in zip(k, n, strict=True)])
    return bias_row("beta-binomial icc, bias in SD", "icc .10, 200 ties", values, 0.10)


def _censoring(rng: np.random.Generator, runs: int) -> CalibrationRow:
    """Keep RMST(24) unbiased though coverage is cut at random, for some turns before 24 h."""
    size = 400
    code, hours, seen = turn_waits(rng, runs * size, turns=1, cut=(4.0, 100.0))
    values = rmst_by_group(code // size, hours, seen, tau=TAU).rmst
    truth = true_restricted_mean(TAU)
    return bias_row(
        "RMST under random cuts, bias in SD", "400 turns, cut at 4-100 h", values, truth
    )


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
    *RECOVERIES,
)
"""One function per line of the table."""
