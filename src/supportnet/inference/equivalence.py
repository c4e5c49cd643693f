"""Is a share 80 %, within a margin declared beforehand? Equivalent, different, or inconclusive.

"Not significantly different from 80 %" is never evidence for the norm; two one-sided tests are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.errors import InputError
from supportnet.inference.checks import level_of, vector
from supportnet.inference.exact import clopper_pearson
from supportnet.inference.result import EMPTY, OK, TOO_FEW_UNITS, Estimate

__all__ = [
    "DIFFERENT",
    "EQUIVALENT",
    "INCONCLUSIVE",
    "Equivalence",
    "equivalence_range",
    "tost_binomial",
    "tost_mean",
    "verdict_of",
]

EQUIVALENT = "equivalent"
INCONCLUSIVE = "inconclusive"
DIFFERENT = "different"

# Bounds computed in floating point that meet the margin exactly are inside it.
EDGE = 1e-12


@dataclass(frozen=True)
class Equivalence:
    """Hold two one-sided tests and what they say.

    Parameters
    ----------
    estimate, se
        Mean (or share) and its standard error; `se` is NaN for the exact binomial test.
    ci_low, ci_high
        Interval of level 1 - 2 alpha.
    t_low, t_high
        Distances from the lower and upper bound in standard errors; NaN for the binomial test.
    df
        Degrees of freedom; 0 for the binomial test.
    p_value
        The larger of the two one-sided p-values.
    verdict
        `equivalent`, `different`, `inconclusive`, or empty where the status is not `ok`.
    low, high, alpha
        The declared bounds and level.
    n_units, n_excluded
        Units tested, and units left out as undefined.
    status
        `ok`, `empty`, `too_few_units`.

    Examples
    --------
    >>> tost_mean([0.76, 0.84, 0.79, 0.81, 0.74, 0.86]).verdict
    'equivalent'
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    t_low: float
    t_high: float
    df: int
    p_value: float
    verdict: str
    low: float
    high: float
    alpha: float
    n_units: int
    n_excluded: int
    status: str

    def to_estimate(self) -> Estimate:
        """Return the test as an estimate, verdict and p-value among its parameters.

        Returns
        -------
        Estimate
            `ci_method` is `tost_t` or `tost_exact`; the interval has level 1 - 2 alpha.

        Examples
        --------
        >>> tost_binomial(120, 150).to_estimate().params["verdict"]
        'equivalent'
        """
        has_interval = not math.isnan(self.ci_low)
        method = "tost_t" if self.df else "tost_exact"
        return Estimate(
            estimate=self.estimate,
            ci_low=self.ci_low,
            ci_high=self.ci_high,
            ci_method=method if has_interval else "none",
            n_units=self.n_units,
            n_excluded={"undefined": self.n_excluded},
            params={
                "level": 1 - 2 * self.alpha,
                "low": self.low,
                "high": self.high,
                "p_value": self.p_value,
                "verdict": self.verdict,
            },
            status=self.status,
        )


def verdict_of(ci_low: float, ci_high: float, *, low: float, high: float) -> str:
    """Return what an interval says about a range declared beforehand.

    Parameters
    ----------
    ci_low, ci_high
        The 1 - 2 alpha interval.
    low, high
        The range that counts as equivalent.

    Returns
    -------
    str
        `equivalent` where the interval lies in the range, `different` where it lies wholly
        outside, else `inconclusive`.

    Examples
    --------
    >>> [verdict_of(a, b, low=0.7, high=0.9) for a, b in ((0.76, 0.84), (0.6, 0.8), (0.2, 0.6))]
    ['equivalent', 'inconclusive', 'different']
    """
    if ci_low >= low - EDGE and ci_high <= high + EDGE:
        return EQUIVALENT
    if ci_low > high + EDGE or ci_high < low - EDGE:
        return DIFFERENT
    return INCONCLUSIVE


def tost_mean(
    values: ArrayLike,
    *,
    target: float = 0.80,
    margin: float = 0.10,
    alpha: float = 0.05,
    min_units: int = 5,
) -> Equivalence:
    """Test whether a mean over independent units equals a target within a margin.

    Parameters
    ----------
    values
        One value per unit, e.g. tie shares; NaN units are left out and counted.
    target, margin
        Centre and half-width of the range that counts as equivalent, declared beforehand.
    alpha
        Level of each one-sided test.
    min_units
        Fewer units give the mean alone. 5 for a set of groups; 3 for the three ties of one
        twinome.

    Returns
    -------
    Equivalence
        In the unit of the values.

    Raises
    ------
    InputError
        When alpha or margin make no sense.

    Notes
    -----
    t_low = (mean - low)/SE, t_high = (mean - high)/SE, each against t(G-1); equivalent iff both
    reject, i.e. iff the 1 - 2 alpha interval lies in [low, high].

    References
    ----------
    Schuirmann 1987, doi:10.1007/BF01068419. Lakens 2017, doi:10.1177/1948550617697177.

    Examples
    --------
    >>> test = tost_mean([0.76, 0.84, 0.79, 0.81, 0.74, 0.86])
    >>> round(test.t_low, 2), round(test.p_value, 5), test.verdict
    (5.32, 0.00157, 'equivalent')
    """
    low, high = equivalence_range(target, margin, alpha)
    raw = vector(values, "values")
    units = raw[~np.isnan(raw)]
    size = units.size
    mean = float(units.mean()) if size else math.nan
    if size < max(min_units, 2):
        return _bare(mean, low, high, alpha, size, raw.size - size)
    se = float(units.std(ddof=1)) / math.sqrt(size)
    half = float(stats.t.ppf(1 - alpha, size - 1)) * se
    t_low, t_high = _in_errors(mean - low, se), _in_errors(mean - high, se)
    p_value = max(float(stats.t.sf(t_low, size - 1)), float(stats.t.cdf(t_high, size - 1)))
    return Equivalence(
        estimate=mean,
        se=se,
        ci_low=mean - half,
        ci_high=mean + half,
        t_low=t_low,
        t_high=t_high,
        df=size - 1,
        p_value=p_value,
        verdict=verdict_of(mean - half, mean + half, low=low, high=high),
        low=low,
        high=high,
        alpha=alpha,
        n_units=size,
        n_excluded=raw.size - size,
        status=OK,
    )


def tost_binomial(
    successes: int,
    trials: int,
    *,
    target: float = 0.80,
    margin: float = 0.10,
    alpha: float = 0.05,
) -> Equivalence:
    """Test whether the share of one tie equals a target within a margin, exactly.

    Parameters
    ----------
    successes, trials
        Private messages and all messages of the tie, taken as independent.
    target, margin, alpha
        As in `tost_mean`.

    Returns
    -------
    Equivalence
        The interval is Clopper–Pearson of level 1 - 2 alpha; `empty` without trials.

    Raises
    ------
    InputError
        When the counts contradict each other.

    Notes
    -----
    p = max(P(X >= k | low), P(X <= k | high)). About 150 independent messages are needed, more
    with bursts: single ties are usually `inconclusive`.

    References
    ----------
    Schuirmann 1987, doi:10.1007/BF01068419.

    Examples
    --------
    >>> tost_binomial(40, 50).verdict, tost_binomial(120, 150).verdict
    ('inconclusive', 'equivalent')
    """
    low, high = equivalence_range(target, margin, alpha)
    if not 0 <= successes <= trials:
        msg = "successes must lie between 0 and trials; found otherwise; check the two counts."
        raise InputError(msg)
    if not trials:
        return _bare(math.nan, low, high, alpha, 0, 0)
    above = float(stats.binom.sf(successes - 1, trials, max(low, 0.0)))
    below = float(stats.binom.cdf(successes, trials, min(high, 1.0)))
    ci_low, ci_high = clopper_pearson(successes, trials, level=1 - 2 * alpha)
    return Equivalence(
        estimate=successes / trials,
        se=math.nan,
        ci_low=ci_low,
        ci_high=ci_high,
        t_low=math.nan,
        t_high=math.nan,
        df=0,
        p_value=max(above, below),
        verdict=verdict_of(ci_low, ci_high, low=low, high=high),
        low=low,
        high=high,
        alpha=alpha,
        n_units=trials,
        n_excluded=0,
        status=OK,
    )


def equivalence_range(target: float, margin: float, alpha: float) -> tuple[float, float]:
    """Return the bounds of the equivalence range, refusing settings that make no sense.

    Parameters
    ----------
    target, margin
        Centre and half-width.
    alpha
        Level of each one-sided test, below one half.

    Returns
    -------
    tuple of float
        Lower and upper bound.

    Raises
    ------
    InputError
        When the margin is not positive or alpha is not in (0, .5).

    Examples
    --------
    >>> equivalence_range(0.5, 0.25, 0.05)
    (0.25, 0.75)
    """
    level_of(alpha, "alpha")
    if alpha >= 0.5 or not margin > 0:
        msg = "margin must be > 0 and alpha < .5; found otherwise; declare e.g. margin=0.10."
        raise InputError(msg)
    return target - margin, target + margin


def _in_errors(gap: float, se: float) -> float:
    """Return gap / se, infinite with the sign of the gap where there is no spread."""
    if se > 0:
        return gap / se
    return math.copysign(math.inf, gap) if gap else 0.0


def _bare(mean: float, low: float, high: float, alpha: float, size: int, gone: int) -> Equivalence:
    """Return the mean without a test."""
    nan = math.nan
    status = TOO_FEW_UNITS if size else EMPTY
    return Equivalence(
        mean, nan, nan, nan, nan, nan, 0, nan, "", low, high, alpha, size, gone, status
    )
