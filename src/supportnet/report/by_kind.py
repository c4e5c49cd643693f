"""Means of ties by kind of group, with the values behind them for the figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.measures import private_share, reply_latency, tie_balance
from supportnet.measures.visibility.pooling import mean_of_ties
from supportnet.plots.data import kinds_in_order
from supportnet.report.settings import Settings

__all__ = ["COLUMNS", "kind_values"]

# An interval over fewer ties than this says nothing.
LEAST_TIES = 5
COLUMNS = (
    "construct",
    "kind",
    "groups",
    "ties",
    "persons",
    "value",
    "low",
    "high",
    "method",
    "expected",
    "excess",
    "status",
)


def kind_values(
    seen: Community, kinds: pd.DataFrame, settings: Settings
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Compute the tie-level numbers and average them by kind of group.

    Parameters
    ----------
    seen
        The community in the window of measurement.
    kinds
        Ties inside groups: `kind`, `group`, `lo`, `hi`, each tie once.
    settings
        All settings.

    Returns
    -------
    pandas.DataFrame
        One row per construct (`private_share`, `balance`, `rmst`, `rate_24h` in the private layer,
        the latter two with `_public` in the public one) and kind, and one (`other`; `all` where
        there are no groups) for the rest: `groups`, `ties`, `persons`, `value` (mean of ties),
        `low`, `high` (95 %), `method`, `expected` and `excess` (balance), `status`.
    dict
        Construct → the ties behind it: `kind`, `group`, `lo`, `hi`, `value`, `n`.
    """
    rest = "other" if len(kinds) else "all"
    named = kinds.astype({"lo": "int64", "hi": "int64"})
    rows, behind = [], {}
    for construct, (ties, least) in _tie_values(seen, settings).items():
        defined = ties["value"].notna() & (ties["n"] >= least)
        known = ties[defined].merge(named, on=["lo", "hi"], how="left")
        known["kind"] = known["kind"].astype(object).where(known["kind"].notna(), rest)
        behind[construct] = known
        rows += [
            _mean(known[known["kind"] == kind], construct, kind)
            for kind in kinds_in_order(known["kind"])
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS)), behind


def _tie_values(seen: Community, settings: Settings) -> dict[str, tuple[pd.DataFrame, int]]:
    """Return construct → `lo`, `hi`, `value`, `n` of every tie, and the smallest n that counts."""
    shares = private_share(seen, attribution=settings.attribution)
    found = {
        "private_share": (shares[["lo", "hi", "value", "n"]], settings.least_messages),
        "balance": (_balance(seen, settings), settings.least_starts),
    }
    for layer, ending in (("private", ""), ("public", "_public")):
        waits = reply_latency(
            seen,
            level="tie",
            layer=layer,
            horizon=settings.horizon(layer),
            burst=settings.burst,
            tau=settings.tau,
            attribution=settings.attribution,
            measures=["rmst", "rate_24h"],
        )
        for name in ("rmst", "rate_24h"):
            own = waits.loc[waits["measure"] == name, ["lo", "hi", "value", "n"]]
            found[name + ending] = (own, settings.least_turns)
    return found


def _balance(seen: Community, settings: Settings) -> pd.DataFrame:
    """Return the balance of starts of every tie, with `expected` and `excess`."""
    table = tie_balance(seen, silence=settings.silence, attribution=settings.attribution)
    keys, name = ["lo", "hi"], table["measure"].astype(str)
    result = table.loc[name == "balance", [*keys, "value", "n"]]
    for column in ("expected", "excess"):
        more = table.loc[name == column, [*keys, "value"]].rename(columns={"value": column})
        result = result.merge(more, on=keys, how="left")
    return result


def _mean(ties: pd.DataFrame, construct: str, kind: str) -> dict[str, object]:
    """Average one kind's ties."""
    found = mean_of_ties(ties)
    value = found.estimate
    bounded = len(ties) >= LEAST_TIES
    groups = np.nan if kind in ("other", "all") else ties["group"].nunique()
    expected = float(ties["expected"].mean()) if "expected" in ties.columns else np.nan
    excess = float(ties["excess"].mean()) if "excess" in ties.columns else np.nan
    return {
        "construct": construct,
        "kind": kind,
        "groups": groups,
        "ties": len(ties),
        "persons": len(np.unique(ties[["lo", "hi"]])),
        "value": value,
        "low": found.ci_low if bounded else np.nan,
        "high": found.ci_high if bounded else np.nan,
        "method": found.ci_method if bounded else "none",
        "expected": expected,
        "excess": excess,
        "status": found.status if np.isnan(value) else ("ok" if bounded else "too_few_units"),
    }
