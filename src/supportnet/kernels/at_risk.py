"""How long pairs of persons were at risk of a tie, by what they had in common.

The walk of :mod:`supportnet.kernels.two_paths`, over common contacts and common foci. Pairs with
nothing in common are not met: their time is that of all pairs less that of the pairs met.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from supportnet.kernels.dtypes import Bools, Float64, Int8, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.orient import Adjacency
from supportnet.kernels.split import run_parts, work_bounds

__all__ = ["NEVER", "Members", "Risk", "have_met", "time_at_risk"]

#: A moment that does not come.
NEVER: Final = 2**62


class Members(NamedTuple):
    """Who is in which focus and since when, both ways in compressed rows."""

    person_ptr: Int64
    focus: Int32
    person_since: Int64
    focus_ptr: Int64
    person: Int32
    focus_since: Int64


@kernel
def _have_met(lo: Int32, hi: Int32, by: Int64, ptr: Int64, focus: Int32, since: Int64) -> Bools:
    """Tell for each tie whether both ends took part in one focus by a moment."""
    met = np.zeros(lo.size, np.bool_)
    for e in range(lo.size):
        a, b = ptr[lo[e]], ptr[hi[e]]
        while a < ptr[lo[e] + 1] and b < ptr[hi[e] + 1]:
            if focus[a] == focus[b] and max(since[a], since[b]) <= by[e]:
                met[e] = True
                break
            if focus[a] <= focus[b]:
                a += 1
            else:
                b += 1
    return met


def have_met(lo: Int32, hi: Int32, by: Int64, members: Members) -> Bools:
    """Tell for each tie whether both ends took part in one focus by a moment.

    Parameters
    ----------
    lo, hi
        The ends of each tie.
    by
        The moment of each tie.
    members
        Who is in which focus since when; foci ascending within each person.
    """
    return _have_met(lo, hi, by, members.person_ptr, members.focus, members.person_since)


class Risk(NamedTuple):
    """New ties and time at risk by (stratum, state) and by (person, state).

    States are 0 neither, 1 common contact, 2 shared focus, 3 both. Times are sums over the pairs
    the walk met: a pair that it met counts less than nothing in state 0, so that the time of all
    pairs can be added as if none had been met. `late` counts ties born before their pair was at
    risk.
    """

    ties: Int64
    time: Float64
    person_ties: Int64
    person_time: Float64
    late: int


@kernel
def _meet(
    k: int, i: int, mark: Int32, met: Int32, size: int, contact: Int64, focus: Int64, tied: Int64
) -> int:
    """Take note of a person the walk meets for the first time; return how many were met."""
    if mark[k] == i:
        return size
    mark[k] = i
    met[size] = k
    contact[k] = focus[k] = tied[k] = NEVER
    return size + 1


@kernel
def _after(col: Int32, left: int, right: int, i: int) -> int:
    """Return the first slot of a row, ascending, that holds somebody after `i`."""
    while left < right:
        middle = (left + right) // 2
        if col[middle] <= i:
            left = middle + 1
        else:
            right = middle
    return left


@kernel
def _overlap(begin: int, since: int, end: int) -> int:
    """Return how much of [begin, end) lies at or after `since`."""
    return max(0, end - max(begin, since))


@kernel
def _split(begin: int, tied: int, stop: int, contact: int, focus: int, own: Int64) -> None:
    """Split the time a pair was at risk by state, less what it adds to the time of all pairs."""
    end = min(tied, stop)
    with_contact = _overlap(begin, contact, end)
    with_focus = _overlap(begin, focus, end)
    with_both = _overlap(begin, max(contact, focus), end)
    at_risk = max(0, end - begin)
    own[0] = at_risk - with_contact - with_focus + with_both - max(0, stop - begin)
    own[1] = with_contact - with_both
    own[2] = with_focus - with_both
    own[3] = with_both


@kernel
def _risk_rows(
    ptr: Int64,
    col: Int32,
    born: Int64,
    seen: Int64,
    stop: int,
    person_ptr: Int64,
    focus_of: Int32,
    person_since: Int64,
    focus_ptr: Int64,
    person_in: Int32,
    focus_since: Int64,
    band: Int8,
    stratum: Int64,
    strata: int,
    first: int,
    last: int,
) -> tuple[Int64, Float64, Int64, Float64, int]:
    """Return the fields of :class:`Risk` over the pairs whose first person is in a range."""
    n = ptr.size - 1
    ties = np.zeros((strata, 4), np.int64)
    time = np.zeros((strata, 4))
    person_ties = np.zeros((n, 4), np.int64)
    person_time = np.zeros((n, 4))
    late = 0
    mark = np.full(n, -1, np.int32)
    met = np.empty(n, np.int32)
    contact = np.empty(n, np.int64)
    focus = np.empty(n, np.int64)
    tied = np.empty(n, np.int64)
    own = np.empty(4, np.int64)
    for i in range(first, last):
        size = 0
        for p in range(ptr[i], ptr[i + 1]):
            j = col[p]
            since = born[p]
            if j > i:
                size = _meet(j, i, mark, met, size, contact, focus, tied)
                tied[j] = since
            for q in range(_after(col, ptr[j], ptr[j + 1], i), ptr[j + 1]):
                k = col[q]
                size = _meet(k, i, mark, met, size, contact, focus, tied)
                contact[k] = min(contact[k], max(since, born[q]))
        for p in range(person_ptr[i], person_ptr[i + 1]):
            place = focus_of[p]
            for q in range(focus_ptr[place], focus_ptr[place + 1]):
                k = person_in[q]
                if k > i:
                    size = _meet(k, i, mark, met, size, contact, focus, tied)
                    focus[k] = min(focus[k], max(person_since[p], focus_since[q]))
        for k in met[:size]:
            row = stratum[band[i], band[k]]
            begin = max(seen[i], seen[k])
            _split(begin, tied[k], stop, contact[k], focus[k], own)
            for state in range(4):
                if own[state] != 0:
                    time[row, state] += own[state]
                    person_time[i, state] += own[state]
                    person_time[k, state] += own[state]
            if tied[k] <= begin:
                late += 1
            elif tied[k] <= stop:
                state = int(contact[k] < tied[k]) + 2 * int(focus[k] < tied[k])
                ties[row, state] += 1
                person_ties[i, state] += 1
                person_ties[k, state] += 1
    return ties, time, person_ties, person_time, late


def time_at_risk(
    graph: Adjacency,
    birth: Int64,
    seen: Int64,
    members: Members,
    *,
    stop: int,
    unit: float,
    band: Int8,
    stratum: Int64,
    threads: int | None = None,
) -> Risk:
    """Sum new ties and the time pairs were at risk of one, by what the pair had in common.

    Parameters
    ----------
    graph
        Rows of both ends of every tie.
    birth
        The birth of each tie.
    seen
        Since when each person is at risk.
    members
        Who is in which focus; rows may be empty.
    stop
        The end of observation.
    unit
        Times are divided by it.
    band, stratum
        The activity band of each person, and the stratum of each pair of bands.
    threads
        See :func:`supportnet.kernels.split.work_bounds`; each needs eight numbers per person.
    """
    ptr, col, tie = graph
    born = birth[tie]  # beside each slot, where the walk reads it in order
    strata = int(stratum.max()) + 1

    def part(first: int, last: int) -> tuple[Int64, Float64, Int64, Float64, int]:
        """Walk one range of persons."""
        return _risk_rows(ptr, col, born, seen, stop, *members, band, stratum, strata, first, last)

    parts = run_parts(part, work_bounds(ptr, col, threads))
    sums = [sum(fields) for fields in zip(*parts, strict=True)]
    return Risk(sums[0], sums[1] / unit, sums[2], sums[3] / unit, int(sums[4]))
