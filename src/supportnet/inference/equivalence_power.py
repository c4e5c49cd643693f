"""How many units or messages it takes to show that a share is 80 %."""

from __future__ import annotations

import math

import numpy as np
from scipy import integrate, stats

from supportnet.errors import InputError
from supportnet.inference.equivalence import equivalence_range

__all__ = ["tost_binomial_power", "tost_power"]


def tost_power(
    n_units: int,
    sd: float,
    *,
    true: float = 0.80,
    target: float = 0.80,
    margin: float = 0.10,
    alpha: float = 0.05,
) -> float:
    """Return the chance that `tost_mean` says `equivalent`, for normal unit values.

    Parameters
    ----------
    n_units
        Independent units, at least 2.
    sd
        Standard deviation of the unit values, > 0.
    true
        The mean that holds.
    target, margin, alpha
        As in `tost_mean`.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    InputError
        When there are fewer than two units or no spread.

    Notes
    -----
    Given the sample deviation s, the mean must fall in [low + t s/√G, high - t s/√G]; that normal
    probability is integrated over the chi distribution of s.

    Examples
    --------
    >>> [round(tost_power(g, 0.08), 2) for g in (5, 8, 10)]
    [0.53, 0.87, 0.95]
    """
    low, high = equivalence_range(target, margin, alpha)
    if n_units < 2 or not sd > 0:
        msg = "power needs two units or more and sd > 0; found less; pass the pilot's values."
        raise InputError(msg)
    df = n_units - 1
    error = sd / math.sqrt(n_units)
    critical = float(stats.t.ppf(1 - alpha, df))

    def given(scale: float) -> float:
        """Return P(equivalent | s/sd = scale) times the density of scale."""
        reach = critical * error * scale
        inside = stats.norm.cdf((high - reach - true) / error) - stats.norm.cdf(
            (low + reach - true) / error
        )
        return max(0.0, float(inside)) * float(stats.chi.pdf(scale * math.sqrt(df), df))

    limit = margin / (critical * error)
    area, _ = integrate.quad(given, 0.0, limit, limit=200)
    return min(1.0, float(area) * math.sqrt(df))


def tost_binomial_power(
    trials: int,
    *,
    true: float = 0.80,
    target: float = 0.80,
    margin: float = 0.10,
    alpha: float = 0.05,
) -> float:
    """Return the chance that `tost_binomial` says `equivalent`, exactly.

    Parameters
    ----------
    trials
        Independent messages of the tie.
    true
        The share that holds.
    target, margin, alpha
        As in `tost_mean`.

    Returns
    -------
    float
        In [0, 1].

    Notes
    -----
    Sum of binomial probabilities over the counts that pass both one-sided tests.

    Examples
    --------
    >>> [round(tost_binomial_power(n), 2) for n in (100, 150, 200)]
    [0.61, 0.83, 0.92]
    """
    low, high = equivalence_range(target, margin, alpha)
    k = np.arange(trials + 1)
    passes = (stats.binom.sf(k - 1, trials, max(low, 0.0)) <= alpha) & (
        stats.binom.cdf(k, trials, min(high, 1.0)) <= alpha
    )
    return float(stats.binom.pmf(k, trials, true)[passes].sum())
