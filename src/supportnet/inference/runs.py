"""Steps of many survival curves at once: sorted runs and scans that never mix two runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from supportnet.inference.checks import BoolArray, FloatArray, IntArray
from supportnet.inference.survival import TIME_TOLERANCE

__all__ = ["Steps", "make_steps", "scan", "step_value"]


@dataclass(frozen=True)
class Steps:
    """Hold the distinct (group, time) steps in order, with what happened at each.

    Parameters
    ----------
    time, at_risk, survival
        Time of each step, number at risk just before it, S just after it.
    events, of_cause
        Spells ended by any cause, and by the cause asked for.
    rank
        Position of the step within its group.
    first, last
        First and last step of each group that has any.
    code
        Code of each such group.

    Examples
    --------
    >>> both = np.array([True, True])
    >>> make_steps(np.array([0, 0]), np.array([1.0, 2.0]), both, both).survival.tolist()
    [0.5, 0.0]
    """

    time: FloatArray
    events: FloatArray
    of_cause: FloatArray
    at_risk: FloatArray
    survival: FloatArray
    rank: IntArray
    first: IntArray
    last: IntArray
    code: IntArray


def make_steps(code: IntArray, when: FloatArray, ended: BoolArray, asked: BoolArray) -> Steps:
    """Sort by (group, time), merge equal times, and run the product limit inside each group.

    Parameters
    ----------
    code, when
        Group code and duration of each spell.
    ended, asked
        Whether it ended at all, and in the cause asked for.

    Returns
    -------
    Steps
        Empty arrays for no spells.

    Examples
    --------
    >>> seen = np.array([True, False, True])
    >>> make_steps(np.array([1, 0, 1]), np.array([2.0, 5.0, 2.0]), seen, seen).at_risk.tolist()
    [1.0, 2.0]
    """
    order = np.lexsort((when, code))
    code, when, ended, asked = code[order], when[order], ended[order], asked[order]
    new_group = np.ones(code.size, dtype=bool)
    new_group[1:] = code[1:] != code[:-1]
    new_step = new_group.copy()
    new_step[1:] |= when[1:] != when[:-1]
    start = np.flatnonzero(new_step)
    first = np.flatnonzero(new_group[start])
    last = np.append(first[1:], start.size)[: first.size] - 1
    lengths = last - first + 1
    ends = np.repeat(np.append(start[first][1:], code.size)[: first.size], lengths)
    rank = np.arange(start.size) - np.repeat(first, lengths)
    at_risk = (ends - start).astype(np.float64)
    events, of_cause = (
        np.add.reduceat(x.astype(np.float64), start) if start.size else np.empty(0)
        for x in (ended, asked)
    )
    survival = scan(np.multiply, 1.0 - events / at_risk, rank)
    return Steps(
        when[start], events, of_cause, at_risk, survival, rank, first, last, code[start][first]
    )


def scan(combine: np.ufunc, values: FloatArray, rank: IntArray) -> FloatArray:
    """Accumulate inside runs: entry k combines entries 0..k of its run.

    Parameters
    ----------
    combine
        An associative ufunc such as `numpy.add`.
    values
        Entries of all runs, one after the other.
    rank
        Position of each entry within its run.

    Returns
    -------
    numpy.ndarray
        Running results.

    Notes
    -----
    Doubling passes: after pass p each entry covers 2^p entries. Runs never mix, because an entry
    only looks back where its rank says that the run is that long.

    Examples
    --------
    >>> scan(np.add, np.ones(5), np.array([0, 1, 2, 0, 1])).tolist()
    [1.0, 2.0, 3.0, 1.0, 2.0]
    """
    out = values.copy()
    reach = 1
    live = np.flatnonzero(rank >= reach)
    while live.size:
        out[live] = combine(out[live], out[live - reach])
        reach *= 2
        live = live[rank[live] >= reach]
    return out


def step_value(steps: Steps, values: FloatArray, x: float, *, start: float) -> FloatArray:
    """Read a right-continuous step function at one time, per group that has steps.

    Parameters
    ----------
    steps
        The steps.
    values
        Value of the function from each step on.
    x
        The time.
    start
        Value before the first step.

    Returns
    -------
    numpy.ndarray
        One value per group in `steps.code`; NaN beyond a last follow-up with S > 0.

    Examples
    --------
    >>> seen = np.array([True, False])
    >>> steps = make_steps(np.array([0, 0]), np.array([1.0, 5.0]), seen, seen)
    >>> [step_value(steps, steps.survival, x, start=1.0).tolist() for x in (0.5, 2, 9)]
    [[1.0], [0.5], [nan]]
    """
    if not steps.first.size:
        return np.empty(0)
    passed = np.add.reduceat((steps.time <= x).astype(np.int64), steps.first)
    out = np.where(passed > 0, values[steps.first + np.maximum(passed, 1) - 1], start)
    blind = (steps.survival[steps.last] > 0) & (x > steps.time[steps.last] + TIME_TOLERANCE)
    return np.where(blind, np.nan, out)
