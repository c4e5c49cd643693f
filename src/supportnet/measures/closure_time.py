"""Triadic closure in time: how long two persons with a common contact stay untied."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.interactions import Attribution
from supportnet.layers import layer_network
from supportnet.network import DAY_US, ClosureCurve, closure_curve
from supportnet.turns import parse_duration_us
from supportnet.units import check_level, network_rows

__all__ = ["closure_survival", "closure_times"]

# Up to this many ties the curve is exact to the microsecond; above, hours bound the memory.
_EXACT_TIES = 200_000
_HOUR_US = DAY_US // 24
_MEASURES = (
    "closure_probability",
    "closure_hazard",
    "closed_share",
    "closed",
    "closing_ties",
    "censored",
)


def closure_times(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    projection: str | None = None,
    burn_in: str = "28D",
    tau: str = "28D",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Estimate the time to closure of open wedges.

    Parameters
    ----------
    community
        The community.
    level
        `network`.
    layer, projection, attribution
        As for `triadic_closure`.
    burn_in
        Wedges that opened in this time after the start of coverage are excluded and counted: ties
        older than the archive enter late.
    tau
        Time since opening at which the closure probability is read.

    Returns
    -------
    pandas.DataFrame
        `measure`, `value`, `n` (wedges ever at risk), `status`, `n_excluded`, `coverage`. Measures:
        `closure_probability` (Kaplan–Meier, by `tau`, 0–1), `closure_hazard` (closures per
        wedge-day, ≥ 0), `closed_share` (crude, 0–1), `closed` (wedges), `closing_ties`
        (independent closing events: one tie closes several wedges), `censored` (wedges).
        No wedge: NaN, `empty`. Follow-up shorter than `tau` with wedges still open: the
        probability is NaN, `not_identified`.

    Raises
    ------
    InputError
        For an unknown level, layer, projection, or a duration that cannot be read.

    Notes
    -----
    A wedge j–i–k is at risk from max(t_ij, t_ik), closes at t_jk and is censored at the end of
    coverage; closed before or in the instant of opening it was never at risk. Every wedge is
    followed without being listed, in O(m × arboricity) time.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452. Kossinets & Watts 2006,
    doi:10.1126/science.1116869.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> start = pd.Timestamp("2024-01-01", tz="UTC")
    >>> rows = [("a", "b", 0), ("a", "c", 2), ("a", "d", 5), ("b", "c", 10)]
    >>> talk = pd.DataFrame(rows, columns=["sender", "recipient", "day"])
    >>> talk["time"] = start + pd.to_timedelta(talk["day"], unit="D")
    >>> c = from_dataframe(talk, visibility="public", end=start + pd.Timedelta(days=30))
    >>> t = closure_times(c, layer="public", burn_in="1s", tau="25D").set_index("measure")["value"]
    >>> round(float(t["closure_probability"]), 4), round(float(t["closure_hazard"]), 5)
    (0.3333, 0.01724)
    """
    check_level(level, ("network",))
    found = layer_network(community, layer=layer, projection=projection, attribution=attribution)
    if found.ties is None:
        rows = [(name, np.nan, 0, "not_identified") for name in _MEASURES]
        return network_rows(rows).assign(n_excluded=0, coverage=found.coverage)
    width = None if len(found.ties) <= _EXACT_TIES else _HOUR_US
    burn_in_us = parse_duration_us(burn_in, "burn_in")
    curve = closure_curve(found.ties, width_us=width, burn_in_us=burn_in_us)
    table = network_rows(_numbers(curve, parse_duration_us(tau, "tau")))
    excluded = sum(curve.excluded.values())
    return table.assign(n_excluded=excluded, coverage=found.coverage)


def _numbers(curve: ClosureCurve, tau_us: int) -> list[tuple[str, float, int, str]]:
    """Return the curve's numbers with their statuses."""
    n = curve.wedges
    status = curve.status
    by_tau = curve.closed_by(tau_us)
    followed = status if not np.isnan(by_tau) or n == 0 else "not_identified"
    if n == 0:
        return [(name, np.nan, 0, "empty") for name in _MEASURES]
    return [
        ("closure_probability", by_tau, n, followed),
        ("closure_hazard", curve.hazard_per_day, n, status),
        ("closed_share", curve.closed_share, n, status),
        ("closed", float(curve.closed), n, status),
        ("closing_ties", float(curve.closing_ties), n, status),
        ("censored", float(n - curve.closed), n, status),
    ]


def closure_survival(
    community: Community,
    *,
    layer: str = "private",
    projection: str | None = None,
    burn_in: str = "28D",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Return the curve of wedges still open, for plots.

    Parameters
    ----------
    community
        The community.
    layer, projection, burn_in, attribution
        As for :func:`closure_times`.

    Returns
    -------
    pandas.DataFrame
        `t_days` (days since the wedge opened, ≥ 0), `at_risk`, `events`, `censored` (wedges),
        `survival` (share still open, 0–1). Empty where the layer is not identified.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"], "recipient": ["b"], "time": [1_700_000_000]})
    >>> c = from_dataframe(talk, visibility="public", unit="s")
    >>> closure_survival(c, layer="public")["at_risk"].sum()
    np.int64(0)
    """
    columns = ["t_days", "at_risk", "events", "censored", "survival"]
    found = layer_network(community, layer=layer, projection=projection, attribution=attribution)
    if found.ties is None:
        return pd.DataFrame(columns=columns)
    width = None if len(found.ties) <= _EXACT_TIES else _HOUR_US
    curve = closure_curve(
        found.ties, width_us=width, burn_in_us=parse_duration_us(burn_in, "burn_in")
    ).frame()
    curve["t_days"] = curve["time_us"] / DAY_US
    return curve[columns]
