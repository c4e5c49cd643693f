"""The coverage table: what each source could have shown, and over which stretch of time."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.dataset import Dataset, scalar

__all__ = [
    "SIDES",
    "Span",
    "coverage_flags",
    "coverage_records",
    "donor_spans",
    "span",
    "whole_sources",
]

#: The two flags of each layer: what the owner sent, what the owner received.
SIDES = {"private": ("private_out", "private_in"), "public": ("public_out", "public_in")}


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time, µs UTC; both None when nothing was observed."""

    start_us: int | None
    end_us: int | None

    @property
    def days(self) -> float:
        """Length in days; NaN when nothing was observed."""
        if self.start_us is None or self.end_us is None:
            return float("nan")
        return (self.end_us - self.start_us) / 86_400e6


def coverage_records(dataset: Dataset) -> pd.DataFrame:
    """Return the (small) coverage table with `start_us` as used and `stated_us` as the source says.

    An account may be years older than anything in the archives, and silence before anybody's first
    message says nothing about anybody: a person's record starts with the first message of the whole
    dataset at the earliest. A record of one conversation or of the whole community was bounded for
    its own sake and is taken at its word. What the source states still tells whether a first
    message was really the first (`stated_us`): nothing earlier is in an archive that goes back.
    """
    if "coverage" not in dataset.memo:
        records = dataset.frame("coverage")
        records["stated_us"] = records["start_us"].astype("Int64")
        # A window looks at part of the messages; its coverage begins where it was cut.
        whole = dataset if dataset.parent is None else dataset.parent
        first = scalar(whole.table("messages").select(nw.col("t_us").min()))
        if first is not None and not records.empty:
            owned = records["owner_id"].notna()
            starts = records["stated_us"]
            records["start_us"] = starts.mask(owned, starts.clip(lower=int(first)))
        dataset.memo["coverage"] = records
    return dataset.memo["coverage"]


def span(dataset: Dataset) -> Span:
    """Return the stretch of time that any source covers.

    Returns
    -------
    Span
        Earliest start and latest end over all coverage records, µs UTC; the end is that of the
        last record plus one step where no archive states a later one.
    """
    records = coverage_records(dataset).dropna(subset=["start_us", "end_us"])
    records = records[records["end_us"] >= records["start_us"]]
    if records.empty:
        return Span(None, None)
    ends = records["end_us"] + np.where(
        records["end_basis"] == "stated", 0, records["resolution_us"].clip(lower=1)
    )
    return Span(int(records["start_us"].min()), int(ends.max()))


def coverage_flags(dataset: Dataset) -> tuple[str, ...]:
    """Return the flags that at least one source carries, in the schema's order."""
    records = coverage_records(dataset)
    flags = [c for c in records.columns if records[c].dtype == bool]
    return tuple(flag for flag in flags if bool(records[flag].any()))


def whole_sources(records: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Return the records of sources that cover the whole community in one layer."""
    out, _ = SIDES[layer]
    whole = records["owner_id"].isna() & records["conversation_id"].isna()
    return records[whole & records["alter_alter"] & records[out]]


def exported_chats(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records about one conversation whose private side was exported.

    One that ends before it starts lies outside the window looked at (`Dataset.between`).
    """
    single = records[records["conversation_id"].notna() & records["private_out"]]
    return single.dropna(subset=["start_us", "end_us"])


def donor_spans(records: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Return person_id, sees_out, sees_in, start_us, end_us of the donors of one layer."""
    out, in_ = SIDES[layer]
    owned = records[records["owner_id"].notna() & records["conversation_id"].isna()]
    owned = owned[owned[out] | owned[in_]]
    grouped = owned.groupby("owner_id").agg(
        sees_out=(out, "max"),
        sees_in=(in_, "max"),
        start_us=("start_us", "min"),
        end_us=("end_us", "max"),
    )
    return grouped.reset_index(names="person_id").astype({"person_id": "int64"})
