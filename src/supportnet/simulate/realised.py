"""What came of a plan, counted on its events before any archive is written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from supportnet.simulate.assemble import Simulated
from supportnet.simulate.kinds import LAYERS, SUSTAINED
from supportnet.simulate.numbers import RATE_HOURS, TAU_H, rounded

__all__ = ["continuity", "realised_kind", "realised_turns", "tie_counts"]

_BIN_US = 7 * 86_400_000_000
_HOUR_US = 3_600_000_000


def realised_turns(made: Simulated) -> pd.DataFrame:
    """Return the turns of all ties as they stand in the events.

    Parameters
    ----------
    made
        A community.

    Returns
    -------
    DataFrame
        One row per turn: `tie`, `kind`, `layer`, `session`, `turn`, `author`, `due_us` (end of the
        first burst), `latency_h` (hours to the answer, NaN without one), `answered` (within the
        layer's horizon), `followed` (whether the span reaches that horizon), `reminders`.
    """
    events = made.events[made.events["tie"] >= 0]
    keys = ["tie", "layer", "session", "turn"]
    first = events[events["burst"] == 0].groupby(keys, as_index=False)
    turns = first.agg(author=("author", "first"), start_us=("t_us", "min"), due_us=("t_us", "max"))
    bursts = events.groupby(keys, as_index=False).agg(reminders=("burst", "max"))
    turns = turns.merge(bursts, on=keys)
    answer = turns.groupby("session")["start_us"].shift(-1)
    turns["latency_h"] = (answer - turns["due_us"]) / _HOUR_US
    horizon = turns["layer"].map(dict(made.plan.horizon_h))
    turns["answered"] = turns["latency_h"] <= horizon
    turns["followed"] = turns["due_us"] + horizon * _HOUR_US < made.plan.end_s * 1_000_000
    kind = made.ties.set_index("tie")["kind"]
    turns["kind"] = turns["tie"].map(kind)
    return turns.drop(columns="start_us")


def continuity(made: Simulated, half: int | None = None) -> pd.Series[float]:
    """Return the share of weeks in which both sides of each sustained tie wrote privately.

    Parameters
    ----------
    made
        A community.
    half
        0 or 1 for a half of the span, None for all of it; incomplete weeks at its end are dropped.

    Returns
    -------
    Series
        Index tie, values 0..1.
    """
    start, end = made.plan.start_s * 1_000_000, made.plan.end_s * 1_000_000
    if half is not None:
        middle = (start + end) // 2
        start, end = (start, middle) if half == 0 else (middle, end)
    n_bins = (end - start) // _BIN_US
    sustained = made.ties.loc[made.ties["kind"].isin(SUSTAINED), "tie"]
    events = made.events
    private = events[(events["layer"] == "private_1to1") & events["tie"].isin(sustained)]
    week = (private["t_us"] - start) // _BIN_US
    inside = private.assign(week=week)[(private["t_us"] >= start) & (week < n_bins)]
    both = inside.groupby(["tie", "week"])["author"].nunique().eq(2)
    full = both.groupby(level="tie").sum() / float(n_bins)
    return full.reindex(sustained, fill_value=0.0).astype("float64")


def tie_counts(made: Simulated) -> pd.DataFrame:
    """Return private and public messages of each tie, by direction, with share and balance."""
    events = made.events[made.events["tie"] >= 0]
    counts = events.groupby(["tie", "layer"]).size().unstack(fill_value=0)  # noqa: PD010
    counts = counts.reindex(columns=list(LAYERS), fill_value=0)
    ties = made.ties.set_index("tie").join(counts).fillna(dict.fromkeys(LAYERS, 0))
    total = ties[list(LAYERS)].sum(axis=1)
    ties["share"] = ties["private_1to1"] / total.where(total > 0)
    private = events[events["layer"] == "private_1to1"]
    ways = (
        private.groupby(["tie", "author"]).size().groupby(level="tie").agg(["min", "sum", "size"])
    )
    ties["balance"] = (2.0 * ways["min"] / ways["sum"]).where(ways["size"] == 2, 0.0)
    return ties


def realised_kind(ties: pd.DataFrame, turns: pd.DataFrame) -> dict[str, Any]:
    """Return the same numbers counted on the events."""
    found: dict[str, Any] = {
        "ties": len(ties),
        "messages_private": int(ties["private_1to1"].sum()),
        "messages_public": int(ties["public"].sum()),
        "private_share": rounded(ties["share"].mean()),
        "private_share_tie_sd": rounded(ties["share"].std()),
        "private_share_pooled": rounded(
            ties["private_1to1"].sum() / max(int(ties[list(LAYERS)].to_numpy().sum()), 1)
        ),
        "balance": rounded(ties["balance"].mean()),
    }
    for name in LAYERS:
        found[name] = _realised_layer(turns[(turns["layer"] == name) & turns["followed"]])
    return found


def _realised_layer(turns: pd.DataFrame) -> dict[str, Any]:
    """Return latency numbers over turns followed for the whole horizon (so none is cut short)."""
    if turns.empty:
        return {"turns": 0}
    wait = turns["latency_h"].where(turns["answered"], np.inf)
    capped = wait.clip(upper=TAU_H)
    return {
        "turns": len(turns),
        "answered": rounded(turns["answered"].mean()),
        "latency_median_answered_h": rounded(turns.loc[turns["answered"], "latency_h"].median()),
        "latency_median_h": rounded(wait.median()),
        "rmst24_h": rounded(capped.mean()),
        "rmst24_tie_mean_h": rounded(capped.groupby(turns["tie"]).mean().mean()),
        "rate": {f"{h:g}": rounded((wait <= h).mean()) for h in RATE_HOURS},
        "reminders": int(turns["reminders"].sum()),
    }
