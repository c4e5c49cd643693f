"""Intervals for any statistic of independent units by resampling or leaving out whole units."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from supportnet.errors import InputError
from supportnet.inference.checks import FloatArray, labels, level_of
from supportnet.inference.intervals import student_interval
from supportnet.inference.result import (
    EMPTY,
    NOT_IDENTIFIED,
    OK,
    TOO_FEW_UNITS,
    ZERO_DENOMINATOR,
    Estimate,
    undefined,
)

__all__ = ["Statistic", "cluster_bootstrap", "jackknife", "percentile_interval", "ratio_of_sums"]

Statistic = Callable[[FloatArray], float]
"""A function from rows (one per unit) to a number; NaN where it is undefined."""

BOOTSTRAP_FLOOR = 20
"""Below this many units per arm a percentile bootstrap covers too little; the result says so."""


def ratio_of_sums(rows: FloatArray) -> float:
    """Return sum of column 0 over sum of column 1, NaN when the latter is 0.

    Parameters
    ----------
    rows
        Two columns: numerator and denominator of each unit.

    Returns
    -------
    float
        The pooled ratio.

    Examples
    --------
    >>> ratio_of_sums(np.array([[15.0, 20.0], [17.0, 20.0]]))
    0.8
    """
    below = float(rows[:, 1].sum())
    return float(rows[:, 0].sum()) / below if below else math.nan


def cluster_bootstrap(
    rows: ArrayLike,
    statistic: Statistic,
    *,
    seed: int,
    replicates: int = 2000,
    level: float = 0.95,
    strata: ArrayLike | None = None,
) -> Estimate:
    """Estimate any statistic of independent units with a percentile bootstrap over the units.

    Parameters
    ----------
    rows
        One row per unit (one or more columns).
    statistic
        Function from resampled rows to a number; NaN replicates are left out and counted.
    seed
        Seed of the generator.
    replicates
        Number of resamples.
    level
        Confidence level between 0 and 1.
    strata
        Labels; resampling stays inside each (e.g. the arms of a comparison).

    Returns
    -------
    Estimate
        `too_few_units` below two units per stratum. `params["remark"]` says so where a stratum
        has fewer than 20 units, for the interval is then too narrow (.90–.92 at 24–48 units).

    Raises
    ------
    InputError
        When rows and strata differ in length.

    Notes
    -----
    For statistics without a t or permutation route. Quantiles are (1 ± level)/2.

    References
    ----------
    Efron 1979, doi:10.1214/aos/1176344552.

    Examples
    --------
    >>> ties = [[15, 20], [17, 20], [16, 20], [9, 20], [19, 20], [12, 20]]
    >>> result = cluster_bootstrap(ties, ratio_of_sums, seed=1, replicates=200)
    >>> result.ci_low < result.estimate < result.ci_high
    True
    """
    table = _rows(rows)
    params: dict[str, object] = {
        "level": level_of(level),
        "replicates": replicates,
        "seed": seed,
    }
    if len(table) == 0:
        return undefined(EMPTY, params=params)
    stratum = labels(strata, "strata", like=len(table))
    members = [np.flatnonzero(stratum == s) for s in range(int(stratum.max()) + 1)]
    smallest = min(m.size for m in members)
    if smallest < BOOTSTRAP_FLOOR:
        params["remark"] = f"fewer than {BOOTSTRAP_FLOOR} units: interval too narrow"
    point = statistic(table)
    rng = np.random.default_rng(seed)
    if smallest < 2:
        draws = np.empty(0)
    else:
        draws = np.array(
            [
                statistic(table[np.concatenate([rng.choice(m, m.size) for m in members])])
                for _ in range(replicates)
            ]
        )
    return percentile_interval(
        point, draws, level=level, method="cluster_bootstrap", n_units=len(table), params=params
    )


def percentile_interval(
    point: float,
    draws: ArrayLike,
    *,
    level: float,
    method: str,
    n_units: int,
    params: Mapping[str, object],
    n_events: int = 0,
) -> Estimate:
    """Wrap a value and its bootstrap replicates into an estimate.

    Parameters
    ----------
    point
        The value on the data as they are.
    draws
        Replicates; NaN ones are left out and counted as `undefined_replicates`. None at all
        means too few units to resample.
    level, method, n_units, params, n_events
        As in `Estimate`.

    Returns
    -------
    Estimate
        Bounds are the (1 ± level)/2 quantiles.

    Examples
    --------
    >>> r = percentile_interval(2.0, [1, 2, 3], level=0.5, method="m", n_units=3, params={})
    >>> r.ci_low, r.ci_high
    (1.5, 2.5)
    """
    replicas = np.asarray(draws, dtype=np.float64)
    usable = replicas[np.isfinite(replicas)]
    left_out = {"undefined_replicates": int(replicas.size - usable.size)}
    if math.isnan(point):
        return undefined(
            ZERO_DENOMINATOR,
            n_units=n_units,
            n_events=n_events,
            n_excluded=left_out,
            params=params,
        )
    low, high, status = math.nan, math.nan, OK
    if usable.size:
        low, high = (float(q) for q in np.quantile(usable, ((1 - level) / 2, (1 + level) / 2)))
    else:
        status = NOT_IDENTIFIED if replicas.size else TOO_FEW_UNITS
    return Estimate(
        estimate=point,
        ci_low=low,
        ci_high=high,
        ci_method=method if usable.size else "none",
        n_units=n_units,
        n_events=n_events,
        n_excluded=left_out,
        params=params,
        status=status,
    )


def jackknife(rows: ArrayLike, statistic: Statistic, *, level: float = 0.95) -> Estimate:
    """Estimate any smooth statistic with a delete-one-unit jackknife interval.

    Parameters
    ----------
    rows
        One row per independent unit.
    statistic
        Function from rows to a number.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    Estimate
        `params["se"]` holds the standard error. `too_few_units` where deleting a unit leaves the
        statistic undefined.

    Raises
    ------
    InputError
        When rows are not numbers.

    Notes
    -----
    SE^2 = (G-1)/G sum (z_-g - z̄)^2; t with G - 1 degrees of freedom. For a mean it equals the t
    interval.

    References
    ----------
    Efron & Stein 1981, doi:10.1214/aos/1176345462.

    Examples
    --------
    >>> round(jackknife([1.0, 2.0, 3.0], lambda rows: float(rows.mean())).params["se"], 4)
    0.5774
    """
    table = _rows(rows)
    count = len(table)
    params: dict[str, object] = {"level": level_of(level)}
    if count == 0:
        return undefined(EMPTY, params=params)
    point = statistic(table)
    if math.isnan(point):
        return undefined(ZERO_DENOMINATOR, n_units=count, params=params)
    without = [statistic(np.delete(table, g, axis=0)) for g in range(count)] if count > 1 else []
    if not without or np.isnan(without).any():
        return Estimate(estimate=point, n_units=count, params=params, status=TOO_FEW_UNITS)
    se = math.sqrt(
        (count - 1) / count * float(np.square(np.subtract(without, np.mean(without))).sum())
    )
    return student_interval(
        point,
        se,
        count - 1,
        level=level,
        method="jackknife_t",
        n_units=count,
        params=params,
    )


def _rows(rows: ArrayLike) -> FloatArray:
    """Return rows as a float array whose first axis is the unit."""
    table = np.asarray(rows, dtype=np.float64)
    if table.ndim == 0 or np.isnan(table).any():
        msg = "rows must be one row of defined numbers per unit; found otherwise; drop NaN rows."
        raise InputError(msg)
    return table
