"""Beta-binomial shares: how much ties differ beyond chance, by moments and by likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from supportnet.errors import InputError
from supportnet.inference.checks import FloatArray, whole
from supportnet.inference.result import (
    EMPTY,
    NOT_IDENTIFIED,
    OK,
    TOO_FEW_UNITS,
    ZERO_DENOMINATOR,
)

__all__ = ["BetaBinomialFit", "BetaBinomialMoments", "betabinomial_ml", "betabinomial_moments"]

# Below this correlation the log-beta functions cancel to noise; the fit is binomial there.
MIN_RHO = 1e-6
# A log-likelihood this little better than binomial is rounding.
NOISE = 1e-7


@dataclass(frozen=True)
class BetaBinomialMoments:
    """Hold a share and its overdispersion by the method of moments.

    Parameters
    ----------
    pi
        Pooled share, in [0, 1].
    phi
        Overdispersion chi2 / (m - 1); 1 means binomial.
    icc
        Correlation of two messages of one tie; may fall slightly below 0 by chance.
    naive_se, rao_scott_se
        Standard error of `pi` as if messages were independent, and times sqrt(phi).
    n_units, n_events
        Ties with messages, and messages.
    status
        `ok`, `empty`, `too_few_units` (one tie), `zero_denominator` (share 0 or 1), or
        `not_identified` (no tie with two messages: the icc alone is NaN).

    Examples
    --------
    >>> betabinomial_moments([15, 17, 16, 9, 19, 12], [20] * 6).status
    'ok'
    """

    pi: float
    phi: float
    icc: float
    naive_se: float
    rao_scott_se: float
    n_units: int
    n_events: int
    status: str


@dataclass(frozen=True)
class BetaBinomialFit:
    """Hold a beta-binomial fitted by maximum likelihood.

    Parameters
    ----------
    pi, rho
        Mean share, and intra-tie correlation in [0, 1).
    loglik, loglik_binomial
        Log-likelihood of the fit, and with rho = 0, binomial coefficients included.
    p_overdispersion
        Likelihood-ratio p of rho = 0, halved because 0 is the border of the range.
    n_units, n_events
        Ties with messages, and messages.
    status
        As in `BetaBinomialMoments`.

    Examples
    --------
    >>> betabinomial_ml([15, 17, 16, 9, 19, 12], [20] * 6).status
    'ok'
    """

    pi: float
    rho: float
    loglik: float
    loglik_binomial: float
    p_overdispersion: float
    n_units: int
    n_events: int
    status: str


def betabinomial_moments(successes: ArrayLike, trials: ArrayLike) -> BetaBinomialMoments:
    """Estimate share and overdispersion by the method of moments.

    Parameters
    ----------
    successes, trials
        Private messages and all messages of each tie; ties without messages carry nothing.

    Returns
    -------
    BetaBinomialMoments
        Shares in [0, 1].

    Raises
    ------
    InputError
        When counts are not whole or successes exceed trials.

    Notes
    -----
    chi2 = sum (k - nπ)^2 / (nπ(1-π)), phi = chi2/(m-1). Setting chi2 to its expectation
    sum (1 - n_i/N)(1 + (n_i - 1) icc) gives the icc; with equal n this is (phi - 1)/(n - 1).

    References
    ----------
    Rao & Scott 1992, doi:10.2307/2532311.

    Examples
    --------
    >>> fit = betabinomial_moments([15, 17, 16, 9, 19, 12], [20] * 6)
    >>> round(fit.pi, 4), round(fit.phi, 3), round(fit.icc, 4), round(fit.rao_scott_se, 4)
    (0.7333, 3.341, 0.1232, 0.0738)
    """
    k, n = _counts(successes, trials)
    total, m = float(n.sum()), n.size
    nan = math.nan
    if not total:
        return BetaBinomialMoments(nan, nan, nan, nan, nan, 0, 0, EMPTY)
    pi = float(k.sum()) / total
    variance = pi * (1 - pi)
    naive = math.sqrt(variance / total)
    if m < 2 or variance == 0:
        status = TOO_FEW_UNITS if m < 2 else ZERO_DENOMINATOR
        return BetaBinomialMoments(pi, nan, nan, naive, nan, m, int(total), status)
    chi2 = float((np.square(k - n * pi) / (n * variance)).sum())
    phi = chi2 / (m - 1)
    slope = float(((1 - n / total) * (n - 1)).sum())
    icc = (chi2 - (m - 1)) / slope if slope else nan
    status = OK if slope else NOT_IDENTIFIED
    return BetaBinomialMoments(pi, phi, icc, naive, naive * math.sqrt(phi), m, int(total), status)


def betabinomial_ml(successes: ArrayLike, trials: ArrayLike) -> BetaBinomialFit:
    """Fit mean share and intra-tie correlation by maximum likelihood.

    Parameters
    ----------
    successes, trials
        Private messages and all messages of each tie.

    Returns
    -------
    BetaBinomialFit
        Shares in [0, 1]; rho = 0 where the ties vary no more than chance.

    Raises
    ------
    InputError
        When counts are not whole or successes exceed trials.

    Notes
    -----
    k ~ BetaBinomial(n, a, b), a = π(1-ρ)/ρ, b = (1-π)(1-ρ)/ρ. Maximised over logits of π and ρ
    from the moment estimate and a weak start; the better is kept.

    References
    ----------
    Williams 1975, doi:10.2307/2529820.

    Examples
    --------
    >>> fit = betabinomial_ml([15, 17, 16, 9, 19, 12], [20] * 6)
    >>> round(fit.pi, 3), round(fit.rho, 3), round(fit.loglik, 3), round(fit.loglik_binomial, 4)
    (0.733, 0.09, -15.201, -17.6455)
    """
    moments = betabinomial_moments(successes, trials)
    nan = math.nan
    size = (moments.n_units, moments.n_events)
    if moments.status != OK:
        return BetaBinomialFit(moments.pi, nan, nan, nan, nan, *size, moments.status)
    k, n = _counts(successes, trials)
    flat = float(np.sum(stats.binom.logpmf(k, n, moments.pi)))
    best = (moments.pi, 0.0, flat)
    for start in (moments.icc, 0.05):
        guess = np.asarray(special.logit([moments.pi, min(max(start, 0.01), 0.9)]))
        found = optimize.minimize(
            _cost,
            guess,
            args=(k, n),
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
        )
        if -found.fun > best[2] + NOISE:
            pi, rho = (float(x) for x in special.expit(found.x))
            best = (pi, rho, -float(found.fun))
    excess = 2 * (best[2] - flat)
    p_value = 0.5 * float(stats.chi2.sf(excess, 1)) if excess > 0 else 1.0
    return BetaBinomialFit(*best, flat, p_value, *size, OK)


def _cost(at: FloatArray, k: FloatArray, n: FloatArray) -> float:
    """Return the negative log-likelihood at two logits."""
    pi, rho = special.expit(at).tolist()
    return -_loglik(k, n, pi, rho)


def _loglik(k: FloatArray, n: FloatArray, pi: float, rho: float) -> float:
    """Return the beta-binomial log-likelihood; -inf at the very border of the range."""
    if not (0 < pi < 1 and MIN_RHO < rho < 1):
        return -math.inf
    scale = (1 - rho) / rho
    return float(np.sum(stats.betabinom.logpmf(k, n, pi * scale, (1 - pi) * scale)))


def _counts(successes: ArrayLike, trials: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the counts of ties with at least one trial."""
    n = whole(trials, "trials")
    k = whole(successes, "successes", like=n.size)
    if (k > n).any():
        msg = "successes must not exceed trials; found more; check the two columns."
        raise InputError(msg)
    used = n > 0
    return k[used].astype(np.float64), n[used].astype(np.float64)
