"""Tie-level outcomes that may be compared between kinds of groups, and those that may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from supportnet.community import Community
from supportnet.errors import InputError
from supportnet.interactions import Attribution
from supportnet.measures import norm_distance, private_share, reply_latency, tie_balance, waiting

__all__ = ["FIXED_BY_CONSTRUCTION", "OUTCOMES", "Outcome", "TieValues", "get_outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One tie-level number.

    Attributes
    ----------
    name
        The word for `outcomes=` and `--outcome`.
    function
        The measure, called with level `tie`.
    measure
        The value of its column `measure` that is compared; None when it returns one number.
    unit
        Unit of the value.
    min_n
        Ties that rest on fewer events (column `n`) are left out and counted.
    primary
        Whether it belongs to the pre-declared family (Holm); the others are exploratory
        (Benjamini–Hochberg).
    variants
        Other defensible definitions, as options of the measure: the sensitivity grid.
    """

    name: str
    function: Callable[..., pd.DataFrame]
    measure: str | None
    unit: str
    min_n: int = 1
    primary: bool = False
    variants: tuple[Mapping[str, Any], ...] = ()


_LATENCY: tuple[Mapping[str, Any], ...] = (
    {"horizon": "24h"},
    {"horizon": "168h"},
    {"burst": "2min"},
    {"burst": "30min"},
    {"anchor": "last_burst"},
)
_SHARE: tuple[Mapping[str, Any], ...] = (
    {"semi_public": "private"},
    {"attribution": Attribution(reply="split")},
    {"attribution": Attribution(mentions="each")},
)

OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome(
            "reply_latency", reply_latency, "rmst", "hours", 5, primary=True, variants=_LATENCY
        ),
        Outcome("response_rate", reply_latency, "rate_24h", "share", 5, variants=_LATENCY),
        Outcome("private_share", private_share, None, "share", 20, variants=_SHARE),
        Outcome("norm_distance", norm_distance, "norm_distance", "share", 20, primary=True),
        Outcome("tie_balance", tie_balance, "excess", "share", 10, primary=True),
        # Not the compliance: fast partners leave no time to break the rule.
        Outcome("waiting", waiting, "reprompt_incidence_24h", "share", 5),
    )
}

# Fixed by how a kind of group is defined, or dependent on its size: a comparison would only
# restate the definition.
FIXED_BY_CONSTRUCTION: dict[str, str] = {
    "transitivity": "a selected triad is closed by construction",
    "triadic_closure": "a selected triad is closed by construction",
    "local_clustering": "a selected triad is closed by construction",
    "triad_census": "a selected triad has one class by construction",
    "density": "a selected group is complete by construction",
    "reciprocity": "a selected sustained tie is mutual by construction",
    "edge_reciprocity": "a selected sustained tie is mutual by construction",
    "dyad_reciprocity": "a selected sustained tie is mutual by construction",
    "dyad_census": "a selected sustained tie is mutual by construction",
    "simmelian_share": "every tie of a selected triad is Simmelian by construction",
    "chain_continuity": "continuity selected the groups",
    "availability": "availability follows from the continuity that selected the groups",
}


def get_outcome(name: str) -> Outcome:
    """Return an outcome, or say why it cannot be compared.

    Raises
    ------
    InputError
        For a number that is fixed by construction, and for an unknown one.
    """
    if name in OUTCOMES:
        return OUTCOMES[name]
    valid = ", ".join(OUTCOMES)
    if name in FIXED_BY_CONSTRUCTION:
        msg = (
            f"an outcome that can differ between kinds of groups was expected; found {name!r}: "
            f"{FIXED_BY_CONSTRUCTION[name]}; compare one of {valid}."
        )
        raise InputError(msg)
    msg = f"outcomes must be among {valid}; found {name!r}; pass one of those."
    raise InputError(msg)


class TieValues:
    """Compute each outcome's values once per community and definition, however often asked for."""

    def __init__(self, communities: Mapping[str, Community]) -> None:
        self._communities = communities
        self._tables: dict[tuple[str, str, str], pd.DataFrame] = {}

    def of(
        self, outcome: Outcome, options: Mapping[str, Any] | None = None
    ) -> dict[str, pd.DataFrame]:
        """Return, by community, one value per tie: `lo`, `hi`, `value`, `n`, `status`."""
        return {name: self._one(name, outcome, options or {}) for name in self._communities}

    def _one(self, name: str, outcome: Outcome, options: Mapping[str, Any]) -> pd.DataFrame:
        key = (name, outcome.function.__name__, repr(sorted(options.items())))
        if key not in self._tables:
            community = self._communities[name]
            self._tables[key] = outcome.function(community, level="tie", **options)
        table = self._tables[key]
        if outcome.measure is not None:
            table = table[table["measure"] == outcome.measure]
        return table[["lo", "hi", "value", "n", "status"]].reset_index(drop=True)
