"""How often pairs become tied when they have a contact or a focus in common, and when not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from supportnet.errors import InputError
from supportnet.kernels.at_risk import Members, have_met, time_at_risk
from supportnet.kernels.dtypes import Bools, Float64, Int8, Int64
from supportnet.kernels.order import dense_ids
from supportnet.network.arrays import Ties

__all__ = ["STATES", "TieRates", "met_before", "tie_rates"]

#: What a pair has in common, in the order of the columns of :class:`TieRates`.
STATES = ("neither", "contact", "focus", "both")


@dataclass(frozen=True, slots=True)
class TieRates:
    """New ties and the time pairs were at risk of one.

    Attributes
    ----------
    ties, time
        By (stratum, state of :data:`STATES`): new ties, and pair-time in the unit asked for.
    person_ties, person_time
        The same by (person, state), over the pairs of each person.
    late
        Ties born before their pair was at risk: in the burn-in, or with the first appearance of
        one of the two.
    """

    ties: Int64
    time: Float64
    person_ties: Int64
    person_time: Float64
    late: int


def tie_rates(
    ties: Ties,
    *,
    entry_us: int,
    unit_us: int,
    seen_us: Int64 | None = None,
    members: pd.DataFrame | None = None,
    step_us: int | None = None,
    band: Int8 | None = None,
    stratum: Int64 | None = None,
) -> TieRates:
    """Sum new ties and the time pairs were at risk of one.

    Parameters
    ----------
    ties
        The network.
    entry_us
        No pair is at risk before it, µs UTC.
    unit_us
        The unit of pair-time, µs.
    seen_us
        Since when each of `ties.people` is at risk, µs UTC; since `entry_us` by default.
    members
        Columns `focus`, `person_id`, `since_us` (µs UTC): who takes part in which focus.
    step_us
        Count in whole steps of this length: a pair is in the state in which it began the step. None
        counts to the microsecond.
    band, stratum
        Class of each person (from 0), and the stratum of each pair of classes (a symmetric table).

    Returns
    -------
    TieRates
        With steps, pair-time is in steps, and the last, incomplete step is left out.

    Raises
    ------
    InputError
        When a step or unit is not positive.

    Notes
    -----
    A pair has a common contact from max(t_ij, t_ik) for the first i, and a focus in common from the
    time both take part. A tie counts where the pair's state was before its birth. Pairs with
    nothing in common are counted without being listed: time O(Σ degree² + Σ size of focus²), memory
    O(n + m).

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> ties = ties_from_pairs([(0, 1), (1, 2), (0, 2)], times_us=[0, 4, 6], end_us=10)
    >>> rates = tie_rates(ties, entry_us=0, unit_us=1)
    >>> rates.ties.tolist(), rates.time.tolist(), rates.late
    ([[1, 1, 0, 0]], [[8.0, 2.0, 0.0, 0.0]], 1)
    """
    for what, length in (("unit_us", unit_us), ("step_us", 1 if step_us is None else step_us)):
        if length < 1:
            msg = f"{what} must be at least 1; found {length}; pass a duration in µs."
            raise InputError(msg)
    n = ties.people.size
    seen = np.full(n, entry_us, np.int64) if seen_us is None else np.maximum(seen_us, entry_us)
    classes = np.zeros(n, np.int8) if band is None else band
    table = np.zeros((1, 1), np.int64) if stratum is None else stratum
    since = np.empty(0, np.int64) if members is None else members["since_us"].to_numpy(np.int64)
    birth, stop, unit = ties.birth_us, ties.end_us, float(unit_us)
    if step_us is not None:
        # State s counts in the steps that begin after it came about; a tie ends with its own step.
        birth, since = (_step_after(moments, entry_us, step_us) for moments in (birth, since))
        seen = -((entry_us - seen) // step_us)
        stop, unit = max(0, (stop - entry_us) // step_us), 1.0
    found = time_at_risk(
        ties.adjacency(), birth, seen, _members(members, since, ties.people),
        stop=stop, unit=unit, band=classes, stratum=table,
    )  # fmt: skip
    whole, of_person = _everybody(seen, stop, classes, table)
    found.time[:, 0] += whole / unit
    found.person_time[:, 0] += of_person / unit
    return TieRates(found.ties, found.time, found.person_ties, found.person_time, found.late)


def met_before(ties: Ties, members: pd.DataFrame) -> Bools:
    """Tell for each tie whether both took part in one focus by the time it was born.

    Parameters
    ----------
    ties
        The network.
    members
        Columns `focus`, `person_id`, `since_us` (µs UTC).

    Returns
    -------
    numpy.ndarray
        One flag for each tie, in order of birth; the instant of birth itself counts.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.network import ties_from_pairs
    >>> ties = ties_from_pairs([(0, 1), (1, 2)], times_us=[5, 6], end_us=9)
    >>> club = pd.DataFrame({"focus": 0, "person_id": [0, 1, 2], "since_us": [1, 5, 7]})
    >>> met_before(ties, club).tolist()
    [True, False]
    """
    since = members["since_us"].to_numpy(dtype=np.int64)
    return have_met(ties.lo, ties.hi, ties.birth_us, _members(members, since, ties.people))


def _step_after(moments: Int64, entry_us: int, step_us: int) -> Int64:
    """Return the first step that begins after each moment."""
    return np.asarray((moments - entry_us) // step_us + 1, np.int64)


def _members(members: pd.DataFrame | None, since: Int64, people: Int64) -> Members:
    """Return participation both ways in compressed rows, among the persons of the network."""
    if members is None or people.size == 0:
        none = np.empty(0, np.int32), np.empty(0, np.int64)
        return Members(np.zeros(people.size + 1, np.int64), *none, np.zeros(1, np.int64), *none)
    person = members["person_id"].to_numpy(dtype=np.int64)
    known = np.isin(person, people)
    row = dense_ids(person[known], people)
    focus = np.unique(members["focus"].to_numpy()[known], return_inverse=True)[1].astype(np.int32)
    since = since[known]
    foci = int(focus.max(initial=-1)) + 1
    by_person, by_focus = np.lexsort((focus, row)), np.argsort(focus, kind="stable")
    return Members(
        _pointers(row, people.size), focus[by_person], since[by_person],
        _pointers(focus, foci), row[by_focus], since[by_focus],
    )  # fmt: skip


def _pointers(rows: np.ndarray, n: int) -> Int64:
    """Return where each of `n` rows begins."""
    ptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=ptr[1:])
    return ptr


def _everybody(seen: Int64, stop: int, band: Int8, stratum: Int64) -> tuple[Float64, Float64]:
    """Return the time from the later appearance to `stop` over all pairs: by stratum, by person."""
    whole = np.zeros(int(stratum.max()) + 1)
    of_person = np.zeros(seen.size)
    bands = stratum.shape[0]
    left = np.maximum(stop - seen, 0)
    sorted_left = [np.sort(left[band == code]) for code in range(bands)]
    for code, rest in enumerate(sorted_left):
        # A pair lasts as long as the one of the two who was seen later.
        sums = np.concatenate([[0.0], np.cumsum(rest, dtype=np.float64)])
        shorter = np.searchsorted(rest, left)
        time = sums[shorter] + (rest.size - shorter) * left.astype(np.float64)
        time -= np.where(band == code, left, 0)  # nobody is a pair with herself
        of_person += time
        for other in range(bands):
            both = float(time[band == other].sum()) / 2
            whole[stratum[code, other]] += both
    return whole, of_person
