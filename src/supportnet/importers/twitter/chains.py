"""Follow chains of replies up to their oldest known tweet."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.privacy.jit import compiled

__all__ = ["roots_of"]

Ints: TypeAlias = npt.NDArray[np.int64]
Persons: TypeAlias = npt.NDArray[np.int32]

_UNSEEN, _OPEN, _DONE = 0, 1, 2


@compiled
def _climb(above: Ints, state: Ints, path: Ints, top: Ints) -> None:
    """Find, for each tweet, the last one of its own chain; `above` is -1 where a chain ends.

    Damaged files may point in circles: a chain that runs into one ends just before it would come
    back to where it entered.
    """
    for start in range(len(above)):
        length, at = 0, start
        while at >= 0 and state[at] == _UNSEEN:
            state[at] = _OPEN
            path[length] = at
            length += 1
            at = above[at]
        if at >= 0 and state[at] == _OPEN:  # a circle: each of it ends at the one before itself
            place = length - 1
            while path[place] != at:
                place -= 1
            size = length - place
            for i in range(size):
                member = path[place + i]
                top[member] = path[place + (i + size - 1) % size]
                state[member] = _DONE
            length = place
        for i in range(length - 1, -1, -1):
            here = path[i]
            up = above[here]
            top[here] = here if up < 0 else top[up]
            state[here] = _DONE


def roots_of(ident: Ints, parent: Ints, parent_author: Persons) -> tuple[Ints, Ints]:
    """Return the first known tweet of each one's thread, and who wrote it.

    Parameters
    ----------
    ident
        Ids of the own tweets, 0 for none.
    parent, parent_author
        The tweet that each one answers, 0 for none, and its author, -1 where it is not known.

    Returns
    -------
    tuple of numpy.ndarray
        Id of the root (0 for a tweet that answers none) and number of its author.

    Examples
    --------
    >>> import numpy as np
    >>> ident, parent = np.array([5, 7, 9]), np.array([3, 5, 7])
    >>> root, author = roots_of(ident, parent, np.array([8, 0, 0], np.int32))
    >>> root.tolist(), author.tolist()
    ([3, 3, 3], [8, 8, 8])
    """
    nodes = np.flatnonzero(ident)
    nodes = nodes[np.argsort(ident[nodes], kind="stable")]
    known = ident[nodes]

    def node_of(wanted: Ints) -> Ints:
        place = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
        found = (wanted != 0) & (known[place] == wanted) if len(known) else np.zeros_like(wanted)
        return np.where(found, place, -1)

    up, authors = parent[nodes], parent_author[nodes]
    up = np.where(up == known, 0, up)  # a tweet that answers itself answers none
    above = node_of(up)
    n = len(nodes)
    top = np.zeros(n, np.int64)
    _climb(above, np.zeros(n, np.int64), np.zeros(n, np.int64), top)
    # Where the last own tweet of a chain answers one that is not here, that one is the root.
    last_up = up[top] if n else up
    outside = (last_up != 0) & (above[top] < 0) if n else np.zeros(0, np.bool_)
    ends = np.where(outside, last_up, known[top]) if n else known
    by = np.where(outside, authors[top], -1) if n else authors
    here = node_of(parent)
    inside = here >= 0
    root = np.where(inside, ends[here] if n else 0, parent)
    author = np.where(inside, by[here] if n else -1, parent_author)
    return root, np.where(parent == 0, -1, author).astype(np.int64)
