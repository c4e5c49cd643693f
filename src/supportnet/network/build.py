"""Build ties from directions: one row for each ordered pair with traffic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from supportnet.errors import InputError, choose
from supportnet.kernels.births import born_ties
from supportnet.kernels.dtypes import Float64, Int32, Int64
from supportnet.kernels.order import bucket_order, dense_ids, group_starts
from supportnet.network.arrays import Projection, Ties, check_weight, least_arc

__all__ = [
    "column_of",
    "distinct_ids",
    "ties_from_directions",
    "ties_from_pairs",
    "ties_from_sides",
]

_Number = TypeVar("_Number", np.int64, np.float64)


def ties_from_directions(
    table: pd.DataFrame | pa.Table,
    *,
    start_us: int,
    end_us: int,
    projection: Projection = "union",
    m: float = 1.0,
    people: Sequence[int] | Int64 | None = None,
) -> Ties:
    """Build ties from a table with one row for each ordered pair with traffic.

    Parameters
    ----------
    table
        Columns `author_id`, `other_id` (integers), `weight` (messages, ≥ 0), `n` (events),
        `first_us`, `last_us` (µs UTC). `n` and `last_us` are checked, not used.
    start_us, end_us
        The coverage, µs UTC. All messages must lie within it.
    projection
        `union`: tied when one of the two directions is an arc; `mutual`: when both are.
    m
        A direction is an arc from this weight on; tested with a tolerance of 1e-9.
    people
        All persons of the network, also those without a tie; by default those in the table.

    Returns
    -------
    Ties
        In order of birth. A tie is born with the first message of its first arc (`union`) or with
        the later of its two first messages (`mutual`).

    Raises
    ------
    InputError
        When a column is missing or has gaps, an ordered pair occurs twice or ties a person to
        itself, a weight is negative, or a time lies outside the coverage.

    Notes
    -----
    The birth is the first message of the direction also for m > 1: the table does not tell when the
    weight reached m.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "author_id": [7, 9, 7],
    ...         "other_id": [9, 7, 3],
    ...         "weight": [2.0, 1.0, 1.0],
    ...         "n": [2, 1, 1],
    ...         "first_us": [10, 40, 20],
    ...         "last_us": [30, 40, 20],
    ...     }
    ... )
    >>> mutual = ties_from_directions(table, projection="mutual", start_us=0, end_us=100)
    >>> mutual.people[mutual.lo], mutual.people[mutual.hi], mutual.birth_us
    (array([7]), array([9]), array([40]))
    >>> len(ties_from_directions(table, start_us=0, end_us=100))
    2
    """
    choose(projection, ("union", "mutual"), "projection")
    author = column_of(table, "author_id")
    other = column_of(table, "other_id")
    weight = column_of(table, "weight", whole=False).astype(np.float64)
    first = column_of(table, "first_us")
    _check_rows(author, other, weight, m)
    _check_times(first, column_of(table, "last_us"), start_us, end_us)
    column_of(table, "n")
    known = _known_people(author, other, people)
    tail, head = dense_ids(author, known), dense_ids(other, known)
    forth, back, ends = _pair_up(tail, head, known.size)
    n_fwd, n_back = _taken(weight, forth, 0.0), _taken(weight, back, 0.0)
    first_fwd, first_back = _taken(first, forth, -1), _taken(first, back, -1)
    sides = (n_fwd, n_back, first_fwd, first_back)
    return _tied(ends, sides, known, (int(start_us), int(end_us)), float(m), projection)


def ties_from_sides(
    lo: Int32,
    hi: Int32,
    *,
    n_fwd: Float64,
    n_back: Float64,
    first_fwd_us: Int64,
    first_back_us: Int64,
    people: Int64,
    start_us: int,
    end_us: int,
    projection: Projection = "union",
    m: float = 1.0,
) -> Ties:
    """Build ties from pairs whose two directions are known side by side.

    Parameters
    ----------
    lo, hi
        Ids of the persons, lo < hi, each pair once.
    n_fwd, n_back
        Weight lo→hi and hi→lo, messages, ≥ 0.
    first_fwd_us, first_back_us
        First message each way, µs UTC; of no meaning where the weight is 0.
    people
        Ids of all persons of the network, ascending.
    start_us, end_us, projection, m
        As for :func:`ties_from_directions`.

    Returns
    -------
    Ties
        What :func:`ties_from_directions` makes of the same directions.

    Examples
    --------
    >>> import numpy as np
    >>> one, two = np.array([1.0]), np.array([2])
    >>> ends = np.array([3], np.int32), np.array([7], np.int32)
    >>> ties = ties_from_sides(*ends, n_fwd=one, n_back=one, first_fwd_us=two, first_back_us=two+5,
    ...     people=np.array([3, 7]), start_us=0, end_us=9, projection="mutual")
    >>> ties.birth_us.tolist()
    [7]
    """
    ends = dense_ids(lo, people), dense_ids(hi, people)
    sides = (n_fwd, n_back, first_fwd_us, first_back_us)
    return _tied(ends, sides, people, (start_us, end_us), m, projection)


def _tied(
    ends: tuple[Int32, Int32],
    sides: tuple[Float64, Float64, Int64, Int64],
    people: Int64,
    span: tuple[int, int],
    m: float,
    projection: Projection,
) -> Ties:
    """Keep the pairs that are tied under a projection, in order of birth."""
    birth, (lo, hi), (n_fwd, n_back, first_fwd, first_back) = born_ties(
        ends, sides, least_arc(m), arcs=2 if projection == "mutual" else 1
    )
    return Ties(
        lo=lo, hi=hi, people=people, birth_us=birth, n_fwd=n_fwd, n_back=n_back,
        first_fwd_us=first_fwd, first_back_us=first_back,
        start_us=span[0], end_us=span[1], m=m, projection=projection,
    )  # fmt: skip


def ties_from_pairs(
    pairs: Sequence[tuple[int, int]],
    *,
    weight: Sequence[float] | None = None,
    times_us: Sequence[int] | None = None,
    end_us: int | None = None,
    projection: Projection = "union",
) -> Ties:
    """Build ties from ordered pairs (author, other) typed in by hand.

    Parameters
    ----------
    pairs
        Each ordered pair at most once.
    weight
        The weight of each pair, messages; 1 by default.
    times_us
        The first message of each pair, µs; 0, 1, 2, … by default.
    end_us
        The end of coverage, µs; the last time by default. Coverage starts at 0.
    projection
        See :func:`ties_from_directions`.

    Returns
    -------
    Ties
        In order of birth.

    Examples
    --------
    >>> len(ties_from_pairs([(0, 1), (1, 0), (1, 2)]))
    2
    """
    times = np.arange(len(pairs)) if times_us is None else np.asarray(times_us, np.int64)
    ends = np.asarray(pairs, np.int64).reshape(-1, 2)
    table = pd.DataFrame(
        {
            "author_id": ends[:, 0],
            "other_id": ends[:, 1],
            "weight": np.ones(len(pairs)) if weight is None else np.asarray(weight, np.float64),
            "n": 1,
            "first_us": times,
            "last_us": times,
        }
    )
    stop = int(times.max(initial=0)) if end_us is None else end_us
    return ties_from_directions(table, start_us=0, end_us=stop, projection=projection)


def column_of(table: pd.DataFrame | pa.Table, name: str, *, whole: bool = True) -> Int64:
    """Return one column as an array without gaps; whole numbers come as int64.

    Raises
    ------
    InputError
        When the column is missing, has gaps or holds something else than numbers.
    """
    names = list(table.column_names if isinstance(table, pa.Table) else table.columns)
    if name not in names:
        msg = f"the table needs a column {name!r}; found {names}; rename or add it."
        raise InputError(msg)
    if isinstance(table, pa.Table):
        gaps = table.column(name).null_count
    else:
        gaps = int(table[name].isna().sum())
    if gaps:
        msg = f"column {name!r} must have no gaps; found {gaps}; drop or fill those rows."
        raise InputError(msg)
    values = np.asarray(table[name].to_numpy())
    if values.size == 0:
        return np.empty(0, np.int64)
    if values.dtype.kind not in ("iu" if whole else "iuf"):
        wanted = "whole numbers" if whole else "numbers"
        msg = f"column {name!r} must hold {wanted}; found {values.dtype}; convert it."
        raise InputError(msg)
    return values.astype(np.int64, copy=False) if whole else values


def _check_rows(author: Int64, other: Int64, weight: Float64, m: float) -> None:
    """Refuse rows that are no direction."""
    own = int((author == other).sum())
    if own:
        msg = f"a direction joins two persons; found {own} from a person to itself; drop them."
        raise InputError(msg)
    if not bool(np.all(np.isfinite(weight) & (weight >= 0))):
        msg = "column 'weight' must hold finite numbers from 0 on; found others; correct them."
        raise InputError(msg)
    check_weight(m)


def _check_times(first: Int64, last: Int64, start_us: int, end_us: int) -> None:
    """Refuse times outside the coverage, which would make negative durations."""
    if not 0 <= start_us <= end_us:
        msg = "coverage needs 0 <= start_us <= end_us; found otherwise; exchange or set them."
        raise InputError(msg)
    outside = int(((first < start_us) | (last > end_us) | (last < first)).sum())
    if outside:
        msg = (
            f"first_us and last_us must lie in order within the coverage; found {outside} rows "
            "that do not; widen the coverage or cut the messages to it."
        )
        raise InputError(msg)


def _known_people(author: Int64, other: Int64, people: Sequence[int] | Int64 | None) -> Int64:
    """Return the ascending ids of all persons of the network."""
    met = distinct_ids(author, other)
    if people is None:
        return met
    known = np.unique(np.asarray(people, np.int64))
    absent = int((~np.isin(met, known)).sum())
    if absent:
        msg = f"people must hold everyone in the table; {absent} are absent; add them."
        raise InputError(msg)
    return known


def distinct_ids(author: Int32 | Int64, other: Int32 | Int64) -> Int64:
    """Return the distinct ids of both columns; a table of flags replaces the sort where it fits."""
    if author.size == 0:
        return np.empty(0, np.int64)
    least = int(min(author.min(), other.min()))
    span = int(max(author.max(), other.max())) - least + 1
    if span > 16 * author.size:
        return np.unique(np.concatenate([author, other]))
    met = np.zeros(span, np.bool_)
    met[author - least] = True
    met[other - least] = True
    return np.flatnonzero(met) + least


def _pair_up(tail: Int32, head: Int32, n: int) -> tuple[Int32, Int32, tuple[Int32, Int32]]:
    """Return for each unordered pair the row of lo→hi and of hi→lo (-1: none), and its ends."""
    lo, hi = np.minimum(tail, head), np.maximum(tail, head)
    order = bucket_order(lo, hi, n)
    starts = group_starts(order, lo, hi)
    size = np.diff(starts)
    one = order[starts[:-1]]
    two = order[np.minimum(starts[:-1] + 1, max(order.size - 1, 0))]
    two[size == 1] = -1
    goes_up = tail < head
    repeated = (size > 2) | ((size == 2) & (goes_up[one] == goes_up[two]))
    if bool(repeated.any()):
        msg = (
            f"each ordered pair must occur once; found {int(repeated.sum())} pairs that occur "
            "more often; sum their rows first."
        )
        raise InputError(msg)
    forth = np.where(goes_up[one], one, two)
    back = np.where(goes_up[one], two, one)
    return forth, back, (lo[one], hi[one])


def _taken(values: NDArray[_Number], rows: Int32, absent: float) -> NDArray[_Number]:
    """Return `values` at `rows`, and `absent` where the row is -1."""
    if values.size == 0:
        return np.empty(0, values.dtype)
    taken = values[rows]
    taken[rows < 0] = absent
    return taken
