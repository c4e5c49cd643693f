"""Which thread a tweet belongs to and who wrote it, for millions of tweets in a few arrays."""

from __future__ import annotations

from array import array

import numpy as np
import numpy.typing as npt

__all__ = ["Threads"]

_Numbers = npt.NDArray[np.int64]


def _sorted_by(keys: array[int], *columns: array[int]) -> tuple[_Numbers, ...]:
    """Return the distinct keys in order, and for each the values noted last."""
    numbers = np.array(keys, np.int64)
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    last = np.append(ordered[1:] != ordered[:-1], np.True_) if len(ordered) else np.array([], bool)
    places = order[last]
    return numbers[places], *(np.array(column, np.int64)[places] for column in columns)


def _find(sorted_keys: _Numbers, key: int) -> int:
    """Return where a key stands, -1 where it does not."""
    place = int(np.searchsorted(sorted_keys, key))
    return place if place < len(sorted_keys) and int(sorted_keys[place]) == key else -1


class Threads:
    """Note every tweet's pointers, then tell threads and writers.

    Tweets of v2 name the first tweet of their thread. Those of v1.1 name the tweet they answer:
    the chain is followed as far as the collection goes, so the thread is known by the oldest
    pointer in it.
    """

    def __init__(self) -> None:
        self._ids = array("q")
        self._parents = array("q")
        self._firsts = array("q")
        self._written = array("q")
        self._writers = array("q")
        self._newest: dict[int, int] = {}
        self._versions: dict[int, set[int]] = {}
        self._known: _Numbers = np.array([], np.int64)
        self._roots: _Numbers = self._known
        self._by: tuple[_Numbers, ...] = (self._known, self._known)

    def note(self, ident: int, parent: int, first: int, versions: tuple[int, ...]) -> None:
        """Note a collected tweet; 0 stands for no parent and for an untold first tweet."""
        self._ids.append(ident)
        self._parents.append(parent)
        self._firsts.append(first)
        if versions:
            group = {ident, *versions}
            for known in [self._versions[one] for one in group if one in self._versions]:
                group |= known
            for one in group:
                self._versions[one] = group

    def note_writer(self, ident: int, writer: int) -> None:
        """Note who wrote a tweet, collected or not."""
        self._written.append(ident)
        self._writers.append(writer)

    def settle(self) -> None:
        """Work the threads out, once everything is noted."""
        self._by = _sorted_by(self._written, self._writers)
        known, parents, firsts = _sorted_by(self._ids, self._parents, self._firsts)
        self._known = known
        self._roots = self._chains(known, parents, firsts)
        self._ids, self._parents, self._firsts = array("q"), array("q"), array("q")
        self._written, self._writers = array("q"), array("q")
        for group in {id(group): group for group in self._versions.values()}.values():
            here = [one for one in group if _find(known, one) >= 0]
            if here:
                last = max(here)
                self._newest.update((one, last) for one in group if one != last)
        self._versions = {}

    def _chains(self, known: _Numbers, parents: _Numbers, firsts: _Numbers) -> _Numbers:
        """Return the first tweet of each tweet's thread."""
        n = len(known)
        if n == 0:
            return known
        ends = np.where(firsts > 0, firsts, np.where(parents > 0, parents, known))
        # Ids grow with time, so a parent's is smaller: that also keeps damaged ones from circling.
        follows = (firsts == 0) & (parents > 0) & (parents < known)
        above = np.minimum(np.searchsorted(known, parents), n - 1)
        follows &= known[above] == parents
        jump = np.where(follows, above, np.arange(n))
        while not np.array_equal(further := jump[jump], jump):
            jump = further
        roots: _Numbers = ends[jump]
        return roots

    def root(self, ident: int) -> int:
        """Return the first tweet known of a collected tweet's thread."""
        place = _find(self._known, ident)
        return ident if place < 0 else int(self._roots[place])

    def writer(self, ident: int) -> int | None:
        """Return the account number of who wrote a tweet, where any record told."""
        place = _find(self._by[0], ident)
        return None if place < 0 else int(self._by[1][place])

    def is_collected(self, ident: int) -> bool:
        """Say whether a tweet is in the collection itself."""
        return _find(self._known, ident) >= 0

    def current(self, ident: int) -> int:
        """Return the last collected version of an edited tweet; the tweet itself as a rule."""
        return self._newest.get(ident, ident)
