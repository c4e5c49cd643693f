"""The tables behind the figures: counted in bins, so that no figure holds a single message."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.community import Community
from supportnet.dataset import Lazy, collect, lazy
from supportnet.errors import InputError
from supportnet.inference import km_binned
from supportnet.schema import COUNTED_KINDS
from supportnet.turns import HORIZONS, HOUR_US, parse_duration_us
from supportnet.units import check_groups, group_pairs

__all__ = ["kinds_in_order", "latency_curves", "ties_by_kind", "weekly_activity"]

# Steps of the curve, equal on a square-root scale: seconds at first, then a quarter of an hour.
_STEPS = 288
_DAY_US = 24 * HOUR_US
_WEEK_US = 7 * _DAY_US
# The Monday before 1 January 1970, so that weeks are those of the calendar.
_MONDAY_US = -3 * _DAY_US
_ORDER = ("twinome", "dyad", "friend_network")


def ties_by_kind(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the ties inside groups, each once, under the closest kind it belongs to.

    Parameters
    ----------
    groups
        Groups frame of one community.

    Returns
    -------
    pandas.DataFrame
        `kind`, `group`, `lo`, `hi`. A tie that is in a twinome and in a friend network is a tie of
        the twinome; the order is twinome, dyad, friend network, then other kinds by name.

    Examples
    --------
    >>> rows = [("c", "twinome", 0, p) for p in (1, 2, 3)] + [("c", "dyad", 0, p) for p in (1, 2)]
    >>> frame = pd.DataFrame(rows, columns=["community", "kind", "group", "person"])
    >>> ties_by_kind(frame)["kind"].tolist()
    ['twinome', 'twinome', 'twinome']
    """
    pairs = group_pairs(groups)
    rest = sorted(set(pairs["kind"]) - set(_ORDER))
    rank = {kind: place for place, kind in enumerate([*_ORDER, *rest])}
    ordered = pairs.assign(rank=pairs["kind"].map(rank)).sort_values(
        ["rank", "group", "lo", "hi"], kind="stable"
    )
    once = ordered.drop_duplicates(["lo", "hi"]).drop(columns="rank")
    return once.astype({"lo": "int64", "hi": "int64"}).reset_index(drop=True)


def _lazy_ties(ties: pd.DataFrame) -> Lazy:
    """Return kinds of ties as a lazy frame that joins with turns."""
    columns = {
        "lo": pa.array(ties["lo"].to_numpy(), type=pa.int32()),
        "hi": pa.array(ties["hi"].to_numpy(), type=pa.int32()),
        "kind": pa.array([str(kind) for kind in ties["kind"]], type=pa.string()),
    }
    return lazy(pa.table(columns))


def latency_curves(
    community: Community,
    groups: pd.DataFrame | None = None,
    *,
    layer: str = "private",
    horizon: str | None = None,
) -> pd.DataFrame:
    """Follow turns until they are answered: the share still waiting, by kind of group.

    Parameters
    ----------
    community
        The community, or a stretch of it (see :func:`supportnet.groups.after_detection`).
    groups
        Groups frame; ties outside all groups are kind `other`. None takes all ties as `all`.
    layer
        `private` or `public`.
    horizon
        Longest time an answer may take; 72 h in private and 168 h in public by default.

    Returns
    -------
    pandas.DataFrame
        `kind`, `hours` (steps from 0 to the horizon), `survival` (share of turns still
        unanswered, 0–1, Kaplan–Meier: unanswered turns are censored), `turns`, `ties`, `persons`
        (what the kind's curve rests on). Empty where nothing is identified.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("abab"), "recipient": list("baba"),
    ...                      "time": [0, 3600, 7200, 10800]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> curve = latency_curves(c)
    >>> curve["turns"].iloc[0], float(curve.loc[curve["hours"] >= 1, "survival"].iloc[0])
    (np.int64(4), 0.0)
    """
    limit_us = HORIZONS.get(layer, 0) if horizon is None else parse_duration_us(horizon, "horizon")
    waits = community.turns(layer, horizon=horizon, lazy=True).filter(
        ~nw.col("latency_h").is_null()
    )
    waits = waits.select(
        "observed",
        lo=nw.min_horizontal("author_id", "other_id"),
        hi=nw.max_horizontal("author_id", "other_id"),
        part=nw.col("latency_h") * HOUR_US / limit_us,
    )
    if groups is None:
        waits = waits.with_columns(kind=nw.lit("all"))
    else:
        known = _lazy_ties(ties_by_kind(check_groups(groups, community.name)))
        waits = waits.join(known, on=["lo", "hi"], how="left").with_columns(
            kind=nw.col("kind").fill_null("other")
        )
    step = (nw.col("part").clip(0.0, 1.0).sqrt() * _STEPS).ceil().cast(nw.Int64)
    binned = waits.select("kind", "observed", step=step).group_by("kind", "observed", "step")
    counts = collect(binned.agg(n=nw.len().cast(nw.Int64)))
    pairs = collect(waits.select("kind", "lo", "hi").unique())
    hours = (np.arange(_STEPS + 1) / _STEPS) ** 2 * limit_us / HOUR_US
    return _stack_curves(counts, pairs, hours)


def _stack_curves(counts: pd.DataFrame, pairs: pd.DataFrame, hours: np.ndarray) -> pd.DataFrame:
    """Return one Kaplan–Meier curve per kind, one below the other."""
    curves = []
    for kind in kinds_in_order(counts["kind"]):
        own, ends = counts[counts["kind"] == kind], pairs[pairs["kind"] == kind]
        bins = [
            np.bincount(
                own.loc[own["observed"] == seen, "step"],
                weights=own.loc[own["observed"] == seen, "n"],
                minlength=hours.size,
            )
            for seen in (True, False)
        ]
        curve = km_binned(bins[0], bins[1], times=hours)
        time = np.concatenate(([0.0], curve.time))
        survival = np.concatenate(([1.0], curve.survival))
        curves.append(
            pd.DataFrame({"kind": kind, "hours": time, "survival": survival}).assign(
                turns=int(own["n"].sum()),
                ties=len(ends),
                persons=len(np.unique(ends[["lo", "hi"]])),
            )
        )
    columns = ["kind", "hours", "survival", "turns", "ties", "persons"]
    return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=columns)


def kinds_in_order(kinds: pd.Series[str]) -> list[str]:
    """Return the distinct kinds: ours first, then the researcher's, then the rest."""
    last = ("other", "all")
    found = set(kinds)
    middle = sorted(found - set(_ORDER) - set(last))
    return [kind for kind in (*_ORDER, *middle, *last) if kind in found]


def weekly_activity(community: Community, *, weeks: int = 1) -> pd.DataFrame:
    """Count messages and their writers by calendar week and visibility.

    Parameters
    ----------
    community
        The community.
    weeks
        Weeks per bin, at least 1: finer times would point at persons.

    Returns
    -------
    pandas.DataFrame
        `week` (the Monday a bin begins with, UTC), `visibility`, `n` (messages), `persons`
        (distinct writers), `whole` (whether messages go on from its first day to its last, which
        those at both ends of the data need not); bins without messages are absent.

    Raises
    ------
    InputError
        For bins under one week.

    Examples
    --------
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("aba"), "recipient": list("bab"),
    ...                      "time": [0, 86400, 8 * 86400]})
    >>> weekly_activity(from_dataframe(talk, visibility="public", unit="s"))["n"].tolist()
    [2, 1]
    """
    if weeks < 1 or weeks != int(weeks):
        msg = f"whole weeks of at least 1 were expected; found {weeks}; pass weeks=1 or more."
        raise InputError(msg)
    width = int(weeks) * _WEEK_US
    counted = community.messages(lazy=True).filter(nw.col("kind").is_in(COUNTED_KINDS))
    binned = counted.select("visibility", "author_id", bin=(nw.col("t_us") - _MONDAY_US) // width)
    sums = {"n": nw.len().cast(nw.Int64), "persons": nw.col("author_id").n_unique().cast(nw.Int64)}
    table = collect(binned.group_by("bin", "visibility").agg(**sums))
    begin = table["bin"].astype("int64") * width + _MONDAY_US
    table["week"] = pd.to_datetime(begin, unit="us", utc=True)
    edges = collect(counted.select(first=nw.col("t_us").min(), last=nw.col("t_us").max())).iloc[0]
    if len(table):
        # A day's grace: who writes nothing on a Sunday night has not left.
        begun = begin >= edges["first"] - _DAY_US
        table["whole"] = begun & (begin + width <= edges["last"] + _DAY_US)
    table = table.reindex(columns=["week", "visibility", "n", "persons", "whole"])
    return table.sort_values(["week", "visibility"], kind="stable", ignore_index=True)
