"""Null models: networks and event lists that keep some features and destroy others.

===========================  ==============================================  ====================
function                     keeps                                           destroys
===========================  ==============================================  ====================
`rewire_ties`                every person's number of ties                   triangles
`permute_receivers`          who wrote when, how often each was written to   who wrote to whom
`shuffle_times`              who wrote to whom how often                     all timing
`shuffle_intervals`          each tie's first and last time and its pauses   the order of pauses
`permute_labels`             the network and all its events                  who carries which label
===========================  ==============================================  ====================
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from supportnet.errors import InputError, choose
from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.shuffle import permute_receivers as _permute
from supportnet.kernels.shuffle import rewire
from supportnet.network.arrays import Ties

__all__ = [
    "Rewired",
    "permute_labels",
    "permute_receivers",
    "rewire_ties",
    "shuffle_intervals",
    "shuffle_times",
]

#: A network that allows few swaps, such as a star, must not keep the search going for ever.
_TRIES_PER_SWAP = 100


class Rewired(NamedTuple):
    """A rewired network and how far the rewiring went.

    Attributes
    ----------
    ties
        The rewired network.
    swaps
        Successful swaps.
    complete
        Whether at least the swaps asked for were made; where not, the network allows too few of
        them to serve as a null model.
    """

    ties: Ties
    swaps: int
    complete: bool


def rewire_ties(
    ties: Ties,
    rng: np.random.Generator,
    *,
    swaps_per_tie: int = 10,
    keep: Literal["degrees", "arcs"] = "degrees",
) -> Rewired:
    """Swap the ends of random pairs of ties.

    Keeps every person's number of ties, the number of ties, and the births and weights as such;
    with `keep="arcs"` also every person's number of mutual, outgoing and incoming one-way ties.
    Destroys triangles and every other arrangement beyond that.

    Parameters
    ----------
    ties
        The network.
    rng
        The source of randomness.
    swaps_per_tie
        Least number of successful swaps for each tie.
    keep
        `degrees` for undirected measures, `arcs` for the triad census and directed measures.

    Returns
    -------
    Rewired
        The network, the number of swaps made, and whether they are enough. A birth and its weights
        move with the tie; the weight of an arc still runs from writer to reader.

    Notes
    -----
    Ties a–b and c–d become a–d and c–b; a swap that would tie a person to itself or two persons
    twice is refused. Refused tries count as steps of the walk, which makes all networks with the
    kept features equally likely; it ends at the latest after 100 tries for each swap. With
    `keep="arcs"` networks that differ only by a reversed cycle of three are not reached.

    References
    ----------
    Gauvin et al. 2022. https://doi.org/10.1137/19M1242252

    Examples
    --------
    >>> import numpy as np
    >>> from supportnet.network import ties_from_pairs
    >>> ring = ties_from_pairs([(i, (i + 1) % 8) for i in range(8)])
    >>> drawn = rewire_ties(ring, np.random.default_rng(1))
    >>> drawn.swaps >= 80, drawn.complete, drawn.ties.graph().degree.tolist()
    (True, True, [2, 2, 2, 2, 2, 2, 2, 2])
    """
    choose(keep, ("degrees", "arcs"), "keep")
    upward = ties.forward & ~ties.backward
    downward = ties.backward & ~ties.forward
    one_way = upward | downward
    if keep == "degrees":
        free, kind = np.ones(len(ties), np.bool_), np.zeros(len(ties), np.int8)
    else:
        free, kind = ~one_way, one_way.astype(np.int8)
    tail = np.where(downward, ties.hi, ties.lo)
    head = np.where(downward, ties.lo, ties.hi)
    wanted = swaps_per_tie * len(ties)
    tail, head, swaps, _ = rewire(
        tail, head, free, kind, ties.people.size, wanted, _TRIES_PER_SWAP * wanted, _seed(rng)
    )
    drawn = _turned(ties, tail, head, was_downward=downward)
    return Rewired(drawn, int(swaps), int(swaps) >= wanted)


def _turned(ties: Ties, tail: Int32, head: Int32, *, was_downward: np.ndarray) -> Ties:
    """Return the ties between new ends, each payload turned with its tie."""
    from_tail = np.where(was_downward, ties.n_back, ties.n_fwd)
    from_head = np.where(was_downward, ties.n_fwd, ties.n_back)
    first_tail = np.where(was_downward, ties.first_back_us, ties.first_fwd_us)
    first_head = np.where(was_downward, ties.first_fwd_us, ties.first_back_us)
    up = tail < head
    return replace(
        ties,
        lo=np.minimum(tail, head),
        hi=np.maximum(tail, head),
        n_fwd=np.where(up, from_tail, from_head),
        n_back=np.where(up, from_head, from_tail),
        first_fwd_us=np.where(up, first_tail, first_head),
        first_back_us=np.where(up, first_head, first_tail),
    )


def permute_receivers(
    author: Int64, other: Int64, rng: np.random.Generator, *, rounds: int = 10
) -> Int64:
    """Exchange the receivers of messages.

    Keeps who wrote when, how many messages each person wrote and how many each received. Destroys
    who wrote to whom, and with it reciprocity, ties and triangles.

    Parameters
    ----------
    author, other
        Who wrote to whom, one entry for each message.
    rng
        The source of randomness.
    rounds
        Tries for each message.

    Returns
    -------
    numpy.ndarray
        The new receivers, aligned with `author`; nobody receives her own message.

    Raises
    ------
    InputError
        When a message goes from a person to itself already.

    Notes
    -----
    Receivers are swapped pairwise and a swap that would address a person to itself is refused:
    drawing whole permutations until one is free of them would not end.

    Examples
    --------
    >>> import numpy as np
    >>> author, other = np.array([1, 1, 2, 3]), np.array([2, 3, 3, 1])
    >>> drawn = permute_receivers(author, other, np.random.default_rng(1))
    >>> sorted(drawn.tolist()), bool((drawn == author).any())
    ([1, 2, 3, 3], False)
    """
    author, other = np.asarray(author, np.int64), np.asarray(other, np.int64)
    if author.shape != other.shape:
        msg = (
            f"author and other must be of one length; found {author.size} and {other.size}; "
            "pass one entry for each message."
        )
        raise InputError(msg)
    own = int((author == other).sum())
    if own:
        msg = f"messages must join two persons; found {own} from a person to itself; drop them."
        raise InputError(msg)
    drawn, _ = _permute(author, other, rounds, _seed(rng))
    return np.asarray(drawn, np.int64)


def permute_labels(
    labels: np.ndarray, rng: np.random.Generator, *, strata: np.ndarray | None = None
) -> np.ndarray:
    """Deal the labels of persons out anew.

    Keeps the network, its times and how many persons carry each label (within each stratum).
    Destroys any relation between a label and a place in the network: for contrasts of attributes.

    Parameters
    ----------
    labels
        One label per person: age class, role, kind of group.
    rng
        The source of randomness.
    strata
        Labels change places only among persons of one stratum, such as a class of activity.

    Returns
    -------
    numpy.ndarray
        The new labels, aligned with the persons.

    Raises
    ------
    InputError
        When there is not one stratum for each label.

    Examples
    --------
    >>> drawn = permute_labels(np.array(["x", "y", "z"]), np.random.default_rng(1),
    ...                        strata=np.array([0, 1, 0]))
    >>> str(drawn[1]), sorted(drawn.tolist())
    ('y', ['x', 'y', 'z'])
    """
    given = np.asarray(labels)
    group = np.zeros(given.size, np.int64) if strata is None else np.asarray(strata)
    if group.shape != given.shape:
        msg = f"strata must be {given.size}, one for each label; found {group.size}; align them."
        raise InputError(msg)
    drawn = given.copy()
    for name in np.unique(group):
        places = np.flatnonzero(group == name)
        drawn[places] = given[rng.permutation(places)]
    return drawn


def shuffle_times(t_us: Int64, rng: np.random.Generator) -> Int64:
    """Deal the times of all messages out anew.

    Keeps who wrote to whom how often, hence every static measure, and the times as a whole with
    their daily rhythm. Destroys order, bursts and pauses: for motifs, times to closure and
    mobilisation.

    Parameters
    ----------
    t_us
        The time of each message, µs.
    rng
        The source of randomness.

    Returns
    -------
    numpy.ndarray
        The new times, µs, aligned with the messages (and so no longer ascending).

    Examples
    --------
    >>> import numpy as np
    >>> sorted(shuffle_times(np.array([5, 1, 3]), np.random.default_rng(1)).tolist())
    [1, 3, 5]
    """
    return np.asarray(rng.permutation(np.asarray(t_us, np.int64)), np.int64)


def shuffle_intervals(author: Int64, other: Int64, t_us: Int64, rng: np.random.Generator) -> Int64:
    """Deal the pauses within each tie out anew.

    Keeps who wrote to whom and in which order within a tie, the first and the last time of each tie
    and the set of its pauses. Destroys the order of the pauses, and with it any timing between
    ties.

    Parameters
    ----------
    author, other
        Who wrote to whom.
    t_us
        When, µs.
    rng
        The source of randomness.

    Returns
    -------
    numpy.ndarray
        The new times, µs, aligned with the messages.

    Examples
    --------
    >>> import numpy as np
    >>> author, other = np.array([1, 2, 1, 1]), np.array([2, 1, 2, 3])
    >>> drawn = shuffle_intervals(author, other, np.array([0, 1, 9, 4]), np.random.default_rng(3))
    >>> drawn[0], drawn[2], drawn[3], drawn[1] in (1, 8)
    (np.int64(0), np.int64(9), np.int64(4), True)
    """
    author, other, t_us = (np.asarray(column, np.int64) for column in (author, other, t_us))
    lo, hi = np.minimum(author, other), np.maximum(author, other)
    order = np.lexsort((t_us, hi, lo))
    lo, hi, times = lo[order], hi[order], t_us[order]
    opens = np.ones(times.size, np.bool_)
    opens[1:] = (lo[1:] != lo[:-1]) | (hi[1:] != hi[:-1])
    group = np.cumsum(opens)
    pause = np.diff(times, prepend=0)
    # A tie keeps its first place; the others are dealt out in random order within the tie.
    key = np.where(opens, -1.0, rng.random(times.size))
    dealt = pause[np.lexsort((key, group))]
    # What stands at the first place of a tie is not a pause of its own; the shift takes it out.
    running = np.cumsum(dealt)
    start = np.flatnonzero(opens)
    shift = (times[start] - running[start])[group - 1] if times.size else running
    drawn = np.empty_like(times)
    drawn[order] = running + shift
    return drawn


def _seed(rng: np.random.Generator) -> int:
    """Draw the seed of a kernel."""
    return int(rng.integers(0, 2**63, dtype=np.int64))
