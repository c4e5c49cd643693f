"""Reciprocity: is what is given returned? Ratios of the dyad census, at every level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.dataset import collect
from supportnet.errors import InputError
from supportnet.interactions import Attribution, in_layer
from supportnet.measures.exchange.dyads import (
    CENSUS,
    MIN_PEOPLE_RHO_W,
    STATISTICS,
    counts_of,
    resample,
    rho_w,
    status_of,
    weighted_null,
)
from supportnet.measures.exchange.observed import Observed, network_of
from supportnet.measures.exchange.pairs import (
    covered_people,
    from_both_ends,
    ties_of_groups,
    weights,
)
from supportnet.network import check_weight
from supportnet.network.arrays import is_arc
from supportnet.units import KEYS, check_groups, check_level, finish, first_status, stack_numbers

__all__ = ["reciprocity"]

_LEVELS = ("tie", "person", "group", "network")
# Resampling persons of a larger network takes minutes and its interval is narrower than the ink.
_MAX_RESAMPLED = 5_000
_INTERVAL = ("ci_low", "ci_high", "ci_method", "ci_status", "jackknife_se", "coverage", "remark")


def reciprocity(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    m: float = 1.0,
    groups: pd.DataFrame | None = None,
    attribution: Attribution | None = None,
    seed: int = 1,
    replicates: int = 2000,
    null_draws: int = 0,
) -> pd.DataFrame:
    """Compute how far what persons send to each other is returned.

    Parameters
    ----------
    community
        The community.
    level
        `network`, `tie`, `person` or `group`.
    layer
        `private`, `public` or `all`.
    m
        Weight from which a direction counts as an arc, messages.
    groups
        Groups frame, for level `group`.
    attribution
        Who addressed whom; None takes the primary rules.
    seed
        Seed of the bootstrap and of the null.
    replicates
        Resampled networks.
    null_draws
        Networks drawn for `rho_w` (999 is usual); 0 leaves it out.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure`, `value`, `n`, `status`. Level `network`: counts `mutual`,
        `asymmetric`, `null`; `edge_reciprocity`, `dyad_reciprocity`, `dyadic` (0 to 1);
        `recip_lrr` (log ratio; -inf where nothing is returned, said in `remark`); `rho` (≤ 1);
        `weighted_reciprocity` (0 to 1); `rho_w` (≤ 1) with `null_draws`; `n` pairs with traffic;
        `ci_low`, `ci_high` (95 %), `ci_method` (`vertex_bootstrap`, or `none` above 5,000
        persons), `ci_status` (`too_few_units` below ten persons), `jackknife_se`, `coverage`,
        `remark`. Level `group`: the three counts (pairs inside the group) and
        `edge_reciprocity`, `dyad_reciprocity`, `weighted_reciprocity`, `n` pairs with traffic.
        Level `person`: the same three ratios over the person's ties, `n` ties. Level `tie`:
        `mutual` (1 or 0) and `weighted_reciprocity`, `n` messages.

    Raises
    ------
    InputError
        When a name is unknown, m is not positive, or groups are missing.

    Notes
    -----
    With M mutual, A asymmetric and N null pairs among n persons: edge_reciprocity 2M/(2M+A),
    dyad_reciprocity M/(M+A), dyadic (M+N)/(M+A+N), ā = (2M+A)/(n(n-1)), recip_lrr
    ln(edge_reciprocity/ā), rho (edge_reciprocity-ā)/(1-ā), weighted_reciprocity
    Σ 2 min(w_ij,w_ji)/Σ(w_ij+w_ji), rho_w (r_w-r_0)/(1-r_0) with r_0 its mean when receivers are
    exchanged between messages (ten persons or more); its interval is that of r_w with r_0 held,
    which is wide: r_0 rises and falls with r_w. Without an arc the ratios are NaN
    (`zero_denominator`). The persons of a network are those who wrote or were addressed in the
    layer; where only donors' ties are all observed, the donors (`coverage` donors_only). Where
    nothing shows what others say between them, M, A and the ratios made of them are those of the
    observed ties (`observed_ties`, no interval) and whatever needs N is `not_identified`. rho, not
    edge_reciprocity, is comparable across densities.

    References
    ----------
    Holland & Leinhardt 1970, doi:10.1086/224954. Garlaschelli & Loffredo 2004,
    doi:10.1103/PhysRevLett.93.268701. Squartini et al. 2013, doi:10.1038/srep02729. Snijders &
    Borgatti 1999, Connections 22(2):161.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a", "a", "b", "c"], "recipient": ["b", "c", "a", "b"]})
    >>> c = from_dataframe(talk.assign(time=range(4)), visibility="private_1to1", unit="s")
    >>> table = reciprocity(c).set_index("measure")["value"]
    >>> table[["edge_reciprocity", "dyad_reciprocity", "weighted_reciprocity"]].round(4).tolist()
    [0.5, 0.3333, 0.5]
    """
    check_level(level, _LEVELS)
    check_weight(m)
    if null_draws < 0:
        msg = f"null_draws must be 0 or more; found {null_draws}; pass 999 for rho_w, 0 for none."
        raise InputError(msg)
    ties = weights(community, layer, attribution)
    if level == "tie":
        return _of_ties(ties, m)
    if level == "person":
        return _of_people(community, ties, layer, m)
    if level == "group":
        chosen = check_groups(groups, community.name)
        inside = ties_of_groups(ties, chosen, community, layer)
        return _of_groups(inside, chosen, m)
    network = network_of(community, ties, layer)
    table = _of_network(network, m, seed=seed, replicates=replicates)
    if null_draws:
        found = _adjusted(community, network, (layer, attribution), draws=null_draws, seed=seed)
        table = pd.concat([table, _with_interval(found, table)], ignore_index=True)
    return finish(table, "network", more=_INTERVAL)


def _of_network(network: Observed, m: float, *, seed: int, replicates: int) -> pd.DataFrame:
    """Return the rows of one network with their intervals."""
    people = network.people
    counts = counts_of(network.ties, people.size, m)
    resampled = None
    if network.nulls_known and 2 <= people.size <= _MAX_RESAMPLED:
        resampled = resample(network.ties, people, m=m, seed=seed, replicates=replicates)
    rows: list[dict[str, Any]] = []
    for name, statistic in STATISTICS.items():
        value = float(statistic(counts)[0])
        row: dict[str, Any] = {
            "measure": name,
            "value": value,
            "n": len(network.ties),
            "status": status_of(name, value, network),
            "ci_low": np.nan,
            "ci_high": np.nan,
            "ci_method": "none",
            "ci_status": "too_few_units" if people.size < MIN_PEOPLE_RHO_W else "none",
            "jackknife_se": np.nan,
            "coverage": network.coverage,
            "remark": "nothing is returned" if value == -np.inf else "",
        }
        if resampled is not None and row["status"] == "ok" and name not in CENSUS:
            row["jackknife_se"] = resampled.jackknife_se(name)
            if resampled.replicates is not None:
                row["ci_low"], row["ci_high"] = resampled.interval(name)
                row.update(ci_method="vertex_bootstrap", ci_status="ok")
        rows.append(row)
    return pd.DataFrame(rows)


def _adjusted(
    community: Community,
    network: Observed,
    events: tuple[str, Attribution | None],
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return the row of weighted reciprocity beyond what strengths alone would show."""
    layer, attribution = events
    frame = in_layer(community.interactions(attribution, lazy=True), layer)
    sent = collect(frame.select("t_us", "message_id", "author_id", "other_id", "weight"))
    sent = sent.sort_values(["t_us", "message_id", "author_id", "other_id"], kind="stable")
    sent = sent[sent["author_id"].isin(network.people) & sent["other_id"].isin(network.people)]
    value, status, null = np.nan, "not_identified", np.nan
    if network.nulls_known:
        status = "zero_denominator" if sent.empty else "too_few_units"
    if network.nulls_known and len(sent) and network.people.size >= MIN_PEOPLE_RHO_W:
        author = sent["author_id"].to_numpy(dtype=np.int64)
        other = sent["other_id"].to_numpy(dtype=np.int64)
        weight = sent["weight"].to_numpy(dtype=np.float64)
        null = weighted_null(author, other, weight, draws=draws, seed=seed)
        counts = counts_of(network.ties, network.people.size, 1.0)
        value = rho_w(float(STATISTICS["weighted_reciprocity"](counts)[0]), null)
        status = "zero_denominator" if np.isnan(value) else "ok"
    row = {"measure": "rho_w", "value": value, "n": len(network.ties), "status": status}
    blank = {"ci_low": np.nan, "ci_high": np.nan, "ci_method": "none", "ci_status": "none"}
    remark = "" if np.isnan(null) else f"mean of {draws} receiver permutations {null:.6f}"
    return pd.DataFrame(
        [
            {
                **row,
                **blank,
                "jackknife_se": np.nan,
                "coverage": network.coverage,
                "remark": remark,
                "null": null,
            }
        ]
    )


def _with_interval(found: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Give rho_w the interval of weighted reciprocity, its null mean held where it is."""
    raw = table[table["measure"] == "weighted_reciprocity"].iloc[0]
    null = found["null"].iloc[0]
    row = found.drop(columns="null")
    if row["status"].iloc[0] != "ok" or raw["ci_method"] == "none":
        return row.assign(ci_status=raw["ci_status"])
    bounds = {name: (raw[name] - null) / (1 - null) for name in ("ci_low", "ci_high")}
    se = raw["jackknife_se"] / (1 - null)
    return row.assign(
        **bounds, jackknife_se=se, ci_method=raw["ci_method"], ci_status=raw["ci_status"]
    )


def _of_ties(ties: pd.DataFrame, m: float) -> pd.DataFrame:
    """Return whether each tie is mutual, and how much of its weight comes back."""
    total = ties["w_fwd"] + ties["w_back"]
    both = is_arc(ties["w_fwd"].to_numpy(), m) & is_arc(ties["w_back"].to_numpy(), m)
    status = first_status({"not_identified": ~ties["identified"].astype(bool)}, ties.index)
    table = ties[["lo", "hi"]].assign(
        n=np.rint(total).astype("int64"),
        status=status,
        mutual=both,
        weighted_reciprocity=2 * np.minimum(ties["w_fwd"], ties["w_back"]) / total,
    )
    return finish(stack_numbers(table, ("mutual", "weighted_reciprocity")), "tie")


def _of_people(community: Community, ties: pd.DataFrame, layer: str, m: float) -> pd.DataFrame:
    """Return the ratios over the ties of each person."""
    ends = from_both_ends(ties)
    table = _ratios(ends, ["person_id"], m)
    table["identified"] = covered_people(community, table, layer)
    return _long(table, "person", ("edge_reciprocity", "dyad_reciprocity", "weighted_reciprocity"))


def _of_groups(inside: pd.DataFrame, groups: pd.DataFrame, m: float) -> pd.DataFrame:
    """Return the census and the ratios of each group."""
    used = inside.fillna({"w_fwd": 0.0, "w_back": 0.0})
    table = _ratios(used, list(KEYS["group"]), m)
    seen = used.groupby(list(KEYS["group"]), as_index=False).agg(
        identified=("identified", "all"), pairs=("identified", "size")
    )
    table = table.merge(seen, on=list(KEYS["group"]))
    people = groups.groupby(["kind", "group"], as_index=False)["person"].nunique()
    table = table.merge(people, on=list(KEYS["group"]))
    table["null"] = table["pairs"] - table["mutual"] - table["asymmetric"]
    return _long(
        table,
        "group",
        (*CENSUS, "edge_reciprocity", "dyad_reciprocity", "weighted_reciprocity"),
    )


def _ratios(ties: pd.DataFrame, keys: list[str], m: float) -> pd.DataFrame:
    """Sum dyad counts by unit and divide."""
    arcs = is_arc(ties["w_fwd"].to_numpy(), m).astype(int) + is_arc(ties["w_back"].to_numpy(), m)
    total = ties["w_fwd"] + ties["w_back"]
    parts = ties[keys].assign(
        mutual=arcs == 2,
        asymmetric=arcs == 1,
        back=2 * np.minimum(ties["w_fwd"], ties["w_back"]),
        total=total,
        n=total > 0,
    )
    table = parts.groupby(keys, as_index=False).sum()
    both, one = table["mutual"].astype(float), table["asymmetric"].astype(float)
    arcs_all, pairs_all = 2 * both + one, both + one
    return table.assign(
        mutual=both,
        asymmetric=one,
        edge_reciprocity=2 * both / arcs_all.where(arcs_all > 0),
        dyad_reciprocity=both / pairs_all.where(pairs_all > 0),
        weighted_reciprocity=table["back"] / table["total"].where(table["total"] > 0),
    )


def _long(table: pd.DataFrame, level: str, names: Sequence[str]) -> pd.DataFrame:
    """Return one row for each number of each unit."""
    status = first_status({"not_identified": ~table["identified"].astype(bool)}, table.index)
    return finish(stack_numbers(table.assign(status=status), names), level)
