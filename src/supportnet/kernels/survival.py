"""Survival summaries of very many small groups of waits, one group after the other.

Most directions of a community hold a handful of turns. Sorting each group by itself and walking its
steps once costs a tenth of sorting all waits together and scanning the whole.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from supportnet.kernels.dtypes import Bools, Float64, Int32, Int64
from supportnet.kernels.jit import kernel
from supportnet.kernels.split import even_bounds, run_parts

__all__ = ["group_rows", "incidence_of_groups", "survival_of_groups"]

Summaries: TypeAlias = tuple[Float64, Float64, Float64, Float64, Float64, Bools, Bools, Int64]

#: Up to this many waits a group is sorted by insertion, which then beats every clever sort.
_FEW = 24


@kernel
def group_rows(codes: Int64, n: int) -> tuple[Int64, Int32]:
    """Return where each of `n` groups begins among the rows sorted by group, and these rows."""
    starts = np.zeros(n + 1, np.int64)
    for i in range(codes.size):
        starts[codes[i] + 1] += 1
    for g in range(n):
        starts[g + 1] += starts[g]
    free = starts[:-1].copy()
    rows = np.empty(codes.size, np.int32)
    for i in range(codes.size):
        rows[free[codes[i]]] = i
        free[codes[i]] += 1
    return starts, rows


@kernel
def _sort_group(rows: Int32, times: Float64) -> None:
    """Sort the rows of one group by time, in place."""
    if rows.size > _FEW:
        rows[:] = rows[np.argsort(times[rows])]
        return
    for i in range(1, rows.size):
        row = rows[i]
        at = i
        while at > 0 and times[rows[at - 1]] > times[row]:
            rows[at] = rows[at - 1]
            at -= 1
        rows[at] = row


@kernel
def _area(
    when: Float64, level: Float64, noise: Float64, steps: int, tau: float
) -> tuple[float, float]:
    """Return the area under the steps of a curve up to `tau`, and its variance."""
    # From the end back: the area still ahead of each step weighs its noise.
    ahead, variance = 0.0, 0.0
    for k in range(steps - 1, -1, -1):
        if k < steps - 1:
            ahead += level[k] * (min(when[k + 1], tau) - min(when[k], tau))
        variance += ahead * ahead * noise[k]
    return min(when[0], tau) + ahead, variance


@kernel
def _survival_rows(
    starts: Int64,
    rows: Int32,
    times: Float64,
    seen: Bools,
    tau: float,
    at: Float64,
    tolerance: float,
    half: float,
    median: Float64,
    mean: Float64,
    se: Float64,
    area: Float64,
    survival: Float64,
    identified: Bools,
    known: Bools,
    ended: Int64,
) -> None:
    """Fill in the summaries of some groups: see :func:`survival_of_groups`."""
    n = starts.size - 1
    median[:], mean[:], se[:], area[:] = np.nan, np.nan, np.nan, np.nan
    survival[:] = np.nan
    identified[:], known[:], ended[:] = False, False, 0
    most = 0
    for g in range(n):
        most = max(most, starts[g + 1] - starts[g])
    when, level, noise = np.empty(most), np.empty(most), np.empty(most)
    for g in range(n):
        own = rows[starts[g] : starts[g + 1]]
        if own.size == 0:
            continue
        _sort_group(own, times)
        steps, s, k = 0, 1.0, 0
        while k < own.size:
            risk, events, t = own.size - k, 0, times[own[k]]
            while k < own.size and times[own[k]] == t:
                events += seen[own[k]]
                k += 1
            ended[g] += events
            s *= 1.0 - events / risk
            left = risk - events
            when[steps], level[steps] = t, s
            noise[steps] = events / (risk * left) if left > 0 else 0.0
            if not known[g] and s <= half:
                known[g], median[g] = True, t
            steps += 1
        last = when[steps - 1]
        identified[g] = s == 0.0 or last >= tau - tolerance
        if mean.size > 0:
            area[g], variance = _area(when, level, noise, steps, tau)
            if identified[g]:
                mean[g], se[g] = area[g], np.sqrt(variance)
        for j in range(at.size):
            if s > 0.0 and at[j] > last + tolerance:
                continue
            passed = 0
            while passed < steps and when[passed] <= at[j]:
                passed += 1
            survival[g, j] = level[passed - 1] if passed > 0 else 1.0


def survival_of_groups(
    starts: Int64,
    rows: Int32,
    times: Float64,
    seen: Bools,
    tau: float,
    at: Float64,
    tolerance: float,
    half: float,
    *,
    with_means: bool = True,
) -> Summaries:
    """Return Kaplan–Meier summaries of each group that has waits; NaN elsewhere.

    Parameters
    ----------
    starts, rows
        Groups as :func:`group_rows` gives them; `rows` is put in order of time.
    times, seen
        Each wait, and whether it ended in the event.
    tau
        Restriction of the mean.
    at
        Times at which S is read.
    tolerance
        How far two times may differ and still agree.
    half
        The level of S that the median has reached, .5 and a hair.
    with_means
        Whether mean, standard error and area are wanted; else they come empty.

    Returns
    -------
    median, mean, se, area, survival, identified, known, ended
        Median; restricted mean and its standard error (NaN where not `identified`); area up to
        min(tau, last follow-up); S at each of `at` (NaN beyond the follow-up while S > 0); whether
        the mean and the median are defined; how many waits ended in the event.
    """
    n = starts.size - 1
    median = np.empty(n)
    mean, se, area = (np.empty(n if with_means else 0) for _ in range(3))
    survival = np.empty((n, at.size))
    identified, known = np.empty(n, np.bool_), np.empty(n, np.bool_)
    ended = np.empty(n, np.int64)

    def fill(first: int, last: int) -> None:
        own = slice(first, last)
        _survival_rows(
            starts[first : last + 1],
            rows,
            times,
            seen,
            tau,
            at,
            tolerance,
            half,
            median[own],
            mean[own],
            se[own],
            area[own],
            survival[own],
            identified[own],
            known[own],
            ended[own],
        )

    run_parts(fill, even_bounds(starts))
    return median, mean, se, area, survival, identified, known, ended


@kernel
def incidence_of_groups(
    starts: Int64,
    rows: Int32,
    times: Float64,
    causes: Int64,
    cause: int,
    at: Float64,
    tolerance: float,
) -> Float64:
    """Return the cumulative incidence of one cause at each of `at` (Aalen–Johansen).

    Parameters
    ----------
    starts, rows, times, at, tolerance
        As in :func:`survival_of_groups`.
    causes
        0 where a wait was censored, else what ended it.
    cause
        The cause asked for.

    Returns
    -------
    numpy.ndarray
        One row per group; NaN without waits and beyond a follow-up with some still waiting.
    """
    n = starts.size - 1
    out = np.full((n, at.size), np.nan)
    reached = np.empty(at.size)
    for g in range(n):
        own = rows[starts[g] : starts[g + 1]]
        if own.size == 0:
            continue
        _sort_group(own, times)
        reached[:] = 0.0
        s, total, k, t = 1.0, 0.0, 0, 0.0
        while k < own.size:
            risk, ended, asked = own.size - k, 0, 0
            t = times[own[k]]
            while k < own.size and times[own[k]] == t:
                ended += causes[own[k]] > 0
                asked += causes[own[k]] == cause
                k += 1
            total += s * asked / risk
            s *= 1.0 - ended / risk
            for j in range(at.size):
                if t <= at[j]:
                    reached[j] = total
        for j in range(at.size):
            if s == 0.0 or at[j] <= t + tolerance:
                out[g, j] = reached[j]
    return out
