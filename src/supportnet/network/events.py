"""Sum messages into directions, in arrays: what a null model needs at every draw."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.kernels.dtypes import Float64, Int64

__all__ = ["directions_of_events"]


def directions_of_events(
    author: Int64, other: Int64, t_us: Int64, weight: Float64 | None = None
) -> pd.DataFrame:
    """Sum messages into one row for each ordered pair.

    Parameters
    ----------
    author, other
        Who wrote to whom.
    t_us
        When, µs UTC.
    weight
        Messages or their fractional equivalent; 1 each by default.

    Returns
    -------
    pandas.DataFrame
        `author_id`, `other_id`, `weight`, `n` (messages), `first_us`, `last_us` (µs UTC), by pair:
        the table that :func:`supportnet.network.ties_from_directions` takes.

    Examples
    --------
    >>> import numpy as np
    >>> author, other = np.array([2, 1, 1]), np.array([1, 2, 2])
    >>> directions_of_events(author, other, np.array([5, 9, 3]))
       author_id  other_id  weight  n  first_us  last_us
    0          1         2     2.0  2         3        9
    1          2         1     1.0  1         5        5
    """
    given = np.ones(author.size) if weight is None else weight
    order = np.lexsort((t_us, other, author))
    author, other, t_us, given = author[order], other[order], t_us[order], given[order]
    opens = np.ones(author.size, np.bool_)
    opens[1:] = (author[1:] != author[:-1]) | (other[1:] != other[:-1])
    start = np.flatnonzero(opens)
    stop = np.append(start[1:], author.size)
    summed = np.add.reduceat(given, start) if start.size else np.empty(0)
    return pd.DataFrame(
        {
            "author_id": author[start],
            "other_id": other[start],
            "weight": summed.astype(np.float64),
            "n": stop[: start.size] - start,
            "first_us": t_us[start],
            "last_us": t_us[stop[: start.size] - 1],
        }
    )
