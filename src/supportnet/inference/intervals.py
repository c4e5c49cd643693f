"""Intervals for one value per independent unit: t, Wilson, sandwich for a pooled ratio.

The unit is a tie, a group or a person, never a message: messages of one tie resemble each other,
and intervals that forget it are far too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.errors import InputError
from supportnet.inference.checks import FloatArray, level_of, vector
from supportnet.inference.result import EMPTY, TOO_FEW_UNITS, ZERO_DENOMINATOR, Estimate, undefined

__all__ = ["pooled_ratio", "student_interval", "t_interval", "wilson"]


def t_interval(values: ArrayLike, *, level: float = 0.95, n_events: int = 0) -> Estimate:
    """Estimate the mean over independent units with Student's interval.

    Parameters
    ----------
    values
        One value per unit; NaN units are left out and counted.
    level
        Confidence level between 0 and 1.
    n_events
        Events behind the units, handed through.

    Returns
    -------
    Estimate
        In the unit of the values. `empty` without a unit; one unit gives its value without an
        interval, `too_few_units`.

    Raises
    ------
    InputError
        When values are not one column of numbers.

    Notes
    -----
    mean ± t(G-1) s / sqrt(G). With ties of log-normal volume and ICC .10 it covers 93–95 % at
    6 to 48 ties, where the Wilson interval on pooled messages covers 32–40 %.

    Examples
    --------
    >>> result = t_interval([0.76, 0.84, 0.79, 0.81, 0.74, 0.86], level=0.90)
    >>> round(result.ci_low, 3), round(result.ci_high, 3)
    (0.762, 0.838)
    """
    units, left_out = _defined(values)
    params: dict[str, object] = {"level": level_of(level)}
    if units.size == 0:
        return undefined(EMPTY, n_excluded=left_out, params=params)
    if units.size == 1:
        return Estimate(
            estimate=float(units[0]),
            n_units=1,
            n_events=n_events,
            n_excluded=left_out,
            params=params,
            status=TOO_FEW_UNITS,
        )
    return student_interval(
        float(units.mean()),
        float(units.std(ddof=1)) / math.sqrt(units.size),
        units.size - 1,
        level=level,
        method="t",
        n_units=units.size,
        n_events=n_events,
        n_excluded=left_out,
        params=params,
    )


def wilson(successes: int, trials: int, *, level: float = 0.95) -> Estimate:
    """Estimate a proportion of independent trials with Wilson's score interval.

    Parameters
    ----------
    successes, trials
        Whole numbers, 0 <= successes <= trials.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    Estimate
        A share in [0, 1]; `zero_denominator` without trials.

    Raises
    ------
    InputError
        When the counts contradict each other.

    Notes
    -----
    Bounds are the roots of (p - k/n)^2 = z^2 p (1 - p) / n. Right for counts of independent units
    (groups, ties); wrong for messages.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> result = wilson(3, 4)
    >>> round(result.ci_low, 2), round(result.ci_high, 2)
    (0.3, 0.95)
    """
    if not 0 <= successes <= trials:
        msg = "successes must lie between 0 and trials; found otherwise; check the two counts."
        raise InputError(msg)
    params: dict[str, object] = {"level": level_of(level)}
    if trials == 0:
        return undefined(ZERO_DENOMINATOR, params=params)
    z = float(stats.norm.ppf((1 + level) / 2))
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    spread = math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    half = z * spread / (1 + z * z / trials)
    return Estimate(
        estimate=share,
        ci_low=max(0.0, middle - half),
        ci_high=min(1.0, middle + half),
        ci_method="wilson",
        n_units=trials,
        n_events=successes,
        params=params,
    )


def pooled_ratio(
    numerators: ArrayLike, denominators: ArrayLike, *, level: float = 0.95
) -> Estimate:
    """Estimate a ratio pooled over units with a cluster-robust (sandwich) t interval.

    Parameters
    ----------
    numerators, denominators
        One pair per unit, e.g. private and all messages of a tie; units with a NaN are left out.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    Estimate
        Large units weigh more: descriptive beside the mean of unit shares. `n_events` is the
        summed denominator. `zero_denominator` where that is 0.

    Raises
    ------
    InputError
        When the columns differ in length.

    Notes
    -----
    r = sum k / sum n; SE = sqrt[G/(G-1) sum (k_g - r n_g)^2] / sum n; t with G - 1 degrees of
    freedom. Covers .83 at 6 units and .92 at 48.

    Examples
    --------
    >>> result = pooled_ratio([15, 17, 16, 9, 19, 12], [20] * 6)
    >>> round(result.estimate, 4)
    0.7333
    """
    top = vector(numerators, "numerators")
    below = vector(denominators, "denominators", like=top.size)
    known = ~(np.isnan(top) | np.isnan(below))
    left_out = {"undefined": int((~known).sum())}
    top, below = top[known], below[known]
    params: dict[str, object] = {"level": level_of(level)}
    total = float(below.sum())
    if total == 0:
        status = ZERO_DENOMINATOR if top.size else EMPTY
        return undefined(status, n_units=top.size, n_excluded=left_out, params=params)
    ratio, count = float(top.sum()) / total, top.size
    if count < 2:
        return Estimate(
            estimate=ratio,
            n_units=count,
            n_events=round(total),
            n_excluded=left_out,
            params=params,
            status=TOO_FEW_UNITS,
        )
    residual = top - ratio * below
    se = math.sqrt(count / (count - 1) * float(residual @ residual)) / total
    return student_interval(
        ratio,
        se,
        count - 1,
        level=level,
        method="sandwich_t",
        n_units=count,
        n_events=round(total),
        n_excluded=left_out,
        params=params,
    )


def student_interval(
    point: float,
    se: float,
    df: int,
    *,
    level: float,
    method: str,
    n_units: int,
    n_events: int = 0,
    n_excluded: Mapping[str, int] | None = None,
    params: Mapping[str, object] | None = None,
) -> Estimate:
    """Return a value with its t interval as an estimate.

    Parameters
    ----------
    point, se, df
        Value, standard error, degrees of freedom.
    level, method, n_units, n_events, n_excluded, params
        As in `Estimate`; `se` and `df` join the parameters.

    Returns
    -------
    Estimate
        Bounds are point ± t(df) se.

    Examples
    --------
    >>> r = student_interval(1.0, 0.1, 9, level=0.95, method="t", n_units=10)
    >>> round(r.ci_low, 3)
    0.774
    """
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return Estimate(
        estimate=point,
        ci_low=point - half,
        ci_high=point + half,
        ci_method=method,
        n_units=n_units,
        n_events=n_events,
        n_excluded=n_excluded or {},
        params={**(params or {}), "level": level, "se": se, "df": df},
    )


def _defined(values: ArrayLike) -> tuple[FloatArray, dict[str, int]]:
    """Return the defined values and how many were not."""
    units = vector(values, "values")
    gone = np.isnan(units)
    return units[~gone], {"undefined": int(gone.sum())}
