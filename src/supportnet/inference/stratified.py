"""The engine behind every permutation test: relabel arms inside strata, all ways or at random."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from supportnet.inference.arrangements import (
    Stratum,
    exact_arrangements,
    random_arrangements,
    shift_interval,
)
from supportnet.inference.checks import BoolArray, FloatArray, IntArray
from supportnet.inference.result import EMPTY, OK, TOO_FEW_UNITS, Estimate

__all__ = ["MAX_EXACT", "PermutationTest", "permute_within"]

MAX_EXACT = 10_000
"""Most arrangements that are listed one by one."""


@dataclass(frozen=True)
class PermutationTest:
    """Hold a permutation test of a difference.

    Parameters
    ----------
    estimate
        Difference, arm one minus arm zero (or mean difference), in the unit of the values.
    ci_low, ci_high
        The shifts the test does not reject, level 1 - alpha.
    p_value
        Two-sided; NaN with status `too_few_units`.
    n_units
        Independent units per arm (arm one, arm zero); for sign flips, pairs twice.
    n_arrangements
        How many relabellings were looked at, the real one included.
    method
        `exact`, `monte_carlo` or `none`.
    n_excluded
        Units left out, by reason.
    alpha, seed
        The settings.
    status
        `ok`, `empty`, `too_few_units`.

    Examples
    --------
    >>> from supportnet.inference.permutation import two_sample
    >>> two_sample([3, 5, 8, 1, 2, 4], [1, 1, 1, 0, 0, 0], seed=1, min_units=3).method
    'exact'
    """

    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    n_units: tuple[int, int]
    n_arrangements: int
    method: str
    n_excluded: Mapping[str, int]
    alpha: float
    seed: int
    status: str

    def to_estimate(self) -> Estimate:
        """Return the test as an estimate, p-value and arms among its parameters.

        Returns
        -------
        Estimate
            `n_units` is the smaller arm.

        Examples
        --------
        >>> from supportnet.inference.permutation import sign_flip
        >>> sign_flip([1.0] * 10, seed=1).to_estimate().ci_method
        'permutation_exact'
        """
        return Estimate(
            estimate=self.estimate,
            ci_low=self.ci_low,
            ci_high=self.ci_high,
            ci_method="none" if self.method == "none" else f"permutation_{self.method}",
            n_units=min(self.n_units),
            n_excluded=self.n_excluded,
            params={
                "p_value": self.p_value,
                "n_arm_one": self.n_units[0],
                "n_arm_zero": self.n_units[1],
                "n_arrangements": self.n_arrangements,
                "level": 1 - self.alpha,
                "seed": self.seed,
            },
            status=self.status,
        )


def permute_within(
    y: FloatArray,
    first: BoolArray,
    stratum: IntArray,
    left_out: dict[str, int],
    *,
    seed: int,
    draws: int,
    alpha: float,
    enough: Callable[[tuple[int, int]], bool],
) -> PermutationTest:
    """Run a permutation of arm labels inside strata; every test of `permutation` ends here.

    Parameters
    ----------
    y, first, stratum
        Value, arm and stratum code of each independent unit, all defined.
    left_out
        Units already excluded, by reason.
    seed, draws, alpha
        As in `permutation.two_sample`.
    enough
        Says from the units per arm whether a p-value may be given.

    Returns
    -------
    PermutationTest
        In the unit of the values.

    Examples
    --------
    >>> y, arm = np.array([3.0, 5, 8, 1, 2, 4]), np.arange(6) < 3
    >>> permute_within(y, arm, np.zeros(6, np.int64), {}, seed=1, draws=99, alpha=0.05,
    ...                enough=lambda arms: True).p_value
    0.2
    """
    strata, dropped = _informative(y, first, stratum)
    everything = {**left_out, "stratum_without_contrast": dropped}
    excluded = {reason: n for reason, n in everything.items() if n}
    arms = (sum(int(a.sum()) for _, a in strata), sum(int((~a).sum()) for _, a in strata))
    nan = math.nan
    if not strata:
        return PermutationTest(nan, nan, nan, nan, arms, 0, "none", excluded, alpha, seed, EMPTY)
    observed = sum(float(v[a].sum()) for v, a in strata)
    weight = sum(int(a.sum()) * int((~a).sum()) / a.size for _, a in strata)
    point = observed / weight
    if not enough(arms):
        return PermutationTest(
            point, nan, nan, nan, arms, 0, "none", excluded, alpha, seed, TOO_FEW_UNITS
        )
    exact = _arrangement_count(strata) <= MAX_EXACT
    table = (
        exact_arrangements(strata)
        if exact
        else random_arrangements(strata, draws, np.random.default_rng(seed))
    )
    scale = max(float(np.abs(v).max()) for v, _ in strata)
    hits = int((np.abs(table[0]) >= abs(observed) - 1e-9 * max(scale, 1e-300)).sum())
    count = table[0].size + (not exact)
    low, high = shift_interval(observed, weight, table, alpha=alpha, sampled=not exact)
    return PermutationTest(
        estimate=point,
        ci_low=low,
        ci_high=high,
        p_value=(hits + (not exact)) / count,
        n_units=arms,
        n_arrangements=count,
        method="exact" if exact else "monte_carlo",
        n_excluded=excluded,
        alpha=alpha,
        seed=seed,
        status=OK,
    )


def _informative(y: FloatArray, first: BoolArray, stratum: IntArray) -> tuple[list[Stratum], int]:
    """Return strata that hold both arms, values centred, and the number of units elsewhere."""
    order = np.argsort(stratum, kind="stable")
    cuts = np.flatnonzero(np.diff(stratum[order])) + 1
    out: list[Stratum] = []
    dropped = 0
    for rows in np.split(order, cuts) if order.size else []:
        arm = first[rows]
        if arm.all() or not arm.any():
            dropped += rows.size
        else:
            out.append((y[rows] - y[rows].mean(), arm))
    return out, dropped


def _arrangement_count(strata: list[Stratum]) -> int:
    """Return how many relabellings there are, stopping soon after the limit."""
    total = 1
    for _, arm in strata:
        total *= math.comb(arm.size, int(arm.sum()))
        if total > MAX_EXACT:
            break
    return total
