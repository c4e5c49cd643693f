"""The closure curve: what is known about how long open wedges stay open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from supportnet.errors import InputError
from supportnet.kernels.dtypes import Float64, Int32, Int64

__all__ = [
    "BURN_IN_US",
    "DAY_US",
    "ClosureCurve",
    "bins_for",
    "bins_of",
    "entry_time",
    "grid_curve",
    "product",
    "remaining",
    "survival_of",
]

DAY_US: Final = 86_400_000_000

#: Ties older than the coverage enter late, so wedges that opened in the first 28 days are dropped.
BURN_IN_US: Final = 28 * DAY_US

#: A finer grid than this would not fit the memory a curve should take.
_MOST_BINS: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class ClosureCurve:
    """Kaplan-Meier curve of open wedges with everything it rests on.

    Attributes
    ----------
    time_us
        Time since the wedge opened, µs, from 0. On a grid: the end of each bin, which holds the
        durations above the end before it and up to this one. Exact: the durations at which wedges
        closed.
    at_risk
        Wedges whose duration is known to reach into this row.
    events
        Wedges that closed in this row.
    censored
        Wedges last seen open in this row; they count as at risk in all of it.
    survival
        Share still open after `time_us`, 0 to 1; NaN without any wedge.
    wedges
        Wedges ever at risk.
    closed
        Wedges that closed.
    closing_ties
        Distinct ties that closed at least one wedge: one tie may close many, so this, not `closed`,
        is the number of independent events.
    wedge_us
        Summed time at risk, µs.
    follow_up_us
        The longest time a wedge was followed, µs.
    excluded
        Reason → wedges left out: `burn_in` (opened before it ended), `never_at_risk` (closed before
        or in the instant in which the second tie was born).
    censored_by
        Reason → wedges that did not close: `coverage_end`, and `dissolution` where ties may end.
    width_us
        The width of a bin, µs; None where the curve is exact to the microsecond.
    status
        `ok`, or `empty` where no wedge was ever at risk.
    """

    time_us: Int64
    at_risk: Int64
    events: Int64
    censored: Int64
    survival: Float64
    wedges: int
    closed: int
    closing_ties: int
    wedge_us: float
    follow_up_us: int
    excluded: Mapping[str, int]
    censored_by: Mapping[str, int] = field(default_factory=dict)
    width_us: int | None = None
    status: str = "ok"

    @property
    def closed_share(self) -> float:
        """Closed wedges among wedges ever at risk, 0 to 1, blind to censoring; NaN without any."""
        return self.closed / self.wedges if self.wedges else float("nan")

    @property
    def hazard_per_day(self) -> float:
        """Closures per day that a wedge is open, ≥ 0; NaN without time at risk."""
        return self.closed / (self.wedge_us / DAY_US) if self.wedge_us > 0 else float("nan")

    def closed_by(self, tau_us: int) -> float:
        """Return the probability that a wedge has closed within `tau_us`.

        Parameters
        ----------
        tau_us
            Time since the wedge opened, µs. On a grid, closures in the bin that `tau_us` cuts are
            not counted: take a multiple of the width.

        Returns
        -------
        float
            0 to 1; NaN without any wedge, or where wedges are still open at the longest follow-up
            and `tau_us` lies beyond it.
        """
        if self.wedges == 0:
            return float("nan")
        if tau_us > self.follow_up_us and self.survival[-1] > 0:
            return float("nan")
        row = int(np.searchsorted(self.time_us, tau_us, side="right")) - 1
        return float(1 - self.survival[max(row, 0)])

    def frame(self) -> pd.DataFrame:
        """Return the curve as a table.

        Returns
        -------
        pandas.DataFrame
            One row for each time: `time_us` (µs), `at_risk`, `events`, `censored` (wedges),
            `survival` (0 to 1).
        """
        names = ("time_us", "at_risk", "events", "censored", "survival")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def survival_of(at_risk: Int64, events: Int64) -> Float64:
    """Return the product-limit estimate after each row."""
    if at_risk.size == 0 or at_risk[0] == 0:
        return np.full(at_risk.size, np.nan)
    leaving = np.zeros(at_risk.size)
    np.divide(events, at_risk, out=leaving, where=at_risk > 0)
    return np.asarray(np.cumprod(1 - leaving), np.float64)


def remaining(leaving: Int64) -> Int64:
    """Return how many are left before each row leaves."""
    total: Int64 = leaving.sum() - np.cumsum(leaving) + leaving
    return total


def bins_for(span_us: int, width_us: int) -> int:
    """Return the number of bins ((k - 1) · width, k · width], k = 0, 1, …, up to `span_us`.

    Raises
    ------
    InputError
        When the width is not positive, or so small that the grid would not fit.
    """
    if width_us < 1:
        msg = f"width_us must be at least 1; found {width_us}; pass the width of a bin in µs."
        raise InputError(msg)
    bins = -(-span_us // width_us) + 1
    if bins > _MOST_BINS:
        msg = (
            f"the grid may have {_MOST_BINS} bins; width_us={width_us} makes {bins}; pass a wider "
            "one, or None for the exact curve."
        )
        raise InputError(msg)
    return bins


def entry_time(start_us: int, burn_in_us: int) -> int:
    """Return the time from which opening wedges enter the risk set."""
    if burn_in_us < 0:
        msg = f"burn_in_us must be 0 or more; found {burn_in_us}; pass a duration in µs."
        raise InputError(msg)
    return start_us + burn_in_us


def bins_of(spans_us: Int64, counts: Int64, width_us: int, bins: int) -> Int64:
    """Return how many of the counted spans fall in each bin."""
    # Float weights are exact up to 2⁵³ wedges in one bin.
    found = np.bincount(-(-spans_us // width_us), weights=counts, minlength=bins)
    return np.rint(found).astype(np.int64)


def product(times: Int64, counts: Int32 | Int64) -> float:
    """Sum times · counts in floating point, since microseconds times wedges overflow integers."""
    return float(np.dot(times.astype(np.float64), counts.astype(np.float64)))


def grid_curve(
    events: Int64,
    censored: Int64,
    width_us: int,
    *,
    closing_ties: int,
    wedge_us: float,
    longest_open: int,
    excluded: Mapping[str, int],
    censored_by: Mapping[str, int],
) -> ClosureCurve:
    """Build the curve from closures and censored wedges per bin."""
    at_risk = remaining(events + censored)
    longest_closed = int(np.flatnonzero(events).max(initial=0)) * width_us
    wedges = int(at_risk[0])
    return ClosureCurve(
        time_us=np.arange(events.size, dtype=np.int64) * width_us,
        at_risk=at_risk, events=events, censored=censored,
        survival=survival_of(at_risk, events),
        wedges=wedges, closed=int(events.sum()), closing_ties=closing_ties,
        wedge_us=wedge_us, follow_up_us=max(longest_open, longest_closed),
        excluded=excluded, censored_by=censored_by,
        width_us=width_us, status="ok" if wedges else "empty",
    )  # fmt: skip
