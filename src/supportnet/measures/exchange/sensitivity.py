"""The same pairs under every definition of reciprocity that is in use."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.interactions import Attribution
from supportnet.measures.exchange.dyads import STATISTICS, counts_of, status_of
from supportnet.measures.exchange.observed import Observed, network_of
from supportnet.measures.exchange.pairs import weights
from supportnet.network import check_weight
from supportnet.units import check_level, finish

__all__ = ["reciprocity_sensitivity"]

_FORMULAS = {
    "edge_reciprocity": "2M / (2M + A)",
    "dyad_reciprocity": "M / (M + A)",
    "dyadic": "(M + N) / (M + A + N)",
    "recip_lrr": "ln(edge_reciprocity / density)",
    "rho": "correlation of a_ij with a_ji",
    "weighted_reciprocity": "sum of 2 min(w_ij, w_ji) / sum of (w_ij + w_ji)",
    "min_max": "sum of min(w_ij, w_ji) / sum of max(w_ij, w_ji)",
    "weight_correlation": "correlation of w_ij with w_ji over all ordered pairs",
}


def reciprocity_sensitivity(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    m: float = 1.0,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute every variant of reciprocity on the same pairs.

    Parameters
    ----------
    community
        The community.
    level
        `network`.
    layer
        `private`, `public` or `all`.
    m
        Weight from which a direction counts as an arc, messages.
    attribution
        Who addressed whom; None takes the primary rules.

    Returns
    -------
    pandas.DataFrame
        One row for each variant: `measure`, `value`, `n` (pairs with traffic), `status`, `formula`,
        `coverage`. `edge_reciprocity`, `dyad_reciprocity`, `dyadic`, `weighted_reciprocity` and
        `min_max` lie in 0 to 1, `rho` and `weight_correlation` in -1 to 1, `recip_lrr` is a log
        ratio.

    Raises
    ------
    InputError
        When the level or layer is unknown, or m is not positive.

    Notes
    -----
    Packages call several of these just reciprocity; a published number is comparable only with the
    same row. Undefined cases (NaN; `not_identified` where silence was not observed) and
    coverage as in :func:`supportnet.reciprocity`; the correlation of
    weights is NaN where all weights are equal.

    References
    ----------
    Squartini et al. 2013, doi:10.1038/srep02729.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a", "a", "b", "c"], "recipient": ["b", "b", "a", "a"]})
    >>> c = from_dataframe(talk.assign(time=range(4)), visibility="private_1to1", unit="s")
    >>> table = reciprocity_sensitivity(c).set_index("measure")["value"]
    >>> table[["edge_reciprocity", "dyad_reciprocity", "min_max"]].round(4).tolist()
    [0.6667, 0.5, 0.3333]
    """
    check_level(level, ("network",))
    check_weight(m)
    network = network_of(community, weights(community, layer, attribution), layer)
    counts = counts_of(network.ties, network.people.size, m)
    rows = []
    for name, formula in _FORMULAS.items():
        known = STATISTICS.get(name)
        value = float(known(counts)[0]) if known is not None else _weighted(name, network)
        status = status_of(name, value, network)
        rows.append((name, value, len(network.ties), status, formula, network.coverage))
    columns = ["measure", "value", "n", "status", "formula", "coverage"]
    return finish(pd.DataFrame(rows, columns=columns), "network", more=["formula", "coverage"])


def _weighted(name: str, network: Observed) -> float:
    """Return a variant on weights that needs more than the dyad counts."""
    forth, back = network.ties["w_fwd"].to_numpy(), network.ties["w_back"].to_numpy()
    if name == "min_max":
        larger = float(np.maximum(forth, back).sum())
        return float(np.minimum(forth, back).sum()) / larger if larger else math.nan
    if not network.nulls_known:
        return math.nan
    ordered = network.people.size * (network.people.size - 1)
    if not ordered:
        return math.nan
    mean = float((forth + back).sum()) / ordered
    spread = float((forth**2 + back**2).sum()) / ordered - mean**2
    together = 2 * float((forth * back).sum()) / ordered - mean**2
    return together / spread if spread > 1e-12 * mean**2 else math.nan
