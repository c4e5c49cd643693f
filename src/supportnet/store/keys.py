"""Find messages by their keys."""

from __future__ import annotations

import numpy as np

from supportnet.store.columns import Array
from supportnet.store.order import runs_of, sorted_by

__all__ = ["KeyIndex"]


class KeyIndex:
    """The keys of 16 bytes that rows have, and for each key the first row that has it.

    Parameters
    ----------
    keys
        Two whole numbers per row.
    ranks
        The rows' ranks in the build order.
    """

    def __init__(self, keys: Array, ranks: Array) -> None:
        high, low = (keys[:, 0], keys[:, 1]) if len(keys) else (np.empty(0, np.int64),) * 2
        # Keys are keyed digests, so their first halves almost never tie unless the keys are equal.
        order = sorted_by(high, low, ranks)
        self._high, self._low, self._ranks = high[order], low[order], ranks[order]

    def point_at(self, messages: Array) -> None:
        """Find, from now on, the messages of the rows in place of their ranks.

        Parameters
        ----------
        messages
            The message of each rank.
        """
        self._ranks = messages[self._ranks]

    def find(self, keys: Array) -> Array:
        """Return the rank of the first row that has each key; -1 where none has it.

        After :meth:`point_at` it is the message.
        """
        found = np.full(len(keys), -1, self._ranks.dtype)
        if len(self._high) == 0 or len(keys) == 0:
            return found
        order = np.argsort(keys[:, 0])  # neighbours in the search are neighbours in memory
        high, low = keys[order, 0], keys[order, 1]
        place = np.searchsorted(self._high, high)
        waiting = np.arange(len(keys))
        while len(waiting):
            inside = place[waiting] < len(self._high)
            waiting = waiting[inside]
            waiting = waiting[self._high[place[waiting]] == high[waiting]]
            is_hit = self._low[place[waiting]] == low[waiting]
            hits = waiting[is_hit]
            found[order[hits]] = self._ranks[place[hits]]
            waiting = waiting[~is_hit]
            place[waiting] += 1
        return found

    def repeated(self) -> tuple[Array, Array]:
        """Return the ranks of the rows whose key an earlier row has, and that earlier row's."""
        is_first = runs_of(self._high, self._low)
        if is_first.all():
            return self._ranks[:0], self._ranks[:0]
        first = self._ranks[np.flatnonzero(is_first)][np.cumsum(is_first) - 1]
        return self._ranks[~is_first], first[~is_first]
