"""Messages summed pair by pair while they are read: no table of them is ever held.

Each message becomes one number, its pair and on which side of the sum it counts. The numbers are
sorted in linear time, and what lies together is added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np

from supportnet.dataset import Lazy, batches
from supportnet.interactions import fixed_units
from supportnet.kernels.dtypes import Int64
from supportnet.kernels.radix import id_digits
from supportnet.kernels.sums import (
    UNDATED,
    PairSums,
    PartSums,
    message_keys,
    pair_sums,
    part_keys,
    part_sums,
)

__all__ = ["sum_parts", "sum_sides"]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of messages before they are read.

    Attributes
    ----------
    rows
        How many there are.
    units
        One entry where all weigh the same, in fixed point; else room for the weight of each.
    digits
        Those of the ids of persons.
    times
        The first and the last time, µs UTC; None where there is none.
    """

    rows: int
    units: Int64
    digits: int
    times: tuple[int, int] | None


def _look(frame: Lazy) -> _Known:
    """Ask for extremes, which the engine often finds without reading anything."""
    extremes = frame.select(
        nw.len().cast(nw.Int64), least=nw.col("weight").min(), most=nw.col("weight").max(),
        author=nw.col("author_id").max(), other=nw.col("other_id").max(),
        first=nw.col("t_us").min(), last=nw.col("t_us").max(),
    )  # fmt: skip
    table = extremes.with_columns(least=fixed_units("least"), most=fixed_units("most")).collect()
    rows, least, most, author, other, first, last = table.to_native().to_pylist()[0].values()
    same = least == most
    units = np.full(1, least or 0, np.int64) if same else np.empty(rows, np.int64)
    digits = id_digits(max(author or 0, other or 0))
    return _Known(rows, units, digits, None if first is None else (first, last))


def sum_sides(frame: Lazy) -> tuple[PairSums, tuple[int, int] | None]:
    """Sum interactions into what went each way in every pair, and when first.

    Parameters
    ----------
    frame
        Interactions: `author_id`, `other_id`, `t_us`, `weight`.

    Returns
    -------
    sums, times
        Pairs with dated messages, ascending, and the first and last time (None: no dated message).
        Undated messages count where their direction has dated ones.
    """
    known = _look(frame)
    key, t_us = np.empty(known.rows, np.uint64), np.empty(known.rows, np.int64)
    columns = [nw.col("author_id"), nw.col("other_id"), nw.col("t_us").fill_null(UNDATED)]
    if known.units.size > 1:
        columns.append(fixed_units())
    place = 0
    for author, other, times, *weights in batches(frame.select(*columns)):
        own = slice(place, place + author.size)
        message_keys(author, other, known.digits, key[own])
        t_us[own] = times
        for units in weights:
            known.units[own] = units
        place += author.size
    return pair_sums(key, t_us, known.units, known.digits), known.times


def sum_parts(frame: Lazy, part: nw.Expr | None = None) -> PartSums:
    """Sum interactions into what the two parts of every pair add up to, dated or not.

    Parameters
    ----------
    frame
        Interactions: `author_id`, `other_id`, `t_us`, `weight`, and what `part` asks for.
    part
        Which messages are of the second part; None: those the higher person wrote.

    Returns
    -------
    PartSums
        Pairs with messages, ascending.
    """
    known = _look(frame)
    key = np.empty(known.rows, np.uint64)
    columns = {"author_id": nw.col("author_id"), "other_id": nw.col("other_id")}
    if part is not None:
        columns["part"] = part.cast(nw.Int8)
    if known.units.size > 1:
        columns["units"] = fixed_units()
    place = 0
    for arrays in batches(frame.select(**columns)):
        of = dict(zip(columns, arrays, strict=True))
        own = slice(place, place + of["author_id"].size)
        ends = (of["author_id"], of["other_id"])
        if part is None:
            message_keys(*ends, known.digits, key[own])
        else:
            part_keys(*ends, of["part"], known.digits, key[own])
        if "units" in of:
            known.units[own] = of["units"]
        place = own.stop
    return part_sums(key, known.units, known.digits)
