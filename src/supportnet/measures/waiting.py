"""Whether people wait for an answer before they write again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.community import Community, turn_rules
from supportnet.inference import incidence_by_group
from supportnet.interactions import Attribution
from supportnet.kernels.dtypes import Bools, Float64, Int64
from supportnet.turns import (
    HOUR_US,
    Turns,
    Units,
    form_turns,
    groups_of,
    pair_messages,
    silent_status,
    units_of,
)
from supportnet.units import KEYS, check_groups, check_level, finish, group_pairs

__all__ = ["WAITING_MEASURES", "waiting"]

LEVELS = ("direction", "tie", "person", "group")
WAITING_MEASURES = (
    "reprompt_incidence_24h",
    "reprompt_rate",
    "waiting_compliance",
    "waiting_compliance_after_1h",
    "waiting_compliance_within_horizon",
)
_REPLY, _REPROMPT = 1, 2


def waiting(
    community: Community,
    *,
    level: str = "tie",
    layer: str = "private",
    horizon: str | None = None,
    burst: str = "10min",
    groups: pd.DataFrame | None = None,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Measure whether bursts wait for an answer, or are followed by another burst of the same hand.

    Parameters
    ----------
    community
        The community.
    level
        `direction` (author_id's bursts to other_id), `tie` (both directions' bursts), `person` (all
        bursts of this person) or `group` (bursts inside it; in a friend network of the ego's ties).
    layer
        `private` or `public`.
    horizon
        How long an answer may take; 72 h in private and 168 h in public by default.
    burst
        Messages of one person at most this far apart are one burst.
    groups
        For level `group`: columns community, kind, group, person and optionally role.
    attribution
        The attribution rules; None takes the primary ones.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure`, `value`, `n`, `status`. Measures: `waiting_compliance` (share
        0–1 of bursts with a successor in the pair that were followed by the other's; `n` those
        bursts), `waiting_compliance_after_1h` and `waiting_compliance_within_horizon` (the same,
        counting only re-prompts after at least an hour, or within the horizon),
        `reprompt_incidence_24h` (probability 0–1 that a turn is re-prompted within 24 h, an answer
        being the competing event; `n` turns), `reprompt_rate` (re-prompts per hour of waiting, ≥ 0;
        `n` spells of waiting). For groups the compliances are means over the directions that have
        one; the other two pool the group's turns.

    Raises
    ------
    InputError
        For an unknown level or layer, or a duration that is none.

    Notes
    -----
    A re-prompt is a burst of i after a burst of i with nothing from j between, whatever the gap;
    Wt = waited / (waited + re-prompts). Hours of waiting run from the end of the first burst of a
    spell (bursts of i in a row) to the next message of j or the end of coverage. Fast partners
    leave no time to break the rule: compare kinds on the incidence. Without a burst that has a
    successor the compliances are NaN, `zero_denominator`; the incidence is NaN, `not_identified`,
    where follow-up ends before 24 h with some still waiting; directions of which only one side was
    observed are `not_identified`.

    References
    ----------
    Aalen & Johansen 1978, Scand. J. Statist. 5:141.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("aabab"), "recipient": list("bbaba"),
    ...                      "time": [0, 7200, 10800, 14400, 18000]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> t = waiting(c, level="direction")
    >>> t[t["measure"] == "waiting_compliance"][["author_id", "value", "n"]]
       author_id     value  n
    2          0  0.666667  3
    7          1  1.000000  1
    """
    check_level(level, LEVELS)
    frame = community.interactions(attribution, lazy=True)
    messages = pair_messages(community.dataset, frame, layer)
    turns = form_turns(messages, turn_rules(layer, horizon, burst))
    if level == "group":
        inside = group_pairs(check_groups(groups, community.name))
        units = groups_of(community.dataset, messages, inside, layer, turns.pair)
    else:
        units = units_of(messages, turns.pair, turns.forward, level)
    counted = _count(turns)
    found = {
        **_compliances(units, turns, counted, by_direction=level == "group"),
        "reprompt_incidence_24h": _incidence(units, turns),
        "reprompt_rate": _rate(units, counted),
    }
    silent = silent_status(community.dataset, layer) if not len(turns) else "empty"
    tables = [_table(units, level, name, found[name], silent) for name in WAITING_MEASURES]
    return finish(pd.concat(tables, ignore_index=True), level)


@dataclass(frozen=True)
class _Counts:
    """What each turn adds to the sums of its unit.

    Attributes
    ----------
    waited
        1 where the turn's last burst was followed by the other's.
    reprompts, late, near
        Bursts of the turn or of the next that followed one of the same person: all; those after at
        least an hour; those within the horizon.
    hours, spell
        Hours of waiting that begin with the turn, and 1 where a spell of waiting does.
    """

    waited: Int64
    reprompts: Int64
    late: Int64
    near: Int64
    hours: Float64
    spell: Int64


def _count(turns: Turns) -> _Counts:
    """Count waits and re-prompts turn by turn."""
    times = turns.messages.times
    n = len(turns)
    same_pair, same_hand = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    same_pair[:-1] = turns.pair[1:] == turns.pair[:-1]
    same_hand[:-1] = same_pair[:-1] & (turns.forward[1:] == turns.forward[:-1])
    again = same_hand.astype(np.int64)
    gap = np.zeros(n, np.int64)
    gap[:-1] = times[turns.first[1:]] - times[turns.last[:-1]]
    inside = turns.n_bursts.astype(np.int64) - 1
    late = _late_bursts(turns) + (same_hand & (gap >= HOUR_US))
    hours, spell = _spells(turns, same_hand)
    return _Counts(
        waited=(same_pair & ~same_hand).astype(np.int64),
        reprompts=inside + again,
        late=late,
        near=inside,
        hours=hours,
        spell=spell,
    )


def _late_bursts(turns: Turns) -> Int64:
    """Count the bursts inside each turn that began an hour or more after the one before."""
    times, rules = turns.messages.times, turns.rules
    late = np.zeros(times.size, np.bool_)
    gap = np.diff(times)
    late[1:] = (gap >= HOUR_US) & (gap > rules.burst_us)
    late[turns.first] = False
    if not late.size:
        return np.zeros(0, np.int64)
    return np.add.reduceat(late, turns.first, dtype=np.int64)


def _spells(turns: Turns, same_hand: Bools) -> tuple[Float64, Int64]:
    """Return the hours of waiting of the spell that begins with each turn; 0 inside a spell.

    A spell is a run of turns of one person. It lasts until the other's next message, however late,
    or until the end of coverage.
    """
    messages, n = turns.messages, len(turns)
    begins = np.ones(n, np.bool_)
    begins[1:] = ~same_hand[:-1]
    start = np.flatnonzero(begins)
    following = np.append(start[1:], n)
    ended = np.zeros(start.size, np.bool_)
    ended[:-1] = turns.pair[start[1:]] == turns.pair[start[:-1]]
    stop = messages.end_us[turns.pair[start]]
    stop[ended] = messages.times[turns.first[following[ended]]]
    hours = np.zeros(n)
    hours[start] = (stop - messages.times[turns.first_burst_end[start]]) / HOUR_US
    return hours, begins.astype(np.int64)


_Found = tuple[Float64, Int64, str]


def _compliances(
    units: Units, turns: Turns, counted: _Counts, *, by_direction: bool
) -> dict[str, _Found]:
    """Return the share of bursts that waited, under each rule for re-prompts."""
    found: dict[str, _Found] = {}
    for name, reprompts in (
        ("waiting_compliance", counted.reprompts),
        ("waiting_compliance_after_1h", counted.late),
        ("waiting_compliance_within_horizon", counted.near),
    ):
        if by_direction:
            codes = units.codes * 2 * max(len(turns.messages), 1) + units.of(turns.direction)
            own, inside = np.unique(codes, return_inverse=True)
            group = own // (2 * max(len(turns.messages), 1))
            waited = np.bincount(inside, units.of(counted.waited), own.size)
            total = waited + np.bincount(inside, units.of(reprompts), own.size)
            has = total > 0
            share = np.bincount(group[has], waited[has] / total[has], len(units))
            n = np.bincount(group[has], minlength=len(units))
            bursts = np.bincount(group, total, len(units)).astype(np.int64)
            found[name] = (_ratio(share, n), bursts, "zero_denominator")
        else:
            waited = np.bincount(units.codes, units.of(counted.waited), len(units))
            total = waited + np.bincount(units.codes, units.of(reprompts), len(units))
            found[name] = (_ratio(waited, total), total.astype(np.int64), "zero_denominator")
    return found


def _ratio(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> Float64:
    """Divide; NaN where the denominator is 0."""
    share: Float64 = np.full(above.shape, np.nan)
    np.divide(above, below, out=share, where=below > 0)
    return share


def _incidence(units: Units, turns: Turns) -> _Found:
    """Return how likely a turn is re-prompted within a day before it is answered."""
    times = turns.messages.times
    again = turns.second_burst >= 0
    due = times[turns.first_burst_end]
    cause = np.where(again, _REPROMPT, np.where(turns.observed, _REPLY, 0))
    until = np.where(again, times[turns.second_burst] - due, turns.stop_us - due) / HOUR_US
    found = incidence_by_group(
        units.codes,
        units.of(until),
        units.of(cause),
        cause=_REPROMPT,
        at=(24.0,),
        n_groups=len(units),
    )
    return found.incidence[:, 0], found.n, "not_identified"


def _rate(units: Units, counted: _Counts) -> _Found:
    """Return re-prompts per hour of waiting."""
    hours = np.bincount(units.codes, units.of(counted.hours), len(units))
    reprompts = np.bincount(units.codes, units.of(counted.reprompts), len(units))
    spells = np.bincount(units.codes, units.of(counted.spell), len(units)).astype(np.int64)
    return _ratio(reprompts, hours), spells, "zero_denominator"


def _table(units: Units, level: str, name: str, found: _Found, silent: str) -> pd.DataFrame:
    """Return one measure of every unit, with the reason where it has none."""
    value, n, why = found
    rows = np.bincount(units.codes, minlength=len(units))
    status = np.where(np.isnan(value), why, "ok").astype(object)
    status[rows == 0] = silent
    status[~units.identified] = "not_identified"
    keys = units.keys[list(KEYS[level])]
    return keys.assign(
        measure=name, value=np.where(status == "ok", value, np.nan), n=n, status=status
    )
