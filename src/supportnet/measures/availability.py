"""Whether a person has at least two others to turn to, day after day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.coverage import span
from supportnet.kernels.dtypes import Int64
from supportnet.turns import HOUR_US, PairMessages, cover_people, pair_messages, parse_duration_us
from supportnet.units import check_level, finish

__all__ = ["availability"]

_DAY_US = 24 * HOUR_US
_ENOUGH = 2


def availability(
    community: Community, *, level: str = "person", window: str = "28D"
) -> pd.DataFrame:
    """Compute the share of days on which a person had two or more others in private exchange.

    Parameters
    ----------
    community
        The community.
    level
        `person`.
    window
        How many days back an exchange counts, in whole days.

    Returns
    -------
    pandas.DataFrame
        `person_id`, `value` (share 0–1 of days), `n` (days), `status`. Persons with any private
        one-to-one message.

    Raises
    ------
    InputError
        For another level, or a window that is none.

    Notes
    -----
    On a day an alter counts when the pair had a private message each way in the window that ends
    with that day; the person is available to support when two or more count. Days are stretches of
    24 h from the start of the measured window; those whose window reaches back before it are left
    out. With less than one whole window of coverage the value is NaN, `not_identified`, as it is
    for a person who gave no archive: what it exchanged with others was not observed. The index is
    this package's own: no earlier definition is claimed.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("abaca"), "recipient": list("bacab"),
    ...                      "time": [0, 1, 2, 86_400 * 30, 86_400 * 40]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> availability(c, window="40D")[["person_id", "value", "n"]]
       person_id  value  n
    0          0    1.0  1
    1          1    0.0  1
    2          2    0.0  1
    """
    check_level(level, ("person",))
    days = max(parse_duration_us(window, "window") // _DAY_US, 1)
    messages = pair_messages(community.dataset, community.interactions(lazy=True), "private")
    people = np.unique(np.concatenate((messages.lo, messages.hi)))
    identified, start_us, end_us = cover_people(community.dataset, people, "private")
    origin = span(community.dataset).start_us or 0
    # First and one past the last day whose whole window was observed.
    first = -((origin - start_us) // _DAY_US) + days - 1
    final = (end_us - origin) // _DAY_US
    counted = np.where(identified, np.maximum(final - first, 0), 0)
    person, start, stop = _spells(messages, origin, days)
    person = np.searchsorted(people, person)
    start, stop = np.maximum(start, first[person]), np.minimum(stop, final[person])
    kept = start < stop
    good = _days_with_enough(person[kept], start[kept], stop[kept], people.size)
    table = pd.DataFrame(
        {
            "person_id": people,
            "value": good / np.maximum(counted, 1),
            "n": counted,
            "status": np.where(counted > 0, "ok", "not_identified").astype(object),
        }
    )
    return finish(table, "person")


def _spells(messages: PairMessages, origin: int, days: int) -> tuple[Int64, Int64, Int64]:
    """Return when each person was in exchange with each other, as half-open stretches of days."""
    day = (messages.times - origin) // _DAY_US
    pair = messages.pair.astype(np.int64)
    kept = messages.identified[pair] if pair.size else np.zeros(0, np.bool_)
    ways = (messages.forward & kept, ~messages.forward & kept)
    sides = [_reach(pair[way], day[way], days) for way in ways]
    # Both directions reach a day where the sum of the two step functions is 2.
    at_pair = np.concatenate([np.concatenate((p, p)) for p, _, _ in sides])
    at_day = np.concatenate([np.concatenate((a, b)) for _, a, b in sides])
    step = np.concatenate([np.repeat([1, -1], p.size) for p, _, _ in sides])
    order = np.lexsort((step, at_day, at_pair))
    at_pair, at_day, level = at_pair[order], at_day[order], np.cumsum(step[order])
    both = np.flatnonzero(level[:-1] == 2) if level.size else np.zeros(0, np.int64)
    pairs, starts, stops = at_pair[both], at_day[both], at_day[both + 1]
    person = np.concatenate((messages.lo[pairs], messages.hi[pairs])).astype(np.int64)
    return person, np.tile(starts, 2), np.tile(stops, 2)


def _reach(pair: Int64, day: Int64, days: int) -> tuple[Int64, Int64, Int64]:
    """Return the stretches of days that messages of one direction reach, merged per pair."""
    fresh = np.ones(pair.size, np.bool_)
    fresh[1:] = (pair[1:] != pair[:-1]) | (day[1:] > day[:-1] + days)
    begins = np.flatnonzero(fresh)
    ends = np.append(begins[1:], pair.size)[: begins.size] - 1
    return pair[begins], day[begins], day[ends] + days


def _days_with_enough(person: Int64, start: Int64, stop: Int64, n: int) -> Int64:
    """Count the days on which each person is covered by two stretches or more."""
    who = np.concatenate((person, person))
    at = np.concatenate((start, stop))
    step = np.repeat([1, -1], person.size)
    order = np.lexsort((step, at, who))
    who, at, level = who[order], at[order], np.cumsum(step[order])
    length = np.diff(at, append=at[-1:])
    enough = level >= _ENOUGH
    return np.bincount(who[enough], length[enough], n).astype(np.int64)
