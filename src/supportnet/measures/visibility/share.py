"""The private share: of what two persons say to each other, how much nobody else reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.coverage import network_scope
from supportnet.inference import (
    EMPTY,
    NOT_IDENTIFIED,
    OK,
    TOO_FEW_UNITS,
    BetaBinomialFit,
    BetaBinomialMoments,
    Estimate,
    betabinomial_ml,
    betabinomial_moments,
    undefined,
)
from supportnet.interactions import Attribution
from supportnet.measures.visibility.counts import COVERAGE, ShareRules, count_units, with_share
from supportnet.measures.visibility.pooling import (
    MIN_MESSAGES,
    inside,
    mean_of_ties,
    pooled_share,
    ties_of_groups,
    to_members,
)
from supportnet.units import check_groups, check_level, finish

__all__ = ["private_share"]

_LEVELS = ("direction", "tie", "person", "group", "network")
_NETWORK = ("mean_of_ties", "pooled", "pi", "rho")
_INTERVAL = ("ci_low", "ci_high", "ci_method", "ci_status", "n_units", "n_excluded", "coverage")
# Above this many ties the likelihood takes minutes; moments are then as good.
_LIKELIHOOD_TIES = 20_000


def private_share(
    community: Community,
    *,
    level: str = "tie",
    semi_public: str = "public",
    group_messages: str = "exclude",
    attribution: Attribution | None = None,
    groups: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Compute the share of addressed messages that only the other person could read.

    Parameters
    ----------
    community
        The community.
    level
        `direction`, `tie` (both directions, primary), `person` (what the person wrote, to
        everybody), `group` or `network`.
    semi_public
        Side of messages behind a membership or a lock: `public`, or `private` (sensitivity).
    group_messages
        Messages of private groups: `exclude`; `triad` counts those of three members as private at
        1/2 for each other; `all` counts all at 1/(n-1) (sensitivities).
    attribution
        Who addressed whom; None takes the primary rules.
    groups
        Groups frame, for level `group`. At level `person` each person's messages to the other
        members of each group are then taken, at level `network` the ties inside groups.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `value` (share, 0 to 1), `n` (messages, private and public together,
        rounded), `status`, `private`, `public` (messages). Units without such a message have no
        row. Level `group`: per group one row `pooled` and one `mean_of_ties` in `measure`, with
        `n_ties` (ties with messages). Level `network`: rows `mean_of_ties` (ties of at least 20
        messages), `pooled` (messages of all ties), `pi` and `rho` (beta-binomial mean and
        correlation within ties of at least 20 messages), with `ci_low`, `ci_high` (95 %),
        `ci_method`, `ci_status` (why there is no interval; `none` where none is offered),
        `n_units` (ties, or the sets of ties that shared persons join), `n_excluded` (ties under
        20 messages or not identified) and `coverage` (`whole_community`, `donors_only`,
        `not_identified`).

    Raises
    ------
    InputError
        When the level or a rule is unknown, or groups are missing or of another community.

    Notes
    -----
    s = private / (private + public) over person-addressed messages; private is private_1to1,
    public is public and semi_public; unknown visibility is left out. Without a message s is NaN
    (`zero_denominator`). A direction needs its private and its public side in the archive, a tie
    both directions, a person all that she writes, a group all its ties; else `not_identified`: one
    person's archive shows no tie's share, only her outgoing directions. At level `network` means
    over ties of which none has 20 messages are NaN (`too_few_units`), and the
    interval is t over ties, over components where ties share persons, and dyadic-robust where one
    component holds more than half of the ties or there are fewer than five.

    References
    ----------
    Aronow, Samii & Assenova 2015, doi:10.1093/pan/mpv018. Williams 1975, doi:10.2307/2529820.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({
    ...     "sender": ["a", "a", "b", "b"], "recipient": ["b", "b", "a", "a"], "time": range(4),
    ...     "visibility": ["private_1to1", "private_1to1", "private_1to1", "public"]})
    >>> c = from_dataframe(talk, unit="s")
    >>> private_share(c)[["value", "n", "private", "public"]].to_numpy().tolist()
    [[0.75, 4.0, 3.0, 1.0]]
    >>> private_share(c, level="direction")["value"].tolist()
    [1.0, 0.5]
    """
    check_level(level, _LEVELS)
    rules = ShareRules(semi_public, group_messages, attribution)
    if level == "group":
        chosen = check_groups(groups, community.name)
        return _of_groups(with_share(count_units(community, rules, "tie")), chosen, community)
    if level == "network":
        own = None if groups is None else check_groups(groups, community.name)
        return _of_network(community, with_share(count_units(community, rules, "tie")), own)
    if level == "person" and groups is not None:
        own = check_groups(groups, community.name)
        directions = count_units(community, rules, "direction")
        table = with_share(to_members(directions, own, community.dataset))
        return finish(table, level, more=["private", "public", "kind", "group"])
    table = with_share(count_units(community, rules, level))
    return finish(table, level, more=["private", "public"])


def _of_groups(ties: pd.DataFrame, groups: pd.DataFrame, community: Community) -> pd.DataFrame:
    """Return the pooled share and the mean of tie shares of each group."""
    pairs = ties_of_groups(ties, groups, community.dataset)
    pairs["defined"] = pairs["status"] == OK
    pairs["unseen"] = pairs["status"] == NOT_IDENTIFIED
    pairs["share"] = pairs["value"].where(pairs["defined"])
    sums = pairs.groupby(["kind", "group"], as_index=False).agg(
        private=("private", "sum"),
        public=("public", "sum"),
        n_ties=("defined", "sum"),
        unseen=("unseen", "any"),
        mean=("share", "mean"),
    )
    total = sums["private"] + sums["public"]
    status = np.select(
        [sums["unseen"], sums["n_ties"] == 0], [NOT_IDENTIFIED, "zero_denominator"], OK
    )
    both = sums.assign(n=np.rint(total), status=status)
    table = pd.concat(
        [
            both.assign(measure="pooled", value=sums["private"] / total.where(total > 0)),
            both.assign(measure="mean_of_ties", value=sums["mean"]),
        ],
        ignore_index=True,
    )
    return finish(table, "group", more=["private", "public", "n_ties"])


def _of_network(
    community: Community, ties: pd.DataFrame, groups: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the network's rows; nothing is computed where nobody's ties are observed."""
    scope = network_scope(community.dataset, "all")
    coverage = COVERAGE[scope.kind]
    used = ties if groups is None else inside(ties, groups)
    seen = used[used["status"] == OK]
    large = seen[seen["n"] >= MIN_MESSAGES]
    if scope.kind == "none":
        gone = undefined(NOT_IDENTIFIED)
        rows = [_row(name, gone, used.iloc[:0]) for name in ("mean_of_ties", "pooled", "pi", "rho")]
    else:
        rows = [
            _row("mean_of_ties", mean_of_ties(large), large),
            _row("pooled", pooled_share(seen), seen),
            *_beta_binomial(large),
        ]
    table = pd.DataFrame(rows).assign(coverage=coverage)
    if len(seen) and not len(large):  # there are messages, in no tie enough of them
        silent = ["status", "ci_status"]
        table[silent] = table[silent].mask(table[silent] == EMPTY, TOO_FEW_UNITS)
    table["n_excluded"] = len(used) - table["n_ties"]
    return finish(table, "network", more=_INTERVAL)


def _row(name: str, found: Estimate, ties: pd.DataFrame) -> dict[str, Any]:
    """Return an estimate as a row; a value without an interval is a value all the same."""
    defined = not np.isnan(found.estimate)
    return {
        "measure": name,
        "value": found.estimate,
        "n": int(ties["n"].sum()),
        "status": OK if defined else found.status,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "ci_method": found.ci_method,
        "ci_status": "too_few_units"
        if found.status == OK and found.ci_method == "none"
        else found.status,
        "n_units": found.n_units,
        "n_ties": len(ties),
    }


def _beta_binomial(ties: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the beta-binomial mean and correlation of ties: by likelihood, or moments for many."""
    trials = ties["n"].to_numpy()
    private = np.minimum(np.rint(ties["private"]).astype("int64").to_numpy(), trials)
    fit: BetaBinomialFit | BetaBinomialMoments
    if len(ties) > _LIKELIHOOD_TIES:
        fit = betabinomial_moments(private, trials)
        values = {"pi": fit.pi, "rho": fit.icc}
    else:
        fit = betabinomial_ml(private, trials)
        values = {"pi": fit.pi, "rho": fit.rho}
    rows = []
    for name, value in values.items():
        status = fit.status if np.isnan(value) else OK
        row = _row(name, undefined("empty", n_units=len(ties)), ties)
        rows.append({**row, "value": value, "status": status, "ci_status": "none"})
    return rows
