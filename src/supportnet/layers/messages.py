"""Dated messages of a layer in order of time, read without holding them twice."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.dataset import Lazy, scalar
from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.radix import sort_keys

__all__ = ["ordered_messages"]

_BATCH_ROWS = 1 << 20
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
    rows = int(scalar(dated.select(nw.len().cast(nw.Int64))))
    author, other = np.empty(rows, np.int32), np.empty(rows, np.int32)
    t_us, message = np.empty(rows, np.int64), np.empty(rows, np.int64)
    weight = np.empty(rows, np.float64)
    place = 0
    for batch in dated.to_native().to_arrow_reader(_BATCH_ROWS):
        part = slice(place, place + batch.num_rows)
        author[part], other[part], t_us[part] = (batch.column(i) for i in range(3))
        message[part], weight[part] = batch.column(3).fill_null(_LAST), batch.column(4)
        place += batch.num_rows
    order = _order(t_us, message, author, other)
    del message
    columns: dict[str, np.ndarray] = {
        "author_id": author, "other_id": other, "t_us": t_us, "weight": weight
    }  # fmt: skip
    del author, other, t_us, weight
    for name in list(columns):
        # One column at a time is there twice.
        columns[name] = columns[name][order]
    return pd.DataFrame(columns, copy=False)


def _order(t_us: Int64, message: Int64, author: Int32, other: Int32) -> Int32:
    """Return the order by all four, the first in linear time and the others where times agree."""
    if t_us.size == 0:
        return np.empty(0, np.int32)
    least, most = int(t_us.min()), int(t_us.max())
    key = (t_us - least).view(np.uint64)
    key, order = sort_keys(key, high=(most - least).bit_length())
    tied = np.zeros(key.size, np.bool_)
    tied[1:] = key[1:] == key[:-1]
    tied[:-1] |= tied[1:]
    places = np.flatnonzero(tied)
    rows = order[places]
    within = np.lexsort((other[rows], author[rows], message[rows], key[places]))
    order[places] = rows[within]
    return order
