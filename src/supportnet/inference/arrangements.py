"""All (or a random sample of) relabellings inside strata, reduced to two sums each.

A contrast of arms with strata is a sum over the first arm of values centred in their stratum. So
an arrangement is fully described by that sum T_a and by its overlap with the real labelling; both
are needed to turn the test into an interval.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from supportnet.inference.checks import BoolArray, FloatArray

__all__ = ["Arrangements", "exact_arrangements", "random_arrangements", "shift_interval"]

Arrangements = tuple[FloatArray, FloatArray]
"""Per arrangement: the sum of centred values in arm one, and the centred overlap."""

Stratum = tuple[FloatArray, BoolArray]
"""Values centred in the stratum, and which of them belong to arm one."""

# Cells of one block of random permutations: keeps memory near 100 MB.
BLOCK = 4_000_000


def exact_arrangements(strata: list[Stratum]) -> Arrangements:
    """List every relabelling that keeps the number in arm one of each stratum.

    Parameters
    ----------
    strata
        Centred values and arm of each stratum.

    Returns
    -------
    tuple of numpy.ndarray
        Sums and centred overlaps, the product of C(n_s, k_s) entries.

    Examples
    --------
    >>> sums, overlap = exact_arrangements([(np.array([-1.0, 1.0]), np.array([False, True]))])
    >>> sums.tolist(), overlap.tolist()
    ([-1.0, 1.0], [-0.5, 0.5])
    """
    total, overlap = np.zeros(1), np.zeros(1)
    for values, arm in strata:
        size, chosen = values.size, int(arm.sum())
        picks = np.array(list(itertools.combinations(range(size), chosen)), dtype=np.int64)
        centre = chosen * chosen / size
        total = np.add.outer(total, values[picks].sum(axis=1)).ravel()
        overlap = np.add.outer(overlap, arm[picks].sum(axis=1) - centre).ravel()
    return total, overlap


def random_arrangements(
    strata: list[Stratum], draws: int, rng: np.random.Generator
) -> Arrangements:
    """Draw relabellings at random, each stratum permuted on its own.

    Parameters
    ----------
    strata
        Centred values and arm of each stratum.
    draws
        How many.
    rng
        Source of randomness.

    Returns
    -------
    tuple of numpy.ndarray
        Sums and centred overlaps, `draws` entries each.

    Examples
    --------
    >>> pair = [(np.array([-1.0, 1.0]), np.array([False, True]))]
    >>> sorted(set(random_arrangements(pair, 50, np.random.default_rng(1))[0].tolist()))
    [-1.0, 1.0]
    """
    pairs = np.array([values[arm][0] for values, arm in strata if values.size == 2])
    total, overlap = _flip_pairs(pairs, draws, rng)
    for values, arm in (s for s in strata if s[0].size > 2):
        size, chosen = values.size, int(arm.sum())
        centre = chosen * chosen / size
        block = max(1, BLOCK // size)
        for start in range(0, draws, block):
            rows = slice(start, min(start + block, draws))
            order = np.tile(np.arange(size, dtype=np.int32), (rows.stop - rows.start, 1))
            picks = rng.permuted(order, axis=1, out=order)[:, :chosen]
            total[rows] += values[picks].sum(axis=1)
            overlap[rows] += arm[picks].sum(axis=1) - centre
    return total, overlap


def _flip_pairs(values: FloatArray, draws: int, rng: np.random.Generator) -> Arrangements:
    """Permute all strata of two at once: each keeps or changes the sign of its value."""
    total, overlap = np.zeros(draws), np.zeros(draws)
    block = max(1, BLOCK // max(values.size, 1))
    for start in range(0, draws if values.size else 0, block):
        rows = slice(start, min(start + block, draws))
        signs = 2.0 * rng.integers(0, 2, size=(rows.stop - rows.start, values.size)) - 1.0
        total[rows] = signs @ values
        overlap[rows] = signs.sum(axis=1) / 2
    return total, overlap


def shift_interval(
    observed: float,
    weight: float,
    arrangements: Arrangements,
    *,
    alpha: float,
    sampled: bool,
) -> tuple[float, float]:
    """Return all shifts that the permutation test does not reject.

    Parameters
    ----------
    observed, weight
        The real sum T and its overlap W; the estimate is T / W.
    arrangements
        Sums T_a and overlaps c_a.
    alpha
        Level of the test; the interval has level 1 - alpha.
    sampled
        True for a Monte-Carlo sample, to which the real labelling is added.

    Returns
    -------
    tuple of float
        Bounds; infinite where there are too few arrangements to reject anything.

    Notes
    -----
    Taking a shift δ off arm one changes the sums to T - δW and T_a - δc_a. Arrangement a counts
    against δ while |T_a - δc_a| >= |T - δW|, that is between (T - T_a)/(W - c_a) and
    (T + T_a)/(W + c_a), an interval around T / W. A bound is where the share of such intervals
    still reaching out falls to alpha: two quantiles, no search.

    Examples
    --------
    >>> values, arm = np.arange(8.0) - 3.5, np.arange(8) >= 4
    >>> every = exact_arrangements([(values, arm)])
    >>> shift_interval(8.0, 2.0, every, alpha=0.05, sampled=False)
    (1.0, 7.0)
    """
    total, overlap = arrangements
    ends = []
    for sign in (1.0, -1.0):
        top, below = observed - sign * total, weight - sign * overlap
        # The real labelling, or its mirror image: moves with δ exactly as T does, never drops out.
        tied = below <= 1e-12 * weight
        ends.append(np.divide(top, below, out=np.full(top.shape, np.nan), where=~tied))
    always = np.isnan(ends[0]) | np.isnan(ends[1])
    low = np.where(always, -math.inf, np.fmin(*ends))
    high = np.where(always, math.inf, np.fmax(*ends))
    count = total.size + sampled
    skip = math.floor(alpha * count + 1e-9) - sampled
    if skip < 0:
        return -math.inf, math.inf
    return float(np.sort(low)[skip]), float(np.sort(high)[::-1][skip])
