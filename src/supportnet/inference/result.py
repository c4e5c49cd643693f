"""One result object for every estimate: a number, its interval, its n, and why it may be missing.

An undefined value is NaN with a status that says why; it is never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from supportnet.errors import InternalError, choose

__all__ = [
    "ALL_CENSORED",
    "EMPTY",
    "NOT_IDENTIFIED",
    "OK",
    "STATUSES",
    "SUPPRESSED",
    "TOO_FEW_UNITS",
    "ZERO_DENOMINATOR",
    "Estimate",
    "undefined",
]

OK = "ok"
EMPTY = "empty"
ZERO_DENOMINATOR = "zero_denominator"
NOT_IDENTIFIED = "not_identified"
TOO_FEW_UNITS = "too_few_units"
ALL_CENSORED = "all_censored"
SUPPRESSED = "suppressed"

STATUSES = (
    OK,
    EMPTY,
    ZERO_DENOMINATOR,
    NOT_IDENTIFIED,
    TOO_FEW_UNITS,
    ALL_CENSORED,
    SUPPRESSED,
)
"""Every status a value may carry; `ok` marks a defined value."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Hold one estimate with everything needed to read it.

    Parameters
    ----------
    estimate
        The value, in the unit of the measure; NaN where undefined.
    ci_low, ci_high
        Interval bounds in the same unit; NaN where there is none.
    ci_method
        How the interval was made (`t`, `wilson`, `vertex_bootstrap`, ...); `none` without one.
    n_units
        Independent units (ties, groups, persons) the value rests on.
    n_events
        Events (messages, turns) behind those units; 0 where events were not passed.
    n_excluded
        Units left out, by reason.
    params
        Every setting that changes the number: level, seed, B, margin ...
    coverage_flags
        Remarks of the coverage guard, handed through.
    status
        One of `STATUSES`.

    Raises
    ------
    InternalError
        When a value with status `ok` is NaN.
    InputError
        When the status is unknown.

    Notes
    -----
    Status `ok` implies a defined value. The converse does not hold: under `too_few_units` an
    estimate may stand without an interval, and a count of nothing is a true 0 that carries
    `empty` as a remark.

    Examples
    --------
    >>> share = Estimate(estimate=0.8, ci_low=0.75, ci_high=0.85, ci_method="t", n_units=6)
    >>> share.status, share.defined
    ('ok', True)
    >>> share.to_row()["ci_low"]
    0.75
    """

    estimate: float
    ci_low: float = math.nan
    ci_high: float = math.nan
    ci_method: str = "none"
    n_units: int = 0
    n_events: int = 0
    n_excluded: Mapping[str, int] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    coverage_flags: tuple[str, ...] = ()
    status: str = OK

    def __post_init__(self) -> None:
        choose(self.status, STATUSES, "status")
        if self.status == OK and math.isnan(self.estimate):
            msg = "an estimate with status ok must be defined; found NaN; give it a status."
            raise InternalError(msg)
        for name in ("estimate", "ci_low", "ci_high"):
            object.__setattr__(self, name, float(getattr(self, name)))
        # A read-only copy: a result must not change after it has been reported.
        excluded = {reason: int(n) for reason, n in self.n_excluded.items() if n}
        object.__setattr__(self, "n_excluded", MappingProxyType(excluded))
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))

    @property
    def defined(self) -> bool:
        """Say whether the value is defined, i.e. the status is `ok`."""
        return self.status == OK

    def to_dict(self) -> dict[str, object]:
        """Return all fields as plain nested dictionaries, ready for JSON.

        Returns
        -------
        dict
            Keys as the fields; `n_excluded` and `params` as dictionaries, `coverage_flags` a list.

        Examples
        --------
        >>> undefined("empty").to_dict()["status"]
        'empty'
        """
        return {
            "estimate": self.estimate,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "ci_method": self.ci_method,
            "n_units": self.n_units,
            "n_events": self.n_events,
            "n_excluded": dict(self.n_excluded),
            "params": dict(self.params),
            "coverage_flags": list(self.coverage_flags),
            "status": self.status,
        }

    def to_row(self) -> dict[str, object]:
        """Return one flat row for a data frame.

        Returns
        -------
        dict
            The fields as scalars: `n_excluded` is the total, `excluded_reasons` spells it out
            (`reason=n; ...`), `coverage_flags` are joined by `; `, and each setting stands in its
            own column `param_<name>`.

        Examples
        --------
        >>> row = undefined("too_few_units", n_excluded={"undefined": 2}).to_row()
        >>> row["n_excluded"], row["excluded_reasons"]
        (2, 'undefined=2')
        """
        row = self.to_dict()
        params = self.params
        del row["params"]
        row["n_excluded"] = sum(self.n_excluded.values())
        row["excluded_reasons"] = "; ".join(f"{k}={n}" for k, n in sorted(self.n_excluded.items()))
        row["coverage_flags"] = "; ".join(self.coverage_flags)
        row.update({f"param_{name}": value for name, value in params.items()})
        return row


def undefined(
    status: str,
    *,
    n_units: int = 0,
    n_events: int = 0,
    n_excluded: Mapping[str, int] | None = None,
    params: Mapping[str, object] | None = None,
    coverage_flags: tuple[str, ...] = (),
) -> Estimate:
    """Return an estimate that is NaN for a stated reason.

    Parameters
    ----------
    status
        One of `STATUSES` except `ok`.
    n_units, n_events, n_excluded, params, coverage_flags
        As in `Estimate`.

    Returns
    -------
    Estimate
        Value and bounds NaN, method `none`.

    Raises
    ------
    InputError
        When the status is `ok` or unknown.

    Examples
    --------
    >>> undefined("not_identified").estimate
    nan
    """
    choose(status, STATUSES[1:], "status of an undefined value")
    return Estimate(
        estimate=math.nan,
        n_units=n_units,
        n_events=n_events,
        n_excluded=n_excluded or {},
        params=params or {},
        coverage_flags=coverage_flags,
        status=status,
    )
