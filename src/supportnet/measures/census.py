"""Triad census and Simmelian ties of one layer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
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
from supportnet.network import Ties, simmelian
from supportnet.network import triad_census as census_of
from supportnet.network.arrays import is_arc
from supportnet.units import check_level, finish, network_rows

__all__ = ["simmelian_share", "triad_census"]

CLASSES = (
    "003", "012", "102", "021D", "021U", "021C", "111D", "111U",
    "030T", "030C", "201", "120D", "120U", "120C", "210", "300",
)  # fmt: skip
_NULLS = ("degree", "receivers")


def triad_census(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    attribution: Attribution | None = None,
    m: float = 1.0,
    people: str = "active",
    null: str = "degree",
    null_draws: int = 0,
    seed: int = 1,
) -> pd.DataFrame:
    """Count the triads of a layer by the sixteen classes of Holland and Leinhardt.

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
    null
        Null model to compare with: `degree` (arcs rewired: every person keeps her mutual, outgoing
        and incoming ones) or `receivers` (receivers exchanged between messages).
    null_draws
        Networks drawn from it (999 is usual); 0 leaves the comparison out.
    seed
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Sixteen rows: `measure` (the class), `value` (count ≥ 0; they sum to C(n, 3)), `n` (people),
        `status`, `projection`, `coverage`, `reason`. 111D is a↔b←c, 111U is a↔b→c. Below three
        persons all are 0, `empty`. NaN, `not_identified` where the archives do not show what others
        say between them. With `null_draws` also `null`, `null_draws`, `null_mean`, `null_sd`, `z`,
        `p_above`, `p_below` (0–1), `null_status`, `null_keeps`, `null_destroys` (see
        :func:`supportnet.layers.against_null`).

    Raises
    ------
    InputError
        For an unknown level, layer or null model.

    Notes
    -----
    Raw proportions depend on size and density: compare z, never proportions across networks of
    different size. Rewiring does not reach networks that differ only by a reversed cycle of three.

    References
    ----------
    Holland & Leinhardt 1970, doi:10.1086/224954. Batagelj & Mrvar 2001,
    doi:10.1016/S0378-8733(01)00035-1.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("aba"), "recipient": list("bac"),
    ...                      "time": range(1_700_000_000, 1_700_000_003)})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> t = triad_census(c).set_index("measure")["value"]
    >>> t[t > 0].to_dict()
    {'111U': 1.0}
    """
    check_level(level, ("network",))
    check_null(null, _NULLS, null_draws)
    found = layer_network(
        community, layer=layer, projection="union", attribution=attribution, m=m, people=people
    )
    if found.ties is None:
        return not_identified(CLASSES, found)
    size = int(found.people.size)
    status = "ok" if size >= 3 else "empty"
    counts = _counts(found.ties)
    rows = [(name, count, size, status) for name, count in zip(CLASSES, counts, strict=True)]
    table = with_coverage(network_rows(rows), found)
    if null_draws:
        table[list(NULL_COLUMNS)] = network_against_null(
            found, counts, lambda _, arcs: _counts(arcs),
            null=null, draws=null_draws, seed=seed, arcs_only=True,
        )  # fmt: skip
    return table


def _counts(arcs: Ties) -> list[float]:
    """Return the counts in the order of the classes."""
    counts = census_of(arcs)
    return [float(counts[name]) for name in CLASSES]


def simmelian_share(
    community: Community,
    *,
    level: str = "tie",
    layer: str = "private",
    attribution: Attribution | None = None,
    m: float = 1.0,
) -> pd.DataFrame:
    """Compute which mutual ties are Simmelian: both ends mutual with at least one third person.

    Parameters
    ----------
    community
        The community.
    level
        `tie` or `network`.
    layer
        `private`, `public`, `private_group` or `all`.
    attribution
        The attribution rules.
    m
        Weight from which a direction counts as an arc, messages.

    Returns
    -------
    pandas.DataFrame
        At level tie one row for each mutual tie: `lo`, `hi`, `value` (1 when Simmelian, else 0),
        `n` (third parties ≥ 0), `status`; NaN, `not_identified` where the ties of third persons
        were not observed. At level network: `simmelian_share` (0–1, `n` mutual ties; NaN,
        `zero_denominator`, without one), `simmelian_ties` and `mutual_ties` (counts ≥ 0, `n`
        mutual ties), `projection`, `coverage`, `reason`.

    Raises
    ------
    InputError
        For an unknown level or layer.

    Notes
    -----
    In a private layer ties count as mutual by private messages alone. The share of a selected
    closed triad is 1 by construction.

    References
    ----------
    Krackhardt 1999, Research in the Sociology of Organizations 16, 183–210.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> pairs = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")]
    >>> rows = [(x, y) for x, y in pairs] + [(y, x) for x, y in pairs]
    >>> talk = pd.DataFrame(rows, columns=["sender", "recipient"])
    >>> talk["time"] = range(1_700_000_000, 1_700_000_008)
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> float(simmelian_share(c, level="network")["value"].iloc[0])
    0.75
    """
    check_level(level, ("tie", "network"))
    found = layer_network(community, layer=layer, projection="mutual", attribution=attribution, m=m)
    if level == "network":
        return _of_network(found)
    outside = _mutual_outside(found)
    if found.ties is None:
        return finish(outside, "tie")
    ties = simmelian(found.ties).rename(columns={"person_id": "lo", "other_id": "hi"})
    third = ties["third_parties"]
    inside = ties.assign(value=(third > 0).astype(float), n=third, status="ok")
    return finish(pd.concat([inside, outside]), "tie")


def _of_network(found: LayerNetwork) -> pd.DataFrame:
    """Return the share and the counts of the network."""
    names = ("simmelian_share", "simmelian_ties", "mutual_ties")
    if found.ties is None:
        return not_identified(names, found)
    third = simmelian(found.ties)["third_parties"].to_numpy()
    size, simmelians = len(third), int((third > 0).sum())
    some = "ok" if size else "empty"
    share = simmelians / size if size else np.nan
    rows = [
        (names[0], share, size, "ok" if size else "zero_denominator"),
        (names[1], float(simmelians), size, some),
        (names[2], float(size), size, some),
    ]
    return with_coverage(network_rows(rows), found)


def _mutual_outside(found: LayerNetwork) -> pd.DataFrame:
    """Return the mutual ties that were seen, but not the ties of third persons around them."""
    rows = found.outside[is_arc(found.outside["weight"].to_numpy(dtype=float), found.m)]
    pairs = pd.DataFrame(
        np.sort(rows[["author_id", "other_id"]].to_numpy(dtype=np.int64), axis=1),
        columns=["lo", "hi"],
    )
    both = pairs[pairs.duplicated()]
    return both.assign(value=np.nan, n=0, status="not_identified")
