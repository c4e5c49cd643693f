"""Exact tests on counts of independent events, and the balance a symmetric tie would show."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from supportnet.errors import InputError
from supportnet.inference.checks import FloatArray, level_of, whole
from supportnet.inference.result import (
    EMPTY,
    OK,
    ZERO_DENOMINATOR,
    Estimate,
)

__all__ = ["binomial_p", "clopper_pearson", "expected_balance", "poisson_rate_ratio"]


def expected_balance(total: ArrayLike) -> FloatArray:
    """Return the tie balance expected of a perfectly symmetric tie with so many acts.

    Parameters
    ----------
    total
        Acts in both directions together, whole numbers >= 0.

    Returns
    -------
    numpy.ndarray
        E[2 min(X, n-X) / n] for X ~ Binomial(n, 1/2), in [0, 1); NaN at n = 0.

    Raises
    ------
    InputError
        When a total is not a whole number.

    Notes
    -----
    2 min(X, n-X) = n - |2X - n|, and the mean distance of a symmetric walk of n steps is
    E|2X - n| = 2m C(2m, m) / 4^m with m = ceil(n/2). C(2m, m)/4^m = B(m + 1/2, 1/2) / π stays
    exact for large n. Raw balance rises with activity alone, hence the *excess* b - E0.

    Examples
    --------
    >>> expected_balance([2, 4, 10, 20, 50, 100, 500]).round(3).tolist()
    [0.5, 0.625, 0.754, 0.824, 0.888, 0.92, 0.964]
    """
    count = whole(total, "total")
    out = np.full(count.size, np.nan)
    some = count > 0
    n = count[some].astype(np.float64)
    m = np.ceil(n / 2)
    out[some] = 1.0 - 2.0 * m * special.beta(m + 0.5, 0.5) / math.pi / n
    return out


def binomial_p(successes: ArrayLike, trials: ArrayLike, *, p: float = 0.5) -> FloatArray:
    """Return the exact two-sided binomial p-value of each pair of counts.

    Parameters
    ----------
    successes, trials
        Whole numbers, successes <= trials.
    p
        Probability under the hypothesis, in (0, 1).

    Returns
    -------
    numpy.ndarray
        In (0, 1]; NaN where there are no trials.

    Raises
    ------
    InputError
        When counts contradict each other.

    Notes
    -----
    The sum of all outcomes no likelier than the one seen. At p = .5 this is twice the smaller
    tail, capped at 1. It assumes independent acts: right for session starts and posts, wrong for
    messages that answer one another.

    Examples
    --------
    >>> binomial_p([12, 8], [15, 15]).round(3).tolist()
    [0.035, 1.0]
    """
    n = whole(trials, "trials")
    k = whole(successes, "successes", like=n.size)
    if (k > n).any():
        msg = "successes must not exceed trials; found more; check the two columns."
        raise InputError(msg)
    level_of(p, "p")
    if p == 0.5:
        out = np.minimum(1.0, 2.0 * stats.binom.cdf(np.minimum(k, n - k), n, 0.5))
        return np.where(n > 0, out, np.nan)
    return np.array(
        [
            float(stats.binomtest(int(a), int(b), p).pvalue) if b else math.nan
            for a, b in zip(k, n, strict=True)
        ],
        dtype=np.float64,
    )


def clopper_pearson(successes: int, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a binomial probability.

    Parameters
    ----------
    successes, trials
        Whole numbers, 0 <= successes <= trials.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    tuple of float
        Bounds in [0, 1]; (0, 1) without trials.

    References
    ----------
    Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> clopper_pearson(0, 0)
    (0.0, 1.0)
    """
    tail = (1 - level_of(level)) / 2
    low = float(stats.beta.ppf(tail, successes, trials - successes + 1)) if successes else 0.0
    high = 1.0
    if successes < trials:
        high = float(stats.beta.ppf(1 - tail, successes + 1, trials - successes))
    return low, high


def poisson_rate_ratio(
    events: int,
    span: float,
    baseline_events: int,
    baseline_span: float,
    *,
    level: float = 0.95,
) -> Estimate:
    """Estimate how many times the baseline rate a rate is, with the exact conditional interval.

    Parameters
    ----------
    events, span
        Count and exposure of the window looked at.
    baseline_events, baseline_span
        Count and exposure of the baseline, in the same unit of time.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    Estimate
        A ratio >= 0; `params["p_value"]` is the exact two-sided p of equal rates. A silent
        baseline gives NaN `zero_denominator` with the lower bound kept; silence in both, `empty`.

    Raises
    ------
    InputError
        When a count is negative or a span not positive.

    Notes
    -----
    Given x + y events, x is binomial with probability θ = R s/(R s + b), s and b the spans; the
    Clopper–Pearson bounds of θ turn into bounds of R = θ/(1-θ) · b/s. Counts must be independent
    (bursts, not messages); for one shock the interval is descriptive.

    References
    ----------
    Przyborowski & Wilenski 1940, doi:10.1093/biomet/31.3-4.313.

    Examples
    --------
    >>> ratio = poisson_rate_ratio(12, 24, 21, 168)
    >>> ratio.estimate, round(ratio.ci_low, 2), round(ratio.ci_high, 2)
    (4.0, 1.79, 8.51)
    """
    if min(events, baseline_events) < 0 or min(span, baseline_span) <= 0:
        msg = "counts must be >= 0 and spans > 0; found otherwise; check the two windows."
        raise InputError(msg)
    both = events + baseline_events
    scale = baseline_span / span
    low, high = (
        t / (1 - t) * scale if t < 1 else math.inf
        for t in clopper_pearson(events, both, level=level)
    )
    null = span / (span + baseline_span)
    p_value = float(stats.binomtest(events, both, null).pvalue) if both else math.nan
    status = OK if baseline_events else (ZERO_DENOMINATOR if events else EMPTY)
    return Estimate(
        estimate=events / baseline_events * scale if baseline_events else math.nan,
        ci_low=low if both else math.nan,
        ci_high=high if both else math.nan,
        ci_method="exact_conditional" if both else "none",
        n_units=2,
        n_events=both,
        params={"level": level, "p_value": p_value},
        status=status,
    )
