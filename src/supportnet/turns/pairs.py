"""The messages of one layer, pair by pair and in order: what every measure of time starts from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import narwhals as nw
import numpy as np
import pyarrow as pa

from supportnet.coverage import cover_directions, network_scope
from supportnet.dataset import Dataset, Lazy, arrays, lazy
from supportnet.errors import InternalError, choose
from supportnet.interactions import in_layer
from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.pairs import group_pairs
from supportnet.kernels.radix import id_digits
from supportnet.kernels.turns import parent_positions
from supportnet.pair_events import PairEvents, in_time, repeated
from supportnet.turns.rules import HORIZONS

__all__ = ["PairMessages", "cover_pairs", "cover_people", "pair_messages"]

_Grouped: TypeAlias = tuple[Int64, Int32, Bools, Int64, Int32, Int32, Int64]

_VISIBILITIES = {"private": ("private_1to1",), "public": ("public", "semi_public")}


@dataclass(frozen=True)
class PairMessages:
    """Hold the messages of a layer grouped by pair, in the order (t_us, message_id).

    Attributes
    ----------
    lo, hi
        The persons of each pair, lo < hi; pairs ascend.
    starts
        Where each pair's messages begin, then their number.
    times
        Time of each message, µs UTC.
    forward
        Whether `lo` wrote it.
    parent
        Position of the earlier message of the same pair it points at, -1 for none; empty when no
        message of the layer points at any.
    identified
        Whether both directions of each pair were observed.
    start_us, end_us
        The stretch in which they were, µs UTC; 0 where not identified. A message outside it widens
        it: the pair was evidently observed then.
    """

    lo: Int32
    hi: Int32
    starts: Int64
    times: Int64
    forward: Bools
    parent: Int32
    identified: Bools
    start_us: Int64
    end_us: Int64

    def __len__(self) -> int:
        return int(self.lo.size)

    @property
    def pair(self) -> Int32:
        """Number of the pair of each message."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    def take(self, pairs: Bools) -> PairMessages:
        """Return only the pairs marked True."""
        if bool(pairs.all()):
            return self
        kept = np.repeat(pairs, np.diff(self.starts))
        parent = self.parent
        if parent.size:
            place = np.cumsum(kept, dtype=np.int32) - 1
            parent = np.where(parent < 0, -1, place[parent])[kept].astype(np.int32)
        starts = np.concatenate(([0], np.cumsum(np.diff(self.starts)[pairs])))
        own = {f.name: getattr(self, f.name)[pairs] for f in fields(self) if f.name in _BY_PAIR}
        return replace(
            self,
            starts=starts,
            times=self.times[kept],
            forward=self.forward[kept],
            parent=parent,
            **own,
        )


_BY_PAIR = ("lo", "hi", "identified", "start_us", "end_us")


def pair_messages(
    dataset: Dataset, frame: Lazy, layer: str, *, shared: PairEvents | None = None
) -> PairMessages:
    """Group the messages of one layer by pair.

    Parameters
    ----------
    dataset
        The community's tables (for coverage and reply pointers).
    frame
        Interactions.
    layer
        `private` (private_1to1) or `public` (public and semi_public).
    shared
        The same interactions in pair order, where several measures share them.

    Returns
    -------
    PairMessages
        Each message once per pair; without pairs where the layer is empty.

    Raises
    ------
    InputError
        When the layer is another one.
    """
    choose(layer, tuple(HORIZONS), "layer")
    ids: Int32 | Int64
    if shared is None:
        found = _grouped(frame, layer)
        if found is None:
            return _nothing()
        ids, rows, up, times, lo, hi, starts = found
    else:
        kept = shared.only(layer)
        ids, rows, up, times = kept.ids, kept.rows, kept.up, kept.times
        lo, hi, starts = kept.lo, kept.hi, kept.starts
    if rows.size == 0:
        return _nothing()
    first = starts[:-1]
    identified, start_us, end_us = cover_pairs(dataset, lo, hi, layer)
    return PairMessages(
        lo=lo,
        hi=hi,
        starts=starts,
        times=times,
        forward=up,
        parent=_parents(dataset, ids, rows, starts, layer),
        identified=identified,
        start_us=np.minimum(start_us, times[first]) * identified,
        end_us=np.maximum(end_us, times[starts[1:] - 1]) * identified,
    )


def _nothing() -> PairMessages:
    """Return no pairs."""
    small, long = np.empty(0, np.int32), np.empty(0, np.int64)
    none = np.empty(0, np.bool_)
    return PairMessages(small, small, np.zeros(1, np.int64), long, none, small, none, long, long)


def _grouped(frame: Lazy, layer: str) -> _Grouped | None:
    """Put the messages of a layer in order by pair and time, each once per pair.

    Returns
    -------
    ids, rows, up, times, lo, hi, starts
        All ids; the rows in order, whether the lower person wrote each, and when; the persons of
        each pair, and where its messages begin. None without messages.
    """
    wanted = (
        in_layer(frame, layer)
        .filter(~nw.col("message_id").is_null(), nw.col("weight") > 0)
        .select("message_id", "author_id", "other_id", "t_us")
    )
    held = arrays(wanted)
    if held is None:
        msg = "a message with a number but without persons or a time"
        raise InternalError(msg)
    if not held:
        return None
    ids, author, other, times = held.values()
    del held
    bits = id_digits(max(int(author.max(initial=0)), int(other.max(initial=0))))
    rows_in_time, once = in_time(ids)
    rows, up, when, lo, hi, starts = group_pairs(author, other, times, rows_in_time, bits)
    if once:
        return ids, rows, up, when, lo, hi, starts
    again = repeated(ids[rows], starts)
    if again.any():
        # A quote that is also a reply stands twice under the rule that takes quotes as relational.
        kept = np.concatenate(([0], np.cumsum(~again)))
        rows, up, when, starts = rows[~again], up[~again], when[~again], kept[starts]
    return ids, rows, up, when, lo, hi, starts


def _parents(dataset: Dataset, ids: Int32 | Int64, rows: Int32, starts: Int64, layer: str) -> Int32:
    """Return where the parent of each message stands in its pair; empty when nobody points."""
    pointers = (
        dataset.table("messages")
        .filter(
            ~nw.col("reply_to").is_null(), nw.col("visibility").is_in(list(_VISIBILITIES[layer]))
        )
        .select("message_id", "reply_to")
    )
    table: pa.Table = pointers.collect().to_native()
    if table.num_rows == 0:
        return np.empty(0, np.int32)
    pointing, target = (table.column(i).to_numpy() for i in range(2))
    ids = ids[rows].astype(np.int64)
    least, size = int(ids.min()), int(ids.max()) - int(ids.min()) + 1
    inside = (pointing >= least) & (pointing < least + size)
    target_of = np.full(size, -1, np.int64)
    target_of[pointing[inside] - least] = target[inside]
    return parent_positions(starts, ids, target_of[ids - least])


def cover_pairs(dataset: Dataset, lo: Int32, hi: Int32, layer: str) -> tuple[Bools, Int64, Int64]:
    """Say for each pair whether both its directions are identified, and the stretch they share.

    Parameters
    ----------
    dataset
        The community's tables.
    lo, hi
        The persons of each pair.
    layer
        `private` or `public`.

    Returns
    -------
    identified, start_us, end_us
        One entry per pair; the times are 0 where not identified.
    """
    n = lo.size
    if n and network_scope(dataset, layer).kind == "community":
        # One source saw everybody: one pair stands for all.
        one = _cover(dataset, lo[:1], hi[:1], layer)
        return np.repeat(one[0], n), np.repeat(one[1], n), np.repeat(one[2], n)
    there, here = _cover(dataset, lo, hi, layer), _cover(dataset, hi, lo, layer)
    start, end = np.maximum(there[1], here[1]), np.minimum(there[2], here[2])
    both = there[0] & here[0]
    return both, np.where(both, start, 0), np.where(both, end, 0)


def cover_people(dataset: Dataset, people: Int32, layer: str) -> tuple[Bools, Int64, Int64]:
    """Say for each person whether all it sent and received was observed, and when.

    Parameters
    ----------
    dataset
        The community's tables.
    people
        Persons.
    layer
        `private` or `public`.

    Returns
    -------
    identified, start_us, end_us
        One entry per person; the times are 0 where not identified.
    """
    # What is known of a person's traffic with nobody in particular is known of all its traffic.
    return cover_pairs(dataset, np.full(people.size, -1, np.int32), people.astype(np.int32), layer)


def _cover(dataset: Dataset, author: Int32, other: Int32, layer: str) -> tuple[Bools, Int64, Int64]:
    """Return the coverage of directions in the order they are given."""
    asked = pa.table(
        {
            "place": pa.array(np.arange(author.size, dtype=np.int64)),
            "author_id": pa.array(author, pa.int32()),
            "other_id": pa.array(other, pa.int32()),
        }
    )
    covered = cover_directions(dataset, lazy(asked), layer)
    told: pa.Table = covered.sort("place").collect().to_native()
    times = (told.column(name).fill_null(0).to_numpy() for name in ("start_us", "end_us"))
    start, end = (np.asarray(t, np.int64) for t in times)
    return np.asarray(told.column("identified").to_numpy(), np.bool_), start, end
