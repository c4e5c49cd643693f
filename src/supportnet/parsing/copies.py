"""Decide which of several copies of one record counts: the one collected last, unless deleted.

Collections overlap, and streams tell of changes and deletions after the fact. So a collection is
read twice: once to note every copy, once to take the copies that count. What is noted is three
numbers per record, so a hundred million of them fit into memory.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Final

import numpy as np

__all__ = ["CREATED", "DELETED", "FOREVER", "UPDATED", "Copies", "key_of"]

CREATED: Final = 0
UPDATED: Final = 1
DELETED: Final = 2
# Later than any time: a deletion that no later copy undoes.
FOREVER: Final = 2**63 - 1

# By what happened to a record last: why its other copies are left out.
_REASONS: Final = ("", "duplicate", "older_edit", "deleted")


def key_of(text: str) -> int:
    """Return a 64-bit number that stands for an address.

    Parameters
    ----------
    text
        The address or id.

    Returns
    -------
    int
        The same for the same text, in every run; two of a million texts share one with a
        probability below 3e-8.

    Examples
    --------
    >>> key_of("at://a/b/c") == key_of("at://a/b/c"), key_of("a") == key_of("b")
    (True, False)
    """
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class Copies:
    """Note copies of records in the order of reading, then tell which of them count.

    Examples
    --------
    >>> copies = Copies()
    >>> for key, when, what in [(7, 1, CREATED), (7, 2, CREATED), (8, 5, CREATED), (8, 9, DELETED)]:
    ...     copies.note(key, when, what)
    >>> copies.settle()
    >>> [copies.left_out(place) for place in range(4)]
    ['duplicate', '', 'deleted', 'deleted']
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._when = array("q")
        self._what = array("b")
        self._codes = b""

    def __len__(self) -> int:
        return len(self._keys)

    def note(self, key: int, when: int = 0, what: int = CREATED) -> None:
        """Note one copy.

        Parameters
        ----------
        key
            What it is a copy of, a signed 64-bit number.
        when
            When it was collected (any unit); equal times go by the order of reading.
        what
            `CREATED`, `UPDATED` or `DELETED`.
        """
        self._keys.append(key)
        self._when.append(when)
        self._what.append(what)

    def settle(self) -> None:
        """Decide, once everything is noted."""
        n = len(self._keys)
        if n == 0:
            return
        keys = np.frombuffer(self._keys, np.int64)
        # lexsort is stable: what was read later stands later among equal times.
        order = np.lexsort((np.frombuffer(self._when, np.int64), keys))
        ordered = keys[order]
        is_last = np.append(ordered[1:] != ordered[:-1], np.True_)
        # For every place in order: where the last copy of its record stands.
        ends = np.flatnonzero(is_last)
        sizes = np.diff(ends, prepend=-1)
        last = np.repeat(order[ends], sizes)
        what = np.frombuffer(self._what, np.int8)[last]
        codes = np.empty(n, np.int8)
        codes[order] = np.where(is_last & (what != DELETED), 0, what + 1)
        self._codes = codes.tobytes()

    def left_out(self, place: int) -> str:
        """Return why the copy noted at `place` (from 0) does not count.

        Returns
        -------
        str
            `duplicate`, `older_edit` or `deleted`; empty for the copy that counts.
        """
        return _REASONS[self._codes[place]]
