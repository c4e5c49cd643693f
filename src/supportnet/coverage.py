"""What was observed, by source, conversation and pair; decides alone what is identified.

The rules (docs/methods.md, "What an archive can show"): private traffic i→j is identified where i
or j gave a private source, where the conversation of the two was exported, or where one source
covers the whole community; public traffic i→j where i gave the public side of an archive, or one
source covers the whole community. What is not identified is not computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from supportnet.dataset import Dataset, Lazy, collect, lazy, scalar
from supportnet.errors import choose

__all__ = [
    "Scope",
    "Span",
    "cover_directions",
    "coverage_flags",
    "identifiability",
    "network_scope",
    "span",
]

_SIDES = {"private": ("private_out", "private_in"), "public": ("public_out", "public_in")}


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


@dataclass(frozen=True, slots=True)
class Scope:
    """The persons among whom every pair is observed in one layer.

    Attributes
    ----------
    kind
        `community` (one source covers everybody), `donors` (only pairs of donors are all
        observed), `none`.
    people
        Ids of the donors for `donors`; None otherwise.
    reason
        One sentence for the card and for `not_identified`.
    """

    kind: str
    people: npt.NDArray[np.int64] | None
    reason: str


def _records(dataset: Dataset) -> pd.DataFrame:
    """Return the (small) coverage table, each start not before the community's first message.

    An account may be years older than anything in the archives; silence before anybody's first
    message says nothing about anybody.
    """
    if "coverage" not in dataset.memo:
        records = dataset.frame("coverage")
        first = scalar(dataset.table("messages").select(nw.col("t_us").min()))
        if first is not None and not records.empty:
            starts = records["start_us"].astype("Int64")
            records["start_us"] = starts.clip(lower=int(first))
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
    records = _records(dataset).dropna(subset=["start_us", "end_us"])
    if records.empty:
        return Span(None, None)
    ends = records["end_us"] + np.where(
        records["end_basis"] == "stated", 0, records["resolution_us"].clip(lower=1)
    )
    return Span(int(records["start_us"].min()), int(ends.max()))


def _community(records: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Return the records of sources that cover the whole community in one layer."""
    out, _ = _SIDES[layer]
    whole = records["owner_id"].isna() & records["conversation_id"].isna()
    return records[whole & records["alter_alter"] & records[out]]


def _people(records: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Return person_id, sees_out, sees_in, start_us, end_us of the donors of one layer."""
    out, in_ = _SIDES[layer]
    owned = records[records["owner_id"].notna() & records["conversation_id"].isna()]
    owned = owned[owned[out] | owned[in_]]
    grouped = owned.groupby("owner_id").agg(
        sees_out=(out, "max"),
        sees_in=(in_, "max"),
        start_us=("start_us", "min"),
        end_us=("end_us", "max"),
    )
    return grouped.reset_index(names="person_id").astype({"person_id": "int64"})


def _exported_pairs(dataset: Dataset, records: pd.DataFrame) -> pd.DataFrame:
    """Return lo, hi, start_us, end_us of the direct conversations that were exported one by one."""
    single = records[records["conversation_id"].notna() & records["private_out"]]
    columns = ["lo", "hi", "start_us", "end_us"]
    if single.empty:
        return pd.DataFrame(columns=columns, dtype="int64")
    spans = single.groupby("conversation_id").agg(
        start_us=("start_us", "min"), end_us=("end_us", "max")
    )
    direct = dataset.table("messages").filter(nw.col("visibility") == "private_1to1")
    spoken = direct.join(dataset.table("recipients"), on="message_id", how="inner").select(
        "conversation_id",
        lo=nw.min_horizontal("author_id", "person_id"),
        hi=nw.max_horizontal("author_id", "person_id"),
    )
    pairs = collect(spoken.unique()).merge(spans.reset_index(), on="conversation_id")
    merged = pairs.groupby(["lo", "hi"], as_index=False).agg(
        start_us=("start_us", "min"), end_us=("end_us", "max")
    )
    return merged.dropna().astype("int64")[columns]


def _frame(table: pd.DataFrame, **types: pa.DataType) -> Lazy:
    """Return a small pandas table as a lazy frame with fixed types."""
    arrays = [pa.array(table[name].to_numpy(), type=type_) for name, type_ in types.items()]
    return lazy(pa.table(arrays, names=list(types)))


def cover_directions(dataset: Dataset, frame: Lazy, layer: str) -> Lazy:
    """Say for each direction whether it is identified, and the stretch in which it was.

    Parameters
    ----------
    dataset
        The community's tables.
    frame
        Columns `author_id`, `other_id`.
    layer
        `private` or `public`.

    Returns
    -------
    narwhals.LazyFrame
        The frame with `identified` (bool), `start_us`, `end_us` (µs UTC, null where not
        identified) added.
    """
    choose(layer, tuple(_SIDES), "layer")
    records = _records(dataset)
    whole = _community(records, layer)
    if not whole.empty:
        start, end = int(whole["start_us"].min()), int(whole["end_us"].max())
        return frame.with_columns(
            identified=nw.lit(True),  # noqa: FBT003
            start_us=nw.lit(start).cast(nw.Int64),
            end_us=nw.lit(end).cast(nw.Int64),
        )
    people = _people(records, layer)
    types = {"person_id": pa.int32(), "start_us": pa.int64(), "end_us": pa.int64()}
    sees_out = _frame(people[people["sees_out"].astype(bool)], **types)
    sees_in = _frame(people[people["sees_in"].astype(bool)], **types)
    joined = _join_spans(frame, sees_out, "author_id", "a")
    joined = _join_spans(joined, sees_in, "other_id", "o")
    starts, ends = ["a_start", "o_start"], ["a_end", "o_end"]
    if layer == "private":
        pairs = _exported_pairs(dataset, records)
        small = {"lo": pa.int32(), "hi": pa.int32(), "p_start": pa.int64(), "p_end": pa.int64()}
        renamed = pairs.rename(columns={"start_us": "p_start", "end_us": "p_end"})
        joined = joined.with_columns(
            lo=nw.min_horizontal("author_id", "other_id"),
            hi=nw.max_horizontal("author_id", "other_id"),
        ).join(_frame(renamed, **small), on=["lo", "hi"], how="left")
        starts.append("p_start")
        ends.append("p_end")
    covered = joined.with_columns(
        start_us=nw.min_horizontal(*starts), end_us=nw.max_horizontal(*ends)
    )
    extra = [*starts, *ends] + (["lo", "hi"] if layer == "private" else [])
    return covered.with_columns(identified=~nw.col("end_us").is_null()).drop(extra)


def _join_spans(frame: Lazy, spans: Lazy, key: str, prefix: str) -> Lazy:
    """Join persons' spans to one end of the directions."""
    renamed = spans.select(
        nw.col("person_id").alias(key),
        nw.col("start_us").alias(f"{prefix}_start"),
        nw.col("end_us").alias(f"{prefix}_end"),
    )
    return frame.join(renamed, on=key, how="left")


def network_scope(dataset: Dataset, layer: str) -> Scope:
    """Return the persons among whom every pair is observed in one layer.

    Parameters
    ----------
    dataset
        The community's tables.
    layer
        `private`, `public`, or `all` (both at once).

    Returns
    -------
    Scope
        Everybody, the donors, or nobody, with the reason.
    """
    choose(layer, ("private", "public", "all"), "layer")
    layers = ("private", "public") if layer == "all" else (layer,)
    records = _records(dataset)
    donors: set[int] | None = None
    for one in layers:
        if not _community(records, one).empty:
            continue
        people = _people(records, one)
        needed = people[people["sees_out"].astype(bool)]
        ids = set(needed["person_id"].astype(int))
        donors = ids if donors is None else donors & ids
    if donors is None:
        return Scope("community", None, "one source covers the whole community")
    if len(donors) >= 3:
        people_ids = np.array(sorted(donors), dtype=np.int64)
        reason = (
            f"no source covers the whole community; computed among the {len(donors)} donors, "
            "whose ties to each other are all observed"
        )
        return Scope("donors", people_ids, reason)
    reason = f"nothing shows what others say between them in the {layer} layer"
    return Scope("none", None, reason)


def coverage_flags(dataset: Dataset) -> tuple[str, ...]:
    """Return the flags that at least one source carries, in the schema's order."""
    records = _records(dataset)
    flags = [c for c in records.columns if records[c].dtype == bool]
    return tuple(flag for flag in flags if bool(records[flag].any()))


def identifiability(dataset: Dataset) -> pd.DataFrame:
    """Say for each headline quantity whether this dataset can show it, and for whom.

    Returns
    -------
    pandas.DataFrame
        `quantity`, `status` (ok, partly, not_identified), `reason` (one sentence).
    """
    records = _records(dataset)
    has = {
        layer: not _community(records, layer).empty or not _people(records, layer).empty
        for layer in _SIDES
    }
    single = bool((records["conversation_id"].notna() & records["private_out"]).any())
    private = has["private"] or single
    rows = [
        ("private reciprocity and balance of a tie", private, "private", "no private source"),
        ("private reply latency", private, "private", "no private source"),
        ("private share, outgoing", private and has["public"], "both", _missing(private, has)),
        ("public reciprocity and reply latency", has["public"], "public", "no public source"),
    ]
    table = [
        (name, *(_for_whom(dataset, layer) if ok else ("not_identified", why)))
        for name, ok, layer, why in rows
    ]
    both = private and has["public"]
    table.insert(3, ("private share of a tie, both directions", *_share_both(dataset, both, has)))
    for layer in ("private", "public"):
        scope = network_scope(dataset, layer)
        status = {"community": "ok", "donors": "partly", "none": "not_identified"}[scope.kind]
        table.append((f"{layer} closure, clustering and census", status, scope.reason))
    contacts = dataset.frame("contacts")
    reason = (
        "declared ties are in the sources" if len(contacts) else "no source lists declared ties"
    )
    table.append(("friend networks", "ok" if len(contacts) else "not_identified", reason))
    return pd.DataFrame(table, columns=["quantity", "status", "reason"])


def _missing(private: bool, has: dict[str, bool]) -> str:  # noqa: FBT001
    """Name the side that is missing for a share."""
    if not private and not has["public"]:
        return "neither a private nor a public source"
    return "no public source" if private else "no private source"


def _for_whom(dataset: Dataset, layer: str) -> tuple[str, str]:
    """Say whether everybody or only the donors are covered."""
    records = _records(dataset)
    layers = tuple(_SIDES) if layer == "both" else (layer,)
    if all(not _community(records, one).empty for one in layers):
        return "ok", "one source covers the whole community"
    donors = records["owner_id"].nunique()
    return "partly", f"for the ties of the {donors} donors"


def _share_both(dataset: Dataset, both: bool, has: dict[str, bool]) -> tuple[str, str]:  # noqa: FBT001
    """Say for whom a tie's share is identified: it needs the public side of both ends."""
    records = _records(dataset)
    if not both:
        return "not_identified", _missing(bool(has["private"]), has)
    if not _community(records, "public").empty:
        return _for_whom(dataset, "both")
    donors = len(_people(records, "public"))
    if donors < 2:
        return "not_identified", "one archive shows only its owner's public side"
    return "partly", f"for ties between two of the {donors} donors"
