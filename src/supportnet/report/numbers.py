"""The four measures of one community as a whole, as the report lists them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.measures import (
    closure_times,
    norm_equivalence,
    private_share,
    reciprocity,
    reply_latency,
    triadic_closure,
)
from supportnet.report.settings import Settings
from supportnet.report.suppress import SMALLEST

__all__ = ["LAYERS", "Number", "network_numbers"]

LAYERS = ("private", "public")


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the community as a whole."""

    construct: str
    layer: str
    measure: str
    value: float
    low: float
    high: float
    method: str
    n: float
    status: str
    coverage: str = ""
    verdict: str = ""


def network_numbers(
    community: Community, settings: Settings
) -> tuple[list[Number], frozenset[tuple[str, str]]]:
    """Compute the four measures for the community as a whole.

    Parameters
    ----------
    community
        The community.
    settings
        All settings.

    Returns
    -------
    list of Number
        Both layers of reciprocity, reply latency and triadic closure; the private share.
    frozenset
        Construct and layer where a count of pairs or wedges lies between 1 and 4.
    """
    numbers: list[Number] = []
    telling: set[tuple[str, str]] = set()
    for layer in LAYERS:
        for construct, table in _tables(community, layer, settings).items():
            name = _CONSTRUCT_OF.get(construct, construct)
            numbers += _take(table, name, layer, _MEASURES[construct])
            if _small(table, _COUNTS.get(construct, ())):
                telling.add((name, layer))
    shares = private_share(community, level="network", attribution=settings.attribution)
    numbers += _take(shares, "private_share", "both", _MEASURES["private_share"])
    norm = norm_equivalence(
        community,
        target=settings.norm,
        margin=settings.margin,
        attribution=settings.attribution,
    ).assign(measure="norm_equivalence")
    numbers += _take(norm, "private_share", "both", ("norm_equivalence",))
    return numbers, frozenset(telling)


def _tables(community: Community, layer: str, settings: Settings) -> dict[str, pd.DataFrame]:
    """Return the network-level results of one layer."""
    rules = settings.attribution
    return {
        "reciprocity": reciprocity(
            community,
            layer=layer,
            attribution=rules,
            seed=settings.seed,
            replicates=settings.replicates,
        ),
        "reply_latency": reply_latency(
            community,
            level="network",
            layer=layer,
            horizon=settings.horizon(layer),
            burst=settings.burst,
            tau=settings.tau,
            attribution=rules,
        ),
        "triadic_closure": triadic_closure(community, layer=layer, attribution=rules),
        "closure_times": closure_times(
            community,
            layer=layer,
            burn_in=settings.burn_in,
            tau=settings.closure_tau,
            attribution=rules,
        ),
    }


# The times to closure stand in the section on triadic closure.
_CONSTRUCT_OF = {"closure_times": "triadic_closure"}
# Counts that a ratio and its n would give back.
_COUNTS = {
    "reciprocity": ("mutual", "asymmetric"),
    "triadic_closure": ("triangles",),
    "closure_times": ("closed", "closing_ties"),
}
_MEASURES: dict[str, tuple[str, ...]] = {
    "reciprocity": ("edge_reciprocity", "dyad_reciprocity", "rho", "weighted_reciprocity"),
    "private_share": ("mean_of_ties", "pooled"),
    "reply_latency": (
        "rmst_dyads",
        "rate_24h_dyads",
        "median",
        "rate_1h",
        "rate_8h",
        "rate_24h",
        "rate_72h",
    ),
    "triadic_closure": ("transitivity", "average_clustering_defined", "opsahl_clustering"),
    "closure_times": ("closure_probability", "closure_hazard"),
}


def _take(
    table: pd.DataFrame, construct: str, layer: str, measures: tuple[str, ...]
) -> list[Number]:
    """Pick the numbers that the report shows from a measure's network-level result."""
    rows = {str(row["measure"]): row for row in table.to_dict("records")}
    numbers = [
        Number(
            construct=construct,
            layer=layer,
            measure=name,
            value=float(rows[name]["value"]),
            low=float(rows[name].get("ci_low", np.nan)),
            high=float(rows[name].get("ci_high", np.nan)),
            method=str(rows[name].get("ci_method", "none")),
            n=float(rows[name]["n"]),
            status=str(rows[name]["status"]),
            coverage=str(rows[name].get("coverage", "")),
            verdict=str(rows[name].get("verdict", "")),
        )
        for name in measures
        if name in rows
    ]
    return numbers


def _small(table: pd.DataFrame, names: tuple[str, ...]) -> bool:
    """Say whether one of the counts is above 0 and below five."""
    counts = table.loc[table["measure"].astype(str).isin(names), "value"]
    return bool(counts.between(1, SMALLEST - 1).any())
