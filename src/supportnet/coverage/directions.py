"""Which directions between two persons were observed, and in which stretch of time."""

from __future__ import annotations

import narwhals as nw
import pandas as pd
import pyarrow as pa

from supportnet.coverage.records import (
    SIDES,
    coverage_records,
    donor_spans,
    exported_chats,
    whole_sources,
)
from supportnet.dataset import Dataset, Lazy, collect, lazy
from supportnet.errors import choose

__all__ = ["cover_directions"]


def cover_directions(dataset: Dataset, frame: Lazy, layer: str, *, stated: bool = False) -> Lazy:
    """Say for each direction whether it is identified, and the stretch in which it was.

    Parameters
    ----------
    dataset
        The community's tables.
    frame
        Columns `author_id`, `other_id`.
    layer
        `private` or `public`.
    stated
        Let stretches begin where the sources say, even before anybody's first message: only to
        tell whether something may have gone before a first message.

    Returns
    -------
    narwhals.LazyFrame
        The frame with `identified` (bool), `start_us`, `end_us` (µs UTC, null where not
        identified) added.

    Notes
    -----
    Over several sources the stretch runs from the earliest start to the latest end. Within one
    source a record about a direct conversation bounds that conversation: an account's archive may
    hold a chat only up to the day on which it moved to encrypted storage.
    """
    choose(layer, tuple(SIDES), "layer")
    records = coverage_records(dataset)
    if stated:
        records = records.assign(start_us=records["stated_us"])
    whole = whole_sources(records, layer)
    if not whole.empty:
        start, end = int(whole["start_us"].min()), int(whole["end_us"].max())
        return frame.with_columns(
            identified=nw.lit(True),  # noqa: FBT003
            start_us=nw.lit(start).cast(nw.Int64),
            end_us=nw.lit(end).cast(nw.Int64),
        )
    people = donor_spans(records, layer)
    types = {"person_id": pa.int32(), "start_us": pa.int64(), "end_us": pa.int64()}
    sees_out = _frame(people[people["sees_out"].astype(bool)], **types)
    sees_in = _frame(people[people["sees_in"].astype(bool)], **types)
    joined = _join_spans(frame, sees_out, "author_id", "a")
    joined = _join_spans(joined, sees_in, "other_id", "o")
    covered = joined.with_columns(
        start_us=nw.min_horizontal("a_start", "o_start"),
        end_us=nw.max_horizontal("a_end", "o_end"),
    ).drop("a_start", "a_end", "o_start", "o_end")
    if layer == "private":
        covered = _bound(covered, _exported_directions(dataset, records))
    return covered.with_columns(identified=~nw.col("end_us").is_null())


def _join_spans(frame: Lazy, spans: Lazy, key: str, prefix: str) -> Lazy:
    """Join persons' spans to one end of the directions."""
    renamed = spans.select(
        nw.col("person_id").alias(key),
        nw.col("start_us").alias(f"{prefix}_start"),
        nw.col("end_us").alias(f"{prefix}_end"),
    )
    return frame.join(renamed, on=key, how="left")


def _bound(frame: Lazy, exported: pd.DataFrame) -> Lazy:
    """Give the directions of exported conversations the stretch of these."""
    types = {"author_id": pa.int32(), "other_id": pa.int32(), "p_start": pa.int64()}
    renamed = exported.rename(columns={"start_us": "p_start", "end_us": "p_end"})
    known = _frame(renamed, **types, p_end=pa.int64()).with_columns(is_exported=nw.lit(1))
    joined = frame.join(known, on=["author_id", "other_id"], how="left")
    is_exported = ~nw.col("is_exported").is_null()
    return joined.with_columns(
        start_us=nw.when(is_exported).then("p_start").otherwise("start_us"),
        end_us=nw.when(is_exported).then("p_end").otherwise("end_us"),
    ).drop("p_start", "p_end", "is_exported")


def _exported_directions(dataset: Dataset, records: pd.DataFrame) -> pd.DataFrame:
    """Return author_id, other_id, start_us, end_us where a direct conversation has its own record.

    The stretch joins those records with what other sources of either person cover; it is null
    where none of them shows anything.
    """
    keys = ["author_id", "other_id"]
    pairs = _exported_pairs(dataset, records)
    turned = pairs.rename(columns={"author_id": "other_id", "other_id": "author_id"})
    own = pd.concat([pairs, turned], ignore_index=True)
    asked = own[keys].drop_duplicates()
    found = [own[own["end_us"] >= own["start_us"]]]
    owned = records[records["owner_id"].notna() & records["conversation_id"].isna()]
    for side, end in zip(SIDES["private"], keys, strict=True):
        seen = owned.loc[owned[side], ["source_id", "owner_id", "start_us", "end_us"]]
        seen = seen.dropna().astype("int64").rename(columns={"owner_id": end})
        bounded = own[[*keys, "source_id"]].drop_duplicates()
        other = asked.merge(seen, on=end).merge(bounded, how="left", indicator="here")
        found.append(other[other["here"] == "left_only"])
    stretches = pd.concat(found)[[*keys, "start_us", "end_us"]].astype("int64")
    whole = stretches.groupby(keys).agg(start_us=("start_us", "min"), end_us=("end_us", "max"))
    return asked.merge(whole.astype("Int64").reset_index(), on=keys, how="left")


def _exported_pairs(dataset: Dataset, records: pd.DataFrame) -> pd.DataFrame:
    """Return author_id < other_id, source_id, start_us, end_us of the pairs with own records.

    Pairs are taken from all rows, so that a window without any keeps their bounds.
    """
    columns = ["author_id", "other_id", "source_id", "start_us", "end_us"]
    single = exported_chats(records)
    if single.empty:
        return pd.DataFrame(columns=columns, dtype="int64")
    whole = dataset if dataset.parent is None else dataset.parent
    direct = whole.table("messages").filter(nw.col("visibility") == "private_1to1")
    spoken = direct.join(whole.table("recipients"), on="message_id", how="inner").select(
        "conversation_id",
        low=nw.min_horizontal("author_id", "person_id"),
        high=nw.max_horizontal("author_id", "person_id"),
    )
    pairs = collect(spoken.unique()).merge(single, on="conversation_id")
    pairs = pairs.rename(columns={"low": "author_id", "high": "other_id"})
    return pairs[columns].astype("int64")


def _frame(table: pd.DataFrame, **types: pa.DataType) -> Lazy:
    """Return a small pandas table as a lazy frame with fixed types."""
    arrays = [pa.array(table[name].astype("Int64"), type=type_) for name, type_ in types.items()]
    return lazy(pa.table(arrays, names=list(types)))
