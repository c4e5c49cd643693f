"""Waits shorter than a clock can tell: exports without seconds, or without time of day."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.coverage.records import coverage_records
from supportnet.dataset import Dataset, Lazy, collect
from supportnet.interactions import in_layer
from supportnet.kernels.dtypes import Float64
from supportnet.records import DAY, MINUTE, RESOLUTION_DAY, RESOLUTION_MINUTE
from supportnet.turns.by_unit import Units, find_pairs
from supportnet.turns.form import Turns
from supportnet.turns.pairs import PairMessages
from supportnet.turns.rules import HOUR_US

__all__ = ["pair_resolution", "with_resolution"]

_ERRORS = ("se", "ci_low", "ci_high")


def pair_resolution(
    dataset: Dataset, frame: Lazy, layer: str, messages: PairMessages
) -> Float64 | None:
    """Return the step of the coarsest clock that wrote to each pair.

    Parameters
    ----------
    dataset
        The community's tables.
    frame
        Interactions.
    layer
        `private` or `public`.
    messages
        The pairs of that layer.

    Returns
    -------
    numpy.ndarray or None
        Hours for each pair: 24 where some times have no time of day, 1/60 where some have no
        seconds, else 0. None where every clock of the layer has seconds.
    """
    records = coverage_records(dataset)
    if records.empty or int(records["resolution_us"].fillna(0).max()) < MINUTE:
        return None
    stored = dataset.table("messages")
    notes = collect(stored.select("time_note").unique())["time_note"].dropna().astype(int)
    day = [int(note) for note in notes if note & RESOLUTION_DAY]
    minute = [int(note) for note in notes if note & RESOLUTION_MINUTE]
    coarse = stored.filter(nw.col("time_note").is_in([*day, *minute])).select(
        "message_id",
        step=nw.when(nw.col("time_note").is_in(day)).then(DAY).otherwise(MINUTE).cast(nw.Int64),
    )
    of_pairs = (
        in_layer(frame, layer)
        .join(coarse, on="message_id", how="inner")
        .select(
            "step",
            lo=nw.min_horizontal("author_id", "other_id"),
            hi=nw.max_horizontal("author_id", "other_id"),
        )
        .group_by("lo", "hi")
        .agg(nw.col("step").max())
    )
    table = collect(of_pairs)
    if table.empty:
        return None
    place = find_pairs(
        messages, table["lo"].to_numpy(dtype=np.int32), table["hi"].to_numpy(dtype=np.int32)
    )
    steps = np.zeros(len(messages))
    known = place >= 0
    steps[place[known]] = table["step"].to_numpy(dtype=np.float64)[known] / HOUR_US
    return steps


def with_resolution(
    table: pd.DataFrame, units: Units, turns: Turns, steps: Float64 | None, *, tau_h: float
) -> pd.DataFrame:
    """Mark what the clocks of a unit are too coarse to tell.

    Parameters
    ----------
    table
        Summaries of the units, one row per unit and summary.
    units
        The units.
    turns
        Their turns.
    steps
        The step of each pair's clock, hours; None leaves the table as it is.
    tau_h
        Restriction of the mean, hours.

    Returns
    -------
    pandas.DataFrame
        With `resolution_h` (hours; the coarsest clock of the unit, 0 where all have seconds) and
        `below_resolution` (the median is shorter than that: it is to be read as less than
        `resolution_h`). Rates and means over no more than a clock's step are NaN,
        `not_identified`.
    """
    if steps is None:
        return table
    of_unit = np.zeros(len(units))
    np.maximum.at(of_unit, units.codes, units.of(steps[turns.pair]))
    step = np.repeat(of_unit, len(table) // max(len(units), 1))
    measure = table["measure"].astype(str)
    reach = measure.map(lambda name: _reach(name, tau_h)).to_numpy(dtype=np.float64)
    hidden = (reach <= step) & (step > 0)
    value = table["value"].mask(hidden)
    short = ((measure == "median") & (value < step)).to_numpy(dtype=np.bool_)
    status = table["status"].mask(hidden & (table["status"] == "ok"), "not_identified")
    bounds = {name: table[name].mask(hidden) for name in _ERRORS if name in table}
    out = table.assign(value=value, status=status, **bounds)
    return out.assign(resolution_h=step, below_resolution=short)


def _reach(name: str, tau_h: float) -> float:
    """Return over how many hours a summary looks; inf where it does not say."""
    name = name.removesuffix("_dyads")
    if name in ("rmst", "rmst_observed"):
        return tau_h
    if name.startswith("rate_"):
        return float(name.removeprefix("rate_").removesuffix("h"))
    return np.inf
