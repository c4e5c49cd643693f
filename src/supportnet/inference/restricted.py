"""The mean wait restricted to a horizon, and how far one could see."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from supportnet.errors import InputError
from supportnet.inference.checks import level_of
from supportnet.inference.result import OK, Estimate, undefined

__all__ = ["RestrictedMean", "horizon"]


@dataclass(frozen=True)
class RestrictedMean:
    """Hold a mean restricted to [0, tau], its standard error and how far one could see.

    Parameters
    ----------
    rmst
        Area under S up to `tau`, in the unit of the times; NaN where S > 0 at a last
        follow-up < tau.
    se
        Standard error of `rmst` under independent turns; NaN with it.
    rmst_observed
        Area up to min(tau, last follow-up); equal to `rmst` where that is defined.
    last_follow_up
        Largest time seen, event or censoring; NaN when empty.
    tau
        The restriction.
    n, n_observed
        Times in all, and those that ended in an event.
    status
        `ok`, `not_identified` or `empty`.

    Examples
    --------
    >>> from supportnet.inference.survival import kaplan_meier
    >>> kaplan_meier([1, 6, 28, 72], [1, 1, 0, 0]).rmst(24).rmst
    13.75
    """

    rmst: float
    se: float
    rmst_observed: float
    last_follow_up: float
    tau: float
    n: float
    n_observed: float
    status: str

    def to_estimate(self, *, level: float = 0.95) -> Estimate:
        """Return the restricted mean with a normal interval of the given level.

        Parameters
        ----------
        level
            Confidence level between 0 and 1.

        Returns
        -------
        Estimate
            `ci_method` is `greenwood`. It treats turns as independent: right inside one
            direction of one dyad, too narrow for turns pooled over dyads.

        Examples
        --------
        >>> from supportnet.inference.survival import kaplan_meier
        >>> result = kaplan_meier([1, 2, 2, 4, 5, 8], [1, 1, 0, 1, 0, 1]).rmst(6).to_estimate()
        >>> round(result.estimate, 4)
        4.0556
        """
        params = {"tau": self.tau, "level": level_of(level), "rmst_observed": self.rmst_observed}
        if self.status != OK:
            return undefined(self.status, n_units=int(self.n), params=params)
        half = float(stats.norm.ppf((1 + level) / 2)) * self.se
        return Estimate(
            estimate=self.rmst,
            ci_low=self.rmst - half,
            ci_high=self.rmst + half,
            ci_method="greenwood",
            n_units=int(self.n),
            n_events=int(self.n_observed),
            params=params,
        )


def horizon(tau: float) -> float:
    """Return `tau` as a float when it is positive and finite.

    Parameters
    ----------
    tau
        A span of time.

    Returns
    -------
    float
        The span.

    Raises
    ------
    InputError
        When it is not a positive number.

    Examples
    --------
    >>> horizon(24)
    24.0
    """
    if not (math.isfinite(tau) and tau > 0):
        msg = "tau must be a positive span; found another value; pass e.g. tau=24 (hours)."
        raise InputError(msg)
    return float(tau)
