"""Intervals for outcomes of ties that share persons: dyadic-robust variance, person jackknife."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.errors import InputError
from supportnet.inference.checks import FloatArray, IntArray, flags, labels, level_of, vector
from supportnet.inference.result import EMPTY, OK, TOO_FEW_UNITS, Estimate, undefined

__all__ = ["dyadic_interval", "dyadic_variance", "person_jackknife_se"]


def person_jackknife_se(without: ArrayLike) -> float:
    """Return the standard error of a network statistic from its leave-one-person-out values.

    Parameters
    ----------
    without
        The statistic with person i left out, one value per person.

    Returns
    -------
    float
        sqrt[((n-2)/(2n)) sum (z_-i - z̄)^2]; NaN below three persons or with an undefined value.

    Notes
    -----
    The factor differs from the usual (n-1)/n because leaving a person out removes n - 1 of the
    n(n-1)/2 pairs at once.

    References
    ----------
    Snijders & Borgatti 1999, Connections 22(2):161.

    Examples
    --------
    >>> round(person_jackknife_se([0.5, 0.4, 0.6, 0.5]), 4)
    0.0707
    """
    z = vector(without, "without")
    if z.size < 3 or np.isnan(z).any():
        return math.nan
    return math.sqrt((z.size - 2) / (2 * z.size) * float(np.square(z - z.mean()).sum()))


def dyadic_variance(influence: ArrayLike, first: ArrayLike, second: ArrayLike) -> float:
    """Return the sum of e_d e_d' over all pairs of ties that share a person.

    Parameters
    ----------
    influence
        What each tie contributes to the error, e.g. (y_d - ȳ)/m for a mean.
    first, second
        The two persons of each tie.

    Returns
    -------
    float
        The variance; may be negative in small samples.

    Raises
    ------
    InputError
        When a tie joins a person to itself or lengths differ.

    Notes
    -----
    V = sum over persons (sum of their e)^2 - sum over pairs (sum of their e)^2: two ties of one
    pair share both persons and would be counted twice. Linear in the number of ties.

    References
    ----------
    Aronow, Samii & Assenova 2015, doi:10.1093/pan/mpv018.

    Examples
    --------
    >>> e = np.array([-2, -1, 0, 3]) / 4
    >>> round(dyadic_variance(e, ["a", "a", "b", "d"], ["b", "c", "c", "e"]) ** 0.5, 4)
    1.0607
    """
    e = vector(influence, "influence")
    one, two, n = _persons(first, second, e.size)
    per_person = np.bincount(one, e, n) + np.bincount(two, e, n)
    pair = np.minimum(one, two) * n + np.maximum(one, two)
    per_pair = np.bincount(np.unique(pair, return_inverse=True)[1], e) if e.size else np.empty(0)
    return float(per_person @ per_person - per_pair @ per_pair)


def dyadic_interval(
    values: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    arm: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate a mean over ties, or a difference of two, when ties share persons.

    Parameters
    ----------
    values
        One outcome per tie; NaN ties are left out and counted.
    first, second
        The two persons of each tie.
    arm
        True for the ties of the first kind; then the mean of these minus the mean of the others
        is estimated. None for one mean.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the values. `ci_method` is `dyadic_robust`, or `person_jackknife` where the
        robust variance is not positive. `params` has se, df, persons and `p_value` = NaN: under
        this much sharing no p is given. `empty` without ties (in an arm), `too_few_units` where
        no interval can be formed.

    Raises
    ------
    InputError
        When lengths differ or a tie joins a person to itself.

    Notes
    -----
    Default where one component holds more than half of the groups. t with persons - 1 degrees of
    freedom, no small-sample factor.

    References
    ----------
    Aronow, Samii & Assenova 2015, doi:10.1093/pan/mpv018.

    Examples
    --------
    >>> result = dyadic_interval([1, 2, 3, 6], ["a", "a", "b", "d"], ["b", "c", "c", "e"])
    >>> result.estimate, round(result.params["se"], 4), result.params["df"]
    (3.0, 1.0607, 4)
    """
    y = vector(values, "values")
    known = ~np.isnan(y)
    inside = np.ones(y.size, bool) if arm is None else flags(arm, "arm", like=y.size)
    one, two, _ = _persons(first, second, y.size)
    y, inside, one, two = y[known], inside[known], one[known], two[known]
    left_out = {"undefined": int((~known).sum())}
    params: dict[str, object] = {"level": level_of(level), "p_value": math.nan}
    sides = [inside] if arm is None else [inside, ~inside]
    if not all(side.any() for side in sides):
        return undefined(EMPTY, n_units=y.size, n_excluded=left_out, params=params)
    signs = (1.0, -1.0)[: len(sides)]
    point = sum(sign * float(y[side].mean()) for sign, side in zip(signs, sides, strict=True))
    influence = np.zeros(y.size)
    for sign, side in zip(signs, sides, strict=True):
        influence[side] = sign * (y[side] - y[side].mean()) / side.sum()
    persons = np.unique(np.concatenate((one, two))).size
    variance = dyadic_variance(influence, one, two)
    method, se = "dyadic_robust", math.sqrt(max(variance, 0.0))
    noise = 1e-9 * float(influence @ influence)
    if variance <= noise:
        method = "person_jackknife"
        se = person_jackknife_se(_without_person(y, sides, signs, one, two))
    # Values that differ cannot have a mean without error: a 0 here means both formulas cancelled.
    cancelled = se * se <= noise and bool(influence.any())
    enough = y.size >= 2 and persons >= 3 and not math.isnan(se) and not cancelled
    half = float(stats.t.ppf((1 + level) / 2, persons - 1)) * se if enough else math.nan
    return Estimate(
        estimate=point,
        ci_low=point - half,
        ci_high=point + half,
        ci_method=method if enough else "none",
        n_units=y.size,
        n_excluded=left_out,
        params={**params, "se": se if enough else math.nan, "df": persons - 1, "persons": persons},
        status=OK if enough else TOO_FEW_UNITS,
    )


def _persons(first: ArrayLike, second: ArrayLike, size: int) -> tuple[IntArray, IntArray, int]:
    """Return the persons of each tie as codes over one common numbering, and how many."""
    one, two = np.asarray(first), np.asarray(second)
    if one.shape != (size,) or two.shape != (size,):
        msg = "persons must have one entry per tie; found another shape; align the columns."
        raise InputError(msg)
    code = labels(np.concatenate((one, two)), "persons", like=2 * size)
    if (code[:size] == code[size:]).any():
        msg = "a tie must join two persons; found one joined to itself; drop self-addressed rows."
        raise InputError(msg)
    return code[:size], code[size:], int(code.max()) + 1 if size else 0


def _without_person(
    y: FloatArray,
    sides: list[np.ndarray],
    signs: tuple[float, ...],
    one: IntArray,
    two: IntArray,
) -> FloatArray:
    """Return the estimate with each person's ties left out; NaN where an arm empties."""
    present, code = np.unique(np.concatenate((one, two)), return_inverse=True)
    a, b, n = code[: y.size], code[y.size :], present.size
    out = np.zeros(n)
    for sign, side in zip(signs, sides, strict=True):
        kept = y * side
        total = kept.sum() - np.bincount(a, kept, n) - np.bincount(b, kept, n)
        count = side.sum() - np.bincount(a, side, n) - np.bincount(b, side, n)
        out += sign * np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
    return out
