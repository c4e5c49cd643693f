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
    seen: Community, kinds: pd.DataFrame, construct: str, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute one construct for every tie and average it by kind of group.

    Parameters
    ----------
    seen
        The community in the window of measurement.
    kinds
        Ties inside groups: `kind`, `group`, `lo`, `hi`, each tie once.
    construct
        `private_share`, `rmst`, `rate_24h` (private layer), the same with `_public`, or `balance`.
    settings
        All settings.

    Returns
    -------
    pandas.DataFrame
        One row per kind, and one (`other`; `all` where there are no groups) for the rest:
        `groups`, `ties`, `persons`, `value` (mean of ties), `low`, `high` (95 %), `method`,
        `expected` and `excess` (balance), `status`.
    pandas.DataFrame
        The ties behind it: `kind`, `group`, `lo`, `hi`, `value`, `n`.
    """
    ties = _tie_values(seen, construct, settings)
    least = {"private_share": settings.least_messages, "balance": settings.least_starts}
    defined = ties["value"].notna() & (ties["n"] >= least.get(construct, settings.least_turns))
    known = ties[defined].merge(
        kinds.astype({"lo": "int64", "hi": "int64"}), on=["lo", "hi"], how="left"
    )
    rest = "other" if len(kinds) else "all"
    known["kind"] = known["kind"].astype(object).where(known["kind"].notna(), rest)
    rows = [
        _mean(known[known["kind"] == kind], construct, kind)
        for kind in kinds_in_order(known["kind"])
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)), known


def _tie_values(seen: Community, construct: str, settings: Settings) -> pd.DataFrame:
    """Return `lo`, `hi`, `value`, `n` of every tie (and `expected`, `excess` of the balance)."""
    rules = settings.attribution
    if construct == "private_share":
        table = private_share(seen, attribution=rules)
        return table[["lo", "hi", "value", "n"]]
    if construct == "balance":
        table = tie_balance(seen, silence=settings.silence, attribution=rules)
        wide = table.assign(measure=table["measure"].astype(str)).pivot_table(
            index=["lo", "hi", "n"], columns="measure", values="value", dropna=False, observed=True
        )
        wide = wide.reindex(columns=["balance", "expected", "excess"]).reset_index()
        return wide.rename(columns={"balance": "value"})[
            ["lo", "hi", "value", "n", "expected", "excess"]
        ]
    layer = "public" if construct.endswith("_public") else "private"
    name = construct.removesuffix("_public")
    table = reply_latency(
        seen,
        level="tie",
        layer=layer,
        horizon=settings.horizon(layer),
        burst=settings.burst,
        tau=settings.tau,
        attribution=rules,
        measures=[name],
    )
    return table[["lo", "hi", "value", "n"]]


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
