"""Triad census and Simmelian ties of one layer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.interactions import Attribution
from supportnet.layers import layer_network
from supportnet.network import simmelian
from supportnet.network import triad_census as census_of
from supportnet.units import check_level, empty_result, finish, network_rows

__all__ = ["simmelian_share", "triad_census"]

CLASSES = (
    "003", "012", "102", "021D", "021U", "021C", "111D", "111U",
    "030T", "030C", "201", "120D", "120U", "120C", "210", "300",
)  # fmt: skip


def triad_census(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    attribution: Attribution | None = None,
    m: float = 1.0,
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

    Returns
    -------
    pandas.DataFrame
        Sixteen rows: `measure` (the class), `value` (count ≥ 0; they sum to C(n, 3)), `n` (people),
        `status`, `coverage`. 111D is a↔b←c, 111U is a↔b→c. Below three persons all are 0, `empty`.
        Not identified where the archives do not show what others say between them.

    Raises
    ------
    InputError
        For an unknown level or layer.

    Notes
    -----
    Raw proportions depend on size and density: compare counts with a null model, never across
    networks of different size.

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
    found = layer_network(community, layer=layer, projection="union", attribution=attribution, m=m)
    if found.ties is None:
        rows = [(name, np.nan, 0, "not_identified") for name in CLASSES]
        return network_rows(rows).assign(coverage=found.coverage)
    people = int(found.ties.people.size)
    status = "ok" if people >= 3 else "empty"
    counts = census_of(found.ties)
    rows = [(name, float(counts[name]), people, status) for name in CLASSES]
    return network_rows(rows).assign(coverage=found.coverage)


def simmelian_share(
    community: Community,
    *,
    level: str = "tie",
    layer: str = "private",
    attribution: Attribution | None = None,
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

    Returns
    -------
    pandas.DataFrame
        At level tie: `lo`, `hi`, `value` (1 when Simmelian, else 0), `n` (third parties ≥ 0),
        `status`. At level network one row: the share (0–1) of mutual ties, `n` of them; NaN,
        `zero_denominator`, without a mutual tie; `not_identified` where the layer is.

    Raises
    ------
    InputError
        For an unknown level or layer.

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
    found = layer_network(community, layer=layer, projection="mutual", attribution=attribution)
    if found.ties is None:
        if level == "tie":
            return empty_result("tie")
        return network_rows([("simmelian_share", np.nan, 0, "not_identified")])
    ties = simmelian(found.ties)
    third = ties["third_parties"].to_numpy()
    if level == "network":
        status = "ok" if len(ties) else "zero_denominator"
        share = float((third > 0).mean()) if len(ties) else np.nan
        return network_rows([("simmelian_share", share, len(ties), status)])
    table = pd.DataFrame(
        {
            "lo": ties["person_id"],
            "hi": ties["other_id"],
            "value": (third > 0).astype(float),
            "n": third,
            "status": "ok",
        }
    )
    return finish(table, "tie")
