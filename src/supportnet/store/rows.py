"""The message rows of all parts in the build order: (time, sha256 of the source, record order)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from supportnet.store.columns import Array, PartTable, values_of, whole_type
from supportnet.store.order import sorted_by

__all__ = ["Rows"]


class Rows:
    """Rank every message row of every copy, and find rows by their position in their source.

    Parameters
    ----------
    dataset
        Folder of the dataset.
    parts
        Names of the parts in the order of `source_id`.

    Attributes
    ----------
    messages
        The rows themselves, one column at a time.
    order
        The rows in the build order; empty once that is forgotten.
    ranks
        Each row's rank in that order, likewise.
    """

    def __init__(self, dataset: Path, parts: list[str]) -> None:
        self.parts = parts
        self.messages = PartTable(dataset, parts, "messages")
        self._named = {name: PartTable(dataset, parts, name) for name in ("recipients", "mentions")}
        n = self.messages.n_rows
        kind = whole_type(n)
        positions = self.messages.numbers("pos", kind)
        order = sorted_by(
            self.times(),
            lambda rows: self.messages.sources()[rows],
            lambda rows: self.messages.numbers("seq")[rows],
            positions,
        )
        self.order: Array = order.astype(kind, copy=False)
        self.ranks = np.empty(n, kind)
        self.ranks[self.order] = np.arange(n, dtype=kind)
        self._positions = [self._look_up(positions, i) for i in range(len(parts))]

    def forget_order(self) -> None:
        """Let go of the order, once the messages have their numbers."""
        self.order = self.ranks = self.order[:0].copy()

    def times(self) -> Array:
        """Return each row's time in µs; read anew, because nothing needs it for long."""
        return self.messages.numbers("t_us")

    def _look_up(self, positions: Array, source: int) -> tuple[Array, Array] | None:
        """Return one source's positions and rows, sorted; None where the position is the row."""
        start, stop = self.messages.starts[source : source + 2]
        own = positions[start:stop]
        if np.array_equal(own, np.arange(len(own))):
            return None
        order = np.argsort(own, kind="stable")
        return own[order], order

    def rows_at(self, source: int, positions: Array) -> Array:
        """Return the rows at some positions of a source; -1 where there is none."""
        start, stop = (int(n) for n in self.messages.starts[source : source + 2])
        known = self._positions[source]
        if known is None:
            is_inside = (positions >= 0) & (positions < stop - start)
            return np.where(is_inside, positions + start, -1)
        places = np.minimum(np.searchsorted(known[0], positions), max(len(known[0]) - 1, 0))
        if len(known[0]) == 0:
            return np.full(len(positions), -1)
        return np.where(known[0][places] == positions, known[1][places] + start, -1)

    def named(self, table: str) -> Iterator[tuple[int, Array, Array, Array]]:
        """Yield (source, rows, accounts, slots) of those whom `recipients` or `mentions` name."""
        for source, _, batch in self._named[table].batches(["pos", "account", "slot"]):
            positions, accounts, slots = (values_of(column, -1) for column in batch.columns)
            rows = self.rows_at(source, positions)
            known = (rows >= 0) & (accounts >= 0)
            yield source, rows[known], accounts[known], slots[known]
