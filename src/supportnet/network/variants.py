"""Time to closure where direction matters, and where ties may end."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.errors import InputError
from supportnet.kernels.directed import order_arcs, path_closures, paths_opened
from supportnet.kernels.dissolve import lives_of_ties, open_spells
from supportnet.kernels.dtypes import Int32, Int64
from supportnet.kernels.order import dense_ids
from supportnet.network.arrays import Ties
from supportnet.network.build import column_of
from supportnet.network.curve import (
    BURN_IN_US,
    ClosureCurve,
    bins_for,
    bins_of,
    entry_time,
    grid_curve,
    product,
)

__all__ = ["directed_closure_curve", "dissolving_closure_curve"]


def directed_closure_curve(
    ties: Ties, *, width_us: int, burn_in_us: int = BURN_IN_US
) -> ClosureCurve:
    """Estimate how long it takes until i writes to k when i wrote to j and j to k.

    Parameters
    ----------
    ties
        The network, of the union projection.
    width_us
        The width of a bin, µs.
    burn_in_us
        Paths that opened in this time after the start of coverage are excluded and counted, µs.

    Returns
    -------
    ClosureCurve
        `wedges` counts directed paths i→j→k, i ≠ k. A path opens with the later of its two arcs and
        closes with i→k; where i→k came before or with it, the path was never at risk.

    Raises
    ------
    InputError
        When `ties` are of the mutual projection, or the width or the burn-in is out of range.

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> ties = ties_from_pairs([(0, 1), (1, 2), (0, 2), (2, 0)], end_us=10)
    >>> curve = directed_closure_curve(ties, width_us=1, burn_in_us=0)
    >>> curve.wedges, curve.closed, round(curve.closed_by(1), 4)
    (3, 1, 0.3333)
    """
    if ties.projection != "union":
        msg = (
            "directed closure needs one-way ties too; found ties of the mutual projection; "
            'build them with projection="union".'
        )
        raise InputError(msg)
    entry = entry_time(ties.start_us, burn_in_us)
    bins = bins_for(ties.end_us - ties.start_us, width_us)
    arcs = order_arcs(
        ties.lo, ties.hi,
        np.where(ties.forward, ties.first_fwd_us, -1),
        np.where(ties.backward, ties.first_back_us, -1),
    )  # fmt: skip
    graph = ties.graph()
    found = path_closures(
        graph, arcs, graph.rank[ties.lo] < graph.rank[ties.hi],
        entry=entry, width=width_us, bins=bins,
    )  # fmt: skip
    opened = paths_opened(arcs, found.blocked, ties.people.size)
    inside = arcs.birth >= entry
    left = ties.end_us - arcs.birth
    still_open = np.where(inside, opened - found.closed, 0)
    return grid_curve(
        found.events,
        bins_of(left, still_open, width_us, bins),
        width_us,
        closing_ties=int((found.closing > 0).sum()),
        wedge_us=product(left, np.where(inside, opened, 0)) - product(left, found.closing),
        longest_open=int(left[still_open > 0].max(initial=0)),
        excluded={
            "burn_in": int(opened[~inside].sum()),
            "never_at_risk": int(found.blocked.sum()),
        },
        censored_by={"coverage_end": int(still_open.sum())},
    )


def dissolving_closure_curve(
    ties: Ties,
    events: pd.DataFrame | pa.Table,
    *,
    silence_us: int,
    width_us: int,
    burn_in_us: int = BURN_IN_US,
) -> ClosureCurve:
    """Estimate time to closure when a tie ends after a silence and returns with the next message.

    Parameters
    ----------
    ties
        The network: which pairs are tied at all, and since when.
    events
        Columns `author_id`, `other_id`, `t_us` (µs UTC), one row for each message, in any order.
        Messages of pairs without a tie, from before the birth of its tie or from the end of
        coverage keep no tie alive.
    silence_us
        A tie ends this long after its last message in either direction, µs.
    width_us
        The width of a bin, µs.
    burn_in_us
        Spells that began in this time after the start of coverage are excluded and counted, µs.

    Returns
    -------
    ClosureCurve
        `wedges` counts spells in which both ties of a wedge live and its ends are untied; a pair
        may have several. `censored_by` tells spells cut off by the end of coverage from those in
        which one of the two ties ended (`dissolution`). `closing_ties` is not known here: -1.

    Raises
    ------
    InputError
        When a column is missing, or a duration is out of range.

    Notes
    -----
    Dissolution is treated as censoring, which assumes that it is independent of closure. Wedges are
    listed one by one: time grows with the sum of squared degrees, memory does not.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.network import ties_from_pairs
    >>> ties = ties_from_pairs([(0, 1), (1, 2), (0, 2)], times_us=[0, 4, 30], end_us=40)
    >>> events = pd.DataFrame(
    ...     {"author_id": [0, 1, 0], "other_id": [1, 2, 2], "t_us": [0, 4, 30]}
    ... )
    >>> curve = dissolving_closure_curve(
    ...     ties, events, silence_us=10, width_us=1, burn_in_us=0
    ... )
    >>> curve.wedges, curve.closed, dict(curve.censored_by), curve.wedge_us
    (1, 0, {'coverage_end': 0, 'dissolution': 1}, 6.0)
    """
    if silence_us < 1:
        msg = f"silence_us must be at least 1; found {silence_us}; pass a duration in µs."
        raise InputError(msg)
    entry = entry_time(ties.start_us, burn_in_us)
    bins = bins_for(ties.end_us - ties.start_us, width_us)
    tie, times = _events_of_ties(ties, events)
    # A message in the last instant of coverage still counts, so lives may reach beyond it.
    lives = lives_of_ties(tie, times, ties.birth_us, silence=silence_us, stop=ties.end_us + 1)
    found = open_spells(
        ties.adjacency(), lives, stop=ties.end_us, entry=entry, width=width_us, bins=bins
    )
    open_at_end = found.dissolved + found.censored
    return grid_curve(
        found.closed,
        open_at_end,
        width_us,
        closing_ties=-1,
        wedge_us=found.exposure,
        longest_open=int(np.flatnonzero(open_at_end).max(initial=0)) * width_us,
        excluded={"burn_in": found.excluded},
        censored_by={
            "coverage_end": int(found.censored.sum()),
            "dissolution": int(found.dissolved.sum()),
        },
    )


def _events_of_ties(ties: Ties, events: pd.DataFrame | pa.Table) -> tuple[Int32, Int64]:
    """Return the tie and the time of each event that belongs to a tie, by (tie, time)."""
    author, other = column_of(events, "author_id"), column_of(events, "other_id")
    times = column_of(events, "t_us")
    n = ties.people.size
    known = np.isin(author, ties.people) & np.isin(other, ties.people) & (times <= ties.end_us)
    tail, head = dense_ids(author[known], ties.people), dense_ids(other[known], ties.people)
    pair = np.minimum(tail, head).astype(np.int64) * n + np.maximum(tail, head)
    ours = ties.lo.astype(np.int64) * n + ties.hi
    by_pair = np.argsort(ours)
    place = np.searchsorted(ours[by_pair], pair)
    tie = by_pair[np.minimum(place, max(len(ties) - 1, 0))] if len(ties) else place
    tied = ours[tie] == pair if len(ties) else np.zeros(pair.size, np.bool_)
    tie, times = tie[tied].astype(np.int32), times[known][tied]
    order = np.lexsort((times, tie))
    return tie[order], times[order]
