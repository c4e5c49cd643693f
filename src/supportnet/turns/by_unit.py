"""Which rows of a pair-by-pair table belong to which unit of a level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.coverage import coverage_flags, network_scope
from supportnet.dataset import Dataset, scalar
from supportnet.errors import choose
from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.pairs import Directions, direction_rows
from supportnet.turns.pairs import PairMessages, cover_pairs

__all__ = ["Units", "find_pairs", "groups_of", "silent_status", "units_of"]


@dataclass(frozen=True)
class Units:
    """Hold the units of a level and the rows that belong to each.

    Attributes
    ----------
    keys
        One row per unit, in ascending order of its keys.
    rows
        The rows that belong to a unit; a row may belong to several groups.
    numbers
        The number of the unit, one entry per row in `rows`; None where `directions` tell.
    identified
        One entry per unit: of a group, whether all its pairs were observed; of another unit,
        whether any was. Rows of pairs that were not observed are not among `rows`.
    directions
        The units where they are directions and all pairs were observed; else None.
    """

    keys: pd.DataFrame
    rows: Int64 | slice
    numbers: Int64 | None
    identified: Bools
    directions: Directions | None = None

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def codes(self) -> Int64:
        """The number of the unit, one entry per row in `rows`."""
        if self.numbers is not None:
            return self.numbers
        assert self.directions is not None
        starts, rows, place, _, _ = self.directions
        codes = np.empty(rows.size, np.int64)
        codes[rows] = np.repeat(place, np.diff(starts))
        return codes

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the values of the rows that belong to units, in the order of `codes`."""
        return values[self.rows]


def units_of(messages: PairMessages, pair: Int32, up: Bools, level: str) -> Units:
    """Give each row the number of its unit, at any level but that of groups.

    Parameters
    ----------
    messages
        The pairs.
    pair
        The pair of each row, ascending.
    up
        For each row, whether it is counted for the lower person of its pair.
    level
        `direction` (keys author_id, other_id: that person first), `tie`, `person` or `network`.

    Returns
    -------
    Units
        Units that have any row, observed or not; always one network.
    """
    choose(level, ("direction", "tie", "person", "network"), "level")
    codes, directions = None, None
    if level == "network":
        codes, keys = np.zeros(pair.size, np.int64), pd.DataFrame(index=range(1))
    elif level == "tie":
        codes, keys = _compact(pair.astype(np.int64), len(messages), lo=messages.lo, hi=messages.hi)
    elif level == "person":
        n = int(messages.hi.max(initial=-1)) + 1
        person = np.where(up, messages.lo[pair], messages.hi[pair])
        codes, keys = _compact(person.astype(np.int64), n, person_id=np.arange(n))
    else:
        n = int(messages.hi.max(initial=-1)) + 1
        directions = direction_rows(messages.lo, messages.hi, pair, up, n)
        persons = {"author_id": directions.author, "other_id": directions.other}
        keys = pd.DataFrame(persons, copy=False)
    units = Units(keys, slice(None), codes, np.ones(len(keys), np.bool_), directions)
    if messages.identified.all():
        return units
    seen = messages.identified[pair]
    identified = np.zeros(len(keys), np.bool_)
    identified[units.codes[seen]] = True
    return Units(keys, np.flatnonzero(seen), units.codes[seen], identified)


def _compact(codes: Int64, n: int, **keys: npt.NDArray[Any]) -> tuple[Int64, pd.DataFrame]:
    """Renumber the codes that occur as 0, 1, 2, …, and keep their keys."""
    present = np.zeros(n, np.bool_)
    present[codes] = True
    kept = {name: values[present] for name, values in keys.items()}
    if present.all():
        return codes, pd.DataFrame(kept)
    return (np.cumsum(present) - 1)[codes], pd.DataFrame(kept)


def groups_of(
    dataset: Dataset, messages: PairMessages, inside: pd.DataFrame, layer: str, pair: Int32
) -> Units:
    """Give each row the numbers of the groups that its pair lies in.

    Parameters
    ----------
    dataset
        The community's tables.
    messages
        The pairs.
    inside
        Columns kind, group, lo, hi: the pairs inside each group, silent ones too.
    layer
        `private` or `public`.
    pair
        The pair of each row, ascending.

    Returns
    -------
    Units
        Every group of `inside`, with keys kind, group.
    """
    keys = inside[["kind", "group"]].drop_duplicates().sort_values(["kind", "group"])
    keys = keys.reset_index(drop=True)
    group = inside.merge(keys.reset_index(names="code"), on=["kind", "group"], how="left")
    code = group["code"].to_numpy(np.int64)
    lo, hi = group["lo"].to_numpy(np.int32), group["hi"].to_numpy(np.int32)
    seen = cover_pairs(dataset, lo, hi, layer)[0]
    identified = np.ones(len(keys), np.bool_)
    identified[code[~seen]] = False
    place = find_pairs(messages, lo, hi)
    kept = (place >= 0) & seen
    bounds = np.searchsorted(pair, np.arange(len(messages) + 1))
    length = np.diff(bounds)[place[kept]]
    start = np.repeat(bounds[:-1][place[kept]] - np.cumsum(length) + length, length)
    rows = start + np.arange(int(length.sum()))
    return Units(keys, rows, np.repeat(code[kept], length), identified)


def find_pairs(messages: PairMessages, lo: Int32, hi: Int32) -> Int64:
    """Return the number of each pair (lo, hi), -1 where it has no message."""
    if len(messages) == 0:
        return np.full(lo.size, -1, np.int64)
    width = int(max(messages.hi.max(), hi.max(initial=0))) + 1
    known = messages.lo.astype(np.int64) * width + messages.hi
    wanted = lo.astype(np.int64) * width + hi
    place = np.minimum(np.searchsorted(known, wanted), known.size - 1)
    return np.where(known[place] == wanted, place, -1)


def silent_status(dataset: Dataset, layer: str) -> str:
    """Say what silence in a layer means: `empty` where it was observed, else `not_identified`."""
    seen = network_scope(dataset, layer).kind != "none"
    if layer == "private":
        seen = seen or bool({"private_in", "private_out"} & set(coverage_flags(dataset)))
    nothing = int(scalar(dataset.table("messages").select(nw.len()))) == 0
    return "empty" if seen or nothing else "not_identified"
