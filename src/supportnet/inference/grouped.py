"""Kaplan–Meier and cumulative incidence for very many groups at once.

A community has millions of turns in many directions of dyads. Each group is sorted and walked by
itself in compiled code, which does for all what `survival` does for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from supportnet.errors import InputError
from supportnet.inference.checks import BoolArray, FloatArray, IntArray, flags, whole
from supportnet.inference.restricted import horizon
from supportnet.inference.result import ALL_CENSORED, EMPTY, NOT_IDENTIFIED, OK
from supportnet.inference.survival import HALF_TOLERANCE, TIME_TOLERANCE, durations
from supportnet.kernels.order import put_rows
from supportnet.kernels.survival import (
    group_rows,
    incidence_of_groups,
    survival_of_groups,
)

__all__ = [
    "GroupedIncidence",
    "GroupedSurvival",
    "incidence_by_group",
    "rmst_by_group",
    "rmst_of_groups",
]

StatusArray = NDArray[np.str_]

_PER_GROUP = (
    "n", "n_observed", "median", "rmst", "rmst_se", "rmst_observed", "identified", "median_known"
)  # fmt: skip


@dataclass(frozen=True)
class GroupedSurvival:
    """Hold survival summaries, entry g of each array belonging to group code g.

    Parameters
    ----------
    n, n_observed
        Turns, and turns that were answered.
    median
        First time with S <= .5; NaN where S stays above.
    rmst, rmst_se, rmst_observed
        Restricted mean, its standard error, and the area up to min(tau, last follow-up).
    rates
        Shape (groups, len(rate_times)): share answered within each of `rate_times`.
    rate_times, tau
        The settings.
    identified, median_known
        Whether the restricted mean, and the median, are defined.

    Examples
    --------
    >>> rmst_by_group([0, 0, 1], [1, 3, 5], [1, 1, 0]).median.tolist()
    [1.0, nan]
    """

    n: IntArray
    n_observed: IntArray
    median: FloatArray
    rmst: FloatArray
    rmst_se: FloatArray
    rmst_observed: FloatArray
    rates: FloatArray
    rate_times: tuple[float, ...]
    tau: float
    identified: BoolArray
    median_known: BoolArray

    def put(self, places: NDArray[np.int32]) -> GroupedSurvival:
        """Return the same groups in another order, each at its place."""
        moved: dict[str, Any] = {}
        for name in _PER_GROUP:
            values = getattr(self, name)
            # One number for all, such as the missing means, stands anywhere.
            moved[name] = values if values.strides == (0,) else put_rows(values, places)
        rates = np.empty_like(self.rates)
        rates[places] = self.rates
        return replace(self, rates=rates, **moved)

    @property
    def status(self) -> StatusArray:
        """Return the status of the restricted mean: `ok`, `not_identified`, `empty`."""
        return np.where(self.n == 0, EMPTY, np.where(self.identified, OK, NOT_IDENTIFIED))

    @property
    def median_status(self) -> StatusArray:
        """Return `ok`, `all_censored` (no event), `not_identified` (S stays above .5), `empty`."""
        missing = np.where(self.n_observed > 0, NOT_IDENTIFIED, ALL_CENSORED)
        return np.where(self.n == 0, EMPTY, np.where(self.median_known, OK, missing))


@dataclass(frozen=True)
class GroupedIncidence:
    """Hold cumulative incidences, row g of `incidence` belonging to group code g.

    Parameters
    ----------
    n, n_events
        Spells, and spells that ended in the cause asked for.
    incidence
        Shape (groups, len(at)): probability of the cause by each time, competing causes allowed.
    at
        The times.
    status
        `ok`, `not_identified` (some requested time lies beyond follow-up), `empty`.

    Examples
    --------
    >>> incidence_by_group([0, 0], [1, 2], [1, 2], cause=2, at=(24,)).incidence.tolist()
    [[0.5]]
    """

    n: IntArray
    n_events: IntArray
    incidence: FloatArray
    at: tuple[float, ...]
    status: StatusArray


def rmst_by_group(
    codes: ArrayLike,
    times: ArrayLike,
    observed: ArrayLike,
    *,
    tau: float = 24.0,
    rates: Sequence[float] = (1, 8, 24, 72),
    n_groups: int | None = None,
) -> GroupedSurvival:
    """Estimate restricted mean, median and rates of each of many groups.

    Parameters
    ----------
    codes
        Dense group codes 0..G-1, one per turn, in any order.
    times
        Waiting times >= 0 until the answer or until censoring.
    observed
        True where the answer was seen.
    tau
        Restriction of the mean, in the unit of the times.
    rates
        Times x at which the share answered within x is read.
    n_groups
        G, where codes without any turn must appear; by default the largest code + 1.

    Returns
    -------
    GroupedSurvival
        Arrays of length G; times in the unit given, shares in [0, 1].

    Raises
    ------
    InputError
        When a time is negative or missing, or a code does not fit.

    Notes
    -----
    For each group the numbers of `survival.kaplan_meier`. Where S > 0 at a last follow-up < tau
    the restricted mean is NaN `not_identified`, likewise each rate beyond that follow-up.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.
    Royston & Parmar 2013, doi:10.1186/1471-2288-13-152.

    Examples
    --------
    >>> out = rmst_by_group([0, 0, 0, 0, 1, 1, 1], [1, 6, 28, 72, 2, 1, 2], [1, 1, 0, 0, 1, 1, 1])
    >>> out.rmst.round(3).tolist()
    [13.75, 1.667]
    >>> out.rates[:, 2].tolist()
    [0.5, 1.0]
    """
    code = whole(codes, "codes")
    groups = group_rows(code, _group_count(code, n_groups))
    return rmst_of_groups(*groups, times, observed, tau=tau, rates=rates)


def rmst_of_groups(
    starts: IntArray,
    rows: NDArray[np.int32],
    times: ArrayLike,
    observed: ArrayLike,
    *,
    tau: float = 24.0,
    rates: Sequence[float] = (1, 8, 24, 72),
    means: bool = True,
) -> GroupedSurvival:
    """Estimate the same as :func:`rmst_by_group` where the turns are grouped already.

    Parameters
    ----------
    starts, rows
        Where each group begins among `rows`, then their number; `rows` names each turn once, group
        by group, and is put in order of time.
    times, observed, tau, rates
        As in :func:`rmst_by_group`.
    means
        Whether restricted means are wanted; else these three arrays are NaN, and millions of groups
        need less time and memory.

    Examples
    --------
    >>> starts, rows = np.array([0, 1, 3]), np.array([1, 0, 2], np.int32)
    >>> rmst_of_groups(starts, rows, [1, 6, 3], [1, 1, 1]).median.tolist()
    [6.0, 1.0]
    """
    tau = horizon(tau)
    when = durations(times, like=rows.size)
    seen = flags(observed, "observed", like=rows.size)
    at = tuple(float(x) for x in rates)
    median, mean, se, area, survival, identified, known, answered = survival_of_groups(
        starts, rows, when, seen, tau, np.array(at), TIME_TOLERANCE, 0.5 + HALF_TOLERANCE,
        with_means=means,
    )  # fmt: skip
    n = np.diff(starts)
    if not means:
        mean = se = area = np.broadcast_to(np.nan, n.shape)
    return GroupedSurvival(
        n=n,
        n_observed=answered,
        median=median,
        rmst=mean,
        rmst_se=se,
        rmst_observed=area,
        rates=1.0 - survival,
        rate_times=at,
        tau=tau,
        identified=identified,
        median_known=known,
    )


def incidence_by_group(
    codes: ArrayLike,
    times: ArrayLike,
    causes: ArrayLike,
    *,
    cause: int = 1,
    at: Sequence[float] = (24,),
    n_groups: int | None = None,
) -> GroupedIncidence:
    """Estimate the cumulative incidence of one cause in each of many groups (Aalen–Johansen).

    Parameters
    ----------
    codes
        Dense group codes 0..G-1, one per spell, in any order.
    times
        Durations >= 0 until the first cause or until censoring.
    causes
        0 where censored, else the number of the cause that came first.
    cause
        The cause asked for.
    at
        Times at which the incidence is read.
    n_groups
        G, where codes without any spell must appear.

    Returns
    -------
    GroupedIncidence
        Probabilities in [0, 1]; NaN beyond a last follow-up with some still waiting.

    Raises
    ------
    InputError
        When a time is negative or missing, or a code does not fit.

    Notes
    -----
    F_c(x) = sum over t_k <= x of S(t_k-) d_ck / n_k, S the survival of all causes together.

    References
    ----------
    Aalen & Johansen 1978, Scand. J. Statist. 5:141.

    Examples
    --------
    >>> turns = incidence_by_group([0] * 4, [1, 2, 72, 28], [1, 2, 0, 0], cause=2)
    >>> turns.incidence.tolist()
    [[0.25]]
    """
    code = whole(codes, "codes")
    size = _group_count(code, n_groups)
    kind = whole(causes, "causes", like=code.size)
    when = durations(times, like=code.size)
    where = tuple(float(x) for x in at)
    starts, rows = group_rows(code, size)
    incidence = incidence_of_groups(
        starts, rows, when, kind, cause, np.array(where), TIME_TOLERANCE
    )
    n = np.diff(starts)
    blind = np.isnan(incidence).any(axis=1)
    return GroupedIncidence(
        n=n,
        n_events=np.bincount(code[kind == cause], minlength=size).astype(np.int64),
        incidence=incidence,
        at=where,
        status=np.where(n == 0, EMPTY, np.where(blind, NOT_IDENTIFIED, OK)),
    )


def _group_count(code: IntArray, n_groups: int | None) -> int:
    """Return the number of groups, refusing codes beyond it."""
    needed = int(code.max()) + 1 if code.size else 0
    if n_groups is not None and n_groups < needed:
        msg = "codes must be below n_groups; found a larger code; pass n_groups = largest code + 1."
        raise InputError(msg)
    return needed if n_groups is None else n_groups
