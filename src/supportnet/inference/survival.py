"""Kaplan–Meier curves for waiting times with censoring, and what is read off them.

An unanswered turn is right-censored, never dropped: dropping it makes slow partners look fast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from supportnet.errors import InputError
from supportnet.inference.checks import FloatArray, flags, vector
from supportnet.inference.restricted import RestrictedMean, horizon
from supportnet.inference.result import ALL_CENSORED, EMPTY, NOT_IDENTIFIED, OK

__all__ = ["SurvivalCurve", "durations", "kaplan_meier", "km_binned"]

# S summed or multiplied in floating point may sit a hair above .5 where the exact value is .5.
HALF_TOLERANCE = 1e-12
# Two clocks that agree to a nano-hour agree.
TIME_TOLERANCE = 1e-9


@dataclass(frozen=True)
class SurvivalCurve:
    """Hold a Kaplan–Meier curve: one entry per distinct time, ascending.

    Parameters
    ----------
    time
        Distinct times at which something happened.
    at_risk, events, censored
        Numbers (or weights) at risk just before, ending in an event at, and censored at each time.
    survival
        S(t) just after each time, in [0, 1].

    Examples
    --------
    >>> curve = kaplan_meier([1, 6, 28, 72], [1, 1, 0, 0])
    >>> curve.survival.tolist(), curve.median
    ([0.75, 0.5, 0.5, 0.5], 6.0)
    """

    time: FloatArray
    at_risk: FloatArray
    events: FloatArray
    censored: FloatArray
    survival: FloatArray

    @property
    def n(self) -> float:
        """Return the number (or weight) of times."""
        return float(self.at_risk[0]) if self.time.size else 0.0

    @property
    def n_observed(self) -> float:
        """Return the number (or weight) of times that ended in an event."""
        return float(self.events.sum())

    @property
    def last_follow_up(self) -> float:
        """Return the largest time seen; NaN when empty."""
        return float(self.time[-1]) if self.time.size else math.nan

    @property
    def status(self) -> str:
        """Return `empty`, `all_censored` (no event at all) or `ok`."""
        if not self.time.size:
            return EMPTY
        return OK if self.n_observed > 0 else ALL_CENSORED

    @property
    def median(self) -> float:
        """Return the first time with S <= .5 (tolerance 1e-12); NaN where S stays above."""
        below = np.flatnonzero(self.survival <= 0.5 + HALF_TOLERANCE)
        return float(self.time[below[0]]) if below.size else math.nan

    def survival_at(self, x: ArrayLike) -> FloatArray:
        """Return S(x), step from the right; NaN beyond a last follow-up with S > 0.

        Parameters
        ----------
        x
            Times >= 0.

        Returns
        -------
        numpy.ndarray
            Shares in [0, 1], one per entry of `x`.

        Examples
        --------
        >>> kaplan_meier([1, 6, 28, 72], [1, 1, 0, 0]).survival_at([0.5, 6, 100]).tolist()
        [1.0, 0.5, nan]
        """
        at = np.atleast_1d(np.asarray(x, dtype=np.float64))
        if not self.time.size:
            return np.full(at.shape, np.nan)
        steps = np.concatenate(([1.0], self.survival))
        out = steps[np.searchsorted(self.time, at, side="right")]
        if self.survival[-1] > 0:
            out[at > self.time[-1] + TIME_TOLERANCE] = np.nan
        return out

    def rate_within(self, x: ArrayLike) -> FloatArray:
        """Return 1 - S(x), the share that ended in an event within x.

        Parameters
        ----------
        x
            Times >= 0.

        Returns
        -------
        numpy.ndarray
            Shares in [0, 1]; NaN beyond a last follow-up with S > 0.

        Examples
        --------
        >>> kaplan_meier([1, 6, 28, 72], [1, 1, 0, 0]).rate_within(24).tolist()
        [0.5]
        """
        return 1.0 - self.survival_at(x)

    def rmst(self, tau: float) -> RestrictedMean:
        """Return the mean of min(T, tau) with its standard error.

        Parameters
        ----------
        tau
            The restriction, > 0, in the unit of the times.

        Returns
        -------
        RestrictedMean
            In the unit of the times, 0 to tau.

        Raises
        ------
        InputError
            When `tau` is not positive.

        Notes
        -----
        RMST(tau) is the area under S on [0, tau]. SE^2 = sum over event times t_k <= tau of
        A_k^2 d_k / (n_k (n_k - d_k)), A_k the area under S from t_k to tau; where n_k = d_k the
        curve ends and A_k = 0. Where S > 0 at a last follow-up < tau the value is not identified:
        means over different spans must not be compared, so only `rmst_observed` is given.

        References
        ----------
        Royston & Parmar 2013, doi:10.1186/1471-2288-13-152.

        Examples
        --------
        >>> mean = kaplan_meier([1, 2, 2, 4, 5, 8], [1, 1, 0, 1, 0, 1]).rmst(6)
        >>> round(mean.rmst, 4), round(mean.se, 4)
        (4.0556, 0.8306)
        """
        tau = horizon(tau)
        if not self.time.size:
            return RestrictedMean(math.nan, math.nan, math.nan, math.nan, tau, 0.0, 0.0, EMPTY)
        last = self.last_follow_up
        identified = self.survival[-1] == 0 or last >= tau - TIME_TOLERANCE
        knots = np.minimum(np.append(self.time, tau if identified else last), tau)
        pieces = self.survival * np.maximum(np.diff(knots), 0.0)
        observed = float(knots[0] + pieces.sum())
        if not identified:
            nan = math.nan
            return RestrictedMean(
                nan, nan, observed, last, tau, self.n, self.n_observed, NOT_IDENTIFIED
            )
        ahead = np.cumsum(pieces[::-1])[::-1]
        left = self.at_risk - self.events
        usable = (left > 0) & (self.events > 0)
        terms = ahead[usable] ** 2 * self.events[usable] / (self.at_risk[usable] * left[usable])
        se = math.sqrt(float(terms.sum()))
        return RestrictedMean(observed, se, observed, last, tau, self.n, self.n_observed, OK)


def kaplan_meier(
    times: ArrayLike, observed: ArrayLike, *, weights: ArrayLike | None = None
) -> SurvivalCurve:
    """Estimate the survival curve of censored waiting times by the product limit.

    Parameters
    ----------
    times
        Waiting times >= 0 until the event or until censoring.
    observed
        True where the event was seen, False where the time is censored.
    weights
        Optional case weights > 0 (how many such times there are). The standard error of the
        restricted mean reads them as frequencies.

    Returns
    -------
    SurvivalCurve
        Empty arrays for no times.

    Raises
    ------
    InputError
        When a time or weight is negative or missing, or lengths differ.

    Notes
    -----
    S(t) = product over t_k <= t of (1 - d_k / n_k). A time censored at t_k is still at risk there.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 4, 5, 8], [1, 1, 0, 1, 0, 1]).survival.round(4).tolist()
    [0.8333, 0.6667, 0.4444, 0.4444, 0.0]
    """
    when = durations(times)
    seen = flags(observed, "observed", like=when.size)
    weight = np.ones(when.size) if weights is None else vector(weights, "weights", like=when.size)
    if np.isnan(weight).any() or (weight <= 0).any():
        msg = "weights must be positive; found another entry; leave rows of no weight out."
        raise InputError(msg)
    distinct, where = np.unique(when, return_inverse=True)
    k = distinct.size
    events = np.bincount(where, weights=weight * seen, minlength=k).astype(np.float64)
    censored = np.bincount(where, weights=weight * ~seen, minlength=k).astype(np.float64)
    return _product_limit(distinct, events, censored)


def km_binned(
    events: ArrayLike, censored: ArrayLike, *, times: ArrayLike | None = None
) -> SurvivalCurve:
    """Estimate the survival curve from two histograms of waiting times.

    Parameters
    ----------
    events, censored
        How many waits ended in an event, and how many were censored, in each bin.
    times
        The time each bin stands for, ascending; by default 0, 1, 2, ...

    Returns
    -------
    SurvivalCurve
        Bins without any count are left out of the curve: nothing happened there.

    Raises
    ------
    InputError
        When counts are negative, lengths differ or times do not ascend.

    Notes
    -----
    Equal to `kaplan_meier` on the times written out one by one; what was censored in a bin is at
    risk for the events of that bin.

    Examples
    --------
    >>> km_binned([0, 1, 1, 0], [0, 0, 1, 1]).survival.round(4).tolist()
    [0.75, 0.5, 0.5]
    """
    happened = vector(events, "events")
    lost = vector(censored, "censored", like=happened.size)
    when = (
        np.arange(happened.size, dtype=np.float64)
        if times is None
        else vector(times, "times", like=happened.size)
    )
    both = np.concatenate((happened, lost))
    if np.isnan(both).any() or (both < 0).any():
        msg = "events and censored must be counts >= 0; found other entries; pass histograms."
        raise InputError(msg)
    if np.isnan(when).any() or (np.diff(when) <= 0).any():
        msg = "times of the bins must ascend; found ties or a fall; sort and merge the bins."
        raise InputError(msg)
    used = (happened + lost) > 0
    return _product_limit(when[used], happened[used], lost[used])


def durations(times: ArrayLike, *, like: int | None = None) -> FloatArray:
    """Return waiting times, refusing negative and missing ones.

    Parameters
    ----------
    times
        Waits.
    like
        Length they must have.

    Returns
    -------
    numpy.ndarray
        The waits as floats.

    Raises
    ------
    InputError
        When one is negative or missing.

    Examples
    --------
    >>> durations([1, 2]).tolist()
    [1.0, 2.0]
    """
    when = vector(times, "times", like=like)
    if np.isnan(when).any() or (when < 0).any():
        msg = "times must be waits >= 0; found missing or negative entries; censor or drop them."
        raise InputError(msg)
    return when


def _product_limit(when: FloatArray, events: FloatArray, censored: FloatArray) -> SurvivalCurve:
    """Multiply the conditional survivals; `when` is distinct and ascending."""
    at_risk = np.cumsum((events + censored)[::-1])[::-1].astype(np.float64)
    survival = np.cumprod(1.0 - events / at_risk)
    return SurvivalCurve(when, at_risk, events, censored, survival.astype(np.float64))
