"""Clustering by every usual definition side by side: what one word can mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.interactions import Attribution
from supportnet.layers import LayerNetwork, layer_network, not_identified, with_coverage
from supportnet.network import (
    Share,
    Ties,
    barrat_clustering,
    directed_transitivity,
    local_clustering,
    onnela_clustering,
    opsahl_clustering,
    transitivity,
)
from supportnet.units import check_level, network_rows

__all__ = ["closure_sensitivity"]

# name → what it says.
_MEANINGS = {
    "transitivity": "of connected triples, the share that is closed; counts a triangle three times",
    "closed_fraction": "of connected sets of three persons, the share that is a triangle",
    "average_clustering_defined": "mean over persons with two or more ties of the share of their "
    "contacts tied to each other",
    "average_clustering_zero": "the same, persons with fewer ties counted as 0",
    "directed_transitivity": "of paths i→j→k, the share with i→k; one-way arcs count",
    "opsahl_am": "share of triplet value that is closed, arithmetic mean of the two weights",
    "opsahl_gm": "the same, geometric mean: the weighted default",
    "opsahl_ma": "the same, larger weight",
    "opsahl_mi": "the same, smaller weight",
    "barrat": "mean over persons of the share of their strength that lies along triangles",
    "onnela": "mean intensity of triangles relative to the heaviest tie: not for comparisons",
}
_MEANS: dict[str, Callable[[Ties], Share]] = {
    "opsahl_am": partial(opsahl_clustering, mean="am"),
    "opsahl_gm": partial(opsahl_clustering, mean="gm"),
    "opsahl_ma": partial(opsahl_clustering, mean="ma"),
    "opsahl_mi": partial(opsahl_clustering, mean="mi"),
}
Row = tuple[str, float, int, str]


def closure_sensitivity(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    attribution: Attribution | None = None,
    m: float = 1.0,
    people: str = "active",
) -> pd.DataFrame:
    """Compute clustering by every usual definition, under both projections.

    Parameters
    ----------
    community
        The community.
    level
        `network`.
    layer
        `private`, `public`, `private_group` or `all`.
    attribution
        The attribution rules.
    m
        Weight from which a direction counts as an arc, messages.
    people
        `active`: persons with traffic in the layer; `all`: everybody, also those without a tie.

    Returns
    -------
    pandas.DataFrame
        One row per definition and projection: `measure`, `value` (share 0–1), `n` (wedges, persons
        or directed paths behind it), `status`, `projection` (`union`, `mutual`), `coverage`,
        `reason`, `meaning` (one sentence).

    Raises
    ------
    InputError
        For an unknown level or layer.

    Notes
    -----
    Nothing here is averaged or ranked: a finding that holds under one row alone rests on a
    definition. Shares without a denominator are NaN, `zero_denominator`; where the archives do not
    show what others say between them every row is `not_identified`. Directed transitivity
    takes all arcs and stands under `union` alone.

    References
    ----------
    Watts & Strogatz 1998, doi:10.1038/30918. Barrat et al. 2004, doi:10.1073/pnas.0400087101.
    Onnela et al. 2005, doi:10.1103/PhysRevE.71.065103. Opsahl & Panzarasa 2009,
    doi:10.1016/j.socnet.2009.02.002. Saramäki et al. 2007, doi:10.1103/PhysRevE.75.027105.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("aabc"), "recipient": list("bccd"),
    ...                      "time": range(1_700_000_000, 1_700_000_004)})
    >>> t = closure_sensitivity(from_dataframe(talk, visibility="public", unit="s"), layer="public")
    >>> t[t["projection"] == "union"].set_index("measure")["value"].round(3).to_dict()["opsahl_gm"]
    0.6
    """
    check_level(level, ("network",))
    parts = []
    for projection in ("union", "mutual"):
        found = layer_network(
            community, layer=layer, projection=projection, attribution=attribution, m=m,
            people=people,
        )  # fmt: skip
        parts.append(_of(found))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(meaning=table["measure"].map(_MEANINGS))


def _of(found: LayerNetwork) -> pd.DataFrame:
    """Return the definitions under one projection."""
    ties = found.ties
    if ties is None:
        names = [n for n in _MEANINGS if _belongs(n, found.projection)]
        return not_identified(names, found)
    state = transitivity(ties)
    rows: list[Row] = [
        ("transitivity", state.value, state.wedges, state.status),
        ("closed_fraction", state.closed_fraction, state.wedges, state.status),
        _mean("average_clustering_defined", local_clustering(ties)),
        _mean_with_zeros("average_clustering_zero", local_clustering(ties)),
    ]
    if found.projection == "union":
        paths = directed_transitivity(ties)
        rows.append(("directed_transitivity", paths.value, int(paths.whole), paths.status))
    for name, function in _MEANS.items():
        share = function(ties)
        rows.append((name, share.value, state.wedges, share.status))
    rows.append(_mean("barrat", barrat_clustering(ties)))
    rows.append(_mean("onnela", onnela_clustering(ties)))
    return with_coverage(network_rows(rows), found)


def _belongs(name: str, projection: str) -> bool:
    """Tell whether a definition stands under a projection."""
    return name != "directed_transitivity" or projection == "union"


def _mean(name: str, persons: pd.DataFrame) -> Row:
    """Return the mean over persons for whom it is defined."""
    defined = persons.loc[persons["status"] == "ok", "value"]
    if defined.empty:
        return (name, np.nan, 0, "zero_denominator")
    return (name, float(defined.mean()), len(defined), "ok")


def _mean_with_zeros(name: str, persons: pd.DataFrame) -> Row:
    """Return the mean over all persons, undefined ones counted as 0."""
    if persons.empty:
        return (name, np.nan, 0, "zero_denominator")
    return (name, float(persons["value"].fillna(0).mean()), len(persons), "ok")
