"""Effect sizes that need no distribution: Cliff's delta and the Hodges–Lehmann shift."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.inference.checks import FloatArray, level_of, vector
from supportnet.inference.resampling import BOOTSTRAP_FLOOR, percentile_interval
from supportnet.inference.result import EMPTY, OK, TOO_FEW_UNITS, Estimate, undefined

__all__ = ["cliffs_delta", "hodges_lehmann"]

# Up to this many pairs the null distribution of the rank statistic is counted exactly.
EXACT_PAIRS = 2500


def cliffs_delta(
    one: ArrayLike,
    zero: ArrayLike,
    *,
    seed: int,
    replicates: int = 2000,
    level: float = 0.95,
) -> Estimate:
    """Estimate how often units of one arm exceed those of the other, less the reverse.

    Parameters
    ----------
    one, zero
        Values of independent units of each arm; NaN units are left out and counted.
    seed
        Seed of the bootstrap.
    replicates
        Number of resamples, units of each arm drawn with replacement.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    Estimate
        In [-1, 1]; percentile interval. `empty` without units in an arm, `too_few_units` without
        an interval below two per arm; `params["remark"]` below 20 per arm.

    Raises
    ------
    InputError
        When an arm is not one column of numbers.

    Notes
    -----
    δ = P(x > y) - P(x < y) over all pairs.

    References
    ----------
    Cliff 1993, doi:10.1037/0033-2909.114.3.494.

    Examples
    --------
    >>> round(cliffs_delta([1, 2, 3, 4], [2, 3, 4, 5, 6], seed=1, replicates=50).estimate, 2)
    -0.55
    """
    x, y, left_out = _arms(one, zero)
    params: dict[str, object] = {
        "level": level_of(level),
        "replicates": replicates,
        "seed": seed,
    }
    if not x.size or not y.size:
        return undefined(EMPTY, n_units=x.size + y.size, n_excluded=left_out, params=params)
    smaller = min(x.size, y.size)
    if smaller < BOOTSTRAP_FLOOR:
        params["remark"] = f"fewer than {BOOTSTRAP_FLOOR} units: interval too narrow"
    rng = np.random.default_rng(seed)
    draws = [
        _delta(rng.choice(x, x.size), rng.choice(y, y.size))
        for _ in range(replicates if smaller > 1 else 0)
    ]
    result = percentile_interval(
        _delta(x, y),
        draws,
        level=level,
        method="bootstrap",
        n_units=x.size + y.size,
        params=params,
    )
    return replace(result, n_excluded={**result.n_excluded, **left_out})


def hodges_lehmann(one: ArrayLike, zero: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate the shift between two arms by the median of all pairwise differences.

    Parameters
    ----------
    one, zero
        Values of independent units of each arm; NaN units are left out and counted.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the values; `ci_method` is `rank_exact` or `rank_normal`. `too_few_units`
        where no interval of that level exists.

    Raises
    ------
    InputError
        When an arm is not one column of numbers.

    Notes
    -----
    The interval runs from the (k+1)-th smallest to the (k+1)-th largest difference, k the largest
    number with P(U <= k - 1) <= (1 - level)/2 for the Mann–Whitney U of equal arms: counted
    exactly up to 2,500 pairs, normal beyond. Ties make it conservative.

    References
    ----------
    Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172.

    Examples
    --------
    >>> hodges_lehmann([1, 2, 3, 4], [2, 3, 4, 5, 6]).estimate
    -1.5
    """
    x, y, left_out = _arms(one, zero)
    params: dict[str, object] = {"level": level_of(level)}
    size = x.size + y.size
    if not x.size or not y.size:
        return undefined(EMPTY, n_units=size, n_excluded=left_out, params=params)
    pairs = np.sort(np.subtract.outer(x, y).ravel())
    exact = pairs.size <= EXACT_PAIRS
    skip = _outer_pairs(x.size, y.size, (1 - level) / 2, exact=exact)
    low = high = math.nan
    if skip > 0:
        low, high = float(pairs[skip - 1]), float(pairs[-skip])
    return Estimate(
        estimate=float(np.median(pairs)),
        ci_low=low,
        ci_high=high,
        ci_method=("rank_exact" if exact else "rank_normal") if skip > 0 else "none",
        n_units=size,
        n_excluded=left_out,
        params=params,
        status=OK if skip > 0 else TOO_FEW_UNITS,
    )


def _delta(x: FloatArray, y: FloatArray) -> float:
    """Return Cliff's delta by two binary searches per value."""
    ranked = np.sort(y)
    below = np.searchsorted(ranked, x, side="left").sum()
    above = x.size * y.size - np.searchsorted(ranked, x, side="right").sum()
    return float(below - above) / (x.size * y.size)


def _outer_pairs(n: int, m: int, tail: float, *, exact: bool) -> int:
    """Return which difference, counted from the outside, bounds the interval; 0 for none."""
    if exact:
        cumulative = np.cumsum(_mann_whitney(n, m))
        return int(np.searchsorted(cumulative, tail, side="right"))
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    return math.floor(n * m / 2 - float(stats.norm.ppf(1 - tail)) * spread)


def _mann_whitney(n: int, m: int) -> FloatArray:
    """Return P(U = u), u = 0..nm, for two arms from one continuous distribution.

    The generating function is the product over i of (1 - z^(m+i)) / (1 - z^i), worked out factor
    by factor and normalised as it goes so that nothing overflows.
    """
    out = np.zeros(n * m + 1)
    out[0] = 1.0
    for i in range(1, n + 1):
        out[m + i :] -= out[: -(m + i)].copy() if m + i < out.size else 0.0
        for start in range(i):
            out[start::i] = np.cumsum(out[start::i])
        out *= i / (m + i)
    return out


def _arms(one: ArrayLike, zero: ArrayLike) -> tuple[FloatArray, FloatArray, dict[str, int]]:
    """Return the defined values of both arms and how many were not."""
    x, y = vector(one, "one"), vector(zero, "zero")
    gone = int(np.isnan(x).sum() + np.isnan(y).sum())
    return x[~np.isnan(x)], y[~np.isnan(y)], {"undefined": gone}
