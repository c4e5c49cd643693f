"""Ordered three-message patterns within a time limit."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from supportnet.errors import InputError
from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.motifs import MOTIFS, count_motifs
from supportnet.kernels.order import dense_ids, time_order
from supportnet.network.build import distinct_ids
from supportnet.network.curve import DAY_US

__all__ = ["temporal_motifs"]


def _kind(motif: str) -> str:
    """Name the kind of a pattern: pair, star, feed_forward or cycle."""
    words = motif.split()
    sides = {frozenset(word) for word in words}
    if len(sides) == 1:
        return "pair"
    if len(sides) == 2:
        return "star"
    # On a cycle everybody writes once, so no two events share their author.
    return "cycle" if len({word[0] for word in words}) == 3 else "feed_forward"


_KINDS: Final = tuple(_kind(motif) for motif in MOTIFS)


def temporal_motifs(
    author: Int32 | Int64, other: Int32 | Int64, t_us: Int64, delta_us: int = DAY_US
) -> pd.DataFrame:
    """Count all ordered patterns of three messages among at most three persons within a time.

    Parameters
    ----------
    author, other
        Who wrote to whom, person ids.
    t_us
        When, µs UTC. Rows may come in any order; equal times keep the order of the rows.
    delta_us
        The third message comes at most this long after the first, µs; 24 hours by default.

    Returns
    -------
    pandas.DataFrame
        36 rows: `motif` (the three messages as pairs of digits, persons numbered as they appear:
        `01 12 02` is a→b, b→c, a→c), `kind` (`pair`, `star`, `feed_forward`, `cycle`), `count`
        (instances, ≥ 0).

    Raises
    ------
    InputError
        When the columns differ in length, a message goes from a person to itself, or the limit is
        negative.

    Notes
    -----
    Every three messages in order that fit are an instance; they need not be consecutive. Counts
    grow with activity: compare them with a null model only.

    References
    ----------
    Paranjape, Benson & Leskovec 2017. https://doi.org/10.1145/3018661.3018731

    Examples
    --------
    >>> import numpy as np
    >>> author, other = np.array([1, 2, 1, 3, 1]), np.array([2, 3, 3, 1, 2])
    >>> found = temporal_motifs(author, other, np.array([1, 5, 8, 9, 20]), delta_us=10)
    >>> int(found["count"].sum())
    4
    >>> found.query("count > 0 and kind in ('feed_forward', 'cycle')")
           motif          kind  count
    26  01 12 02  feed_forward      1
    27  01 12 20         cycle      1
    """
    t_us = np.asarray(t_us, np.int64)
    author, other = (_whole(column) for column in (author, other))
    _check(author, other, t_us, delta_us)
    if t_us.size > 1 and bool((t_us[1:] < t_us[:-1]).any()):
        order = time_order(t_us)
        author, other, t_us = author[order], other[order], t_us[order]
    tail, head, n = _numbers(author, other)
    found = count_motifs(tail, head, t_us, n, limit=delta_us)
    return pd.DataFrame({"motif": MOTIFS, "kind": _KINDS, "count": found})


def _numbers(author: Int32 | Int64, other: Int32 | Int64) -> tuple[Int32, Int32, int]:
    """Return persons as numbers below the last; ids that are small already stay as they are."""
    least = min(int(author.min(initial=0)), int(other.min(initial=0)))
    n = 1 + max(int(author.max(initial=0)), int(other.max(initial=0)))
    if least >= 0 and n <= 2 * author.size:
        return author.astype(np.int32, copy=False), other.astype(np.int32, copy=False), n
    people = distinct_ids(author, other)
    return dense_ids(author, people), dense_ids(other, people), people.size


def _whole(column: Int32 | Int64) -> Int32 | Int64:
    """Return ids as whole numbers; half as long ones stay as they are."""
    given = np.asarray(column)
    half = given.dtype == np.int32
    return given.astype(np.int32, copy=False) if half else given.astype(np.int64)


def _check(author: Int32 | Int64, other: Int32 | Int64, t_us: Int64, delta_us: int) -> None:
    """Refuse what is not a list of messages between different persons."""
    if not author.shape == other.shape == t_us.shape:
        msg = (
            "author, other and t_us must be of one length; found "
            f"{author.size}, {other.size}, {t_us.size}; pass one entry for each message."
        )
        raise InputError(msg)
    own = int((author == other).sum())
    if own:
        msg = f"messages must join two persons; found {own} from a person to itself; drop them."
        raise InputError(msg)
    if delta_us < 0:
        msg = f"delta_us must be 0 or more; found {delta_us}; pass a duration in µs."
        raise InputError(msg)
