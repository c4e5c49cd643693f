"""Waits counted in the hours in which the responder tends to be active.

Clock time mixes willingness with sleep. Each hour of the week counts with the responder's own
activity in it, so that a night costs little and a working hour much; over a week the weights
average 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np

from supportnet.dataset import Dataset, collect
from supportnet.interactions import EVENT_KINDS
from supportnet.kernels.dtypes import Bools, Float64, Int64
from supportnet.turns.form import Turns
from supportnet.turns.rules import HOUR_US

__all__ = ["LEAST_EVENTS", "active_hours", "active_latency", "activity_profile"]

WEEK = 168
# Below this many other messages a person's own week is too uncertain to weigh with.
LEAST_EVENTS = 200
_FLOOR = 0.05
_PAIRS_AT_ONCE = 8192
# Keeps times before 1970 above zero, so that integer division rounds the same way in every engine.
_WEEKS_AHEAD_US = 10_000 * WEEK * HOUR_US


def activity_profile(counts: Float64, *, smooth: bool = True, floor: float = _FLOOR) -> Float64:
    """Turn counts by hour of the week into weights that average 1.

    Parameters
    ----------
    counts
        Messages in each of 168 hours; more rows for more profiles.
    smooth
        Whether to spread each hour over itself (half) and its two neighbours (a quarter each),
        around the end of the week.
    floor
        Least weight, as a share of the mean: an answer at an unusual hour is not impossible.

    Returns
    -------
    numpy.ndarray
        Weights > 0 (≥ 0 with `floor` 0), of the shape of `counts`; all 1 without any message.

    Examples
    --------
    >>> day = np.zeros(24)
    >>> day[8:] = 10
    >>> float(activity_profile(np.tile(day, 7), smooth=False, floor=0).max())
    1.5
    """
    spread = counts.astype(np.float64)
    if smooth:
        spread = (spread * 2 + np.roll(spread, 1, -1) + np.roll(spread, -1, -1)) / 4
    mean = spread.mean(axis=-1, keepdims=True)
    share = np.divide(spread, mean, out=np.ones_like(spread), where=mean > 0)
    raised = np.maximum(share, floor)
    result: Float64 = raised / raised.mean(axis=-1, keepdims=True)
    return result


def active_hours(start_us: Int64, stop_us: Int64, profiles: Float64, which: Int64) -> Float64:
    """Count the hours between two moments, each weighted by a profile.

    Parameters
    ----------
    start_us, stop_us
        Moments, µs UTC, start ≤ stop.
    profiles
        One row of 168 weights per profile; hour 0 begins with 1970-01-01 (a Thursday), UTC.
    which
        The row that counts, one entry per wait.

    Returns
    -------
    numpy.ndarray
        Active hours ≥ 0.

    Notes
    -----
    t* = ∫ρ(u) du from start to stop, ρ constant within an hour.

    Examples
    --------
    >>> day = np.where(np.arange(24) < 8, 0.0, 1.5)
    >>> evening, morning = np.array([22 * HOUR_US]), np.array([33 * HOUR_US])
    >>> active_hours(evening, morning, np.tile(day, 7)[None, :], np.array([0])).tolist()
    [4.5]
    """
    before = np.zeros((profiles.shape[0], WEEK + 1))
    np.cumsum(profiles, axis=1, out=before[:, 1:])
    # Weeks are counted from the week of the start: large sums would cost digits.
    week = start_us // (WEEK * HOUR_US)
    parts = []
    for moment in (start_us, stop_us):
        since = moment - week * (WEEK * HOUR_US)
        weeks, rest = np.divmod(since, WEEK * HOUR_US)
        hour, part = np.divmod(rest, HOUR_US)
        inside = before[which, hour] + profiles[which, hour] * (part / HOUR_US)
        parts.append(weeks * before[which, WEEK] + inside)
    result: Float64 = np.maximum(parts[1] - parts[0], 0.0)
    return result


@dataclass(frozen=True)
class _Weeks:
    """Messages of the community by hour of the week.

    Attributes
    ----------
    row_of
        Row of each person in `own`, -1 for those with too few messages.
    own
        Counts of each person with enough messages.
    everybody
        Counts of all.
    """

    row_of: Int64
    own: Float64
    everybody: Float64


def _weeks(dataset: Dataset, n_people: int) -> _Weeks:
    """Count what everybody but bots wrote, in every layer, by hour of the week."""
    hour = ((nw.col("t_us") + _WEEKS_AHEAD_US) // HOUR_US) % WEEK
    written = dataset.table("messages").filter(
        nw.col("kind").is_in(EVENT_KINDS), ~nw.col("author_id").is_in([-1, *dataset.outsiders])
    )
    counts = collect(
        written.select("author_id", hour=hour.cast(nw.Int64))
        .group_by("author_id", "hour")
        .agg(n=nw.len().cast(nw.Int64))
    )
    author, n = counts["author_id"].to_numpy(np.int64), counts["n"].to_numpy(np.float64)
    at = counts["hour"].to_numpy(np.int64)
    everybody = np.bincount(at, weights=n, minlength=WEEK).astype(np.float64)
    size = max(n_people, int(author.max(initial=-1)) + 1)
    enough = np.bincount(author, weights=n, minlength=size) >= LEAST_EVENTS
    row_of = np.where(enough, np.cumsum(enough) - 1, -1)
    own = np.zeros((int(enough.sum()), WEEK))
    kept = enough[author]
    own[row_of[author[kept]], at[kept]] = n[kept]
    return _Weeks(row_of, own, everybody)


def active_latency(dataset: Dataset, turns: Turns) -> tuple[Float64, Bools]:
    """Return each turn's wait in the responder's active hours.

    Parameters
    ----------
    dataset
        The community's tables; all layers tell when a person is active.
    turns
        The turns, formed and censored on the clock.

    Returns
    -------
    hours
        Active hours until the answer or until censoring, ≥ 0.
    own
        Whether the responder's own profile counted; else it is the dataset's.

    Notes
    -----
    The profile of a responder leaves out what it wrote in the pair in question: an answer must not
    count towards the hours it is measured in. With fewer than 200 other messages the profile of the
    whole dataset stands in.

    References
    ----------
    Jo, Karsai, Kertész & Kaski 2012, doi:10.1088/1367-2630/14/1/013055.
    """
    messages = turns.messages
    weeks = _weeks(dataset, int(messages.hi.max(initial=-1)) + 1)
    common = activity_profile(weeks.everybody)[None, :]
    start, stop = turns.due_us, turns.stop_us
    hours = active_hours(start, stop, common, np.zeros(len(turns), np.int64))
    own = np.zeros(len(turns), np.bool_)
    candidate = weeks.row_of[turns.other] >= 0
    bounds = np.searchsorted(turns.pair, np.arange(len(messages) + 1))
    for low in range(0, len(messages), _PAIRS_AT_ONCE):
        high = min(low + _PAIRS_AT_ONCE, len(messages))
        rows = np.arange(bounds[low], bounds[high])
        rows = rows[candidate[rows]]
        if rows.size == 0:
            continue
        direction, which = np.unique(turns.direction[rows], return_inverse=True)
        counts = _without_pair(turns, weeks, direction, low, high)
        enough = counts.sum(axis=1) >= LEAST_EVENTS
        rows, which = rows[enough[which]], which[enough[which]]
        hours[rows] = active_hours(start[rows], stop[rows], activity_profile(counts), which)
        own[rows] = True
    return hours, own


def _without_pair(turns: Turns, weeks: _Weeks, direction: Int64, low: int, high: int) -> Float64:
    """Return what each responder wrote by hour of the week, less what it wrote in the pair."""
    messages = turns.messages
    rows = slice(int(messages.starts[low]), int(messages.starts[high]))
    hour = messages.times[rows] // HOUR_US % WEEK
    lengths = np.diff(messages.starts[low : high + 1])
    side = np.repeat(np.arange(high - low) * 2, lengths) + ~messages.forward[rows]
    within = np.bincount(side * WEEK + hour, minlength=2 * (high - low) * WEEK)
    within = within.reshape(-1, WEEK)
    up = direction % 2 == 0
    responder = np.where(up, messages.hi[direction // 2], messages.lo[direction // 2])
    # The responder of direction 2p is hi, whose own messages are counted under 2p + 1.
    answers = np.where(up, direction + 1, direction - 1) - 2 * low
    rest: Float64 = np.maximum(weeks.own[weeks.row_of[responder]] - within[answers], 0.0)
    return rest
