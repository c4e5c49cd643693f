"""Triadic closure in time: how long two persons with a common contact stay untied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.errors import InputError, choose
from supportnet.interactions import Attribution
from supportnet.layers import (
    NO_INTERVAL,
    NULL_COLUMNS,
    ClosureRules,
    LayerNetwork,
    burn_in_us,
    check_null,
    curve_of,
    foci_of,
    intervals_of,
    layer_curve,
    layer_network,
    network_against_null,
    with_coverage,
)
from supportnet.network import DAY_US, ClosureCurve, Ties, met_before, stratified_closure
from supportnet.turns import parse_duration_us
from supportnet.units import check_level

__all__ = ["closure_survival", "closure_times"]

_MEASURES = (
    "closure_probability",
    "closure_hazard",
    "closed_share",
    "closed",
    "closing_ties",
    "censored",
)
_STRATA = ("none", "focus", "person")
_FOCUS = ("outside_focus", "within_focus")
_NULLS = ("times", "receivers")
_COLUMNS = (
    "measure", "value", "n", "status", "ci_low", "ci_high", "ci_method", "ci_status",
    "n_excluded", "n_burn_in",
)  # fmt: skip
Strata = dict[str | int, tuple[ClosureCurve, Mapping[str, tuple[float, float, str, str]]]]


def closure_times(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    projection: str | None = None,
    burn_in: str = "28D",
    tau: str = "28D",
    by: str | None = None,
    foci: pd.DataFrame | None = None,
    largest_focus: int = 1000,
    directed: bool = False,
    dissolve: str | None = None,
    attribution: Attribution | None = None,
    m: float = 1.0,
    null: str = "times",
    null_draws: int = 0,
    seed: int = 1,
) -> pd.DataFrame:
    """Estimate the time to closure of open wedges.

    Parameters
    ----------
    community
        The community.
    level
        `network`.
    layer, projection, attribution, m
        As for `triadic_closure`; `directed` takes all arcs, so the projection is then `union`.
    burn_in
        Wedges that opened in this time after the start of coverage are excluded and counted: ties
        older than the archive enter late. `0s` excludes none.
    tau
        Time since opening at which the closure probability is read.
    by
        None; `person`: apart for the person in the middle; `focus`: apart by whether the two
        persons of the tie that opened the wedge shared a group, channel or thread by then
        (`within_focus`) or not (`outside_focus`).
    foci
        Own foci for `by="focus"`: columns `focus`, `person_id`, optionally `since_us` (µs UTC).
        None takes the dataset's groups, channels and threads.
    largest_focus
        Foci of more persons bring nobody together and are left out.
    directed
        Follow paths i→j→k until i→k instead of wedges.
    dissolve
        A tie ends after a silence of this length and returns with the next message; None: ties
        last.
    null
        Null model to compare with: `times` (times dealt out anew) or `receivers`.
    null_draws
        Draws from it (999 is usual); 0 leaves the comparison out. Not with `by` or `dissolve`.
    seed
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        `person_id` or `focus` where asked for, `measure`, `value`, `n` (wedges ever at risk),
        `status`, `ci_low`, `ci_high` (95 %), `ci_method` (`pair_clustered`, `none`), `ci_status`,
        `n_excluded` (wedges of the burn-in and those never at risk), `n_burn_in`, `projection`,
        `coverage`, `reason`. Measures: `closure_probability` (Kaplan–Meier, by `tau`, 0–1),
        `closure_hazard` (closures per wedge-day, ≥ 0), `closed_share` (crude, 0–1), `closed`
        (wedges), `closing_ties` (independent closing events: one tie closes several wedges; not
        known with `dissolve`), `censored` (wedges). With `null_draws` the columns of
        :func:`supportnet.layers.against_null`.

    Raises
    ------
    InputError
        For an unknown level, layer, projection, stratum or null model, a duration that cannot be
        read, or options that exclude each other.

    Notes
    -----
    A wedge j–i–k is at risk from max(t_ij, t_ik), closes at t_jk and is censored at the end of
    coverage (with `dissolve` also at the end of one of its ties); closed before or in the instant
    of opening it was never at risk. No wedge: NaN, `empty`. Follow-up shorter than `tau` with
    wedges still open: the probability is NaN, `not_identified`. Wedges are followed without being
    listed, in O(m × arboricity) time; intervals cluster on the pair jk, in O(Σ degree²), and are
    left out by person, with `dissolve`, and above 2·10⁹ two-step paths. They do not cover that
    pairs share persons. Directed paths and dissolving ties are followed to the minute.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452. Kossinets & Watts 2006,
    doi:10.1126/science.1116869. Lin & Wei 1989, doi:10.1080/01621459.1989.10478874.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> start = pd.Timestamp("2024-01-01", tz="UTC")
    >>> rows = [("a", "b", 0), ("a", "c", 2), ("a", "d", 5), ("b", "c", 10)]
    >>> talk = pd.DataFrame(rows, columns=["sender", "recipient", "day"])
    >>> talk["time"] = start + pd.to_timedelta(talk["day"], unit="D")
    >>> c = from_dataframe(talk, visibility="public", end=start + pd.Timedelta(days=30))
    >>> t = closure_times(c, layer="public", burn_in="0s", tau="25D").set_index("measure")["value"]
    >>> round(float(t["closure_probability"]), 4), round(float(t["closure_hazard"]), 5)
    (0.3333, 0.01724)
    """
    check_level(level, ("network",))
    choose(by or "none", _STRATA, "by")
    rules, tau_us = _rules(burn_in, directed, dissolve), parse_duration_us(tau, "tau")
    _check_options(by, rules, projection, null, null_draws)
    found = layer_network(
        community, layer=layer, attribution=attribution, m=m,
        projection="union" if directed else projection,
    )  # fmt: skip
    if found.ties is None:
        return _unobserved(found, by)
    if by is not None:
        return with_coverage(_strata(found, by, rules, tau_us, foci, largest_focus), found)
    curve = layer_curve(found, found.ties, rules)
    sure = intervals_of(found.ties, curve, rules, tau_us=tau_us)
    rows = pd.DataFrame(_rows(curve, tau_us, sure), columns=list(_COLUMNS))
    table = with_coverage(rows, found)
    if null_draws:
        table[list(NULL_COLUMNS)] = network_against_null(
            found, table["value"].tolist(), _values(rules, tau_us),
            null=null, draws=null_draws, seed=seed,
        )  # fmt: skip
    return table


def _rules(burn_in: str, directed: bool, dissolve: str | None) -> ClosureRules:  # noqa: FBT001
    """Read what a user types."""
    return ClosureRules(
        burn_in_us(burn_in),
        directed,
        None if dissolve is None else parse_duration_us(dissolve, "dissolve"),
    )


def _check_options(
    by: str | None, rules: ClosureRules, projection: str | None, null: str, draws: int
) -> None:
    """Refuse options that exclude each other."""
    check_null(null, _NULLS, draws)
    if by is not None and (rules.directed or rules.silence_us is not None):
        msg = "by= of lasting undirected ties was expected; found directed or dissolve; leave one."
        raise InputError(msg)
    if draws and (by is not None or rules.silence_us is not None):
        msg = "null_draws without by= and dissolve= were expected; found both; leave one out."
        raise InputError(msg)
    if rules.directed and projection == "mutual":
        msg = "directed=True follows all arcs; found projection='mutual'; leave the projection out."
        raise InputError(msg)


def _values(rules: ClosureRules, tau_us: int) -> Callable[[Ties, Ties], Sequence[float]]:
    """Return the function that reads the same numbers off a drawn network."""

    def values(ties: Ties, arcs: Ties) -> Sequence[float]:
        """Return the numbers in the order of the measures."""
        del arcs
        return [float(row[1]) for row in _numbers(curve_of(ties, rules), tau_us)]

    return values


def _rows(
    curve: ClosureCurve, tau_us: int, sure: Mapping[str, tuple[float, float, str, str]]
) -> list[tuple[object, ...]]:
    """Return the curve's numbers with intervals and exclusions."""
    excluded, early = sum(curve.excluded.values()), curve.excluded["burn_in"]
    return [
        (*row, *sure.get(row[0], NO_INTERVAL), excluded, early) for row in _numbers(curve, tau_us)
    ]


def _numbers(curve: ClosureCurve, tau_us: int) -> list[tuple[str, float, int, str]]:
    """Return the curve's numbers with their statuses."""
    n = curve.wedges
    if n == 0:
        return [(name, np.nan, 0, "empty") for name in _MEASURES]
    by_tau, hazard = curve.closed_by(tau_us), curve.hazard_per_day
    known = curve.closing_ties >= 0
    return [
        ("closure_probability", by_tau, n, "not_identified" if np.isnan(by_tau) else "ok"),
        # Wedges that opened in the last instant were never observed for any time.
        ("closure_hazard", hazard, n, "zero_denominator" if np.isnan(hazard) else "ok"),
        ("closed_share", curve.closed_share, n, "ok"),
        ("closed", float(curve.closed), n, "ok"),
        (
            "closing_ties",
            float(curve.closing_ties) if known else np.nan,
            n,
            "ok" if known else "not_identified",
        ),
        ("censored", float(n - curve.closed), n, "ok"),
    ]


def _strata(
    found: LayerNetwork,
    by: str,
    rules: ClosureRules,
    tau_us: int,
    foci: pd.DataFrame | None,
    largest_focus: int,
) -> pd.DataFrame:
    """Return the numbers of each stratum."""
    ties = found.of(found.projection)
    strata: Strata = {}
    if by == "person":
        curves = stratified_closure(ties, ties.people, burn_in_us=rules.burn_in_us)
        strata = {int(str(person)): (curve, {}) for person, curve in curves.items()}
    else:
        members = foci_of(found.community, foci=foci, largest=largest_focus).table
        within = met_before(ties, members)
        curves = stratified_closure(ties, within, of="tie", burn_in_us=rules.burn_in_us)
        none = curve_of(found.ties_of(found.directions.iloc[:0], found.projection), rules)
        for code, label in enumerate(_FOCUS):
            curve, counted = curves.get(bool(code), none), within == bool(code)
            sure = intervals_of(ties, curve, rules, tau_us=tau_us, counted=counted)
            strata[label] = (curve, sure)
    key = "person_id" if by == "person" else "focus"
    rows = [
        (name, *row) for name, (curve, sure) in strata.items() for row in _rows(curve, tau_us, sure)
    ]
    return pd.DataFrame(rows, columns=[key, *_COLUMNS])


def _unobserved(found: LayerNetwork, by: str | None) -> pd.DataFrame:
    """Return `not_identified` rows, for each stratum where strata were asked for."""
    blank = pd.DataFrame(
        {"measure": _MEASURES, "value": np.nan, "n": 0, "status": "not_identified"}
    )
    blank[list(_COLUMNS[4:8])] = NO_INTERVAL
    blank = blank.assign(n_excluded=0, n_burn_in=0)
    if by == "focus":
        labels = pd.DataFrame({"focus": _FOCUS})
        blank = labels.merge(blank, how="cross")
    elif by == "person":
        ends = found.outside[["author_id", "other_id"]].to_numpy(dtype=np.int64)
        blank = pd.DataFrame({"person_id": np.unique(ends)}).merge(blank, how="cross")
    return with_coverage(blank, found)


def closure_survival(
    community: Community,
    *,
    layer: str = "private",
    projection: str | None = None,
    burn_in: str = "28D",
    directed: bool = False,
    dissolve: str | None = None,
    attribution: Attribution | None = None,
    m: float = 1.0,
) -> pd.DataFrame:
    """Return the curve of wedges still open, for plots.

    Parameters
    ----------
    community
        The community.
    layer, projection, burn_in, directed, dissolve, attribution, m
        As for :func:`closure_times`.

    Returns
    -------
    pandas.DataFrame
        `t_days` (days since the wedge opened, ≥ 0), `at_risk`, `events`, `censored` (wedges),
        `survival` (share still open, 0–1; NaN without any wedge). Empty where the layer is not
        identified.

    Raises
    ------
    InputError
        As for :func:`closure_times`.

    Notes
    -----
    S(t) is the Kaplan–Meier share of wedges not closed t days after they opened. Without a wedge
    S is NaN; where the archives do not show what others say between them (`not_identified`) there
    are no rows.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"], "recipient": ["b"], "time": [1_700_000_000]})
    >>> c = from_dataframe(talk, visibility="public", unit="s")
    >>> closure_survival(c, layer="public")["at_risk"].sum()
    np.int64(0)
    """
    columns = ["t_days", "at_risk", "events", "censored", "survival"]
    rules = _rules(burn_in, directed, dissolve)
    _check_options(None, rules, projection, "times", 0)
    found = layer_network(
        community, layer=layer, attribution=attribution, m=m,
        projection="union" if directed else projection,
    )  # fmt: skip
    if found.ties is None:
        return pd.DataFrame(columns=columns)
    curve = layer_curve(found, found.ties, rules).frame()
    curve["t_days"] = curve["time_us"] / DAY_US
    return curve[columns]
