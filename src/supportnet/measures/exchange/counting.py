"""The dyad census: how many pairs are mutual, one-way, and without traffic."""

from __future__ import annotations

import pandas as pd

from supportnet.community import Community
from supportnet.interactions import Attribution
from supportnet.measures.exchange.dyads import CENSUS, STATISTICS, counts_of, status_of
from supportnet.measures.exchange.observed import network_of
from supportnet.measures.exchange.pairs import weights
from supportnet.network import check_weight
from supportnet.units import check_level, finish

__all__ = ["dyad_census"]


def dyad_census(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    m: float = 1.0,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Count mutual, asymmetric and null pairs.

    Parameters
    ----------
    community
        The community.
    level
        `network`; for groups see :func:`supportnet.reciprocity`.
    layer
        `private`, `public` or `all`.
    m
        Weight from which a direction counts as an arc, messages.
    attribution
        Who addressed whom; None takes the primary rules.

    Returns
    -------
    pandas.DataFrame
        Rows `mutual`, `asymmetric`, `null` in `measure`: `value` (pairs, ≥ 0), `n` (persons),
        `status`, `coverage`. With fewer than two persons the counts are 0 and `empty`; NaN,
        `not_identified`, where no tie of the layer could be seen.

    Raises
    ------
    InputError
        When the level or layer is unknown, or m is not positive.

    Notes
    -----
    M + A + N = n(n-1)/2 over the n persons who wrote or were addressed in the layer (the donors,
    where only their ties are all observed). `null` is NaN, `not_identified`, where a pair that was
    not observed cannot be told from one that was silent; M and A are then those of observed ties.

    References
    ----------
    Holland & Leinhardt 1970, doi:10.1086/224954.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a", "b", "b"], "recipient": ["b", "a", "c"]})
    >>> c = from_dataframe(talk.assign(time=range(3)), visibility="private_1to1", unit="s")
    >>> dyad_census(c)["value"].tolist()
    [1.0, 1.0, 1.0]
    """
    check_level(level, ("network",))
    check_weight(m)
    network = network_of(community, weights(community, layer, attribution), layer)
    counts = counts_of(network.ties, network.people.size, m)
    rows = []
    for name in CENSUS:
        value = float(STATISTICS[name](counts)[0])
        status = status_of(name, value, network)
        rows.append((name, value, network.people.size, status, network.coverage))
    columns = ["measure", "value", "n", "status", "coverage"]
    return finish(pd.DataFrame(rows, columns=columns), "network", more=["coverage"])
