"""Permutation tests whose units are groups or components of groups, never messages.

Exact where there are at most 10,000 arrangements, else Monte Carlo with p = (b+1)/(R+1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from supportnet.errors import InputError
from supportnet.inference.checks import BoolArray, FloatArray, IntArray, flags, labels, vector
from supportnet.inference.stratified import PermutationTest, permute_within

__all__ = ["component_contrast", "sign_flip", "two_sample"]

MIN_UNITS = 10
"""Independent units per arm below which no p-value is given."""

MAX_SHARE = 0.5
"""Largest share of the groups one component may hold for a permutation p-value."""


def two_sample(
    values: ArrayLike,
    arm: ArrayLike,
    *,
    seed: int,
    strata: ArrayLike | None = None,
    draws: int = 9999,
    alpha: float = 0.05,
    min_units: int = MIN_UNITS,
) -> PermutationTest:
    """Test a difference between two arms of independent units by permuting arm labels.

    Parameters
    ----------
    values
        One value per unit; NaN units are left out and counted.
    arm
        True for arm one.
    seed
        Seed of the generator, used where not every arrangement is listed.
    strata
        Labels inside which arms are permuted, e.g. the dataset; units of a stratum with one arm
        only say nothing and are counted out.
    draws
        Monte-Carlo relabellings.
    alpha
        1 - level of the interval.
    min_units
        Units per arm below which only the estimate is given.

    Returns
    -------
    PermutationTest
        Difference in the unit of the values.

    Raises
    ------
    InputError
        When lengths differ or the arm is not true or false.

    Notes
    -----
    The estimate is sum_s w_s (ȳ_1s - ȳ_0s) / sum_s w_s with w_s = n_1s n_0s / n_s, which is the
    regression coefficient of the arm given the strata; with one stratum, the difference of means.
    p is the share of arrangements at least as far from 0.

    References
    ----------
    Phipson & Smyth 2010, doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> test = two_sample([3, 5, 8, 1, 2, 4], [1, 1, 1, 0, 0, 0], seed=1, min_units=3)
    >>> round(test.estimate, 9), test.p_value
    (3.0, 0.2)
    """
    y = vector(values, "values")
    first = flags(arm, "arm", like=y.size)
    stratum = labels(strata, "strata", like=y.size)
    known = ~np.isnan(y)
    left_out = {"undefined": int((~known).sum())}
    return permute_within(
        y[known],
        first[known],
        stratum[known],
        left_out,
        seed=seed,
        draws=draws,
        alpha=alpha,
        enough=lambda arms: min(arms) >= min_units,
    )


def sign_flip(
    differences: ArrayLike,
    *,
    seed: int,
    draws: int = 9999,
    alpha: float = 0.05,
    min_units: int = MIN_UNITS,
) -> PermutationTest:
    """Test a mean difference within independent units by flipping signs.

    Parameters
    ----------
    differences
        One difference per independent unit (a component: average its egos first).
    seed
        Seed of the generator, used beyond 13 units.
    draws
        Monte-Carlo sign patterns.
    alpha
        1 - level of the interval.
    min_units
        Units below which only the estimate is given.

    Returns
    -------
    PermutationTest
        Mean difference in the unit given.

    Raises
    ------
    InputError
        When differences are not one column of numbers.

    Notes
    -----
    Exact over 2^n patterns up to n = 13. Assumes differences symmetric about their centre.

    Examples
    --------
    >>> sign_flip([1, 2, 3, 4], seed=1, min_units=4).p_value
    0.125
    """
    d = vector(differences, "differences")
    known = ~np.isnan(d)
    left_out = {"undefined": int((~known).sum())}
    d = d[known]
    # A difference is a stratum of two: +d/2 in arm one and -d/2 in arm zero.
    halves = np.concatenate((d / 2, -d / 2))
    pair = np.tile(np.arange(d.size), 2)
    return permute_within(
        halves,
        np.repeat([True, False], d.size),
        pair,
        left_out,
        seed=seed,
        draws=draws,
        alpha=alpha,
        enough=lambda arms: min(arms) >= min_units,
    )


def component_contrast(
    values: ArrayLike,
    arm: ArrayLike,
    component: ArrayLike,
    *,
    seed: int,
    strata: ArrayLike | None = None,
    draws: int = 9999,
    alpha: float = 0.05,
    min_units: int = MIN_UNITS,
    max_share: float = MAX_SHARE,
) -> PermutationTest:
    """Test a difference between two kinds of groups that may share persons.

    Parameters
    ----------
    values
        One value per group; NaN groups are left out and counted.
    arm
        True for groups of the first kind.
    component
        Label of the set of groups linked by shared persons.
    seed
        Seed of the generator.
    strata
        Label of each group's stratum, one and the same inside a component.
    draws, alpha
        As in `two_sample`.
    min_units
        Components per arm below which only the estimate is given.
    max_share
        Only the estimate is given where one component holds more than this share of the groups.

    Returns
    -------
    PermutationTest
        Difference in the unit of the values. With `too_few_units` p and interval are NaN: report
        `dyadic.dyadic_interval` on the ties instead.

    Raises
    ------
    InputError
        When a component spans two strata, or lengths differ.

    Notes
    -----
    Groups of one kind in one component are averaged. A *mixed* component (both kinds) is compared
    with itself and flips sign; *pure* components swap labels among each other within strata. Both
    are one stratified permutation, in which each mixed component is a stratum of two.

    Examples
    --------
    >>> y = np.arange(24.0)
    >>> test = component_contrast(y, y >= 12, np.arange(24), seed=1, draws=999)
    >>> test.estimate, test.p_value
    (12.0, 0.001)
    """
    y = vector(values, "values")
    first = flags(arm, "arm", like=y.size)
    part = labels(component, "component", like=y.size)
    stratum = labels(strata, "strata", like=y.size)
    known = ~np.isnan(y)
    left_out = {"undefined": int((~known).sum())}
    y, first, part, stratum = y[known], first[known], part[known], stratum[known]
    largest = np.bincount(part).max() / y.size if y.size else 0.0
    means, kind, place = _component_means(y, first, part, stratum)
    return permute_within(
        means,
        kind,
        place,
        left_out,
        seed=seed,
        draws=draws,
        alpha=alpha,
        enough=lambda arms: min(arms) >= min_units and largest <= max_share,
    )


def _component_means(
    y: FloatArray, first: BoolArray, part: IntArray, stratum: IntArray
) -> tuple[FloatArray, BoolArray, IntArray]:
    """Return one mean per component and kind, its kind, and the stratum it is permuted in."""
    if not y.size:
        return y, first, stratum
    n_parts, n_strata = int(part.max()) + 1, int(stratum.max()) + 1
    home = np.full(n_parts, -1, dtype=np.int64)
    home[part] = stratum
    if (home[part] != stratum).any():
        msg = "a component must lie in one stratum; found one in two; merge those strata."
        raise InputError(msg)
    cell, where = np.unique(2 * part + first, return_inverse=True)
    means = np.bincount(where, y) / np.bincount(where)
    owner, kind = cell // 2, cell % 2 == 1
    mixed = np.bincount(owner, minlength=n_parts)[owner] == 2
    return means, kind, np.where(mixed, n_strata + owner, home[owner])
