"""All relational messages of a dataset, pair by pair and in order, for several measures at once.

Reciprocity, private share, latency and closure each scan the interactions and bring pairs together.
Whoever asks for several of them may have that done once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.dataset import Dataset, arrays
from supportnet.errors import choose
from supportnet.interactions import FIXED_POINT, LAYERS, Attribution, interactions
from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.order import run_order, slot_order, time_order
from supportnet.kernels.pairs import group_pairs
from supportnet.kernels.radix import id_digits
from supportnet.kernels.sides import Sides, keep_rows, sum_sides, sum_two, sum_ways, take_rows
from supportnet.memory import give_back

__all__ = ["VISIBILITIES_OF", "PairEvents", "in_time", "repeated", "shared_events", "sharing"]

_VISIBILITIES = ("private_1to1", "public", "semi_public", "private_group", "unknown")
VISIBILITIES_OF: dict[str, tuple[str, ...]] = {
    "private": ("private_1to1",),
    "public": ("public", "semi_public"),
    "private_group": ("private_group",),
    "all": _VISIBILITIES,
}
#: Longer talk of one pair would overflow a sum in fixed point.
_MOST_OF_A_PAIR = 2**22
#: With more messages, what reading them took should not stay with the process.
_MANY = 20_000_000


@dataclass(frozen=True)
class PairEvents:
    """Hold relational messages grouped by pair, in the order (t_us, message_id).

    Attributes
    ----------
    lo, hi
        The persons of each pair, lo < hi; pairs ascend.
    starts
        Where each pair's messages begin, then their number.
    up
        Whether `lo` wrote the message.
    times
        Its time, µs UTC.
    kinds
        The k of its weight 1/k and its visibility in one number.
    rows
        Its place in `ids`.
    ids
        The numbers of all messages, in no order.
    memo
        Layers already taken out.
    """

    lo: Int32
    hi: Int32
    starts: Int64
    up: Bools
    times: Int64
    kinds: Int32
    rows: Int32
    ids: Int32
    memo: dict[str, PairEvents] = field(default_factory=dict, repr=False)

    def sides(self, layer: str) -> Sides:
        """Return what went each way in every pair that has messages of the layer.

        Parameters
        ----------
        layer
            `private`, `public`, `private_group` or `all`.

        Returns
        -------
        Sides
            One entry per pair of :meth:`only`.
        """
        kept = self.only(layer)
        return sum_sides(
            kept.starts, kept.up, kept.times, kept.kinds, _flags(_VISIBILITIES), FIXED_POINT
        )

    def ways(self, layer: str) -> Int64:
        """Return the weight of a layer's messages that went each way in every pair.

        Returns
        -------
        numpy.ndarray
            Row 0 from `lo`, row 1 from `hi`, one entry per pair of :meth:`only`; in fixed point.
        """
        kept = self.only(layer)
        return sum_ways(kept.starts, kept.up, kept.kinds, FIXED_POINT)

    def units(self, first: Sequence[str], second: Sequence[str]) -> Int64:
        """Return the weight of messages of each of two sets of visibilities in every pair.

        Returns
        -------
        numpy.ndarray
            Two rows, one entry per pair; sums in fixed point.
        """
        return sum_two(self.starts, self.kinds, _flags(first), _flags(second), FIXED_POINT)

    def directions(self, layer: str) -> pd.DataFrame:
        """Sum the messages of a layer into directions.

        Parameters
        ----------
        layer
            `private`, `public`, `private_group` or `all`.

        Returns
        -------
        pandas.DataFrame
            `author_id`, `other_id`, `weight`, `n`, `first_us`, `last_us`, as
            :func:`supportnet.interactions.directions` gives them. Unordered.
        """
        kept, sides = self.only(layer), self.sides(layer)
        parts = []
        for way, (author, other) in enumerate(((kept.lo, kept.hi), (kept.hi, kept.lo))):
            there = sides.n[way] > 0
            parts.append(
                {
                    "author_id": author[there],
                    "other_id": other[there],
                    "weight": sides.units[way][there] / FIXED_POINT,
                    "n": sides.n[way][there],
                    "first_us": sides.first[way][there],
                    "last_us": sides.last[way][there],
                }
            )
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return pd.DataFrame(columns, copy=False)

    def only(self, layer: str) -> PairEvents:
        """Return the messages of one layer, pairs without any left out."""
        if choose(layer, LAYERS, "layer") == "all":
            return self
        if layer not in self.memo:
            rows, starts, pairs, up, times = keep_rows(
                self.starts, self.up, self.times, self.kinds, _flags(VISIBILITIES_OF[layer])
            )
            self.memo[layer] = PairEvents(
                lo=self.lo[pairs],
                hi=self.hi[pairs],
                starts=starts,
                up=up,
                times=times,
                kinds=take_rows(self.kinds, rows),
                rows=take_rows(self.rows, rows),
                ids=self.ids,
            )
        return self.memo[layer]


def _flags(visibilities: Sequence[str]) -> Bools:
    """Return for each visibility whether it is among those named."""
    return np.isin(np.array(_VISIBILITIES), visibilities)


def in_time(ids: Int64 | Int32) -> tuple[Int32, bool]:
    """Return the rows in the order of `ids`, and whether no id occurs twice.

    Ids number the order (t_us, source, seq), so they alone put messages in time.
    """
    rows = run_order(ids)
    if rows.size == ids.size:
        return rows, True
    least, span = int(ids.min()), int(ids.max()) - int(ids.min()) + 1
    if span <= 4 * ids.size:
        rows = slot_order(ids, least, span)
        if rows.size == ids.size:
            return rows, True
    # Fewer rows than went in: a message addressed to several persons; then they must be sorted.
    return time_order(ids.astype(np.int64, copy=False)), False


def repeated(ids: Int64 | Int32, starts: Int64) -> Bools:
    """Mark each message that stands in its pair for the second time; pairs lie in time order."""
    again = np.zeros(ids.size, np.bool_)
    again[1:] = ids[1:] == ids[:-1]
    again[starts[:-1]] = False
    return again


@contextmanager
def sharing(dataset: Dataset, attribution: Attribution | None = None) -> Iterator[None]:
    """Keep the dataset's relational messages in pair order as long as the block lasts.

    Parameters
    ----------
    dataset
        The community's tables.
    attribution
        Who addressed whom; None takes the primary rules. Measures under other rules are not sped
        up, and no number changes.
    """
    rules = attribution or Attribution()
    events = None if rules.name in dataset.shared else _read(dataset, rules)
    if events is None:  # kept already, or not of a kind that can be kept
        yield
        return
    dataset.shared[rules.name] = events
    try:
        yield
    finally:
        del dataset.shared[rules.name]


def shared_events(dataset: Dataset, attribution: Attribution | None = None) -> PairEvents | None:
    """Return the messages kept by :func:`sharing`; None outside of it."""
    events = dataset.shared.get((attribution or Attribution()).name)
    return events if isinstance(events, PairEvents) else None


def _read(dataset: Dataset, rules: Attribution) -> PairEvents | None:
    """Read the relational messages in pair order; None where they cannot be held in this form."""
    # The number of a visibility takes the three lowest bits.
    visibility = nw.lit(len(_VISIBILITIES) - 1)
    for code, word in enumerate(_VISIBILITIES[:-1]):
        visibility = nw.when(nw.col("visibility") == word).then(nw.lit(code)).otherwise(visibility)
    wanted = interactions(dataset, rules).filter(nw.col("relational"))
    held = arrays(
        wanted.select(
            nw.col("message_id").cast(nw.Int32),
            "author_id",
            "other_id",
            "t_us",
            kinds=((1.0 / nw.col("weight")).round(0) * 8 + visibility).cast(nw.Int32),
        )
    )
    if not held:
        return None
    ids, author, other, times, kinds = held.values()
    del held
    places, once = in_time(ids)
    bits = id_digits(max(int(author.max()), int(other.max())))
    rows, up, when, lo, hi, starts = group_pairs(author, other, times, places, bits)
    del author, other, times, places
    is_long = int(np.diff(starts).max()) > _MOST_OF_A_PAIR
    if is_long or (not once and repeated(ids[rows], starts).any()):
        return None
    kinds = take_rows(kinds, rows)
    if rows.size > _MANY:
        give_back()
    return PairEvents(lo, hi, starts, up, when, kinds, rows, ids)
