"""Dated messages of a layer in order of time, read without holding them twice."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.dataset import Lazy, batches
from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.radix import sort_keys

__all__ = ["ordered_messages"]

_LAST = 2**63 - 1


def ordered_messages(frame: Lazy) -> pd.DataFrame:
    """Return the dated rows of interactions, by time, message, author and other person.

    Parameters
    ----------
    frame
        Interactions.

    Returns
    -------
    pandas.DataFrame
        `author_id`, `other_id` (32 bits), `t_us` (µs UTC), `weight`. Rows without a message come
        last among those of their time.
    """
    dated = frame.filter(~nw.col("t_us").is_null()).select(
        "author_id", "other_id", "t_us", "message_id", "weight"
    )
    known: pa.Table = (
        dated.select(
            nw.len().cast(nw.Int64), least=nw.col("weight").min(), most=nw.col("weight").max()
        ).collect().to_native()
    )  # fmt: skip
    rows, least, most = known.to_pylist()[0].values()
    author, other = np.empty(rows, np.int32), np.empty(rows, np.int32)
    t_us, message = np.empty(rows, np.int64), np.empty(rows, np.int64)
    # Where all messages weigh the same, nothing need be read or put in order.
    weight = np.full(1, least or 0.0) if least == most else np.empty(rows, np.float64)
    place = 0
    wanted = dated.with_columns(message_id=nw.col("message_id").fill_null(_LAST))
    for columns in batches(wanted if weight.size > 1 else wanted.drop("weight")):
        part = slice(place, place + columns[0].size)
        author[part], other[part], t_us[part], message[part] = columns[:4]
        for weights in columns[4:]:
            weight[part] = weights
        place = part.stop
    t_us, order = _in_order(t_us, message, author, other)
    del message
    author, other = author[order], other[order]
    weight = weight[order] if weight.size > 1 else np.full(rows, weight[0])
    return pd.DataFrame(
        {"author_id": author, "other_id": other, "t_us": t_us, "weight": weight}, copy=False
    )


def _in_order(t_us: Int64, message: Int64, author: Int32, other: Int32) -> tuple[Int64, Int32]:
    """Return times ascending and the order by all four; times are overwritten.

    Times are sorted in linear time, the rest only where times agree.
    """
    if t_us.size == 0:
        return t_us, np.empty(0, np.int32)
    least = int(t_us.min())
    t_us -= least
    key, order = sort_keys(t_us.view(np.uint64), high=int(t_us.max()).bit_length())
    tied = np.zeros(key.size, np.bool_)
    tied[1:] = key[1:] == key[:-1]
    tied[:-1] |= tied[1:]
    places = np.flatnonzero(tied)
    rows = order[places]
    within = np.lexsort((other[rows], author[rows], message[rows], key[places]))
    order[places] = rows[within]
    times = key.view(np.int64)
    times += least
    return times, order
