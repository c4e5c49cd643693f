"""How certain a closure curve is when all wedges between one pair close with the same tie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from supportnet.kernels.dtypes import Bools, Int64
from supportnet.kernels.orient import Adjacency
from supportnet.kernels.two_paths import PairMoments, pair_moments
from supportnet.network.arrays import Ties
from supportnet.network.curve import BURN_IN_US, ClosureCurve, entry_time

__all__ = ["MOST_PATHS", "ClusteredError", "clustered_error"]

#: A walk over more two-step paths than this takes minutes.
MOST_PATHS: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class ClusteredError:
    """Standard errors of a closure curve, clustered on the pair that may close.

    Attributes
    ----------
    pairs
        Pairs with a wedge at risk.
    closing_pairs
        Pairs that closed at least one.
    hazard_se
        Of closures per wedge-day; NaN below two pairs.
    cumulative_se
        Of the cumulative hazard (minus the logarithm of the share still open) at the time asked
        for.
    """

    pairs: int
    closing_pairs: int
    hazard_se: float
    cumulative_se: float


def clustered_error(
    ties: Ties,
    curve: ClosureCurve,
    *,
    tau_us: int,
    burn_in_us: int = BURN_IN_US,
    directed: bool = False,
    counted: Bools | None = None,
    most_paths: int = MOST_PATHS,
) -> ClusteredError | None:
    """Estimate the standard errors of a closure curve with pairs as clusters.

    Parameters
    ----------
    ties
        The network the curve was made of.
    curve
        Its curve.
    tau_us
        Time since opening at which the curve is read, µs.
    burn_in_us
        As for the curve.
    directed
        Whether the curve is that of directed paths.
    counted
        Which ties may open a wedge, in order of birth, for the curve of a stratum.
    most_paths
        Above so many two-step paths nothing is computed.

    Returns
    -------
    ClusteredError or None
        None where the walk would take too long.

    Notes
    -----
    All wedges j–i–k of one pair jk close in the same instant. With d closures and x days at risk of
    a pair, and λ = Σ d / Σ x, the variance of λ is P/(P-1) Σ (d - λ x)² / (Σ x)² over the P pairs,
    open ones included: the linearised jackknife that leaves out one pair at a time. The cumulative
    hazard has Σ e², e the summed influence of a pair's wedges.

    References
    ----------
    Lin & Wei 1989, doi:10.1080/01621459.1989.10478874.

    Examples
    --------
    >>> from supportnet.network import DAY_US, closure_curve, ties_from_pairs
    >>> ties = ties_from_pairs([(0, 1), (0, 2), (0, 3), (1, 2)], end_us=30 * DAY_US,
    ...                        times_us=[d * DAY_US for d in (0, 2, 5, 10)])
    >>> curve = closure_curve(ties, burn_in_us=0)
    >>> found = clustered_error(ties, curve, tau_us=25 * DAY_US, burn_in_us=0)
    >>> found.pairs, found.closing_pairs, round(found.hazard_se, 5)
    (3, 1, 0.02229)
    """
    graph, birth = _arcs(ties) if directed else (ties.adjacency(), ties.birth_us)
    if _paths(graph) > most_paths:
        return None
    at_risk = np.maximum(curve.at_risk, 1).astype(np.float64)
    found = pair_moments(
        graph,
        birth,
        np.ones(birth.size, np.bool_) if counted is None else counted,
        one_way=directed,
        entry=entry_time(ties.start_us, burn_in_us),
        stop=ties.end_us,
        times=curve.time_us,
        width=curve.width_us or 0,
        spread=np.cumsum(curve.events / np.square(at_risk)),
        weight=1 / at_risk,
        last_row=int(np.searchsorted(curve.time_us, tau_us, side="right")) - 1,
    )
    return ClusteredError(
        found.pairs, found.closing, _hazard_se(found), math.sqrt(found.error_squared)
    )


def _hazard_se(found: PairMoments) -> float:
    """Return the standard error of closures per day."""
    if found.pairs < 2 or found.days <= 0:
        return math.nan
    rate = found.closed / found.days
    squares = found.closed_squared - 2 * rate * found.closed_days + rate**2 * found.days_squared
    return math.sqrt(max(squares, 0.0) * found.pairs / (found.pairs - 1)) / found.days


def _paths(graph: Adjacency) -> int:
    """Return the number of two-step paths."""
    return int(np.diff(graph.ptr)[graph.col].sum())


def _arcs(ties: Ties) -> tuple[Adjacency, Int64]:
    """Return the arcs that leave each person, numbered in order of birth, and their births."""
    up, down = ties.forward, ties.backward
    tail = np.concatenate([ties.lo[up], ties.hi[down]])
    head = np.concatenate([ties.hi[up], ties.lo[down]])
    birth = np.concatenate([ties.first_fwd_us[up], ties.first_back_us[down]])
    order = np.argsort(birth, kind="stable")
    tail, head, birth = tail[order], head[order], birth[order]
    rows = np.lexsort((head, tail))
    ptr = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=ties.people.size))])
    return Adjacency(ptr.astype(np.int64), head[rows], rows.astype(np.int32)), birth
