"""Intervals of what is read off a Kaplan–Meier curve, also where waits share persons."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.errors import InputError
from supportnet.inference.checks import BoolArray, FloatArray, IntArray, flags, labels, level_of
from supportnet.inference.restricted import horizon
from supportnet.inference.result import (
    EMPTY,
    NOT_IDENTIFIED,
    OK,
    TOO_FEW_UNITS,
    Estimate,
    undefined,
)
from supportnet.inference.survival import HALF_TOLERANCE, SurvivalCurve, durations, kaplan_meier

__all__ = ["SurvivalIntervals", "survival_intervals"]

# Fewer persons than this: the estimate stands alone.
MIN_PERSONS = 10


@dataclass(frozen=True, slots=True)
class SurvivalIntervals:
    """Hold a curve's numbers with their intervals.

    Attributes
    ----------
    shares
        S(x) at each time asked for, 0 to 1.
    rmst
        The mean restricted to tau, in the unit of the times.
    median
        The first time with S <= .5; its upper bound is inf where the band of S never falls so low.
    """

    shares: tuple[Estimate, ...]
    rmst: Estimate
    median: Estimate


@dataclass(frozen=True, slots=True)
class _Sharing:
    """Who shares what: codes of the two persons and of the pair of each wait; None for nobody."""

    one: IntArray | None
    two: IntArray | None
    pair: IntArray | None
    persons: int

    def variance(self, influence: FloatArray) -> float:
        """Return the sum of e_d e_d' over waits that share a person; of squares where none do."""
        if self.one is None or self.two is None or self.pair is None:
            return float(influence @ influence)
        person = np.bincount(self.one, influence, self.persons)
        person += np.bincount(self.two, influence, self.persons)
        pair = np.bincount(self.pair, influence)
        return float(person @ person - pair @ pair)


def survival_intervals(
    times: ArrayLike,
    observed: ArrayLike,
    *,
    tau: float,
    at: Sequence[float] = (),
    first: ArrayLike | None = None,
    second: ArrayLike | None = None,
    level: float = 0.95,
) -> SurvivalIntervals:
    """Estimate shares still waiting, restricted mean and median of censored waits, with intervals.

    Parameters
    ----------
    times, observed
        As for :func:`kaplan_meier`.
    tau
        Restriction of the mean, > 0.
    at
        Times at which S is read.
    first, second
        The two persons of each wait. None: waits are independent.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    SurvivalIntervals
        `ci_method` is `greenwood` for independent waits, else `dyadic_robust`; `params` has `se`
        (of shares and mean). `too_few_units` (the estimate stands, without an interval) below ten
        persons, or where the robust variance is not positive; `not_identified` where follow-up
        ends too early; the median is `all_censored` without an event.

    Raises
    ------
    InputError
        When times are negative, persons are given by half, or lengths differ.

    Notes
    -----
    Each wait adds e_i = -sum over t_k <= t_i of c_k (dN_i(t_k) - d_k/n_k)/(n_k - d_k) to the error,
    with c_k = S(x) for a share and the area beyond t_k for the mean. The sum of their squares is
    Greenwood's variance; with persons, V = sum of e_i e_j over waits that share one, and t with
    persons - 1 degrees of freedom. Shares are bounded on the scale log(-log S); the median holds
    all times at which the band of S holds .5.

    References
    ----------
    Brookmeyer & Crowley 1982, doi:10.2307/2530286. Royston & Parmar 2013,
    doi:10.1186/1471-2288-13-152. Aronow, Samii & Assenova 2015, doi:10.1093/pan/mpv018.

    Examples
    --------
    >>> found = survival_intervals([1, 2, 2, 4, 5, 8], [1, 1, 0, 1, 0, 1], tau=6, at=[3])
    >>> round(found.rmst.params["se"], 4), round(found.shares[0].estimate, 4)
    (0.8306, 0.6667)
    >>> found.median.estimate, found.median.ci_low, found.median.ci_high
    (4.0, 1.0, inf)
    """
    when = durations(times)
    seen = flags(observed, "observed", like=when.size)
    span, confidence = horizon(tau), level_of(level)
    sharing = _sharing(first, second, when.size)
    curve = kaplan_meier(when, seen)
    method, quantile = "greenwood", float(stats.norm.ppf((1 + confidence) / 2))
    if sharing.one is not None:
        method = "dyadic_robust"
        quantile = float(stats.t.ppf((1 + confidence) / 2, max(sharing.persons - 1, 1)))
    known = sharing.one is None or sharing.persons >= MIN_PERSONS
    error = _Error(curve, np.searchsorted(curve.time, when), seen, sharing, known)
    made = _Made(curve, method, quantile, {"level": confidence})
    return SurvivalIntervals(
        tuple(made.share(float(x), error) for x in at), made.mean(span, error), made.median(error)
    )


def _sharing(first: ArrayLike | None, second: ArrayLike | None, size: int) -> _Sharing:
    """Return the codes of persons and pairs."""
    if first is None and second is None:
        return _Sharing(None, None, None, 0)
    if first is None or second is None:
        msg = "both persons of each wait were expected; found one; pass first= and second=."
        raise InputError(msg)
    ends = np.concatenate((np.asarray(first), np.asarray(second)))
    code = labels(ends, "persons", like=2 * size)
    one, two = code[:size], code[size:]
    n = int(code.max()) + 1 if size else 0
    pair = np.unique(np.minimum(one, two) * n + np.maximum(one, two), return_inverse=True)[1]
    return _Sharing(one, two, pair.astype(np.int64), n)


@dataclass(frozen=True, slots=True)
class _Error:
    """The standard error of any sum of the curve's increments.

    Attributes
    ----------
    curve
        The curve.
    place, seen
        Of each wait: its time among those of the curve, and whether it ended in the event.
    sharing
        Which waits share persons.
    known
        Whether there are persons enough for an error.
    """

    curve: SurvivalCurve
    place: IntArray
    seen: BoolArray
    sharing: _Sharing
    known: bool

    def of(self, weight: FloatArray) -> float:
        """Return the error of sum over times of weight times the increment of log S; else NaN."""
        if not self.known:
            return math.nan
        left = self.curve.at_risk - self.curve.events
        inside = left > 0
        step = np.divide(weight, left, out=np.zeros(left.size), where=inside)
        ran = np.cumsum(step * self.curve.events / self.curve.at_risk)
        influence = ran[self.place] - np.where(self.seen, step[self.place], 0.0)
        variance = self.sharing.variance(influence)
        # Rounding is no error, and a robust variance may fall below 0.
        noise = 1e-9 * float(influence @ influence)
        return math.sqrt(variance) if variance > noise else math.nan


@dataclass(frozen=True, slots=True)
class _Made:
    """Puts numbers and errors together."""

    curve: SurvivalCurve
    method: str
    quantile: float
    params: dict[str, object]

    def _estimate(self, value: float, low: float, high: float, **more: float) -> Estimate:
        """Return an estimate; one without an interval says so."""
        some = not math.isnan(low)
        return Estimate(
            estimate=value,
            ci_low=low,
            ci_high=high,
            ci_method=self.method if some else "none",
            n_units=int(self.curve.n),
            n_events=int(self.curve.n_observed),
            params={**self.params, **more},
            status=OK if some else TOO_FEW_UNITS,
        )

    def _none(self, status: str) -> Estimate:
        """Return an undefined number."""
        return undefined(status, n_units=int(self.curve.n), params=self.params)

    def _band(self, share: float, cumulative: float) -> tuple[float, float]:
        """Return the band of S from the error of log S, on the scale log(-log S)."""
        if not 0 < share < 1 or math.isnan(cumulative):
            return math.nan, math.nan
        reach = math.exp(self.quantile * cumulative / abs(math.log(share)))
        return share**reach, share ** (1 / reach)

    def share(self, x: float, error: _Error) -> Estimate:
        """Return S(x)."""
        value = float(self.curve.survival_at(x)[0])
        if math.isnan(value):
            return self._none(NOT_IDENTIFIED if self.curve.time.size else EMPTY)
        cumulative = error.of((self.curve.time <= x).astype(np.float64))
        low, high = self._band(value, cumulative)
        return self._estimate(value, low, high, se=value * cumulative)

    def mean(self, tau: float, error: _Error) -> Estimate:
        """Return the restricted mean."""
        found = self.curve.rmst(tau)
        if found.status != OK:
            return self._none(found.status)
        knots = np.minimum(np.append(self.curve.time, max(tau, found.last_follow_up)), tau)
        pieces = self.curve.survival * np.maximum(np.diff(knots), 0.0)
        ahead = np.cumsum(pieces[::-1])[::-1]
        se = error.of(ahead)
        half = self.quantile * se
        return self._estimate(found.rmst, found.rmst - half, found.rmst + half, se=se)

    def median(self, error: _Error) -> Estimate:
        """Return the median with all times at which the band of S holds .5."""
        curve = self.curve
        if math.isnan(curve.median):
            return self._none(NOT_IDENTIFIED if curve.status == OK else curve.status)
        if math.isnan(error.of((curve.time <= curve.median).astype(np.float64))):
            return self._estimate(curve.median, math.nan, math.nan)
        # Where S has come down to 0 it has no band.
        steps = np.flatnonzero((curve.events > 0) & (curve.survival > 0))

        def below(k: int, side: int) -> bool:
            """Say whether a side of the band just after the k-th step is at .5 or under it."""
            inside = np.arange(curve.time.size) <= steps[k]
            band = self._band(float(curve.survival[steps[k]]), error.of(inside.astype(np.float64)))
            return band[side] <= 0.5 + HALF_TOLERANCE

        middle = int(np.searchsorted(curve.time[steps], curve.median))
        low = _first(lambda k: below(k, 0), 0, middle)
        high = _first(lambda k: below(k, 1), middle, steps.size)
        begin = float(curve.time[steps[low]]) if low < middle else curve.median
        end = float(curve.time[steps[high]]) if high < steps.size else math.inf
        return self._estimate(curve.median, begin, end)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the first number in [low, high) that holds, by halving; `high` where none does.

    The band falls with time but for small wiggles of a robust error.
    """
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
