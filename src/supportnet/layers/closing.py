"""Closure curves of a layer under one set of rules, and how certain they are."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from supportnet.errors import InputError
from supportnet.inference.intervals import student_interval
from supportnet.layers.network import LayerNetwork
from supportnet.network import (
    DAY_US,
    ClosureCurve,
    ClusteredError,
    Ties,
    closure_curve,
    clustered_error,
    directed_closure_curve,
    dissolving_closure_curve,
)
from supportnet.turns import parse_duration_us

__all__ = ["NO_INTERVAL", "ClosureRules", "burn_in_us", "curve_of", "intervals_of", "layer_curve"]

# Up to this many ties the curve is exact to the microsecond; above, hours bound the memory.
_EXACT_TIES = 200_000
_HOUR_US = DAY_US // 24
_MINUTE_US = _HOUR_US // 60
#: What stands beside a number without an interval: low, high, method, status.
NO_INTERVAL = (math.nan, math.nan, "none", "none")
Interval = tuple[float, float, str, str]
_NOTHING = re.compile(r"0+(\.0*)?\s*(s|min|h|d|w)?")


def burn_in_us(text: str | float) -> int:
    """Read a burn-in, which unlike other durations may be nothing, as microseconds.

    Raises
    ------
    InputError
        For what is no duration.

    Examples
    --------
    >>> burn_in_us("0D"), burn_in_us("1h")
    (0, 3600000000)
    """
    if _NOTHING.fullmatch(str(text).strip().lower()):
        return 0
    return parse_duration_us(text, "burn_in")


@dataclass(frozen=True, slots=True)
class ClosureRules:
    """Under which rules wedges open, close and end.

    Attributes
    ----------
    burn_in_us
        Wedges that opened in this time after the start of coverage are excluded, µs.
    directed
        Whether paths i→j→k are followed until i→k.
    silence_us
        Ties end after this silence, µs; None: they last.
    """

    burn_in_us: int
    directed: bool = False
    silence_us: int | None = None

    def __post_init__(self) -> None:
        if self.directed and self.silence_us is not None:
            msg = (
                "directed=True or dissolve= were expected; found both; the two together are not "
                "defined here, so leave one out."
            )
            raise InputError(msg)


def layer_curve(found: LayerNetwork, ties: Ties, rules: ClosureRules) -> ClosureCurve:
    """Return the closure curve of a layer.

    Parameters
    ----------
    found
        The layer; its messages tell when ties end.
    ties
        Its network.
    rules
        The rules.

    Returns
    -------
    ClosureCurve
        Exact to the microsecond up to 200,000 ties; above, and for directed paths and ties that
        end, on a grid of minutes (hours from 200,000 ties on).
    """
    if rules.silence_us is None:
        return curve_of(ties, rules)
    return dissolving_closure_curve(
        ties, found.events(), silence_us=rules.silence_us, width_us=_grid(ties),
        burn_in_us=rules.burn_in_us,
    )  # fmt: skip


def curve_of(ties: Ties, rules: ClosureRules) -> ClosureCurve:
    """Return the closure curve of ties that last."""
    if rules.directed:
        return directed_closure_curve(ties, width_us=_grid(ties), burn_in_us=rules.burn_in_us)
    width = None if len(ties) <= _EXACT_TIES else _HOUR_US
    return closure_curve(ties, width_us=width, burn_in_us=rules.burn_in_us)


def _grid(ties: Ties) -> int:
    """Return the width of a bin where the curve needs a grid, µs."""
    return _MINUTE_US if len(ties) <= _EXACT_TIES else _HOUR_US


def intervals_of(
    ties: Ties,
    curve: ClosureCurve,
    rules: ClosureRules,
    *,
    tau_us: int,
    counted: npt.NDArray[np.bool_] | None = None,
) -> Mapping[str, Interval]:
    """Return 95 % intervals of the hazard and of the closure probability at `tau_us`.

    Parameters
    ----------
    ties, curve, rules
        The network, its curve and how it was made.
    tau_us
        Time since opening at which the probability is read, µs.
    counted
        Which ties may open a wedge, for the curve of a stratum.

    Returns
    -------
    mapping
        `closure_hazard`, `closure_probability` → (low, high, `pair_clustered` or `none`, status):
        `ok`; `too_few_units` below two pairs that closed; `none` where nothing was computed.

    Notes
    -----
    Intervals are formed on the logarithm of the hazard and of the cumulative hazard, with Student's
    t and one degree of freedom less than there are closing pairs.
    """
    if rules.silence_us is not None or curve.wedges == 0:
        return {}
    error = clustered_error(
        ties, curve, tau_us=tau_us, burn_in_us=rules.burn_in_us, directed=rules.directed,
        counted=counted,
    )  # fmt: skip
    if error is None:
        return {}
    by_tau = curve.closed_by(tau_us)
    cumulative = -math.log1p(-by_tau) if by_tau < 1 else math.nan
    hazard = _on_log(curve.hazard_per_day, error.hazard_se, error)
    low, high, method, status = _on_log(cumulative, error.cumulative_se, error)
    return {
        "closure_hazard": hazard,
        "closure_probability": (-math.expm1(-low), -math.expm1(-high), method, status),
    }


def _on_log(value: float, se: float, error: ClusteredError) -> Interval:
    """Return the interval of a positive number, formed on its logarithm."""
    if error.closing_pairs < 2 or not (np.isfinite(value) and np.isfinite(se)) or value <= 0:
        return (math.nan, math.nan, "none", "too_few_units")
    found = student_interval(
        math.log(value), se / value, error.closing_pairs - 1, level=0.95,
        method="pair_clustered", n_units=error.pairs,
    )  # fmt: skip
    return (math.exp(found.ci_low), math.exp(found.ci_high), "pair_clustered", "ok")
