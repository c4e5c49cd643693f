"""Sustained mutual private ties: the ties of which twinomes and dyads are made."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.community import Community
from supportnet.coverage import Span, cover_directions, span
from supportnet.dataset import Lazy, collect, lazy
from supportnet.errors import InputError
from supportnet.interactions import in_layer

__all__ = ["DAY_US", "Rules", "detection_window", "private_volume", "sustained_ties"]

DAY_US = 86_400_000_000
MIN_WINDOW_DAYS = 84


@dataclass(frozen=True, slots=True)
class Rules:
    """When a tie counts as sustained.

    Attributes
    ----------
    bin_days
        Length of a bin of the chain, days.
    min_continuity
        Smallest share of bins with a private message each way, 0–1.
    min_each_way
        Fewest private messages in each direction.
    """

    bin_days: int = 7
    min_continuity: float = 0.75
    min_each_way: int = 10


def detection_window(
    community: Community, period: tuple[str, str] | str | None
) -> tuple[Span, Community]:
    """Return the window in which groups are found, and the community seen in it.

    Parameters
    ----------
    community
        The whole community.
    period
        `(start, end)` dates; `"all"` for the whole span; None for the first half of coverage, so
        that the second half is left for measuring.

    Returns
    -------
    Span
        The window, µs UTC.
    Community
        The community cut to it.
    """
    whole = span(community.dataset)
    if whole.start_us is None or whole.end_us is None:
        return whole, community
    if period is None:
        cut = Span(whole.start_us, (whole.start_us + whole.end_us) // 2)
    elif period == "all":
        cut = whole
    elif isinstance(period, str):
        msg = (
            "period must be a pair of dates, or 'all'; found one word; "
            "pass ('2024-01-01', '2024-07-01')."
        )
        raise InputError(msg)
    else:
        part = community.between(*period)
        low, high = part.dataset.window_us or (whole.start_us, whole.end_us)
        cut = Span(low, high)
    start, end = cut.start_us or 0, cut.end_us or 0
    return cut, Community(community.dataset.between(start, end))


def sustained_ties(community: Community, window: Span, rules: Rules) -> pd.DataFrame:
    """Return the sustained mutual private ties of a window.

    Parameters
    ----------
    community
        The community cut to the window.
    window
        The window; bins are counted from its start, incomplete ones dropped.
    rules
        When a tie counts as sustained.

    Returns
    -------
    pandas.DataFrame
        `lo`, `hi`, `n_fwd`, `n_back` (messages), `continuity` (share of the pair's complete bins
        with a message each way, 0–1), by (`lo`, `hi`). Pairs that no archive covers are left out.
    """
    columns = ["lo", "hi", "n_fwd", "n_back", "continuity"]
    if window.start_us is None or window.end_us is None:
        return pd.DataFrame(columns=columns)
    width = rules.bin_days * DAY_US
    binned = collect(_bins(community.interactions(lazy=True), window.start_us, width))
    if binned.empty:
        return pd.DataFrame(columns=columns)
    covered = _pair_bins(community, binned, window, width)
    inside = (binned["bin"] < (window.end_us - window.start_us) // width) & (
        (binned["n_fwd"] > 0) & (binned["n_back"] > 0)
    )
    both = binned[inside].merge(covered, on=["lo", "hi"])
    both = both[(both["bin"] >= both["first_bin"]) & (both["bin"] < both["end_bin"])]
    filled = both.groupby(["lo", "hi"]).size().rename("filled")
    table = binned.groupby(["lo", "hi"])[["n_fwd", "n_back"]].sum().join(filled, how="left")
    table = table.reset_index().merge(covered, on=["lo", "hi"])
    bins = (table["end_bin"] - table["first_bin"]).where(lambda n: n > 0)
    table["continuity"] = table["filled"].fillna(0) / bins
    long_enough = bins * rules.bin_days >= MIN_WINDOW_DAYS
    keep = (
        long_enough
        & (table["continuity"] >= rules.min_continuity - 1e-12)
        & (table["n_fwd"] >= rules.min_each_way)
        & (table["n_back"] >= rules.min_each_way)
    )
    return table.loc[keep, columns].sort_values(["lo", "hi"], ignore_index=True)


def _bins(frame: Lazy, start_us: int, width: int) -> Lazy:
    """Count private messages each way by tie and bin."""
    forward = nw.when(nw.col("author_id") < nw.col("other_id")).then(1).otherwise(0)
    return (
        in_layer(frame, "private")
        .with_columns(
            lo=nw.min_horizontal("author_id", "other_id"),
            hi=nw.max_horizontal("author_id", "other_id"),
            bin=(nw.col("t_us") - start_us) // width,
            fwd=forward,
        )
        .group_by("lo", "hi", "bin")
        .agg(n_fwd=nw.col("fwd").sum().cast(nw.Int64), n=nw.len().cast(nw.Int64))
        .with_columns(n_back=nw.col("n") - nw.col("n_fwd"))
    )


def _pair_bins(
    community: Community, binned: pd.DataFrame, window: Span, width: int
) -> pd.DataFrame:
    """Return each covered pair's complete bins: `lo`, `hi`, `first_bin`, `end_bin`."""
    pairs = _lazy_pairs(binned[["lo", "hi"]].drop_duplicates())
    covered = collect(cover_directions(community.dataset, pairs, "private"))
    covered = covered[covered["identified"].astype(bool)]
    start, end = window.start_us or 0, window.end_us or 0
    # An archive's first and last records lie inside the bins that they begin and end.
    low = np.maximum(covered["start_us"].astype("int64"), start)
    high = np.minimum(covered["end_us"].astype("int64") + 1, end)
    return pd.DataFrame(
        {
            "lo": covered["author_id"].astype("int64"),
            "hi": covered["other_id"].astype("int64"),
            "first_bin": (low - start) // width,
            "end_bin": np.minimum(-(-(high - start) // width), (end - start) // width),
        }
    )


def _lazy_pairs(pairs: pd.DataFrame) -> Lazy:
    """Return pairs as the directions lo→hi."""
    return lazy(
        pa.table(
            {
                "author_id": pa.array(pairs["lo"].to_numpy(), pa.int32()),
                "other_id": pa.array(pairs["hi"].to_numpy(), pa.int32()),
            }
        )
    )


def private_volume(community: Community) -> pd.DataFrame:
    """Return each direction's private messages: `author_id`, `other_id`, `weight`."""
    return community.directions("private")[["author_id", "other_id", "weight"]]
