"""Kaplan–Meier and cumulative incidence for very many groups at once, in plain array passes.

A community has millions of turns in many directions of dyads. One sort puts each direction's
turns in a run; scans that respect the runs then do for all what `survival` does for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from supportnet.errors import InputError
from supportnet.inference.checks import BoolArray, FloatArray, IntArray, flags, whole
from supportnet.inference.restricted import horizon
from supportnet.inference.result import ALL_CENSORED, EMPTY, NOT_IDENTIFIED, OK
from supportnet.inference.runs import Steps, make_steps, scan, step_value
from supportnet.inference.survival import HALF_TOLERANCE, TIME_TOLERANCE, durations

__all__ = ["GroupedIncidence", "GroupedSurvival", "incidence_by_group", "rmst_by_group"]

StatusArray = NDArray[np.str_]


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
    status
        Of the restricted mean: `ok`, `not_identified`, `empty`.
    median_status
        `ok`, `all_censored` (no event), `not_identified` (S never reaches .5), `empty`.

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
    status: StatusArray
    median_status: StatusArray


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
    tau = horizon(tau)
    code = whole(codes, "codes")
    size = _group_count(code, n_groups)
    seen = flags(observed, "observed", like=code.size)
    steps = make_steps(code, durations(times, like=code.size), seen, seen)
    mean, se, area, identified = _restricted(steps, tau)
    median, medians_known = _medians(steps)
    answered = np.add.reduceat(steps.events, steps.first) if steps.first.size else np.empty(0)
    at = tuple(float(x) for x in rates)
    full = _Scatter(size, steps.code)
    median_word = np.where(answered > 0, NOT_IDENTIFIED, ALL_CENSORED)
    return GroupedSurvival(
        n=np.bincount(code, minlength=size).astype(np.int64),
        n_observed=np.bincount(code[seen], minlength=size).astype(np.int64),
        median=full.numbers(median),
        rmst=full.numbers(mean),
        rmst_se=full.numbers(se),
        rmst_observed=full.numbers(area),
        rates=full.columns([1.0 - _survival_at(steps, x) for x in at]),
        rate_times=at,
        tau=tau,
        status=full.words(np.where(identified, OK, NOT_IDENTIFIED)),
        median_status=full.words(np.where(medians_known, OK, median_word)),
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
    steps = make_steps(code, durations(times, like=code.size), kind > 0, kind == cause)
    before = _previous_survival(steps)
    jumps = before * steps.of_cause / steps.at_risk
    total = scan(np.add, jumps, steps.rank)
    where = tuple(float(x) for x in at)
    columns = [step_value(steps, total, x, start=0.0) for x in where]
    full = _Scatter(size, steps.code)
    blind = np.isnan(np.column_stack(columns)).any(axis=1) if columns else np.empty(0, bool)
    return GroupedIncidence(
        n=np.bincount(code, minlength=size).astype(np.int64),
        n_events=np.bincount(code[kind == cause], minlength=size).astype(np.int64),
        incidence=full.columns(columns),
        at=where,
        status=full.words(np.where(blind, NOT_IDENTIFIED, OK)),
    )


class _Scatter:
    """Put values of the present groups into arrays over all groups; absent ones are NaN, empty."""

    def __init__(self, size: int, code: IntArray) -> None:
        self.size = size
        self.code = code

    def numbers(self, values: FloatArray) -> FloatArray:
        """Return one float per group."""
        out = np.full(self.size, np.nan)
        out[self.code] = values
        return out

    def columns(self, values: Sequence[FloatArray]) -> FloatArray:
        """Return several floats per group, one column each."""
        return (
            np.column_stack([self.numbers(v) for v in values])
            if values
            else np.empty((self.size, 0))
        )

    def words(self, values: StatusArray) -> StatusArray:
        """Return one status per group."""
        out = np.full(self.size, EMPTY, dtype="<U16")
        out[self.code] = values
        return out


def _group_count(code: IntArray, n_groups: int | None) -> int:
    """Return the number of groups, refusing codes beyond it."""
    needed = int(code.max()) + 1 if code.size else 0
    if n_groups is not None and n_groups < needed:
        msg = "codes must be below n_groups; found a larger code; pass n_groups = largest code + 1."
        raise InputError(msg)
    return needed if n_groups is None else n_groups


def _restricted(steps: Steps, tau: float) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Return restricted mean, SE, observed area and whether identified, per present group."""
    first, last = steps.first, steps.last
    if not first.size:
        nothing = np.empty(0)
        return nothing, nothing, nothing, np.empty(0, dtype=bool)
    clipped = np.minimum(steps.time, tau)
    following = np.append(clipped[1:], tau)
    # Past the last step the curve is either 0 (no area) or unknown (no area may be invented).
    following[last] = clipped[last]
    pieces = steps.survival * (following - clipped)
    area = clipped[first] + np.add.reduceat(pieces, first)
    identified = (steps.survival[last] == 0) | (steps.time[last] >= tau - TIME_TOLERANCE)
    from_end = np.repeat(last - first, last - first + 1) - steps.rank
    ahead = scan(np.add, pieces[::-1], from_end[::-1])[::-1]
    left = steps.at_risk - steps.events
    terms = np.divide(
        ahead**2 * steps.events,
        steps.at_risk * left,
        out=np.zeros_like(ahead),
        where=left > 0,
    )
    se = np.sqrt(np.add.reduceat(terms, first))
    return (
        np.where(identified, area, np.nan),
        np.where(identified, se, np.nan),
        area,
        identified,
    )


def _medians(steps: Steps) -> tuple[FloatArray, BoolArray]:
    """Return the first time with S <= .5 per present group, and where there is one."""
    if not steps.first.size:
        return np.empty(0), np.empty(0, dtype=bool)
    above = (steps.survival > 0.5 + HALF_TOLERANCE).astype(np.int64)
    at = steps.first + np.add.reduceat(above, steps.first)
    known = at <= steps.last
    return np.where(known, steps.time[np.minimum(at, steps.last)], np.nan), known


def _survival_at(steps: Steps, x: float) -> FloatArray:
    """Return S(x) per present group; NaN beyond a last follow-up with S > 0."""
    return step_value(steps, steps.survival, x, start=1.0)


def _previous_survival(steps: Steps) -> FloatArray:
    """Return S just before each step: 1 at the first step of a group."""
    before = np.ones_like(steps.survival)
    before[1:] = steps.survival[:-1]
    before[steps.first] = 1.0
    return before
