"""Time to closure of open wedges, undirected, for the whole network or by stratum."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np

from supportnet.errors import InputError, choose
from supportnet.kernels.closing_list import ClosingList, closing_list, degrees_at_birth
from supportnet.kernels.closure import closures_by_bin
from supportnet.kernels.dtypes import Bools, Int32, Int64
from supportnet.kernels.follow_up import follow_up
from supportnet.network.arrays import Ties
from supportnet.network.curve import (
    BURN_IN_US,
    ClosureCurve,
    bins_for,
    entry_time,
    grid_curve,
    product,
    remaining,
    survival_of,
)

__all__ = ["closure_curve", "stratified_closure"]


def closure_curve(
    ties: Ties, *, width_us: int | None = None, burn_in_us: int = BURN_IN_US
) -> ClosureCurve:
    """Estimate how long two persons with a common contact stay untied.

    Parameters
    ----------
    ties
        The network. For private layers the mutual projection is the usual one.
    width_us
        The width of a bin, µs: memory then does not depend on the number of triangles. None gives
        the curve exact to the microsecond, at about 40 bytes for each triangle.
    burn_in_us
        Wedges that opened in this time after the start of coverage are excluded and counted, µs;
        ties first seen in it still form later wedges and close pairs. 28 days by default.

    Returns
    -------
    ClosureCurve
        Risk set, closures, censored wedges and survival by time since opening, with totals.

    Raises
    ------
    InputError
        When the width or the burn-in is out of range.

    Notes
    -----
    A wedge j–i–k is at risk from max(t_ij, t_ik) on; it closes at t_jk and is censored at the end
    of coverage. Where t_jk ≤ max(t_ij, t_ik) it was never at risk; equal times are no exception.
    Every pair of ties that share a person is in `wedges` or in `excluded`. Without any wedge the
    status is `empty` and the estimates are NaN. One new tie closes several wedges: for inference,
    cluster on the pair j, k.

    References
    ----------
    Kaplan & Meier 1958. https://doi.org/10.1080/01621459.1958.10501452

    Examples
    --------
    >>> from supportnet.network import DAY_US, ties_from_pairs
    >>> days = [0, 2, 5, 10]
    >>> ties = ties_from_pairs(
    ...     [(0, 1), (0, 2), (0, 3), (1, 2)],
    ...     times_us=[day * DAY_US for day in days],
    ...     end_us=30 * DAY_US,
    ... )
    >>> curve = closure_curve(ties, burn_in_us=0)
    >>> curve.wedges, curve.closed, round(curve.closed_by(25 * DAY_US), 4)
    (3, 1, 0.3333)
    >>> round(curve.hazard_per_day, 5)
    0.01724
    """
    entry = entry_time(ties.start_us, burn_in_us)
    if width_us is None:
        return _exact_curves(ties, np.zeros((len(ties), 2), np.int64), 1, entry)[0]
    bins = bins_for(ties.end_us - ties.start_us, width_us)
    found = closures_by_bin(
        ties.graph(), (ties.lo, ties.hi), ties.birth_us, entry=entry, width=width_us, bins=bins
    )
    rest = follow_up(found, entry=entry, end=ties.end_us, width=width_us)
    return grid_curve(
        found.events,
        rest.censored,
        width_us,
        closing_ties=rest.closing_ties,
        wedge_us=rest.wedge_us,
        longest_open=rest.longest_open,
        excluded={"burn_in": rest.late, "never_at_risk": rest.blocked},
        censored_by={"coverage_end": rest.still_open},
    )


def stratified_closure(
    ties: Ties,
    labels: Sequence[Hashable] | np.ndarray,
    *,
    of: Literal["centre", "tie"] = "centre",
    burn_in_us: int = BURN_IN_US,
) -> dict[Hashable, ClosureCurve]:
    """Estimate time to closure separately by the person in the middle or by the opening tie.

    Parameters
    ----------
    ties
        The network.
    labels
        With `of="centre"` one label for each of `ties.people`; with `of="tie"` one for each tie, in
        order of birth.
    of
        Whether a wedge belongs to the stratum of its centre or of the tie that opened it.
    burn_in_us
        See :func:`closure_curve`.

    Returns
    -------
    dict
        Label → exact :class:`ClosureCurve`, labels ascending. Wedges, closures and exclusions of
        all strata add up to those of :func:`closure_curve`.

    Raises
    ------
    InputError
        When there are not as many labels as persons or ties.

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> star = ties_from_pairs([(0, 1), (0, 2), (2, 3), (1, 2)], end_us=9)
    >>> curves = stratified_closure(star, ["club", "pub", "pub", "pub"], burn_in_us=0)
    >>> {label: (curve.wedges, curve.closed) for label, curve in curves.items()}
    {'club': (1, 1), 'pub': (2, 0)}
    """
    choose(of, ("centre", "tie"), "of")
    given = np.asarray(labels)
    size = ties.people.size if of == "centre" else len(ties)
    if given.shape != (size,):
        msg = f"labels must be {size}, one for each; found {given.size}; pass them in order."
        raise InputError(msg)
    names, code = np.unique(given, return_inverse=True)
    if of == "centre":
        stratum = np.column_stack([code[ties.lo], code[ties.hi]])
    else:
        stratum = np.column_stack([code, code])
    entry = entry_time(ties.start_us, burn_in_us)
    curves = _exact_curves(ties, stratum.astype(np.int64), names.size, entry)
    return dict(zip(names.tolist(), curves, strict=True))


def _exact_curves(ties: Ties, stratum: Int64, strata: int, entry: int) -> list[ClosureCurve]:
    """Build one exact curve for each stratum of (opening tie, end at which the centre is)."""
    found = closing_list(ties.graph(), ties.lo, ties.hi, ties.birth_us)
    blocked, opened, closed = _wedges_by_end(ties, found)
    inside = ties.birth_us >= entry
    counted = ~found.tied & inside[found.opener]
    waits = (ties.birth_us[found.closer] - ties.birth_us[found.opener])[counted]
    still_open = np.where(inside[:, None], opened - closed, 0).ravel()
    left = np.repeat(ties.end_us - ties.birth_us, 2)
    late = np.where(inside[:, None], 0, opened).ravel()
    # Sorted by stratum, so that thousands of strata cost no more than one.
    ends, end_bounds = _by_stratum(stratum.ravel(), strata)
    home = stratum[found.opener, found.open_end][counted]
    closures, closure_bounds = _by_stratum(home, strata)
    closer = found.closer[counted]
    curves = []
    for code in range(strata):
        ours = ends[end_bounds[code] : end_bounds[code + 1]]
        mine = closures[closure_bounds[code] : closure_bounds[code + 1]]
        curves.append(
            _exact_curve(
                waits[mine],
                left[ours],
                still_open[ours],
                closers=closer[mine],
                excluded={
                    "burn_in": int(late[ours].sum()),
                    "never_at_risk": int(blocked.ravel()[ours].sum()),
                },
            )
        )
    return curves


def _by_stratum(stratum: Int64, strata: int) -> tuple[Int64, Int64]:
    """Return rows in order of stratum, and where each stratum begins."""
    order = np.argsort(stratum, kind="stable")
    return order, np.searchsorted(stratum[order], np.arange(strata + 1))


def _wedges_by_end(ties: Ties, found: ClosingList) -> tuple[Int64, Int64, Int64]:
    """Return blocked, opened and later closed wedges by (opening tie, end at which the centre is).

    A tie that shuts a triangle would have opened a wedge at each of its ends; a wedge born shut in
    one instant is blocked at its own centre.
    """
    shape = (len(ties), 2)

    def tally(rows: Bools) -> Int64:
        """Count triangles by opening tie and end."""
        flat = found.opener[rows].astype(np.int64) * 2 + found.open_end[rows]
        return np.bincount(flat, minlength=2 * len(ties)).reshape(shape)

    shut = np.bincount(found.closer, minlength=len(ties))
    blocked = shut[:, None] + tally(found.tied)
    degrees = np.column_stack(degrees_at_birth(ties.lo, ties.hi, ties.people.size))
    return blocked, degrees - blocked, tally(~found.tied)


def _exact_curve(
    waits: Int64, left: Int64, still_open: Int64, *, closers: Int32, excluded: dict[str, int]
) -> ClosureCurve:
    """Build the curve from times to closure and from numbers of wedges followed for `left`."""
    kept = still_open > 0
    left, still_open = left[kept], still_open[kept]
    times, counts = np.unique(waits, return_counts=True)
    times, events = np.insert(times, 0, 0), np.insert(counts, 0, 0)
    # A wedge last seen open between two closures belongs to the row of the earlier one.
    row = np.searchsorted(times, left, side="right") - 1
    censored = np.rint(np.bincount(row, weights=still_open, minlength=times.size)).astype(np.int64)
    at_risk = remaining(events + censored)
    wedges, open_wedges = int(at_risk[0]), int(still_open.sum())
    return ClosureCurve(
        time_us=times.astype(np.int64), at_risk=at_risk, events=events.astype(np.int64),
        censored=censored, survival=survival_of(at_risk, events), wedges=wedges,
        closed=int(events.sum()), closing_ties=int(np.unique(closers).size),
        wedge_us=float(waits.sum(dtype=np.float64)) + product(left, still_open),
        follow_up_us=max(int(waits.max(initial=0)), int(left.max(initial=0))),
        excluded=excluded, censored_by={"coverage_end": open_wedges},
        status="ok" if wedges else "empty",
    )  # fmt: skip
