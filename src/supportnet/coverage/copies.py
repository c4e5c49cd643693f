"""How far two copies of the same conversations agree: what each should hold, and what it holds."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.coverage.records import SIDES, coverage_records
from supportnet.dataset import Dataset, Lazy, collect, lazy

__all__ = ["copy_agreement"]

_COLUMNS = ["conversation_id", "first_source", "second_source", "n_both", "n_one_only"]
_VISIBILITIES = {
    "private": ("private_1to1", "private_group"),
    "public": ("public", "semi_public"),
}


def copy_agreement(dataset: Dataset) -> pd.DataFrame:
    """Compare the copies that two sources hold of one conversation.

    Parameters
    ----------
    dataset
        The community's tables.

    Returns
    -------
    pandas.DataFrame
        One row per conversation and pair of sources that should both hold rows of it:
        `conversation_id`, `first_source`, `second_source` (`source_id`), `n_both`, `n_one_only`
        (messages, calls and deleted stubs in both copies, in one of the two), `agreement` (share
        0–1), `status`.

    Notes
    -----
    agreement = n_both / (n_both + n_one_only), over the rows that both sources should hold: those
    of persons whose archive shows both sides of the layer, or of a conversation that was exported
    by itself, in the time that both cover (the end of a source without a stated one is its last
    record). Rows in one copy only were deleted there, never reached that device, or could not be
    matched because the copies share neither ids nor texts. Pairs without any such row are left
    out. Archives that hold their owner's side alone are no copies of each other, nor are those of
    two platforms, nor sources of a whole community.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"], "recipient": ["b"], "time": [0]})
    >>> copy_agreement(from_dataframe(talk, visibility="private_1to1", unit="s").dataset).empty
    True
    """
    due = [part for layer in SIDES for part in _due(dataset, layer)]
    if not due:
        return _finish(pd.DataFrame(columns=_COLUMNS, dtype="int64"))
    rows = nw.concat(due, how="vertical").unique()
    held = dataset.table("message_sources").select("message_id", "source_id", held=nw.lit(1))
    known = rows.join(held, on=["message_id", "source_id"], how="left").with_columns(
        held=nw.col("held").fill_null(0).cast(nw.Int64)
    )
    second = known.select("message_id", second_source=nw.col("source_id"), held_too=nw.col("held"))
    pairs = (
        known.rename({"source_id": "first_source"})
        .join(second, on="message_id", how="inner")
        .filter(nw.col("first_source") < nw.col("second_source"))
        .with_columns(copies=nw.col("held") + nw.col("held_too"))
        .filter(nw.col("copies") > 0)
    )
    counts = pairs.group_by("conversation_id", "first_source", "second_source").agg(
        n_both=(nw.col("copies") - 1).sum().cast(nw.Int64),
        n_one_only=(2 - nw.col("copies")).sum().cast(nw.Int64),
    )
    return _finish(collect(counts))


def _finish(counts: pd.DataFrame) -> pd.DataFrame:
    """Add the share and its status, in a fixed order."""
    table = counts[_COLUMNS].astype("int64").sort_values(_COLUMNS[:3], ignore_index=True)
    total = table["n_both"] + table["n_one_only"]
    table["agreement"] = (table["n_both"] / total.where(total > 0)).astype(float)
    table["status"] = np.where(total > 0, "ok", "zero_denominator").astype(object)
    return table


def _due(dataset: Dataset, layer: str) -> list[Lazy]:
    """Return message_id, conversation_id, source_id: what each source of a layer should hold."""
    records = coverage_records(dataset).dropna(subset=["start_us", "end_us"])
    out, in_ = SIDES[layer]
    records = records[records[out] & records[in_]]
    if records["source_id"].nunique() < 2:
        return []
    has_place, has_owner = records["conversation_id"].notna(), records["owner_id"].notna()
    single = _frame(records[has_place], "conversation_id")
    owned = _frame(records[has_owner & ~has_place], "owner_id").rename({"owner_id": "person_id"})
    rows = (
        dataset.table("messages")
        .filter(nw.col("visibility").is_in(list(_VISIBILITIES[layer])))
        .select("message_id", "conversation_id", "author_id", "t_us")
    )
    # A person's archives of other platforms are no copies of this one's conversations.
    owned = owned.join(_platforms(dataset), on="source_id", how="inner")
    named = rows.join(
        dataset.table("conversations").select("conversation_id", "platform"),
        on="conversation_id",
        how="inner",
    )
    found = [_inside(rows.join(single, on="conversation_id", how="inner"))]
    keys = ["source_id", "conversation_id"]
    bounded = single.select(*keys).unique()
    for party in _parties(dataset, named):
        seen = _inside(party.join(owned, on=["person_id", "platform"], how="inner"))
        found.append(seen.join(bounded, on=keys, how="anti"))
    return found


def _platforms(dataset: Dataset) -> Lazy:
    """Return source_id, platform: where the rows that a source holds were said."""
    places = dataset.table("messages").select("message_id", "conversation_id")
    held = dataset.table("message_sources").join(places, on="message_id", how="inner")
    talks = dataset.table("conversations").select("conversation_id", "platform")
    named = held.select("source_id", "conversation_id").unique()
    return named.join(talks, on="conversation_id").select("source_id", "platform").unique()


def _parties(dataset: Dataset, rows: Lazy) -> list[Lazy]:
    """Return the rows with their author, and with each of their readers."""
    readers = dataset.table("recipients")
    columns = ("message_id", "conversation_id", "platform", "t_us", "person_id")
    return [
        rows.with_columns(person_id=nw.col("author_id")).select(*columns),
        rows.join(readers, on="message_id", how="inner").select(*columns),
    ]


def _frame(records: pd.DataFrame, key: str) -> Lazy:
    """Return coverage records as a lazy frame: their key, source and bounds (both inclusive)."""
    ends = records["end_us"] - (records["end_basis"] == "stated")
    columns = {
        key: (records[key], pa.int32()),
        "source_id": (records["source_id"], pa.int32()),
        "from_us": (records["start_us"], pa.int64()),
        "to_us": (ends, pa.int64()),
    }
    arrays = [
        pa.array(values.astype("int64").to_numpy(), type=type_)
        for values, type_ in columns.values()
    ]
    return lazy(pa.table(arrays, names=list(columns)))


def _inside(rows: Lazy) -> Lazy:
    """Keep the rows that lie in the stretch their source covers."""
    kept = rows.filter(nw.col("t_us") >= nw.col("from_us"), nw.col("t_us") <= nw.col("to_us"))
    return kept.select("message_id", "conversation_id", "source_id")
