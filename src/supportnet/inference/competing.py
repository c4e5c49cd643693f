"""Compare curves and split them by cause: log-rank test, Aalen–Johansen incidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.inference.checks import FloatArray, flags, labels, whole
from supportnet.inference.result import EMPTY, OK, ZERO_DENOMINATOR
from supportnet.inference.survival import TIME_TOLERANCE, durations, kaplan_meier

__all__ = ["CumulativeIncidence", "LogRank", "cumulative_incidence", "logrank"]


@dataclass(frozen=True)
class LogRank:
    """Hold a log-rank test.

    Parameters
    ----------
    chi2, df, p_value
        Statistic, degrees of freedom, and upper-tail probability.
    observed, expected
        Events seen and events expected under one common curve, per group.
    status
        `ok`; `empty` without data; `zero_denominator` with one group or no informative event.

    Examples
    --------
    >>> logrank([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1]).df
    1
    """

    chi2: float
    df: int
    p_value: float
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    status: str


@dataclass(frozen=True)
class CumulativeIncidence:
    """Hold the cumulative incidence of one cause: ascending steps.

    Parameters
    ----------
    time
        Distinct times of any event or censoring.
    incidence
        Probability that the cause has struck by each time, in [0, 1].
    survival
        Probability that no cause has.
    n, n_events
        Spells, and those ended by this cause.
    status
        `ok` or `empty`.

    Examples
    --------
    >>> cumulative_incidence([1, 2, 72, 28], [1, 2, 0, 0], cause=2).at(24).tolist()
    [0.25]
    """

    time: FloatArray
    incidence: FloatArray
    survival: FloatArray
    n: int
    n_events: int
    status: str

    def at(self, x: ArrayLike) -> FloatArray:
        """Return the incidence by x; NaN beyond a last follow-up with some still waiting.

        Parameters
        ----------
        x
            Times >= 0.

        Returns
        -------
        numpy.ndarray
            Probabilities, one per entry of `x`.

        Examples
        --------
        >>> cumulative_incidence([1, 2], [1, 0]).at([0, 1.5, 3]).tolist()
        [0.0, 0.5, nan]
        """
        asked = np.atleast_1d(np.asarray(x, dtype=np.float64))
        if not self.time.size:
            return np.full(asked.shape, np.nan)
        steps = np.concatenate(([0.0], self.incidence))
        out = steps[np.searchsorted(self.time, asked, side="right")]
        if self.survival[-1] > 0:
            out[asked > self.time[-1] + TIME_TOLERANCE] = np.nan
        return out


def cumulative_incidence(
    times: ArrayLike, causes: ArrayLike, *, cause: int = 1
) -> CumulativeIncidence:
    """Estimate how likely one cause strikes first, among competing causes (Aalen–Johansen).

    Parameters
    ----------
    times
        Durations >= 0 until the first cause or until censoring.
    causes
        0 where censored, else the number of the cause that came first.
    cause
        The cause asked for.

    Returns
    -------
    CumulativeIncidence
        Steps in the unit of the times.

    Raises
    ------
    InputError
        When a time is negative or missing, or causes are not whole numbers.

    Notes
    -----
    F_c(x) = sum over t_k <= x of S(t_k-) d_ck / n_k. Treating the other causes as censoring
    (1 - Kaplan–Meier) would overstate it.

    References
    ----------
    Aalen & Johansen 1978, Scand. J. Statist. 5:141.

    Examples
    --------
    >>> cumulative_incidence([1, 2, 3], [1, 2, 1]).incidence.round(4).tolist()
    [0.3333, 0.3333, 0.6667]
    """
    when = durations(times)
    kind = whole(causes, "causes", like=when.size)
    curve = kaplan_meier(when, kind > 0)
    if not curve.time.size:
        nothing = np.empty(0)
        return CumulativeIncidence(nothing, nothing, nothing, 0, 0, EMPTY)
    asked = np.bincount(np.searchsorted(curve.time, when[kind == cause]), minlength=curve.time.size)
    before = np.concatenate(([1.0], curve.survival[:-1]))
    total = np.cumsum(before * asked / curve.at_risk)
    return CumulativeIncidence(curve.time, total, curve.survival, when.size, int(asked.sum()), OK)


def logrank(times: ArrayLike, observed: ArrayLike, group: ArrayLike) -> LogRank:
    """Test whether groups share one survival curve. Descriptive only where turns cluster in dyads.

    Parameters
    ----------
    times
        Waiting times >= 0 until the event or until censoring.
    observed
        True where the event was seen.
    group
        Group labels, two or more kinds.

    Returns
    -------
    LogRank
        Statistic with (groups - 1) degrees of freedom.

    Raises
    ------
    InputError
        When a time is negative or missing, or lengths differ.

    Notes
    -----
    With O_g observed and E_g expected events, chi2 = (O - E)' V^- (O - E), V the hypergeometric
    covariance summed over event times. It treats turns as independent: with 30 turns per dyad its
    false-positive rate was .57 at a nominal .05. Compare dyads by `permutation` instead.

    References
    ----------
    Mantel 1966, Cancer Chemother. Rep. 50:163.

    Examples
    --------
    >>> test = logrank([1, 2, 2, 4, 5, 8, 3, 6, 7, 9, 10, 12],
    ...                [1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0], [0] * 6 + [1] * 6)
    >>> round(test.chi2, 4), round(test.p_value, 4)
    (2.0542, 0.1518)
    """
    when = durations(times)
    seen = flags(observed, "observed", like=when.size)
    code = labels(group, "group", like=when.size)
    k = int(code.max()) + 1 if code.size else 0
    if k < 2:
        status = ZERO_DENOMINATOR if k else EMPTY
        return LogRank(math.nan, max(k - 1, 0), math.nan, (), (), status)
    moments = _event_moments(when, seen, code, k)
    observed_events, expected, variance = moments
    gap = (observed_events - expected)[:-1]
    reduced = variance[:-1, :-1]
    pair = tuple(observed_events.tolist()), tuple(expected.tolist())
    if not np.any(reduced):
        return LogRank(math.nan, k - 1, math.nan, *pair, ZERO_DENOMINATOR)
    chi2 = float(gap @ np.linalg.pinv(reduced) @ gap)
    return LogRank(chi2, k - 1, float(stats.chi2.sf(chi2, k - 1)), *pair, OK)


def _event_moments(
    when: FloatArray, seen: np.ndarray, code: np.ndarray, k: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return observed and expected events per group and their covariance, over event times."""
    points = np.unique(when[seen])
    risk = np.empty((points.size, k))
    dead = np.empty((points.size, k))
    for g in range(k):
        mine = np.sort(when[code == g])
        risk[:, g] = mine.size - np.searchsorted(mine, points, side="left")
        ended = np.sort(when[(code == g) & seen])
        dead[:, g] = np.searchsorted(ended, points, "right") - np.searchsorted(ended, points)
    n, d = risk.sum(axis=1), dead.sum(axis=1)
    share = risk / n[:, None]
    scale = np.divide(d * (n - d), n - 1, out=np.zeros_like(n), where=n > 1)
    variance = np.diag(scale @ share) - (share * scale[:, None]).T @ share
    return dead.sum(axis=0), (share * d[:, None]).sum(axis=0), variance
