"""How many groups a comparison needs, from a pilot's intra-group correlation and volumes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.errors import InputError, choose
from supportnet.inference.checks import FloatArray, level_of, vector
from supportnet.inference.intervals import wilson
from supportnet.inference.result import Estimate

__all__ = ["power", "power_two_sample", "units_per_arm"]


def power(
    effect: float,
    *,
    n_units: int,
    icc: float,
    volumes: ArrayLike,
    seed: int,
    outcome: str = "mean",
    baseline: float = 0.80,
    sd: float = 1.0,
    alpha: float = 0.05,
    simulations: int = 2000,
) -> Estimate:
    """Simulate the chance of detecting a difference between two arms of groups.

    Parameters
    ----------
    effect
        True difference, arm one minus arm zero, in the unit of the outcome.
    n_units
        Independent units per arm, at least 2.
    icc
        Share of the variance of one event that lies between units, in [0, 1).
    volumes
        The pilot's events per unit; each simulated unit takes one of them at random.
    seed
        Seed of the generator.
    outcome
        `mean`: unit means of events with standard deviation `sd`. `share`: unit shares, arm zero
        at `baseline`, beta-binomial with that icc.
    baseline
        Share in arm zero, for `share`.
    sd
        Standard deviation of one event, between and within units together, for `mean`.
    alpha
        Two-sided level of the test.
    simulations
        Number of simulated studies.

    Returns
    -------
    Estimate
        Power in [0, 1] with Wilson's interval for the Monte-Carlo error; `n_units` is the number
        of simulated studies.

    Raises
    ------
    InputError
        When a parameter is out of range or a share would leave (0, 1).

    Notes
    -----
    A unit of volume v has mean ~ N(μ, sd²(icc + (1 - icc)/v)), or share K/v with K beta-binomial.
    Each study is tested by Welch's t on unit values, whose level and power equal those of the
    permutation over units to about a point.

    Examples
    --------
    >>> result = power(0.5, n_units=64, icc=0.5, volumes=[10**9], sd=2**0.5, seed=1,
    ...                simulations=400)
    >>> 0.7 < result.estimate < 0.9
    True
    """
    choose(outcome, ("mean", "share"), "outcome")
    level_of(alpha, "alpha")
    size = vector(volumes, "volumes")
    if not size.size or np.isnan(size).any() or (size < 1).any():
        msg = "volumes must be events per unit >= 1; found otherwise; pass the pilot's counts."
        raise InputError(msg)
    if n_units < 2 or not 0 <= icc < 1 or simulations < 1:
        msg = "power needs n_units >= 2, 0 <= icc < 1; found otherwise; pass the pilot's values."
        raise InputError(msg)
    rng = np.random.default_rng(seed)
    shape = (simulations, n_units)
    arms = [
        _simulate(rng, shape, size, icc, outcome, shift, baseline, sd) for shift in (effect, 0.0)
    ]
    detected = _welch(arms[0], arms[1]) <= alpha
    result = wilson(int(detected.sum()), simulations)
    return replace(
        result,
        n_events=0,
        params={
            "effect": effect,
            "units_per_arm": n_units,
            "icc": icc,
            "outcome": outcome,
            "alpha": alpha,
            "level": 0.95,
            "seed": seed,
        },
    )


def power_two_sample(n_units: int, d: float, *, alpha: float = 0.05) -> float:
    """Return the power of a two-sided two-sample t test for a standardised difference.

    Parameters
    ----------
    n_units
        Independent units per arm, at least 2.
    d
        Difference in standard deviations of unit values.
    alpha
        Two-sided level.

    Returns
    -------
    float
        In [alpha, 1].

    Raises
    ------
    InputError
        When there are fewer than two units per arm.

    Notes
    -----
    Noncentral t with 2n - 2 degrees of freedom and noncentrality d sqrt(n/2).

    Examples
    --------
    >>> round(power_two_sample(64, 0.5), 2)
    0.8
    """
    if n_units < 2:
        msg = "power needs at least two units per arm; found fewer; pass n_units >= 2."
        raise InputError(msg)
    df = 2 * n_units - 2
    shift = abs(d) * math.sqrt(n_units / 2)
    critical = float(stats.t.ppf(1 - level_of(alpha, "alpha") / 2, df))
    # The far tail by symmetry: cdf at -c loses its digits for a large noncentrality.
    return float(stats.nct.sf(critical, df, shift) + stats.nct.sf(critical, df, -shift))


def units_per_arm(d: float, *, target: float = 0.80, alpha: float = 0.05) -> int:
    """Return the smallest number of independent units per arm that reaches a power.

    Parameters
    ----------
    d
        Difference in standard deviations of unit values, not 0.
    target
        Power wanted.
    alpha
        Two-sided level.

    Returns
    -------
    int
        Units per arm.

    Raises
    ------
    InputError
        When the difference is 0.

    Notes
    -----
    Groups, not messages. Whatever this says, no p-value is given below 10 groups per arm.

    Examples
    --------
    >>> units_per_arm(0.5), units_per_arm(0.3)
    (64, 176)
    """
    level_of(target, "target")
    if not d:
        msg = "the difference must not be 0; found 0; pass the smallest effect that matters."
        raise InputError(msg)
    low, high = 1, 2
    while power_two_sample(high, d, alpha=alpha) < target:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        enough = power_two_sample(middle, d, alpha=alpha) >= target
        low, high = (low, middle) if enough else (middle, high)
    return high


def _simulate(
    rng: np.random.Generator,
    shape: tuple[int, int],
    volumes: FloatArray,
    icc: float,
    outcome: str,
    shift: float,
    baseline: float,
    sd: float,
) -> FloatArray:
    """Return unit values of one arm: one row per study."""
    volume = rng.choice(volumes, size=shape)
    if outcome == "mean":
        return shift + _noise(rng, volume, icc, sd)
    share = baseline + shift
    if not 0 < share < 1:
        msg = "baseline + effect must lie in (0, 1); found outside; pass a smaller effect."
        raise InputError(msg)
    count = volume.astype(np.int64)
    chance: FloatArray | float = share
    if icc:
        scale = (1 - icc) / icc
        chance = rng.beta(share * scale, (1 - share) * scale, size=shape)
    return rng.binomial(count, chance) / count


def _noise(rng: np.random.Generator, volume: FloatArray, icc: float, sd: float) -> FloatArray:
    """Return normal deviations of unit means."""
    return rng.normal(size=volume.shape) * sd * np.sqrt(icc + (1 - icc) / volume)


def _welch(one: FloatArray, zero: FloatArray) -> FloatArray:
    """Return Welch's two-sided p of each row; 1 where nothing varies and nothing differs."""
    n, m = one.shape[1], zero.shape[1]
    a, b = one.var(axis=1, ddof=1) / n, zero.var(axis=1, ddof=1) / m
    gap = np.abs(one.mean(axis=1) - zero.mean(axis=1))
    flat = (a + b) == 0
    spread = np.where(flat, 1.0, a + b)
    df = np.where(flat, 1.0, spread**2 / np.where(flat, 1.0, a**2 / (n - 1) + b**2 / (m - 1)))
    p = 2 * stats.t.sf(gap / np.sqrt(spread), df)
    return np.where(flat, np.where(gap > 0, 0.0, 1.0), p)
