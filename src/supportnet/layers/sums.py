"""The pairs of a layer, summed without holding more than their messages need."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from supportnet.community import Community
from supportnet.dataset import Dataset
from supportnet.interactions import FIXED_POINT, Attribution, in_layer
from supportnet.kernels.dtypes import Float64, Int32, Int64
from supportnet.kernels.sums import UNDATED, id_digits, message_keys, pair_sums
from supportnet.network import distinct_ids

__all__ = ["LayerSums", "Met", "forget_sums", "layer_sums", "met_in_sums", "summed"]

#: Ids of persons, once or more often, and the first and last time (None: empty).
Met: TypeAlias = tuple[list[npt.NDArray[Any]], tuple[int, int] | None]

_BATCH_ROWS = 1 << 20


@dataclass(frozen=True, slots=True)
class LayerSums:
    """What went each way in every pair of a layer, by pair.

    Attributes
    ----------
    lo, hi
        Ids of the two persons, lo < hi.
    n_fwd, n_back
        Weight lo→hi and hi→lo, messages; 0 where no dated message went that way.
    first_fwd_us, first_back_us
        First message each way, µs UTC; -1 where there is none.
    times
        The first and the last time in the layer, µs UTC; None where it is empty.
    """

    lo: Int32
    hi: Int32
    n_fwd: Float64
    n_back: Float64
    first_fwd_us: Int64
    first_back_us: Int64
    times: tuple[int, int] | None


def layer_sums(community: Community, layer: str, attribution: Attribution | None) -> LayerSums:
    """Sum the interactions of a layer into pairs.

    Parameters
    ----------
    community
        The community.
    layer
        `private`, `public`, `private_group` or `all`.
    attribution
        The attribution rules.

    Returns
    -------
    LayerSums
        As :func:`supportnet.interactions.directions` sums them, both directions of a pair side by
        side; undated messages count where their direction has dated ones.

    Notes
    -----
    Messages come in batches and become one key each: no table of them or of directions is held.
    """
    units = (nw.col("weight") * FIXED_POINT).round(0).cast(nw.Int64)
    frame = in_layer(community.interactions(attribution, lazy=True), layer).select(
        "author_id", "other_id", "t_us", units=units
    )
    known: pa.Table = (
        frame.select(
            nw.len().cast(nw.Int64), least=nw.col("units").min(), most=nw.col("units").max(),
            author=nw.col("author_id").max(), other=nw.col("other_id").max(),
            first=nw.col("t_us").min(), last=nw.col("t_us").max(),
        ).collect().to_native()
    )  # fmt: skip
    rows, least, most, author, other, first, last = known.to_pylist()[0].values()
    digits = id_digits(max(author or 0, other or 0))
    key, t_us = np.empty(rows, np.uint64), np.empty(rows, np.int64)
    # Where all messages weigh the same, one number says so.
    weight = np.full(1, least or 0, np.int64) if least == most else np.empty(rows, np.int64)
    place = 0
    for batch in frame.to_native().to_arrow_reader(_BATCH_ROWS):
        part = slice(place, place + batch.num_rows)
        author_ids, other_ids = (batch.column(i).to_numpy() for i in range(2))
        message_keys(author_ids, other_ids, digits, key[part])
        t_us[part] = batch.column(2).fill_null(UNDATED)
        if weight.size > 1:
            weight[part] = batch.column(3)
        place += batch.num_rows
    found = pair_sums(key, t_us, weight, digits)
    return LayerSums(
        found.lo, found.hi, found.units_fwd / FIXED_POINT, found.units_back / FIXED_POINT,
        found.first_fwd, found.first_back, None if first is None else (first, last),
    )  # fmt: skip


# Summed pairs of a layer, until networks are built from them; and who is in them, for longer. They
# hold no reference to the dataset, so it goes when nobody else keeps it.
_SUMMED: WeakKeyDictionary[Dataset, dict[Hashable, LayerSums]] = WeakKeyDictionary()
_MET: WeakKeyDictionary[Dataset, dict[Hashable, Met]] = WeakKeyDictionary()


def summed(community: Community, layer: str, attribution: Attribution | None) -> LayerSums:
    """Return the summed pairs of a layer, made anew where they were forgotten."""
    known = _SUMMED.setdefault(community.dataset, {})
    key = (layer, (attribution or Attribution()).name)
    if key not in known:
        known[key] = layer_sums(community, layer, attribution)
    return known[key]


def forget_sums(community: Community, layer: str, attribution: Attribution | None) -> None:
    """Let go of the summed pairs of a layer: 40 bytes for each."""
    rules = (attribution or Attribution()).name
    _SUMMED.get(community.dataset, {}).pop((layer, rules), None)


def met_in_sums(community: Community, layer: str, attribution: Attribution | None) -> Met:
    """Return who is in the pairs of a layer, and its first and last time."""
    known = _MET.setdefault(community.dataset, {})
    key = (layer, (attribution or Attribution()).name)
    if key not in known:
        sums = summed(community, layer, attribution)
        known[key] = [distinct_ids(sums.lo, sums.hi)], sums.times
    return known[key]
