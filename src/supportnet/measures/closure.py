"""Triadic closure as a state: transitivity, triangles and clustering of one layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.errors import InputError, choose
from supportnet.interactions import Attribution
from supportnet.layers import (
    NULL_COLUMNS,
    LayerNetwork,
    check_null,
    layer_network,
    network_against_null,
    not_identified,
    with_coverage,
)
from supportnet.network import (
    Ties,
    barrat_clustering,
    directed_transitivity,
    onnela_clustering,
    opsahl_clustering,
)
from supportnet.network import local_clustering as clustering_of
from supportnet.units import check_level, finish, network_rows

__all__ = ["local_clustering", "triadic_closure"]

_NUMBERS = (
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
_WEIGHTS: dict[str, Callable[[Ties], pd.DataFrame]] = {
    "none": clustering_of,
    "barrat": barrat_clustering,
    "onnela": onnela_clustering,
}
_NULLS = ("degree", "receivers")
Row = tuple[str, float, int, str]


def triadic_closure(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    projection: str | None = None,
    attribution: Attribution | None = None,
    m: float = 1.0,
    people: str = "active",
    null: str = "degree",
    null_draws: int = 0,
    seed: int = 1,
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
    people
        `active`: persons with traffic in the layer; `all`: everybody, also those without a tie.
    null
        Null model to compare with: `degree` (rewired ties, at least ten swaps for each) or
        `receivers` (receivers exchanged between messages).
    null_draws
        Networks drawn from it (999 is usual); 0 leaves the comparison out.
    seed
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        One row per number, named in `measure`; `value`, `n`, `status`, `projection`, `coverage`
        (whole_community, donors_only, not_identified), `reason`. `people`, `ties`, `triangles`,
        `wedges`: counts ≥ 0. `transitivity` = 3·triangles/wedges, `closed_fraction` =
        triangles/(wedges − 2·triangles), `average_clustering_defined` (mean over persons with two
        or more ties), `average_clustering_zero` (the others count as 0), `opsahl_clustering`
        (weighted, geometric mean), `directed_transitivity` P(i→k | i→j→k), all shares 0–1. `n` is
        the number of wedges, persons, or directed paths behind the value. With `null_draws` also
        `null`, `null_draws`, `null_mean`, `null_sd`, `z`, `p_above`, `p_below` (0–1),
        `null_status`, `null_keeps`, `null_destroys` (see :func:`supportnet.layers.against_null`).

    Raises
    ------
    InputError
        For an unknown level, layer, projection or null model.

    Notes
    -----
    Without a connected triple the shares are NaN, `zero_denominator`. Where the archives do not
    show what others say between them, every row is `not_identified` and nothing is computed; where
    they do so only among donors, the network is that of the donors.

    References
    ----------
    Watts & Strogatz 1998, doi:10.1038/30918. Opsahl & Panzarasa 2009,
    doi:10.1016/j.socnet.2009.02.002. Gauvin et al. 2022, doi:10.1137/19M1242252.

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
    check_null(null, _NULLS, null_draws)
    found = layer_network(
        community, layer=layer, projection=projection, attribution=attribution, m=m, people=people
    )
    if found.ties is None:
        return not_identified(_NUMBERS, found)
    rows = _numbers(found.ties, found.of("union"))
    table = with_coverage(network_rows(rows), found)
    if null_draws:
        beside = network_against_null(
            found,
            [value for _, value, _, _ in rows],
            lambda ties, arcs: [value for _, value, _, _ in _numbers(ties, arcs)],
            null=null,
            draws=null_draws,
            seed=seed,
        )
        table[list(NULL_COLUMNS)] = beside
    return table


def _numbers(ties: Ties, arcs: Ties) -> list[Row]:
    """Return the network's numbers, each with its n and status."""
    persons = clustering_of(ties)
    degree = persons["n"].to_numpy(dtype=np.int64)
    # Each triangle was met at its three persons.
    triangles = int(persons["triangles"].sum()) // 3
    wedges = int((degree * (degree - 1) // 2).sum())
    opsahl = opsahl_clustering(ties)
    paths = directed_transitivity(arcs)
    size, some = len(persons), "ok" if len(persons) else "empty"
    shares = "ok" if wedges else "zero_denominator"
    return [
        ("people", float(size), size, some),
        ("ties", float(len(ties)), len(ties), some),
        ("triangles", float(triangles), wedges, some),
        ("wedges", float(wedges), wedges, some),
        ("transitivity", 3 * triangles / wedges if wedges else np.nan, wedges, shares),
        (
            "closed_fraction",
            triangles / (wedges - 2 * triangles) if wedges else np.nan,
            wedges,
            shares,
        ),
        *_averages(persons),
        ("opsahl_clustering", opsahl.value, wedges, opsahl.status),
        ("directed_transitivity", paths.value, int(paths.whole), paths.status),
    ]


def _averages(persons: pd.DataFrame) -> list[Row]:
    """Return mean clustering by both conventions: undefined persons left out, or counted as 0."""
    defined = persons.loc[persons["status"] == "ok", "value"]
    some, size = len(defined), len(persons)
    zero = float(defined.sum()) / size if size else np.nan
    return [
        (
            "average_clustering_defined",
            float(defined.mean()) if some else np.nan,
            some,
            "ok" if some else "zero_denominator",
        ),
        ("average_clustering_zero", zero, size, "ok" if size else "zero_denominator"),
    ]


def local_clustering(
    community: Community,
    *,
    level: str = "person",
    layer: str = "private",
    projection: str | None = None,
    weights: str = "none",
    attribution: Attribution | None = None,
    m: float = 1.0,
    people: str = "active",
) -> pd.DataFrame:
    """Compute how many of a person's contacts are tied to each other.

    Parameters
    ----------
    community
        The community.
    level
        `person` or `network` (the mean over persons).
    layer, projection, attribution, m, people
        As for :func:`triadic_closure`.
    weights
        `none`, `barrat` or `onnela` (weights relative to the largest: one hyperactive tie rescales
        every value, so not for comparisons); `opsahl` at level network only, where it is defined.

    Returns
    -------
    pandas.DataFrame
        Level `person`: `person_id`, `value` (share 0–1), `n` (number of ties), `status`. Persons
        with fewer than two ties have NaN, `zero_denominator`; persons whose contacts' ties are not
        observed have NaN, `not_identified`. Level `network`: `average_clustering_defined` (mean
        over persons with two or more ties) and `average_clustering_zero` (the others count as 0),
        `n` persons; with `opsahl` one row `opsahl_clustering`, `n` triplets; `projection`,
        `coverage`, `reason`.

    Raises
    ------
    InputError
        For an unknown level, layer, projection or weights, and for `opsahl` at level person.

    Notes
    -----
    C = ties among contacts / (k (k − 1) / 2). Barrat: Σ over triangles (w_ij + w_ih) / (s_i (k_i −
    1)). Onnela: mean over pairs of contacts of (w_ij w_ih w_jh)^(1/3), w over the largest weight.
    Opsahl: value of closed triplets / value of all, a triplet worth the geometric mean of its two
    weights. A tie weighs what went both ways.

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
    >>> c = from_dataframe(talk, visibility="public", unit="s")
    >>> local_clustering(c, layer="public")["value"].round(3).tolist()
    [1.0, 1.0, 0.333, nan]
    """
    check_level(level, ("person", "network"))
    choose(weights, (*_WEIGHTS, "opsahl"), "weights")
    if weights == "opsahl" and level == "person":
        msg = (
            "weights='opsahl' are defined for a whole network; found level='person'; pass "
            "level='network', or weights='barrat'."
        )
        raise InputError(msg)
    found = layer_network(
        community, layer=layer, projection=projection, attribution=attribution, m=m, people=people
    )
    ties = found.ties
    if level == "network":
        return _of_network(found, ties, weights)
    if ties is None:
        return finish(_unobserved(found), "person")
    return finish(pd.concat([_WEIGHTS[weights](ties), _unobserved(found)]), "person")


def _of_network(found: LayerNetwork, ties: Ties | None, weights: str) -> pd.DataFrame:
    """Return the network's mean clustering, or Opsahl's share."""
    names = ["average_clustering_defined", "average_clustering_zero"]
    if weights == "opsahl":
        names = ["opsahl_clustering"]
    if ties is None:
        return not_identified(names, found)
    if weights != "opsahl":
        return with_coverage(network_rows(_averages(_WEIGHTS[weights](ties))), found)
    share = opsahl_clustering(ties)
    degree = ties.graph().degree.astype(np.int64)
    wedges = int((degree * (degree - 1) // 2).sum())
    row = ("opsahl_clustering", share.value, wedges, share.status)
    return with_coverage(network_rows([row]), found)


def _unobserved(found: LayerNetwork) -> pd.DataFrame:
    """Return the persons of the layer whose contacts' ties were not all observed."""
    outside = found.outside
    ends = outside[["author_id", "other_id"]].to_numpy(dtype=np.int64)
    pairs = np.unique(np.sort(ends, axis=1), axis=0)
    person, ties = np.unique(pairs, return_counts=True)
    beyond = ~np.isin(person, found.people)
    return pd.DataFrame(
        {
            "person_id": person[beyond],
            "value": np.nan,
            "n": ties[beyond],
            "status": "not_identified",
        }
    )
