"""What goes each way in every tie: weights, messages, session starts, and who was first."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.community import Community
from supportnet.dataset import Dataset, Lazy, collect, lazy
from supportnet.errors import choose
from supportnet.interactions import FIXED_POINT, Attribution, in_layer
from supportnet.pair_events import shared_events
from supportnet.pair_sums import sum_parts
from supportnet.turns import cover_pairs
from supportnet.units import group_pairs, identify

__all__ = [
    "LAYERS",
    "covered_people",
    "from_both_ends",
    "histories",
    "sides_of",
    "ties_of_groups",
    "weights",
]

LAYERS = ("private", "public", "all")


def sides_of(layer: str) -> tuple[str, ...]:
    """Return the layers that must be observed for a layer to be identified."""
    choose(layer, LAYERS, "layer")
    return ("private", "public") if layer == "all" else (layer,)


def weights(
    community: Community, layer: str, attribution: Attribution | None = None
) -> pd.DataFrame:
    """Sum what went each way in every tie of a layer.

    Returns
    -------
    pandas.DataFrame
        `lo`, `hi`, `w_fwd` (lo→hi), `w_back` (messages, sums of shares, ≥ 0), `identified` (both
        directions were observed); sorted by `lo`, `hi`.
    """
    sides = sides_of(layer)
    held = shared_events(community.dataset, attribution)
    if held is not None:
        kept = held.only(layer)
        lo, hi, units = kept.lo, kept.hi, held.ways(layer)
    else:
        lo, hi, units = sum_parts(in_layer(community.interactions(attribution, lazy=True), layer))
    seen = [cover_pairs(community.dataset, lo, hi, side)[0] for side in sides]
    columns = {
        "lo": lo.astype(np.int64),
        "hi": hi.astype(np.int64),
        "w_fwd": units[0] / FIXED_POINT,
        "w_back": units[1] / FIXED_POINT,
        "identified": np.logical_and.reduce(seen),
    }
    return pd.DataFrame(columns, copy=False)


def histories(
    community: Community,
    layer: str,
    *,
    silence_us: int,
    attribution: Attribution | None = None,
    acts: Lazy | None = None,
) -> pd.DataFrame:
    """Count messages and session starts each way in every tie, and say who was first.

    Parameters
    ----------
    community
        The community.
    layer
        `private`, `public` or `all`.
    silence_us
        A message after a longer silence in the tie starts a session.
    attribution
        Who addressed whom.
    acts
        Interactions to count instead of all of the layer.

    Returns
    -------
    pandas.DataFrame
        `lo`, `hi`, `n_fwd`, `n_back` (messages), `s_fwd`, `s_back` (session starts, a truncated
        one left out), `first_fwd` (the first message went lo→hi), `first_us`, `first_fwd_us`,
        `first_back_us` (µs UTC, missing where nothing went that way), `truncated` (the sources
        go back less than `silence_us` before the first message, so nobody knows who really began),
        `identified`, `start_us`, `end_us` (what was observed of both directions).
    """
    sides = sides_of(layer)
    frame = acts if acts is not None else community.interactions(attribution, lazy=True)
    events = in_layer(frame, layer).filter(~nw.col("message_id").is_null())
    summed = _per_tie(events, silence_us)
    covered = identify(community.dataset, summed, "tie", layers=sides, spans=True)
    table = collect(covered.sort("lo", "hi")).astype({"lo": "int64", "hi": "int64"})
    truncated = _truncated(community.dataset, table, sides, silence_us)
    first = table["first_fwd"] == 1
    return table.assign(
        truncated=truncated,
        first_fwd=first,
        s_fwd=table["s_fwd"] - (truncated & first).astype("int64"),
        s_back=table["s_back"] - (truncated & ~first).astype("int64"),
    )


def _truncated(
    dataset: Dataset, table: pd.DataFrame, sides: tuple[str, ...], silence_us: int
) -> pd.Series[bool]:
    """Say of which ties something may have gone before the first message, unseen.

    Where coverage as used begins too late, what the sources state may still reach further back.
    """
    first = table["first_us"].astype("Int64")
    late = (first - table["start_us"].astype("Int64") < silence_us).fillna(value=False)
    if not late.any():
        return late.astype(bool)
    asked = table.loc[late, ["lo", "hi"]].astype("int32")
    frame = lazy(pa.Table.from_pandas(asked, preserve_index=False))
    known = identify(dataset, frame, "tie", layers=sides, spans=True, stated=True)
    stated = collect(known.sort("lo", "hi"))["start_us"].astype("Int64").set_axis(asked.index)
    still = (first[late] - stated < silence_us).fillna(value=True)
    return late.astype(bool) & still.reindex(table.index, fill_value=False).astype(bool)


def _per_tie(events: Lazy, silence_us: int) -> Lazy:
    """Group messages by tie with counts, session starts and first times each way."""
    dyad = ("lo", "hi")
    forward = nw.col("author_id") < nw.col("other_id")
    placed = events.select(
        "message_id",
        "t_us",
        lo=nw.min_horizontal("author_id", "other_id"),
        hi=nw.max_horizontal("author_id", "other_id"),
        is_fwd=nw.when(forward).then(1).otherwise(0),
    ).with_columns(
        previous_us=nw.col("t_us").shift(1).over(*dyad, order_by=["t_us", "message_id", "is_fwd"])
    )
    begins = nw.col("previous_us").is_null()
    opens = begins | (nw.col("t_us") - nw.col("previous_us") > silence_us)
    toward = nw.col("is_fwd") == 1
    return (
        placed.with_columns(
            s_fwd=nw.when(opens & toward).then(1).otherwise(0),
            s_back=nw.when(opens & ~toward).then(1).otherwise(0),
            first_fwd=nw.when(begins & toward).then(1).otherwise(0),
            t_fwd=nw.when(toward).then(nw.col("t_us")).otherwise(None),
            t_back=nw.when(~toward).then(nw.col("t_us")).otherwise(None),
        )
        .group_by(*dyad)
        .agg(
            *(nw.col(name).sum().cast(nw.Int64) for name in ("s_fwd", "s_back", "first_fwd")),
            n_fwd=nw.col("is_fwd").sum().cast(nw.Int64),
            n=nw.len().cast(nw.Int64),
            first_us=nw.col("t_us").min(),
            first_fwd_us=nw.col("t_fwd").min(),
            first_back_us=nw.col("t_back").min(),
        )
        .with_columns(n_back=nw.col("n") - nw.col("n_fwd"))
    )


def covered_people(community: Community, table: pd.DataFrame, layer: str) -> pd.Series[bool]:
    """Say for each row's `person_id` whether all that person writes and gets was observed."""
    people = np.unique(table["person_id"].to_numpy(dtype=np.int32))
    frame = lazy(pa.table({"person_id": people}))
    asked = collect(identify(community.dataset, frame, "person", layers=sides_of(layer)))
    seen = set(asked.loc[asked["identified"], "person_id"])
    return table["person_id"].isin(seen)


def from_both_ends(ties: pd.DataFrame) -> pd.DataFrame:
    """Return each tie twice, seen from either person.

    Returns
    -------
    pandas.DataFrame
        The columns of `ties` with `person_id`, `partner_id`, `out` and `back` (weight from and to
        the person) added.
    """
    here = {"person_id": ties["lo"], "partner_id": ties["hi"]}
    there = {"person_id": ties["hi"], "partner_id": ties["lo"]}
    one = ties.assign(**here, out=ties["w_fwd"], back=ties["w_back"])
    two = ties.assign(**there, out=ties["w_back"], back=ties["w_fwd"])
    return pd.concat([one, two], ignore_index=True)


def ties_of_groups(
    ties: pd.DataFrame, groups: pd.DataFrame, community: Community, layer: str
) -> pd.DataFrame:
    """Return the ties inside each group: `kind`, `group` and the columns of `ties`.

    Pairs without a message in the layer stand with missing values; `identified` is known of all.
    """
    pairs = group_pairs(groups).astype({"lo": "int32", "hi": "int32"})
    frame = lazy(pa.Table.from_pandas(pairs[["lo", "hi"]].drop_duplicates(), preserve_index=False))
    asked = collect(identify(community.dataset, frame, "tie", layers=sides_of(layer)))
    numbers = ties.drop(columns="identified").astype({"lo": "int32", "hi": "int32"})
    seen = pairs.merge(asked, on=["lo", "hi"], how="left")
    return seen.merge(numbers, on=["lo", "hi"], how="left")
