"""Triadic closure as a state: transitivity, triangles and clustering of one layer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.errors import choose
from supportnet.interactions import Attribution
from supportnet.layers import LayerNetwork, layer_network
from supportnet.network import (
    Ties,
    barrat_clustering,
    directed_transitivity,
    onnela_clustering,
    opsahl_clustering,
    transitivity,
)
from supportnet.network import local_clustering as clustering_of
from supportnet.units import check_level, empty_result, finish, network_rows

__all__ = ["local_clustering", "triadic_closure"]

NETWORK_MEASURES = (
    "people",
    "ties",
    "triangles",
    "wedges",
    "transitivity",
    "closed_fraction",
    "average_clustering_defined",
    "average_clustering_zero",
    "opsahl_clustering",
    "directed_transitivity",
)


def triadic_closure(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    projection: str | None = None,
    attribution: Attribution | None = None,
    m: float = 1.0,
) -> pd.DataFrame:
    """Compute how closed the triads of a layer are.

    Parameters
    ----------
    community
        The community.
    level
        `network`; for persons see :func:`local_clustering`.
    layer
        `private`, `public`, `private_group` or `all`.
    projection
        `union` (one direction makes a tie) or `mutual` (both do). None takes `mutual` for private
        layers and `all`, `union` for public.
    attribution
        The attribution rules; None takes the primary ones.
    m
        Weight from which a direction counts, messages.

    Returns
    -------
    pandas.DataFrame
        One row per number, named in `measure`; `value`, `n`, `status`, `projection`, `coverage`
        (whole_community, donors_only, not_identified). `people`, `ties`, `triangles`, `wedges`:
        counts ≥ 0. `transitivity` = 3·triangles/wedges, `closed_fraction` =
        triangles/(wedges − 2·triangles), `average_clustering_defined` (mean over persons with two
        or more ties), `average_clustering_zero` (the others count as 0), `opsahl_clustering`
        (weighted, geometric mean), `directed_transitivity` P(i→k | i→j→k), all shares 0–1. `n` is
        the number of wedges, persons, or directed paths behind the value.

    Raises
    ------
    InputError
        For an unknown level, layer or projection.

    Notes
    -----
    Without a connected triple the shares are NaN, `zero_denominator`. Where the archives do not
    show what others say between them, every row is `not_identified` and nothing is computed; where
    they do so only among donors, the network is that of the donors.

    References
    ----------
    Watts & Strogatz 1998, doi:10.1038/30918. Opsahl & Panzarasa 2009,
    doi:10.1016/j.socnet.2009.02.002.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("abacbcd"), "recipient": list("bacacbc"),
    ...                      "time": range(1_700_000_000, 1_700_000_007)})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> t = triadic_closure(c, projection="union").set_index("measure")["value"]
    >>> float(t["triangles"]), float(t["wedges"]), float(t["transitivity"])
    (1.0, 5.0, 0.6)
    """
    check_level(level, ("network",))
    found = layer_network(
        community, layer=layer, projection=projection, attribution=attribution, m=m
    )
    if found.ties is None:
        rows = [(name, np.nan, 0, "not_identified") for name in NETWORK_MEASURES]
        return _with_coverage(network_rows(rows), found)
    arcs = layer_network(community, layer=layer, projection="union", attribution=attribution, m=m)
    return _with_coverage(network_rows(_numbers(found.ties, arcs.ties)), found)


def _numbers(ties: Ties, arcs: Ties | None) -> list[tuple[str, float, int, str]]:
    """Return the network's numbers, each with its n and status."""
    state = transitivity(ties)
    persons = clustering_of(ties)
    defined = persons.loc[persons["status"] == "ok", "value"]
    zero = float(persons["value"].fillna(0).mean()) if len(persons) else np.nan
    opsahl = opsahl_clustering(ties)
    wedges = state.wedges
    some = "ok" if len(persons) else "empty"
    rows: list[tuple[str, float, int, str]] = [
        ("people", float(ties.people.size), int(ties.people.size), some),
        ("ties", float(len(ties)), len(ties), some),
        ("triangles", float(state.triangles), wedges, some),
        ("wedges", float(wedges), wedges, some),
        ("transitivity", state.value, wedges, state.status),
        ("closed_fraction", state.closed_fraction, wedges, state.status),
        (
            "average_clustering_defined",
            float(defined.mean()) if len(defined) else np.nan,
            len(defined),
            "ok" if len(defined) else "zero_denominator",
        ),
        ("average_clustering_zero", zero, len(persons), "ok" if len(persons) else "empty"),
        ("opsahl_clustering", opsahl.value, wedges, opsahl.status),
    ]
    if arcs is not None:
        paths = directed_transitivity(arcs)
        rows.append(("directed_transitivity", paths.value, int(paths.whole), paths.status))
    return rows


def _with_coverage(table: pd.DataFrame, found: LayerNetwork) -> pd.DataFrame:
    """Say under which projection, and among whom, the numbers stand."""
    return table.assign(
        projection=found.projection, coverage=found.coverage, reason=found.scope.reason
    )


def local_clustering(
    community: Community,
    *,
    level: str = "person",
    layer: str = "private",
    projection: str | None = None,
    weights: str = "none",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute how many of a person's contacts are tied to each other.

    Parameters
    ----------
    community
        The community.
    level
        `person`.
    layer, projection, attribution
        As for :func:`triadic_closure`.
    weights
        `none`, `barrat` or `onnela` (weights relative to the largest: not for comparisons).

    Returns
    -------
    pandas.DataFrame
        `person_id`, `value` (share 0–1), `n` (number of ties), `status`. Persons with fewer than
        two ties have NaN, `zero_denominator`. Empty where the layer is not identified.

    Raises
    ------
    InputError
        For an unknown level, layer, projection or weights.

    Notes
    -----
    C = ties among contacts / (k (k − 1) / 2).

    References
    ----------
    Watts & Strogatz 1998, doi:10.1038/30918. Barrat et al. 2004, doi:10.1073/pnas.0400087101.
    Onnela et al. 2005, doi:10.1103/PhysRevE.71.065103.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("aabc"), "recipient": list("bccd"),
    ...                      "time": range(1_700_000_000, 1_700_000_004)})
    >>> c = from_dataframe(talk, visibility="public", unit="s")
    >>> local_clustering(c, layer="public")["value"].round(3).tolist()
    [1.0, 1.0, 0.333, nan]
    """
    check_level(level, ("person",))
    kinds = {"none": clustering_of, "barrat": barrat_clustering, "onnela": onnela_clustering}
    choose(weights, tuple(kinds), "weights")
    found = layer_network(community, layer=layer, projection=projection, attribution=attribution)
    if found.ties is None:
        return empty_result("person")
    return finish(kinds[weights](found.ties), "person")
