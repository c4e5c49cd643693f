"""Adjust p-values for having looked more than once: Holm, Benjamini–Hochberg."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from supportnet.errors import InputError
from supportnet.inference.checks import FloatArray, vector

__all__ = ["benjamini_hochberg", "holm"]


def holm(p_values: ArrayLike) -> FloatArray:
    """Adjust p-values so that the chance of any false finding stays below alpha.

    Parameters
    ----------
    p_values
        In [0, 1]; NaN (tests that could not be made) stay NaN and do not count.

    Returns
    -------
    numpy.ndarray
        Adjusted values in the order given, in [0, 1].

    Raises
    ------
    InputError
        When a value lies outside [0, 1].

    Notes
    -----
    Sorted ascending, the k-th of m becomes max over j <= k of (m - j + 1) p_(j), capped at 1. For
    the at most four pre-declared primary outcomes.

    References
    ----------
    Holm 1979, Scand. J. Statist. 6:65.

    Examples
    --------
    >>> holm([0.001, 0.008, 0.039, 0.041, 0.042, 0.06]).round(3).tolist()
    [0.006, 0.04, 0.156, 0.156, 0.156, 0.156]
    """
    p, known, order = _sorted(p_values)
    m = order.size
    stepped = np.maximum.accumulate(p[known][order] * np.arange(m, 0, -1))
    return _back(p, known, order, stepped)


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Adjust p-values so that the expected share of false findings stays below alpha.

    Parameters
    ----------
    p_values
        In [0, 1]; NaN (tests that could not be made) stay NaN and do not count.

    Returns
    -------
    numpy.ndarray
        Adjusted values in the order given, in [0, 1].

    Raises
    ------
    InputError
        When a value lies outside [0, 1].

    Notes
    -----
    Sorted ascending, the k-th of m becomes min over j >= k of m p_(j) / j, capped at 1. For
    outcomes that are labelled exploratory.

    References
    ----------
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> benjamini_hochberg([0.001, 0.008, 0.039, 0.041, 0.042, 0.06]).round(4).tolist()
    [0.006, 0.024, 0.0504, 0.0504, 0.0504, 0.06]
    """
    p, known, order = _sorted(p_values)
    m = order.size
    scaled = p[known][order] * m / np.arange(1, m + 1)
    return _back(p, known, order, np.minimum.accumulate(scaled[::-1])[::-1])


def _sorted(p_values: ArrayLike) -> tuple[FloatArray, np.ndarray, np.ndarray]:
    """Return the p-values, which are defined, and the ascending order of those."""
    p = vector(p_values, "p_values")
    known = ~np.isnan(p)
    if (p[known] < 0).any() or (p[known] > 1).any():
        msg = "p_values must lie in [0, 1]; found others; pass the unadjusted p-values."
        raise InputError(msg)
    return p, known, np.argsort(p[known], kind="stable")


def _back(p: FloatArray, known: np.ndarray, order: np.ndarray, adjusted: FloatArray) -> FloatArray:
    """Put adjusted values back where they came from."""
    inner = np.empty(order.size)
    inner[order] = np.minimum(adjusted, 1.0)
    out = np.full(p.size, np.nan)
    out[known] = inner
    return out
