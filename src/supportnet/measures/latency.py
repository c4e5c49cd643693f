"""How long a turn waits for its answer, with the unanswered ones kept as censored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from supportnet.community import Community, turn_rules
from supportnet.coverage import network_scope
from supportnet.errors import choose
from supportnet.inference import (
    GroupedSurvival,
    SurvivalCurve,
    kaplan_meier,
    t_interval,
)
from supportnet.interactions import Attribution
from supportnet.pair_events import shared_events
from supportnet.turns import (
    HOUR_US,
    SUMMARIES,
    Turns,
    Units,
    active_latency,
    form_turns,
    groups_of,
    long_summaries,
    pair_messages,
    parse_duration_us,
    silent_status,
    summary_of,
    survival_by_unit,
    units_of,
)
from supportnet.turns.resolution import pair_resolution, with_resolution
from supportnet.units import check_groups, check_level, group_pairs

__all__ = ["LATENCY_MEASURES", "reply_latency", "survival_curve"]

LEVELS = ("direction", "tie", "person", "group", "network")
LATENCY_MEASURES = SUMMARIES
# A dyad with fewer turns says too little to be a unit of its own.
LEAST_TURNS = 5


def reply_latency(
    community: Community,
    *,
    level: str = "direction",
    layer: str = "private",
    horizon: str | None = None,
    burst: str = "10min",
    anchor: str = "first_burst",
    tau: str = "24h",
    clock: str = "raw",
    groups: pd.DataFrame | None = None,
    attribution: Attribution | None = None,
    measures: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Estimate how long turns wait for an answer, by Kaplan–Meier.

    Parameters
    ----------
    community
        The community.
    level
        `direction` (author_id's turns, answered by other_id), `tie` (both directions' turns),
        `person` (the turns that were this person's to answer), `group` (the turns of the ties
        inside it; in a friend network those of the ego's ties) or `network`.
    layer
        `private` (one-to-one messages) or `public` (public and semi-public ones).
    horizon
        Longest time an answer may take; 72 h in private and 168 h in public by default.
    burst
        Messages of one person at most this far apart are one burst.
    anchor
        The clock starts at the end of the turn's `first_burst` or `last_burst`.
    tau
        Restriction of the mean.
    clock
        `raw` hours, or `active` hours: each hour of the week weighted with the responder's activity
        in it (mean 1), turns being formed and censored on the raw clock.
    groups
        For level `group`: columns community, kind, group, person and optionally role.
    attribution
        The attribution rules; None takes the primary ones.
    measures
        Which numbers to return; None takes all. At tens of millions of directions name the one you
        need: each is a row per direction.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure` (categorical), `value`, `n` (turns), `status` (categorical),
        `n_observed` (turns answered within the horizon), `se` (hours, of `rmst` alone), in the
        order of keys and measure. Measures: `median` (hours), `rmst` (hours 0–tau: mean wait
        restricted to tau), `rmst_observed` (hours: the same up to the last follow-up), `rate_1h`,
        `rate_8h`, `rate_24h`, `rate_72h` (shares 0–1 answered within that time), `answered` (share
        0–1 seen answered, not corrected for censoring). With the active clock also `own_profile`,
        the share of turns weighted with the responder's own profile rather than the dataset's.
        Level `network` adds `rmst_dyads` and `rate_24h_dyads`, means over the ties with at least 5
        turns (`n` ties; `n_excluded` the others) with their t interval `ci_low`, `ci_high`,
        `ci_method`, and `coverage`: whole_community or observed_ties.
        Where clocks without seconds or without time of day wrote in the layer also `resolution_h`
        (hours: the unit's coarsest clock, 0 with seconds) and `below_resolution` (the median is
        shorter than that, so it says no more than less than `resolution_h`).

    Raises
    ------
    InputError
        For an unknown level, layer, anchor, clock or measure, or a duration that is none.

    Notes
    -----
    S(t) is the product over answer times t_k ≤ t of 1 − d_k/n_k; the median is the first time with
    S ≤ .5; RMST(tau) is the area under S up to tau; a rate is 1 − S. Without any answer the median
    is NaN, `all_censored`. Where follow-up ends before tau with some still waiting, RMST is NaN,
    `not_identified`, as is a rate beyond the follow-up and a median that S never reaches. Turns of
    pairs of which only one direction was observed are left out; a group with such a pair is
    `not_identified`. The mean of answered turns alone is not offered here: see
    `latency_sensitivity`. Some turns need no answer, so S has a plateau: compare RMST and rates.
    A wait below a clock's step is known to be below it and no more; rates and means over no more
    than that step are NaN, `not_identified`.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.
    Royston & Parmar 2013, doi:10.1186/1471-2288-13-152.
    Jo, Karsai, Kertész & Kaski 2012, doi:10.1088/1367-2630/14/1/013055.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("abab"), "recipient": list("baba"),
    ...                      "time": [0, 3600, 7200, 28800]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> t = reply_latency(c, level="direction", measures=["median", "rate_8h"])
    >>> t[["author_id", "other_id", "measure", "value", "n"]]
       author_id  other_id  measure  value  n
    0          0         1   median    1.0  2
    1          0         1  rate_8h    1.0  2
    2          1         0   median    1.0  2
    3          1         0  rate_8h    1.0  2
    """
    check_level(level, LEVELS)
    choose(clock, ("raw", "active"), "clock")
    names = LATENCY_MEASURES if measures is None else tuple(sorted(set(measures)))
    for name in names:
        choose(name, LATENCY_MEASURES, "measures")
    tau_h = parse_duration_us(tau, "tau") / HOUR_US
    turns = _turns(community, layer, (horizon, burst, anchor), attribution)
    hours, own = turns.latency_h, None
    if clock == "active":
        hours, own = active_latency(community.dataset, turns)
    units = _units(community, turns, level, groups, layer)
    found = survival_by_unit(units, turns, hours, tau_h=tau_h, names=names)
    silent = "empty" if len(turns) else silent_status(community.dataset, layer)
    table = long_summaries(units, found, names, silent=silent, own_profile=own)
    frame = community.interactions(attribution, lazy=True)
    steps = pair_resolution(community.dataset, frame, layer, turns.messages)
    if level != "network":
        return with_resolution(table, units, turns, steps, tau_h=tau_h)
    dyads = units_of(turns.messages, turns.pair, turns.forward, "tie")
    apart = survival_by_unit(dyads, turns, hours, tau_h=tau_h, names=("rate_24h", "rmst"))
    rows = [_over_dyads(name, dyads, apart, silent) for name in ("rmst", "rate_24h")]
    whole = _network_table(community, table, rows, layer)
    return with_resolution(whole, units, turns, steps, tau_h=tau_h)


def survival_curve(
    community: Community,
    *,
    layer: str = "private",
    horizon: str | None = None,
    groups: pd.DataFrame | None = None,
    by: str | None = None,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Return the Kaplan–Meier curve of the wait for an answer, for plots.

    Parameters
    ----------
    community
        The community.
    layer
        `private` or `public`.
    horizon
        Longest time an answer may take; 72 h in private and 168 h in public by default.
    groups
        Only the turns of ties inside these groups; None takes all turns.
    by
        `kind` for one curve per kind of group (needs `groups`), None for one curve.
    attribution
        The attribution rules; None takes the primary ones.

    Returns
    -------
    pandas.DataFrame
        `t_h` (hours, ascending), `at_risk`, `events`, `censored` (turns), `survival` (share 0–1
        still waiting just after t_h) and, with `by`, `kind`. No rows where there is no turn. A tie
        in two groups of one kind counts once.

    Raises
    ------
    InputError
        For an unknown layer or `by`, or `by` without groups.

    Notes
    -----
    S(t) is the product over answer times t_k ≤ t of 1 − d_k/n_k; turns of pairs of which only one
    direction was observed (`not_identified`) are left out. S is never NaN: it has no rows instead.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("aba"), "recipient": list("bab"), "time": [0, 2, 5]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> survival_curve(c)["survival"].round(2).tolist()
    [1.0, 0.5, 0.0]
    """
    turns = _turns(community, layer, (horizon, "10min", "first_burst"), attribution)
    if by is not None:
        choose(by, ("kind",), "by")
        groups = check_groups(groups, community.name)
    if groups is None:
        kept = turns.identified
        return _curve(kaplan_meier(turns.latency_h[kept], turns.observed[kept]))
    inside = group_pairs(check_groups(groups, community.name))
    curves = []
    for kind, pairs in inside.groupby("kind", sort=True) if by else [("", inside)]:
        once = pairs.drop_duplicates(["lo", "hi"]).assign(kind="", group=0)
        units = groups_of(community.dataset, turns.messages, once, layer, turns.pair)
        hours, seen = units.of(turns.latency_h), units.of(turns.observed)
        curves.append(_curve(kaplan_meier(hours, seen)).assign(kind=str(kind)))
    nothing = _curve(kaplan_meier([], [])).assign(kind="")
    table = pd.concat(curves, ignore_index=True) if curves else nothing
    return table if by else table.drop(columns="kind")


def _curve(curve: SurvivalCurve) -> pd.DataFrame:
    """Return a curve as a table."""
    return pd.DataFrame(
        {
            "t_h": curve.time,
            "at_risk": curve.at_risk.astype(np.int64),
            "events": curve.events.astype(np.int64),
            "censored": curve.censored.astype(np.int64),
            "survival": curve.survival,
        }
    )


def _turns(
    community: Community,
    layer: str,
    rules: tuple[str | None, str, str],
    attribution: Attribution | None,
) -> Turns:
    """Form the turns of a layer."""
    frame = community.interactions(attribution, lazy=True)
    held = shared_events(community.dataset, attribution)
    messages = pair_messages(community.dataset, frame, layer, shared=held)
    return form_turns(messages, turn_rules(layer, *rules))


def _units(
    community: Community, turns: Turns, level: str, groups: pd.DataFrame | None, layer: str
) -> Units:
    """Give each turn the number of its unit."""
    if level == "group":
        inside = group_pairs(check_groups(groups, community.name))
        return groups_of(community.dataset, turns.messages, inside, layer, turns.pair)
    # A person is the one who was to answer.
    up = ~turns.forward if level == "person" else turns.forward
    return units_of(turns.messages, turns.pair, up, level)


def _over_dyads(name: str, dyads: Units, found: GroupedSurvival, silent: str) -> dict[str, Any]:
    """Return the mean of one summary over dyads, which are independent where turns are not."""
    values, _ = summary_of(name, found)
    used = (found.n >= LEAST_TURNS) & ~np.isnan(values)
    mean = t_interval(np.where(used, values, np.nan))
    status = mean.status
    if status == "empty":
        seen = bool(dyads.identified.any())
        status = silent if not len(dyads) else "too_few_units" if seen else "not_identified"
    return {
        "measure": f"{name}_dyads",
        "value": mean.estimate if status == "ok" else np.nan,
        "n": mean.n_units,
        "status": status,
        "n_observed": int(found.n_observed[used].sum()),
        "ci_low": mean.ci_low,
        "ci_high": mean.ci_high,
        "ci_method": mean.ci_method,
        "n_excluded": len(dyads) - mean.n_units,
    }


def _network_table(
    community: Community, pooled: pd.DataFrame, rows: list[dict[str, Any]], layer: str
) -> pd.DataFrame:
    """Return the pooled numbers and the means over dyads in one table."""
    words = pooled.astype({"measure": str, "status": str}).assign(
        ci_low=np.nan, ci_high=np.nan, ci_method="none", n_excluded=0
    )
    added = pd.DataFrame(rows).assign(se=np.nan, own_profile=np.nan)
    table = pd.concat([words, added[words.columns]], ignore_index=True)
    whole = network_scope(community.dataset, layer).kind == "community"
    return table.assign(coverage="whole_community" if whole else "observed_ties")
