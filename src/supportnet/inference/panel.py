"""Logistic regression on one number with an intercept for each unit, as of a trend within ties."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.errors import InputError
from supportnet.inference.checks import FloatArray, IntArray, labels, level_of, vector
from supportnet.inference.dyadic import dyadic_variance
from supportnet.inference.result import EMPTY, OK, TOO_FEW_UNITS, Estimate, undefined

__all__ = ["panel_logit"]

# Fewer clusters, or persons, than this carry no interval.
MIN_CLUSTERS, MIN_PERSONS = 5, 10
_MOST_STEPS = 100
_CLOSE = 1e-10
# A logit further out than this is a probability of 0 or 1: the maximum lies at infinity.
_FAR = 30.0


@dataclass(frozen=True, slots=True)
class _Fit:
    """The slope, and what each unit adds to its error."""

    slope: float
    influence: FloatArray


def panel_logit(
    events: ArrayLike,
    trials: ArrayLike,
    term: ArrayLike,
    units: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    persons: tuple[ArrayLike, ArrayLike] | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the slope of a log odds within units, with cluster-robust errors.

    Parameters
    ----------
    events, trials
        Per row: events, and trials they are among. Weights that are no whole numbers are taken as
        they are.
    term
        The number whose slope is asked for, such as the stretch of time.
    units
        Label of each row's unit; each unit has an intercept of its own.
    clusters
        Label of the cluster of each row; a unit lies in one cluster. None: units are clusters.
    persons
        Instead of clusters the two persons of each row: units that share a person then depend on
        each other.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    Estimate
        Log odds per 1 of `term`; `ci_method` `cluster_robust` or `dyadic_robust`, `n_units` units
        that say something about the slope, `n_events` their events, `n_excluded` the others, and
        `params` `se`, `df`, `clusters`, `p_value`. `empty` without such a unit; `too_few_units`
        where the likelihood has no maximum, and (the estimate stands) below five clusters, ten
        persons, or where the robust variance is not positive.

    Raises
    ------
    InputError
        When lengths differ, counts are negative, events exceed trials, or a unit lies in two
        clusters.

    Notes
    -----
    logit P = α_unit + β term by maximum likelihood, intercepts profiled out. A unit seen at one
    value of the term, or in which nothing or everything happened, says nothing about β. With u_i
    the score of unit i and I the profiled information, clusters give V = G/(G−1) Σ_c (Σ u_i/I)², t
    with G − 1 degrees of freedom; persons V = Σ u_i u_j / I² over units that share one. The
    estimate is a little too large where units have few trials, as all such intercepts make it.

    References
    ----------
    Liang & Zeger 1986, doi:10.1093/biomet/73.1.13. Aronow, Samii & Assenova 2015,
    doi:10.1093/pan/mpv018. Neyman & Scott 1948, doi:10.2307/1914288.

    Examples
    --------
    >>> fit = panel_logit([10, 20, 5, 12], [40, 40, 40, 40], [0, 1, 0, 1], ["a", "a", "b", "b"])
    >>> round(fit.estimate, 3), fit.n_units, fit.status
    (1.099, 2, 'too_few_units')
    """
    happened, tried = vector(events, "events"), vector(trials, "trials")
    if ((happened < 0) | (happened > tried + 1e-9)).any() or tried.size != happened.size:
        msg = "events between 0 and trials were expected; found other counts; align the columns."
        raise InputError(msg)
    x = vector(term, "term", like=tried.size)
    code = labels(units, "units", like=tried.size)
    confidence = level_of(level)
    kept = _telling(happened, tried, x, code)
    total = int(np.unique(code).size)
    fit = _newton(happened[kept], tried[kept], x[kept], code[kept])
    present = np.unique(code[kept])
    left_out = {"no_variation": total - present.size}
    if not present.size or fit is None:
        status = TOO_FEW_UNITS if present.size else EMPTY
        return undefined(status, n_units=present.size, n_excluded=left_out)
    method, df, variance = _variance(fit, code, present, clusters, persons)
    least = MIN_CLUSTERS if persons is None else MIN_PERSONS
    enough = variance > 1e-9 * float(fit.influence @ fit.influence) and df + 1 >= least
    se = math.sqrt(variance) if variance > 0 else math.nan
    half = float(stats.t.ppf((1 + confidence) / 2, df)) * se if enough else math.nan
    p_value = 2 * float(stats.t.sf(abs(fit.slope / se), df)) if enough else math.nan
    return Estimate(
        estimate=fit.slope,
        ci_low=fit.slope - half,
        ci_high=fit.slope + half,
        ci_method=method if enough else "none",
        n_units=present.size,
        n_events=round(float(happened[kept].sum())),
        n_excluded=left_out,
        params={"level": level, "se": se, "df": df, "clusters": df + 1, "p_value": p_value},
        status=OK if enough else TOO_FEW_UNITS,
    )


def _telling(happened: FloatArray, tried: FloatArray, x: FloatArray, code: IntArray) -> np.ndarray:
    """Say which rows belong to units that say something about the slope."""
    used = tried > 0
    n = int(code.max()) + 1 if code.size else 0
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, code[used], x[used])
    np.maximum.at(high, code[used], x[used])
    sums, all_ = np.bincount(code, happened, n), np.bincount(code, tried, n)
    varies = (high > low) & (sums > 0) & (sums < all_)
    return used & varies[code]


def _newton(happened: FloatArray, tried: FloatArray, x: FloatArray, code: IntArray) -> _Fit | None:
    """Maximise the likelihood; None where it has no maximum."""
    if not code.size:
        return None
    unit = np.unique(code, return_inverse=True)[1]
    n = int(unit.max()) + 1
    rate = np.bincount(unit, happened, n) / np.bincount(unit, tried, n)
    alpha, beta = np.log(rate / (1 - rate)), 0.0
    # Far from 0 the intercepts would carry the slope: the mean of each unit is its own origin.
    centred = x - (np.bincount(unit, tried * x, n) / np.bincount(unit, tried, n))[unit]
    logit = alpha[unit]
    best = _likelihood(happened, tried, logit)
    for _ in range(_MOST_STEPS):
        share = 1 / (1 + np.exp(-np.clip(logit, -_FAR, _FAR)))
        weight, miss = tried * share * (1 - share), happened - tried * share
        a, b = np.bincount(unit, weight, n), np.bincount(unit, weight * centred, n)
        rest = np.bincount(unit, miss, n)
        information = float(weight @ centred**2 - (b * b / a).sum())
        if not information > 0:
            return None
        slope = float((centred @ miss - (b * rest / a).sum()) / information)
        shift = (rest - b * slope) / a
        if max(abs(slope), float(np.abs(shift).max())) < _CLOSE:
            if float(np.abs(logit).max()) >= _FAR:
                return None
            score = np.bincount(unit, (centred - (b / a)[unit]) * miss, n)
            return _Fit(beta, score / information)
        scale = 1.0
        while True:
            step = scale * (shift[unit] + slope * centred)
            found = _likelihood(happened, tried, logit + step)
            if found >= best - _CLOSE * abs(best) or scale < _CLOSE:
                break
            scale /= 2
        logit, beta, best = logit + step, beta + scale * slope, found
    return None


def _likelihood(happened: FloatArray, tried: FloatArray, logit: FloatArray) -> float:
    """Return the logarithm of the likelihood, without its constant."""
    return float((happened * logit - tried * np.logaddexp(0, logit)).sum())


def _variance(
    fit: _Fit,
    code: IntArray,
    present: IntArray,
    clusters: ArrayLike | None,
    persons: tuple[ArrayLike, ArrayLike] | None,
) -> tuple[str, int, float]:
    """Return method, degrees of freedom and variance of the slope."""
    # The first row of each unit stands for it.
    known, first = np.unique(code, return_index=True)
    rows = first[np.searchsorted(known, present)]
    if persons is not None:
        ends = np.concatenate([np.asarray(side) for side in persons])
        both = labels(ends, "persons", like=2 * code.size)
        one, two = both[: code.size][rows], both[code.size :][rows]
        n = int(np.unique(np.concatenate((one, two))).size)
        return "dyadic_robust", n - 1, dyadic_variance(fit.influence, one, two)
    group = code if clusters is None else labels(clusters, "clusters", like=code.size)
    pairs = np.unique(np.column_stack((code, group)), axis=0)
    if len(pairs) > known.size:
        msg = "a unit must lie in one cluster; found one in two; give each unit one label."
        raise InputError(msg)
    part = np.unique(group[rows], return_inverse=True)[1]
    sums = np.bincount(part, fit.influence)
    g = sums.size
    return "cluster_robust", g - 1, float(sums @ sums) * g / max(g - 1, 1)
